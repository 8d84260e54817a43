//! What every page has: a head, data that is loaded, a way to say no, and the confirmation after a change.

use std::pin::Pin;

use lakeport_model::people::RoleChange;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{ApiError, ErrorKind};
use crate::query::Query;
use crate::ui::{Glyph, Icon, Refusal, counted, refused, written_day};

/// Title of the document, breadcrumb, heading; badges and actions are its children. The heading gets the focus, so that
/// a new page is announced from its beginning; after a change the address leads to the confirmation instead, and after a
/// refusal the focus goes to what does not fit.
#[component]
pub(crate) fn PageHead(
    /// The heading, and the document's title.
    #[prop(into)]
    title: String,
    /// The way here: words and address.
    #[prop(optional)]
    crumbs: Vec<(String, String)>,
    /// A field of the page does not fit, and takes the focus.
    #[prop(optional)]
    misfit: bool,
    /// Badges and `.page-actions` beside the heading.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let way = (!crumbs.is_empty()).then(|| view! { <Breadcrumb crumbs=crumbs here=title.clone() /> });
    view! {
        <Title text=title.clone() />
        <header class="page-head">
            {way}
            <div class="page-title">
                <h1 id="title" tabindex="-1" autofocus=refused().is_none() && !misfit>{title}</h1>
                {children.map(|children| children())}
            </div>
        </header>
        <Done />
        <Refusal />
    }
    .into_any()
}

/// The way to a page: what lies above it as links, then the page itself.
#[component]
fn Breadcrumb(
    /// What lies above: words and address.
    crumbs: Vec<(String, String)>,
    /// The page.
    here: String,
) -> impl IntoView {
    let above = crumbs.into_iter().map(|(text, href)| view! { <li><a href=href>{text}</a></li> });
    view! {
        <nav aria-label="Breadcrumb">
            <ol class="breadcrumb">
                {above.collect_view()}
                <li aria-current="page">{here}</li>
            </ol>
        </nav>
    }
}

/// Shows a page once its data is there; a refusal becomes a sentence, with the status that fits.
pub(crate) fn load<T, F, V>(data: Resource<Result<T, ApiError>>, show: F) -> AnyView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Fn(T) -> V + Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    waiting(Box::new(move || {
        let show = show.clone();
        Box::pin(async move {
            match data.await {
                Ok(page) => show(page).into_any(),
                Err(error) => view! { <Failure error=error /> }.into_any(),
            }
        })
    }))
}

/// A view that is still being made.
type Drawing = Pin<Box<dyn Future<Output = AnyView> + Send>>;

/// Apart from [`load`], so that it is compiled once and not for every page.
fn waiting(draw: Box<dyn Fn() -> Drawing + Send + Sync>) -> AnyView {
    view! {
        <Suspense fallback=|| {
            view! { <p class="muted" role="status">"Loading"</p> }
        }>{move || Suspend::new(draw())}</Suspense>
    }
    .into_any()
}

/// Gives the page the status of an error.
pub(crate) fn answer_with(kind: ErrorKind) {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(crate::error::status(kind));
    }
    #[cfg(not(feature = "ssr"))]
    let _ = kind;
}

/// A page, or a part of one, that could not be shown, and why.
#[component]
pub(crate) fn Failure(
    /// Why.
    error: ApiError,
) -> impl IntoView {
    answer_with(error.kind);
    let reference = error.reference.map(|id| view! { <p class="muted">"Reference " <code>{id}</code></p> });
    view! {
        <Title text=error.kind.heading() />
        <header class="page-head">
            <h1 id="title" tabindex="-1" autofocus>{error.kind.heading()}</h1>
        </header>
        <div class="stack">
            <p>{error.message}</p>
            {reference}
            <p>
                <a class="btn btn-sm" href="/catalog">"Search the catalog"</a>
            </p>
        </div>
    }
    .into_any()
}

/// The confirmation of what was just done, on the page that the change led to and never again: neither a link, nor a
/// second look can make the portal say things.
#[component]
pub(crate) fn Done() -> impl IntoView {
    let search = use_location().search.get_untracked();
    let confirmed = Query::parse(&search).get("done").and_then(|key| {
        let names = was_done(key)?;
        let way = way_on(key, &names);
        Some((confirmed(key, names)?, way))
    });
    confirmed.map(|(sentence, way)| {
        let way = way.map(|(href, words)| view! { <p><a class="link" href=href>{words}</a></p> });
        view! {
            <div class="notice notice-success mb-4" role="status">
                <Icon glyph=Glyph::Check />
                <div>
                    <p id="done" tabindex="-1">{sentence}</p>
                    {way}
                </div>
            </div>
        }
    })
}

/// The names that the answer to a change left for this page, if it left this key; only the server draws it.
#[cfg(feature = "ssr")]
fn was_done(key: &str) -> Option<Vec<String>> {
    crate::call::take_done().filter(|(left, _)| left == key).map(|(_, names)| names)
}

#[cfg(not(feature = "ssr"))]
fn was_done(_key: &str) -> Option<Vec<String>> {
    None
}

