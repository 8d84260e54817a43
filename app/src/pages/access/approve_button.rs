//! The button that approves a request. It says until when, as the date is chosen.

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
            set_day.set(by_id::<HtmlInputElement>(&field).and_then(|input| written_day(&input.value())));
        };
        read();
        listen(ev::input, move |_| read());
    });
    let until = move || day.get().unwrap_or_else(|| "this day".to_owned());
    view! {
        <button class="btn btn-primary" type="submit" formnovalidate>"Approve until " {until}</button>
    }
}
