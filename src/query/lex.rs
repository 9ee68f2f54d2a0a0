//! Turns a query's text into tokens: words, quoted words, signs before and between them, each with its place.

use super::tree::{Dimension, LeafKind, Query, Scope};

include!(concat!(env!("OUT_DIR"), "/query.rs"));

/// A token and its place in the text, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is.
    pub kind: Kind<'a>,
    /// Where it stands.
    pub span: (usize, usize),
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind<'a> {
    /// A word or quoted words, and how they are meant.
    Term(&'a str, LeafKind),
    /// A field's name before the colon.
    Field(Target),
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// `AND`.
    And,
    /// `OR`.
    Or,
    /// `NOT`, or `-` right before something.
    Not,
    /// `+` right before something.
    Must,
}

/// What a field's name is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A part of the blueprint.
    Scope(Scope),
    /// A facet.
    Facet(Dimension),
}

const TARGETS: [(&str, Target); 8] = [
    ("title", Target::Scope(Scope::Title)),
    ("skill", Target::Scope(Scope::Skill)),
    ("kpi", Target::Scope(Scope::Kpi)),
    ("tool", Target::Scope(Scope::Tool)),
    ("resp", Target::Scope(Scope::Responsibility)),
    ("career", Target::Scope(Scope::Career)),
    ("level", Target::Facet(Dimension::Level)),
    ("domain", Target::Facet(Dimension::Domain)),
];

/// Returns whether a word in lower case asks and says nothing.
pub fn is_silent(word: &str) -> bool {
    SILENT.binary_search(&word).is_ok()
}

/// Returns whether a word as typed asks and says nothing: `it` does, `IT` does not.
pub fn is_silent_as_typed(typed: &str) -> bool {
    let lower = typed.to_lowercase();
    let is_short_form =
        typed != lower && typed == typed.to_uppercase() && CAPITALS.contains(&lower.as_str());
    is_silent(&lower) && !is_short_form
}

/// Returns whether a part of a hyphenated word says nothing beside the others.
pub fn is_silent_part(part: &str) -> bool {
    SILENT_PARTS.contains(&part)
}

/// Cuts the text of a query into tokens; what is not read goes into its remarks.
pub fn tokens<'a>(text: &'a str, query: &mut Query) -> Vec<Token<'a>> {
    let mut lexer = Lexer { text, at: 0, query };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next() {
        tokens.push(token);
    }
    tokens
}

struct Lexer<'a, 'q> {
    text: &'a str,
    at: usize,
    query: &'q mut Query,
}

