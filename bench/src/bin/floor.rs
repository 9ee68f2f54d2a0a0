//! The floor: what the bare engine needs to index documents that are parsed already, and for one answer, with bp's
//! fields and analyzers.
//!
//! `floor index DUMP DIR` indexes what `bp-bench parse` wrote. `floor query DIR [--level FACET] [--domain FACET] WORD…`
//! ranks the top ten over the text fields as a plain sum. No expansion, no passages, no reasons.

use std::path::Path;

use bp::index::analysis::{Form, sequence};
use bp::index::schema::{Fields, TextField};
use bp_bench::dump::{Reader, Value};
use bp_bench::engine::{self, Asked, Outcome};
use tantivy::query::{PhraseQuery, Query, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{TantivyDocument, Term};

fn main() -> Outcome<()> {
    let mut args = std::env::args().skip(1);
    match (args.next().as_deref(), args.next(), args.next()) {
        (Some("index"), Some(dump), Some(folder)) => index(Path::new(&dump), Path::new(&folder)),
        (Some("query"), Some(folder), first) => query(
            Path::new(&folder),
            &Asked::of(first.into_iter().chain(args)),
        ),
        _ => Err("usage: floor index DUMP DIR, or floor query DIR WORD...".into()),
    }
}

fn index(dump: &Path, folder: &Path) -> Outcome<()> {
    let fields = Fields::new();
    let mut reader = Reader::open(dump, &fields.schema)?;
    let register = Fields::register_analyzers;
    engine::index(folder, fields.schema.clone(), register, |add| {
        while let Some(read) = reader.read()? {
            let mut document = TantivyDocument::default();
            read.for_each(|field, value| match value {
                // bp stores its text in a form of its own; the engine compresses what it is given.
                Value::Text(text) if field == fields.body => {
                    document.add_bytes(field, text.as_bytes());
                }
                Value::Text(text) => document.add_text(field, text),
                Value::Number(number) => document.add_u64(field, number),
                Value::Facet(facet) => document.add_facet(field, facet),
                Value::Bytes(bytes) => document.add_bytes(field, bytes),
            })?;
            add(document)?;
        }
        Ok(())
    })
}

fn query(folder: &Path, asked: &Asked) -> Outcome<()> {
    let fields = Fields::new();
    let words = |_: &_| {
        let mut queries = Vec::new();
        for part in &asked.parts {
            match engine::phrase(part) {
                Some(phrase) => in_each_field(&fields, &sequence(phrase, Form::Stem), &mut queries),
                None => {
                    for word in sequence(part, Form::Stem) {
                        in_each_field(&fields, &[word], &mut queries);
                    }
                }
            }
        }
        queries
    };
    let register = Fields::register_analyzers;
    engine::answer(folder, register, "title_column", asked, words)
}

/// A word, or several as a phrase, in each text field.
fn in_each_field(fields: &Fields, words: &[String], queries: &mut Vec<Box<dyn Query>>) {
    for field in TextField::ALL {
        let term = |word: &String| Term::from_field_text(fields.of(field), word);
        queries.push(match words {
            [word] => Box::new(TermQuery::new(term(word), IndexRecordOption::WithFreqs)),
            words => Box::new(PhraseQuery::new(words.iter().map(term).collect())),
        });
    }
}
