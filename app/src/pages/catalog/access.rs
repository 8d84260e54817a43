//! The viewer's access in words and as the button that says the truth about it. What is true, the portal decides.

use lakeport_model::catalog::{
    AccessStanding, AssetPage, AssetRef, ColumnPage, ProductPage, SEEN_TO_DECIDE, Way,
};
use lakeport_model::listed;
use lakeport_model::people::PersonRef;
use lakeport_model::{PortId, ProductId};
use leptos::prelude::*;

use crate::pages::{open_href, people_links, request_href};
use crate::ui::{Badge, Day, Moment, Tone};

/// What the viewer may do with a port: open it, wait, or request it. `primary` marks the page's main action.
pub(crate) fn access_button(
    access: &AccessStanding,
    asset: Option<&AssetRef>,
    request: Option<(&ProductId, &PortId)>,
    primary: bool,
) -> AnyView {
    let class = if primary { "btn btn-primary" } else { "btn btn-sm" };
    match access {
        AccessStanding::Public | AccessStanding::Domain | AccessStanding::Granted { .. } => {
            match asset.filter(|asset| asset.opens_here) {
                Some(asset) => {
                    view! { <a class=class href=open_href(asset)>"Open "{asset.name.clone()}</a> }.into_any()
                }
                None => badge(access),
            }
        }
        AccessStanding::Requested { .. } => {
            view! { <a class=class href="/access/requests">{requested(access)}</a> }.into_any()
        }
        AccessStanding::Opens { href } => {
            view! { <a class=class href=href.clone()>"Open the dashboard"</a> }.into_any()
        }
        AccessStanding::Requestable => request.map_or_else(
            || ().into_any(),
            |(product, port)| {
                view! { <a class=class href=request_href(product, port)>"Request access"</a> }.into_any()
            },
        ),
        AccessStanding::NotOffered
        | AccessStanding::Retired
        | AccessStanding::NotDescribed
        | AccessStanding::NotKnown
        | AccessStanding::Unread
        | AccessStanding::UnreadDashboard
        | AccessStanding::SeenToDecide => ().into_any(),
    }
}

/// The port through which an asset is requested, where anybody can.
pub(super) fn request_of(asset: &AssetPage) -> Option<(&ProductId, &PortId)> {
    asset.offered_by.first().map(|offer| (&offer.product, &offer.port))
}

/// Instead of the button, where a table that one may read is not there.
pub(super) fn no_table() -> AnyView {
    view! { <Badge tone=Tone::Warn text="No table at its location" /> }.into_any()
}

/// That one may read, where there is nothing to open.
fn badge(access: &AccessStanding) -> AnyView {
    match access {
        AccessStanding::Granted { ends_on, .. } => {
            let day = *ends_on;
            view! { <span class=Tone::Ok.badge()>"You have access until " <Day day=day /></span> }.into_any()
        }
        AccessStanding::Public => view! { <Badge tone=Tone::Ok text="Open to everybody" /> }.into_any(),
        _ => view! { <Badge tone=Tone::Ok text="You have access" /> }.into_any(),
    }
}

/// `Requested, with Maria Keller since 24 Nov 2026`; nothing where no request waits.
pub(crate) fn requested(access: &AccessStanding) -> AnyView {
    let AccessStanding::Requested { with, since, .. } = access else { return ().into_any() };
    let with = (!with.is_empty()).then(|| format!("with {} ", listed(with)));
    let since = *since;
    view! { "Requested, " {with} "since " <Day day=since.date_naive() /> }.into_any()
}

/// The same in a sentence, for something these people answer for.
pub(super) fn access_words(access: &AccessStanding, opens_here: bool, answers: Answers) -> AnyView {
    let ask = |wish| ask(answers, wish);
    let elsewhere = (access.may_read() && !opens_here)
        .then(|| format!(" It is not opened in Lakeport. {}", ask("for the way in")));
    let words = match access {
        AccessStanding::Public if opens_here => {
            "It is public: everybody may read the columns that are described so.".into_any()
        }
        AccessStanding::Public => "It is public: everybody may read it.".into_any(),
        AccessStanding::Domain => "You may read it as a member of its domain.".into_any(),
        AccessStanding::Granted { ends_on, undecided_by, .. } => {
            let day = *ends_on;
            let lies = (!undecided_by.is_empty())
                .then(|| format!(" It ends then unless its review is decided, which lies with {}.", listed(undecided_by)));
            view! { "You have access until " <Day day=day relative=true /> "." {lies} }.into_any()
        }
        AccessStanding::Requested { since, with, .. } => {
            let (since, with) = (*since, listed(with));
            view! { "Requested " <Moment at=since /> {(!with.is_empty()).then(|| format!(", with {with}"))} "." }
                .into_any()
        }
        AccessStanding::Opens { .. } => "It shows each viewer what that viewer may read.".into_any(),
        AccessStanding::Requestable => "Its values need access, which can be requested.".into_any(),
        AccessStanding::NotOffered => {
            format!("You may not read it, and no product offers it to request. {}", ask("to offer it")).into_any()
        }
        AccessStanding::Retired => {
            "Its values need access, which nobody can request any more: it is retired, or what offers it is.".into_any()
        }
        AccessStanding::NotDescribed => format!(
            "It is public, but none of its columns is described, and what nobody described counts as internal. \
             {}",
            ask("to describe them")
        )
        .into_any(),
        AccessStanding::NotKnown => {
            let next = if answers.is_own {
                "Describe it in the files of your domain and import them.".to_owned()
            } else {
                ask("to add it")
            };
            format!("The catalog does not know the data behind it yet. {next}").into_any()
        }
        AccessStanding::Unread => format!(
            "What describes the data behind it, or the contract on it, cannot be read; until that is corrected, nobody can \
             ask for access. {}",
            correct(answers)
        )
        .into_any(),
        AccessStanding::UnreadDashboard => format!(
            "The text of the dashboard cannot be read; until that is corrected, there is nothing to open. {}",
            correct(answers)
        )
        .into_any(),
        AccessStanding::SeenToDecide => SEEN_TO_DECIDE.into_any(),
    };
    view! { {words} {elsewhere} }.into_any()
}

