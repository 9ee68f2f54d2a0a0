//! Everything that can go wrong, as data: a kind with its values, the wording, and the tip that helps.
//!
//! Wording lives here alone. Conditions of single documents are not errors: they are
//! problems of a run, and a query text cannot be wrong at all.

use std::path::PathBuf;

/// Who writes, in words.
fn held_by(holder: Option<(u32, u64)>) -> String {
    holder.map_or_else(String::new, |(process, seconds)| {
        format!(" (process {process}, for {seconds} s)")
    })
}

/// A failure that ends a command.
///
/// Messages are lower case, without a full stop, and hold the path or the value. [`Error::tip`] holds the thing to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file system refused.
    #[error("{action} {}: {source}", path.display())]
    Io {
        /// What was tried, e.g. `cannot read`.
        action: &'static str,
        /// The file or folder it was tried on.
        path: PathBuf,
        /// The reason given by the system.
        #[source]
        source: std::io::Error,
    },
    /// A source that was asked for does not exist.
    #[error("no such file or folder: {}", .0.display())]
    NoSuchSource(PathBuf),
    /// The index folder holds something that is not an index of ours.
    #[error("{} is not empty and not an index of bp", .0.display())]
    ForeignFolder(PathBuf),
    /// The index folder is no folder.
    #[error("{} is not a folder", .0.display())]
    NotAFolder(PathBuf),
    /// The index cannot be read as what it should be.
    #[error("the index in {} is damaged: {reason}", path.display())]
    Damaged {
        /// The index folder.
        path: PathBuf,
        /// What was found.
        reason: String,
    },
    /// There is no index where one was asked for, and none may be built.
    #[error("there is no index in {}", .0.display())]
    NoIndex(PathBuf),
    /// Another process writes this index.
    #[error("another bp is writing the index in {}{}", path.display(), held_by(*holder))]
    Locked {
        /// The index folder.
        path: PathBuf,
        /// The process that says it writes, and for how many seconds.
        holder: Option<(u32, u64)>,
    },
    /// The engine refused for a reason of its own.
    #[error("the index in {} cannot be used: {reason}", path.display())]
    Engine {
        /// The index folder.
        path: PathBuf,
        /// The engine's words.
        reason: String,
    },
    /// A level filter names nothing known.
    #[error("unknown level '{value}'")]
    UnknownLevel {
        /// The value as typed.
        value: String,
        /// The nearest known values, best first.
        nearest: Vec<String>,
        /// All known values.
        known: Vec<String>,
    },
    /// A domain filter names nothing known.
    #[error("unknown domain '{value}'")]
    UnknownDomain {
        /// The value as typed.
        value: String,
        /// The nearest known values, best first.
        nearest: Vec<String>,
        /// All known values.
        known: Vec<String>,
    },
    /// A range of levels whose ends stand on two tracks.
    #[error("'{value}' goes across tracks: {from} is {from_track}, {to} is {to_track}")]
    LevelRange {
        /// The range as typed.
        value: String,
        /// Its lower end.
        from: String,
        /// The track of the lower end.
        from_track: &'static str,
        /// Its upper end.
        to: String,
        /// The track of the upper end.
        to_track: &'static str,
    },
    /// `show` was asked for a role that is not there.
    #[error("no role '{role}'")]
    NoSuchRole {
        /// The role as typed.
        role: String,
        /// The nearest ids, best first.
        nearest: Vec<String>,
    },
    /// `show` was asked for an id that several documents carry.
    #[error("{} roles are called '{role}'", paths.len())]
    AmbiguousRole {
        /// The role as typed.
        role: String,
        /// Where they stand.
        paths: Vec<String>,
    },
    /// `show --section` or `facets` was asked for a name that does not exist.
    #[error("unknown {what} '{value}'")]
    UnknownName {
        /// The kind of thing: `section`, `schema`, `dimension`.
        what: &'static str,
        /// The value as typed.
        value: String,
        /// All known values.
        known: Vec<String>,
    },
    /// A data file (taxonomy overlay, queries, judgements, run) cannot be understood.
    #[error("{}:{line}: {reason}", path.display())]
    Data {
        /// The file.
        path: PathBuf,
        /// One-based line.
        line: usize,
        /// The parser's words.
        reason: String,
    },
    /// A query cannot be read as it stands, and that was asked for.
    #[error("{remark}")]
    Query {
        /// The query.
        query: String,
        /// What is not read.
        remark: String,
        /// Where, in bytes.
        span: (usize, usize),
    },
    /// A line of a data file asks for something that fails, e.g. an unknown level.
    #[error("{}:{line}: {cause}", path.display())]
    InFile {
        /// The file.
        path: PathBuf,
        /// One-based line.
        line: usize,
        /// What fails.
        cause: Box<Error>,
    },
    /// `eval` was given queries and judgements that do not belong together.
    #[error("no query of {} is judged in {}", queries.display(), qrels.display())]
    NothingJudged {
        /// Where the queries come from.
        queries: PathBuf,
        /// The judgements.
        qrels: PathBuf,
    },
    /// The command line cannot be understood in a way that clap does not see.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to type instead.
        tip: Option<String>,
    },
    /// Nothing at all could be read from the sources.
    #[error("no role blueprint in {0}")]
    NothingToIndex(String),
}

