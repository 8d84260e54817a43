//! Areas over the picture that can be pointed at and followed, without any script.

use std::fmt::Write as _;

use crate::svg::{escape, number};
use crate::{Chart, Mark};

impl Chart {
    /// The picture with an area over each mark that names it when pointed at and, where `link` answers
    /// with an address, leads there. With a link in it the picture is a group and no longer an image:
    /// an image hides its links from people who hear the page.
    ///
    /// An address with a scheme other than `http` or `https` is left out.
    pub fn svg_with_links(&self, link: impl Fn(&Mark) -> Option<String>) -> String {
        let mut overlay = String::new();
        let mut linked = false;
        for mark in &self.marks {
            let href = link(mark).filter(|href| is_harmless(href));
            let (open, close) = match &href {
                Some(href) => (format!("<a href=\"{}\">", escape(href)), "</a>"),
                None => (String::new(), ""),
            };
            linked |= href.is_some();
            write!(
                overlay,
                "{open}<rect class=\"hit\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"><title>{}</title></rect>{close}",
                number(mark.x),
                number(mark.y),
                number(mark.w),
                number(mark.h),
                escape(&mark.text())
            )
            .expect("writing to a string does not fail");
        }
        let picture = self.svg.strip_suffix("</svg>").unwrap_or(&self.svg);
        let picture =
            if linked { picture.replacen("role=\"img\"", "role=\"group\"", 1) } else { picture.to_owned() };
        format!("{picture}<g fill=\"currentColor\" fill-opacity=\"0\">{overlay}</g></svg>")
    }
}

impl Mark {
    /// Place, series and value in words, as a tooltip shows them.
    pub fn text(&self) -> String {
        match &self.series {
            Some(series) => format!("{}, {series}: {}", self.label, self.value),
            None if self.value.contains('\n') => format!("{}\n{}", self.label, self.value),
            None => format!("{}: {}", self.label, self.value),
        }
    }
}

/// True for addresses within the portal and for web addresses.
fn is_harmless(href: &str) -> bool {
    // Browsers skip control characters and blanks before and inside a scheme.
    let bare: String = href.chars().filter(|char| *char > ' ').collect();
    let scheme = bare.split(['/', '?', '#']).next().and_then(|start| start.split_once(':'));
    scheme
        .is_none_or(|(scheme, _)| scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http"))
}

#[cfg(test)]
mod tests {
    use super::is_harmless;

    #[test]
    fn only_web_addresses_are_followed() {
        for href in ["?creditor=a:b", "case-detail?case=1", "/x/y:z", "#top", "https://portal.example/"] {
            assert!(is_harmless(href), "{href}");
        }
        for href in ["javascript:alert(1)", " JavaScript:alert(1)", "java\nscript:x", "data:text/html,x"] {
            assert!(!is_harmless(href), "{href}");
        }
    }
}
