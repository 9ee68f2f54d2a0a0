//! The shape of the code: which module may know which, and who may speak.

use std::fs;
use std::path::{Path, PathBuf};

/// The modules in the order in which imports may point: each only to those before it.
const ORDER: [&[&str]; 9] = [
    &["blueprint", "error"],
    &["taxonomy"],
    &["corpus"],
    &["index"],
    &["query"],
    &["ranking"],
    &["search"],
    &["eval"],
    &["render"],
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

fn all() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    found.sort();
    found
        .into_iter()
        .map(|path| {
            (
                path.strip_prefix(&root)
                    .unwrap()
                    .to_string_lossy()
                    .replace('\\', "/"),
                fs::read_to_string(&path).unwrap(),
            )
        })
        .collect()
}

fn module(name: &str) -> &str {
    name.split(['/', '.']).next().unwrap_or_default()
}

#[test]
fn imports_point_one_way() {
    let rank = |module: &str| ORDER.iter().position(|group| group.contains(&module));
    for (name, text) in all() {
        let Some(own) = rank(module(&name)) else {
            continue;
        };
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for used in code.split("crate::").skip(1) {
            let used: String = used
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            assert!(
                rank(&used).is_none_or(|used| used <= own) && used != "cli",
                "{name} uses {used}"
            );
        }
    }
}

#[test]
fn the_engine_stays_in_index_and_search() {
    for (name, text) in all() {
        let may = matches!(module(&name), "index" | "search");
        assert!(may || !text.contains("tantivy::"), "{name}");
    }
}

#[test]
fn files_say_what_they_do_and_are_not_long() {
    for (name, text) in all() {
        assert!(text.starts_with("//!"), "{name} does not say what it does");
        assert!(
            text.lines().count() <= 500,
            "{name} has {} lines",
            text.lines().count()
        );
    }
}

#[test]
fn only_the_ui_and_main_write() {
    for (name, text) in all() {
        let may = matches!(name.as_str(), "cli/ui.rs" | "main.rs");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        assert!(
            may || !(code.contains("print!(")
                || code.contains("println!(")
                || code.contains("io::stdout")
                || code.contains("io::stderr")),
            "{name}"
        );
    }
}
