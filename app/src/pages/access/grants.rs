//! What the viewer may use, and until when.

use lakeport_model::access::{
    Asking, GrantLine, MyAccess, OwnDomain, ReviewState, Undecided, lies_with_whom,
};
use lakeport_model::listed;
use leptos::prelude::*;

use super::requests::{ask_again, my_access_tabs};
use super::{delivery_words, over_words, review_badge, standing_badge, still_words, unread_badge};
use crate::api;
use crate::pages::{domain_href, open_href, product_href, request_again_href};
use crate::ui::{Badge, Confirm, Day, Empty, Form, Glyph, Hidden, Icon, PageHead, day_words, load};

/// What the viewer reads by their roles, then their grants: those that hold first.
#[component]
pub(crate) fn GrantsPage() -> impl IntoView {
    let grants = Resource::new(|| (), |()| api::access::my_grants());
    view! { <div class="page">{load(grants, content)}</div> }
}

fn content(page: MyAccess) -> AnyView {
    let own = (!page.own.is_empty())
        .then(|| view! { <ul class="stack mb-4">{page.own.into_iter().map(own_domain).collect_view()}</ul> });
    let (live, ended): (Vec<_>, Vec<_>) = page.grants.into_iter().partition(GrantLine::is_live);
    let live = if live.is_empty() {
        let text = "No grant is active.";
        view! { <Empty text=text href="/catalog" action="Find data to request" /> }.into_any()
    } else {
        view! { <ul class="rowlist">{live.into_iter().map(row).collect_view()}</ul> }.into_any()
    };
    let ended = (!ended.is_empty()).then(|| {
        view! {
            <section class="stack mt-6" aria-labelledby="ended">
                <h2 id="ended">"Ended"</h2>
                <ul class="rowlist">{ended.into_iter().map(row).collect_view()}</ul>
            </section>
        }
    });
    view! {
        <PageHead title="My access" />
        {my_access_tabs(false)}
        {own}
        {live}
        {ended}
    }
    .into_any()
}

/// What the viewer reads by a role in a domain, with the way there.
fn own_domain(own: OwnDomain) -> impl IntoView {
    let href = domain_href(&own.domain.id);
    view! { <li>{own.words}" "<a class="link" href=href>"Open "{own.domain.name}</a></li> }
}

fn row(grant: GrantLine) -> AnyView {
    // Until when, as things stand.
    let grant = GrantLine { ends_on: grant.until(), ..grant };
    let (tone, word) = standing_badge(&grant);
    let is_live = grant.is_live();
    let review = is_live.then(|| review_badge(grant.review)).flatten();
    let asset = grant.asset.clone().map(|asset| {
        let href = open_href(&asset);
        view! { <span><a class="link mono relative z-10" href=href>{asset.id.to_string()}</a></span> }
    });
    let title = if grant.is_offered {
        view! { <a href=product_href(&grant.product)>{grant.title.clone()}</a> }.into_any()
    } else {
        view! { <span>{grant.title.clone()}</span> }.into_any()
    };
    let answered = is_live.then(|| answered(&grant)).flatten();
    let undecided = undecided_words(&grant);
    let (delivery, still) = (delivery_words(&grant), still_words(&grant));
    let until = match over_words(&grant) {
        Some(words) => words.into_any(),
        None => view! { "until " <Day day=grant.ends_on relative=true /> }.into_any(),
    };
    let next = is_live
        .then_some(grant.next_review)
        .flatten()
        .map(|day| view! { <span>{review_words(grant.review)} <Day day=day relative=true /></span> });
    let again = grant.asks_again.then(|| ask_again(&grant.product, &grant.port, grant.request));
    let actions = is_live.then(|| actions(&grant));
    view! {
        <li>
            <div class="row">
                <Icon glyph=Glyph::Key />
                <div>
                    <div class="row-title">
                        {title}
                        {unread_badge(grant.product_is_unread)}
                        <Badge tone=tone text=word />
                        {review.map(|(tone, word)| view! { <Badge tone=tone text=word /> })}
                    </div>
                    <div class="row-text">{grant.purpose}</div>
                    {comments(grant.comments)}
                    {comments(grant.kept)}
                    {grant.faulty.map(|sentence| view! { <p>{sentence}</p> })}
                    {answered.map(|words| view! { <p>{words}</p> })}
                    {undecided.map(|words| view! { <p>{words}</p> })}
                    {still.map(|words| view! { <p>{words}</p> })}
                    <div class="row-meta">
                        <span>{until}</span>
                        {next}
                        <span>{delivery}</span>
                        {grant.provisioning_note.map(|note| view! { <span>{note}</span> })}
                        {asset}
                    </div>
                </div>
                <div class="row-end">{actions}{again}</div>
            </div>
        </li>
    }
    .into_any()
}

