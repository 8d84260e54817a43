//! Who uses a product or an asset, and what nobody uses of a domain.

mod unused;

use lakeport_model::First;
use lakeport_model::people::DomainRef;
use lakeport_model::usage::{Group, Headcount, Reader, SMALLEST_GROUP, USUAL_DAYS, Usage, Used, WINDOWS};
use leptos::prelude::*;

use super::{asset_href, crumb, crumbs, domain_href, page_query, page_thing, person_href, product_href};
use crate::api;
use crate::error::ApiError;
use crate::query::Query;
use crate::ui::{Column, Day, Fact, PageHead, Table, Tabs, counted, cut, day_words, load, number};

pub(crate) use unused::{UnusedPage, unused_href};

/// The page.
const PAGE: &str = "/usage";

/// Name of the address's part that says over how many days.
const DAYS: &str = "days";

/// What every number here leaves out.
const NOT_SEEN: &str = "Reading outside the portal is not seen here.";

/// The address of the page about something.
pub(crate) fn usage_href(kind: Used, id: &str) -> String {
    Query::default().and("kind", kind).and("id", id).to(PAGE)
}

/// How many people read something, with the way to who they are; nothing where that is not told.
pub(crate) fn read_by_fact(kind: Used, id: &str, people: Option<Headcount>) -> Option<AnyView> {
    let words = format!("{} in {USUAL_DAYS} days", people?.words());
    let href = usage_href(kind, id);
    Some(view! { <Fact label="Read by"><a class="link" href=href>{words}</a></Fact> }.into_any())
}

/// The use of what the address names.
#[component]
pub(crate) fn UsagePage() -> impl IntoView {
    let (named, query) = (page_thing(), page_query());
    let days = move || Query::parse(&query.get()).get(DAYS).and_then(|days| days.parse::<u32>().ok());
    let usage = Resource::new(
        move || (named.get(), days()),
        |((kind, id), days)| async move {
            let kind: Used = kind.parse().map_err(|_| ApiError::not_found("page"))?;
            api::usage::usage(kind, id, days).await
        },
    );
    view! { <div class="page">{load(usage, |usage| content(&usage))}</div> }
}

fn content(usage: &Usage) -> AnyView {
    let Usage { kind, id, name, way, days, .. } = usage;
    let thing = match kind {
        Used::Product => product_href(&id.as_str().into()),
        Used::Asset => asset_href(&id.as_str().into()),
    };
    let mut crumbs = crumbs("Catalog", "/catalog", way);
    crumbs.push(crumb(name, thing));
    let tab = |window: u32| {
        let href = Query::default().and("kind", kind).and("id", id).and(DAYS, window).to(PAGE);
        (format!("{window} days"), href, window == *days)
    };
    let tabs = WINDOWS.into_iter().map(tab).collect();
    let readers = usage.readers.as_ref().filter(|readers| readers.of > 0).map(named);
    let is_told = usage.readers.as_ref().is_some_and(|readers| readers.of > 0);
    let groups = (!usage.groups.is_empty()).then(|| by_domain(&usage.groups, is_told));
    let chart = is_told.then(|| chart(usage));
    view! {
        <PageHead title=format!("Use of {name}") crumbs=crumbs />
        <Tabs label="Over how many days" tabs=tabs />
        <div class="stack min-w-0">
            <p id="read-by">{lead(usage)}</p>
            <p class="muted">{what_counts(usage)}</p>
            {chart}
            {groups}
            {readers}
        </div>
    }
    .into_any()
}

/// How many read it.
fn lead(usage: &Usage) -> String {
    if usage.opens_here {
        format!("{} read it in the last {} days.", usage.people.words(), usage.days)
    } else {
        "Nothing of it opens in this portal, so that nobody is seen to read it.".to_owned()
    }
}

/// What the numbers are of.
fn what_counts(usage: &Usage) -> String {
    let of = match usage.kind {
        Used::Product => "What is read of the assets behind its output ports counts. ",
        Used::Asset => "",
    };
    let in_one = "Whoever belongs to several domains counts in the first one by name.";
    let names = if usage.readers.is_some() {
        String::new()
    } else {
        format!(
            " Those who decide about access to it see who they are and how often they read; of fewer than {SMALLEST_GROUP} people \
             you are not told the number."
        )
    };
    format!("{of}{in_one}{names} {NOT_SEEN}")
}