/// The result of everything that can end a command.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Wraps an error of the file system with what was tried and where.
    pub fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }

    /// Refuses a line of a data file.
    pub fn data(path: impl Into<PathBuf>, line: usize, reason: impl Into<String>) -> Self {
        Self::Data {
            path: path.into(),
            line,
            reason: reason.into(),
        }
    }

    /// Returns the stable code for programs, e.g. `unknown_level`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "io",
            Self::NoSuchSource(_) => "no_such_source",
            Self::ForeignFolder(_) => "foreign_folder",
            Self::NotAFolder(_) => "not_a_folder",
            Self::Damaged { .. } => "damaged_index",
            Self::NoIndex(_) => "no_index",
            Self::Locked { .. } => "locked",
            Self::Engine { .. } => "engine",
            Self::UnknownLevel { .. } => "unknown_level",
            Self::UnknownDomain { .. } => "unknown_domain",
            Self::LevelRange { .. } => "level_range",
            Self::NoSuchRole { .. } => "no_such_role",
            Self::AmbiguousRole { .. } => "ambiguous_role",
            Self::UnknownName { .. } => "unknown_name",
            Self::Data { .. } => "data",
            Self::Query { .. } => "query",
            Self::InFile { cause, .. } => cause.code(),
            Self::NothingJudged { .. } => "nothing_judged",
            Self::Usage { .. } => "usage",
            Self::NothingToIndex(_) => "nothing_to_index",
        }
    }

    /// Returns the thing to do, where there is one.
    pub fn tip(&self) -> Option<String> {
        match self {
            Self::NoSuchSource(_) => Some("name a file or folder that holds blueprints".into()),
            Self::ForeignFolder(_) | Self::NotAFolder(_) => {
                Some("name an empty or new folder with --index DIR".into())
            }
            Self::Damaged { .. } | Self::Engine { .. } => Some("build it again:  bp index".into()),
            Self::NoIndex(_) => Some("build it:  bp index PATH".into()),
            Self::Locked { .. } => Some("try again when it has ended".into()),
            Self::UnknownLevel { nearest, known, .. } => Some(known_tip("levels", nearest, known)),
            Self::UnknownDomain { nearest, known, .. } => {
                Some(known_tip("domains", nearest, known))
            }
            Self::UnknownName { known, .. } => Some(format!("known: {}", known.join(", "))),
            Self::LevelRange { .. } => {
                Some("give one range for each track, with a comma between them".into())
            }
            Self::NoSuchRole { nearest, .. } if nearest.is_empty() => {
                Some("list all:  bp query".into())
            }
            Self::NoSuchRole { nearest, .. } => Some(format!("did you mean {}?", quoted(nearest))),
            Self::AmbiguousRole { paths, .. } => {
                Some(format!("name one by its path: {}", paths.join(", ")))
            }
            Self::Usage { tip, .. } => tip.clone(),
            Self::NothingToIndex(_) => Some("say why with:  bp index -v PATH".into()),
            Self::Io { source, .. } => io_tip(source),
            Self::Query { .. } => {
                Some("without --strict it is searched as far as it can be read".into())
            }
            Self::InFile { cause, .. } => cause.tip(),
            Self::NothingJudged { .. } => Some("give both files the same query ids".into()),
            Self::Data { .. } => None,
        }
    }
}

fn io_tip(source: &std::io::Error) -> Option<String> {
    match source.kind() {
        std::io::ErrorKind::PermissionDenied => {
            Some("check the permissions, or name another folder with --index DIR".into())
        }
        std::io::ErrorKind::StorageFull => {
            Some("free some space, or name another folder with --index DIR".into())
        }
        _ => None,
    }
}

fn known_tip(what: &str, nearest: &[String], known: &[String]) -> String {
    let list = format!("{what}: {}", known.join(", "));
    if nearest.is_empty() {
        list
    } else {
        format!("did you mean {}? {list}", quoted(nearest))
    }
}

fn quoted(values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("'{value}'")).collect();
    quoted.join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_holds_its_value_and_its_tip_the_known_ones() {
        let error = Error::UnknownLevel {
            value: "senor".into(),
            nearest: vec!["senior".into()],
            known: vec!["mid".into(), "senior".into()],
        };
        assert_eq!(error.to_string(), "unknown level 'senor'");
        assert_eq!(
            error.tip().as_deref(),
            Some("did you mean 'senior'? levels: mid, senior")
        );
        assert_eq!(error.code(), "unknown_level");
    }
}
