//! What can be typed. Values only: opening and reading happen in the commands.

mod eval;

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub use eval::{By, DocId, Eval, Gain};

/// What `bp` alone says.
pub const INTRODUCTION: &str = "\
bp finds the roles behind a skill or a KPI.

It reads role blueprints (Markdown, pages, Word files, tables, JSON), ranks them for your words, says why, and counts
levels and domains.
Without a corpus of your own it answers from the blueprints that it ships.

  bp query \"FinOps\" --level director         who needs FinOps among the directors
  bp query \"who owns change failure rate?\"   roles that are measured by it first
  bp query --domain cloud --level manager+   roles by level and domain, by title
  bp explain finops cloud-director           why a role stands where it stands
  bp show director-of-devops --section kpis  one role, or a part of it
  bp index ./our-roles                       read your own blueprints, then ask as above

bp --help lists all commands, bp COMMAND --help all flags.
";

/// Find the roles behind a skill or a KPI
#[derive(Debug, Parser)]
#[command(
    name = "bp",
    version,
    disable_help_subcommand = true,
    args_override_self = true
)]
pub struct Args<C: Subcommand = Command> {
    #[command(subcommand)]
    pub command: C,
    #[command(flatten)]
    pub shared: Shared,
}

/// The one command that answers: what is typed most does not wait until the flags of all others are put together. What it
/// refuses is read once more with all commands, so that errors and help are those of the whole.
#[derive(Debug, Subcommand)]
pub enum Ask {
    #[command(alias = "search", alias = "find")]
    Query(Query),
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read blueprints and bring the index up to date
    #[command(alias = "update")]
    Index(Index),
    /// Rank roles for skill or KPI terms; without words, list roles by title
    #[command(alias = "search", alias = "find")]
    Query(Query),
    /// Show one role, or sections of it
    #[command(alias = "get", alias = "cat")]
    Show(Show),
    /// Say why a role stands where it stands for a query, or is not in the answer
    Explain(Explain),
    /// List the values of level and domain with their counts
    Facets(Facets),
    /// Measure relevance with judged queries
    Eval(Eval),
    /// Say what is in the index and how fresh it is
    #[command(alias = "stats")]
    Status,
    /// Say whether the index is sound: what was written, and what the files say
    Verify,
    /// Print the completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page of bp or of a command
    Man {
        /// The command
        command: Option<String>,
    },
    /// Print the JSON Schema of a machine format, or list them
    Schema {
        /// The name: query, facets, show, as-read, status, verify, index, eval, explain, error
        name: Option<String>,
    },
}

/// Flags that mean the same everywhere; help lists them after a command's own.
#[derive(Debug, Clone, Default, ClapArgs)]
#[command(next_display_order = 100)]
pub struct Shared {
    /// Output format
    #[arg(short, long, global = true, value_enum, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Same as --format json
    #[arg(long, global = true, overrides_with = "format")]
    pub json: bool,
    /// When to use colour
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value = "auto"
    )]
    pub color: Color,
    /// Folder of the index, else that of `BP_INDEX`, else ./index
    #[arg(long, global = true, value_name = "DIR")]
    pub index: Option<PathBuf>,
    /// Read the index as it is, without looking for changes
    #[arg(long, global = true, overrides_with = "update")]
    pub no_update: bool,
    /// Look for changes first, however large the corpus is
    #[arg(long, global = true, overrides_with = "no_update")]
    pub update: bool,
    /// Print nothing but errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more: every file that was passed over
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

impl Shared {
    /// The folder of the index that was asked for: the flag's, else that of `BP_INDEX` where it is not empty.
    pub fn index(&self) -> Option<PathBuf> {
        let named = || std::env::var_os("BP_INDEX").filter(|value| !value.is_empty());
        self.index.clone().or_else(|| named().map(PathBuf::from))
    }

