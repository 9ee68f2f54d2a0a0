//! Figures held against `trec_eval`, and what the readers make of any text.

use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::*;
use serde_json::Value;

use super::compare::randomization;
use super::metrics::{Cut, Gain, Metric};
use super::queries::{Query, read_queries};
use super::trec::{Qrels, Retrieved, Run, read_qrels, read_run, write_run};
use super::{Report, Trial, evaluate, groups};

const QRELS: &str = include_str!("../../tests/eval/qrels.txt");
const RUN: &str = include_str!("../../tests/eval/run.txt");
const BASELINE: &str = include_str!("../../tests/eval/baseline.txt");
const EXPECTED: &str = include_str!("../../tests/eval/expected.json");

fn qrels(text: &str) -> Qrels {
    read_qrels(text, Path::new("qrels")).unwrap()
}

fn run(text: &str) -> Run {
    read_run(text, Path::new("run")).unwrap()
}

fn report(gain: Gain) -> Report {
    let (qrels, run, baseline) = (qrels(QRELS), run(RUN), run(BASELINE));
    evaluate(&Trial {
        queries: &run.keys().map(|id| Query::named(id)).collect::<Vec<_>>(),
        counts_all_judged: true,
        qrels: Some(&qrels),
        run: &run,
        baseline: Some(&baseline),
        cut: Cut {
            k: 5,
            depth: 100,
            gain,
        },
    })
}

fn near(value: f64, expected: &Value, what: &str) {
    let expected = expected.as_f64().unwrap();
    assert!(
        (value - expected).abs() < 1e-12,
        "{what}: {value} {expected}"
    );
}

#[test]
fn figures_are_those_of_trec_eval() {
    let expected: Value = serde_json::from_str(EXPECTED).unwrap();
    for gain in [Gain::Linear, Gain::Exp2] {
        let report = report(gain);
        assert_eq!(report.rows.len(), 8);
        for metric in Metric::ALL {
            let key = match (metric, gain) {
                (Metric::Ndcg, Gain::Exp2) => "ndcg_exp2",
                (Metric::ZeroHit, _) => "zero_hit",
                _ => metric.id(),
            };
            near(metric.of(&report.mean), &expected["run_mean"][key], key);
            for row in &report.rows {
                let (id, baseline) = (&row.query.id, row.baseline.unwrap());
                near(
                    metric.of(&row.scores),
                    &expected["run"][id][key],
                    &format!("{id} {key}"),
                );
                near(
                    metric.of(&baseline),
                    &expected["baseline"][id][key],
                    &format!("{id} {key}"),
                );
            }
            let all = report.comparisons.as_ref().unwrap();
            let compared = all.iter().find(|one| one.metric == metric).unwrap();
            near(compared.baseline, &expected["baseline_mean"][key], key);
            let exact = expected["p"][key].as_f64().unwrap();
            assert!(
                (compared.p - exact).abs() < 0.02,
                "{key}: {} {exact}",
                compared.p
            );
        }
    }
}

#[test]
fn what_is_left_out_or_counts_nothing_is_named() {
    let report = report(Gain::Linear);
    assert_eq!(report.unjudged, ["q9"]);
    assert_eq!(report.without_run, ["q4"]);
    assert!(report.rows[3].scores.ndcg.is_sign_positive());
    assert_eq!(report.without_baseline, ["q5"]);
    assert_eq!(report.without_relevant, ["q5"]);
    let ndcg = report.comparisons.unwrap()[0];
    assert_eq!((ndcg.wins, ndcg.losses, ndcg.ties), (3, 4, 1));
    // A query that finds something where the baseline finds nothing is won, though the figure is lower.
    let zero = Metric::ZeroHit;
    let pair = [(
        super::Scores::default(),
        super::Scores {
            zero_hit: 1.0,
            ..Default::default()
        },
    )];
    let compared = super::compare(&pair);
    let zero = compared.iter().find(|one| one.metric == zero).unwrap();
    assert_eq!((zero.wins, zero.losses, zero.difference), (1, 0, -1.0));
}

