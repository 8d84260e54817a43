//! What somebody wrote as a patch of the file that a product, a contract or a dashboard came from.

use std::fmt::Write as _;
use std::ops::Range;
use std::time::Instant;

use lakeport_model::documents::TextKind;
use similar::{DiffTag, group_diff_ops};

use super::diff::AROUND;
use super::{Subject, dashboard, kept, read};
use crate::beside::DOCUMENTS;
use crate::policy;
use crate::text::lines::{self, LONGEST_LOOK};
use crate::{Call, Error, Result};

/// A text of a product, a contract or a dashboard as a change of its file: the name of the patch, and the patch as `git apply` takes it.
///
/// # Errors
/// Refused to whoever may not publish it, where it came from no file, and where the text is that of the file.
pub async fn patch(call: &Call, kind: TextKind, id: &str, text: &str) -> Result<(String, String)> {
    let subject = Subject::of(&call.snapshot(), &call.rights(), kind, id)?;
    policy::authorize(&call.viewer, subject.publish())?;
    let text = read::plain(text)?;
    let mut tx = call.ctx.db.read().await?;
    let held = kept::in_files(&mut tx, kind, id, stated_version(&text)).await?;
    drop(tx);
    let Some(held) = held else {
        return Err(Error::conflict(format!(
            "This {kind} does not come from files: there is none to change."
        )));
    };
    dashboard::refuse_unseen(call, kind, std::slice::from_ref(&held)).await?;
    let name = file_name(id);
    let file = match kind {
        TextKind::Product => format!("{name}.odps.yaml"),
        TextKind::Contract => format!("{name}.odcs.yaml"),
        TextKind::Dashboard => format!("{name}.md"),
    };
    let write = move || unified(&file, &held, &as_in_file(text, &held));
    let patch = DOCUMENTS.run(call.party(), write).await?;
    if patch.is_empty() {
        let message = "This is the text of the file. Change it first, then download what you changed.";
        return Err(Error::invalid("text", message));
    }
    Ok((format!("{name}.patch"), patch))
}

/// The version that a text states on a line of its own; the text need not be right to be downloaded.
fn stated_version(text: &str) -> Option<&str> {
    let stated = text.lines().find_map(|line| line.strip_prefix("version:"))?;
    let stated = stated.split(" #").next().unwrap_or_default().trim();
    Some(stated.trim_matches(['"', '\'']))
}

/// An id as the name of a file; ids of files may hold anything.
fn file_name(id: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    id.chars().map(|letter| if is_plain(letter) { letter } else { '-' }).collect()
}

/// A text with the ends of lines and the first mark of the file that it changes.
fn as_in_file(text: String, held: &str) -> String {
    let text = if held.contains("\r\n") { text.replace('\n', "\r\n") } else { text };
    if held.starts_with('\u{feff}') { format!("\u{feff}{text}") } else { text }
}

/// A unified diff; nothing where the texts are the same.
fn unified(file: &str, old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let hunks = group_diff_ops(lines::compared(&old, &new, Instant::now() + LONGEST_LOOK), AROUND);
    let mut patch = String::new();
    for hunk in &hunks {
        let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { continue };
        let removed = first.old_range().start..last.old_range().end;
        let added = first.new_range().start..last.new_range().end;
        _ = writeln!(patch, "@@ -{} +{} @@", place(&removed), place(&added));
        for op in hunk {
            let is_same = op.tag() == DiffTag::Equal;
            let (before, sign) = if is_same { (0..0, ' ') } else { (op.old_range(), '+') };
            for line in &old[before] {
                push(&mut patch, '-', line);
            }
            for line in &new[op.new_range()] {
                push(&mut patch, sign, line);
            }
        }
    }
    if patch.is_empty() { patch } else { format!("--- a/{file}\n+++ b/{file}\n{patch}") }
}

/// The number of the first of these lines, and how many they are; of none, the number of the line before.
fn place(lines: &Range<usize>) -> String {
    let count = lines.len();
    let first = if count == 0 { lines.start } else { lines.start + 1 };
    format!("{first},{count}")
}

fn push(patch: &mut String, sign: char, line: &str) {
    patch.push(sign);
    patch.push_str(line);
    if !line.ends_with('\n') {
        patch.push_str("\n\\ No newline at end of file\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_is_written_as_other_programs_read_it() {
        let old = (1..=9).map(|line| format!("l{line}\n")).collect::<Vec<_>>().concat();
        let new = old.replace("l5\n", "five\n5\n");
        assert_eq!(
            unified("a.yaml", &old, &new),
            "--- a/a.yaml\n+++ b/a.yaml\n@@ -2,7 +2,8 @@\n l2\n l3\n l4\n-l5\n+five\n+5\n l6\n l7\n l8\n"
        );
        assert_eq!(unified("a", "", "x\n"), "--- a/a\n+++ b/a\n@@ -0,0 +1,1 @@\n+x\n");
        assert_eq!(unified("a", &old, &old), "");
    }

    #[test]
    fn a_version_is_found_in_a_text_that_may_be_wrong() {
        assert_eq!(stated_version("id: a\nversion: '1.2.0' # the next\nname: ["), Some("1.2.0"));
        assert_eq!(stated_version("  version: 1.0.0\n"), None, "that of something in it");
    }

    #[test]
    fn a_line_without_an_end_is_never_given_one() {
        let (said, head) = ("\n\\ No newline at end of file\n", "--- a/a\n+++ b/a\n@@ -1,1 +1,1 @@\n");
        assert_eq!(unified("a", "x", "y\n"), format!("{head}-x{said}+y\n"));
        assert_eq!(unified("a", "x\n", "y"), format!("{head}-x\n+y{said}"));
    }

    #[test]
    fn a_patch_has_the_ends_of_lines_of_its_file() {
        assert_eq!(as_in_file("a\nb\n".to_owned(), "a\r\n"), "a\r\nb\r\n");
        assert_eq!(as_in_file("a\n".to_owned(), "\u{feff}b\n"), "\u{feff}a\n");
        assert_eq!(as_in_file("a\n".to_owned(), "b\n"), "a\n");
    }

    #[test]
    fn an_id_never_names_a_file_elsewhere() {
        assert_eq!(["sales-daily", "a b/../\"c\n"].map(file_name), ["sales-daily", "a-b-..--c-"]);
    }
}
