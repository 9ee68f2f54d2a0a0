//! Programs that others wrote. Each gets title and text as plain records, and is asked for ten titles and the number of
//! all; ripgrep alone reads the blueprints, and ranks nothing.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::lucene::Lucene;
use super::{Program, Wanted};
use crate::place::Place;
use crate::queries::{Kind, Query};

/// The largest corpus for peers.
pub const LARGEST: usize = 100_000;
/// The same for Xapian, which indexes ten times as slowly.
const LARGEST_FOR_XAPIAN: usize = 10_000;

/// The program that indexes with Xapian; Debian ships none for plain records.
const XAPIAN_INDEXER: &str = include_str!("../../peers/xapian-index.cc");

/// A peer, where it is there.
type Found = io::Result<Option<Box<dyn Program>>>;

/// Looks for a peer.
type Find = fn(&Wanted) -> Found;

/// Returns the peers that are there, and says of each other what it takes.
pub fn all(wanted: &Wanted) -> io::Result<Vec<Box<dyn Program>>> {
    let peers: [(&str, &str, Find); 5] = [
        ("SQLite FTS5", "it takes sqlite3", |_| Ok(Sqlite::find())),
        (
            "Xapian",
            "it takes quest, g++ and libxapian-dev",
            Xapian::find,
        ),
        ("ripgrep", "it takes rg", |_| Ok(Ripgrep::find())),
        ("Lucene", "it takes a JDK and liblucene8-java", Lucene::find),
        ("tantivy-cli", "--tantivy-cli installs it", TantivyCli::find),
    ];
    let mut programs = Vec::new();
    for (name, reason, find) in peers.into_iter().filter(|peer| wanted.has(peer.0)) {
        let found = find(wanted)?;
        if found.is_none() {
            eprintln!("{name} is left out: {reason}");
        }
        programs.extend(found);
    }
    Ok(programs)
}

