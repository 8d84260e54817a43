//! The question that words become.

use tantivy::Term;
use tantivy::query::{BooleanQuery, BoostQuery, ConstScoreQuery, FuzzyTermQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};

use super::document::Fields;
use super::text::{stemmed, tokens};

/// More than all that its words can weigh: what is called exactly so comes first, however often others mention it.
const WHOLE: f32 = 4_096.0;

/// Every word has to match somewhere: as it is, as a beginning, with one typing error, or by its stem.
pub(super) fn query(fields: Fields, words: &[String]) -> Box<dyn Query> {
    let every = words.iter().map(|word| (Occur::Must, one_word(fields, word)));
    let whole = fields.whole.map(|field| {
        let whole = TermQuery::new(term(field, &words.join(" ")), IndexRecordOption::Basic);
        let whole: Box<dyn Query> = Box::new(ConstScoreQuery::new(Box::new(whole), WHOLE));
        (Occur::Should, whole)
    });
    Box::new(BooleanQuery::new(every.chain(whole).collect()))
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
