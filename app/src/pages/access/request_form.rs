//! Request access to a port: what will happen, for what, until when, under which terms.

use lakeport_model::access::RequestForm;
use leptos::prelude::*;

use crate::api;
use crate::error::ApiError;
use crate::pages::{crumb, page_id, page_query, product_href};
use crate::query::{Query, encode};
use crate::ui::{ClassificationBadge, Field, Hidden, PageHead, day_words, load};

/// The form; the port is in the address.
#[component]
pub(crate) fn RequestPage() -> impl IntoView {
    let (id, query) = (page_id(), page_query());
    let form = Resource::new(
        move || (id.get(), Query::parse(&query.get()).get("port").map(ToOwned::to_owned)),
        |(product, port)| async move {
            let port = match port {
                Some(port) => port,
                None => first_port(product).await?,
            };
            api::access::request_form(port).await
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
    let crumbs =
        vec![crumb("Catalog", "/catalog"), crumb(form.product_name.clone(), product_href(&form.product))];
    let policy = form.policy.into_iter().map(|line| view! { <li>{line}</li> });
    let terms = form.contract.map(|(id, version)| {
        let lines = form.terms.into_iter().map(|line| view! { <li>{line}</li> });
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
                <label class="cluster">
                    <input class="checkbox checkbox-sm" type="checkbox" name="contract_version" value=version.clone() required />
                    <span>"I accept the terms of version " {version} " of the " {contract}</span>
                </label>
            </fieldset>
        }
    });
    let data = form.classification.map_or_else(|| "this".to_owned(), |class| class.to_string());
    let rules = format!("The rules of {} for {data} data:", form.domain.name);
    let range = format!(
        "The last day (UTC), between {} and {}. Access ends after it, whether somebody acts or not.",
        day_words(form.earliest_end),
        day_words(form.latest_end)
    );
    view! {
        <PageHead title=format!("Request access to {}: {}", form.product_name, form.port_name) crumbs=crumbs>
            {form.classification.map(|class| view! { <ClassificationBadge classification=class /> })}
        </PageHead>
        <div class="with-facts">
            <form class="stack" method="post" action="/fn/request_access">
                <Hidden name="port" value=form.port.to_string() />
                <Field
                    name="purpose"
                    label="What do you need it for"
                    help="Say which question you want to answer and who will see the result. The owner decides by this text."
                >
                    <textarea
                        class="textarea w-full"
                        id="purpose"
                        name="purpose"
                        rows="5"
                        required
                        maxlength="2000"
                        aria-describedby="purpose-help"
                    ></textarea>
                </Field>
                <Field name="ends_on" label="Until when do you need it" help=range>
                    <input
                        class="input w-48"
                        type="date"
                        id="ends_on"
                        name="ends_on"
                        required
                        min=form.earliest_end.to_string()
                        max=form.latest_end.to_string()
                        value=form.suggested_end.to_string()
                        aria-describedby="ends_on-help"
                    />
                </Field>
                {terms}
                <div class="cluster">
                    <button class="btn btn-primary" type="submit">"Send the request"</button>
                    <a class="btn" href=product_href(&form.product)>"Back to "{form.product_name}</a>
                </div>
            </form>
            <aside class="card stack" aria-labelledby="policy">
                <h2 id="policy">"What will happen"</h2>
                <p class="muted">{rules}</p>
                <ol class="list-decimal ps-5 stack">{policy.collect_view()}</ol>
            </aside>
        </div>
    }
    .into_any()
}
