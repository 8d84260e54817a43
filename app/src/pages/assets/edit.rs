//! What is said of an asset is changed, or a new one is written, field by field.

use lakeport_model::AssetId;
use lakeport_model::assets::{AssetEditing, AssetText};
use lakeport_model::catalog::Way;
use leptos::prelude::*;

use super::columns::{columns, elsewhere};
use super::fields::{Marks, fields};
use super::history_href;
use super::live::{CHECK, LiveAsset};
use super::typed::typed;
use crate::api::Answer;
use crate::api::assets::{AssetCheckShown, check_asset, edit_asset, new_asset};
use crate::pages::proposals::{change_words, lead, reason_help, send_words, settles};
use crate::pages::{asset_href, crumbs, domain_href, page_id, page_query};
use crate::query::Query;
use crate::ui::{FieldError, Form, FormState, Hidden, Notice, PageHead, TextField, Tone, load};

/// The calls of the form; the second only looks.
const CALLS: [&str; 3] = [PUBLISH, CHECK, PROPOSE];

/// The call that publishes.
const PUBLISH: &str = "/fn/publish_asset";

/// The call that proposes.
const PROPOSE: &str = "/fn/propose_asset";

/// What stands below the field for the reason of whoever publishes.
const REASON_HELP: &str = "What you change and for what, for those who read the history. It can stay empty, unless something is protected \
                           less than before.";

/// What stands where a check is shown, before there is one.
const NOT_CHECKED: &str = "Press Check to see what is wrong and what it would change for people.";

/// The page that changes what is said of an asset; with `proposal` in the address it begins with the fields of that one.
#[component]
pub(crate) fn EditAssetPage() -> impl IntoView {
    let (id, query) = (page_id(), page_query());
    let editing = Resource::new(
        move || (id.get(), Query::parse(&query.get()).get("proposal").map(ToOwned::to_owned)),
        |(id, proposal)| async move { checked(edit_asset(id, proposal).await?).await },
    );
    view! { <div class="page">{load(editing, |(editing, check)| content(&editing, check))}</div> }
}

/// The page for a new asset of the domain in the address.
#[component]
pub(crate) fn NewAssetPage() -> impl IntoView {
    let domain = page_id();
    let editing =
        Resource::new(move || domain.get(), |domain| async move { checked(new_asset(domain).await?).await });
    view! { <div class="page">{load(editing, |(editing, check)| content(&editing, check))}</div> }
}

/// The fields with a check of what was typed into them, where something was.
async fn checked(editing: AssetEditing) -> Answer<(AssetEditing, Option<AssetCheckShown>)> {
    let form = FormState::of(&CALLS);
    if !form.was_sent() && editing.proposal.is_none() {
        return Ok((editing, None));
    }
    let (asset, domain) = (editing.id.clone().unwrap_or_default(), editing.domain.id.to_string());
    let (seen, text) = (form.typed("seen", editing.seen.as_str()), text_of(&form, &editing));
    // Where it cannot be checked, the form says why it was refused.
    let check = check_asset(asset, domain, seen, text).await.ok();
    Ok((editing, check))
}

/// What the fields show: what was typed, and before that what is published.
fn text_of(form: &FormState, editing: &AssetEditing) -> AssetText {
    form.all_typed().map_or_else(|| editing.text.clone(), typed)
}

fn content(editing: &AssetEditing, check: Option<AssetCheckShown>) -> AnyView {
    let form = FormState::of(&CALLS);
    let asset = editing.id.clone().map(AssetId::from);
    let title = match &asset {
        Some(id) => change_words(id.as_str(), editing.proposes),
        None => "New table or other asset".to_owned(),
    };
    let way = Way {
        domain: Some(editing.domain.clone()),
        asset: asset.clone().map(|id| (id.clone(), id.0)),
        ..Way::default()
    };
    let (back, where_to) = match &asset {
        Some(id) => (asset_href(id), id.to_string()),
        None => (domain_href(&editing.domain.id), editing.domain.name.clone()),
    };
    let seen = form.typed("seen", editing.seen.as_str());
    let is_missed = seen != editing.current;
    let meanwhile = asset.as_ref().filter(|_| is_missed).map(|id| meanwhile(&form, id, editing.newest));
    let over = is_missed.then(|| editing.current.clone());
    let (words, class) = send_words(editing.proposes, is_missed.then(|| over_words(editing.newest)));
    let (proposal, proposes) = (editing.proposal.as_ref(), editing.proposes);
    let lead = lead(&editing.domain, proposes, proposal);
    let (settles, reason) =
        (settles(&form, proposal), proposal.map(|proposal| proposal.reason.clone()).unwrap_or_default());
    let action = if proposes { PROPOSE } else { PUBLISH };
    let (id, domain) = (editing.id.clone().unwrap_or_default(), editing.domain.id.to_string());
    let parts = parts(editing, &form, check);
    view! {
        <PageHead title=title crumbs=crumbs("Catalog", "/catalog", &way) misfit=form.was_sent() />
        {lead}
        {meanwhile}
        <Form action=action class="stack min-w-0" id="writing" outcomes=true>
            <Hidden name="asset" value=id />
            <Hidden name="domain" value=domain />
            <Hidden name="seen" value=seen />
            {settles}
            {parts}
            <TextField
                form=form
                name="reason"
                label="Why"
                help=reason_help(proposes, REASON_HELP)
                value=reason
                maxlength="200"
                class="max-w-3xl"
            />
            <div class="cluster">
                <button class=class type="submit" name=over.as_ref().map(|_| "over") value=over>{words}</button>
                <button class="btn" type="submit" formaction=CHECK>"Check"</button>
                <a class="btn" href=back>"Back to "{where_to}</a>
            </div>
        </Form>
    }
    .into_any()
}

