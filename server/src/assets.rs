//! Style sheet, script, wasm and fonts: embedded in the binary, compressed beforehand, cached by their hash.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use lakeport_app::serve::AssetNames;
use rust_embed::RustEmbed;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// The built site; empty on a checkout where only the server was compiled.
#[derive(RustEmbed)]
#[folder = "../target/site"]
#[allow_missing = true]
struct Site;

/// The site's folder for `cargo leptos watch`, which rebuilds files under a running portal; any other build answers
/// nothing but what it has inside.
const WATCHED: Option<&str> = match option_env!("LEPTOS_WATCH") {
    Some(_) => option_env!("LEPTOS_SITE_ROOT"),
    None => None,
};

/// A file of the site, with the hash of its content.
struct File {
    data: Cow<'static, [u8]>,
    hash: [u8; 32],
}

impl File {
    fn get(name: &str) -> Option<Self> {
        if let Some(folder) = WATCHED {
            if name.split('/').any(|part| part.starts_with('.')) {
                return None;
            }
            let data = std::fs::read(Path::new(folder).join(name)).ok()?;
            let hash = Sha256::digest(&data).into();
            return Some(Self { data: data.into(), hash });
        }
        let file = Site::get(name)?;
        Some(Self { hash: file.metadata.sha256_hash(), data: file.data })
    }
}

#[derive(Deserialize)]
struct Entry {
    path: String,
}

/// Plain names with the hashed names they stand for.
static MANIFEST: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let entries: BTreeMap<String, Entry> = File::get("manifest.json")
        .and_then(|file| serde_json::from_slice(&file.data).ok())
        .unwrap_or_default();
    entries.into_iter().map(|(name, entry)| (name, entry.path)).collect()
});

/// The address of a file: with the hash of its content where the site was built, plain elsewhere.
pub fn address(name: &str) -> String {
    format!("/{}", MANIFEST.get(name).map_or(name, String::as_str))
}

/// The addresses that pages refer to.
pub fn names() -> AssetNames {
    // cargo-leptos leaves out the ending that wasm-bindgen gives the name.
    let wasm = ["pkg/lakeport.wasm", "pkg/lakeport_bg.wasm"];
    AssetNames {
        js: address("pkg/lakeport.js"),
        wasm: address(if File::get(wasm[0]).is_some() { wasm[0] } else { wasm[1] }),
        css: address("pkg/lakeport.css"),
        font: address("fonts/inter-latin-wght-normal.woff2"),
    }
}

/// Answers a file of the site under its own name, or under its plain one.
pub async fn serve(request: Request) -> Response {
    let asked = request.uri().path().trim_start_matches('/');
    let named = MANIFEST.get(asked).map_or(asked, String::as_str);
    let hashed =
        named != asked || MANIFEST.values().any(|path| path == asked && !MANIFEST.contains_key(path));
    // Only an address with a hash in it may be kept for ever.
    let cache =
        if hashed && named == asked { "public, max-age=31536000, immutable" } else { "public, no-cache" };
    let Some((file, encoding)) = pick(named, request.headers()) else {
        return (StatusCode::NOT_FOUND, "There is no such file.").into_response();
    };
    let tag = format!("\"{}{}\"", hex::encode(&file.hash[..12]), encoding.unwrap_or_default());
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type(named)));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    let unchanged = request.headers().get(IF_NONE_MATCH).and_then(|held| held.to_str().ok());
    let unchanged = unchanged.is_some_and(|held| held.split(',').any(|held| held.trim() == tag));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(ETAG, tag);
    }
    if unchanged {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, Body::from(file.data.into_owned())).into_response()
}

/// The smallest form that the caller accepts.
fn pick(name: &str, headers: &HeaderMap) -> Option<(File, Option<&'static str>)> {
    for (encoding, ending) in [("br", ".br"), ("gzip", ".gz")] {
        if accepts(headers, encoding)
            && let Some(file) = File::get(&format!("{name}{ending}"))
        {
            return Some((file, Some(encoding)));
        }
    }
    File::get(name).map(|file| (file, None))
}

fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        parts.next() == Some(encoding) && !parts.any(|part| part == "q=0")
    })
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_that_is_declined_is_not_sent() {
        let with = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(value));
            (accepts(&headers, "br"), accepts(&headers, "gzip"))
        };
        assert_eq!(with("gzip, deflate, br"), (true, true));
        assert_eq!(with("br;q=0, gzip;q=0.5"), (false, true));
        assert_eq!(with("identity"), (false, false));
    }

    #[test]
    fn names_are_addresses_even_without_a_built_site() {
        let names = names();
        for name in [names.js, names.wasm, names.css, names.font] {
            assert!(name.starts_with("/pkg/") || name.starts_with("/fonts/"), "{name}");
        }
    }
}
