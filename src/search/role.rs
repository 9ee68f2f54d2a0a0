//! Reads what an index holds of one role: its columns for a result list, its whole text for `show`.

use std::path::Path;

use tantivy::columnar::StrColumn;
use tantivy::query::TermQuery;
use tantivy::schema::IndexRecordOption;
use tantivy::store::StoreReader;
use tantivy::{DocAddress, DocId, SegmentReader, Term};

use super::facets::SegmentFacet;
use super::scan::Segment;
use super::{Hit, Request};
use crate::blueprint::{SectionKind, Shape};
use crate::error::Result;
use crate::index::OpenIndex;
use crate::index::document::{Facts, source_key};
use crate::index::header::{FacetValue, Header};
use crate::index::layout::{Layout, decode};
use crate::index::stored::{StoredFields, unreadable};
use crate::index::words::beginnings::Beginnings;
use crate::index::words::outline::Outline;

/// Where an index holds a role.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Address {
    /// The segment's place.
    pub segment: u32,
    /// The document in it.
    pub doc: u32,
}

/// A role with its text, as the index holds it.
#[derive(Debug, Clone, Default)]
pub struct StoredRole {
    /// Where the index holds it.
    pub address: Address,
    /// Name, level, domains and place.
    pub hit: Hit,
    /// How level and domains were found, and the family.
    pub facts: Facts,
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

/// Begins a hit with what the segment has at hand: levels, domains and line.
pub fn begin(segment: &Segment<'_>, header: &Header, doc: DocId) -> Hit {
    let values = |facet: &SegmentFacet, values: &[FacetValue]| {
        let places = facet.own(doc).into_iter();
        places
            .map(|at| values[usize::from(at)].value.clone())
            .collect()
    };
    Hit {
        levels: values(&segment.level, &header.levels),
        domains: values(&segment.domain, &header.domains),
        line: segment.lines.first(doc).unwrap_or_default() as u32,
        ..Hit::default()
    }
}

/// A role as the store holds it: its text, its layout, and what the columns hold too.
pub struct Stored<'a> {
    index: &'a OpenIndex,
    values: StoredFields,
}

impl<'a> Stored<'a> {
    /// Fetches a role.
    pub fn fetch(index: &'a OpenIndex, address: DocAddress) -> tantivy::Result<Self> {
        let reader = index.searcher.segment_reader(address.segment_ord);
        Self::fetch_from(index, &reader.get_store_reader(0)?, address.doc_id)
    }

    /// Fetches a role from the store of its segment.
    pub fn fetch_from(
        index: &'a OpenIndex,
        store: &StoreReader,
        doc: DocId,
    ) -> tantivy::Result<Self> {
        let values = StoredFields::fetch(store, doc)?;
        Ok(Self { index, values })
    }

    /// Fills a hit.
    pub fn fill(&self, hit: &mut Hit) {
        let text = |field| self.values.text(field).to_owned();
        let fields = &self.index.fields;
        hit.id = text(fields.id);
        hit.title = text(fields.title_column);
        hit.level = text(fields.level_column);
        hit.path = text(fields.path_column);
    }

    /// Returns what is known of the role beside its text.
    pub fn facts(&self) -> Facts {
        serde_json::from_str(self.values.text(self.index.fields.facts)).unwrap_or_default()
    }

    /// Returns the text, a line each block.
    pub fn body(&self) -> tantivy::Result<String> {
        let body = self.index.words.decode(self.encoded());
        body.ok_or_else(unreadable)
    }

    /// Returns the outline of the text, with the places where wanted words may begin.
    pub fn outline(&self, wanted: &mut Beginnings) -> tantivy::Result<Outline<'_>> {
        let outline = self.index.words.outline(self.encoded(), wanted);
        outline.ok_or_else(unreadable)
    }

    /// The text as it was written; that of none where there is none.
    fn encoded(&self) -> &[u8] {
        self.values.bytes(self.index.fields.body).unwrap_or(&[0])
    }

    /// Returns the layout of the text.
    pub fn layout(&self) -> tantivy::Result<Layout> {
        let bytes = self.values.bytes(self.index.fields.layout);
        bytes.and_then(decode).ok_or_else(unreadable)
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
                        if line_at(index, address)? == u64::from(line) {
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
        let roles = found.into_iter().map(|address| read(index, address));
        let mut roles = roles.collect::<tantivy::Result<Vec<StoredRole>>>()?;
        roles.sort_by(|a, b| (&a.hit.path, a.hit.line).cmp(&(&b.hit.path, b.hit.line)));
        Ok(roles)
    })
}

fn line_at(index: &OpenIndex, address: DocAddress) -> tantivy::Result<u64> {
    let reader = index.searcher.segment_reader(address.segment_ord);
    Ok(reader
        .fast_fields()
        .u64("line_column")?
        .first(address.doc_id)
        .unwrap_or_default())
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
    let reader = index.searcher.segment_reader(address.segment_ord);
    let segment = super::open_segment(
        index,
        &Request::default(),
        reader,
        address.segment_ord,
        false,
    )?;
    let stored = Stored::fetch(index, address)?;
    let mut hit = begin(&segment, &index.header, address.doc_id);
    stored.fill(&mut hit);
    let layout = stored.layout()?;
    let body = stored.body()?;
    let mut lines = body.split('\n');
    let mut sections = Vec::new();
    for section in layout.sections {
        let mut filled = StoredSection {
            kind: section.kind,
            level: section.level,
            blocks: Vec::new(),
        };
        for block in section.blocks {
            let text = lines.next().unwrap_or_default().to_owned();
            filled.blocks.push(StoredBlock {
                line: block.line,
                shape: block.shape,
                text,
            });
        }
        sections.push(filled);
    }
    Ok(StoredRole {
        address: Address {
            segment: address.segment_ord,
            doc: address.doc_id,
        },
        hit,
        facts: stored.facts(),
        sections,
    })
}
