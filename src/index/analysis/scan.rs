//! Finds words in a text: where each begins and ends, what is a whole and what are its parts.

use unicode_normalization::char::is_combining_mark;

/// A token found by the pass.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) position: usize,
    pub(super) whole: bool,
    /// Only letters, so that it can be stemmed.
    pub(super) plain: bool,
    pub(super) ascii: bool,
}

/// The marks that Latin, Greek and Cyrillic letters are folded without; the vowels of other scripts stay.
pub(super) fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// The pass over a text: words of letters and digits with inner `. / & - ' _`, trailing `++` and `#`, a leading dot.
pub(super) struct Scan<'a> {
    bytes: &'a [u8],
    pub(super) text: &'a str,
    at: usize,
    position: usize,
    /// The parts of the last whole that are still to be given, as offsets; and the position behind them.
    parts: Vec<Found>,
}

/// What a byte can be.
#[derive(Clone, Copy)]
enum Kind {
    Sign,
    Letter,
    Digit,
    BeyondAscii,
}

const KINDS: [Kind; 256] = {
    let mut kinds = [Kind::Sign; 256];
    let mut byte = 0;
    while byte < 256 {
        let of = byte as u8;
        if of.is_ascii_alphabetic() {
            kinds[byte] = Kind::Letter;
        } else if of.is_ascii_digit() {
            kinds[byte] = Kind::Digit;
        } else if of >= 0x80 {
            kinds[byte] = Kind::BeyondAscii;
        }
        byte += 1;
    }
    kinds
};

fn is_inner(byte: u8) -> bool {
    matches!(byte, b'.' | b'/' | b'&' | b'-' | b'\'' | b'_')
}

