//! Writes what an index holds, how fresh it is, and whether it is sound.

use std::path::PathBuf;

use serde::Serialize;

use super::line;
use crate::index::Changes;
use crate::index::header::ProblemRecord;
use crate::index::verify::Verified;

/// What an index holds and how fresh it is.
#[derive(Debug, Clone, Serialize)]
pub struct Status<'a> {
    /// The folder; `None` for one in memory.
    pub index: Option<String>,
    /// The sources, as the user is to see them.
    pub sources: Vec<String>,
    /// Number of roles.
    pub roles: u64,
    /// Number of files that were read.
    pub files: u64,
    /// Number of files that gave no role.
    pub skipped: u64,
    /// The roles by the format of their file, by level and by domain.
    pub by: By,
    /// Whether the index says what the files say; `None` where that could not be looked at.
    pub fresh: Option<bool>,
    /// What of the files is not taken in.
    pub changes: Option<Changes>,
    /// Seconds since it was built.
    pub age_seconds: u64,
    /// Size of the text, in bytes.
    pub text_bytes: u64,
    /// Size of the index, in bytes.
    pub index_bytes: u64,
    /// The program that made it.
    pub made_by: String,
    /// What there is to say of files.
    pub problems: &'a [ProblemRecord],
}

/// Numbers of roles.
#[derive(Debug, Clone, Default, Serialize)]
pub struct By {
    /// By the format of their file.
    pub format: Vec<Number>,
    /// By level, in the order of levels.
    pub level: Vec<Number>,
    /// By domain.
    pub domain: Vec<Number>,
}

/// A value and its number of roles.
#[derive(Debug, Clone, Serialize)]
pub struct Number {
    /// The value.
    pub value: String,
    /// The number.
    pub count: u64,
}

/// Writes the state of an index as `bp.status/2`.
pub fn status_json(status: &Status<'_>) -> String {
    #[derive(Serialize)]
    struct StatusOutput<'a> {
        schema: &'static str,
        #[serde(flatten)]
        status: &'a Status<'a>,
    }
    line(&StatusOutput {
        schema: "bp.status/2",
        status,
    })
}

#[derive(Serialize)]
struct VerifyOutput<'a> {
    schema: &'static str,
    index: &'a str,
    sound: bool,
    files: u64,
    bytes: u64,
    damage: Vec<Damage<'a>>,
    sources: Option<SourcesOutput>,
    took_ms: u64,
}

#[derive(Serialize)]
struct Damage<'a> {
    file: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct SourcesOutput {
    same: u64,
    changed: Vec<String>,
    added: Vec<String>,
    removed: Vec<String>,
}

/// Writes what a check found as `bp.verify/1`; `shown` gives a path as the user is to see it.
pub fn verify_json(
    index: &str,
    verified: &Verified,
    took_ms: u64,
    shown: impl Fn(&str) -> String,
) -> String {
    let paths = |paths: &[PathBuf]| {
        paths
            .iter()
            .map(|path| shown(&path.to_string_lossy()))
            .collect()
    };
    let damage = verified.damage.iter();
    line(&VerifyOutput {
        schema: "bp.verify/1",
        index,
        sound: verified.damage.is_empty(),
        files: verified.files,
        bytes: verified.bytes,
        damage: damage
            .map(|(file, reason)| Damage { file, reason })
            .collect(),
        sources: verified.sources.as_ref().map(|sources| SourcesOutput {
            same: sources.same,
            changed: paths(&sources.changed),
            added: paths(&sources.added),
            removed: paths(&sources.removed),
        }),
        took_ms,
    })
}
