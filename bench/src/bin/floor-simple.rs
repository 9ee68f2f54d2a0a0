//! The floor of a search over one field: the whole text in one body with the engine's own analyzer, a title and two
//! facets. What bp's thirteen fields cost shows in the difference to `floor`.
//!
//! `floor-simple index DUMP DIR` and `floor-simple query DIR [--level FACET] [--domain FACET] WORD…`.

use std::path::Path;

use bp::index::schema::Fields;
use bp_bench::dump::{Reader, Value};
use bp_bench::engine::{self, Asked, Outcome};
use tantivy::query::{PhraseQuery, Query, TermQuery};
use tantivy::schema::{
    FAST, FacetOptions, Field, IndexRecordOption, STORED, STRING, Schema, TEXT, TextOptions,
};
use tantivy::{Index, TantivyDocument, Term};

fn main() -> Outcome<()> {
    let mut args = std::env::args().skip(1);
    match (args.next().as_deref(), args.next(), args.next()) {
        (Some("index"), Some(dump), Some(folder)) => index(Path::new(&dump), Path::new(&folder)),
        (Some("query"), Some(folder), first) => query(
            Path::new(&folder),
            &Asked::of(first.into_iter().chain(args)),
        ),
        _ => Err("usage: floor-simple index DUMP DIR, or floor-simple query DIR WORD...".into()),
    }
}

struct Simple {
    schema: Schema,
    body: Field,
    title: Field,
    level: Field,
    domain: Field,
}

impl Simple {
    fn new() -> Self {
        let mut builder = Schema::builder();
        let column: TextOptions = STRING | FAST | STORED;
        Self {
            body: builder.add_text_field("body", TEXT | STORED),
            title: builder.add_text_field("title", column),
            level: builder.add_facet_field("level", FacetOptions::default()),
            domain: builder.add_facet_field("domain", FacetOptions::default()),
            schema: builder.build(),
        }
    }
}

fn index(dump: &Path, folder: &Path) -> Outcome<()> {
    let fields = Fields::new();
    let simple = Simple::new();
    let mut reader = Reader::open(dump, &fields.schema)?;
    let register = |_: &Index| ();
    engine::index(folder, simple.schema.clone(), register, |add| {
        while let Some(read) = reader.read()? {
            let mut document = TantivyDocument::default();
            document.add_text(simple.body, read.text);
            read.for_each(|field, value| match value {
                Value::Text(text) if field == fields.title_column => {
                    document.add_text(simple.title, text);
                }
                Value::Facet(facet) if field == fields.level => {
                    document.add_facet(simple.level, facet);
                }
                Value::Facet(facet) if field == fields.domain => {
                    document.add_facet(simple.domain, facet);
                }
                _ => {}
            })?;
            add(document)?;
        }
        Ok(())
    })
}

fn query(folder: &Path, asked: &Asked) -> Outcome<()> {
    let words = |schema: &Schema| {
        let Ok(body) = schema.get_field("body") else {
            return Vec::new();
        };
        let term = |word: &str| Term::from_field_text(body, &word.to_lowercase());
        let mut queries: Vec<Box<dyn Query>> = Vec::new();
        for part in &asked.parts {
            let phrase = engine::phrase(part);
            let words = phrase.unwrap_or(part).split(|c: char| !c.is_alphanumeric());
            let words: Vec<Term> = words.filter(|word| !word.is_empty()).map(term).collect();
            if phrase.is_some() && words.len() > 1 {
                queries.push(Box::new(PhraseQuery::new(words)));
                continue;
            }
            for word in words {
                queries.push(Box::new(TermQuery::new(word, IndexRecordOption::WithFreqs)));
            }
        }
        queries
    };
    engine::answer(folder, |_| (), "title", asked, words)
}
