//! Counts the facet values of the roles of a segment that match, window by window.

use std::ops::Range;

use tantivy::DocId;

use super::facets::Counts;
use super::scan::Segment;

/// Where at least one document of so many was met, the ordinals of a whole window are read at once.
const MANY: u32 = 8;

/// The counts of a scan. Where each role has one level and one domain, those of ordinals are counted, and turned into those of
/// values at the end.
pub struct Tally<'a> {
    segment: &'a Segment<'a>,
    counts: &'a mut Counts,
    /// The counts of the ordinals of the level, and of the domain.
    of_ordinals: [Vec<u64>; 2],
    /// The ordinals of the window; not in force where it was not read.
    window: [Vec<u64>; 2],
    start: DocId,
    is_read: bool,
    /// Room for the values of a role that has several.
    several: [Vec<u16>; 2],
}

impl<'a> Tally<'a> {
    /// Begins to add to counts.
    pub fn new(segment: &'a Segment<'a>, counts: &'a mut Counts) -> Self {
        let of_ordinals = [&segment.level, &segment.domain].map(|facet| vec![0; facet.len()]);
        Self {
            segment,
            counts,
            of_ordinals,
            window: Default::default(),
            start: 0,
            is_read: false,
            several: Default::default(),
        }
    }

    /// Begins a window, of whose documents so many were met.
    pub fn begin(&mut self, range: Range<DocId>, met: u32) {
        self.start = range.start;
        let documents = range.end - range.start;
        self.is_read = met * MANY > documents;
        if self.is_read {
            let Segment { level, domain, .. } = self.segment;
            for (facet, ordinals) in [level, domain].into_iter().zip(&mut self.window) {
                ordinals.resize(documents as usize, 0);
                self.is_read &= facet.ordinals(range.start, ordinals);
            }
        }
    }

    /// Counts all roles of the window at these places, where there is no filter and each has one level and one domain; returns
    /// whether that is so.
    pub fn count_all(&mut self, slots: impl Iterator<Item = usize>) -> bool {
        let Segment { level, domain, .. } = self.segment;
        if !self.is_read || level.has_filter() || domain.has_filter() {
            return false;
        }
        let ([of_level, of_domain], [levels, domains]) = (&mut self.of_ordinals, &self.window);
        let mut roles = 0;
        for slot in slots {
            of_level[levels[slot] as usize] += 1;
            of_domain[domains[slot] as usize] += 1;
            roles += 1;
        }
        self.counts.total += roles;
        self.counts.unfiltered += roles;
        self.counts.without_level += roles;
        self.counts.without_domain += roles;
        true
    }

    /// Counts a role that matches the query; returns whether it passes both filters.
    pub fn count(&mut self, doc: DocId) -> bool {
        let Segment { level, domain, .. } = self.segment;
        if !self.is_read {
            let [levels, domains] = &mut self.several;
            let (passes_level, levels) = level.look(doc, levels);
            let (passes_domain, domains) = domain.look(doc, domains);
            return self
                .counts
                .add(passes_level, passes_domain, levels, domains);
        }
        let slot = (doc - self.start) as usize;
        let (of_level, of_domain) = (self.window[0][slot], self.window[1][slot]);
        let (passes_level, passes_domain) = (level.passes(of_level), domain.passes(of_domain));
        self.of_ordinals[0][of_level as usize] += u64::from(passes_domain);
        self.of_ordinals[1][of_domain as usize] += u64::from(passes_level);
        self.counts.add(passes_level, passes_domain, &[], &[])
    }

    /// Adds the counts of ordinals to those of values.
    pub fn close(&mut self) {
        let [levels, domains] = &self.of_ordinals;
        self.segment.level.add_to(&mut self.counts.levels, levels);
        self.segment
            .domain
            .add_to(&mut self.counts.domains, domains);
    }
}
