//! How good the answers are: judged queries over the shipped corpus, with a floor under each kind and under the whole.
//!
//! Figures are printed (`cargo test --test relevance -- --nocapture`); raising a floor is part of a better ranking,
//! lowering one is not.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that fails says so by a panic"
)]

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use bp::index::build::build_in_memory;
use bp::index::{OpenIndex, Plan, Sources};
use bp::query::parse;
use bp::search::{Request, search};
use bp::taxonomy::Taxonomy;

/// The least nDCG@10 over all queries.
const FLOOR: f64 = 0.90;
/// The least nDCG@10 of each kind.
const KIND_FLOOR: f64 = 0.68;

struct Judged {
    id: String,
    kind: String,
    text: String,
    level: String,
    domain: String,
    grades: HashMap<String, u32>,
}

fn judged() -> Vec<Judged> {
    let mut grades: HashMap<String, HashMap<String, u32>> = HashMap::new();
    for line in include_str!("relevance/qrels.txt").lines() {
        let parts: Vec<&str> = line.split_whitespace().collect();
        grades
            .entry(parts[0].to_owned())
            .or_default()
            .insert(parts[2].to_owned(), parts[3].parse().unwrap());
    }
    let rows = include_str!("relevance/queries.tsv").lines().skip(1);
    rows.map(|line| {
        let mut cells = line.split('\t').map(str::to_owned);
        let mut next = || cells.next().unwrap_or_default();
        let (id, kind, text, level, domain) = (next(), next(), next(), next(), next());
        let grades = grades.get(&id).cloned().unwrap_or_default();
        Judged {
            id,
            kind,
            text,
            level,
            domain,
            grades,
        }
    })
    .collect()
}

fn index() -> OpenIndex {
    build_in_memory(&Plan {
        sources: Sources::BuiltIn,
        taxonomy: None,
        synonyms: None,
    })
    .unwrap()
    .0
}

fn run(index: &OpenIndex, query: &Judged) -> Vec<String> {
    let taxonomy = Taxonomy::new(None, Path::new("")).unwrap();
    let filter = |value: &String| {
        if value.is_empty() {
            Vec::new()
        } else {
            vec![value.clone()]
        }
    };
    let request = Request {
        query: parse(&query.text),
        levels: taxonomy.select_levels(&filter(&query.level), &[]).unwrap(),
        domains: taxonomy
            .select_domains(
                &filter(&query.domain),
                &["software/backend".into(), "devops/sre".into()],
            )
            .unwrap(),
        limit: 10,
        ..Request::default()
    };
    search(index, &request)
        .unwrap()
        .hits
        .into_iter()
        .map(|hit| hit.id)
        .collect()
}

/// nDCG at ten with gains of `2^grade - 1` (Järvelin and Kekäläinen, 2002; the form of Burges et al., 2005).
fn ndcg(run: &[String], grades: &HashMap<String, u32>) -> f64 {
    let gain = |grade: u32| f64::from(2_u32.pow(grade) - 1);
    let discounted = |gains: &mut dyn Iterator<Item = f64>| {
        gains
            .take(10)
            .enumerate()
            .map(|(at, gain)| gain / (at as f64 + 2.0).log2())
            .sum::<f64>()
    };
    let mut ideal: Vec<u32> = grades.values().copied().collect();
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    let best = discounted(&mut ideal.into_iter().map(gain));
    discounted(
        &mut run
            .iter()
            .map(|id| gain(grades.get(id).copied().unwrap_or(0))),
    ) / best
}

#[test]
fn judged_queries_are_answered_well() {
    let index = index();
    let mut kinds: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    let mut all = Vec::new();
    for query in judged() {
        assert!(
            query.grades.values().any(|grade| *grade > 1),
            "{} has no good answer",
            query.id
        );
        let hits = run(&index, &query);
        let value = ndcg(&hits, &query.grades);
        println!(
            "{:.3}  {:8}  {}  {}",
            value, query.kind, query.id, query.text
        );
        if value < 0.8 {
            let mut wanted: Vec<_> = query.grades.iter().collect();
            wanted.sort_by_key(|(id, grade)| (std::cmp::Reverse(**grade), (*id).clone()));
            println!("    got  {}", hits.join(" "));
            println!(
                "    want {}",
                wanted
                    .iter()
                    .map(|(id, grade)| format!("{id}:{grade}"))
                    .collect::<Vec<_>>()
                    .join(" ")
            );
        }
        kinds.entry(query.kind).or_default().push(value);
        all.push(value);
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    assert!(all.len() >= 40);
    for (kind, values) in &kinds {
        println!(
            "nDCG@10 {kind:9} {:.3} of {} queries",
            mean(values),
            values.len()
        );
        assert!(mean(values) >= KIND_FLOOR, "{kind}: {:.3}", mean(values));
    }
    println!(
        "nDCG@10 all       {:.3} of {} queries",
        mean(&all),
        all.len()
    );
    assert!(mean(&all) >= FLOOR, "all: {:.3}", mean(&all));
}

#[test]
fn every_role_stands_first_for_its_own_title() {
    let index = index();
    let request = Request {
        limit: 100,
        ..Request::default()
    };
    let titles: Vec<String> = search(&index, &request)
        .unwrap()
        .hits
        .into_iter()
        .map(|hit| hit.title)
        .collect();
    assert_eq!(titles.len(), 30);
    for title in titles {
        let request = Request {
            query: parse(&title),
            limit: 1,
            ..Request::default()
        };
        assert_eq!(search(&index, &request).unwrap().hits[0].title, title);
    }
}

#[test]
fn owners_of_a_kpi_stand_before_all_others() {
    let index = index();
    let taxonomy = Taxonomy::new(None, Path::new("")).unwrap();
    let mut owners: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for role in bp::corpus::read_built_in(&taxonomy)
        .into_iter()
        .flat_map(|reading| reading.roles)
    {
        for (_, entity) in role.blueprint.entities() {
            if let bp::blueprint::Entity::Kpi(kpi) = entity {
                owners
                    .entry(kpi.name.clone())
                    .or_default()
                    .push(role.blueprint.id.clone());
            }
        }
    }
    assert!(owners.len() > 200);
    let mut wrong = Vec::new();
    for (name, owners) in owners {
        let request = Request {
            query: parse(&name),
            limit: owners.len(),
            ..Request::default()
        };
        let hits: Vec<String> = search(&index, &request)
            .unwrap()
            .hits
            .into_iter()
            .map(|hit| hit.id)
            .collect();
        if hits.iter().any(|id| !owners.contains(id)) {
            wrong.push((name, hits, owners));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
