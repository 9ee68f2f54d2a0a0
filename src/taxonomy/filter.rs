//! Turns what stands behind `--level` and `--domain` into the set of facet values to keep.

use super::phrases::words;
use super::{Taxonomy, Track};
use crate::error::{Error, Result};

/// The values of one facet that a user chose. Several are alternatives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// What was typed, in the taxonomy's spelling: `director+`, `senior..staff`, `cloud`.
    pub applied: Vec<String>,
    /// The single values among them, which stay listed even where no role has them.
    pub named: Vec<String>,
    /// All values that match.
    pub values: Vec<String>,
    /// The named values that no role has, with their labels and the number of present values before them.
    pub absent: Vec<Absent>,
}

/// A chosen value that no role has: it is listed all the same, at 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absent {
    /// The value.
    pub value: String,
    /// The label for people.
    pub label: String,
    /// How many of the present values come before it.
    pub place: usize,
}

impl Selection {
    /// Returns whether nothing was chosen, so that everything matches.
    pub fn is_empty(&self) -> bool {
        self.applied.is_empty()
    }

    pub(super) fn add(&mut self, applied: String, values: Vec<String>) {
        if !self.applied.contains(&applied) {
            self.applied.push(applied);
        }
        for value in values {
            if !self.values.contains(&value) {
                self.values.push(value);
            }
        }
    }
}

impl Taxonomy {
    /// Reads level filters: `director`, `director+`, `senior..principal`, `leadership`, `IC4+`; lists with commas.
    ///
    /// `present` holds the values of the index, so that a value that the taxonomy does not know can be used.
    ///
    /// # Errors
    /// Fails on an unknown value and on a range whose ends stand on two tracks.
    pub fn select_levels(&self, filters: &[String], present: &[String]) -> Result<Selection> {
        let mut selection = Selection::default();
        for filter in filters
            .iter()
            .flat_map(|filter| filter.split(','))
            .map(str::trim)
        {
            if let Some(track) = track_of_name(filter) {
                let on_track = self
                    .all_levels(present)
                    .into_iter()
                    .filter(|id| self.track(id) == track)
                    .collect();
                selection.add(track.id().to_owned(), on_track);
            } else if let Some((from, to)) = filter.split_once("..") {
                let (applied, values) = self.level_range(filter, from, to, present)?;
                selection.add(applied, values);
            } else if let Some(from) = filter.strip_suffix('+').filter(|from| !from.is_empty()) {
                let id = self.known_level(from, present)?;
                let values = self.levels_between(&id, None, present);
                selection.add(format!("{id}+"), values);
            } else {
                let id = self.known_level(filter, present)?;
                selection.named.push(id.clone());
                selection.add(id.clone(), vec![id]);
            }
        }
        for id in selection.named.iter().filter(|id| !present.contains(id)) {
            let place = present
                .iter()
                .filter(|other| self.level_order(other) < self.level_order(id))
                .count();
            selection.absent.push(Absent {
                value: id.clone(),
                label: self.level_label(id),
                place,
            });
        }
        Ok(selection)
    }

    /// Reads domain filters: an id, a label, a word for it or a folder's name; lists with commas. A parent matches its children.
    ///
    /// # Errors
    /// Fails on a value that neither the taxonomy nor the index knows.
    pub fn select_domains(&self, filters: &[String], present: &[String]) -> Result<Selection> {
        let mut selection = Selection::default();
        for filter in filters
            .iter()
            .flat_map(|filter| filter.split(','))
            .map(str::trim)
        {
            let id = self.known_domain(filter, present)?;
            let below = format!("{id}/");
            let mut values = vec![id.clone()];
            values.extend(
                present
                    .iter()
                    .filter(|value| value.starts_with(&below))
                    .cloned(),
            );
            selection.named.push(id.clone());
            selection.add(id, values);
        }
        for id in selection.named.iter().filter(|id| !present.contains(id)) {
            let place = present.iter().filter(|other| *other < id).count();
            selection.absent.push(Absent {
                value: id.clone(),
                label: self.domain_label(id),
                place,
            });
        }
        Ok(selection)
    }

