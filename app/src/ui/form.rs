//! Forms: where an error shows, and that nothing typed is lost. One mechanism for all of them, with and without JavaScript.
//!
//! A form says with which page it was sent. When its call is refused, `serve` draws that page again, with the status of the
//! refusal and what was typed; the form finds itself in it and shows the error at its field. So does a form whose call only
//! looked and leads nowhere; its page then shows what was found.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::error::{ApiError, ErrorKind};
use crate::query::Query;
use crate::ui::{Glyph, Hidden, Icon};

/// The field with the page that a form was sent from.
pub(crate) const FROM: &str = "from";

/// The field with the mark of whom a page was drawn for.
pub(crate) const READER: &str = "reader";

/// A form that was sent, and whose page is drawn again.
#[derive(Debug)]
pub(crate) struct Sent {
    /// The call it was sent to.
    pub(crate) call: String,
    /// Why it was refused; `None` where its call only looked.
    pub(crate) error: Option<ApiError>,
    /// What it carried.
    pub(crate) typed: Query,
}

/// The form that was sent, on the page that is drawn again because of it.
fn sent() -> Option<Arc<Sent>> {
    #[cfg(feature = "ssr")]
    return use_context::<axum::http::request::Parts>()?.extensions.get::<Arc<Sent>>().cloned();
    #[cfg(not(feature = "ssr"))]
    None
}

/// Why the form was refused that this page is drawn again for.
pub(crate) fn refused() -> Option<ApiError> {
    sent()?.error.clone()
}

/// What a form knows while it is drawn: whether it is the one that was sent, why it was refused, and what was typed into it.
#[derive(Debug, Clone, Default)]
pub(crate) struct FormState(Option<Arc<Sent>>);

impl FormState {
    /// A form of these calls; a button may send it to another than the first.
    pub(crate) fn of(calls: &[&str]) -> Self {
        Self(sent().filter(|sent| calls.contains(&sent.call.as_str())))
    }

    /// A form whose values stand in the address and do not fit.
    pub(crate) fn misfit(call: &str, error: ApiError, typed: Query) -> Self {
        Self(Some(Arc::new(Sent { call: call.to_owned(), error: Some(error), typed })))
    }

    /// Where a page has several forms of the same call: the one whose field `name` begins with this value.
    pub(crate) fn about(self, name: &str, value: &str) -> Self {
        Self(self.0.filter(|sent| first(&sent.typed, name).is_some_and(|typed| typed.starts_with(value))))
    }

    /// This form was sent, and its page is drawn again with what was typed.
    pub(crate) fn was_sent(&self) -> bool {
        self.0.is_some()
    }

    /// This form was refused.
    pub(crate) fn was_refused(&self) -> bool {
        self.refusal().is_some()
    }

    fn refusal(&self) -> Option<&ApiError> {
        self.0.as_ref()?.error.as_ref()
    }

    /// What does not fit about a field.
    pub(crate) fn error(&self, field: &str) -> Option<String> {
        let error = self.refusal()?;
        if error.field.as_deref() == Some(field) {
            return Some(error.message.clone());
        }
        error.others.iter().find(|(other, _)| other == field).map(|(_, said)| said.clone())
    }

    /// For the control of a field: its value does not fit.
    pub(crate) fn invalid(&self, field: &str) -> Option<&'static str> {
        self.error(field).map(|_| "true")
    }

    /// What was typed into a field; before that, what it starts with.
    pub(crate) fn typed(&self, field: &str, start: impl Into<String>) -> String {
        let typed = self.0.as_ref().and_then(|sent| first(&sent.typed, field));
        typed.map_or_else(|| start.into(), ToOwned::to_owned)
    }

    /// Everything that was typed; nothing before the form was sent.
    pub(crate) fn all_typed(&self) -> Option<&Query> {
        self.0.as_ref().map(|sent| &sent.typed)
    }

    /// A choice was made among those of a field; before that, whether it is made at the start. Nobody accepts or chooses by
    /// what somebody else has ticked.
    pub(crate) fn chose(&self, field: &str, value: &str, start: bool) -> bool {
        let is_anothers = self.refusal().is_some_and(|error| error.kind == ErrorKind::AnotherReader);
        let own = self.0.as_ref().filter(|_| !is_anothers);
        own.map_or(start, |sent| sent.typed.all(field).iter().any(|chosen| chosen == value))
    }
}

