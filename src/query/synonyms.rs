//! Groups of words for one thing, from `data/synonyms.toml`.

include!(concat!(env!("OUT_DIR"), "/synonyms.rs"));

/// Words of the longest member.
pub const LONGEST: usize = 6;

/// Returns the group of a run of words, the last of which may stand in the plural.
pub fn group(run: &str) -> Option<&'static [&'static str]> {
    let find = |run: &str| {
        MEMBERS
            .binary_search_by_key(&run, |(member, _)| member)
            .ok()
    };
    let at = find(run).or_else(|| run.strip_suffix('s').and_then(find))?;
    Some(GROUPS[MEMBERS[at].1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_member_stands_twice_or_in_capitals() {
        assert!(MEMBERS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(
            MEMBERS
                .iter()
                .all(|(member, _)| *member == member.to_lowercase())
        );
        assert!(
            MEMBERS
                .iter()
                .all(|(member, _)| member.split(' ').count() <= LONGEST)
        );
        assert!(GROUPS.len() >= 20);
    }

    #[test]
    fn a_plural_finds_its_group() {
        assert_eq!(group("slos"), group("slo"));
        assert_eq!(group("kubernetes"), group("k8s"));
        assert_eq!(group("nothing"), None);
    }
}
