//! Turns the names of the targets into what is executed: every way by which bytes of others come in.

mod data;
mod files;
mod query;
mod reading;
mod words;

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use bp::corpus::container::CONTAINERS;
use bp::index::build::build_in_memory;
use bp::index::{OpenIndex, Plan};
use bp::taxonomy::Taxonomy;

use crate::pack::{docx, gzip, zstd};
use crate::run::Target;
use words::{DATA, DOCUMENT, HEAD, MARKUP, PAGE, RECORD, SIGNS, TABLE};

/// Wraps a text as a packed format does.
type Pack = fn(&[u8]) -> Vec<u8>;

/// A kind of file that blueprints come in: the target, the name under which it is read, and its words.
struct Format {
    name: &'static str,
    file: &'static str,
    words: &'static [&'static str],
    /// Wraps an input, where the format is a packed one.
    pack: Option<Pack>,
}

const FORMATS: &[Format] = &[
    plain("markdown", "a-role.md", MARKUP),
    plain("head", "a-role.md", HEAD),
    plain("text", "a-role.txt", MARKUP),
    plain("listing", "roles.txt", MARKUP),
    plain("html", "a-role.html", PAGE),
    plain("json", "roles.json", RECORD),
    plain("jsonl", "roles.jsonl", RECORD),
    plain("csv", "roles.csv", TABLE),
    plain("tsv", "roles.tsv", TABLE),
    packed("docx", "a-role.docx", DOCUMENT, docx),
    packed("gzip", "a-role.md.gz", MARKUP, gzip),
    packed("zstd", "a-role.md.zst", MARKUP, zstd),
];

const fn plain(name: &'static str, file: &'static str, words: &'static [&'static str]) -> Format {
    Format {
        name,
        file,
        words,
        pack: None,
    }
}

const fn packed(
    name: &'static str,
    file: &'static str,
    words: &'static [&'static str],
    pack: Pack,
) -> Format {
    Format {
        name,
        file,
        words,
        pack: Some(pack),
    }
}

static TAXONOMY: LazyLock<Taxonomy> =
    LazyLock::new(|| Taxonomy::new(None, Path::new("taxonomy.toml")).unwrap());

/// All targets.
pub fn all() -> Vec<Target> {
    let formats = FORMATS.iter().map(format);
    // A container none of whose endings is among them is read under its own.
    let ends = |ending: &str| {
        FORMATS
            .iter()
            .any(|format| format.file.ends_with(&format!(".{ending}")))
    };
    let unknown = CONTAINERS
        .iter()
        .filter(|container| !container.endings.iter().any(|ending| ends(ending)));
    let others =
        unknown.filter_map(|container| container.endings.first().map(|ending| other(ending)));
    let mut targets: Vec<Target> = formats.chain(others).collect();
    targets.push(queries());
    targets.push(text("taxonomy", DATA, data::taxonomy));
    targets.push(text("synonyms", DATA, data::synonyms));
    targets.push(text("weights", DATA, data::weights));
    targets.push(text("queries", RECORD, data::queries));
    targets.push(text("judgements", TABLE, data::judgements));
    targets.push(text("run", TABLE, data::run));
    targets.push(index_files());
    targets
}

fn format(format: &'static Format) -> Target {
    let seeds = seeds(format.name);
    // Every other input of a packed format is changed inside its wrapping, the others as they lie there.
    let wrapped = move |bytes: &[u8], turn: u64| match format.pack {
        Some(pack) if turn.is_multiple_of(2) => {
            reading::check(&pack(bytes), format.file, &TAXONOMY, turn / 2)
        }
        _ => reading::check(bytes, format.file, &TAXONOMY, turn / 2),
    };
    let packs = format.pack.into_iter();
    let packs = packs.flat_map(|pack| seeds.iter().map(move |seed| pack(seed)));
    let packs: Vec<Vec<u8>> = packs.collect();
    Target {
        name: format.name.to_owned(),
        seeds: seeds.into_iter().chain(packs).collect(),
        words: format.words,
        is_whole: false,
        check: Box::new(wrapped),
    }
}

/// A container that has no seeds of its own yet.
fn other(ending: &'static str) -> Target {
    let file = format!("a-role.{ending}");
    Target {
        name: ending.to_owned(),
        seeds: FORMATS
            .iter()
            .flat_map(|format| seeds(format.name))
            .collect(),
        words: MARKUP,
        is_whole: false,
        check: Box::new(move |bytes, turn| reading::check(bytes, &file, &TAXONOMY, turn)),
    }
}

fn queries() -> Target {
    let index = LazyLock::new(|| -> OpenIndex { build_in_memory(&Plan::default()).unwrap().0 });
    Target {
        name: "query".to_owned(),
        seeds: lines(&seeds("query").concat()),
        words: SIGNS,
        is_whole: false,
        check: Box::new(move |bytes, turn| query::check(bytes, &index, turn)),
    }
}

fn text(
    name: &'static str,
    words: &'static [&'static str],
    check: fn(&str) -> Result<u64, String>,
) -> Target {
    Target {
        name: name.to_owned(),
        seeds: seeds(name),
        words,
        is_whole: false,
        check: Box::new(move |bytes, turn| {
            let text = String::from_utf8_lossy(bytes);
            let outcome = check(&text)?;
            if turn.is_multiple_of(8) && check(&text)? != outcome {
                return Err("a second reading says something else".to_owned());
            }
            Ok(outcome)
        }),
    }
}

fn index_files() -> Target {
    let damaged = files::Damaged::new();
    Target {
        name: "index".to_owned(),
        seeds: damaged.seeds(),
        is_whole: true,
        words: &[
            "\0\0\0\0",
            "\u{7f}\u{7f}",
            "{",
            "\"gen-1\"",
            "18446744073709551615",
            "null",
        ],
        check: Box::new(move |bytes, _| damaged.check(bytes)),
    }
}

/// The seeds of a target: the files of its folder, and for the prose the beginnings of the shipped blueprints.
fn seeds(name: &str) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seeds = Vec::new();
    collect(&root.join("tests/fuzz/seeds").join(name), &mut seeds);
    if name == "markdown" {
        let mut whole = Vec::new();
        collect(&root.join("corpus"), &mut whole);
        let parts = whole.iter().enumerate().map(|(at, text)| {
            let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
            let start = at * 4 % lines.len();
            lines[start..(start + 24).min(lines.len())].concat()
        });
        seeds.extend(parts);
    }
    assert!(!seeds.is_empty(), "{name} has no seed");
    seeds
}

fn lines(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<Vec<u8>>) {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(fs::read(&path).unwrap());
        }
    }
}
