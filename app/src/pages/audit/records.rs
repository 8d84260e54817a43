//! The audit: who did what, when, on what, under which rule.

use lakeport_model::First;
use lakeport_model::audit::{AUDIT_DAYS, AuditFilter, AuditPage as Audit, AuditPlace, AuditRecord, Unread};
use lakeport_model::people::DomainRef;
use leptos::prelude::*;

use super::words::{action_words, detail_words};
use crate::api;
use crate::error::{ApiError, ErrorKind};
use crate::pages::{asset_href, contract_href, domain_href, page_query, product_href};
use crate::query::Query;
use crate::ui::{
    Column, CopyButton, Empty, Field, FormState, Hidden, Notice, PageHead, Reader, Table, TextField, Tone,
    answer_with, counted, load, moment_words, number,
};

/// The fields of the filter, as they stand in the address.
const FIELDS: [&str; 5] = ["action", "person", "words", "from", "to"];

/// The audit, newest first.
#[component]
pub(crate) fn AuditPage() -> impl IntoView {
    let query = page_query();
    let page = Resource::new(
        move || query.get(),
        |query| async move {
            let query = Query::parse(&query);
            let text = |name| query.get(name).map(ToOwned::to_owned);
            let filter = AuditFilter {
                action: text("action"),
                person: text("person"),
                words: text("words"),
                from: text("from"),
                to: text("to"),
                before: query.get("before").and_then(|text| text.parse().ok()),
            };
            match api::audit::audit_page(filter.clone()).await {
                Ok(page) => Ok((filter, Ok(page))),
                Err(error) if error.kind == ErrorKind::Invalid => Ok((filter, Err(error))),
                Err(error) => Err(error),
            }
        },
    );
    let show = |(filter, page): (AuditFilter, Result<Audit, ApiError>)| match page {
        Ok(page) => content(&filter, page),
        Err(error) => misfit(&filter, error),
    };
    view! { <div class="page">{load(page, show)}</div> }
}

/// The filter as it was typed, and what does not fit in it at its field.
fn misfit(filter: &AuditFilter, error: ApiError) -> AnyView {
    answer_with(error.kind);
    let at_field = error.field.as_deref().is_some_and(|field| FIELDS.contains(&field));
    let above = (!at_field).then(|| {
        let message = error.message.clone();
        view! { <div class="mb-4"><Notice tone=Tone::Bad><p role="alert">{message}</p></Notice></div> }
    });
    let state = FormState::misfit("/audit", error, address(filter));
    view! {
        <PageHead title="Audit" misfit=at_field />
        {above}
        {filter_form(filter, Vec::new(), true, state)}
    }
    .into_any()
}

/// The filter as an address has it, without the place to go on from.
fn address(filter: &AuditFilter) -> Query {
    let AuditFilter { action, person, words, from, to, before: _ } = filter;
    let set = FIELDS.into_iter().zip([action, person, words, from, to]);
    set.fold(Query::default(), |query, (name, value)| match value {
        Some(value) => query.and(name, value),
        None => query,
    })
}

fn content(filter: &AuditFilter, page: Audit) -> AnyView {
    let chosen = address(filter);
    let is_filtered = chosen != Query::default();
    let next = page.next.map(|before| {
        let href = chosen.clone().and("before", before).to("/audit");
        view! { <a class="btn btn-sm" href=href>"Older records"</a> }
    });
    let newest =
        filter.before.map(|_| view! { <a class="btn btn-sm" href=chosen.to("/audit")>"Newest records"</a> });
    let list = match (page.records.is_empty(), is_filtered) {
        (true, true) => {
            view! { <Empty text="No record fits the filter." href="/audit" action="Show all records" /> }
                .into_any()
        }
        (true, false) => {
            let text = "Nothing has been recorded yet that you may see.";
            view! { <Empty text=text href="/catalog" action="Browse the catalog" /> }.into_any()
        }
        (false, _) => {
            let heads = ["What", "Who", "On what", "When", "Rule", "Details", "Record"].map(Column::text);
            let rows = page.records.into_iter().map(row);
            view! { <Table caption="Audit records, newest first" columns=heads.to_vec()>{rows.collect_view()}</Table> }
                .into_any()
        }
    };
    view! {
        <PageHead title="Audit" />
        <p class="muted mb-4">{reach(page.domains.as_deref())}</p>
        {unread(page.unread)}
        {filter_form(filter, page.actions, is_filtered, FormState::default())}
        {list}
        <nav class="pager" aria-label="Pages">{newest} {next}</nav>
        {export_form(filter, page.export_limit)}
        {page.head.map(head)}
    }
    .into_any()
}

