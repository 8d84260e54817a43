//! What the lake is asked for a profile: three statements, however many columns there are. The names of columns stand
//! quoted in an inner `SELECT` that gives them names of ours.

use std::collections::BTreeMap;

use super::kind::{Asked, Kind};
use super::ranges::Ranges;
use crate::lake::Statement;

/// Most values that are named of one column.
const NAMED: u32 = 5;
/// Characters of a value that are fetched: one more than are shown.
const FETCHED: usize = super::LONGEST_VALUE + 1;
/// What is neither infinite nor no number.
const FINITE: &str = "BETWEEN -1.7e308 AND 1.7e308";

/// All figures of these columns, in one row. Different values are counted, or estimated.
pub(super) fn figures(table: &str, columns: &[Asked], estimated: bool) -> Statement {
    let mut told = vec!["COUNT(*) AS \"rows\"".to_owned()];
    for (place, asked) in columns.iter().enumerate() {
        let column = format!("\"c{place}\"");
        told.push(format!("COUNT({column}) AS \"filled{place}\""));
        if asked.kind != Kind::Other {
            told.push(format!("{} AS \"distinct{place}\"", distinct(asked.kind, &column, estimated)));
        }
        if asked.kind.has_ends() {
            for (word, function) in [("smallest", "MIN"), ("largest", "MAX")] {
                told.push(format!("{} AS \"{word}{place}\"", end(asked.kind, function, &column)));
            }
        }
        if asked.kind.is_number() {
            let numbers = finite(asked.kind, &column);
            told.push(format!("AVG(CAST({numbers} AS DOUBLE)) AS \"mean{place}\""));
        }
    }
    let read =
        columns.iter().enumerate().map(|(place, asked)| format!("{} AS \"c{place}\"", quoted(&asked.name)));
    statement(format!("SELECT {} FROM ({}) AS \"read\"", told.join(", "), select(table, read)), 1)
}

/// The most frequent values of these columns, each with its place; `None` where there are none to ask.
pub(super) fn frequent(table: &str, columns: &[(usize, &Asked)]) -> Option<Statement> {
    let named = |(place, asked): &(usize, &Asked)| {
        let column = quoted(&asked.name);
        format!(
            "SELECT {place} AS \"place\", SUBSTR(CAST(\"value\" AS VARCHAR), 1, {FETCHED}) AS \"value\", \"held\" FROM \
             (SELECT {column} AS \"value\", COUNT(*) AS \"held\" FROM {} WHERE {column} IS NOT NULL GROUP BY {column} \
             ORDER BY 2 DESC, 1 LIMIT {NAMED}) AS \"named{place}\"",
            address(table)
        )
    };
    let parts: Vec<String> = columns.iter().map(named).collect();
    let rows = NAMED * u32::try_from(parts.len()).unwrap_or(u32::MAX);
    (!parts.is_empty()).then(|| statement(parts.join(" UNION ALL "), rows))
}

/// How many rows lie below each bound of these columns, in one row; `None` where there are none to ask.
pub(super) fn spread(table: &str, columns: &[(usize, &Asked, Ranges)]) -> Option<Statement> {
    let mut told = Vec::new();
    let mut parameters = BTreeMap::new();
    for (place, _, ranges) in columns {
        told.push(format!("COUNT(\"c{place}\") AS \"all{place}\""));
        for (number, bound) in ranges.bounds.iter().enumerate() {
            let name = format!("bound{place}_{number}");
            told.push(format!(
                "COUNT(CASE WHEN \"c{place}\" < ${name} THEN 1 END) AS \"below{place}_{number}\""
            ));
            parameters.insert(name, bound.clone());
        }
    }
    let read = columns.iter().map(|(place, asked, _)| {
        let column = finite(asked.kind, &quoted(&asked.name));
        let column = if asked.kind == Kind::Decimal { format!("CAST({column} AS DOUBLE)") } else { column };
        format!("{column} AS \"c{place}\"")
    });
    (!columns.is_empty()).then(|| {
        let sql = format!("SELECT {} FROM ({}) AS \"read\"", told.join(", "), select(table, read));
        Statement { parameters, ..statement(sql, 1) }
    })
}

fn statement(sql: String, row_limit: u32) -> Statement {
    Statement { sql, parameters: BTreeMap::new(), row_limit }
}

