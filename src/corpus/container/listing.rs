//! Turns a listing, where title lines with a constant tail and paragraphs alternate, into one document a role.
//!
//! It may be text, or Markdown with its titles as headings, links or items, and with what a site puts around a list.

use super::{Container, Contents, Input, plain as plain_text};
use crate::blueprint::Shape;
use crate::corpus::chrome::lines;
use crate::corpus::chrome::words::{Until, page_words};
use crate::corpus::document::{Document, LeftOut, Piece, plain};
use crate::corpus::headings::headings;
use crate::corpus::title::{before_tail, clean};
use crate::taxonomy::words;

/// The container.
pub const CONTAINER: Container = Container {
    name: "listing",
    endings: &[],
    recognizes: |input| !titles(&lines_of(input.text())).is_empty(),
    reads: |input: &Input<'_>| read(input.text()),
};

/// How many lines may stand in front of the first title without showing that they are a site's.
const MAX_BEFORE: usize = 2;

/// A line of a listing, as it stands and without marks.
struct Line<'t> {
    raw: &'t str,
    /// The words of a line without marks and addresses.
    text: String,
    /// The title with its tail, where the line is one, or begins with a link that is one.
    title: Option<String>,
}

fn lines_of(text: &str) -> Vec<Line<'_>> {
    // Most texts have no title's tail anywhere, and are not looked at line by line.
    let may = |line: &&str| {
        let lower = line.to_lowercase();
        lower.contains("blueprint") || lower.contains("career path")
    };
    if text.lines().filter(may).take(2).count() < 2 {
        return Vec::new();
    }
    text.lines().map(line_of).collect()
}

fn line_of(raw: &str) -> Line<'_> {
    let text = unmarked(raw);
    let title = title_in(raw, &text);
    Line { raw, text, title }
}

/// The title that a line is, or that the link at its beginning is.
fn title_in(raw: &str, text: &str) -> Option<String> {
    let is_short = raw.len() <= 1000;
    let is_title = |text: &str| {
        let lower = text.to_lowercase();
        text.len() <= 400
            && (lower.contains("blueprint") || lower.contains("career path"))
            && before_tail(text).is_some_and(|name| !clean(name).is_empty())
            && lines::trail(text, "").is_none()
    };
    if !is_short {
        return None;
    }
    if is_title(text) {
        return Some(text.to_owned());
    }
    let (label, _) = leading_link(raw)?;
    let label = unmarked(label);
    is_title(&label).then_some(label)
}

/// The words of the link that a line begins with, and what stands behind it.
fn leading_link(raw: &str) -> Option<(&str, &str)> {
    let marks = ['#', '*', '-', '+', '>', ' ', '\t', '_', '.', ')'];
    let line = raw.trim_start_matches(|c: char| marks.contains(&c) || c.is_ascii_digit());
    let inner = line.strip_prefix('[')?;
    let end = inner.find("](")?;
    let close = end + inner[end..].find(')')?;
    Some((&inner[..end], &inner[close + 1..]))
}

/// A line without bold marks, and with the words of its links in the place of their addresses.
fn unmarked(line: &str) -> String {
    let line = line.replace("**", "");
    let heading = line.trim_start_matches('#');
    let line = if heading.starts_with(' ') {
        heading
    } else {
        &line
    };
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(open) = rest.find("](") {
        let Some(close) = rest[open..].find(')') else {
            break;
        };
        let label = &rest[..open];
        let (before, label) = match label.rfind('[') {
            Some(at) => (&label[..at], &label[at + 1..]),
            None => (label, ""),
        };
        text.push_str(before.trim_end_matches('!'));
        text.push_str(label);
        rest = &rest[open + close + 1..];
    }
    text.push_str(rest);
    plain(&text)
}

