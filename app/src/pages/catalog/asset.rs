//! An asset: a table, a topic, a model ..

use lakeport_model::PageRequest;
use lakeport_model::access::{HELD_PAGE, Held, HeldOn};
use lakeport_model::catalog::{
    AccessStanding, AssetPage as Asset, NOT_DESCRIBED, Preview, Profile, SEEN_TO_DECIDE,
};
use lakeport_model::certify::Certifiable;
use lakeport_model::contracts::{CheckState, unread_words};
use lakeport_model::documents::TextKind;
use lakeport_model::follow::Followable;
use lakeport_model::impact::Side;
use lakeport_model::retire::Retirable;
use lakeport_model::usage::Used;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::access::{access_button, access_words, no_table, owner_links, request_of};
use super::asset_tabs::{history, overview, preview, reading, unread};
use super::profile::profile;
use crate::api;
use crate::error::{ApiError, ErrorKind};
use crate::pages::access::{HELD_AFTER, held};
use crate::pages::assets::{edit_href, history_href};
use crate::pages::certify::{certified_badge, certify_fact, certify_link};
use crate::pages::documents::new_href;
use crate::pages::follow::follow_button;
use crate::pages::glossary::terms_fact;
use crate::pages::proposals::change_link;
use crate::pages::retire::{banner, retire_link, retired_badge};
use crate::pages::usage::read_by_fact;
use crate::pages::{
    asset_href, contract_href, crumbs, domain_link, impact_href, page_id, page_query, product_href,
};
use crate::query::Query;
use crate::ui::{
    CheckBadge, ClassificationBadge, Fact, Icon, LayerBadge, Moment, Notice, PageHead, Tabs, Tone,
    asset_glyph, counted, load, number, size,
};

/// Name of the address's part that says around which column a table is shown.
pub(super) const COLUMN: &str = "column";

/// The tabs of the page; the word is the one in the address.
const TABS: [(&str, &str); 5] = [
    ("overview", "Columns"),
    ("preview", "Preview"),
    ("profile", "Profile"),
    ("history", "History"),
    ("read", "How to read it"),
];

/// What of the values a tab shows, or why it cannot.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Values {
    /// The first rows.
    Preview(Result<Preview, ApiError>),
    /// Figures.
    Profile(Result<Profile, ApiError>),
}

/// An asset's page.
#[component]
pub(crate) fn AssetPage() -> impl IntoView {
    let id = page_id();
    let query = page_query();
    let tab = Memo::new(move |_| {
        let query = Query::parse(&query.get());
        let wanted = query.get("tab").unwrap_or_default();
        TABS.iter().find(|(key, _)| *key == wanted).map_or("overview", |(key, _)| *key).to_owned()
    });
    let part = move |name| Query::parse(&query.get()).get(name).map(ToOwned::to_owned);
    let asset = Resource::new(
        move || (id.get(), tab.get(), part(HELD_AFTER), part(COLUMN)),
        |(id, tab, after, column)| async move {
            let asset = api::catalog::asset(id.clone()).await?;
            let tab = shown(&asset, tab);
            let place = column.as_ref().and_then(|place| place.parse().ok()).unwrap_or_default();
            let values = match tab.as_str() {
                "preview" if asset.access.may_read() => {
                    Some(Values::Preview(api::catalog::preview(id, place).await))
                }
                "profile" if asset.access.may_read() => {
                    Some(Values::Profile(api::catalog::profile(id, place).await))
                }
                _ => None,
            };
            let on = HeldOn::Asset(asset.id.clone());
            let page = PageRequest { after, limit: HELD_PAGE };
            let held = if asset.sees_grants && tab == "overview" {
                Some(api::access::held_grants(on, page).await?)
            } else {
                None
            };
            Ok((asset, tab, values, held, column))
        },
    );
    let show = |(asset, tab, values, held, column): (_, String, _, _, Option<String>)| {
        content(asset, &tab, values, held, column.as_deref())
    };
    view! { <div class="page">{load(asset, show)}</div> }
}

/// The tab that is shown where this one was wanted: the columns, where it has nothing to show. Whoever may not read the
/// values is told so by the preview or the profile.
fn shown(asset: &Asset, wanted: String) -> String {
    let is_there = match wanted.as_str() {
        "preview" | "profile" => !(asset.is_gone && asset.access.may_read()),
        "history" => !asset.is_gone,
        "read" => has_values(asset),
        _ => true,
    };
    if is_there { wanted } else { "overview".to_owned() }
}

