//! Goes through a posting list block by block: what the engine decodes at once is read at once.

use tantivy::postings::BlockSegmentPostings;
use tantivy::{DocId, TERMINATED};

use super::Runs;

/// A posting list, at one of its documents.
pub struct Blocks {
    postings: BlockSegmentPostings,
    /// The place of the document in its block.
    at: usize,
}

impl Blocks {
    /// Takes a list at its first document.
    pub fn new(postings: BlockSegmentPostings) -> Self {
        Self { postings, at: 0 }
    }

    /// Returns the document that the list stands at.
    pub fn doc(&self) -> DocId {
        self.postings
            .docs()
            .get(self.at)
            .copied()
            .unwrap_or(TERMINATED)
    }

    /// Goes to the first document from `start` on.
    pub fn skip_to(&mut self, start: DocId) {
        if self.doc() < start {
            self.at = self.postings.seek(start);
        }
    }

    /// Goes to the next document.
    pub fn advance(&mut self) {
        self.at += 1;
        if self.at >= self.postings.docs().len() {
            self.postings.advance();
            self.at = 0;
        }
    }

    /// Goes through the documents from `start` to before `end`, a run at a time, with how often the word stands in the field of
    /// each; without that where it is not read. Returns how many documents there are.
    pub fn read(&mut self, start: DocId, end: DocId, each: &mut Runs<'_>) -> u64 {
        self.skip_to(start);
        let mut read = 0;
        loop {
            let docs = self.postings.docs();
            let rest = docs.get(self.at..).unwrap_or_default();
            let here = rest.partition_point(|doc| *doc < end);
            if here > 0 {
                let counts = self.postings.freqs().get(self.at..self.at + here);
                each(&rest[..here], counts.unwrap_or_default());
            }
            read += here as u64;
            let is_whole = here == rest.len();
            self.at += here;
            if !is_whole || docs.is_empty() {
                return read;
            }
            self.postings.advance();
            self.at = 0;
        }
    }
}
