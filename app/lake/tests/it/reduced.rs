//! For random tables, entitlements and statements, the answer is the one over a table from which all that is closed was
//! really taken away. What is open, and what a mask makes of it, is said here a second time, in plain Rust.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::discriminant;
use std::sync::{Arc, LazyLock};

use chrono::{Datelike as _, NaiveDate, TimeDelta};
use deltalake::arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray};
use hmac::{Hmac, Mac as _};
use lakeport_frame::{
    Columns, Frame, LakeError, Mask, Query, Readable, Rows, Shown, TableRef, Value, Values,
};
use lakeport_lake::MaskKey;
use lakeport_lake::engine::Engine;
use proptest::prelude::*;
use proptest::sample::select;
use sha2::Sha256;
use tokio::runtime::Runtime;

use crate::lake::{self, Lake, batch, query};

const KEY: &str = "a key of this test";
const NAMES: [&str; 5] = ["id", "num", "word", "code", "day"];
const WORDS: [&str; 5] = ["north", "7", "", "1234", "12345"];

/// The engine needs a runtime of several threads, which all cases share.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder
        .worker_threads(2)
        .thread_stack_size(16 * 1024 * 1024)
        .enable_all()
        .build()
        .expect("threads can be made")
});

/// A row of the whole table.
#[derive(Debug, Clone)]
struct Row {
    id: i64,
    num: Option<i64>,
    word: Option<&'static str>,
    code: Option<&'static str>,
    /// Days after the first of 1970.
    day: Option<i32>,
}

/// A cell as it is shown.
#[derive(Debug, Clone, PartialEq)]
enum Cell {
    Number(Option<i64>),
    Text(Option<String>),
    Day(Option<i32>),
}

impl Row {
    fn cell(&self, name: &str) -> Cell {
        match name {
            "id" => Cell::Number(Some(self.id)),
            "num" => Cell::Number(self.num),
            "word" => Cell::Text(self.word.map(str::to_owned)),
            "code" => Cell::Text(self.code.map(str::to_owned)),
            "day" => Cell::Day(self.day),
            other => panic!("{other} is not a column"),
        }
    }
}

impl Cell {
    fn text(&self) -> Option<String> {
        match self {
            Self::Number(number) => number.map(|number| number.to_string()),
            Self::Text(text) => text.clone(),
            Self::Day(day) => day.map(|day| date(day).to_string()),
        }
    }

    fn masked(self, mask: Mask) -> Self {
        match (mask, self) {
            (Mask::Null, Self::Number(_)) => Self::Number(None),
            (Mask::Null, Self::Text(_)) => Self::Text(None),
            (Mask::Null, Self::Day(_)) => Self::Day(None),
            (Mask::Year, Self::Day(day)) => {
                let first = |day: i32| NaiveDate::from_ymd_opt(date(day).year(), 1, 1).expect("a day");
                let days = |day| i32::try_from((first(day) - date(0)).num_days()).expect("near");
                Self::Day(day.map(days))
            }
            (Mask::Year, other) => panic!("{other:?} has no year"),
            (Mask::Hash, cell) => Self::Text(cell.text().map(|text| {
                let mut hash = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).expect("any key does");
                hash.update(text.as_bytes());
                hex::encode(hash.finalize().into_bytes())
            })),
            (Mask::Last4, cell) => Self::Text(cell.text().map(|text| {
                let letters: Vec<char> = text.chars().collect();
                let last = if letters.len() > 4 { &letters[letters.len() - 4..] } else { &[] };
                format!("****{}", last.iter().collect::<String>())
            })),
        }
    }
}

fn date(days: i32) -> NaiveDate {
    NaiveDate::default() + TimeDelta::days(i64::from(days))
}

