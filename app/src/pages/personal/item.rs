//! One suggestion: the column, what it seems to hold and why, what is suggested, and the two decisions. What the browser's
//! part shows after a decision stands there already, hidden.

use lakeport_model::AssetId;
use lakeport_model::catalog::Classification;
use lakeport_model::personal::Suggestion;
use leptos::prelude::*;

use super::kind_words;
use crate::pages::{asset_href, column_href, domain_href};
use crate::ui::{Badge, ClassificationBadge, Confirm, Form, FormState, Glyph, Hidden, Icon, Tone, refused};

/// The call that confirms.
const CONFIRM: &str = "/fn/confirm_personal";
/// The call that dismisses.
pub(super) const DISMISS: &str = "/fn/dismiss_personal";

/// The suggestion at this place of the page, whose address is `here`.
pub(super) fn item(place: usize, suggestion: Suggestion, here: &str) -> AnyView {
    let asset = AssetId::from(suggestion.asset.clone());
    let page = asset_href(&asset);
    let (column_page, edit) = (column_href(&page, &suggestion.column), format!("{page}/edit"));
    let (name, problem) = (format!("{} in {}", suggestion.column, suggestion.title), problem(&suggestion));
    let actions = actions(&suggestion, &name, here);
    let decided = decided(&name, edit);
    let Suggestion { title, domain, column, data_type, description, kind, because, now, suggested, .. } =
        suggestion;
    let effects = effects(suggestion.effects);
    let described =
        (!description.is_empty()).then(|| view! { <p class="muted wrap-anywhere">{description}</p> });
    let data_type = (!data_type.is_empty()).then(|| view! { <code>{data_type}</code> });
    let called = column.clone();
    view! {
        <li
            class="suggestion"
            id=format!("suggestion-{place}")
            tabindex="-1"
            data-suggestion="open"
            data-asset=asset.to_string()
            data-column=called
            data-kind=kind.as_str()
            data-suggested=suggested.as_str()
            data-name=name
        >
            <div class="row" data-part="open">
                <Icon glyph=Glyph::Person />
                <div data-told>
                    <div class="row-title">
                        <span class="wrap-anywhere">
                            <a class="link mono inline-block leading-6" href=column_page>{column}</a>
                            " in "
                            <a class="link inline-block leading-6" href=page>{title}</a>
                        </span>
                        <Badge tone=Tone::Accent text=kind_words(kind) />
                    </div>
                    <p>{because}</p>
                    {described}
                    <div class="row-meta">
                        {data_type}
                        <a class="link inline-block leading-6" href=domain_href(&domain.id)>{domain.name}</a>
                        <span>"now " <ClassificationBadge classification=now /></span>
                        <span>"suggested " <ClassificationBadge classification=suggested /></span>
                    </div>
                    {effects}
                    {problem}
                </div>
                <div class="row-end">{actions}</div>
            </div>
            {decided}
        </li>
    }
    .into_any()
}

/// What confirming would mean for people.
fn effects(sentences: Vec<String>) -> Option<AnyView> {
    if sentences.is_empty() {
        return None;
    }
    let lines = sentences.into_iter().map(|sentence| view! { <li>{sentence}</li> });
    Some(view! { <ul class="list-disc ps-5" data-effects>{lines.collect_view()}</ul> }.into_any())
}

/// Why the decision on this suggestion was refused.
fn problem(suggestion: &Suggestion) -> Option<AnyView> {
    let form = FormState::of(&[CONFIRM, DISMISS]);
    let typed = form.all_typed()?;
    let is_this = typed.get("asset") == Some(suggestion.asset.as_str())
        && typed.get("column") == Some(suggestion.column.as_str());
    let message = refused().filter(|_| is_this)?.message;
    let said = view! { <p class="field-error" data-problem tabindex="-1" autofocus>{message}</p> };
    Some(said.into_any())
}

/// The form with the two decisions; what is usually confidential may be confirmed as restricted as well.
fn actions(suggestion: &Suggestion, name: &str, here: &str) -> AnyView {
    let (asset, column, here) = (suggestion.asset.clone(), suggestion.column.clone(), here.to_owned());
    let (kind, suggested) = (suggestion.kind.as_str(), suggestion.suggested.as_str());
    let confirm = format!("Confirm as {suggested}");
    let (confirm_label, dismiss_label) = (format!("{confirm}: {name}"), format!("Dismiss: {name}"));
    let more = (suggestion.suggested == Classification::Confidential).then(|| {
        let more = Classification::Restricted.as_str();
        view! {
            <Confirm
                label="Restricted instead"
                consequence="It is confirmed as restricted instead, the strictest classification."
            >
                <div>
                    <button class="btn btn-sm" type="submit" name="classification" value=more>
                        "Confirm as restricted"
                    </button>
                </div>
            </Confirm>
        }
    });
    view! {
        <Form action=CONFIRM class="cluster">
            <Hidden name="asset" value=asset />
            <Hidden name="column" value=column />
            <Hidden name="kind" value=kind />
            <Hidden name="back" value=here />
            <button
                class="btn btn-sm btn-primary"
                type="submit"
                name="classification"
                value=suggested
                aria-label=confirm_label
            >
                {confirm}
            </button>
            <button class="btn btn-sm" type="submit" formaction=DISMISS aria-label=dismiss_label>"Dismiss"</button>
            {more}
        </Form>
    }
    .into_any()
}

/// What a suggestion shrinks to, one line for each decision.
fn decided(name: &str, edit: String) -> AnyView {
    view! {
        <div class="row" data-part="confirmed" hidden>
            <Icon glyph=Glyph::Check />
            <p class="wrap-anywhere">
                {name.to_owned()}": confirmed as "<span data-class></span>". "
                <a class="link inline-block leading-6" href=edit>"Change it"</a>
            </p>
        </div>
        <div class="row" data-part="dismissed" hidden>
            <Icon glyph=Glyph::Minus />
            <div data-told>
                <p class="wrap-anywhere">{name.to_owned()}": dismissed."</p>
            </div>
            <div class="row-end">
                <button class="btn btn-xs" type="button" data-undo aria-label=format!("Undo: {name}")>"Undo"</button>
            </div>
        </div>
    }
    .into_any()
}
