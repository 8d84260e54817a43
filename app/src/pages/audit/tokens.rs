//! Tokens of service accounts: created once, shown once, revoked.

use lakeport_model::people::{TokenInfo, TokenState};
use lakeport_model::{Scope, UNREAD_MOMENT, is_unread_moment, readable, scope_words};
use leptos::prelude::*;

use crate::api;
use crate::api::audit::TokensPage as Tokens;
use crate::ui::{
    Badge, Column, Confirm, CopyButton, Empty, FieldError, Form, FormState, Hidden, PageHead, RealTime,
    Table, TextField, Tone, load, moment_words,
};

/// The administrators' page for tokens.
#[component]
pub(crate) fn TokensPage() -> impl IntoView {
    let tokens = Resource::new(|| (), |()| api::audit::tokens());
    view! { <div class="page">{load(tokens, content)}</div> }
}

fn content(page: Tokens) -> AnyView {
    let created = page.created.map(|token| {
        view! {
            <div class="card stack">
                <p>"Store the new token now: it is not shown again, and the portal keeps only its hash."</p>
                <div class="code">
                    <pre tabindex="0"><code id="new-token">{token}</code></pre>
                    <CopyButton target="new-token".to_owned() label="Copy the token".to_owned() />
                </div>
            </div>
        }
    });
    let list = if page.tokens.is_empty() {
        view! { <Empty text="There is no token yet." href="#create" action="Create the first one" /> }
            .into_any()
    } else {
        let heads = ["Service account", "Answered for by", "May", "Ends", "Last used", "State"]
            .map(Column::text)
            .to_vec();
        let rows = page.tokens.into_iter().map(row);
        view! { <Table caption="Tokens" columns=heads>{rows.collect_view()}</Table> }.into_any()
    };
    view! {
        <PageHead title="Tokens" />
        <p class="muted mb-4">
            "With a token a program, a service account, uses the portal's interface below /api/v1, as far as the token's
             scopes go. It never decides. Whoever answers for a token and every administrator can revoke it."
        </p>
        <RealTime what="Tokens" now=page.real_time />
        <div class="stack">
            {created}
            {list}
            {create()}
        </div>
    }
    .into_any()
}

/// The form for a new token.
fn create() -> AnyView {
    let form = FormState::of(&["/fn/create_token"]);
    let scopes = Scope::ALL.iter().map(|scope| {
        let (scope, meaning) = (scope.as_str(), scope.opens());
        view! {
            <label class="flex items-start gap-2">
                <input
                    class="checkbox checkbox-sm"
                    type="checkbox"
                    name="scopes[]"
                    value=scope
                    checked=form.chose("scopes[]", scope, false)
                />
                <span class="min-w-0">{meaning}" "<code class="muted">{scope}</code></span>
            </label>
        }
    });
    let scopes = scopes.collect_view();
    view! {
        <Form action="/fn/create_token" class="card stack mt-4" id="create">
            <h2>"Create a token"</h2>
            <TextField
                form=form.clone()
                name="name"
                label="Name of the service account"
                help="Which program will use it, such as nightly-dbt."
                required=true
                maxlength="80"
            />
            <TextField
                form=form.clone()
                name="owner"
                kind="email"
                label="Who answers for it"
                help="E-mail address; yours if you leave it empty. When this person leaves, the token ends."
            />
            <TextField
                form=form.clone()
                name="days"
                kind="number"
                label="Ends after"
                help="Days, 365 at most."
                min="1"
                max="365"
                value="90"
            />
            <fieldset class="stack">
                <legend class="font-medium">"What it may do"</legend>
                {scopes}
                <FieldError form=form.clone() name="scopes" />
            </fieldset>
            <TextField
                form=form
                name="pushes"
                label="Pushes documents of"
                help="Domain and kind with a colon, several with commas between, such as finance:product, finance:contract,
                      finance:dashboard, finance:asset, finance:term. Whoever answers for the token has to be owner or steward of these domains."
                maxlength="2000"
            />
            <div><button class="btn btn-primary" type="submit">"Create the token"</button></div>
        </Form>
    }
    .into_any()
}

fn row(token: TokenInfo) -> AnyView {
    let owner = match &token.owner {
        Some(owner) => owner.name.clone().into_any(),
        None => view! {
            <Form class="cluster" action="/fn/take_over_token">
                <Badge tone=Tone::Warn text="Nobody" />
                <Hidden name="id" value=token.id.to_string() />
                <button class="btn btn-sm" type="submit">"Answer for this token"</button>
            </Form>
        }
        .into_any(),
    };
    let (cells, state) = (token_cells(&token), token_state(&token, "/tokens"));
    view! {
        <tr>
            <th scope="row">{token.name}</th>
            <td data-label="Answered for by">{owner}</td>
            {cells}
            <td data-label="State">{state}</td>
        </tr>
    }
    .into_any()
}