fn first<'a>(typed: &'a Query, name: &str) -> Option<&'a str> {
    typed.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// A form that changes something.
#[component]
pub(crate) fn Form(
    /// The call, `/fn/NAME`.
    action: &'static str,
    /// Its class.
    #[prop(default = "")]
    class: &'static str,
    /// Its id, where something leads to it.
    #[prop(optional)]
    id: Option<&'static str>,
    /// What it is, where no heading says so.
    #[prop(optional)]
    label: Option<&'static str>,
    /// Its buttons do different things: only a button that is pressed decides which, and never Enter in a field. It starts
    /// as the page draws it: what a browser remembers by its place could be about somebody else by then.
    #[prop(optional)]
    outcomes: bool,
    /// Fields and buttons.
    children: Children,
) -> impl IntoView {
    let at = use_location();
    let from = Query::parse(&at.search.get_untracked()).without("done").to(&at.pathname.get_untracked());
    // Enter presses the first button of a form, and this one sends nothing: its method closes a dialog, and there is none.
    // One that cannot be pressed, or is not drawn, is passed by: from a date or a box to tick, browsers press the next.
    let first = outcomes.then(|| {
        view! {
            <button
                class="visually-hidden"
                type="submit"
                formmethod="dialog"
                formnovalidate
                tabindex="-1"
                aria-hidden="true"
            ></button>
        }
    });
    let autocomplete = outcomes.then_some("off");
    view! {
        <form id=id class=class method="post" action=action aria-label=label autocomplete=autocomplete>
            <Hidden name=FROM value=from />
            <Reader />
            {first}
            {children()}
        </form>
    }
    .into_any()
}

/// The mark of whom this page is drawn for. [`Form`] has it; any other form that acts as whoever is signed in needs it too.
#[component]
pub(crate) fn Reader() -> impl IntoView {
    view! { <Hidden name=READER value=reader() /> }
}

fn reader() -> String {
    #[cfg(feature = "ssr")]
    return crate::call::viewer().map(|viewer| viewer.id.to_string()).unwrap_or_default();
    #[cfg(not(feature = "ssr"))]
    String::new()
}

/// A labelled form control. The control inside has the id `name`, or `id` where the page has several fields of that name;
/// it is described by that id with `-help` and `-error`.
#[component]
pub(crate) fn Field(
    /// Name of the field.
    #[prop(into)]
    name: String,
    /// Id of the control, where it is not the name.
    #[prop(optional, into)]
    id: Option<String>,
    /// Its label.
    #[prop(into)]
    label: String,
    /// What to know about it.
    #[prop(optional, into)]
    help: Option<String>,
    /// The form it belongs to, which knows what does not fit.
    #[prop(optional)]
    form: FormState,
    /// Its class besides `field`.
    #[prop(default = "")]
    class: &'static str,
    /// The control.
    children: Children,
) -> impl IntoView {
    let error = form.error(&name);
    let id = id.unwrap_or(name);
    let help = help.filter(|help| !help.is_empty());
    let help = help.map(|help| view! { <p class="field-help" id=format!("{id}-help")>{help}</p> });
    let error = error.map(|error| {
        view! {
            <p class="field-error" id=format!("{id}-error")>
                <Icon glyph=Glyph::Alert />
                {error}
            </p>
        }
    });
    view! {
        <div class=format!("field {class}")>
            <label for=id>{label}</label>
            {children()}
            {error}
            {help}
        </div>
    }
    .into_any()
}

