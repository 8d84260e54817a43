//! The text of a product, a contract or a dashboard is changed, or a new one is written: checked while it is typed, published with a reason.

use lakeport_model::ProductId;
use lakeport_model::catalog::Way;
use lakeport_model::documents::{Editing, RevisionLine, TextKind};
use leptos::prelude::*;

use super::live::{LiveCheck, check_call};
use super::{document_href, revision_href};
use crate::api::Answer;
use crate::api::documents::{
    CheckShown, check_text, edit_contract, edit_dashboard, edit_product, new_contract, new_dashboard,
    new_product,
};
use crate::error::ApiError;
use crate::pages::proposals::{change_words, lead, reason_help, send_words, settles};
use crate::pages::{crumb, crumbs, domain_href, page_id, page_query};
use crate::query::Query;
use crate::ui::{
    Field, Form, FormState, Hidden, Moment, Notice, Now, PageHead, TextField, Tone, area_text, load,
    moment_words,
};

/// The call that publishes.
fn publish_call(kind: TextKind) -> &'static str {
    match kind {
        TextKind::Product => "/fn/publish_product",
        TextKind::Contract => "/fn/publish_contract",
        TextKind::Dashboard => "/fn/publish_dashboard",
    }
}

/// The call that proposes a product; nothing else is proposed as a text.
const PROPOSE: &str = "/fn/propose_product";

/// The field for the id of a new dashboard.
const NEW_ID: &str = "new_id";

/// The form as it was sent: to be published, to be looked at or to be proposed.
fn sent(kind: TextKind) -> FormState {
    FormState::of(&[publish_call(kind), check_call(kind), PROPOSE])
}

/// What stands where a check is shown, before there is one.
const NOT_CHECKED: &str = "Press Check to see what is wrong with the text and what it would change.";

/// The page that changes a product; with `revision` or `proposal` in the address it begins with the text of that one.
#[component]
pub(crate) fn EditProductPage() -> impl IntoView {
    edit_page(TextKind::Product)
}

/// The page that changes a contract.
#[component]
pub(crate) fn EditContractPage() -> impl IntoView {
    edit_page(TextKind::Contract)
}

/// The page that changes a dashboard.
#[component]
pub(crate) fn EditDashboardPage() -> impl IntoView {
    edit_page(TextKind::Dashboard)
}

fn edit_page(kind: TextKind) -> AnyView {
    let (id, query) = (page_id(), page_query());
    let editing = Resource::new(
        move || {
            let query = Query::parse(&query.get());
            let part = |name: &str| query.get(name).map(ToOwned::to_owned);
            (id.get(), part("revision"), part("proposal"))
        },
        move |(id, revision, proposal)| async move {
            let revision = match revision {
                Some(text) => Some(text.parse::<u32>().map_err(|_| ApiError::not_found("revision"))?),
                None => None,
            };
            let editing = match kind {
                TextKind::Product => edit_product(id, revision, proposal).await?,
                TextKind::Contract => edit_contract(id, revision).await?,
                TextKind::Dashboard => edit_dashboard(id, revision).await?,
            };
            checked(editing).await
        },
    );
    view! { <div class="page">{load(editing, |(editing, check)| content(&editing, check))}</div> }.into_any()
}

/// The page for a new product of the domain in the address.
#[component]
pub(crate) fn NewProductPage() -> impl IntoView {
    new_page(TextKind::Product)
}

/// The page for a new contract of the domain in the address; with `asset` behind it, one of that asset.
#[component]
pub(crate) fn NewContractPage() -> impl IntoView {
    new_page(TextKind::Contract)
}

/// The page for a new dashboard of the domain in the address; with `asset` behind it, one of that table.
#[component]
pub(crate) fn NewDashboardPage() -> impl IntoView {
    new_page(TextKind::Dashboard)
}

fn new_page(kind: TextKind) -> AnyView {
    let (domain, query) = (page_id(), page_query());
    let editing = Resource::new(
        move || (domain.get(), Query::parse(&query.get()).get("asset").map(ToOwned::to_owned)),
        move |(domain, asset)| async move {
            let editing = match kind {
                TextKind::Product => new_product(domain).await?,
                TextKind::Contract => new_contract(domain, asset).await?,
                TextKind::Dashboard => new_dashboard(domain, asset).await?,
            };
            checked(editing).await
        },
    );
    view! { <div class="page">{load(editing, |(editing, check)| content(&editing, check))}</div> }.into_any()
}

