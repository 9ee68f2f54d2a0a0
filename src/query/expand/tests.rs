//! Which variants stand for what people type.

use super::super::concept::Variant;
use super::super::parse;
use super::*;

/// A dictionary of texts, all of them in the title's field.
struct Texts(&'static [&'static str]);

impl Texts {
    fn words(&self) -> Vec<String> {
        let words = self.0.iter().flat_map(|text| terms(text, Form::Exact));
        words.map(|word| word.term).collect()
    }
}

impl Dictionary for Texts {
    fn roles_with(&self, stem: &str, _: FieldSet) -> u64 {
        let has = |text: &&&str| terms(text, Form::Stem).iter().any(|word| word.term == stem);
        self.0.iter().filter(has).count() as u64
    }

    fn roles_with_phrase(&self, stems: &[String], _: FieldSet, most: u64) -> u64 {
        let has = |text: &&&str| {
            sequence(text, Form::Stem)
                .windows(stems.len())
                .any(|run| run == stems)
        };
        // A role of these texts stands for a few.
        if self.0.iter().any(|text| has(&text)) {
            most
        } else {
            0
        }
    }

    fn is_word(&self, word: &str) -> bool {
        self.words().iter().any(|known| known == word)
    }

    fn is_name(&self, word: &str) -> bool {
        self.is_word(word)
    }

    fn is_entity(&self, _: &str) -> bool {
        false
    }

    fn starting_with(&self, prefix: &str, limit: usize) -> Vec<String> {
        let words = self.words().into_iter();
        words
            .filter(|word| word.starts_with(prefix))
            .take(limit)
            .collect()
    }

    fn within_edits(&self, word: &str, edits: u8, _: bool) -> Vec<String> {
        let words = self.words().into_iter();
        words
            .filter(|known| strsim::osa_distance(known, word) <= usize::from(edits))
            .collect()
    }

    fn explained(&self, term: &str) -> Vec<String> {
        if term == "zqx" {
            vec!["zonal quality index".to_owned()]
        } else {
            Vec::new()
        }
    }

    fn has_initials(&self, initials: &str) -> bool {
        initials == "nom"
    }
}

const TEXTS: Texts = Texts(&[
    "kubernetes and terraform in production",
    "site reliability engineering manager",
    "mean time to restore",
    "the on-call rota",
    "front end work, backend work",
    "infrastructure as code",
    "observability",
    "network operations",
    "zonal quality index",
]);

fn expanded(text: &str) -> Expanded {
    expand(&parse(text), &TEXTS, &Rules::default())
}

/// The concepts, without neighbours in meaning, which come from a table that is computed.
fn show(expanded: &Expanded) -> String {
    let variant = |variant: &Variant| {
        let kind = variant.kind;
        match &variant.matcher {
            Matcher::Word { stem, .. } => format!("{kind:?} {stem}"),
            Matcher::Exact { exact, .. } => format!("{kind:?} ={exact}"),
            Matcher::Phrase { stems, slop: 0 } => format!("{kind:?} '{}'", stems.join(" ")),
            Matcher::Phrase { stems, slop } => format!("{kind:?} '{}'~{slop}", stems.join(" ")),
            Matcher::Together(stems) => format!("{kind:?} {}", stems.join("+")),
            Matcher::Initials(initials) => format!("{kind:?} {initials}"),
        }
    };
    let concept = |concept: &Concept| {
        let variants = concept.variants.iter();
        // What the tables of words bring changes with them.
        let of_tables = [Kind::Related, Kind::Narrower, Kind::Broader];
        let shown = variants
            .filter(|variant| !of_tables.contains(&variant.kind))
            .map(variant);
        shown.collect::<Vec<_>>().join(", ")
    };
    expanded
        .concepts
        .iter()
        .map(concept)
        .collect::<Vec<_>>()
        .join(" | ")
}

