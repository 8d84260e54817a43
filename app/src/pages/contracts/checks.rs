//! The result of the checks and its trend.

use lakeport_model::contracts::{CheckLine, CheckRun, CheckState, ContractPage as Contract};
use leptos::prelude::*;

use crate::ui::{Column, Hidden, Moment, Table, check_tone, moment_words, number};

/// The last run with its figures, the runs before it, and the button for a new one.
pub(super) fn checks(contract: &Contract) -> AnyView {
    let id = contract.summary.id.to_string();
    let run = contract.may_check.then(|| {
        view! {
            <form method="post" action="/fn/run_checks">
                <Hidden name="id" value=id />
                <button class="btn btn-sm" type="submit">"Run the checks now"</button>
            </form>
        }
    });
    let trend = trend(contract);
    let result = match contract.last_run.clone() {
        Some(run) => result(run).into_any(),
        None => view! { <p class="muted">"The checks have not run yet; they run daily."</p> }.into_any(),
    };
    view! {
        <section class="stack" aria-labelledby="checks">
            <div class="cluster">
                <h2 id="checks">"Is it kept"</h2>
                <div class="ms-auto">{run}</div>
            </div>
            {trend}
            {result}
        </section>
    }
    .into_any()
}

fn result(run: CheckRun) -> AnyView {
    let heads = ["Promise", "Table", "Result", "Figures"].map(Column::text).to_vec();
    let caption = format!("Checked {} in {} ms", moment_words(run.at), number(run.duration_ms));
    let rows = run.results.into_iter().map(line);
    view! { <Table caption=caption show_caption=true columns=heads>{rows.collect_view()}</Table> }.into_any()
}

fn line(line: CheckLine) -> AnyView {
    view! {
        <tr>
            <th scope="row">{line.promise}</th>
            <td data-label="Table"><code>{line.object}</code></td>
            <td data-label="Result">
                <span class="cluster"><span class=check_tone(line.state).dot()></span>{promise_word(line.state)}</span>
            </td>
            <td data-label="Figures">{line.detail}</td>
        </tr>
    }
    .into_any()
}

/// The state of one promise; that of the whole contract has words of its own.
fn promise_word(state: CheckState) -> &'static str {
    match state {
        CheckState::Kept => "Kept",
        CheckState::Broken => "Broken",
        CheckState::Unchecked => "Could not be checked",
        CheckState::Never => "Not checked yet",
    }
}

/// One dot a run, oldest first; the list says the same in words.
fn trend(contract: &Contract) -> Option<impl IntoView + use<>> {
    let runs = contract.trend.clone();
    (runs.len() > 1).then(|| {
        let dots = runs.into_iter().map(|(at, state)| {
            view! {
                <li class="inline-flex">
                    <span class=check_tone(state).dot() aria-hidden="true"></span>
                    <span class="visually-hidden">{state.label()}" "<Moment at=at /></span>
                </li>
            }
        });
        view! {
            <div class="cluster">
                <span class="muted">"Runs, oldest first"</span>
                <ol class="cluster">{dots.collect_view()}</ol>
            </div>
        }
    })
}
