//! The programs that are measured: how each is told to index and to answer.

mod lucene;
mod peers;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use crate::place::Place;
use crate::queries::Query;

/// A program.
pub trait Program {
    /// What it is called in tables.
    fn name(&self) -> &str;

    /// The largest corpus that it is measured with.
    fn largest(&self) -> usize {
        usize::MAX
    }

    /// What its index is made of; another value makes it anew.
    fn made_of(&self) -> String {
        String::from("1")
    }

    /// Where its index is, for a program that has one; several may share one.
    fn index(&self, place: &Place) -> Option<PathBuf>;

    /// Whether it makes an index, rather than needing none or taking another's.
    fn makes_index(&self) -> bool {
        true
    }

    /// The command that makes the index.
    fn indexing(&self, place: &Place) -> Option<Command>;

    /// The command that answers a query; `None` where it cannot.
    fn query(&self, place: &Place, query: &Query) -> Option<Command>;
}

/// What is asked of the machine.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The folder of the programs to be measured.
    pub built: PathBuf,
    /// The folder of the same as static programs.
    pub built_static: Option<PathBuf>,
    /// The folder of all data.
    pub data: PathBuf,
    /// Whether tantivy-cli may be installed there.
    pub tantivy_cli: bool,
    /// The names of the programs to be measured; none stands for all.
    pub names: Vec<String>,
}

impl Wanted {
    /// Whether a program is to be measured.
    fn has(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|wanted| wanted == name)
    }
}

/// Returns the programs that are there, and says of each other why it is not.
pub fn all(wanted: &Wanted) -> io::Result<Vec<Box<dyn Program>>> {
    let mut programs: Vec<Box<dyn Program>> = Vec::new();
    let variants = [
        (Some(&wanted.built), ""),
        (wanted.built_static.as_ref(), "-static"),
    ];
    let there = variants
        .into_iter()
        .filter_map(|(folder, suffix)| Some((folder?, suffix)));
    for (folder, suffix) in there {
        for name in ["bp", "floor", "floor-simple"] {
            let program = format!("{name}{suffix}");
            let path = installed(&folder.join(name), &wanted.data.join("bin").join(&program))?;
            programs.push(Box::new(Own {
                name: program,
                base: name,
                path,
            }));
        }
    }
    programs.extend(peers::all(wanted)?);
    programs.retain(|program| wanted.has(program.name()));
    Ok(programs)
}

/// The target whose programs can be static without another C library.
const STATIC_TARGET: &str = "x86_64-unknown-linux-gnu";

/// Builds bp and the floors as static programs below the folder of all data, and returns the folder that they are in.
pub fn build_static(data: &Path) -> io::Result<PathBuf> {
    let target = data.join("target-static");
    let mut build = Command::new("cargo");
    build.args([
        "build",
        "--release",
        "--workspace",
        "--target",
        STATIC_TARGET,
    ]);
    build.arg("--target-dir").arg(&target);
    build.env(
        "RUSTFLAGS",
        "-C target-feature=+crt-static -C relocation-model=static",
    );
    if build.status()?.success() {
        Ok(target.join(STATIC_TARGET).join("release"))
    } else {
        Err(io::Error::other("the static programs cannot be built"))
    }
}

/// Copies a program as an installation does: what the linker has just written lies in other pages of the cache, and starts
/// a sixth slower.
fn installed(built: &Path, target: &Path) -> io::Result<PathBuf> {
    if !built.exists() {
        return Err(io::Error::other(format!(
            "{} is missing; build all first: cargo build --release --workspace",
            built.display()
        )));
    }
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder)?;
    }
    let _ = fs::remove_file(target);
    fs::copy(built, target)?;
    Ok(target.to_owned())
}

/// `bp` and the floors, dynamic or static.
struct Own {
    name: String,
    /// The name of the program whose index it reads, without what tells how it was linked.
    base: &'static str,
    path: PathBuf,
}

impl Own {
    fn is_bp(&self) -> bool {
        self.base == "bp"
    }
}

impl Program for Own {
    fn name(&self) -> &str {
        &self.name
    }

    fn made_of(&self) -> String {
        bp::index::header::made_of()
    }

    fn largest(&self) -> usize {
        if self.base == "floor-simple" {
            peers::LARGEST
        } else {
            usize::MAX
        }
    }

    fn index(&self, place: &Place) -> Option<PathBuf> {
        Some(place.index(self.base))
    }

    fn makes_index(&self) -> bool {
        self.name == self.base
    }

    fn indexing(&self, place: &Place) -> Option<Command> {
        let mut command = Command::new(&self.path);
        command.arg("index");
        if self.is_bp() {
            command.arg(place.corpus()).arg("--index");
        } else {
            command.arg(place.dump());
        }
        command.arg(place.index(self.base));
        Some(command)
    }

    fn query(&self, place: &Place, query: &Query) -> Option<Command> {
        let mut command = Command::new(&self.path);
        command.arg("query");
        if self.is_bp() {
            command.args(&query.words).arg("--index");
        }
        command.arg(place.index(self.base));
        for (flag, chosen) in [("--level", query.level), ("--domain", query.domain)] {
            if let Some(chosen) = chosen {
                let value = if self.is_bp() {
                    chosen.value
                } else {
                    chosen.facet
                };
                command.arg(flag).arg(value);
            }
        }
        if !self.is_bp() {
            command.args(&query.words);
        }
        Some(command)
    }
}
