//! Turns a part of a page's tree into a flow of pieces, as Markdown that says the same would give it.

use super::tables::{self, Table};
use super::tree::{INLINE, Id, Node, Step, Tree};
use crate::blueprint::{CELL, LINE_BREAK, Shape};
use crate::corpus::bounds;
use crate::corpus::chrome::Marked;
use crate::corpus::document::{Piece, plain, push_plain};
use crate::corpus::headings::headings;

/// How many lines may lie between two words of one piece.
const MAX_GAP: u32 = 1000;

/// Elements that stand within a line, or show nothing of their own.
const WITHIN: [&str; 6] = ["img", "picture", "wbr", "font", "object", "map"];

/// Reads what lies in a node; what `goes` says is passed over.
pub fn read<'t>(tree: &'t Tree, top: Id, goes: impl Fn(Id) -> bool + 't) -> Vec<Marked> {
    let mut reader = Reader::new(tree);
    for step in tree.walk(top, goes) {
        match step {
            Step::Enter(id) => reader.enter(id),
            Step::Leave(id) => reader.leave(id),
        }
    }
    reader.flush();
    reader.flow
}

struct Reader<'t> {
    tree: &'t Tree,
    flow: Vec<Marked>,
    piece: Option<Marked>,
    /// The line of the last word of the piece.
    line: u32,
    /// The shape of the next piece, where a list item has begun.
    next: Option<Shape>,
    /// One entry a list, whether it is numbered.
    lists: Vec<bool>,
    /// How many list items are open.
    items: usize,
    bold: u32,
    links: u32,
    /// Whether the link is to a place of the same page.
    inside: bool,
    /// How many lists that lie in no other have begun.
    outer: u32,
    pre: u32,
    /// The data tables that are open, the outermost first; what is nested in one is its text.
    tables: Vec<Table>,
    cells: usize,
    breaks: u32,
    /// Whether a term waits for its definition.
    term: bool,
    /// Whether the next block goes on with the piece.
    glue: bool,
}

impl<'t> Reader<'t> {
    fn new(tree: &'t Tree) -> Self {
        Self {
            tree,
            flow: Vec::new(),
            piece: None,
            line: 0,
            next: None,
            lists: Vec::new(),
            items: 0,
            bold: 0,
            links: 0,
            inside: false,
            outer: 0,
            pre: 0,
            tables: Vec::new(),
            cells: 0,
            breaks: 0,
            term: false,
            glue: false,
        }
    }

