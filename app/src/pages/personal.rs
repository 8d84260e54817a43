//! Columns that seem to hold personal data: suggestions that a steward confirms or dismisses, and what was dismissed.

mod dismissed;
mod item;
mod live;

use lakeport_model::people::DomainRef;
use lakeport_model::personal::{Dismissed, PersonalData, Suggestion, Suggestions};
use lakeport_model::{Page, PageRequest};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use self::dismissed::dismissed;
use self::item::item;
use self::live::{Decisions, FURTHER};
use crate::api::Answer;
use crate::api::personal::{dismissed_personal, personal_suggestions};
use crate::pages::page_query;
use crate::query::Query;
use crate::ui::{Empty, Field, PageHead, Tabs, counted, load};

/// The page.
const PAGE: &str = "/personal-data";

/// What the page is about.
const LEAD: &str = "Columns whose names suggest personal data and that are less protected than such data usually is. Confirm \
                    or dismiss each once.";

/// What the address asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Asked {
    domain: Option<String>,
    after: Option<String>,
}

impl Asked {
    /// The query string that asks for it from the beginning.
    fn query(&self) -> Query {
        self.domain.as_ref().map_or_else(Query::default, |domain| Query::default().and("domain", domain))
    }

    /// The query string that asks for what follows this place.
    fn query_after(&self, after: Option<&String>) -> Query {
        let query = self.query();
        match after {
            Some(after) => query.and("after", after),
            None => query,
        }
    }
}

/// What a tab shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Found {
    Suggested(Asked, Suggestions),
    Dismissed(Page<Dismissed>),
}

/// The page with its two tabs.
#[component]
pub(crate) fn PersonalPage() -> impl IntoView {
    let query = page_query();
    let found = Resource::new(move || query.get(), |query| async move { find(&Query::parse(&query)).await });
    view! { <div class="page">{load(found, content)}</div> }
}

async fn find(query: &Query) -> Answer<Found> {
    let part = |name: &str| query.get(name).map(ToOwned::to_owned);
    let (domain, after) = (part("domain"), part("after"));
    if query.get("tab") == Some("dismissed") {
        let page = PageRequest { after, ..PageRequest::default() };
        return Ok(Found::Dismissed(dismissed_personal(page).await?));
    }
    let found = personal_suggestions(domain.clone(), after.clone()).await?;
    Ok(Found::Suggested(Asked { domain, after }, found))
}

/// The address of what was dismissed.
fn dismissed_href() -> String {
    Query::default().and("tab", "dismissed").to(PAGE)
}

fn content(found: Found) -> AnyView {
    let (shows_dismissed, part) = match found {
        Found::Suggested(asked, found) => (false, suggested(&asked, found)),
        Found::Dismissed(page) => (true, dismissed(page)),
    };
    let tabs = vec![
        ("Suggestions".to_owned(), PAGE.to_owned(), !shows_dismissed),
        ("Dismissed".to_owned(), dismissed_href(), shows_dismissed),
    ];
    view! {
        <PageHead title="Personal data" />
        <p class="muted mb-4">{LEAD}</p>
        <Tabs label="Parts of personal data" tabs=tabs />
        {part}
    }
    .into_any()
}

fn suggested(asked: &Asked, found: Suggestions) -> AnyView {
    let Suggestions { items, next, domains } = found;
    let filter = (domains.len() > 1 || asked.domain.is_some()).then(|| filter(asked, domains));
    let further = next.map(|after| asked.query_after(Some(&after)).to(PAGE));
    let list = if items.is_empty() {
        let Nothing { text, href, action } = why_nothing(asked, further);
        view! { <Empty text=text href=href action=action /> }.into_any()
    } else {
        list(asked, items, further)
    };
    view! {
        {filter}
        {list}
    }
    .into_any()
}

/// Chooses one of the viewer's domains.
fn filter(asked: &Asked, domains: Vec<DomainRef>) -> AnyView {
    let chosen = asked.domain.as_deref();
    let options = domains.into_iter().map(|DomainRef { id, name }| {
        let is_chosen = chosen == Some(id.as_str());
        view! { <option value=id.to_string() selected=is_chosen>{name}</option> }
    });
    let options = options.collect_view();
    view! {
        <form class="toolbar" method="get" action=PAGE aria-label="Choose a domain">
            <Field name="domain" label="Domain">
                <select class="select select-sm" id="domain" name="domain">
                    <option value="">"All your domains"</option>
                    {options}
                </select>
            </Field>
            <button class="btn btn-sm" type="submit">"Show"</button>
        </form>
    }
    .into_any()
}

