//! Selects facet values by names that are just those of the index, for which no taxonomy has to be read.

use super::filter::Selection;

/// The facet that a filter is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Facet {
    /// Levels, which stand side by side.
    Level,
    /// Domains, with others below them.
    Domain,
}

/// Selects what is named just as the index has it, for which no taxonomy has to be read; `None` where something else is named.
pub fn as_present(facet: Facet, filters: &[String], present: &[String]) -> Option<Selection> {
    let mut selection = Selection::default();
    let names = filters.iter().flat_map(|filter| filter.split(','));
    for name in names.map(str::trim) {
        let id = present.iter().find(|value| *value == name)?;
        let below = format!("{id}/");
        let is_chosen =
            |value: &&String| *value == id || (facet == Facet::Domain && value.starts_with(&below));
        let mut values: Vec<String> = present.iter().filter(is_chosen).cloned().collect();
        values.sort_by_key(|value| value != id);
        selection.named.push(id.clone());
        selection.add(id.clone(), values);
    }
    Some(selection)
}

#[cfg(test)]
mod tests {
    use super::super::built_in;
    use super::*;

    #[test]
    fn values_as_the_index_has_them_need_no_taxonomy() {
        let taxonomy = built_in();
        let levels: Vec<String> = taxonomy
            .levels()
            .iter()
            .map(|level| level.id.clone())
            .collect();
        let domains: Vec<String> = taxonomy
            .domains()
            .iter()
            .map(|domain| domain.id.clone())
            .collect();
        let both = |facet, names: &[String]| match facet {
            Facet::Level => (
                as_present(facet, names, &levels),
                taxonomy.select_levels(names, &levels),
            ),
            Facet::Domain => (
                as_present(facet, names, &domains),
                taxonomy.select_domains(names, &domains),
            ),
        };
        for (facet, values) in [(Facet::Level, &levels), (Facet::Domain, &domains)] {
            let mut lists: Vec<Vec<String>> =
                values.iter().map(|value| vec![value.clone()]).collect();
            lists.push(vec![
                format!("{}, {}", values[1], values[0]),
                values[1].clone(),
            ]);
            for names in lists {
                let (as_it_is, read) = both(facet, &names);
                assert_eq!(as_it_is, Some(read.unwrap()), "{names:?}");
            }
        }
        for name in [
            "",
            "director+",
            "..senior",
            "individual",
            "IC4",
            "Cloud",
            "nothing",
        ] {
            assert_eq!(
                as_present(Facet::Level, &[name.to_owned()], &levels),
                None,
                "{name}"
            );
        }
    }
}
