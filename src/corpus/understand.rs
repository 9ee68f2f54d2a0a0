//! Turns a document of any container into the blueprint that it is: name, level, domains, sections, entities.

use super::document::{Document, Head, plain};
use super::entities::{self, Place};
use super::headings::headings;
use super::sections::Sections;
use super::title;
use crate::blueprint::{Block, Blueprint, Domain, Level, Provenance, Section, SectionKind, Shape};
use crate::taxonomy::infer::without_ancestors;
use crate::taxonomy::{Taxonomy, slug};

/// The longest id, in bytes.
const MAX_ID_BYTES: usize = 200;
/// Limits on lists that a hostile document could make endless.
const MAX_ALIASES: usize = 64;
const MAX_VALUES: usize = 16;

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
    let (mut sections, ladder, mut aliases) = sections.finish();
    head_sections(head, &mut sections);
    let (level, levels) = levels(head, &name, &sections, ladder, taxonomy, &mut remarks);
    let domains = domains(
        head,
        &name,
        setting.folder,
        &sections,
        taxonomy,
        &mut remarks,
    );
    if let Some(entry) = head.find(headings().head_names("aliases")) {
        let named = if entry.values.len() == 1 {
            entry.values[0]
                .split([',', ';'])
                .map(|alias| alias.trim().to_owned())
                .collect()
        } else {
            entry.values.clone()
        };
        aliases.splice(0..0, named);
    }
    aliases.retain(|alias| !alias.is_empty() && *alias != name);
    aliases.dedup();
    aliases.truncate(MAX_ALIASES);
    let explicit = head
        .find(headings().head_names("id"))
        .map(|entry| truncated(&entry.values[0], MAX_ID_BYTES));
    let id = explicit
        .filter(|id| !id.is_empty())
        .unwrap_or_else(|| slug(&name, MAX_ID_BYTES));
    let id = if id.is_empty() {
        slug(setting.stem, MAX_ID_BYTES)
    } else {
        id
    };
    let blueprint = Blueprint {
        id: if id.is_empty() { "role".to_owned() } else { id },
        title: name,
        aliases,
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
        let field = ["summary", "skills", "soft-skills", "kpis", "tools"]
            .into_iter()
            .find(|field| headings().head_names(field).contains(&entry.key));
        let Some(field) = field else {
            if !headings().is_head_name(&entry.key) {
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
            continue;
        };
        let heading = field.replace('-', " ");
        let Some(meaning) = headings().exact(&heading) else {
            continue;
        };
        let place = Place {
            below: meaning.below,
            ..Place::default()
        };
        let blocks = entry.values.iter().map(|value| {
            let entity = entities::item(value, 0, place);
            Block {
                line: entry.line,
                shape: if meaning.below.is_some() {
                    Shape::Item(0)
                } else {
                    Shape::Paragraph
                },
                text: value.clone(),
                entity,
            }
        });
        front.push(Section {
            kind: meaning.kind,
            heading,
            line: entry.line,
            blocks: blocks.collect(),
            ..Section::default()
        });
    }
    if !other.blocks.is_empty() {
        sections.push(other);
    }
    sections.splice(0..0, front);
}

fn levels(
    head: &Head,
    name: &str,
    sections: &[Section],
    ladder: Vec<String>,
    taxonomy: &Taxonomy,
    remarks: &mut Vec<(u32, Remark)>,
) -> (Level, Vec<String>) {
    let mut explicit = Vec::new();
    if let Some(entry) = head.find(headings().head_names("level")) {
        for value in entry
            .values
            .iter()
            .flat_map(|value| value.split([',', ';']))
            .take(MAX_VALUES)
        {
            if let Some((id, known)) = taxonomy.level_value(value) {
                if !known {
                    remarks.push((entry.line, Remark::UnknownLevel(value.trim().to_owned())));
                }
                explicit.push(id);
            }
        }
    }
    let of_text = || {
        let kinds = [
            SectionKind::Summary,
            SectionKind::Responsibilities,
            SectionKind::Other,
        ];
        let texts = kinds.iter().flat_map(|kind| {
            sections
                .iter()
                .filter(move |section| section.kind == *kind && section.level.is_none())
        });
        let texts =
            texts.flat_map(|section| section.blocks.iter().map(|block| block.text.as_str()));
        taxonomy.level_of_text(name, texts)
    };
    let level = if let Some(id) = explicit.first() {
        Level {
            id: id.clone(),
            found: Provenance::Head,
        }
    } else if let Some(level) = taxonomy.level_of_title(name) {
        Level {
            id: level.id.clone(),
            found: Provenance::Title,
        }
    } else if let Some(code) = taxonomy.code_of_title(name) {
        Level {
            id: code,
            found: Provenance::Title,
        }
    } else if let Some(level) = of_text() {
        Level {
            id: level.id.clone(),
            found: Provenance::Text,
        }
    } else {
        Level {
            id: "mid".to_owned(),
            found: Provenance::Default,
        }
    };
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

fn domains(
    head: &Head,
    name: &str,
    folder: Option<&str>,
    sections: &[Section],
    taxonomy: &Taxonomy,
    remarks: &mut Vec<(u32, Remark)>,
) -> Vec<Domain> {
    let mut domains: Vec<Domain> = Vec::new();
    if let Some(entry) = head.find(headings().head_names("domains")) {
        for value in entry.values.iter().take(MAX_VALUES) {
            // "Legal, social and cultural" is one name where it is known, or where its parts are not.
            let parts: Vec<&str> = value
                .split([',', ';'])
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .collect();
            let known = |part: &&str| taxonomy.domain_of_name(part).is_some();
            let is_one_name =
                parts.iter().any(|part| part.contains(" and ")) && !parts.iter().any(&known);
            let whole = parts.len() < 2 || known(&value.as_str()) || is_one_name;
            for part in if whole { vec![value.as_str()] } else { parts } {
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
    }
    if domains.is_empty() {
        domains.extend(
            taxonomy
                .domains_of_title(name)
                .into_iter()
                .map(|id| Domain {
                    id: id.to_owned(),
                    found: Provenance::Title,
                }),
        );
        if let Some((id, _)) =
            folder.and_then(|folder| taxonomy.domain_value(&folder.replace('/', " ")))
        {
            domains.push(Domain {
                id,
                found: Provenance::Folder,
            });
        }
    }
    if domains.is_empty() {
        let kinds = |section: &&Section| {
            matches!(
                section.kind,
                SectionKind::Summary | SectionKind::Responsibilities | SectionKind::Other
            )
        };
        let text: Vec<&str> = sections
            .iter()
            .filter(kinds)
            .flat_map(|section| section.blocks.iter().map(|block| block.text.as_str()))
            .take(20)
            .collect();
        domains.extend(taxonomy.domain_of_text(&text.join("\n")).map(|id| Domain {
            id: id.to_owned(),
            found: Provenance::Text,
        }));
    }
    without_ancestors(&mut domains, |domain| &domain.id);
    domains
}