/// Readings over time, as bars and as a table.
fn chart(usage: &Usage) -> AnyView {
    let unit = if usage.by_month { "month" } else { "week" };
    let rows = usage.bars.iter().map(|bar| {
        view! {
            <tr>
                <th scope="row"><Day day=bar.from /></th>
                <td data-label="Readings" class="num">{number(bar.readings)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let heads = vec![Column::text("From"), Column::number("Readings")];
    let first = usage.bars.first().map(|bar| format!(" since {}", day_words(bar.from)));
    view! {
        <section class="stack" aria-labelledby="over-time">
            <h2 id="over-time">"Readings by "{unit}</h2>
            <figure class="chart">
                <figcaption>{counted(total(usage), "reading")}{first}</figcaption>
                <div aria-hidden="true" inner_html=usage.drawing.clone()></div>
                <details>
                    <summary>"Show the figures as a table"</summary>
                    <Table caption=format!("Readings by {unit}") columns=heads>{rows}</Table>
                </details>
            </figure>
        </section>
    }
    .into_any()
}

fn total(usage: &Usage) -> i64 {
    usage.bars.iter().map(|bar| i64::from(bar.readings)).sum()
}

/// How many people of which domain; how often and when they read, where that is told.
fn by_domain(groups: &[Group], is_told: bool) -> AnyView {
    let mut heads = vec![Column::text("Domain"), Column::text("People")];
    if is_told {
        heads.extend([Column::number("Readings"), Column::text("Last reading")]);
    }
    let rows = groups.iter().map(group_row).collect_view();
    view! {
        <section class="stack" aria-labelledby="by-domain">
            <h2 id="by-domain">"By domain"</h2>
            <Table caption="Readers by domain" columns=heads>{rows}</Table>
        </section>
    }
    .into_any()
}

fn group_row(group: &Group) -> AnyView {
    let readings = group
        .readings
        .map(|readings| view! { <td data-label="Readings" class="num">{number(readings)}</td> });
    let last = group.last.map(|last| view! { <td data-label="Last reading"><Day day=last /></td> });
    view! {
        <tr>
            <th scope="row">{domain(group.domain.as_ref())}</th>
            <td data-label="People">{group.people.words()}</td>
            {readings}
            {last}
        </tr>
    }
    .into_any()
}

fn domain(domain: Option<&DomainRef>) -> AnyView {
    match domain.cloned() {
        Some(DomainRef { id, name }) => view! { <a class="link" href=domain_href(&id)>{name}</a> }.into_any(),
        None => "No domain".into_any(),
    }
}

/// Readers by name.
fn named(readers: &First<Reader>) -> AnyView {
    let heads = vec![
        Column::text("Who"),
        Column::text("Domain"),
        Column::number("Readings"),
        Column::text("Last reading"),
    ];
    let cut = cut(readers.items.len(), Some(readers.of), "newest");
    let rows = readers.items.iter().map(reader_row).collect_view();
    view! {
        <section class="stack" aria-labelledby="readers">
            <h2 id="readers">"Who they are"</h2>
            <Table caption="Who read it" columns=heads>{rows}</Table>
            {cut.map(|words| view! { <p class="muted">{words}</p> })}
        </section>
    }
    .into_any()
}

fn reader_row(reader: &Reader) -> AnyView {
    let name = reader.name.clone();
    let who = match reader.person {
        Some(id) => view! { <a class="link" href=person_href(id)>{name}</a> }.into_any(),
        None => name.into_any(),
    };
    view! {
        <tr>
            <th scope="row">{who}</th>
            <td data-label="Domain">{domain(reader.domain.as_ref())}</td>
            <td data-label="Readings" class="num">{number(reader.readings)}</td>
            <td data-label="Last reading"><Day day=reader.last /></td>
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use lakeport_model::catalog::Way;

    use super::*;

    fn usage(people: u32, opens_here: bool, readers: Option<First<Reader>>) -> Usage {
        Usage {
            kind: Used::Product,
            id: "a/b".to_owned(),
            name: "Orders".to_owned(),
            way: Way::default(),
            days: 30,
            opens_here,
            people: Headcount::blurred(people),
            groups: Vec::new(),
            readers,
            by_month: false,
            bars: Vec::new(),
            drawing: String::new(),
        }
    }

    #[test]
    fn a_page_says_what_its_numbers_are_and_what_they_leave_out() {
        assert_eq!(usage_href(Used::Product, "a/b"), "/usage?kind=product&id=a%2Fb");
        assert_eq!(lead(&usage(0, true, None)), "Nobody read it in the last 30 days.");
        assert_eq!(lead(&usage(2, true, None)), "1 or 2 people read it in the last 30 days.");
        assert!(lead(&usage(0, false, None)).starts_with("Nothing of it opens in this portal"));
        let told = what_counts(&usage(2, true, None));
        assert!(told.contains("of fewer than 3 people you") && told.ends_with(NOT_SEEN), "{told}");
        let names = what_counts(&usage(2, true, Some(First::cut(Vec::new(), 1))));
        assert!(!names.contains("decide about access") && names.ends_with(NOT_SEEN), "{names}");
    }
}
