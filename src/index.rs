//! Turns blueprints into a tantivy index on disk, and opens it again.

mod acronyms;
pub mod analysis;
pub mod build;
mod directory;
pub mod document;
mod generation;
pub mod header;
pub mod layout;
pub mod open;
pub mod refresh;
pub mod schema;

pub use build::{Built, Plan};
pub use generation::recover;
pub use header::Sources;
pub use open::OpenIndex;
