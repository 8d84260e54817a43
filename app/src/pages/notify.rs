//! The inbox: each thing once, in its newest state.

use lakeport_model::PageRequest;
use lakeport_model::notify::{Inbox, Notification};
use leptos::prelude::*;

use crate::api;
use crate::pages::{crumb, page_query};
use crate::query::Query;
use crate::ui::{Badge, Empty, Form, Glyph, Hidden, Icon, Moment, PageHead, Tone, counted, load};

/// The viewer's notifications, newest first; with `about` in the address every message about one thing.
#[component]
pub(crate) fn InboxPage() -> impl IntoView {
    let query = page_query();
    let inbox = Resource::new(
        move || {
            let query = Query::parse(&query.get());
            let named = |name| query.get(name).map(ToOwned::to_owned);
            (named("about"), named("after"))
        },
        |(about, after)| async move {
            let page = PageRequest { after, ..PageRequest::default() };
            Ok((about.clone(), api::notify::inbox(about, page).await?))
        },
    );
    view! { <div class="page">{load(inbox, |(about, inbox)| content(about, inbox))}</div> }
}

fn content(about: Option<String>, Inbox { page, unread }: Inbox) -> AnyView {
    let all = (unread > 0 && about.is_none()).then(|| {
        view! {
            <Form action="/fn/mark_read">
                <button class="btn btn-sm" type="submit">"Mark all as read"</button>
            </Form>
        }
    });
    let list = if page.items.is_empty() {
        let text = "Nothing has been sent to you. Decisions, reviews and broken contracts arrive here.";
        view! { <Empty text=text href="/" action="Open the start page" /> }.into_any()
    } else {
        view! { <ul class="rowlist">{page.items.into_iter().map(row).collect_view()}</ul> }.into_any()
    };
    let (title, crumbs) = match &about {
        None => ("Inbox", Vec::new()),
        Some(_) => ("All messages about this", vec![crumb("Inbox", "/inbox")]),
    };
    let next = page.next.map(|after| {
        let query = about.map_or_else(Query::default, |about| Query::default().and("about", about));
        let href = query.and("after", after).to("/inbox");
        view! { <nav class="pager" aria-label="Pages"><a class="btn btn-sm" href=href>"Older notifications"</a></nav> }
    });
    view! {
        <PageHead title=title crumbs=crumbs>
            <div class="page-actions">{all}</div>
        </PageHead>
        {list}
        {next}
    }
    .into_any()
}

/// What an entry says, and below it the rest: of what is settled how it ended, and what it said before.
fn words(item: &Notification) -> (String, String) {
    match &item.settled {
        Some(now) => (now.clone(), format!("Before: {}", item.title)),
        None => (item.title.clone(), item.body.clone()),
    }
}

fn row(item: Notification) -> AnyView {
    let (title, body) = words(&item);
    let settled = item.settled.is_some().then(|| view! { <Badge tone=Tone::Idle text="Settled" /> });
    // Of what is settled the words name the day: that of the message before would be taken for it.
    let at = item.settled.is_none().then(|| view! { <Moment at=item.at /> });
    let unread = item.unread.then(|| view! { <Badge tone=Tone::Accent text="New" /> });
    let earlier = (item.earlier > 0).then(|| {
        let href = Query::default().and("about", item.id).to("/inbox");
        view! { <p><a class="link relative z-10" href=href>{counted(item.earlier, "earlier message")}</a></p> }
    });
    let label = format!("Mark as read: {title}");
    let read = item.unread.then(|| {
        view! {
            <Form action="/fn/mark_read">
                <Hidden name="id" value=item.id.to_string() />
                <button class="btn btn-xs" type="submit" aria-label=label>"Mark as read"</button>
            </Form>
        }
    });
    view! {
        <li>
            <div class="row">
                <Icon glyph=Glyph::Inbox />
                <div>
                    <div class="row-title"><a href=item.href>{title}</a>{unread}{settled}</div>
                    <p class="muted whitespace-pre-line">{body}</p>
                    {earlier}
                </div>
                <div class="row-end">{at}{read}</div>
            </div>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_settled_is_never_said_to_wait() {
        let waits = Notification {
            id: "0192d7a0-0000-7000-8000-000000000001".parse().expect("an id"),
            title: "A request for Collections waits for you".to_owned(),
            body: "Paula Brandt asked.".to_owned(),
            href: "/decide/1".to_owned(),
            at: chrono::DateTime::default(),
            unread: false,
            earlier: 0,
            settled: None,
        };
        assert_eq!(words(&waits), (waits.title.clone(), waits.body.clone()));
        let now =
            "Aylin Demir approved the request of Paula Brandt for Collections on 3 Dec 2026.".to_owned();
        let settled = Notification { settled: Some(now.clone()), ..waits };
        let before = "Before: A request for Collections waits for you".to_owned();
        assert_eq!(words(&settled), (now, before));
    }
}
