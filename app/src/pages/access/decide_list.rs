//! Requests that wait for the viewer.

use lakeport_model::access::{RequestLine, asks_words};
use leptos::prelude::*;

use super::{unread_badge, until_words, waiting_badge};
use crate::api;
use crate::ui::{Badge, ClassificationBadge, Empty, Glyph, Icon, Moment, PageHead, load};

/// Requests to decide, oldest first.
#[component]
pub(crate) fn DecideListPage() -> impl IntoView {
    let requests = Resource::new(|| (), |()| api::access::to_decide());
    view! { <div class="page">{load(requests, content)}</div> }
}

fn content(requests: Vec<RequestLine>) -> AnyView {
    let list = if requests.is_empty() {
        view! { <Empty text="No request waits for your decision." href="/reviews" action="Open the review desk" /> }.into_any()
    } else {
        view! { <ul class="rowlist">{requests.into_iter().map(row).collect_view()}</ul> }.into_any()
    };
    view! {
        <PageHead title="To decide" />
        {list}
    }
    .into_any()
}

fn row(request: RequestLine) -> AnyView {
    let (asks, until) =
        (asks_words(&request.requester.name, &request.title, request.renews), until_words(&request));
    let waiting = waiting_badge(&request).map(|(tone, words)| view! { <Badge tone=tone text=words /> });
    view! {
        <li>
            <div class="row">
                <Icon glyph=Glyph::Decide />
                <div>
                    <div class="row-title">
                        <a href=format!("/decide/{}", request.id)>{asks}</a>
                        {unread_badge(request.product_is_unread)}
                        <ClassificationBadge classification=request.classification />
                        {waiting}
                    </div>
                    <div class="row-text">{request.purpose}</div>
                    {request.faulty.map(|sentence| view! { <p>{sentence}</p> })}
                    <div class="row-meta">
                        <span>"sent " <Moment at=request.requested_at /></span>
                        <span>{until}</span>
                    </div>
                </div>
            </div>
        </li>
    }
    .into_any()
}