/// The fields, what would become of them, and the consent where that needs one.
fn parts(editing: &AssetEditing, form: &FormState, check: Option<AssetCheckShown>) -> AnyView {
    let (text, is_new) = (text_of(form, editing), editing.id.is_none());
    let check = check
        .unwrap_or_else(|| AssetCheckShown { said: NOT_CHECKED.to_owned(), ..AssetCheckShown::default() });
    let AssetCheckShown { said, problems, to_correct, effects, needs_consent, meaning, about } = check;
    let marks = Marks::of(form.clone(), problems);
    let live = view! {
        <LiveAsset
            asset=editing.id.clone().unwrap_or_default()
            domain=editing.domain.id.to_string()
            adds=editing.columns_elsewhere.is_none()
        />
    };
    let has_columns =
        editing.columns_elsewhere.is_some() || text.columns.iter().any(|column| !column.is_blank());
    let lines = match editing.columns_elsewhere {
        Some(count) => elsewhere(count, live.into_any()),
        None => columns(&marks, &text.columns, is_new, live.into_any()),
    };
    let only_looked = form.was_sent() && !form.was_refused();
    let is_silent = about.is_empty();
    view! {
        {fields(&marks, &text, is_new, has_columns)}
        {lines}
        <section class="stack min-w-0" aria-label="What becomes of it">
            <p id="check-said" class="font-medium" role="status" tabindex="-1" autofocus=only_looked>{said}</p>
            <div id="to-correct" inner_html=to_correct></div>
            <section id="reads" class="stack" aria-labelledby="reads-title" hidden=is_silent>
                <h2 id="reads-title">"How the description reads"</h2>
                <div id="about" class="prose card" inner_html=about></div>
            </section>
            <div id="effects" inner_html=effects></div>
        </section>
        {consent(form, needs_consent, meaning)}
    }
    .into_any()
}

/// The box that says that somebody has seen what a change means for people; hidden where nothing asks for it. What was ticked
/// counts for the effects that stood there then, and not for others, nor for a text that somebody else has published since.
pub(super) fn consent(form: &FormState, needs_consent: bool, meaning: String) -> AnyView {
    let is_asked = needs_consent || form.error("agreed").is_some();
    let ticked = form.error("seen").is_none() && form.chose("agreed", &meaning, false);
    view! {
        <div id="consent" class="field" hidden=!is_asked>
            <label class="flex items-start gap-2">
                <input
                    class="checkbox checkbox-sm"
                    type="checkbox"
                    id="agreed"
                    name="agreed"
                    value=meaning
                    checked=ticked
                    aria-describedby="agreed-error"
                    aria-invalid=form.invalid("agreed")
                />
                <span>"I have seen what this changes for people"</span>
            </label>
            <FieldError form=form.clone() name="agreed" />
        </div>
    }
    .into_any()
}

/// What somebody else has published, or an import has brought, while the text was written. Where the form was refused for it,
/// this says why.
fn meanwhile(form: &FormState, id: &AssetId, newest: u32) -> AnyView {
    // What an import brings to an asset that nobody has changed in the portal is no revision.
    let href = if newest == 0 { asset_href(id) } else { format!("{}/{newest}", history_href(id)) };
    let said = match form.error("seen") {
        Some(why) => view! {
            <p class="field-error" id="seen-error" tabindex="-1" autofocus>
                {why}
            </p>
        }
        .into_any(),
        None => view! { <p>"Another text was published after this was begun."</p> }.into_any(),
    };
    view! {
        <div class="mb-4">
            <Notice tone=Tone::Warn>
                {said}
                <p class="mt-2">
                    // What was typed stays where it is.
                    <a class="link" href=href target="_blank" rel="noopener">"See what is published now (in a new tab)"</a>
                    ". What only that text says is lost if you publish over it."
                </p>
            </Notice>
        </div>
    }
    .into_any()
}

/// A newer text whose place another one takes.
fn over_words(newest: u32) -> String {
    match newest {
        0 => "what is published now".to_owned(),
        number => format!("revision {number}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{ApiError, ErrorKind};

    #[test]
    fn what_was_typed_stands_in_the_fields_and_what_was_emptied_stays_empty() {
        let editing = AssetEditing {
            id: Some("gold.a".to_owned()),
            domain: lakeport_model::people::DomainRef { id: "finance".into(), name: "Finance".to_owned() },
            text: AssetText {
                description: "before".to_owned(),
                platform: "Kafka".to_owned(),
                ..AssetText::default()
            },
            seen: "x".to_owned(),
            current: "x".to_owned(),
            newest: 0,
            columns_elsewhere: None,
            proposes: false,
            proposal: None,
        };
        assert_eq!(text_of(&FormState::default(), &editing), editing.text);
        let error = ApiError::new(ErrorKind::Conflict, "It was changed.");
        let sent = FormState::misfit(CALLS[0], error, Query::parse("description=mine&platform="));
        let text = text_of(&sent, &editing);
        assert_eq!((text.description.as_str(), text.platform.as_str()), ("mine", ""));
    }

    #[test]
    fn a_text_that_no_revision_keeps_is_written_over_under_its_own_words() {
        assert_eq!(over_words(4), "revision 4");
        assert_eq!(over_words(0), "what is published now");
    }
}
