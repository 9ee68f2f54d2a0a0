//! The same blueprints in every container, written by the tools of others, say the same as in Markdown.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that fails says so by a panic, and what is held is a table to be read"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bp::blueprint::{Blueprint, CELL, Entity, LINE_BREAK, SectionKind};
use bp::corpus::{read_built_in, read_bytes};
use bp::taxonomy::Taxonomy;

/// How many blueprints ship.
const ALL: usize = 30;

/// What is compared, and how it is written down to be compared.
type Field = (&'static str, fn(&Blueprint) -> String);

const FIELDS: [Field; 11] = [
    ("id", |role| role.id.clone()),
    ("title", |role| role.title.clone()),
    ("level", |role| role.level.id.clone()),
    ("domains", |role| {
        let mut ids: Vec<&str> = role.domains.iter().map(|domain| &*domain.id).collect();
        ids.sort_unstable();
        ids.join(" ")
    }),
    ("aliases", |role| role.aliases.join("|")),
    ("skills", |role| {
        entities(role, |entity| matches!(entity, Entity::Skills(_)))
    }),
    ("kpis", |role| {
        entities(role, |entity| matches!(entity, Entity::Kpi(_)))
    }),
    ("tools", |role| {
        entities(role, |entity| matches!(entity, Entity::Tools(_)))
    }),
    ("career", |role| {
        entities(role, |entity| matches!(entity, Entity::Career(_)))
    }),
    ("kinds", kinds),
    ("words", words),
];

/// The entities of a kind, each with all that is known of it.
fn entities(role: &Blueprint, is: fn(&Entity) -> bool) -> String {
    let found = role.entities().filter(|(_, entity)| is(entity));
    found.map(|(_, entity)| format!("{entity:?}\n")).collect()
}

/// The kinds of sections in their order, the one that lists other names apart: some containers have a field for these.
fn kinds(role: &Blueprint) -> String {
    let mut kinds: Vec<&str> = role
        .sections
        .iter()
        .filter(|section| section.kind != SectionKind::Alias)
        .filter(|section| !section.blocks.is_empty())
        .map(|section| section.kind.id())
        .collect();
    kinds.dedup();
    kinds.join(" ")
}

/// All words of all headings and blocks, in their order.
fn words(role: &Blueprint) -> String {
    let sections = role.sections.iter();
    let own = sections.filter(|section| section.kind != SectionKind::Alias);
    let texts = own.flat_map(|section| {
        let blocks = section.blocks.iter().map(|block| &*block.text);
        [&*section.heading].into_iter().chain(blocks)
    });
    let is_word = |c: char| c.is_alphanumeric() && c != CELL && c != LINE_BREAK;
    let words = texts.flat_map(|text| text.split(move |c| !is_word(c)));
    let words = words.filter(|word| !word.is_empty());
    words.map(|word| word.to_lowercase() + " ").collect()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
    found.sort();
}

/// The roles of each container: of a folder, or of a file that holds all.
fn made(taxonomy: &Taxonomy) -> BTreeMap<String, Vec<Blueprint>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/containers/made");

    let mut found = Vec::new();
    files(&root, &mut found);
    let mut made: BTreeMap<String, Vec<Blueprint>> = BTreeMap::new();
    for path in found {
        let below = path.strip_prefix(&root).unwrap().to_string_lossy();
        let name = below.split('/').next().unwrap_or_default().to_owned();
        let bytes = std::fs::read(&path).unwrap();
        let reading = read_bytes(&bytes, &path.to_string_lossy(), None, taxonomy);
        assert_eq!(reading.problems, [], "{below}");
        let roles = reading.roles.into_iter().map(|role| role.blueprint);
        made.entry(name).or_default().extend(roles);
    }
    made
}

#[test]
fn all_containers_say_the_same() {
    let taxonomy = Taxonomy::new(None, Path::new("")).unwrap();
    let readings = read_built_in(&taxonomy).into_iter();
    let roles = readings.flat_map(|reading| reading.roles);
    let originals: BTreeMap<String, Blueprint> = roles
        .map(|role| (role.blueprint.title.clone(), role.blueprint))
        .collect();
    assert_eq!(originals.len(), ALL);
    let mut short = Vec::new();
    print!("{:16}", "");
    FIELDS.iter().for_each(|(field, _)| print!("{field:>9}"));
    println!();
    for (container, roles) in made(&taxonomy) {
        print!("{container:16}");
        for (field, write) in FIELDS {
            let equal = |role: &&Blueprint| {
                let original = originals.get(&role.title);
                let same = original.is_some_and(|original| write(original) == write(role));
                if !same
                    && std::env::var("SHOW")
                        .is_ok_and(|show| show == format!("{container}/{field}"))
                {
                    println!(
                        "\n{}\n--- {:?}\n+++ {}",
                        role.title,
                        original.map(write),
                        write(role)
                    );
                }
                same
            };
            let count = roles.iter().filter(equal).count();
            print!("{count:9}");
            if count < ALL {
                short.push(format!("{container}/{field}: {count}"));
            }
        }
        println!();
        assert_eq!(roles.len(), ALL, "{container}");
    }
    assert_eq!(short, Vec::<String>::new());
}
