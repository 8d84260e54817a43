//! The few pages that are there for people who are not signed in: plain HTML with the portal's style sheet.

use std::fmt::{self, Write as _};

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use crate::assets;

/// Text in HTML.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// A page with this content; `main` is HTML.
pub(super) fn document(status: StatusCode, title: &str, main: &str) -> Response {
    let css = assets::address("pkg/lakeport.css");
    let title = Escaped(title);
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
    let mut main = format!("<p>{}</p>", Escaped(text));
    if let Some((label, href)) = action {
        _ = write!(
            main,
            "\n<p><a class=\"btn btn-primary\" href=\"{}\">{}</a></p>",
            Escaped(href),
            Escaped(label)
        );
    }
    document(status, title, &main)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_markup() {
        let text = Escaped("<a href=\"x\">'&'</a>").to_string();
        assert_eq!(text, "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
    }
}
