//! Questions as people type them: which words of theirs say something, and what else those are called.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::index::{Stems, searched, words};
use super::{compound, german, rank};
use crate::snapshot::{Entry, Snapshot, Term};
use crate::standards::term::asset_and_column;

/// Words that say nothing of what is looked for, in English and German.
const STOP_WORDS: &str = "a about all an and any are as at be been by can could data did do does each find for from get \
    give had has have how i in into is it its list many me much my of on or our per show so than that the their them \
    there these they this those to up us was we were what when where which who whom why will with would you your \
    aller alle als am an auf aus bei bin das dass dem den der des die dies diese dieser durch ein eine einem einen einer \
    eines er es für gegen gibt habe haben hat ich ihr im in ist je kann können man mich mir mit nach nicht oder ohne pro \
    sie sind soll sollen um und uns unser unsere unter vom von vor wann war warum was welche welchem welchen welcher \
    welches wem wen wer werden wie wieviel wieviele wir wird wo zeig zeige zu zum zur über daten finde finden";

/// Terms that are looked at for a word, and terms that a question is taken to be about.
const MOST_LOOKED_AT: usize = 200;
const MOST_TERMS: usize = 5;
/// Synonyms of a term that are looked for, and words of all its names: each word costs several looks into the index.
const MOST_SYNONYMS: usize = 10;
const MOST_TERM_WORDS: usize = 24;

/// One way to say something: words that are all needed, and how much they weigh.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Way {
    pub(super) words: Vec<String>,
    pub(super) weight: f32,
}

/// Something that a question is about, in each way that it is said.
pub(super) type Notion = Vec<Way>;

/// What a question asks for.
#[derive(Debug, Default)]
pub(super) struct Question {
    pub(super) notions: Vec<Notion>,
    /// What its terms link to.
    pub(super) linked: BTreeSet<Entry>,
}

impl Question {
    /// What the words of a search ask for; `is_known` says which words lead to something that the viewer sees.
    pub(super) fn of(
        snapshot: &Snapshot,
        today: NaiveDate,
        asked: &[String],
        is_known: impl Fn(&str, &mut Stems) -> bool,
    ) -> Self {
        let mut stems = Stems::default();
        let mut question = Self::default();
        for word in telling(asked) {
            question.add_word(word, &is_known, &mut stems);
        }
        for term in terms(snapshot, today, asked, &mut stems) {
            question.add_term(term);
        }
        question
    }

    /// Every word of it that is looked for.
    pub(super) fn words(&self) -> Vec<String> {
        let words: BTreeSet<&String> = self.notions.iter().flatten().flat_map(|way| &way.words).collect();
        words.into_iter().cloned().collect()
    }

    fn add_word(&mut self, word: &str, is_known: &impl Fn(&str, &mut Stems) -> bool, stems: &mut Stems) {
        let ways = notion(word, stems);
        let is_alone = ways.len() == 1;
        self.notions.push(ways);
        if !is_alone || is_known(word, stems) {
            return;
        }
        let mut is_part =
            |part: &str| !german::meant(&stems.german(part)).is_empty() || is_known(part, stems);
        if let Some(parts) = compound::split(word, &mut is_part) {
            self.notions.extend(parts.iter().map(|part| notion(part, stems)));
        } else if let Some(part) = compound::part(word, &mut is_part) {
            let ways = notion(&part, stems).into_iter();
            self.notions.push(ways.map(|way| Way { weight: way.weight * rank::PART, ..way }).collect());
        }
    }

    fn add_term(&mut self, term: &Term) {
        let document = &term.document;
        let labels = std::iter::once(&document.name).chain(document.synonyms.iter().take(MOST_SYNONYMS));
        let ways = labels.map(|label| Way { words: searched(label).0, weight: rank::SYNONYM });
        let mut left = MOST_TERM_WORDS;
        let ways = ways.filter(|way| {
            let fits = !way.words.is_empty() && way.words.len() <= left;
            left -= if fits { way.words.len() } else { 0 };
            fits
        });
        self.notions.push(ways.collect());
        self.linked.extend(document.products.iter().cloned().map(Entry::Product));
        let assets = document.columns.iter().map(|link| asset_and_column(link).0.to_owned());
        self.linked.extend(assets.map(Entry::Asset));
    }
}

/// A word and what it means in English, where it is German.
fn notion(word: &str, stems: &mut Stems) -> Notion {
    let meant = german::meant(&stems.german(word)).iter();
    let meant = meant.map(|english| Way { words: vec![(*english).to_owned()], weight: rank::TRANSLATED });
    std::iter::once(Way { words: vec![word.to_owned()], weight: 1.0 }).chain(meant).collect()
}

/// The words of a search that say something; all of them where none does.
fn telling(asked: &[String]) -> Vec<&String> {
    let stop: BTreeSet<&str> = STOP_WORDS.split_whitespace().collect();
    let telling: Vec<&String> = asked.iter().filter(|word| !stop.contains(word.as_str())).collect();
    if telling.is_empty() { asked.iter().collect() } else { telling }
}

