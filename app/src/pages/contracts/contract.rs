//! A contract: what is promised, whether it is kept, and how to subscribe.

use lakeport_model::access::SHORTEST_PURPOSE;
use lakeport_model::contracts::{CheckState, ContractPage as Contract};
use lakeport_model::documents::TextKind;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::checks::checks;
use super::parts::{objects, terms, versions};
use crate::api;
use crate::pages::catalog::support;
use crate::pages::documents::{ForgetDraft, edit_href, history_href};
use crate::pages::{contract_href, crumbs, domain_link, page_id, page_query, product_href};
use crate::query::Query;
use crate::ui::{
    Badge, CheckBadge, Confirm, CopyButton, Fact, Form, FormState, Hidden, Moment, NotCarriedOut, Notice,
    PUBLISHED, PageHead, TextArea, Tone, check_tone, counted, day_words, load, size,
};

/// From so many bytes on a document is drawn only for those who ask for it.
const LARGE_DOCUMENT: usize = 100_000;

/// A contract's page.
#[component]
pub(crate) fn ContractPage() -> impl IntoView {
    let id = page_id();
    let query = page_query();
    let contract = Resource::new(
        move || (id.get(), query.get()),
        |(id, query)| async move {
            let version = Query::parse(&query).get("version").map(ToOwned::to_owned);
            api::contracts::contract(id, version).await.map(|contract| (contract, query))
        },
    );
    view! { <div class="page">{load(contract, |(contract, query)| content(contract, &Query::parse(&query)))}</div> }
}

fn content(contract: Contract, query: &Query) -> AnyView {
    let crumbs = crumbs("Catalog", "/catalog", &contract.way);
    let summary = contract.summary.clone();
    let old = not_in_force(&contract);
    let (tone, standing) = (check_tone(summary.state), standing(&contract));
    let document = document(&contract, query);
    let (subscription, checks, terms) = (subscription(&contract), checks(&contract, query), terms(&contract));
    let (objects, versions, facts) = (objects(&contract, query), versions(&contract), facts(&contract));
    let links = document_links(&contract);
    view! {
        <PageHead title=summary.name crumbs=crumbs>
            {standing}
            {links}
        </PageHead>
        <div class="with-facts">
            <div class="stack min-w-0">
                {old}
                {summary.worst.map(|worst| view! { <Notice tone=tone><p>{worst}</p></Notice> })}
                {terms}
                {checks}
                <NotCarriedOut lines=contract.not_carried_out />
                {objects}
                {versions}
                {document}
            </div>
            <div class="stack">
                {facts}
                {subscription}
            </div>
        </div>
    }
    .into_any()
}

/// The ways to its revisions and to change its text; after it was published, no draft of it is kept.
fn document_links(contract: &Contract) -> Option<AnyView> {
    const KIND: TextKind = TextKind::Contract;
    if !contract.sees_history && !contract.may_edit {
        return None;
    }
    let id = contract.summary.id.as_str();
    let search = use_location().search.get_untracked();
    let is_published = Query::parse(&search).get("done").is_some_and(|done| done.starts_with(PUBLISHED));
    let forget = (contract.may_edit && is_published).then(|| {
        view! { <ForgetDraft kind=KIND id=id.to_owned() domain=contract.domain.id.to_string() /> }
    });
    let history = contract.sees_history.then(|| {
        view! { <a class="btn btn-sm" href=history_href(KIND, id)>"History"</a> }
    });
    let change = contract.may_edit.then(|| {
        view! { <a class="btn btn-sm" href=edit_href(KIND, id)>"Change"</a> }
    });
    Some(view! { <div class="page-actions">{forget}{history}{change}</div> }.into_any())
}

/// How the version shown stands. The status of one that was replaced, and what its checks found, are of the past: a badge would
/// say them as if they were of today.
fn standing(contract: &Contract) -> AnyView {
    let summary = &contract.summary;
    if let Some(newest) = &contract.replaced_by {
        let withdrawn =
            (summary.state == CheckState::Withdrawn).then(|| view! { <CheckBadge state=summary.state /> });
        return view! {
            <Badge tone=Tone::Warn text=format!("replaced by {newest}") />
            {withdrawn}
        }
        .into_any();
    }
    let tone = if summary.status == "active" { Tone::Ok } else { Tone::Warn };
    view! {
        <Badge tone=tone text=summary.status.clone() />
        <CheckBadge state=summary.state />
    }
    .into_any()
}

/// That another version is shown than the newest, or one that has ended.
fn not_in_force(contract: &Contract) -> Option<AnyView> {
    let newest = contract.summary.version.clone();
    let is_old = contract.shown_version != newest;
    let life = contract.last_day.filter(|(_, is_over)| is_old || *is_over);
    let life = life.map(|(day, is_over)| {
        let ends = if is_over { "ended" } else { "ends" };
        format!(" It {ends} on {}.", day_words(day))
    });
    let href = contract_href(&contract.summary.id);
    let before = if contract.replaced_by.is_some() {
        " It was replaced by "
    } else {
        " It is a draft; the contract's page shows "
    };
    let newest = is_old.then(|| view! { {before} <a class="link" href=href>{newest}</a> "." });
    (is_old || life.is_some()).then(|| {
        let shown = format!("You read version {}.", contract.shown_version);
        view! { <Notice tone=Tone::Warn><p>{shown}{life}{newest}</p></Notice> }.into_any()
    })
}

