//! Counts facet values and filters by them, drill-sideways: a value's count is what one would get by choosing it.
//!
//! A role that fails exactly one of the two filters still counts for the values of that one.

use tantivy::schema::Facet;
use tantivy::{DocId, SegmentReader};

use crate::index::header::FacetValue;
use crate::taxonomy::filter::Selection;

/// One facet of one segment: which of its ordinals stand for which values.
pub struct SegmentFacet {
    reader: tantivy::fastfield::FacetReader,
    /// For each ordinal, the places of its value and its value's parent in the list of values.
    values_of: Vec<[Option<u16>; 2]>,
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
        let reader = segment.facet_reader(field)?;
        let mut values_of = Vec::with_capacity(reader.num_facets());
        let mut passes = Vec::with_capacity(reader.num_facets());
        let mut facet = Facet::root();
        for ordinal in 0..reader.num_facets() as u64 {
            reader.facet_from_ord(ordinal, &mut facet)?;
            let parts = facet.to_path();
            let path = parts.join("/");
            let place = |path: &str| {
                values
                    .iter()
                    .position(|value| value.path == path)
                    .map(|at| at as u16)
            };
            let own = place(&path);
            values_of.push([
                own,
                path.rsplit_once('/').and_then(|(parent, _)| place(parent)),
            ]);
            passes.push(
                own.is_some_and(|at| selection.values.contains(&values[usize::from(at)].value)),
            );
        }
        Ok(Self {
            reader,
            values_of,
            passes,
            has_filter: !selection.is_empty(),
        })
    }

    /// Returns the places of the role's own values, without their parents, in the order of the values.
    pub fn own(&self, doc: DocId) -> Vec<u16> {
        let ordinals = self.reader.facet_ords(doc).map(|ordinal| ordinal as usize);
        let mut own: Vec<u16> = ordinals
            .filter_map(|ordinal| self.values_of[ordinal][0])
            .collect();
        own.sort_unstable();
        own
    }

    /// Returns whether the role passes the filter, and puts the places of its values, parents among them, into `values`.
    pub fn look(&self, doc: DocId, values: &mut Vec<u16>) -> bool {
        values.clear();
        let mut passes = !self.has_filter;
        let mut ordinals = self.reader.facet_ords(doc).map(|ordinal| ordinal as usize);
        if let Some(first) = ordinals.next() {
            passes |= self.passes[first];
            values.extend(self.values_of[first].into_iter().flatten());
        }
        for ordinal in ordinals {
            passes |= self.passes[ordinal];
            for value in self.values_of[ordinal].into_iter().flatten() {
                if !values.contains(&value) {
                    values.push(value);
                }
            }
        }
        passes
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
