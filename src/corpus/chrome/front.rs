//! Tells what stands in front of an article and around its title: menus, trails, tables of contents, authors and dates.

use std::collections::HashSet;

use super::{Cut, Marked, is_section, lines};
use crate::blueprint::Shape;
use crate::corpus::headings::headings;
use crate::corpus::title;

/// The longest list that is a trail.
const MAX_STEPS: usize = 8;
/// How many pieces below a title may name its author and its date.
const MAX_BYLINES: usize = 8;

impl Cut {
    /// Leaves out what stands in front of the title, unless a section does. Returns where the article begins.
    pub(super) fn before_title(&mut self, title: &str) -> usize {
        let is_title = |marked: &Marked| {
            marked.depth() == Some(1) && headings().exact(&marked.piece.text).is_none()
        };
        let says_title = |marked: &Marked| {
            !marked.is_linked()
                && !marked.is_item()
                && !title.is_empty()
                && title::clean(&marked.piece.text) == title
        };
        let heads_it = |marked: &Marked| marked.depth().is_some() && says_title(marked);
        let first = self.flow.iter().position(heads_it);
        let first = first.or_else(|| self.flow.iter().position(says_title));
        let first = first.or_else(|| self.flow.iter().position(is_title));
        let Some(first) = first.filter(|&first| !self.flow[..first].iter().any(is_section)) else {
            return 0;
        };
        for at in 0..first {
            let steps = lines::trail_before(self.text(at), title);
            self.categories.extend(steps.into_iter().flatten());
            self.categories.extend(lines::filed(self.text(at)));
            self.reasons[at] = Some("navigation");
        }
        self.trail_of_items(first, title);
        first
    }

    /// A trail may be a list: its first item is the home page, or its last the page itself, or its links are numbered.
    pub(super) fn trail_of_items(&mut self, first: usize, title: &str) {
        let mut end = first;
        while let Some(last) = self.flow[..end].iter().rposition(Marked::is_item) {
            let list = self.flow[last].list;
            let same = |marked: &&Marked| marked.is_item() && marked.list == list;
            let length = self.flow[..=last].iter().rev().take_while(same).count();
            end = last + 1 - length;
            let items = &self.flow[end..=last];
            let steps: Vec<String> = items.iter().map(|item| item.piece.text.clone()).collect();
            let numbered = |item: &Marked| matches!(item.piece.shape, Shape::Numbered(_));
            let is_numbered = items.iter().all(numbered);
            let is_linked = items.iter().all(|item| item.is_linked() && !item.inside);
            // Menus begin at home too, but are not numbered and do not end with the page.
            let ends = steps.last().is_some_and(|last| lines::same(last, title));
            let between = lines::steps_to(steps.clone(), title);
            let between = between.filter(|_| items.len() <= MAX_STEPS && (is_numbered || ends));
            if let Some(steps) = between.or((is_numbered && is_linked).then_some(steps)) {
                self.categories.extend(steps);
                return;
            }
        }
    }

    /// Leaves out lists that say again what the headings say, with the word above them: they are tables of contents.
    pub(super) fn contents(&mut self, start: usize) {
        let known: HashSet<Vec<String>> = self
            .flow
            .iter()
            .filter(|marked| marked.depth().is_some())
            .map(|marked| crate::taxonomy::words(&marked.piece.text))
            .collect();
        let repeats = |marked: &Marked| {
            marked.inside && marked.is_linked()
                || known.contains(&crate::taxonomy::words(&marked.piece.text))
        };
        let mut at = start;
        while at < self.flow.len() {
            let list = self.flow[at].list;
            let same = |marked: &&Marked| marked.is_item() && marked.list == list;
            let length = self.flow[at..].iter().take_while(same).count();
            let items = &self.flow[at..at + length];
            if length > 1 && items.iter().all(repeats) {
                self.reasons[at..at + length].fill(Some("navigation"));
            }
            at += length.max(1);
        }
    }

    /// Leaves out the lines below the title that name an author, a date, a category.
    pub(super) fn bylines(&mut self, start: usize, title: &str) {
        let end = self.flow.len().min(start + 1 + MAX_BYLINES);
        for at in start..end {
            if at > start && self.flow[at].depth().is_some() {
                break;
            }
            let text = self.text(at);
            let steps = lines::trail(text, title);
            let is_byline = lines::is_byline(text) && self.flow[at].depth().is_none();
            if is_byline || steps.is_some() {
                let filed = lines::filed(text);
                let beside = lines::beside_byline(text);
                self.categories.extend(steps.into_iter().flatten());
                self.categories.extend(filed);
                self.categories.extend(beside);
                self.reasons[at] = Some("byline");
            } else if at > start && crate::taxonomy::words(text).len() > 20 {
                break;
            }
        }
    }
}
