//! The dictionary and what is encoded with it: texts come back, places stand fast, other bytes are refused.

use super::beginnings::Beginnings;
use super::*;
use proptest::prelude::*;

fn read(learner: &Learner) -> Words {
    Words::new(OwnedBytes::new(learner.to_bytes())).unwrap()
}

fn learnt(sample: &[&str]) -> Learner {
    let mut learner = Learner::default();
    learner.learn(sample.iter().copied());
    learner
}

const TEXTS: [&str; 12] = [
    "",
    " ",
    "a",
    "a b",
    " a  b ",
    "a b, c (d)\ne\u{b}f\u{1f}g",
    "responsibilities responsibilities x",
    "exactlyfifteen_ exactlyfifteens exactlyfifteenss end",
    "— – … 日本語 ünïcödé",
    "----------------------------------- a",
    "a -----------------------------------",
    "CI/CD, C++, .NET; R&D: 99.9% ≥ 5",
];

#[test]
fn texts_come_back_whatever_is_known() {
    let none = Learner::default();
    let all = learnt(
        &[TEXTS.join(" "), TEXTS.join("\n")]
            .each_ref()
            .map(String::as_str),
    );
    for learner in [none, all] {
        let words = read(&learner);
        for text in TEXTS {
            let bytes = learner.encode(text);
            assert_eq!(words.decode(&bytes).as_deref(), Some(text), "{bytes:?}");
        }
    }
}

#[test]
fn what_is_known_is_short() {
    let text = "keeps the checkout services up, and the people who run them rested. ".repeat(8);
    let learner = learnt(&[&text]);
    assert_eq!(learner.encode(&text).len(), 2 + 8 * 14);
}

#[test]
fn what_is_learnt_later_stands_behind() {
    let first = learnt(&["one two one two"]);
    let bytes = first.encode("one two");
    let mut second = Learner::go_on(first.to_bytes()).unwrap();
    second.learn(["three three one two two"].into_iter());
    assert!(second.to_bytes().starts_with(&first.to_bytes()));
    assert!(second.to_bytes().len() > first.to_bytes().len());
    let words = read(&second);
    assert_eq!(words.decode(&bytes).as_deref(), Some("one two"));
    let third = second.encode("three");
    assert_eq!(third.len(), 2);
    assert_eq!(words.decode(&third).as_deref(), Some("three"));
}

#[test]
fn places_of_all_sizes_come_back() {
    let many: Vec<String> = (0..30_000).map(|number| format!("w{number}")).collect();
    let text = many.join(" ");
    let learner = learnt(&[&text, &text]);
    let words = read(&learner);
    assert_eq!(learner.0.slots().len(), 30_000);
    assert_eq!(words.decode(&learner.encode(&text)), Some(text));
}

#[test]
fn a_line_behind_the_end_is_none() {
    let words = read(&learnt(&["a b a b"]));
    // A line's end, written out, in a text of no length.
    let bytes = [0, WRITTEN_OUT, LINE_END | 1, b'\n'];
    let outline = words.outline(&bytes, &mut Beginnings::new(std::iter::empty()));
    let outline = outline.unwrap();
    assert_eq!(
        (outline.line(0).as_deref(), outline.line(1)),
        (Some(""), None)
    );
}

#[test]
fn bytes_of_another_kind_are_refused() {
    assert!(Words::new(OwnedBytes::new(b"bp-words 1\n".to_vec())).is_none());
    assert!(Learner::go_on(vec![0; SLOT]).is_none());
    let words = read(&learnt(&["a b a b"]));
    for bytes in [
        &[][..],
        &[200, 200, 200, 200, 200, 1],
        &[3, 0],
        &[1, 99],
        &[9, 255, 9, 1],
    ] {
        assert_eq!(words.decode(bytes), None, "{bytes:?}");
    }
}

proptest! {
    #[test]
    fn any_text_comes_back(text in "(\\PC|[a-c]{1,20}|[ ,.\n\u{b}\u{1f}-]{1,20}){0,30}", sample in "(\\PC|[a-c ]){0,60}") {
        let learner = learnt(&[&sample, &sample]);
        prop_assert_eq!(read(&learner).decode(&learner.encode(&text)), Some(text));
    }

    #[test]
    fn every_beginning_of_a_wanted_word_is_noted(text in "(\\PC|[a-cA-C1.+/_ \u{b}]{1,20}|—[abc]{1,4}|é[ab]{1,3}){0,30}", sample in "[a-cA-C1 —]{0,60}", wanted in prop::collection::vec("[a-c1][a-c1+/]{0,3}", 1..4)) {
        let learner = learnt(&[&sample, &sample]);
        let mut beginnings = Beginnings::new(wanted.iter().map(String::as_bytes));
        let words = read(&learner);
        for _ in 0..2 {
            let encoded = learner.encode(&text);
            let outline = words.outline(&encoded, &mut beginnings).unwrap();
            let places = outline.beginnings();
            prop_assert!(places.is_sorted());
            let lower = text.to_ascii_lowercase();
            for word in &wanted {
                for (at, _) in lower.match_indices(word.as_str()) {
                    let is_inside = at > 0 && lower.as_bytes()[at - 1].is_ascii_alphanumeric();
                    prop_assert!(is_inside || places.contains(&(at as u32)), "{word} at {at} of {text:?}: {places:?}");
                }
            }
        }
    }

    #[test]
    fn every_line_is_spelled_by_itself(text in "(\\PC|[a-c]{1,20}|[ ,.\n\u{b}-]{1,20}|\n){0,40}", sample in "[a-c \n.,-]{0,60}") {
        let learner = learnt(&[&sample, &sample]);
        let words = read(&learner);
        let encoded = learner.encode(&text);
        let outline = words.outline(&encoded, &mut Beginnings::new(std::iter::empty())).unwrap();
        let lines: Vec<&str> = text.split('\n').collect();
        prop_assert_eq!(outline.starts().count(), lines.len());
        for (number, (line, start)) in lines.iter().zip(outline.starts()).enumerate() {
            prop_assert_eq!(outline.line(number), Some((*line).to_owned()));
            prop_assert!(text[start..].starts_with(line));
        }
        prop_assert_eq!(outline.line(lines.len()), None);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let words = read(&learnt(&["a b a b, c\n\n, c"]));
        let decoded = words.decode(&bytes);
        let outline = words.outline(&bytes, &mut Beginnings::new(std::iter::empty()));
        let lines = outline.map(|outline| (0..outline.starts().count()).map(|line| outline.line(line)).collect::<Option<Vec<_>>>());
        // What is whole as lines is whole as a text, and the other way; bytes that are no UTF-8 come at least as no line.
        if let Some(text) = &decoded {
            let same: Vec<String> = text.split('\n').map(str::to_owned).collect();
            prop_assert_eq!(lines, Some(Some(same)));
        }
    }
}
