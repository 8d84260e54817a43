//! What depends on an asset or a column of it, and what that is made from, as lists.

use lakeport_model::PageRequest;
use lakeport_model::impact::{ImpactPage as Found, ImpactRequest, Side};
use lakeport_model::people::DomainRef;
use leptos::prelude::*;

use super::panel::hit_facts;
use super::reached::{causes, table};
use crate::api;
use crate::pages::{crumbs, page_query};
use crate::query::Query;
use crate::ui::{Empty, Field, Hidden, Notice, PageHead, Tabs, Tone, counted, load, number};

/// The page.
const PAGE: &str = "/lineage/impact";
/// The same list as a file.
const FILE: &str = "/lineage/impact.csv";

/// The address of a list.
pub(crate) fn impact_href(asset: &str, column: Option<&str>, side: Side) -> String {
    list_query(asset, column, side).to(PAGE)
}

/// What an address names of a list, whichever part of it; downstream goes without saying.
fn list_query(asset: &str, column: Option<&str>, side: Side) -> Query {
    let query = Query::default().and("asset", asset);
    let query = match column {
        Some(column) => query.and("column", column),
        None => query,
    };
    match side {
        Side::Downstream => query,
        Side::Upstream => query.and("side", side),
    }
}

/// What a query string asks for; `None` without an asset.
fn impact_request(query: &Query) -> Option<ImpactRequest> {
    let part = |name| query.get(name).map(ToOwned::to_owned);
    Some(ImpactRequest {
        asset: part("asset")?,
        column: part("column"),
        side: query.get("side").and_then(|side| side.parse().ok()).unwrap_or(Side::Downstream),
        domain: part("domain"),
        page: PageRequest { after: part("after"), ..PageRequest::default() },
    })
}

/// The query string of a list from its beginning.
fn query_of(request: &ImpactRequest) -> Query {
    let query = list_query(&request.asset, request.column.as_deref(), request.side);
    match &request.domain {
        Some(domain) => query.and("domain", domain),
        None => query,
    }
}

/// What is asked for and found; what of the address did not fit is left out of it, with a sentence each.
type Shown = (ImpactRequest, Found, Vec<String>);

async fn find(query: &Query) -> api::Answer<Option<Shown>> {
    let Some(mut request) = impact_request(query) else { return Ok(None) };
    let mut unfit = Vec::new();
    loop {
        let error = match api::lineage::impact_page(request.clone()).await {
            Ok(found) => return Ok(Some((request, found, unfit))),
            Err(error) => error,
        };
        // Each time the request loses a part, so that this comes to an end.
        let Some(less) = without(&request, error.field.as_deref()) else { return Err(error) };
        request = less;
        unfit.push(error.message);
    }
}

/// The request from its beginning without this part; `None` where it has no such part to lose.
fn without(request: &ImpactRequest, part: Option<&str>) -> Option<ImpactRequest> {
    let mut less = ImpactRequest { page: PageRequest::default(), ..request.clone() };
    let had_it = match part? {
        "column" => less.column.take().is_some(),
        "domain" => less.domain.take().is_some(),
        "after" => request.page.after.is_some(),
        _ => false,
    };
    had_it.then_some(less)
}

/// The page.
#[component]
pub(crate) fn ImpactPage() -> impl IntoView {
    let query = page_query();
    let found = Resource::new(move || query.get(), |query| async move { find(&Query::parse(&query)).await });
    view! {
        <div class="page-wide">
            {load(found, |found| match found {
                Some((request, found, unfit)) => content(&request, found, unfit),
                None => start(),
            })}
        </div>
    }
}

fn start() -> AnyView {
    let text = "This list begins with an asset. Find one, then ask what depends on it.";
    view! {
        <PageHead title="What depends on what" />
        <Empty text=text href="/catalog" action="Search the catalog" />
    }
    .into_any()
}

/// Says what of the address did not fit, with the address of what is shown instead.
fn left_out(request: &ImpactRequest, unfit: &[String]) -> Option<AnyView> {
    (!unfit.is_empty()).then(|| {
        let (said, href) = (unfit.join(" "), query_of(request).to(PAGE));
        view! {
            <Notice tone=Tone::Warn>
                <p>{said}" "<a class="link" href=href>"The list without that"</a>" stands below."</p>
            </Notice>
        }
        .into_any()
    })
}

