//! How a column holds what the model has a type for, where the column alone does not say it: ids and words that may be
//! missing, words that may be unknown, and times that may be none.
//!
//! Where the tables allow no other words, a row is read with the type itself: another word is then an error of the whole
//! query, which names the column, and comes only of a damaged database. Where they allow any, as of a version to come, and
//! not everybody who reads the row needs the meaning, a [`Word`] holds it.

use std::fmt::{self, Display};
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use lakeport_model::access::GrantEnd;
use lakeport_model::catalog::Classification;
use lakeport_model::contracts::CheckState;
use lakeport_model::sharing::Provisioning;
use lakeport_model::{GrantId, PersonId};
use serde::{Deserialize as _, Deserializer};
use serde_json::Value;
use sqlx::error::BoxDynError;
use sqlx::postgres::PgValueRef;
use sqlx::sqlite::SqliteValueRef;
use sqlx::{Database, Decode, Postgres, Sqlite, Type, ValueRef as _};
use uuid::Uuid;

use crate::{Error, Result};

/// A text as it is stored. Bytes that are none, of a damaged database, are shown as such: they spoil nothing else of their row,
/// and no other row.
#[derive(Debug)]
pub struct Text(pub String);

impl<DB: Database> Type<DB> for Text
where
    String: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        <String as Type<DB>>::type_info()
    }

    fn compatible(_: &DB::TypeInfo) -> bool {
        true
    }
}

impl<'r, DB: Database> Decode<'r, DB> for Text
where
    &'r [u8]: Decode<'r, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> std::result::Result<Self, BoxDynError> {
        let bytes = <&'r [u8] as Decode<'r, DB>>::decode(value)?;
        Ok(Self(String::from_utf8_lossy(bytes).into_owned()))
    }
}

impl From<Text> for String {
    fn from(stored: Text) -> Self {
        stored.0
    }
}

/// An id that may be missing, as it is stored.
#[derive(Debug, sqlx::Type)]
#[sqlx(transparent)]
pub struct OptionalId(Option<Uuid>);

/// A moment as it is stored. What stands there and is none, of a damaged database, is an error of its row alone.
#[derive(Debug)]
pub struct Moment(Option<DateTime<Utc>>);

/// A day as it is stored, in the same way.
#[derive(Debug)]
pub struct Day(Option<NaiveDate>);

