//! Turns the main part of an office document into a flow of pieces; a piece's line is the number of its paragraph.

use super::styles::{Kind, Styles, heading, number_of};
use super::xml::{self, Attributes, Node};
use crate::blueprint::{CELL, Shape};
use crate::corpus::document::{LeftOut, Piece, push_plain};
use crate::corpus::headings::headings;
use crate::corpus::problem::ProblemKind;

/// What is no text of the document: what was deleted or moved away, how something looked before, the second form of a
/// drawing.
const SKIPPED: [&str; 6] = [
    "del",
    "moveFrom",
    "Fallback",
    "pPrChange",
    "rPrChange",
    "sectPr",
];
/// The longest paragraph in bold that can be a heading, in characters.
const MAX_HEADING_CHARS: usize = 80;
/// Signs that somebody typed in front of an item.
const BULLETS: [&str; 6] = ["• ", "· ", "▪ ", "◦ ", "‣ ", "- "];

/// What a part holds.
#[derive(Debug, Default)]
pub struct Body {
    /// Its pieces.
    pub flow: Vec<Piece>,
    /// What is no part of the text: a table of contents.
    pub left_out: Vec<LeftOut>,
    /// How many paragraphs there are.
    pub paragraphs: u32,
}

/// Reads the paragraphs and tables of a part.
pub fn read(text: &str, styles: &Styles) -> Result<Body, ProblemKind> {
    let mut reader = Reader {
        styles,
        body: Body::default(),
        open: Vec::new(),
        tables: Vec::new(),
        skipped: 0,
        in_text: false,
        placeholder: false,
    };
    xml::read(text, &mut |node| reader.take(node))?;
    Ok(reader.body)
}

struct Reader<'s> {
    styles: &'s Styles,
    body: Body,
    /// The open paragraphs: one, or more inside text boxes.
    open: Vec<Paragraph>,
    tables: Vec<Table>,
    /// How deep inside something that is not read.
    skipped: usize,
    in_text: bool,
    /// Whether the open content control shows only its prompt.
    placeholder: bool,
}

#[derive(Default)]
struct Paragraph {
    piece: Piece,
    style: Kind,
    outline: Option<Kind>,
    numbering: Option<String>,
    depth: Option<u8>,
    run_is_bold: bool,
    in_run: bool,
    all_bold: bool,
    /// Paragraphs of text boxes that are anchored in it.
    inside: Vec<Piece>,
}

#[derive(Default)]
struct Table {
    rows: usize,
    is_header: bool,
    cells: Vec<Vec<Piece>>,
    span: u8,
    /// How many paragraphs were open around the table.
    outer: usize,
}

