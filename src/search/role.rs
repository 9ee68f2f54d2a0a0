//! Reads what an index holds of one role: its columns for a result list, its whole text for `show`.

use std::path::Path;

use tantivy::columnar::{Column, StrColumn};
use tantivy::query::TermQuery;
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{DocAddress, DocId, SegmentReader, TantivyDocument, Term};

use super::Hit;
use super::facets::SegmentFacet;
use crate::blueprint::{SectionKind, Shape};
use crate::error::Result;
use crate::index::OpenIndex;
use crate::index::document::source_key;
use crate::index::header::{FacetValue, Header};
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

/// The columns of a segment, opened once for all its roles.
pub struct Columns<'a> {
    id: StrColumn,
    title: StrColumn,
    level: StrColumn,
    path: StrColumn,
    line: Column<u64>,
    levels: SegmentFacet,
    domains: SegmentFacet,
    header: &'a Header,
}

impl<'a> Columns<'a> {
    /// Opens the columns of a segment.
    pub fn open(index: &'a OpenIndex, reader: &SegmentReader) -> tantivy::Result<Self> {
        let header = &index.header;
        let none = Selection::default();
        Ok(Self {
            id: text_column(reader, "id")?,
            title: text_column(reader, "title_column")?,
            level: text_column(reader, "level_column")?,
            path: text_column(reader, "path_column")?,
            line: reader.fast_fields().u64("line_column")?,
            levels: SegmentFacet::open(reader, "level", &header.levels, &none)?,
            domains: SegmentFacet::open(reader, "domain", &header.domains, &none)?,
            header,
        })
    }

    /// Reads what a result list shows of a role.
    pub fn read(&self, doc: DocId) -> tantivy::Result<Hit> {
        let text = |column: &StrColumn| -> tantivy::Result<String> {
            let mut text = String::new();
            if let Some(ordinal) = column.ords().first(doc) {
                column.ord_to_str(ordinal, &mut text)?;
            }
            Ok(text)
        };
        Ok(Hit {
            id: text(&self.id)?,
            title: text(&self.title)?,
            level: text(&self.level)?,
            path: text(&self.path)?,
            ..self.facets(doc)
        })
    }

    /// Reads the same with the text of the role, which holds what the columns do.
    pub fn read_stored(
        &self,
        index: &OpenIndex,
        address: DocAddress,
    ) -> tantivy::Result<(Hit, String, Layout)> {
        let document: TantivyDocument = index.searcher.doc(address)?;
        let mut hit = self.facets(address.doc_id);
        let mut body = String::new();
        let mut layout = None;
        for (field, value) in document.field_values() {
            let text = || value.as_str().map(str::to_owned).unwrap_or_default();
            if field == index.fields.body {
                body = text();
            } else if field == index.fields.layout {
                layout = value.as_bytes().and_then(decode);
            } else if field == index.fields.id {
                hit.id = text();
            } else if field == index.fields.title_column {
                hit.title = text();
            } else if field == index.fields.level_column {
                hit.level = text();
            } else if field == index.fields.path_column {
                hit.path = text();
            }
        }
        let unreadable =
            || tantivy::TantivyError::InternalError("a stored role cannot be read".to_owned());
        Ok((hit, body, layout.ok_or_else(unreadable)?))
    }

    fn facets(&self, doc: DocId) -> Hit {
        let values = |facet: &SegmentFacet, values: &[FacetValue]| {
            facet
                .own(doc)
                .into_iter()
                .map(|at| values[usize::from(at)].value.clone())
                .collect()
        };
        Hit {
            levels: values(&self.levels, &self.header.levels),
            domains: values(&self.domains, &self.header.domains),
            line: self.line.first(doc).unwrap_or_default() as u32,
            ..Hit::default()
        }
    }
}

/// Opens a column of text.
pub fn text_column(reader: &SegmentReader, name: &str) -> tantivy::Result<StrColumn> {
    reader
        .fast_fields()
        .str(name)?
        .ok_or_else(|| tantivy::TantivyError::SchemaError(format!("no column {name}")))
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
                        if hit_at(index, address)?.line == line {
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

fn hit_at(index: &OpenIndex, address: DocAddress) -> tantivy::Result<Hit> {
    Columns::open(index, index.searcher.segment_reader(address.segment_ord))?.read(address.doc_id)
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
    let columns = Columns::open(index, index.searcher.segment_reader(address.segment_ord))?;
    let (hit, body, layout) = columns.read_stored(index, address)?;
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
