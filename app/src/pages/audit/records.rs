//! The audit: who did what, when, on what, under which rule.

use lakeport_model::audit::{AuditFilter, AuditPage as Audit, AuditRecord};
use leptos::prelude::*;

use crate::api;
use crate::pages::page_query;
use crate::query::Query;
use crate::ui::{Column, CopyButton, Empty, Field, PageHead, Table, load, moment_words, number};

/// The audit, newest first.
#[component]
pub(crate) fn AuditPage() -> impl IntoView {
    let query = page_query();
    let page = Resource::new(
        move || query.get(),
        |query| async move {
            let query = Query::parse(&query);
            let filter = AuditFilter {
                action: query.get("action").map(ToOwned::to_owned),
                subject: query.get("subject").map(ToOwned::to_owned),
                before: query.get("before").and_then(|text| text.parse().ok()),
            };
            api::audit::audit_page(filter.clone()).await.map(|page| (filter, page))
        },
    );
    view! { <div class="page">{load(page, |(filter, page)| content(filter, page))}</div> }
}

fn content(filter: AuditFilter, page: Audit) -> AnyView {
    let head = page.head.clone().map(|(count, hash)| {
        view! {
            <section class="card stack mb-4" aria-labelledby="head">
                <h2 id="head">"Head of the chain"</h2>
                <p>
                    "Keep it outside the portal: the command " <code>"lakeport audit verify"</code>
                    " compares the chain with it."
                </p>
                <div class="code">
                    <pre tabindex="0"><code id="head-hash">{count}":"{hash}</code></pre>
                    <CopyButton target="head-hash".to_owned() label="Copy the head of the chain".to_owned() />
                </div>
            </section>
        }
    });
    let next = page.next.map(|before| {
        let mut query = Query::default();
        if let Some(action) = &filter.action {
            query = query.and("action", action);
        }
        if let Some(subject) = &filter.subject {
            query = query.and("subject", subject);
        }
        let href = query.and("before", before).to("/audit");
        view! { <nav class="pager" aria-label="Pages"><a class="btn btn-sm" href=href>"Older records"</a></nav> }
    });
    let heads =
        ["Number", "When", "Who", "What", "On what", "Under which rule", "Details", "Hash"].map(Column::text);
    let list = if page.records.is_empty() {
        view! { <Empty text="No record fits." href="/audit" action="Show all records" /> }.into_any()
    } else {
        let rows = page.records.into_iter().map(row);
        view! { <Table caption="Audit records, newest first" wide=true columns=heads.to_vec()>{rows.collect_view()}</Table> }.into_any()
    };
    let form = filter_form(filter, page.actions);
    view! {
        <PageHead title="Audit" />
        {head}
        {form}
        {list}
        {next}
    }
    .into_any()
}

fn filter_form(filter: AuditFilter, actions: Vec<String>) -> AnyView {
    let chosen = filter.action.unwrap_or_default();
    let options = actions.into_iter().map(move |action| {
        let (value, selected) = (action.clone(), action == chosen);
        view! { <option value=value selected=selected>{action}</option> }
    });
    let options = options.collect_view();
    view! {
        <form class="toolbar" method="get" action="/audit" role="search" aria-label="Filter the audit">
            <Field name="action" label="What was done">
                <select class="select select-sm" id="action" name="action">
                    <option value="">"Everything"</option>
                    {options}
                </select>
            </Field>
            <Field name="subject" label="On what">
                <input class="input input-sm" id="subject" name="subject" value=filter.subject />
            </Field>
            <button class="btn btn-sm btn-primary" type="submit">"Filter the records"</button>
        </form>
    }
    .into_any()
}

fn row(record: AuditRecord) -> AnyView {
    let short: String = record.hash.chars().take(12).collect();
    view! {
        <tr>
            <th scope="row" class="num">{number(record.number)}</th>
            <td class="whitespace-nowrap">{moment_words(record.at)}</td>
            <td>{record.actor}</td>
            <td><code>{record.action}</code></td>
            <td><code>{record.subject}</code></td>
            <td><code>{record.rule}</code></td>
            <td>{record.detail}</td>
            <td><code title=record.hash>{short}</code></td>
        </tr>
    }
    .into_any()
}
