//! The SVG around the shapes: text, legend and the frame of the document.

use std::fmt::Write as _;

/// Height of all text in a chart, in CSS pixels at the intended width.
pub(crate) const FONT: f64 = 12.0;

/// A chart in the making: shapes below, texts above.
pub(crate) struct Sheet {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) shapes: String,
    texts: String,
}

/// Which end of a text stands at its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

impl Sheet {
    pub(crate) fn new(width: u32, height: u32) -> Self {
        Self {
            width: f64::from(width),
            height: f64::from(height),
            shapes: String::new(),
            texts: String::new(),
        }
    }

    /// A text on its base line, cut to `room`; a cut text shows in full when pointed at.
    pub(crate) fn text(&mut self, (x, y): (f64, f64), anchor: Anchor, class: &str, full: &str, room: f64) {
        let shown = cut(full, room);
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let (x, y) = (number(x), number(y));
        let title = if shown == full { String::new() } else { format!("<title>{}</title>", escape(full)) };
        write!(
            self.texts,
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\"{anchor}>{title}{}</text>",
            escape(&shown)
        )
        .expect("writing to a string does not fail");
    }

    /// A small square in the colour of a series.
    pub(crate) fn swatch(&mut self, x: f64, y: f64, class: u8, faint: bool) {
        let opacity = if faint { " fill-opacity=\".25\"" } else { "" };
        write!(
            self.texts,
            "<rect class=\"swatch series-{class}\" x=\"{}\" y=\"{}\" width=\"10\" height=\"10\" rx=\"2\" \
             fill=\"currentColor\"{opacity}/>",
            number(x),
            number(y)
        )
        .expect("writing to a string does not fail");
    }

    /// A thin line from the end of a series to its name.
    pub(crate) fn leader(&mut self, from: (f64, f64), to: (f64, f64), class: u8) {
        write!(
            self.texts,
            "<path class=\"leader series-{class}\" fill=\"none\" stroke=\"currentColor\" \
             stroke-opacity=\".4\" d=\"M{} {}L{} {}\"/>",
            number(from.0),
            number(from.1),
            number(to.0),
            number(to.1)
        )
        .expect("writing to a string does not fail");
    }

    pub(crate) fn finish(self, id: &str, title: &str, description: &str) -> String {
        let Self { width, height, shapes, texts } = self;
        let id = escape(id);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\">\
             <title id=\"{id}-title\">{}</title><desc id=\"{id}-desc\">{}</desc>{shapes}\
             <g font-size=\"{FONT}\" fill=\"currentColor\">{texts}</g></svg>",
            escape(title),
            escape(description)
        )
    }
}

/// A coordinate with at most one digit behind the point.
pub(crate) fn number(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    if rounded == 0.0 { "0".to_owned() } else { rounded.to_string() }
}

/// Text for element content and attribute values; characters XML forbids become U+FFFD.
pub(crate) fn escape(text: &str) -> String {
    let forbidden =
        |char: char| matches!(char, '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}') && !"\t\n\r".contains(char);
    html_escape::encode_quoted_attribute(&text.replace(forbidden, "\u{fffd}")).into_owned()
}

/// About how wide the text will be. The page's font is not known here; these are the proportions of
/// Inter, rounded up, so that labels keep a distance rather than touch.
pub(crate) fn width(text: &str) -> f64 {
    let ems: f64 = text
        .chars()
        .map(|char| match char {
            'i' | 'j' | 'l' | '\'' | '|' | '.' | ',' | ':' | ';' | ' ' | '\u{a0}' | 'I' | '!' => 0.3,
            '\u{202f}' => 0.2,
            'f' | 'r' | 't' | '(' | ')' | '/' | '-' => 0.4,
            'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.92,
            'A'..='Z' => 0.7,
            _ if char.is_ascii() || char.is_alphabetic() && u32::from(char) < 0x2e80 => 0.6,
            '–' | '−' | '€' | '…' => 0.66,
            _ => 1.0,
        })
        .sum();
    ems * FONT
}

/// The text, or as much of it as fits with an ellipsis behind it; at least one character stays.
pub(crate) fn cut(text: &str, room: f64) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut short = String::new();
    let mut used = width("…");
    for char in text.chars() {
        used += width(char.encode_utf8(&mut [0; 4]));
        if used > room && !short.is_empty() {
            break;
        }
        short.push(char);
    }
    let kept = short.trim_end().len();
    short.truncate(kept);
    short.push('…');
    short
}
