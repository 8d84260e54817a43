//! Copies a text to the clipboard.

use leptos::prelude::*;

use crate::island;
use crate::ui::{Glyph, Icon, on_enter_island};

/// A button that copies the text of the element with this id. It shows once it works.
#[island]
pub(crate) fn CopyButton(
    /// Id of the element whose text is copied.
    target: String,
    /// What is copied, in words.
    label: String,
) -> impl IntoView {
    let alive = on_enter_island(|| {});
    let (copied, set_copied) = signal(false);
    let copy = move |_| {
        if let Some(text) = document().get_element_by_id(&target).and_then(|element| element.text_content()) {
            // Only a browser that shows the page over plain HTTP has no clipboard; the text can still be selected.
            let _promise = window().navigator().clipboard().write_text(&text);
            set_copied.set(true);
            set_timeout(move || set_copied.set(false), std::time::Duration::from_secs(2));
        }
    };
    view! {
        <button type="button" class="btn btn-xs code-copy" hidden=move || !alive.get() on:click=copy aria-label=label>
            <Icon glyph=Glyph::Copy />
            <span aria-live="polite">{move || if copied.get() { "Copied" } else { "Copy" }}</span>
        </button>
    }
}