fn content(
    asset: Asset,
    tab: &str,
    values: Option<Values>,
    grants: Option<Held>,
    column: Option<&str>,
) -> AnyView {
    let grants = grants.map(|grants| held(grants, &asset_href(&asset.id)));
    let crumbs = crumbs("Catalog", "/catalog", &asset.way);
    let href = asset_href(&asset.id);
    let reference = lakeport_model::catalog::AssetRef {
        id: asset.id.clone(),
        name: asset.name.clone(),
        kind: asset.kind,
        layer: asset.layer,
        opens_here: asset.opens_here,
    };
    let button = if asset.is_gone && asset.access.may_read() {
        no_table()
    } else {
        access_button(&asset.access, (tab != "preview").then_some(&reference), request_of(&asset), true)
    };
    let lineage = Query::default().and("focus", &asset.id).to("/lineage");
    let tabs: Vec<_> = TABS
        .iter()
        .filter(|(key, _)| match *key {
            "preview" | "profile" | "history" => asset.opens_here && !asset.is_gone && !asset.details_hidden,
            "read" => has_values(&asset),
            _ => true,
        })
        .map(|(key, label)| ((*label).to_owned(), format!("{href}?tab={key}"), *key == tab))
        .chain(std::iter::once(("Lineage".to_owned(), lineage, false)))
        .chain(
            asset.contract.iter().map(|contract| ("Contract".to_owned(), contract_href(&contract.id), false)),
        )
        .collect();
    let body = match tab {
        "preview" | "profile" => match values {
            Some(Values::Preview(rows)) => preview(&asset, rows, column),
            Some(Values::Profile(figures)) => profile(&asset, figures, column),
            None => unread(&asset, no_access(&asset)),
        },
        "history" if !asset.details_hidden => history(asset.table.clone()),
        "read" => reading(asset.id.as_str(), asset.snippets.clone()),
        _ if asset.details_hidden => view! {
            <Notice tone=Tone::Idle>
                "Its domain and people with access see its details. You see that it exists and who answers for it."
            </Notice>
        }
        .into_any(),
        _ => overview(asset.columns.clone(), &asset.column_terms, &href, column),
    };
    let facts = facts(&asset);
    let write = asset.may_write_contract.then(|| {
        let begin = new_href(TextKind::Contract, &asset.domain.id);
        let href = Query::default().and("asset", &asset.id).to(&begin);
        view! { <a class="btn btn-sm" href=href>"Write a contract"</a> }
    });
    let begin = asset.may_begin_dashboard.then(|| {
        let begin = new_href(TextKind::Dashboard, &asset.domain.id);
        let href = Query::default().and("asset", &asset.id).to(&begin);
        view! { <a class="btn btn-sm" href=href>"Begin a dashboard"</a> }
    });
    let change = change_link(edit_href(&asset.id), asset.may_edit, asset.may_propose);
    // Who sees the newest revision sees all of them. The commits of a table are its history here.
    let revisions = asset.newest.is_some().then(|| {
        view! { <a class="btn btn-sm" href=history_href(&asset.id)>"Revisions"</a> }
    });
    let (id, retirement) = (asset.id.as_str(), asset.retirement.as_ref());
    let retired = banner(Retirable::Asset, id, retirement, asset.may_retire);
    let retire = retire_link(Retirable::Asset, id, retirement, asset.may_retire);
    let badge = retired_badge(retirement);
    // What is retired, or will be, is not certified any more.
    let may_certify = asset.may_certify && retirement.is_none();
    let certify = certify_link(Certifiable::Asset, id, asset.certification.as_ref(), may_certify);
    let certified = asset.certification.is_some().then(certified_badge);
    let follow = follow_button(Followable::Asset, id, asset.follows, href);
    view! {
        <PageHead title=asset.name crumbs=crumbs>
            <span class="cluster muted"><Icon glyph=asset_glyph(asset.kind) />{asset.kind.as_str()}</span>
            {asset.layer.map(|layer| view! { <LayerBadge layer=layer /> })}
            {asset.classification.map(|class| view! { <ClassificationBadge classification=class /> })}
            {badge}
            {certified}
            <div class="page-actions">{follow}{revisions}{change}{write}{begin}{certify}{retire}{button}</div>
        </PageHead>
        {retired}
        <div class="prose" inner_html=asset.about></div>
        <Tabs label="Parts of this page" tabs=tabs />
        <div class="with-facts">
            <div class="stack min-w-0">{body}</div>
            {facts}
        </div>
        {grants}
    }
    .into_any()
}

