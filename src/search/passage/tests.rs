//! Which passage a role is shown with.

use super::*;
use crate::index::layout::{BlockLayout, SectionLayout};
use crate::index::schema::FieldSet;
use crate::query::{Dictionary, Rules, expand, parse};
use crate::ranking::weights;

struct Everything;

impl Dictionary for Everything {
    fn roles_with(&self, _: &str, _: FieldSet) -> u64 {
        1
    }

    fn roles_with_phrase(&self, _: &[String], _: FieldSet, most: u64) -> u64 {
        most
    }

    fn is_word(&self, word: &str) -> bool {
        word.len() < 11 && !word.contains('-')
    }

    fn is_name(&self, _: &str) -> bool {
        true
    }

    fn is_entity(&self, _: &str) -> bool {
        false
    }

    fn starting_with(&self, _: &str, _: usize) -> Vec<String> {
        Vec::new()
    }

    fn within_edits(&self, _: &str, _: u8, _: bool) -> Vec<String> {
        Vec::new()
    }

    fn explained(&self, _: &str) -> Vec<String> {
        Vec::new()
    }

    fn has_initials(&self, _: &str) -> bool {
        false
    }
}

/// Sections of one block each; a placement with a name has one of ten bytes, "Kubernetes".
fn layout(blocks: &[(SectionKind, u8, Option<&str>)]) -> Layout {
    let block = |(at, &(kind, placement, level)): (usize, &(SectionKind, u8, Option<&str>))| {
        SectionLayout {
            kind,
            level: level.map(str::to_owned),
            blocks: vec![BlockLayout {
                line: at as u32 * 10 + 1,
                shape: Shape::Item(0),
                placement,
                name: (2..5).contains(&placement).then_some((0, 10)),
            }],
        }
    };
    Layout {
        sections: blocks.iter().enumerate().map(block).collect(),
    }
}

fn show(query: &str, body: &str, layout: &Layout, levels: &[String]) -> Vec<String> {
    let expanded = expand(&parse(query), &Everything, &Rules::default());
    let rarities = vec![1.0; expanded.concepts.len()];
    let needles = Needles::new(&expanded.concepts, &rarities, weights(), levels, 3);
    let (passages, _) = needles.find(Text::Whole(body), layout).unwrap();
    let shown = |passage: &Passage| {
        let chars: Vec<char> = passage.text.chars().collect();
        let marks: Vec<String> = passage
            .marks
            .iter()
            .map(|&(start, end)| chars[start..end].iter().collect())
            .collect();
        format!(
            "{}:{} {} [{}]",
            passage.section.id(),
            passage.line,
            passage.text,
            marks.join("|")
        )
    };
    passages.iter().map(shown).collect()
}

#[test]
fn the_strongest_block_that_says_most_comes_first() {
    let body = "Mentions helm once\nKubernetes (Critical): runs clusters\nTerraform\u{1f}Kubernetes\u{b}and Helm";
    let layout = layout(&[
        (SectionKind::Context, 10, None),
        (SectionKind::Skills, 2, None),
        (SectionKind::Tools, 6, None),
    ]);
    assert_eq!(
        show("kubernetes", body, &layout, &[]),
        ["skills:11 Kubernetes (Critical): runs clusters [Kubernetes]"]
    );
    assert_eq!(
        show("terraform helm", body, &layout, &[]),
        ["tools:21 Terraform | Kubernetes and Helm [Terraform|Helm]"]
    );
    assert_eq!(
        show("helm", body, &layout, &[]),
        ["tools:22 Terraform | Kubernetes and Helm [Helm]"]
    );
    assert_eq!(
        show("cluster helm", body, &layout, &[]),
        [
            "tools:22 Terraform | Kubernetes and Helm [Helm]",
            "skills:11 Kubernetes (Critical): runs clusters [clusters]"
        ]
    );
}

#[test]
fn a_chosen_level_of_a_ladder_comes_first() {
    let body = "Kubernetes\nKubernetes too";
    let layout = layout(&[
        (SectionKind::Skills, 2, Some("junior")),
        (SectionKind::Responsibilities, 8, Some("senior")),
    ]);
    assert_eq!(
        show("kubernetes", body, &layout, &["senior".to_owned()]),
        ["responsibilities:11 Kubernetes too [Kubernetes]"]
    );
}

#[test]
fn long_passages_are_cut_around_their_marks() {
    let body = format!(
        "{} on-call ärger {}",
        "word ".repeat(80).trim(),
        "more ".repeat(80).trim()
    );
    let layout = layout(&[(SectionKind::Responsibilities, 8, None)]);
    let shown = show("\"on call\" ärger", &body, &layout, &[]);
    assert!(
        shown[0].starts_with("responsibilities:1 …word") && shown[0].ends_with("… [on-call|ärger]"),
        "{shown:?}"
    );
}

#[test]
fn a_damaged_body_leads_nowhere() {
    assert_eq!(
        show("kubernetes", "kubernetes", &Layout::default(), &[]),
        Vec::<String>::new()
    );
}

#[test]
fn a_beginning_never_ends_within_a_letter() {
    for (exact, stem) in [
        ("für", "für"),
        ("o日本語r", "o日本語r"),
        ("é", "è"),
        ("geräusche", "geräusch"),
    ] {
        let matcher = Matcher::Word {
            stem: stem.to_owned(),
            exact: exact.to_owned(),
        };
        assert!(super::finder(&matcher).is_none(), "{exact}");
    }
}
