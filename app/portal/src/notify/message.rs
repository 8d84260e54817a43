//! What somebody is told, in whole sentences.

use lakeport_model::sentence;

/// What somebody is told.
///
/// Only [`Message::new`] makes one, so that no message runs its sentences together or ends one twice, whatever somebody
/// typed who is quoted in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    title: String,
    body: String,
    href: String,
}

impl Message {
    /// A message: what happened, in a line; what it means and what to do, each sentence a line of its own; and where to
    /// act, as a path.
    pub fn new<T: AsRef<str>>(
        title: impl Into<String>,
        says: impl IntoIterator<Item = T>,
        href: impl Into<String>,
    ) -> Self {
        let says: Vec<String> = says.into_iter().map(|text| sentence(text.as_ref())).collect();
        let said = says.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>();
        Self { title: title.into(), body: said.join("\n"), href: href.into() }
    }

    /// What happened, in a line.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What it means and what to do.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// Where to act, as a path.
    pub fn href(&self) -> &str {
        &self.href
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_typed_never_breaks_the_sentences_around_it() {
        for (typed, told) in [
            ("I dropped it.", "Aylin Demir: I dropped it."),
            ("I dropped it. ..", "Aylin Demir: I dropped it."),
            ("Is it needed?", "Aylin Demir: Is it needed?"),
            ("order_id is never empty", "Aylin Demir: order_id is never empty."),
        ] {
            let said = [format!("Aylin Demir: {typed}"), String::new(), "1 person relies on it".to_owned()];
            let message = Message::new("Title", said, "/inbox");
            assert_eq!(message.body(), format!("{told}\n1 person relies on it."));
        }
        assert_eq!(Message::new("Title", [" .. "], "/inbox").body(), "");
    }
}
