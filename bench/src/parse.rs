//! Turns blueprints into a dump of parsed documents, and that into plain records for programs that know no schema.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use bp::corpus::read_named;
use bp::corpus::walk::{Globs, walk};
use bp::index::document::document;
use bp::index::schema::Fields;
use bp::taxonomy::Taxonomy;
use bp_bench::dump::{Reader, Value, Writer, record};
use rayon::prelude::*;
use tantivy::schema::document::{Document, Value as _};
use tantivy::schema::{Facet, Field};

/// How many files are parsed before their documents are written.
const CHUNK: usize = 512;
/// What stands between the values of a record, and behind it.
const UNIT: u8 = 0x1f;
const RECORD: u8 = 0x1e;

/// Parses the blueprints of a folder into a dump.
pub fn parse(folder: &Path, dump: &Path) -> io::Result<()> {
    let taxonomy = Taxonomy::new(None, Path::new("taxonomy.toml")).map_err(io::Error::other)?;
    let fields = Fields::new();
    let globs = Globs::of(&[], &[]).map_err(io::Error::other)?;
    let walk = walk(&[folder.to_owned()], None, &globs).map_err(io::Error::other)?;
    let mut writer = Writer::create(dump, &fields.schema)?;
    for chunk in walk.files.chunks(CHUNK) {
        let parsed = chunk.par_iter().map(|file| {
            let reading = read_named(&file.path, file.folder.as_deref(), &taxonomy);
            let documents = reading.roles.iter().map(|role| {
                let mut prepared = document(role, &fields, &taxonomy);
                prepared.document.add_text(fields.body, &prepared.body);
                record_of(&prepared.document, &fields)
            });
            documents.collect::<io::Result<Vec<_>>>()
        });
        for record in parsed.collect::<io::Result<Vec<_>>>()?.iter().flatten() {
            writer.write(record)?;
        }
    }
    writer.finish().map(|_| ())
}

fn record_of<D: Document>(document: &D, fields: &Fields) -> io::Result<Vec<u8>> {
    let mut text = String::new();
    for (field, value) in document.iter_fields_and_values() {
        if let (true, Some(body)) = (field == fields.body, value.as_str()) {
            text.push_str(body);
        }
    }
    let mut values = Vec::new();
    let facets: Vec<(Field, String)> = document
        .iter_fields_and_values()
        .filter_map(|(field, value)| Some((field, value.as_facet()?.to_owned())))
        .collect();
    let mut facets = facets.into_iter();
    for (field, value) in document.iter_fields_and_values() {
        let value = if value.as_facet().is_some() {
            let encoded = facets.next().map(|(_, facet)| facet.into_bytes());
            Value::Facet(
                Facet::from_encoded(encoded.unwrap_or_default()).map_err(io::Error::other)?,
            )
        } else if let Some(text) = value.as_str() {
            Value::Text(text)
        } else if let Some(number) = value.as_u64() {
            Value::Number(number)
        } else if let Some(bytes) = value.as_bytes() {
            Value::Bytes(bytes)
        } else {
            let reason = format!(
                "a dump has no value of the kind in field {}",
                field.field_id()
            );
            return Err(io::Error::other(reason));
        };
        values.push((field, value));
    }
    Ok(record(&text, &values))
}

/// The form of plain records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// id, title, level, domains and body with ASCII's own separators; the domains in commas, before and behind too.
    Ascii,
    /// A JSON object with title and body on each line.
    Json,
}

/// Writes the documents of a dump as plain records.
pub fn export(dump: &Path, file: &Path, form: Form) -> io::Result<()> {
    let fields = Fields::new();
    let mut reader = Reader::open(dump, &fields.schema)?;
    let mut file = BufWriter::with_capacity(1 << 20, File::create(file)?);
    while let Some(document) = reader.read()? {
        let (mut id, mut title, mut level, mut domains) = ("", "", "", String::from(","));
        document.for_each(|field, value| match value {
            Value::Text(text) if field == fields.id => id = text,
            Value::Text(text) if field == fields.title_column => title = text,
            Value::Text(text) if field == fields.level_column => level = text,
            Value::Facet(facet) if field == fields.domain => {
                domains.push_str(facet.to_path_string().trim_start_matches('/'));
                domains.push(',');
            }
            _ => {}
        })?;
        let body = plain(document.text);
        match form {
            Form::Ascii => {
                for value in [id, title, level, &domains] {
                    file.write_all(value.as_bytes())?;
                    file.write_all(&[UNIT])?;
                }
                file.write_all(body.as_bytes())?;
                file.write_all(&[RECORD])?;
            }
            Form::Json => {
                let (title, body) = (quoted(title), quoted(&body));
                writeln!(file, r#"{{"title":{title},"body":{body}}}"#)?;
            }
        }
    }
    file.flush()
}

/// A text without the marks between cells and lines.
fn plain(text: &str) -> String {
    text.replace(|c: char| c.is_control() && c != '\n', " ")
}

fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", escaped.replace('\n', "\\n"))
}
