//! What an explanation says is the score: its rows add up, its order is that of `search`, and its reasons are true.
#![allow(clippy::unwrap_used, reason = "a test that fails says so by a panic")]

use std::path::Path;

use bp::index::build::build_in_memory;
use bp::index::{OpenIndex, Plan, Sources};
use bp::query::{Dimension, parse};
use bp::ranking::plain;
use bp::search::explain::{Absence, Explained, differences};
use bp::search::{Address, Explanation, Request, explain, find_roles, search};
use bp::taxonomy::Taxonomy;

/// Queries of every kind: words, acronyms, synonyms, typing errors, phrases, beginnings, formulas, scopes, sentences.
const QUERIES: [&str; 30] = [
    "kubernetes",
    "kubernetes terraform helm",
    "FinOps",
    "sre",
    "iac",
    "mttr",
    "k8s",
    "ml ops",
    "infrastructure as code",
    "terrafrm kuberntes",
    "observabilty",
    "\"change failure rate\"",
    "\"error budget\"~2",
    "=cloud",
    "kube*",
    "secur* compliance",
    "kubernetes AND terraform",
    "(kubernetes OR openshift) AND cloud",
    "kubernetes -devops",
    "cloud NOT security",
    "+finops cloud budget",
    "kpi:\"regretted attrition\"",
    "skill:terraform tool:prometheus",
    "title:director cloud",
    "resp:roadmap career:principal",
    "director of devops",
    "head of platform engineering",
    "who owns change failure rate?",
    "which roles are responsible for cloud cost and carbon footprint of data centres",
    "error budget burn deployment frequency on-call load",
];

fn index(sources: Sources) -> OpenIndex {
    let plan = Plan {
        sources,
        ..Plan::default()
    };
    build_in_memory(&plan).unwrap().0
}

fn request(query: &str, level: &str, domain: &str) -> Request {
    let taxonomy = Taxonomy::new(None, Path::new("")).unwrap();
    let filter = |value: &str| -> Vec<String> {
        let values = value.split(',').filter(|value| !value.is_empty());
        values.map(str::to_owned).collect()
    };
    Request {
        query: parse(query),
        levels: taxonomy.select_levels(&filter(level), &[]).unwrap(),
        domains: taxonomy.select_domains(&filter(domain), &[]).unwrap(),
        limit: 5,
        ..Request::default()
    }
}

fn address(index: &OpenIndex, id: &str) -> Address {
    find_roles(index, id, Path::new(id)).unwrap()[0].address
}

fn told(index: &OpenIndex, request: &Request, id: &str) -> Explanation {
    explain(index, request, address(index, id), None).unwrap()
}

/// The sum of all rows.
fn sum(role: &Explained) -> f32 {
    let rows = role.needs.iter().flat_map(|need| &need.rows);
    rows.map(|row| row.contribution).sum()
}

fn is_near(one: f32, other: f32) -> bool {
    (one - other).abs() <= 1e-3 * one.abs().max(other.abs()).max(1e-6)
}

/// Holds the explanations of the first hits against the answer; returns how many there were.
fn check(index: &OpenIndex, request: &Request) -> usize {
    let answer = search(index, request).unwrap();
    for (at, hit) in answer.hits.iter().enumerate() {
        let text = &request.query.text;
        let explanation = told(index, request, &hit.id);
        let role = &explanation.role;
        assert_eq!(role.rank, Some(at + 1), "{text}: {}", hit.id);
        assert_eq!(explanation.total, answer.counts.total, "{text}");
        assert!(is_near(role.hit.score, hit.score), "{text}: {}", hit.id);
        assert!(
            is_near(sum(role), hit.score),
            "{text}: {}: {} is not {}",
            hit.id,
            sum(role),
            hit.score
        );
        let missing = role.needs.iter().filter(|need| need.rows.is_empty());
        let missing: Vec<&str> = missing.map(|need| need.term.as_str()).collect();
        assert_eq!(missing, hit.missing, "{text}: {}", hit.id);
        // What a row names stands there: titles on the role's line, all else behind it.
        let rows = role.needs.iter().flat_map(|need| &need.rows);
        assert!(
            rows.clone()
                .all(|row| row.line.is_none_or(|line| line >= hit.line))
        );
        assert!(
            rows.clone()
                .all(|row| row.contribution > 0.0 && !row.shown.is_empty())
        );
        let measure = explanation.measure.as_ref();
        let shares = measure.map(|measure| (differences(role, measure), measure));
        if let Some((shares, measure)) = shares {
            let by: f64 = shares.iter().map(|share| share.by).sum();
            let expected = f64::from(role.hit.score) - f64::from(measure.hit.score);
            assert!(
                (by - expected).abs() < 1e-2,
                "{text}: {by} is not {expected}"
            );
        }
    }
    answer.hits.len()
}