impl<'a> Lexer<'a, '_> {
    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let rest = &self.text[self.at..];
            self.at += rest.find(|c: char| !c.is_whitespace())?;
            let start = self.at;
            if let Some(kind) = self.token() {
                return Some(Token {
                    kind,
                    span: (start, self.at),
                });
            }
        }
    }

    /// Reads a token; `None` where signs are passed over.
    fn token(&mut self) -> Option<Kind<'a>> {
        let rest = &self.text[self.at..];
        let begins = |text: &str| {
            text.starts_with(|c: char| c.is_alphanumeric() || is_quote(c) || "(=.".contains(c))
        };
        for (sign, kind) in [
            ("(", Kind::Open),
            (")", Kind::Close),
            ("&&", Kind::And),
            ("||", Kind::Or),
        ] {
            if rest.starts_with(sign) {
                self.at += sign.len();
                return Some(kind);
            }
        }
        for (sign, kind) in [("-", Kind::Not), ("+", Kind::Must), ("!", Kind::Not)] {
            if rest.strip_prefix(sign).is_some_and(begins) {
                self.at += sign.len();
                return Some(kind);
            }
        }
        if let Some((target, length)) = target_of(rest) {
            self.at += length;
            return Some(Kind::Field(target));
        }
        if rest.starts_with(is_quote) {
            return self.quoted();
        }
        self.word()
    }

    fn quoted(&mut self) -> Option<Kind<'a>> {
        let rest = &self.text[self.at..];
        let open = rest.chars().next().map_or(1, char::len_utf8);
        let Some(end) = rest[open..].find(is_quote) else {
            let span = (self.at, self.at + open);
            self.query
                .remark("a quotation mark has no partner and is not read", span);
            self.at += open;
            return None;
        };
        let words = rest[open..open + end].trim();
        let close = rest[open + end..].chars().next().map_or(1, char::len_utf8);
        self.at += open + end + close;
        let mut slop = 0;
        if let Some(behind) = self.text[self.at..].strip_prefix('~') {
            let digits = behind.len()
                - behind
                    .trim_start_matches(|c: char| c.is_ascii_digit())
                    .len();
            slop = behind[..digits].parse().unwrap_or(u32::MAX).min(MAX_SLOP);
            if digits == 0 {
                slop = 0;
            }
            self.at += 1 + digits;
        }
        words
            .chars()
            .any(char::is_alphanumeric)
            .then_some(Kind::Term(words, LeafKind::Phrase { slop }))
    }

    fn word(&mut self) -> Option<Kind<'a>> {
        let rest = &self.text[self.at..];
        let end = rest
            .find(|c: char| c.is_whitespace() || is_quote(c) || c == '(' || c == ')')
            .unwrap_or(rest.len());
        let start = self.at;
        // A sign that ends nothing is passed over alone.
        self.at += end.max(rest.chars().next().map_or(1, char::len_utf8));
        let word = &rest[..end];
        match word {
            "AND" => return Some(Kind::And),
            "OR" => return Some(Kind::Or),
            "NOT" => return Some(Kind::Not),
            _ => {}
        }
        let span = (start, start + end);
        let exact = word
            .strip_prefix('=')
            .filter(|word| word.starts_with(|c: char| c.is_alphanumeric() || c == '.'));
        let mut kind = if exact.is_some() {
            LeafKind::Exact
        } else {
            LeafKind::Word
        };
        let mut word = exact.unwrap_or(word);
        if let Some(start) = word.strip_suffix('*') {
            word = start.trim_end_matches('*');
            if word.chars().filter(|c| c.is_alphanumeric()).count() < 2 {
                self.query
                    .remark("a beginning of words needs two letters before the *", span);
            } else {
                kind = LeafKind::Prefix;
            }
        }
        if let Some((before, behind)) = word.split_once(['~', '^'])
            && behind.chars().all(|c| c.is_ascii_digit() || c == '.')
        {
            let text = "~ and ^ say nothing behind a word: typing errors are repaired and words weighted by themselves";
            self.query.remark(text, span);
            word = before;
        }
        if word.contains(['*', '?']) && word.trim_end_matches('?').contains(['*', '?']) {
            let text = "* and ? within a word are not read; the word is searched as it stands";
            self.query.remark(text, span);
        }
        word.chars()
            .any(char::is_alphanumeric)
            .then_some(Kind::Term(word, kind))
    }
}

/// The most words that may be let in between the words of a phrase.
const MAX_SLOP: u32 = 50;

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„')
}

/// The field in front of a colon, if something to look for follows at once, and the length of both.
fn target_of(text: &str) -> Option<(Target, usize)> {
    let (name, rest) = text.split_once(':')?;
    if name.len() > 32 {
        return None;
    }
    let name_lower = name.to_lowercase();
    let at = SCOPES
        .binary_search_by_key(&name_lower.as_str(), |(known, _)| known)
        .ok()?;
    let (_, target) = TARGETS.iter().find(|(id, _)| *id == SCOPES[at].1)?;
    rest.starts_with(|c: char| c.is_alphanumeric() || is_quote(c) || matches!(c, '.' | '(' | '='))
        .then_some((*target, name.len() + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_a_field_is_known() {
        assert!(
            SCOPES
                .iter()
                .all(|(_, scope)| TARGETS.iter().any(|(id, _)| id == scope))
        );
        assert!(is_silent("which") && !is_silent("kubernetes"));
    }
}
