//! The fields of an asset, each with what does not fit about it. A check finds many mistakes, and each stands at its field.

use lakeport_model::assets::{AssetText, FieldProblem};
use lakeport_model::catalog::{AssetKind, Classification, Layer};
use leptos::prelude::*;

use super::typed::label;
use crate::ui::{FormState, Glyph, Hidden, Icon, area_text};

/// What is wrong with the fields of a form.
pub(super) struct Marks {
    form: FormState,
    problems: Vec<FieldProblem>,
}

impl Marks {
    /// What a check found, and why the form was refused.
    pub(super) fn of(form: FormState, problems: Vec<FieldProblem>) -> Self {
        Self { form, problems }
    }

    fn message(&self, field: &str) -> Option<String> {
        let found = self.problems.iter().find(|problem| problem.field == field);
        found.map(|problem| problem.message.clone()).or_else(|| self.form.error(field))
    }

    /// For a control: its value does not fit.
    pub(super) fn invalid(&self, field: &str) -> Option<&'static str> {
        self.message(field).map(|_| "true")
    }

    /// For a control: it has the first mistake that a control has, and takes the focus.
    pub(super) fn is_first(&self, field: &str) -> bool {
        match self.problems.iter().find(|problem| label(&problem.field).is_some()) {
            Some(problem) => self.form.was_refused() && problem.field == field,
            None => self.form.error(field).is_some(),
        }
    }

    /// What does not fit about a field. The browser's part of the page takes it away again.
    pub(super) fn error(&self, field: &str) -> Option<AnyView> {
        let message = self.message(field)?;
        let error = view! {
            <p class="field-error" id=format!("{field}-error") data-problem="true">
                <Icon glyph=Glyph::Alert />
                {message}
            </p>
        };
        Some(error.into_any())
    }
}

/// What an asset consists of, but for its columns.
/// `has_columns` says that how sensitive it is follows from its columns.
pub(super) fn fields(marks: &Marks, text: &AssetText, is_new: bool, has_columns: bool) -> AnyView {
    let id = if is_new {
        let help =
            "As people write it in a query, such as gold.sales_daily. The address is made of it and stays.";
        line(marks, "id", help, &text.id, "100", true)
    } else {
        view! { <Hidden name="id" value=text.id.clone() /> }.into_any()
    };
    let kinds = AssetKind::ALL.iter().map(|kind| (kind.as_str(), kind.as_str()));
    let layers = Layer::ALL.iter().map(|layer| (layer.as_str(), layer.as_str()));
    let layers = std::iter::once(("", "none")).chain(layers);
    let name = "As lineage events call it. Leave it empty where that is the id.";
    let namespace = "Where that name counts, as lineage events say it. Leave it empty for the usual one.";
    view! {
        <div class="stack max-w-3xl">
            {id}
            <div class="grid gap-4 sm:grid-cols-2">
                {choice(marks, "kind", "", kinds, &text.kind)}
                {choice(marks, "layer", "Of a table: how refined it is.", layers, &text.layer)}
                {line(marks, "name", name, &text.name, "1000", false)}
                {line(marks, "namespace", namespace, &text.namespace, "1000", false)}
                {line(marks, "platform", "Where it lives, such as Delta Lake or Kafka.", &text.platform, "200", false)}
                {line(marks, "tags", "With commas between.", &text.tags, "10000", false)}
            </div>
            {description(marks, &text.description)}
            {sensitivity(marks, or_usual(&text.classification), has_columns && !is_new)}
        </div>
    }
    .into_any()
}

/// How sensitive it is: to be chosen, or as its columns make it. What is not to be chosen is sent along all the same, so that it
/// stays when its columns are taken out.
fn sensitivity(marks: &Marks, chosen: &str, is_fixed: bool) -> AnyView {
    let name = "classification";
    if !is_fixed {
        let help = "How sensitive it is. Where columns stand below, the highest of theirs counts.";
        return choice(marks, name, help, classes(), chosen);
    }
    let control = view! {
        <select
            class="select w-full"
            id=name
            disabled=true
            aria-describedby="classification-help classification-error"
            aria-invalid=marks.invalid(name)
        >
            {options(classes(), chosen)}
        </select>
        <Hidden name=name value=chosen.to_owned() />
    };
    let help =
        "How sensitive it is as published. The highest of its columns counts, and nothing is chosen here.";
    labelled(marks, name, help, control.into_any())
}

/// The words of a classification, for a list to choose from.
pub(super) fn classes() -> impl Iterator<Item = (&'static str, &'static str)> {
    Classification::ALL.iter().map(|class| (class.as_str(), class.as_str()))
}

/// What nobody said of something new is internal.
pub(super) fn or_usual(classification: &str) -> &str {
    if classification.is_empty() { Classification::Internal.as_str() } else { classification }
}

/// The options of a list, of which one is chosen.
pub(super) fn options(words: impl Iterator<Item = (&'static str, &'static str)>, chosen: &str) -> AnyView {
    let option = |(value, word): (&'static str, &'static str)| {
        view! { <option value=value selected=value == chosen>{word}</option> }
    };
    words.map(option).collect_view().into_any()
}

fn choice(
    marks: &Marks,
    name: &'static str,
    help: &'static str,
    words: impl Iterator<Item = (&'static str, &'static str)>,
    chosen: &str,
) -> AnyView {
    let control = view! {
        <select
            class="select w-full"
            id=name
            name=name
            aria-describedby=format!("{name}-help {name}-error")
            aria-invalid=marks.invalid(name)
            autofocus=marks.is_first(name)
        >
            {options(words, chosen)}
        </select>
    };
    labelled(marks, name, help, control.into_any())
}

fn line(
    marks: &Marks,
    name: &'static str,
    help: &'static str,
    value: &str,
    longest: &'static str,
    required: bool,
) -> AnyView {
    let control = view! {
        <input
            class="input w-full"
            type="text"
            id=name
            name=name
            value=value.to_owned()
            maxlength=longest
            required=required
            autocomplete="off"
            aria-describedby=format!("{name}-help {name}-error")
            aria-invalid=marks.invalid(name)
            autofocus=marks.is_first(name)
        />
    };
    labelled(marks, name, help, control.into_any())
}

fn description(marks: &Marks, text: &str) -> AnyView {
    let name = "description";
    let control = view! {
        <textarea
            class="textarea w-full"
            id=name
            name=name
            rows="6"
            maxlength="65536"
            aria-describedby="description-help description-error"
            aria-invalid=marks.invalid(name)
            autofocus=marks.is_first(name)
        >
            {area_text(text)}
        </textarea>
    };
    let help = "What it holds and what to know before using it, in Markdown: **bold**, lists, links.";
    labelled(marks, name, help, control.into_any())
}

/// A control with its label, what does not fit, and what to know.
fn labelled(marks: &Marks, name: &'static str, help: &'static str, control: AnyView) -> AnyView {
    let help =
        (!help.is_empty()).then(|| view! { <p class="field-help" id=format!("{name}-help")>{help}</p> });
    view! {
        <div class="field">
            <label for=name>{label(name)}</label>
            {control}
            {marks.error(name)}
            {help}
        </div>
    }
    .into_any()
}
