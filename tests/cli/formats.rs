//! Machine formats: valid with and without hits, and as their schemas say.

use serde_json::Value;

use crate::fixture::Fixture;

/// Checks a value against the part of JSON Schema that our schemas use.
fn check(value: &Value, schema: &Value, at: &str) {
    if let Some(expected) = schema.get("const") {
        assert_eq!(value, expected, "{at}");
    }
    if let Some(allowed) = schema.get("enum").and_then(Value::as_array) {
        assert!(allowed.contains(value), "{at}: {value}");
    }
    if let Some(kind) = schema.get("type") {
        let is = |kind: &Value| match kind.as_str().unwrap() {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "integer" => value.is_u64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "null" => value.is_null(),
            other => panic!("{at}: unknown type {other}"),
        };
        assert!(
            kind.as_array()
                .map_or_else(|| is(kind), |kinds| kinds.iter().any(is)),
            "{at}: {value} is not {kind}"
        );
    }
    if let Some(object) = value.as_object() {
        for name in schema["required"].as_array().unwrap() {
            assert!(
                object.contains_key(name.as_str().unwrap()),
                "{at}: no {name}"
            );
        }
        for (name, value) in object {
            let schema = schema["properties"]
                .get(name)
                .unwrap_or_else(|| panic!("{at}: {name} is not in the schema"));
            check(value, schema, &format!("{at}.{name}"));
        }
    }
    if let Some(values) = value.as_array() {
        values
            .iter()
            .for_each(|value| check(value, &schema["items"], &format!("{at}[]")));
    }
}

#[test]
fn every_output_is_as_its_schema_says() {
    let fixture = Fixture::new();
    fixture.write(
        "blueprints/a.md",
        b"---\nlevel: guru\n---\n# Data Analyst\n\n## Skills\n\n- SQL\n",
    );
    fixture.write("blueprints/b.png", b"\0\0");
    fixture.write(
        "queries.tsv",
        b"qid\tkind\tquery\nq1\tskill\tsql\nq2\tskill\trust\n",
    );
    fixture.write("qrels.txt", b"q1 0 data-analyst 1\n");
    fixture.write("old.run", b"q1 Q0 x 1 1 old\n");
    let schema =
        |name: &str| serde_json::from_str::<Value>(&fixture.stdout(&["schema", name])).unwrap();
    for (name, args) in [
        ("index", vec!["index", "blueprints"]),
        (
            "query",
            vec!["query", "sql \"no such phrase\" -x kuberntes"],
        ),
        ("query", vec!["query", "nothing", "--level", "junior"]),
        ("query", vec!["query", "-n", "0"]),
        ("facets", vec!["facets"]),
        ("facets", vec!["facets", "level", "--level", "guru"]),
        ("show", vec!["show", "data-analyst"]),
        ("explain", vec!["explain", "sql", "data-analyst"]),
        ("explain", vec!["explain", "excel -sql", "data-analyst"]),
        (
            "explain",
            "explain sql data-analyst --versus data-analyst --level junior"
                .split(' ')
                .collect(),
        ),
        ("as-read", vec!["show", "--as-read", "corpus/data/analyst.md"]),
        ("status", vec!["status"]),
        ("verify", vec!["verify"]),
        ("eval", vec!["eval", "--queries", "queries.tsv"]),
        (
            "eval",
            "eval --queries queries.tsv --qrels qrels.txt --baseline old.run --per-query --by kind --fail-under 1"
                .split(' ')
                .collect(),
        ),
        (
            "eval",
            "eval --run old.run --qrels qrels.txt".split(' ').collect(),
        ),
        ("error", vec!["query", "--level", "x"]),
        ("error", vec!["show", "nobody"]),
        ("error", vec!["query", "--no-such-flag"]),
    ] {
        let output = fixture.stdout(&[args.clone(), vec!["--json"]].concat());
        let value = serde_json::from_str(&output)
            .unwrap_or_else(|error| panic!("{args:?}: {error}: {output}"));
        check(&value, &schema(name), name);
    }
    let names: Vec<String> = fixture
        .stdout(&["schema"])
        .lines()
        .map(str::to_owned)
        .collect();
    assert_eq!(
        names,
        [
            "query", "facets", "show", "as-read", "status", "verify", "index", "eval", "explain",
            "error"
        ]
    );
}

#[test]
fn all_formats_are_valid_with_and_without_hits() {
    let fixture = Fixture::new();
    fixture.run(&["status"]);
    for (query, hits) in [("finops", 6), ("xqztv", 0)] {
        let lines = |format: &str| {
            fixture
                .stdout(&["query", query, "-f", format])
                .lines()
                .count()
        };
        assert_eq!(
            (
                lines("jsonl"),
                lines("csv"),
                lines("tsv"),
                lines("md"),
                lines("ids")
            ),
            (hits, hits + 1, hits + 1, hits + 2, hits)
        );
        assert_eq!(
            fixture.stdout(&["query", query, "-c"]).trim(),
            hits.to_string()
        );
        assert_eq!(
            fixture.stdout(&["query", query, "-l"]).lines().count(),
            hits
        );
        assert_eq!(fixture.stdout(&["query", query, "-q"]), "");
        assert_eq!(
            fixture.output(&["query", query, "-q"]).status.code(),
            Some(i32::from(hits == 0))
        );
    }
}

#[test]
fn marks_stand_on_the_words_and_lines_in_the_source() {
    let fixture = Fixture::with(&[(
        "corpus/a.md",
        "# Ärztin\n\n## Skills\n\n- Überwachung mit Prometheus\n  und Grafana\n",
    )]);
    let answer: Value =
        serde_json::from_str(&fixture.stdout(&["query", "grafana prometheus", "--json"])).unwrap();
    let snippet = &answer["hits"][0]["snippets"][0];
    let chars: Vec<char> = snippet["text"].as_str().unwrap().chars().collect();
    let marks: Vec<String> = snippet["marks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mark| {
            chars[mark[0].as_u64().unwrap() as usize..mark[1].as_u64().unwrap() as usize]
                .iter()
                .collect()
        })
        .collect();
    assert_eq!(marks, ["Prometheus", "Grafana"]);
    assert_eq!(
        (
            snippet["line"].as_u64(),
            answer["hits"][0]["matched"][0]["line"].as_u64()
        ),
        (Some(5), Some(6))
    );
}

#[test]
fn colour_is_for_terminals_or_on_request() {
    let fixture = Fixture::new();
    fixture.run(&["status"]);
    assert!(!fixture.stdout(&["query", "finops"]).contains('\u{1b}'));
    assert!(
        fixture
            .stdout(&["query", "finops", "--color", "always"])
            .contains("\u{1b}[1mFinOps\u{1b}[0m")
    );
    let forced = fixture
        .command(&["query", "finops"])
        .env("CLICOLOR_FORCE", "1")
        .output()
        .unwrap();
    assert!(String::from_utf8(forced.stdout).unwrap().contains('\u{1b}'));
}

#[test]
fn completions_and_manuals_are_generated() {
    let fixture = Fixture::new();
    for shell in ["bash", "zsh", "fish"] {
        assert!(
            fixture.stdout(&["completions", shell]).contains("facets"),
            "{shell}"
        );
    }
    assert!(fixture.stdout(&["man"]).contains(".TH bp"));
    assert!(
        fixture.stdout(&["man", "query"]).contains("seniority")
            || fixture.stdout(&["man", "query"]).contains("level")
    );
}
