//! Assets as people describe them: writing what is said of them, and its revisions.

use lakeport_model::PageRequest;
use lakeport_model::assets as model;
use lakeport_model::documents::{History, Revision};
use lakeport_model::proposals::Why;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::Answer;
#[cfg(feature = "ssr")]
use super::documents::{existing, lines};
#[cfg(feature = "ssr")]
use super::proposals::settled;
#[cfg(feature = "ssr")]
use crate::call::{call, done, done_saying, id as parse_id};
#[cfg(feature = "ssr")]
use crate::pages::asset_href;
#[cfg(feature = "ssr")]
use crate::ui::PUBLISHED;

/// What would become of what somebody wrote, as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AssetCheckShown {
    /// All of it in a sentence.
    pub said: String,
    /// What is wrong, each at its field.
    pub problems: Vec<model::FieldProblem>,
    /// The same as a list, as HTML.
    pub to_correct: String,
    /// What it changes for people, as HTML.
    pub effects: String,
    /// Publishing asks for consent and for a reason.
    pub needs_consent: bool,
    /// A digest of the effects: whoever agrees to them sends it.
    pub meaning: String,
    /// The description as safe HTML.
    pub about: String,
}

/// An asset as somebody begins to change it; with a proposal, from the text of that one.
#[server(prefix = "/fn", endpoint = "edit_asset")]
pub async fn edit_asset(id: String, proposal: Option<String>) -> Answer<model::AssetEditing> {
    let call = call()?;
    Ok(match proposal {
        Some(proposal) => {
            let proposal = parse_id("proposal", &proposal)?;
            lakeport_portal::proposals::edit_asset(&call, &id, proposal).await?
        }
        None => lakeport_portal::assets::edit(&call, &id).await?,
    })
}

/// A new asset of a domain as somebody begins to write it.
#[server(prefix = "/fn", endpoint = "new_asset")]
pub async fn new_asset(domain: String) -> Answer<model::AssetEditing> {
    let call = call()?;
    Ok(lakeport_portal::assets::begin(&call, &domain.into()).await?)
}

/// What would become of what was written of an asset if it were published now; without an asset it is a new one. `seen` is the
/// digest of the text that it was written on. Nothing is written.
#[server(prefix = "/fn", endpoint = "check_asset")]
pub async fn check_asset(
    #[server(default)] asset: String,
    domain: String,
    #[server(default)] seen: String,
    #[server(flatten)] text: model::AssetText,
) -> Answer<AssetCheckShown> {
    let call = call()?;
    let (domain, text) = (domain.into(), as_meant(text));
    let checked = lakeport_portal::assets::check(&call, existing(&asset), &domain, &seen, &text).await?;
    Ok(crate::pages::asset_check_shown(checked))
}

/// Publishes what was written of an asset; without an asset it is a new one. `over` is the digest of a newer text that was
/// seen, and whose place this one takes. `agreed` is the digest of what it means for people, as its author saw it. A proposal is
/// settled with it.
#[server(prefix = "/fn", endpoint = "publish_asset")]
pub async fn publish_asset(
    #[server(default)] asset: String,
    domain: String,
    #[server(default)] seen: String,
    #[server(flatten)] text: model::AssetText,
    #[server(default)] agreed: String,
    #[server(flatten)] why: Why,
    #[server(default)] over: Option<String>,
) -> Answer<()> {
    let call = call()?;
    let (id, domain, seen) = (existing(&asset), domain.into(), over.unwrap_or(seen));
    let text = as_meant(text);
    let Why { reason, proposal } = why;
    let published = match settled(&proposal)? {
        Some(settles) => {
            let (text, agreed) = (&text, &agreed);
            lakeport_portal::assets::publish_proposed(&call, settles, &asset, &seen, text, agreed, &reason)
                .await?
        }
        None => lakeport_portal::assets::publish(&call, id, &domain, &seen, &text, &agreed, &reason).await?,
    };
    let (number, is_new) = (published.number, published.is_new);
    let page = asset_href(&published.id.into());
    if is_new {
        done_saying(&page, PUBLISHED, &[number.to_string()]);
    } else {
        done(&page, "published-already");
    }
    Ok(())
}

/// The revisions of what is said of an asset, the newest first.
#[server(prefix = "/fn", endpoint = "asset_history")]
pub async fn asset_history(id: String, page: PageRequest) -> Answer<History> {
    let call = call()?;
    Ok(lakeport_portal::assets::history(&call, &id, page).await?)
}

/// A revision of what is said of an asset.
#[server(prefix = "/fn", endpoint = "asset_revision")]
pub async fn asset_revision(id: String, number: u32) -> Answer<Revision> {
    let call = call()?;
    Ok(lakeport_portal::assets::revision(&call, &id, number).await?)
}

/// What a form carries as its author meant it: ends of lines as files have them, and nothing in lines that nobody filled in.
/// Those send a classification all the same.
#[cfg(feature = "ssr")]
pub(super) fn as_meant(text: model::AssetText) -> model::AssetText {
    let column = |column: model::ColumnText| {
        if column.is_blank() {
            return model::ColumnText::default();
        }
        let description = lines(&column.description);
        model::ColumnText { description, ..column }
    };
    let description = lines(&text.description);
    let columns = text.columns.into_iter().map(column).collect();
    model::AssetText { description, columns, ..text }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_nobody_filled_in_says_nothing_and_keeps_its_place() {
        let column = |name: &str, description: &str| model::ColumnText {
            name: name.to_owned(),
            classification: "internal".to_owned(),
            description: description.to_owned(),
            ..model::ColumnText::default()
        };
        let written = model::AssetText {
            description: "a\r\nb".to_owned(),
            columns: vec![column(" ", ""), column("", "x\r\ny"), column("day", "")],
            ..model::AssetText::default()
        };
        let meant = as_meant(written);
        assert_eq!(meant.description, "a\nb");
        assert_eq!(
            meant.columns,
            [model::ColumnText::default(), column("", "x\ny"), column("day", "")],
            "a meaning without a name is somebody's mistake, and is told at its line"
        );
    }
}
