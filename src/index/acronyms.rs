//! Finds the short forms that a text explains, "site reliability engineering (SRE)" or "SRE (site reliability engineering)",
//! and the initials of a title.

use super::analysis::name_key;
use super::document::JOINING;

/// Letters of a short form, at least and at most.
const LETTERS: std::ops::RangeInclusive<usize> = 2..=8;
/// The longest text within parentheses that is looked at, in bytes.
const MAX_INSIDE: usize = 96;

/// How much of the text before is looked at, in bytes.
const MAX_BEFORE: usize = 256;

/// Returns the short forms of a text with their long forms, both in lower case.
pub fn explained(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (open, _) in text.match_indices('(') {
        // No further than that: a text of nothing but brackets would take the square of its length.
        let near = &text[open..boundary(text, open + MAX_INSIDE)];
        let Some(length) = near.find(')') else {
            continue;
        };
        let inside = text[open + 1..open + length].trim();
        let before = last_clause(&text[..open]);
        let pair = match short_form(inside) {
            Some(short) => words_for(&short, before).map(|long| (short, long)),
            None => short_form(before.split_whitespace().last().unwrap_or_default())
                .filter(|short| {
                    words_for(short, inside).is_some_and(|long| long == name_key(inside))
                })
                .map(|short| (short, name_key(inside))),
        };
        found.extend(pair);
    }
    found
}

/// Returns the first letters of a title of three words or more, joining words left out.
pub fn initials(title: &str) -> Option<String> {
    let key = name_key(title);
    let words = key.split(' ').filter(|word| !JOINING.contains(word));
    let letters: String = words.filter_map(|word| word.chars().next()).collect();
    (3..=6)
        .contains(&letters.chars().count())
        .then_some(letters)
}

/// The last place up to `at` where a text can be cut.
fn boundary(text: &str, at: usize) -> usize {
    let places = (0..=at.min(text.len())).rev();
    places
        .into_iter()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0)
}

/// The text behind the last mark that ends a clause, of which a few words are enough.
fn last_clause(text: &str) -> &str {
    let text = &text[boundary(text, text.len().saturating_sub(MAX_BEFORE))..];
    let start = text
        .rfind(|c: char| matches!(c, '.' | ';' | ':' | ',' | '(' | ')' | '|') || c.is_control())
        .map_or(0, |at| {
            at + text[at..].chars().next().map_or(1, char::len_utf8)
        });
    &text[start..]
}

/// A word in capitals, without the sign of its plural.
fn short_form(word: &str) -> Option<String> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let word = word.strip_suffix('s').unwrap_or(word);
    let capitals = word.chars().filter(|c| c.is_uppercase()).count();
    let is_short = LETTERS.contains(&word.chars().count())
        && capitals >= 2
        && word.chars().all(char::is_alphanumeric)
        && !word.chars().all(char::is_numeric);
    (is_short && word.chars().filter(|c| c.is_lowercase()).count() <= 2)
        .then(|| word.to_lowercase())
}

/// The last words of a text whose first letters are the short form's.
fn words_for(short: &str, text: &str) -> Option<String> {
    let key = name_key(text);
    let words: Vec<&str> = key.split(' ').collect();
    let mut letters: Vec<char> = short.chars().collect();
    let mut start = words.len();
    while let Some(letter) = letters.last() {
        start = start.checked_sub(1)?;
        if words[start].starts_with(*letter) {
            letters.pop();
        } else if start + 1 == words.len() || !JOINING.contains(&words[start]) {
            return None;
        }
    }
    (words.len() - start > 1).then(|| words[start..].join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_are_learnt_from_both_orders() {
        for (text, expected) in [
            (
                "Leads site reliability engineering (SRE) work",
                "sre=site reliability engineering",
            ),
            (
                "SLOs (service level objectives) per service",
                "slo=service level objectives",
            ),
            (
                "owns SLO (service level objectives)",
                "slo=service level objectives",
            ),
            (
                "Report on return on investment (ROI)",
                "roi=return on investment",
            ),
            ("mean time to recovery (MTTR)", "mttr=mean time to recovery"),
            (
                "objectives and key results (OKRs)",
                "okr=objectives and key results",
            ),
            (
                "continuous-delivery index (CDI), and more",
                "cdi=continuous delivery index",
            ),
            ("the plan (see below) and (UK)", ""),
            ("a (b", ""),
        ] {
            let found: Vec<String> = explained(text)
                .iter()
                .map(|(short, long)| format!("{short}={long}"))
                .collect();
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }

    #[test]
    fn titles_of_three_words_have_initials() {
        assert_eq!(
            initials("Network Operations Manager").as_deref(),
            Some("nom")
        );
        assert_eq!(initials("Head of Site Reliability").as_deref(), Some("hsr"));
        assert_eq!(initials("Data Engineer"), None);
    }
}
