//! Following: the feed of what changed, what the viewer follows, and the button on the pages of what can be followed.

use lakeport_model::PageRequest;
use lakeport_model::follow::{
    DAYS_BEFORE, FEED_DAYS, FeedLine, Followable, Followed, Following, MOST_LOOKED_AT,
};
use leptos::prelude::*;

use crate::api;
use crate::pages::page_query;
use crate::query::Query;
use crate::ui::{Empty, Form, Glyph, Hidden, Icon, Moment, Notice, PageHead, Tone, load, number};

/// The address of the page.
const PAGE: &str = "/following";

/// What changed of what the viewer follows, the newest first, and what that is.
#[component]
pub(crate) fn FollowingPage() -> impl IntoView {
    let query = page_query();
    let following = Resource::new(
        move || Query::parse(&query.get()).get("after").map(ToOwned::to_owned),
        |after| async move {
            let page = PageRequest { after: after.clone(), ..PageRequest::default() };
            Ok((after.is_some(), api::follow::following(page).await?))
        },
    );
    view! { <div class="page">{load(following, |(is_later, following)| content(is_later, following))}</div> }
}

fn content(is_later: bool, Following { feed, follows, is_cut }: Following) -> AnyView {
    let body = if follows.is_empty() {
        let text = "You follow nothing yet. Press Follow on the page of a data product, a table or a domain: what changes is \
                    listed here, and once a day you are told.";
        view! { <Empty text=text href="/catalog" action="Search the catalog" /> }.into_any()
    } else {
        let changes = changes(is_later, feed.items, feed.next);
        let cut = is_cut.then(|| {
            let most = u32::try_from(MOST_LOOKED_AT).unwrap_or(u32::MAX);
            let most = number(most);
            let said = format!(
                "More belongs to what you follow than is looked at: the first {most} data products, assets and versions of \
                 contracts. What you follow by itself comes first."
            );
            view! { <Notice tone=Tone::Idle><p>{said}</p></Notice> }
        });
        let follows = follows.into_iter().map(followed).collect_view();
        view! {
            <div class="stack">
                {cut}
                <section class="stack" aria-labelledby="changes">
                    <h2 id="changes">"What changed"</h2>
                    {changes}
                </section>
                <section class="stack" aria-labelledby="followed">
                    <h2 id="followed">"What you follow"</h2>
                    <ul class="rowlist" id="follows">{follows}</ul>
                </section>
            </div>
        }
        .into_any()
    };
    view! {
        <PageHead title="Following" />
        {body}
    }
    .into_any()
}

fn changes(is_later: bool, lines: Vec<FeedLine>, next: Option<String>) -> AnyView {
    if lines.is_empty() {
        let text = if is_later {
            "Nothing older is shown.".to_owned()
        } else {
            format!(
                "Nothing has changed of what you follow. Changes of the last {FEED_DAYS} days stand here, and no older ones than \
                 {DAYS_BEFORE} days before you began to follow it."
            )
        };
        return view! { <p class="muted">{text}</p> }.into_any();
    }
    let next = next.map(|after| {
        let href = Query::default().and("after", after).to(PAGE);
        view! { <nav class="pager" aria-label="Pages"><a class="btn btn-sm" href=href>"Older changes"</a></nav> }
    });
    view! {
        <ul class="rowlist" id="feed">{lines.into_iter().map(line).collect_view()}</ul>
        {next}
    }
    .into_any()
}

fn line(line: FeedLine) -> AnyView {
    let FeedLine { at, name, href, what, difference, because } = line;
    let label = format!("What changed of {name}");
    let difference = difference.map(|href| {
        view! { <a class="link relative z-10" href=href aria-label=label>"What changed"</a> }
    });
    view! {
        <li>
            <div class="row">
                <Icon glyph=Glyph::Star />
                <div>
                    <div class="row-title"><a href=href>{name}</a></div>
                    <p>{what}" "{difference}</p>
                    <p class="muted">{because}"."</p>
                </div>
                <div class="row-end"><Moment at=at exact=true /></div>
            </div>
        </li>
    }
    .into_any()
}

fn followed(followed: Followed) -> AnyView {
    let Followed { kind, id, seen, since } = followed;
    let (name, title) = if let Some((name, href)) = seen {
        (name.clone(), view! { <a href=href>{name}</a> }.into_any())
    } else {
        let words = "Something that you do not see any more";
        (words.to_owned(), words.into_any())
    };
    let label = format!("Stop following: {name}");
    view! {
        <li>
            <div class="row">
                <Icon glyph=Glyph::Star />
                <div>
                    <div class="row-title">{title}</div>
                    <p class="muted">{kind_words(kind)}", since "<Moment at=since follows=true /></p>
                </div>
                <div class="row-end">
                    <Form action="/fn/unfollow">
                        <Hidden name="kind" value=kind.as_str() />
                        <Hidden name="id" value=id />
                        <Hidden name="back" value=PAGE />
                        <button class="btn btn-xs relative z-10" type="submit" aria-label=label>"Stop following"</button>
                    </Form>
                </div>
            </div>
        </li>
    }
    .into_any()
}

fn kind_words(kind: Followable) -> &'static str {
    match kind {
        Followable::Product => "Data product",
        Followable::Asset => "Asset",
        Followable::Domain => "Domain",
    }
}

/// The button on the page `back` that follows what it shows, or stops to: none where that is not offered.
pub(crate) fn follow_button(
    kind: Followable,
    id: &str,
    follows: Option<bool>,
    back: String,
) -> Option<AnyView> {
    let follows = follows?;
    let (action, words) = if follows { ("/fn/unfollow", "Following") } else { ("/fn/follow", "Follow") };
    let (id, pressed) = (id.to_owned(), if follows { "true" } else { "false" });
    let button = view! {
        <Form action=action>
            <Hidden name="kind" value=kind.as_str() />
            <Hidden name="id" value=id />
            <Hidden name="back" value=back />
            <button class="btn btn-sm" type="submit" aria-pressed=pressed>{words}</button>
        </Form>
    };
    Some(button.into_any())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_follows_what_they_know_by_its_name_alone() {
        assert!(follow_button(Followable::Product, "collections", None, "/".to_owned()).is_none());
    }
}
