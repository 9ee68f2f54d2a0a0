//! What `docs/formats.md` says holds.

use super::super::{bounds, container, headings};

const DOCUMENT: &str = include_str!("../../../docs/formats.md");

#[test]
fn all_bounds_are_in_the_table() {
    for bound in bounds::ALL {
        let message = bound.message();
        let message = message.trim_start_matches("more than ");
        let (limit, effect) = message.split_once(": ").unwrap();
        let row = format!("\n| {limit} | {effect} |\n");
        assert!(DOCUMENT.contains(&row), "{row}");
    }
    let rows = DOCUMENT.split("## Bounds").nth(1).unwrap().matches("\n| ");
    assert_eq!(rows.count(), bounds::ALL.len() + 1);
}

#[test]
fn all_containers_and_endings_are_in_the_table() {
    for container in container::CONTAINERS {
        let row = format!("\n| `{}` | ", container.name);
        let rest = DOCUMENT.split(&row).nth(1);
        let endings = rest.and_then(|rest| rest.split('|').next());
        let endings = endings.unwrap_or_else(|| panic!("{} is not there", container.name));
        for ending in container.endings {
            assert!(endings.contains(&format!("`{ending}`")), "{ending}");
        }
    }
}

#[test]
fn all_spellings_are_in_the_table() {
    for field in [
        "id",
        "title",
        "level",
        "domains",
        "aliases",
        "family",
        "summary",
        "skills",
        "soft-skills",
        "kpis",
        "tools",
    ] {
        let names = headings::headings().head_names(field).iter();
        let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
        let row = format!("\n| {field} | {} |\n", names.join(", "));
        assert!(DOCUMENT.contains(&row), "{row}");
    }
}
