//! Words that somebody may have meant who found nothing: of what they see, of the glossary, and of the German ones that the
//! search knows.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::index::{differ, words};
use super::{Leads, MOST_LOOKED_FOR, german};
use crate::snapshot::Snapshot;

/// Other words that are suggested.
const MOST_NEAREST: usize = 3;
/// Letters by which terms are looked for that may be meant, and terms that are looked at.
const BEGINNING: usize = 3;
const MOST_TERMS: usize = 200;

/// Words near to those that were typed under which the viewer finds something, the nearest to each first: of what they do not
/// see, no word is told.
pub(super) fn nearest(leads: &Leads<'_>, typed: &[String]) -> Vec<String> {
    let mut nearest: Vec<String> = Vec::new();
    for word in typed.iter().take(MOST_LOOKED_FOR) {
        let of_terms = of_terms(leads.facts.snapshot(), leads.rights.today(), word);
        let german = german(leads, word);
        let mut all: BTreeSet<(usize, String)> = BTreeSet::new();
        let others = leads.index.near(word).into_iter().chain(german.iter().map(|other| (*other).to_owned()));
        for other in others.chain(of_terms.iter().cloned()) {
            all.insert((strsim::osa_distance(word, &other), other));
        }
        let leads =
            |other: &String| german.contains(other.as_str()) || of_terms.contains(other) || leads.to(other);
        for (_, other) in all {
            if nearest.len() < MOST_NEAREST && !nearest.contains(&other) && leads(&other) {
                nearest.push(other);
            }
        }
    }
    nearest
}

/// Words of the list that are near, and of which the English ones lead the viewer to something.
fn german(leads: &Leads<'_>, word: &str) -> BTreeSet<&'static str> {
    let near = german::all().filter(|(other, _)| is_near(word, other));
    near.filter(|(_, english)| english.clone().any(|meant| leads.to(meant))).map(|(other, _)| other).collect()
}

/// Near words of names and synonyms of terms, which everybody sees.
fn of_terms(snapshot: &Snapshot, today: NaiveDate, word: &str) -> BTreeSet<String> {
    if differ(word).is_none() {
        return BTreeSet::new();
    }
    let beginning: String = word.chars().take(BEGINNING).collect();
    let terms = snapshot.offered_terms(&[beginning], today).take(MOST_TERMS);
    let labels = terms.flat_map(|term| std::iter::once(&term.document.name).chain(&term.document.synonyms));
    labels.flat_map(|label| words(label)).filter(|other| is_near(word, other)).collect()
}

/// True for another word that differs by no more letters than somebody mistypes.
fn is_near(word: &str, other: &str) -> bool {
    word != other && differ(word).is_some_and(|most| strsim::osa_distance(word, other) <= usize::from(most))
}
