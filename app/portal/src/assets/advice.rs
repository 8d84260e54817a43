//! What is unusual in what somebody wrote of an asset: advice, which keeps nothing from being published.

use lakeport_model::assets::{AssetText, FieldProblem};

use crate::catalog::{Rights, Sight, Snapshot};
use crate::text::{did_you_mean, legible};

/// Types that engines and formats have, without what stands in brackets behind them.
const USUAL: &str = "array bigint bigserial binary bit blob bool boolean byte bytea bytes char character clob date datetime \
    decimal double enum float float32 float64 float4 float8 geography geometry int int16 int2 int32 int4 int64 int8 integer \
    interval json jsonb list long map money null number numeric nvarchar object real record row serial short smallint string \
    struct super text time timestamp timestamp_ltz timestamp_ntz timestamptz timestamp_tz tinyint uint16 uint32 uint64 uint8 \
    uuid varbinary varchar variant vector void xml year";

/// Unusual types that are looked for in the catalog.
const MOST_LOOKED_FOR: usize = 20;

/// Advice on the types of columns: those that nothing in the catalog has, as far as the viewer sees it.
pub(super) fn advice(snapshot: &Snapshot, rights: &Rights, written: &AssetText) -> Vec<FieldProblem> {
    let unusual: Vec<(usize, &str)> = unusual(written).collect();
    let mut unknown: Vec<&str> = unusual.iter().map(|(_, base)| *base).collect();
    for asset in snapshot.assets.values() {
        if unknown.is_empty() {
            break;
        }
        let has = |base: &str| {
            asset.columns.iter().any(|column| base.eq_ignore_ascii_case(base_of(column.data_type)))
        };
        if unknown.iter().any(|base| has(base)) && snapshot.sight(rights, asset) == Sight::Full {
            unknown.retain(|base| !has(base));
        }
    }
    let told = unusual.into_iter().filter(|(_, base)| unknown.contains(base));
    told.map(|(number, base)| FieldProblem {
        field: format!("columns[{number}][data_type]"),
        message: format!(
            "No column that you see has the type \"{}\".{}",
            legible(base),
            did_you_mean(base, USUAL.split_whitespace())
        ),
    })
    .collect()
}

/// Types of columns that are not usual, with the numbers of their lines.
fn unusual(written: &AssetText) -> impl Iterator<Item = (usize, &str)> {
    let types =
        written.columns.iter().enumerate().map(|(number, column)| (number, base_of(&column.data_type)));
    let is_usual = |base: &str| {
        base.is_empty() || USUAL.split_whitespace().any(|usual| usual.eq_ignore_ascii_case(base))
    };
    types.filter(move |(_, base)| !is_usual(base)).take(MOST_LOOKED_FOR)
}

/// A type without what stands behind its first word: `decimal(10, 2)` as `decimal`.
fn base_of(data_type: &str) -> &str {
    let data_type = data_type.trim();
    data_type.split(['(', '<', '[', ' ']).next().unwrap_or(data_type)
}

#[cfg(test)]
mod tests {
    use lakeport_model::assets::ColumnText;

    use super::*;

    fn told(types: &[&str]) -> Vec<(String, String)> {
        let column =
            |data_type: &&str| ColumnText { data_type: (*data_type).to_owned(), ..ColumnText::default() };
        let written = AssetText { columns: types.iter().map(column).collect(), ..AssetText::default() };
        let advice = advice(&Snapshot::default(), &Rights::of_a_stranger(), &written);
        advice.into_iter().map(|advice| (advice.field, advice.message)).collect()
    }

    #[test]
    fn a_type_that_nothing_has_is_told_at_its_field() {
        let usual = ["string", "Decimal(10, 2)", "array<int>", "timestamp with time zone", "", "int[]"];
        assert!(told(&usual).is_empty(), "{:?}", told(&usual));
        let expected = (
            "columns[1][data_type]".to_owned(),
            "No column that you see has the type \"strng\". Did you mean \"string\"?".to_owned(),
        );
        assert_eq!(told(&["int", "strng"]), [expected]);
        assert!(told(&["geohash9x"])[0].1.ends_with("\"geohash9x\"."));
    }
}
