//! The terms by name: searched, of one domain or of all.

use lakeport_model::PageRequest;
use lakeport_model::glossary::{Glossary, TermLine};
use lakeport_model::people::DomainRef;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{also, new_term_href, term_href, terms_of_href};
use crate::api::glossary::glossary;
use crate::pages::page_query;
use crate::query::Query;
use crate::ui::{Empty, Glyph, Icon, PageHead, SearchBar, counted, load};

/// What the address asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Asked {
    words: String,
    domain: Option<String>,
    after: Option<String>,
}

impl Asked {
    fn of(query: &Query) -> Self {
        let part = |name| query.get(name).map(ToOwned::to_owned);
        Self { words: part("q").unwrap_or_default(), domain: part("domain"), after: part("after") }
    }

    /// The query string that asks for it, from the first term on.
    fn query(&self) -> Query {
        let query = Query::default();
        let query = if self.words.is_empty() { query } else { query.and("q", &self.words) };
        match &self.domain {
            Some(domain) => query.and("domain", domain),
            None => query,
        }
    }

    /// Nothing is left out.
    fn is_all(&self) -> bool {
        self.words.is_empty() && self.domain.is_none()
    }
}

/// The list of terms.
#[component]
pub(crate) fn GlossaryPage() -> impl IntoView {
    let query = page_query();
    let found = Resource::new(
        move || query.get(),
        |query| async move {
            let asked = Asked::of(&Query::parse(&query));
            let page = PageRequest { after: asked.after.clone(), ..PageRequest::default() };
            let found = glossary(asked.words.clone(), asked.domain.clone(), page).await?;
            Ok((asked, found))
        },
    );
    view! { <div class="page">{load(found, |(asked, found)| content(&asked, found))}</div> }
}

fn content(asked: &Asked, found: Glossary) -> AnyView {
    let search = search_form(asked);
    let Glossary { lines, total, next, domain, writes_in } = found;
    let name = |id: &String| domain.as_ref().map_or_else(|| id.clone(), |domain| domain.name.clone());
    let chosen = asked.domain.as_ref().map(|id| chip(asked, name(id)));
    let count = counted(i64::try_from(total).unwrap_or(i64::MAX), "term");
    let list = if lines.is_empty() {
        let Nothing { text, href, action } = why_nothing(asked, domain.is_some(), &writes_in);
        view! { <Empty text=text href=href action=action /> }.into_any()
    } else {
        let rows = lines.into_iter().map(|line| row(line, asked.domain.is_none())).collect_view();
        view! { <ul class="rowlist" id="terms">{rows}</ul> }.into_any()
    };
    let first = asked.after.as_ref().map(|_| {
        view! { <a class="btn btn-sm" href=asked.query().to("/glossary")>"First terms"</a> }
    });
    let more = next.map(|after| {
        let href = asked.query().and("after", after).to("/glossary");
        view! { <a class="btn btn-sm" href=href>"More terms"</a> }
    });
    let pages = (first.is_some() || more.is_some())
        .then(|| view! { <nav class="pager" aria-label="Pages of terms">{first}{more}</nav> });
    view! {
        <PageHead title="Glossary" />
        <div class="stack">
            {search}
            <div class="cluster">
                <p role="status">{count}</p>
                {chosen}
            </div>
            {list}
            {pages}
            {write(writes_in)}
        </div>
    }
    .into_any()
}

fn search_form(asked: &Asked) -> AnyView {
    let domain = asked.domain.clone().map(|id| view! { <input type="hidden" name="domain" value=id /> });
    let words = asked.words.clone();
    view! {
        <form role="search" method="get" action="/glossary" aria-label="Search the glossary">
            {domain}
            <SearchBar
                words=words
                label="Names and synonyms to search for"
                placeholder="Search names and synonyms"
            />
        </form>
    }
    .into_any()
}

/// The chosen domain, with the link that takes it away.
fn chip(asked: &Asked, name: String) -> AnyView {
    let href = Asked { domain: None, ..asked.clone() }.query().to("/glossary");
    let label = format!("Take away the filter {name}");
    view! {
        <span class="chip">
            {name}
            <a href=href aria-label=label>"×"</a>
        </span>
    }
    .into_any()
}

