//! Turns a document of any container into the blueprint that it is: name, level, domains, sections, entities.

use super::bounds::Bound;
use super::document::{Document, Head, HeadEntry, plain};
use super::entities::{self, Place};
use super::headings::headings;
use super::sections::{Cut, Sections};
use super::title;
use crate::blueprint::{Block, Blueprint, Domain, Level, Provenance, Section, SectionKind, Shape};
use crate::taxonomy::infer::without_ancestors;
use crate::taxonomy::{Taxonomy, slug};

/// The longest id, in bytes.
const MAX_ID_BYTES: usize = 200;
/// Limits on lists that a hostile document could make endless.
const MAX_ALIASES: usize = 64;
const MAX_VALUES: usize = 16;
/// How many blocks of text tell the domain where nothing else does.
const MAX_TEXTS: usize = 20;

/// What is known of a document from where it lies.
#[derive(Debug, Clone, Copy, Default)]
pub struct Setting<'a> {
    /// The name of the file without its ending, for a document without a title.
    pub stem: &'a str,
    /// The folder directly below the corpus' root, where there is one.
    pub folder: Option<&'a str>,
}

/// A remark on a document that was read all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// A level that the taxonomy does not know.
    UnknownLevel(String),
    /// A domain that the taxonomy does not know.
    UnknownDomain(String),
    /// The title was cut.
    LongTitle,
    /// More than a bound was met.
    Bound(&'static Bound),
}

/// Reads the blueprint out of a document, with remarks and the lines that they are about.
pub fn understand(
    document: &Document,
    setting: Setting<'_>,
    taxonomy: &Taxonomy,
) -> (Blueprint, Vec<(u32, Remark)>) {
    let mut remarks = Vec::new();
    let head = &document.head;
    let (name, title_at, rest) = title_of(document, setting, &mut remarks);
    let mut sections = Sections::new(taxonomy, &name);
    if !rest.is_empty() {
        sections.block(Block {
            line: document.lines.0,
            text: rest,
            ..Block::default()
        });
    }
    for (at, piece) in document.flow.iter().enumerate() {
        if Some(at) != title_at {
            sections.take(piece);
        }
    }
    let Cut {
        mut sections,
        ladder,
        aliases,
        bounds,
    } = sections.finish();
    remarks.extend(
        bounds
            .into_iter()
            .map(|(line, bound)| (line, Remark::Bound(bound))),
    );
    head_sections(head, &mut sections);
    let (level, levels) = levels(head, &name, &sections, ladder, taxonomy, &mut remarks);
    let domains = domains(
        head,
        &name,
        (&document.categories, setting.folder),
        &sections,
        taxonomy,
        &mut remarks,
    );
    let blueprint = Blueprint {
        id: id(head, &name, setting),
        aliases: aliases_of(head, &name, aliases),
        title: name,
        level,
        levels,
        domains,
        family: head
            .find(headings().head_names("family"))
            .map(|entry| entry.values[0].clone()),
        sections,
        lines: document.lines,
    };
    (blueprint, remarks)
}

/// The explicit id, else the slug of the name, else that of the file's name.
fn id(head: &Head, name: &str, setting: Setting<'_>) -> String {
    let explicit = head
        .find(headings().head_names("id"))
        .map(|entry| truncated(&entry.values[0], MAX_ID_BYTES));
    let slugs = [name, setting.stem, "role"].map(|text| slug(text, MAX_ID_BYTES));
    let mut ids = explicit.into_iter().chain(slugs);
    ids.find(|id| !id.is_empty()).unwrap_or_default()
}

/// The other names: those of the head before those of a section.
fn aliases_of(head: &Head, name: &str, listed: Vec<String>) -> Vec<String> {
    let named = head.find(headings().head_names("aliases"));
    let mut aliases: Vec<String> = match named.map(|entry| entry.values.as_slice()) {
        Some([one]) => one
            .split([',', ';'])
            .map(|alias| alias.trim().to_owned())
            .collect(),
        Some(several) => several.to_vec(),
        None => Vec::new(),
    };
    aliases.extend(listed);
    aliases.retain(|alias| !alias.is_empty() && alias != name);
    aliases.dedup();
    aliases.truncate(MAX_ALIASES);
    aliases
}

