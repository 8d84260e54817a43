//! A data product: what it is, whether it can be trusted, who uses it, how to get it.

use lakeport_model::access::{HELD_PAGE, Held, HeldOn, nobody_holds};
use lakeport_model::catalog::{
    AccessStanding, Activity, BrokenInput, InputPort, NearestSources, OutputPort, ProductPage as Product,
    SupportChannel, Visibility,
};
use lakeport_model::certify::Certifiable;
use lakeport_model::contracts::unread_words;
use lakeport_model::documents::TextKind;
use lakeport_model::follow::Followable;
use lakeport_model::retire::Retirable;
use lakeport_model::usage::Used;
use lakeport_model::{First, PageRequest, ProductId, listed};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::access::{access_button, access_words, no_table, owner_links};
use crate::api;
use crate::pages::access::{HELD_AFTER, held};
use crate::pages::certify::{certified_badge, certify_fact, certify_link};
use crate::pages::documents::{ForgetDraft, edit_href, history_href, revision_href};
use crate::pages::follow::follow_button;
use crate::pages::glossary::terms_fact;
use crate::pages::proposals::change_link;
use crate::pages::retire::{banner, retire_link, retired_badge};
use crate::pages::usage::read_by_fact;
use crate::pages::{
    asset_href, contract_href, crumbs, dashboard_href, domain_link, page_id, page_query, product_href,
};
use crate::query::Query;
use crate::ui::{
    Badge, CheckBadge, ClassificationBadge, Empty, Fact, LayerBadge, Moment, Notice, PUBLISHED, PageHead,
    Paragraphs, Tone, cut, load, number,
};

/// A data product's page.
#[component]
pub(crate) fn ProductPage() -> impl IntoView {
    let id = page_id();
    let query = page_query();
    let product = Resource::new(
        move || (id.get(), Query::parse(&query.get()).get(HELD_AFTER).map(ToOwned::to_owned)),
        |(id, after)| async move {
            let product = api::catalog::product(id).await?;
            let on = HeldOn::Product(product.id.clone());
            let page = PageRequest { after, limit: HELD_PAGE };
            let held =
                if product.sees_grants { Some(api::access::held_grants(on, page).await?) } else { None };
            Ok((product, held))
        },
    );
    view! { <div class="page">{load(product, |(product, held)| content(product, held))}</div> }
}

fn content(product: Product, grants: Option<Held>) -> AnyView {
    let grants = grants.map(|grants| held(grants, &product_href(&product.id)));
    let crumbs = crumbs("Catalog", "/catalog", &product.way);
    let button = main_button(&product);
    let document = document_links(&product);
    let retirement = product.retirement.as_ref();
    let retired = banner(Retirable::Product, product.id.as_str(), retirement, product.may_retire);
    let hidden = product.details_hidden.then(|| {
        view! {
            <Notice tone=Tone::Idle>
                "Its domain and people with access see the details of this product. You see that it exists and who answers for it."
            </Notice>
        }
    });
    let certified = product.certification.is_some().then(certified_badge);
    let facts = facts(&product);
    let trust = if product.details_hidden { None } else { trust(&product) };
    let ports = (!product.details_hidden).then(|| ports(&product));
    // What is retired is no longer what its document says.
    let status = retired_badge(retirement).unwrap_or_else(|| status_badge(&product.status));
    view! {
        <PageHead title=product.name crumbs=crumbs>
            {status}
            {(product.visibility != Visibility::Open)
                .then(|| view! { <Badge tone=Tone::Idle text=format!("{} visibility", product.visibility) /> })}
            {certified}
            <div class="page-actions">{document}{button}</div>
        </PageHead>
        {retired}
        <div class="with-facts">
            <div class="stack">
                {hidden}
                {product.purpose.map(|text| view! { <Paragraphs text=text /> })}
                {trust}
                {product
                    .limitations
                    .map(|text| view! { <section class="stack"><h2>"What to know"</h2><Paragraphs text=text /></section> })}
                {product
                    .usage
                    .map(|text| view! { <section class="stack"><h2>"How to use it"</h2><Paragraphs text=text /></section> })}
                {ports}
                {activity(&product.id, product.sees_history, product.activity)}
            </div>
            {facts}
        </div>
        {grants}
    }
    .into_any()
}

