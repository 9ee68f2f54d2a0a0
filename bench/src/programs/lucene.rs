//! Lucene in a small Java program, which is compiled where there are a JDK and Debian's Lucene.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::peers::{LARGEST, starts};
use super::{Program, Wanted};
use crate::place::Place;
use crate::queries::{Kind, Query};

/// The program.
const SOURCE: &str = include_str!("../../peers/Search.java");
/// Where Debian keeps what it is compiled against.
const JARS: [&str; 3] = [
    "/usr/share/java/lucene-core-8.7.0.jar",
    "/usr/share/java/lucene-analyzers-common-8.7.0.jar",
    "/usr/share/java/lucene-queryparser-8.7.0.jar",
];

/// Lucene.
pub struct Lucene {
    class_path: String,
}

impl Lucene {
    /// Compiles the program below the folder of all data; `None` where something is missing.
    pub fn find(wanted: &Wanted) -> io::Result<Option<Box<dyn Program>>> {
        if !starts("javac", "-version") || !JARS.iter().all(|jar| Path::new(jar).exists()) {
            return Ok(None);
        }
        let folder = wanted.data.join("lucene");
        std::fs::create_dir_all(&folder)?;
        let source = folder.join("Search.java");
        std::fs::write(&source, SOURCE)?;
        let mut compile = Command::new("javac");
        compile
            .args(["-cp", &JARS.join(":"), "-d"])
            .args([&folder, &source]);
        let is_compiled = compile.stderr(Stdio::null()).status()?.success();
        let class_path = format!("{}:{}", folder.display(), JARS.join(":"));
        Ok(is_compiled.then(|| Box::new(Self { class_path }) as Box<dyn Program>))
    }

    fn java(&self, flags: &[&str]) -> Command {
        let mut command = Command::new("java");
        command
            .args(flags)
            .args(["-cp", &self.class_path, "Search"]);
        command
    }
}

impl Program for Lucene {
    fn name(&self) -> &str {
        "Lucene"
    }

    fn largest(&self) -> usize {
        LARGEST
    }

    fn index(&self, place: &Place) -> Option<PathBuf> {
        Some(place.index("lucene"))
    }

    fn indexing(&self, place: &Place) -> Option<Command> {
        let mut command = self.java(&["-Xmx1g"]);
        command
            .arg("index")
            .arg(self.index(place)?)
            .arg(place.records("ascii"));
        Some(command)
    }

    fn query(&self, place: &Place, query: &Query) -> Option<Command> {
        if query.kind == Kind::Synonym || query.words.is_empty() {
            return None;
        }
        // What makes a virtual machine start fastest.
        let mut command = self.java(&[
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
        ]);
        command.arg("query").arg(self.index(place)?);
        let words = query.words.join(" ");
        command.arg(if query.kind == Kind::Typo {
            format!("{words}~2")
        } else {
            words
        });
        for chosen in [
            query.level.map(|level| format!("level:{}", level.value)),
            query
                .domain
                .map(|domain| format!("domain:{}", domain.value)),
        ] {
            command.args(chosen);
        }
        Some(command)
    }
}
