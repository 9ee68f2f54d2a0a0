//! What an index says of itself: a small header that every query reads, and a manifest for those who ask more.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::plan::{Plan, Sources};
use crate::corpus::walk::Stamp;
use crate::error::Result;

/// A path as it is kept: text where it is text, else its bytes.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum KeptPath {
    Text(String),
    Bytes { bytes: Vec<u8> },
}

impl From<&Path> for KeptPath {
    fn from(path: &Path) -> Self {
        match path.to_str() {
            Some(text) => Self::Text(text.to_owned()),
            None => Self::Bytes {
                bytes: path.as_os_str().as_encoded_bytes().to_vec(),
            },
        }
    }
}

impl From<KeptPath> for PathBuf {
    fn from(path: KeptPath) -> Self {
        match path {
            KeptPath::Text(text) => text.into(),
            KeptPath::Bytes { bytes } => os_string(bytes).into(),
        }
    }
}

/// Makes a name of the system from its bytes.
#[cfg(unix)]
pub fn os_string(bytes: Vec<u8>) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes)
}

/// Makes a name of the system from its bytes.
#[cfg(not(unix))]
pub fn os_string(bytes: Vec<u8>) -> OsString {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

mod kept {
    //! How serde reads and writes a path.

    use super::{Deserialize, Deserializer, KeptPath, PathBuf, Serialize, Serializer};

    pub fn serialize<S: Serializer>(
        path: &std::path::Path,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        KeptPath::from(path).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
        KeptPath::deserialize(deserializer).map(PathBuf::from)
    }
}

#[allow(missing_docs, reason = "the two functions that serde asks for")]
pub mod kept_option {
    //! The same for a path that may not be there.

    use super::{Deserialize, Deserializer, KeptPath, PathBuf, Serialize, Serializer};

    #[allow(clippy::ref_option, reason = "serde gives the field as it is")]
    pub fn serialize<S: Serializer>(
        path: &Option<PathBuf>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        path.as_deref().map(KeptPath::from).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<PathBuf>, D::Error> {
        Option::<KeptPath>::deserialize(deserializer).map(|path| path.map(PathBuf::from))
    }
}

#[allow(missing_docs, reason = "the two functions that serde asks for")]
pub mod kept_list {
    //! The same for a list of paths.

    use super::{Deserialize, Deserializer, KeptPath, PathBuf, Serializer};

    pub fn serialize<S: Serializer>(paths: &[PathBuf], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(paths.iter().map(|path| KeptPath::from(path.as_path())))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<PathBuf>, D::Error> {
        Vec::<KeptPath>::deserialize(deserializer)
            .map(|paths| paths.into_iter().map(PathBuf::from).collect())
    }
}

/// The small file that names the generation in force; replacing it publishes a new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Current {
    /// The name of the generation's folder.
    pub generation: String,
    /// The hash of its header.
    pub header: String,
    /// What the index is to hold, here too so that a damaged generation can be built again.
    pub plan: Plan,
    /// Whether it is of the form that had no hash of its own, whose generations are not read any more.
    #[serde(skip)]
    pub is_older: bool,
}

/// The form of [`Current`] before it had a hash.
#[derive(Deserialize)]
struct Older {
    generation: String,
    header: String,
    sources: Sources,
    #[serde(with = "kept_option")]
    taxonomy: Option<PathBuf>,
    #[serde(with = "kept_option", default)]
    synonyms: Option<PathBuf>,
}

impl Current {
    /// Writes it, with a hash of its own behind it.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut bytes = super::generation::to_json(self)?;
        let hash = hash(&bytes);
        bytes.extend_from_slice(format!("\n{hash}\n").as_bytes());
        Ok(bytes)
    }

    /// Reads it; `None` for bytes that are not what was written.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (text, own) = bytes.split_at_checked(bytes.len().checked_sub(HASH_LINES)?)?;
        if own == format!("\n{}\n", hash(text)).as_bytes() {
            return serde_json::from_slice(text).ok();
        }
        let older: Older = serde_json::from_slice(bytes).ok()?;
        Some(Self {
            generation: older.generation,
            header: older.header,
            plan: Plan {
                sources: older.sources,
                taxonomy: older.taxonomy,
                synonyms: older.synonyms,
                ..Plan::default()
            },
            is_older: true,
        })
    }
}

