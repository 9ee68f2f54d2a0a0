//! What JSON of many shapes is read as.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::blueprint::{CELL, LINE_BREAK};

fn contents(name: &str, text: &str) -> Contents {
    read(
        &Input {
            bytes: text.as_bytes(),
            text: Some(text),
            name,
        },
        &RECORDS,
    )
}

/// The documents, each as its lines, its head and its flow.
fn show(name: &str, text: &str) -> Vec<String> {
    let mut shown = Vec::new();
    for document in contents(name, text).documents {
        let mut head = format!("{:?}", document.lines);
        for entry in &document.head.entries {
            let _ = write!(head, " {}={}", entry.key, entry.values.join("|"));
        }
        shown.push(head);
        for piece in &document.flow {
            let text = piece.text.replace(CELL, "¦").replace(LINE_BREAK, "↵");
            shown.push(format!(
                "{}|{:?}|{}|{text}",
                piece.line, piece.shape, piece.bold
            ));
        }
    }
    shown
}

fn remarks(name: &str, text: &str) -> Vec<(Option<u32>, String)> {
    contents(name, text)
        .remarks
        .into_iter()
        .map(|(line, kind)| {
            let problem = crate::corpus::Problem::new("", line, kind);
            (line, problem.reason())
        })
        .collect()
}

fn titles(name: &str, text: &str) -> Vec<String> {
    contents(name, text)
        .documents
        .iter()
        .map(|document| {
            let names = crate::corpus::headings::headings().head_names("title");
            let title = document.head.find(names);
            format!(
                "{}:{}",
                document.lines.0,
                title.map_or("-", |entry| &entry.values[0])
            )
        })
        .collect()
}

#[test]
fn a_record_is_read_as_markdown_would_be() {
    let text = r###"{
  "jobTitle": "Cloud \u0041rchitect", "seniorityLevel": "senior",
  "domains": ["cloud", {"name": "finops", "note": "half"}],
  "also-known-as": "Architect of clouds",
  "gradeCode": 7,
  "summary": "Plans\nand guards.",
  "mustHaveSkills": [
    "Terraform, Helm",
    {"skill": "Go", "importance": "critical", "why": "services", "years": 3}],
  "skills": {"Rust": "optional", "Zig": 2, "nice_to_have": ["Nim"]},
  "keyResponsibilities": {"Strategy": ["Plan", ["why"]], "Daily work": "a; b"},
  "KPIs": [{"target": "< 1 h", "name": "MTTR", "formula": "sum ÷ n"}, {"name": "CFR", "target": "5%"}],
  "tools": "Vault, Consul",
  "career": {"next_roles": [{"title": "CTO", "outside": true}], "from": ["Engineer"]},
  "notes": "## More\n\n- **x**: y",
  "empty": [], "nothing": null
}"###;
    assert_eq!(
        show("a.json", text),
        [
            "(1, 17) job_title=Cloud Architect seniority_level=senior domains=cloud|finops domains_of_it=Note: half also_known_as=Architect of clouds grade_code=7",
            "6|Heading(2)|0|Summary",
            "6|Paragraph|0|Plans and guards.",
            "7|Heading(2)|0|Must have skills",
            "8|Item(0)|0|Terraform, Helm",
            "9|Item(0)|2|Go (critical): services",
            "9|Item(1)|5|Years: 3",
            "10|Heading(2)|0|Skills",
            "10|Item(0)|4|Rust (optional)",
            "10|Item(0)|3|Zig (2)",
            "10|Heading(3)|0|Nice to have",
            "10|Item(0)|0|Nim",
            "11|Heading(2)|0|Key responsibilities",
            "11|Heading(3)|0|Strategy",
            "11|Item(0)|0|Plan",
            "11|Item(1)|0|why",
            "11|Heading(3)|0|Daily work",
            "11|Item(0)|0|a",
            "11|Item(0)|0|b",
            "12|Heading(2)|0|KPIs",
            "12|Header|0|Target¦Name¦Formula",
            "12|Row|0|< 1 h¦MTTR¦sum ÷ n",
            "12|Row|0|5%¦CFR¦",
            "13|Heading(2)|0|Tools",
            "13|Item(0)|0|Vault",
            "13|Item(0)|0|Consul",
            "14|Heading(2)|0|Career",
            "14|Heading(3)|0|Next roles",
            "14|Item(0)|3|CTO (outside)",
            "14|Heading(3)|0|From",
            "14|Item(0)|0|Engineer",
            "15|Heading(2)|0|Notes",
            "15|Heading(3)|0|More",
            "15|Item(0)|1|x: y",
        ]
    );
}