/// The document as its author wrote it; a large one only where the address asks for it.
fn document(contract: &Contract, query: &Query) -> AnyView {
    const WHOLE: &str = "document";
    let is_asked = query.get(WHOLE).is_some();
    let text = contract.document.clone();
    let shown = if is_asked || text.len() <= LARGE_DOCUMENT {
        view! {
            <details open=is_asked>
                <summary>"Show the contract as its author wrote it"</summary>
                <div class="code mt-2">
                    <pre tabindex="0"><code id="document">{text}</code></pre>
                    <CopyButton target="document".to_owned() label="Copy the document".to_owned() />
                </div>
            </details>
        }
        .into_any()
    } else {
        let href = query.clone().with(WHOLE, "whole").to(&contract_href(&contract.summary.id));
        let length = size(i64::try_from(text.len()).unwrap_or(i64::MAX));
        view! {
            <p><a class="link" href=href>{format!("Show the contract as its author wrote it, {length}")}</a></p>
        }
        .into_any()
    };
    view! { <section class="stack"><h2>"The document"</h2>{shown}</section> }.into_any()
}

fn facts(contract: &Contract) -> AnyView {
    let domain = domain_link(&contract.way, &contract.domain);
    let team = (!contract.team.is_empty()).then(|| {
        let lines = contract.team.iter().map(|member| view! { <li>{member.clone()}</li> }).collect_view();
        view! { <Fact label="Team"><ul>{lines}</ul></Fact> }
    });
    let product = contract.product.clone().map(
        |(id, name)| view! { <Fact label="Product"><a class="link" href=product_href(&id)>{name}</a></Fact> },
    );
    let (version, subscribers) =
        (contract.shown_version.clone(), counted(contract.subscribers, "subscription"));
    view! {
        <dl class="facts">
            <Fact label="Domain">{domain}</Fact>
            {product}
            <Fact label="Version">{version}</Fact>
            <Fact label="Subscribers">{subscribers}</Fact>
            {contract.summary.checked_at.map(|at| view! { <Fact label="Checked"><Moment at=at exact=true /></Fact> })}
            {contract.price.clone().map(|price| view! { <Fact label="Price">{price}</Fact> })}
            {team}
            {support(contract.support.clone())}
        </dl>
    }
    .into_any()
}

/// The viewer's subscription, or the form to subscribe.
fn subscription(contract: &Contract) -> AnyView {
    let id = contract.summary.id.to_string();
    if let Some(subscription) = contract.subscription.clone() {
        let newer = contract.may_subscribe.then(|| {
            view! {
                <p>"The newest version is " {contract.summary.version.clone()} "; read its changes before you accept it."</p>
                {accept(contract, subscription.purpose.clone())}
            }
        });
        return view! {
            <section class="card stack" aria-labelledby="subscription">
                <h2 id="subscription">"You are subscribed"</h2>
                <p>"Version " {subscription.version} " since " <Moment at=subscription.since follows=true /> ", for: " {subscription.purpose}</p>
                {newer}
                <Confirm label="End the subscription" consequence="You are no longer told when the contract breaks or a new version comes.">
                    <Form action="/fn/unsubscribe">
                        <Hidden name="id" value=id />
                        <Hidden name="subscription" value=subscription.id.to_string() />
                        <button class="btn btn-sm btn-error" type="submit">"End the subscription now"</button>
                    </Form>
                </Confirm>
            </section>
        }
        .into_any();
    }
    if let Some(why) = contract.closed.clone() {
        return view! { <Notice tone=Tone::Warn><p>{why}</p></Notice> }.into_any();
    }
    if !contract.may_subscribe {
        return ().into_any();
    }
    view! {
        <section class="card stack" aria-labelledby="subscribe">
            <h2 id="subscribe">"Subscribe"</h2>
            <p>"You are told when the contract breaks, when it holds again, and what a new version changes."</p>
            {accept(contract, String::new())}
        </section>
    }
    .into_any()
}

/// The form that accepts the newest version, with the purpose said before.
fn accept(contract: &Contract, purpose: String) -> AnyView {
    let (id, version) = (contract.summary.id.to_string(), contract.summary.version.clone());
    let form = FormState::of(&["/fn/subscribe"]);
    view! {
        <Form action="/fn/subscribe" class="stack">
            <Hidden name="id" value=id />
            <Hidden name="version" value=version.clone() />
            <TextArea
                form=form
                name="purpose"
                label="What do you use the data for"
                help="One or two sentences, in 10 letters at least; the owner reads them."
                rows="3"
                minlength=SHORTEST_PURPOSE
                maxlength="1000"
                value=purpose
            />
            <button class="btn btn-primary" type="submit">"Accept version "{version}</button>
        </Form>
    }
    .into_any()
}
