//! Areas over the picture that can be pointed at and followed, without any script.

use std::fmt::Write as _;

use crate::svg::{escape, number};
use crate::{Chart, Mark};

/// How a bar begins; no text can hold it.
const BAR: &str = "class=\"bar ";

impl Chart {
    /// The picture with an area over each mark that names it when pointed at and, where `link` answers
    /// with an address, leads there. With a link in it the picture is a group and no longer an image:
    /// an image hides its links from people who hear the page.
    ///
    /// An address with a scheme other than `http` or `https` is left out.
    pub fn svg_with_links(&self, link: impl Fn(&Mark) -> Option<String>) -> String {
        self.svg_with_choice(link, |_| None)
    }

    /// The same where some of the marks are chosen, `Some(true)`, and others are not, `Some(false)`: the bars of those are
    /// pale, and the links of the chosen ones say so.
    pub fn svg_with_choice(
        &self,
        link: impl Fn(&Mark) -> Option<String>,
        is_chosen: impl Fn(&Mark) -> Option<bool>,
    ) -> String {
        let mut overlay = String::new();
        let mut linked = false;
        for mark in &self.marks {
            let href = link(mark).filter(|href| is_harmless(href));
            let (open, close) = match &href {
                Some(href) => {
                    let current = if is_chosen(mark) == Some(true) { " aria-current=\"true\"" } else { "" };
                    (format!("<a href=\"{}\"{current}>", escape(href)), "</a>")
                }
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
        let picture = self.paled(|mark| is_chosen(mark) == Some(false));
        let picture = picture.strip_suffix("</svg>").unwrap_or(&picture);
        let picture =
            if linked { picture.replacen("role=\"img\"", "role=\"group\"", 1) } else { picture.to_owned() };
        format!("{picture}<g fill=\"currentColor\" fill-opacity=\"0\">{overlay}</g></svg>")
    }

    /// The picture with these bars pale. Bars are drawn in the order of their marks; other pictures have none.
    fn paled(&self, is_pale: impl Fn(&Mark) -> bool) -> String {
        let mut parts = self.svg.split(BAR);
        let mut picture = parts.next().unwrap_or_default().to_owned();
        for (place, part) in parts.enumerate() {
            if self.marks.get(place).is_some_and(&is_pale) {
                picture.push_str("fill-opacity=\".3\" ");
            }
            picture.push_str(BAR);
            picture.push_str(part);
        }
        picture
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
