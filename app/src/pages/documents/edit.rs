//! A product's text is changed, or a new one is written: checked while it is typed, published with a reason.

use lakeport_model::ProductId;
use lakeport_model::catalog::Way;
use lakeport_model::documents::{Editing, RevisionLine};
use leptos::prelude::*;

use super::live::{CHECK, LiveCheck};
use super::revision_href;
use crate::api::Answer;
use crate::api::documents::{CheckShown, check_product, edit_product, new_product};
use crate::error::ApiError;
use crate::pages::{crumbs, domain_href, page_id, page_query, product_href};
use crate::query::Query;
use crate::ui::{
    Field, Form, FormState, Hidden, Moment, Notice, Now, PageHead, TextField, Tone, area_text, load,
    moment_words,
};

/// The calls of the form; the second only looks.
const CALLS: [&str; 2] = ["/fn/publish_product", CHECK];

/// What stands where a check is shown, before there is one.
const NOT_CHECKED: &str = "Press Check to see what is wrong with the text and what it would change.";

/// The page that changes a product; with `revision` in the address it begins with the text of that one.
#[component]
pub(crate) fn EditProductPage() -> impl IntoView {
    let (id, query) = (page_id(), page_query());
    let editing = Resource::new(
        move || (id.get(), Query::parse(&query.get()).get("revision").map(ToOwned::to_owned)),
        |(id, revision)| async move {
            let revision = match revision {
                Some(text) => Some(text.parse::<u32>().map_err(|_| ApiError::not_found("revision"))?),
                None => None,
            };
            checked(edit_product(id, revision).await?).await
        },
    );
    view! { <div class="page">{load(editing, |(editing, check)| content(&editing, check))}</div> }
}

/// The page for a new product of the domain in the address.
#[component]
pub(crate) fn NewProductPage() -> impl IntoView {
    let domain = page_id();
    let editing = Resource::new(
        move || domain.get(),
        |domain| async move { checked(new_product(domain).await?).await },
    );
    view! { <div class="page">{load(editing, |(editing, check)| content(&editing, check))}</div> }
}

/// The text with its check, where it is another than what is published: one that was typed, or that of an older revision.
async fn checked(editing: Editing) -> Answer<(Editing, Option<CheckShown>)> {
    let form = FormState::of(&CALLS);
    if !form.was_sent() && !editing.is_older {
        return Ok((editing, None));
    }
    let (id, text) = (editing.id.clone().unwrap_or_default(), form.typed("text", editing.text.as_str()));
    let base = form.typed("base", editing.base.to_string()).parse().unwrap_or_default();
    // Where it cannot be checked, the form says why it was refused.
    let check = check_product(id, base, text).await.ok();
    Ok((editing, check))
}

fn content(editing: &Editing, check: Option<CheckShown>) -> AnyView {
    let form = FormState::of(&CALLS);
    let title = match &editing.id {
        Some(_) => format!("Change {}", editing.name),
        None => "New product".to_owned(),
    };
    let product = editing.id.clone().map(ProductId::from);
    let way = Way {
        domain: Some(editing.domain.clone()),
        product: product.map(|id| (id, editing.name.clone())),
        ..Way::default()
    };
    let opened = use_context::<Now>().map(|now| moment_words(now.0)).unwrap_or_default();
    let (id, domain) = (editing.id.clone().unwrap_or_default(), editing.domain.id.to_string());
    view! {
        <PageHead title=title crumbs=crumbs("Catalog", "/catalog", &way) misfit=form.was_sent() />
        <LiveCheck id=id domain=domain opened=opened again=form.was_sent() />
        <div class="writing">
            {text_form(editing, &form)}
            {result(editing, &form, check)}
        </div>
    }
    .into_any()
}

fn text_form(editing: &Editing, form: &FormState) -> AnyView {
    let base = form.typed("base", editing.base.to_string());
    let missed = form.was_sent().then(|| missed(editing, &base)).flatten();
    let text = area_text(&form.typed("text", editing.text.as_str()));
    let invalid = form.invalid("text");
    let is_new = editing.id.is_none();
    let help = if is_new {
        "YAML, as the Open Data Product Standard has it. The id that it names is the product's address and stays."
    } else {
        "YAML, as the Open Data Product Standard has it."
    };
    let (from_files, patch) = from_files(editing).unzip();
    let (id, form) = (editing.id.clone().unwrap_or_default(), form.clone());
    let notice = missed.map(|newest| meanwhile(editing, newest));
    let publish = match missed {
        Some(newest) => {
            let label = format!("Publish over revision {}", newest.number);
            view! {
                <button class="btn btn-error" type="submit" name="over" value=newest.number.to_string()>
                    {label}
                </button>
            }
            .into_any()
        }
        None => view! { <button class="btn btn-primary" type="submit">"Publish"</button> }.into_any(),
    };
    let (back, where_to) = match &editing.id {
        Some(id) => (product_href(&id.clone().into()), editing.name.clone()),
        None => (domain_href(&editing.domain.id), editing.domain.name.clone()),
    };
    view! {
        <Form action="/fn/publish_product" class="stack min-w-0" id="writing" outcomes=true>
            <Hidden name="id" value=id />
            <Hidden name="base" value=base />
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
                help="What you change and for what, for those who read the history. It can stay empty."
                maxlength="200"
                control="input w-full"
            />
            {from_files}
            <div class="cluster">
                {publish}
                <button class="btn" type="submit" formaction=CHECK>"Check"</button>
                {patch}
                <a class="btn" href=back>"Back to "{where_to}</a>
            </div>
        </Form>
    }
    .into_any()
}

/// Where a product came from files: what becomes of a change, and the button for a patch of its file.
fn from_files(editing: &Editing) -> Option<(AnyView, AnyView)> {
    if !is_of_files(editing) {
        return None;
    }
    let said = view! {
        <p class="field-help">
            "This product comes from files. A change here is kept, and the next import or push of another text is refused until both are put together. To change the file instead, download what you wrote as a patch. It names the file by the product's id, with "
            <code>".odps.yaml"</code> " behind it. Where that file lies in a folder, apply the patch with "
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

/// What somebody else has published while the text was written.
fn meanwhile(editing: &Editing, newest: &RevisionLine) -> AnyView {
    let RevisionLine { number, at, who, .. } = newest.clone();
    let see = editing.id.clone().map(|id| {
        let href = revision_href(&id.into(), number);
        // The text that was typed stays where it is.
        view! { <a class="link" href=href target="_blank" rel="noopener">"See what changed (in a new tab)"</a> "." }
    });
    view! {
        <Notice tone=Tone::Warn>
            <p>
                "Revision "{number}" was published by "{who}" "<Moment at=at />", after you had begun. "{see}
            </p>
            <p class="mt-2">
                "The comparison shows your text beside that revision. Lines with a \u{2212} stand in it and not in your text: they are lost if you publish over it."
            </p>
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
            added: 1,
            removed: 0,
        };
        Editing {
            id: Some("sales".to_owned()),
            name: "Sales".to_owned(),
            domain: DomainRef { id: "finance".into(), name: "Finance".to_owned() },
            text: String::new(),
            base,
            newest: newest.map(line),
            is_older: false,
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
