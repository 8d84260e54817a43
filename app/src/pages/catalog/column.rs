//! A column: what it means, where it comes from and goes to, and what is promised of it.

use lakeport_model::First;
use lakeport_model::catalog::{ColumnPage as Page, ColumnPlace, ColumnPromises, ColumnReading};
use lakeport_model::contracts::unread_words;
use lakeport_model::impact::Side;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::access::{access_words, ask, owner_links};
use crate::api;
use crate::pages::contracts::columns_table;
use crate::pages::glossary::terms_fact;
use crate::pages::{
    asset_href, column_href, contract_href, crumbs, impact_href, page_id, product_href, request_href,
};
use crate::query::Query;
use crate::ui::{
    CheckBadge, ClassificationBadge, Fact, Icon, PageHead, Paragraphs, asset_glyph, load, number,
};

/// A column's page.
#[component]
pub(crate) fn ColumnPage() -> impl IntoView {
    let (id, params) = (page_id(), use_params_map());
    let column = Resource::new(
        move || (id.get(), params.get().get("name").unwrap_or_default()),
        |(id, name)| api::catalog::column(id, name),
    );
    view! { <div class="page">{load(column, content)}</div> }
}

fn content(page: Page) -> AnyView {
    let (facts, lineage, others) = (facts(&page), lineage(&page), others(&page));
    let crumbs = crumbs("Catalog", "/catalog", &page.way);
    let classification = page.column.classification;
    let promises = promises(page.promises);
    let drift = page.column.drift.map(|drift| view! { <span class="badge badge-warn">{drift}</span> });
    let meaning = if page.column.description.is_empty() {
        view! { <p class="muted">"Nobody has described this column yet."</p> }.into_any()
    } else {
        view! { <Paragraphs text=page.column.description /> }.into_any()
    };
    view! {
        <PageHead title=page.column.name crumbs=crumbs>
            <ClassificationBadge classification=classification />
            {drift}
        </PageHead>
        <div class="with-facts">
            <div class="stack min-w-0">
                {meaning}
                {lineage}
                {promises}
                {others}
            </div>
            {facts}
        </div>
    }
    .into_any()
}

/// One step each way, and the way to the drawing with this column lit.
fn lineage(page: &Page) -> AnyView {
    let query = Query::default().and("focus", &page.asset.id);
    let is_known = page.made_from.of > 0 || page.feeds.of > 0;
    let (said, href) = if is_known {
        (None, query.and("column", &page.column.name).to("/lineage"))
    } else {
        (Some("No lineage of this column that you see."), query.to("/lineage"))
    };
    let list = |places: &First<ColumnPlace>, side, words: &'static str| {
        let href = impact_href(page.asset.id.as_str(), Some(&page.column.name), side);
        (places.of > 0).then(|| view! { <p><a class="link" href=href>{words}</a></p> })
    };
    let depends = list(&page.feeds, Side::Downstream, "What depends on this column");
    let made_from = list(&page.made_from, Side::Upstream, "What this column is made from, over all hops");
    let way = if is_known { "The path of this column in the lineage" } else { "Lineage of all of it" };
    view! {
        <section class="stack" aria-labelledby="lineage">
            <h2 id="lineage">"Where it comes from and where it goes"</h2>
            {said.map(|said| view! { <p class="muted">{said}</p> })}
            {side("Made from", &page.made_from)}
            {side("Goes into", &page.feeds)}
            {depends}
            {made_from}
            <p><a class="link" href=href>{way}</a></p>
        </section>
    }
    .into_any()
}

/// Columns of other assets; nothing where there is none.
fn side(label: &'static str, places: &First<ColumnPlace>) -> Option<AnyView> {
    if places.of == 0 {
        return None;
    }
    let more = more(places.more());
    let lines = places.items.iter().map(|place| {
        let page = asset_href(&place.asset.id);
        // What only lineage names has no page of its own.
        let href = if place.is_described { column_href(&page, &place.column) } else { page };
        view! {
            <li>
                <a class="link mono" href=href>{place.column.clone()}</a>
                {format!(" in {}", place.asset.name)}
            </li>
        }
    });
    let lines = lines.collect_view();
    Some(view! { <h3>{label}</h3><ul class="stack wrap-anywhere">{lines}{more}</ul> }.into_any())
}

fn more(count: u32) -> Option<AnyView> {
    (count > 0).then(|| view! { <li class="muted">{format!("and {} more", number(count))}</li> }.into_any())
}