/// The role's name, the place of its heading in the flow, and what did not fit into the name.
fn title_of(
    document: &Document,
    setting: Setting<'_>,
    remarks: &mut Vec<(u32, Remark)>,
) -> (String, Option<usize>, String) {
    let in_flow = document.flow.iter().position(|piece| {
        piece.shape == Shape::Heading(1) && headings().exact(&piece.text).is_none()
    });
    let first_heading = || {
        let at = document
            .flow
            .iter()
            .position(|piece| matches!(piece.shape, Shape::Heading(_)))?;
        (at == 0 && headings().meaning(&document.flow[at].text).is_none()).then_some(at)
    };
    let at = in_flow.or_else(first_heading);
    let head = document.head.find(headings().head_names("title"));
    let found = head
        .map(|entry| (title::clean(&entry.values[0]), entry.line))
        .or_else(|| {
            document
                .title
                .as_ref()
                .map(|piece| (piece.text.clone(), piece.line))
        })
        .or_else(|| {
            at.map(|at| {
                (
                    title::clean(&document.flow[at].text),
                    document.flow[at].line,
                )
            })
        })
        .filter(|(name, _)| name.chars().any(char::is_alphanumeric));
    let (name, line) = found.unwrap_or_else(|| {
        (
            plain(&setting.stem.replace(['-', '_'], " ")),
            document.lines.0,
        )
    });
    // The heading that repeats the name is no section; one that says something else is kept.
    let at = at.filter(|&at| {
        head.is_none()
            || title::clean(&document.flow[at].text).eq_ignore_ascii_case(&name)
            || in_flow == Some(at)
    });
    match name.char_indices().nth(title::MAX_TITLE_CHARS) {
        Some((cut, _)) => {
            remarks.push((line, Remark::LongTitle));
            (
                name[..cut].trim_end().to_owned(),
                at,
                name[cut..].to_owned(),
            )
        }
        None => (name, at, String::new()),
    }
}

fn truncated(text: &str, limit: usize) -> String {
    let end = (0..=limit.min(text.len()))
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0);
    text[..end].trim().to_owned()
}

/// Fields of the head that hold text or entities become sections in front; unknown ones stay searchable under "head".
fn head_sections(head: &Head, sections: &mut Vec<Section>) {
    let mut front = Vec::new();
    let mut other = Section {
        heading: "Head".to_owned(),
        ..Section::default()
    };
    for entry in head.entries.iter().filter(|entry| !entry.values.is_empty()) {
        if let Some(section) = head_section(entry) {
            front.push(section);
        } else if !headings().is_head_name(&entry.key) {
            let text = format!(
                "{}: {}",
                entry.key.replace('_', " "),
                entry.values.join(", ")
            );
            other.line = if other.line == 0 {
                entry.line
            } else {
                other.line
            };
            other.blocks.push(Block {
                line: entry.line,
                text,
                ..Block::default()
            });
        }
    }
    if !other.blocks.is_empty() {
        sections.push(other);
    }
    sections.splice(0..0, front);
}

/// The section that a field of the head is, if it holds text or entities.
fn head_section(entry: &HeadEntry) -> Option<Section> {
    let field = ["summary", "skills", "soft-skills", "kpis", "tools"]
        .into_iter()
        .find(|field| headings().head_names(field).contains(&entry.key))?;
    let heading = field.replace('-', " ");
    let meaning = headings().exact(&heading)?;
    let place = Place {
        below: meaning.below,
        weight: headings().weight(&entry.key),
        ..Place::default()
    };
    let shape = if meaning.below.is_some() {
        Shape::Item(0)
    } else {
        Shape::Paragraph
    };
    let block = |value: &String| Block {
        line: entry.line,
        shape,
        text: value.clone(),
        entity: entities::item(value, 0, place),
    };
    Some(Section {
        kind: meaning.kind,
        heading,
        line: entry.line,
        blocks: entry.values.iter().map(block).collect(),
        ..Section::default()
    })
}

fn levels(
    head: &Head,
    name: &str,
    sections: &[Section],
    ladder: Vec<String>,
    taxonomy: &Taxonomy,
    remarks: &mut Vec<(u32, Remark)>,
) -> (Level, Vec<String>) {
    let explicit = explicit_levels(head, taxonomy, remarks);
    let of_text = || {
        taxonomy
            .level_of_text(name, texts(sections))
            .map(|level| level.id.clone())
    };
    let of_title = || taxonomy.level_of_title(name).map(|level| level.id.clone());
    let found = explicit
        .first()
        .map(|id| (id.clone(), Provenance::Head))
        .or_else(|| Some((of_title()?, Provenance::Title)))
        .or_else(|| Some((taxonomy.code_of_title(name)?, Provenance::Title)))
        .or_else(|| Some((of_text()?, Provenance::Text)));
    let (id, found) = found.unwrap_or_else(|| ("mid".to_owned(), Provenance::Default));
    let level = Level { id, found };
    let mut levels: Vec<String> = explicit
        .into_iter()
        .chain(ladder)
        .chain([level.id.clone()])
        .collect();
    levels.sort_by_key(|id| taxonomy.level_order(id));
    levels.dedup();
    levels.truncate(MAX_VALUES);
    (level, levels)
}