/// The key of the confirmation that a text was published; the name is the number of its revision.
pub(crate) const PUBLISHED: &str = "published";

/// The keys of the confirmations that a column was confirmed to hold personal data, that its suggestion was dismissed, and
/// that it is suggested again. The first name is that of the column; of the first two more follow: as what it was confirmed,
/// and the id of its asset where that is short enough for a confirmation.
pub(crate) const PERSONAL_CONFIRMED: &str = "personal-confirmed";
/// The second of them.
pub(crate) const PERSONAL_DISMISSED: &str = "personal-dismissed";
/// The third of them.
pub(crate) const PERSONAL_RESTORED: &str = "personal-restored";

/// The key of the confirmation that assets were changed together; the name is how many.
pub(crate) const ASSETS_CHANGED: &str = "assets-changed";
/// The key of what is said where all of them were so already.
pub(crate) const ASSETS_SAME: &str = "assets-same";

/// The key of the confirmation that something is retired; the name is the first day, `2026-12-31`.
pub(crate) const RETIRED: &str = "retired";
/// The key of the confirmation that it is offered again, or goes on to be.
pub(crate) const RESTORED: &str = "restored";

/// The key of the confirmation that something is certified; the name is the last day, `2026-12-31`.
pub(crate) const CERTIFIED: &str = "certified";
/// The key of the confirmation that this was withdrawn.
pub(crate) const DECERTIFIED: &str = "decertified";

/// The key of the confirmation that something is followed.
pub(crate) const FOLLOWED: &str = "followed";
/// The key of the confirmation that it is followed no more.
pub(crate) const UNFOLLOWED: &str = "unfollowed";

/// The key of the confirmation that a change was proposed.
pub(crate) const PROPOSED: &str = "proposed";
/// The key of the confirmation that it was accepted; the name is the number of its revision.
pub(crate) const PROPOSAL_ACCEPTED: &str = "proposal-accepted";
/// The key of the confirmation that it was declined.
pub(crate) const PROPOSAL_DECLINED: &str = "proposal-declined";
/// The key of the confirmation that it was taken back.
pub(crate) const PROPOSAL_WITHDRAWN: &str = "proposal-withdrawn";

/// Where what was done can be changed again, and the words for it.
fn way_on(key: &str, names: &[String]) -> Option<(String, &'static str)> {
    match key {
        PERSONAL_CONFIRMED => {
            let asset = crate::query::encode(names.get(2)?);
            Some((format!("/assets/{asset}/edit"), "Change it"))
        }
        PERSONAL_DISMISSED => Some(("/personal-data?tab=dismissed".to_owned(), "Suggest again")),
        FOLLOWED => Some(("/following".to_owned(), "What changed lately")),
        _ => None,
    }
}

/// The sentence of a key, with the names that were left for it.
fn confirmed(key: &str, names: Vec<String>) -> Option<String> {
    match key {
        "role-changed" => {
            let [person, domain, before, after] = <[String; 4]>::try_from(names).ok()?;
            let change =
                RoleChange { person, domain, before: before.parse().ok(), after: after.parse().ok() };
            Some(lakeport_model::sentence(&change.in_words()))
        }
        PUBLISHED => {
            let number: u32 = names.first()?.parse().ok()?;
            Some(format!("Your text was published as revision {number}. What it says counts from now on."))
        }
        ASSETS_CHANGED => {
            let count: u32 = names.first()?.parse().ok()?;
            Some(format!(
                "Changed: {}. What was before stands in the history of each.",
                counted(count, "asset")
            ))
        }
        PERSONAL_CONFIRMED => {
            let (column, class) = (names.first()?, names.get(1)?);
            Some(format!("Confirmed: {column} is {class} from now on."))
        }
        PERSONAL_DISMISSED => Some(format!("Dismissed: {} is not suggested again.", names.first()?)),
        PERSONAL_RESTORED => Some(format!("{} is suggested again.", names.first()?)),
        RETIRED => {
            let day = written_day(names.first()?)?;
            Some(format!("Retired from {day}. Whoever relies on it is told."))
        }
        PROPOSAL_ACCEPTED => {
            let number: u32 = names.first()?.parse().ok()?;
            Some(format!("Accepted: it was published as revision {number}. Whoever proposed it is told."))
        }
        CERTIFIED => Some(format!("Certified until {}.", written_day(names.first()?)?)),
        _ => sentence(key).map(ToOwned::to_owned),
    }
}

