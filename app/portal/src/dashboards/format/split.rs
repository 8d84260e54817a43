//! Cuts a text into front matter, Markdown, fenced blocks and container lines.

use super::fields::Problems;
use super::node::At;

/// The two parts of a file.
pub(super) struct Split {
    /// YAML between the `---` lines and the line it starts on; `None` when they are missing.
    pub(super) front: Option<(String, u64)>,
    /// What follows.
    pub(super) segments: Vec<Segment>,
}

/// A part of the body.
pub(super) enum Segment {
    /// Markdown.
    Text {
        /// Its lines, joined.
        text: String,
        /// Line of its first character.
        first_line: u64,
    },
    /// A fenced block.
    Fence(Fence),
    /// `::: KIND REST`
    Open {
        /// Place of the line.
        at: At,
        /// First word.
        kind: String,
        /// What follows it.
        rest: String,
    },
    /// `:::`
    Close {
        /// Place of the line.
        at: At,
    },
}

/// A fenced block.
pub(super) struct Fence {
    /// Place of the opening fence.
    pub(super) at: At,
    /// First word after the fence.
    pub(super) kind: String,
    /// Further words.
    pub(super) name: String,
    /// The lines between the fences.
    pub(super) content: String,
}

impl Fence {
    /// Line of the first character of the content.
    pub(super) fn content_line(&self) -> u64 {
        self.at.line + 1
    }
}

/// Cuts the text; says where a block is not closed.
pub(super) fn split(text: &str, problems: &mut Problems) -> Split {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text.lines().zip(1u64..).peekable();
    let front = front_matter(&mut lines, problems);
    let mut segments = Vec::new();
    let mut markdown: Option<(String, u64)> = None;
    while let Some((line, number)) = lines.next() {
        let at = At { line: number, column: indent(line) + 1 };
        let trimmed = line.trim();
        if let Some((ticks, info)) = opening_fence(line) {
            let content = fenced(&mut lines, ticks).unwrap_or_else(|| {
                let end = "`".repeat(ticks);
                problems.error(at, "", format!("This block is not closed; end it with a line {end}."));
                String::new()
            });
            if info.is_empty() {
                // A fence without a name is sample text: it belongs to the Markdown around it.
                let text = markdown.get_or_insert_with(|| (String::new(), number));
                text.0.extend([line, "\n", &content, &"`".repeat(ticks), "\n"]);
            } else {
                flush(&mut markdown, &mut segments);
                let (kind, name) = info.split_once(char::is_whitespace).unwrap_or((info, ""));
                let (kind, name) = (kind.to_owned(), name.trim().to_owned());
                segments.push(Segment::Fence(Fence { at, kind, name, content }));
            }
        } else if indent(line) < 4 && trimmed.starts_with(":::") {
            flush(&mut markdown, &mut segments);
            let rest = trimmed.trim_start_matches(':').trim();
            if rest.is_empty() {
                segments.push(Segment::Close { at });
            } else {
                let (kind, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
                segments.push(Segment::Open { at, kind: kind.to_owned(), rest: rest.trim().to_owned() });
            }
        } else {
            let text = markdown.get_or_insert_with(|| (String::new(), number));
            text.0.push_str(line);
            text.0.push('\n');
        }
    }
    flush(&mut markdown, &mut segments);
    Split { front, segments }
}

fn front_matter<'a>(
    lines: &mut std::iter::Peekable<impl Iterator<Item = (&'a str, u64)>>,
    problems: &mut Problems,
) -> Option<(String, u64)> {
    let at = At { line: 1, column: 1 };
    if lines.next_if(|(line, _)| line.trim_end() == "---").is_none() {
        problems.error(
            at,
            "",
            "A dashboard starts with a line --- and its title, owner and tables (reads) below it.",
        );
        return None;
    }
    let mut yaml = String::new();
    for (line, _) in lines.by_ref() {
        if line.trim_end() == "---" {
            return Some((yaml, 2));
        }
        yaml.push_str(line);
        yaml.push('\n');
    }
    problems.error(at, "", "The part that starts here is not closed; end it with a line ---.");
    None
}

/// Number of backticks (three or more) and the words behind them; `None` when the line opens no fence.
fn opening_fence(line: &str) -> Option<(usize, &str)> {
    let trimmed = line.trim();
    let ticks = trimmed.chars().take_while(|char| *char == '`').count();
    let info = trimmed[ticks..].trim();
    (indent(line) < 4 && ticks >= 3 && !info.contains('`')).then_some((ticks, info))
}

/// Lines up to the closing fence; `None` when there is none.
fn fenced<'a>(lines: &mut impl Iterator<Item = (&'a str, u64)>, ticks: usize) -> Option<String> {
    let mut content = String::new();
    for (line, _) in lines {
        let trimmed = line.trim();
        if trimmed.len() >= ticks && trimmed.chars().all(|char| char == '`') {
            return Some(content);
        }
        content.push_str(line);
        content.push('\n');
    }
    None
}

fn flush(markdown: &mut Option<(String, u64)>, segments: &mut Vec<Segment>) {
    if let Some((text, first_line)) = markdown.take()
        && !text.trim().is_empty()
    {
        segments.push(Segment::Text { text, first_line });
    }
}

fn indent(line: &str) -> u64 {
    let spaces = line.chars().take_while(|char| *char == ' ').count();
    u64::try_from(spaces).unwrap_or(u64::MAX - 1)
}