#[test]
fn records_are_found_where_they_lie() {
    let record = |title: &str| format!(r#"{{"title": "{title}", "level": "senior"}}"#);
    let (a, b) = (record("A"), record("B"));
    let wrapped = r#"{"role": {"title": "A"}, "metadata": {"level": "x"}, "skills": ["x"]}"#;
    let cases: [(&str, String, &[&str]); 13] = [
        ("a.json", a.clone(), &["1:A"]),
        ("a.json", format!("[\n{a},\n{b}\n]"), &["2:A", "3:B"]),
        (
            "a.json",
            format!("{{\"roles\":\n[{a},{b}]}}"),
            &["2:A", "2:B"],
        ),
        (
            "a.json",
            format!("{{\"x\":{{\"y\":[[{a}]]}},\n\"z\":{b}}}"),
            &["1:A", "2:B"],
        ),
        ("a.jsonl", format!("{a}\n\n{b}\n"), &["1:A", "3:B"]),
        ("a.txt", format!("{a}\n{b}\n"), &["1:A", "2:B"]),
        ("a.json", format!("{a}{b}"), &["1:A", "1:B"]),
        ("a.json", format!("[\n{a}\n]\n[\n{b}\n]\n"), &["2:A", "5:B"]),
        // What is wrapped belongs to the record around it.
        ("a.json", wrapped.to_owned(), &["1:A"]),
        // A line that is broken, and one that breaks off.
        (
            "a.jsonl",
            format!("{a}\n{{\"title\":}}\n{b}\n{{\"ti"),
            &["1:A", "3:B"],
        ),
        ("a.jsonl", format!("{{oops\n{b}\n"), &["2:B"]),
        (
            "a.json",
            format!("[{a},\n{b},\n{{\"title\": \"C\", \"level\""),
            &["1:A", "2:B"],
        ),
        (
            "a.json",
            format!("{{\"roles\": [{a}, oops, {b}]}}"),
            &["1:A"],
        ),
    ];
    for (name, text, expected) in cases {
        assert_eq!(titles(name, &text), expected, "{text}");
    }
}

#[test]
fn what_is_broken_is_said_with_its_line() {
    type Case<'a> = (&'a str, String, &'a [(u32, &'a str)]);
    let a = r#"{"title": "A", "level": "senior"}"#;
    let cases: [Case<'_>; 6] = [
        (
            "a.jsonl",
            format!("{a}\n{{\"title\":}}\n{a}\n{{\"ti"),
            &[
                (2, "not JSON: expected value; what could be read is kept"),
                (
                    4,
                    "not JSON: eof while parsing a string; what could be read is kept",
                ),
            ],
        ),
        (
            "a.json",
            format!("[{a},\n{a}\n{a}]"),
            &[(
                3,
                "not JSON: expected `,` or `]`; what could be read is kept",
            )],
        ),
        (
            "a.json",
            "{\"title\": \"A\",\n\"skills\": [\"x\",\n".to_owned(),
            &[(3, "not JSON: it breaks off")],
        ),
        (
            "a.json",
            "roles: many".to_owned(),
            &[(1, "not JSON: expected value")],
        ),
        (
            "a.json",
            format!("{a} behind"),
            &[(1, "not JSON: expected value; what could be read is kept")],
        ),
        // Settings with remarks in them are nobody's role.
        ("a.json", "{\n// x\n\"name\": 1}".to_owned(), &[]),
    ];
    for (name, text, expected) in cases {
        let expected: Vec<(Option<u32>, String)> = expected
            .iter()
            .map(|&(line, reason)| (Some(line), reason.to_owned()))
            .collect();
        let mut said = remarks(name, &text);
        said.retain(|(line, _)| line.is_some());
        assert_eq!(said, expected, "{text}");
    }
}

#[test]
fn other_data_tells_of_no_role() {
    for text in [
        r#"{"name": "left-pad", "version": "1.0.0", "description": "Pads what is to be padded on the left side.", "keywords": ["x"], "dependencies": {}}"#,
        r#"{"name": "editor", "categories": ["Themes"], "version": "2"}"#,
        r#"{"$schema": "x", "title": "Settings", "description": "What may be set, and how it is to be set at all.", "properties": {}}"#,
        r#"{"loggers": [{"name": "root", "level": "INFO"}]}"#,
        r#"[{"name": "Ann", "role": "admin", "email": "x"}]"#,
        r#"{"window": {"position": "left", "description": "x"}}"#,
        r#"{"compilerOptions": {"target": "es6"}}"#,
        r#"["a", "b", 1]"#,
        "{}",
        "[[[]]]",
        r#"{"title": "", "skills": ["x"]}"#,
        r#"{"title": "A"}"#,
    ] {
        let said = remarks("a.json", text);
        assert_eq!(said, [(None, "no role in it".to_owned())], "{text}");
    }
    let markdown = "[a link](https://example.org)\n\n{\"title\": \"A\"}";
    assert!(!begins(markdown) && !begins("{{ template }}") && !begins("[x] done"));
}

