//! A term: what it means, and which data it is about.

use lakeport_model::documents::RevisionLine;
use lakeport_model::glossary::{TermColumn, TermPage as Term, TermProduct};
use lakeport_model::retire::Retirable;
use leptos::prelude::*;

use super::{edit_href, history_href, terms_fact};
use crate::api::glossary::term;
use crate::pages::proposals::change_link;
use crate::pages::retire::{banner, retire_link, retired_badge};
use crate::pages::{asset_href, column_href, crumb, domain_href, page_id, product_href, publisher};
use crate::ui::{Fact, Moment, PageHead, load};

/// A term's page.
#[component]
pub(crate) fn TermPage() -> impl IntoView {
    let id = page_id();
    let found = Resource::new(move || id.get(), term);
    view! { <div class="page">{load(found, content)}</div> }
}

fn content(page: Term) -> AnyView {
    let retired = banner(Retirable::Term, &page.term.id, page.retirement.as_ref(), page.may_retire);
    let retire = retire_link(Retirable::Term, &page.term.id, page.retirement.as_ref(), page.may_retire);
    let badge = retired_badge(page.retirement.as_ref());
    let Term {
        term,
        domain,
        definition,
        synonyms,
        related,
        columns,
        products,
        newest,
        may_publish,
        may_propose,
        ..
    } = page;
    let change = change_link(edit_href(&term.id), may_publish, may_propose);
    // Who sees the newest revision sees all of them.
    let history = newest.is_some().then(|| {
        view! { <a class="btn btn-sm" href=history_href(&term.id)>"History"</a> }
    });
    let synonyms = (!synonyms.is_empty()).then(|| {
        let lines = synonyms.into_iter().map(|synonym| view! { <li>{synonym}</li> }).collect_view();
        view! { <Fact label="Also called"><ul>{lines}</ul></Fact> }
    });
    view! {
        <PageHead title=term.name crumbs=vec![crumb("Glossary", "/glossary")]>
            {badge}
            <div class="page-actions">{history}{change}{retire}</div>
        </PageHead>
        {retired}
        <div class="with-facts">
            <div class="stack min-w-0">
                <div class="prose" inner_html=definition></div>
                {products_of(products)}
                {columns_of(columns)}
            </div>
            <dl class="facts">
                <Fact label="Domain"><a class="link" href=domain_href(&domain.id)>{domain.name}</a></Fact>
                {synonyms}
                {terms_fact("Related terms", &related)}
                {newest.map(last_change)}
            </dl>
        </div>
    }
    .into_any()
}

fn products_of(products: Vec<TermProduct>) -> Option<AnyView> {
    if products.is_empty() {
        return None;
    }
    let links = products.into_iter().map(|product| {
        view! { <li><a class="link" href=product_href(&product.id)>{product.name}</a></li> }
    });
    let section = view! {
        <section class="stack" aria-labelledby="products">
            <h2 id="products">"Data products about it"</h2>
            <ul class="stack">{links.collect_view()}</ul>
        </section>
    };
    Some(section.into_any())
}

fn columns_of(columns: Vec<TermColumn>) -> Option<AnyView> {
    if columns.is_empty() {
        return None;
    }
    let lines = columns.into_iter().map(|TermColumn { asset, asset_name, column }| {
        let href = asset_href(&asset);
        let column = (!column.is_empty()).then(|| {
            let href = column_href(&href, &column);
            view! { ", column " <a class="link mono" href=href>{column}</a> }
        });
        let name = (asset_name != asset.as_str()).then(|| view! { " (" {asset_name} ")" });
        view! {
            <li>
                <a class="link mono" href=href>{asset.to_string()}</a>
                {name}
                {column}
            </li>
        }
    });
    let section = view! {
        <section class="stack" aria-labelledby="columns">
            <h2 id="columns">"Where it stands in the data"</h2>
            <ul class="stack wrap-anywhere">{lines.collect_view()}</ul>
        </section>
    };
    Some(section.into_any())
}

/// Who changed it last, for those who may know.
fn last_change(line: RevisionLine) -> AnyView {
    let who = publisher(&line);
    let RevisionLine { number, at, reason, .. } = line;
    let why = (!reason.is_empty()).then(|| view! { <p>{reason}</p> });
    view! {
        <Fact label="Last change">
            <p>"Revision "{number}" by "{who}", "<Moment at=at /></p>
            {why}
        </Fact>
    }
    .into_any()
}