/// A term; its domain leads to the terms of that domain where others stand beside it.
fn row(line: TermLine, of_all: bool) -> AnyView {
    let TermLine { term, domain, brief, synonyms } = line;
    let also = also(&synonyms).map(|also| view! { <div class="row-meta"><span>{also}</span></div> });
    let domain = of_all.then(|| {
        let label = format!("Terms of {}", domain.name);
        view! {
            <a class="link inline-block leading-6" href=terms_of_href(&domain.id) aria-label=label>
                {domain.name}
            </a>
        }
    });
    view! {
        <li>
            <div class="row">
                <Icon glyph=Glyph::Book />
                <div>
                    <div class="row-title"><a href=term_href(&term.id)>{term.name}</a></div>
                    <div class="row-text">{brief}</div>
                    {also}
                </div>
                <div class="row-end">{domain}</div>
            </div>
        </li>
    }
    .into_any()
}

/// Why nothing is listed, and the way on.
struct Nothing {
    text: String,
    href: String,
    action: &'static str,
}

/// `is_domain` says whether the domain that is asked for is one.
fn why_nothing(asked: &Asked, is_domain: bool, writes_in: &[DomainRef]) -> Nothing {
    let said = |text: &str, href: String, action| Nothing { text: text.to_owned(), href, action };
    if asked.after.is_some() {
        return said(
            "The terms end before this page.",
            asked.query().to("/glossary"),
            "Show the first terms",
        );
    }
    if !asked.is_all() {
        let text = match (asked.words.as_str(), &asked.domain) {
            (_, Some(id)) if !is_domain => format!("There is no domain \"{id}\"."),
            ("", _) => "This domain has no term yet.".to_owned(),
            (words, None) => format!("No term or synonym begins like \"{words}\"."),
            (words, Some(_)) => format!("No term or synonym of this domain begins like \"{words}\"."),
        };
        return said(&text, "/glossary".to_owned(), "Show all terms");
    }
    let text =
        "There is no term yet. A term says what a word of your company means, and which data it is about.";
    match writes_in.first() {
        Some(domain) => said(text, new_term_href(&domain.id), "Write the first term"),
        None => said(text, "/catalog".to_owned(), "Search the catalog"),
    }
}

/// The domains in which the viewer writes terms.
fn write(domains: Vec<DomainRef>) -> Option<AnyView> {
    if domains.is_empty() {
        return None;
    }
    let links = domains.into_iter().map(|domain| {
        view! { <li><a class="link" href=new_term_href(&domain.id)>{domain.name}</a></li> }
    });
    let section = view! {
        <section class="stack mt-6" aria-labelledby="write">
            <h2 id="write">"Write a term in"</h2>
            <ul class="cluster">{links.collect_view()}</ul>
        </section>
    };
    Some(section.into_any())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Asked {
        Asked::of(&Query::parse(text))
    }

    fn domain(id: &str, name: &str) -> DomainRef {
        DomainRef { id: id.into(), name: name.to_owned() }
    }

    #[test]
    fn a_search_survives_its_address_and_begins_at_the_first_term() {
        assert_eq!(
            asked("q=due+date&domain=finance&after=x").query().to_string(),
            "q=due%20date&domain=finance"
        );
        assert_eq!(asked("q=&domain=&after=").query(), Query::default());
    }

    #[test]
    fn an_empty_list_says_why_and_offers_what_the_viewer_may_do() {
        let finance = [domain("finance", "Finance")];
        let said = |text: &str, writes_in: &[DomainRef]| {
            let Nothing { text, href, action } = why_nothing(&asked(text), !text.contains("nope"), writes_in);
            (text, href, action)
        };
        assert!(said("", &[]).0.starts_with("There is no term yet."));
        assert_eq!(said("", &[]).1, "/catalog");
        let (_, href, action) = said("", &finance);
        assert_eq!((href.as_str(), action), ("/domains/finance/new-term", "Write the first term"));
        assert_eq!(said("q=xyz", &finance).0, "No term or synonym begins like \"xyz\".");
        assert_eq!(said("domain=finance", &[]).0, "This domain has no term yet.");
        for unknown in ["domain=nope", "q=due&domain=nope"] {
            let (text, href, _) = said(unknown, &[]);
            assert_eq!((text.as_str(), href.as_str()), ("There is no domain \"nope\".", "/glossary"));
        }
        let (_, href, _) = said("q=due&domain=finance&after=x", &[]);
        assert_eq!(href, "/glossary?q=due&domain=finance", "the search stays");
    }
}
