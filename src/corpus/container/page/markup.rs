//! Turns Markdown that was made from a page back into the HTML that says the same, each word on the line that it had.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::corpus::chrome::words::page_words;

use super::super::markdown::{cells_beyond, line_starts};

/// How many lines are put on one.
const MAX_JOINED: usize = 4;

/// Returns the HTML; its lines are those of the Markdown.
pub fn of_markdown(text: &str) -> String {
    let text = whole_tags(text);
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut writer = Writer {
        source: &text,
        line_starts: line_starts(&text),
        out: String::with_capacity(text.len() * 2),
        line: 0,
        images: 0,
        in_head: false,
        cells: 0,
        width: 0,
    };
    for (event, range) in Parser::new_ext(&text, options).into_offset_iter() {
        writer.take(event, &range);
    }
    writer.out
}

/// Returns whether Markdown has elements of a page in it, by their classes: two that a site puts around an article.
pub fn is_of_page(text: &str) -> bool {
    let mut found = 0;
    for event in Parser::new(text) {
        if let Event::Html(html) | Event::InlineHtml(html) = event {
            let classes = html.split("class=\"").skip(1);
            let classes = classes.filter_map(|rest| rest.split('"').next());
            found += classes
                .filter(|classes| page_words().part_of_sure_classes(classes).is_some())
                .count();
            if found > 1 {
                return true;
            }
        }
    }
    false
}

/// Scrapers break lines inside tags and links, where a heading, a row or an address would end: such a one is put on the
/// line that it begins on, and another line break behind it.
fn whole_tags(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut owed = 0;
    for line in text.split_inclusive('\n') {
        let is_open = |line: &str| {
            let tag = line.rfind('<').map(|at| &line[at + 1..]);
            tag.is_some_and(|tag| {
                !tag.contains('>') && tag.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
            })
        };
        let begin = whole.rfind('\n').map_or(0, |at| at + 1);
        let is_heading = line.starts_with('#') || owed > 0 && whole[begin..].starts_with('#');
        whole.push_str(line);
        let start = begin.min(whole.len());
        let link = open_link(&whole[start..]);
        let may_go_on = owed < MAX_JOINED && line.ends_with('\n') && line.trim() != "";
        if may_go_on && (link.is_some() || is_heading && is_open(&whole[start..])) {
            whole.pop();
            // The words of a link are parted, its address is not.
            if link != Some(Link::Address) {
                whole.push(' ');
            }
            owed += 1;
        } else {
            whole.extend(std::iter::repeat_n('\n', owed));
            owed = 0;
        }
    }
    whole
}

/// What of a link goes on behind the end of a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    Words,
    Address,
}

/// Returns what is open at the end of a line, if a link is.
fn open_link(line: &str) -> Option<Link> {
    let line = line.trim_end_matches('\n');
    let last = line.rfind(['[', ']'])?;
    let rest = &line[last + 1..];
    if line[last..].starts_with('[') {
        let is_text = !rest.is_empty() && !line[..last].ends_with('\\');
        return is_text.then_some(Link::Words);
    }
    let address = rest.strip_prefix('(')?;
    let is_open = !address.contains([')', ' ', '"', '<']) && address.contains(['/', '.', '#']);
    is_open.then_some(Link::Address)
}

struct Writer<'t> {
    source: &'t str,
    line_starts: Vec<usize>,
    out: String,
    /// How many lines have been written.
    line: usize,
    images: u32,
    in_head: bool,
    cells: usize,
    width: usize,
}

