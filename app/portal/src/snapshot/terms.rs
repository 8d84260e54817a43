//! The glossary in the catalog: terms with what lists and searches need of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use lakeport_model::glossary::TermRef;

use super::types::Snapshot;
use crate::standards::term::{self, asset_and_column};
use crate::store::snapshot::TermRow;
use crate::text::{self, markdown};

/// Letters of a definition that lists show.
const LONGEST_BRIEF: usize = 240;

/// A term of the glossary.
#[derive(Debug, Clone)]
pub struct Term {
    /// Its id.
    pub id: String,
    /// Its document, read.
    pub document: term::Term,
    /// The beginning of its definition, without marks of Markdown.
    pub brief: String,
    /// The words of its name and of its synonyms, as they are looked for.
    words: BTreeSet<String>,
}

impl Term {
    fn read(id: &str, document: &str) -> Result<Self, String> {
        let document = term::Term::from_yaml(id, document)
            .map_err(|errors| errors.iter().next().map(ToString::to_string).unwrap_or_default())?;
        let labels = std::iter::once(&document.name).chain(&document.synonyms);
        Ok(Self {
            id: id.to_owned(),
            brief: markdown::brief(&document.definition, LONGEST_BRIEF),
            words: labels.flat_map(|label| words(label)).collect(),
            document,
        })
    }

    /// By id and name.
    pub fn reference(&self) -> TermRef {
        TermRef { id: self.id.clone(), name: self.document.name.clone() }
    }

    /// True where each of these words begins one of its name or of its synonyms.
    pub(crate) fn fits(&self, words: &[String]) -> bool {
        words.iter().all(|word| {
            let next = self.words.range::<String, _>(word..).next();
            next.is_some_and(|held| held.starts_with(word.as_str()))
        })
    }

    /// Where it stands in a list by name: of two with one name, the ids decide.
    pub(crate) fn place(&self) -> (String, &str) {
        (plain(&self.document.name), &self.id)
    }

    /// The assets that it is about, as a whole or with a column.
    fn assets(&self) -> impl Iterator<Item = &str> {
        self.document.columns.iter().map(|link| asset_and_column(link).0)
    }
}

/// The words of a text as terms are looked for: whatever their case, accents in one with their letters.
pub(crate) fn words(text: &str) -> Vec<String> {
    let plain = plain(text);
    let words = plain.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A name or a synonym as a whole, as it is looked for and put in order.
pub(crate) fn plain(text: &str) -> String {
    text::spelled(text).to_lowercase()
}

impl Snapshot {
    pub(super) fn put_term(&mut self, id: &str, row: Option<TermRow>) {
        let key: Arc<str> = id.into();
        self.now_read("term", id);
        if let Some(before) = self.terms.take(id) {
            self.lookups.terms_by_name.take(plain(&before.document.name).into(), key.clone());
            for word in &before.words {
                self.lookups.terms_by_word.take(word.as_str().into(), key.clone());
            }
            for asset in before.assets() {
                self.lookups.terms_about.take(asset.into(), key.clone());
            }
            for product in &before.document.products {
                self.lookups.terms_of.take(product.as_str().into(), key.clone());
            }
        }
        let Some(TermRow { domain, document, .. }) = row else { return };
        match Term::read(id, &document) {
            Ok(term) => {
                self.lookups.terms_by_name.put(plain(&term.document.name).into(), key.clone());
                for word in &term.words {
                    self.lookups.terms_by_word.put(word.as_str().into(), key.clone());
                }
                for asset in term.assets() {
                    self.lookups.terms_about.put(asset.into(), key.clone());
                }
                for product in &term.document.products {
                    self.lookups.terms_of.put(product.as_str().into(), key.clone());
                }
                self.terms.put(key, term);
            }
            Err(problem) => self.not_read("term", id, domain, problem, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, about: &str) -> TermRow {
        let document = format!(
            "apiVersion: lakeport/v1\nkind: Term\nid: dunning\nname: {name}\ndomain: finance\ndefinition: |\n  Reminding of a \
             **debt**\nsynonyms: [Mahnung, payment reminder]\ncolumns: [{about}]\nproducts: [collections]\n"
        );
        TermRow { id: "dunning".to_owned(), domain: "finance".to_owned(), document }
    }

    #[test]
    fn a_term_is_found_by_the_beginnings_of_its_words_and_by_what_it_is_about() {
        let mut snapshot = Snapshot::default();
        snapshot.put_term("dunning", Some(row("Dunning", "gold.x#stage")));
        let term = &snapshot.terms["dunning"];
        assert_eq!(term.brief, "Reminding of a debt");
        for (query, fits) in
            [("dun", true), ("MAHN", true), ("remind pay", true), ("unning", false), ("dun debt", false)]
        {
            assert_eq!(term.fits(&words(query)), fits, "{query}");
            assert_eq!(snapshot.terms_with(&words(query)).len(), usize::from(fits), "{query}");
        }
        let about = |snapshot: &Snapshot, asset: &str| snapshot.terms_about(asset).count();
        assert_eq!((about(&snapshot, "gold.x"), snapshot.terms_of("collections").count()), (1, 1));
        snapshot.put_term("dunning", Some(row("Letters", "gold.y")));
        assert_eq!((about(&snapshot, "gold.x"), about(&snapshot, "gold.y")), (0, 1));
        let names: Vec<&str> = snapshot.terms_by_name().map(|term| term.document.name.as_str()).collect();
        assert_eq!(names, ["Letters"], "the name of before is gone");
        assert!(snapshot.terms_with(&words("dunning")).is_empty(), "and so are its words");
        snapshot.put_term("dunning", Some(TermRow { document: "kind: [".to_owned(), ..row("", "") }));
        assert!(snapshot.terms.is_empty() && snapshot.unread_of("term", "dunning").is_some());
        snapshot.put_term("dunning", None);
        assert_eq!((snapshot.terms_by_name().count(), snapshot.unread().count()), (0, 0));
    }
}