/// The terms of which the name or a synonym stands in a question, in any form of its words.
fn terms<'a>(snapshot: &'a Snapshot, today: NaiveDate, asked: &[String], stems: &mut Stems) -> Vec<&'a Term> {
    let of_asked: BTreeSet<String> =
        asked.iter().flat_map(|word| [stems.english(word), stems.german(word)]).collect();
    let mut looked_at: BTreeMap<&str, &Term> = BTreeMap::new();
    for word in telling(asked) {
        // The stem is no beginning of the word where letters change in it; so much of the word is one.
        let most = stems.german(word).chars().count().min(stems.english(word).chars().count());
        let begins: String = word.chars().take(most).collect();
        let found = snapshot.offered_terms(&[begins], today).take(MOST_LOOKED_AT);
        looked_at.extend(found.map(|term| (term.id.as_str(), term)));
    }
    let mut is_asked = |label: &str| {
        let words = words(label);
        let mut is_there =
            |word: &String| of_asked.contains(&stems.english(word)) || of_asked.contains(&stems.german(word));
        !words.is_empty() && words.iter().all(&mut is_there)
    };
    let found = looked_at.into_values().filter(|term| {
        let mut labels = std::iter::once(&term.document.name).chain(&term.document.synonyms);
        labels.any(|label| is_asked(label))
    });
    found.take(MOST_TERMS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::snapshot::TermRow;

    fn glossary() -> Snapshot {
        let term = |id: &str, rest: &str| {
            let document = format!(
                "apiVersion: lakeport/v1\nkind: Term\nid: {id}\ndomain: controlling\ndefinition: A word\n{rest}"
            );
            (id.to_owned(), TermRow { id: id.to_owned(), domain: "controlling".to_owned(), document })
        };
        let terms = [
            term(
                "dunning",
                "name: Dunning\nsynonyms: [Mahnung, payment reminder]\n\
                 columns: [silver.fact_payments#dunning_stage]\nproducts: [payments]\n",
            ),
            term(
                "overdue",
                "name: Overdue receivable\nsynonyms: [überfällige Forderung]\nproducts: [collections]\n",
            ),
        ];
        Snapshot::with_terms(terms)
    }

    fn question(q: &str) -> Question {
        let known = ["customer", "sales", "forecast", "late"];
        Question::of(&glossary(), NaiveDate::MIN, &words(q), |word, _| known.contains(&word))
    }

    fn said(question: &Question) -> Vec<String> {
        question.notions.iter().map(|ways| ways[0].words.join(" ")).collect()
    }

    #[test]
    fn words_that_say_nothing_are_left_out_unless_there_are_no_others() {
        assert_eq!(said(&question("which customers pay late")), ["customers", "pay", "late"]);
        assert_eq!(said(&question("welche Kunden zahlen zu spät")), ["kunden", "zahlen", "spät"]);
        assert_eq!(said(&question("who are we")), ["who", "are", "we"]);
    }

    #[test]
    fn a_synonym_brings_the_term_and_what_it_links_to() {
        for q in ["Mahnung", "alle Mahnungen", "payment reminders by customer", "dunning"] {
            let question = question(q);
            let last = question.notions.last().expect("there is one");
            let ways: Vec<String> = last.iter().map(|way| way.words.join(" ")).collect();
            assert_eq!(ways, ["dunning", "mahnung", "payment reminder"], "{q}");
            let linked =
                [Entry::Product("payments".to_owned()), Entry::Asset("silver.fact_payments".to_owned())];
            assert_eq!(question.linked, BTreeSet::from(linked), "{q}");
        }
        assert!(
            question("überfälligen Forderungen").linked.contains(&Entry::Product("collections".to_owned()))
        );
        for q in ["payment", "reminder", "receivable", "mahn"] {
            assert!(question(q).linked.is_empty(), "{q}: a part of a name is another thing");
        }
    }

    #[test]
    fn a_german_word_is_looked_for_in_english_too_and_so_are_the_parts_of_a_compound() {
        let ways = |notion: &Notion| notion.iter().map(|way| way.words.join(" ")).collect::<Vec<_>>();
        assert_eq!(ways(&question("Kunden").notions[0]), ["kunden", "customer"]);
        let question = question("Kundenzahlungen");
        let all: Vec<Vec<String>> = question.notions.iter().map(ways).collect();
        assert_eq!(all, [vec!["kundenzahlungen"], vec!["kunden", "customer"], vec!["zahlungen", "payment"]]);
        assert_eq!(said(&super::tests::question("salesforecast")), ["salesforecast", "sales", "forecast"]);
    }

    #[test]
    fn a_compound_of_which_a_part_is_known_is_found_by_that_part_which_weighs_little() {
        let question = question("Zahlungseingang");
        let ways: Vec<String> = question.notions[1].iter().map(|way| way.words.join(" ")).collect();
        assert_eq!((question.notions.len(), ways), (2, vec!["zahlungs".to_owned(), "payment".to_owned()]));
        assert!(question.notions[1].iter().all(|way| way.weight <= rank::PART));
    }
}