/// The length of a hash with the line ends around it, in bytes.
const HASH_LINES: usize = 18;

/// What a query needs to know of an index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// What the index was made of: schema, analysis, compiled-in data. Another value means that it is built anew.
    pub made_of: String,
    /// The program that made it.
    pub made_by: String,
    /// When, in milliseconds since 1970.
    pub made_at: u64,
    /// What the index is to hold.
    pub plan: Plan,
    /// The taxonomy that the user named, or that lies at a root.
    #[serde(with = "kept_option")]
    pub taxonomy: Option<PathBuf>,
    /// The same of the synonyms. They are read with each query, so that a change needs no new index.
    #[serde(with = "kept_option", default)]
    pub synonyms: Option<PathBuf>,
    /// Number of roles.
    pub roles: u64,
    /// Number of files that were read.
    pub files: u64,
    /// Number of files that gave no role.
    pub skipped: u64,
    /// Size of the text that was read, in bytes.
    pub text_bytes: u64,
    /// Mean number of words of a role.
    pub mean_length: f32,
    /// What tells whether a source has changed, where that can be looked at in a millisecond.
    pub watch: Option<Vec<Watched>>,
    /// The levels in use, in their order.
    pub levels: Vec<FacetValue>,
    /// The domains in use and their parents, by id.
    pub domains: Vec<FacetValue>,
    /// The fields that no role has. The engine makes a dictionary of nothing for each of them where it is asked, which takes
    /// longer than a query.
    #[serde(default)]
    pub absent: Vec<String>,
    /// The files of the generation, but the header.
    pub checksums: Vec<Checksum>,
}

/// A file or folder of the sources and its stamp. A folder's changes when an entry comes or goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// The absolute path.
    #[serde(with = "kept")]
    pub path: PathBuf,
    /// Its stamp; a folder's size is not looked at.
    pub stamp: Stamp,
    /// Whether it is a folder.
    pub folder: bool,
    /// The hash of a file that may change without its stamp telling, else 0.
    #[serde(default)]
    pub hash: u64,
}

/// A value of a facet that some role has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetValue {
    /// The bare value: `director`, `cloud/finops`.
    pub value: String,
    /// The label for people.
    pub label: String,
    /// The path in the engine's facet, without the leading slash.
    pub path: String,
}

/// A file of a generation, its size and hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checksum {
    /// The name.
    pub name: String,
    /// The size in bytes.
    pub size: u64,
    /// The hash, XXH3 in hexadecimal.
    pub hash: String,
}

/// A remark on a file, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemRecord {
    /// The absolute path.
    pub path: String,
    /// The line, one-based.
    pub line: Option<u32>,
    /// The reason in words.
    pub reason: String,
    /// Whether the file gave no role.
    pub skipped: bool,
}

/// Returns the XXH3 hash of bytes in hexadecimal.
pub fn hash(bytes: &[u8]) -> String {
    format!("{:016x}", xxhash_rust::xxh3::xxh3_64(bytes))
}

/// Returns what an index of this program is made of.
pub fn made_of() -> String {
    format!("{}-{}", super::schema::VERSION, env!("BP_INDEX_DATA"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_come_back_whatever_their_bytes() {
        let paths = vec![
            PathBuf::from("/a b/ä"),
            PathBuf::from(os_string(b"/x\xff.md".to_vec())),
        ];
        let current = Current {
            generation: "gen-1".into(),
            header: String::new(),
            is_older: false,
            plan: Plan {
                sources: Sources::Paths(paths),
                taxonomy: Some(os_string(b"\xfe".to_vec()).into()),
                ..Plan::default()
            },
        };
        let bytes = current.to_bytes().unwrap();
        assert_eq!(Current::from_bytes(&bytes), Some(current));
        for at in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[at / 8] ^= 1 << (at % 8);
            assert_eq!(Current::from_bytes(&damaged), None, "{at}");
        }
    }

    #[test]
    fn the_form_of_before_is_known_as_that() {
        let text =
            r#"{"generation":"gen-3","header":"","sources":{"paths":["/a"]},"taxonomy":null}"#;
        let current = Current::from_bytes(text.as_bytes()).unwrap();
        assert!(current.is_older && current.plan.sources.paths() == [PathBuf::from("/a")]);
    }
}