/// What its document says of the product.
fn status_badge(status: &str) -> AnyView {
    let tone = if status == "active" { Tone::Ok } else { Tone::Warn };
    view! { <Badge tone=tone text=status.to_owned() /> }.into_any()
}

/// The ways to follow the product, to change its text, to its revisions, to certify and to retire it; after it was published, no
/// draft of it is kept.
fn document_links(product: &Product) -> AnyView {
    let search = use_location().search.get_untracked();
    let is_published = Query::parse(&search).get("done").is_some_and(|done| done.starts_with(PUBLISHED));
    let forget = (product.may_edit && is_published).then(|| {
        view! { <ForgetDraft kind=TextKind::Product id=product.id.to_string() domain=product.domain.id.to_string() /> }
    });
    let history = product.sees_history.then(|| {
        view! { <a class="btn btn-sm" href=history_href(TextKind::Product, product.id.as_str())>"History"</a> }
    });
    let edit = edit_href(TextKind::Product, product.id.as_str());
    let change = change_link(edit, product.may_edit, product.may_propose);
    let retirement = product.retirement.as_ref();
    let retire = retire_link(Retirable::Product, product.id.as_str(), retirement, product.may_retire);
    // What is retired, or will be, is not certified any more.
    let may_certify = product.may_certify && retirement.is_none();
    let certification = product.certification.as_ref();
    let certify = certify_link(Certifiable::Product, product.id.as_str(), certification, may_certify);
    let back = product_href(&product.id);
    let follow = follow_button(Followable::Product, product.id.as_str(), product.follows, back);
    view! { {forget}{follow}{history}{change}{certify}{retire} }.into_any()
}

/// What one can open decides what the main button says, then what one waits for or can request.
fn main_button(product: &Product) -> Option<AnyView> {
    let ports = &product.output_ports;
    let first = |fits: fn(&OutputPort) -> bool| ports.iter().find(|port| fits(port));
    let opens = |port: &OutputPort| {
        port.access.may_read() && !port.is_gone && port.asset.as_ref().is_some_and(|asset| asset.opens_here)
    };
    let port = first(opens)
        .or_else(|| first(|port| matches!(port.access, AccessStanding::Requested { .. })))
        .or_else(|| first(|port| matches!(port.access, AccessStanding::Requestable)))
        .or_else(|| ports.first())?;
    Some(port_button(product, port, true))
}

/// What the viewer may do with a port; nothing is offered to be opened that is not there.
fn port_button(product: &Product, port: &OutputPort, primary: bool) -> AnyView {
    if port.is_gone {
        return no_table();
    }
    access_button(&port.access, port.asset.as_ref(), Some((&product.id, &port.id)), primary)
}

/// What it is made from as far as that is broken, then the state of every contract in words, the worst promise among
/// them.
fn trust(product: &Product) -> Option<AnyView> {
    let contracts: Vec<_> = product.output_ports.iter().filter_map(|port| port.contract.clone()).collect();
    let inputs = broken_inputs(product.broken_inputs.clone());
    let looked_at = product.nearest_sources.map(|sources| view! { <p class="muted">{nearest(sources)}</p> });
    if product.output_ports.is_empty() && inputs.is_none() && looked_at.is_none() {
        return None;
    }
    let unread: Vec<_> = product
        .output_ports
        .iter()
        .filter_map(|port| port.unread_contract.as_ref())
        .map(unread_words)
        .collect();
    let own = if contracts.is_empty() && unread.is_empty() {
        view! { <p>"No contract promises anything about this data yet."</p> }.into_any()
    } else {
        let lines = contracts.into_iter().map(|contract| {
            view! {
                <li class="cluster">
                    <CheckBadge state=contract.state />
                    <a class="link" href=contract_href(&contract.id)>{contract.name}" "{contract.version}</a>
                    {contract.worst.map(|worst| view! { <span>{worst}</span> })}
                    {contract.checked_at.map(|at| view! { <span class="muted">"checked " <Moment at=at /></span> })}
                </li>
            }
        });
        let unread = unread.into_iter().map(|words| view! { <li>{words}</li> });
        view! { <ul class="stack">{lines.collect_view()}{unread.collect_view()}</ul> }.into_any()
    };
    Some(
        view! {
            <section class="stack" aria-labelledby="trust">
                <h2 id="trust">"Can I trust it"</h2>
                {inputs}
                {looked_at}
                {own}
            </section>
        }
        .into_any(),
    )
}