#[test]
fn depth_cuts_runs_too() {
    let (qrels, run) = (
        qrels("q 0 c 1"),
        run("q Q0 a 1 3 x\nq Q0 b 2 2 x\nq Q0 c 3 1 x\n"),
    );
    let at = |k, depth| {
        evaluate(&Trial {
            queries: &[Query::named("q")],
            counts_all_judged: false,
            qrels: Some(&qrels),
            run: &run,
            baseline: None,
            cut: Cut {
                k,
                depth,
                gain: Gain::Linear,
            },
        })
    };
    let scores = at(1, 3).rows[0].scores;
    assert_eq!((scores.recall, scores.recall_depth), (0.0, 1.0));
    let cut = at(1, 2);
    assert_eq!(
        (cut.mean.mrr, cut.mean.recall_depth, cut.rows[0].found),
        (0.0, 0.0, 2)
    );
    assert_eq!(cut.comparisons, None);
}

#[test]
fn groups_come_as_their_values_do() {
    let text = "qid\tkind\tquery\nq2\tz\tx\nq1\ta\tx\nq7\tz\tx\n";
    let queries = read_queries(text, Path::new("queries")).unwrap();
    let (qrels, run) = (qrels(QRELS), run(RUN));
    let report = evaluate(&Trial {
        queries: &queries,
        counts_all_judged: false,
        qrels: Some(&qrels),
        run: &run,
        baseline: None,
        cut: Cut {
            k: 5,
            depth: 100,
            gain: Gain::Linear,
        },
    });
    let groups = groups(&report.rows, |query| &query.kind);
    let told: Vec<_> = groups
        .iter()
        .map(|group| (group.value.as_str(), group.queries))
        .collect();
    assert_eq!(told, [("z", 2), ("a", 1)]);
    assert!((groups[0].mean.mrr - 1.0).abs() < 1e-12);
}

