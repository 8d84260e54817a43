//! Tokens of service accounts: created once, shown once, revoked.

use lakeport_model::audit::TokenInfo;
use leptos::prelude::*;

use crate::api;
use crate::api::audit::TokensPage as Tokens;
use crate::ui::{
    Badge, Column, Confirm, CopyButton, Empty, FieldError, Form, FormState, Hidden, Notice, PageHead, Table,
    TextField, Tone, load, moment_words,
};

/// What a token may be allowed, in words.
const SCOPES: [(&str, &str); 5] = [
    ("catalog:read", "Search and read the catalog"),
    ("lineage:read", "Read lineage"),
    ("lineage:write", "Send lineage events"),
    ("access:read", "Read access requests"),
    ("access:write", "Ask for access; never decide"),
];

/// The administrators' page for tokens.
#[component]
pub(crate) fn TokensPage() -> impl IntoView {
    let tokens = Resource::new(|| (), |()| api::audit::tokens());
    view! { <div class="page">{load(tokens, content)}</div> }
}

fn content(page: Tokens) -> AnyView {
    let created = page.created.map(|token| {
        view! {
            <Notice tone=Tone::Ok>
                <div class="stack">
                    <p>"This is the new token. Store it now: it is not shown again, and the portal keeps only its hash."</p>
                    <div class="code">
                        <pre tabindex="0"><code id="new-token">{token}</code></pre>
                        <CopyButton target="new-token".to_owned() label="Copy the token".to_owned() />
                    </div>
                </div>
            </Notice>
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
            "A token is how a program, a service account, uses the portal. It reads and asks; it never decides. Whoever
             answers for it and every administrator can revoke it."
        </p>
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
    let scopes = SCOPES.map(|(scope, meaning)| {
        view! {
            <label class="cluster">
                <input
                    class="checkbox checkbox-sm"
                    type="checkbox"
                    name="scopes[]"
                    value=scope
                    checked=form.chose("scopes[]", scope, false)
                />
                <span>{meaning}" "<code class="muted">{scope}</code></span>
            </label>
        }
    });
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
                {scopes.into_iter().collect_view()}
                <FieldError form=form name="scopes" />
            </fieldset>
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
    view! {
        <td data-label="May"><code>{token.scopes.join(", ")}</code></td>
        <td data-label="Ends">{ends}</td>
        <td data-label="Last used">{used}</td>
    }
    .into_any()
}

/// Whether a token is valid, and the way to end one that is; it leads back to the page `back`.
pub(crate) fn token_state(token: &TokenInfo, back: &'static str) -> AnyView {
    let id = token.id.to_string();
    match token.revoked_at {
        Some(at) => view! { <span class="cluster"><Badge tone=Tone::Bad text="Revoked" />{moment_words(at)}</span> }.into_any(),
        None if token.expired => view! { <Badge tone=Tone::Warn text="Expired" /> }.into_any(),
        None => view! {
            <Confirm label="Revoke" consequence="Calls with this token are refused at once, and its requests and access end. It cannot be undone.">
                <Form action="/fn/revoke_token">
                    <Hidden name="id" value=id />
                    <Hidden name="back" value=back />
                    <button class="btn btn-sm btn-error" type="submit">"Revoke the token now"</button>
                </Form>
            </Confirm>
        }
        .into_any(),
    }
}
