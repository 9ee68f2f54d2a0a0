//! Turns the bytes of a file into text in NFC, whatever encoding they are in.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The text of a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text in NFC, without a byte order mark.
    pub text: Cow<'a, str>,
    /// The encoding, where it is another than UTF-8.
    pub encoding: Option<&'static str>,
}

/// How much of a page may stand in front of what names its encoding, in bytes.
const DECLARED_WITHIN: usize = 1024;

/// Reads bytes as UTF-8, as UTF-16 (with a mark, or recognised by its zero bytes), as what a page says that it is in,
/// else as Latin-1.
///
/// Returns `None` for bytes that are no text.
pub fn decode(bytes: &[u8]) -> Option<Decoded<'_>> {
    let encoding = encoding_of(bytes)?;
    let (text, _) = encoding.decode_with_bom_removal(bytes);
    let text = if text.contains('\r') {
        Cow::Owned(unix_lines(&text))
    } else {
        text
    };
    let text = match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => text,
        _ => Cow::Owned(text.nfc().collect()),
    };
    let encoding = match encoding.name() {
        "UTF-8" => None,
        "windows-1252" => Some("Latin-1"),
        name => Some(name),
    };
    Some(Decoded { text, encoding })
}

fn encoding_of(bytes: &[u8]) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return Some(encoding);
    }
    let start = &bytes[..bytes.len().min(8192)];
    let zeros = |offset: usize| {
        start
            .iter()
            .skip(offset)
            .step_by(2)
            .filter(|&&byte| byte == 0)
            .count()
    };
    let half = start.len() / 2;
    if memchr::memchr(0, bytes).is_some() {
        return match (zeros(0), zeros(1)) {
            (0, odd) if odd * 4 >= half * 3 => Some(UTF_16LE),
            (even, 0) if even * 4 >= half * 3 => Some(UTF_16BE),
            _ => None,
        };
    }
    let control = start
        .iter()
        .filter(|&&byte| byte < 32 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b))
        .count();
    if control * 10 > start.len() {
        return None;
    }
    if std::str::from_utf8(bytes).is_ok() {
        return Some(UTF_8);
    }
    if let Some(encoding) = declared(&bytes[..bytes.len().min(DECLARED_WITHIN)]) {
        return Some(encoding);
    }
    // Bytes of a picture or an archive are mostly above ASCII and hold no words.
    let letters = start
        .iter()
        .filter(|byte| {
            byte.is_ascii_alphanumeric()
                || byte.is_ascii_whitespace()
                || byte.is_ascii_punctuation()
        })
        .count();
    (letters * 4 >= start.len() * 3).then_some(WINDOWS_1252)
}

/// The encoding that a page names in its head: `<meta charset="…">`, `<meta http-equiv … charset=…">`, `<?xml encoding="…"?>`.
fn declared(start: &[u8]) -> Option<&'static Encoding> {
    let start = String::from_utf8_lossy(start).to_ascii_lowercase();
    let named = |tag: &str, key: &str| {
        let tags = start.match_indices(tag).map(|(at, _)| &start[at..]);
        let mut names = tags.filter_map(|tag| {
            let tag = &tag[..tag.find('>')?];
            let (_, value) = tag.split_once(key)?;
            let value = value.trim_start_matches([' ', '=', '"', '\'']);
            let end = value.find([' ', '"', '\'', ';', '/', '?']);
            Encoding::for_label(&value.as_bytes()[..end.unwrap_or(value.len())])
        });
        names.next()
    };
    let found = named("<meta", "charset").or_else(|| named("<?xml", "encoding"))?;
    // What says that it is UTF-8 and is not has been tried; what says that it is UTF-16 would not be read here.
    (found != UTF_8 && found != UTF_16LE && found != UTF_16BE).then_some(found)
}

fn unix_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    type Case<'a> = (&'a [u8], Option<(&'a str, Option<&'a str>)>);

    #[test]
    fn bytes_become_text() {
        let utf16: Vec<u8> = "Senior Rôle\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let marked: Vec<u8> = [0xfe, 0xff]
            .into_iter()
            .chain("Rôle".encode_utf16().flat_map(u16::to_be_bytes))
            .collect();
        let cases: [Case<'_>; 13] = [
            (b"plain\r\nlines\rhere", Some(("plain\nlines\nhere", None))),
            ("\u{feff}Rôle".as_bytes(), Some(("Rôle", None))),
            ("re\u{301}sume\u{301}".as_bytes(), Some(("résumé", None))),
            (
                b"R\xf4le of a manager",
                Some(("Rôle of a manager", Some("Latin-1"))),
            ),
            (&utf16, Some(("Senior Rôle\n", Some("UTF-16LE")))),
            (&marked, Some(("Rôle", Some("UTF-16BE")))),
            (
                b"<meta charset='iso-8859-2'>\xb3",
                Some(("<meta charset='iso-8859-2'>\u{142}", Some("ISO-8859-2"))),
            ),
            (
                b"<META http-equiv=Content-Type content=\"text/html; charset=Shift_JIS\">\x90E\x8b\xc6",
                Some((
                    "<META http-equiv=Content-Type content=\"text/html; charset=Shift_JIS\">職業",
                    Some("Shift_JIS"),
                )),
            ),
            (
                b"<?xml version='1.0' encoding='windows-1251'?>\xd0",
                Some((
                    "<?xml version='1.0' encoding='windows-1251'?>\u{420}",
                    Some("windows-1251"),
                )),
            ),
            (
                b"<meta charset=utf-8>R\xf4le of words",
                Some(("<meta charset=utf-8>R\u{f4}le of words", Some("Latin-1"))),
            ),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", None),
            (
                &[0xff, 0xd8, 0xf0, 0xe1, 0x99, 0xd8, 0xf0, 0xe1, 0x99],
                None,
            ),
            (b"", Some(("", None))),
        ];
        for (bytes, expected) in cases {
            assert_eq!(
                decode(bytes).map(|decoded| (decoded.text.into_owned(), decoded.encoding)),
                expected.map(|(text, encoding)| (text.to_owned(), encoding)),
                "{bytes:?}"
            );
        }
    }
}
