//! Turns blueprints into a tantivy index on disk, and opens it again.

mod acronyms;
pub mod analysis;
pub mod build;
mod census;
pub mod changes;
mod checksums;
mod directory;
pub mod document;
mod generation;
pub mod header;
pub mod layout;
pub mod manifest;
pub mod material;
pub mod open;
pub mod plan;
mod prepare;
pub mod progress;
mod queue;
pub mod refresh;
mod run;
pub mod schema;
mod staging;
mod standing;
pub mod stored;
mod varint;
pub mod verify;
pub mod words;
mod write;

pub use build::{Built, Options};
pub use changes::Changes;
pub use generation::{read_current, recover};
pub use open::OpenIndex;
pub use plan::{Plan, Sources};
pub use progress::Progress;
pub use write::Merging;
