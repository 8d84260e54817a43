//! Changes that members propose: those to decide, those of the viewer, and what edit forms say where they propose.

mod proposal;

use lakeport_model::PageRequest;
use lakeport_model::people::DomainRef;
use lakeport_model::proposals::{MOST_COUNTED, Merging, ProposalEnd, ProposalLine, ProposalState, Proposals};
use lakeport_model::{Page, ProposalId};
use leptos::prelude::*;

use super::page_query;
use crate::api;
use crate::query::Query;
use crate::ui::{Badge, Empty, FormState, Glyph, Hidden, Icon, Moment, PageHead, Tone, load, number};

pub(crate) use proposal::ProposalPage;

/// The address of the list.
const PAGE: &str = "/proposals";

/// The address of a proposal.
fn proposal_href(id: ProposalId) -> String {
    format!("{PAGE}/{id}")
}

/// The way to the form of something: to change it, or to propose that.
pub(crate) fn change_link(href: String, may_publish: bool, may_propose: bool) -> Option<AnyView> {
    let words = if may_publish { "Change" } else { "Propose a change" };
    (may_publish || may_propose).then(|| view! { <a class="btn btn-sm" href=href>{words}</a> }.into_any())
}

/// What a form is called: it changes something, or proposes that.
pub(crate) fn change_words(name: &str, proposes: bool) -> String {
    if proposes { format!("Propose a change of {name}") } else { format!("Change {name}") }
}

/// Who decides about what a form proposes; or that it holds what somebody else proposed.
pub(crate) fn lead(domain: &DomainRef, proposes: bool, proposal: Option<&Merging>) -> Option<AnyView> {
    if proposes {
        let words = format!("An owner or a steward of {} decides about it; you are told.", domain.name);
        return Some(view! { <p class="muted mb-4">{words}</p> }.into_any());
    }
    let href = proposal_href(proposal?.id);
    let lead = view! {
        <p class="muted mb-4">
            "This is what was proposed, and not what is published. Publishing it accepts "
            <a class="link" href=href>"the proposal"</a> ", with what you change."
        </p>
    };
    Some(lead.into_any())
}

/// What a form sends along that settles a proposal: the text of it that the form began with, also where another one took its
/// place since.
pub(crate) fn settles(form: &FormState, proposal: Option<&Merging>) -> Option<AnyView> {
    let value = form.typed("proposal", proposal?.settles());
    Some(view! { <Hidden name="proposal" value=value /> }.into_any())
}

/// The button that sends what was written, and its class; `over` are the words for a newer text whose place it takes.
pub(crate) fn send_words(proposes: bool, over: Option<String>) -> (String, &'static str) {
    let verb = if proposes { "Propose" } else { "Publish" };
    match over {
        Some(over) => (format!("{verb} over {over}"), "btn btn-error"),
        None => (verb.to_owned(), "btn btn-primary"),
    }
}

