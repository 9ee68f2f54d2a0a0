//! Turns Markdown into a flow of pieces, each with its line in the source.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::{Container, Contents, Input};
use crate::blueprint::{CELL, LINE_BREAK, Shape};
use crate::corpus::bounds;
use crate::corpus::chrome::Marked;
use crate::corpus::document::{Document, Head, HeadEntry, Piece, push_plain};
use crate::corpus::front_matter;
use crate::corpus::problem::ProblemKind;

/// The container.
pub const CONTAINER: Container = Container {
    name: "markdown",
    endings: &["md", "markdown", "mdown", "mkd"],
    recognizes: |input| {
        let text = input.text();
        let body = &text[front_matter::read(text).end..];
        let is_heading = |line: &str| line.starts_with("# ") || line.starts_with("## ");
        body.lines().any(is_heading)
    },
    reads: |input| whole(input, |body, line| (Head::default(), read(body, line))),
};

/// Reads a file that is one document: its head, then what `flow` makes of the text behind it and its line.
pub fn whole(input: &Input<'_>, flow: impl Fn(&str, u32) -> (Head, Vec<Piece>)) -> Contents {
    let text = input.text();
    let front = front_matter::read(text);
    let (more, flow) = flow(&text[front.end..], front.line);
    let mut head = front.head;
    let is_said = |entry: &HeadEntry| !entry.values.is_empty();
    head.entries
        .extend(more.entries.into_iter().filter(is_said));
    let document = Document {
        head,
        flow,
        lines: (1, text.lines().count().max(1) as u32),
        ..Document::default()
    };
    let broken = front.broken.into_iter();
    let broken = broken.map(|(line, reason)| (Some(line), ProblemKind::BrokenHead(reason)));
    let too_long = front
        .too_long
        .then_some((Some(1), ProblemKind::Bound(&bounds::HEAD)));
    Contents {
        documents: vec![document],
        remarks: broken.chain(too_long).collect(),
        ..Contents::default()
    }
}

/// Reads the Markdown `text`, whose first line is line `first_line` of its source.
pub fn read(text: &str, first_line: u32) -> Vec<Piece> {
    let marked = read_marked(text, first_line).into_iter();
    marked.map(|marked| marked.piece).collect()
}

/// Reads Markdown, and how much of each piece is links.
pub fn read_marked(text: &str, first_line: u32) -> Vec<Marked> {
    let mut reader = Reader::new(text, first_line);
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        reader.line = reader.line_at(range.start);
        if let Event::End(TagEnd::TableRow) = event {
            reader.end_row(&text[range]);
        } else {
            reader.take(event);
        }
    }
    reader.flush();
    reader.flow
}

/// Returns where each line but the first begins.
pub fn line_starts(text: &str) -> Vec<usize> {
    memchr::memchr_iter(b'\n', text.as_bytes())
        .map(|at| at + 1)
        .collect()
}