/// What those wrote who approved or kept it: under which condition it is held.
pub(super) fn comments(comments: impl IntoIterator<Item = String>) -> impl IntoView {
    comments.into_iter().map(|comment| view! { <p class="comment">{comment}</p> }).collect_view()
}

/// Answer the review, renew, give up.
fn actions(grant: &GrantLine) -> AnyView {
    let id = grant.id.to_string();
    let needed = if grant.review == ReviewState::Ok {
        None
    } else if grant.confirmed_by_consumer {
        ask(grant)
    } else {
        let id = id.clone();
        Some(
            view! {
                <Form action="/fn/confirm_need">
                    <Hidden name="id" value=id />
                    <button class="btn btn-sm btn-primary" type="submit">"Still needed for this purpose"</button>
                </Form>
            }
            .into_any(),
        )
    };
    let label = if grant.review == ReviewState::Ok { "Give up" } else { "No longer needed" };
    let renew = renewal(grant).map(|(href, label)| view! { <a class="btn btn-sm" href=href>{label}</a> });
    view! {
        {needed}
        {renew}
        <Confirm label=label consequence=give_up_words(grant)>
            <Form action="/fn/give_up">
                <Hidden name="id" value=id />
                <button class="btn btn-sm btn-error" type="submit">"Give up the access now"</button>
            </Form>
        </Confirm>
    }
    .into_any()
}

/// Where a grant is renewed: at the request that waits, where there is one, for there is one at a time. What is retired is
/// renewed nowhere.
pub(super) fn renewal(grant: &GrantLine) -> Option<(String, &'static str)> {
    match grant.waits {
        Some(request) => Some((format!("/decide/{request}"), "Your request waits: open it")),
        None => (grant.is_offered && !grant.is_retired).then(|| {
            let href = request_again_href(&grant.product, &grant.port, grant.request);
            (href, "Request a renewal")
        }),
    }
}

/// What stands before the day of a review: one that is over is no next one.
pub(super) fn review_words(review: ReviewState) -> &'static str {
    match review {
        ReviewState::Ok | ReviewState::Due => "next review ",
        ReviewState::Overdue => "review was due on ",
    }
}

/// What the consumer has said in a review that waits, and with whom it lies since.
pub(super) fn answered(grant: &GrantLine) -> Option<String> {
    const SAID: &str = "You said it is still needed.";
    let waits = grant.review != ReviewState::Ok && grant.confirmed_by_consumer;
    waits.then(|| match &grant.asking {
        None => SAID.to_owned(),
        Some(Asking { with, is_asked: false }) => format!("{SAID} The decision lies with {}.", listed(with)),
        Some(Asking { with, is_asked: true }) => {
            format!("{SAID} You asked {} for a decision today; once a day is enough.", listed(with))
        }
    })
}

/// What giving a grant up means for whoever holds it.
pub(super) fn give_up_words(grant: &GrantLine) -> String {
    match &grant.still {
        Some(how) => format!("The grant ends at once, but you can still read the data {how}."),
        None if grant.is_retired => {
            "Your access ends at once, and nobody can request it again: this is retired.".to_owned()
        }
        None => "Your access ends at once. To have it back you need to request it again.".to_owned(),
    }
}

/// That a grant ends because nobody decides its review, and where nothing else says it, with whom that lies and what is read
/// afterwards.
pub(super) fn undecided_words(grant: &GrantLine) -> Option<String> {
    let undecided = grant.undecided.as_ref()?;
    let Undecided { ends, with, still, .. } = undecided;
    let is_said = grant.asking.is_some() && answered(grant).is_some();
    let lies =
        if is_said { String::new() } else { format!(" Its review lies with {}.", lies_with_whom(with)) };
    let later = still.as_ref().filter(|_| grant.still.is_none());
    let later = later.map(|how| format!(" You can still read it {how}.")).unwrap_or_default();
    let ends = format!("{}{}", day_words(*ends), undecided.at_the_earliest());
    Some(format!("Without a decision the grant ends on {ends}.{lies}{later}"))
}

/// The consumer has answered, and can ask those for a decision with whom it lies.
fn ask(grant: &GrantLine) -> Option<AnyView> {
    let id = grant.id.to_string();
    grant.asking.as_ref().filter(|asking| !asking.is_asked).map(|_| {
        view! {
            <Form action="/fn/ask_for_decision">
                <Hidden name="id" value=id />
                <button class="btn btn-sm btn-primary" type="submit">"Ask for a decision"</button>
            </Form>
        }
        .into_any()
    })
}
