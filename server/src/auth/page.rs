//! The few pages that are there for people who are not signed in: plain HTML with the portal's style sheet.

use std::fmt::Write as _;

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use html_escape::encode_quoted_attribute;

use crate::assets;

/// A page with this content; `main` is HTML.
pub(super) fn document(status: StatusCode, title: &str, main: &str) -> Response {
    let css = assets::address("pkg/lakeport.css");
    let title = encode_quoted_attribute(title);
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} · Lakeport</title>\n<link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\n\
         <link rel=\"stylesheet\" href=\"{css}\">\n</head>\n<body>\n\
         <main class=\"page mx-auto max-w-xl\">\n<header class=\"page-head\">\n<p class=\"muted\">Lakeport</p>\n\
         <h1>{title}</h1>\n</header>\n<div class=\"stack\">\n{main}\n</div>\n</main>\n</body>\n</html>\n"
    );
    (status, Html(html)).into_response()
}

/// A page that says one thing, with one link on.
pub fn notice(status: StatusCode, title: &str, text: &str, action: Option<(&str, &str)>) -> Response {
    let mut main = format!("<p>{}</p>", encode_quoted_attribute(text));
    if let Some((label, href)) = action {
        _ = write!(
            main,
            "\n<p><a class=\"btn btn-primary\" href=\"{}\">{}</a></p>",
            encode_quoted_attribute(href),
            encode_quoted_attribute(label)
        );
    }
    document(status, title, &main)
}

/// A page that says why what a form sent was refused. Its one button sends the same fields to a call that draws the form's
/// page again.
pub fn refused_form(
    status: StatusCode,
    title: &str,
    text: &str,
    (label, call): (&str, &str),
    fields: &[(String, String)],
) -> Response {
    let mut main = format!(
        "<p>{}</p>\n<form method=\"post\" action=\"{}\">",
        encode_quoted_attribute(text),
        encode_quoted_attribute(call)
    );
    for (name, value) in fields {
        _ = write!(
            main,
            "\n<input type=\"hidden\" name=\"{}\" value=\"{}\">",
            encode_quoted_attribute(name),
            encode_quoted_attribute(value)
        );
    }
    _ = write!(
        main,
        "\n<button class=\"btn btn-primary\" type=\"submit\">{}</button>\n</form>",
        encode_quoted_attribute(label)
    );
    document(status, title, &main)
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    #[tokio::test]
    async fn text_cannot_become_markup() {
        let bad = "<a href=\"x\">'&'</a>";
        let fields = [(bad.to_owned(), bad.to_owned())];
        for page in [
            notice(StatusCode::OK, bad, bad, Some((bad, bad))),
            refused_form(StatusCode::OK, bad, bad, (bad, bad), &fields),
        ] {
            let body = page.into_body().collect().await.expect("it is in memory").to_bytes();
            let html = String::from_utf8_lossy(&body);
            assert!(!html.contains(bad) && !html.contains("<a href=\"x"), "{html}");
            assert!(
                html.contains("<p>&lt;a href=&quot;x&quot;&gt;&#x27;&amp;&#x27;&lt;/a&gt;</p>"),
                "{html}"
            );
        }
    }
}
