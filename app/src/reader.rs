//! Whom a page was drawn for. In another tab of its browser that person's session may have ended and somebody else's begun
//! since. Every form of a page carries the mark of its reader and every call of its islands says it in a header; what was
//! drawn for somebody else is never acted on as whoever is signed in now.

use std::sync::Arc;

use axum::http::Extensions;
use lakeport_model::people::Viewer;
use lakeport_portal::Call;

use crate::error::{ApiError, ErrorKind};

/// The header of a call with the mark; `shell/navigate.js` sets it.
pub(crate) const HEADER: &str = "lakeport-reader";

/// Why nothing is done with what was sent from a page with this mark; `None` where the page was drawn for the viewer.
///
/// A mark that is missing is no refusal: programs that send what a page would send have seen none, and that a page of ours
/// sent it is asked elsewhere.
#[must_use]
pub fn refusal(viewer: &Viewer, mark: &str) -> Option<String> {
    let is_another = !mark.is_empty() && mark != viewer.id.to_string();
    is_another.then(|| {
        format!(
            "This page was opened as somebody else. You are signed in as {} now, so nothing was done.",
            viewer.name
        )
    })
}

/// The same as the answer to a form or a call, with what to do next.
pub(crate) fn refused(extensions: &Extensions, mark: Option<&str>, advice: &str) -> Option<ApiError> {
    let call = extensions.get::<Arc<Call>>()?;
    let sentence = refusal(&call.viewer, mark?)?;
    Some(ApiError::new(ErrorKind::AnotherReader, format!("{sentence} {advice}")))
}

#[cfg(test)]
mod tests {
    use leptos::server_fn::error::FromServerFnError as _;

    use super::*;

    #[test]
    fn the_browser_never_says_it_under_another_name() {
        let script = include_str!("shell/navigate.js");
        assert!(script.contains(&format!("\"{HEADER}\"")), "the header");
        let told = ApiError::new(ErrorKind::AnotherReader, "").ser();
        let (told, kind) = (String::from_utf8_lossy(&told), "\"another_reader\"");
        assert!(told.contains(kind) && script.contains(kind), "the refusal: {told}");
    }
}
