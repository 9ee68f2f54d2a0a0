//! Tells what stands behind an article: notices, links, rights; and gives a section back what is its own.

use super::words::page_words;
use super::{Cut, MAX_LINE, Marked, is_section, lines};
use crate::blueprint::Shape;

impl Cut {
    /// Leaves out sentences behind the last section, and short ones in front of the first, that are none of the
    /// article's: who may apply, what is stored, what can be done with the page.
    pub(super) fn notices(&mut self, start: usize) {
        let first = self.flow.iter().position(is_section);
        for at in start + 1..self.flow.len() {
            let marked = &self.flow[at];
            let text = marked.piece.text.as_str();
            let behind = self.last_section.is_none_or(|last| last < at);
            let in_front = first.is_some_and(|first| at < first)
                && crate::taxonomy::words(text).len() <= MAX_LINE;
            let is_line =
                marked.piece.shape == Shape::Paragraph || marked.is_item() && marked.is_linked();
            if self.reasons[at].is_none()
                && is_line
                && (behind || in_front)
                && (lines::is_notice(text) || behind && is_label(text) && lines::is_byline(text))
            {
                self.reasons[at] = Some("footer");
            }
        }
    }

    /// Leaves out the last lines of the page: links, rights, dates.
    pub(super) fn end(&mut self, start: usize) {
        let mut heading = vec![None; self.flow.len()];
        let mut last = None;
        for (at, of) in heading.iter_mut().enumerate() {
            if self.flow[at].depth().is_some() && self.reasons[at].is_none() {
                last = Some(at);
            }
            *of = last;
        }
        for at in (start + 1..self.flow.len()).rev() {
            if self.reasons[at].is_some() {
                continue;
            }
            let marked = &self.flow[at];
            let text = marked.piece.text.as_str();
            let own = heading[at].is_some_and(|heading: usize| heading > start);
            let is_footer =
                lines::is_footer(text) && (marked.is_linked() || marked.depth().is_none());
            let is_links = marked.is_linked()
                && marked.depth().is_none()
                && (!own || marked.is_item() && self.list_is_footer(at) || is_bar(text));
            let is_byline = marked.depth().is_none() && !marked.is_item() && lines::is_byline(text);
            if is_footer || is_links {
                self.reasons[at] = Some("footer");
            } else if is_byline {
                self.categories.extend(lines::filed(text));
                self.reasons[at] = Some("byline");
            } else {
                break;
            }
        }
    }

    /// A section below whose heading nothing is left takes back the lines, or the list, that stand next to it.
    pub(super) fn fill(&mut self) {
        for at in 0..self.flow.len() {
            let depth = self.flow[at].depth().unwrap_or_default();
            if self.reasons[at].is_some() || !is_section(&self.flow[at]) {
                continue;
            }
            let left = (at + 1..self.flow.len())
                .take_while(|&at| self.flow[at].depth().is_none())
                .take_while(|&at| self.reasons[at].is_some());
            let end = left.last().map_or(at, |last| last);
            let has_more = self.flow.get(end + 1).is_some_and(|next| {
                next.depth()
                    .is_none_or(|own| own > depth && self.reasons[end + 1].is_none())
            });
            if end == at || has_more {
                continue;
            }
            let next = at + 1;
            let list = self.flow[next].list;
            for at in next..=end {
                let same = self.flow[at].is_item() && self.flow[at].list == list;
                if at == next || self.flow[next].is_item() && same {
                    self.reasons[at] = None;
                }
            }
        }
    }

    /// Whether the list that an item stands in leads to the home page or to policies.
    fn list_is_footer(&self, at: usize) -> bool {
        let list = self.flow[at].list;
        let same = |marked: &&Marked| marked.is_item() && marked.list == list;
        let before = self.flow[..=at].iter().rev().take_while(same);
        let behind = self.flow[at..].iter().take_while(same);
        before.chain(behind).take(64).any(|marked| {
            let words = crate::taxonomy::words(&marked.piece.text);
            page_words().home.are(&words) || lines::is_footer(&marked.piece.text)
        })
    }
}

/// Whether a line names a value or a day: "Authors: Jo", "Updated 3 March 2024".
fn is_label(text: &str) -> bool {
    text.contains(|c: char| c == ':' || c.is_ascii_digit())
}

/// A row of links with signs between them: "Privacy | Terms | Contact".
fn is_bar(text: &str) -> bool {
    text.matches(['|', '·', '•']).count() > 0
}
