//! A term is changed, or a new one is written, field by field.

use lakeport_model::glossary::{MOST_LINKS, TermEditing, TermText};
use leptos::prelude::*;

use super::{history_href, term_href};
use crate::api::glossary::{edit_term, new_term};
use crate::pages::proposals::{change_words, lead, reason_help, send_words, settles};
use crate::pages::{crumb, domain_href, page_id, page_query};
use crate::query::Query;
use crate::ui::{Form, FormState, Hidden, Notice, PageHead, TextArea, TextField, Tone, load};

/// The call that publishes.
const PUBLISH: &str = "/fn/publish_term";

/// The call that proposes.
const PROPOSE: &str = "/fn/propose_term";

/// The page that changes a term; with `proposal` in the address it begins with the text of that one.
#[component]
pub(crate) fn EditTermPage() -> impl IntoView {
    let (id, query) = (page_id(), page_query());
    let editing = Resource::new(
        move || (id.get(), Query::parse(&query.get()).get("proposal").map(ToOwned::to_owned)),
        |(id, proposal)| edit_term(id, proposal),
    );
    view! { <div class="page">{load(editing, content)}</div> }
}

/// The page for a new term of the domain in the address.
#[component]
pub(crate) fn NewTermPage() -> impl IntoView {
    let domain = page_id();
    let editing = Resource::new(move || domain.get(), new_term);
    view! { <div class="page">{load(editing, content)}</div> }
}

fn content(editing: TermEditing) -> AnyView {
    let TermEditing { id, domain, text, base, newest, proposes, proposal } = editing;
    let form = FormState::of(&[PUBLISH, PROPOSE]);
    let glossary = crumb("Glossary", "/glossary");
    // The way there is the way back.
    let (title, back) = match &id {
        Some(id) => (change_words(&text.name, proposes), crumb(text.name.clone(), term_href(id))),
        None => ("New term".to_owned(), crumb(domain.name.clone(), domain_href(&domain.id))),
    };
    let (where_to, href) = back.clone();
    let written_on = form.typed("base", base.to_string());
    let is_missed = is_missed(&written_on, newest);
    let meanwhile = id.as_deref().filter(|_| is_missed).map(|id| meanwhile(&form, id, newest));
    let lead = lead(&domain, proposes, proposal.as_ref());
    let settles = settles(&form, proposal.as_ref());
    let reason = proposal.map(|proposal| proposal.reason).unwrap_or_default();
    let over = is_missed.then(|| newest.to_string());
    let (words, class) = send_words(proposes, over.as_ref().map(|base| format!("revision {base}")));
    let action = if proposes { PROPOSE } else { PUBLISH };
    view! {
        <PageHead title=title crumbs=vec![glossary, back] />
        {lead}
        {meanwhile}
        <Form action=action class="stack min-w-0 max-w-3xl" id="writing" outcomes=true>
            <Hidden name="id" value=id.clone().unwrap_or_default() />
            <Hidden name="domain" value=domain.id.to_string() />
            <Hidden name="base" value=written_on />
            {settles}
            {fields(&form, text, id.is_none())}
            <TextField
                form=form
                name="reason"
                label="Why"
                help=reason_help(proposes, "What you change and for what, for those who read the history. It can stay empty.")
                value=reason
                required=proposes
                maxlength="200"
                control="input w-full"
            />
            <div class="cluster">
                <button class=class type="submit" name=over.as_ref().map(|_| "over") value=over>{words}</button>
                <a class="btn" href=href>"Back to "{where_to}</a>
            </div>
        </Form>
    }
    .into_any()
}

/// What a term consists of.
fn fields(form: &FormState, text: TermText, is_new: bool) -> AnyView {
    let TermText { name, definition, synonyms, related, columns, products } = text;
    let of_name = if is_new {
        "The word as people say it. The address is made of it and stays."
    } else {
        "The word as people say it. The address stays as it is."
    };
    let synonyms = lines_field(
        form,
        ("synonyms", "Synonyms"),
        "Other words for the same, a line each. The search finds the term by them.",
        synonyms,
    );
    let products = lines_field(
        form,
        ("products", "Data products"),
        "Ids of the products that it is about, a line each, as in the addresses of their pages.",
        products,
    );
    let columns = lines_field(
        form,
        ("columns", "Tables and columns"),
        "A line each: silver.fact_payments for a table, silver.fact_payments#dunning_stage for a column of it.",
        columns,
    );
    let related = lines_field(
        form,
        ("related", "Related terms"),
        "Ids of other terms, a line each, as in the addresses of their pages.",
        related,
    );
    view! {
        <TextField
            form=form.clone()
            name="name"
            label="Name"
            help=of_name
            value=name
            required=true
            maxlength="200"
            control="input w-full"
        />
        <TextArea
            form=form.clone()
            name="definition"
            label="Definition"
            help="What the word means here, in Markdown: **bold**, lists, links."
            value=definition
            rows="8"
            maxlength="65536"
        />
        {synonyms}
        {products}
        {columns}
        {related}
    }
    .into_any()
}

/// A list that is written a line each, and may stay empty.
fn lines_field(
    form: &FormState,
    (name, label): (&'static str, &'static str),
    help: &str,
    value: String,
) -> AnyView {
    let help = format!("{help} At most {MOST_LINKS}.");
    view! {
        <TextArea
            form=form.clone()
            name=name
            label=label
            help=help
            value=value
            rows="3"
            required=false
            maxlength="65536"
        />
    }
    .into_any()
}

/// True where somebody has published since a text was begun.
fn is_missed(written_on: &str, newest: u32) -> bool {
    written_on.parse::<u32>() != Ok(newest)
}

/// What somebody else has published while the text was written. Where the form was refused for it, this says why.
fn meanwhile(form: &FormState, id: &str, newest: u32) -> AnyView {
    let href = format!("{}/{newest}", history_href(id));
    let said = match form.error("base") {
        Some(why) => view! {
            <p class="field-error" id="base-error" tabindex="-1" autofocus>
                {why}
            </p>
        }
        .into_any(),
        None => view! { <p>"Revision "{newest}" was published after this was begun."</p> }.into_any(),
    };
    view! {
        <div class="mb-4">
            <Notice tone=Tone::Warn>
                {said}
                <p class="mt-2">
                    // The text that was typed stays where it is.
                    <a class="link" href=href target="_blank" rel="noopener">"See what it changed (in a new tab)"</a>
                    ". What only that revision says is lost if you publish over it."
                </p>
            </Notice>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_else_published_meanwhile_is_never_written_over_unseen() {
        assert_eq!(["2", "3", "x", ""].map(|base| is_missed(base, 3)), [true, false, true, true]);
        assert!(!is_missed("0", 0), "a new term has none");
    }
}
