//! Decides when segments of a large new index become one before all of them do: a merge of hundreds of segments holds all
//! their dictionaries in memory and all their files open.

use tantivy::SegmentMeta;
use tantivy::indexer::{MergeCandidate, MergePolicy};

/// How many segments of about one size stand side by side before they become one. Up to so many times what the writer's
/// threads hold in memory, some million roles, every text is written anew once; beyond that twice.
const TOGETHER: usize = 32;
/// Segments up to this many times as large as the smallest are of its size.
const SAME_SIZE: u32 = 4;

/// Merges segments of one size, many at a time.
#[derive(Debug)]
pub struct Staged;

impl MergePolicy for Staged {
    fn compute_merge_candidates(&self, segments: &[SegmentMeta]) -> Vec<MergeCandidate> {
        let sizes: Vec<u32> = segments.iter().map(SegmentMeta::num_docs).collect();
        let chosen = together(&sizes);
        let ids = chosen.iter().map(|&at| segments[at].id());
        if chosen.is_empty() {
            Vec::new()
        } else {
            vec![MergeCandidate(ids.collect())]
        }
    }
}

/// The places of those that become one.
fn together(sizes: &[u32]) -> Vec<usize> {
    let smallest = sizes.iter().copied().min().unwrap_or_default();
    let most = smallest.max(1).saturating_mul(SAME_SIZE);
    let same = (0..sizes.len()).filter(|&at| sizes[at] <= most);
    let same: Vec<usize> = same.collect();
    if same.len() < TOGETHER {
        return Vec::new();
    }
    same
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_of_one_size_become_one() {
        let mut sizes = vec![4_000; TOGETHER - 1];
        assert!(together(&sizes).is_empty());
        sizes.push(128_000);
        assert!(together(&sizes).is_empty());
        sizes.push(3_000);
        let chosen = together(&sizes);
        assert_eq!(chosen.len(), TOGETHER);
        assert!(!chosen.contains(&(TOGETHER - 1)));
        assert!(together(&[]).is_empty());
    }
}
