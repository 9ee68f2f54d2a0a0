//! Posting lists of a segment, each with the weight that a hit in it has, and what it says of a role.

mod blocks;
mod open;
mod phrase;

use std::iter::repeat;
use std::rc::Rc;

use tantivy::query::Scorer;
use tantivy::{DocId, DocSet, TERMINATED};

use super::facets::SegmentFacet;
use crate::index::schema::TextField;
use crate::query::Matcher;
pub use blocks::Blocks;
pub use open::{facet_lists, open, whole_names};
use phrase::Phrase;

/// A posting list of one segment.
pub struct List<'a> {
    postings: Source<'a>,
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

/// What is done with a run of documents of a list, and how often the word stands in the field of each: once where that is left
/// out.
pub type Runs<'r> = dyn FnMut(&[DocId], &[u32]) + 'r;

/// Returns how many postings of a word cost as much as one of a matcher, by the rarest of its words: several lists are brought
/// together, and positions are read of some documents.
pub fn effort(matcher: &Matcher) -> u64 {
    match matcher {
        Matcher::Word { .. } | Matcher::Initials(_) => 1,
        Matcher::Exact { .. } => 2,
        Matcher::Together(_) => 3,
        Matcher::Phrase { .. } => 8,
    }
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

enum Source<'a> {
    Terms(Box<Blocks>),
    Scorer(Box<dyn Scorer>),
    /// Documents in order, and the place of the one that the list stands at.
    Found(Rc<[DocId]>, usize),
    Phrase(Box<Phrase<'a>>),
}

impl List<'_> {
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
            Source::Phrase(phrase) => phrase.doc().unwrap_or(TERMINATED),
        }
    }

    /// Returns whether the documents that the list names may be hits and are not surely: each is to be asked for.
    pub fn is_open(&self) -> bool {
        matches!(&self.postings, Source::Phrase(phrase) if !phrase.is_proven())
    }

    /// Whether an open list really finds a document; these are asked for in order.
    pub fn stands_in(&mut self, doc: DocId, domain: &SegmentFacet) -> bool {
        match &mut self.postings {
            Source::Phrase(phrase) => {
                let domains = self.domains.as_deref();
                domains.is_none_or(|domains| holds_in(domains, doc, domain))
                    && phrase.stands_in(doc)
            }
            _ => false,
        }
    }

    /// Whether the list stands in some document at all, once it was gone through.
    ///
    /// # Errors
    /// Fails where the engine did.
    pub fn stands(&mut self) -> tantivy::Result<bool> {
        match &mut self.postings {
            Source::Phrase(phrase) => phrase.stands(),
            _ => Ok(true),
        }
    }

    /// Whether the engine could read what the list was asked for.
    ///
    /// # Errors
    /// Fails where it could not.
    pub fn is_readable(&mut self) -> tantivy::Result<()> {
        match &mut self.postings {
            Source::Phrase(phrase) => phrase.is_readable(),
            _ => Ok(()),
        }
    }

    /// Returns how many documents were held against positions.
    pub fn positions(&self) -> u64 {
        match &self.postings {
            Source::Phrase(phrase) => phrase.positions,
            _ => 0,
        }
    }

    /// Goes to the first document of the list from `start` on.
    pub fn skip_to(&mut self, start: DocId) {
        match &mut self.postings {
            Source::Terms(postings) => postings.skip_to(start),
            Source::Scorer(scorer) if scorer.doc() < start => {
                scorer.seek(start);
            }
            // These are of the range that is scanned.
            _ => {}
        }
    }

    /// Goes through the documents from `start` to before `end`, with how often the word stands in the field of each; those of an
    /// open list may have it.
    pub fn read(&mut self, start: DocId, end: DocId, domain: &SegmentFacet, each: &mut Runs<'_>) {
        let domains = self.domains.as_deref();
        let mut checked = |docs: &[DocId], counts: &[u32]| {
            let Some(domains) = domains else {
                return each(docs, counts);
            };
            for (place, doc) in docs.iter().enumerate() {
                if holds_in(domains, *doc, domain) {
                    let count = counts.get(place).copied().unwrap_or(1);
                    each(&[*doc], &[count]);
                }
            }
        };
        self.read += match &mut self.postings {
            Source::Terms(postings) => postings.read(start, end, &mut checked),
            Source::Scorer(scorer) => {
                drive(scorer.as_mut(), start, end, |doc| checked(&[doc], &[]))
            }
            Source::Found(docs, at) => {
                let first = *at + docs[*at..].partition_point(|doc| *doc < start);
                *at = first + docs[first..].partition_point(|doc| *doc < end);
                checked(&docs[first..*at], &[]);
                (*at - first) as u64
            }
            Source::Phrase(phrase) => {
                let docs = phrase.read(start, end);
                checked(docs, &[]);
                docs.len() as u64
            }
        };
    }

    /// Goes through the documents as [`read`](Self::read) does, one at a time, each of an open list asked for.
    pub fn read_sure(
        &mut self,
        start: DocId,
        end: DocId,
        domain: &SegmentFacet,
        mut each: impl FnMut(DocId, u32),
    ) {
        let mut found: Vec<(DocId, u32)> = Vec::new();
        self.read(start, end, domain, &mut |docs, counts| {
            let counts = counts.iter().copied().chain(repeat(1));
            found.extend(docs.iter().copied().zip(counts));
        });
        let is_open = self.is_open();
        for (doc, count) in found {
            if !is_open || self.stands_in(doc, domain) {
                each(doc, count);
            }
        }
    }
}

/// Whether what holds in some domains does so of a document; one without a domain may be of any.
fn holds_in(domains: &[u16], doc: DocId, domain: &SegmentFacet) -> bool {
    let own = domain.own(doc);
    own.is_empty() || own.iter().any(|at| domains.contains(at))
}

/// Returns how many documents it went through.
fn drive(docs: &mut dyn Scorer, start: DocId, end: DocId, mut each: impl FnMut(DocId)) -> u64 {
    let mut read = 0;
    let mut doc = docs.doc();
    if doc < start {
        doc = docs.seek(start);
    }
    while doc < end {
        each(doc);
        doc = docs.advance();
        read += 1;
    }
    read
}
