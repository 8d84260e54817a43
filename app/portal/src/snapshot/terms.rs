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
            self.take_place(&before.document, &key);
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
                self.give_place(&term.document, &key);
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

    /// Puts a term in its place among those of its domain and among all of them.
    fn give_place(&mut self, term: &term::Term, key: &Arc<str>) {
        let name: Arc<str> = plain(&term.name).into();
        let domain: Arc<str> = term.domain.as_str().into();
        for of in ["".into(), domain.clone()] {
            self.lookups.terms_by_name.put((of, name.clone()), key.clone());
        }
        let number = self.number_of_terms(Some(&domain));
        self.lookups.terms_in.insert(domain, number + 1);
    }

    /// Takes a term from its places.
    fn take_place(&mut self, term: &term::Term, key: &Arc<str>) {
        let name: Arc<str> = plain(&term.name).into();
        let domain: Arc<str> = term.domain.as_str().into();
        for of in ["".into(), domain.clone()] {
            self.lookups.terms_by_name.take((of, name.clone()), key.clone());
        }
        match self.number_of_terms(Some(&domain)) {
            0 | 1 => self.lookups.terms_in.remove(&domain),
            number => self.lookups.terms_in.insert(domain, number - 1),
        };
    }
}

#[cfg(test)]
impl Snapshot {
    /// A glossary without anything else.
    pub(crate) fn with_terms(rows: impl IntoIterator<Item = (String, TermRow)>) -> Self {
        let mut snapshot = Self::default();
        for (id, row) in rows {
            snapshot.put_term(&id, Some(row));
        }
        snapshot
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
    fn a_list_goes_on_behind_the_last_term_and_stays_in_its_domain() {
        let mut snapshot = Snapshot::default();
        let terms = [
            ("a", "Zeta", "finance"),
            ("b", "beta", "sales"),
            ("c", "Beta", "finance"),
            ("d", "Alpha", "sales"),
        ];
        for (id, name, domain) in terms {
            let row = row(name, "gold.x");
            let document = row.document.replace("dunning", id).replace("finance", domain);
            let domain = domain.to_owned();
            snapshot.put_term(id, Some(TermRow { id: id.to_owned(), domain, document }));
        }
        let behind = |domain, last: Option<&str>| {
            let last = last.map(|id| &snapshot.terms[id]);
            snapshot.terms_by_name(domain, last).map(|term| term.id.as_str()).collect::<Vec<_>>().concat()
        };
        assert_eq!(behind(None, None), "dbca");
        assert_eq!([Some("b"), Some("a")].map(|last| behind(None, last)), ["ca", ""]);
        assert_eq!([None, Some("d")].map(|last| behind(Some("sales"), last)), ["db", "b"]);
        assert_eq!(behind(Some("finance"), Some("d")), "ca");
        let number = |domain| snapshot.number_of_terms(domain);
        assert_eq!([Some("sales"), Some("finance"), None].map(number), [2, 2, 4]);
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
        let names = |domain: Option<&str>| {
            let terms = snapshot.terms_by_name(domain, None);
            terms.map(|term| term.document.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(names(None), ["Letters"], "the name of before is gone");
        assert_eq!((names(Some("finance")), names(Some("sales"))), (names(None), Vec::new()));
        let number = |domain| snapshot.number_of_terms(domain);
        assert_eq!((number(None), number(Some("finance")), number(Some("sales"))), (1, 1, 0));
        assert!(snapshot.terms_with(&words("dunning")).is_empty(), "and so are its words");
        snapshot.put_term("dunning", Some(TermRow { document: "kind: [".to_owned(), ..row("", "") }));
        assert!(snapshot.terms.is_empty() && snapshot.unread_of("term", "dunning").is_some());
        snapshot.put_term("dunning", None);
        assert_eq!((snapshot.terms_by_name(None, None).count(), snapshot.unread().count()), (0, 0));
        assert_eq!((snapshot.number_of_terms(None), snapshot.number_of_terms(Some("finance"))), (0, 0));
    }
}
