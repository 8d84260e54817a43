//! How well a domain keeps up what it offers: a score, what it is made of, and what is to do.

use lakeport_model::health::{Gap, Health, HealthPart, Measured};
use lakeport_model::{DomainId, First, PageRequest};
use leptos::prelude::*;

use super::assets::edit_href;
use super::usage::unused_href;
use super::{asset_href, crumb, domain_href, page_id, page_query};
use crate::api;
use crate::query::Query;
use crate::ui::{Column, PageHead, Table, load, number};

/// Name of the address's part that says from where on columns without a meaning are listed.
const AFTER: &str = "after";

/// The address of the page.
pub(crate) fn health_href(domain: &DomainId) -> String {
    format!("{}/health", domain_href(domain))
}

/// The health of a domain.
#[component]
pub(crate) fn HealthPage() -> impl IntoView {
    let (id, query) = (page_id(), page_query());
    let health = Resource::new(
        move || (id.get(), Query::parse(&query.get()).get(AFTER).map(ToOwned::to_owned)),
        |(id, after)| async move {
            let page = PageRequest { after: after.clone(), ..PageRequest::default() };
            Ok((after.is_some(), api::health::health(id, page).await?))
        },
    );
    view! { <div class="page">{load(health, |(is_later, health)| content(is_later, &health))}</div> }
}

fn content(is_later: bool, health: &Health) -> AnyView {
    let domain = &health.domain;
    let crumbs = vec![crumb("Catalog", "/catalog"), crumb(&domain.name, domain_href(&domain.id))];
    let parts = health.parts.iter().map(|part| row(health, part)).collect_view();
    let heads = vec![
        Column::text("What"),
        Column::text("How many"),
        Column::number("Share"),
        Column::text("What is to do"),
    ];
    let score = if is_later {
        view! { <p><a class="link" href=health_href(&domain.id)>"To the score"</a></p> }.into_any()
    } else {
        view! {
            <p id="score">{score_words(health.score())}</p>
            <section class="stack" aria-labelledby="parts">
                <h2 id="parts">"What it is made of"</h2>
                <Table caption="What it is made of" columns=heads>{parts}</Table>
            </section>
        }
        .into_any()
    };
    let unused = unused_href(&domain.id);
    view! {
        <PageHead title=format!("Health of {}", domain.name) crumbs=crumbs>
            <div class="page-actions">
                <a class="btn btn-sm" href=unused>"Unused products"</a>
            </div>
        </PageHead>
        <div class="stack min-w-0">
            {score}
            {gaps(is_later, health)}
        </div>
    }
    .into_any()
}

fn score_words(score: Option<u32>) -> String {
    match score {
        Some(score) => format!(
            "{score} of 100: the mean of the shares below, each as heavy as the others. Shares are rounded down, so that 100 says all \
             of them. Columns and output ports of what is retired do not count."
        ),
        None => "There is nothing to measure yet: no contract whose checks you are told, no access that is reviewed, no columns and no output \
                 ports."
            .to_owned(),
    }
}

fn row(health: &Health, measured: &Measured) -> AnyView {
    let how_many = match measured.part {
        _ if measured.of > 0 => format!("{} of {}", number(measured.done), number(measured.of)),
        HealthPart::Contracts => "None whose checks you are told; this does not count".to_owned(),
        _ => "There are none; this does not count".to_owned(),
    };
    let share = measured.share().map(|share| format!("{share} %"));
    let share_label = share.is_some().then_some("Share");
    let todo = todo(health, measured);
    let todo_label = todo.is_some().then_some("What is to do");
    view! {
        <tr>
            <th scope="row">{what(measured.part)}</th>
            <td data-label="How many">{how_many}</td>
            <td data-label=share_label class="num">{share}</td>
            <td data-label=todo_label>{todo}</td>
        </tr>
    }
    .into_any()
}

