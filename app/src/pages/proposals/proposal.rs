//! A proposal: what it changes, why, and the decision about it.

use lakeport_model::ProposalId;
use lakeport_model::documents::TextKind;
use lakeport_model::proposals::{ProposalLine, ProposalPage as Proposal};
use lakeport_model::retire::Retirable;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{end_words, state_badge};
use crate::api;
use crate::pages::documents::{ForgetDraft, comparison};
use crate::pages::retire::thing_href;
use crate::pages::{crumb, domain_href, page_id};
use crate::query::Query;
use crate::ui::{
    Confirm, Fact, FieldError, Form, FormState, Hidden, Moment, Notice, PROPOSED, PageHead, TextArea, Tone,
    load,
};

/// The calls that decide.
const ACCEPT: &str = "/fn/accept_proposal";
const DECLINE: &str = "/fn/decline_proposal";

/// The page of a proposal.
#[component]
pub(crate) fn ProposalPage() -> impl IntoView {
    let id = page_id();
    let found = Resource::new(move || id.get(), api::proposals::proposal);
    view! { <div class="page">{load(found, |page| content(&page))}</div> }
}

fn content(page: &Proposal) -> AnyView {
    let ProposalLine { kind, document, name, domain, who, at, reason, state, end, .. } = page.line.clone();
    let thing = thing_href(kind, &document);
    let label = match kind {
        Retirable::Product => "Product",
        Retirable::Asset => "Asset",
        Retirable::Term => "Term",
    };
    let search = use_location().search.get_untracked();
    let was_sent = Query::parse(&search).get("done").is_some_and(|done| done.starts_with(PROPOSED));
    let forget = (was_sent && kind == Retirable::Product).then(|| {
        view! { <ForgetDraft kind=TextKind::Product id=document domain=domain.id.to_string() /> }
    });
    let end = end.map(|end| {
        let words = end_words(&end);
        view! { <Fact label="Ended">{words}" "<Moment at=end.at exact=true /></Fact> }
    });
    view! {
        <PageHead title=format!("Change of {name}") crumbs=vec![crumb("Proposals", super::PAGE)]>
            {state_badge(state)}
        </PageHead>
        {forget}
        <div class="with-facts">
            <div class="stack min-w-0">
                {found(page)}
                {decision(page)}
            </div>
            <dl class="facts">
                <Fact label=label><a class="link" href=thing>{name}</a></Fact>
                <Fact label="Domain"><a class="link" href=domain_href(&domain.id)>{domain.name}</a></Fact>
                <Fact label="Proposed by">{who}</Fact>
                <Fact label="When"><Moment at=at exact=true /></Fact>
                <Fact label="Why">{reason}</Fact>
                {end}
            </dl>
        </div>
    }
    .into_any()
}

/// What it changes, and what is wrong with that.
fn found(page: &Proposal) -> AnyView {
    let diff = (!page.diff.is_empty()).then(|| {
        let table = comparison(page.diff.clone(), page.is_cut, "What the proposal changes");
        view! {
            <section class="stack" aria-labelledby="changes">
                <h2 id="changes">"What it changes"</h2>
                {table}
            </section>
        }
    });
    view! {
        {page.overtaken.clone().map(|said| view! { <Notice tone=Tone::Warn><p>{said}</p></Notice> })}
        {list("problems", "To correct", &page.problems)}
        {list("effects", "What it changes for people", &page.effects)}
        {diff}
    }
    .into_any()
}

/// Sentences below a heading; nothing where there is none.
fn list(id: &'static str, heading: &'static str, lines: &[String]) -> Option<AnyView> {
    if lines.is_empty() {
        return None;
    }
    let lines = lines.iter().cloned().map(|line| view! { <li>{line}</li> }).collect_view();
    let section = view! {
        <section class="stack" aria-labelledby=id>
            <h2 id=id>{heading}</h2>
            <ul class="stack">{lines}</ul>
        </section>
    };
    Some(section.into_any())
}

/// What the viewer can do about it.
fn decision(page: &Proposal) -> AnyView {
    let line = &page.line;
    let withdraw = page.may_withdraw.then(|| withdraw(line.id));
    let decide = page.may_decide.then(|| {
        let edit = format!("{}/edit", thing_href(line.kind, &line.document));
        let merge = Query::default().and("proposal", line.id).to(&edit);
        // What does not fit, or was written on another text, is put right in the form.
        let fits = page.overtaken.is_none() && page.problems.is_empty() && !page.is_cut;
        let accept = fits.then(|| accept(page));
        let long = page.is_cut.then(|| {
            view! { <p class="muted">"The change is too long to be shown whole: open it in the form."</p> }
        });
        view! {
            {accept}
            {long}
            <p><a class="link" href=merge>"Open it in the form, to change it before it is published"</a></p>
            {decline(page)}
        }
    });
    view! { {withdraw}{decide} }.into_any()
}

/// The way to take it back.
pub(super) fn withdraw(id: ProposalId) -> AnyView {
    view! {
        <Confirm label="Withdraw" consequence="The proposal is taken back; nobody decides about it any more.">
            <Form action="/fn/withdraw_proposal">
                <Hidden name="id" value=id.to_string() />
                <button class="btn btn-sm btn-error" type="submit">"Withdraw the proposal now"</button>
            </Form>
        </Confirm>
    }
    .into_any()
}

/// The form that publishes it.
fn accept(page: &Proposal) -> AnyView {
    let form = FormState::of(&[ACCEPT]);
    let consent = page.needs_consent.then(|| {
        view! {
            <label class="flex items-start gap-2">
                <input
                    class="checkbox checkbox-sm"
                    type="checkbox"
                    name="agreed"
                    value=page.meaning.clone()
                    required
                />
                <span>"I have seen what this changes for people"</span>
            </label>
        }
    });
    let (id, seen, was_refused) = (page.line.id.to_string(), page.seen.clone(), form.was_refused());
    view! {
        <Confirm
            label="Accept"
            consequence="It is published in your name, with a line that says who proposed it and why."
            open=was_refused
        >
            <Form action=ACCEPT class="stack" id="accepting">
                <Hidden name="id" value=id />
                <Hidden name="seen" value=seen />
                {consent}
                <FieldError form=form name="accept" />
                <div class="cluster">
                    <button class="btn btn-primary" type="submit">"Accept and publish"</button>
                </div>
            </Form>
        </Confirm>
    }
    .into_any()
}

/// The form that declines it.
fn decline(page: &Proposal) -> AnyView {
    let form = FormState::of(&[DECLINE]);
    let (id, seen) = (page.line.id.to_string(), page.seen.clone());
    view! {
        <section class="stack max-w-3xl" aria-labelledby="decline">
            <h2 id="decline">"Decline it"</h2>
            <Form action=DECLINE class="stack min-w-0" id="declining">
                <Hidden name="id" value=id />
                <Hidden name="seen" value=seen />
                <TextArea
                    form=form
                    name="reason"
                    label="Why it is declined"
                    help="Whoever proposed it reads that."
                    rows="3"
                    maxlength="200"
                />
                <div class="cluster">
                    <button class="btn btn-error" type="submit">"Decline"</button>
                </div>
            </Form>
        </section>
    }
    .into_any()
}