/// Whether a program is there.
pub fn starts(program: &str, argument: &str) -> bool {
    let mut command = Command::new(program);
    command
        .arg(argument)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// SQLite's FTS5 through its command line.
struct Sqlite;

impl Sqlite {
    fn find() -> Option<Box<dyn Program>> {
        starts("sqlite3", "--version").then(|| Box::new(Self) as Box<dyn Program>)
    }
}

impl Program for Sqlite {
    fn name(&self) -> &str {
        "SQLite FTS5"
    }

    fn largest(&self) -> usize {
        LARGEST
    }

    fn index(&self, place: &Place) -> Option<PathBuf> {
        Some(place.index("sqlite.db"))
    }

    fn indexing(&self, place: &Place) -> Option<Command> {
        let mut command = Command::new("sqlite3");
        let create = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; \
            CREATE VIRTUAL TABLE roles USING fts5(id UNINDEXED, title, level UNINDEXED, domains UNINDEXED, body, \
            tokenize = 'porter unicode61');";
        let import = format!(".import --ascii {} roles", place.records("ascii").display());
        let merge = "INSERT INTO roles(roles) VALUES ('optimize');";
        command
            .arg(self.index(place)?)
            .args([create, &import, merge]);
        Some(command)
    }

    fn query(&self, place: &Place, query: &Query) -> Option<Command> {
        if matches!(query.kind, Kind::Typo | Kind::Synonym) {
            return None;
        }
        let quoted = query
            .words
            .iter()
            .map(|word| format!("\"{}\"", word.trim_matches('"')));
        let words = quoted.collect::<Vec<_>>().join(" OR ");
        let mut conditions = Vec::new();
        if !words.is_empty() {
            conditions.push(format!("roles MATCH '{words}'"));
        }
        if let Some(level) = query.level {
            conditions.push(format!("level = '{}'", level.value));
        }
        if let Some(domain) = query.domain {
            conditions.push(format!("domains LIKE '%,{},%'", domain.value));
        }
        let order = if words.is_empty() { "title" } else { "rank" };
        let found = conditions.join(" AND ");
        let ask = format!(
            "SELECT title FROM roles WHERE {found} ORDER BY {order} LIMIT 10; SELECT count(*) FROM roles WHERE {found};"
        );
        let mut command = Command::new("sqlite3");
        command.arg("-readonly").arg(self.index(place)?).arg(ask);
        Some(command)
    }
}

/// Xapian through `quest`.
struct Xapian {
    indexer: PathBuf,
}

impl Xapian {
    fn find(wanted: &Wanted) -> Found {
        if !(starts("quest", "--version") && starts("g++", "--version")) {
            return Ok(None);
        }
        let source = wanted.data.join("xapian-index.cc");
        std::fs::write(&source, XAPIAN_INDEXER)?;
        let indexer = wanted.data.join("xapian-index");
        let mut compile = Command::new("g++");
        compile
            .args(["-O2", "-o"])
            .args([&indexer, &source])
            .arg("-lxapian");
        let is_compiled = compile.stderr(Stdio::null()).status()?.success();
        Ok(is_compiled.then(|| Box::new(Self { indexer }) as Box<dyn Program>))
    }
}

impl Program for Xapian {
    fn name(&self) -> &str {
        "Xapian"
    }

    fn largest(&self) -> usize {
        LARGEST_FOR_XAPIAN
    }

    fn index(&self, place: &Place) -> Option<PathBuf> {
        Some(place.index("xapian"))
    }

    fn indexing(&self, place: &Place) -> Option<Command> {
        let mut command = Command::new(&self.indexer);
        command.arg(self.index(place)?);
        command.stdin(File::open(place.records("ascii")).ok()?);
        Some(command)
    }

    fn query(&self, place: &Place, query: &Query) -> Option<Command> {
        if matches!(query.kind, Kind::Typo | Kind::Synonym) {
            return None;
        }
        let mut command = Command::new("quest");
        // All are looked at, so that the number of all is exact.
        let all = place.documents.to_string();
        command.args(["-m", "10", "-c", &all, "-s", "english", "-o", "or"]);
        command
            .args(["-b", "level:XL", "-b", "domain:XD", "-d"])
            .arg(self.index(place)?);
        let level = query.level.map(|level| format!("level:{}", level.value));
        let domain = query
            .domain
            .map(|domain| format!("domain:{}", domain.value));
        let words = query.words.iter().cloned().chain(level).chain(domain);
        command.arg(words.collect::<Vec<_>>().join(" "));
        Some(command)
    }
}

/// ripgrep over the blueprints: the files in which a word stands, in no order.
struct Ripgrep;

impl Ripgrep {
    fn find() -> Option<Box<dyn Program>> {
        starts("rg", "--version").then(|| Box::new(Self) as Box<dyn Program>)
    }
}

impl Program for Ripgrep {
    fn name(&self) -> &str {
        "ripgrep"
    }

    fn largest(&self) -> usize {
        LARGEST
    }

    fn makes_index(&self) -> bool {
        false
    }

    fn index(&self, _: &Place) -> Option<PathBuf> {
        None
    }

    fn indexing(&self, _: &Place) -> Option<Command> {
        None
    }

    fn query(&self, place: &Place, query: &Query) -> Option<Command> {
        if !matches!(query.kind, Kind::Words | Kind::Phrase) {
            return None;
        }
        let mut command = Command::new("rg");
        command.args(["--files-with-matches", "--ignore-case", "--fixed-strings"]);
        for word in &query.words {
            command.args(["-e", word.trim_matches('"')]);
        }
        command.arg(place.corpus());
        Some(command)
    }
}

/// tantivy's own command line.
struct TantivyCli {
    path: PathBuf,
}

/// The schema and an index without documents; the program itself makes one only in a conversation.
const EMPTY_INDEX: &str = r#"{"index_settings":{"docstore_compression":"lz4","docstore_blocksize":16384},"segments":[],"schema":[
{"name":"title","type":"text","options":{"indexing":{"record":"position","fieldnorms":true,"tokenizer":"en_stem"},"stored":true,"fast":false}},
{"name":"body","type":"text","options":{"indexing":{"record":"position","fieldnorms":true,"tokenizer":"en_stem"},"stored":false,"fast":false}}],"opstamp":0}"#;

impl TantivyCli {
    fn find(wanted: &Wanted) -> Found {
        let root = wanted.data.join("tantivy-cli");
        let path = root.join("bin/tantivy");
        if !path.exists() && wanted.tantivy_cli {
            let mut install = Command::new("cargo");
            install
                .args(["install", "--quiet", "tantivy-cli", "--root"])
                .arg(&root);
            install.status()?;
        }
        let is_there = path.exists();
        Ok(is_there.then(|| Box::new(Self { path }) as Box<dyn Program>))
    }
}

impl Program for TantivyCli {
    fn name(&self) -> &str {
        "tantivy-cli"
    }

    fn largest(&self) -> usize {
        LARGEST
    }

    fn index(&self, place: &Place) -> Option<PathBuf> {
        Some(place.index("tantivy-cli"))
    }

    fn indexing(&self, place: &Place) -> Option<Command> {
        let folder = self.index(place)?;
        std::fs::create_dir_all(&folder).ok()?;
        std::fs::write(folder.join("meta.json"), EMPTY_INDEX).ok()?;
        let mut command = Command::new(&self.path);
        command
            .args(["index", "-i"])
            .arg(folder)
            .arg("-f")
            .arg(place.records("json"));
        Some(command)
    }

    fn query(&self, place: &Place, query: &Query) -> Option<Command> {
        if matches!(query.kind, Kind::Typo | Kind::Synonym | Kind::Filtered) {
            return None;
        }
        let mut command = Command::new(&self.path);
        command.args(["search", "-i"]).arg(self.index(place)?);
        command.arg("-q").arg(query.words.join(" "));
        Some(command)
    }
}