#[test]
fn no_word_is_lost_to_a_second_spelling() {
    let text = r#"{"name": "Ann's role", "title": "Cloud Director", "title": "Second", "level": "director", "grade": "G7", "skills": ["x"]}"#;
    assert_eq!(
        show("a.json", text),
        [
            "(1, 1) title=Cloud Director level=director",
            "1|Heading(2)|0|Name",
            "1|Paragraph|0|Ann's role",
            "1|Heading(2)|0|Title",
            "1|Paragraph|0|Second",
            "1|Heading(2)|0|Grade",
            "1|Paragraph|0|G7",
            "1|Heading(2)|0|Skills",
            "1|Item(0)|0|x",
        ]
    );
}

#[test]
fn odd_values_are_read_as_they_stand() {
    let huge = "9".repeat(400);
    let text = format!(
        r#"{{"title": "R\u0065\u0301sum\ud83d", "level": {huge}, "on": true, "skills": ["\u0000x\u001fy"]}}"#
    );
    let shown = show("a.json", &text);
    assert_eq!(
        shown[0],
        format!("(1, 1) title=Résum\u{fffd}\u{fffd}\u{fffd} level={huge} on=true")
    );
    assert_eq!(shown[2], "1|Item(0)|0|x y");
}

#[test]
fn nesting_is_read_to_its_bound() {
    let deep = |levels: usize| {
        format!(
            "{{\"title\": \"A\", \"level\": \"x\",\n\"more\": {}\"word\"{}}}",
            "[".repeat(levels),
            "]".repeat(levels)
        )
    };
    let said = "more than 64 levels of nesting: what is deeper is left out";
    assert_eq!(remarks("a.json", &deep(60)), []);
    assert_eq!(remarks("a.json", &deep(100)), [(Some(2), said.to_owned())]);
    assert_eq!(titles("a.json", &deep(100_000)), ["1:A"]);
    for open in ["[", "{\"a\":", "[{\"title\":\"A\",\"skills\":["] {
        let _ = contents("a.json", &open.repeat(100_000));
        let _ = contents("a.jsonl", &format!("{open}\n").repeat(20_000));
    }
}

proptest! {
    #[test]
    fn any_text_ends_with_lines_within_it(text in "(\\PC|\n|[\\[\\]{},:\"]|\"(title|skills|level|kpis|name|career|tools)\": ?|\"x; y\"|<li>){0,120}") {
        let lines = text.lines().count() as u32 + 1;
        for document in contents("a.json", &text).documents {
            for piece in &document.flow {
                prop_assert!(piece.line >= 1 && piece.line <= lines);
                prop_assert!(piece.text.is_char_boundary(piece.bold));
            }
        }
    }

    #[test]
    fn any_record_ends(fields in prop::collection::vec(("(skills|kpis|tools|career|notes|summary|role)", "(\\[|\\]|[{]|[}]|\"(name|level|items|x)\"|:|,|1){0,20}"), 0..6)) {
        let mut text = "{\"title\": \"A\", \"level\": \"x\"".to_owned();
        for (name, value) in fields {
            let _ = write!(text, ", \"{name}\": {value}");
        }
        let _ = contents("a.json", &format!("{text}}}"));
    }
}

#[test]
fn names_among_objects_and_single_names_are_entries() {
    let text = r#"{"title": "A", "level": "x", "kpis": ["MTTR", {"name": "CFR", "target": "5%"}], "skills": "Go (critical), Rust", "nextRoles": "Head of SRE"}"#;
    assert_eq!(
        show("a.json", text)[1..],
        [
            "1|Heading(2)|0|KPIs",
            "1|Item(0)|0|MTTR",
            "1|Header|0|Name¦Target",
            "1|Row|0|CFR¦5%",
            "1|Heading(2)|0|Skills",
            "1|Item(0)|0|Go (critical)",
            "1|Item(0)|0|Rust",
            "1|Heading(2)|0|Next roles",
            "1|Item(0)|0|Head of SRE",
        ]
    );
}
