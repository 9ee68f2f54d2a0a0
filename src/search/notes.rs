//! Turns what of a query was found into what became of its words, and what people are told of the words that were replaced.
//!
//! `standing` holds the places of concepts and variants that stand in some role.

use super::Term;
use crate::query::{Concept, Expanded, Via};

/// How many other words are said.
const MAX_SAID: usize = 6;

/// What was replaced, for people.
pub fn notes(expanded: &Expanded, standing: &[(usize, usize)]) -> Vec<String> {
    let mut notes = expanded.notes.clone();
    notes.extend(neighbour_notes(expanded, standing));
    notes.extend(synonym_note(expanded, standing));
    notes
}

/// What became of each word;
pub fn terms(expanded: &Expanded, standing: &[(usize, usize)]) -> Vec<Term> {
    let of_concept = |(at, concept): (usize, &Concept)| {
        let (mut via, mut used) = (None, Vec::new());
        for (variant_at, variant) in concept.variants.iter().enumerate() {
            if standing.contains(&(at, variant_at)) {
                via = via.or(Some(variant.kind.via()));
                if !used.contains(&variant.shown) {
                    used.push(variant.shown.clone());
                }
            }
        }
        Term {
            term: concept.typed.clone(),
            via,
            used,
        }
    };
    expanded
        .concepts
        .iter()
        .enumerate()
        .map(of_concept)
        .collect()
}

/// Neighbours in meaning are many, and too little to be said; they stand in the machine formats.
fn is_worth_saying(via: Via) -> bool {
    matches!(via, Via::Synonym | Via::Acronym | Via::Initials)
}

/// Says of each word that only its neighbours in meaning stand for, which they are.
fn neighbour_notes(expanded: &Expanded, standing: &[(usize, usize)]) -> Vec<String> {
    let mut notes = Vec::new();
    for (at, concept) in expanded.concepts.iter().enumerate() {
        let variants = concept.variants.iter().enumerate();
        let mut standing = variants
            .filter(|(place, _)| standing.contains(&(at, *place)))
            .map(|(_, variant)| variant)
            .peekable();
        let is_any = standing.peek().is_some();
        let near: Option<Vec<String>> = standing
            .map(|variant| {
                (variant.kind.via() == Via::Related).then(|| format!("\"{}\"", variant.shown))
            })
            .collect();
        if let (true, Some(mut near)) = (is_any, near) {
            near.truncate(MAX_SAID);
            let typed = &concept.typed;
            notes.push(format!(
                "no role mentions \"{typed}\"; using words near it: {}",
                near.join(", ")
            ));
        }
    }
    notes
}

/// Says which other words found roles too; kinds of a thing where nothing else did.
fn synonym_note(expanded: &Expanded, standing: &[(usize, usize)]) -> Option<String> {
    let mut shown: Vec<String> = Vec::new();
    for (at, concept) in expanded.concepts.iter().enumerate() {
        let stands = |place: usize| standing.contains(&(at, place));
        let mut variants = concept.variants.iter().enumerate();
        let is_met = variants.any(|(place, variant)| variant.kind.is_same() && stands(place));
        for (place, variant) in concept.variants.iter().enumerate() {
            let via = variant.kind.via();
            let is_kind = matches!(via, Via::Narrower | Via::Broader) && !is_met;
            let quoted = format!("\"{}\"", variant.shown);
            if (is_kind || is_worth_saying(via)) && stands(place) && !shown.contains(&quoted) {
                shown.push(quoted);
            }
        }
    }
    let more = shown.len().saturating_sub(MAX_SAID);
    shown.truncate(MAX_SAID);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    (!shown.is_empty()).then(|| format!("also looking for {}{more}", shown.join(", ")))
}