macro_rules! may_be_none {
    ($($stored:ident of $value:ty, counted in $count:ty, by $counted:path;)*) => {$(
        impl<DB: Database> Type<DB> for $stored
        where
            $value: Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <$value as Type<DB>>::type_info()
            }

            fn compatible(_: &DB::TypeInfo) -> bool {
                true
            }
        }

        impl<'r> Decode<'r, Sqlite> for $stored {
            fn decode(value: SqliteValueRef<'r>) -> std::result::Result<Self, BoxDynError> {
                if value.is_null() {
                    return Ok(Self(None));
                }
                Ok(Self(<$value as Decode<'r, Sqlite>>::decode(value).ok()))
            }
        }

        // `PostgreSQL` keeps `infinity`, and days beyond the calendar of chrono: there sqlx panics.
        impl<'r> Decode<'r, Postgres> for $stored {
            fn decode(value: PgValueRef<'r>) -> std::result::Result<Self, BoxDynError> {
                if value.is_null() {
                    return Ok(Self(None));
                }
                Ok(Self(<$count as Decode<'r, Postgres>>::decode(value).ok().and_then($counted)))
            }
        }

        /// Nothing where it is none.
        impl From<$stored> for Option<$value> {
            fn from(stored: $stored) -> Self {
                stored.0
            }
        }
    )*};
}

may_be_none! {
    Moment of DateTime<Utc>, counted in i64, by moment_after_2000;
    Day of NaiveDate, counted in i32, by day_after_2000;
}

fn moment_after_2000(microseconds: i64) -> Option<DateTime<Utc>> {
    day_after_2000(0)?
        .and_hms_opt(0, 0, 0)?
        .and_utc()
        .checked_add_signed(TimeDelta::microseconds(microseconds))
}

fn day_after_2000(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(2000, 1, 1)?.checked_add_signed(TimeDelta::days(days.into()))
}

/// For last days: where it is none, one that is long over.
impl From<Day> for NaiveDate {
    fn from(stored: Day) -> Self {
        stored.0.unwrap_or_default()
    }
}

/// For what only newer moments are compared with, and where something begins: where it is none, an old one, which nothing of
/// the portal has.
impl From<Moment> for DateTime<Utc> {
    fn from(stored: Moment) -> Self {
        stored.0.unwrap_or(Self::UNIX_EPOCH)
    }
}

/// A moment from a text that the database wrote; nothing where it is none.
pub(crate) fn moment<'de, D: Deserializer<'de>>(
    text: D,
) -> std::result::Result<Option<DateTime<Utc>>, D::Error> {
    Ok(Value::deserialize(text)?.as_str().and_then(|text| text.parse().ok()))
}

/// The same for what only newer moments are compared with.
pub(crate) fn old_moment<'de, D: Deserializer<'de>>(text: D) -> std::result::Result<DateTime<Utc>, D::Error> {
    Ok(Moment(moment(text)?).into())
}

/// Since when something is over, if it is, as it is stored. What stands there and is no moment, of a damaged database, counts
/// as one long ago: rather over too early than never.
#[derive(Debug)]
pub struct OverSince(Option<DateTime<Utc>>);

/// On which day something is due, if it ever is, as it is stored. What stands there and is no day counts as one long ago:
/// rather due too early than never.
#[derive(Debug)]
pub struct DueOn(Option<NaiveDate>);

macro_rules! long_ago_where_none {
    ($($stored:ident of $value:ty, read as $read:ty;)*) => {$(
        impl<DB: Database> Type<DB> for $stored
        where
            $read: Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <$read as Type<DB>>::type_info()
            }

            fn compatible(stored: &DB::TypeInfo) -> bool {
                <$read as Type<DB>>::compatible(stored)
            }
        }

        impl<'r, DB: Database> Decode<'r, DB> for $stored
        where
            $read: Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> std::result::Result<Self, BoxDynError> {
                let read = (!value.is_null()).then(|| <$read as Decode<'r, DB>>::decode(value)).transpose()?;
                Ok(Self(read.map(Into::into)))
            }
        }

        impl From<$stored> for Option<$value> {
            fn from(stored: $stored) -> Self {
                stored.0
            }
        }
    )*};
}

long_ago_where_none! {
    OverSince of DateTime<Utc>, read as Moment;
    DueOn of NaiveDate, read as Day;
}

/// A word that may be missing, as it is stored.
#[derive(Debug, sqlx::Type)]
#[sqlx(transparent)]
pub struct OptionalWord(Option<String>);

macro_rules! optional {
    (ids $($id:ident),*; words $($word:ident),*) => {
        $(impl From<OptionalId> for Option<$id> {
            fn from(stored: OptionalId) -> Self {
                stored.0.map($id)
            }
        })*

        $(impl TryFrom<OptionalWord> for Option<$word> {
            type Error = String;

            fn try_from(stored: OptionalWord) -> std::result::Result<Self, String> {
                stored.0.map($word::try_from).transpose()
            }
        })*
    };
}

optional! { ids GrantId, PersonId; words GrantEnd }

/// Words of a column that the tables do not restrict.
pub trait Loose: Copy + Display + FromStr {
    /// The column.
    const COLUMN: &'static str;
}

impl Loose for Classification {
    const COLUMN: &'static str = "classification";
}

impl Loose for CheckState {
    const COLUMN: &'static str = "state";
}

impl Loose for Provisioning {
    const COLUMN: &'static str = "provisioning";
}

/// A word of such a column. One that this version does not know is no error before somebody needs its meaning, so that it
/// spoils nothing that is read with its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word<T> {
    /// One with a meaning.
    Known(T),
    /// Any other, as it stands there.
    Unknown(String),
}

