//! How the tables of a dashboard are turned: sorted by which column, at which page. It stands in the address beside the
//! filters: `sort.dataframe-open_cases=-open_eur&page.dataframe-open_cases=2`.

use std::collections::BTreeMap;

use lakeport_model::encode;

use super::format::{BlockKind, Dashboard};

/// Longest name of a column that is taken from an address.
const LONGEST_NAME: usize = 200;

/// The order of a table's rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// The column that gives it.
    pub column: String,
    /// Largest first.
    pub descending: bool,
}

/// How one table is turned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Turn {
    /// Without one, rows stand as the query gives them.
    pub sort: Option<Sort>,
    /// The page, from 0.
    pub page: usize,
}

/// How the tables are turned, by element.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Turned(BTreeMap<String, Turn>);

impl Turned {
    /// Reads the state from the address. Elements that are no table of this dashboard are left alone.
    pub fn from_query(dashboard: &Dashboard, query: &[(String, String)]) -> Self {
        let has_table = |id: &str| {
            let mut elements = dashboard.elements().into_iter();
            elements.any(|block| {
                block.id == id && matches!(block.kind, BlockKind::Table(_) | BlockKind::Chart(_))
            })
        };
        let mut turned = Self::default();
        for (key, value) in query {
            let Some((what, id)) = key.split_once('.').filter(|(_, id)| has_table(id)) else { continue };
            let turn = || turned.0.get(id).cloned().unwrap_or_default();
            let turn = match what {
                "sort" if !value.is_empty() && value.len() <= LONGEST_NAME => {
                    let descending = value.starts_with('-');
                    let column = value.strip_prefix('-').unwrap_or(value).to_owned();
                    Turn { sort: Some(Sort { column, descending }), ..turn() }
                }
                "page" => match value.parse::<usize>() {
                    Ok(page) => Turn { page: page.saturating_sub(1), ..turn() },
                    Err(_) => continue,
                },
                _ => continue,
            };
            turned.0.insert(id.to_owned(), turn);
        }
        turned
    }

    /// How the table of this element is turned.
    pub fn of(&self, id: &str) -> Turn {
        self.0.get(id).cloned().unwrap_or_default()
    }

    /// True when the address says how the table of this element is turned.
    pub fn names(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    /// The same with one table turned otherwise.
    #[must_use]
    pub fn with(&self, id: &str, turn: Turn) -> Self {
        let mut turned = self.clone();
        turned.0.insert(id.to_owned(), turn);
        turned
    }

    /// The orders alone, as names and values: other rows begin at their first page.
    pub fn orders(&self) -> Vec<(String, String)> {
        self.0.keys().filter_map(|id| self.order_of(id)).collect()
    }

    /// The order of the table of this element, as a name and a value.
    pub fn order_of(&self, id: &str) -> Option<(String, String)> {
        let sort = self.0.get(id)?.sort.as_ref()?;
        let mark = if sort.descending { "-" } else { "" };
        Some((format!("sort.{id}"), format!("{mark}{}", sort.column)))
    }

    /// A query string without `?` that says the same; what is as the query gives it is left out.
    pub fn to_query(&self) -> String {
        let page = |(id, turn): (&String, &Turn)| {
            (turn.page > 0).then(|| (format!("page.{id}"), (turn.page + 1).to_string()))
        };
        let pages = self.0.iter().filter_map(page);
        written(self.orders().into_iter().chain(pages))
    }
}

/// Names and values as a query string.
pub(super) fn written(pairs: impl IntoIterator<Item = (String, String)>) -> String {
    let pairs: Vec<String> =
        pairs.into_iter().map(|(name, value)| format!("{}={}", encode(&name), encode(&value))).collect();
    pairs.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboards::format::parse;

    fn read(query: &[(&str, &str)]) -> Turned {
        let dashboard = parse("d.md", include_str!("format/example.md")).expect("the example is fine");
        let query: Vec<_> = query.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        Turned::from_query(&dashboard, &query)
    }

    #[test]
    fn an_address_never_turns_what_is_no_table() {
        let long = "x".repeat(300);
        for (name, value) in [
            ("sort.nothing", "a"),
            ("sort.metric-totals-cases", "a"),
            ("page.dataframe-open_cases", "two"),
            ("sort.dataframe-open_cases", long.as_str()),
            ("turn.dataframe-open_cases", "a"),
        ] {
            assert_eq!(read(&[(name, value)]), Turned::default(), "{name}");
        }
    }

    #[test]
    fn order_and_page_survive_the_address() {
        let turned = read(&[("sort.dataframe-open_cases", "-open_eur"), ("page.dataframe-open_cases", "3")]);
        let sort = Sort { column: "open_eur".to_owned(), descending: true };
        assert_eq!(turned.of("dataframe-open_cases"), Turn { sort: Some(sort), page: 2 });
        assert_eq!(turned.to_query(), "sort.dataframe-open_cases=-open_eur&page.dataframe-open_cases=3");
        assert_eq!(read(&[("page.dataframe-open_cases", "1")]).to_query(), "");
    }
}
