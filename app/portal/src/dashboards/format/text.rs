//! Markdown to safe HTML, with gaps where values go.

use std::str::FromStr;

use lakeport_frame::Format;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use super::document::Piece;
use super::fields::{Problems, data_ref, is_name};
use super::node::At;
use crate::standards::FileError;
use crate::text::shorten;

/// Private-use characters that stand around the number of a gap while Markdown is read; they are taken
/// out of the author's text first.
const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';

/// `{period}` or `{totals.cases|num0}` in a text.
struct Gap {
    source: String,
    at: At,
    piece: Result<Piece, String>,
}

/// Turns Markdown into pieces. `used` hears of every value that is shown, with its place.
pub(super) fn pieces(
    text: &str,
    first_line: u64,
    problems: &mut Problems,
    mut used: impl FnMut(&Piece, At),
) -> Vec<Piece> {
    let (prepared, gaps) = prepare(text, first_line);
    let html = to_html(&prepared, &gaps, first_line, problems);
    let mut pieces = Vec::new();
    for (index, part) in html.split(OPEN).enumerate() {
        let (gap, after) = if index == 0 { (None, part) } else { number(part, &gaps) };
        match gap.map(|gap| (&gap.piece, gap)) {
            Some((Ok(piece), gap)) => {
                used(piece, gap.at);
                pieces.push(piece.clone());
            }
            Some((Err(message), gap)) => problems.error(gap.at, "", message.clone()),
            None => {}
        }
        if !after.is_empty() {
            pieces.push(Piece::Html(after.to_owned()));
        }
    }
    pieces
}

/// Markdown without gaps as safe HTML, with every link that is not allowed: those are left out.
pub(crate) fn safe_html(text: &str) -> (String, Vec<FileError>) {
    let mut clean = String::with_capacity(text.len());
    push_clean(&mut clean, text);
    let mut problems = Problems::new("");
    let html = to_html(&clean, &[], 1, &mut problems);
    (html, problems.errors)
}

fn number<'a, 'g>(part: &'a str, gaps: &'g [Gap]) -> (Option<&'g Gap>, &'a str) {
    let (index, after) = part.split_once(CLOSE).unwrap_or(("", part));
    (index.parse::<usize>().ok().and_then(|index| gaps.get(index)), after)
}

/// Replaces `{..}` by numbered marks. `\{` stays as it is, and so does anything that is no name.
fn prepare(text: &str, first_line: u64) -> (String, Vec<Gap>) {
    let mut prepared = String::with_capacity(text.len());
    let mut gaps = Vec::new();
    for (line, number) in text.lines().zip(first_line..) {
        let mut rest = line;
        let mut column: u64 = 1;
        while let Some(start) = rest.find('{') {
            let (before, from) = rest.split_at(start);
            push_clean(&mut prepared, before);
            column = column.saturating_add(length(before));
            let inside = from[1..].find('}').map(|end| &from[1..=end]);
            let gap = inside
                .filter(|_| !before.ends_with('\\'))
                .and_then(|inside| parse(inside).map(|piece| (inside, piece)));
            let taken = if let Some((inside, piece)) = gap {
                prepared.push(OPEN);
                prepared.push_str(&gaps.len().to_string());
                prepared.push(CLOSE);
                let source = format!("{{{inside}}}");
                let taken = source.len();
                gaps.push(Gap { source, at: At { line: number, column }, piece });
                taken
            } else {
                prepared.push('{');
                1
            };
            column = column.saturating_add(length(&from[..taken]));
            rest = &from[taken..];
        }
        push_clean(&mut prepared, rest);
        prepared.push('\n');
    }
    (prepared, gaps)
}

fn length(text: &str) -> u64 {
    u64::try_from(text.chars().count()).unwrap_or(u64::MAX)
}

fn push_clean(prepared: &mut String, text: &str) {
    prepared.extend(text.chars().map(|char| if matches!(char, OPEN | CLOSE) { '\u{fffd}' } else { char }));
}

/// What stands between braces: `None` when it is ordinary text, an error when it looks like a value but is none.
fn parse(inside: &str) -> Option<Result<Piece, String>> {
    let (name, format) = match inside.split_once('|') {
        Some((name, format)) => (name.trim(), Some(format.trim())),
        None => (inside.trim(), None),
    };
    if is_name(name) {
        return Some(match format {
            None => Ok(Piece::Widget(name.to_owned())),
            Some(_) => {
                Err(format!("{{{}}} is a filter, which takes no format; write {{{name}}}.", shorten(inside)))
            }
        });
    }
    let data = data_ref(name)?;
    let format = match format.map(Format::from_str).transpose() {
        Ok(format) => format,
        Err(error) => return Some(Err(format!("{error}."))),
    };
    Some(Ok(Piece::Value { data, format }))
}

