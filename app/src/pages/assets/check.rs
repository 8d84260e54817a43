//! What would become of what somebody writes of an asset, for the page on which it is written.

use lakeport_model::assets::{AssetChecked, FieldProblem};
use leptos::prelude::*;

use super::typed::label;
use crate::api::assets::AssetCheckShown;
use crate::pages::documents::sentences;
use crate::ui::counted;

/// A check as its page shows it.
pub(crate) fn check_shown(checked: AssetChecked) -> AssetCheckShown {
    let said = said(&checked);
    let AssetChecked { problems, advice, effects, needs_consent, meaning, about, overtaken: _ } = checked;
    let effects = match sentences("check-effects", "What it changes for people", &effects) {
        Some(section) => section.to_html(),
        None => String::new(),
    };
    let to_correct = format!(
        "{}{}",
        at_fields("check-problems", "To correct", &problems),
        at_fields("check-advice", "Look at this once more", &advice)
    );
    AssetCheckShown { said, problems, to_correct, effects, needs_consent, meaning, about }
}

/// What is said when the check is there.
fn said(checked: &AssetChecked) -> String {
    if !checked.problems.is_empty() {
        let count = u32::try_from(checked.problems.len()).unwrap_or(u32::MAX);
        return format!("{} to correct before this can be published.", counted(count, "mistake"));
    }
    if let Some(overtaken) = &checked.overtaken {
        // True of both forms: the one that knows it already has that button, the other gets it when it is sent.
        return format!("{overtaken} Only a button that says so publishes over it.");
    }
    if checked.needs_consent {
        return "This can be published once you have seen what it changes for people and say why.".to_owned();
    }
    "This can be published.".to_owned()
}

/// Mistakes or advice, each with the way to its field.
fn at_fields(id: &'static str, heading: &'static str, problems: &[FieldProblem]) -> String {
    if problems.is_empty() {
        return String::new();
    }
    let lines = problems.iter().map(|FieldProblem { field, message }| {
        let link = label(field);
        let link = link.map(|label| view! { <a class="link" href=format!("#{field}")>{label}</a> ": " });
        let message = message.clone();
        view! { <li>{link}{message}</li> }
    });
    let section = view! {
        <section class="stack" aria-labelledby=id>
            <h2 id=id>{heading}</h2>
            <ul class="list-disc ps-5">{lines.collect_view()}</ul>
        </section>
    };
    section.to_html()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(field: &str) -> FieldProblem {
        FieldProblem { field: field.to_owned(), message: "Name <it>.".to_owned() }
    }

    #[test]
    fn a_check_is_said_in_a_sentence() {
        let right = AssetChecked::default();
        assert_eq!(said(&right), "This can be published.");
        let lower = AssetChecked { needs_consent: true, ..right };
        assert!(said(&lower).contains("say why"));
        let overtaken = AssetChecked { overtaken: Some("Ines published revision 4.".to_owned()), ..lower };
        assert_eq!(
            said(&overtaken),
            "Ines published revision 4. Only a button that says so publishes over it."
        );
        let wrong = AssetChecked { problems: vec![problem("id")], ..overtaken };
        assert_eq!(said(&wrong), "1 mistake to correct before this can be published.");
    }

    #[test]
    fn a_mistake_leads_to_its_field_where_there_is_one() {
        let at_fields = |problems: &[FieldProblem]| at_fields("check-problems", "To correct", problems);
        let html = at_fields(&[problem("columns[3][name]"), problem("columns")]);
        assert!(html.contains("href=\"#columns[3][name]\"") && html.contains("Name of column 4"), "{html}");
        assert!(!html.contains("href=\"#columns\""), "{html}");
        assert!(html.contains("Name &lt;it"), "{html}");
        assert_eq!(at_fields(&[]), "");
    }

    #[test]
    fn advice_stands_beside_what_can_be_published() {
        let advised =
            AssetChecked { advice: vec![problem("columns[0][data_type]")], ..AssetChecked::default() };
        let shown = check_shown(advised);
        assert_eq!(shown.said, "This can be published.");
        assert!(shown.to_correct.contains("Look at this once more") && shown.problems.is_empty());
    }
}