fn select(table: &str, columns: impl Iterator<Item = String>) -> String {
    let columns: Vec<String> = columns.collect();
    format!("SELECT {} FROM {} ", columns.join(", "), address(table))
}

fn distinct(kind: Kind, column: &str, estimated: bool) -> String {
    match kind {
        _ if !estimated => format!("COUNT(DISTINCT {column})"),
        // Not every type can be estimated as it is.
        Kind::Float | Kind::Text | Kind::Bool => format!("approx_distinct(CAST({column} AS VARCHAR))"),
        _ => format!("approx_distinct({column})"),
    }
}

fn end(kind: Kind, function: &str, column: &str) -> String {
    match kind {
        Kind::Text => format!("SUBSTR({function}(CAST({column} AS VARCHAR)), 1, {FETCHED})"),
        _ => format!("{function}({})", finite(kind, column)),
    }
}

fn finite(kind: Kind, column: &str) -> String {
    match kind {
        Kind::Float => format!("CASE WHEN {column} {FINITE} THEN {column} END"),
        _ => column.to_owned(),
    }
}

/// A table as SQL names it, each part quoted.
fn address(table: &str) -> String {
    table.split('.').map(quoted).collect::<Vec<_>>().join(".")
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use lakeport_frame::{ColumnInfo, Value};

    use super::super::ranges;
    use super::*;

    fn asked(name: &str, data_type: &str) -> Asked {
        let (name, data_type) = (name.to_owned(), data_type.to_owned());
        Asked::of(&ColumnInfo { name, data_type, nullable: true, comment: None }, None)
    }

    #[test]
    fn a_name_never_leaves_its_quotes() {
        let hostile = asked("a\" FROM x --", "string");
        let quoted = "\"a\"\" FROM x --\"";
        let figures = figures("gold.my \"own\"", std::slice::from_ref(&hostile), false);
        assert!(
            figures.sql.contains(&format!("SELECT {quoted} AS \"c0\" FROM \"gold\".\"my \"\"own\"\"\" )"))
        );
        let frequent = frequent("gold.t", &[(7, &hostile)]).expect("a statement");
        assert!(
            frequent.sql.contains(&format!("GROUP BY {quoted} ORDER BY 2 DESC, 1 LIMIT 5) AS \"named7\""))
        );
        assert_eq!(frequent.row_limit, 5);
    }

    #[test]
    fn each_kind_is_asked_for_what_it_has() {
        let columns =
            [asked("n", "long"), asked("t", "string"), asked("s", "struct<a: long>"), asked("b", "boolean")];
        let sql = figures("gold.t", &columns, true).sql;
        for part in [
            "approx_distinct(\"c0\") AS \"distinct0\", MIN(\"c0\") AS \"smallest0\", MAX(\"c0\") AS \"largest0\"",
            "AVG(CAST(\"c0\" AS DOUBLE)) AS \"mean0\"",
            "SUBSTR(MIN(CAST(\"c1\" AS VARCHAR)), 1, 61) AS \"smallest1\"",
            "COUNT(\"c2\") AS \"filled2\", COUNT(\"c3\") AS \"filled3\"",
            "approx_distinct(CAST(\"c3\" AS VARCHAR)) AS \"distinct3\" FROM",
        ] {
            assert!(sql.contains(part), "{part} is not in {sql}");
        }
        assert!(figures("gold.t", &columns, false).sql.contains("COUNT(DISTINCT \"c1\")"));
    }

    #[test]
    fn ranges_are_counted_below_bounds_that_are_parameters() {
        let float = asked("x", "double");
        let ranges = ranges::between(float.kind, &Value::Float(0.0), &Value::Float(1.0)).expect("ranges");
        let bounds = ranges.bounds.len();
        let spread = spread("gold.t", &[(3, &float, ranges)]).expect("a statement");
        assert!(spread.sql.contains("COUNT(CASE WHEN \"c3\" < $bound3_0 THEN 1 END) AS \"below3_0\""));
        assert!(spread.sql.contains("CASE WHEN \"x\" BETWEEN -1.7e308 AND 1.7e308 THEN \"x\" END AS \"c3\""));
        assert_eq!(spread.parameters.len(), bounds);
        assert_eq!((super::spread("gold.t", &[]), super::frequent("gold.t", &[])), (None, None));
    }
}
