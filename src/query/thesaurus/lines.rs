//! Turns the groups of words of a data file into the lines of a thesaurus; used at compile time and for a corpus' own file.

use toml::{Table, Value};

/// The relations that a group of words can have, as the lines name them.
pub const EQUAL: &str = "equal";
/// The term is the broader one, the members are kinds of it.
pub const BROAD: &str = "broad";
/// The term is a kind of the members.
pub const NARROW: &str = "narrow";
/// Head nouns of titles that make the same job.
pub const HEAD: &str = "head";
/// Head nouns of titles that often make the same job.
pub const NEAR: &str = "near";
/// Other words for what a title is about.
pub const MODIFIER: &str = "modifier";
/// Other names of a whole role.
pub const NAME: &str = "name";
/// Short forms in titles.
pub const SHORT: &str = "short";

/// Calls `each` with every line; `titles` may be empty.
pub fn lines(synonyms: &Table, titles: &Table, each: &mut impl FnMut(String)) {
    for area in synonyms.values().filter_map(Value::as_table) {
        for group in groups(area.get("equal")) {
            equal(&group, EQUAL, "", "", each);
        }
        for group in groups(area.get("kinds")) {
            kinds(&group, each);
        }
        for scoped in area
            .get("scoped")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let list = |name: &str| scoped.get(name).map(strings).unwrap_or_default();
            equal(&list("terms"), EQUAL, &list("domains").join("|"), "", each);
        }
    }
    for (name, relation) in [
        ("heads", HEAD),
        ("near", NEAR),
        ("modifiers", MODIFIER),
        ("names", NAME),
    ] {
        for group in groups(titles.get(name)) {
            equal(&group, relation, "", "", each);
        }
    }
    for within in titles
        .get("within")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let list = |name: &str| within.get(name).map(strings).unwrap_or_default();
        equal(&list("heads"), HEAD, "", &list("with").join("|"), each);
    }
    for group in groups(titles.get("abbreviations")) {
        let Some((short, long)) = group.split_first() else {
            continue;
        };
        each(line(short, SHORT, "", "", &long.join("|")));
        for long in long {
            each(line(long, SHORT, "", "", short));
        }
    }
}

/// The key of a term: lower case, hyphens as spaces.
pub fn key(term: &str) -> String {
    term.to_lowercase().replace('-', " ")
}

fn line(term: &str, relation: &str, domains: &str, with: &str, members: &str) -> String {
    format!("{}\t{relation}\t{domains}\t{with}\t{members}", key(term))
}

fn equal(
    group: &[String],
    relation: &str,
    domains: &str,
    with: &str,
    each: &mut impl FnMut(String),
) {
    for term in group {
        let others: Vec<&str> = group
            .iter()
            .filter(|other| *other != term)
            .map(String::as_str)
            .collect();
        each(line(term, relation, domains, with, &others.join("|")));
    }
}

fn kinds(group: &[String], each: &mut impl FnMut(String)) {
    if let Some((broad, kinds)) = group.split_first() {
        each(line(broad, BROAD, "", "", &kinds.join("|")));
        for kind in kinds {
            each(line(kind, NARROW, "", "", broad));
        }
    }
}

fn groups(value: Option<&Value>) -> impl Iterator<Item = Vec<String>> {
    value
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(strings)
}

/// The strings of a list, with single spaces for tabs, line ends and other control characters: the tables are made of
/// these. Anything else in the list is passed over.
pub fn strings(value: &Value) -> Vec<String> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|value| value.as_str().map(spaced))
        .collect()
}

fn spaced(text: &str) -> String {
    let parts = text.split(|c: char| c.is_control() || c.is_whitespace());
    let words: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    words.join(" ")
}