/// What a part counts.
fn what(part: HealthPart) -> &'static str {
    match part {
        HealthPart::Contracts => "Contracts whose promises are kept, of those whose checks you are told",
        HealthPart::Reviews => "Grants whose review is not overdue",
        HealthPart::Meanings => "Columns whose meaning is described",
        HealthPart::Promises => "Output ports that have a contract",
    }
}

/// The way to what is missing; nothing where nothing is.
fn todo(health: &Health, measured: &Measured) -> Option<AnyView> {
    if measured.done == measured.of {
        return None;
    }
    let todo = match measured.part {
        HealthPart::Contracts => named("Not kept or not checked: ", &measured.todo),
        HealthPart::Promises => named("Without one: ", &measured.todo),
        HealthPart::Reviews if health.may_edit => {
            view! { <a class="link" href="/reviews">"Review these grants"</a> }.into_any()
        }
        HealthPart::Reviews => "The domain's owners and stewards review them".into_any(),
        HealthPart::Meanings => view! { <a class="link" href="#gaps">"See which"</a> }.into_any(),
    };
    // One thing beside the label of a narrow page.
    Some(view! { <div class="min-w-0">{todo}</div> }.into_any())
}

fn named(before: &'static str, todo: &First<(String, String)>) -> AnyView {
    let links = todo.items.iter().cloned().enumerate().map(|(place, (name, href))| {
        let comma = (place > 0).then_some(", ");
        view! { {comma}<a class="link" href=href>{name}</a> }
    });
    let more = (todo.more() > 0).then(|| format!(" and {} more", number(todo.more())));
    view! { {before}{links.collect_view()}{more} }.into_any()
}

/// Assets with columns that nobody described.
fn gaps(is_later: bool, health: &Health) -> AnyView {
    let list = if health.gaps.items.is_empty() {
        let text = match (is_later, health.gaps.next.is_some()) {
            (_, true) => "In this part every column is described.",
            (true, false) => "Nothing more is listed.",
            (false, false) => "Every column is described.",
        };
        view! { <p class="muted">{text}</p> }.into_any()
    } else {
        let heads = ["Asset", "Columns without a meaning", "Change"];
        let heads = heads.into_iter().take(if health.may_edit { 3 } else { 2 });
        let heads = heads.map(Column::text).collect();
        let rows = health.gaps.items.iter().map(|gap| gap_row(gap, health.may_edit)).collect_view();
        view! { <Table caption="Columns without a meaning" columns=heads>{rows}</Table> }.into_any()
    };
    let next = health.gaps.next.clone().map(|after| {
        let href = format!("{}#gaps", Query::default().and(AFTER, after).to(&health_href(&health.domain.id)));
        view! {
            <nav class="pager" aria-label="Pages of columns without a meaning">
                <a class="btn btn-sm" href=href>"More"</a>
            </nav>
        }
    });
    view! {
        <section class="stack" aria-labelledby="gaps">
            <h2 id="gaps">"Columns without a meaning"</h2>
            {list}
            {next}
        </section>
    }
    .into_any()
}

fn gap_row(gap: &Gap, may_edit: bool) -> AnyView {
    let Gap { asset, columns } = gap.clone();
    let change = may_edit.then(|| {
        let (href, label) = (edit_href(&asset.id), format!("Describe the columns of {}", asset.name));
        view! {
            <td data-label="Change"><a class="link" href=href aria-label=label>"Describe them"</a></td>
        }
    });
    view! {
        <tr>
            <th scope="row"><a class="link" href=asset_href(&asset.id)>{asset.name}</a></th>
            <td data-label="Columns without a meaning">{columns.words()}</td>
            {change}
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_explained_and_nothing_has_none() {
        assert!(score_words(Some(72)).starts_with("72 of 100: the mean of the shares below"));
        assert!(score_words(None).starts_with("There is nothing to measure yet"));
        assert_eq!(health_href(&"a/b".into()), "/domains/a%2Fb/health");
    }
}