fn content(request: &ImpactRequest, found: Found, unfit: Vec<String>) -> AnyView {
    let crumbs = crumbs("Catalog", "/catalog", &found.way);
    let (title, summary) = (title(request, &found.asset.name), summary(request, &found));
    let (filter, actions) = (filter(request, &found), actions(request, &found));
    let left_out = left_out(request, &unfit);
    let tabs = [("What depends on it", Side::Downstream), ("What it is made from", Side::Upstream)];
    let tabs = tabs.map(|(words, side)| {
        let href = impact_href(&request.asset, request.column.as_deref(), side);
        (words.to_owned(), href, side == request.side)
    });
    // They are those of the whole list, and stand at its beginning.
    let is_first = request.page.after.is_none();
    let causes = (request.side == Side::Upstream && is_first).then(|| {
        let all = found.domains.iter().map(|(_, count)| *count).fold(0, u32::saturating_add);
        causes(found.broken, all, request.column.is_some())
    });
    let hit = found.impact.map(|impact| {
        let facts = hit_facts("facts grid-cols-[repeat(auto-fill,minmax(180px,1fr))]", impact, None);
        view! {
            <section class="card stack" aria-labelledby="hit">
                <h2 id="hit">"Who is hit when it changes"</h2>
                {facts}
            </section>
        }
    });
    let list = if found.items.is_empty() {
        let Nothing { text, href, action } = why_nothing(request, found.total);
        view! { <Empty text=text href=href action=action /> }.into_any()
    } else {
        let first = request.page.after.as_ref().map(|_| {
            view! { <a class="btn btn-sm" href=query_of(request).to(PAGE)>"From the beginning"</a> }
        });
        let next = found.next.map(|after| {
            let href = query_of(request).and("after", after).to(PAGE);
            view! { <a class="btn btn-sm" href=href>"Next"</a> }
        });
        let pages = (first.is_some() || next.is_some()).then(|| {
            view! { <nav class="pager" aria-label="Pages of the list">{first}{next}</nav> }
        });
        view! {
            {table(title.clone(), request.column.is_some(), found.items)}
            {pages}
        }
        .into_any()
    };
    view! {
        <PageHead title=title crumbs=crumbs>
            <div class="page-actions">{actions}</div>
        </PageHead>
        {left_out}
        <Tabs label="Ways to go" tabs=Vec::from(tabs) />
        {filter}
        <div class="stack">
            <p id="summary">{summary}</p>
            {hit}
            {causes}
            {list}
        </div>
    }
    .into_any()
}

fn title(request: &ImpactRequest, name: &str) -> String {
    let what = match &request.column {
        Some(column) => format!("{column} in {name}"),
        None => name.to_owned(),
    };
    match request.side {
        Side::Downstream => format!("What depends on {what}"),
        Side::Upstream => format!("What {what} is made from"),
    }
}

/// How many the list has in all, as far as the viewer sees them.
fn summary(request: &ImpactRequest, found: &Found) -> String {
    let of = match (&found.domain, found.domains.len()) {
        (Some(chosen), _) => format!(" of {}", chosen.name),
        (None, 0 | 1) => String::new(),
        (None, many) => format!(" of {many} domains"),
    };
    let (count, is_one) = (counted(found.total, "asset"), found.total == 1);
    let column = request.column.as_ref();
    match request.side {
        Side::Downstream => {
            let what = column.map_or_else(|| "it".to_owned(), |column| format!("its column {column}"));
            let least = if found.there_are_more { "At least " } else { "" };
            let depend = if is_one { "depends" } else { "depend" };
            format!("{least}{count}{of} that you see in full {depend} on {what}, over all hops.")
        }
        Side::Upstream => {
            let what = column.map_or_else(|| "It".to_owned(), |column| format!("Its column {column}"));
            let least = if found.there_are_more { "at least " } else { "" };
            format!("{what} is made from {least}{count}{of} that you see in full, over all hops.")
        }
    }
}

