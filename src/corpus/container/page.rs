//! Turns Markdown or text that was made from a whole page of a site into the document that its article is.
//!
//! Only what shows that it comes from a page is read so: a blueprint that somebody wrote loses nothing.

mod markup;

use super::{Container, Contents, Input, html, markdown};
use crate::blueprint::Shape;
use crate::corpus::chrome::Marked;
use crate::corpus::chrome::lines;
use crate::corpus::chrome::words::{Until, page_words};
use crate::corpus::document::Document;
use crate::corpus::front_matter;
use crate::corpus::headings::headings;
use crate::corpus::problem::ProblemKind;
use crate::corpus::title::{before_tail, clean};
use crate::taxonomy::words;

/// The container.
pub const CONTAINER: Container = Container {
    name: "page",
    endings: &[],
    recognizes: |input| {
        let text = input.text();
        let body = &text[front_matter::read(text).end..];
        may_be_page(body) && (markup::is_of_page(body) || is_page(&flow_of(text)))
    },
    reads: |input: &Input<'_>| read(input.text()),
};

/// How many lines behind the title may be a trail.
const NEAR: usize = 6;
/// The longest line that may stand over related posts, in bytes.
const MAX_LINE: usize = 120;
/// How many links in front of a title are a menu.
const MENU: usize = 3;

/// Whether a line shows a trace of a page, so that it is worth being parsed: most Markdown shows none.
fn may_be_page(text: &str) -> bool {
    let mut titles = 0;
    let mut below = 0;
    text.lines().any(|line| {
        let line = line.trim();
        let is_heading = line.starts_with('#');
        titles += usize::from(is_heading);
        below += usize::from(titles > 0 && !line.is_empty());
        let is_near = titles == 0 || below <= NEAR;
        let leads = || {
            line.contains("](")
                || ['›', '»', '>', '→', '/']
                    .iter()
                    .any(|&sign| line.contains(sign))
        };
        let ends = || {
            line.len() <= MAX_LINE
                && page_words()
                    .over(line.trim_matches(['#', '*', '_', ':', ' ']))
                    .is_some_and(|over| over.until == Until::End)
        };
        is_near && !is_heading && leads() || ends() || line.contains("class=\"")
    })
}

fn flow_of(text: &str) -> Vec<Marked> {
    let front = front_matter::read(text);
    markdown::read_marked(&text[front.end..], front.line)
}

/// The place of the title: the first heading of the first rank that names no section and is no link, else the first
/// heading.
fn title_of(flow: &[Marked]) -> Option<usize> {
    let is_heading = |marked: &Marked| {
        matches!(marked.piece.shape, Shape::Heading(_))
            && headings().exact(&marked.piece.text).is_none()
            && page_words().over(&marked.piece.text).is_none()
    };
    let first = |marked: &Marked| {
        marked.piece.shape == Shape::Heading(1) && is_heading(marked) && marked.linked == 0
    };
    // A site may have its own name above the title, as a heading too: the one with the tail of a title is surer.
    let tailed = |marked: &Marked| first(marked) && before_tail(&marked.piece.text).is_some();
    let found = flow.iter().position(tailed);
    let found = found.or_else(|| flow.iter().position(first));
    found.or_else(|| flow.iter().position(is_heading))
}

/// Whether a flow shows that it was a page: a trail or a menu in front of its title, or what sites put behind articles.
fn is_page(flow: &[Marked]) -> bool {
    let Some(title) = title_of(flow) else {
        return false;
    };
    let name = clean(&flow[title].piece.text);
    let front = &flow[..title];
    let is_trail = |marked: &Marked| lines::trail(&marked.piece.text, &name).is_some();
    let links = front.iter().filter(|marked| marked.is_linked()).count();
    let skips = |marked: &Marked| marked.inside && page_words().over(&marked.piece.text).is_some();
    let has_section = front.iter().any(|marked| {
        matches!(marked.piece.shape, Shape::Heading(_))
            && headings().exact(&marked.piece.text).is_some()
    });
    if !has_section && (front.iter().any(is_trail) || links >= MENU || front.iter().any(skips)) {
        return true;
    }
    let below = flow.iter().skip(title + 1).take(3);
    below.clone().any(is_trail) || has_tail(&flow[title + 1..])
}

/// Whether related posts or a form for comments stand at the end.
fn has_tail(flow: &[Marked]) -> bool {
    let last = flow.iter().rposition(|marked| {
        matches!(marked.piece.shape, Shape::Heading(_))
            && headings().exact(&marked.piece.text).is_some()
    });
    let behind = &flow[last.map_or(0, |last| last + 1)..];
    let last_link = behind.iter().rposition(Marked::is_linked);
    behind.iter().enumerate().any(|(at, marked)| {
        let over = page_words().over(&marked.piece.text);
        let is_heading = matches!(marked.piece.shape, Shape::Heading(_)) || marked.piece.bold > 0;
        // One word is too little: "Comments" may be somebody's own section.
        let says = words(&marked.piece.text).len() > 1;
        let linked = last_link > Some(at);
        over.is_some_and(|over| over.until == Until::End && over.reason != "form")
            && is_heading
            && says
            && (linked || over.is_some_and(|over| over.reason == "comments"))
    })
}

