//! The catalog: a search, its facets and its order, all in the address.

use lakeport_model::catalog::{ORDERS, SearchRequest};
use leptos::prelude::*;

use super::live::LiveResults;
use super::results::results;
use crate::api;
use crate::pages::page_query;
use crate::query::Query;
use crate::ui::{PageHead, SearchBar, load};

/// Hits on a page.
const PAGE: u32 = 20;

/// What a query string asks for.
pub(crate) fn search_request(query: &Query) -> SearchRequest {
    SearchRequest {
        q: query.get("q").unwrap_or_default().to_owned(),
        kind: query.all("kind"),
        domain: query.all("domain"),
        layer: query.all("layer"),
        classification: query.all("classification"),
        owner: query.all("owner"),
        tag: query.all("tag"),
        column: query.all("column"),
        sort: query.get("sort").map(ToOwned::to_owned),
        offset: query.get("offset").and_then(|text| text.parse().ok()).unwrap_or_default(),
        limit: PAGE,
    }
}

/// The query string that asks for it, from the first hit on.
pub(super) fn query_of(request: &SearchRequest) -> Query {
    let mut query = Query::default();
    if !request.q.is_empty() {
        query = query.and("q", &request.q);
    }
    for (name, values) in [
        ("kind", &request.kind),
        ("domain", &request.domain),
        ("layer", &request.layer),
        ("classification", &request.classification),
        ("owner", &request.owner),
        ("tag", &request.tag),
        ("column", &request.column),
    ] {
        for value in values {
            query = query.and(name, value);
        }
    }
    match &request.sort {
        Some(sort) => query.and("sort", sort),
        None => query,
    }
}

/// The catalog.
#[component]
pub(crate) fn CatalogPage() -> impl IntoView {
    let query = page_query();
    let found = Resource::new(
        move || query.get(),
        |query| async move { api::catalog::search(search_request(&Query::parse(&query))).await },
    );
    view! {
        <div class="page">
            <PageHead title="Catalog" />
            {load(
                found,
                |result| {
                    // What was typed as a filter is a choice from now on.
                    let own = query_of(&result.asked);
                    let q = result.asked.q.clone();
                    let sort = result.asked.sort.clone().unwrap_or_default();
                    view! {
                        <form id="catalog" role="search" method="get" action="/catalog" aria-label="Search the catalog">
                            <SearchBar words=q label="Words to search for" placeholder="Search data and columns">
                                <label for="sort" class="visually-hidden">"Order"</label>
                                <select class="select w-44" id="sort" name="sort">
                                    {ORDERS
                                        .map(|(value, label)| {
                                            view! {
                                                <option value=value selected=value == sort>
                                                    {label}
                                                </option>
                                            }
                                        })
                                        .into_iter()
                                        .collect_view()}
                                </select>
                            </SearchBar>
                            <div id="results">{results(result, &own)}</div>
                        </form>
                        <LiveResults />
                    }
                },
            )}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_survives_its_address() {
        let text =
            "q=sales&kind=table&domain=finance&domain=purchase&layer=gold&tag=core&column=order_id&sort=name";
        let request = search_request(&Query::parse(text));
        assert_eq!(query_of(&request).to_string(), text);
        assert_eq!(request.limit, PAGE);
    }
}
