//! Turns a term into where it stands: what the dictionaries of all segments say of it, looked up once.
//!
//! Expansion, frequencies and posting lists all ask for the same terms of the same fields. A look-up walks a dictionary
//! of the engine from its root; what it gave is kept, for as many terms as a query may have.

use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashMap;
use tantivy::postings::TermInfo;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet as _, Searcher, SegmentReader};

/// Terms that are kept; a process that asks for more, such as an evaluation, begins anew.
const MOST: usize = 4096;

/// Where a term of one field stands.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// In how many roles, without those that are gone.
    pub roles: u64,
    /// What each segment's dictionary says of it; empty where it stands in none.
    segments: Vec<Option<TermInfo>>,
    /// Whether a dictionary could not be read.
    is_unreadable: bool,
}

impl Standing {
    /// Returns what the dictionary of the segment at a place says; `None` where the term does not stand in it.
    ///
    /// # Errors
    /// Fails where a dictionary proves damaged.
    pub fn in_segment(&self, place: u32) -> tantivy::Result<Option<&TermInfo>> {
        if self.is_unreadable {
            let reason = "a dictionary cannot be read".to_owned();
            return Err(tantivy::TantivyError::InternalError(reason));
        }
        Ok(self.segments.get(place as usize).and_then(Option::as_ref))
    }

    fn unreadable() -> Self {
        Self {
            is_unreadable: true,
            ..Self::default()
        }
    }

    fn look_up(
        searcher: &Searcher,
        deleted: &[Vec<DocId>],
        field: Field,
        text: &str,
    ) -> tantivy::Result<Self> {
        let mut standing = Self::default();
        let readers = searcher.segment_readers();
        for (place, (segment, deleted)) in readers.iter().zip(deleted).enumerate() {
            let inverted = segment.inverted_index(field)?;
            let Some(info) = inverted.terms().get(text.as_bytes())? else {
                continue;
            };
            standing.roles += roles_in(segment, deleted, field, &info)?;
            standing.segments.resize(readers.len(), None);
            standing.segments[place] = Some(info);
        }
        Ok(standing)
    }
}

/// In how many living roles of a segment a term stands.
fn roles_in(
    segment: &SegmentReader,
    deleted: &[DocId],
    field: Field,
    info: &TermInfo,
) -> tantivy::Result<u64> {
    let mut roles = u64::from(info.doc_freq);
    if !deleted.is_empty() {
        let inverted = segment.inverted_index(field)?;
        let mut postings = inverted.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
        for &doc in deleted {
            if postings.doc() < doc {
                postings.seek(doc);
            }
            roles -= u64::from(postings.doc() == doc);
        }
    }
    Ok(roles)
}

/// The fields of one text that were asked for.
type Row = Vec<(Field, Standing)>;

/// The terms that were looked up.
#[derive(Default)]
pub struct Known(Mutex<FxHashMap<Box<str>, Row>>);

impl Known {
    /// Gives what `of` makes of where a text stands as a term of a field. What cannot be read stands in no role.
    pub fn with<T>(
        &self,
        searcher: &Searcher,
        deleted: &[Vec<DocId>],
        field: Field,
        text: &str,
        of: impl FnOnce(&Standing) -> T,
    ) -> T {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        if !known.contains_key(text) {
            known.insert(text.into(), Vec::new());
        }
        let Some(row) = known.get_mut(text) else {
            return of(&Standing::default());
        };
        let place = row.iter().position(|(known, _)| *known == field);
        let place = place.unwrap_or_else(|| {
            let standing = Standing::look_up(searcher, deleted, field, text);
            row.push((field, standing.unwrap_or_else(|_| Standing::unreadable())));
            row.len() - 1
        });
        of(&row[place].1)
    }
}
