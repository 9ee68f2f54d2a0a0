//! Turns the flow of a page into the flow of its article: what sites put around and between its parts goes.
//!
//! Pages and Markdown made from pages are cut here alike. What is taken for the site's is left out by what its heading
//! or its line says, and by how much of it is links; a heading that blueprints use is never the site's.

mod ends;
mod front;
pub mod lines;
pub mod role;
pub mod words;

use super::document::{LeftOut, Piece};
use super::headings::headings;
use crate::blueprint::{LINE_BREAK, SectionKind, Shape};
use words::{Over, Until, page_words};

/// The longest line that stands like a heading, in words.
const MAX_LINE: usize = 10;
/// The longest line of an advertisement, in words.
const MAX_PRAISE: usize = 30;

/// A piece, and how much of it is links.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Marked {
    /// The piece.
    pub piece: Piece,
    /// How many bytes of its text are the words of links.
    pub linked: usize,
    /// Whether a link of it leads to a place of the same page.
    pub inside: bool,
    /// How many lists that lie in no other have begun with it.
    pub list: u32,
}

impl Marked {
    /// Returns whether it is links, a few words apart.
    pub fn is_linked(&self) -> bool {
        self.linked > 0 && self.linked * 10 >= self.piece.text.len() * 6
    }

    fn is_item(&self) -> bool {
        matches!(self.piece.shape, Shape::Item(_) | Shape::Numbered(_))
    }

    fn depth(&self) -> Option<u8> {
        match self.piece.shape {
            Shape::Heading(depth) => Some(depth),
            _ => None,
        }
    }
}

/// An article, and what stood around it.
#[derive(Debug, Default, PartialEq)]
pub struct Article {
    /// The flow of the article.
    pub flow: Vec<Piece>,
    /// What the page is filed under.
    pub categories: Vec<String>,
    /// What is the site's.
    pub left_out: Vec<LeftOut>,
}

/// Cuts the article out of the flow of a page that is called `title`.
pub fn article(mut flow: Vec<Marked>, title: &str) -> Article {
    for marked in flow.iter_mut().filter(|marked| marked.depth().is_some()) {
        lines::cut_sign(&mut marked.piece.text);
        let end = marked.piece.text.len();
        marked.linked = marked.linked.min(end);
        marked.piece.bold = marked.piece.bold.min(end);
    }
    headings_in_bold(&mut flow);
    let mut cut = Cut {
        reasons: vec![None; flow.len()],
        last_section: flow.iter().rposition(is_section),
        categories: Vec::new(),
        flow,
    };
    let start = cut.before_title(title);
    cut.contents(start);
    cut.bylines(start, title);
    cut.middle(start);
    cut.notices(start);
    cut.end(start);
    cut.fill();
    cut.finish()
}

/// Whether a piece is the heading of a section that blueprints have.
fn is_section(marked: &Marked) -> bool {
    marked.depth().is_some()
        && !marked.is_linked()
        && headings().exact(&marked.piece.text).is_some()
}

/// A line in bold that stands alone and names a section, or something that a site puts between sections, is a heading.
pub fn headings_in_bold(flow: &mut [Marked]) {
    let mut depth = 1;
    for marked in flow {
        if let Some(own) = marked.depth() {
            depth = own;
            continue;
        }
        let piece = &marked.piece;
        let is_bold = piece.shape == Shape::Paragraph
            && piece.bold > 0
            && piece.bold >= piece.text.trim_end_matches([':', ' ']).len();
        let text = piece.text.trim_end_matches([':', ' ']);
        if is_bold
            && !text.contains(LINE_BREAK)
            && (headings().exact(text).is_some() || page_words().over(text).is_some())
        {
            marked.piece.shape = Shape::Heading((depth + 1).clamp(2, 6));
            marked.piece.bold = 0;
        }
    }
}

/// What is left out of a flow, and why.
struct Cut {
    flow: Vec<Marked>,
    reasons: Vec<Option<&'static str>>,
    last_section: Option<usize>,
    categories: Vec<String>,
}

impl Cut {
    fn text(&self, at: usize) -> &str {
        &self.flow[at].piece.text
    }

    /// Leaves out what stands below headings that are none of the article's.
    fn middle(&mut self, start: usize) {
        let mut open: Option<Over> = None;
        let mut section = 0;
        for at in start + usize::from(start < self.flow.len())..self.flow.len() {
            if self.reasons[at].is_some() {
                continue;
            }
            let marked = &self.flow[at];
            if is_section(marked) {
                open = None;
                section = marked.depth().unwrap_or_default();
                continue;
            }
            if let Some(over) = self.over(at, section, open) {
                self.reasons[at] = Some(over.reason);
                // A link among other posts says nothing of where they end.
                let goes_on = open.is_some_and(|open| open.until != Until::Links)
                    && over.until == Until::Links
                    && marked.depth().is_none();
                if !goes_on {
                    open = Some(over);
                }
                continue;
            }
            let goes_on = open.filter(|over| match over.until {
                Until::End => true,
                Until::Heading => marked.depth().is_none(),
                Until::Links => marked.depth().is_none() && self.goes_on(at, *over),
            });
            open = goes_on;
            self.reasons[at] = goes_on.map(|over| over.reason);
        }
    }

