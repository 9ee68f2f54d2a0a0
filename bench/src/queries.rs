//! The queries: one of each kind that people ask.

use crate::generate::programme;

/// The query whose times are plotted.
pub const PLOTTED: &str = "common term";

/// A facet value as `bp` takes it, and as it stands in an index.
#[derive(Debug, Clone, Copy)]
pub struct Chosen {
    /// What stands behind `--level` or `--domain`.
    pub value: &'static str,
    /// The facet.
    pub facet: &'static str,
}

/// What a query needs of a program beside words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words, of which any may stand in a role.
    Words,
    /// A phrase in quotation marks.
    Phrase,
    /// Words and facets.
    Filtered,
    /// A word that is misspelled.
    Typo,
    /// A word that stands for another.
    Synonym,
    /// A question in a sentence.
    Sentence,
}

/// A query.
#[derive(Debug, Clone)]
pub struct Query {
    /// What it is called in tables.
    pub name: &'static str,
    /// Its kind.
    pub kind: Kind,
    /// Its words, a phrase as one with its quotation marks.
    pub words: Vec<String>,
    /// The level to filter by.
    pub level: Option<Chosen>,
    /// The domain to filter by.
    pub domain: Option<Chosen>,
}

const SENIOR: Chosen = Chosen {
    value: "senior",
    facet: "/individual/senior",
};
const CLOUD: Chosen = Chosen {
    value: "cloud",
    facet: "/cloud",
};

/// Returns all queries.
pub fn all() -> Vec<Query> {
    // The name that three documents share.
    let rare = programme(5);
    let plain: [(&'static str, Kind, &[&str]); 9] = [
        ("rare term", Kind::Words, &[rare.as_str()]),
        (PLOTTED, Kind::Words, &["kubernetes"]),
        (
            "three terms",
            Kind::Words,
            &["terraform", "kubernetes", "observability"],
        ),
        ("KPI name", Kind::Words, &["change", "failure", "rate"]),
        ("phrase", Kind::Phrase, &["\"error budget\""]),
        ("typo", Kind::Typo, &["kuberentes"]),
        ("synonym", Kind::Synonym, &["k8s"]),
        ("no hit", Kind::Words, &["zzyzxqvw"]),
        (
            "sentence",
            Kind::Sentence,
            &[
                "who", "owns", "incident", "response", "and", "capacity", "planning", "for", "the",
                "data", "platform",
            ],
        ),
    ];
    let query = |(name, kind, words): (&'static str, Kind, &[&str])| Query {
        name,
        kind,
        words: words.iter().map(|&word| word.to_owned()).collect(),
        level: None,
        domain: None,
    };
    let mut queries: Vec<Query> = plain.into_iter().map(query).collect();
    for (name, level, domain) in [
        ("level", Some(SENIOR), None),
        ("domain", None, Some(CLOUD)),
        ("level and domain", Some(SENIOR), Some(CLOUD)),
    ] {
        queries.push(Query {
            level,
            domain,
            ..query((name, Kind::Filtered, &["kubernetes"]))
        });
    }
    queries.push(Query {
        level: Some(SENIOR),
        domain: Some(CLOUD),
        ..query(("filters alone", Kind::Filtered, &[]))
    });
    queries
}