#[test]
fn queries_are_read_in_three_forms() {
    let read = |text: &str| read_queries(text, Path::new("queries")).unwrap();
    let tell = |query: &Query| {
        let Query {
            id,
            text,
            kind,
            level,
            domain,
            split,
            line,
        } = query;
        format!("{line} {id}|{text}|{kind}|{level}|{domain}|{split}")
    };
    for (text, expected) in [
        (
            "q1\tk8s\r\n\n q2\tgo lang \n",
            vec!["1 q1|k8s||||", "3 q2|go lang||||"],
        ),
        (
            "QID\tnote\tquery\tLevel\tkind\nq1\tx\tk8s\tdirector+\ttypo\nq2\tx\tgo\n",
            vec!["2 q1|k8s|typo|director+||", "3 q2|go||||"],
        ),
        (
            "{\"id\":7,\"text\":\"k8s\",\"level\":[\"mid\",\"senior\"],\"other\":{}}\n{\"qid\":\"q2\",\"query\":\"\",\"domain\":\"cloud\",\"split\":\"dev\",\"kind\":null}\n",
            vec!["1 7|k8s||mid,senior||", "2 q2||||cloud|dev"],
        ),
    ] {
        assert_eq!(read(text).iter().map(tell).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn queries_that_cannot_be_read_are_named_by_their_line() {
    let path = Path::new("f");
    let queries = |text: &str| read_queries(text, path).unwrap_err().to_string();
    for (told, expected) in [
        (queries(" \n"), "f:1: there is no query"),
        (
            queries("q1 k8s"),
            "f:1: there is no tab between id and text",
        ),
        (
            queries("q1\ta\nq2\tb\tc"),
            "f:2: more than id and text need a header row that names the columns",
        ),
        (
            queries("qid\tquery\nq1\ta\tb"),
            "f:2: the row has 3 cells under 2 columns",
        ),
        (
            queries("q1\ta\nq1\tb"),
            "f:2: the id 'q1' stands here a second time",
        ),
        (queries("q 1\ta"), "f:1: the id 'q 1' has white space in it"),
        (queries("\ta"), "f:1: the query has no id"),
        (queries("q1\t "), "f:1: q1 has neither text nor filter"),
        (
            queries("{\"qid\":\"q1\""),
            "f:1: no JSON: EOF while parsing an object in column 11",
        ),
        (
            queries("{\"qid\":\"q1\",\"text\":true}"),
            "f:1: 'text' is no text",
        ),
    ] {
        assert_eq!(told, expected);
    }
}

#[test]
fn judgements_and_runs_that_cannot_be_read_are_named_by_their_line() {
    let path = Path::new("f");
    let qrels = |text: &str| read_qrels(text, path).unwrap_err().to_string();
    let run = |text: &str| read_run(text, path).unwrap_err().to_string();
    for (told, expected) in [
        (qrels(""), "f:1: there is no judgement"),
        (
            qrels("\nq1 0 a"),
            "f:2: the line has 3 fields instead of 4, query 0 document grade",
        ),
        (
            qrels("q1 0 a 1.5"),
            "f:1: the grade '1.5' is no whole number from -100 to 100",
        ),
        (
            qrels("q1 0 a 101"),
            "f:1: the grade '101' is no whole number from -100 to 100",
        ),
        (
            qrels("q1 0 a 1\nq1 0 a 1"),
            "f:2: q1 judges 'a' a second time",
        ),
        (
            run("x"),
            "f:1: the line has 1 field instead of 6, query Q0 document rank score tag",
        ),
        (run("q1 Q0 a 1 nan x"), "f:1: the score 'nan' is no number"),
        (
            run("q1 Q0 a 1 1e99 x"),
            "f:1: the score '1e99' is no number",
        ),
        (
            run("q1 Q0 a 1 2 x\nq1 Q0 a 2 1 x"),
            "f:2: q1 finds 'a' a second time",
        ),
    ] {
        assert_eq!(told, expected);
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "([ -~\\PC]|\t|\n|\r|qid\tquery\n|q1 0 a 1\n|\\{\"id\":1|Q0 ){0,60}") {
        let path = Path::new("f");
        let _ = read_qrels(&text, path);
        let _ = read_run(&text, path);
        let ids = read_queries(&text, path).unwrap_or_default().into_iter().map(|query| query.id);
        let ids: Vec<String> = ids.collect();
        prop_assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    }

    #[test]
    fn a_written_run_is_read_in_its_order(scores in prop::collection::vec(-3_i16..90, 0..40)) {
        let mut scores: Vec<f32> = scores.into_iter().map(|score| f32::from(score) / 4.0).collect();
        scores.sort_by(|a, b| b.total_cmp(a));
        let found: Vec<Retrieved> = scores
            .iter()
            .enumerate()
            .map(|(at, score)| Retrieved { document: format!("d{at:02}"), score: *score })
            .collect();
        let read = run(&write_run("q1", &found, "bp"));
        let documents = |found: &[Retrieved]| found.iter().map(|one| one.document.clone()).collect::<Vec<_>>();
        prop_assert_eq!(documents(read.get("q1").map_or(&[][..], Vec::as_slice)), documents(&found));
    }

    #[test]
    fn figures_lie_between_0_and_1(
        ranking in prop::collection::vec(0_u8..30, 0..30),
        grades in prop::collection::btree_map("d[0-9]{1,2}", -3_i32..=100, 0..20),
        differences in prop::collection::vec(-1.0_f64..1.0, 0..5),
        k in 1_usize..40,
    ) {
        let mut seen = BTreeSet::new();
        let names: Vec<String> = ranking.into_iter().filter(|at| seen.insert(*at)).map(|at| format!("d{at}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        for gain in [Gain::Linear, Gain::Exp2] {
            let scores = super::judge(&names, &grades, &Cut { k, depth: 100, gain });
            for metric in Metric::ALL {
                let value = metric.of(&scores);
                prop_assert!((0.0..=1.0 + 1e-9).contains(&value), "{:?} {}", metric, value);
            }
        }
        let p = randomization(&differences);
        prop_assert!(p > 0.0 && p <= 1.0);
    }
}