    fn level_range(
        &self,
        filter: &str,
        from: &str,
        to: &str,
        present: &[String],
    ) -> Result<(String, Vec<String>)> {
        let from = if from.trim().is_empty() {
            None
        } else {
            Some(self.known_level(from, present)?)
        };
        let to = if to.trim().is_empty() {
            None
        } else {
            Some(self.known_level(to, present)?)
        };
        match (from, to) {
            (Some(from), Some(to)) if self.is_comparable(&from, &to) => {
                let (from, to) = if self.level_order(&from) <= self.level_order(&to) {
                    (from, to)
                } else {
                    (to, from)
                };
                let values = self.levels_between(&from, Some(&to), present);
                Ok((format!("{from}..{to}"), values))
            }
            (Some(from), Some(to)) => Err(Error::LevelRange {
                value: filter.to_owned(),
                from_track: self.ladder_name(&from),
                to_track: self.ladder_name(&to),
                from,
                to,
            }),
            (Some(from), None) => {
                let values = self.levels_between(&from, None, present);
                Ok((format!("{from}+"), values))
            }
            (None, Some(to)) => {
                let track = self.track(&to);
                let up_to = |id: &String| {
                    self.track(id) == track && self.level_order(id) <= self.level_order(&to)
                };
                let values = self
                    .same_ladder(&to, present)
                    .into_iter()
                    .filter(up_to)
                    .collect();
                Ok((format!("..{to}"), values))
            }
            (None, None) => Err(self.unknown_level(filter, present)),
        }
    }

    /// Two levels of one track, or two codes of the same letters.
    fn is_comparable(&self, from: &str, to: &str) -> bool {
        let letters = |id: &str| self.code(id).map(|code| code.letters.to_owned());
        self.track(from) == self.track(to) && letters(from) == letters(to)
    }

    fn ladder_name(&self, id: &str) -> &'static str {
        if self.code(id).is_some() {
            "a company's code"
        } else {
            self.track(id).id()
        }
    }

    fn levels_between(&self, from: &str, to: Option<&str>, present: &[String]) -> Vec<String> {
        let within = |id: &String| {
            let order = self.level_order(id);
            order >= self.level_order(from) && to.is_none_or(|to| order <= self.level_order(to))
        };
        let mut values: Vec<String> = self
            .same_ladder(from, present)
            .into_iter()
            .filter(within)
            .collect();
        if !values.iter().any(|value| value == from) {
            values.push(from.to_owned());
        }
        values
    }

    /// The levels that can be compared with this one: the taxonomy's of its track, or a company's codes of its letters.
    fn same_ladder(&self, id: &str, present: &[String]) -> Vec<String> {
        let letters = |id: &str| self.code(id).map(|code| code.letters.to_owned());
        let own = letters(id);
        let track = self.track(id);
        let ordered =
            |id: &String| own.is_some() || self.levels().iter().any(|level| &level.id == id);
        self.all_levels(present)
            .into_iter()
            .filter(|other| ordered(other) && self.track(other) == track && letters(other) == own)
            .collect()
    }

    fn all_levels(&self, present: &[String]) -> Vec<String> {
        let mut all: Vec<String> = self.levels().iter().map(|level| level.id.clone()).collect();
        for value in present {
            if !all.contains(value) {
                all.push(value.clone());
            }
        }
        all
    }

    fn known_level(&self, value: &str, present: &[String]) -> Result<String> {
        match self.level_value(value).filter(|_| !value.starts_with('-')) {
            Some((id, true)) => Ok(id),
            Some((id, false)) if present.contains(&id) => Ok(id),
            _ => Err(self.unknown_level(value, present)),
        }
    }

    fn unknown_level(&self, value: &str, present: &[String]) -> Error {
        let known = self.all_levels(present);
        let spellings = self.levels().iter().flat_map(|level| {
            level
                .words
                .iter()
                .map(|word| (word.as_str(), level.id.as_str()))
        });
        let nearest = nearest(
            value.trim_end_matches('+'),
            known
                .iter()
                .map(|id| (id.as_str(), id.as_str()))
                .chain(spellings),
        );
        Error::UnknownLevel {
            value: short(value),
            nearest,
            known,
        }
    }

    fn known_domain(&self, value: &str, present: &[String]) -> Result<String> {
        match self.domain_value(value) {
            Some((id, true)) => Ok(id),
            Some((id, false))
                if present.contains(&id)
                    || present
                        .iter()
                        .any(|value| value.starts_with(&format!("{id}/"))) =>
            {
                Ok(id)
            }
            _ => {
                let mut known: Vec<String> = present.to_vec();
                known.sort();
                let spellings = self.domains().iter().flat_map(|domain| {
                    domain
                        .words
                        .iter()
                        .map(|word| (word.as_str(), domain.id.as_str()))
                });
                let ids = self
                    .domains()
                    .iter()
                    .map(|domain| (domain.id.as_str(), domain.id.as_str()));
                let nearest = nearest(
                    value,
                    known
                        .iter()
                        .map(|id| (id.as_str(), id.as_str()))
                        .chain(ids)
                        .chain(spellings),
                );
                known.truncate(MAX_KNOWN);
                Err(Error::UnknownDomain {
                    value: short(value),
                    nearest,
                    known,
                })
            }
        }
    }
}