/// Returns the cells of a row that stand beyond the width of its table's header: the parser leaves them out.
pub fn cells_beyond(row: &str, width: usize) -> Vec<String> {
    let row = row.trim();
    let row = row.strip_prefix('|').unwrap_or(row);
    let bars = memchr::memchr_iter(b'|', row.as_bytes()).count();
    let parted = bars.saturating_sub(usize::from(row.ends_with('|')));
    if parted < width && !row.contains('\\') {
        return Vec::new();
    }
    let mut cells = vec![String::new()];
    let mut is_escaped = false;
    for c in row.chars() {
        match c {
            '|' if !is_escaped && cells.len() > bounds::CELLS.count() => break,
            '|' if !is_escaped => cells.push(String::new()),
            '|' => {
                let cell = cells.last_mut();
                cell.into_iter().for_each(|cell| {
                    cell.pop();
                    cell.push('|');
                });
            }
            c => cells.last_mut().into_iter().for_each(|cell| cell.push(c)),
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    let mut beyond: Vec<String> = cells.into_iter().skip(width).collect();
    while beyond.last().is_some_and(|cell| cell.trim().is_empty()) {
        beyond.pop();
    }
    let inline = |cell: String| {
        let mut text = String::new();
        for event in Parser::new(cell.trim()) {
            if let Event::Text(part) | Event::Code(part) = event {
                push_plain(&mut text, &part);
            }
        }
        text
    };
    beyond.into_iter().map(inline).collect()
}

struct Reader {
    line_starts: Vec<usize>,
    first_line: u32,
    flow: Vec<Marked>,
    line: u32,
    piece: Option<Piece>,
    /// How many links are open, how long the words of links in the piece are, and whether one is to a place of the page.
    links: (u32, usize, bool),
    /// How many lists that lie in no other have begun.
    outer: u32,
    /// The shape of the next piece, where a list item or a table has begun.
    next: Option<Shape>,
    /// One entry a list, whether it is numbered.
    lists: Vec<bool>,
    in_header: bool,
    bold: u32,
    cell: usize,
    /// How many cells the header of the table has.
    width: usize,
}

impl Reader {
    fn new(text: &str, first_line: u32) -> Self {
        Self {
            line_starts: line_starts(text),
            first_line,
            flow: Vec::new(),
            line: first_line,
            piece: None,
            links: (0, 0, false),
            outer: 0,
            next: None,
            lists: Vec::new(),
            in_header: false,
            bold: 0,
            cell: 0,
            width: 0,
        }
    }

    fn line_at(&self, offset: usize) -> u32 {
        self.first_line + self.line_starts.partition_point(|&start| start <= offset) as u32
    }

    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text)
                if self
                    .piece
                    .as_ref()
                    .is_some_and(|piece| piece.shape == Shape::Code) =>
            {
                self.code(&text);
            }
            Event::Text(text) | Event::Code(text) => self.text(&text),
            Event::SoftBreak | Event::HardBreak => self.line_break(),
            Event::Html(html) => {
                self.text(&without_tags(&html));
                self.flush();
            }
            Event::InlineHtml(html) if html.starts_with("<br") => self.text(" "),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Paragraph => {
                self.flush();
                let shape = self.next.take().unwrap_or_default();
                self.begin(shape);
            }
            Tag::Heading { level, .. } => {
                self.flush();
                self.begin(Shape::Heading(depth(*level)));
            }
            Tag::CodeBlock(kind) => {
                self.flush();
                self.begin(Shape::Code);
                // Code between fences begins on the line behind the first; indented code where it is.
                if kind.is_fenced() {
                    self.line_break();
                }
            }
            Tag::List(start) => {
                self.flush();
                self.outer += u32::from(self.lists.is_empty());
                self.lists.push(start.is_some());
            }
            Tag::Item => {
                self.flush();
                let depth = self.lists.len().saturating_sub(1).min(usize::from(u8::MAX)) as u8;
                let numbered = self.lists.last().copied().unwrap_or_default();
                self.next = Some(if numbered {
                    Shape::Numbered(depth)
                } else {
                    Shape::Item(depth)
                });
            }
            Tag::TableHead => {
                self.flush();
                self.in_header = true;
                self.begin_row(Shape::Header);
            }
            Tag::TableRow => {
                self.flush();
                self.begin_row(Shape::Row);
            }
            Tag::TableCell => {
                if self.cell > 0
                    && let Some(piece) = &mut self.piece
                {
                    piece.text.truncate(piece.text.trim_end_matches(' ').len());
                    piece.text.push(CELL);
                }
                self.cell += 1;
            }
            Tag::Strong => self.bold += 1,
            Tag::Link { dest_url, .. } => {
                self.links.0 += 1;
                self.links.2 |= dest_url.starts_with('#');
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Link => self.links.0 = self.links.0.saturating_sub(1),
            TagEnd::Strong => self.bold = self.bold.saturating_sub(1),
            TagEnd::List(_) => {
                self.flush();
                self.lists.pop();
            }
            TagEnd::Item => {
                self.flush();
                self.next = None;
            }
            TagEnd::Paragraph
            | TagEnd::Heading(_)
            | TagEnd::CodeBlock
            | TagEnd::TableHead
            | TagEnd::HtmlBlock => {
                if std::mem::take(&mut self.in_header) {
                    self.width = self.cell;
                }
                self.flush();
            }
            _ => {}
        }
    }

    /// A row ends with the cells that its header has none above.
    fn end_row(&mut self, source: &str) {
        for cell in cells_beyond(source, self.width) {
            if let Some(piece) = &mut self.piece {
                piece.text.truncate(piece.text.trim_end_matches(' ').len());
                piece.text.push(CELL);
                piece.text.push_str(&cell);
            }
        }
        self.flush();
    }

    fn begin(&mut self, shape: Shape) {
        self.piece = Some(Piece {
            line: self.line,
            shape,
            ..Piece::default()
        });
    }

    fn begin_row(&mut self, shape: Shape) {
        self.cell = 0;
        self.begin(shape);
    }

    fn text(&mut self, text: &str) {
        if self.piece.is_none() {
            if text.trim().is_empty() {
                return;
            }
            let shape = self.next.take().unwrap_or_default();
            self.begin(shape);
        }
        let is_bold = self.bold > 0;
        if let Some(piece) = &mut self.piece {
            let before = piece.text.len();
            let from_start = piece.bold == before;
            push_plain(&mut piece.text, text);
            if self.links.0 > 0 {
                self.links.1 += piece.text.len() - before;
            }
            if is_bold && from_start {
                piece.bold = piece.text.len();
            }
        }
    }

    fn code(&mut self, text: &str) {
        if let Some(piece) = &mut self.piece {
            for (at, line) in text.split('\n').enumerate() {
                if at > 0 {
                    piece.text.push(LINE_BREAK);
                }
                push_plain(&mut piece.text, line);
            }
        }
    }

    fn line_break(&mut self) {
        if let Some(piece) = &mut self.piece {
            piece.text.truncate(piece.text.trim_end_matches(' ').len());
            piece.text.push(LINE_BREAK);
        }
    }

    fn flush(&mut self) {
        let (_, linked, inside) = self.links;
        (self.links.1, self.links.2) = (0, false);
        let Some(mut piece) = self.piece.take() else {
            return;
        };
        let end = piece.text.trim_end_matches([' ', LINE_BREAK]).len();
        piece.text.truncate(end);
        piece.bold = piece.bold.min(end);
        if piece.text.chars().any(|c| c != CELL && c != LINE_BREAK) {
            self.flow.push(Marked {
                piece,
                linked: linked.min(end),
                inside,
                list: self.outer,
            });
        }
    }
}

