//! What would become of a text if it were published now, for the page on which it is written.

use lakeport_model::documents::{Checked, LineChange, Problem};
use leptos::prelude::*;

use super::diff::comparison;
use crate::api::documents::CheckShown;
use crate::ui::counted;

/// A check as its page shows it: all of it in a sentence, and as HTML.
pub(crate) fn check_shown(checked: &Checked) -> CheckShown {
    CheckShown { said: said(checked), html: parts(checked).to_html() }
}

/// What is said when the check is there.
fn said(checked: &Checked) -> String {
    if !checked.is_right() {
        let count = u32::try_from(checked.problems.len()).unwrap_or(u32::MAX);
        return format!("{} to correct before the text can be published.", counted(count, "mistake"));
    }
    if checked.diff.is_empty() {
        return "This is the text that is published: there is nothing to change.".to_owned();
    }
    if let Some(overtaken) = &checked.overtaken {
        // True of both forms: the one that knows it already has that button, the other gets it when it is sent.
        return format!(
            "{overtaken} What it says stands below beside your text; only a button that says so publishes over it."
        );
    }
    if checked.is_cut {
        return "The text can be published.".to_owned();
    }
    let lines = |change| checked.diff.iter().filter(|line| line.change == change).count();
    let (added, removed) = (lines(LineChange::Added), lines(LineChange::Removed));
    let added = counted(u32::try_from(added).unwrap_or(u32::MAX), "line");
    format!("The text can be published: {added} added, {removed} taken away.")
}

fn parts(checked: &Checked) -> AnyView {
    let problems = (!checked.problems.is_empty()).then(|| {
        let problems = checked.problems.iter().cloned().map(problem).collect_view();
        view! {
            <section class="stack" aria-labelledby="check-problems">
                <h2 id="check-problems">"To correct"</h2>
                <ul class="stack">{problems}</ul>
            </section>
        }
    });
    let diff = (!checked.diff.is_empty()).then(|| {
        let table = comparison(checked.diff.clone(), checked.is_cut, "What the text changes");
        view! {
            <section class="stack" aria-labelledby="check-diff">
                <h2 id="check-diff">"Compared with what is published"</h2>
                {table}
            </section>
        }
    });
    view! {
        {problems}
        {sentences("check-effects", "What it changes for people", &checked.effects)}
        {sentences("check-advice", "Worth a look", &checked.advice)}
        {diff}
    }
    .into_any()
}

/// A mistake with its place, which leads to the line in the text.
fn problem(problem: Problem) -> AnyView {
    let Problem { line, column, field, message } = problem;
    let place = match (line, column) {
        (0, _) => None,
        (line, 0) => Some(format!("Line {line}")),
        (line, column) => Some(format!("Line {line}, column {column}")),
    };
    let place = place.map(|place| {
        view! { <a class="link" href="#text" data-line=line.to_string() data-column=column.to_string()>{place}</a> ": " }
    });
    let field = (!field.is_empty()).then(|| view! { <code>{field}</code> " " });
    view! { <li>{place}{field}{message}</li> }.into_any()
}

/// Sentences below a heading; nothing where there is none.
pub(crate) fn sentences(id: &'static str, heading: &'static str, lines: &[String]) -> Option<AnyView> {
    if lines.is_empty() {
        return None;
    }
    let lines = lines.iter().cloned().map(|line| view! { <li>{line}</li> }).collect_view();
    let section = view! {
        <section class="stack" aria-labelledby=id>
            <h2 id=id>{heading}</h2>
            <ul class="list-disc ps-5">{lines}</ul>
        </section>
    };
    Some(section.into_any())
}

#[cfg(test)]
mod tests {
    use lakeport_model::documents::DiffLine;

    use super::*;

    fn line(change: LineChange, text: &str) -> DiffLine {
        DiffLine { change, old: None, new: None, text: text.to_owned() }
    }

    #[test]
    fn a_check_is_said_in_a_sentence() {
        let same = Checked::default();
        assert!(said(&same).contains("nothing to change"));
        let diff = vec![
            line(LineChange::Added, "a: 2"),
            line(LineChange::Removed, "a: 1"),
            line(LineChange::Skipped, "12"),
        ];
        let right = Checked { diff, ..Checked::default() };
        assert_eq!(said(&right), "The text can be published: 1 line added, 1 taken away.");
        let overtaken = Checked { overtaken: Some("Ines published revision 4.".to_owned()), ..right.clone() };
        assert_eq!(
            said(&overtaken),
            "Ines published revision 4. What it says stands below beside your text; only a button that says so \
             publishes over it.",
            "nothing says that it can be published, nor what the next button asks"
        );
        let problem = Problem { line: 3, column: 0, field: String::new(), message: "Name it.".to_owned() };
        let wrong = Checked { problems: vec![problem], ..right };
        assert_eq!(said(&wrong), "1 mistake to correct before the text can be published.");
    }
}
