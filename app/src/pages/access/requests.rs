//! The viewer's requests.

use lakeport_model::access::{RequestLine, RequestState};
use lakeport_model::{PortId, ProductId, RequestId, listed};
use leptos::prelude::*;

use super::{renewed_words, request_badge, standing_badge, unread_badge, until_words, waiting_badge};
use crate::api;
use crate::pages::{product_href, request_again_href};
use crate::ui::{
    Badge, ClassificationBadge, Confirm, Empty, Form, Glyph, Hidden, Icon, Moment, PageHead, Tabs, load,
};

/// The tabs of "My access".
pub(super) fn my_access_tabs(requests: bool) -> AnyView {
    let tabs = vec![
        ("What I may use".to_owned(), "/access/grants".to_owned(), !requests),
        ("What I asked for".to_owned(), "/access/requests".to_owned(), requests),
    ];
    view! { <Tabs label="My access" tabs=tabs /> }.into_any()
}

/// The viewer's requests, newest first.
#[component]
pub(crate) fn RequestsPage() -> impl IntoView {
    let requests = Resource::new(|| (), |()| api::access::my_requests());
    view! { <div class="page">{load(requests, content)}</div> }
}

fn content(requests: Vec<RequestLine>) -> AnyView {
    let list = if requests.is_empty() {
        view! { <Empty text="You have not asked for anything yet." href="/catalog" action="Find data to request" /> }.into_any()
    } else {
        view! { <ul class="rowlist">{requests.into_iter().map(row).collect_view()}</ul> }.into_any()
    };
    view! {
        <PageHead title="My requests" />
        {my_access_tabs(true)}
        {list}
    }
    .into_any()
}

/// With whom a waiting request is, as a clause: `it lies with Aylin Demir`.
pub(super) fn lies_with(request: &RequestLine) -> String {
    let with = listed(&request.with);
    if request.with.is_empty() {
        "nobody can decide it yet; the administrators were told".to_owned()
    } else if request.administrators_told {
        format!("it still lies with {with}; the administrators were told, because it has waited so long")
    } else if request.escalated {
        format!("it lies with {with} now, because it has waited so long")
    } else {
        format!("it lies with {with}")
    }
}

/// The way to ask again for what somebody had or was refused, with the words of that request.
pub(super) fn ask_again(product: &ProductId, port: &PortId, request: RequestId) -> AnyView {
    let href = request_again_href(product, port, request);
    view! { <a class="btn btn-sm" href=href>"Ask again"</a> }.into_any()
}

/// The way to take a waiting request back.
pub(super) fn withdraw(id: RequestId) -> AnyView {
    view! {
        <Confirm label="Withdraw" consequence="The request is taken back; nobody decides it any more.">
            <Form action="/fn/withdraw_request">
                <Hidden name="id" value=id.to_string() />
                <button class="btn btn-sm btn-error" type="submit">"Withdraw the request now"</button>
            </Form>
        </Confirm>
    }
    .into_any()
}

fn row(request: RequestLine) -> AnyView {
    let until = until_words(&request);
    // What has ended since is no access any more, whatever was decided.
    let ended = request.grant.as_ref().filter(|grant| !grant.is_live());
    let (tone, word) = ended.map_or_else(
        || {
            let (tone, word) = request_badge(request.state);
            (tone, word.to_owned())
        },
        standing_badge,
    );
    let ended = ended.and_then(|grant| {
        let undated = "the day the access began, or the day it ends, cannot be read";
        renewed_words(grant)
            .or_else(|| grant.ended.as_ref().map(|ended| format!("access {ended}")))
            .or_else(|| (!grant.has_days).then(|| undated.to_owned()))
    });
    let is_open = request.state == RequestState::Requested;
    let waiting = waiting_badge(&request).map(|(tone, words)| view! { <Badge tone=tone text=words /> });
    let with = is_open.then(|| lies_with(&request));
    let withdraw = is_open.then(|| withdraw(request.id));
    let title = if request.is_offered {
        view! { <a href=product_href(&request.product)>{request.title}</a> }.into_any()
    } else {
        view! { <span>{request.title}</span> }.into_any()
    };
    let again = request.asks_again.then(|| ask_again(&request.product, &request.port, request.id));
    view! {
        <li>
            <div class="row">
                <Icon glyph=Glyph::Key />
                <div>
                    <div class="row-title">
                        {title}
                        {unread_badge(request.product_is_unread)}
                        <Badge tone=tone text=word />
                        <ClassificationBadge classification=request.classification />
                        {waiting}
                    </div>
                    <div class="row-text">{request.purpose}</div>
                    {request.faulty.map(|sentence| view! { <p>{sentence}</p> })}
                    <div class="row-meta">
                        <span>"sent " <Moment at=request.requested_at /></span>
                        <span>{until}</span>
                        {with.map(|with| view! { <span>{with}</span> })}
                        {request.approvals.into_iter().map(|text| view! { <span>{text}</span> }).collect_view()}
                        {request.decision.map(|decision| view! { <span>{decision}</span> })}
                        {ended.map(|words| view! { <span>{words}</span> })}
                    </div>
                </div>
                <div class="row-end">{withdraw}{again}</div>
            </div>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::super::tests::request;
    use super::*;

    #[test]
    fn a_request_is_never_said_to_have_gone_on_to_whom_it_lay_with_all_along() {
        let waiting = RequestLine { escalated: true, ..request(RequestState::Requested, "2027-05-23") };
        assert_eq!(lies_with(&waiting), "it lies with Aylin Demir now, because it has waited so long");
        assert_eq!(
            lies_with(&RequestLine { administrators_told: true, ..waiting }),
            "it still lies with Aylin Demir; the administrators were told, because it has waited so long"
        );
    }
}
