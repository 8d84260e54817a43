//! The revisions of what is said of an asset, and what each of them changed.

use lakeport_model::catalog::Way;
use lakeport_model::documents::{History, Revision};
use lakeport_model::people::DomainRef;
use lakeport_model::{AssetId, PageRequest};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::api::assets::{asset_history, asset_revision};
use crate::pages::documents::{Described, history_content, revision_content, revision_number};
use crate::pages::{asset_href, crumbs, page_id, page_query};
use crate::query::Query;
use crate::ui::{Empty, PageHead, load};

/// An asset and the way to it.
fn described(id: &str, name: &str, domain: &DomainRef) -> Described {
    let id = AssetId::from(id);
    let href = asset_href(&id);
    let way = Way { domain: Some(domain.clone()), asset: Some((id, name.to_owned())), ..Way::default() };
    Described { label: "Asset", href, crumbs: crumbs("Catalog", "/catalog", &way) }
}

/// All revisions of an asset, the newest first.
#[component]
pub(crate) fn AssetHistoryPage() -> impl IntoView {
    let (id, query) = (page_id(), page_query());
    let history = Resource::new(
        move || (id.get(), Query::parse(&query.get()).get("after").map(ToOwned::to_owned)),
        |(id, after)| asset_history(id, PageRequest { after, ..PageRequest::default() }),
    );
    view! { <div class="page">{load(history, content)}</div> }
}

fn content(history: History) -> AnyView {
    let of = described(&history.id, &history.name, &history.domain);
    if !history.lines.is_empty() {
        return history_content(of, history);
    }
    // An asset that files brought has none until somebody changes it in the portal.
    view! {
        <PageHead title=format!("History of {}", history.name) crumbs=of.crumbs />
        <Empty
            text="Nobody has changed what is said of it in the portal yet. From the first change on every text is kept."
            href=of.href
            action=format!("Back to {}", history.name)
        />
    }
    .into_any()
}

/// One revision: what it changed, and its text.
#[component]
pub(crate) fn AssetRevisionPage() -> impl IntoView {
    let (id, params) = (page_id(), use_params_map());
    let revision = Resource::new(
        move || (id.get(), params.get().get("number").unwrap_or_default()),
        |(id, number)| async move { asset_revision(id, revision_number(&number)?).await },
    );
    let show = |revision: Revision| {
        // The form begins with what is published, not with an older text.
        let revision = Revision { may_publish: false, ..revision };
        revision_content(described(&revision.id, &revision.name, &revision.domain), revision)
    };
    view! { <div class="page">{load(revision, show)}</div> }
}