    fn enter(&mut self, id: Id) {
        let node = self.tree.node(id);
        if node.name.is_empty() {
            self.words(node);
            return;
        }
        if is_bold(node) {
            self.bold += 1;
        }
        if node.name == "a" {
            self.links += 1;
            self.inside = node
                .attribute("href")
                .is_some_and(|address| address.starts_with('#'));
        }
        if !self.tables.is_empty() {
            self.enter_in_table(id);
            return;
        }
        match node.name.as_str() {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.flush();
                self.next = Some(Shape::Heading(node.name.as_bytes()[1] - b'0'));
            }
            "ul" | "ol" | "menu" | "dl" => {
                self.flush();
                self.outer += u32::from(self.lists.is_empty());
                self.lists.push(node.name == "ol");
            }
            "li" => {
                self.flush();
                self.next = Some(self.item());
                self.items += 1;
            }
            "summary" => self.summary(id),
            "dt" => {
                self.flush();
                self.next = Some(self.item());
                self.bold += 1;
                self.term = true;
            }
            "dd" => self.definition(),
            "pre" | "listing" | "xmp" => {
                self.flush();
                self.pre += 1;
                self.next = Some(Shape::Code);
            }
            "br" => self.line_end(),
            "table" if tables::is_data(self.tree, id) => {
                self.flush();
                self.tables.push(Table::new(id));
            }
            "title" => {}
            name if INLINE.contains(&name) || WITHIN.contains(&name) || name.starts_with('#') => {}
            _ => self.block(),
        }
    }

    /// A block begins, or ends.
    fn block(&mut self) {
        if !self.glue {
            self.flush();
        }
    }

    fn item(&self) -> Shape {
        let depth = self.items.min(usize::from(u8::MAX)) as u8;
        match self.lists.last() {
            Some(true) => Shape::Numbered(depth),
            _ => Shape::Item(depth),
        }
    }

    /// What names a part that is folded away stands like a line in bold, in a list too where it names a section.
    fn summary(&mut self, id: Id) {
        self.flush();
        self.bold += 1;
        if headings().exact(&plain(&self.tree.text(id))).is_some() {
            self.next = None;
        }
    }

    /// What defines a term goes on with its line.
    fn definition(&mut self) {
        let is_next = std::mem::take(&mut self.term);
        match &mut self.piece {
            Some(marked) if is_next => {
                let text = &mut marked.piece.text;
                text.truncate(text.trim_end().len());
                text.push_str(if text.ends_with(':') { " " } else { ": " });
                self.glue = true;
            }
            _ => {
                self.flush();
                self.next = Some(self.item());
            }
        }
    }

    fn enter_in_table(&mut self, id: Id) {
        let node = self.tree.node(id);
        let is_own = self.tables.len() == 1;
        match node.name.as_str() {
            "table" => self.tables.push(Table::new(id)),
            "tr" if is_own => {
                self.flush();
                self.cells = 0;
                let shape = self.tables[0].shape(self.tree, id);
                self.next = Some(shape);
            }
            "td" | "th" if is_own => {
                self.begin_cell(node.line);
            }
            "caption" if is_own => self.flush(),
            name if INLINE.contains(&name) || WITHIN.contains(&name) => {}
            _ => self.text(" ", node.line),
        }
    }

    /// Cells are parted by a sign, empty ones too.
    fn begin_cell(&mut self, line: u32) {
        if self.piece.is_none() {
            let shape = self.next.take().unwrap_or(Shape::Row);
            self.begin(shape, line);
        }
        if let Some(marked) = &mut self.piece
            && (1..=bounds::CELLS.count()).contains(&self.cells)
        {
            let text = &mut marked.piece.text;
            text.truncate(text.trim_end_matches(' ').len());
            text.push(CELL);
        }
        self.cells += 1;
    }

    fn leave(&mut self, id: Id) {
        let node = self.tree.node(id);
        if node.name.is_empty() {
            return;
        }
        if is_bold(node) {
            self.bold = self.bold.saturating_sub(1);
        }
        if node.name == "a" {
            self.links = self.links.saturating_sub(1);
        }
        if let Some(table) = self.tables.last() {
            if table.id == id {
                self.tables.pop();
            }
            match node.name.as_str() {
                "tr" | "caption" if self.tables.len() == 1 => self.flush(),
                "table" if self.tables.is_empty() => self.flush(),
                name if INLINE.contains(&name) || WITHIN.contains(&name) => {}
                _ => self.text(" ", self.line),
            }
            return;
        }
        match node.name.as_str() {
            "ul" | "ol" | "menu" | "dl" => {
                self.flush();
                self.lists.pop();
                self.term = false;
            }
            "dt" => self.bold = self.bold.saturating_sub(1),
            "pre" | "listing" | "xmp" => {
                self.flush();
                self.pre = self.pre.saturating_sub(1);
                self.next = None;
            }
            "summary" => {
                self.flush();
                self.bold = self.bold.saturating_sub(1);
            }
            "li" => {
                self.flush();
                self.items = self.items.saturating_sub(1);
                self.next = None;
            }
            "dd" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.flush();
                self.next = None;
            }
            "br" | "hr" | "title" => {}
            name if INLINE.contains(&name) || WITHIN.contains(&name) || name.starts_with('#') => {}
            // White space between a term and its definition is none of its own.
            _ if self.term => {}
            _ => self.block(),
        }
    }

    fn words(&mut self, node: &Node) {
        let mut line = node.line;
        for part in node.text.split_inclusive('\n') {
            if self.pre > 0 && self.tables.is_empty() {
                self.code(part, line);
            } else {
                self.text(part, line);
            }
            line += u32::from(part.ends_with('\n'));
        }
    }

    fn begin(&mut self, shape: Shape, line: u32) {
        self.line = line;
        self.piece = Some(Marked {
            piece: Piece {
                line,
                shape,
                ..Piece::default()
            },
            list: self.outer,
            ..Marked::default()
        });
    }

    /// Whether what comes stands in a row beyond the bound on its cells, and beyond the one that shows it.
    fn is_beyond(&self) -> bool {
        !self.tables.is_empty() && self.cells > bounds::CELLS.count() + 1
    }

    fn text(&mut self, text: &str, line: u32) {
        if self.is_beyond() {
            return;
        }
        let is_empty = text.trim().is_empty();
        if !is_empty && self.breaks > 0 {
            self.after_break(text);
        }
        if self.piece.is_none() {
            if is_empty {
                return;
            }
            let shape = self.next.take().unwrap_or_default();
            self.begin(shape, line);
        }
        if !is_empty {
            self.glue = false;
        }
        let text = match &self.piece {
            Some(marked) if marked.piece.text.is_empty() => text.trim_start(),
            _ => text,
        };
        self.push(text, line);
    }

    /// Appends words that stand on a line of the source.
    fn push(&mut self, text: &str, line: u32) {
        let Some(marked) = &mut self.piece else {
            return;
        };
        let piece = &mut marked.piece;
        let from_start = piece.bold == piece.text.len();
        let before = piece.text.len();
        let gap = line.saturating_sub(self.line).min(MAX_GAP);
        let mut rest = text;
        if gap > 0 && !text.trim().is_empty() {
            let is_seam = piece.text.ends_with([' ', LINE_BREAK, CELL]);
            // A word that goes on behind a tag of two lines belongs to the first.
            let end = if is_seam {
                0
            } else {
                text.find(char::is_whitespace).unwrap_or(text.len())
            };
            push_plain(&mut piece.text, &text[..end]);
            rest = &text[end..];
            if is_seam || !rest.trim().is_empty() {
                piece.text.truncate(piece.text.trim_end_matches(' ').len());
                piece
                    .text
                    .extend(std::iter::repeat_n(LINE_BREAK, gap as usize));
                self.line = line;
            }
        }
        push_plain(&mut piece.text, rest);
        if self.bold > 0 && from_start {
            piece.bold = piece.text.len();
        }
        if self.links > 0 {
            marked.linked += piece.text.len().saturating_sub(before);
            marked.inside |= self.inside;
        }
    }

    fn code(&mut self, text: &str, line: u32) {
        if self.piece.is_none() {
            if text.trim().is_empty() {
                return;
            }
            let shape = self.next.take().unwrap_or(Shape::Code);
            self.begin(shape, line);
        }
        if let Some(marked) = &mut self.piece {
            let gap = line.saturating_sub(self.line).min(MAX_GAP);
            let text_of = &mut marked.piece.text;
            text_of.extend(std::iter::repeat_n(LINE_BREAK, gap as usize));
            self.line = self.line.max(line);
            push_plain(text_of, text.trim_end());
        }
    }

    /// One line break is a space; two part paragraphs, and so does one behind a line in bold.
    fn line_end(&mut self) {
        let Some(marked) = &self.piece else {
            return;
        };
        self.breaks += u32::from(marked.piece.shape != Shape::Code);
        self.text(" ", self.line);
    }

    fn after_break(&mut self, text: &str) {
        let breaks = std::mem::take(&mut self.breaks);
        let Some(marked) = &self.piece else {
            return;
        };
        let piece = &marked.piece;
        if !self.tables.is_empty() || matches!(piece.shape, Shape::Heading(_)) {
            return;
        }
        let is_bold = piece.bold > 0 && piece.bold >= piece.text.trim_end().len();
        let begins = sign(text.trim_start()).is_some();
        if breaks > 1 || begins || is_bold && piece.shape == Shape::Paragraph {
            self.flush();
        }
    }

    fn flush(&mut self) {
        (self.breaks, self.glue, self.term) = (0, false, false);
        let Some(mut marked) = self.piece.take() else {
            return;
        };
        let piece = &mut marked.piece;
        let end = piece.text.trim_end_matches([' ', LINE_BREAK]).len();
        piece.text.truncate(end);
        piece.bold = piece.text[..piece.bold.min(end)].trim_end().len();
        marked.linked = marked.linked.min(end);
        if piece.shape == Shape::Paragraph {
            as_item(&mut marked);
        }
        if marked
            .piece
            .text
            .chars()
            .any(|c| c != CELL && c != LINE_BREAK)
        {
            self.flow.push(marked);
        }
    }
}

