//! Turns blueprints into a tantivy index on disk, and opens it again.

pub mod analysis;