    /// The format that was asked for.
    pub fn format(&self) -> Format {
        if self.json {
            Format::Json
        } else {
            self.format.unwrap_or_default()
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    #[default]
    Text,
    Json,
    Jsonl,
    Csv,
    Tsv,
    Md,
    Ids,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, ClapArgs)]
pub struct Index {
    /// Files and folders with blueprints; those of the last time if none is given, else ./corpus
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Levels and domains of your own, laid over the compiled-in ones
    #[arg(long, value_name = "FILE")]
    pub taxonomy: Option<PathBuf>,
    /// Other words of your own, laid over the compiled-in ones
    #[arg(long, value_name = "FILE")]
    pub synonyms: Option<PathBuf>,
    /// Read only files below a folder that match, as in .gitignore; may be given several times
    #[arg(long, value_name = "GLOB")]
    pub include: Vec<String>,
    /// Leave files and folders that match alone; may be given several times
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// Read all files, whatever is known of them
    #[arg(long)]
    pub rebuild: bool,
    /// Say what would be done, and write nothing
    #[arg(long, conflicts_with = "watch")]
    pub dry_run: bool,
    /// Go on, and take changes in as they come, until stopped
    #[arg(long)]
    pub watch: bool,
    /// How many threads read and write; all cores if not given
    #[arg(long, value_name = "N")]
    pub jobs: Option<std::num::NonZeroU16>,
    /// How many seconds to wait for another process that writes the index
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    pub lock_wait: f64,
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text
        .parse()
        .map_err(|_| "not a number of seconds".to_owned())?;
    if (0.0..=86_400.0).contains(&seconds) {
        Ok(seconds)
    } else {
        Err("from 0 to 86400".to_owned())
    }
}

/// How words are searched and ranked.
#[derive(Debug, Clone, Default, ClapArgs)]
pub struct Search {
    /// Whether one of the words is enough, or all must be met
    #[arg(long = "match", value_enum, value_name = "HOW", default_value = "any")]
    pub match_: Match,
    /// Leave typing errors as they are
    #[arg(long)]
    pub no_fuzzy: bool,
    /// Search the words themselves, and no other words for them
    #[arg(long)]
    pub no_synonyms: bool,
    /// Fail where a query cannot be read as it stands
    #[arg(long)]
    pub strict: bool,
    /// How roles are ranked: by what bp knows of blueprints, or by BM25 over the bare text
    #[arg(long, value_enum, value_name = "HOW", default_value = "roles")]
    pub rank: Rank,
    /// Weights of your own, laid over the compiled-in ones
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Match {
    #[default]
    Any,
    All,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Rank {
    #[default]
    Roles,
    Bm25,
}

/// Filters by facets.
#[derive(Debug, Clone, Default, ClapArgs)]
pub struct Filters {
    /// Levels: director, director+, senior..principal, leadership, IC4+; several with commas
    #[arg(long, alias = "seniority", value_name = "LEVEL", action = clap::ArgAction::Append)]
    pub level: Vec<String>,
    /// Domains: cloud, cloud/finops, or a folder's name; several with commas
    #[arg(long, value_name = "DOMAIN", action = clap::ArgAction::Append)]
    pub domain: Vec<String>,
}

#[derive(Debug, ClapArgs)]
pub struct Query {
    /// Words, "phrases", -word, AND OR NOT ( ), begin*, =exact, and title: skill: kpi: tool: resp: career: level: domain:
    /// before them; `-` reads them from standard input
    #[arg(value_name = "QUERY")]
    pub words: Vec<String>,
    #[command(flatten)]
    pub filters: Filters,
    #[command(flatten)]
    pub search: Search,
    /// How many roles to list; 0 gives totals and facets only
    #[arg(short = 'n', long, value_name = "N", default_value = "10")]
    pub limit: u64,
    /// How many roles to pass over first
    #[arg(long, value_name = "N", default_value = "0")]
    pub offset: u64,
    /// Print the paths of the files only
    #[arg(short = 'l', long)]
    pub files_with_matches: bool,
    /// Print the number of roles only
    #[arg(short, long)]
    pub count: bool,
}

#[derive(Debug, ClapArgs)]
pub struct Explain {
    /// The query, as one argument; `-` reads it from standard input
    #[arg(value_name = "QUERY")]
    pub query: String,
    /// The id, the path (with :line where a file holds many) or the title of a role, as one argument
    #[arg(value_name = "ROLE")]
    pub role: String,
    /// Hold the role against another one, and say what decides
    #[arg(long, value_name = "ROLE")]
    pub versus: Option<String>,
    #[command(flatten)]
    pub filters: Filters,
    #[command(flatten)]
    pub search: Search,
}

#[derive(Debug, ClapArgs)]
pub struct Show {
    /// The id, the path (with :line where a file holds many) or the title of a role
    #[arg(value_name = "ROLE", required = true)]
    pub role: Vec<String>,
    /// Sections to show: kpis,skills,…
    #[arg(long, value_name = "SECTION", value_delimiter = ',')]
    pub section: Vec<String>,
    /// Say what is understood of files, without an index; `-` reads one from standard input
    #[arg(long, conflicts_with = "section")]
    pub as_read: bool,
}

#[derive(Debug, ClapArgs)]
pub struct Facets {
    /// level or domain; both if none is given
    #[arg(value_name = "DIMENSION")]
    pub dimension: Option<String>,
    #[command(flatten)]
    pub filters: Filters,
}
