//! Which tables are ladders, and what their levels say.

use proptest::prelude::*;

use super::super::{Role, read_bytes};
use crate::taxonomy::built_in;

fn roles(name: &str, text: &str) -> Vec<Role> {
    read_bytes(text.as_bytes(), name, None, &built_in()).roles
}

/// The title and level of each role.
fn titles(name: &str, text: &str) -> Vec<String> {
    let roles = roles(name, text).into_iter();
    roles
        .map(|role| format!("{}|{}", role.blueprint.title, role.blueprint.level.id))
        .collect()
}

fn table(title: &str, header: &[&str], rows: &[&[&str]]) -> String {
    let row = |cells: &[&str]| format!("| {} |\n", cells.join(" | "));
    let rule = row(&vec!["---"; header.len()]);
    let rows: String = rows.iter().map(|cells| row(cells)).collect();
    format!("# {title}\n\n{}{rule}{rows}", row(header))
}

#[test]
fn a_ladder_is_one_role_a_level() {
    let wide: &[&[&str]] = &[&["Design", "a", "b"], &["Delivery", "c", "d"]];
    for (title, header, expected) in [
        (
            "Backend Engineer Career Ladder",
            ["Area", "Junior", "Senior"],
            [
                "Junior Backend Engineer|junior",
                "Senior Backend Engineer|senior",
            ],
        ),
        (
            "Career Ladder: Data Analyst",
            ["", "Senior", "Staff"],
            ["Senior Data Analyst|senior", "Staff Data Analyst|staff"],
        ),
        (
            "Engineering levels",
            ["Competency", "IC3", "IC4"],
            ["Engineering (IC3)|ic3", "Engineering (IC4)|ic4"],
        ),
        (
            "Data Engineer",
            ["Area", "L3 Mid", "L4 (Senior)"],
            [
                "Mid Data Engineer (L3)|mid",
                "Senior Data Engineer (L4)|senior",
            ],
        ),
        (
            "Our ladder",
            ["Area", "Senior Backend Engineer", "Staff Backend Engineer"],
            [
                "Senior Backend Engineer|senior",
                "Staff Backend Engineer|staff",
            ],
        ),
        (
            "Our ladder",
            ["Area", "Backend Engineer", "Senior Backend Engineer"],
            ["Backend Engineer|mid", "Senior Backend Engineer|senior"],
        ),
        (
            "Our ladder",
            ["Area", "Engineer I", "Engineer II"],
            ["Engineer I|mid", "Engineer II|mid"],
        ),
    ] {
        assert_eq!(
            titles("a.md", &table(title, &header, wide)),
            expected,
            "{title} {header:?}"
        );
    }
}

#[test]
fn a_level_has_its_own_cells_and_the_text_around() {
    let text = "---\ndomains: [cloud]\nlevel: mid\n---\n# Backend Engineer Career Ladder\n\nFor all of us.\n\n## Craft\n\n| Skill | Junior | Senior | Why |\n|---|---|---|---|\n| Go | reads it | shapes it | speed |\n| SQL | | tunes it | |\n\n## Scope\n\n| Area | Junior | Senior |\n|---|---|---|\n| Responsibilities | a task | a system |\n\nAsk your lead.\n";
    let roles = roles("a.md", text);
    let [junior, senior] = &roles[..] else {
        panic!("{roles:?}")
    };
    let show = |role: &Role| {
        let mut shown = Vec::new();
        for section in &role.blueprint.sections {
            shown.push(format!("{}# {}", section.line, section.heading));
            shown.extend(section.blocks.iter().map(|block| {
                let entity = if block.entity.is_some() { "!" } else { "" };
                format!("{} {}{entity}", block.line, block.text)
            }));
        }
        shown
    };
    assert_eq!(
        show(senior),
        [
            "5# ",
            "5 Backend Engineer Career Ladder",
            "7 For all of us.",
            "9# Craft",
            "11# Skills",
            "13 Go: shapes it speed!",
            "14 SQL: tunes it!",
            "16# Scope",
            "20# Responsibilities",
            "20 a system",
            "22 Ask your lead.",
        ]
    );
    let junior = show(junior);
    assert!(junior.contains(&"13 Go: reads it speed!".to_owned()));
    assert!(
        !junior
            .iter()
            .any(|line| line.contains("SQL") || line.contains("system"))
    );
    let domains = &senior.blueprint.domains;
    assert_eq!((domains.len(), domains[0].id.as_str()), (1, "cloud"));
}