/// Chooses a column and a domain.
fn filter(request: &ImpactRequest, found: &Found) -> AnyView {
    let option = |value: String, words: String, chosen: Option<&String>| {
        let is_chosen = chosen == Some(&value);
        view! { <option value=value selected=is_chosen>{words}</option> }
    };
    let columns =
        found.columns.iter().map(|column| option(column.clone(), column.clone(), request.column.as_ref()));
    let columns = columns.collect_view();
    // A domain of which nothing is reached may be chosen; it is shown all the same.
    let is_other = |chosen: &&DomainRef| !found.domains.iter().any(|(domain, _)| domain.id == chosen.id);
    let other = found.domain.as_ref().filter(is_other);
    let other = other
        .map(|DomainRef { id, name }| option(id.to_string(), format!("{name} (0)"), request.domain.as_ref()));
    let domains = found.domains.iter().map(|(DomainRef { id, name }, count)| {
        option(id.to_string(), format!("{name} ({})", number(*count)), request.domain.as_ref())
    });
    let domains = domains.collect_view();
    let side = (request.side == Side::Upstream)
        .then(|| view! { <Hidden name="side" value=Side::Upstream.as_str() /> });
    view! {
        <form class="toolbar" method="get" action=PAGE aria-label="Choose from the list">
            <Hidden name="asset" value=request.asset.clone() />
            {side}
            <Field name="column" label="Column">
                <select class="select select-sm w-48" id="column" name="column">
                    <option value="">"All columns"</option>
                    {columns}
                </select>
            </Field>
            <Field name="domain" label="Domain">
                <select class="select select-sm w-56" id="domain" name="domain">
                    <option value="">"All domains"</option>
                    {other}
                    {domains}
                </select>
            </Field>
            <button class="btn btn-sm" type="submit">"Show"</button>
        </form>
    }
    .into_any()
}

/// The same as a drawing and as a file.
fn actions(request: &ImpactRequest, found: &Found) -> AnyView {
    let file = (found.total > 0).then(|| {
        let href = query_of(request).to(FILE);
        view! { <a class="btn btn-sm" href=href download rel="external">"Download as CSV"</a> }
    });
    view! {
        <a class="btn btn-sm" href=graph_href(request)>"Show as graph"</a>
        {file}
    }
    .into_any()
}

fn graph_href(request: &ImpactRequest) -> String {
    let query = Query::default().and("focus", &request.asset);
    match &request.column {
        Some(column) => query.and("column", column).to("/lineage"),
        None => query.to("/lineage"),
    }
}

/// Why nothing is listed, and the way on.
struct Nothing {
    text: &'static str,
    href: String,
    action: &'static str,
}

/// `total` is how many the whole list has.
fn why_nothing(request: &ImpactRequest, total: u32) -> Nothing {
    let whole = |column| impact_href(&request.asset, column, request.side);
    let column = request.column.as_deref();
    if total > 0 {
        let href = query_of(request).to(PAGE);
        return Nothing { text: "The list goes no further.", href, action: "From the beginning" };
    }
    if request.domain.is_some() {
        let text = match request.side {
            Side::Downstream => "Nothing of this domain that you see in full depends on it.",
            Side::Upstream => "It is made from nothing of this domain that you see in full.",
        };
        return Nothing { text, href: whole(column), action: "Show all domains" };
    }
    let text = match (request.side, column) {
        (Side::Downstream, None) => "Nothing that you see in full is made from it.",
        (Side::Downstream, Some(_)) => "Nothing that you see in full is made from this column.",
        (Side::Upstream, None) => "It is made from nothing that you see in full.",
        (Side::Upstream, Some(_)) => "This column is made from nothing that you see in full.",
    };
    match column {
        Some(_) => Nothing { text, href: whole(None), action: "Show all columns" },
        None => Nothing { text, href: graph_href(request), action: "Show as graph" },
    }
}

#[cfg(test)]
mod tests {
    use lakeport_model::catalog::{AssetKind, AssetRef, Way};

    use super::*;

    fn request(text: &str) -> ImpactRequest {
        impact_request(&Query::parse(text)).expect("the address names an asset")
    }

