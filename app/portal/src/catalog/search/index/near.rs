//! The words that the index has: whether it knows one, and which of them are near to one that it does not.

use lakeport_model::catalog::LONGEST_WORD;
use tantivy::Term;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field;

use super::document::tag_key;
use super::query::forms;
use super::reading::Reading;
use super::text::Stems;

/// Letters from which a word may be meant by another one, and from which two of them may differ.
const SHORTEST: usize = 4;
const TWICE_FROM: usize = 6;
/// Near words that are looked at, and those of them that are answered.
const MOST_LOOKED_AT: usize = 200;
const MOST_NEAR: usize = 20;

/// In how many letters a word may differ from the one that is meant; `None` where it is too short or too long for that.
pub(in super::super) fn differ(word: &str) -> Option<u8> {
    let letters = word.chars().count();
    (SHORTEST..=LONGEST_WORD).contains(&letters).then_some(if letters < TWICE_FROM { 1 } else { 2 })
}

impl Reading {
    /// True where a name, a column, a tag or a description has the word, or another form of it.
    pub(super) fn knows(&self, word: &str, stems: &mut Stems) -> tantivy::Result<bool> {
        for term in forms(self.fields, word, stems) {
            for segment in self.searcher.segment_readers() {
                if segment.inverted_index(term.field())?.get_term_info(&term)?.is_some() {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Words of names, columns and tags that differ from this one by a letter or two, nearest first.
    pub(super) fn near(&self, word: &str) -> tantivy::Result<Vec<String>> {
        self.near_of(&[self.fields.name, self.fields.columns, self.fields.tags], word)
    }

    /// The same of words of columns alone.
    pub(super) fn near_column(&self, word: &str) -> tantivy::Result<Vec<String>> {
        self.near_of(&[self.fields.columns], word)
    }

    /// The same of whole tags.
    pub(super) fn near_tag(&self, tag: &str) -> tantivy::Result<Vec<String>> {
        self.near_of(self.fields.tagged.as_slice(), &tag_key(tag))
    }

    fn near_of(&self, fields: &[Field], word: &str) -> tantivy::Result<Vec<String>> {
        let Some(differ) = differ(word) else { return Ok(Vec::new()) };
        let mut near = Vec::new();
        for field in fields {
            self.near_in(*field, word, differ, &mut near)?;
        }
        near.retain(|other| other != word);
        near.sort_by_cached_key(|other| (strsim::osa_distance(word, other), other.clone()));
        near.dedup();
        near.truncate(MOST_NEAR);
        Ok(near)
    }

    fn near_in(&self, field: Field, word: &str, differ: u8, near: &mut Vec<String>) -> tantivy::Result<()> {
        let like = FuzzyTermQuery::new(Term::from_field_text(field, word), differ, true);
        for segment in self.searcher.segment_readers() {
            let words = segment.inverted_index(field)?;
            let mut found = words.terms().search(like.automaton()?).into_stream()?;
            while near.len() < MOST_LOOKED_AT && found.advance() {
                near.extend(std::str::from_utf8(found.key()).ok().map(str::to_owned));
            }
        }
        Ok(())
    }
}
