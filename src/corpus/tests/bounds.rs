//! Every bound is met by a file, said once, and takes no more than it says.

use std::fmt::Write as _;

use super::super::*;
use crate::taxonomy::built_in;

fn read(name: &str, text: &str) -> FileReading {
    read_bytes(text.as_bytes(), name, None, &built_in())
}

/// The bounds that a text meets, with the line of each.
fn met(name: &str, text: &str) -> Vec<(u32, &'static bounds::Bound)> {
    let problems = read(name, text).problems.into_iter();
    let bound = |problem: Problem| match problem.kind {
        ProblemKind::Bound(bound) => Some((problem.line.unwrap_or(0), bound)),
        _ => None,
    };
    problems.filter_map(bound).collect()
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold("# Role\n\n".to_owned(), |mut text, at| {
        let _ = writeln!(text, "{}", line(at));
        text
    })
}

#[test]
fn what_is_beyond_a_bound_is_said_once() {
    let roles = "{\"title\": \"A\", \"level\": \"x\"}\n";
    let head = |bytes: usize| format!("---\ntitle: A\nx: {}\n---\n# B\n", "y".repeat(bytes));
    let skills = |count: usize| {
        lines(count, |at| {
            if at == 0 {
                "## Skills\n\n- s0".to_owned()
            } else {
                format!("- s{at}")
            }
        })
    };
    let row = |cells: usize| {
        format!(
            "# A\n\n|{}\n|{}\n|{}\n",
            "a|".repeat(cells),
            "-|".repeat(cells),
            "b|".repeat(cells)
        )
    };
    let deep = |levels: usize| {
        format!(
            "{{\"title\": \"A\", \"level\": \"x\", \"y\": {}{}}}",
            "[".repeat(levels),
            "]".repeat(levels)
        )
    };
    let tag = |attributes: usize| {
        let attributes: String = (0..attributes).map(|at| format!(" a{at}=x")).collect();
        format!("<h1>A: Role Blueprint</h1><h2>Skills</h2><p>Rust<p{attributes}>Go")
    };
    let limit = |bound: &bounds::Bound| bound.count();
    // Just within the bound, just beyond it, the line of what is beyond.
    let cases = [
        (
            &bounds::ROLES,
            "a.jsonl",
            roles.repeat(limit(&bounds::ROLES)),
            roles.repeat(limit(&bounds::ROLES) + 1),
            20_001,
        ),
        (
            &bounds::SECTIONS,
            "a.md",
            lines(limit(&bounds::SECTIONS), |at| format!("## Part {at}")),
            lines(limit(&bounds::SECTIONS) + 1, |at| format!("## Part {at}")),
            2_003,
        ),
        (
            &bounds::BLOCKS,
            "a.md",
            lines(limit(&bounds::BLOCKS), |at| format!("- item {at}")),
            lines(limit(&bounds::BLOCKS) + 5, |at| format!("- item {at}")),
            20_003,
        ),
        (
            &bounds::ENTITIES,
            "a.md",
            skills(limit(&bounds::ENTITIES)),
            skills(limit(&bounds::ENTITIES) + 2),
            5_005,
        ),
        (
            &bounds::CELLS,
            "a.md",
            row(limit(&bounds::CELLS)),
            row(limit(&bounds::CELLS) + 1),
            3,
        ),
        (&bounds::HEAD, "a.md", head(60_000), head(70_000), 1),
        (
            &bounds::ATTRIBUTES,
            "a.html",
            tag(limit(&bounds::ATTRIBUTES) / 2),
            tag(limit(&bounds::ATTRIBUTES) * 2),
            0,
        ),
        (
            &bounds::DEPTH,
            "a.json",
            deep(limit(&bounds::DEPTH) - 1),
            deep(limit(&bounds::DEPTH)),
            1,
        ),
    ];
    for (bound, name, within, beyond, line) in &cases {
        assert_eq!(met(name, within), [], "{}", bound.unit);
        assert_eq!(met(name, beyond), [(*line, *bound)], "{}", bound.unit);
    }
    // The size and the ratio of packed files have tests where these are unpacked.
    assert_eq!(cases.len() + 2, bounds::ALL.len());
}

#[test]
fn no_more_is_taken_than_a_bound_says() {
    let text = lines(200_000, |at| format!("## Part {at}"));
    let role = &read("a.md", &text).roles[0].blueprint;
    assert_eq!(role.sections.len(), bounds::SECTIONS.count());
    let text = lines(9_000, |at| {
        if at == 0 {
            "## Skills".to_owned()
        } else {
            format!("- s{at}")
        }
    });
    let role = &read("a.md", &text).roles[0].blueprint;
    assert_eq!(role.entities().count(), bounds::ENTITIES.count());
    // What is beyond is still read as text.
    assert_eq!(role.sections[0].blocks.len(), 8_999);
    let roles = "{\"title\": \"A\", \"level\": \"x\"}\n".repeat(20_100);
    assert_eq!(read("a.jsonl", &roles).roles.len(), bounds::ROLES.count());
    let long = format!("---\ntitle: A\nx: {}\n---\n# B\n", "y".repeat(70_000));
    assert_eq!(read("a.md", &long).roles[0].blueprint.title, "B");
}
