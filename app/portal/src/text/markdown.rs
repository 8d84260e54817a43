//! Markdown as plain words.

use pulldown_cmark::{Event, Options, Parser, TagEnd};

/// The beginning of the first paragraph, of at most so many letters, without marks of Markdown and on one line. Raw HTML is the
/// text that pages show it as. A text without a paragraph has its first words: of a heading, a list, a table.
pub(crate) fn brief(text: &str, most: usize) -> String {
    // As many bytes hold as many letters in any alphabet, with room for blanks.
    let enough = most.saturating_mul(8);
    let (mut said, mut other) = (String::new(), String::new());
    for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        let (end, is_over) = match event {
            Event::Text(words) | Event::Code(words) | Event::Html(words) | Event::InlineHtml(words) => {
                if said.len() <= enough {
                    said.push_str(&words);
                }
                continue;
            }
            Event::SoftBreak | Event::HardBreak => {
                said.push(' ');
                continue;
            }
            Event::Start(tag) => (tag.to_end(), false),
            Event::End(end) => (end, true),
            _ => continue,
        };
        match end {
            end if is_inline(end) => {}
            TagEnd::Paragraph | TagEnd::HtmlBlock if is_over && !said.trim().is_empty() => {
                return cut(&said, most);
            }
            _ if other.trim().is_empty() => other = std::mem::take(&mut said),
            _ => said.clear(),
        }
    }
    cut(&other, most)
}

/// The first letters on one line.
fn cut(said: &str, most: usize) -> String {
    let words: Vec<&str> = said.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}..", line[..end].trim_end()),
        None => line,
    }
}

/// True for marks inside a line.
fn is_inline(end: TagEnd) -> bool {
    matches!(end, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_are_left_on_one_line() {
        let text = "# Dunning\n\nReminding **a cus**tomer\nof an [overdue](https://x) `payment`.\n\n- one\n- two\n\n<b>three</b>\n";
        assert_eq!(brief(text, 200), "Reminding a customer of an overdue payment.");
        assert_eq!(brief("\u{e4}\u{f6}\u{fc} \u{df}", 4), "\u{e4}\u{f6}\u{fc}..");
        assert_eq!(brief("a b", 3), "a b");
        assert_eq!(brief("", 3), "");
    }

    #[test]
    fn raw_html_is_the_text_that_the_page_shows() {
        let text = "<script>alert(1)</script> <b>raw</b>\n\nok\n";
        assert_eq!(brief(text, 200), "<script>alert(1)</script> <b>raw</b>");
        assert_eq!(brief("It is <b>raw</b>\nok.\n\n- one\n", 200), "It is <b>raw</b> ok.");
    }

    #[test]
    fn a_text_without_a_paragraph_has_its_first_words() {
        assert_eq!(brief("# Dunning\n\n- one\n- two\n", 200), "Dunning");
        assert_eq!(brief("- one\n  - a\n- two\n", 200), "one");
        assert_eq!(brief("| a | b |\n| --- | --- |\n| 1 | 2 |\n", 200), "a");
        assert_eq!(brief("- one\n- two\n\nReminding.\n", 200), "Reminding.");
    }
}