impl<T: Loose> Word<T> {
    /// Its meaning.
    ///
    /// # Errors
    /// A fault that names the column where it has none.
    pub fn known(&self) -> Result<T> {
        match self {
            Self::Known(word) => Ok(*word),
            Self::Unknown(text) => {
                let column = T::COLUMN;
                Err(Error::fault(format_args!(
                    "database: \"{text}\" in the column \"{column}\" is not known"
                )))
            }
        }
    }

    /// Its meaning, if it has one.
    pub fn meaning(&self) -> Option<T> {
        match self {
            Self::Known(word) => Some(*word),
            Self::Unknown(_) => None,
        }
    }

    /// Its meaning; where it has none, what it is taken for.
    pub fn known_or(&self, otherwise: T) -> T {
        self.meaning().unwrap_or(otherwise)
    }
}

impl Word<Classification> {
    /// Its meaning; where it has none, as sensitive as can be, so that nothing is opened or decided under a guess.
    pub fn or_strictest(&self) -> Classification {
        self.known_or(Classification::Restricted)
    }
}

/// What nobody knows is equal to nothing that has a meaning.
impl<T: Loose + PartialEq> PartialEq<T> for Word<T> {
    fn eq(&self, other: &T) -> bool {
        matches!(self, Self::Known(word) if word == other)
    }
}

impl<T: Loose> From<Text> for Word<T> {
    fn from(Text(text): Text) -> Self {
        text.into()
    }
}

impl<T: Loose> From<String> for Word<T> {
    fn from(text: String) -> Self {
        text.parse().map_or(Self::Unknown(text), Self::Known)
    }
}

/// As it is stored.
impl<T: Loose> Display for Word<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(word) => word.fmt(f),
            Self::Unknown(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_missing_is_read_as_it_is_stored() {
        let person = Uuid::from_u128(7);
        assert_eq!(Option::<PersonId>::from(OptionalId(Some(person))), Some(PersonId(person)));
        assert_eq!(Option::<GrantId>::from(OptionalId(None)), None);
        let end =
            |stored: Option<&str>| Option::<GrantEnd>::try_from(OptionalWord(stored.map(str::to_owned)));
        assert_eq!(end(None), Ok(None));
        for known in GrantEnd::ALL {
            assert_eq!(end(Some(known.as_str())), Ok(Some(*known)));
        }
        assert!(end(Some("odd")).is_err_and(|error| error.starts_with("\"odd\" is not allowed here")));
    }

    #[test]
    fn a_time_beyond_every_calendar_is_none_and_no_panic() {
        assert_eq!(day_after_2000(366).map(|day| day.to_string()).as_deref(), Some("2001-01-01"));
        assert_eq!([i32::MIN, i32::MAX].map(day_after_2000), [None; 2], "infinity");
        let second = moment_after_2000(1_000_000).map(|at| at.to_rfc3339());
        assert_eq!(second.as_deref(), Some("2000-01-01T00:00:01+00:00"));
        assert_eq!([i64::MIN, i64::MAX].map(moment_after_2000), [None; 2], "infinity");
    }

    #[test]
    fn a_word_is_never_stored_as_another_one() {
        for text in ["public", "restricted", "odd", "", "Public"] {
            assert_eq!(Word::<Classification>::from(text.to_owned()).to_string(), text);
        }
    }

    #[test]
    fn an_unknown_word_is_an_error_only_where_its_meaning_is_needed() {
        let odd = Word::<Classification>::from("odd".to_owned());
        assert_eq!(odd.known_or(Classification::Public), Classification::Public);
        assert_eq!(odd.or_strictest(), Classification::Restricted);
        assert!(Classification::ALL.iter().all(|known| odd != *known));
        let Err(Error::Fault(fault)) = odd.known() else { panic!("it has no meaning") };
        assert_eq!(fault.cause, "database: \"odd\" in the column \"classification\" is not known");
        let known = Word::<Provisioning>::from("failed".to_owned());
        assert!(known == Provisioning::Failed && known.known().is_ok());
    }
}