fn read(text: &str) -> Contents {
    let front = front_matter::read(text);
    let broken = front.broken.into_iter();
    let mut contents = Contents {
        remarks: broken
            .map(|(line, reason)| (Some(line), ProblemKind::BrokenHead(reason)))
            .collect(),
        ..Contents::default()
    };
    let markup = markup::of_markdown(&text[front.end..]);
    let page = html::page_of(&markup, front.head, front.line);
    let last = text.lines().count().max(1) as u32;
    let documents = page.documents.into_iter().map(|document| Document {
        lines: (document.lines.0.max(1), document.lines.1.min(last)),
        ..document
    });
    contents.documents = documents.collect();
    contents.left_out = page.left_out;
    contents.remarks.extend(page.remarks);
    contents
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PAGE: &str = "[Skip to content](#c)\n\n* [Home](/)\n* [Jobs](/j)\n* [Blog](/b)\n\n[Home](/) › [AI & ML](/ai) › Prompt Engineer\n\n\
# Prompt Engineer: Role Blueprint, Skills\n\nBy [Jo Weaver](/jo) | March 3, 2024\n\nWrites prompts for models.\n\n\
On this page\n\n* [Skills](#skills)\n* [Career path](#career)\n\nAdvertisement\n\n[Buy boots now](http://ad)\n\n\
## Skills\n\n- **Evaluation** (Critical): tests\n- [Python](http://py)\n\n### Search\n\n- Ranking\n\n## Career path\n\n- [Lead Prompt Engineer](/lead)\n\n\
Share this:\n\n* [Twitter](t)\n* [LinkedIn](l)\n\n## Related Posts\n\n### [Data Lead](/d)\n\nKnows Spark.\n\n## Leave a Reply\n\nYour email address will not be published.\n\n\
[Privacy](/p) | [Terms](/t)\n\n© 2024 Acme. All rights reserved.\n";

    #[test]
    fn a_page_is_its_article() {
        assert!(may_be_page(PAGE) && is_page(&flow_of(PAGE)));
        let contents = read(PAGE);
        let document = &contents.documents[0];
        let shown: Vec<_> = document
            .flow
            .iter()
            .map(|piece| piece.text.as_str())
            .collect();
        assert_eq!(document.categories, ["AI & ML"]);
        assert_eq!(document.title.as_ref().unwrap().text, "Prompt Engineer");
        assert_eq!(
            shown,
            [
                "Prompt Engineer: Role Blueprint, Skills",
                "Writes prompts for models.",
                "Skills",
                "Evaluation (Critical): tests",
                "Python",
                "Search",
                "Ranking",
                "Career path",
                "Lead Prompt Engineer"
            ]
        );
        let lines: Vec<_> = contents.left_out.iter().map(|left| left.line).collect();
        assert!(lines.is_sorted() && lines.len() == contents.left_out.len() && lines[0] == 1);
    }

    #[test]
    fn what_somebody_wrote_is_no_page() {
        for text in [
            "# Data Analyst\n\n[home](/) and [more](/m).\n\n## Related roles\n\n- [Data Engineer](de.md)\n",
            "[![ci](b.svg)](ci)\n\n# Data Analyst\n\n## Skills\n\n- [SQL](s)\n- [dbt](d)\n\n## References\n\n- [One](o)\n- [Two](t)\n",
            "# Data Analyst\n\n## Contents\n\n- [Skills](#skills)\n\n## Skills\n\n- SQL\n\n## Comments\n\nNone.\n",
            "AWS / Azure / GCP\n\n# Cloud Engineer\n\n## Tools\n\n- [Vault](v)\n",
            "## Skills\n\n- [SQL](s)\n- [dbt](d)\n- [R](r)\n\n# Notes\n\nText.\n",
            "Share this with the team.\n",
        ] {
            assert!(!is_page(&flow_of(text)), "{text}");
        }
    }

    #[test]
    fn no_blueprint_that_ships_is_a_page() {
        for (name, text) in crate::corpus::BUILT_IN {
            assert!(!is_page(&flow_of(text)), "{name}");
        }
    }

    #[test]
    fn each_trace_of_a_page_tells() {
        for text in [
            "Home › Cloud\n\n# Cloud Director\n\n## Skills\n\n- x\n",
            "[Home](/) / [Cloud](/c)\n\n# Cloud Director\n\n## Skills\n\n- x\n",
            "# Cloud Director\n\n## Skills\n\n- x\n\n## Related posts\n\n- [Data Lead](/d)\n",
            "# Cloud Director\n\n## Skills\n\n- x\n\n### Leave a comment\n\nName\n",
            "[A](a)\n\n[B](b)\n\n[C](c)\n\n# Cloud Director\n\n## Skills\n\n- x\n",
        ] {
            assert!(may_be_page(text) && is_page(&flow_of(text)), "{text}");
            let contents = read(text);
            let last = contents.documents[0].flow.last().unwrap();
            assert_eq!(last.text, "x", "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_ends(text in "(\\PC|\n|[#|>*\\[\\]()-]|# |\\[Home\\]\\(/\\)|Related posts\n|Skills\n){0,120}") {
            let lines = text.lines().count() as u32 + 1;
            for document in read(&text).documents {
                prop_assert!(document.flow.iter().all(|piece| piece.line <= lines));
            }
        }
    }
}
