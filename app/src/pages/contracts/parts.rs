//! Terms, tables and versions of a contract.

use lakeport_model::contracts::{ContractColumn, ContractObject, ContractPage as Contract, ServiceLevel};
use leptos::prelude::*;

use crate::pages::{asset_href, contract_href};
use crate::query::Query;
use crate::ui::{Badge, Column, Moment, Paragraphs, ROWS, Slice, Table, Tone};

/// Name of the address's part that says around which column the tables are shown.
const COLUMN: &str = "column";

/// Changes of one version that are told one by one.
const MOST_CHANGES: usize = 50;

/// What the data is for, what it is not for, and the service levels.
pub(super) fn terms(contract: &Contract) -> AnyView {
    let parts = [
        ("What it is for", contract.purpose.clone()),
        ("What it is not for", contract.limitations.clone()),
        ("How to use it", contract.usage.clone()),
    ];
    let parts = parts.into_iter().filter_map(|(title, text)| {
        text.map(|text| view! { <section class="stack"><h2>{title}</h2><Paragraphs text=text /></section> })
    });
    let levels = (!contract.service_levels.is_empty()).then(|| {
        let heads = ["Service level", "Value", "Element"].map(Column::text).to_vec();
        let rows = contract.service_levels.clone().into_iter().map(level);
        view! { <Table caption="Service levels" columns=heads>{rows.collect_view()}</Table> }
    });
    view! {
        {parts.collect_view()}
        {levels}
    }
    .into_any()
}

fn level(level: ServiceLevel) -> AnyView {
    view! {
        <tr>
            <th scope="row">{level.property}</th>
            <td data-label="Value">{level.value}</td>
            <td data-label="Element">{level.element.map(|element| view! { <code>{element}</code> })}</td>
        </tr>
    }
    .into_any()
}

/// The tables with their rules and columns; of many, those around the one at the place that the address names.
pub(super) fn objects(contract: &Contract, query: &Query) -> AnyView {
    let objects = contract.objects.clone();
    let all = objects.iter().map(|object| object.quality.len() + object.columns.len()).sum();
    let slice = Slice::of(all, ROWS, query.get(COLUMN));
    let pager = slice.pager("rules and columns", |place| {
        query.clone().with(COLUMN, place).to(&contract_href(&contract.summary.id))
    });
    let mut before = 0;
    let sections = objects.into_iter().filter_map(|object| {
        let (rules, columns) = (object.quality.len(), object.columns.len());
        let object = ContractObject {
            quality: slice.cut(before, object.quality),
            columns: slice.cut(before + rules, object.columns),
            ..object
        };
        before += rules + columns;
        let is_shown = !object.quality.is_empty() || !object.columns.is_empty();
        (is_shown || (slice.is_first() && rules + columns == 0)).then_some(object)
    });
    let sections = sections.map(|object| {
        let asset = object.asset.map(|asset| {
            view! { <a class="link mono" href=asset_href(&asset.id)>{asset.id.to_string()}</a> }
        });
        let rules = (!object.quality.is_empty()).then(|| {
            let rules = object.quality.into_iter().map(|rule| view! { <li>{rule}</li> });
            view! { <ul class="list-disc ps-5">{rules.collect_view()}</ul> }
        });
        let table = columns_table(format!("Columns of {}", object.name), object.columns);
        view! {
            <section class="stack">
                <h2 class="cluster">{object.name}{asset}</h2>
                {(!object.description.is_empty()).then(|| view! { <Paragraphs text=object.description /> })}
                {rules}
                {table}
            </section>
        }
    });
    view! {
        {sections.collect_view()}
        {pager}
    }
    .into_any()
}

/// Columns with what is promised of each.
pub(crate) fn columns_table(caption: String, columns: Vec<ContractColumn>) -> AnyView {
    let heads = ["Column", "Type", "Meaning", "Rules", "Classification"].map(Column::text).to_vec();
    let rows = columns.into_iter().map(column).collect_view();
    view! { <Table caption=caption columns=heads>{rows}</Table> }.into_any()
}

fn column(column: ContractColumn) -> AnyView {
    let plain = [
        (column.primary_key, "primary key"),
        (column.required, "never empty"),
        (column.unique, "no value twice"),
    ];
    let rules =
        plain.into_iter().filter(|(holds, _)| *holds).map(|(_, rule)| rule.to_owned()).chain(column.quality);
    let rules = rules.collect::<Vec<_>>().join("; ");
    view! {
        <tr>
            <th scope="row"><code>{column.name}</code></th>
            <td data-label="Type"><code>{column.data_type}</code></td>
            <td data-label="Meaning">{column.description}</td>
            <td data-label="Rules">{rules}</td>
            <td data-label="Classification">{column.classification}</td>
        </tr>
    }
    .into_any()
}

/// Every version with what changed in it.
pub(super) fn versions(contract: &Contract) -> AnyView {
    let path = contract_href(&contract.summary.id);
    let shown = contract.shown_version.clone();
    let items = contract.versions.clone().into_iter().map(|version| {
        let href = Query::default().and("version", &version.version).to(&path);
        let is_shown = version.version == shown;
        let more = version.changes.len().saturating_sub(MOST_CHANGES);
        let more = (more > 0).then(|| {
            view! { <li class="muted">{format!("and {more} more, to be seen in the documents of both versions")}</li> }
        });
        let changes = version.changes.into_iter().take(MOST_CHANGES).map(|change| {
            let class = if change.breaking { "diff-remove" } else { "diff-add" };
            let word = if change.breaking { "Breaking: " } else { "Compatible: " };
            view! { <li class=class>{word}{change.text}</li> }
        });
        view! {
            <li class="timeline-item">
                <p class="cluster">
                    <a class="link" href=href aria-current=is_shown.then_some("true")>{version.version}</a>
                    <Badge tone=Tone::Idle text=version.status />
                    <span class="muted"><Moment at=version.published_at /></span>
                </p>
                <ul class="stack mt-1">{changes.collect_view()}{more}</ul>
            </li>
        }
    });
    view! {
        <section class="stack" aria-labelledby="versions">
            <h2 id="versions">"Versions"</h2>
            <ol class="timeline">{items.collect_view()}</ol>
        </section>
    }
    .into_any()
}
