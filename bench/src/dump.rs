//! Parsed documents in a file: what `bp` itself files in each field, so that another program can index the same without
//! reading a single blueprint.
//!
//! A document is its text, written once, and a list of values; those that stand in the text, as nearly all do, are spans
//! of it. A number takes as many bytes as it has groups of seven bits (LEB128).

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use memchr::memmem;
use tantivy::schema::{Facet, Field, Schema};

/// What a file begins with; the last byte is the version.
const MAGIC: &[u8; 8] = b"bpdump\n\x01";
/// The largest document that is taken, in bytes; a length beyond it is that of no dump.
const MAX_DOCUMENT: u64 = 1 << 30;

/// The shortest text that is looked for in that of the document, in bytes.
const MIN_SPAN: usize = 16;

const SPAN: u8 = 0;
const TEXT: u8 = 1;
const NUMBER: u8 = 2;
const FACET: u8 = 3;
const BYTES: u8 = 4;

/// A value of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// A text.
    Text(&'a str),
    /// A number.
    Number(u64),
    /// A facet.
    Facet(Facet),
    /// Bytes.
    Bytes(&'a [u8]),
}

/// Writes documents.
pub struct Writer<W: Write> {
    file: W,
}

impl Writer<BufWriter<File>> {
    /// Begins a file for documents of a schema.
    pub fn create(path: &Path, schema: &Schema) -> io::Result<Self> {
        let file = BufWriter::with_capacity(1 << 20, File::create(path)?);
        Self::new(file, schema)
    }
}

impl<W: Write> Writer<W> {
    /// Begins a dump of documents of a schema.
    pub fn new(mut file: W, schema: &Schema) -> io::Result<Self> {
        file.write_all(MAGIC)?;
        file.write_all(&fingerprint(schema))?;
        Ok(Self { file })
    }

    /// Writes what [`record`] made of a document.
    pub fn write(&mut self, record: &[u8]) -> io::Result<()> {
        let mut length = Vec::new();
        push(&mut length, record.len() as u64);
        self.file.write_all(&length)?;
        self.file.write_all(record)
    }

    /// Ends the file.
    pub fn finish(mut self) -> io::Result<W> {
        self.file.flush()?;
        Ok(self.file)
    }
}

/// Turns a document into bytes: its text, and the values, which may be parts of it.
pub fn record(text: &str, values: &[(Field, Value<'_>)]) -> Vec<u8> {
    let mut record = Vec::with_capacity(text.len() + 16 * values.len());
    push_bytes(&mut record, text.as_bytes());
    push(&mut record, values.len() as u64);
    // Values come in the order of the text, the same for two fields: the next one is looked for from the last one on.
    let mut last = 0;
    for (field, value) in values {
        push(&mut record, u64::from(field.field_id()));
        match value {
            Value::Text(value) => match place(text, value, last) {
                Some(at) => {
                    record.push(SPAN);
                    push(&mut record, at as u64);
                    push(&mut record, value.len() as u64);
                    last = at;
                }
                None => {
                    record.push(TEXT);
                    push_bytes(&mut record, value.as_bytes());
                }
            },
            Value::Number(number) => {
                record.push(NUMBER);
                push(&mut record, *number);
            }
            Value::Facet(facet) => {
                record.push(FACET);
                push_bytes(&mut record, facet.encoded_str().as_bytes());
            }
            Value::Bytes(bytes) => {
                record.push(BYTES);
                push_bytes(&mut record, bytes);
            }
        }
    }
    record
}

/// Where a value stands in a text, first looked for behind `last`; `None` too for what is not worth a search.
fn place(text: &str, value: &str, last: usize) -> Option<usize> {
    if value.len() < MIN_SPAN {
        return None;
    }
    let from = |at: usize| {
        let found = memmem::find(&text.as_bytes()[at..], value.as_bytes());
        found.map(|found| at + found)
    };
    from(last).or_else(|| from(0))
}

/// Reads documents one after the other.
pub struct Reader<R: Read> {
    file: R,
    record: Vec<u8>,
}

impl Reader<BufReader<File>> {
    /// Opens a file of documents of a schema.
    ///
    /// # Errors
    /// Fails on a file that is no dump, or one of another schema.
    pub fn open(path: &Path, schema: &Schema) -> io::Result<Self> {
        Self::new(BufReader::with_capacity(1 << 20, File::open(path)?), schema)
    }
}

impl<R: Read> Reader<R> {
    /// Begins to read.
    pub fn new(mut file: R, schema: &Schema) -> io::Result<Self> {
        let mut head = [0; 16];
        file.read_exact(&mut head)?;
        if head[..8] != *MAGIC || head[8..] != fingerprint(schema) {
            return Err(io::Error::other(
                "this is no dump of documents of this schema",
            ));
        }
        Ok(Self {
            file,
            record: Vec::new(),
        })
    }

    /// Reads the next document; `None` at the end.
    pub fn read(&mut self) -> io::Result<Option<Document<'_>>> {
        let Some(length) = self.length()? else {
            return Ok(None);
        };
        self.record.resize(length, 0);
        self.file.read_exact(&mut self.record)?;
        let mut rest = &self.record[..];
        let text = pull_text(&mut rest)?;
        Ok(Some(Document { text, values: rest }))
    }

    fn length(&mut self) -> io::Result<Option<usize>> {
        let (mut length, mut shift, mut byte) = (0_u64, 0, [0; 1]);
        loop {
            if self.file.read(&mut byte)? == 0 {
                return if shift == 0 { Ok(None) } else { Err(broken()) };
            }
            length |= u64::from(byte[0] & 0x7f) << shift;
            shift += 7;
            if byte[0] < 0x80 {
                break;
            }
            if shift > 56 {
                return Err(broken());
            }
        }
        if length > MAX_DOCUMENT {
            return Err(broken());
        }
        Ok(Some(length as usize))
    }
}

/// A document as it stands in a dump.
pub struct Document<'a> {
    /// All of its text: a line for each block.
    pub text: &'a str,
    values: &'a [u8],
}

impl<'a> Document<'a> {
    /// Calls `each` with every value in its order.
    pub fn for_each(&self, mut each: impl FnMut(Field, Value<'a>)) -> io::Result<()> {
        let mut rest = self.values;
        for _ in 0..pull(&mut rest)? {
            let field =
                Field::from_field_id(u32::try_from(pull(&mut rest)?).map_err(|_| broken())?);
            let (kind, behind) = rest.split_first().ok_or_else(broken)?;
            rest = behind;
            let value = match *kind {
                SPAN => {
                    let (start, length) = (pull(&mut rest)? as usize, pull(&mut rest)? as usize);
                    let end = start.checked_add(length).ok_or_else(broken)?;
                    Value::Text(self.text.get(start..end).ok_or_else(broken)?)
                }
                TEXT => Value::Text(pull_text(&mut rest)?),
                NUMBER => Value::Number(pull(&mut rest)?),
                FACET => Value::Facet(
                    Facet::from_encoded(pull_bytes(&mut rest)?.to_vec()).map_err(|_| broken())?,
                ),
                BYTES => Value::Bytes(pull_bytes(&mut rest)?),
                _ => return Err(broken()),
            };
            each(field, value);
        }
        Ok(())
    }
}

fn fingerprint(schema: &Schema) -> [u8; 8] {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for (field, entry) in schema.fields() {
        let described = format!(
            "{} {} {:?}\n",
            field.field_id(),
            entry.name(),
            entry.field_type()
        );
        for byte in described.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
    hash.to_le_bytes()
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the dump is broken")
}

fn push(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn push_bytes(bytes: &mut Vec<u8>, value: &[u8]) {
    push(bytes, value.len() as u64);
    bytes.extend_from_slice(value);
}

fn pull(rest: &mut &[u8]) -> io::Result<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, behind) = rest.split_first().ok_or_else(broken)?;
        *rest = behind;
        number |= u64::from(byte & 0x7f) << shift;
        if *byte < 0x80 {
            return Ok(number);
        }
    }
    Err(broken())
}

fn pull_bytes<'a>(rest: &mut &'a [u8]) -> io::Result<&'a [u8]> {
    let length = pull(rest)? as usize;
    let (bytes, behind) = rest.split_at_checked(length).ok_or_else(broken)?;
    *rest = behind;
    Ok(bytes)
}

