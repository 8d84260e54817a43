//! Filters that are typed among the words of a search: `kind:table owner:"Aylin Demir" revenue`.

use super::SearchRequest;

/// Words that make a filter of what stands behind their colon.
pub const TYPED_FILTERS: [&str; 7] = ["kind", "domain", "layer", "classification", "owner", "tag", "column"];

impl SearchRequest {
    /// The search with its typed filters chosen, and the other words left.
    #[must_use]
    pub fn understood(mut self) -> Self {
        if !self.q.contains(':') {
            return self;
        }
        let typed = std::mem::take(&mut self.q);
        let mut rest = Vec::new();
        for piece in pieces(&typed).into_iter().filter(|piece| !is_begun(piece)) {
            match filter(piece) {
                Some((key, value)) => self.choose(key, value),
                None => rest.push(piece),
            }
        }
        self.q = rest.join(" ");
        self
    }

    fn choose(&mut self, key: &str, value: &str) {
        let (values, is_word) = match key {
            "kind" => (&mut self.kind, true),
            "layer" => (&mut self.layer, true),
            "classification" => (&mut self.classification, true),
            "domain" => (&mut self.domain, false),
            "owner" => (&mut self.owner, false),
            "tag" => (&mut self.tag, false),
            _ => (&mut self.column, false),
        };
        // Nobody has to know that the portal's own words are small.
        let value = if is_word { value.to_lowercase() } else { value.to_owned() };
        if !values.contains(&value) {
            values.push(value);
        }
    }
}

/// True for a filter that nothing stands behind yet: it says nothing until somebody goes on.
fn is_begun(piece: &str) -> bool {
    let Some((word, value)) = piece.split_once(':') else { return false };
    TYPED_FILTERS.into_iter().any(|key| word.eq_ignore_ascii_case(key))
        && value.trim_matches('"').trim().is_empty()
}

/// The filter that a piece of a search is, by the word before its colon and the value behind.
fn filter(piece: &str) -> Option<(&'static str, &str)> {
    let (word, value) = piece.split_once(':')?;
    let key = TYPED_FILTERS.into_iter().find(|key| word.eq_ignore_ascii_case(key))?;
    let value = value.trim_matches('"').trim();
    // Columns are found by words: signs alone would be a filter that takes nothing away.
    let says = if key == "column" { value.contains(char::is_alphanumeric) } else { !value.is_empty() };
    says.then_some((key, value))
}

/// What stands between blanks; a value in quotation marks may hold some.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(end_of_first(rest));
        pieces.push(piece);
        rest = after.trim_start();
    }
    pieces
}

/// Where the first piece ends. A mark that nobody closes is a letter like others.
fn end_of_first(text: &str) -> usize {
    let blank = text.find(char::is_whitespace).unwrap_or(text.len());
    let Some(open) = text[..blank].find(":\"").map(|at| at + 2) else { return blank };
    text[open..].find('"').map_or(blank, |close| open + close + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn understood(q: &str) -> SearchRequest {
        SearchRequest { q: q.to_owned(), ..SearchRequest::default() }.understood()
    }

    #[test]
    fn what_stands_behind_a_known_word_and_a_colon_is_chosen() {
        let request = understood("kind:Table late domain:finance payments owner:\"Aylin Demir\" LAYER:gold");
        assert_eq!(request.q, "late payments");
        assert_eq!(request.kind, ["table"]);
        assert_eq!(request.layer, ["gold"]);
        assert_eq!(request.domain, ["finance"]);
        assert_eq!(request.owner, ["Aylin Demir"]);
        let request = understood("tag:sales tag:\"personal data\" column:customer_id classification:public");
        assert_eq!((request.q.as_str(), request.tag.len()), ("", 2));
        assert_eq!(request.tag, ["sales", "personal data"]);
        assert_eq!(
            (request.column, request.classification),
            (vec!["customer_id".to_owned()], vec!["public".to_owned()])
        );
    }

    #[test]
    fn what_is_no_filter_stays_a_word() {
        for q in ["color:red shoes", "10:30", "column:\"--\"", "a : b", "silver", "http://x.example"] {
            assert_eq!(understood(q), SearchRequest { q: q.to_owned(), ..SearchRequest::default() }, "{q}");
        }
    }

    #[test]
    fn a_filter_that_is_only_begun_says_nothing() {
        for q in ["late kind:", "owner:\"\" late", "late Column:"] {
            assert_eq!(
                understood(q),
                SearchRequest { q: "late".to_owned(), ..SearchRequest::default() },
                "{q}"
            );
        }
    }

    #[test]
    fn a_mark_that_nobody_closes_takes_nothing_with_it() {
        let request = understood("owner:\"Aylin payments");
        assert_eq!((request.q.as_str(), request.owner), ("payments", vec!["Aylin".to_owned()]));
        let request = understood("domain:\"supply chain\"forecast domain:\"supply chain\"");
        assert_eq!((request.q.as_str(), request.domain.len()), ("forecast", 1));
    }

    #[test]
    fn what_is_chosen_already_stays_and_is_not_chosen_twice() {
        let chosen = SearchRequest {
            kind: vec!["table".to_owned()],
            offset: 20,
            limit: 10,
            ..SearchRequest::default()
        };
        let typed = SearchRequest { q: "kind:table kind:model".to_owned(), ..chosen.clone() }.understood();
        assert_eq!(typed, SearchRequest { kind: vec!["table".to_owned(), "model".to_owned()], ..chosen });
    }
}
