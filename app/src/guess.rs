//! Pages fetched before they are asked for: a browser that knows speculation rules fetches the page behind a link while
//! the pointer rests on it, and shows it at once when the link is pressed. Pages that count as a use of data are fetched
//! only by whoever opens them: resting on a link reads nothing.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::query::{Query, decode};

/// Paths below which looking is a use, starts something, or answers a file.
const NEVER: [&str; 5] = ["/dashboards/", "/auth/", "/demo-issuer/", "/fn/", "/api/"];

/// The tab that shows values.
const PREVIEW: &str = "preview";

/// What the browser may fetch ahead, as speculation rules. The portal refuses the rest once more in [`refuse`].
pub(crate) fn rules() -> String {
    let never: Vec<String> = NEVER.iter().map(|path| format!("\"{path}*\"")).collect();
    format!(
        r#"{{"prefetch":[{{"where":{{"and":[{{"href_matches":"/*"}},{{"not":{{"href_matches":[{},"/*\\?*tab=preview*"]}}}},{{"not":{{"selector_matches":"[download], [rel~=external]"}}}}]}},"eagerness":"moderate"}}]}}"#,
        never.join(",")
    )
}

/// Refuses a page that is only guessed where showing it counts as a use.
pub(crate) async fn refuse(request: Request, next: Next) -> Response {
    let purpose = request.headers().get("sec-purpose").and_then(|value| value.to_str().ok());
    let is_guess = purpose.is_some_and(|purpose| purpose.starts_with("prefetch"));
    let uri = request.uri();
    if is_guess && is_use(uri.path(), uri.query().unwrap_or_default()) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    next.run(request).await
}

/// True for what counts as a use when it is shown, however its address is written.
fn is_use(path: &str, query: &str) -> bool {
    let path = decode(path);
    NEVER.iter().any(|start| path.starts_with(start))
        || Query::parse(query).all("tab").contains(&PREVIEW.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_is_only_guessed_never_counts_as_read() {
        for (path, query) in [
            ("/dashboards/collections-controlling", ""),
            ("/dashboards/collections-controlling/data/dataframe-open_cases.csv", ""),
            ("/assets/gold.collections", "tab=preview"),
            ("/assets/gold.collections", "done=read&tab=preview"),
            ("/assets/gold.collections", "tab=%70review"),
            ("/assets/gold.collections", "tab=history&tab=preview"),
            ("/%64ashboards/collections-controlling", ""),
            ("/fn/move_clock", ""),
        ] {
            assert!(is_use(path, query), "{path}?{query}");
        }
        for (path, query) in [("/", ""), ("/dashboards", ""), ("/assets/gold.collections", "tab=history")] {
            assert!(!is_use(path, query), "{path}?{query}");
        }
    }

    #[test]
    fn the_rules_name_everything_that_is_refused() {
        let rules = rules();
        for path in NEVER {
            assert!(rules.contains(&format!("\"{path}*\"")), "{rules}");
        }
        assert!(rules.contains("tab=preview") && !rules.contains('<'), "{rules}");
    }
}
