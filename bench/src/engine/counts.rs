//! Counts the values of a facet: an array over the ordinals of its column, read once for each hit.

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::schema::Facet;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use tantivy::fastfield::FacetReader;

/// Counts the facets of a field as they stand, ancestors not included.
pub struct FacetCounts(pub &'static str);

/// The counts of one segment.
pub struct SegmentCounts {
    facets: FacetReader,
    counts: Vec<u64>,
}

impl Collector for FacetCounts {
    type Fruit = Vec<(Facet, u64)>;
    type Child = SegmentCounts;

    fn for_segment(
        &self,
        _place: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<SegmentCounts> {
        let facets = reader.facet_reader(self.0)?;
        let counts = vec![0; facets.num_facets()];
        Ok(SegmentCounts { facets, counts })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, fruits: Vec<Self::Fruit>) -> tantivy::Result<Self::Fruit> {
        let mut merged = std::collections::BTreeMap::new();
        for (facet, count) in fruits.into_iter().flatten() {
            *merged.entry(facet).or_insert(0) += count;
        }
        Ok(merged.into_iter().collect())
    }
}

impl SegmentCollector for SegmentCounts {
    type Fruit = Vec<(Facet, u64)>;

    fn collect(&mut self, doc: DocId, _score: Score) {
        for ordinal in self.facets.facet_ords(doc) {
            self.counts[ordinal as usize] += 1;
        }
    }

    fn harvest(self) -> Self::Fruit {
        let counted = self.counts.iter().enumerate();
        let mut named = Vec::new();
        for (ordinal, &count) in counted.filter(|(_, count)| **count > 0) {
            let mut facet = Facet::default();
            if self
                .facets
                .facet_from_ord(ordinal as u64, &mut facet)
                .is_ok()
            {
                named.push((facet, count));
            }
        }
        named
    }
}
