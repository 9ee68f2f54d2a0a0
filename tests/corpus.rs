//! The blueprints we ship hold what they promise: all roles, specific enough, in words of their own.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that fails says so by a panic"
)]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use bp::blueprint::{Blueprint, Entity, SectionKind, Weight};
use bp::corpus::read_built_in;
use bp::taxonomy::Taxonomy;

fn roles() -> Vec<Blueprint> {
    let taxonomy = Taxonomy::new(None, Path::new("")).unwrap();
    let readings = read_built_in(&taxonomy);
    assert!(
        readings.iter().all(|reading| reading.problems.is_empty()),
        "{:?}",
        readings
            .iter()
            .flat_map(|reading| &reading.problems)
            .collect::<Vec<_>>()
    );
    readings
        .into_iter()
        .flat_map(|reading| reading.roles)
        .map(|role| role.blueprint)
        .collect()
}

fn texts() -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for folder in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")).unwrap() {
        for file in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            texts.push((
                path.file_name().unwrap().to_string_lossy().into_owned(),
                std::fs::read_to_string(path).unwrap(),
            ));
        }
    }
    texts.sort();
    texts
}

fn kpis(role: &Blueprint) -> BTreeSet<String> {
    role.entities()
        .filter_map(|(_, entity)| {
            if let Entity::Kpi(kpi) = entity {
                Some(kpi.name.clone())
            } else {
                None
            }
        })
        .collect()
}

#[test]
fn there_are_thirty_roles_on_the_levels_of_their_titles() {
    let roles = roles();
    let mut levels: BTreeMap<&str, usize> = BTreeMap::new();
    for role in &roles {
        *levels.entry(&role.level.id).or_default() += 1;
        let taxonomy = Taxonomy::new(None, Path::new("")).unwrap();
        let of_title = taxonomy
            .level_of_title(&role.title)
            .map_or("mid", |level| &level.id);
        assert_eq!(role.level.id, of_title, "{}", role.title);
    }
    assert_eq!(
        levels,
        BTreeMap::from([
            ("director", 11),
            ("head", 1),
            ("leader", 2),
            ("manager", 10),
            ("mid", 6)
        ])
    );
}

#[test]
fn each_role_is_told_in_depth() {
    for role in roles() {
        let name = &role.id;
        let words: usize = role
            .sections
            .iter()
            .flat_map(|section| &section.blocks)
            .map(|block| {
                block
                    .text
                    .split_whitespace()
                    .filter(|word| word.chars().any(char::is_alphanumeric))
                    .count()
            })
            .sum();
        assert!((1_200..=2_000).contains(&words), "{name}: {words} words");
        let rows: Vec<_> = role
            .entities()
            .filter_map(|(_, entity)| {
                if let Entity::Kpi(kpi) = entity {
                    Some(kpi)
                } else {
                    None
                }
            })
            .collect();
        assert!(rows.len() >= 10, "{name}: {} KPIs", rows.len());
        assert!(
            rows.iter().all(|kpi| !kpi.definition.is_empty()
                && !kpi.target.is_empty()
                && !kpi.frequency.is_empty()),
            "{name}: {rows:?}"
        );
        let mut weights: HashMap<(bool, Option<Weight>), usize> = HashMap::new();
        for (_, entity) in role.entities() {
            if let Entity::Skills(skills) = entity {
                skills
                    .iter()
                    .for_each(|skill| *weights.entry((skill.soft, skill.weight)).or_default() += 1);
            }
        }
        let count = |soft, weight| weights.get(&(soft, weight)).copied().unwrap_or(0);
        assert!(
            count(false, Some(Weight::Critical)) >= 3
                && count(false, Some(Weight::Important)) >= 3
                && count(false, Some(Weight::Optional)) >= 2,
            "{name}: {weights:?}"
        );
        assert_eq!(
            count(false, None) + count(true, None),
            0,
            "{name}: a skill without weight"
        );
        assert!(
            weights.keys().any(|(soft, _)| *soft),
            "{name}: no soft skills"
        );
        let tools = role
            .entities()
            .filter(|(_, entity)| matches!(entity, Entity::Tools(_)))
            .count();
        assert!(tools >= 6, "{name}: {tools} rows of tools");
        assert!(!role.aliases.is_empty(), "{name}: no aliases");
        let kinds: BTreeSet<SectionKind> =
            role.sections.iter().map(|section| section.kind).collect();
        assert!(
            kinds.len() >= 11 && !kinds.contains(&SectionKind::Other),
            "{name}: {kinds:?}"
        );
    }
}

#[test]
fn aliases_and_career_targets_hold_together() {
    let roles = roles();
    let titles: BTreeSet<String> = roles.iter().map(|role| role.title.to_lowercase()).collect();
    let mut aliases = BTreeSet::new();
    for role in &roles {
        for alias in &role.aliases {
            assert!(
                !titles.contains(&alias.to_lowercase()),
                "{}: the alias {alias} is a title",
                role.id
            );
            assert!(
                aliases.insert(alias.to_lowercase()),
                "{}: the alias {alias} stands twice",
                role.id
            );
        }
        let links: Vec<_> = role
            .entities()
            .filter_map(|(_, entity)| {
                if let Entity::Career(link) = entity {
                    Some(link)
                } else {
                    None
                }
            })
            .collect();
        assert!(
            links.len() >= 4,
            "{}: {} career links",
            role.id,
            links.len()
        );
        for link in links {
            assert_ne!(
                titles.contains(&link.title.to_lowercase()),
                link.outside,
                "{}: {}",
                role.id,
                link.title
            );
        }
    }
}

#[test]
fn no_two_roles_share_more_than_a_third_of_their_kpis() {
    let roles = roles();
    for (at, one) in roles.iter().enumerate() {
        for other in &roles[at + 1..] {
            let (a, b) = (kpis(one), kpis(other));
            let shared: Vec<_> = a.intersection(&b).collect();
            assert!(
                shared.len() * 3 <= a.len().min(b.len()),
                "{} and {}: {shared:?}",
                one.id,
                other.id
            );
        }
    }
}

#[test]
fn a_kpi_has_one_name_in_all_roles() {
    let mut spellings: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for name in roles().iter().flat_map(kpis) {
        let plain: String = name
            .to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric())
            .collect();
        spellings.entry(plain).or_default().insert(name);
    }
    let several: Vec<_> = spellings.values().filter(|names| names.len() > 1).collect();
    assert!(several.is_empty(), "{several:?}");
}

/// Sentences and bullets of nine words and more, tables and headings apart.
fn sentences(text: &str) -> BTreeSet<String> {
    let body = text.splitn(3, "---\n").nth(2).unwrap_or(text);
    let mut sentences = BTreeSet::new();
    for line in body.lines().filter(|line| !line.starts_with(['|', '#'])) {
        let line = line
            .trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | '*' | '.' | ' '));
        for part in line.split(['.', '!', '?', ':', ';']).chain([line]) {
            let words: Vec<String> = part
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| !word.is_empty())
                .map(str::to_lowercase)
                .collect();
            if words.len() >= 9 {
                sentences.insert(words.join(" "));
            }
        }
    }
    sentences
}

#[test]
fn no_sentence_stands_in_two_files() {
    let mut seen: HashMap<String, String> = HashMap::new();
    let mut count = 0;
    for (name, text) in texts() {
        for sentence in sentences(&text) {
            count += 1;
            if let Some(other) = seen.insert(sentence.clone(), name.clone()) {
                panic!("{name} and {other}: {sentence}");
            }
        }
    }
    assert!(count > 1_000, "only {count} sentences were compared");
}
