//! The revisions of a document, and what each of them changed. Products, contracts and dashboards have their pages here; others lend their
//! address.

use lakeport_model::catalog::Way;
use lakeport_model::documents::{History, Revision, RevisionLine, Source, TextKind};
use lakeport_model::people::DomainRef;
use lakeport_model::{PageRequest, ProductId};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::diff::comparison;
use super::document_href;
use crate::api::Answer;
use crate::api::documents::{
    contract_history, contract_revision, dashboard_history, dashboard_revision, product_history,
    product_revision,
};
use crate::error::ApiError;
use crate::pages::{crumb, crumbs, page_id, page_query, publisher};
use crate::query::Query;
use crate::ui::{Column, CopyButton, Fact, Moment, PageHead, Table, load, number};

/// What has the revisions, as far as their pages name it.
pub(crate) struct Described {
    /// What it is, in a word.
    pub(crate) label: &'static str,
    /// The address of its page; those of its revisions begin with it.
    pub(crate) href: String,
    /// The way to its page, and that page.
    pub(crate) crumbs: Vec<(String, String)>,
}

impl Described {
    fn edit(&self) -> String {
        format!("{}/edit", self.href)
    }

    fn history(&self) -> String {
        format!("{}/history", self.href)
    }

    fn revision(&self, number: u32) -> String {
        format!("{}/{number}", self.history())
    }
}

/// A product, a contract or a dashboard and the way to it.
fn described(kind: TextKind, id: &str, name: &str, domain: &DomainRef) -> Described {
    let href = document_href(kind, id);
    let mut way = Way { domain: Some(domain.clone()), ..Way::default() };
    match kind {
        TextKind::Product => {
            way.product = Some((ProductId::from(id), name.to_owned()));
            Described { label: "Product", href, crumbs: crumbs("Catalog", "/catalog", &way) }
        }
        TextKind::Contract => {
            let mut crumbs = crumbs("Catalog", "/catalog", &way);
            crumbs.push(crumb(name, href.as_str()));
            Described { label: "Contract", href, crumbs }
        }
        TextKind::Dashboard => {
            let mut crumbs = crumbs("Dashboards", "/dashboards", &way);
            crumbs.push(crumb(name, href.as_str()));
            Described { label: "Dashboard", href, crumbs }
        }
    }
}

/// All revisions of a product, the newest first.
#[component]
pub(crate) fn ProductHistoryPage() -> impl IntoView {
    history_page(TextKind::Product)
}

/// The revisions of all versions of a contract, the newest first.
#[component]
pub(crate) fn ContractHistoryPage() -> impl IntoView {
    history_page(TextKind::Contract)
}

/// All revisions of a dashboard, the newest first.
#[component]
pub(crate) fn DashboardHistoryPage() -> impl IntoView {
    history_page(TextKind::Dashboard)
}

fn history_page(kind: TextKind) -> AnyView {
    let (id, query) = (page_id(), page_query());
    let history = Resource::new(
        move || (id.get(), Query::parse(&query.get()).get("after").map(ToOwned::to_owned)),
        move |(id, after)| async move {
            let page = PageRequest { after, ..PageRequest::default() };
            match kind {
                TextKind::Product => product_history(id, page).await,
                TextKind::Contract => contract_history(id, page).await,
                TextKind::Dashboard => dashboard_history(id, page).await,
            }
        },
    );
    let show = move |history: History| {
        history_content(described(kind, &history.id, &history.name, &history.domain), history)
    };
    view! { <div class="page">{load(history, show)}</div> }.into_any()
}

/// All revisions of something, the newest first.
pub(crate) fn history_content(of: Described, history: History) -> AnyView {
    let History { name, lines, next, may_publish, .. } = history;
    let change = may_publish.then(|| view! { <a class="btn btn-sm" href=of.edit()>"Change"</a> });
    let mut heads = ["Revision", "When", "Who", "Where from", "Why", "Lines"].map(Column::text).to_vec();
    // Of a contract each is of a version.
    if lines.iter().any(|line| line.version.is_some()) {
        heads.insert(1, Column::text("Version"));
    }
    let rows = lines.into_iter().map(|line| row(&of, line)).collect_view();
    let next = next.map(|after| {
        let href = Query::default().and("after", after).to(&of.history());
        view! { <nav class="pager" aria-label="Pages"><a class="btn btn-sm" href=href>"Older revisions"</a></nav> }
    });
    view! {
        <PageHead title=format!("History of {name}") crumbs=of.crumbs>
            <div class="page-actions">{change}</div>
        </PageHead>
        <Table caption="Revisions, the newest first" columns=heads>{rows}</Table>
        {next}
    }
    .into_any()
}

fn row(of: &Described, line: RevisionLine) -> AnyView {
    let href = of.revision(line.number);
    let (changed, why) = (changed(&line), (!line.reason.is_empty()).then_some("Why"));
    let who = publisher(&line);
    let version = line.version.map(|version| view! { <td data-label="Version">{version}</td> });
    view! {
        <tr>
            <th scope="row"><a class="link" href=href>"Revision "{line.number}</a></th>
            {version}
            <td data-label="When"><Moment at=line.at exact=true /></td>
            <td data-label="Who">{who}</td>
            <td data-label="Where from">{from_words(line.source)}</td>
            <td data-label=why>{line.reason}</td>
            <td data-label="Lines">{changed}</td>
        </tr>
    }
    .into_any()
}

