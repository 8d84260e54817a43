//! The browser's entry point: starts the interactive parts of a page the server has drawn.

/// Called by the page's script once the module is loaded.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    lakeport_app::hydrate();
}

/// Called by the page's script before it shows another page in the same document.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn leave() {
    lakeport_app::leave();
}
