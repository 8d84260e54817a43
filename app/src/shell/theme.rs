//! Light or dark, remembered on this machine in a cookie so that the server draws the page without a flash.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::island;
use crate::ui::{Glyph, Icon, on_enter_island};

/// Switches between light and dark. It shows once it works; without JavaScript the page follows the system.
#[island]
pub(crate) fn ThemeToggle() -> impl IntoView {
    let (dark, set_dark) = signal(false);
    let alive = on_enter_island(move || set_dark.set(is_dark()));
    let switch = move |_| {
        let theme = if dark.get() { "light" } else { "dark" };
        if let Some(root) = document().document_element() {
            // The attribute's name is a valid one, the only reason for setting it to fail.
            let _ = root.set_attribute("data-theme", theme);
        }
        if let Ok(page) = document().dyn_into::<web_sys::HtmlDocument>() {
            // Where cookies are refused the choice lasts until the next page.
            let _ = page.set_cookie(&format!("theme={theme}; Path=/; Max-Age=31536000; SameSite=Lax"));
        }
        set_dark.set(theme == "dark");
    };
    view! {
        <button type="button" hidden=move || !alive.get() on:click=switch>
            <Icon glyph=Glyph::Moon />
            {move || if dark.get() { "Use the light theme" } else { "Use the dark theme" }}
        </button>
    }
}

fn is_dark() -> bool {
    let chosen = document().document_element().and_then(|root| root.get_attribute("data-theme"));
    chosen.map_or_else(
        || {
            let system = window().match_media("(prefers-color-scheme: dark)");
            system.ok().flatten().is_some_and(|query| query.matches())
        },
        |theme| theme == "dark",
    )
}