/// A product is no better than what it is made from.
fn broken_inputs(inputs: Vec<BrokenInput>) -> Option<AnyView> {
    (!inputs.is_empty()).then(|| {
        let lines = inputs.into_iter().map(|input| {
            view! {
                <li>
                    "It is made from " <a class="link mono" href=asset_href(&input.asset.id)>{input.asset.id.to_string()}</a>
                    ", whose " <a class="link" href=contract_href(&input.contract)>"contract is broken"</a> "."
                </li>
            }
        });
        view! { <Notice tone=Tone::Bad><ul class="stack">{lines.collect_view()}</ul></Notice> }.into_any()
    })
}

/// What is said where not everything that a product is made from was looked at.
fn nearest(sources: NearestSources) -> String {
    let nearest = number(sources.looked_at);
    match sources.of.map(number) {
        Some(of) => format!("The {nearest} nearest of {of} sources with a contract were looked at."),
        None => format!("The {nearest} nearest sources with a contract were looked at; there may be more."),
    }
}

fn ports(product: &Product) -> AnyView {
    let outputs = if product.output_ports.is_empty() {
        view! { <Empty text="This product offers nothing yet." href="/catalog" action="Search the catalog" /> }.into_any()
    } else {
        product.output_ports.iter().map(|port| output(product, port)).collect_view().into_any()
    };
    let inputs = (!product.input_ports.is_empty()).then(|| inputs(product.input_ports.clone()));
    let dashboards = (!product.dashboards.is_empty()).then(|| {
        let links = product.dashboards.iter().map(|dashboard| {
            let href = dashboard_href(dashboard.id.as_str());
            view! { <li><a class="link" href=href>{dashboard.title.clone()}</a></li> }
        });
        view! {
            <section class="stack">
                <h2>"Dashboards"</h2>
                <ul class="stack">{links.collect_view()}</ul>
            </section>
        }
    });
    view! {
        <section class="stack" aria-labelledby="ports">
            <h2 id="ports">"What it offers"</h2>
            {outputs}
        </section>
        {dashboards}
        {inputs}
    }
    .into_any()
}

fn output(product: &Product, port: &OutputPort) -> AnyView {
    let button = port_button(product, port, false);
    let opens_here = port.asset.as_ref().is_some_and(|asset| asset.opens_here);
    let words = access_words(&port.access, opens_here, product.into());
    let OutputPort { name, description, classification, asset, .. } = port.clone();
    let asset = asset.map(|asset| {
        view! {
            <a class="link mono" href=asset_href(&asset.id)>{asset.id.to_string()}</a>
            {asset.layer.map(|layer| view! { <LayerBadge layer=layer /> })}
            <a class="link" href=Query::default().and("focus", &asset.id).to("/lineage")>"Lineage"</a>
        }
    });
    view! {
        <article class="card">
            <div class="card-head">
                <h3>{name}</h3>
                {classification.map(|class| view! { <ClassificationBadge classification=class /> })}
                <div class="ms-auto">{button}</div>
            </div>
            <p>{description}</p>
            <p class="cluster mt-2">{asset}<span class="muted">{words}</span></p>
        </article>
    }
    .into_any()
}

fn inputs(ports: Vec<InputPort>) -> AnyView {
    let rows = ports.into_iter().map(|port| {
        let asset = port.asset.map(|asset| {
            view! { " from " <a class="link mono" href=asset_href(&asset.id)>{asset.id.to_string()}</a> }
        });
        view! { <li>{port.name}{asset}</li> }
    });
    view! {
        <section class="stack">
            <h2>"What it is made from"</h2>
            <ul class="stack">{rows.collect_view()}</ul>
        </section>
    }
    .into_any()
}