/// A labelled field of one line. What was typed stays in it, and what does not fit stands below it.
#[component]
pub(crate) fn TextField(
    /// The form it belongs to.
    form: FormState,
    /// Name of the field, and id of the control.
    name: &'static str,
    /// Its label.
    #[prop(into)]
    label: String,
    /// What to know about it.
    #[prop(optional, into)]
    help: Option<String>,
    /// Kind of input.
    #[prop(default = "text")]
    kind: &'static str,
    /// What it starts with.
    #[prop(optional, into)]
    value: String,
    /// It cannot be left empty.
    #[prop(optional)]
    required: bool,
    /// Most letters.
    #[prop(optional)]
    maxlength: Option<&'static str>,
    /// An example of what can be typed.
    #[prop(optional)]
    placeholder: Option<&'static str>,
    /// Least number, or first day.
    #[prop(optional, into)]
    min: Option<String>,
    /// Greatest number, or last day.
    #[prop(optional, into)]
    max: Option<String>,
    /// Its class besides `field`.
    #[prop(default = "")]
    class: &'static str,
    /// Class of the control.
    #[prop(default = "input")]
    control: &'static str,
) -> impl IntoView {
    let (described, invalid) = (described_by(name, help.is_some()), form.invalid(name));
    let value = form.typed(name, value);
    let autocomplete = (kind != "date" && kind != "number").then_some("off");
    view! {
        <Field name=name label=label help=help.unwrap_or_default() class=class form=form>
            <input
                class=control
                id=name
                name=name
                type=kind
                required=required
                maxlength=maxlength
                placeholder=placeholder
                min=min
                max=max
                autocomplete=autocomplete
                value=value
                aria-describedby=described
                aria-invalid=invalid
                autofocus=invalid.is_some()
            />
        </Field>
    }
}

/// A labelled field of several lines, like [`TextField`].
#[component]
pub(crate) fn TextArea(
    /// The form it belongs to.
    form: FormState,
    /// Name of the field.
    name: &'static str,
    /// Id of the control, where it is not the name.
    #[prop(optional, into)]
    id: Option<String>,
    /// Its label.
    #[prop(into)]
    label: String,
    /// What to know about it.
    #[prop(optional, into)]
    help: Option<String>,
    /// What it starts with.
    #[prop(optional, into)]
    value: String,
    /// Lines shown.
    rows: &'static str,
    /// It cannot be left empty.
    #[prop(default = true)]
    required: bool,
    /// Least letters.
    #[prop(optional)]
    minlength: u32,
    /// Most letters.
    maxlength: &'static str,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.to_owned());
    let (described, invalid) = (described_by(&id, help.is_some()), form.invalid(name));
    let value = area_text(&form.typed(name, value));
    view! {
        <Field name=name id=id.clone() label=label help=help.unwrap_or_default() form=form>
            <textarea
                class="textarea w-full"
                id=id
                name=name
                rows=rows
                required=required
                minlength=minlength
                maxlength=maxlength
                aria-describedby=described
                aria-invalid=invalid
                autofocus=invalid.is_some()
            >
                {value}
            </textarea>
        </Field>
    }
}

/// A text as the HTML between the tags of a `textarea`: there leptos writes texts as they are, and browsers drop the first
/// end of a line.
pub(crate) fn area_text(text: &str) -> String {
    let first = if text.starts_with(['\n', '\r']) { "\n" } else { "" };
    format!("{first}{}", html_escape::encode_text(text))
}

/// Ids of what describes a control.
fn described_by(id: &str, has_help: bool) -> String {
    if has_help { format!("{id}-help {id}-error") } else { format!("{id}-error") }
}

/// What does not fit about a group of choices, inside its fieldset.
#[component]
pub(crate) fn FieldError(
    /// The form.
    form: FormState,
    /// Name of the field.
    name: &'static str,
) -> impl IntoView {
    form.error(name).map(|error| {
        view! {
            <p class="field-error" id=format!("{name}-error") tabindex="-1" autofocus>
                <Icon glyph=Glyph::Alert />
                {error}
            </p>
        }
    })
}

