//! Reads the level and the domains out of a title, a folder's name or a text.

use super::phrases::{slug, words};
use super::{LevelEntry, LevelSign, MAX_VALUE_BYTES, Taxonomy, Track};

/// What a title says of the level.
enum TitleSays {
    Level(usize),
    /// It names a function; a text that speaks of leading people makes it this level.
    Function(usize),
    Nothing,
}

impl Taxonomy {
    /// Returns the level that the title says, if any.
    pub fn level_of_title(&self, title: &str) -> Option<&LevelEntry> {
        match self.read_title(title) {
            TitleSays::Level(at) => Some(&self.levels[at]),
            TitleSays::Function(_) | TitleSays::Nothing => None,
        }
    }

    /// Returns the level that the text says where the title is silent; of several signs the one named first in the data's order of strength.
    ///
    /// A function title ("Product Manager") whose text says that the role leads people gets the function's own level.
    pub fn level_of_text<'t>(
        &self,
        title: &str,
        texts: impl Iterator<Item = &'t str>,
    ) -> Option<&LevelEntry> {
        let function = match self.read_title(title) {
            TitleSays::Function(leads) => Some(leads),
            TitleSays::Level(_) | TitleSays::Nothing => None,
        };
        for text in texts {
            let words = words(text);
            for found in self.text_signs.find(&words) {
                let before = &words[found.at.saturating_sub(3)..found.at];
                if before.iter().any(|word| self.unless.contains(word)) {
                    continue;
                }
                let level = &self.levels[*found.value];
                return match function {
                    Some(leads) if level.track == Track::Leadership => Some(&self.levels[leads]),
                    _ => Some(level),
                };
            }
        }
        None
    }

    fn read_title(&self, title: &str) -> TitleSays {
        let mut words = words(title);
        // "Assistant to the Director" is not a director.
        if let Some(end) = words.iter().position(|word| word == "to") {
            words.truncate(end);
        }
        let mut levels = Vec::new();
        let mut function = None;
        for found in self.level_phrases.find(&words) {
            match found.value {
                LevelSign::Level(at) => levels.push(*at),
                LevelSign::Function { leads } => function = function.or(*leads),
            }
        }
        for (pair, together) in &self.pairs {
            if pair.iter().all(|level| levels.contains(level)) {
                levels.push(*together);
            }
        }
        // Tracks stand one after the other, each ascending: the last of all is the highest of the leading track.
        match (levels.into_iter().max(), function) {
            (Some(level), _) => TitleSays::Level(level),
            (None, Some(leads)) => TitleSays::Function(leads),
            (None, None) => TitleSays::Nothing,
        }
    }

    /// Returns whether a word, in lower case, is one that the name of a level can begin with, or a code.
    pub fn may_name_level(&self, word: &str) -> bool {
        let is_of_name = |names: &[Vec<String>; 2]| names.iter().flatten().any(|own| own == word);
        word.contains(|c: char| c.is_ascii_digit())
            || self.level_phrases.begin_with(word)
            || self.level_names().iter().any(is_of_name)
    }

    /// The words of the ids and labels of the levels.
    fn level_names(&self) -> &[[Vec<String>; 2]] {
        self.level_names.get_or_init(|| {
            let levels = self.levels.iter();
            let names = levels.map(|level| [words(&level.id), words(&level.label)]);
            names.collect()
        })
    }

    /// Returns the value that an explicit level stands for: a level's id, a code, else a slug of the value itself (`false`).
    pub fn level_value(&self, value: &str) -> Option<(String, bool)> {
        let plain = words(value);
        if plain.is_empty() {
            return None;
        }
        if let Some(at) = self
            .level_names()
            .iter()
            .position(|names| names.contains(&plain))
        {
            return Some((self.levels[at].id.clone(), true));
        }
        if let Some(LevelSign::Level(at)) = self.level_phrases.whole(&plain) {
            return Some((self.levels[*at].id.clone(), true));
        }
        // "IC 4" is a code as "IC4" is.
        let joined = plain.concat();
        if plain.len() < 3 && self.code(&joined).is_some() {
            return Some((joined, true));
        }
        let id = slug(value, MAX_VALUE_BYTES);
        let known = self.code(&id).is_some();
        (!id.is_empty()).then_some((id, known))
    }

    /// Returns the level of a ladder that a heading names, as the title of another level of the role called `title`.
    ///
    /// Beside the level's own words the heading may hold only words of the role ("Director of Engineering" for a
    /// software engineer), else it is an ordinary heading ("Senior stakeholders").
    pub fn level_of_heading(&self, heading: &str, title: &str) -> Option<String> {
        let plain = words(heading);
        let code = plain.first().filter(|word| self.code(word).is_some());
        let level = self
            .level_of_title(heading)
            .map(|level| level.id.clone())
            .or_else(|| code.cloned())?;
        let stem = |word: &String| {
            word.chars()
                .take(word.chars().count().clamp(3, 6))
                .collect::<String>()
        };
        let role: Vec<String> = words(title).iter().map(stem).collect();
        let found = self.level_phrases.find(&plain);
        let is_level = |word: &String| {
            self.code(word).is_some()
                || found.iter().any(|found| plain[found.at] == *word)
                || self
                    .levels
                    .iter()
                    .any(|level| level.words.iter().any(|known| words(known).contains(word)))
        };
        let rest: Vec<&String> = plain
            .iter()
            .filter(|word| {
                !is_level(word) && !["of", "and", "the", "level", "role"].contains(&word.as_str())
            })
            .collect();
        let own = rest
            .iter()
            .filter(|word| role.contains(&stem(word)))
            .count();
        // A title ends in what one is ("Senior Backend Engineer"), and its level stands in front unless people are led.
        let ends_well = rest.last().is_none_or(|word| role.contains(&stem(word)));
        let first = plain.iter().find(|word| self.code(word).is_none());
        let begins_well = self.track(&level) == Track::Leadership || first.is_none_or(is_level);
        let is_title = begins_well && ends_well && own * 2 >= rest.len();
        (is_title && own.max(usize::from(rest.is_empty())) > 0).then_some(level)
    }

    /// Returns the company's code that a title names: `ic4` of "Software Engineer (IC4)", at its end.
    pub fn code_of_title(&self, title: &str) -> Option<String> {
        let last = words(title).pop()?;
        self.code(&last).is_some().then_some(last)
    }

    /// Returns the ids of the domains that the title names, in its order.
    pub fn domains_of_title(&self, title: &str) -> Vec<&str> {
        let plain = words(title);
        let found = self.domain_phrases.find(&plain);
        let only_weak = found.iter().all(|found| found.value.1);
        let mut ids: Vec<&str> = Vec::new();
        for &(domain, weak) in found.iter().map(|found| found.value) {
            let id = self.domains[domain].id.as_str();
            if (only_weak || !weak) && !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    /// Returns the domain that a text speaks of most, if it does so at least twice or in its first words.
    pub fn domain_of_text(&self, text: &str) -> Option<&str> {
        let mut counts: Vec<(usize, usize, usize)> = Vec::new();
        for found in self.domain_phrases.find(&words(text)) {
            let (domain, weak) = *found.value;
            match counts.iter_mut().find(|(known, ..)| *known == domain) {
                Some((_, count, _)) => *count += 1,
                None if weak => {}
                None => counts.push((domain, 1, found.at)),
            }
        }
        let best = counts
            .into_iter()
            .max_by_key(|&(_, count, at)| (count, std::cmp::Reverse(at)))?;
        (best.1 > 1 || best.2 < 12).then(|| self.domains[best.0].id.as_str())
    }

    /// Returns the id of the domain that a name (folder, head value, filter value) stands for, if the taxonomy knows it.
    pub fn domain_of_name(&self, name: &str) -> Option<&str> {
        let plain = words(name);
        let by_id = self
            .domains
            .iter()
            .find(|domain| domain.id.eq_ignore_ascii_case(name.trim()));
        let same = |known: &String| words(known) == plain;
        let by_name = || {
            self.domains
                .iter()
                .find(|domain| same(&domain.label) || domain.folders.iter().any(same))
        };
        let by_leaf = || {
            self.domains.iter().find(|domain| {
                domain
                    .id
                    .rsplit('/')
                    .next()
                    .is_some_and(|leaf| words(leaf) == plain)
            })
        };
        if plain.is_empty() {
            return None;
        }
        let entry = by_id
            .or_else(by_name)
            .or_else(|| {
                self.domain_phrases
                    .whole(&plain)
                    .map(|&(at, _)| &self.domains[at])
            })
            .or_else(by_leaf)?;
        Some(&entry.id)
    }

    /// Returns the domain that an explicit name stands for; an unknown one becomes a domain of its own (`false`).
    pub fn domain_value(&self, name: &str) -> Option<(String, bool)> {
        if let Some(id) = self.domain_of_name(name) {
            return Some((id.to_owned(), true));
        }
        let mut parts = name
            .splitn(2, '/')
            .map(|part| slug(part, MAX_VALUE_BYTES))
            .filter(|part| !part.is_empty());
        let first = parts.next()?;
        let first = self
            .domain_of_name(&first)
            .map_or(first.clone(), str::to_owned);
        let id = match parts.next() {
            Some(second) if !first.contains('/') => format!("{first}/{second}"),
            _ => first,
        };
        Some((id, false))
    }
}

/// Drops every ancestor of another value, and every value that stands there twice: the engine refuses a facet beside its ancestor.
pub fn without_ancestors<T>(values: &mut Vec<T>, id: impl Fn(&T) -> &str) {
    let ids: Vec<String> = values.iter().map(|value| id(value).to_owned()).collect();
    let mut seen: Vec<String> = Vec::new();
    values.retain(|value| {
        let own = id(value);
        let is_ancestor = ids.iter().any(|other| {
            other
                .strip_prefix(own)
                .is_some_and(|rest| rest.starts_with('/'))
        });
        let again = seen.iter().any(|known| known == own);
        seen.push(own.to_owned());
        !is_ancestor && !again
    });
}

#[cfg(test)]
mod tests {
    use super::super::built_in;
    use super::*;

    #[test]
    fn titles_give_levels() {
        let taxonomy = built_in();
        for (title, level) in [
            ("Director of DevOps", "director"),
            ("DevOps Director", "director"),
            ("Head of Enterprise Architecture", "head"),
            ("VP of IT", "vp"),
            ("Vice-President, Engineering", "vp"),
            ("DevOps and SRE Transformation Leader", "leader"),
            ("Senior Engineering Manager", "senior-manager"),
            ("Sr. Director of Data", "senior-director"),
            ("Senior Product Manager", "senior"),
            ("Associate Product Manager", "junior"),
            ("Staff Software Engineer", "staff"),
            ("Senior Staff Engineer", "staff"),
            ("Principal Engineer", "principal"),
            ("Distinguished Engineer", "distinguished"),
            ("Technical Fellow", "distinguished"),
            ("Tech Lead", "lead"),
            ("Team Lead, Payments", "team-lead"),
            ("Chief Information Security Officer", "chief"),
            ("CTO", "chief"),
            ("Associate Director", "director"),
            ("Assistant Manager", "manager"),
            ("Release Manager", "manager"),
            ("Customer Success Engineering Manager", "manager"),
            ("Product Marketing Manager", "manager"),
            ("Director of Product Management", "director"),
            ("Data Science Intern", "intern"),
            ("Jr. Analyst", "junior"),
            ("Lead Generation Specialist", "-"),
            ("Product Manager", "-"),
            ("Technical Program Manager", "-"),
            ("Project Manager", "-"),
            ("Key Account Manager", "-"),
            ("Customer Success Manager", "-"),
            ("Staff Accountant", "-"),
            ("Principal Investigator", "-"),
            ("Scrum Master", "-"),
            ("Chief of Staff", "-"),
            ("Solutions Architect", "-"),
            ("Internal Audit Specialist", "-"),
            ("Executive Assistant to the Director", "-"),
            ("XR Platform Engineer", "-"),
        ] {
            assert_eq!(
                taxonomy
                    .level_of_title(title)
                    .map_or("-", |level| &level.id),
                level,
                "{title}"
            );
        }
    }

    #[test]
    fn titles_may_end_in_a_companys_code() {
        let code = |title| built_in().code_of_title(title);
        assert_eq!(code("Software Engineer (IC4)").as_deref(), Some("ic4"));
        assert_eq!(code("Engineering Manager – M5").as_deref(), Some("m5"));
        assert_eq!(code("Layer 3 Engineer"), None);
    }

    #[test]
    fn texts_speak_where_titles_are_silent() {
        let taxonomy = built_in();
        for (title, text, level) in [
            (
                "Product Manager",
                "Leads a team of five product managers.",
                "manager",
            ),
            (
                "Product Manager",
                "Owns the roadmap; does not lead a team.",
                "-",
            ),
            (
                "Security Engineer",
                "A senior individual contributor who …",
                "senior",
            ),
            ("Analyst", "An early-career role.", "junior"),
            ("Architect", "Designs systems.", "-"),
        ] {
            assert_eq!(
                taxonomy
                    .level_of_text(title, [text].into_iter())
                    .map_or("-", |level| &level.id),
                level,
                "{title}: {text}"
            );
        }
    }

    #[test]
    fn titles_give_domains() {
        let taxonomy = built_in();
        for (title, domains) in [
            ("Director of Cloud Operations", vec!["cloud"]),
            (
                "Cloud and Infrastructure Leader",
                vec!["cloud", "infrastructure"],
            ),
            (
                "DevOps and SRE Transformation Leader",
                vec!["devops", "devops/sre"],
            ),
            (
                "Sustainability Data Engineer",
                vec!["sustainability", "data"],
            ),
            ("XR Platform Engineer", vec!["xr", "platform"]),
            ("Director of Engineering", vec!["software"]),
            ("Developer Experience Manager", vec!["platform"]),
            ("Build and Release Manager", vec!["devops"]),
            ("Customer Success Engineering Manager", vec!["customer"]),
            ("Director of AI Engineering", vec!["ai"]),
            ("Business Systems Manager", vec!["business"]),
            (
                "Application Security Engineering Manager",
                vec!["software", "security"],
            ),
            (
                "Green Software Engineer",
                vec!["sustainability", "software"],
            ),
        ] {
            assert_eq!(taxonomy.domains_of_title(title), domains, "{title}");
        }
    }

    #[test]
    fn headings_of_a_ladder_are_titles_of_the_same_role() {
        let taxonomy = built_in();
        for (heading, title, level) in [
            ("Senior", "Software Engineer", Some("senior")),
            (
                "Senior Software Engineer",
                "Software Engineer",
                Some("senior"),
            ),
            (
                "Director of Engineering",
                "Software Engineer",
                Some("director"),
            ),
            ("IC4 – Senior Engineer", "Software Engineer", Some("senior")),
            ("Senior stakeholders", "Software Engineer", None),
            ("Leadership", "Software Engineer", None),
            ("Manager expectations", "Software Engineer", None),
            ("Lead engineering teams", "Director of Engineering", None),
            ("Engineering staff", "Director of Engineering", None),
            (
                "Senior Backend Engineer",
                "Software Engineer",
                Some("senior"),
            ),
        ] {
            assert_eq!(
                taxonomy.level_of_heading(heading, title).as_deref(),
                level,
                "{heading}"
            );
        }
    }

    #[test]
    fn explicit_values_are_forgiven_or_kept() {
        let taxonomy = built_in();
        for (value, expected) in [
            ("Sr", ("senior", true)),
            ("Vice-President", ("vp", true)),
            ("IC4", ("ic4", true)),
            ("IC 4", ("ic4", true)),
            ("Guru / Wizard", ("guru-wizard", false)),
        ] {
            assert_eq!(
                taxonomy.level_value(value),
                Some((expected.0.to_owned(), expected.1)),
                "{value}"
            );
        }
        for (value, expected) in [
            ("AI & ML", ("ai", true)),
            ("people-ops", ("people", true)),
            ("finops", ("cloud/finops", true)),
            ("Space Travel", ("space-travel", false)),
            ("cloud/edge", ("cloud/edge", false)),
        ] {
            assert_eq!(
                taxonomy.domain_value(value),
                Some((expected.0.to_owned(), expected.1)),
                "{value}"
            );
        }
    }

    #[test]
    fn an_ancestor_gives_way_to_its_descendant() {
        let mut values = vec!["cloud", "cloud/finops", "cloudy", "ai", "ai"];
        without_ancestors(&mut values, |value| value);
        assert_eq!(values, ["cloud/finops", "cloudy", "ai"]);
    }
}
