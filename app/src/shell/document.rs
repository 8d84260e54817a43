//! The HTML document, and the page a refused form gets.

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::http::{HeaderName, HeaderValue};
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::MetaTags;

use crate::App;
use crate::call::cookie;
use crate::error::ApiError;
use crate::serve::{AssetNames, content_policy};
use crate::ui::{FROM, Glyph, Icon, Now};

/// The document around the app, with the headers that belong to it.
pub(crate) fn shell(assets: &AssetNames) -> impl IntoView + use<> {
    let nonce = use_nonce().map(|nonce| nonce.to_string());
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(CONTENT_SECURITY_POLICY, content_policy(nonce.as_deref()));
        response.insert_header(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        response.insert_header(
            HeaderName::from_static("referrer-policy"),
            HeaderValue::from_static("same-origin"),
        );
    }
    let now = use_context::<Now>().map(|now| now.0.timestamp().to_string());
    // The order matters: what the page's body is made of is only serialised for the browser where it will hydrate.
    let scripts = scripts(assets, nonce.as_deref());
    let AssetNames { css, font, .. } = assets.clone();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme() data-now=now>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="preload" href=font r#as="font" r#type="font/woff2" crossorigin="anonymous" />
                <link rel="stylesheet" href=css />
                {scripts}
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Loads the browser's part, wakes the islands in the order of the page, and changes pages in place. Every other script is
/// refused by the policy.
fn scripts(assets: &AssetNames, nonce: Option<&str>) -> impl IntoView + use<> {
    if cfg!(feature = "islands")
        && let Some(shared) = Owner::current_shared_context()
    {
        shared.set_is_hydrating(false);
    }
    let AssetNames { js, wasm, .. } = assets.clone();
    // Hydrated in full, the router takes over links.
    let navigate = if cfg!(feature = "islands") { include_str!("navigate.js") } else { "" };
    // The page a refused form gets stands at the address of the call; a reload is to ask for the page.
    let own_address = format!(
        r#"if (location.pathname.startsWith("/fn/")) history.replaceState(null, "", document.querySelector("input[name={FROM}]")?.value ?? "/");"#
    );
    // Both addresses are file names with a hash, made by our own build: nothing in them needs escaping.
    let start = format!(
        r#"import * as app from "{js}"; await app.default({{ module_or_path: "{wasm}" }}); app.hydrate(); {navigate} {own_address}"#
    );
    let nonce = nonce.map(ToOwned::to_owned);
    view! {
        <link rel="modulepreload" href=js nonce=nonce.clone() />
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
        <script type="module" nonce=nonce>
            {start}
        </script>
    }
}

/// The theme the person chose on this machine; without one the page follows the system.
fn theme() -> Option<&'static str> {
    match cookie("theme")?.as_str() {
        "dark" => Some("dark"),
        "light" => Some("light"),
        _ => None,
    }
}

/// Why a form was refused, where the page it came from cannot be shown any more. Going back finds it as it was filled in.
pub(crate) fn refusal_page(assets: &AssetNames, error: &ApiError, back: &str) -> impl IntoView + use<> {
    let title = error.kind.heading();
    let ApiError { message, field, reference, .. } = error.clone();
    let field = field.map(|field| view! { <p class="muted">"Field: " {field.replace('_', " ")}</p> });
    let reference = reference.map(|id| view! { <p class="muted">"Reference " <code>{id}</code></p> });
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <title>{format!("{title} · Lakeport")}</title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href=assets.css.clone() />
            </head>
            <body>
                <main class="page">
                    <header class="page-head">
                        <h1>{title}</h1>
                    </header>
                    <div class="stack">
                        <div class="notice notice-error">
                            <Icon glyph=Glyph::Alert />
                            <div>
                                <p>{message}</p>
                                {field}
                                {reference}
                            </div>
                        </div>
                        <p class="muted">"Nothing was changed. The browser's way back keeps what you typed."</p>
                        <p class="cluster">
                            <a class="btn btn-primary" href=back.to_owned()>"Go back"</a>
                            <a class="btn" href="/">"Open the start page"</a>
                        </p>
                    </div>
                </main>
            </body>
        </html>
    }
}
