//! Small helpers for islands: they listen on the window and enhance what the server has drawn.

use std::cell::{Cell, RefCell};

use leptos::ev::EventDescriptor;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

thread_local! {
    /// What the islands of the page that is shown listen to.
    static LISTENERS: RefCell<Vec<WindowListenerHandle>> = const { RefCell::new(Vec::new()) };
    /// How many pages this document has shown before.
    static LEFT: Cell<u32> = const { Cell::new(0) };
}

/// Listens on the window for as long as this page is shown. Pages change within one document: what listened for the page
/// before would go on acting.
pub(crate) fn listen<E>(event: E, act: impl Fn(E::EventType) + 'static)
where
    E: EventDescriptor + 'static,
    E::EventType: JsCast,
{
    let listener = window_event_listener(event, act);
    LISTENERS.with_borrow_mut(|listeners| listeners.push(listener));
}

/// One look at one page: what arrives after it was left belongs nowhere any more.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stay(u32);

impl Stay {
    /// The one that goes on now.
    pub(crate) fn now() -> Self {
        Self(LEFT.get())
    }
}

/// The page that was shown goes: nothing of it listens any more.
#[cfg(feature = "hydrate")]
pub(crate) fn leave() {
    LISTENERS.take().into_iter().for_each(WindowListenerHandle::remove);
    LEFT.set(LEFT.get().wrapping_add(1));
}

/// The element of this id, as the type asked for.
pub(crate) fn by_id<T: JsCast>(id: &str) -> Option<T> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// True when the event comes from a place where keys write text.
pub(crate) fn is_typing(event: &web_sys::Event) -> bool {
    event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"))
}

/// True when the event comes from a box to tick.
pub(crate) fn is_checkbox(event: &web_sys::Event) -> bool {
    let input = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
    input.is_some_and(|input| input.type_() == "checkbox")
}

/// Where the choice to do without single-key shortcuts is remembered; each page that has such keys has the switch.
const SINGLE_KEYS: &str = "review-keys";

/// False for whoever has switched shortcuts of a single key off.
pub(crate) fn single_keys_on() -> bool {
    let store = window().local_storage().ok().flatten();
    store.and_then(|store| store.get_item(SINGLE_KEYS).ok().flatten()).as_deref() != Some("off")
}

/// Remembers the choice of whoever switches shortcuts of a single key on or off.
pub(crate) fn switch_single_keys(on: bool) {
    if let Ok(Some(store)) = window().local_storage() {
        // Where storing is refused the choice lasts until the next page.
        let _ = store.set_item(SINGLE_KEYS, if on { "on" } else { "off" });
    }
}

/// A signal that is false on the server and true once the island lives: what needs it stays hidden until then.
pub(crate) fn on_enter_island(start: impl FnOnce() + 'static) -> ReadSignal<bool> {
    let (alive, set_alive) = signal(false);
    let mut start = Some(start);
    Effect::new(move |_| {
        if let Some(start) = start.take() {
            start();
            set_alive.set(true);
        }
    });
    alive
}
