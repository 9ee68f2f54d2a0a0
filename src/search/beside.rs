//! Finds the documents of a segment that have several words in one field, and says of these which have them side by side.
//!
//! The first needs no positions. The second does, and is asked only of the documents that it decides something for.

use std::cmp::Reverse;
use std::ops::Range;

use tantivy::postings::{BlockSegmentPostings, Postings as _, SegmentPostings};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet as _, TERMINATED};

use super::lists::Blocks;
use crate::index::OpenIndex;

/// Finds the documents of a range that have all words in a field, in order, without those that are gone.
///
/// # Errors
/// Fails where the engine does.
pub fn together(
    index: &OpenIndex,
    segment: u32,
    field: Field,
    stems: &[String],
    range: Range<DocId>,
) -> tantivy::Result<Vec<DocId>> {
    let mut lists: Vec<BlockSegmentPostings> = Vec::new();
    for (place, stem) in stems.iter().enumerate() {
        if stems[..place].contains(stem) {
            continue;
        }
        match index.blocks(segment, field, stem, IndexRecordOption::Basic)? {
            Some(postings) => lists.push(postings),
            None => return Ok(Vec::new()),
        }
    }
    // The rarest at the end.
    lists.sort_by_key(|postings| Reverse(postings.doc_freq()));
    let mut found = Vec::new();
    if let Some(rarest) = lists.pop() {
        let mut rarest = Blocks::new(rarest);
        rarest.read(range.start, range.end, &mut |docs, _| {
            found.extend_from_slice(docs);
        });
    }
    for other in lists.iter_mut().rev() {
        keep_those_in(&mut found, other);
    }
    let reader = index.searcher.segment_reader(segment);
    if reader.has_deletes() {
        found.retain(|doc| !reader.is_deleted(*doc));
    }
    Ok(found)
}

/// Postings to a document that is looked for from which on it is sought, and not come to step by step.
const FAR: usize = 6;

/// Keeps of some documents in order those that a list has. Blocks that hold none of them are not decoded.
fn keep_those_in(found: &mut Vec<DocId>, list: &mut BlockSegmentPostings) {
    if list.doc_freq() as usize > FAR * found.len() {
        found.retain(|wanted| {
            let place = list.seek(*wanted);
            list.docs().get(place) == Some(wanted)
        });
        return;
    }
    let (mut at, mut kept) = (0, 0);
    while let Some(&wanted) = found.get(at) {
        let mut place = list.seek(wanted);
        let docs = list.docs();
        let Some(&end) = docs.last().filter(|end| **end >= wanted) else {
            break;
        };
        // Each step is two comparisons without a branch.
        while at < found.len() && found[at] <= end {
            let (doc, other) = (found[at], docs[place]);
            found[kept] = doc;
            kept += usize::from(doc == other);
            at += usize::from(doc <= other);
            place += usize::from(other < doc);
        }
    }
    found.truncate(kept);
}

/// Counts the documents of all segments that have words side by side in a field, up to `most`.
///
/// # Errors
/// Fails where the engine does.
pub fn count_phrase(
    index: &OpenIndex,
    field: Field,
    stems: &[String],
    most: u64,
) -> tantivy::Result<u64> {
    let mut count = 0;
    for (place, reader) in index.searcher.segment_readers().iter().enumerate() {
        let Some(mut words) = Words::open(index, place as u32, field, stems)? else {
            continue;
        };
        let mut doc = words.seek(0);
        while count < most && doc != TERMINATED {
            count += u64::from(!reader.is_deleted(doc) && words.are_beside());
            doc = words.seek(doc + 1);
        }
    }
    Ok(count)
}

/// The posting lists of several words in one field.
pub struct Words {
    /// The rarest first, each with the places of its word among the words.
    lists: Vec<(SegmentPostings, Vec<u32>)>,
    /// Room for the positions of one word, and for those that a phrase may begin at.
    positions: Vec<u32>,
    starts: Vec<u32>,
}

impl Words {
    /// Opens the lists; `None` where a word does not stand in the field, or there are none.
    ///
    /// # Errors
    /// Fails where the engine does.
    pub fn open(
        index: &OpenIndex,
        segment: u32,
        field: Field,
        stems: &[String],
    ) -> tantivy::Result<Option<Self>> {
        let record = IndexRecordOption::WithFreqsAndPositions;
        let mut lists: Vec<(SegmentPostings, Vec<u32>)> = Vec::new();
        for (place, stem) in stems.iter().enumerate() {
            if let Some(first) = stems[..place].iter().position(|known| known == stem) {
                let known = lists
                    .iter_mut()
                    .find(|(_, places)| places[0] == first as u32);
                known
                    .into_iter()
                    .for_each(|(_, places)| places.push(place as u32));
                continue;
            }
            match index.postings(segment, field, stem, record)? {
                Some(postings) => lists.push((postings, vec![place as u32])),
                None => return Ok(None),
            }
        }
        lists.sort_by_key(|(postings, _)| postings.doc_freq());
        Ok((!lists.is_empty()).then_some(Self {
            lists,
            positions: Vec::new(),
            starts: Vec::new(),
        }))
    }

    /// Goes to the first document from `start` on that has all words.
    fn seek(&mut self, start: DocId) -> DocId {
        let mut doc = go_to(&mut self.lists[0].0, start);
        'documents: while doc != TERMINATED {
            for at in 1..self.lists.len() {
                let next = go_to(&mut self.lists[at].0, doc);
                if next != doc {
                    doc = go_to(&mut self.lists[0].0, next);
                    continue 'documents;
                }
            }
            return doc;
        }
        TERMINATED
    }

    /// Whether the words stand side by side in a document; documents are asked for in order.
    pub fn stand_in(&mut self, doc: DocId) -> bool {
        self.seek(doc) == doc && self.are_beside()
    }

    /// Whether the words stand side by side in the document that the lists stand at. Word by word, the rarest first, places are
    /// left where all so far may stand; the positions of a word are read only where some are.
    fn are_beside(&mut self) -> bool {
        self.starts.clear();
        for (at, (postings, places)) in self.lists.iter_mut().enumerate() {
            postings.positions(&mut self.positions);
            if at == 0 {
                let first = places[0];
                let starts = self.positions.iter();
                self.starts
                    .extend(starts.filter_map(|position| position.checked_sub(first)));
            }
            let positions = &self.positions;
            self.starts.retain(|start| {
                let mut places = places.iter();
                places.all(|place| positions.binary_search(&(start + place)).is_ok())
            });
            if self.starts.is_empty() {
                return false;
            }
        }
        true
    }
}

fn go_to(postings: &mut SegmentPostings, start: DocId) -> DocId {
    if postings.doc() < start {
        postings.seek(start)
    } else {
        postings.doc()
    }
}
