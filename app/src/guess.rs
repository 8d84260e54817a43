//! Pages fetched before they are asked for: browsers and what is added to them fetch pages that somebody may want next.
//! Pages that count as a use of data are fetched only by whoever opens them: resting on a link reads nothing.

use axum::extract::Request;
use axum::http::header::ALLOW;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::query::{Query, decode};

/// Paths below which looking is a use, starts something, or answers a file.
const NEVER: [&str; 5] = [DASHBOARDS, "/auth/", "/demo-issuer/", "/fn/", "/api/"];

/// Below it every address reads data.
const DASHBOARDS: &str = "/dashboards/";

/// The tabs that show values.
const VALUES: [&str; 2] = ["preview", "profile"];

/// The end of the address of the same values as a file.
const ROWS: &str = "/rows.csv";

/// Headers in which browsers say that nobody has asked for a page yet.
const SAYS_SO: [&str; 2] = ["sec-purpose", "purpose"];

const SENTENCE: &str = "This address is answered to whoever opens it, not ahead of that.\n";

/// Keeps away what nobody is going to see from where showing it counts as a use: pages that are only guessed, and
/// questions for the head of an answer. Every route passes here.
///
/// A guess is answered with 403: browsers drop a page fetched ahead with any status but success, and unlike 503 or 425
/// this says neither that the portal ails nor that the same guess is welcome later.
pub async fn refuse(request: Request, next: Next) -> Response {
    let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
    let method = request.method();
    if method == Method::GET && is_guess(request.headers()) && is_never_guessed(path, query) {
        return (StatusCode::FORBIDDEN, SENTENCE).into_response();
    }
    if method == Method::HEAD && reads_data(path, query) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET")]).into_response();
    }
    next.run(request).await
}

fn is_guess(headers: &HeaderMap) -> bool {
    let values = SAYS_SO.iter().flat_map(|name| headers.get_all(*name));
    values.filter_map(|value| value.to_str().ok()).any(|value| {
        let value = value.to_ascii_lowercase();
        value.contains("prefetch") || value.contains("prerender")
    })
}

fn is_never_guessed(path: &str, query: &str) -> bool {
    let plain = decode(path);
    reads_data(path, query) || NEVER.iter().any(|start| plain.starts_with(start))
}

/// True for what counts as a use when it is shown, however its address is written. Browsers resolve dots and know no
/// empty segments before they ask; whoever sends them wants to get past here.
fn reads_data(path: &str, query: &str) -> bool {
    let path = decode(path);
    let is_bent = path.contains(['\\', '\0']) || ["//", "/./", "/../"].iter().any(|bend| path.contains(bend));
    let is_rows = path.starts_with(DASHBOARDS) || path.ends_with(ROWS);
    is_bent || is_rows || Query::parse(query).all("tab").iter().any(|tab| VALUES.contains(&tab.as_str()))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn a_page_that_is_only_guessed_never_counts_as_read() {
        for (path, query) in [
            ("/dashboards/collections-controlling", ""),
            ("/dashboards/collections-controlling/data/dataframe-open_cases.csv", ""),
            ("/assets/gold.collections/rows.csv", ""),
            ("/assets/gold.collections", "tab=preview"),
            ("/assets/gold.collections", "tab=profile"),
            ("/assets/gold.collections", "done=read&tab=preview"),
            ("/assets/gold.collections", "tab=%70review"),
            ("/assets/gold.collections", "tab=history&tab=preview"),
            ("/%64ashboards/collections-controlling", ""),
            ("/./dashboards/collections-controlling", ""),
            ("/x/../dashboards/collections-controlling", ""),
            ("/x/%2e%2e/dashboards/collections-controlling", ""),
            ("//dashboards/collections-controlling", ""),
            ("/fn/move_clock", ""),
        ] {
            assert!(is_never_guessed(path, query), "{path}?{query}");
        }
        for (path, query) in [("/", ""), ("/dashboards", ""), ("/assets/gold.collections", "tab=history")] {
            assert!(!is_never_guessed(path, query), "{path}?{query}");
        }
    }

    #[test]
    fn a_guess_is_recognised_however_its_header_is_written() {
        let guess = |name: &'static str, value: &'static str| {
            is_guess(&HeaderMap::from_iter([(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )]))
        };
        for value in ["prefetch", "Prefetch", "prefetch;prerender", "prefetch;anonymous-client-ip"] {
            assert!(guess("sec-purpose", value), "{value}");
        }
        assert!(guess("purpose", "prefetch"));
        assert!(!guess("sec-purpose", "something") && !guess("sec-fetch-dest", "prefetch"));
    }
}