/// The sign that begins an item of a list made of lines, and what it takes.
fn sign(text: &str) -> Option<usize> {
    ["•", "◦", "▪", "●", "‣", "- ", "– ", "* ", "· "]
        .into_iter()
        .find(|sign| text.starts_with(sign))
        .map(str::len)
}

/// A paragraph that begins with the sign of a list is an item.
fn as_item(marked: &mut Marked) {
    let piece = &mut marked.piece;
    if let Some(length) = sign(&piece.text) {
        let rest = piece.text[length..].trim_start();
        let cut = piece.text.len() - rest.len();
        piece.text.drain(..cut);
        piece.bold = piece.bold.saturating_sub(cut);
        piece.shape = Shape::Item(0);
        marked.linked = marked.linked.min(piece.text.len());
    }
}

/// Whether an element sets its words in bold: a heavy face counts as the element does.
fn is_bold(node: &Node) -> bool {
    let heavy = |style: &str| {
        style
            .to_ascii_lowercase()
            .split_once("font-weight")
            .is_some_and(|(_, rest)| {
                let value = rest.trim_start_matches([':', ' ']);
                ["bold", "600", "700", "800", "900"]
                    .iter()
                    .any(|heavy| value.starts_with(heavy))
            })
    };
    node.is_any(&["b", "strong"])
        || node.name == "span" && node.attribute("style").is_some_and(heavy)
}
