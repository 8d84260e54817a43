//! What can be said of the values of a column.

use lakeport_frame::{ColumnInfo, Mask};

/// A column that is profiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) name: String,
    pub(super) data_type: String,
    pub(super) kind: Kind,
    pub(super) mask: Option<Mask>,
}

impl Asked {
    pub(super) fn of(column: &ColumnInfo, mask: Option<Mask>) -> Self {
        let kind = match mask {
            Some(Mask::Hash | Mask::Last4) => Kind::Text,
            Some(Mask::Null | Mask::Year) | None => Kind::of(&column.data_type),
        };
        Self { name: column.name.clone(), data_type: column.data_type.clone(), kind, mask }
    }
}

/// Kinds of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Whole,
    Float,
    Decimal,
    Date,
    /// A time in a zone.
    Instant,
    /// A time that belongs to no zone.
    WallTime,
    Text,
    Bool,
    /// Lists, structs, maps, bytes, and what nobody knows yet: nothing of it is compared.
    Other,
}

impl Kind {
    /// The kind of a Delta type.
    fn of(data_type: &str) -> Self {
        match data_type {
            "byte" | "short" | "integer" | "long" => Self::Whole,
            "float" | "double" => Self::Float,
            "date" => Self::Date,
            "timestamp" => Self::Instant,
            "timestamp_ntz" => Self::WallTime,
            "string" => Self::Text,
            "boolean" => Self::Bool,
            decimal if decimal.starts_with("decimal") => Self::Decimal,
            _ => Self::Other,
        }
    }

    /// True for numbers.
    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Whole | Self::Float | Self::Decimal)
    }

    /// True where there is a smallest and a largest value.
    pub(super) fn has_ends(self) -> bool {
        !matches!(self, Self::Bool | Self::Other)
    }

    /// True where values lie on a line that can be cut into ranges.
    pub(super) fn is_spread(self) -> bool {
        self.has_ends() && self != Self::Text
    }

    /// A value as SQL prints it, in the words of a preview.
    pub(super) fn told(self, printed: &str) -> String {
        match self {
            Self::Instant | Self::WallTime => {
                let zone = if self == Self::Instant { " UTC" } else { "" };
                printed.replace('T', " ").replace('Z', zone)
            }
            Self::Bool => (if printed == "true" { "yes" } else { "no" }).to_owned(),
            Self::Float => printed.strip_suffix(".0").unwrap_or(printed).to_owned(),
            _ => printed.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_compared_is_never_asked_for_its_smallest_value() {
        for data_type in ["array<string>", "map<string, long>", "struct<a: long>", "binary", "variant"] {
            assert!(!Kind::of(data_type).has_ends(), "{data_type}");
        }
        assert_eq!(Kind::of("decimal(12,2)"), Kind::Decimal);
        assert!(Kind::of("timestamp_ntz").is_spread() && !Kind::of("string").is_spread());
    }

    #[test]
    fn a_masked_column_is_of_the_kind_of_its_masked_values() {
        let day = ColumnInfo {
            name: "day".to_owned(),
            data_type: "date".to_owned(),
            nullable: true,
            comment: None,
        };
        let kind = |mask| Asked::of(&day, mask).kind;
        assert_eq!([kind(None), kind(Some(Mask::Year)), kind(Some(Mask::Null))], [Kind::Date; 3]);
        assert_eq!([kind(Some(Mask::Hash)), kind(Some(Mask::Last4))], [Kind::Text; 2]);
    }

    #[test]
    fn values_are_told_as_a_preview_tells_them() {
        assert_eq!(Kind::Instant.told("2026-03-05T10:00:07Z"), "2026-03-05 10:00:07 UTC");
        assert_eq!(Kind::WallTime.told("2026-03-05T10:00:07"), "2026-03-05 10:00:07");
        assert_eq!((Kind::Bool.told("true"), Kind::Float.told("1.0")), ("yes".to_owned(), "1".to_owned()));
        assert_eq!(Kind::Text.told("1.0 To Zed"), "1.0 To Zed");
    }
}
