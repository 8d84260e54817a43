//! The inbox.

use lakeport_model::notify::Notification;
use lakeport_model::{Page, PageRequest};
use leptos::prelude::*;

use crate::api;
use crate::pages::page_query;
use crate::query::Query;
use crate::ui::{Badge, Empty, Glyph, Hidden, Icon, Moment, PageHead, Tone, load};

/// The viewer's notifications, newest first.
#[component]
pub(crate) fn InboxPage() -> impl IntoView {
    let query = page_query();
    let inbox = Resource::new(
        move || Query::parse(&query.get()).get("after").map(ToOwned::to_owned),
        |after| api::notify::inbox(PageRequest { after, ..PageRequest::default() }),
    );
    view! { <div class="page">{load(inbox, content)}</div> }
}

fn content(page: Page<Notification>) -> AnyView {
    let all = page.items.iter().any(|item| item.unread).then(|| {
        view! {
            <form method="post" action="/fn/mark_read">
                <button class="btn btn-sm" type="submit">"Mark all as read"</button>
            </form>
        }
    });
    let list = if page.items.is_empty() {
        let text = "Nothing has been sent to you. Decisions, reviews and broken contracts arrive here.";
        view! { <Empty text=text href="/" action="Open the start page" /> }.into_any()
    } else {
        view! { <ul class="rowlist">{page.items.into_iter().map(row).collect_view()}</ul> }.into_any()
    };
    let next = page.next.map(|after| {
        let href = Query::default().and("after", after).to("/inbox");
        view! { <nav class="pager" aria-label="Pages"><a class="btn btn-sm" href=href>"Older notifications"</a></nav> }
    });
    view! {
        <PageHead title="Inbox">
            <div class="page-actions">{all}</div>
        </PageHead>
        {list}
        {next}
    }
    .into_any()
}

fn row(item: Notification) -> AnyView {
    let unread = item.unread.then(|| view! { <Badge tone=Tone::Accent text="New" /> });
    let read = item.unread.then(|| {
        view! {
            <form method="post" action="/fn/mark_read">
                <Hidden name="id" value=item.id.to_string() />
                <button class="btn btn-xs" type="submit" aria-label=format!("Mark as read: {}", item.title)>"Mark as read"</button>
            </form>
        }
    });
    view! {
        <li>
            <div class="row">
                <Icon glyph=Glyph::Inbox />
                <div>
                    <div class="row-title"><a href=item.href>{item.title.clone()}</a>{unread}</div>
                    <p class="muted">{item.body}</p>
                </div>
                <div class="row-end"><Moment at=item.at />{read}</div>
            </div>
        </li>
    }
    .into_any()
}
