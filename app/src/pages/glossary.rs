//! The glossary: what the words of the company mean.

mod edit;
mod history;
mod list;
mod term;

use lakeport_model::glossary::{TermLine, TermRef};
use lakeport_model::{DomainId, First};
use leptos::prelude::*;

use crate::query::{Query, encode};
use crate::ui::Fact;

pub(crate) use edit::{EditTermPage, NewTermPage};
pub(crate) use history::{TermHistoryPage, TermRevisionPage};
pub(crate) use list::GlossaryPage;
pub(crate) use term::TermPage;

/// Terms that are named beside something else.
const MOST_BESIDE: usize = 20;

/// Synonyms that are named in a line.
const MOST_SYNONYMS: usize = 4;

/// The address of a term.
pub(crate) fn term_href(id: &str) -> String {
    format!("/glossary/{}", encode(id))
}

/// The address of the page that changes a term.
fn edit_href(id: &str) -> String {
    format!("{}/edit", term_href(id))
}

/// The address of a term's revisions.
fn history_href(id: &str) -> String {
    format!("{}/history", term_href(id))
}

/// The address of the page for a new term of a domain.
pub(crate) fn new_term_href(domain: &DomainId) -> String {
    format!("{}/new-term", super::domain_href(domain))
}

/// The address of a domain's terms.
pub(crate) fn terms_of_href(domain: &DomainId) -> String {
    Query::default().and("domain", domain).to("/glossary")
}

/// Terms as a fact beside something else; nothing where there is none.
pub(crate) fn terms_fact(label: &'static str, terms: &[TermRef]) -> Option<AnyView> {
    if terms.is_empty() {
        return None;
    }
    let shown = First::cut(terms.to_vec(), MOST_BESIDE);
    let more = (shown.more() > 0).then(|| view! { <li>{format!("and {} more", shown.more())}</li> });
    let link = |term: TermRef| view! { <li><a class="link" href=term_href(&term.id)>{term.name}</a></li> };
    let links = shown.items.into_iter().map(link).collect_view();
    Some(view! { <Fact label=label><ul>{links}{more}</ul></Fact> }.into_any())
}

/// Terms in a line below something; nothing where there is none.
pub(crate) fn terms_line(terms: Vec<TermRef>) -> Option<AnyView> {
    if terms.is_empty() {
        return None;
    }
    let shown = First::cut(terms, MOST_BESIDE);
    let more = (shown.more() > 0).then(|| view! { <li>{format!("and {} more", shown.more())}</li> });
    let link = |term: TermRef| {
        view! { <li><a class="link inline-block leading-6" href=term_href(&term.id)>{term.name}</a></li> }
    };
    let links = shown.items.into_iter().map(link).collect_view();
    Some(view! { <ul class="cluster" aria-label="Terms of the glossary">{links}{more}</ul> }.into_any())
}

/// What was searched for, where it is the name of a term or a synonym.
pub(crate) fn meanings(terms: Vec<TermLine>) -> Option<AnyView> {
    if terms.is_empty() {
        return None;
    }
    let lines = terms.into_iter().map(|line| {
        let about = about(&line);
        view! {
            <li>
                <p class="cluster">
                    <a class="link inline-block leading-6 font-medium" href=term_href(&line.term.id)>{line.term.name}</a>
                    <span class="muted">{about}</span>
                </p>
                <p>{line.brief}</p>
            </li>
        }
    });
    let section = view! {
        <section class="card stack" aria-labelledby="meaning">
            <h2 id="meaning">"What it means"</h2>
            <ul class="stack">{lines.collect_view()}</ul>
        </section>
    };
    Some(section.into_any())
}

/// `in Finance, also Mahnung and payment reminder`
fn about(line: &TermLine) -> String {
    let also = also(&line.synonyms).map(|also| format!(", {also}")).unwrap_or_default();
    format!("in {}{also}", line.domain.name)
}

/// `also Mahnung and payment reminder`; nothing of a term without synonyms.
fn also(synonyms: &[String]) -> Option<String> {
    let shown = First::cut(synonyms.to_vec(), MOST_SYNONYMS);
    (shown.of > 0).then(|| format!("also {}", shown.words()))
}

#[cfg(test)]
mod tests {
    use lakeport_model::people::DomainRef;

    use super::*;

    fn line(synonyms: &[&str]) -> TermLine {
        TermLine {
            term: TermRef { id: "dunning".to_owned(), name: "Dunning".to_owned() },
            domain: DomainRef { id: "finance".into(), name: "Finance".to_owned() },
            brief: String::new(),
            synonyms: synonyms.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn a_line_says_whose_term_it_is_and_what_else_it_is_called() {
        assert_eq!(about(&line(&[])), "in Finance");
        assert_eq!(about(&line(&["Mahnung", "reminder"])), "in Finance, also Mahnung and reminder");
        assert_eq!(about(&line(&["a", "b", "c", "d", "e", "f"])), "in Finance, also a, b, c, d and 2 more");
    }

    #[test]
    fn no_id_ever_becomes_another_address() {
        assert_eq!(term_href("a/b?c"), "/glossary/a%2Fb%3Fc");
        assert_eq!(edit_href("dunning"), "/glossary/dunning/edit");
        assert_eq!(new_term_href(&"finance".into()), "/domains/finance/new-term");
        assert_eq!(terms_of_href(&"a&b".into()), "/glossary?domain=a%26b");
    }
}