/// Why a form of this page was refused. Where the form shows it at a field, the style sheet leaves this one out.
#[component]
pub(crate) fn Refusal() -> impl IntoView {
    refused().map(|error| {
        let ApiError { message, field, reference, .. } = error;
        let reference = reference.map(|id| view! { <p class="muted">"Reference " <code>{id}</code></p> });
        view! {
            <div class="notice notice-error refusal mb-4" role="alert">
                <Icon glyph=Glyph::Alert />
                <div>
                    <p id="refused" tabindex="-1" autofocus=field.is_none()>{message}</p>
                    {reference}
                </div>
            </div>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(typed: &str) -> FormState {
        refused_as(ErrorKind::Invalid, typed)
    }

    fn refused_as(kind: ErrorKind, typed: &str) -> FormState {
        let error = ApiError { field: Some("comment".to_owned()), ..ApiError::new(kind, "Say why.") };
        FormState::misfit("/fn/reject", error, Query::parse(typed))
    }

    #[test]
    fn what_was_typed_is_never_lost() {
        let form = refused("id=1&comment=&ends_on=2027-01-31&scopes[]=a&scopes[]=c");
        assert_eq!(form.typed("ends_on", "2027-05-23"), "2027-01-31");
        assert_eq!(form.typed("comment", "before"), "", "an emptied field stays empty");
        assert_eq!(form.typed("purpose", "start"), "start");
        assert_eq!(["a", "b", "c"].map(|scope| form.chose("scopes[]", scope, true)), [true, false, true]);
        assert_eq!((form.error("comment").as_deref(), form.error("ends_on")), (Some("Say why."), None));
    }

    #[test]
    fn every_field_shows_what_is_wrong_with_it() {
        let others = vec![("reason".to_owned(), "Shorter.".to_owned())];
        let why = ApiError::new(ErrorKind::Invalid, "Say why.");
        let error = ApiError { field: Some("comment".to_owned()), others, ..why };
        let form = FormState::misfit("/fn/reject", error, Query::parse("id=1"));
        let told = ["comment", "reason", "id"].map(|field| form.error(field));
        assert_eq!(told, [Some("Say why.".to_owned()), Some("Shorter.".to_owned()), None]);
    }

    #[test]
    fn what_somebody_else_ticked_is_never_chosen() {
        let form = refused_as(ErrorKind::AnotherReader, "purpose=Plan&grants[]=1a:3");
        assert!(!form.chose("grants[]", "1a:3", false));
        assert_eq!(form.typed("purpose", ""), "Plan", "what was typed is not lost");
    }

    #[test]
    fn a_form_whose_call_only_looked_keeps_what_was_typed_and_was_not_refused() {
        let typed = Query::parse("text=a%0Ab&reason=");
        let form = FormState(Some(Arc::new(Sent { call: "/fn/check".to_owned(), error: None, typed })));
        assert!(form.was_sent() && !form.was_refused());
        assert_eq!((form.typed("text", "start"), form.error("text")), ("a\nb".to_owned(), None));
    }

    #[test]
    fn a_text_never_ends_the_field_it_stands_in_or_becomes_another() {
        assert_eq!(area_text("</textarea><b>"), "&lt;/textarea&gt;&lt;b&gt;");
        assert_eq!(area_text("a: '&lt;'"), "a: '&amp;lt;'");
        assert_eq!((area_text("\n\na"), area_text("")), ("\n\n\na".to_owned(), String::new()));
    }

    #[test]
    fn an_error_never_shows_at_another_form_of_the_same_call() {
        assert!(refused("grants[]=1a:3").about("grants[]", "1a").was_refused());
        assert!(!refused("grants[]=1a:3").about("grants[]", "2b").was_refused());
        assert!(!FormState::default().was_refused());
    }
}
