//! Turns what was read of a file into what the index takes in of it: its entry in the manifest, and the documents of its
//! roles. Everything here may be done by many threads at once.

use super::document::{Prepared, document};
use super::manifest::FileEntry;
use super::schema::Fields;
use super::write::Known;
use crate::corpus::FileReading;
use crate::taxonomy::Taxonomy;

/// Prepares readings.
pub struct Preparer<'a> {
    fields: Fields,
    taxonomy: &'a Taxonomy,
    known: Known,
    is_dry: bool,
}

/// A reading whose roles have become documents.
pub struct Taken {
    /// What was read, without the roles.
    pub reading: FileReading,
    /// What the manifest says of it; where the file lies is not known here.
    pub entry: FileEntry,
    /// The roles.
    pub roles: Vec<Prepared>,
}

impl<'a> Preparer<'a> {
    /// Prepares for an index of these words; where nothing is written no documents are needed.
    pub fn new(taxonomy: &'a Taxonomy, known: &Known, is_dry: bool) -> Self {
        Self {
            fields: Fields::new(),
            taxonomy,
            known: known.clone(),
            is_dry,
        }
    }

    /// Prepares a reading.
    pub fn take(&self, mut reading: FileReading) -> Taken {
        let entry = FileEntry::of_reading(&reading);
        let roles = std::mem::take(&mut reading.roles);
        let roles = if self.is_dry { Vec::new() } else { roles };
        let prepared = roles.iter().map(|role| {
            let mut prepared = document(role, &self.fields, self.taxonomy);
            self.known.put(&self.fields, &mut prepared);
            prepared
        });
        Taken {
            entry,
            roles: prepared.collect(),
            reading,
        }
    }
}
