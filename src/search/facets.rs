//! Counts facet values and filters by them, drill-sideways: a value's count is what one would get by choosing it.
//!
//! A role that fails exactly one of the two filters still counts for the values of that one.

use tantivy::columnar::{Cardinality, StrColumn};
use tantivy::{DocId, SegmentReader};

use super::role::text_column;
use crate::index::header::FacetValue;
use crate::taxonomy::filter::Selection;

/// One facet of one segment: which of its ordinals stand for which values.
pub struct SegmentFacet {
    column: StrColumn,
    /// Whether every role has exactly one value.
    single: bool,
    /// For each ordinal, the places of its value and of its value's parent in the list of values.
    values_of: Vec<Vec<u16>>,
    /// For each ordinal, whether it passes the filter.
    passes: Vec<bool>,
    has_filter: bool,
}

impl SegmentFacet {
    /// Opens the facet `field`, whose values are `values`, with a filter.
    pub fn open(
        segment: &SegmentReader,
        field: &str,
        values: &[FacetValue],
        selection: &Selection,
    ) -> tantivy::Result<Self> {
        let column = text_column(segment, field)?;
        let mut values_of = Vec::with_capacity(column.num_terms());
        let mut passes = Vec::with_capacity(column.num_terms());
        let mut paths = column.dictionary().stream()?;
        while paths.advance() {
            // The engine parts the steps of a facet by a zero byte.
            let path = String::from_utf8_lossy(paths.key()).replace('\0', "/");
            let place = |path: &str| {
                let at = values.iter().position(|value| value.path == path)?;
                Some(at as u16)
            };
            let own = place(&path);
            let parent = path.rsplit_once('/').and_then(|(parent, _)| place(parent));
            values_of.push(own.into_iter().chain(parent).collect());
            let chosen = |at: u16| selection.values.contains(&values[usize::from(at)].value);
            passes.push(own.is_some_and(chosen));
        }
        let single = column.ords().index.get_cardinality() == Cardinality::Full;
        Ok(Self {
            column,
            single,
            values_of,
            passes,
            has_filter: !selection.is_empty(),
        })
    }

    /// Returns the places of the role's own values, without their parents, in the order of the values.
    pub fn own(&self, doc: DocId) -> Vec<u16> {
        let ordinals = self.column.ords().values_for_doc(doc);
        let mut own: Vec<u16> = ordinals
            .filter_map(|ordinal| self.values_of[ordinal as usize].first().copied())
            .collect();
        own.sort_unstable();
        own
    }

    /// Returns the ordinals of the roles of a range, where each has exactly one.
    pub fn ordinals(&self, start: DocId, ordinals: &mut [u64]) -> bool {
        if self.single {
            let values = &self.column.ords().values;
            values.get_range(u64::from(start), ordinals);
        }
        self.single
    }

    /// Returns whether there is a filter.
    pub fn has_filter(&self) -> bool {
        self.has_filter
    }

    /// Returns whether a role with this ordinal passes the filter.
    pub fn passes(&self, ordinal: u64) -> bool {
        !self.has_filter || self.passes[ordinal as usize]
    }

    /// Returns the number of ordinals.
    pub fn len(&self) -> usize {
        self.values_of.len()
    }

    /// Adds to the counts of values those of ordinals.
    pub fn add_to(&self, counts: &mut [u64], of_ordinals: &[u64]) {
        for (values, count) in self.values_of.iter().zip(of_ordinals) {
            for &value in values {
                counts[usize::from(value)] += count;
            }
        }
    }

    /// Returns whether the role passes the filter, and the places of its values, parents among them.
    ///
    /// `several` is room for those of a role that has more than one.
    pub fn look<'v>(&'v self, doc: DocId, several: &'v mut Vec<u16>) -> (bool, &'v [u16]) {
        if self.single {
            let ordinal = self.column.ords().values.get_val(doc) as usize;
            return (
                !self.has_filter || self.passes[ordinal],
                &self.values_of[ordinal],
            );
        }
        let mut ordinals = self
            .column
            .ords()
            .values_for_doc(doc)
            .map(|ordinal| ordinal as usize);
        let Some(first) = ordinals.next() else {
            return (!self.has_filter, &[]);
        };
        let mut passes = !self.has_filter || self.passes[first];
        let mut next = ordinals.next();
        if next.is_none() {
            return (passes, &self.values_of[first]);
        }
        several.clone_from(&self.values_of[first]);
        while let Some(ordinal) = next {
            passes |= self.passes[ordinal];
            for &value in &self.values_of[ordinal] {
                if !several.contains(&value) {
                    several.push(value);
                }
            }
            next = ordinals.next();
        }
        (passes, several)
    }
}

