//! The order of roles that have one score: by id, or by title where nothing is scored, then by where they stand.

use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, SegmentReader};

use super::role::text_column;

/// The ordinals of the tie-breaking column and of the path in a segment, and the line. The last two are 0 where the first tells
/// all roles of the segment apart.
pub type Tie = (u64, u64, u64);

/// What orders the roles of a segment.
pub struct Order<'s> {
    reader: &'s SegmentReader,
    ties: StrColumn,
    /// Not opened where the first column tells all roles apart: that takes the longer the more roles there are.
    places: Option<Places>,
}

/// Paths and lines.
struct Places(StrColumn, Column<u64>);

impl<'s> Order<'s> {
    /// Opens the order by a column.
    ///
    /// # Errors
    /// Fails where the engine does.
    pub fn open(reader: &'s SegmentReader, column: &str) -> tantivy::Result<Self> {
        let ties = text_column(reader, column)?;
        let is_unique = ties.num_terms() == reader.max_doc() as usize;
        let places = (!is_unique).then(|| Places::open(reader)).transpose()?;
        Ok(Self {
            reader,
            ties,
            places,
        })
    }

    /// Whether a document comes before what has this order; mostly the first column tells.
    pub fn precedes(&self, doc: DocId, other: &Tie) -> bool {
        let first = self.first(doc);
        first < other.0 || (first == other.0 && self.tie(doc) < *other)
    }

    /// Returns what orders a document among those of its score.
    pub fn tie(&self, doc: DocId) -> Tie {
        let places = self.places.as_ref();
        let (path, line) = places.map_or((0, 0), |places| places.of(doc));
        (self.first(doc), path, line)
    }

    /// Returns the same as texts, which hold across segments.
    ///
    /// # Errors
    /// Fails where the engine does.
    pub fn key(&self, doc: DocId) -> tantivy::Result<(String, String, u64)> {
        let opened;
        let places = if let Some(places) = &self.places {
            places
        } else {
            opened = Places::open(self.reader)?;
            &opened
        };
        let (mut tie, mut path) = (String::new(), String::new());
        self.ties.ord_to_str(self.first(doc), &mut tie)?;
        let (ordinal, line) = places.of(doc);
        places.0.ord_to_str(ordinal, &mut path)?;
        Ok((tie, path, line))
    }

    fn first(&self, doc: DocId) -> u64 {
        self.ties.ords().first(doc).unwrap_or_default()
    }
}

impl Places {
    fn open(reader: &SegmentReader) -> tantivy::Result<Self> {
        let lines = reader.fast_fields().u64("line_column")?;
        Ok(Self(text_column(reader, "path_column")?, lines))
    }

    /// The ordinal of the path, and the line.
    fn of(&self, doc: DocId) -> (u64, u64) {
        let path = self.0.ords().first(doc).unwrap_or_default();
        (path, self.1.first(doc).unwrap_or_default())
    }
}
