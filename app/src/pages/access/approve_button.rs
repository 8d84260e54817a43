//! The button that approves a request. It says until when, as a date is chosen that can be approved.

use leptos::ev;
use leptos::prelude::*;
use web_sys::HtmlInputElement;

use crate::island;
use crate::ui::{by_id, listen, on_enter_island, written_day};

/// Approves until the day in the field of this id. Its words are true without JavaScript too.
#[island]
pub(crate) fn ApproveButton(
    /// Id of the date's field.
    field: String,
) -> impl IntoView {
    let (day, set_day) = signal(None::<String>);
    let _alive = on_enter_island(move || {
        let read = move || {
            let chosen = by_id::<HtmlInputElement>(&field);
            // The field knows its first and last day.
            let fits = chosen.filter(|input| input.matches(":valid").unwrap_or(false));
            set_day.set(fits.and_then(|input| written_day(&input.value())));
        };
        read();
        listen(ev::input, move |_| read());
    });
    let words = move || day.get().map_or_else(|| "Approve".to_owned(), |day| format!("Approve until {day}"));
    view! {
        <button class="btn btn-primary" type="submit" formnovalidate>{words}</button>
    }
}
