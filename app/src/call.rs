//! What every server function starts and ends with.

use std::sync::Arc;

use axum::http::HeaderValue;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use chrono::NaiveDate;
use lakeport_model::people::Viewer;
use lakeport_portal::{Call, Ctx};
use leptos::prelude::use_context;

use crate::error::{ApiError, ErrorKind};
use crate::query::{Query, decode, encode};

/// The current call, as the server's outer layer made it for the request: everything that a page shows is asked with one.
///
/// # Errors
/// [`ErrorKind::Forbidden`] when nobody is signed in (the server's outer layer has refused that before) and
/// [`ErrorKind::Fault`] outside a call.
pub(crate) fn call() -> Result<Arc<Call>, ApiError> {
    let parts = use_context::<Parts>().ok_or_else(|| {
        ApiError::new(ErrorKind::Fault, "This can only be asked within a call to the portal.")
    })?;
    parts
        .extensions
        .get()
        .cloned()
        .ok_or_else(|| ApiError::new(ErrorKind::Forbidden, "Nobody is signed in. Sign in and try again."))
}

/// The signed-in person behind the current call.
pub(crate) fn viewer() -> Option<Viewer> {
    Some(call().ok()?.viewer.clone())
}

/// The cookie, and the name in an address, that carry the key of a confirmation.
const DONE: &str = "done";

/// After a change: shows the confirmation of this key on a page of the portal, once.
///
/// The answer that made the change leaves the key for that page: an address alone, which anybody can write, confirms
/// nothing. `path` may come from a form; what is no path of this portal leads home.
pub(crate) fn done(path: &str, key: &str) {
    done_saying(path, key, &[]);
}

/// The same, with the names that its sentence needs.
pub(crate) fn done_saying(path: &str, key: &str, names: &[String]) {
    leave(DONE, &with_names(key, names), "/");
    let path = if is_own_path(path) { path } else { "/" };
    let path = path.split('#').next().unwrap_or("/");
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    leptos_axum::redirect(&format!("{}#done", Query::parse(query).with(DONE, key).to(path)));
}

/// Letters of a name in a confirmation; browsers keep no cookie of more than 4 kB.
const LONGEST_NAME: usize = 80;

/// True where a confirmation says the whole of a name.
pub(crate) fn is_whole(name: &str) -> bool {
    name.chars().count() <= LONGEST_NAME
}

/// A key and names as one word for a cookie.
fn with_names(key: &str, names: &[String]) -> String {
    let short = |name: &String| encode(&name.chars().take(LONGEST_NAME).collect::<String>());
    std::iter::once(key.to_owned()).chain(names.iter().map(short)).collect::<Vec<_>>().join("/")
}

/// The key and the names of a confirmation that was left.
pub(crate) fn take_done() -> Option<(String, Vec<String>)> {
    take(DONE, "/").map(|word| names_in(&word))
}

fn names_in(word: &str) -> (String, Vec<String>) {
    let mut parts = word.split('/');
    (parts.next().unwrap_or_default().to_owned(), parts.map(decode).collect())
}

/// Leaves a word for the next page at `path` or below that takes it: a cookie of one minute rather than the address,
/// which is kept in histories and logs, and can be written by anybody.
pub(crate) fn leave(name: &str, word: &str, path: &str) {
    set_cookie(name, word, path, 60);
}

/// The word that was left under this name. It is there once.
pub(crate) fn take(name: &str, path: &str) -> Option<String> {
    let word = cookie(name)?;
    set_cookie(name, "", path, 0);
    Some(word)
}

/// The value of a cookie that came with the current call.
pub(crate) fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let lines = parts.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let value = lines.flat_map(|line| line.split(';')).find_map(|pair| {
        let (found, value) = pair.trim().split_once('=')?;
        (found == name).then(|| value.to_owned())
    });
    value.filter(|value| !value.is_empty())
}

fn set_cookie(name: &str, value: &str, path: &str, seconds: u32) {
    let is_secure = use_context::<Ctx>().is_some_and(|ctx| ctx.settings.public_url.starts_with("https:"));
    let secure = if is_secure { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    if let (Some(response), Ok(cookie)) =
        (use_context::<leptos_axum::ResponseOptions>(), HeaderValue::from_str(&cookie))
    {
        response.append_header(SET_COOKIE, cookie);
    }
}

/// Longest path of a page that a form may come back to.
const LONGEST_PATH: usize = 2_000;

/// True for a path within this portal that everybody reads as it stands. Browsers drop tabs and line ends, read a backslash
/// as a slash, and take out steps that are dots, also where those are escaped; with them, or with an empty step, a path
/// could end up as that of another site.
pub fn is_own_path(path: &str) -> bool {
    let way = path.split(['?', '#']).next().unwrap_or(path);
    let Some((folders, last)) = way.rsplit_once('/') else { return false };
    let mut steps = folders.split('/');
    path.len() <= LONGEST_PATH
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        && steps.next() == Some("")
        && steps.all(|step| !step.is_empty() && !is_dots(step))
        && !is_dots(last)
}

fn is_dots(step: &str) -> bool {
    matches!(step.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}

/// A form field that holds a day.
pub(crate) fn day(field: &str, text: &str) -> Result<NaiveDate, ApiError> {
    text.trim().parse().map_err(|_| {
        ApiError::invalid(
            field,
            format!("\"{text}\" is not a date. Write year, month and day, such as 2027-06-30."),
        )
    })
}

/// A form field that holds an id the portal gave out.
pub(crate) fn id<T: std::str::FromStr>(what: &str, text: &str) -> Result<T, ApiError> {
    text.trim().parse().map_err(|_| ApiError::not_found(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_a_confirmation_never_ends_its_cookie_or_is_cut_apart() {
        let names = ["Åsa; Path=/x/y".to_owned(), String::new(), "👩".repeat(500)];
        let word = with_names("role-changed", &names);
        assert!(word.len() < 2_000 && word.bytes().all(|byte| byte.is_ascii_graphic() && byte != b';'));
        let (key, found) = names_in(&word);
        assert_eq!((key.as_str(), &found[..2]), ("role-changed", &names[..2]));
        assert_eq!(found[2], "👩".repeat(LONGEST_NAME));
        assert!(is_whole(&names[0]) && is_whole(&found[2]) && !is_whole(&names[2]));
        assert_eq!(names_in("kept"), ("kept".to_owned(), Vec::new()));
    }

    #[test]
    fn a_way_back_never_leads_to_another_site() {
        for own in
            ["/", "/decide/1?x=y&z=%20", "/dashboards/a#done", "/a/b.csv/..c/", "/a?next=//x/../y", "/a#/.."]
        {
            assert!(is_own_path(own), "{own}");
        }
        for dots in
            ["/x/../..//evil", "/.//evil", "/%2e%2e//evil", "/x/%2E.", "/x/.%2e/y", "/.", "/x/./y", "/x//y"]
        {
            assert!(!is_own_path(dots), "{dots}");
        }
        let foreign =
            ["", "x", "//evil.example", "/\\evil.example", "/\t/evil.example", "/\n/evil.example", "/\r/x"];
        for other in foreign.into_iter().chain(["https://evil.example", "/\u{0}", "/\u{e4}", "/a b"]) {
            assert!(!is_own_path(other), "{other:?}");
        }
        assert!(!is_own_path(&format!("/{}", "x".repeat(LONGEST_PATH))));
    }
}
