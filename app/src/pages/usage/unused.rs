//! What nobody uses of a domain.

use chrono::NaiveDate;
use lakeport_model::retire::Retirable;
use lakeport_model::usage::{MONTHS, Unused, UnusedPage as Page, Used};
use lakeport_model::{DomainId, PageRequest};
use leptos::prelude::*;

use super::{NOT_SEEN, usage_href};
use crate::api;
use crate::pages::retire::retire_href;
use crate::pages::{crumb, domain_href, page_id, page_query, product_href};
use crate::query::Query;
use crate::ui::{Column, Day, PageHead, Table, Tabs, day_words, load, number};

/// Name of the address's part that says for how many months.
const FOR: &str = "months";

/// Name of the address's part that says from where on they are listed.
const AFTER: &str = "after";

/// The address of the page.
pub(crate) fn unused_href(domain: &DomainId) -> String {
    format!("{}/unused", domain_href(domain))
}

/// The products of a domain that nobody uses.
#[component]
pub(crate) fn UnusedPage() -> impl IntoView {
    let (id, query) = (page_id(), page_query());
    let part = move || {
        let query = Query::parse(&query.get());
        let months = query.get(FOR).and_then(|months| months.parse::<u32>().ok());
        (months, query.get(AFTER).map(ToOwned::to_owned))
    };
    let unused = Resource::new(
        move || (id.get(), part()),
        |(id, (months, after))| async move {
            let page = PageRequest { after: after.clone(), ..PageRequest::default() };
            Ok((after.is_some(), api::usage::unused(id, months, page).await?))
        },
    );
    view! { <div class="page">{load(unused, |(is_later, page)| content(is_later, &page))}</div> }
}

fn content(is_later: bool, page: &Page) -> AnyView {
    let (domain, href) = (&page.domain, unused_href(&page.domain.id));
    let crumbs = vec![crumb("Catalog", "/catalog"), crumb(&domain.name, domain_href(&domain.id))];
    let tab = |months: u32| {
        (format!("{months} months"), Query::default().and(FOR, months).to(&href), months == page.months)
    };
    let tabs = MONTHS.into_iter().map(tab).collect();
    let list = if page.products.items.is_empty() {
        let text =
            if is_later { "Nothing more is listed." } else { "No data product is unused for so long." };
        view! { <p class="muted">{text}</p> }.into_any()
    } else {
        let heads = vec![
            Column::text("Data product"),
            Column::text("Last reading"),
            Column::number("Hold access"),
            Column::number("Subscriptions"),
            Column::text("What to do"),
        ];
        let rows =
            page.products.items.iter().map(|unused| row(unused, page.since, page.may_retire)).collect_view();
        view! { <Table caption="Unused data products" columns=heads>{rows}</Table> }.into_any()
    };
    let next = page.products.next.clone().map(|after| {
        let href = Query::default().and(FOR, page.months).and(AFTER, after).to(&href);
        view! {
            <nav class="pager" aria-label="Pages of unused data products">
                <a class="btn btn-sm" href=href>"More"</a>
            </nav>
        }
    });
    view! {
        <PageHead title=format!("Unused in {}", domain.name) crumbs=crumbs />
        <Tabs label="For how many months" tabs=tabs />
        <div class="stack min-w-0">
            <p>{lead(page)}</p>
            <p class="muted">{left_out()}</p>
            {list}
            {next}
        </div>
    }
    .into_any()
}

fn lead(page: &Page) -> String {
    format!("Data products that nobody read in the portal since {}.", day_words(page.since))
}

fn left_out() -> String {
    format!(
        "Those that came later are left out, those without a table that opens here, and those that are retired or will be. \
         {NOT_SEEN}"
    )
}

fn row(unused: &Unused, since: NaiveDate, may_retire: bool) -> AnyView {
    let Unused { product, name, was_read, last, holders, subscriptions } = unused.clone();
    let last = match last {
        Some(last) => view! { <Day day=last /> }.into_any(),
        None if was_read => view! { "before "<Day day=since /> }.into_any(),
        None => "never read here".into_any(),
    };
    let (usage, label) = (usage_href(Used::Product, product.as_str()), format!("Use of {name}"));
    let retire = may_retire.then(|| {
        let (href, label) = (retire_href(Retirable::Product, product.as_str()), format!("Retire {name}"));
        view! { <a class="link" href=href aria-label=label>"Retire"</a> }
    });
    view! {
        <tr>
            <th scope="row"><a class="link" href=product_href(&product)>{name}</a></th>
            <td data-label="Last reading">{last}</td>
            <td data-label="Hold access" class="num">{number(holders)}</td>
            <td data-label="Subscriptions" class="num">{number(subscriptions)}</td>
            <td data-label="What to do">
                <div class="cluster"><a class="link" href=usage aria-label=label>"Use"</a>{retire}</div>
            </td>
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_an_address_below_its_domain() {
        assert_eq!(unused_href(&"a/b".into()), "/domains/a%2Fb/unused");
        assert!(left_out().ends_with(NOT_SEEN));
    }
}