/// `+3 −1`, and in words for those who hear it.
fn changed(line: &RevisionLine) -> AnyView {
    let (added, removed) = (number(line.added), number(line.removed));
    let words = format!("{added} added, {removed} taken away");
    let signs = format!("+{added} \u{2212}{removed}");
    view! { <span aria-hidden="true">{signs}</span><span class="visually-hidden">{words}</span> }.into_any()
}

/// Where a revision came from, in words.
fn from_words(source: Source) -> &'static str {
    match source {
        Source::Page => "A page of the portal",
        Source::Files => "Imported files",
        Source::Api => "A folder that was pushed",
    }
}

/// One revision of a product: what it changed, and its text.
#[component]
pub(crate) fn ProductRevisionPage() -> impl IntoView {
    revision_page(TextKind::Product)
}

/// One revision of a contract.
#[component]
pub(crate) fn ContractRevisionPage() -> impl IntoView {
    revision_page(TextKind::Contract)
}

/// One revision of a dashboard.
#[component]
pub(crate) fn DashboardRevisionPage() -> impl IntoView {
    revision_page(TextKind::Dashboard)
}

fn revision_page(kind: TextKind) -> AnyView {
    let (id, params) = (page_id(), use_params_map());
    let revision = Resource::new(
        move || (id.get(), params.get().get("number").unwrap_or_default()),
        move |(id, number)| async move {
            let number = revision_number(&number)?;
            match kind {
                TextKind::Product => product_revision(id, number).await,
                TextKind::Contract => contract_revision(id, number).await,
                TextKind::Dashboard => dashboard_revision(id, number).await,
            }
        },
    );
    let show = move |revision: Revision| {
        revision_content(described(kind, &revision.id, &revision.name, &revision.domain), revision)
    };
    view! { <div class="page">{load(revision, show)}</div> }.into_any()
}

/// The number of a revision, as an address has it.
pub(crate) fn revision_number(number: &str) -> Answer<u32> {
    number.parse().map_err(|_| ApiError::not_found("revision"))
}

/// A revision of something: what it changed, and its text.
pub(crate) fn revision_content(of: Described, revision: Revision) -> AnyView {
    let RevisionLine { number, at, source, reason, .. } = revision.line.clone();
    let who = publisher(&revision.line);
    let mut crumbs = of.crumbs.clone();
    crumbs.push(crumb("History", of.history()));
    let is_newest = number == revision.newest;
    let again = (revision.may_publish && !is_newest).then(|| {
        let href = Query::default().and("revision", number).to(&of.edit());
        view! { <a class="btn btn-sm" href=href>"Publish this text again"</a> }
    });
    let older = (number > 1).then(|| {
        view! { <a class="btn btn-sm" href=of.revision(number - 1)>"Older"</a> }
    });
    let newer = (!is_newest).then(|| {
        view! { <a class="btn btn-sm" href=of.revision(number + 1)>"Newer"</a> }
    });
    let version = revision.line.version.clone();
    let state = if let (true, Some(version)) = (is_newest, &version) {
        format!("The newest one: it is a text of version {version}.")
    } else if is_newest {
        format!("The newest one: this is what the {} says now.", of.label.to_lowercase())
    } else {
        format!("An older one; the newest is revision {}.", revision.newest)
    };
    let why = (!reason.is_empty()).then(|| view! { <Fact label="Why">{reason}</Fact> });
    let version = version.map(|version| view! { <Fact label="Version">{version}</Fact> });
    let (title, lines) = (format!("Revision {number} of {}", revision.name), changed(&revision.line));
    let diff = if revision.diff.is_empty() {
        view! { <p class="muted">"It changed no line."</p> }.into_any()
    } else {
        comparison(revision.diff, revision.is_cut, "What this revision changed")
    };
    view! {
        <PageHead title=title crumbs=crumbs>
            <div class="page-actions">{again}</div>
        </PageHead>
        <div class="with-facts">
            <div class="stack min-w-0">
                <p>{state}</p>
                <section class="stack" aria-labelledby="changed">
                    <h2 id="changed">"What it changed"</h2>
                    {diff}
                </section>
                <details>
                    <summary>"The whole text"</summary>
                    <div class="code mt-2">
                        <pre tabindex="0" role="region" aria-label="The whole text"><code id="document-text">{revision.text}</code></pre>
                        <CopyButton target="document-text".to_owned() label="Copy the whole text".to_owned() />
                    </div>
                </details>
                <nav class="pager" aria-label="Revisions">{newer} {older}</nav>
            </div>
            <dl class="facts">
                <Fact label="When"><Moment at=at exact=true /></Fact>
                <Fact label="Who">{who}</Fact>
                <Fact label="Where from">{from_words(source)}</Fact>
                {version}
                {why}
                <Fact label="Lines">{lines}</Fact>
                <Fact label=of.label><a class="link" href=of.href>{revision.name}</a></Fact>
            </dl>
        </div>
    }
    .into_any()
}
