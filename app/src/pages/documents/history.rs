//! The revisions of a product, and what each of them changed.

use lakeport_model::catalog::Way;
use lakeport_model::documents::{History, Revision, RevisionLine, Source};
use lakeport_model::people::DomainRef;
use lakeport_model::{PageRequest, ProductId};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::diff::comparison;
use super::{edit_href, history_href, revision_href};
use crate::api::documents::{product_history, product_revision};
use crate::error::ApiError;
use crate::pages::{crumb, crumbs, page_id, page_query, product_href};
use crate::query::Query;
use crate::ui::{Column, CopyButton, Fact, Moment, PageHead, Table, load, number};

/// All revisions of a product, the newest first.
#[component]
pub(crate) fn ProductHistoryPage() -> impl IntoView {
    let (id, query) = (page_id(), page_query());
    let history = Resource::new(
        move || (id.get(), Query::parse(&query.get()).get("after").map(ToOwned::to_owned)),
        |(id, after)| product_history(id, PageRequest { after, ..PageRequest::default() }),
    );
    view! { <div class="page">{load(history, history_content)}</div> }
}

fn history_content(history: History) -> AnyView {
    let History { id, name, domain, lines, next, may_publish } = history;
    let id = ProductId::from(id);
    let change = may_publish.then(|| view! { <a class="btn btn-sm" href=edit_href(&id)>"Change"</a> });
    let rows = lines.into_iter().map(|line| row(&id, line)).collect_view();
    let heads = ["Revision", "When", "Who", "Where from", "Why", "Lines"].map(Column::text).to_vec();
    let next = next.map(|after| {
        let href = Query::default().and("after", after).to(&history_href(&id));
        view! { <nav class="pager" aria-label="Pages"><a class="btn btn-sm" href=href>"Older revisions"</a></nav> }
    });
    view! {
        <PageHead title=format!("History of {name}") crumbs=crumbs("Catalog", "/catalog", &way(domain, &id, &name))>
            <div class="page-actions">{change}</div>
        </PageHead>
        <Table caption="Revisions, the newest first" columns=heads>{rows}</Table>
        {next}
    }
    .into_any()
}

fn row(id: &ProductId, line: RevisionLine) -> AnyView {
    let href = revision_href(id, line.number);
    let (changed, why) = (changed(&line), (!line.reason.is_empty()).then_some("Why"));
    view! {
        <tr>
            <th scope="row"><a class="link" href=href>"Revision "{line.number}</a></th>
            <td data-label="When"><Moment at=line.at exact=true /></td>
            <td data-label="Who">{line.who}</td>
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
    }
}

/// The way to a product.
fn way(domain: DomainRef, id: &ProductId, name: &str) -> Way {
    Way { domain: Some(domain), product: Some((id.clone(), name.to_owned())), ..Way::default() }
}

/// One revision: what it changed, and its text.
#[component]
pub(crate) fn ProductRevisionPage() -> impl IntoView {
    let (id, params) = (page_id(), use_params_map());
    let revision = Resource::new(
        move || (id.get(), params.get().get("number").unwrap_or_default()),
        |(id, number)| async move {
            let number = number.parse::<u32>().map_err(|_| ApiError::not_found("revision"))?;
            product_revision(id, number).await
        },
    );
    view! { <div class="page">{load(revision, revision_content)}</div> }
}

fn revision_content(revision: Revision) -> AnyView {
    let id = ProductId::from(revision.id);
    let RevisionLine { number, at, who, source, reason, .. } = revision.line.clone();
    let mut crumbs = crumbs("Catalog", "/catalog", &way(revision.domain, &id, &revision.name));
    crumbs.push(crumb("History", history_href(&id)));
    let is_newest = number == revision.newest;
    let again = (revision.may_publish && !is_newest).then(|| {
        let href = Query::default().and("revision", number).to(&edit_href(&id));
        view! { <a class="btn btn-sm" href=href>"Publish this text again"</a> }
    });
    let older = (number > 1).then(|| {
        view! { <a class="btn btn-sm" href=revision_href(&id, number - 1)>"Older"</a> }
    });
    let newer = (!is_newest).then(|| {
        view! { <a class="btn btn-sm" href=revision_href(&id, number + 1)>"Newer"</a> }
    });
    let state = if is_newest {
        "The newest one: this is what the product says now.".to_owned()
    } else {
        format!("An older one; the newest is revision {}.", revision.newest)
    };
    let why = (!reason.is_empty()).then(|| view! { <Fact label="Why">{reason}</Fact> });
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
                {why}
                <Fact label="Lines">{lines}</Fact>
                <Fact label="Product"><a class="link" href=product_href(&id)>{revision.name}</a></Fact>
            </dl>
        </div>
    }
    .into_any()
}
