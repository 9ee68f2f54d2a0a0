//! What an index is to hold: sources, the globs that choose among their files, and data files of the user.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::header::{kept_list, kept_option};

/// What an index is to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The sources.
    pub sources: Sources,
    /// The taxonomy that the user names, laid over the compiled-in one.
    #[serde(with = "kept_option", default)]
    pub taxonomy: Option<PathBuf>,
    /// The synonyms that the user names, laid over the compiled-in ones.
    #[serde(with = "kept_option", default)]
    pub synonyms: Option<PathBuf>,
    /// Globs that a file below a folder must match one of, where there are any.
    #[serde(default)]
    pub include: Vec<String>,
    /// Globs of files and folders that are left alone.
    #[serde(default)]
    pub exclude: Vec<String>,
}

/// Where the blueprints come from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sources {
    /// The corpus that is compiled in.
    #[default]
    BuiltIn,
    /// Files and folders, as absolute paths.
    Paths(#[serde(with = "kept_list")] Vec<PathBuf>),
}

/// The source that is what came by standard input, once: it is kept until it is replaced or leaves.
pub const STANDARD_INPUT: &str = "-";

impl Sources {
    /// Returns whether what came by standard input is among them.
    pub fn have_standard_input(&self) -> bool {
        self.paths().iter().any(|path| is_standard_input(path))
    }

    /// Returns the paths, none for the compiled-in corpus.
    pub fn paths(&self) -> &[PathBuf] {
        match self {
            Self::BuiltIn => &[],
            Self::Paths(paths) => paths,
        }
    }
}

/// Returns whether a source is standard input.
pub fn is_standard_input(path: &Path) -> bool {
    path == Path::new(STANDARD_INPUT)
}