/// The text with its check, where it is another than what is published: one that was typed, or that of an older revision or
/// a proposal.
async fn checked(editing: Editing) -> Answer<(Editing, Option<CheckShown>)> {
    let form = sent(editing.kind);
    if !form.was_sent() && !editing.is_older && editing.proposal.is_none() {
        return Ok((editing, None));
    }
    let (id, text) = (editing.id.clone().unwrap_or_default(), form.typed("text", editing.text.as_str()));
    let base = form.typed("base", editing.base.to_string()).parse().unwrap_or_default();
    let new_id = form.typed(NEW_ID, editing.new_id.clone().unwrap_or_default());
    // Where it cannot be checked, the form says why it was refused.
    let check = check_text(editing.kind, (id, new_id), base, text).await.ok();
    Ok((editing, check))
}

/// The way to the page: over the domain, and over the document that is changed.
fn way(editing: &Editing) -> Vec<(String, String)> {
    let mut way = Way { domain: Some(editing.domain.clone()), ..Way::default() };
    let mut own = None;
    if let Some(id) = &editing.id {
        match editing.kind {
            TextKind::Product => way.product = Some((ProductId::from(id.as_str()), editing.name.clone())),
            TextKind::Contract | TextKind::Dashboard => {
                own = Some(crumb(editing.name.as_str(), document_href(editing.kind, id)));
            }
        }
    }
    let (list, href) = match editing.kind {
        TextKind::Product | TextKind::Contract => ("Catalog", "/catalog"),
        TextKind::Dashboard => ("Dashboards", "/dashboards"),
    };
    crumbs(list, href, &way).into_iter().chain(own).collect()
}

fn content(editing: &Editing, check: Option<CheckShown>) -> AnyView {
    let (kind, form) = (editing.kind, sent(editing.kind));
    let title = match &editing.id {
        Some(_) => change_words(&editing.name, editing.proposes),
        None => format!("New {kind}"),
    };
    let opened = use_context::<Now>().map(|now| moment_words(now.0)).unwrap_or_default();
    let (id, domain) = (editing.id.clone().unwrap_or_default(), editing.domain.id.to_string());
    view! {
        <PageHead title=title crumbs=way(editing) misfit=form.was_sent() />
        {lead(&editing.domain, editing.proposes, editing.proposal.as_ref())}
        <LiveCheck kind=kind id=id domain=domain opened=opened again=form.was_sent() />
        <div class="writing">
            {text_form(editing, &form)}
            {result(editing, &form, check)}
        </div>
    }
    .into_any()
}

fn text_form(editing: &Editing, form: &FormState) -> AnyView {
    let base = form.typed("base", editing.base.to_string());
    let missed = missed(editing, &base);
    let typed = form.typed("text", editing.text.as_str());
    let text = area_text(&typed);
    let invalid = form.invalid("text");
    let is_new = editing.id.is_none();
    let help = help(editing.kind, is_new);
    let (from_files, patch) = from_files(editing).unzip();
    let (kind, id, form) = (editing.kind, editing.id.clone().unwrap_or_default(), form.clone());
    let notice = missed.map(|newest| meanwhile(editing, newest, &typed));
    let new_id = editing.new_id.as_deref().map(|new_id| id_field(&form, new_id));
    let over = missed.map(|newest| format!("revision {}", newest.number));
    let (words, class) = send_words(editing.proposes, over);
    let over = missed.map(|newest| newest.number.to_string());
    let (proposal, proposes) = (editing.proposal.as_ref(), editing.proposes);
    let (settles, reason) =
        (settles(&form, proposal), proposal.map(|proposal| proposal.reason.clone()).unwrap_or_default());
    let action = if proposes { PROPOSE } else { publish_call(kind) };
    let (back, where_to) = match &editing.id {
        Some(id) => (document_href(kind, id), editing.name.clone()),
        None => (domain_href(&editing.domain.id), editing.domain.name.clone()),
    };
    view! {
        <Form action=action class="stack min-w-0" id="writing" outcomes=true>
            <Hidden name="kind" value=kind.to_string() />
            <Hidden name="id" value=id />
            <Hidden name="base" value=base />
            {settles}
            {new_id}
            <Field name="text" label="Text" help=help form=form.clone()>
                <textarea
                    class="textarea writing-text w-full"
                    id="text"
                    name="text"
                    rows="30"
                    wrap="off"
                    spellcheck="false"
                    autocapitalize="off"
                    autocomplete="off"
                    required
                    aria-describedby="text-help text-error"
                    aria-invalid=invalid
                    autofocus=invalid.is_some()
                >
                    {text}
                </textarea>
            </Field>
            {notice}
            <TextField
                form=form
                name="reason"
                label="Why"
                help=reason_help(proposes, "What you change and for what, for those who read the history. It can stay empty.")
                value=reason
                maxlength="200"
                control="input w-full"
            />
            {from_files}
            <div class="cluster">
                <button class=class type="submit" name=over.as_ref().map(|_| "over") value=over>{words}</button>
                <button class="btn" type="submit" formaction=check_call(kind)>"Check"</button>
                {patch}
                <a class="btn" href=back>"Back to "{where_to}</a>
            </div>
        </Form>
    }
    .into_any()
}

