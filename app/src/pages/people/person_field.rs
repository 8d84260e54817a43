//! A field for a person: it suggests people by name and address while one types. Without JavaScript it takes an address or
//! a name as it is.

use lakeport_model::people::PersonHint;
use leptos::prelude::*;

use crate::api::people::find_people;
use crate::island;

/// The field `who` of a form that adds a member to a domain.
#[island]
pub(crate) fn PersonField(
    /// The domain.
    domain: String,
    /// What it starts with.
    value: String,
    /// Its value does not fit.
    invalid: bool,
) -> impl IntoView {
    let (typed, set_typed) = signal(String::new());
    let (hints, set_hints) = signal(Vec::<PersonHint>::new());
    Effect::new(move |_| {
        let (domain, now) = (domain.clone(), typed.get());
        if now.trim().len() < 2 {
            return;
        }
        leptos::task::spawn_local(async move {
            // A suggestion that does not come is none; the form itself says what is wrong.
            let found = find_people(domain, now.clone()).await.unwrap_or_default();
            if typed.get_untracked() == now {
                set_hints.set(found);
            }
        });
    });
    let options = move || {
        let hints = hints.get().into_iter();
        hints.map(|hint| view! { <option value=hint.email>{hint.name}</option> }).collect_view()
    };
    view! {
        <input
            class="input w-full"
            id="who"
            name="who"
            list="people"
            required
            maxlength="200"
            autocomplete="off"
            value=value
            aria-describedby="who-help who-error"
            aria-invalid=invalid.then_some("true")
            autofocus=invalid
            on:input:target=move |event| set_typed.set(event.target().value())
        />
        <datalist id="people">{options}</datalist>
    }
}
