//! The part of an address behind the question mark: read, written, changed. Order and repeats are kept.

pub(crate) use lakeport_model::encode;
use percent_encoding::percent_decode_str;

/// Names and values in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Query(pub(crate) Vec<(String, String)>);

impl Query {
    /// Reads a query string, with or without its question mark. What cannot be decoded is kept as it stands.
    pub(crate) fn parse(text: &str) -> Self {
        let text = text.strip_prefix('?').unwrap_or(text);
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decode(name), decode(value))
                })
                .collect(),
        )
    }

    /// The first value of a name, unless it is empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// Every value of a name that is not empty.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        self.0
            .iter()
            .filter(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.clone())
            .collect()
    }

    /// Without a name.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.retain(|(key, _)| key != name);
        self
    }

    /// With one more pair.
    pub(crate) fn and(mut self, name: &str, value: impl ToString) -> Self {
        self.0.push((name.to_owned(), value.to_string()));
        self
    }

    /// With this value as the only one of its name.
    pub(crate) fn with(self, name: &str, value: impl ToString) -> Self {
        self.without(name).and(name, value)
    }

    /// With the value added where it is missing, without it where it stands.
    pub(crate) fn toggled(mut self, name: &str, value: &str) -> Self {
        let before = self.0.len();
        self.0.retain(|(key, held)| !(key == name && held == value));
        if self.0.len() == before { self.and(name, value) } else { self }
    }

    /// An address of this path with this query.
    pub(crate) fn to(&self, path: &str) -> String {
        let text = self.to_string();
        if text.is_empty() { path.to_owned() } else { format!("{path}?{text}") }
    }
}

impl std::fmt::Display for Query {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, (name, value)) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "&" };
            write!(f, "{separator}{}={}", encode(name), encode(value))?;
        }
        Ok(())
    }
}

/// A piece of a query as it was meant; what is no escape, or no text, stays as it stands.
pub(crate) fn decode(text: &str) -> String {
    let blanks = text.replace('+', " ");
    percent_decode_str(&blanks).decode_utf8().map_or_else(|_| text.to_owned(), Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_and_writing_are_inverse() {
        let query = Query::default().and("q", "50 % & más").and("domain", "a").and("domain", "b+c");
        assert_eq!(query.to_string(), "q=50%20%25%20%26%20m%C3%A1s&domain=a&domain=b%2Bc");
        assert_eq!(Query::parse(&query.to_string()), query);
    }

    #[test]
    fn broken_escapes_stay_as_they_are() {
        assert_eq!(Query::parse("?a=%&b=%zz&c=%F0&d=x+y").to_string(), "a=%25&b=%25zz&c=%25F0&d=x%20y");
    }

    #[test]
    fn toggling_twice_changes_nothing() {
        let query = Query::parse("q=x&kind=table");
        assert_eq!(query.clone().toggled("kind", "topic").toggled("kind", "topic"), query);
        assert_eq!(query.toggled("kind", "table").to_string(), "q=x");
    }
}
