//! Turns British spellings and irregular forms into the one form that is stemmed, by the tables of `data/spelling.toml`.

use std::borrow::Cow;

include!(concat!(env!("OUT_DIR"), "/spelling.rs"));

/// Letters that stand before an ending, at least: `rise` is no `-ise`.
const MIN_START: usize = 3;

/// Returns the one form of a word in lower case.
pub fn respelled(word: &str) -> Cow<'_, str> {
    if let Ok(at) = WORDS.binary_search_by_key(&word, |(word, _)| word) {
        return WORDS[at].1.into();
    }
    for (ending, other) in ENDINGS {
        if let Some(start) = word.strip_suffix(ending) {
            if start.chars().count() < MIN_START {
                return word.into();
            }
            return format!("{start}{other}").into();
        }
    }
    word.into()
}

#[cfg(test)]
mod tests {
    use super::super::stem_of;
    use super::*;

    #[test]
    fn spellings_and_irregular_forms_have_one_stem() {
        for (one, other) in [
            ("optimisation", "optimization"),
            ("optimising", "optimizes"),
            ("behaviour", "behaviors"),
            ("centre", "center"),
            ("catalogues", "catalog"),
            ("modelling", "modeling"),
            ("programme", "programs"),
            ("analyse", "analysis"),
            ("analyses", "analyzing"),
            ("exercise", "exercising"),
            ("supervise", "supervised"),
            ("criteria", "criterion"),
            ("craftsmen", "craftsman"),
            ("built", "building"),
            ("labour", "labor"),
        ] {
            assert_eq!(stem_of(one), stem_of(other), "{one} {other}");
        }
        for (one, other) in [
            ("rise", "rize"),
            ("our", "or"),
            ("men", "man"),
            ("share", "shaer"),
        ] {
            assert_ne!(stem_of(one), stem_of(other), "{one} {other}");
        }
    }

    #[test]
    fn what_is_respelled_stays_as_it_is() {
        for (_, form) in WORDS {
            let again = respelled(form).into_owned();
            assert_eq!(respelled(&again), again, "{form}");
        }
    }
}
