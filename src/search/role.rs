//! Reads what an index holds of one role: its columns for a result list, its whole text for `show`.

use std::path::Path;

use tantivy::query::TermQuery;
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{DocAddress, DocId, SegmentReader, TantivyDocument, Term};

use super::Hit;
use super::facets::SegmentFacet;
use crate::blueprint::{SectionKind, Shape};
use crate::error::Result;
use crate::index::OpenIndex;
use crate::index::document::source_key;
use crate::index::layout::{Layout, decode};
use crate::taxonomy::filter::Selection;

/// A role with its text, as the index holds it.
#[derive(Debug, Clone, Default)]
pub struct StoredRole {
    /// Name, level, domains and place.
    pub hit: Hit,
    /// Its sections.
    pub sections: Vec<StoredSection>,
}

/// A section of a stored role.
#[derive(Debug, Clone, Default)]
pub struct StoredSection {
    /// The kind.
    pub kind: SectionKind,
    /// The level of a ladder that it stands under.
    pub level: Option<String>,
    /// Its blocks, the heading first where there is one.
    pub blocks: Vec<StoredBlock>,
}

/// A block of a stored role.
#[derive(Debug, Clone, Default)]
pub struct StoredBlock {
    /// The line in the source.
    pub line: u32,
    /// The shape.
    pub shape: Shape,
    /// The words; see [`Block::text`](crate::blueprint::Block::text).
    pub text: String,
}

impl StoredSection {
    /// Parts the section into its heading, where it has one, and the other blocks.
    pub fn heading_and_blocks(&self) -> (Option<&StoredBlock>, &[StoredBlock]) {
        match self.blocks.split_first() {
            Some((first, rest)) if matches!(first.shape, Shape::Heading(_)) => (Some(first), rest),
            _ => (None, &self.blocks),
        }
    }
}

/// Reads the columns of a role.
pub fn columns(index: &OpenIndex, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Hit> {
    let text = |name: &str| -> tantivy::Result<String> {
        let mut text = String::new();
        if let Some(column) = reader.fast_fields().str(name)?
            && let Some(ordinal) = column.ords().first(doc)
        {
            column.ord_to_str(ordinal, &mut text)?;
        }
        Ok(text)
    };
    let values =
        |name: &str, values: &[crate::index::header::FacetValue]| -> tantivy::Result<Vec<String>> {
            let facet = SegmentFacet::open(reader, name, values, &Selection::default())?;
            Ok(facet
                .own(doc)
                .into_iter()
                .map(|at| values[usize::from(at)].value.clone())
                .collect())
        };
    Ok(Hit {
        id: text("id")?,
        title: text("title_column")?,
        level: text("level_column")?,
        levels: values("level", &index.header.levels)?,
        domains: values("domain", &index.header.domains)?,
        path: text("path_column")?,
        line: reader
            .fast_fields()
            .u64("line_column")?
            .first(doc)
            .unwrap_or_default() as u32,
        ..Hit::default()
    })
}

/// Reads the stored body of a role and its layout.
pub fn stored(index: &OpenIndex, segment: u32, doc: DocId) -> tantivy::Result<(String, Layout)> {
    let document: TantivyDocument = index.searcher.doc(DocAddress::new(segment, doc))?;
    let body = document
        .get_first(index.fields.body)
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default();
    let layout = document
        .get_first(index.fields.layout)
        .and_then(|value| value.as_bytes().and_then(decode));
    let layout = layout.ok_or_else(|| {
        tantivy::TantivyError::InternalError("a stored role cannot be read".to_owned())
    })?;
    Ok((body, layout))
}

/// Finds the roles that a name stands for: an id, else a path (with `:line`), else a whole title.
///
/// # Errors
/// Fails where the index proves damaged.
pub fn find_roles(index: &OpenIndex, name: &str, absolute: &Path) -> Result<Vec<StoredRole>> {
    super::fenced(index, || {
        let by_id = Term::from_field_text(index.fields.id, name);
        let mut found = addresses(index, by_id)?;
        if found.is_empty() {
            for path in [name, &absolute.to_string_lossy()] {
                let (path, line) = match path.rsplit_once(':') {
                    Some((path, line)) if line.parse::<u32>().is_ok() => {
                        (path, line.parse::<u32>().ok())
                    }
                    _ => (path, None),
                };
                found.extend(addresses(
                    index,
                    Term::from_field_text(index.fields.source, &source_key(path)),
                )?);
                if let Some(line) = line {
                    let mut at_line = Vec::new();
                    for address in found.drain(..) {
                        if columns(
                            index,
                            index.searcher.segment_reader(address.segment_ord),
                            address.doc_id,
                        )?
                        .line
                            == line
                        {
                            at_line.push(address);
                        }
                    }
                    found = at_line;
                }
            }
        }
        for sign in ["t", "a"] {
            if found.is_empty() {
                let key = crate::index::analysis::name_key(name);
                found = addresses(
                    index,
                    Term::from_field_text(index.fields.whole, &format!("{sign}:{key}")),
                )?;
            }
        }
        found.sort();
        found.dedup();
        found
            .into_iter()
            .map(|address| read(index, address))
            .collect()
    })
}

fn addresses(index: &OpenIndex, term: Term) -> tantivy::Result<Vec<DocAddress>> {
    let query = TermQuery::new(term, IndexRecordOption::Basic);
    Ok(index
        .searcher
        .search(&query, &tantivy::collector::DocSetCollector)?
        .into_iter()
        .collect())
}

fn read(index: &OpenIndex, address: DocAddress) -> tantivy::Result<StoredRole> {
    let hit = columns(
        index,
        index.searcher.segment_reader(address.segment_ord),
        address.doc_id,
    )?;
    let (body, layout) = stored(index, address.segment_ord, address.doc_id)?;
    let mut lines = body.split('\n');
    let mut sections = Vec::new();
    for section in layout.sections {
        let mut stored = StoredSection {
            kind: section.kind,
            level: section.level,
            blocks: Vec::new(),
        };
        for block in section.blocks {
            let text = lines.next().unwrap_or_default().to_owned();
            stored.blocks.push(StoredBlock {
                line: block.line,
                shape: block.shape,
                text,
            });
        }
        sections.push(stored);
    }
    Ok(StoredRole { hit, sections })
}