fn pull_text<'a>(rest: &mut &'a [u8]) -> io::Result<&'a str> {
    std::str::from_utf8(pull_bytes(rest)?).map_err(|_| broken())
}

#[cfg(test)]
mod tests {
    use tantivy::schema::{FacetOptions, TEXT};

    use super::*;

    #[test]
    fn what_is_written_comes_back() {
        let mut builder = Schema::builder();
        let title = builder.add_text_field("title", TEXT);
        let level = builder.add_facet_field("level", FacetOptions::default());
        let schema = builder.build();
        let text = "one\ntwo words of a line\nthree";
        let values = vec![
            (title, Value::Text("two words of a line")),
            (title, Value::Text("nowhere")),
            (title, Value::Text("")),
            (title, Value::Text("one")),
            (level, Value::Facet(Facet::from("/leadership/director"))),
            (title, Value::Number(u64::MAX)),
            (title, Value::Bytes(&[0, 255])),
        ];
        let mut writer = Writer::new(Vec::new(), &schema).unwrap();
        writer.write(&record(text, &values)).unwrap();
        writer.write(&record("", &[])).unwrap();
        let bytes = writer.finish().unwrap();
        let mut reader = Reader::new(&bytes[..], &schema).unwrap();
        let document = reader.read().unwrap().unwrap();
        assert_eq!(document.text, text);
        let mut read = Vec::new();
        document
            .for_each(|field, value| read.push((field, value)))
            .unwrap();
        assert_eq!(read, values);
        assert_eq!(reader.read().unwrap().unwrap().text, "");
        assert!(reader.read().unwrap().is_none());
        assert!(Reader::new(&bytes[..], &Schema::builder().build()).is_err());
    }
}