/// The levels that the head names; an unknown one is kept, and remarked on.
fn explicit_levels(
    head: &Head,
    taxonomy: &Taxonomy,
    remarks: &mut Vec<(u32, Remark)>,
) -> Vec<String> {
    let mut levels = Vec::new();
    let Some(entry) = head.find(headings().head_names("level")) else {
        return levels;
    };
    let values = entry
        .values
        .iter()
        .flat_map(|value| value.split([',', ';']));
    for value in values.take(MAX_VALUES) {
        if let Some((id, known)) = taxonomy.level_value(value) {
            if !known {
                remarks.push((entry.line, Remark::UnknownLevel(value.trim().to_owned())));
            }
            levels.push(id);
        }
    }
    levels
}

/// What a role's text says of it as a whole, the summary first; the rungs of a ladder apart.
fn texts(sections: &[Section]) -> impl Iterator<Item = &str> {
    let kinds = [
        SectionKind::Summary,
        SectionKind::Responsibilities,
        SectionKind::Other,
    ];
    let of_kind = move |kind| {
        let own = move |section: &&Section| section.kind == kind && section.level.is_none();
        sections.iter().filter(own)
    };
    let sections = kinds.into_iter().flat_map(of_kind);
    sections.flat_map(|section| section.blocks.iter().map(|block| block.text.as_str()))
}

fn domains(
    head: &Head,
    name: &str,
    (categories, folder): (&[String], Option<&str>),
    sections: &[Section],
    taxonomy: &Taxonomy,
    remarks: &mut Vec<(u32, Remark)>,
) -> Vec<Domain> {
    let domain = |id: &str, found| Domain {
        id: id.to_owned(),
        found,
    };
    let mut domains = explicit_domains(head, taxonomy, remarks);
    if domains.is_empty() {
        let of_title = taxonomy.domains_of_title(name).into_iter();
        domains.extend(of_title.map(|id| domain(id, Provenance::Title)));
        let known = categories
            .iter()
            .take(MAX_VALUES)
            .filter_map(|name| taxonomy.domain_of_name(name));
        domains.extend(known.map(|id| domain(id, Provenance::Category)));
        let of_folder = folder.and_then(|folder| taxonomy.domain_value(&folder.replace('/', " ")));
        domains.extend(of_folder.map(|(id, _)| domain(&id, Provenance::Folder)));
    }
    if domains.is_empty() {
        let text: Vec<&str> = texts(sections).take(MAX_TEXTS).collect();
        let of_text = taxonomy.domain_of_text(&text.join("\n"));
        domains.extend(of_text.map(|id| domain(id, Provenance::Text)));
    }
    without_ancestors(&mut domains, |domain| &domain.id);
    domains
}

/// The domains that the head names; an unknown one is kept, and remarked on.
fn explicit_domains(
    head: &Head,
    taxonomy: &Taxonomy,
    remarks: &mut Vec<(u32, Remark)>,
) -> Vec<Domain> {
    let mut domains = Vec::new();
    let Some(entry) = head.find(headings().head_names("domains")) else {
        return domains;
    };
    for value in entry.values.iter().take(MAX_VALUES) {
        for part in names_of(value, taxonomy) {
            if let Some((id, known)) = taxonomy.domain_value(part) {
                if !known {
                    remarks.push((entry.line, Remark::UnknownDomain(part.to_owned())));
                }
                domains.push(Domain {
                    id,
                    found: Provenance::Head,
                });
            }
        }
    }
    domains
}

/// The names that a value lists with commas. "Legal, social and cultural" is one name where it is known, or where its
/// parts are not.
fn names_of<'v>(value: &'v str, taxonomy: &Taxonomy) -> Vec<&'v str> {
    let parts: Vec<&str> = value
        .split([',', ';'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    let known = |part: &&str| taxonomy.domain_of_name(part).is_some();
    let is_one_name = parts.iter().any(|part| part.contains(" and ")) && !parts.iter().any(&known);
    if parts.len() < 2 || known(&value) || is_one_name {
        vec![value]
    } else {
        parts
    }
}