/// Documents that cannot be read, for those who can have them corrected; nothing where all can.
fn unread(unread: First<Unread>) -> Option<AnyView> {
    if unread.items.is_empty() {
        return None;
    }
    let more = unread.more();
    let more = (more > 0).then(|| view! { <li>{format!("and {} more", number(more))}</li> });
    let lines = unread.items.into_iter().map(|Unread { kind, id, problem }| {
        view! { <li>{kind}" "<code>{id}</code>": "{problem}</li> }
    });
    let notice = view! {
        <section id="unread" class="mb-4" aria-label="What cannot be read">
            <Notice tone=Tone::Warn>
                <p class="font-medium">
                    {counted(unread.of, "document")}
                    " of the catalog cannot be read. What cannot be read is left out until it is corrected and imported again."
                </p>
                <ul class="stack mt-2">{lines.collect_view()}{more}</ul>
            </Notice>
        </section>
    };
    Some(notice.into_any())
}

/// What the viewer sees of the audit.
fn reach(domains: Option<&[DomainRef]>) -> String {
    match domains {
        None => "What was decided, changed and refused, as a chain: a record that is altered later shows."
            .to_owned(),
        Some(domains) => {
            let names: Vec<&str> = domains.iter().map(|domain| domain.name.as_str()).collect();
            format!(
                "What was decided, changed and refused in {}. Administrators see every domain.",
                lakeport_model::listed(&names)
            )
        }
    }
}

fn filter_form(filter: &AuditFilter, actions: Vec<String>, is_filtered: bool, form: FormState) -> AnyView {
    let AuditFilter { action, person, words, from, to, before: _ } = filter.clone();
    let chosen = action.unwrap_or_default();
    // A part of an action may stand in the address; it is kept.
    let is_known = chosen.is_empty() || actions.contains(&chosen);
    let other = (!is_known).then(|| chosen.clone());
    let options = other.into_iter().chain(actions).map(move |action| {
        let selected = action == chosen;
        let words = action_words(&action);
        view! { <option value=action selected=selected>{words}</option> }
    });
    let options = options.collect_view();
    let invalid = form.invalid("action");
    let all = is_filtered.then(|| view! { <a class="btn btn-sm" href="/audit">"Show all records"</a> });
    view! {
        <form class="toolbar" method="get" action="/audit" role="search" aria-label="Filter the audit">
            {words_field(&form, "person", "Person", "Name or address", person)}
            <Field name="action" label="What was done" form=form.clone()>
                <select
                    class="select select-sm"
                    id="action"
                    name="action"
                    aria-invalid=invalid
                    aria-describedby="action-error"
                >
                    <option value="">"Everything"</option>
                    {options}
                </select>
            </Field>
            {words_field(&form, "words", "Words", "Product, comment, rule, id", words)}
            {day_field(&form, "from", "From", from)}
            {day_field(&form, "to", "To", to)}
            <button class="btn btn-sm btn-primary" type="submit">"Filter the records"</button>
            {all}
        </form>
    }
    .into_any()
}

