//! Turns the bytes of an office document into its parts, each unpacked up to the bounds.

use std::collections::HashMap;

use rawzip::{CompressionMethod, ZipArchive, ZipArchiveEntryWayfinder, ZipSliceArchive};

use super::xml;
use crate::corpus::problem::ProblemKind;
use crate::corpus::unpack;

/// The part that names the main one.
const RELATIONS: &str = "_rels/.rels";
/// What the main part is called by every program that we know.
const MAIN: &str = "word/document.xml";
/// The most entries of an archive that are looked at; Word writes some twenty.
const MAX_ENTRIES: usize = 4_096;

#[derive(Clone, Copy)]
struct Entry {
    place: ZipArchiveEntryWayfinder,
    packing: CompressionMethod,
    encrypted: bool,
}

/// The parts of a document.
pub struct Package<'b> {
    archive: ZipSliceArchive<&'b [u8]>,
    entries: HashMap<String, Entry>,
    names: Vec<String>,
}

/// Returns whether the bytes begin as an archive does.
pub fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

impl<'b> Package<'b> {
    /// Opens an archive; `Err` says why it is none.
    pub fn open(bytes: &'b [u8]) -> Result<Self, ProblemKind> {
        // A document with a password is a file system of the old kind around the packed one.
        if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
            return Err(unreadable("it is encrypted, or of Word's old format"));
        }
        let archive = ZipArchive::from_slice(bytes)
            .map_err(|error| unreadable(&format!("no archive: {error}").to_lowercase()))?;
        let mut entries = HashMap::new();
        let mut names = Vec::new();
        let mut list = archive.entries();
        while let Ok(Some(entry)) = list.next_entry()
            && names.len() < MAX_ENTRIES
        {
            let name = String::from_utf8_lossy(entry.file_path().as_bytes()).replace('\\', "/");
            let entry = Entry {
                place: entry.wayfinder(),
                packing: entry.compression_method(),
                encrypted: entry.flags().is_encrypted(),
            };
            names.push(name.clone());
            entries.entry(name).or_insert(entry);
        }
        names.sort();
        Ok(Self {
            archive,
            entries,
            names,
        })
    }

    /// Returns the names of the parts, sorted.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Returns the name of the main part, that with the text.
    pub fn main(&self) -> Option<String> {
        let mut found = None;
        if let Some(Ok(text)) = self.part(RELATIONS) {
            let _ = xml::read(&text, &mut |node| {
                if let xml::Node::Open("Relationship", attributes) = node
                    && let Some(kind) = attributes.get("Type")
                    && kind.ends_with("/officeDocument")
                {
                    found = attributes.get("Target");
                }
            });
        }
        let found = found.map(|name| name.trim_start_matches('/').to_owned());
        found
            .into_iter()
            .chain([MAIN.to_owned()])
            .find(|name| self.entries.contains_key(name))
    }

    /// Returns the text of a part; `None` where there is none.
    pub fn part(&self, name: &str) -> Option<Result<String, ProblemKind>> {
        let entry = self.entries.get(name)?;
        Some(self.read(*entry).map(|bytes| {
            let decoded = crate::corpus::decode::decode(&bytes);
            decoded.map_or_else(String::new, |decoded| decoded.text.into_owned())
        }))
    }

    fn read(&self, entry: Entry) -> Result<Vec<u8>, ProblemKind> {
        if entry.encrypted {
            return Err(unreadable("it is encrypted"));
        }
        let damaged = |error: rawzip::Error| unreadable(&error.to_string().to_lowercase());
        let local = self.archive.get_entry(entry.place).map_err(damaged)?;
        let packed = local.data();
        match entry.packing {
            CompressionMethod::STORE => {
                unpack::bounded(packed.len(), &mut local.verifying_reader(packed))
            }
            CompressionMethod::DEFLATE => {
                let inflated = flate2::bufread::DeflateDecoder::new(packed);
                unpack::bounded(packed.len(), &mut local.verifying_reader(inflated))
            }
            _ => Err(unreadable("it is packed in a way that is not known")),
        }
    }
}

/// What is said of a document that cannot be read.
pub fn unreadable(reason: &str) -> ProblemKind {
    ProblemKind::Unreadable(format!("cannot read the document: {reason}"))
}