/// What contracts say of it.
fn promises(promises: First<ColumnPromises>) -> AnyView {
    let more = promises.more();
    let none = promises.items.is_empty();
    let contracts = promises.items.into_iter().map(|ColumnPromises { contract, elements }| {
        let href = contract_href(&contract.id);
        let caption = format!("What {} promises", contract.name);
        let rest = elements.more();
        let rest = (rest > 0).then(|| {
            view! { <p class="muted">{format!("and {} more that are nested in it", number(rest))}</p> }
        });
        view! {
            <p class="cluster">
                <a class="link" href=href>{contract.name}" "{contract.version}</a>
                <CheckBadge state=contract.state />
            </p>
            {contract.worst.map(|worst| view! { <p>{worst}</p> })}
            {columns_table(caption, elements.items)}
            {rest}
        }
    });
    let contracts = contracts.collect_view();
    view! {
        <section class="stack" aria-labelledby="promises">
            <h2 id="promises">"What is promised of it"</h2>
            {none.then(|| view! { <p class="muted">"No contract that you see promises anything of it."</p> })}
            {contracts}
            {(more > 0).then(|| view! { <p class="muted">{format!("and {} more contracts", number(more))}</p> })}
        </section>
    }
    .into_any()
}

/// The columns beside it.
fn others(page: &Page) -> AnyView {
    let asset = asset_href(&page.asset.id);
    let link = |label: &'static str, name: Option<String>| {
        let name = name?;
        let href = column_href(&asset, &name);
        let class = "btn btn-sm h-auto min-h-8 max-w-full wrap-anywhere";
        Some(view! { <a class=class href=href>{label}" "{name}</a> })
    };
    let (before, after) = (link("Before:", page.before.clone()), link("Next:", page.after.clone()));
    let place = format!("{} of {}", number(page.place), number(page.of));
    view! { <nav class="pager" aria-label="Columns beside it">{before}<span>{place}</span>{after}</nav> }
        .into_any()
}

fn facts(page: &Page) -> AnyView {
    let (column, asset) = (&page.column, &page.asset);
    let data_type = column.data_type.clone();
    let stored = page.stored_type.clone();
    let stored = stored.map(|stored| view! { <Fact label="Type in the table"><code>{stored}</code></Fact> });
    let data = page.not_compared.clone().map(|why| view! { <Fact label="Data">{why}</Fact> });
    let unread = page.unread_contract.as_ref().map(unread_words);
    let unread = unread.map(|words| view! { <Fact label="Contract">{words}</Fact> });
    let offers = (!page.offered_by.is_empty()).then(|| {
        let links = page.offered_by.iter().map(|offer| {
            view! { <li><a class="link" href=product_href(&offer.product)>{offer.name.clone()}</a></li> }
        });
        let links = links.collect_view();
        view! { <Fact label="Offered by"><ul>{links}</ul></Fact> }
    });
    let tags = (!column.tags.is_empty()).then(|| column.tags.join(", "));
    let (reads, owners) = (reads(page), owner_links(page.into()));
    let (glyph, href, name) = (asset_glyph(asset.kind), asset_href(&asset.id), asset.name.clone());
    view! {
        <dl class="facts">
            <Fact label="Your access">{reads}</Fact>
            <Fact label="Column of">
                <span class="cluster"><Icon glyph=glyph /><a class="link" href=href>{name}</a></span>
            </Fact>
            <Fact label="Type"><code>{data_type}</code></Fact>
            {stored}
            {data}
            {unread}
            <Fact label="Owner">{owners}</Fact>
            {offers}
            {tags.map(|tags| view! { <Fact label="Tags">{tags}</Fact> })}
            {terms_fact("Terms", &page.terms)}
        </dl>
    }
    .into_any()
}

/// Whether the viewer reads its values, and the next step where not.
fn reads(page: &Page) -> AnyView {
    let words = || access_words(&page.access, page.asset.opens_here, page.into());
    let rows = page.closed_rows.then_some(" Some rows stay closed to you.");
    match &page.reading {
        ColumnReading::Plain => view! { {words()} {rows} }.into_any(),
        ColumnReading::Masked(left) => {
            view! { {words()} {format!(" Its values are masked: {left}.")} {rows} }.into_any()
        }
        ColumnReading::Closed if page.access.may_read() => {
            let offer = page.offered_by.first().filter(|_| page.requestable);
            let way = match offer {
                Some(offer) => {
                    let href = request_href(&offer.product, &offer.port);
                    view! { <a class="link" href=href>"Request access"</a> }.into_any()
                }
                None => ask(page.into(), "to describe it").into_any(),
            };
            view! { "You read other columns of this, not this one: nobody described it as public. " {way} }
                .into_any()
        }
        ColumnReading::Closed => words(),
    }
}