fn depth(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// The words of a piece of HTML inside Markdown: tags, comments and scripts go.
fn without_tags(html: &str) -> String {
    let lower = html.trim_start();
    if lower.starts_with("<!--") || lower.starts_with("<script") || lower.starts_with("<style") {
        return String::new();
    }
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                text.push(' ');
            }
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn show(text: &str) -> Vec<String> {
        read(text, 1)
            .into_iter()
            .map(|piece| {
                format!(
                    "{}|{:?}|{}|{}",
                    piece.line,
                    piece.shape,
                    piece.bold,
                    piece.text.replace(LINE_BREAK, "↵").replace(CELL, "¦")
                )
            })
            .collect()
    }

    #[test]
    fn pieces_keep_their_lines() {
        assert_eq!(
            show(
                "# A **b**\n\nfirst\nsecond `x`\n\n- one\n  - **two** (Critical): use\n- three\n  wrapped\n\n1. n\n\n   loose\n\n| a | b |\n|---|---|\n| c | |\n\n> quote\n\n```\ncode\n```\n\n    indented\n    code\n"
            ),
            [
                "1|Heading(1)|0|A b",
                "3|Paragraph|0|first↵second x",
                "6|Item(0)|0|one",
                "7|Item(1)|3|two (Critical): use",
                "8|Item(0)|0|three↵wrapped",
                "11|Numbered(0)|0|n",
                "13|Paragraph|0|loose",
                "15|Header|0|a¦b",
                "17|Row|0|c¦",
                "19|Paragraph|0|quote",
                "21|Code|0|↵code",
                "25|Code|0|indented↵code",
            ]
        );
    }

    #[test]
    fn cells_beyond_the_header_stay() {
        for (row, shown) in [
            ("| 1 | 2 | 3 |", "1¦2¦3"),
            ("1|2|**x** `y`|a \\| b", "1¦2¦x y¦a | b"),
            ("| 1 | 2 |  | 4", "1¦2¦¦4"),
            ("| 1 | 2 | |", "1¦2"),
            ("| 1 |", "1¦"),
        ] {
            let pieces = show(&format!("|a|b|\n|-|-|\n{row}\n"));
            assert_eq!(pieces[1], format!("3|Row|0|{shown}"), "{row}");
        }
        let wide = "|x".repeat(100_000);
        let pieces = show(&format!("|a|b|\n|-|-|\n{wide}\n"));
        // One more than the bound, so that it is seen that there are.
        assert_eq!(pieces[1].matches('¦').count(), bounds::CELLS.count());
    }

    #[test]
    fn html_leaves_its_words_only() {
        assert_eq!(
            show("<!-- x -->\n\n<div>a <b>c</b></div>\n\nd<br>e\n"),
            ["3|Paragraph|0|a c", "5|Paragraph|0|d e"]
        );
    }

    #[test]
    fn deep_nesting_ends() {
        for sign in ["> ", "[", "*", "- ", "<a>", "`", "|"] {
            let _ = read(&sign.repeat(100_000), 1);
        }
    }

    proptest! {
        #[test]
        fn any_text_gives_lines_within_it(text in "(\\PC|\n|[|>*_`#-]|\\*\\*){0,200}") {
            let lines = text.lines().count() as u32 + 1;
            let mut last = 0;
            for piece in read(&text, 1) {
                prop_assert!(piece.line >= last && piece.line <= lines);
                prop_assert!(piece.text.is_char_boundary(piece.bold));
                last = piece.line;
            }
        }
    }
}