impl Writer<'_> {
    fn take(&mut self, event: Event<'_>, range: &std::ops::Range<usize>) {
        if !matches!(event, Event::End(_)) {
            let line = self
                .line_starts
                .partition_point(|&start| start <= range.start);
            self.go_to(line);
        }
        match event {
            Event::Start(tag) => self.start(&tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) | Event::Code(text) if self.images == 0 => self.text(&text),
            Event::SoftBreak => self.out.push(' '),
            Event::HardBreak => self.out.push_str("<br>"),
            Event::Html(html) | Event::InlineHtml(html) => {
                self.line += html.matches('\n').count();
                self.out.push_str(&html);
            }
            Event::Rule => self.out.push_str("<hr>"),
            _ => {}
        }
    }

    fn go_to(&mut self, line: usize) {
        let gap = line.saturating_sub(self.line);
        self.out.extend(std::iter::repeat_n('\n', gap));
        self.line += gap;
    }

    fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                c => {
                    self.line += usize::from(c == '\n');
                    self.out.push(c);
                }
            }
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: &std::ops::Range<usize>) {
        match tag {
            Tag::Image { .. } => self.images += 1,
            Tag::Link { dest_url, .. } => {
                self.out.push_str("<a href=\"");
                self.text(&dest_url.replace('\n', " "));
                self.out.push_str("\">");
            }
            Tag::CodeBlock(kind) => {
                self.out.push_str("<pre>");
                if let CodeBlockKind::Fenced(_) = kind {
                    let line = self
                        .line_starts
                        .partition_point(|&start| start <= range.start);
                    self.go_to(line + 1);
                }
            }
            Tag::TableHead => {
                (self.in_head, self.cells) = (true, 0);
                self.out.push_str("<thead><tr>");
            }
            Tag::TableRow => {
                self.cells = 0;
                self.out.push_str("<tr>");
            }
            Tag::TableCell => {
                self.cells += 1;
                self.out
                    .push_str(if self.in_head { "<th>" } else { "<td>" });
            }
            tag => self.element(tag.to_end(), "<"),
        }
    }

    fn end(&mut self, tag: TagEnd, range: &std::ops::Range<usize>) {
        match tag {
            TagEnd::Image => self.images = self.images.saturating_sub(1),
            TagEnd::CodeBlock => self.out.push_str("</pre>"),
            TagEnd::TableHead => {
                (self.in_head, self.width) = (false, self.cells);
                self.out.push_str("</tr></thead>");
            }
            TagEnd::TableRow => {
                let row = self.source.get(range.clone()).unwrap_or_default();
                for cell in cells_beyond(row, self.width) {
                    self.out.push_str("<td>");
                    self.text(&cell);
                    self.out.push_str("</td>");
                }
                self.out.push_str("</tr>");
            }
            TagEnd::TableCell => {
                self.out
                    .push_str(if self.in_head { "</th>" } else { "</td>" });
            }
            tag => self.element(tag, "</"),
        }
    }

    /// Elements that begin and end alike.
    fn element(&mut self, tag: TagEnd, begin: &str) {
        let name = match tag {
            TagEnd::Paragraph => "p",
            TagEnd::Heading(level) => match level {
                HeadingLevel::H1 => "h1",
                HeadingLevel::H2 => "h2",
                HeadingLevel::H3 => "h3",
                HeadingLevel::H4 => "h4",
                HeadingLevel::H5 => "h5",
                HeadingLevel::H6 => "h6",
            },
            TagEnd::BlockQuote(_) => "blockquote",
            TagEnd::List(true) => "ol",
            TagEnd::List(false) => "ul",
            TagEnd::Item => "li",
            TagEnd::Table => "table",
            TagEnd::Strong => "strong",
            TagEnd::Emphasis => "em",
            TagEnd::Strikethrough => "del",
            TagEnd::Link => "a",
            _ => return,
        };
        self.out.push_str(begin);
        self.out.push_str(name);
        self.out.push('>');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn markup_says_what_markdown_says() {
        for (markdown, html) in [
            (
                "# A **b**\n\nc\nd [e](f)\n",
                "<h1>A <strong>b</strong></h1>\n\n<p>c \nd <a href=\"f\">e</a></p>",
            ),
            (
                "<div class=\"x\">\n\n- a < b\n\n</div>\n",
                "<div class=\"x\">\n\n<ul><li>a &lt; b</li></ul>\n\n</div>\n",
            ),
            (
                "# A<a class=\"y\"\nhref=\"#\">¶</a>\n\nb\n",
                "<h1>A<a class=\"y\" href=\"#\">¶</a></h1>\n\n\n<p>b</p>",
            ),
            (
                "a|b\n-|-\n1|2|3\n",
                "<table><thead><tr><th>a</th><th>b</th></tr></thead>\n\n<tr><td>1</td><td>2</td><td>3</td></tr></table>",
            ),
            ("```\nx & y\n```\n", "<pre>\nx &amp; y\n</pre>"),
        ] {
            assert_eq!(
                of_markdown(markdown).trim_end(),
                html.trim_end(),
                "{markdown}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_markdown_ends(text in "(\\PC|\n|[#|>*`<-]|<a\n|# |\\[x\\]\\(y\\)){0,120}") {
            let _ = of_markdown(&text);
        }
    }
}
