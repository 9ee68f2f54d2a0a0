//! A phrase in one field of a segment: the documents that have its words, and which of them have the words side by side.
//!
//! The first are known from the start. Positions are read of those documents alone for which somebody asks, in order: most
//! of them could not be among the best even if the phrase stood in them.

use std::rc::Rc;

use tantivy::DocId;
use tantivy::schema::Field;

use super::super::beside::Words;
use crate::index::OpenIndex;

/// A phrase that may stand in some documents.
pub struct Phrase<'a> {
    index: &'a OpenIndex,
    segment: u32,
    field: Field,
    stems: &'a [String],
    /// The documents that have all words, in order.
    docs: Rc<[DocId]>,
    /// The place of the document that the list stands at.
    at: usize,
    /// The place of the last document that was asked for.
    asked: usize,
    words: Option<Words>,
    /// Whether the phrase was seen in some document.
    is_seen: bool,
    /// Whether the documents are those that have the phrase.
    is_proven: bool,
    /// How many documents were held against positions.
    pub positions: u64,
    failure: Option<tantivy::TantivyError>,
}

impl<'a> Phrase<'a> {
    /// Takes a phrase in a field, with the documents that have its words.
    pub fn new(
        index: &'a OpenIndex,
        segment: u32,
        field: Field,
        stems: &'a [String],
        docs: Rc<[DocId]>,
    ) -> Self {
        Self {
            index,
            segment,
            field,
            stems,
            docs,
            at: 0,
            asked: 0,
            words: None,
            is_seen: false,
            is_proven: false,
            positions: 0,
            failure: None,
        }
    }

    /// Asks for all documents, so that those that have the phrase are left; returns whether there are any.
    ///
    /// # Errors
    /// Fails where the engine does.
    pub fn prove(&mut self) -> tantivy::Result<bool> {
        let docs = Rc::clone(&self.docs);
        let with_phrase = docs.iter().copied().filter(|doc| self.stands_in(*doc));
        self.docs = with_phrase.collect();
        self.is_proven = true;
        self.words = None;
        self.stands()
    }

    /// Returns whether the documents are those that have the phrase.
    pub fn is_proven(&self) -> bool {
        self.is_proven
    }

    /// Returns the document that the list stands at; `None` behind the last.
    pub fn doc(&self) -> Option<DocId> {
        self.docs.get(self.at).copied()
    }

    /// Returns the documents from `start` to before `end` that may have the phrase, and goes behind them.
    pub fn read(&mut self, start: DocId, end: DocId) -> &[DocId] {
        let from = self.at + self.docs[self.at..].partition_point(|doc| *doc < start);
        self.at = from + self.docs[from..].partition_point(|doc| *doc < end);
        &self.docs[from..self.at]
    }

    /// Whether the phrase stands in a document; documents are asked for in order.
    pub fn stands_in(&mut self, doc: DocId) -> bool {
        // The next that is asked for is mostly near.
        let mut step = 1;
        while self
            .docs
            .get(self.asked + step)
            .is_some_and(|known| *known <= doc)
        {
            self.asked += step;
            step *= 2;
        }
        let near = &self.docs[self.asked..self.docs.len().min(self.asked + step)];
        self.asked += near.partition_point(|known| *known < doc);
        if self.docs.get(self.asked) != Some(&doc) || self.failure.is_some() {
            return false;
        }
        if self.words.is_none() {
            match Words::open(self.index, self.segment, self.field, self.stems) {
                Ok(words) => self.words = words,
                Err(failure) => self.failure = Some(failure),
            }
        }
        self.positions += 1;
        let words = self.words.as_mut();
        let stands = words.is_some_and(|words| words.stand_in(doc));
        self.is_seen |= stands;
        stands
    }

    /// Whether the phrase stands in some document at all: of those that were asked for, else the first that has it. None can be
    /// asked for behind this.
    ///
    /// # Errors
    /// Fails where the engine did.
    pub fn stands(&mut self) -> tantivy::Result<bool> {
        let docs = Rc::clone(&self.docs);
        if !self.is_seen && !self.is_proven {
            // Those before were asked for, or are sought from the first on.
            self.words = None;
            self.asked = 0;
            docs.iter().any(|doc| self.stands_in(*doc));
        }
        self.is_readable().map(|()| self.is_seen)
    }

    /// Whether the engine could read what it was asked for.
    ///
    /// # Errors
    /// Fails where it could not.
    pub fn is_readable(&mut self) -> tantivy::Result<()> {
        self.failure.take().map_or(Ok(()), Err)
    }
}