/// The counts of both facets, and the totals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// For each level of the header, the roles that choosing it would give.
    pub levels: Vec<u64>,
    /// The same of the domains.
    pub domains: Vec<u64>,
    /// Roles that match the query and pass both filters.
    pub total: u64,
    /// Roles that match the query.
    pub unfiltered: u64,
    /// Roles that match the query and pass the domain filter, whatever their level.
    pub without_level: u64,
    /// Roles that match the query and pass the level filter, whatever their domains.
    pub without_domain: u64,
}

impl Counts {
    /// Makes counts for so many values.
    pub fn new(levels: usize, domains: usize) -> Self {
        Self {
            levels: vec![0; levels],
            domains: vec![0; domains],
            ..Self::default()
        }
    }

    /// Adds the counts of other roles.
    pub fn add_all(&mut self, other: &Self) {
        let sum = |own: &mut Vec<u64>, other: &[u64]| {
            own.iter_mut()
                .zip(other)
                .for_each(|(own, other)| *own += other);
        };
        sum(&mut self.levels, &other.levels);
        sum(&mut self.domains, &other.domains);
        self.total += other.total;
        self.unfiltered += other.unfiltered;
        self.without_level += other.without_level;
        self.without_domain += other.without_domain;
    }

    /// Counts a role that matches the query; returns whether it passes both filters.
    pub fn add(
        &mut self,
        passes_level: bool,
        passes_domain: bool,
        levels: &[u16],
        domains: &[u16],
    ) -> bool {
        self.unfiltered += 1;
        if passes_domain {
            self.without_level += 1;
            for &value in levels {
                self.levels[usize::from(value)] += 1;
            }
        }
        if passes_level {
            self.without_domain += 1;
            for &value in domains {
                self.domains[usize::from(value)] += 1;
            }
        }
        let passes = passes_level && passes_domain;
        self.total += u64::from(passes);
        passes
    }
}

/// A value of a facet as a list shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted<'a> {
    /// The bare value.
    pub value: &'a str,
    /// The label for people.
    pub label: &'a str,
    /// How many roles choosing it gives.
    pub count: u64,
    /// Whether it is chosen.
    pub selected: bool,
}

/// Returns the values of a facet with their counts: those that some role has, and the chosen ones even at 0.
pub fn counted<'a>(
    values: &'a [FacetValue],
    counts: &[u64],
    selection: &'a Selection,
) -> Vec<Counted<'a>> {
    let mut counted = Vec::new();
    for (place, value) in values.iter().map(Some).chain([None]).enumerate() {
        let absent = selection
            .absent
            .iter()
            .filter(|absent| absent.place == place);
        counted.extend(absent.map(|absent| Counted {
            value: &absent.value,
            label: &absent.label,
            count: 0,
            selected: true,
        }));
        let Some(value) = value else { continue };
        let (count, selected) = (counts[place], selection.values.contains(&value.value));
        if count > 0 || selection.named.contains(&value.value) {
            counted.push(Counted {
                value: &value.value,
                label: &value.label,
                count,
                selected,
            });
        }
    }
    counted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn siblings_of_a_chosen_value_keep_their_counts() {
        let mut counts = Counts::new(2, 2);
        assert!(counts.add(true, true, &[0], &[0]));
        assert!(!counts.add(false, true, &[1], &[0, 1]));
        assert!(!counts.add(false, false, &[1], &[1]));
        assert_eq!(
            (
                counts.levels,
                counts.domains,
                counts.total,
                counts.unfiltered
            ),
            (vec![1, 1], vec![1, 0], 1, 3)
        );
        assert_eq!((counts.without_level, counts.without_domain), (2, 1));
    }
}