#[test]
fn concepts_have_variants() {
    for (text, expected) in [
        ("terrafrm", "Literal terrafrm, Typo terraform"),
        ("terarform", "Literal terarform, Typo terraform"),
        ("observbilty", "Literal observbilti, Typo observ"),
        ("terr", "Literal terr"),
        ("\"terrafrm\"", "Literal terrafrm"),
        ("=terrafrm", "Literal =terrafrm"),
        ("terrafrm2", "Literal terrafrm2"),
        ("terraforming p95x", "Literal terraform | Literal p95x"),
        ("who owns the terraform", "Literal terraform"),
        ("the who", "Literal the | Literal who"),
        ("\"cloud manager\"~2", "Literal 'cloud manag'~2"),
        ("terra*", "Prefix terraform"),
        ("on-ca*", "Prefix on-call"),
        ("zqx", "Literal zqx, Taught 'zonal qualiti index'"),
        ("NOM", "Literal nom, Initials nom"),
        ("oncall", "Literal oncal, Spelling 'on call'"),
        ("on-call", "Literal on-call, Literal 'on call'"),
        ("on call", "Literal 'on call'"),
        (
            "back end",
            "Literal 'back end', Spelling backend, Together back+end",
        ),
        ("frontend", "Literal frontend, Spelling 'front end'"),
        ("manager-level", "Literal manag"),
        ("terraform terraforms", "Literal terraform"),
    ] {
        let shown = show(&expanded(text));
        assert!(shown.starts_with(expected), "{text}: {shown}");
    }
}

#[test]
fn a_known_term_of_several_words_is_one_concept() {
    let one = show(&expanded("mean time to restore"));
    let other = show(&expanded("MTTR"));
    assert!(one.contains("Acronym mttr") && !one.contains('|'), "{one}");
    assert!(other.contains("Acronym 'mean time to restor'"), "{other}");
    assert!(
        show(&expanded("infrastructure as code")).starts_with("Literal 'infrastructur as code'")
    );
    // Beside other words, its words stay, and each is met by the other names of the whole.
    let beside = show(&expanded("infrastructure as code kubernetes"));
    assert_eq!(beside.matches("Acronym iac").count(), 2, "{beside}");
    // Of a term that stands nowhere, the words are looked for.
    assert!(show(&expanded("gross margin manager")).contains("Literal manag"));
}

#[test]
fn formulas_say_what_must_hold() {
    use Formula::{All, Any, Concept, Excluded, Not};
    let not = |at| Not(Box::new(Excluded(at)));
    for (text, expected) in [
        ("terraform kubernetes", None),
        (
            "terraform AND kubernetes",
            Some(All(vec![Concept(0), Concept(1)])),
        ),
        ("terraform OR kubernetes", None),
        ("+terraform observability", Some(Concept(0))),
        ("terraform -kubernetes", Some(All(vec![not(0), Concept(0)]))),
        ("-kubernetes", Some(not(0))),
        (
            "(terraform observability) AND NOT kubernetes",
            Some(All(vec![Any(vec![Concept(0), Concept(1)]), not(0)])),
        ),
        (
            "terraform OR -kubernetes",
            Some(Any(vec![Concept(0), not(0)])),
        ),
    ] {
        let formula = expanded(text)
            .formula
            .filter(|formula| *formula != Concept(0) || text.starts_with('+'));
        assert_eq!(formula, expected, "{text}");
    }
    let rules = Rules {
        all: true,
        ..Rules::default()
    };
    let all = expand(&parse("terraform observability"), &TEXTS, &rules);
    assert_eq!(all.formula, Some(All(vec![Concept(0), Concept(1)])));
    assert_eq!(
        show(&expanded("terraform OR observability")),
        "Literal terraform, Literal observ, Synonym o11y, Synonym 'telemetri of system'"
    );
}

#[test]
fn replaced_words_are_said_and_neighbours_noted() {
    let expanded = expanded("terrafrm kubernetes");
    assert_eq!(
        expanded.notes,
        ["no role mentions \"terrafrm\"; using \"terraform\""]
    );
    let pair = ["terraform".to_owned(), "kubernet".to_owned()];
    assert_eq!(expanded.pairs, [(0, 1, pair)]);
}

#[test]
fn of_a_long_text_the_rarest_words_are_looked_for() {
    let words: Vec<String> = (0..100).map(|at| format!("word{at} terraform")).collect();
    let expanded = expanded(&words.join(" "));
    assert_eq!(show(&expanded), "Literal terraform");
    assert_eq!(expanded.notes.len(), 1, "{:?}", expanded.notes);
    let plain = Rules {
        no_fuzzy: true,
        no_synonyms: true,
        ..Rules::default()
    };
    let text = "terrafrm k8s";
    assert_eq!(
        show(&expand(&parse(text), &TEXTS, &plain)),
        "Literal terrafrm | Literal k8s"
    );
}
