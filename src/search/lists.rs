//! Posting lists of a segment, each with the weight that a hit in it has, and what it says of a role.

mod open;

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::Scorer;
use tantivy::{DocId, DocSet, TERMINATED};

use super::facets::SegmentFacet;
use crate::index::schema::TextField;
pub use open::{facet_lists, open, whole_names};

/// A posting list of one segment.
pub struct List {
    postings: Source,
    /// The place of the concept that it speaks for.
    pub concept: usize,
    /// What a hit in it is worth, before its frequency and the rarity of its concept.
    pub weight: f32,
    /// How well its variant stands for the concept.
    pub strength: f32,
    /// What it says, for the reason of a hit.
    pub evidence: Evidence,
    /// Whether the text of its field is prose, whose length counts.
    pub is_prose: bool,
    /// The places of the domains that it holds in.
    domains: Option<Vec<u16>>,
    /// How many of its postings were read.
    pub read: u64,
}

/// Where a list's hits come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// The field; of lists that only add to what others have found, the one that they are weighed like.
    pub field: TextField,
    /// The place of the variant in its concept; of a part, among the parts.
    pub variant: usize,
    /// What the list is.
    pub role: ListRole,
}

/// What a list is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListRole {
    /// It finds roles.
    Finds,
    /// It adds to the score of roles that others have found: the form as typed.
    Exact,
    /// A single word of a term of several.
    Part,
    /// A neighbour of the word stands beside it in a name.
    Pair,
}

enum Source {
    Terms(Box<SegmentPostings>),
    Scorer(Box<dyn Scorer>),
    /// Documents in order, and the place of the one that the list stands at.
    Found(Vec<DocId>, usize),
}

impl List {
    /// Returns whether the list finds roles by itself.
    pub fn finds(&self) -> bool {
        self.evidence.role == ListRole::Finds
    }

    /// Returns the document that the list stands at.
    pub fn doc(&self) -> DocId {
        match &self.postings {
            Source::Terms(postings) => postings.doc(),
            Source::Scorer(scorer) => scorer.doc(),
            Source::Found(docs, at) => docs.get(*at).copied().unwrap_or(TERMINATED),
        }
    }

    /// Goes to the first document of the list from `start` on.
    pub fn skip_to(&mut self, start: DocId) {
        match &mut self.postings {
            Source::Terms(postings) if postings.doc() < start => postings.seek(start),
            Source::Scorer(scorer) if scorer.doc() < start => scorer.seek(start),
            // These are of the range that is scanned.
            _ => start,
        };
    }

    /// Goes through the documents from `start` to before `end`, with how often the word stands in the field of each.
    pub fn read(
        &mut self,
        start: DocId,
        end: DocId,
        domain: &SegmentFacet,
        mut each: impl FnMut(DocId, u32),
    ) {
        let domains = &self.domains;
        // A role without a domain may be of any.
        let holds = |doc: DocId| {
            domains.as_ref().is_none_or(|domains| {
                let own = domain.own(doc);
                own.is_empty() || own.iter().any(|at| domains.contains(at))
            })
        };
        let mut checked = |doc: DocId, count: u32| {
            if holds(doc) {
                each(doc, count);
            }
        };
        self.read += match &mut self.postings {
            Source::Terms(postings) => drive(
                postings.as_mut(),
                start,
                end,
                SegmentPostings::term_freq,
                &mut checked,
            ),
            Source::Scorer(scorer) => drive(scorer.as_mut(), start, end, |_| 1, &mut checked),
            Source::Found(docs, at) => {
                *at += docs[*at..].partition_point(|doc| *doc < start);
                let first = *at;
                while let Some(&doc) = docs.get(*at).filter(|doc| **doc < end) {
                    checked(doc, 1);
                    *at += 1;
                }
                (*at - first) as u64
            }
        };
    }
}

/// Returns how many documents it went through.
fn drive<D: DocSet + ?Sized>(
    docs: &mut D,
    start: DocId,
    end: DocId,
    count: impl Fn(&D) -> u32,
    mut each: impl FnMut(DocId, u32),
) -> u64 {
    let mut read = 0;
    let mut doc = docs.doc();
    if doc < start {
        doc = docs.seek(start);
    }
    while doc < end {
        each(doc, count(docs));
        doc = docs.advance();
        read += 1;
    }
    read
}
