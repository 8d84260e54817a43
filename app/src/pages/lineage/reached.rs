//! What a list of impact or of causes holds: its table, and the likely causes above it.

use lakeport_model::catalog::AssetRef;
use lakeport_model::impact::Reached;
use lakeport_model::{ProductId, listed};
use leptos::prelude::*;

use crate::pages::{asset_href, product_href};
use crate::ui::{CheckBadge, Column, Icon, LayerBadge, Moment, Table, asset_glyph, counted, number};

/// The contracts of so many assets, the nearest, are looked at for causes.
const LOOKED_AT: u32 = 200;

/// The table; with columns, where the list is of a column.
pub(super) fn table(caption: String, with_columns: bool, items: Vec<Reached>) -> AnyView {
    let mut heads = vec![Column::text("Asset"), Column::number("Hops")];
    heads.extend(with_columns.then(|| Column::text("Columns")));
    heads.extend(["Domain", "Owners", "Products", "Contract"].map(Column::text));
    heads.extend(["Subscriptions", "Grants"].map(Column::number));
    heads.push(Column::text("Last run"));
    let rows = items.into_iter().map(|item| row(item, with_columns)).collect_view();
    view! { <Table caption=caption columns=heads>{rows}</Table> }.into_any()
}

fn row(item: Reached, with_columns: bool) -> AnyView {
    let Reached { asset, domain, hops, columns, owners, products, state, subscribers, grants, last_run } =
        item;
    // A cell without a value has no heading either, where a narrow page shows one.
    let owners_label = (!owners.is_empty()).then_some("Owners");
    let (state_label, run_label) = (state.map(|_| "Contract"), last_run.map(|_| "Last run"));
    let products_label = (!products.is_empty()).then_some("Products");
    let columns = with_columns.then(|| {
        let label = (!columns.is_empty()).then_some("Columns");
        view! { <td data-label=label>{label.map(|_| view! { <code>{columns.join(", ")}</code> })}</td> }
    });
    view! {
        <tr>
            <th scope="row">{name(&asset)}</th>
            <td class="num" data-label="Hops">{number(hops)}</td>
            {columns}
            <td data-label="Domain">{domain.name}</td>
            <td data-label=owners_label>{owners_label.map(|_| listed(&owners))}</td>
            <td data-label=products_label>{products_label.map(|_| product_links(&products))}</td>
            <td data-label=state_label>{state.map(|state| view! { <CheckBadge state=state /> })}</td>
            <td class="num" data-label="Subscriptions">{number(subscribers)}</td>
            <td class="num" data-label="Grants">{number(grants)}</td>
            <td data-label=run_label>{last_run.map(|at| view! { <Moment at=at exact=true /> })}</td>
        </tr>
    }
    .into_any()
}

/// The asset as a link, with what it is.
fn name(asset: &AssetRef) -> AnyView {
    view! {
        <span class="cluster">
            <a class="link wrap-anywhere" href=asset_href(&asset.id)>{asset.name.clone()}</a>
            {asset.layer.map(|layer| view! { <LayerBadge layer=layer /> })}
            <span class="muted">{asset.kind.as_str()}</span>
        </span>
    }
    .into_any()
}

fn product_links(products: &[(ProductId, String)]) -> AnyView {
    let link = |(place, (id, name)): (usize, &(ProductId, String))| {
        view! { {(place > 0).then_some(", ")}<a class="link" href=product_href(id)>{name.clone()}</a> }
    };
    let links = products.iter().enumerate().map(link).collect_view();
    view! { <span>{links}</span> }.into_any()
}

/// What upstream has a broken contract, nearest first; of `all` assets upstream that the viewer sees.
pub(super) fn causes(broken: Vec<Reached>, all: u32) -> AnyView {
    let found = if broken.is_empty() {
        view! { <p>{none_broken(all)}</p> }.into_any()
    } else {
        let rows = broken.into_iter().map(cause).collect_view();
        view! {
            <p class="muted">"Upstream with a broken contract, nearest first"</p>
            <ul class="rowlist" id="causes">{rows}</ul>
        }
        .into_any()
    };
    view! {
        <section class="stack" aria-labelledby="likely">
            <h2 id="likely">"Likely causes"</h2>
            {found}
        </section>
    }
    .into_any()
}

/// Contracts that nobody looked at are never said to be kept.
fn none_broken(all: u32) -> String {
    if all <= LOOKED_AT {
        return "No contract upstream that you see is broken.".to_owned();
    }
    format!("No contract that you see on the nearest {} assets upstream is broken.", number(LOOKED_AT))
}

fn cause(item: Reached) -> AnyView {
    let Reached { asset, domain, hops, owners, state, last_run, .. } = item;
    let owners = if owners.is_empty() { "nobody".to_owned() } else { listed(&owners) };
    let last_run = last_run.map(|at| view! { <span>"last run " <Moment at=at exact=true /></span> });
    view! {
        <li>
            <div class="row">
                <Icon glyph=asset_glyph(asset.kind) />
                <div>
                    <div class="row-title">
                        {name(&asset)}
                        {state.map(|state| view! { <CheckBadge state=state /> })}
                    </div>
                    <div class="row-meta">
                        <span>{counted(hops, "hop")}" upstream"</span>
                        <span>{domain.name}</span>
                        <span>"owned by "{owners}</span>
                        {last_run}
                    </div>
                </div>
            </div>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_said_of_contracts_that_nobody_looked_at() {
        assert_eq!(none_broken(0), "No contract upstream that you see is broken.");
        assert_eq!(none_broken(200), none_broken(0));
        assert_eq!(
            none_broken(1_240),
            "No contract that you see on the nearest 200 assets upstream is broken."
        );
    }
}