/// Who answers for something, as its page knows it.
#[derive(Clone, Copy)]
pub(super) struct Answers<'a> {
    owners: &'a [PersonRef],
    /// Who decides where there is no owner.
    in_place: &'a [String],
    way: &'a Way,
    /// The viewer is one of the owners.
    is_own: bool,
}

impl<'a> From<&'a AssetPage> for Answers<'a> {
    fn from(page: &'a AssetPage) -> Self {
        Self { owners: &page.owners, in_place: &page.in_place_of_owners, way: &page.way, is_own: page.is_own }
    }
}

impl<'a> From<&'a ProductPage> for Answers<'a> {
    fn from(page: &'a ProductPage) -> Self {
        Self { owners: &page.owners, in_place: &page.in_place_of_owners, way: &page.way, is_own: page.is_own }
    }
}

impl<'a> From<&'a ColumnPage> for Answers<'a> {
    fn from(page: &'a ColumnPage) -> Self {
        Self { owners: &page.owners, in_place: &page.in_place_of_owners, way: &page.way, is_own: page.is_own }
    }
}

/// Whom to ask for what. Data that only lineage names has no domain, and so nobody who answers for it.
pub(super) fn ask(answers: Answers, wish: &str) -> String {
    match (answers.owners, answers.in_place) {
        ([], _) if answers.way.domain.is_none() => {
            "No domain answers for it yet: the one it belongs to has to describe it in its files first."
                .to_owned()
        }
        ([], []) => "Nobody answers for it yet: an administrator has to name an owner first.".to_owned(),
        ([], in_place) => format!("Ask {} {wish}.", listed(in_place)),
        (owners, _) => format!("Ask {} {wish}.", names(owners)),
    }
}

/// Who is to correct what cannot be read: nobody is sent to themselves.
fn correct(answers: Answers) -> String {
    if answers.is_own {
        "Correct what describes it and import it again.".to_owned()
    } else {
        ask(answers, "to correct it")
    }
}

/// The owners with the ways to their pages, or a sentence where there is none.
pub(super) fn owner_links(answers: Answers) -> AnyView {
    if answers.owners.is_empty() { owners(answers).into_any() } else { people_links(answers.owners) }
}

/// Owners by name, or a sentence where there is none.
fn owners(answers: Answers) -> String {
    match (answers.owners, answers.in_place) {
        ([], _) if answers.way.domain.is_none() => "Nobody; no domain answers for it yet".to_owned(),
        ([], []) => "Nobody; nobody can decide yet".to_owned(),
        ([], [one]) => format!("Nobody; {one} decides"),
        ([], in_place) => format!("Nobody; {} decide", listed(in_place)),
        (owners, _) => names(owners),
    }
}

fn names(people: &[PersonRef]) -> String {
    listed(&people.iter().map(|person| person.name.clone()).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use lakeport_model::people::DomainRef;

    use super::*;

    fn answers<'a>(in_place: &'a [String], way: &'a Way) -> Answers<'a> {
        Answers { owners: &[], in_place, way, is_own: false }
    }

    #[test]
    fn nobody_is_ever_sent_to_a_domain_that_is_not_there() {
        let way = Way::default();
        let of_none = answers(&[], &way);
        for words in [ask(of_none, "to offer it"), owners(of_none)] {
            assert!(
                words.contains("o domain answers for it yet") && !words.contains("administrator"),
                "{words}"
            );
        }
    }

    #[test]
    fn nobody_is_ever_sent_to_those_who_do_not_decide() {
        let domain = Some(DomainRef { id: "finance".into(), name: "Finance".to_owned() });
        let way = Way { domain, ..Way::default() };
        let said = |in_place: &[&str]| {
            let in_place: Vec<String> = in_place.iter().map(|name| (*name).to_owned()).collect();
            let answers = answers(&in_place, &way);
            (owners(answers), ask(answers, "to offer it"))
        };
        let (owner, asked) = said(&["Henrik Maas of Group"]);
        assert_eq!(owner, "Nobody; Henrik Maas of Group decides");
        assert_eq!(asked, "Ask Henrik Maas of Group to offer it.");
        assert_eq!(said(&["A of B", "C of D"]).0, "Nobody; A of B and C of D decide");
        let (owner, asked) = said(&[]);
        assert_eq!(owner, "Nobody; nobody can decide yet");
        assert_eq!(asked, "Nobody answers for it yet: an administrator has to name an owner first.");
        let own = Answers { is_own: true, ..answers(&[], &way) };
        assert_eq!(correct(own), "Correct what describes it and import it again.");
        assert!(correct(Answers { is_own: false, ..own }).starts_with("Nobody answers"));
    }
}
