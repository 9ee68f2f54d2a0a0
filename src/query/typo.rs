//! Finds the word of the index that a mistyped one most likely is.

use super::concept::Dictionary;
use crate::index::analysis::stem_of;
use crate::index::schema::FieldSet;

/// The shortest word that is repaired at one edit, and at two, in letters.
const MIN_LETTERS: [usize; 2] = [5, 9];
/// The longest word that is repaired, in letters: nobody mistypes what nobody knows.
const MAX_LETTERS: usize = 32;

/// The best word nearby: at one edit before two, a name before a mere word, then the more frequent one, then by alphabet.
pub fn nearest_word(word: &str, fields: FieldSet, dictionary: &dyn Dictionary) -> Option<String> {
    let letters = word.chars().count();
    if letters > MAX_LETTERS || !word.chars().all(char::is_alphabetic) {
        return None;
    }
    for (edits, least) in [(1, MIN_LETTERS[0]), (2, MIN_LETTERS[1])] {
        for of_names in [true, false] {
            if letters >= least {
                let near = dictionary.within_edits(word, edits, of_names);
                let found = most_frequent(near, word, edits, fields, dictionary);
                if found.is_some() {
                    return found;
                }
            }
        }
    }
    None
}

fn most_frequent(
    mut near: Vec<String>,
    word: &str,
    edits: u8,
    fields: FieldSet,
    dictionary: &dyn Dictionary,
) -> Option<String> {
    near.sort();
    let mut best: Option<(u64, String)> = None;
    for candidate in near
        .into_iter()
        .filter(|near| begins_alike(word, near, edits))
    {
        let roles = dictionary.roles_with(&stem_of(&candidate), fields);
        if roles > best.as_ref().map_or(0, |(roles, _)| *roles) {
            best = Some((roles, candidate));
        }
    }
    best.map(|(_, word)| word)
}

/// Hardly anyone mistypes the first letter, but for changing it with the second.
fn begins_alike(word: &str, other: &str, edits: u8) -> bool {
    let first = word.chars().next();
    other.chars().next() == first || (edits == 1 && other.chars().nth(1) == first)
}