    fn found(total: u32, there_are_more: bool, domains: &[(&str, u32)]) -> Found {
        let asset = AssetRef {
            id: "gold.a".into(),
            name: "gold.a".to_owned(),
            kind: AssetKind::Table,
            layer: None,
            opens_here: true,
        };
        let domain = |id: &str| DomainRef { id: id.into(), name: id.to_uppercase() };
        Found {
            asset,
            way: Way::default(),
            columns: Vec::new(),
            impact: None,
            domain: None,
            total,
            there_are_more,
            domains: domains.iter().map(|(id, count)| (domain(id), *count)).collect(),
            broken: Vec::new(),
            items: Vec::new(),
            next: None,
        }
    }

    #[test]
    fn a_list_survives_its_address() {
        let text = "asset=gold.a%2Fb&column=fee_eur&side=upstream&domain=finance";
        assert_eq!(query_of(&request(text)).to_string(), text);
        assert_eq!(request(&format!("{text}&after=x%3D1")).page.after.as_deref(), Some("x=1"));
        assert_eq!(query_of(&request("asset=a&side=sideways&column=")).to_string(), "asset=a");
        assert_eq!(impact_request(&Query::parse("column=x")), None);
        assert_eq!(impact_href("a", Some("b"), Side::Downstream), "/lineage/impact?asset=a&column=b");
    }

    #[test]
    fn what_is_counted_is_never_said_to_be_all_there_is() {
        let said = |text: &str, found: &Found| summary(&request(text), found);
        let many = found(1_240, true, &[("a", 1_000), ("b", 240)]);
        assert_eq!(
            said("asset=x", &many),
            "At least 1,240 assets of 2 domains that you see in full depend on it, over all hops."
        );
        assert_eq!(
            said("asset=x&side=upstream&column=c", &many),
            "Its column c is made from at least 1,240 assets of 2 domains that you see in full, over all hops."
        );
        let one = found(1, false, &[("a", 1), ("b", 3)]);
        let chosen = |id: &str| Some(DomainRef { id: id.into(), name: id.to_uppercase() });
        let one = Found { domain: chosen("a"), ..one };
        assert_eq!(
            said("asset=x&domain=a", &one),
            "1 asset of A that you see in full depends on it, over all hops."
        );
        let none = Found { domain: chosen("c"), ..found(0, false, &[("a", 1), ("b", 3)]) };
        assert_eq!(
            said("asset=x&domain=c", &none),
            "0 assets of C that you see in full depend on it, over all hops."
        );
    }

    #[test]
    fn what_does_not_fit_is_left_out_and_the_rest_is_shown() {
        let all = request("asset=a&column=c&side=upstream&domain=d&after=z");
        let rest =
            |part| without(&all, Some(part)).map(|less| (query_of(&less).to_string(), less.page.after));
        let left = |text: &str| Some((text.to_owned(), None));
        assert_eq!(rest("column"), left("asset=a&side=upstream&domain=d"));
        assert_eq!(rest("domain"), left("asset=a&column=c&side=upstream"));
        assert_eq!(rest("after"), left("asset=a&column=c&side=upstream&domain=d"));
        assert_eq!((without(&all, None), without(&all, Some("asset"))), (None, None));
        assert_eq!(without(&request("asset=a"), Some("column")), None, "nothing is asked for without an end");
    }

    #[test]
    fn an_empty_list_always_leads_on() {
        let said = |text: &str, total| {
            let Nothing { href, action, .. } = why_nothing(&request(text), total);
            (href, action)
        };
        let way = |href: &str, action| (href.to_owned(), action);
        assert_eq!(said("asset=a", 0), way("/lineage?focus=a", "Show as graph"));
        assert_eq!(said("asset=a&column=c", 0), way("/lineage/impact?asset=a", "Show all columns"));
        assert_eq!(
            said("asset=a&column=c&domain=d", 0),
            way("/lineage/impact?asset=a&column=c", "Show all domains")
        );
        assert_eq!(said("asset=a&after=z", 3), way("/lineage/impact?asset=a", "From the beginning"));
    }
}
