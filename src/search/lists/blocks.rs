//! Goes through a posting list block by block: what the engine decodes at once is read at once.

use tantivy::postings::BlockSegmentPostings;
use tantivy::{DocId, TERMINATED};

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

    /// Goes through the documents from `start` to before `end`, with how often the word stands in the field of each, 1 where
    /// that is not read; returns how many there are.
    pub fn read(&mut self, start: DocId, end: DocId, mut each: impl FnMut(DocId, u32)) -> u64 {
        self.skip_to(start);
        let mut read = 0;
        loop {
            let docs = self.postings.docs();
            let rest = &docs[self.at.min(docs.len())..];
            let (first, here) = (self.at, rest.partition_point(|doc| *doc < end));
            for (place, &doc) in rest[..here].iter().enumerate() {
                each(doc, self.postings.freq(first + place));
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