fn sentence(key: &str) -> Option<&'static str> {
    Some(match key {
        "requested" => "Your request was sent. Where it stands is shown below.",
        "withdrawn" => "The request was withdrawn.",
        "approved" => "Your approval was recorded.",
        "rejected" => "The request was rejected; the requester is told your reason.",
        "approved-next" => "Your approval was recorded. This is the next request that waits for you.",
        "rejected-next" => {
            "The request was rejected; the requester is told your reason. This is the next one that waits for you."
        }
        "given-up" => "The access was given up.",
        "confirmed" => "Noted: you still need this access.",
        "asked" => "They were told that you ask for a decision. Once a day is enough.",
        "kept" => "The access was kept.",
        "revoked" => "The access was withdrawn; whoever held it is told.",
        "nothing-chosen" => "Nothing was chosen, so nothing was changed. Choose at least one row.",
        "subscribed" => "You are subscribed; you are told when the contract breaks.",
        "unsubscribed" => "The subscription was ended.",
        "checked" => "The checks have run; the result is below.",
        ASSETS_SAME => "All of this was so already, so nothing was changed.",
        "published-already" => "This text was published already, so nothing was changed.",
        "read" => "The notification is marked as read.",
        "all-read" => "Every notification is marked as read.",
        "clock-moved" => {
            "The portal's clock was moved. The demo's tables get the days in between now; until they have them, some seconds, figures are those of before."
        }
        RESTORED => "Restored: it is in search and lists as before. Whoever relies on it is told.",
        DECERTIFIED => {
            "Withdrawn: it is not certified any more. Whoever holds a grant on it and its owners are told."
        }
        PROPOSED => "Your change was proposed. You are told when it is accepted or declined.",
        PROPOSAL_DECLINED => "Declined: whoever proposed it is told your reason.",
        PROPOSAL_WITHDRAWN => "Your proposal was withdrawn; nobody decides about it any more.",
        FOLLOWED => "You follow this: once a day you are told what changed.",
        UNFOLLOWED => "You do not follow it any more.",
        "token-taken-over" => "You answer for the token now.",
        "token-created" => "The token was created.",
        "token-revoked" => "The token was revoked; calls with it are refused from now on.",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_that_was_given_or_taken_is_named() {
        let said = |names: [&str; 4]| confirmed("role-changed", names.map(str::to_owned).to_vec());
        let given = said(["Tom Fischer", "Sales", "member", "steward"]);
        assert_eq!(given.as_deref(), Some("Tom Fischer is now a steward of Sales."));
        let taken = said(["Tom Fischer", "Sales", "owner", ""]);
        assert_eq!(taken.as_deref(), Some("Tom Fischer is no longer an owner of Sales."));
        assert_eq!(confirmed("role-changed", Vec::new()), None, "without names there is nothing to say");
        assert_eq!(confirmed("kept", Vec::new()).as_deref(), sentence("kept"));
    }

    #[test]
    fn what_was_said_of_a_column_can_be_changed_again() {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let whole = names(&["email", "confidential", "gold.a/b"]);
        assert_eq!(
            way_on(PERSONAL_CONFIRMED, &whole),
            Some(("/assets/gold.a%2Fb/edit".to_owned(), "Change it"))
        );
        assert_eq!(way_on(PERSONAL_CONFIRMED, &whole[..2]), None, "an id that was too long leads nowhere");
        let said = confirmed(PERSONAL_CONFIRMED, whole).unwrap_or_default();
        assert_eq!(said, "Confirmed: email is confidential from now on.");
        assert!(way_on(PERSONAL_DISMISSED, &[]).is_some() && way_on("kept", &[]).is_none());
        assert_eq!(confirmed(PERSONAL_RESTORED, Vec::new()), None, "without a name there is nothing to say");
    }

    #[test]
    fn what_is_retired_is_confirmed_with_its_day() {
        let said = |names: &[&str]| confirmed(RETIRED, names.iter().map(ToString::to_string).collect());
        let day = said(&["2027-01-01"]);
        assert!(day.is_some_and(|sentence| sentence.starts_with("Retired from 1 Jan 2027.")));
        assert_eq!([said(&[]), said(&["<b>"])], [None, None], "without a day there is nothing to say");
        assert!(confirmed(RESTORED, Vec::new()).is_some());
    }

    #[test]
    fn what_is_certified_is_confirmed_with_its_last_day() {
        let said = |names: &[&str]| confirmed(CERTIFIED, names.iter().map(ToString::to_string).collect());
        assert_eq!(said(&["2027-03-03"]).as_deref(), Some("Certified until 3 Mar 2027."));
        assert_eq!([said(&[]), said(&["<b>"])], [None, None], "without a day there is nothing to say");
        assert!(confirmed(DECERTIFIED, Vec::new()).is_some());
    }

    #[test]
    fn assets_that_were_changed_are_counted() {
        let said =
            |names: &[&str]| confirmed(ASSETS_CHANGED, names.iter().map(ToString::to_string).collect());
        assert!(said(&["12"]).is_some_and(|sentence| sentence.starts_with("Changed: 12 assets.")));
        assert_eq!([said(&[]), said(&["<b>"])], [None, None], "without a number there is nothing to say");
        assert!(confirmed(ASSETS_SAME, Vec::new()).is_some());
    }

    #[test]
    fn a_text_that_was_published_is_named_by_its_revision() {
        let said = |names: &[&str]| confirmed(PUBLISHED, names.iter().map(ToString::to_string).collect());
        assert!(said(&["3"]).is_some_and(|sentence| sentence.contains("revision 3")));
        assert_eq!([said(&[]), said(&["<b>"])], [None, None], "without a number there is nothing to say");
    }
}