impl<'a> Scan<'a> {
    /// Begins at the start of a text.
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            bytes: text.as_bytes(),
            text,
            at: 0,
            position: 0,
            parts: Vec::new(),
        }
    }

    /// Finds the next token.
    pub(super) fn next(&mut self) -> Option<Found> {
        if let Some(part) = self.parts.pop() {
            return Some(part);
        }
        let start = self.skip_to_word()?;
        let mut word = self.run(start);
        let next = self.bytes.get(word.end).copied().unwrap_or(b' ');
        // Most words end with a space or a sign that belongs to none.
        let inner = (next >= 0x80 || is_inner(next) || matches!(next, b'+' | b'#'))
            && self.goes_on(&mut word);
        self.at = self.at.max(word.end);
        word.position = self.position;
        if word.start > 0
            && self.bytes[word.start - 1] == b'.'
            && self.dot_belongs(word.start)
            && self.bytes[word.start].is_ascii_alphabetic()
        {
            word.start -= 1;
            word.plain = false;
        }
        let is_of_number = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
        if inner && !self.bytes[word.start..word.end].iter().all(is_of_number) {
            self.split(&mut word);
        } else {
            self.position += 1;
        }
        Some(word)
    }

    /// Takes what belongs to a word behind its first run; whether it has an inner sign then.
    fn goes_on(&mut self, word: &mut Found) -> bool {
        let mut inner = false;
        // `word.word`: an inner sign between two letters or digits.
        while let Some(next) = self.inner_start(word.end) {
            let more = self.run(next);
            word.end = more.end;
            word.ascii &= more.ascii;
            word.plain = false;
            inner = true;
        }
        if inner && let Some(end) = self.possessive(word.start, word.end) {
            self.at = word.end;
            word.end = end;
            inner = self.bytes[word.start..end]
                .iter()
                .any(|&byte| is_inner(byte))
                || self.text[word.start..end].contains('’');
            word.plain = !inner && self.text[word.start..end].chars().all(char::is_alphabetic);
        }
        self.at = word.end.max(self.at);
        let symbol = self.symbol_end(word.end);
        if symbol > word.end {
            word.end = symbol;
            word.plain = false;
        }
        inner
    }

    /// The dot of `.NET` stands behind nothing or a space.
    fn dot_belongs(&self, start: usize) -> bool {
        start < 2
            || matches!(
                self.bytes[start - 2],
                b' ' | b'(' | b'/' | b',' | b'\n' | 0x0b | 0x1f | b'*' | b'"'
            )
    }

    fn skip_to_word(&mut self) -> Option<usize> {
        while self.at < self.bytes.len() {
            let byte = self.bytes[self.at];
            if byte.is_ascii_alphanumeric() {
                return Some(self.at);
            }
            if byte < 0x80 {
                self.at += 1;
                continue;
            }
            let c = self.text[self.at..].chars().next()?;
            if c.is_alphanumeric() && !is_accent(c) {
                return Some(self.at);
            }
            self.at += c.len_utf8();
        }
        None
    }

    /// A run of letters and digits from `start` on.
    fn run(&self, start: usize) -> Found {
        let mut end = start;
        let mut plain = true;
        let mut ascii = true;
        while let Some(&byte) = self.bytes.get(end) {
            match KINDS[usize::from(byte)] {
                Kind::Letter => end += 1,
                Kind::Digit => {
                    plain = false;
                    end += 1;
                }
                Kind::Sign => break,
                Kind::BeyondAscii => {
                    let c = self.text[end..].chars().next();
                    let of_word = |c: &char| c.is_alphanumeric() || is_combining_mark(*c);
                    let Some(c) = c.filter(of_word) else {
                        break;
                    };
                    plain &= !c.is_numeric();
                    ascii = false;
                    end += c.len_utf8();
                }
            }
        }
        Found {
            start,
            end,
            position: 0,
            whole: false,
            plain,
            ascii,
        }
    }

    /// Where the next run begins, if one inner sign leads to it. `C++/C#` goes on behind its symbols.
    fn inner_start(&self, end: usize) -> Option<usize> {
        let behind = self.symbol_end(end);
        let end = if self.bytes.get(behind) == Some(&b'/') {
            behind
        } else {
            end
        };
        let rest = &self.text[end..];
        let sign = rest
            .chars()
            .next()
            .filter(|&c| c == '’' || (c.is_ascii() && is_inner(c as u8)))?;
        let next = end + sign.len_utf8();
        let follows = self.text[next..].chars().next()?;
        follows.is_alphanumeric().then_some(next)
    }

    /// The end of `team` in `team's`.
    fn possessive(&self, start: usize, end: usize) -> Option<usize> {
        let word = &self.text[start..end];
        let stripped = word
            .strip_suffix("'s")
            .or_else(|| word.strip_suffix("’s"))?;
        Some(start + stripped.len())
    }

    /// The end of `++` or `#` behind a word.
    fn symbol_end(&self, end: usize) -> usize {
        let is_end = |at: usize| {
            self.text[at..]
                .chars()
                .next()
                .is_none_or(|c| !c.is_alphanumeric())
        };
        if self.bytes[end..].starts_with(b"++") && is_end(end + 2) {
            end + 2
        } else if self.bytes.get(end) == Some(&b'#') && is_end(end + 1) {
            end + 1
        } else {
            end
        }
    }

    /// Gives a whole's parts from its own position on. Single letters are parts only between slashes (`C/C++`), so that
    /// `R&D` is not found by `r`.
    fn split(&mut self, word: &mut Found) {
        let mut parts = Vec::new();
        let mut start = word.start;
        let mut at = word.start;
        let first_dot = self.bytes[word.start] == b'.';
        if first_dot {
            start += 1;
            at += 1;
        }
        while at <= word.end {
            let c = if at < word.end {
                self.text[at..].chars().next()
            } else {
                None
            };
            let sign = c.filter(|&c| c == '’' || (c.is_ascii() && is_inner(c as u8)));
            if at == word.end || sign.is_some() {
                let slash =
                    sign == Some('/') || (start > word.start && self.bytes[start - 1] == b'/');
                let mut part = self.run(start);
                part.plain &= part.end == at;
                part.end = at;
                if part.end > part.start
                    && (slash || self.text[part.start..part.end].chars().nth(1).is_some())
                {
                    parts.push(part);
                }
                start = at + sign.map_or(1, char::len_utf8);
            }
            at += c.map_or(1, char::len_utf8);
        }
        if parts.is_empty() {
            self.position += 1;
            return;
        }
        word.whole = true;
        for part in &mut parts {
            part.position = self.position;
            self.position += 1;
        }
        parts.reverse();
        self.parts = parts;
    }
}
