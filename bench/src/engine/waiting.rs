//! Bounds what waits for the engine's threads, whose own queue takes up to ten thousand documents: a floor that holds
//! them all in memory would be no floor of memory.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

use tantivy::TantivyDocument;
use tantivy::schema::document::Document;

/// How many documents may wait.
const PLACES: usize = 256;

/// The places in the queue: one is taken by a sent token, and given back by a received one.
pub struct Queue {
    enter: SyncSender<()>,
    leave: Arc<Mutex<Receiver<()>>>,
}

impl Queue {
    /// Makes an empty queue.
    pub fn new() -> Self {
        let (enter, leave) = sync_channel(PLACES);
        Self {
            enter,
            leave: Arc::new(Mutex::new(leave)),
        }
    }

    /// Waits for a place, and takes it.
    pub fn enter(&self, document: TantivyDocument) -> Waiting {
        // The other end is ours as well.
        let _ = self.enter.send(());
        Waiting {
            document,
            _place: TakenPlace(self.leave.clone()),
        }
    }
}

/// A place in the queue, given back when its document is indexed.
struct TakenPlace(Arc<Mutex<Receiver<()>>>);

impl Drop for TakenPlace {
    fn drop(&mut self) {
        if let Ok(leave) = self.0.lock() {
            let _ = leave.try_recv();
        }
    }
}

/// A document that waits.
pub struct Waiting {
    document: TantivyDocument,
    _place: TakenPlace,
}

impl Document for Waiting {
    type Value<'a> = <TantivyDocument as Document>::Value<'a>;
    type FieldsValuesIter<'a> = <TantivyDocument as Document>::FieldsValuesIter<'a>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        self.document.iter_fields_and_values()
    }
}