    /// Whether what stands below "Share this" or "Advertisement" goes on with a piece.
    fn goes_on(&self, at: usize, over: Over) -> bool {
        let marked = &self.flow[at];
        if over.reason != "advertising" || marked.piece.shape != Shape::Paragraph {
            let is_sign = || crate::taxonomy::words(&marked.piece.text).len() <= 2;
            return marked.is_linked()
                || over.reason == "share bar" && marked.is_item() && is_sign();
        }
        // What is praised may stand in front of its link.
        let is_short = crate::taxonomy::words(&marked.piece.text).len() <= MAX_PRAISE;
        let linked_below = self.flow.get(at + 1).is_some_and(Marked::is_linked);
        is_short && (marked.linked > 0 || linked_below)
    }

    /// What a piece that is no section's heading is over, if it is none of the article's.
    fn over(&self, at: usize, section: u8, open: Option<Over>) -> Option<Over> {
        let marked = &self.flow[at];
        let text = marked.piece.text.as_str();
        let words = crate::taxonomy::words(text).len();
        let known = page_words().over(text);
        let Some(mut over) = known.filter(|_| !self.is_pager(at) || marked.is_linked()) else {
            return self
                .labelled(at)
                .or_else(|| self.more(at))
                .or_else(|| self.step(at));
        };
        let tail = self.last_section.is_none_or(|last| last < at);
        let is_left = self.reasons.get(at + 1).is_some_and(Option::is_some);
        let linked_below = is_left || self.flow.get(at + 1).is_some_and(Marked::is_linked);
        let is_own = match marked.depth() {
            // One word below a section's heading is the section's: "Search" below the skills, "Next" below the career.
            Some(depth) if words < 2 => {
                let shares = linked_below && matches!(over.reason, "share bar" | "advertising");
                let lists = tail && linked_below && over.reason == "footer";
                let below = section > 0 && depth > section && !shares && !lists;
                let follows = self
                    .flow
                    .get(at + 1)
                    .is_some_and(|next| next.depth().is_none());
                let stands = over.until == Until::Links && follows && !linked_below;
                below && (!tail || open.is_none()) || stands
            }
            Some(_) => false,
            None if marked.piece.shape != Shape::Paragraph || words > MAX_LINE => true,
            // A line that says it in one word needs links beside it.
            None => {
                let alone = words < 2 && !marked.is_linked() && !linked_below;
                // "Apply for a grant" between two sections is something to do.
                let is_done = over.reason == "form" && !marked.is_linked() && !tail;
                alone && over.reason != "advertising" || is_done
            }
        };
        if is_own {
            return None;
        }
        // A link to a form stands beside the article; its heading stands over the form.
        if over.reason == "form" && marked.depth().is_none() {
            over.until = Until::Links;
        }
        if over.until == Until::End && !tail {
            // A cloud of tags may stand in front of the first words of an article.
            over.until = match over.reason {
                "footer" | "navigation" => Until::Links,
                _ => Until::Heading,
            };
        }
        Some(over)
    }

    /// "Advertisement: …", "Share: …" are lines of their own.
    fn labelled(&self, at: usize) -> Option<Over> {
        let marked = &self.flow[at];
        let (label, _) = marked.piece.text.split_once(':')?;
        let over = page_words().over(label)?;
        let is_own = matches!(over.reason, "advertising" | "share bar")
            || over.reason == "related posts" && marked.linked > 0;
        (is_own && marked.piece.shape == Shape::Paragraph).then_some(Over {
            until: Until::Links,
            ..over
        })
    }

    /// A link to the rest of a teaser.
    fn more(&self, at: usize) -> Option<Over> {
        let marked = &self.flow[at];
        let is_more = marked.is_linked()
            && marked.piece.shape == Shape::Paragraph
            && lines::is_more(&marked.piece.text);
        is_more.then_some(Over {
            reason: "navigation",
            until: Until::Links,
        })
    }

    /// A link to the page before or behind, and a paragraph of links with a word above them.
    fn step(&self, at: usize) -> Option<Over> {
        let marked = &self.flow[at];
        let tail = self.last_section.is_none_or(|last| last < at);
        if !tail || marked.piece.shape != Shape::Paragraph {
            return None;
        }
        let text = marked.piece.text.as_str();
        if self.is_pager(at) {
            return Some(Over {
                reason: "navigation",
                until: Until::End,
            });
        }
        if !marked.is_linked() {
            return None;
        }
        let label = text.split(LINE_BREAK).next().unwrap_or_default();
        let over = page_words()
            .over(label)
            .filter(|_| label.len() < text.len());
        let step = || {
            lines::is_step(text).then_some(Over {
                reason: "navigation",
                until: Until::Links,
            })
        };
        over.or_else(step)
    }

    /// "Previous" over a title: scrapers part the link from its words. A career path has such steps too.
    fn is_pager(&self, at: usize) -> bool {
        let is_step = |at: usize| {
            let words = crate::taxonomy::words(self.text(at));
            page_words().steps.are(&words)
        };
        let is_line = self.flow.get(at + 1).is_some_and(|next| {
            next.piece.shape == Shape::Paragraph
                && crate::taxonomy::words(&next.piece.text).len() <= MAX_LINE
        });
        let in_career = self.last_section.is_some_and(|last| {
            let meaning = headings().exact(self.text(last));
            meaning.is_some_and(|meaning| meaning.kind == SectionKind::Career)
        });
        is_step(at) && is_line && !in_career
    }

    fn finish(self) -> Article {
        let mut article = Article {
            categories: self.categories,
            ..Article::default()
        };
        for (marked, reason) in self.flow.into_iter().zip(self.reasons) {
            match reason {
                None => article.flow.push(marked.piece),
                Some(reason) => article.left_out.push(LeftOut {
                    line: marked.piece.line,
                    reason,
                    text: marked.piece.text,
                }),
            }
        }
        article
    }
}
