//! What was dismissed, and the way to have it suggested again.

use lakeport_model::personal::Dismissed;
use lakeport_model::{AssetId, Page};
use leptos::prelude::*;

use super::{PAGE, dismissed_href, kind_words};
use crate::pages::{asset_href, column_href};
use crate::query::Query;
use crate::ui::{Badge, Empty, Form, Glyph, Hidden, Icon, Moment, Tone};

/// The list, the newest first.
pub(super) fn dismissed(page: Page<Dismissed>) -> AnyView {
    if page.items.is_empty() && page.next.is_none() {
        return view! { <Empty text="No suggestion is dismissed here." href=PAGE action="See the suggestions" /> }
            .into_any();
    }
    let next = page.next.map(|after| {
        let href = Query::default().and("tab", "dismissed").and("after", after).to(PAGE);
        view! { <nav class="pager" aria-label="Pages"><a class="btn btn-sm" href=href>"Older ones"</a></nav> }
    });
    let rows = page.items.into_iter().map(row).collect_view();
    view! {
        <ul class="rowlist" id="dismissed">{rows}</ul>
        {next}
    }
    .into_any()
}

fn row(line: Dismissed) -> AnyView {
    let Dismissed { asset, title, column, kind, by, at } = line;
    let page = asset_href(&AssetId::from(asset.clone()));
    let column_page = column_href(&page, &column);
    let label = format!("Suggest again: {column} in {title}");
    view! {
        <li>
            <div class="row">
                <Icon glyph=Glyph::Minus />
                <div>
                    <div class="row-title">
                        <span class="wrap-anywhere">
                            <a class="link mono inline-block leading-6" href=column_page>{column.clone()}</a>
                            " in "
                            <a class="link inline-block leading-6" href=page>{title}</a>
                        </span>
                        <Badge tone=Tone::Idle text=kind_words(kind) />
                    </div>
                    <div class="row-meta"><span>"dismissed by "{by}" " <Moment at=at /></span></div>
                </div>
                <div class="row-end">
                    <Form action="/fn/restore_personal">
                        <Hidden name="asset" value=asset />
                        <Hidden name="column" value=column />
                        <Hidden name="kind" value=kind.as_str() />
                        <Hidden name="back" value=dismissed_href() />
                        <button class="btn btn-sm" type="submit" aria-label=label>"Suggest again"</button>
                    </Form>
                </div>
            </div>
        </li>
    }
    .into_any()
}
