//! What there is to say of a file or folder that was read in part, with a remark, or not at all.

use std::collections::BTreeMap;
use std::io::ErrorKind;

use super::bounds::Bound;
use super::document::plain;
pub use super::understand::Remark;

/// One remark on one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, as an absolute path.
    pub path: String,
    /// The line, one-based.
    pub line: Option<u32>,
    /// What it is.
    pub kind: ProblemKind,
}

/// The kinds of remarks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProblemKind {
    /// Not a blueprint by its name or nature.
    PassedOver(&'static str),
    /// No text.
    Binary,
    /// Nothing in it.
    Empty,
    /// Over the limit.
    TooBig {
        /// Its size in bytes.
        bytes: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// The system or a reader refused.
    Unreadable(String),
    /// A part of the file could not be read; the others were.
    Cut(String),
    /// Read from another encoding.
    Encoding(&'static str),
    /// The head could not be parsed; its plain lines were read.
    BrokenHead(String),
    /// More than a bound was met.
    Bound(&'static Bound),
    /// A page, a record or a table that tells of no role.
    NoRole,
    /// Read with a remark.
    Remark(Remark),
    /// Another document has the same id; both are kept.
    SameId {
        /// The id.
        id: String,
        /// Where the other one stands.
        other: String,
    },
}

impl ProblemKind {
    /// Returns the kind that a remark on a document is.
    pub fn of(remark: Remark) -> Self {
        match remark {
            Remark::Bound(bound) => Self::Bound(bound),
            remark => Self::Remark(remark),
        }
    }
}

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Counted, and named on request.
    Quiet,
    /// Said, and no failure.
    Note,
    /// The file looks like a blueprint and could not be read: the run ends with 2.
    Error,
}

impl Problem {
    /// Makes a problem.
    pub fn new(path: &str, line: Option<u32>, kind: ProblemKind) -> Self {
        Self {
            path: path.to_owned(),
            line,
            kind,
        }
    }

    /// Returns how much it matters.
    pub fn severity(&self) -> Severity {
        match self.kind {
            ProblemKind::PassedOver(_) | ProblemKind::NoRole => Severity::Quiet,
            ProblemKind::TooBig { .. } | ProblemKind::Unreadable(_) | ProblemKind::Cut(_) => {
                Severity::Error
            }
            ProblemKind::Bound(bound) if bound.loses_file() => Severity::Error,
            _ => Severity::Note,
        }
    }

    /// Returns whether the file gave no role.
    pub fn is_skip(&self) -> bool {
        match self.kind {
            ProblemKind::PassedOver(_)
            | ProblemKind::NoRole
            | ProblemKind::Binary
            | ProblemKind::Empty
            | ProblemKind::TooBig { .. }
            | ProblemKind::Unreadable(_) => true,
            ProblemKind::Bound(bound) => bound.loses_file(),
            _ => false,
        }
    }

    /// Returns what is wrong, in words.
    pub fn reason(&self) -> String {
        self.reason_with(&str::to_owned)
    }

    /// Returns what is wrong, other files named as `place` gives them.
    pub fn reason_with(&self, place: &dyn Fn(&str) -> String) -> String {
        match &self.kind {
            ProblemKind::PassedOver(reason) => (*reason).to_owned(),
            ProblemKind::Binary => "not text".to_owned(),
            ProblemKind::Empty => "empty".to_owned(),
            ProblemKind::TooBig { bytes, limit } => format!(
                "too big: {:.1} MB, the limit is {} MB",
                *bytes as f64 / 1_048_576.0,
                limit / 1_048_576
            ),
            // A library's reason may quote the file.
            ProblemKind::Unreadable(reason) => plain(reason),
            ProblemKind::Cut(reason) => format!("{}; what could be read is kept", plain(reason)),
            ProblemKind::Bound(bound) | ProblemKind::Remark(Remark::Bound(bound)) => {
                bound.message()
            }
            ProblemKind::NoRole => "no role in it".to_owned(),
            ProblemKind::Encoding(encoding) => format!("read as {encoding}"),
            ProblemKind::BrokenHead(reason) => {
                let reason = plain(reason);
                format!("the head cannot be parsed, its plain lines were read: {reason}")
            }
            ProblemKind::Remark(Remark::UnknownLevel(value)) => {
                format!("unknown level '{value}' is kept as it stands")
            }
            ProblemKind::Remark(Remark::UnknownDomain(value)) => {
                format!("unknown domain '{value}' is kept as it stands")
            }
            ProblemKind::Remark(Remark::LongTitle) => format!(
                "the title is cut at {} characters",
                super::title::MAX_TITLE_CHARS
            ),
            ProblemKind::SameId { id, other } => {
                let other = place(other);
                format!("the id '{id}' is that of {other} too; both are kept")
            }
        }
    }

    /// What problems of one kind have in common, for one line in place of many.
    fn family(&self) -> Option<&'static str> {
        match self.kind {
            ProblemKind::Remark(Remark::UnknownLevel(_)) => {
                Some("levels that the taxonomy does not know are kept as they stand")
            }
            ProblemKind::Remark(Remark::UnknownDomain(_)) => {
                Some("domains that the taxonomy does not know are kept as they stand")
            }
            _ => None,
        }
    }

    fn value(&self) -> Option<&str> {
        match &self.kind {
            ProblemKind::Remark(Remark::UnknownLevel(value) | Remark::UnknownDomain(value)) => {
                Some(value)
            }
            _ => None,
        }
    }
}

/// From how many of a kind on there is one line for all.
const FLOOD: usize = 10;

/// The one line for all values of a kind.
fn family_line(family: &str, list: &[&Problem], place: &dyn Fn(&str) -> String) -> String {
    let values: Vec<&str> = list
        .iter()
        .take(FLOOD)
        .filter_map(|problem| problem.value())
        .collect();
    let more = match list.len().saturating_sub(FLOOD) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let first = list
        .first()
        .map(|problem| format!("{}:{}", place(&problem.path), problem.line.unwrap_or(1)));
    format!(
        "{}: {family}: {}{more}",
        first.unwrap_or_default(),
        values.join(", ")
    )
}

/// Turns problems into lines: each unknown value is mentioned once, and from ten of a kind on there is one line for all.
///
/// `place` gives the path as a user wants to see it.
pub fn lines(
    problems: &[&Problem],
    verbose: bool,
    place: impl Fn(&str) -> String,
) -> Vec<(Severity, String)> {
    let mut lines = Vec::new();
    let mut families: BTreeMap<&str, Vec<&Problem>> = BTreeMap::new();
    let mut by_reason: BTreeMap<String, usize> = BTreeMap::new();
    for problem in problems {
        if let (Some(family), false) = (problem.family(), verbose) {
            let list = families.entry(family).or_default();
            if !list.iter().any(|known| known.value() == problem.value()) {
                list.push(problem);
            }
            continue;
        }
        let same = by_reason.entry(kind_of_reason(problem)).or_default();
        *same += 1;
        if verbose || *same <= FLOOD || problem.severity() == Severity::Error {
            let line = problem
                .line
                .map(|line| format!(":{line}"))
                .unwrap_or_default();
            lines.push((
                problem.severity(),
                format!(
                    "{}{line}: {}",
                    place(&problem.path),
                    problem.reason_with(&place)
                ),
            ));
        }
    }
    for (family, list) in families {
        lines.push((Severity::Note, family_line(family, &list, &place)));
    }
    for (reason, count) in by_reason {
        if !verbose && count > FLOOD {
            lines.push((
                Severity::Note,
                format!("{} more files: {reason} (-v names them)", count - FLOOD),
            ));
        }
    }
    lines
}

fn kind_of_reason(problem: &Problem) -> String {
    match &problem.kind {
        ProblemKind::SameId { .. } => "an id that another document has too".to_owned(),
        ProblemKind::BrokenHead(_) => "the head cannot be parsed".to_owned(),
        _ => problem.reason(),
    }
}

/// Returns short words for the usual refusals of the system.
pub fn io_reason(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::PermissionDenied => Some("permission denied"),
        ErrorKind::NotFound => Some("it is gone"),
        ErrorKind::IsADirectory => Some("it is a folder"),
        _ => None,
    }
}