fn list(asked: &Asked, items: Vec<Suggestion>, further: Option<String>) -> AnyView {
    let here = asked.query_after(asked.after.as_ref()).to(PAGE);
    let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
    let rows = items.into_iter().enumerate().map(|(place, suggestion)| item(place, suggestion, &here));
    let rows = rows.collect_view();
    let first = asked.after.as_ref().map(|_| {
        view! { <a class="btn btn-sm" href=asked.query().to(PAGE)>"From the beginning"</a> }
    });
    let further = further.map(|href| view! { <a class="btn btn-sm" id=FURTHER href=href>"Look further"</a> });
    let pages = (first.is_some() || further.is_some()).then(|| {
        view! { <nav class="pager" aria-label="Pages of suggestions">{first}{further}</nav> }
    });
    view! {
        <div class="cluster mb-3">
            <p>{counted(count, "suggestion")}" here"</p>
            <Decisions count=count />
        </div>
        <ul class="rowlist" id="suggestions">{rows}</ul>
        {pages}
    }
    .into_any()
}

/// Why nothing is listed, and the way on.
struct Nothing {
    text: &'static str,
    href: String,
    action: &'static str,
}

/// `further` is where to look further, where there is more to look through.
fn why_nothing(asked: &Asked, further: Option<String>) -> Nothing {
    if let Some(href) = further {
        let text = "The columns that were looked through so far need no decision, and there are more.";
        return Nothing { text, href, action: "Look further" };
    }
    if asked.after.is_some() {
        let text = "No more columns wait for a decision here.";
        return Nothing { text, href: asked.query().to(PAGE), action: "From the beginning" };
    }
    let text = "No column waits for a decision: those whose names suggest personal data are protected as such data usually \
                is, or were dismissed.";
    match &asked.domain {
        Some(_) => Nothing { text, href: PAGE.to_owned(), action: "Show all your domains" },
        None => Nothing { text, href: dismissed_href(), action: "See what was dismissed" },
    }
}

/// What a column seems to hold, as a badge says it.
fn kind_words(kind: PersonalData) -> &'static str {
    match kind {
        PersonalData::Email => "E-mail addresses",
        PersonalData::Phone => "Telephone numbers",
        PersonalData::BankAccount => "Bank accounts",
        PersonalData::BirthDate => "Dates of birth",
        PersonalData::Name => "Names of people",
        PersonalData::Address => "Postal addresses",
        PersonalData::Identifier => "Numbers that identify people",
        PersonalData::Device => "Devices and positions",
        PersonalData::FreeText => "Texts that people type",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(domain: Option<&str>, after: Option<&str>) -> Asked {
        Asked { domain: domain.map(ToOwned::to_owned), after: after.map(ToOwned::to_owned) }
    }

    #[test]
    fn a_place_in_the_list_keeps_its_domain() {
        let place = asked(Some("finance"), Some("a/b"));
        assert_eq!(
            place.query_after(place.after.as_ref()).to(PAGE),
            "/personal-data?domain=finance&after=a%2Fb"
        );
        assert_eq!(place.query().to(PAGE), "/personal-data?domain=finance");
        assert_eq!(asked(None, None).query_after(None).to(PAGE), PAGE);
    }

    #[test]
    fn an_empty_part_never_hides_that_there_is_more_to_look_through() {
        let said = |asked: &Asked, further: Option<&str>| {
            let Nothing { href, action, .. } = why_nothing(asked, further.map(ToOwned::to_owned));
            (href, action)
        };
        let whole = asked(None, None);
        assert_eq!(said(&whole, Some("/x")), ("/x".to_owned(), "Look further"));
        assert_eq!(said(&whole, None).1, "See what was dismissed");
        assert_eq!(said(&asked(None, Some("x")), None), (PAGE.to_owned(), "From the beginning"));
        assert_eq!(said(&asked(Some("finance"), None), None), (PAGE.to_owned(), "Show all your domains"));
    }
}