impl Reader<'_> {
    fn take(&mut self, node: Node<'_>) {
        match node {
            Node::Open(..) if self.skipped > 0 => self.skipped += 1,
            Node::Close(_) if self.skipped > 0 => self.skipped -= 1,
            Node::Open(name, _) if SKIPPED.contains(&name) => self.skipped = 1,
            Node::Open("sdtContent", _) if self.placeholder => {
                self.placeholder = false;
                self.skipped = 1;
            }
            Node::Open(name, attributes) => self.begin(name, attributes),
            Node::Close(name) => self.end(name),
            Node::Text(text) if self.in_text && self.skipped == 0 => self.text(text),
            Node::Text(_) => {}
        }
    }

    fn begin(&mut self, name: &str, attributes: Attributes<'_>) {
        match name {
            "p" => {
                self.body.paragraphs += 1;
                self.open.push(Paragraph {
                    piece: Piece {
                        line: self.body.paragraphs,
                        ..Piece::default()
                    },
                    all_bold: true,
                    ..Paragraph::default()
                });
            }
            "tbl" => self.tables.push(Table {
                outer: self.open.len(),
                ..Table::default()
            }),
            "t" => self.in_text = true,
            "tab" | "br" | "cr" | "ptab" => self.text(" "),
            "noBreakHyphen" => self.text("-"),
            "showingPlcHdr" => self.placeholder = attributes.is_on(),
            "sdt" => self.placeholder = false,
            "tblHeader" | "tc" | "gridSpan" => self.table(name, attributes),
            _ => self.property(name, attributes),
        }
    }

    fn table(&mut self, name: &str, attributes: Attributes<'_>) {
        let Some(table) = self.tables.last_mut() else {
            return;
        };
        match name {
            "tblHeader" => table.is_header = attributes.is_on(),
            "tc" => {
                table.cells.push(Vec::new());
                table.span = 1;
            }
            _ => table.span = number_of(attributes, "val").unwrap_or(1),
        }
    }

    /// What a paragraph or a run says of itself.
    fn property(&mut self, name: &str, attributes: Attributes<'_>) {
        let styles = self.styles;
        let Some(open) = self.open.last_mut() else {
            return;
        };
        match name {
            "pStyle" => open.style = styles.kind(&attributes.get("val").unwrap_or_default()),
            "outlineLvl" => {
                let depth = number_of(attributes, "val").filter(|&depth| depth < 9);
                open.outline = depth.map(heading);
            }
            "numId" => open.numbering = attributes.get("val"),
            "ilvl" => open.depth = number_of(attributes, "val"),
            "r" => {
                open.in_run = true;
                open.run_is_bold = false;
            }
            "b" if open.in_run => open.run_is_bold = attributes.is_on(),
            "rStyle" if open.in_run => {
                open.run_is_bold = styles.is_bold(&attributes.get("val").unwrap_or_default());
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "r" => {
                if let Some(open) = self.open.last_mut() {
                    open.in_run = false;
                }
            }
            "p" => self.paragraph(),
            "tc" => {
                if let Some(table) = self.tables.last_mut() {
                    let more = usize::from(table.span.clamp(1, 64)) - 1;
                    table.cells.extend(std::iter::repeat_n(Vec::new(), more));
                }
            }
            "tr" => self.row(),
            "tbl" => {
                self.tables.pop();
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        let Some(open) = self.open.last_mut() else {
            return;
        };
        let piece = &mut open.piece;
        let from_start = piece.bold == piece.text.len();
        push_plain(&mut piece.text, text);
        let is_bold = open.in_run && open.run_is_bold;
        if is_bold && from_start {
            piece.bold = piece.text.trim_end().len().max(piece.bold);
            // A space that ends the bold beginning is none of it, and must not end it.
            if piece.text.ends_with(' ') {
                piece.bold = piece.text.len();
            }
        }
        if !is_bold && !text.trim().is_empty() {
            open.all_bold = false;
        }
    }

    fn paragraph(&mut self) {
        let Some(mut open) = self.open.pop() else {
            return;
        };
        let is_contents = open.style == Kind::Contents;
        let mut pieces = Vec::new();
        let kind = self.kind_of(&open);
        let piece = &mut open.piece;
        piece.text.truncate(piece.text.trim_end().len());
        piece.bold = piece.bold.min(piece.text.len());
        piece.shape = match kind {
            Kind::Title => Shape::Heading(1),
            Kind::Heading(depth) => Shape::Heading(depth),
            Kind::Bullet(depth) => Shape::Item(depth),
            Kind::Number(depth) => Shape::Numbered(depth),
            Kind::Text | Kind::Contents => Shape::Paragraph,
        };
        if is_contents {
            self.body.left_out.push(LeftOut {
                line: piece.line,
                reason: "table of contents",
                text: std::mem::take(&mut piece.text),
            });
        } else if !piece.text.is_empty() {
            let all_bold = open.all_bold;
            settle(piece, all_bold, self.tables.is_empty());
            pieces.push(open.piece);
        }
        pieces.append(&mut open.inside);
        self.put(pieces);
    }

    fn kind_of(&self, open: &Paragraph) -> Kind {
        if let Some(outline) = open.outline {
            return outline;
        }
        match (&open.numbering, open.style) {
            (_, Kind::Title | Kind::Heading(_)) | (None, Kind::Text | Kind::Contents) => open.style,
            (Some(numbering), _) => {
                let item = self.styles.item(numbering, open.depth.unwrap_or(0));
                item.unwrap_or_default()
            }
            (None, Kind::Bullet(depth)) => Kind::Bullet(open.depth.unwrap_or(depth)),
            (None, Kind::Number(depth)) => Kind::Number(open.depth.unwrap_or(depth)),
        }
    }

    /// Puts pieces where they stand: into the cell of a table, behind the paragraph of a text box, or into the flow.
    fn put(&mut self, pieces: Vec<Piece>) {
        let depth = self.open.len();
        if let Some(table) = self.tables.last_mut()
            && table.outer == depth
            && let Some(cell) = table.cells.last_mut()
        {
            cell.extend(pieces);
        } else if let Some(outer) = self.open.last_mut() {
            outer.inside.extend(pieces);
        } else {
            self.body.flow.extend(pieces);
        }
    }

    fn row(&mut self) {
        let Some(table) = self.tables.last_mut() else {
            return;
        };
        let cells = std::mem::take(&mut table.cells);
        let said = std::mem::take(&mut table.is_header);
        let is_first = table.rows == 0;
        table.rows += 1;
        let pieces = if is_layout(&cells) {
            cells.into_iter().flatten().collect()
        } else {
            let bold = |piece: &Piece| piece.bold == piece.text.len();
            let mut written = cells.iter().flatten();
            let looks_so = cells.len() > 1 && written.all(bold) || are_columns(&cells);
            vec![joined(&cells, said || is_first && looks_so)]
        };
        let table = self.tables.pop();
        self.put(
            pieces
                .into_iter()
                .filter(|piece| !piece.text.is_empty())
                .collect(),
        );
        self.tables.extend(table);
    }
}

/// A paragraph that is a heading or an item by its looks only: bold words that the data file knows, a typed bullet.
fn settle(piece: &mut Piece, all_bold: bool, is_free: bool) {
    if piece.shape != Shape::Paragraph || !is_free {
        return;
    }
    let known = || headings().exact(&piece.text).is_some();
    if all_bold && piece.text.chars().count() <= MAX_HEADING_CHARS && known() {
        piece.shape = Shape::Heading(2);
        piece.bold = 0;
        return;
    }
    let sign = BULLETS.iter().find(|sign| piece.text.starts_with(**sign));
    if let Some(sign) = sign {
        piece.text.drain(..sign.len());
        piece.bold = piece.bold.saturating_sub(sign.len());
        piece.shape = Shape::Item(0);
    }
}

/// Whether the cells of a row are there for the looks of the page: they hold headings, or one of them holds all.
fn is_layout(cells: &[Vec<Piece>]) -> bool {
    let heads =
        |piece: &Piece| matches!(piece.shape, Shape::Heading(_) | Shape::Row | Shape::Header);
    cells.iter().flatten().any(heads) || cells.len() == 1 && cells[0].len() > 1
}

/// Whether the first row of a table names columns that the data file knows.
fn are_columns(cells: &[Vec<Piece>]) -> bool {
    let known = |cell: &&Vec<Piece>| {
        let text = cell.first().map_or("", |piece| &piece.text);
        headings().column(text).is_some()
    };
    cells.len() > 1 && cells.iter().filter(known).count() * 2 >= cells.len()
}

fn joined(cells: &[Vec<Piece>], is_header: bool) -> Piece {
    let mut text = String::new();
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            text.push(CELL);
        }
        for (at, piece) in cell.iter().enumerate() {
            if at > 0 {
                text.push(' ');
            }
            text.push_str(&piece.text);
        }
    }
    if text.chars().all(|c| c == CELL) {
        text.clear();
    }
    let first = cells.iter().flatten().next();
    Piece {
        line: first.map_or(0, |piece| piece.line),
        shape: if is_header { Shape::Header } else { Shape::Row },
        text,
        bold: 0,
    }
}
