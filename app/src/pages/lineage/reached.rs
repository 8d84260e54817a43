//! What a list of impact or of causes holds: its table, and the likely causes above it.

use lakeport_model::catalog::AssetRef;
use lakeport_model::contracts::CheckState;
use lakeport_model::impact::Reached;
use lakeport_model::{ContractId, First, ProductId};
use leptos::prelude::*;

use crate::pages::{asset_href, contract_href, product_href};
use crate::ui::{CheckBadge, Column, Icon, LayerBadge, Moment, Table, asset_glyph, counted, number};

/// So many contracts, those of the nearest assets, are looked at for causes.
const LOOKED_AT: u32 = 200;

/// The table; with columns, where the list is of a column.
pub(super) fn table(caption: String, with_columns: bool, items: Vec<Reached>) -> AnyView {
    let mut heads = vec![Column::text("Asset"), Column::number("Hops")];
    heads.extend(with_columns.then(|| Column::text("Columns")));
    heads.extend(["Domain", "Owners", "Products", "Contract"].map(Column::text));
    heads.extend(["Subscriptions", "Grants"].map(Column::number));
    heads.push(Column::text("Last reported"));
    let rows = items.into_iter().map(|item| row(item, with_columns)).collect_view();
    view! { <Table caption=caption columns=heads>{rows}</Table> }.into_any()
}

fn row(item: Reached, with_columns: bool) -> AnyView {
    let Reached { asset, domain, hops, is_former, columns, owners, products, subscribers, grants, .. } = item;
    let (state, contract, reported) = (item.state, item.contract, item.last_reported);
    // A cell without a value has no heading either, where a narrow page shows one.
    let owners_label = (!owners.items.is_empty()).then_some("Owners");
    let (state_label, run_label) = (state.map(|_| "Contract"), reported.map(|_| "Last reported"));
    let products_label = (!products.items.is_empty()).then_some("Products");
    let columns = with_columns.then(|| {
        let label = (!columns.is_empty()).then_some("Columns");
        view! { <td data-label=label>{label.map(|_| view! { <code>{columns.join(", ")}</code> })}</td> }
    });
    view! {
        <tr>
            <th scope="row">{name(&asset, is_former)}</th>
            <td class="num" data-label="Hops">{number(hops)}</td>
            {columns}
            <td data-label="Domain">{domain.name}</td>
            <td data-label=owners_label>{owners_label.map(|_| owners.words())}</td>
            <td data-label=products_label>{products_label.map(|_| product_links(&products))}</td>
            <td data-label=state_label>{state.map(|state| badge(state, contract))}</td>
            <td class="num" data-label="Subscriptions">{number(subscribers)}</td>
            <td class="num" data-label="Grants">{number(grants)}</td>
            <td data-label=run_label>{reported.map(|at| view! { <Moment at=at exact=true /> })}</td>
        </tr>
    }
    .into_any()
}

/// The asset as a link, with what it is, and whether only former connections lead to it.
fn name(asset: &AssetRef, is_former: bool) -> AnyView {
    view! {
        <span class="cluster">
            <a class="link wrap-anywhere" href=asset_href(&asset.id)>{asset.name.clone()}</a>
            {asset.layer.map(|layer| view! { <LayerBadge layer=layer /> })}
            <span class="muted">{asset.kind.as_str()}</span>
            {is_former.then(|| view! { <span class="muted">"former"</span> })}
        </span>
    }
    .into_any()
}

/// How a contract stands, as a link to it.
fn badge(state: CheckState, contract: Option<ContractId>) -> AnyView {
    let badge = view! { <CheckBadge state=state /> };
    match contract {
        Some(id) => view! { <a class="link" href=contract_href(&id)>{badge}</a> }.into_any(),
        None => badge.into_any(),
    }
}

fn product_links(products: &First<(ProductId, String)>) -> AnyView {
    let link = |(place, (id, name)): (usize, &(ProductId, String))| {
        view! { {(place > 0).then_some(", ")}<a class="link" href=product_href(id)>{name.clone()}</a> }
    };
    let links = products.items.iter().enumerate().map(link).collect_view();
    let more = products.more();
    let more = (more > 0).then(|| format!(" and {} more", number(more)));
    view! { <span>{links}{more}</span> }.into_any()
}

/// What upstream has a broken contract, nearest first; of `all` assets upstream that the viewer sees. Of a column only what is
/// broken on its way.
pub(super) fn causes(broken: Vec<Reached>, all: u32, of_column: bool) -> AnyView {
    let found = if broken.is_empty() {
        view! { <p>{none_broken(all, of_column)}</p> }.into_any()
    } else {
        let rows = broken.into_iter().map(cause).collect_view();
        view! {
            <p class="muted">"Upstream with a broken contract, nearest first; the contract says which of its promises is broken."</p>
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
fn none_broken(all: u32, of_column: bool) -> String {
    let broken = if of_column {
        "breaks a promise about a column on the way, or about its whole table"
    } else {
        "is broken"
    };
    if all <= LOOKED_AT {
        return format!("No contract of an asset upstream that you see in full {broken}.");
    }
    format!("No contract that you see {broken} among the nearest {} upstream.", number(LOOKED_AT))
}

fn cause(item: Reached) -> AnyView {
    let Reached { asset, domain, hops, is_former, owners, state, contract, last_reported, .. } = item;
    let owners = if owners.items.is_empty() { "nobody".to_owned() } else { owners.words() };
    let reported =
        last_reported.map(|at| view! { <span>"last reported " <Moment at=at exact=true /></span> });
    view! {
        <li>
            <div class="row">
                <Icon glyph=asset_glyph(asset.kind) />
                <div>
                    <div class="row-title">{name(&asset, is_former)}</div>
                    <div class="row-meta">
                        <span>{counted(hops, "hop")}" upstream"</span>
                        <span>{domain.name}</span>
                        <span>"owned by "{owners}</span>
                        {reported}
                    </div>
                </div>
                <div class="row-end">{state.map(|state| badge(state, contract))}</div>
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
        let whole = |all| none_broken(all, false);
        assert_eq!(whole(0), "No contract of an asset upstream that you see in full is broken.");
        assert_eq!(whole(200), whole(0));
        assert_eq!(whole(1_240), "No contract that you see is broken among the nearest 200 upstream.");
        assert!(none_broken(0, true).ends_with(" about a column on the way, or about its whole table."));
    }
}