/// What a token may do, its last moment and its last use. Tokens live by real time, so no distance to the portal's clock
/// is named.
pub(crate) fn token_cells(token: &TokenInfo) -> AnyView {
    let used = token.last_used_at.map_or_else(|| "never".to_owned(), moment_words);
    let ends = token.ends_at.map_or_else(|| "no end".to_owned(), moment_words);
    let scopes = token.scopes.iter().map(|scope| {
        let (scope, words) = (scope.clone(), scope_words(scope));
        view! { <li>{words}" "<code class="muted">{scope}</code></li> }
    });
    let scopes = scopes.collect_view();
    view! {
        <td data-label="May"><ul class="details-list">{scopes}</ul></td>
        <td data-label="Ends">{ends}</td>
        <td data-label="Last used">{used}</td>
    }
    .into_any()
}

/// Where a token stands, and the way to end one that works; it leads back to the page `back`.
pub(crate) fn token_state(token: &TokenInfo, back: &'static str) -> AnyView {
    let (tone, word, words) = state_words(token);
    let revoke = (token.state() == TokenState::Works).then(|| {
        let id = token.id.to_string();
        view! {
            <Confirm label="Revoke" consequence="Calls with this token are refused at once, and its requests and access end. It cannot be undone.">
                <Form action="/fn/revoke_token">
                    <Hidden name="id" value=id />
                    <Hidden name="back" value=back />
                    <button class="btn btn-sm btn-error" type="submit">"Revoke the token now"</button>
                </Form>
            </Confirm>
        }
    });
    view! { <div class="cluster"><Badge tone=tone text=word /><span>{words}</span>{revoke}</div> }.into_any()
}

/// A token's state: the badge, and what there is to say beside it.
fn state_words(token: &TokenInfo) -> (Tone, &'static str, String) {
    match token.state() {
        TokenState::Works => (Tone::Ok, "Works", String::new()),
        TokenState::Ended if token.ends_at.is_some_and(is_unread_moment) => {
            (Tone::Warn, "Ended", "the time it ends cannot be read".to_owned())
        }
        TokenState::Ended => (Tone::Warn, "Ended", "its last moment has passed".to_owned()),
        TokenState::Revoked(at) => {
            let how = token.revoked_how.as_ref().map(|how| format!(", {how}")).unwrap_or_default();
            let at_a_time = || format!("at {UNREAD_MOMENT}");
            let when = readable(at).map_or_else(at_a_time, moment_words);
            (Tone::Bad, "Revoked", format!("{when}{how}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn token(revoked: bool, expired: bool) -> TokenInfo {
        let at = DateTime::from_timestamp(1_809_162_720, 0).expect("a moment of 2027");
        TokenInfo {
            id: "0192d7a0-0000-7000-8000-000000000001".parse().expect("an id"),
            name: "nightly-dbt".to_owned(),
            scopes: vec!["catalog:read".to_owned()],
            created_at: DateTime::default(),
            last_used_at: None,
            revoked_at: revoked.then_some(at),
            revoked_how: revoked.then(|| "when a backup was restored".to_owned()),
            owner: None,
            ends_at: Some(at),
            expired,
        }
    }

    #[test]
    fn a_token_that_opens_nothing_is_never_said_to_work() {
        let said = |revoked, expired| {
            let (_, word, words) = state_words(&token(revoked, expired));
            format!("{word} {words}")
        };
        assert_eq!(said(false, false), "Works ");
        assert_eq!(said(false, true), "Ended its last moment has passed");
        let endless = TokenInfo { ends_at: Some(DateTime::default()), ..token(false, true) };
        assert_eq!(state_words(&endless).2, "the time it ends cannot be read");
        for expired in [false, true] {
            assert_eq!(said(true, expired), "Revoked Sat, 1 May 2027, 09:12 UTC, when a backup was restored");
        }
    }

    #[test]
    fn every_scope_says_in_words_what_it_opens() {
        for scope in Scope::ALL {
            let words = scope.opens();
            assert!(scope_words(scope.as_str()) == words && !words.contains(':'), "{scope}");
        }
        assert_eq!(scope_words("of:tomorrow"), "of:tomorrow");
    }
}
