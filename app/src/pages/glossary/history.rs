//! The revisions of a term, and what each of them changed.

use lakeport_model::PageRequest;
use lakeport_model::documents::{History, Revision};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::term_href;
use crate::api::glossary::{term_history, term_revision};
use crate::pages::documents::{Described, history_content, revision_content, revision_number};
use crate::pages::{crumb, page_id, page_query};
use crate::query::Query;
use crate::ui::load;

/// A term and the way to it.
fn described(id: &str, name: &str) -> Described {
    let href = term_href(id);
    let crumbs = vec![crumb("Glossary", "/glossary"), crumb(name, href.as_str())];
    Described { label: "Term", href, crumbs }
}

/// All revisions of a term, the newest first.
#[component]
pub(crate) fn TermHistoryPage() -> impl IntoView {
    let (id, query) = (page_id(), page_query());
    let history = Resource::new(
        move || (id.get(), Query::parse(&query.get()).get("after").map(ToOwned::to_owned)),
        |(id, after)| term_history(id, PageRequest { after, ..PageRequest::default() }),
    );
    let show = |history: History| history_content(described(&history.id, &history.name), history);
    view! { <div class="page">{load(history, show)}</div> }
}

/// One revision: what it changed, and its text.
#[component]
pub(crate) fn TermRevisionPage() -> impl IntoView {
    let (id, params) = (page_id(), use_params_map());
    let revision = Resource::new(
        move || (id.get(), params.get().get("number").unwrap_or_default()),
        |(id, number)| async move { term_revision(id, revision_number(&number)?).await },
    );
    let show = |revision: Revision| revision_content(described(&revision.id, &revision.name), revision);
    view! { <div class="page">{load(revision, show)}</div> }
}