fn facts(product: &Product) -> AnyView {
    let consumers = if product.consumers == 0 {
        nobody_holds(product.ever_granted).to_owned()
    } else {
        consumers_words(product.consumers, &product.consumer_domains)
    };
    let (owners, support) = (owner_links(product.into()), support(product.support.clone()));
    let tags = (!product.tags.is_empty()).then(|| listed(&product.tags));
    let domain = domain_link(&product.way, &product.domain);
    let certified = product.certification.as_ref();
    let certified = certify_fact(Certifiable::Product, product.id.as_str(), certified, product.may_certify);
    view! {
        <dl class="facts">
            {certified}
            <Fact label="Domain">{domain}</Fact>
            <Fact label="Owner">{owners}</Fact>
            {(!product.details_hidden).then(|| view! { <Fact label="Who has access">{consumers}</Fact> })}
            {read_by_fact(Used::Product, product.id.as_str(), product.read_by)}
            {product.version.clone().map(|version| view! { <Fact label="Version">{version}</Fact> })}
            {tags.map(|tags| view! { <Fact label="Tags">{tags}</Fact> })}
            {terms_fact("Terms", &product.terms)}
            {support}
        </dl>
    }
    .into_any()
}

/// `3 hold a grant, among them members of Purchase`: not all belong to a domain, and not all are people.
fn consumers_words(consumers: u32, domains: &[String]) -> String {
    let (hold, members) =
        if consumers == 1 { ("holds", "a member of") } else { ("hold", "among them members of") };
    let among = if domains.is_empty() { String::new() } else { format!(", {members} {}", listed(domains)) };
    format!("{} {hold} a grant{among}", number(consumers))
}

/// Support channels as a fact.
pub(crate) fn support(channels: Vec<SupportChannel>) -> Option<impl IntoView> {
    (!channels.is_empty()).then(|| {
        let lines = channels.into_iter().map(|channel| match safe_link(channel.url) {
            Some(url) => {
                view! { <li><a class="link" href=url rel="noreferrer">{channel.name}</a></li> }.into_any()
            }
            None => view! { <li>{channel.name}</li> }.into_any(),
        });
        view! { <Fact label="Support"><ul>{lines.collect_view()}</ul></Fact> }
    })
}

/// Addresses in documents are written by others: only those that open a page or a mail become links.
fn safe_link(url: Option<String>) -> Option<String> {
    url.filter(|url| ["https://", "http://", "mailto:"].iter().any(|start| url.starts_with(start)))
}

fn activity(id: &ProductId, sees_history: bool, activity: First<Activity>) -> Option<AnyView> {
    (!activity.items.is_empty()).then(|| {
        let rest = if sees_history {
            " The history has all revisions, each contract's page all of its versions."
        } else {
            " Each contract's page has all of its versions."
        };
        let cut = cut(activity.items.len(), Some(activity.of), "newest");
        let cut = cut.map(|words| view! { <p class="muted">{words}{rest}</p> });
        view! {
            <section class="stack" aria-labelledby="activity">
                <h2 id="activity">"What happened"</h2>
                {timeline(activity.items, Some(id))}
                {cut}
            </section>
        }
        .into_any()
    })
}

/// Events in order; those that published a revision are of this product.
pub(crate) fn timeline(activity: Vec<Activity>, product: Option<&ProductId>) -> AnyView {
    let items = activity.into_iter().map(|event| {
        let revision = product.zip(event.revision).map(|(id, number)| {
            let href = revision_href(TextKind::Product, id.as_str(), number);
            view! { <a class="link" href=href>"Revision "{number}</a> ": " }
        });
        view! {
            <li class="timeline-item">
                <p>{revision}{event.text}</p>
                <p class="muted"><Moment at=event.at exact=true /></p>
            </li>
        }
    });
    view! { <ol class="timeline">{items.collect_view()}</ol> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_belongs_to_no_domain_is_never_counted_into_one() {
        let purchase = ["Purchase".to_owned()];
        assert_eq!(consumers_words(3, &purchase), "3 hold a grant, among them members of Purchase");
        assert_eq!(consumers_words(1, &purchase), "1 holds a grant, a member of Purchase");
        assert_eq!(consumers_words(2, &[]), "2 hold a grant", "service accounts belong nowhere");
    }
}