/// The field for the id of a new dashboard.
fn id_field(form: &FormState, new_id: &str) -> AnyView {
    view! {
        <TextField
            form=form.clone()
            name=NEW_ID
            label="Id"
            help="The dashboard's address, and the name of its file in exports. It stays."
            value=new_id.to_owned()
            required=true
            maxlength="100"
            control="input w-full"
        />
    }
    .into_any()
}

/// What is said of the field for the text.
fn help(kind: TextKind, is_new: bool) -> &'static str {
    match (kind, is_new) {
        (TextKind::Product, true) => {
            "YAML, as the Open Data Product Standard has it. The id that it names is the product's address and stays."
        }
        (TextKind::Product, false) => "YAML, as the Open Data Product Standard has it.",
        (TextKind::Contract, true) => {
            "YAML, as the Open Data Contract Standard has it. The id that it names is the contract's address and stays."
        }
        (TextKind::Contract, false) => {
            "YAML, as the Open Data Contract Standard has it. Under another version number it is a version of its own; the others stay."
        }
        (TextKind::Dashboard, _) => {
            "Front matter in YAML between two lines ---, then Markdown with queries, charts and tables in fences."
        }
    }
}

/// Where a document came from files: what becomes of a change, and the button for a patch of its file.
fn from_files(editing: &Editing) -> Option<(AnyView, AnyView)> {
    // Whoever publishes it puts it into the file.
    if !is_of_files(editing) || editing.proposes {
        return None;
    }
    let kind = editing.kind;
    let ending = match kind {
        TextKind::Product => ".odps.yaml",
        TextKind::Contract => ".odcs.yaml",
        TextKind::Dashboard => ".md",
    };
    let come = format!(
        "This {kind} comes from files. A change here is kept, and the next import or push of another text is refused until both \
         are put together. To change the file instead, download what you wrote as a patch. It names the file by the {kind}'s id, \
         with "
    );
    let said = view! {
        <p class="field-help">
            {come}
            <code>{ending}</code> " behind it. Where that file lies in a folder, apply the patch with "
            <code>"git apply --directory=FOLDER PATCH"</code> "; where the file has another name, with "
            <code>"patch FILE PATCH"</code> "."
        </p>
    };
    let button = view! {
        <button class="btn" type="submit" formaction="/documents/patch">"Download as a patch"</button>
    };
    Some((said.into_any(), button.into_any()))
}

/// True where the text that is published came from a file, by whichever way.
fn is_of_files(editing: &Editing) -> bool {
    editing.newest.as_ref().is_some_and(|newest| newest.source.is_of_files())
}

/// The newest revision, where a text was written on another one.
fn missed<'a>(editing: &'a Editing, base: &str) -> Option<&'a RevisionLine> {
    editing.newest.as_ref().filter(|newest| base.parse::<u32>() != Ok(newest.number))
}

/// The version of a contract that the newest revision is a text of, where the text that was typed does not say the same one.
fn other_version<'a>(newest: &'a RevisionLine, typed: &str) -> Option<&'a str> {
    let said = typed.lines().find_map(|line| line.strip_prefix("version:"));
    let said = said.and_then(|said| said.split(" #").next()).map(str::trim);
    let said = said.map(|said| said.trim_matches(['"', '\'']));
    newest.version.as_deref().filter(|version| said != Some(*version))
}

