//! However few hits are asked for, what is found, what is counted and which roles come first are those of all.
//!
//! A search that keeps few roles leaves out work that could not change the answer; one that keeps all of them leaves out none.

#![allow(clippy::unwrap_used, reason = "a test that fails says so by a panic")]

use bp::index::open::{Found, OpenIndex, open};
use bp::index::{Options, Plan, Sources, build::update};
use bp::query::{Rules, parse};
use bp::search::{Answer, Request, search};

/// More than a window of the scan several times over.
const ROLES: usize = 3_500;
const QUERIES: [&str; 14] = [
    "kubernetes",
    "k8s",
    "change failure rate",
    "\"change failure rate\"",
    "\"failure rate\"",
    "error budget",
    "incident response terraform",
    "terraform kubernetes observability",
    "who owns incident response and error budgets for the platform",
    "change failure rate -kubernetes",
    "kubernetes AND \"error budget\"",
    "terraform OR \"rate of failure\"",
    "keeper of terraform",
    "zymurgy",
];

/// Takes the next of a row of numbers that look drawn (Lehmer, with the numbers of Park and Miller).
fn drawn(state: &mut u64, below: usize) -> usize {
    *state = *state * 48_271 % 0x7fff_ffff;
    *state as usize % below
}

fn role(number: usize) -> String {
    const SUBJECTS: [&str; 8] = [
        "Kubernetes",
        "Terraform",
        "Payments",
        "Observability",
        "Stable",
        "Platform",
        "Data",
        "Security",
    ];
    const SAYINGS: [&str; 16] = [
        "change failure rate",
        "failure of each change, rate by rate",
        "rate of change",
        "error budget",
        "budget without error",
        "incident response",
        "response to an incident",
        "kubernetes clusters",
        "openshift",
        "eks and gke",
        "terraform modules",
        "observability",
        "deployment failure rate",
        "failed deployments",
        "horses",
        "the platform of others",
    ];
    let mut state = number as u64 + 1;
    let rank = ["Junior ", "", "Senior ", "Staff ", "Principal "][drawn(&mut state, 5)];
    let subject = SUBJECTS[drawn(&mut state, SUBJECTS.len())];
    let mut text = format!("# {rank}{subject} Engineer\n\n## Summary\n\nKeeper of {subject}.\n");
    for section in ["Responsibilities", "Skills", "KPIs", "Tools"] {
        text += &format!("\n## {section}\n\n");
        for _ in 0..drawn(&mut state, 5) {
            let saying = SAYINGS[drawn(&mut state, SAYINGS.len())];
            text += &format!("- {saying}{}\n", " day by day".repeat(drawn(&mut state, 4)));
        }
    }
    text
}

fn ask(index: &OpenIndex, query: &str, limit: usize) -> Answer {
    let request = Request {
        query: parse(query),
        limit,
        rules: Rules::default(),
        ..Request::default()
    };
    search(index, &request).unwrap()
}

#[test]
fn few_hits_are_the_first_of_all() {
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().join("files");
    std::fs::create_dir_all(&files).unwrap();
    for number in 0..ROLES {
        std::fs::write(files.join(format!("{number:04}.md")), role(number)).unwrap();
    }
    let plan = Plan {
        sources: Sources::Paths(vec![files.canonicalize().unwrap()]),
        ..Plan::default()
    };
    let place = folder.path().join("index");
    update(&place, &plan, &Options::default()).unwrap();
    let Found::Index(index) = open(&place).unwrap() else {
        panic!("no index");
    };
    for query in QUERIES {
        let all = ask(&index, query, ROLES);
        assert_eq!(all.hits.len() as u64, all.counts.total, "{query}");
        assert!(query == "zymurgy" || all.hits.len() > 50, "{query}");
        for limit in [1, 10, 60] {
            let few = ask(&index, query, limit);
            assert_eq!(few.counts, all.counts, "{query}");
            assert_eq!(few.terms, all.terms, "{query}");
            assert_eq!(few.notes, all.notes, "{query}");
            let known = |answer: &Answer| -> Vec<_> {
                let hits = answer.hits.iter().take(limit);
                hits.map(|hit| (hit.id.clone(), hit.score, hit.matched.clone()))
                    .collect()
            };
            assert_eq!(known(&few), known(&all), "{query}");
        }
    }
}