fn to_html(prepared: &str, gaps: &[Gap], first_line: u64, problems: &mut Problems) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let (mut in_code, mut is_left_out) = (false, false);
    let mut links = Vec::new();
    let events = Parser::new_ext(prepared, options).into_offset_iter().filter_map(|(event, range)| {
        Some(match event {
            // Raw HTML is shown as the text it is.
            Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
            Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
            Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
            // Images would tell foreign servers who reads; their description stays.
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => return None,
            Event::Start(Tag::Heading { level, .. }) => Event::Start(Tag::Heading {
                level: below(level),
                id: None,
                classes: Vec::new(),
                attrs: Vec::new(),
            }),
            Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(below(level))),
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let dest_url = restore(&dest_url, gaps);
                let title = CowStr::from(restore(&title, gaps));
                if !is_safe_link(&dest_url) {
                    let lines = prepared[..range.start].matches('\n').count();
                    links.push((u64::try_from(lines).unwrap_or(u64::MAX), dest_url));
                    is_left_out = true;
                    return None;
                }
                Event::Start(Tag::Link { link_type, dest_url: dest_url.into(), title, id })
            }
            // No link stands in another one.
            Event::End(TagEnd::Link) if is_left_out => {
                is_left_out = false;
                return None;
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                in_code = true;
                Event::Start(Tag::CodeBlock(kind))
            }
            Event::End(TagEnd::CodeBlock) => {
                in_code = false;
                Event::End(TagEnd::CodeBlock)
            }
            Event::Code(text) => Event::Code(restore(&text, gaps).into()),
            Event::Text(text) if in_code => Event::Text(restore(&text, gaps).into()),
            other => other,
        })
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    for (lines, link) in links {
        let at = At { line: first_line.saturating_add(lines), column: 1 };
        let message = format!(
            "The link \"{}\" is not allowed; links start with https://, http://, / or a relative path.",
            shorten(&link)
        );
        problems.error(at, "", message);
    }
    out
}

/// The author's own text where a value has no place: in code and in addresses.
fn restore(text: &str, gaps: &[Gap]) -> String {
    let mut parts = text.split(OPEN);
    let mut restored = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (gap, after) = number(part, gaps);
        restored.push_str(gap.map_or("", |gap| gap.source.as_str()));
        restored.push_str(after);
    }
    restored
}

/// The page has the only first-level heading.
fn below(level: HeadingLevel) -> HeadingLevel {
    HeadingLevel::try_from(level as usize + 1).unwrap_or(HeadingLevel::H6)
}

/// True for addresses that open a page: `http`, `https` and relative ones.
pub(in crate::dashboards) fn is_safe_link(link: &str) -> bool {
    if link.chars().any(|char| char.is_control() || char == '\\') || link.starts_with("//") {
        return false;
    }
    match link.find([':', '/', '?', '#']) {
        Some(end) if link[end..].starts_with(':') => {
            matches!(link[..end].to_ascii_lowercase().as_str(), "http" | "https")
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str) -> (String, Vec<String>) {
        let mut problems = Problems::new("d.md");
        let html = pieces(text, 10, &mut problems, |_, _| ())
            .into_iter()
            .map(|piece| match piece {
                Piece::Html(html) => html,
                Piece::Widget(name) => format!("<<{name}>>"),
                Piece::Value { data, format } => format!("<<{data} {format:?}>>"),
            })
            .collect();
        (html, problems.errors.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn values_get_gaps_even_in_tables_and_emphasis() {
        let (out, problems) =
            html("In **{period}**: {totals.recovery_rate|pct1}, \\{period}, {not a name}.\n");
        assert_eq!(
            out,
            "<p>In <strong><<period>></strong>: <<totals.recovery_rate Some(Percent(1))>>, {period}, {not a name}.</p>\n"
        );
        assert_eq!(problems, Vec::<String>::new());
        let (out, _) = html("| a |\n| - |\n| {t.a|num0} |\n");
        assert!(out.contains("<td><<t.a Some(Number(0))>></td>"), "{out}");
    }

    #[test]
    fn code_and_addresses_keep_the_text() {
        let (out, _) = html("`{period}` [x](y?z={period})\n");
        assert_eq!(out, "<p><code>{period}</code> <a href=\"y?z=%7Bperiod%7D\">x</a></p>\n");
    }

    #[test]
    fn html_is_shown_and_headings_start_below_the_title() {
        let (out, _) =
            html("# One\n\n<script>alert(1)</script>\n\na <b onclick=x>b</b> ![alt](https://x/y.png)\n");
        assert!(out.starts_with("<h2>One</h2>"), "{out}");
        assert!(!out.contains("<script") && !out.contains("<b ") && !out.contains("<img"), "{out}");
        assert!(out.contains("&lt;script&gt;") && out.contains("alt"), "{out}");
    }

    #[test]
    fn links_open_pages_only() {
        let (out, problems) =
            html("one\n\n[a](javascript:alert(1)) [b](HTTPS://x) [c](JaVaScRiPt:x) <data:text/html,x>\n");
        assert!(!out.to_lowercase().contains("javascript:") && !out.contains("href=\"data:"), "{out}");
        assert_eq!(problems.len(), 3);
        assert_eq!(
            problems[0],
            "d.md:12:1: The link \"javascript:alert(1)\" is not allowed; links start with https://, http://, / or a relative path."
        );
        for link in ["x", "/x", "?a=b:c", "#a:b", "./a:b", "http://x"] {
            assert!(is_safe_link(link), "{link}");
        }
        for link in ["//x", "java\nscript:x", "vbscript:x", "/\\x", ":x"] {
            assert!(!is_safe_link(link), "{link}");
        }
    }

    #[test]
    fn braces_of_a_text_without_gaps_are_nothing_but_braces() {
        let (out, problems) = safe_html("a {period} \u{e000}0\u{e001} <i>b</i>\n\n[c](javascript:x)\n");
        assert_eq!(out, "<p>a {period} \u{fffd}0\u{fffd} &lt;i&gt;b&lt;/i&gt;</p>\n<p>c</p>\n");
        assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [3]);
    }

    #[test]
    fn wrong_formats_say_where() {
        let (_, problems) = html("one\ntwo {t.a|eur9}\n");
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("d.md:11:5: \"eur9\" is not a format"), "{}", problems[0]);
    }
}
