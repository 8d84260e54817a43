//! Shortcuts of a single key: whether they are on, and the switch that each page with such keys shows.

use leptos::prelude::*;

use super::browser::{single_keys_on, switch_single_keys};

/// Whether shortcuts of a single key are on while a page is shown.
#[derive(Clone, Copy)]
pub(crate) struct SingleKeys {
    on: ReadSignal<bool>,
    set_on: WriteSignal<bool>,
}

impl SingleKeys {
    /// On, as the server draws them.
    pub(crate) fn new() -> Self {
        let (on, set_on) = signal(true);
        Self { on, set_on }
    }

    /// As they were chosen before, which only the browser knows.
    pub(crate) fn recall(self) {
        self.set_on.set(single_keys_on());
    }

    /// True where a key is a shortcut.
    pub(crate) fn are_on(self) -> bool {
        self.on.get_untracked()
    }

    /// The switch, and beside it what the keys do while they are on.
    pub(crate) fn switch(self, keys: impl IntoView + 'static) -> impl IntoView {
        let Self { on, set_on } = self;
        let turn = move |_| {
            let now = !on.get_untracked();
            set_on.set(now);
            switch_single_keys(now);
        };
        view! {
            <span class="cluster max-md:hidden">
                <label class="cluster">
                    <input class="toggle toggle-sm" type="checkbox" prop:checked=on on:change=turn />
                    "Single-key shortcuts"
                </label>
                <span class="cluster muted" hidden=move || !on.get()>{keys}</span>
            </span>
        }
    }
}