/// A condition, with what it is of a row: true, false or neither.
#[derive(Debug, Clone)]
enum Condition {
    AtLeast(&'static str, i64),
    Is(&'static str, &'static str),
    Among(&'static str, Vec<&'static str>),
    Starts(&'static str, &'static str),
    Missing(&'static str),
    Since(i32),
    Not(Box<Condition>),
    Both(Box<Condition>, Box<Condition>),
    Either(Box<Condition>, Box<Condition>),
}

impl Condition {
    fn sql(&self) -> String {
        match self {
            Self::AtLeast(name, number) => format!("{name} >= {number}"),
            Self::Is(name, word) => format!("{name} = '{word}'"),
            Self::Among(name, words) => format!("{name} IN ('{}')", words.join("', '")),
            Self::Starts(name, word) => format!("{name} LIKE '{word}%'"),
            Self::Missing(name) => format!("{name} IS NULL"),
            Self::Since(day) => format!("day >= DATE '{}'", date(*day)),
            Self::Not(one) => format!("NOT ({})", one.sql()),
            Self::Both(one, other) => format!("({}) AND ({})", one.sql(), other.sql()),
            Self::Either(one, other) => format!("({}) OR ({})", one.sql(), other.sql()),
        }
    }

    /// The same of a column of whatever type, so that it fails on no value.
    fn total(&self) -> String {
        let text = |name: &str| format!("CAST({name} AS VARCHAR)");
        match self {
            Self::AtLeast(name, number) => format!("TRY_CAST({name} AS BIGINT) >= {number}"),
            Self::Is(name, word) => format!("{} = '{word}'", text(name)),
            Self::Among(name, words) => format!("{} IN ('{}')", text(name), words.join("', '")),
            Self::Starts(name, word) => format!("{} LIKE '{word}%'", text(name)),
            Self::Missing(_) => self.sql(),
            Self::Since(day) => format!("{} >= '{}'", text("day"), date(*day)),
            Self::Not(one) => format!("NOT ({})", one.total()),
            Self::Both(one, other) => format!("({}) AND ({})", one.total(), other.total()),
            Self::Either(one, other) => format!("({}) OR ({})", one.total(), other.total()),
        }
    }

    fn of(&self, row: &Row) -> Option<bool> {
        let text = |name: &str| row.cell(name).text();
        match self {
            Self::AtLeast(name, number) => match row.cell(name) {
                Cell::Number(found) => found.map(|found| found >= *number),
                other => panic!("{other:?} is no number"),
            },
            Self::Is(name, word) => text(name).map(|found| found == *word),
            Self::Among(name, words) => text(name).map(|found| words.contains(&found.as_str())),
            Self::Starts(name, word) => text(name).map(|found| found.starts_with(word)),
            Self::Missing(name) => Some(text(name).is_none()),
            Self::Since(day) => row.day.map(|found| found >= *day),
            Self::Not(one) => one.of(row).map(|is| !is),
            Self::Both(one, other) => match (one.of(row), other.of(row)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Self::Either(one, other) => match (one.of(row), other.of(row)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
        }
    }
}

/// What may be read: of each column how, and which rows; `None` for all of them.
#[derive(Debug, Clone)]
struct Right {
    shown: BTreeMap<&'static str, Shown>,
    rows: Option<Vec<Condition>>,
}

impl Right {
    fn readable(&self, table: &TableRef) -> Readable {
        let columns = self.shown.iter().map(|(name, shown)| ((*name).to_owned(), *shown)).collect();
        let rows = match &self.rows {
            None => Rows::All,
            Some(conditions) => Rows::Where(conditions.iter().map(Condition::sql).collect()),
        };
        Readable { table: table.clone(), columns: Columns::Only(columns), rows }
    }

    fn opens(&self, row: &Row) -> bool {
        self.rows.as_ref().is_none_or(|conditions| conditions.iter().any(|one| one.of(row) == Some(true)))
    }
}

/// These columns of these rows as they are shown; of no right, as they are.
fn written(rows: &[&Row], right: Option<&Right>) -> RecordBatch {
    let column = |name: &'static str| {
        let shown = right.map_or(Some(Shown::Plain), |right| right.shown.get(name).copied())?;
        let cell = |row: &&Row| match shown {
            Shown::Plain => row.cell(name),
            Shown::Masked(mask) => row.cell(name).masked(mask),
        };
        // The type of a column without rows is that of any of its cells.
        let any = Row { id: 0, num: None, word: None, code: None, day: None };
        let cells: Vec<Cell> = rows.iter().map(cell).collect();
        let array: ArrayRef = match cell(&&any) {
            Cell::Number(_) => Arc::new(cells.iter().map(number).collect::<Int64Array>()),
            Cell::Text(_) => Arc::new(cells.iter().map(Cell::text).collect::<StringArray>()),
            Cell::Day(_) => Arc::new(cells.iter().map(day).collect::<Date32Array>()),
        };
        Some((name, array))
    };
    batch(NAMES.into_iter().filter_map(column).collect())
}

fn number(cell: &Cell) -> Option<i64> {
    match cell {
        Cell::Number(number) => *number,
        Cell::Text(_) | Cell::Day(_) => None,
    }
}

fn day(cell: &Cell) -> Option<i32> {
    match cell {
        Cell::Day(day) => *day,
        Cell::Number(_) | Cell::Text(_) => None,
    }
}

fn a_row() -> impl Strategy<Value = Row> {
    let word = || prop::option::weighted(0.8, select(WORDS.to_vec()));
    let num = prop::option::weighted(0.8, -2..5_i64);
    let day = prop::option::weighted(0.8, select(vec![0, 5, 364, 365, 20_454, -1]));
    (0..6_i64, num, word(), word(), day).prop_map(|(id, num, word, code, day)| Row {
        id,
        num,
        word,
        code,
        day,
    })
}

fn a_comparison() -> impl Strategy<Value = Condition> {
    let text = || select(vec!["word", "code"]);
    prop_oneof![
        (select(vec!["id", "num"]), -2..6_i64).prop_map(|(name, number)| Condition::AtLeast(name, number)),
        (text(), select(WORDS.to_vec())).prop_map(|(name, word)| Condition::Is(name, word)),
        (text(), prop::collection::vec(select(WORDS.to_vec()), 1..3))
            .prop_map(|(name, words)| Condition::Among(name, words)),
        (text(), select(vec!["n", "12", ""])).prop_map(|(name, word)| Condition::Starts(name, word)),
        select(NAMES.to_vec()).prop_map(Condition::Missing),
        select(vec![0, 5, 365, 20_000]).prop_map(Condition::Since),
    ]
}

fn a_condition() -> impl Strategy<Value = Condition> {
    a_comparison().prop_recursive(2, 6, 2, |inner| {
        let pair = || (inner.clone(), inner.clone());
        prop_oneof![
            inner.clone().prop_map(|one| Condition::Not(Box::new(one))),
            pair().prop_map(|(one, other)| Condition::Both(Box::new(one), Box::new(other))),
            pair().prop_map(|(one, other)| Condition::Either(Box::new(one), Box::new(other))),
        ]
    })
}

fn a_right() -> impl Strategy<Value = Right> {
    let shown = |name: &'static str| {
        let masks: &[Mask] = match name {
            "day" => &[Mask::Null, Mask::Year, Mask::Hash],
            _ => &[Mask::Null, Mask::Hash, Mask::Last4],
        };
        let masked = select(masks.to_vec()).prop_map(|mask| Some(Shown::Masked(mask)));
        prop_oneof![3 => Just(Some(Shown::Plain)), 3 => masked, 2 => Just(None)]
    };
    let rows = prop::option::weighted(0.75, prop::collection::vec(a_condition(), 1..3));
    (NAMES.map(shown), rows).prop_map(|(shown, rows)| {
        let shown = NAMES.into_iter().zip(shown);
        let mut shown: BTreeMap<_, _> = shown.filter_map(|(name, shown)| Some((name, shown?))).collect();
        if shown.is_empty() {
            shown.insert("id", Shown::Plain);
        }
        Right { shown, rows }
    })
}

/// Something computed of a column that fails on no value.
fn a_total_value() -> impl Strategy<Value = String> {
    let name = || select(NAMES.to_vec());
    prop_oneof![
        4 => name().prop_map(str::to_owned),
        1 => name().prop_map(|name| format!("length(CAST({name} AS VARCHAR))")),
        1 => name().prop_map(|name| format!("coalesce(CAST({name} AS VARCHAR), 'none')")),
        1 => name().prop_map(|name| format!("CASE WHEN {name} IS NULL THEN 0 ELSE 1 END")),
    ]
}

/// The same, or something that may fail, or is of a type that the column has only without its mask.
fn a_value() -> impl Strategy<Value = String> {
    let name = || select(NAMES.to_vec());
    prop_oneof![
        4 => a_total_value(),
        1 => name().prop_map(|name| format!("CAST({name} AS BIGINT)")),
        1 => (name(), -2..5_i64).prop_map(|(name, number)| format!("10 / ({name} - {number})")),
    ]
}

/// A comparison that may fail stands alone: of two, the engine may spare itself either.
fn a_filter() -> impl Strategy<Value = String> {
    let name = || select(NAMES.to_vec());
    prop_oneof![
        3 => a_comparison().prop_map(|condition| condition.sql()),
        3 => a_condition().prop_map(|condition| condition.total()),
        1 => name().prop_map(|name| format!("CAST({name} AS BIGINT) > 3")),
        1 => (name(), -2..5_i64).prop_map(|(name, number)| format!("10 / ({name} - {number}) >= 0")),
        1 => name().prop_map(|name| format!("{name} LIKE '*%'")),
        1 => name().prop_map(|name| format!("CAST({name} AS VARCHAR) LIKE '%1%'")),
        1 => (name(), name()).prop_map(|(one, other)| format!("{one} = {other}")),
        1 => Just("true".to_owned()),
    ]
}

/// A `SELECT` over `gold.t`; its rows are compared in their order where they have one.
fn a_statement() -> impl Strategy<Value = String> {
    let name = || select(NAMES.to_vec());
    let aggregate = select(vec!["min", "max", "count", "count(DISTINCT"]);
    let over = |aggregate: &str, name: &str| match aggregate {
        "count(DISTINCT" => format!("count(DISTINCT {name})"),
        aggregate => format!("{aggregate}({name})"),
    };
    prop_oneof![
        1 => Just("SELECT * FROM gold.t".to_owned()),
        1 => Just("SELECT count(*) AS n FROM gold.t".to_owned()),
        3 => (a_value(), a_filter()).prop_map(|(value, filter)| format!("SELECT {value} AS x FROM gold.t WHERE {filter}")),
        3 => (a_value(), name(), a_filter()).prop_map(|(value, name, filter)| {
            format!("SELECT {name} AS y, {value} AS x FROM gold.t WHERE {filter} ORDER BY {value}, {name}")
        }),
        3 => (a_value(), aggregate.clone(), name(), a_filter()).prop_map(move |(value, aggregate, name, filter)| {
            let over = over(aggregate, name);
            format!("SELECT {value} AS x, {over} AS a, count(*) AS n FROM gold.t WHERE {filter} GROUP BY {value} ORDER BY x, a, n")
        }),
        2 => (aggregate, name(), a_filter()).prop_map(move |(aggregate, name, filter)| {
            let over = over(aggregate, name);
            format!("SELECT {over} AS a, count(*) AS n FROM gold.t WHERE {filter}")
        }),
        // Where one side is empty, the engine may spare itself the other: nothing here fails.
        2 => (name(), name(), a_total_value(), a_condition()).prop_map(|(one, other, value, condition)| {
            let condition = condition.total();
            format!(
                "SELECT count(*) AS n FROM gold.t a JOIN gold.t b \
                 ON CAST(a.{one} AS VARCHAR) = CAST(b.{other} AS VARCHAR) \
                 WHERE EXISTS (SELECT {value} FROM gold.t WHERE {condition})"
            )
        }),
        1 => (name(), a_total_value()).prop_map(|(name, value)| {
            format!(
                "SELECT count(*) AS n FROM gold.t \
                 WHERE CAST({name} AS VARCHAR) IN (SELECT CAST({value} AS VARCHAR) FROM gold.t)"
            )
        }),
        1 => (name(), a_value()).prop_map(|(name, value)| {
            format!("SELECT {name} AS x FROM gold.t UNION ALL SELECT {value} FROM gold.t")
        }),
        1 => (name(), name()).prop_map(|(one, other)| {
            format!("SELECT {one} AS x, rank() OVER (ORDER BY {other}) AS r FROM gold.t ORDER BY r, x")
        }),
        1 => name().prop_map(|name| format!("SELECT {name} AS x FROM gold.t ORDER BY {name} DESC NULLS LAST LIMIT 3")),
    ]
}

/// What a statement answers; of what is not answered, only whether the statement or a row is to blame.
#[derive(Debug, PartialEq)]
enum Answer {
    Rows { columns: Vec<(String, std::mem::Discriminant<Values>)>, rows: Vec<Vec<Option<Value>>> },
    Refused,
}

fn rows(frame: &Frame, is_ordered: bool) -> Answer {
    let columns = frame.columns().iter();
    let columns = columns.map(|column| (column.name.clone(), discriminant(&column.values))).collect();
    let row = |row| frame.columns().iter().map(|column| column.values.get(row)).collect();
    let mut rows: Vec<Vec<Option<Value>>> = (0..frame.rows()).map(row).collect();
    if !is_ordered {
        rows.sort_by_key(|row| format!("{row:?}"));
    }
    Answer::Rows { columns, rows }
}

async fn answer(engine: &mut Engine, sql: &str, readable: Readable) -> Answer {
    let asked = Query { tables: vec![readable], ..query(sql, &[]) };
    match engine.query(&asked).await {
        Ok(frame) => rows(&frame, sql.contains(" ORDER BY ") && !sql.contains("OVER")),
        Err(LakeError::Refused(_) | LakeError::NotGranted { .. }) => Answer::Refused,
        Err(error) => panic!("{sql}: {error:?}"),
    }
}

/// Conditions that fail on the first row whose value is of another kind, and have to fail before any row is read.
const FAILING: [&str; 5] = [
    "word = 7",
    "lower(word) = 7",
    "upper(coalesce(word, code)) IN (7, 1234)",
    "coalesce(code, 'x') > DATE '2026-01-01'",
    "NOT (id >= 0 AND lower(code) < 5)",
];

/// The same right with one condition more.
fn with_condition(readable: &Readable, condition: &str) -> Readable {
    let mut conditions = match &readable.rows {
        Rows::All => BTreeSet::new(),
        Rows::Where(conditions) => conditions.clone(),
    };
    conditions.insert(condition.to_owned());
    Readable { rows: Rows::Where(conditions), ..readable.clone() }
}

async fn compared(files: &[Vec<Row>], right: &Right, statements: &[String], failing: &str) {
    let (whole, reduced) = (Lake::new(), Lake::new());
    for file in files {
        let all: Vec<&Row> = file.iter().collect();
        whole.append("gold.t", written(&all, None), &[]).await;
        let open: Vec<&Row> = file.iter().filter(|row| right.opens(row)).collect();
        reduced.append("gold.t", written(&open, Some(right)), &[]).await;
    }
    let mut narrow = lake::engine().with_mask_key(MaskKey::new(KEY));
    let mut plain = lake::engine();
    let readable = right.readable(&whole.table("gold.t"));
    let reduced = Readable::whole(reduced.table("gold.t"));
    for sql in statements {
        let expected = answer(&mut plain, sql, reduced.clone()).await;
        let found = answer(&mut narrow, sql, readable.clone()).await;
        assert_eq!(found, expected, "{sql}\nunder {right:?}");
    }
    // No matter which rows there are: what is refused always, tells of none.
    let unsafe_right = with_condition(&readable, failing);
    for sql in statements {
        let found = answer(&mut narrow, sql, unsafe_right.clone()).await;
        assert_eq!(found, Answer::Refused, "{sql}\nunder {failing}");
    }
    let shown = narrow.preview(&readable, 100).await.expect("is shown");
    let expected = plain.preview(&reduced, 100).await.expect("is shown");
    assert_eq!(rows(&shown, false), rows(&expected, false), "the preview under {right:?}");
}

/// Tables that are written and statements that are run take their time: one case looks at many of them.
const CASES: u32 = 40;

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, max_shrink_iters: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_entitlement_never_answers_otherwise_than_a_table_without_what_it_closes(
        files in prop::collection::vec(prop::collection::vec(a_row(), 0..7), 1..4),
        right in a_right(),
        statements in prop::collection::vec(a_statement(), 12),
        failing in select(FAILING.to_vec()),
    ) {
        RUNTIME.block_on(async { compared(&files, &right, &statements, failing).await });
    }
}
