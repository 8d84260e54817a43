//! The question that words become.

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, FuzzyTermQuery,
    Occur, Query, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::super::question::{Notion, Way};
use super::super::rank;
use super::Asked;
use super::document::{Fields, tag_key};
use super::text::{Stems, searched};

/// Letters from which a word may have a typing error, also where few hits fit as it was typed, and two of them. Short words
/// are near to many others.
const MISTYPED_FROM: usize = 4;
const WIDE_FROM: usize = 5;
const TWICE_FROM: usize = 8;

/// Every word has to match somewhere: as it is, as a beginning, with one typing error, or by its stem.
pub(super) fn all_of(fields: Fields, asked: &Asked) -> Box<dyn Query> {
    let mut stems = Stems::default();
    let every = asked.words.iter().map(|word| (Occur::Must, one_word(fields, word, &mut stems, false)));
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = every.collect();
    if clauses.is_empty() {
        clauses.push((Occur::Must, Box::new(AllQuery)));
    }
    if let Some(field) = fields.whole {
        let whole = TermQuery::new(term(field, &asked.words.join(" ")), IndexRecordOption::Basic);
        clauses.push((Occur::Should, Box::new(ConstScoreQuery::new(Box::new(whole), rank::WHOLE))));
    }
    clauses.extend(narrowing(fields, asked));
    Box::new(BooleanQuery::new(clauses))
}

/// A notion has to match in one of its ways.
pub(super) fn one_of(fields: Fields, notion: &Notion, asked: &Asked) -> Box<dyn Query> {
    let mut stems = Stems::default();
    let ways = notion.iter().map(|way| one_way(fields, way, &mut stems)).collect();
    let best: Box<dyn Query> = Box::new(DisjunctionMaxQuery::new(ways));
    let mut clauses = vec![(Occur::Must, best)];
    clauses.extend(narrowing(fields, asked));
    Box::new(BooleanQuery::new(clauses))
}

/// A word as each field has it.
pub(super) fn forms(fields: Fields, word: &str, stems: &mut Stems) -> Vec<Term> {
    let (english, german) = (stems.english(word), stems.german(word));
    let as_it_is = [fields.name, fields.columns, fields.tags].map(|field| term(field, word));
    let by_stem = [Some(fields.text), fields.stems].into_iter().flatten().map(|field| term(field, &english));
    let in_german = fields.german.map(|field| term(field, &german));
    as_it_is.into_iter().chain(by_stem).chain(in_german).collect()
}

/// Typed filters: they narrow, and weigh nothing.
fn narrowing(fields: Fields, asked: &Asked) -> impl Iterator<Item = (Occur, Box<dyn Query>)> {
    let tags = asked.tags.iter().map(move |tag| -> Box<dyn Query> {
        match fields.tagged {
            Some(field) => Box::new(TermQuery::new(term(field, &tag_key(tag)), IndexRecordOption::Basic)),
            // An index of an older version does not know it.
            None => Box::new(EmptyQuery),
        }
    });
    let columns = asked.columns.iter().flat_map(|column| searched(column).0);
    let columns = columns.map(move |word| -> Box<dyn Query> {
        Box::new(FuzzyTermQuery::new_prefix(term(fields.columns, &word), 0, true))
    });
    let narrows =
        |query| -> (Occur, Box<dyn Query>) { (Occur::Must, Box::new(ConstScoreQuery::new(query, 0.0))) };
    tags.chain(columns).map(narrows)
}

fn one_way(fields: Fields, way: &Way, stems: &mut Stems) -> Box<dyn Query> {
    let every = way.words.iter().map(|word| (Occur::Must, one_word(fields, word, stems, true)));
    let every: Box<dyn Query> = Box::new(BooleanQuery::new(every.collect()));
    Box::new(BoostQuery::new(every, way.weight))
}

/// `wide` takes two typing errors as well, which costs more.
fn one_word(fields: Fields, word: &str, stems: &mut Stems, wide: bool) -> Box<dyn Query> {
    let exact =
        |field, boost| weighted(TermQuery::new(term(field, word), IndexRecordOption::WithFreqs), boost);
    let begins = |field, boost| weighted(FuzzyTermQuery::new_prefix(term(field, word), 0, true), boost);
    let mut ways = vec![
        exact(fields.name, rank::NAME),
        begins(fields.name, rank::NAME_BEGINS),
        begins(fields.tags, rank::TAG_BEGINS),
        begins(fields.columns, rank::COLUMN_BEGINS),
    ];
    let (english, german) = (stems.english(word), stems.german(word));
    let by_stem = [
        (fields.stems, &english, rank::NAME_STEM),
        (Some(fields.text), &english, rank::TEXT),
        (fields.german, &german, rank::GERMAN),
    ];
    for (field, stem, boost) in by_stem {
        if let Some(field) = field.filter(|_| !stem.is_empty()) {
            ways.push(weighted(TermQuery::new(term(field, stem), IndexRecordOption::WithFreqs), boost));
        }
    }
    let letters = word.chars().count();
    let mistyped_from = if wide { WIDE_FROM } else { MISTYPED_FROM };
    if letters >= mistyped_from {
        let once = FuzzyTermQuery::new_prefix(term(fields.name, word), 1, true);
        ways.push(weighted(once, rank::MISTYPED));
    }
    if wide && letters >= TWICE_FROM {
        ways.push(weighted(FuzzyTermQuery::new(term(fields.name, word), 2, true), rank::MISTYPED_TWICE));
    }
    Box::new(BooleanQuery::new(ways))
}

fn term(field: Field, word: &str) -> Term {
    Term::from_field_text(field, word)
}

fn weighted(query: impl Query + 'static, boost: f32) -> (Occur, Box<dyn Query>) {
    (Occur::Should, Box::new(BoostQuery::new(Box::new(query), boost)))
}
