//! Decide a request: what is asked beside the evidence, the decision below both and always in reach, then what happened
//! so far.

use lakeport_model::access::{DecidePage as Decide, RequestState, asks_words, renews_words};
use leptos::prelude::*;

use super::approve_button::ApproveButton;
use super::evidence::evidence;
use super::requests::withdraw;
use super::{request_badge, unread_badge, until_fact, waiting_badge};
use crate::api;
use crate::pages::catalog::timeline;
use crate::pages::{crumb, page_id};
use crate::ui::{
    Badge, ClassificationBadge, Fact, Form, FormState, Hidden, Moment, Notice, PageHead, Paragraphs,
    TextField, Tone, day_words, load,
};

/// The page to decide a request on.
#[component]
pub(crate) fn DecidePage() -> impl IntoView {
    let id = page_id();
    let request = Resource::new(move || id.get(), api::access::decide_page);
    view! { <div class="page">{load(request, content)}</div> }
}

fn content(page: Decide) -> AnyView {
    let request = page.request.clone();
    let (tone, word) = request_badge(request.state);
    let title = asks_words(&request.requester.name, &request.title, request.renews);
    let is_open = request.state == RequestState::Requested;
    let next = page.next.filter(|next| *next != request.id).map(|next| {
        view! { <a class="btn btn-primary" href=format!("/decide/{next}")>"Open the next request"</a> }
    });
    let after = (!page.may_decide).then(|| {
        view! {
            <div class="bottom-bar">
                {next}
                <a class="btn" href="/decide">"All requests to decide"</a>
            </div>
        }
    });
    let why_not = page
        .why_not
        .clone()
        .filter(|_| is_open)
        .map(|sentence| view! { <Notice tone=Tone::Idle><p>{sentence}</p></Notice> });
    let unread =
        page.unread.clone().map(|sentence| view! { <Notice tone=Tone::Warn><p>{sentence}</p></Notice> });
    let no_table =
        page.no_table.clone().map(|sentence| view! { <Notice tone=Tone::Warn><p>{sentence}</p></Notice> });
    let faulty =
        request.faulty.clone().map(|sentence| view! { <Notice tone=Tone::Warn><p>{sentence}</p></Notice> });
    let decision = request.decision.clone().map(|text| view! { <Notice tone=tone><p>{text}</p></Notice> });
    let withdraw = page.may_withdraw.then(|| withdraw(request.id));
    let (asked, evidence) = (asked(&page, withdraw), evidence(&page));
    let decide = page.may_decide.then(|| bar(&page));
    let waiting = waiting_badge(&request).map(|(tone, words)| view! { <Badge tone=tone text=words /> });
    view! {
        <PageHead title=title crumbs=vec![crumb("To decide", "/decide")]>
            <Badge tone=tone text=word />
            {unread_badge(request.product_is_unread)}
            <ClassificationBadge classification=request.classification />
            {waiting}
        </PageHead>
        <div class="stack mb-4 empty:hidden">{decision}{why_not}{unread}{no_table}{faulty}</div>
        <div class="grid grid-cols-1 gap-4 lg:grid-cols-2">{asked}{evidence}</div>
        {decide}
        {after}
        <section class="stack mt-6" aria-labelledby="past">
            <h2 id="past">"What happened so far"</h2>
            {timeline(page.history, None)}
        </section>
    }
    .into_any()
}

/// What is asked, in the words of whoever asks, with the day asked for and the one approved side by side.
fn asked(page: &Decide, withdraw: Option<AnyView>) -> AnyView {
    let request = page.request.clone();
    let about = page.requester_about.clone();
    let asked = day_words(request.asked_until);
    // Until when it can be approved is not said of what nobody can approve.
    let until = page.unread.is_none().then(|| {
        let (label, until) = until_fact(&request);
        view! { <Fact label=label>{until}</Fact> }
    });
    let renews = page.renews.map(|until| {
        let earliest =
            if page.unread.is_none() { ", and can be approved until that day at the earliest" } else { "" };
        view! { <p>{format!("{}{earliest}.", renews_words(until))}</p> }
    });
    view! {
        <section class="card stack" aria-labelledby="words">
            <h2 id="words">"In the words of "{request.requester.name}</h2>
            <Paragraphs text=request.purpose />
            {renews}
            <dl class="facts grid-cols-2">
                <Fact label="Asked until">{asked}</Fact>
                {until}
                <Fact label="Sent"><Moment at=request.requested_at exact=true /></Fact>
                <Fact label="Who asks">{about}</Fact>
            </dl>
            {withdraw}
        </section>
    }
    .into_any()
}

/// The decision: one form with two outcomes, so that the comment is written once. Only rejecting needs it, and only
/// approving the date: what does not fit the outcome is said by the portal, and no browser asks for both. What cannot be
/// approved is only rejected.
fn bar(page: &Decide) -> AnyView {
    let (id, revision) = (page.request.id.to_string(), page.revision.to_string());
    let (earliest, latest) = (page.earliest_end.to_string(), page.request.ends_on.to_string());
    let form = FormState::of(&["/fn/approve", "/fn/reject"]);
    let until = page.unread.is_none().then(|| {
        view! {
            <TextField
                form=form.clone()
                name="ends_on"
                kind="date"
                label="Last day of access"
                value=latest.clone()
                min=earliest
                max=latest
                control="input input-sm w-40"
            />
        }
    });
    let approve = page.unread.is_none().then(|| view! { <ApproveButton field="ends_on".to_owned() /> });
    view! {
        <Form action="/fn/approve" class="bottom-bar items-end" label="Your decision" outcomes=true>
            <Hidden name="id" value=id />
            <Hidden name="revision" value=revision />
            {until}
            <TextField
                form=form
                name="comment"
                label="Comment (required to reject)"
                maxlength="1000"
                class="flex-1 min-w-48"
                control="input input-sm w-full"
            />
            {approve}
            <button class="btn btn-error" type="submit" formaction="/fn/reject" formnovalidate>
                "Reject with this comment"
            </button>
        </Form>
    }
    .into_any()
}
