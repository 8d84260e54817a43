//! The result of the checks and its trend.

use lakeport_model::contracts::{CheckLine, CheckRun, CheckState, ContractPage as Contract, broken_column};
use lakeport_model::impact::Side;
use leptos::prelude::*;

use crate::pages::{contract_href, impact_href};
use crate::query::Query;
use crate::ui::{Column, Form, Hidden, Moment, ROWS, Slice, Table, check_tone, moment_words};

/// Name of the address's part that says around which promise the result is shown.
const PROMISE: &str = "promise";

/// The last run with its figures, the runs before it, and the button for a new one.
pub(super) fn checks(contract: &Contract, query: &Query) -> AnyView {
    let id = contract.summary.id.to_string();
    let run = (contract.may_check && contract.measured).then(|| {
        view! {
            <Form action="/fn/run_checks">
                <Hidden name="id" value=id />
                <button class="btn btn-sm" type="submit">"Run the checks now"</button>
            </Form>
        }
    });
    let trend = trend(contract);
    let (shown, newest) = (&contract.shown_version, &contract.summary.version);
    let muted = |words: String| view! { <p class="muted">{words}</p> }.into_any();
    let is_withdrawn = contract.summary.state == CheckState::Withdrawn;
    let over = (shown != newest && !is_withdrawn)
        .then(|| muted(over_words(shown, contract.last_run.is_some(), newest, contract.newest_measured)));
    let result = match contract.last_run.clone() {
        _ if is_withdrawn => {
            muted(format!("Version {shown} is withdrawn: its promises are no longer checked."))
        }
        Some(run) if contract.measured || shown != newest => result(run, contract, query),
        None if shown != newest => ().into_any(),
        None if contract.measured => muted("The checks have not run yet; they run daily.".to_owned()),
        _ => muted(contract.unread.clone().unwrap_or_else(|| NOTHING_MEASURED.to_owned())),
    };
    view! {
        <section class="stack" aria-labelledby="checks">
            <div class="cluster">
                <h2 id="checks">"Is it kept"</h2>
                <div class="ms-auto">{run}</div>
            </div>
            {trend}
            {over}
            {result}
        </section>
    }
    .into_any()
}

/// Said of promises about something of which the portal measures nothing.
const NOTHING_MEASURED: &str = "Nothing here is measured; these promises are stated.";

/// How a version that is no longer in force stands to the checks.
fn over_words(shown: &str, was_checked: bool, newest: &str, newest_measured: bool) -> String {
    match (was_checked, newest_measured) {
        (true, true) => format!("Version {shown} is not checked any more; the checks are about {newest}."),
        (true, false) => {
            format!("Version {shown} is not checked any more, and nothing of {newest} is measured.")
        }
        (false, true) => format!("Version {shown} was never checked here; the checks are about {newest}."),
        (false, false) => NOTHING_MEASURED.to_owned(),
    }
}

/// What wants attention in full, worst first; what is kept, needs access or is only stated, folded.
fn result(run: CheckRun, contract: &Contract, query: &Query) -> AnyView {
    let blind = run.blind().map(|reasons| match reasons.as_slice() {
        [] => "Nothing could be checked.".to_owned(),
        reasons => format!("Nothing could be checked: {}", reasons.join(" ")),
    });
    let measured = run.results.iter().filter(|line| line.state != CheckState::Stated).count();
    let kept = run.results.iter().filter(|line| line.state == CheckState::Kept).count();
    let all = run.results.len();
    let (mut open, folded): (Vec<_>, Vec<_>) = run
        .results
        .into_iter()
        .partition(|line| !matches!(line.state, CheckState::Kept | CheckState::Untold | CheckState::Stated));
    open.sort_by_key(|line| std::cmp::Reverse(line.state.severity()));
    let (stated, folded): (Vec<_>, Vec<_>) =
        folded.into_iter().partition(|line| line.state == CheckState::Stated);
    let (untold, kept_lines): (Vec<_>, Vec<_>) =
        folded.into_iter().partition(|line| line.state == CheckState::Untold);
    let needs_access = untold.len();
    let slice = Slice::of(all, ROWS, query.get(PROMISE));
    let pager = slice.pager("promises", |place| {
        query.clone().with(PROMISE, place).to(&contract_href(&contract.summary.id))
    });
    let (before_kept, before_untold) = (open.len(), open.len() + kept_lines.len());
    let before_stated = before_untold + needs_access;
    let hidden = contract.figures_hidden.then(|| {
        let words = if needs_access > 0 {
            "Results and figures are shown to those who may read the data."
        } else {
            "Figures are shown to those who may read the data."
        };
        view! { <p class="muted">{words}</p> }
    });
    let causes = causes(contract, &open);
    let tried = moment_words(run.at);
    let (summary, wanting) = if let Some(said) = blind {
        // The reason is said once, not beside every promise.
        let lines = open.into_iter().map(|line| CheckLine { detail: String::new(), ..line }).collect();
        let folded = folded_part("unchecked", "What could not be checked", lines, slice, 0).into_any();
        (format!("{said} Tried {tried}."), folded)
    } else {
        let open = slice.cut(0, open);
        let shown = (!open.is_empty()).then(|| table("Promises that want attention", open));
        let words = if needs_access > 0 {
            format!(
                "Checked {tried}; the result of {needs_access} of {measured} promises needs access to the data"
            )
        } else {
            format!("{kept} of {measured} promises kept, checked {tried}")
        };
        (words, shown.into_any())
    };
    view! {
        <p>{summary}</p>
        {hidden}
        {wanting}
        {causes}
        {folded_part("kept", "What is kept", kept_lines, slice, before_kept)}
        {folded_part("untold", "What is checked, with a result that needs access", untold, slice, before_untold)}
        {folded_part("stated", "What is stated and not measured here", stated, slice, before_stated)}
        {pager}
    }
    .into_any()
}