/// Returns the places of the titles; none for a text that is no listing.
///
/// A listing has at least two lines that end in a title's tail ("…: Role Blueprint, Skills, and Career Path"), each with
/// its text, and begins with one, empty lines and two others apart; what stands above may also be a site's menu. Titles
/// below "Related posts" are none of a list.
fn titles(lines: &[Line<'_>]) -> Vec<usize> {
    let end = (0..lines.len())
        .find(|&at| ends_list(&lines[at]))
        .unwrap_or(lines.len());
    let mut titles: Vec<usize> = (0..end).filter(|&at| lines[at].title.is_some()).collect();
    // The list's own heading, and a title that is said twice in a row, are no entries.
    titles.dedup_by(|later, first| {
        let text = |at: usize| lines[at].title.as_deref();
        text(*later) == text(*first) && *later - *first <= 2
    });
    let Some(&first) = titles.first() else {
        return Vec::new();
    };
    let before: Vec<&Line<'_>> = lines[..first]
        .iter()
        .filter(|line| !line.text.is_empty())
        .collect();
    let is_site = || {
        before
            .iter()
            .any(|line| is_link(line) || lines::trail(&line.text, "").is_some())
            && !before.iter().any(|line| is_section(line))
    };
    // An article has sections below its title, and others' titles behind them.
    let has_sections = (titles.len() > 1)
        && lines[first..titles[1]]
            .iter()
            .filter(|line| is_section(line))
            .count()
            > 1
        && !lines[titles[1]..end].iter().any(is_section);
    if titles.len() < 2 || before.len() > MAX_BEFORE && !is_site() || has_sections {
        return Vec::new();
    }
    titles
}

/// Whether a line is links and nothing more.
fn is_link(line: &Line<'_>) -> bool {
    leading_link(line.raw).is_some_and(|(_, rest)| rest.trim().is_empty() || rest.contains("]("))
}

fn is_section(line: &Line<'_>) -> bool {
    line.raw.starts_with('#') && headings().exact(&line.text).is_some()
}

/// Whether other things than the list begin with a line.
fn ends_list(line: &Line<'_>) -> bool {
    let is_heading = line.raw.starts_with('#') || line.raw.trim_start().starts_with("**");
    is_heading
        && line.title.is_none()
        && words(&line.text).len() > 1
        && page_words()
            .over(&line.text)
            .is_some_and(|over| over.until == Until::End)
}

fn read(text: &str) -> Contents {
    let all = lines_of(text);
    let titles = titles(&all);
    let mut contents = Contents::default();
    let Some(&first) = titles.first() else {
        return contents;
    };
    let end = (first..all.len())
        .find(|&at| ends_list(&all[at]))
        .unwrap_or(all.len());
    let mut shared = Vec::new();
    for line in &all[..first] {
        shared.extend(lines::trail(&line.text, "").into_iter().flatten());
        shared.extend(lines::filed(&line.text));
    }
    leave(&mut contents, &all[..first], 1, "navigation");
    let ends = titles.iter().skip(1).copied().chain([end]);
    for (start, end) in titles.iter().copied().zip(ends) {
        let is_last = titles.last() == Some(&start);
        let end = if is_last { foot(&all, start, end) } else { end };
        let mut document = document(&all, start, end, &mut contents.left_out);
        document.categories.extend_from_slice(&shared);
        lines::once(&mut document.categories);
        contents.documents.push(document);
    }
    let last = titles.last().map_or(end, |&last| foot(&all, last, end));
    leave(&mut contents, &all[last..], last as u32 + 1, "footer");
    contents
}

/// Where the last entry ends: links to other pages of the list, policies and the like stand behind it.
fn foot(all: &[Line<'_>], start: usize, end: usize) -> usize {
    // Behind the last teaser a heading over other things ends the list, whatever it is over.
    let is_other = |line: &Line<'_>| {
        line.raw.starts_with('#') && line.title.is_none() && page_words().over(&line.text).is_some()
    };
    let end = (start + 1..end)
        .find(|&at| is_other(&all[at]))
        .unwrap_or(end);
    let mut foot = end;
    for at in (start + 1..end).rev() {
        let line = &all[at];
        let is_foot = is_link(line) || lines::is_footer(&line.text);
        if is_foot {
            foot = at;
        } else if !line.text.is_empty() && line.raw.trim() != "---" {
            break;
        }
    }
    foot
}

fn leave(contents: &mut Contents, lines: &[Line<'_>], first: u32, reason: &'static str) {
    let said = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| !line.text.is_empty());
    contents.left_out.extend(said.map(|(at, line)| LeftOut {
        line: first + at as u32,
        reason,
        text: line.text.clone(),
    }));
}

fn document(all: &[Line<'_>], start: usize, end: usize, left_out: &mut Vec<LeftOut>) -> Document {
    let name = all[start].title.as_deref().unwrap_or_default();
    let title = Piece {
        line: start as u32 + 1,
        shape: Shape::Heading(1),
        text: clean(name),
        bold: 0,
    };
    let mut categories = Vec::new();
    // A title in bold or with list signs stays a title; the marks of the paragraphs go here.
    let mut body = vec![behind_title(&all[start])];
    for (at, line) in all[start + 1..end].iter().enumerate() {
        let is_own_title = line.title.is_some() && line.title == all[start].title;
        let reason = if is_own_title {
            Some("navigation")
        } else {
            around(line)
        };
        match reason {
            Some(reason) => {
                categories.extend(lines::filed(&line.text));
                left_out.push(LeftOut {
                    line: (start + 2 + at) as u32,
                    reason,
                    text: line.text.clone(),
                });
                body.push(String::new());
            }
            None => body.push(indented(line)),
        }
    }
    let (_, mut flow) = plain_text::read(&body.join("\n"), start as u32 + 1);
    if let Some(last) = flow.last_mut() {
        lines::cut_more(&mut last.text);
    }
    // The first line below the title is never a title itself.
    if let Some(first) = flow
        .first_mut()
        .filter(|first| first.shape == Shape::Heading(1))
    {
        first.shape = Shape::Paragraph;
    }
    let last = (start..end)
        .rev()
        .find(|&at| !all[at].text.is_empty())
        .unwrap_or(start);
    Document {
        title: Some(title),
        categories,
        flow,
        lines: (start as u32 + 1, last as u32 + 1),
        ..Document::default()
    }
}

/// What stands behind a title that is the link at the beginning of its line.
fn behind_title(line: &Line<'_>) -> String {
    let is_whole = line.title.as_deref() == Some(&line.text);
    match leading_link(line.raw) {
        Some((_, rest)) if !is_whole => {
            unmarked(rest.trim_start_matches([' ', ':', '-', '–', '—', '*', '|']))
        }
        _ => String::new(),
    }
}

/// What a line between the entries is, where it is none of theirs.
fn around(line: &Line<'_>) -> Option<&'static str> {
    let is_linked = line.raw.contains("](");
    if is_linked && is_link(line) && lines::is_more(&line.text) {
        Some("navigation")
    } else if lines::is_byline(&line.text) {
        Some("byline")
    } else {
        None
    }
}

/// A line without marks, as far in as it stood, and a heading with its sign.
fn indented(line: &Line<'_>) -> String {
    let space = line.raw.len() - line.raw.trim_start().len();
    let sign = if line.raw.starts_with('#') { "## " } else { "" };
    format!("{}{sign}{}", &line.raw[..space], line.text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn roles_keep_their_title_line() {
        let text = "\nCloud Director: Role Blueprint, Skills, and Career Path\nThe **Cloud Director** leads.\n\n**Data Engineer**: Role Blueprint, Skills, and Career Path\nBuilds.\nMore.\n";
        let documents = read(text).documents;
        let shown: Vec<_> = documents
            .iter()
            .map(|document| {
                (
                    document.title.as_ref().unwrap().text.as_str(),
                    document.lines,
                    document.flow[0].line,
                )
            })
            .collect();
        assert_eq!(
            shown,
            [("Cloud Director", (2, 3), 3), ("Data Engineer", (5, 7), 6)]
        );
        assert_eq!(documents[0].flow[0].text, "The Cloud Director leads.");
    }

    #[test]
    fn one_title_is_no_listing() {
        for text in [
            "# Cloud Director: Role Blueprint, Skills\n\ntext\n",
            "a\nb\n",
            "# Cloud Director: Role Blueprint\n\n## Skills\n\n- a\n\n## KPIs\n\n- b\n\n### [Data Lead: Role Blueprint](d)\n\nKnows.\n",
            "# Cloud Director: Role Blueprint\n\nLeads.\n\n## Related posts\n\n### Data Lead: Role Blueprint\n\nKnows.\n",
            "a\nb\nc\nCloud Director: Role Blueprint\nLeads.\nData Lead: Role Blueprint\nKnows.\n",
        ] {
            assert_eq!(read(text).documents, [], "{text}");
        }
    }

    #[test]
    fn markdown_lists_in_each_form_are_read() {
        let menu = "[Home](/) | [Jobs](/j)\n[About](/a)\n[Blog](/b)\n\nCategory: Cloud\n\n";
        let foot = "\n[Older posts](/2)\n\n© 2024 Acme\n";
        for (body, flow) in [
            (
                "## [Cloud Director: Role Blueprint, Skills](/c)\nMarch 3, 2024\n\nLeads **all** of it. […]\n\n[Read more](/c)\n\n## [Data Lead: Role Blueprint, Skills](/d)\n\nKnows.\n",
                "10:Leads all of it. | 16:Knows.",
            ),
            (
                "* [Cloud Director: Role Blueprint](/c) – Leads [all](x).\n* [Data Lead: Role Blueprint](/d)\n  Knows.\n",
                "7:Leads all. | 9:Knows.",
            ),
            (
                "**Cloud Director: Role Blueprint**\nLeads.\n\n**[Data Lead: Role Blueprint](/d)**\nKnows.\n",
                "8:Leads. | 11:Knows.",
            ),
        ] {
            let contents = read(&format!("{menu}{body}{foot}"));
            let shown: Vec<String> = contents
                .documents
                .iter()
                .map(|document| {
                    assert_eq!(document.categories, ["Cloud"]);
                    let pieces = document.flow.iter();
                    let pieces = pieces.map(|piece| format!("{}:{}", piece.line, piece.text));
                    pieces.collect::<Vec<_>>().join(" + ")
                })
                .collect();
            assert_eq!(shown.join(" | "), flow);
            assert!(contents.left_out.len() >= 6);
        }
    }

    proptest! {
        #[test]
        fn any_text_ends(text in "(\\PC|\n|[#*\\[\\]()]|A: Role Blueprint|\\]\\(|Related posts\n){0,80}") {
            let lines = text.lines().count() as u32 + 1;
            for document in read(&text).documents {
                prop_assert!(document.lines.0 <= document.lines.1 && document.lines.1 <= lines);
            }
        }
    }
}
