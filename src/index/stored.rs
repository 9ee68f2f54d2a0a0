//! Reads the stored fields of a document where they lie in the engine's store.
//!
//! The engine's own reader makes a value of each field and copies it twice, byte by byte where it is no text; a query fetches
//! ten documents and looks at most of their bytes once. The form is the engine's: the number of values, and for each its field,
//! the kind of its type, its length and its bytes. A test holds this reader against the engine's.

use std::ops::Range;

use tantivy::directory::OwnedBytes;
use tantivy::schema::Field;
use tantivy::store::StoreReader;
use tantivy::{DocId, TantivyError};

/// The kinds of type that a schema of ours stores: text and bytes.
const KINDS: [u8; 2] = [0, 4];
/// The bit that ends a number of the engine's.
const LAST: u8 = 0x80;

/// The stored fields of one document.
pub struct StoredFields {
    bytes: OwnedBytes,
    values: Vec<(Field, Range<usize>)>,
}

impl StoredFields {
    /// Fetches a document.
    ///
    /// # Errors
    /// Fails where the store proves damaged.
    pub fn fetch(store: &StoreReader, doc: DocId) -> tantivy::Result<Self> {
        let bytes = store.get_document_bytes(doc)?;
        let values = values(&bytes).ok_or_else(unreadable)?;
        Ok(Self { bytes, values })
    }

    /// Returns the first value of a field.
    pub fn bytes(&self, field: Field) -> Option<&[u8]> {
        let value = self.values.iter().find(|(known, _)| *known == field);
        value.and_then(|(_, range)| self.bytes.get(range.clone()))
    }

    /// Returns the first value of a field of text; empty where it is none.
    pub fn text(&self, field: Field) -> &str {
        let bytes = self.bytes(field).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}

/// What is said of a document that is not what was written.
pub fn unreadable() -> TantivyError {
    TantivyError::InternalError("a stored role cannot be read".to_owned())
}

fn values(bytes: &[u8]) -> Option<Vec<(Field, Range<usize>)>> {
    let mut at = 0;
    let count = number(bytes, &mut at)?;
    let mut values = Vec::with_capacity(count.min(16));
    for _ in 0..count {
        let (field, rest) = bytes.get(at..)?.split_first_chunk::<4>()?;
        let field = Field::from_field_id(u32::from_le_bytes(*field));
        if !KINDS.contains(rest.first()?) {
            return None;
        }
        at += 5;
        let length = number(bytes, &mut at)?;
        let end = at.checked_add(length).filter(|end| *end <= bytes.len())?;
        values.push((field, at..end));
        at = end;
    }
    Some(values)
}

/// A number in steps of seven bits, the lowest first.
fn number(bytes: &[u8], at: &mut usize) -> Option<usize> {
    let mut number = 0;
    for shift in (0..35).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        number |= usize::from(byte & !LAST) << shift;
        if byte & LAST != 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tantivy::schema::{STORED, Schema, Value as _};
    use tantivy::{Index, TantivyDocument};

    #[test]
    fn fields_are_those_that_the_engine_reads() {
        let mut schema = Schema::builder();
        let text = schema.add_text_field("text", STORED);
        let data = schema.add_bytes_field("data", STORED);
        let index = Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, 15_000_000).unwrap();
        for length in [0, 1, 127, 128, 20_000, 70_000] {
            let mut document = TantivyDocument::default();
            document.add_text(text, "ü".repeat(length));
            document.add_bytes(data, &vec![200; length]);
            document.add_text(text, "again");
            writer.add_document(document).unwrap();
        }
        writer.commit().unwrap();
        let searcher = index.reader().unwrap().searcher();
        for (segment, reader) in searcher.segment_readers().iter().enumerate() {
            let store = reader.get_store_reader(0).unwrap();
            for doc in 0..reader.max_doc() {
                let address = tantivy::DocAddress::new(segment as u32, doc);
                let engine: TantivyDocument = searcher.doc(address).unwrap();
                let own = StoredFields::fetch(&store, doc).unwrap();
                let first = |field| engine.get_first(field).unwrap();
                assert_eq!(Some(own.text(text)), first(text).as_str());
                assert_eq!(own.bytes(data), first(data).as_bytes());
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = values(&bytes);
        }
    }
}