fn words_field(
    form: &FormState,
    name: &'static str,
    label: &'static str,
    placeholder: &'static str,
    value: Option<String>,
) -> AnyView {
    view! {
        <TextField
            form=form.clone()
            name=name
            label=label
            maxlength="200"
            placeholder=placeholder
            value=value.unwrap_or_default()
            control="input input-sm"
        />
    }
    .into_any()
}

fn day_field(form: &FormState, name: &'static str, label: &'static str, value: Option<String>) -> AnyView {
    view! {
        <TextField
            form=form.clone()
            name=name
            kind="date"
            label=label
            min=AUDIT_DAYS.0
            max=AUDIT_DAYS.1
            value=value.unwrap_or_default()
            control="input input-sm w-40"
        />
    }
    .into_any()
}

fn export_form(filter: &AuditFilter, limit: u32) -> AnyView {
    let chosen = address(filter).0.into_iter();
    let fields = chosen.filter_map(|(name, value)| {
        let name = FIELDS.into_iter().find(|field| *field == name)?;
        Some(view! { <Hidden name=name value=value /> })
    });
    view! {
        <form class="card stack mb-4" method="post" action="/audit/export" aria-labelledby="export">
            <h2 id="export">"Take these records along"</h2>
            <p>
                "A file with every record that fits the filter, newest first, "{number(limit)}
                " at most. JSON lines hold each record as it was hashed. That a file was made is recorded."
            </p>
            <Reader />
            {fields.collect_view()}
            <div class="cluster">
                <button class="btn btn-sm" type="submit" name="format" value="csv">"Export as CSV"</button>
                <button class="btn btn-sm" type="submit" name="format" value="jsonl">"Export as JSON lines"</button>
            </div>
        </form>
    }
    .into_any()
}

fn head((count, hash): (i64, String)) -> AnyView {
    view! {
        <section class="card stack mb-4" aria-labelledby="head">
            <h2 id="head">"Head of the chain"</h2>
            <p>
                "Keep it outside the portal: the command " <code>"lakeport audit verify"</code>
                " compares the chain with it."
            </p>
            <div class="code">
                <pre class="whitespace-pre-wrap break-all"><code id="head-hash">{count}":"{hash}</code></pre>
                <CopyButton target="head-hash".to_owned() label="Copy the head of the chain".to_owned() />
            </div>
        </section>
    }
    .into_any()
}

fn row(record: AuditRecord) -> AnyView {
    let short: String = record.hash.chars().take(12).collect();
    let about = match record.place.as_ref().map(href) {
        Some(href) => view! { <a class="link" href=href>{record.about}</a> }.into_any(),
        None => record.about.into_any(),
    };
    let details = record.details.into_iter().map(|(name, value)| {
        view! { <li><span class="muted">{name}": "</span>{detail_words(value)}</li> }
    });
    let details = details.collect::<Vec<_>>();
    let label = (!details.is_empty()).then_some("Details");
    let details = (!details.is_empty()).then(|| view! { <ul class="details-list">{details}</ul> });
    view! {
        <tr>
            <th scope="row" title=record.action.clone()>{action_words(&record.action)}</th>
            <td data-label="Who">{record.actor}</td>
            <td data-label="On what"><span title=record.subject>{about}</span></td>
            <td data-label="When">{moment_words(record.at)}</td>
            <td data-label="Rule"><code>{record.rule}</code></td>
            <td data-label=label>{details}</td>
            <td data-label="Record">
                <span class="cluster">{number(record.number)} <code class="muted" title=record.hash>{short}</code></span>
            </td>
        </tr>
    }
    .into_any()
}

fn href(place: &AuditPlace) -> String {
    match place {
        AuditPlace::Product(id) => product_href(id),
        AuditPlace::Asset(id) => asset_href(id),
        AuditPlace::Contract(id) => contract_href(id),
        AuditPlace::Domain(id) => domain_href(id),
        AuditPlace::Tokens => "/tokens".to_owned(),
    }
}