/// The most values that an error lists.
const MAX_KNOWN: usize = 60;

/// A value as an error shows it.
fn short(value: &str) -> String {
    let mut short: String = value.chars().take(super::MAX_VALUE_BYTES).collect();
    if short.len() < value.len() {
        short.push('…');
    }
    short
}

fn track_of_name(name: &str) -> Option<Track> {
    [Track::Individual, Track::Leadership]
        .into_iter()
        .find(|track| words(name) == [track.id()])
}

/// Returns up to two ids whose spelling is nearest to `value`, at most a third of its letters away.
pub fn nearest<'a>(
    value: &str,
    spellings: impl Iterator<Item = (&'a str, &'a str)>,
) -> Vec<String> {
    let value: String = words(value)
        .join(" ")
        .chars()
        .take(super::MAX_VALUE_BYTES)
        .collect();
    let allowed = (value.chars().count() / 3).max(1);
    let mut scored: Vec<(usize, &str)> = spellings
        .map(|(spelling, id)| {
            (
                strsim::damerau_levenshtein(&value, &words(spelling).join(" ")),
                id,
            )
        })
        .filter(|&(distance, _)| distance <= allowed)
        .collect();
    scored.sort_unstable();
    let mut ids: Vec<String> = Vec::new();
    for (_, id) in scored {
        if ids.len() < 2 && !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::super::built_in;
    use super::*;

    fn levels(filter: &str) -> Result<Vec<String>> {
        let present = ["mid", "ic3", "ic4", "ic5", "m5", "guru"].map(str::to_owned);
        Ok(built_in()
            .select_levels(&[filter.to_owned()], &present)?
            .values)
    }

    #[test]
    fn level_filters_select_values() {
        for (filter, expected) in [
            ("director", vec!["director"]),
            ("sr, VP", vec!["senior", "vp"]),
            ("vice-president", vec!["vp"]),
            (
                "director+",
                vec!["director", "senior-director", "vp", "chief"],
            ),
            ("staff+", vec!["staff", "principal", "distinguished"]),
            (
                "senior..principal",
                vec!["senior", "lead", "staff", "principal"],
            ),
            (
                "principal..senior",
                vec!["senior", "lead", "staff", "principal"],
            ),
            ("..junior", vec!["intern", "junior"]),
            ("IC4+", vec!["ic4", "ic5"]),
            ("IC4", vec!["ic4"]),
            ("guru", vec!["guru"]),
        ] {
            assert_eq!(levels(filter).unwrap(), expected, "{filter}");
        }
        assert!(levels("leadership").unwrap().contains(&"m5".to_owned()));
        assert!(
            !levels("individual")
                .unwrap()
                .contains(&"manager".to_owned())
        );
    }

    #[test]
    fn wrong_level_filters_say_what_would_be_right() {
        assert_eq!(
            levels("senor")
                .unwrap_err()
                .tip()
                .unwrap()
                .split('?')
                .next(),
            Some("did you mean 'senior'")
        );
        assert_eq!(
            levels("senior..director").unwrap_err().to_string(),
            "'senior..director' goes across tracks: senior is individual, director is leadership"
        );
        assert_eq!(
            levels("mid..IC5").unwrap_err().to_string(),
            "'mid..IC5' goes across tracks: mid is individual, ic5 is a company's code"
        );
        assert!(levels("..").is_err() && levels("-senior").is_err() && levels("").is_err());
        assert!(levels("+").is_err());
    }

    #[test]
    fn a_parent_selects_its_children() {
        let present = ["cloud", "cloud/finops", "devops/sre", "space"].map(str::to_owned);
        let select = |filter: &str| {
            built_in()
                .select_domains(&[filter.to_owned()], &present)
                .map(|selection| selection.values)
        };
        assert_eq!(select("Cloud").unwrap(), ["cloud", "cloud/finops"]);
        assert_eq!(select("finops").unwrap(), ["cloud/finops"]);
        assert_eq!(select("devops").unwrap(), ["devops", "devops/sre"]);
        assert_eq!(select("space,people-ops").unwrap(), ["space", "people"]);
        assert_eq!(
            select("clod").unwrap_err().tip().unwrap().split('?').next(),
            Some("did you mean 'cloud'")
        );
    }
}
