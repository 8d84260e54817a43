//! The index itself. The search library stays behind this file.

use std::collections::BTreeSet;

use lakeport_model::catalog::{LONGEST_SEARCH, LONGEST_WORD, MOST_MATCHES, MOST_WORDS};
use tantivy::collector::TopDocs;
use tantivy::query::{AllQuery, BooleanQuery, BoostQuery, FuzzyTermQuery, Occur, Query, TermQuery};
use tantivy::schema::{
    FAST, Field, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions, Value,
};
use tantivy::tokenizer::{Language, LowerCaser, SimpleTokenizer, Stemmer, TextAnalyzer, TokenStream};
use tantivy::{IndexReader, TantivyDocument, Term, doc};

use super::Entry;
use crate::snapshot::{Asset, Snapshot};
use crate::{Error, Result};

const WRITER_BYTES: usize = 15_000_000;

/// A search index over one snapshot.
#[derive(Default)]
pub struct Index {
    held: Option<Held>,
    entries: Vec<Entry>,
}

struct Held {
    reader: IndexReader,
    fields: Fields,
}

#[derive(Clone, Copy)]
struct Fields {
    entry: Field,
    name: Field,
    columns: Field,
    tags: Field,
    text: Field,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index").field("entries", &self.entries.len()).finish_non_exhaustive()
    }
}

fn plain() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default()).filter(LowerCaser).build()
}

fn stemmed() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(LowerCaser)
        .filter(Stemmer::new(Language::English))
        .build()
}

fn tokens(mut analyzer: TextAnalyzer, text: &str) -> Vec<String> {
    let mut stream = analyzer.token_stream(text);
    let mut tokens = Vec::new();
    while let Some(token) = stream.next() {
        tokens.push(token.text.clone());
    }
    tokens
}

/// The words of a text, in lower case.
fn words(text: &str) -> Vec<String> {
    tokens(plain(), text)
}

/// The words that are looked for, and whether more was typed. Each word becomes several automata of about 10 KiB a letter.
pub(super) fn searched(text: &str) -> (Vec<String>, bool) {
    let start: String = text.chars().take(LONGEST_SEARCH).collect();
    let mut is_cut = start.len() < text.trim_end().len();
    let mut words = words(&start);
    is_cut |= words.len() > MOST_WORDS;
    words.truncate(MOST_WORDS);
    for word in &mut words {
        if let Some((end, _)) = word.char_indices().nth(LONGEST_WORD) {
            word.truncate(end);
            is_cut = true;
        }
    }
    (words, is_cut)
}

/// A name in pieces; `true` marks those that match a word.
pub(super) fn mark(name: &str, words: &[String]) -> Vec<(String, bool)> {
    let lower = name.to_lowercase();
    // Lower-casing may change lengths outside ASCII; then nothing is marked rather than the wrong piece.
    let found = words.iter().filter(|_| lower.len() == name.len()).filter_map(|word| {
        lower
            .find(word.as_str())
            .filter(|at| name.is_char_boundary(*at) && name.is_char_boundary(at + word.len()))
            .map(|at| (at, at + word.len()))
    });
    match found.min() {
        Some((from, to)) => [(&name[..from], false), (&name[from..to], true), (&name[to..], false)]
            .into_iter()
            .filter(|(piece, _)| !piece.is_empty())
            .map(|(piece, marked)| (piece.to_owned(), marked))
            .collect(),
        None => vec![(name.to_owned(), false)],
    }
}

impl Index {
    /// Indexes products and assets of a snapshot.
    pub fn build(snapshot: &Snapshot) -> Result<Self> {
        let mut schema = Schema::builder();
        let indexed = |tokenizer: &str| {
            TextOptions::default().set_indexing_options(
                TextFieldIndexing::default()
                    .set_tokenizer(tokenizer)
                    .set_index_option(IndexRecordOption::WithFreqs),
            )
        };
        let fields = Fields {
            entry: schema.add_u64_field("entry", FAST | STORED),
            name: schema.add_text_field("name", indexed("plain")),
            columns: schema.add_text_field("columns", indexed("plain")),
            tags: schema.add_text_field("tags", indexed("plain")),
            text: schema.add_text_field("text", indexed("stemmed")),
        };
        let index = tantivy::Index::create_in_ram(schema.build());
        index.tokenizers().register("plain", plain());
        index.tokenizers().register("stemmed", stemmed());
        let mut writer =
            index.writer_with_num_threads::<TantivyDocument>(1, WRITER_BYTES).map_err(Error::fault)?;
        let mut entries = Vec::new();
        for product in snapshot.products.values() {
            let terms = product.document.description.as_ref();
            let domain = snapshot.domain_name(&product.domain);
            let words = [product.document.tags.join(" "), domain, owners(snapshot, &product.domain)];
            let text = terms.map(|terms| {
                [&terms.purpose, &terms.usage, &terms.limitations]
                    .into_iter()
                    .flatten()
                    .cloned()
                    .collect::<Vec<_>>()
            });
            let ports = product.ports.iter().map(|port| format!("{} {}", port.name, port.description));
            let document = doc!(
                fields.entry => entries.len() as u64,
                fields.name => format!("{} {}", product.name, product.id),
                fields.tags => words.join(" "),
                fields.text => text.unwrap_or_default().into_iter().chain(ports).collect::<Vec<_>>().join("\n"),
            );
            writer.add_document(document).map_err(Error::fault)?;
            entries.push(Entry::Product(product.id.clone()));
        }
        for asset in snapshot.assets.values() {
            let columns = asset.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(" ");
            let meanings = asset.columns.iter().map(|column| column.description);
            let domain = snapshot.domain_name(&asset.domain);
            let words = [
                &asset.tags.join(" "),
                &domain,
                asset.platform.as_deref().unwrap_or_default(),
                &owners(snapshot, &asset.domain),
            ]
            .join(" ");
            let document = doc!(
                fields.entry => entries.len() as u64,
                fields.name => names(asset),
                fields.columns => columns,
                fields.tags => words,
                fields.text => [asset.description.as_str()].into_iter().chain(meanings).collect::<Vec<_>>().join("\n"),
            );
            writer.add_document(document).map_err(Error::fault)?;
            entries.push(Entry::Asset(asset.id.clone()));
        }
        writer.commit().map_err(Error::fault)?;
        let reader = index.reader().map_err(Error::fault)?;
        Ok(Self { held: Some(Held { reader, fields }), entries })
    }

