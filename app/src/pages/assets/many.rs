//! The assets of a domain in a list, from which whoever publishes in it chooses some and changes one thing of all of them.

mod checked;
mod keys;
mod list;

use lakeport_model::many::{AssetFilter, ChangeText, DomainAssets, MOST_LISTED, ManyChecked};
use lakeport_model::{DomainId, PageRequest};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use self::checked::checked;
use self::list::list;
use crate::api::Answer;
use crate::api::many::{check_assets, domain_assets};
use crate::error::ErrorKind;
use crate::pages::{crumb, domain_href, page_id, page_query};
use crate::query::Query;
use crate::ui::{FormState, PageHead, load, refused};

/// The call that only looks, and the one that changes.
const CHECK: &str = "/fn/check_assets";
const CHANGE: &str = "/fn/change_assets";
const CALLS: [&str; 2] = [CHECK, CHANGE];

/// Name of the fields that hold the ids of the chosen assets.
const CHOSEN: &str = "assets[]";

/// The address of the list.
pub(crate) fn assets_of_href(domain: &DomainId) -> String {
    format!("{}/assets", domain_href(domain))
}

/// What the address asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Asked {
    filter: AssetFilter,
    after: Option<String>,
    /// All on the page are chosen.
    all: bool,
}

impl Asked {
    fn of(query: &Query) -> Self {
        let part = |name: &str| query.get(name).unwrap_or_default().to_owned();
        let filter = AssetFilter { q: part("q"), layer: part("layer"), tag: part("tag") };
        Self { filter, after: query.get("after").map(ToOwned::to_owned), all: query.get("all").is_some() }
    }

    /// The query string of the same list from the beginning.
    fn query(&self) -> Query {
        let AssetFilter { q, layer, tag } = &self.filter;
        let parts = [("q", q), ("layer", layer), ("tag", tag)].into_iter();
        let parts = parts.filter(|(_, value)| !value.is_empty());
        parts.fold(Query::default(), |query, (name, value)| query.and(name, value))
    }

    /// The query string of what follows this place.
    fn query_after(&self, after: Option<&String>) -> Query {
        let query = self.query();
        match after {
            Some(after) => query.and("after", after),
            None => query,
        }
    }

    /// The address of what is shown.
    fn here(&self, domain: &DomainId) -> String {
        self.query_after(self.after.as_ref()).to(&assets_of_href(domain))
    }
}

/// The page: the list, or what becomes of those that were chosen.
#[component]
pub(crate) fn DomainAssetsPage() -> impl IntoView {
    let (id, query) = (page_id(), page_query());
    let found = Resource::new(
        move || (id.get(), Asked::of(&Query::parse(&query.get()))),
        |(id, asked)| find(id, asked),
    );
    view! { <div class="page">{load(found, |(asked, assets, checked)| content(&asked, &assets, checked))}</div> }
}

async fn find(id: String, asked: Asked) -> Answer<(Asked, DomainAssets, Option<ManyChecked>)> {
    let page = PageRequest { after: asked.after.clone(), limit: MOST_LISTED };
    let assets = domain_assets(id.clone(), asked.filter.clone(), page).await?;
    let checked = match sent() {
        // Where it cannot be looked at, the form says why it was refused.
        Some((chosen, change)) => check_assets(id, chosen, change).await.ok(),
        None => None,
    };
    Ok((asked, assets, checked))
}

/// What was chosen and what is to be changed of it, once that was sent. Nobody goes on with what somebody else has chosen.
fn sent() -> Option<(Vec<String>, ChangeText)> {
    let form = FormState::of(&CALLS);
    let is_anothers = refused().is_some_and(|error| error.kind == ErrorKind::AnotherReader);
    let typed = form.all_typed().filter(|_| !is_anothers)?;
    Some((typed.all(CHOSEN), change_of(typed)))
}

/// The change that a form holds.
fn change_of(typed: &Query) -> ChangeText {
    let part = |name: &str| typed.get(name).unwrap_or_default().to_owned();
    ChangeText {
        change: part("change"),
        tag: part("tag"),
        classification: part("classification"),
        layer: part("layer"),
    }
}

fn content(asked: &Asked, assets: &DomainAssets, plan: Option<ManyChecked>) -> AnyView {
    let form = FormState::of(&CALLS);
    let domain = &assets.domain;
    let crumbs = vec![crumb("Catalog", "/catalog"), crumb(&domain.name, domain_href(&domain.id))];
    let part = match plan {
        Some(plan) => checked(&form, asked, domain, plan),
        None => list(&form, asked, assets),
    };
    view! {
        <PageHead title=format!("Assets of {}", domain.name) crumbs=crumbs misfit=form.was_sent() />
        {part}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_list_keeps_its_filter() {
        let asked = Asked::of(&Query::parse("q=a%20b&layer=&tag=x&after=gold.a&all=yes"));
        assert!(asked.all);
        assert_eq!(asked.here(&"a/b".into()), "/domains/a%2Fb/assets?q=a%20b&tag=x&after=gold.a");
        assert_eq!(Asked::default().here(&"finance".into()), "/domains/finance/assets");
    }

    #[test]
    fn the_change_is_read_from_its_own_fields() {
        let change = change_of(&Query::parse("change=add_tag&tag=x&q=y&layer="));
        assert_eq!(
            (change.change.as_str(), change.tag.as_str(), change.layer.as_str()),
            ("add_tag", "x", "")
        );
    }
}