/// What is lost if a text is published over the newest revision.
fn lost(newest: &RevisionLine, typed: &str) -> String {
    match other_version(newest, typed) {
        Some(version) => {
            format!("It is a text of version {version}; if yours has another number, both stay.")
        }
        None => "The comparison shows your text beside that revision. Lines with a \u{2212} stand in it and not in your \
                 text: they are lost if you publish over it."
            .to_owned(),
    }
}

/// What somebody else has published while the text was written.
fn meanwhile(editing: &Editing, newest: &RevisionLine, typed: &str) -> AnyView {
    let lost = lost(newest, typed);
    let RevisionLine { number, at, who, .. } = newest.clone();
    let see = editing.id.clone().map(|id| {
        let href = revision_href(editing.kind, &id, number);
        // The text that was typed stays where it is.
        view! { <a class="link" href=href target="_blank" rel="noopener">"See what changed (in a new tab)"</a> "." }
    });
    view! {
        <Notice tone=Tone::Warn>
            <p>
                "Revision "{number}" was published by "{who}" "<Moment at=at />", after this was begun. "{see}
            </p>
            <p class="mt-2">{lost}</p>
        </Notice>
    }
    .into_any()
}

/// What would become of the text.
fn result(editing: &Editing, form: &FormState, check: Option<CheckShown>) -> AnyView {
    let only_looked = form.was_sent() && !form.was_refused();
    let older = (editing.is_older && !form.was_sent()).then(|| {
        view! {
            <Notice tone=Tone::Idle>
                <p>"This is the text of an older revision. Publish it to make it the newest one."</p>
            </Notice>
        }
    });
    let (said, html) = match check {
        Some(check) => (check.said, check.html),
        None => (NOT_CHECKED.to_owned(), String::new()),
    };
    view! {
        <section class="stack min-w-0" aria-label="What becomes of the text">
            {older}
            <p id="check-said" class="font-medium" role="status" tabindex="-1" autofocus=only_looked>{said}</p>
            <div id="checked" class="stack" inner_html=html></div>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use lakeport_model::documents::Source;
    use lakeport_model::people::DomainRef;

    use super::*;

    fn editing(base: u32, newest: Option<u32>) -> Editing {
        let line = |number| RevisionLine {
            number,
            at: DateTime::default(),
            who: "Maria Keller".to_owned(),
            person: None,
            source: Source::Page,
            reason: String::new(),
            version: None,
            added: 1,
            removed: 0,
        };
        Editing {
            kind: TextKind::Product,
            id: Some("sales".to_owned()),
            new_id: None,
            name: "Sales".to_owned(),
            domain: DomainRef { id: "finance".into(), name: "Finance".to_owned() },
            text: String::new(),
            base,
            newest: newest.map(line),
            is_older: false,
            proposes: false,
            proposal: None,
        }
    }

    #[test]
    fn what_somebody_else_published_meanwhile_is_never_written_over_unseen() {
        let now = editing(3, Some(3));
        let missed = |base: &str| missed(&now, base).map(|line| line.number);
        assert_eq!([missed("2"), missed("3"), missed("x")], [Some(3), None, Some(3)]);
        assert_eq!(super::missed(&editing(0, None), "0"), None, "a new product has none");
    }

    #[test]
    fn a_text_of_another_version_never_reads_as_if_it_were_lost() {
        let mut now = editing(1, Some(2));
        let newest = now.newest.as_mut().expect("it has one");
        assert!(lost(newest, "version: 1.0.0\n").contains("they are lost"), "a product has one text");
        newest.version = Some("2.0.0".to_owned());
        for same in ["id: a\nversion: 2.0.0\r\n", "version: \"2.0.0\" # the next one\n", "version: '2.0.0'"] {
            assert!(lost(newest, same).contains("they are lost"), "{same}");
        }
        for other in ["version: 1.0.0\n", "kind: [", "items:\n  version: 2.0.0\n"] {
            let said = "It is a text of version 2.0.0; if yours has another number, both stay.";
            assert_eq!(lost(newest, other), said, "{other}");
        }
    }

    #[test]
    fn what_was_imported_and_what_was_pushed_are_both_changed_in_their_files() {
        let is_of_files = |source| {
            let mut now = editing(1, Some(1));
            if let Some(newest) = &mut now.newest {
                newest.source = source;
            }
            is_of_files(&now)
        };
        assert_eq!([Source::Files, Source::Api, Source::Page].map(is_of_files), [true, true, false]);
        assert!(!super::is_of_files(&editing(0, None)), "a new product is in no file yet");
    }
}