#[test]
fn levels_may_be_rows_and_tables_other_containers() {
    let rows: &[&[&str]] = &[
        &["Junior", "a task", "asks"],
        &["Senior", "a system", "teaches"],
    ];
    let text = table(
        "Data Analyst levels",
        &["Level", "Scope", "Influence"],
        rows,
    );
    assert_eq!(
        titles("a.md", &text),
        ["Junior Data Analyst|junior", "Senior Data Analyst|senior"]
    );
    assert_eq!(
        roles("a.md", &text)[1].blueprint.sections[1].heading,
        "Scope"
    );
    assert_eq!(
        titles(
            "backend-engineer-ladder.csv",
            "Area,Junior,Senior\nDesign,a,b\n"
        ),
        [
            "Junior backend engineer|junior",
            "Senior backend engineer|senior"
        ]
    );
}

#[test]
fn a_blueprint_with_a_table_of_levels_stays_one_role() {
    let levels: &[&[&str]] = &[
        &["Junior", "1 year", "task"],
        &["Senior", "5 years", "system"],
    ];
    let below = |heading: &str| {
        let table = table("x", &["Level", "Years", "Scope"], levels);
        format!(
            "# Data Analyst\n\nLooks.\n\n## Skills\n\n- SQL\n\n## {heading}\n\n{}",
            &table[5..]
        )
    };
    let across: &[&[&str]] = &[&["Technical", "4", "5"], &["Communication", "3", "5"]];
    for text in [
        below("Career Path"),
        below("Levels"),
        // A table of steps, and a scorecard, in a text without other sections.
        table(
            "Data Analyst\n\n## Career Path",
            &["Area", "Junior", "Senior"],
            across,
        ),
        table(
            "Data Analyst\n\n## Hiring",
            &["Signal", "Junior", "Senior"],
            across,
        ),
        // Pay, and nobody's role.
        table("Compensation bands", &["Place", "Junior", "Senior"], across),
        table(
            "Data Analyst",
            &["Level", "Years"],
            &[&["Junior", "1"], &["Senior", "5"]],
        ),
        table("Data Analyst", &["Area", "Target", "Senior"], across),
        table("Data Analyst", &["Metric", "Target", "Frequency"], across),
        table("Data Analyst", &["Area", "Junior", "Junior"], across),
        table("Data Analyst", &["Area", "Junior", "Senior"], &[]),
    ] {
        assert_eq!(roles("a.md", &text).len(), 1, "{text}");
    }
    let wide: Vec<String> = (0..40)
        .map(|number| format!("Senior Engineer {number}"))
        .collect();
    let wide: Vec<&str> = wide.iter().map(String::as_str).collect();
    assert_eq!(roles("a.md", &table("Ladder", &wide, &[&wide])).len(), 1);
}

#[test]
fn the_compiled_in_blueprints_are_no_ladders() {
    let readings = super::super::read_built_in(&built_in());
    assert!(readings.iter().all(|reading| reading.roles.len() == 1));
}

proptest! {
    #[test]
    fn any_table_ends(header in prop::collection::vec("(Junior|Senior|IC[0-9]|Engineer I{1,2}|\\PC{0,6}|)", 0..6), rows in prop::collection::vec(prop::collection::vec("(Senior|Junior|x|)", 0..6), 0..4)) {
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
        let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
        prop_assert!(!roles("a.md", &table("Engineer ladder", &header, &rows)).is_empty());
    }
}