/// True where the viewer may read a table that is there.
fn has_values(asset: &Asset) -> bool {
    asset.opens_here && !asset.is_gone && asset.access.may_read()
}

fn no_access(asset: &Asset) -> ApiError {
    let sentence = match asset.access {
        AccessStanding::NotDescribed => NOT_DESCRIBED,
        AccessStanding::SeenToDecide => SEEN_TO_DECIDE,
        _ if asset.details_hidden => "You see that this exists, not its values: they need access.",
        _ => "You see what this table is, not its values: they need access.",
    };
    ApiError::new(ErrorKind::Forbidden, sentence)
}

fn facts(asset: &Asset) -> AnyView {
    let contract = asset.contract.clone().map(|contract| {
        let cause = (contract.state == CheckState::Broken).then(|| {
            let href = impact_href(asset.id.as_str(), contract.broken_column.as_deref(), Side::Upstream);
            view! { <p><a class="link" href=href>"Look for the cause upstream"</a></p> }
        });
        view! {
            <Fact label="Contract">
                <p><a class="link" href=contract_href(&contract.id)>{contract.name}" "{contract.version}</a></p>
                <CheckBadge state=contract.state />
                {contract.worst.map(|worst| view! { <p>{worst}</p> })}
                {cause}
            </Fact>
        }
    });
    // Whoever sees only that it exists is told nothing around it.
    let lists = (!asset.details_hidden).then(|| {
        let [downstream, upstream] =
            [Side::Downstream, Side::Upstream].map(|side| impact_href(asset.id.as_str(), None, side));
        view! {
            <Fact label="Lineage">
                <p><a class="link" href=downstream>"What depends on it"</a></p>
                <p><a class="link" href=upstream>"What it is made from"</a></p>
            </Fact>
        }
    });
    let unread = asset.unread_contract.as_ref().map(unread_words);
    let unread = unread.map(|words| view! { <Fact label="Contract">{words}</Fact> });
    let offers = (!asset.offered_by.is_empty()).then(|| {
        let links = asset.offered_by.iter().map(|offer| {
            view! { <li><a class="link" href=product_href(&offer.product)>{offer.name.clone()}</a></li> }
        });
        let links = links.collect_view();
        view! { <Fact label="Offered by"><ul>{links}</ul></Fact> }
    });
    let unread_products = asset.unread_products.clone().map(|said| {
        view! {
            <Fact label="Offered by">
                {format!("{said} Whether this is offered there cannot be said until that is corrected.")}
            </Fact>
        }
    });
    let table = asset.table.clone().map(|table| match table {
        Ok(table) => view! {
            <Fact label="Last changed"><Moment at=table.modified_at exact=true /></Fact>
            {table.rows.map(|rows| view! { <Fact label="Rows">{number(rows)}</Fact> })}
            <Fact label="Size">{size(table.bytes)}" in "{counted(table.files, "file")}</Fact>
            {(!table.partition_columns.is_empty())
                .then(|| view! { <Fact label="Partitioned by"><code>{table.partition_columns.join(", ")}</code></Fact> })}
        }
        .into_any(),
        Err(sentence) => view! { <Fact label="Data">{sentence}</Fact> }.into_any(),
    });
    let tags = (!asset.tags.is_empty()).then(|| asset.tags.join(", "));
    let owners = owner_links(asset.into());
    let address = asset.address.clone().unwrap_or_else(|| asset.id.to_string());
    let domain = domain_link(&asset.way, &asset.domain);
    let access = access_words(&asset.access, asset.opens_here, asset.into());
    let platform = asset.platform.clone();
    let certified = asset.certification.as_ref();
    let certified = certify_fact(Certifiable::Asset, asset.id.as_str(), certified, asset.may_certify);
    view! {
        <dl class="facts">
            <Fact label="Your access">{access}</Fact>
            {certified}
            {contract}
            {unread}
            {table}
            <Fact label="Domain">{domain}</Fact>
            <Fact label="Owner">{owners}</Fact>
            {offers}
            {unread_products}
            {lists}
            {read_by_fact(Used::Asset, asset.id.as_str(), asset.read_by)}
            {platform.map(|platform| view! { <Fact label="Platform">{platform}</Fact> })}
            <Fact label="Address"><code>{address}</code></Fact>
            {tags.map(|tags| view! { <Fact label="Tags">{tags}</Fact> })}
            {terms_fact("Terms", &asset.terms)}
        </dl>
    }
    .into_any()
}
