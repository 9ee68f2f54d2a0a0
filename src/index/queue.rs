//! Bounds what waits for the engine's threads: its own queue counts documents, up to ten thousand, whatever their size.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use tantivy::TantivyDocument;
use tantivy::schema::document::Document;

/// How much text may wait, in bytes.
const WAITING_BYTES: usize = 8 << 20;
/// How long one waits at most before going on all the same: a writer that has died takes nothing more.
const PATIENCE: Duration = Duration::from_secs(5);

/// The places in the queue.
#[derive(Clone, Default)]
pub struct Queue(Arc<(Mutex<usize>, Condvar)>);

impl Queue {
    /// Waits until there is a place for a document of so many bytes, and takes it.
    pub fn enter(&self, document: TantivyDocument, bytes: usize) -> Queued {
        let (waiting, left) = &*self.0;
        let waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = |waiting: &mut usize| *waiting > 0 && *waiting + bytes > WAITING_BYTES;
        let (mut waiting, _) = left
            .wait_timeout_while(waiting, PATIENCE, is_full)
            .unwrap_or_else(PoisonError::into_inner);
        *waiting += bytes;
        Queued {
            document,
            _place: Place {
                queue: self.clone(),
                bytes,
            },
        }
    }
}

/// A place in the queue, given back when it is dropped.
struct Place {
    queue: Queue,
    bytes: usize,
}

impl Drop for Place {
    fn drop(&mut self) {
        let (waiting, left) = &*self.queue.0;
        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        *waiting = waiting.saturating_sub(self.bytes);
        left.notify_one();
    }
}

/// A document that waits.
pub struct Queued {
    document: TantivyDocument,
    _place: Place,
}

impl Document for Queued {
    type Value<'a> = <TantivyDocument as Document>::Value<'a>;
    type FieldsValuesIter<'a> = <TantivyDocument as Document>::FieldsValuesIter<'a>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        self.document.iter_fields_and_values()
    }

    /// What an indexing thread asks for first: the document leaves the queue.
    fn into_tantivy_document(self) -> TantivyDocument {
        self.document
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_makes_room() {
        let queue = Queue::default();
        let first = queue.enter(TantivyDocument::new(), WAITING_BYTES);
        let taker = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(20));
            first.into_tantivy_document();
        });
        let start = std::time::Instant::now();
        let second = queue.enter(TantivyDocument::new(), 1);
        assert!(start.elapsed() < PATIENCE);
        taker.join().unwrap();
        drop(second);
        assert_eq!(*queue.0.0.lock().unwrap(), 0);
    }
}