/// The ways to what a table is made from, for each whose promises are broken and that the viewer sees.
fn causes(contract: &Contract, lines: &[CheckLine]) -> Option<AnyView> {
    let is_only = contract.objects.len() == 1;
    let failed = lines.iter().filter(|line| line.state == CheckState::Broken);
    let links = contract.objects.iter().filter_map(|object| {
        // A promise names its object as the document does; a page may show another name of it.
        let of_it = failed.clone().filter(|line| is_only || line.object == object.name);
        let of_it: Vec<&CheckLine> = of_it.collect();
        let asset = object.asset.as_ref().filter(|_| !of_it.is_empty())?;
        let href = impact_href(asset.id.as_str(), broken_column(of_it), Side::Upstream);
        let of = (!is_only).then(|| format!(" of {}", asset.name));
        Some(view! { <li><a class="link" href=href>"Look for the cause upstream"{of}</a></li> })
    });
    let links: Vec<_> = links.collect();
    (!links.is_empty()).then(|| view! { <ul>{links}</ul> }.into_any())
}

/// A folded table, its columns together; of many promises those in the slice, `before` which stand others.
fn folded_part(
    id: &'static str,
    title: &str,
    mut lines: Vec<CheckLine>,
    slice: Slice,
    before: usize,
) -> Option<impl IntoView + use<>> {
    let summary = format!("{title}: {}", lines.len());
    let title = title.to_owned();
    lines.sort_by(|one, other| (&one.object, &one.column).cmp(&(&other.object, &other.column)));
    let lines = slice.cut(before, lines);
    (!lines.is_empty()).then(|| {
        view! {
            <details id=id>
                <summary>{summary}</summary>
                <div class="mt-2">{table(&title, lines)}</div>
            </details>
        }
    })
}

fn table(caption: &str, lines: Vec<CheckLine>) -> AnyView {
    let heads = ["Promise", "Column", "Result", "Figures"].map(Column::text).to_vec();
    let rows = lines.into_iter().map(line);
    view! { <Table caption=caption.to_owned() columns=heads>{rows.collect_view()}</Table> }.into_any()
}

fn line(line: CheckLine) -> AnyView {
    let place = line.column.unwrap_or(line.object);
    view! {
        <tr>
            <th scope="row">{line.promise}</th>
            <td data-label="Column"><code>{place}</code></td>
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
        CheckState::Warned => "Warning",
        CheckState::Broken => "Broken",
        CheckState::Unchecked => "Could not be checked",
        CheckState::Untold => "Needs access",
        CheckState::Stated => "Stated",
        CheckState::Never => "Not checked yet",
        CheckState::Withdrawn => "Withdrawn",
    }
}

/// One dot a run, oldest first; the list says the same in words.
fn trend(contract: &Contract) -> Option<impl IntoView + use<>> {
    let runs = contract.trend.clone();
    (runs.len() > 1).then(|| {
        let shown = format!("The last {} runs, oldest first", runs.len());
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
                <span class="muted">{shown}</span>
                <ol class="cluster">{dots.collect_view()}</ol>
            </div>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_never_promised_of_what_is_not_measured() {
        let said = |was_checked, measured| over_words("1.0.0", was_checked, "1.1.0", measured);
        assert_eq!(said(false, false), "Nothing here is measured; these promises are stated.");
        assert_eq!(said(true, true), "Version 1.0.0 is not checked any more; the checks are about 1.1.0.");
        assert_eq!(said(false, true), "Version 1.0.0 was never checked here; the checks are about 1.1.0.");
        assert_eq!(
            said(true, false),
            "Version 1.0.0 is not checked any more, and nothing of 1.1.0 is measured."
        );
    }
}