#[test]
fn rows_add_up_to_the_score_for_every_kind_of_query() {
    let index = index(Sources::BuiltIn);
    for query in QUERIES {
        assert!(check(&index, &request(query, "", "")) > 0, "{query}");
    }
    for (query, level, domain) in [
        ("kubernetes terraform", "director", ""),
        ("cloud cost", "manager,director", "cloud"),
        ("", "director", ""),
        ("-devops", "", ""),
    ] {
        assert!(check(&index, &request(query, level, domain)) > 0, "{query}");
    }
    for query in ["kubernetes terraform", "change failure rate"] {
        let request = Request {
            weights: plain().clone(),
            ..request(query, "", "")
        };
        assert!(check(&index, &request) > 0, "{query}");
    }
}

#[test]
fn nearly_every_row_has_its_line() {
    let index = index(Sources::BuiltIn);
    let (mut with, mut all) = (0, 0);
    for query in QUERIES {
        let request = request(query, "", "");
        for hit in search(&index, &request).unwrap().hits {
            let role = told(&index, &request, &hit.id).role;
            let rows = role.needs.iter().flat_map(|need| &need.rows);
            all += rows.clone().count();
            with += rows.filter(|row| row.line.is_some()).count();
        }
    }
    assert!(with * 100 >= all * 97, "{with} of {all} rows have a line");
}

#[test]
fn a_role_outside_the_answer_is_told_why() {
    let index = index(Sources::BuiltIn);
    let absences = |query: &str, level: &str, domain: &str| {
        let role = told(&index, &request(query, level, domain), "devops-manager").role;
        assert_eq!(role.rank, None, "{query}");
        (role.absences, role.without)
    };
    let lacks = |terms: &[&str], any| Absence::Lacks {
        terms: terms.iter().map(|term| (*term).to_owned()).collect(),
        any,
    };
    assert_eq!(absences("xqztv", "", "").0, [Absence::NoTerm]);
    assert_eq!(absences("xqztv", "junior", "").1, None);
    assert_eq!(absences("(((", "", "").0, [Absence::NoWords]);
    assert_eq!(
        absences("kubernetes AND xqztv", "", "").0,
        [lacks(&["xqztv"], false)]
    );
    assert_eq!(
        absences("kubernetes AND (\"grand piano\" OR \"wind chime\")", "", "").0,
        [lacks(&["grand piano OR wind chime"], false)]
    );
    assert_eq!(
        absences("kubernetes AND (xqztv zeppelin)", "", "").0,
        [lacks(&["xqztv", "zeppelin"], true)]
    );
    let has = absences("kubernetes -terraform", "", "").0;
    let [
        Absence::Has {
            term,
            place: Some(place),
        },
    ] = has.as_slice()
    else {
        panic!("{has:?}");
    };
    assert_eq!((term.as_str(), place.section.id()), ("terraform", "skills"));
    let (filtered, without) = absences("kubernetes", "director", "xr");
    let filters: Vec<(Dimension, Vec<String>)> = filtered
        .into_iter()
        .filter_map(|absence| match absence {
            Absence::Filtered { dimension, own, .. } => Some((dimension, own)),
            _ => None,
        })
        .collect();
    assert_eq!(
        filters,
        [
            (Dimension::Level, vec!["manager".to_owned()]),
            (Dimension::Domain, vec!["devops".to_owned()])
        ]
    );
    let rank = told(&index, &request("kubernetes", "", ""), "devops-manager")
        .role
        .rank;
    assert_eq!(without.map(|(rank, _)| rank), rank);
}

#[test]
fn order_and_scores_do_not_depend_on_how_many_are_wanted() {
    let index = index(Sources::BuiltIn);
    let all = Request {
        limit: 30,
        ..request("cloud security budget", "", "")
    };
    let answer = search(&index, &all).unwrap();
    assert!(answer.hits.len() > 12);
    for (at, hit) in answer.hits.iter().enumerate().skip(10) {
        let role = told(&index, &request("cloud security budget", "", ""), &hit.id).role;
        assert_eq!(role.rank, Some(at + 1));
        assert!(is_near(sum(&role), hit.score));
    }
}
