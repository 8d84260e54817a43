//! Request access to a port: what will happen, for what, until when, under which terms.

use lakeport_model::ProductId;
use lakeport_model::access::{RequestForm, RequestLine};
use leptos::prelude::*;

use super::requests::{lies_with, withdraw};
use crate::api;
use crate::error::ApiError;
use crate::pages::{crumbs, page_id, page_query, product_href};
use crate::query::{Query, encode};
use crate::ui::{
    ClassificationBadge, FieldError, Form, FormState, Hidden, Moment, Notice, PageHead, Paragraphs, TextArea,
    TextField, Tone, day_words, load,
};

/// The form; the port is in the address.
#[component]
pub(crate) fn RequestPage() -> impl IntoView {
    let (id, query) = (page_id(), page_query());
    let form = Resource::new(
        move || {
            let query = Query::parse(&query.get());
            let named = |name| query.get(name).map(ToOwned::to_owned);
            (id.get(), named("port"), named("like"))
        },
        |(product, port, like)| async move {
            let port = match port {
                Some(port) => port,
                None => first_port(product).await?,
            };
            api::access::request_form(port, like).await
        },
    );
    view! { <div class="page">{load(form, content)}</div> }
}

/// The port meant by an address that names only the product.
async fn first_port(product: String) -> Result<String, ApiError> {
    let page = api::catalog::product(product).await?;
    page.output_ports
        .first()
        .map(|port| port.id.to_string())
        .ok_or_else(|| ApiError::not_found("output port"))
}

fn content(form: RequestForm) -> AnyView {
    let crumbs = crumbs("Catalog", "/catalog", &form.way);
    if let Some(waiting) = form.waiting.clone() {
        return already_asked(waiting, &form.product, crumbs);
    }
    if let Some(why) = form.closed.clone() {
        return closed(format!("{}: {}", form.product_name, form.port_name), why, &form.product, crumbs);
    }
    let state = FormState::of(&["/fn/request_access"]);
    let what = if form.renews.is_some() { "a renewal of" } else { "access to" };
    let title = format!("Request {what} {}: {}", form.product_name, form.port_name);
    let terms = terms(&form, &state);
    let range = range(&form);
    let warn = |said: String| view! { <Notice tone=Tone::Warn><p>{said}</p></Notice> };
    let (announced, no_table) = (form.announced.clone().map(warn), form.no_table.clone().map(warn));
    let policy = form.policy.into_iter().map(|line| view! { <li>{line}</li> });
    let data = form.classification.map_or_else(|| "this".to_owned(), |class| class.to_string());
    let rules = format!("The rules of {} for {data} data:", form.domain.name);
    view! {
        <PageHead title=title crumbs=crumbs>
            {form.classification.map(|class| view! { <ClassificationBadge classification=class /> })}
        </PageHead>
        <div class="with-facts">
            <Form action="/fn/request_access" class="stack">
                {announced}
                {no_table}
                <Hidden name="port" value=form.port.to_string() />
                <TextArea
                    form=state.clone()
                    name="purpose"
                    label="What do you need it for"
                    help="Say which question you want to answer and who will see the result, in 10 letters at least. It is recorded with the request."
                    rows="5"
                    minlength=form.shortest_purpose
                    maxlength="2000"
                    value=form.purpose
                />
                <TextField
                    form=state
                    name="ends_on"
                    kind="date"
                    label="Until when do you need it"
                    help=range
                    required=true
                    min=form.earliest_end.to_string()
                    max=form.latest_end.to_string()
                    value=form.suggested_end.to_string()
                    control="input w-48"
                />
                {terms}
                <div class="cluster">
                    <button class="btn btn-primary" type="submit">"Send the request"</button>
                    <a class="btn" href=product_href(&form.product)>"Back to "{form.product_name}</a>
                </div>
            </Form>
            <aside class="card stack" aria-labelledby="policy">
                <h2 id="policy">"What will happen"</h2>
                <p class="muted">{rules}</p>
                <ol class="list-decimal ps-5 stack">{policy.collect_view()}</ol>
            </aside>
        </div>
    }
    .into_any()
}

/// Which days can be asked for, in words.
fn range(form: &RequestForm) -> String {
    let (first, last) = (day_words(form.earliest_end), day_words(form.latest_end));
    let days = format!("The last day (UTC), between {first} and {last}.");
    let takes_place = match form.renews {
        Some(held) => format!(" It takes the place of the access you have until {}.", day_words(held)),
        None => String::new(),
    };
    format!("{days}{takes_place} Access ends after it, whether somebody acts or not.")
}

/// Instead of the form, while a request for the same waits: there is one at a time.
fn already_asked(request: RequestLine, product: &ProductId, crumbs: Vec<(String, String)>) -> AnyView {
    let with = lies_with(&request);
    let href = format!("/decide/{}", request.id);
    view! {
        <PageHead title=format!("You asked for {} already", request.title) crumbs=crumbs />
        <div class="card stack">
            <p>
                "Your request was sent " <Moment at=request.requested_at exact=true /> "; "{with}
                ". One request for the same data waits at a time: withdraw this one to send another."
            </p>
            <Paragraphs text=request.purpose />
            <div class="cluster items-start">
                <a class="btn btn-sm btn-primary" href=href>"Open your request"</a>
                {withdraw(request.id)}
                <a class="btn btn-sm" href=product_href(product)>"Back to the product"</a>
            </div>
        </div>
    }
    .into_any()
}

/// Instead of the form, where nobody can ask: why, and whom to turn to.
fn closed(title: String, why: String, product: &ProductId, crumbs: Vec<(String, String)>) -> AnyView {
    view! {
        <PageHead title=format!("{title} cannot be requested now") crumbs=crumbs />
        <div class="card stack">
            <p>{why}</p>
            <div class="cluster">
                <a class="btn btn-sm" href=product_href(product)>"Back to the product"</a>
            </div>
        </div>
    }
    .into_any()
}

/// The terms in words, to be accepted.
fn terms(form: &RequestForm, state: &FormState) -> Option<AnyView> {
    let lines = form.terms.iter().cloned().map(|line| view! { <li>{line}</li> });
    form.contract.clone().map(|(id, version)| {
        let contract = if form.contract_opens {
            let href = format!("/contracts/{}", encode(&id));
            view! { <a class="link" href=href>"contract"</a> }.into_any()
        } else {
            "contract".into_any()
        };
        view! {
            <fieldset class="card stack">
                <legend class="font-medium">"Terms"</legend>
                <ul class="list-disc ps-5">{lines.collect_view()}</ul>
                <label class="flex items-start gap-2">
                    <input
                        class="checkbox checkbox-sm"
                        type="checkbox"
                        name="contract_version"
                        value=version.clone()
                        required
                        checked=state.chose("contract_version", &version, false)
                    />
                    <span>"I accept the terms of version " {version} " of the " {contract}</span>
                </label>
                <FieldError form=state.clone() name="contract_version" />
            </fieldset>
        }
        .into_any()
    })
}