/// What stands below the field for the reason.
pub(crate) fn reason_help(proposes: bool, otherwise: &'static str) -> &'static str {
    if proposes { "What you change and for what: whoever decides reads that." } else { otherwise }
}

/// Proposals to decide, and those of the viewer.
#[component]
pub(crate) fn ProposalsPage() -> impl IntoView {
    let query = page_query();
    let found = Resource::new(
        move || Query::parse(&query.get()).get("after").map(ToOwned::to_owned),
        |after| api::proposals::proposals(PageRequest { after, ..PageRequest::default() }),
    );
    view! { <div class="page">{load(found, content)}</div> }
}

fn content(Proposals { to_decide, mine }: Proposals) -> AnyView {
    let is_empty = to_decide.items.is_empty() && mine.items.is_empty();
    let more = more_words(to_decide.more(), to_decide.of).map(|words| view! { <p class="muted">{words}</p> });
    let decide = (!to_decide.items.is_empty()).then(|| {
        view! {
            <section class="stack" aria-labelledby="to-decide">
                <h2 id="to-decide">"To decide"</h2>
                <ul class="rowlist">{to_decide.items.into_iter().map(|line| row(line, None)).collect_view()}</ul>
                {more}
            </section>
        }
    });
    let none = is_empty.then(|| {
        let text = "There is no proposal here. Members of a domain propose changes on the page of a data product, a table or a \
                    term of it.";
        view! { <Empty text=text href="/catalog" action="Search the catalog" /> }
    });
    view! {
        <PageHead title="Proposals" />
        <div class="stack">{none}{decide}{own(mine)}</div>
    }
    .into_any()
}

/// What the viewer proposed; nothing where that is nothing.
fn own(mine: Page<ProposalLine>) -> Option<AnyView> {
    if mine.items.is_empty() {
        return None;
    }
    let next = mine.next.map(|after| {
        let href = Query::default().and("after", after).to(PAGE);
        view! { <nav class="pager" aria-label="Pages"><a class="btn btn-sm" href=href>"Older proposals"</a></nav> }
    });
    let section = view! {
        <section class="stack" aria-labelledby="mine">
            <h2 id="mine">"What you proposed"</h2>
            <ul class="rowlist">{mine.items.into_iter().map(own_row).collect_view()}</ul>
            {next}
        </section>
    };
    Some(section.into_any())
}

/// That others wait beside those that are shown; where the count stopped, there may be more of them.
fn more_words(more: u32, of: u32) -> Option<String> {
    let how_many = if of < MOST_COUNTED { "more" } else { "or more others" };
    let words = format!("{} {how_many} wait: they follow once some of these are decided.", number(more));
    (more > 0).then_some(words)
}

/// One of those of the viewer, with the way to take it back while it is open: whoever left the domain opens its page no more.
fn own_row(line: ProposalLine) -> AnyView {
    let withdraw = (line.state == ProposalState::Open).then(|| proposal::withdraw(line.id));
    row(line, withdraw)
}

fn row(line: ProposalLine, withdraw: Option<AnyView>) -> AnyView {
    let badge = state_badge(line.state);
    let domain = (!line.domain.name.is_empty()).then(|| view! { <span>{line.domain.name}</span> });
    let end = line.end.map(|end| view! { <span>{end_words(&end)}" "<Moment at=end.at /></span> });
    view! {
        <li>
            <div class="row">
                <Icon glyph=Glyph::File />
                <div>
                    <div class="row-title">
                        <a href=proposal_href(line.id)>"Change of "{line.name}</a>
                        {badge}
                    </div>
                    <div class="row-text">{line.reason}</div>
                    <div class="row-meta">
                        <span>"proposed by "{line.who}" "<Moment at=line.at /></span>
                        {domain}
                        {end}
                    </div>
                    {withdraw}
                </div>
            </div>
        </li>
    }
    .into_any()
}

/// Where a proposal stands.
fn state_badge(state: ProposalState) -> AnyView {
    let (tone, word) = match state {
        ProposalState::Open => (Tone::Accent, "Waits for a decision"),
        ProposalState::Accepted => (Tone::Ok, "Accepted"),
        ProposalState::Declined => (Tone::Bad, "Declined"),
        ProposalState::Withdrawn => (Tone::Idle, "Withdrawn"),
    };
    view! { <Badge tone=tone text=word.to_owned() /> }.into_any()
}

/// Who ended it and why; the moment stands behind it.
fn end_words(end: &ProposalEnd) -> String {
    if end.why.is_empty() { format!("by {},", end.who) } else { format!("by {} ({}),", end.who, end.why) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_says_what_it_does() {
        assert_eq!(send_words(false, None).0, "Publish");
        assert_eq!(send_words(true, None), ("Propose".to_owned(), "btn btn-primary"));
        let (words, class) = send_words(true, Some("revision 3".to_owned()));
        assert_eq!((words.as_str(), class), ("Propose over revision 3", "btn btn-error"));
        assert_eq!(change_words("Dunning", true), "Propose a change of Dunning");
    }

    #[test]
    fn a_count_that_stopped_says_so() {
        assert_eq!(more_words(0, 3), None);
        assert!(more_words(20, 120).is_some_and(|words| words.starts_with("20 more wait")));
        assert!(
            more_words(100, MOST_COUNTED).is_some_and(|words| words.starts_with("100 or more others wait"))
        );
    }

    #[test]
    fn how_it_ended_names_who_said_so() {
        let end = |why: &str| ProposalEnd {
            who: "Aylin Demir".to_owned(),
            at: chrono::DateTime::default(),
            why: why.to_owned(),
        };
        assert_eq!(end_words(&end("")), "by Aylin Demir,");
        assert_eq!(end_words(&end("Not now")), "by Aylin Demir (Not now),");
    }
}
