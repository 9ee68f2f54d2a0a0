//! Turns JSON into named values that know their line; of broken JSON, what stands before the break.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, Visitor};
use unicode_normalization::{UnicodeNormalization as _, is_nfc_quick};

use super::super::records::{Field, Value};
use crate::corpus::bounds;

/// Where JSON is broken, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// The line, one-based.
    pub line: u32,
    /// What the parser says.
    pub reason: String,
}

/// Reads values one after the other.
///
/// Brackets are walked here, so that what stands before a break is kept and every value knows its line; what stands
/// between them is the library's.
#[derive(Debug)]
pub struct Reader<'t> {
    text: &'t str,
    at: usize,
    /// A place whose line is known, and the line.
    counted: (usize, u32),
    /// Where the text is broken.
    pub broken: Option<Break>,
    /// Where more levels of nesting stand than are read.
    pub deep: Option<u32>,
}

impl<'t> Reader<'t> {
    /// Starts at the beginning of a text, whose first line is line `line` of its source.
    pub fn new(text: &'t str, line: u32) -> Self {
        Self {
            text,
            at: 0,
            counted: (0, line),
            broken: None,
            deep: None,
        }
    }

    /// Returns the next value of the text; `None` at its end.
    pub fn next_value(&mut self) -> Option<Field<'t>> {
        self.peek()?;
        Some(self.value(Cow::Borrowed(""), 0))
    }

    /// Returns the line of the place that the reader has come to.
    pub fn line(&mut self) -> u32 {
        let (from, line) = self.counted;
        let new = memchr::memchr_iter(b'\n', &self.text.as_bytes()[from..self.at]).count();
        self.counted = (self.at, line + new as u32);
        self.counted.1
    }

    /// The next sign, white space apart.
    fn peek(&mut self) -> Option<u8> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_ascii_start().len();
        self.text.as_bytes().get(self.at).copied()
    }

    fn value(&mut self, name: Cow<'t, str>, depth: usize) -> Field<'t> {
        let next = self.peek();
        let line = self.line();
        let value = match next {
            Some(b'{' | b'[') if depth >= bounds::DEPTH.count() => {
                self.deep.get_or_insert(line);
                self.scalar()
            }
            Some(b'{') => Value::Map(self.inside(b'}', depth)),
            Some(b'[') => Value::List(self.inside(b']', depth)),
            Some(b'"') => Value::Text(self.string().unwrap_or_default()),
            _ => self.scalar(),
        };
        Field {
            name,
            line,
            last: self.line(),
            value,
            whole: self.broken.is_none(),
        }
    }

    /// The values between two brackets, up to the closing one or to a break.
    fn inside(&mut self, close: u8, depth: usize) -> Vec<Field<'t>> {
        let mut fields = Vec::new();
        self.at += 1;
        if self.peek() == Some(close) {
            self.at += 1;
            return fields;
        }
        while self.broken.is_none() {
            let mut name = Cow::Borrowed("");
            if close == b'}' {
                match self.name() {
                    Some(found) => name = found,
                    None => break,
                }
            }
            fields.push(self.value(name, depth + 1));
            if self.broken.is_some() {
                break;
            }
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(sign) if sign == close => {
                    self.at += 1;
                    break;
                }
                _ => self.stop(&format!("expected `,` or `{}`", char::from(close))),
            }
        }
        fields
    }

    /// The name of a field and its colon.
    fn name(&mut self) -> Option<Cow<'t, str>> {
        if self.peek() != Some(b'"') {
            self.stop("expected the name of a field");
            return None;
        }
        let name = self.string()?;
        if self.peek() != Some(b':') {
            self.stop("expected `:`");
            return None;
        }
        self.at += 1;
        Some(name)
    }

    fn string(&mut self) -> Option<Cow<'t, str>> {
        let Text(text) = self.take::<Text<'t>>()?;
        let composed = is_nfc_quick(text.chars()) == unicode_normalization::IsNormalized::Yes;
        Some(if composed {
            text
        } else {
            Cow::Owned(text.nfc().collect())
        })
    }

    /// A number or a word as it is written; of what is nested too deep, nothing.
    fn scalar(&mut self) -> Value<'t> {
        let start = self.at;
        let nothing = Value::Text(Cow::Borrowed(""));
        if self.take::<IgnoredAny>().is_none() {
            return nothing;
        }
        match &self.text[start..self.at] {
            "null" => nothing,
            nested if nested.starts_with(['{', '[']) => nothing,
            text => Value::Text(Cow::Borrowed(text)),
        }
    }

    /// Has the library read one value.
    fn take<T: Deserialize<'t>>(&mut self) -> Option<T> {
        let rest = &self.text[self.at..];
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<T>();
        match values.next() {
            Some(Ok(value)) => {
                self.at += values.byte_offset();
                Some(value)
            }
            Some(Err(error)) => {
                let line = self.line() + (error.line() as u32).saturating_sub(1);
                let said = error.to_string();
                let reason = said.split(" at line ").next().unwrap_or(&said).to_owned();
                self.broken = Some(Break {
                    line,
                    reason: reason.to_lowercase(),
                });
                None
            }
            None => {
                self.stop("it breaks off");
                None
            }
        }
    }

    fn stop(&mut self, reason: &str) {
        let reason = if self.peek().is_none() {
            "it breaks off"
        } else {
            reason
        };
        let line = self.line();
        self.broken = Some(Break {
            line,
            reason: reason.to_owned(),
        });
    }
}

/// A string, in which half a pair of surrogates is no reason to lose a record.
struct Text<'t>(Cow<'t, str>);

impl<'de: 't, 't> Deserialize<'de> for Text<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl<'de> Visitor<'de> for Bytes {
            type Value = Text<'de>;
            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a string")
            }
            fn visit_borrowed_bytes<E: Error>(self, bytes: &'de [u8]) -> Result<Text<'de>, E> {
                Ok(Text(String::from_utf8_lossy(bytes)))
            }
            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Text<'de>, E> {
                let text = String::from_utf8_lossy(bytes).into_owned();
                Ok(Text(Cow::Owned(text)))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}