    /// Entries that match every word, best first; all entries without words.
    pub(super) fn find(&self, words: &[String]) -> Result<Vec<(&Entry, f32)>> {
        let Some(held) = &self.held else { return Ok(Vec::new()) };
        let searcher = held.reader.searcher();
        let query = query(held.fields, words);
        let found = searcher.search(&*query, &TopDocs::with_limit(MOST_MATCHES).order_by_score());
        let mut entries = Vec::new();
        for (score, address) in found.map_err(Error::fault)? {
            let document: TantivyDocument = searcher.doc(address).map_err(Error::fault)?;
            let number = document.get_first(held.fields.entry).and_then(|value| value.as_u64());
            let entry = number.and_then(|number| self.entries.get(usize::try_from(number).ok()?));
            entries.extend(entry.map(|entry| (entry, score)));
        }
        Ok(entries)
    }
}

/// What an asset is called, each name once: one that is said twice would weigh more.
fn names(asset: &Asset) -> String {
    let names = BTreeSet::from([&asset.title, &asset.name, &asset.id]);
    names.into_iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// Who answers for a domain: people are found by what is theirs.
fn owners(snapshot: &Snapshot, domain: &str) -> String {
    snapshot.owners(domain).into_iter().map(|owner| owner.name).collect::<Vec<_>>().join(" ")
}

/// Every word has to match somewhere: as it is, as a beginning, with one typing error, or by its stem.
fn query(fields: Fields, words: &[String]) -> Box<dyn Query> {
    if words.is_empty() {
        return Box::new(AllQuery);
    }
    let every = words.iter().map(|word| (Occur::Must, one_word(fields, word))).collect();
    Box::new(BooleanQuery::new(every))
}

fn one_word(fields: Fields, word: &str) -> Box<dyn Query> {
    let exact =
        |field, boost| weighted(TermQuery::new(term(field, word), IndexRecordOption::WithFreqs), boost);
    let begins = |field, boost| weighted(FuzzyTermQuery::new_prefix(term(field, word), 0, true), boost);
    let mut ways = vec![
        exact(fields.name, 4.0),
        begins(fields.name, 3.0),
        begins(fields.tags, 1.5),
        begins(fields.columns, 1.5),
    ];
    for stem in tokens(stemmed(), word) {
        let query = TermQuery::new(term(fields.text, &stem), IndexRecordOption::WithFreqs);
        ways.push(weighted(query, 1.0));
    }
    if word.chars().count() >= 4 {
        ways.push(weighted(FuzzyTermQuery::new_prefix(term(fields.name, word), 1, true), 0.5));
    }
    Box::new(BooleanQuery::new(ways))
}

fn term(field: Field, word: &str) -> Term {
    Term::from_field_text(field, word)
}

fn weighted(query: impl Query + 'static, boost: f32) -> (Occur, Box<dyn Query>) {
    (Occur::Should, Box::new(BoostQuery::new(Box::new(query), boost)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_piece_that_fits_is_marked() {
        let marked = |name: &str, q: &str| mark(name, &words(q));
        let whole = |name: &str| vec![(name.to_owned(), false)];
        assert_eq!(marked("Sales", "sal"), [("Sal".to_owned(), true), ("es".to_owned(), false)]);
        assert_eq!(marked("gold.sales", "SALES"), [("gold.".to_owned(), false), ("sales".to_owned(), true)]);
        assert_eq!(marked("Sales", "zebra"), whole("Sales"));
        assert_eq!(marked("Sales", ""), whole("Sales"));
        assert_eq!(marked("İstanbul", "stan"), whole("İstanbul"), "lower case has another length here");
    }

    #[test]
    fn words_are_split_at_signs() {
        assert_eq!(words("gold.sales_daily (EUR)"), ["gold", "sales", "daily", "eur"]);
        assert_eq!(words(" -+* "), Vec::<String>::new());
    }

    #[test]
    fn a_search_never_has_more_words_or_letters_than_its_limits() {
        let (words, is_cut) = searched(&"ab".repeat(50_000));
        assert_eq!((words.len(), words[0].len(), is_cut), (1, LONGEST_WORD, true));
        let (words, is_cut) = searched(&"abcd ".repeat(20_000));
        assert_eq!((words.len(), is_cut), (MOST_WORDS, true));
        let (words, is_cut) = searched(&"a.".repeat(60));
        assert_eq!((words.len(), is_cut), (MOST_WORDS, true));
        assert_eq!(searched("late payments "), (vec!["late".to_owned(), "payments".to_owned()], false));
        assert!(!searched(&"é".repeat(LONGEST_WORD)).1);
    }

    proptest! {
        #[test]
        fn pieces_make_up_the_name(name in "\\PC{0,12}", q in "\\PC{0,4}") {
            let pieces = mark(&name, &words(&q));
            prop_assert_eq!(pieces.into_iter().map(|(piece, _)| piece).collect::<String>(), name);
        }
    }
}
