//! Counts what a manifest's roles come to: the header of an index, and ids that several roles share.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use super::generation::now_ms;
use super::header::{FacetValue, Header, made_of};
use super::manifest::Manifest;
use super::material::Material;
use super::plan::Plan;
use crate::corpus::{Problem, ProblemKind};

/// The values between the commas.
fn listed(values: &str) -> impl Iterator<Item = &str> {
    values.split(',').filter(|value| !value.is_empty())
}

/// Makes the header of an index of the roles that a manifest lists.
pub fn header(plan: &Plan, material: &Material, manifest: &Manifest) -> Header {
    let roles = || manifest.files.iter().flat_map(|file| &file.roles);
    let count = roles().count() as u64;
    let words: u64 = roles().map(|role| role.words).sum();
    let mut levels = BTreeSet::new();
    let mut domains = BTreeSet::new();
    for role in roles() {
        for level in listed(&role.levels) {
            if !levels.contains(level) {
                levels.insert(level.to_owned());
            }
        }
        for domain in listed(&role.domains) {
            if !domains.contains(domain) {
                domains.insert(domain.to_owned());
            }
            let parent = domain.split_once('/').map(|(parent, _)| parent);
            if let Some(parent) = parent.filter(|parent| !domains.contains(*parent)) {
                domains.insert(parent.to_owned());
            }
        }
    }
    let taxonomy = &material.taxonomy;
    let mut levels: Vec<String> = levels.into_iter().collect();
    levels.sort_by_key(|level| taxonomy.level_order(level));
    let level_value = |value: String| FacetValue {
        label: taxonomy.level_label(&value),
        path: format!("{}/{value}", taxonomy.track(&value).id()),
        value,
    };
    let domain_value = |value: String| FacetValue {
        label: taxonomy.domain_label(&value),
        path: value.clone(),
        value,
    };
    let with_roles = |file: &&super::manifest::FileEntry| !file.roles.is_empty();
    let files = manifest.files.iter().filter(with_roles).count();
    let skipped = manifest.files.len() - files + manifest.passed_over.len();
    Header {
        made_of: made_of(),
        made_by: format!("bp {}", env!("CARGO_PKG_VERSION")),
        made_at: now_ms(),
        plan: plan.clone(),
        taxonomy: material.taxonomy_path.clone(),
        synonyms: material.synonyms_path.clone(),
        roles: count,
        files: files as u64,
        skipped: skipped as u64,
        text_bytes: manifest.files.iter().map(|file| file.bytes).sum(),
        mean_length: words as f32 / count.max(1) as f32,
        watch: watch(material, manifest),
        levels: levels.into_iter().map(level_value).collect(),
        domains: domains.into_iter().map(domain_value).collect(),
        absent: Vec::new(),
        checksums: Vec::new(),
    }
}

/// What a query looks at; a file whose stamp does not vouch for it has its content looked at.
fn watch(material: &Material, manifest: &Manifest) -> Option<Vec<super::header::Watched>> {
    let mut watch = material.watch.clone()?;
    for watched in watch.iter_mut().filter(|watched| !watched.folder) {
        let files = &manifest.files;
        let found = files.binary_search_by(|file| file.path.cmp(&watched.path));
        if let Ok(at) = found
            && files[at].is_unsettled
        {
            watched.hash = files[at].hash;
        }
    }
    Some(watch)
}

/// Tells of each role whose id another one before it has.
pub fn same_ids(manifest: &Manifest) -> Vec<Problem> {
    let mut places: HashMap<&str, (&Path, u32)> = HashMap::new();
    let mut problems = Vec::new();
    for file in &manifest.files {
        for role in &file.roles {
            let place = (file.path.as_path(), role.line);
            if let Some((path, line)) = places.insert(&role.id, place) {
                let id = role.id.clone();
                let other = format!("{}:{line}", path.to_string_lossy());
                let kind = ProblemKind::SameId { id, other };
                let path = file.path.to_string_lossy();
                problems.push(Problem::new(&path, Some(role.line), kind));
            }
        }
    }
    problems
}
