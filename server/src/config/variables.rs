//! `LAKEPORT_*` variables as configuration: always text, so that a client id of digits stays a text.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use figment::value::{Dict, Map, Value};
use figment::{Error, Metadata, Profile, Provider};
use serde::Deserializer;
use serde::de::{self, SeqAccess, Visitor};

/// What every variable begins with.
pub(super) const PREFIX: &str = "LAKEPORT_";

/// Variables that belong to a command line or to the build, not to the configuration.
const ELSEWHERE: &[&str] = &[
    "CONFIG",
    "NOW",
    "SCALE",
    "SEED",
    "DRY_RUN",
    "HEAD",
    "NAME",
    "SCOPE",
    "OWNER",
    "DAYS",
    "FORMAT",
    "URL",
    "TOKEN",
    "REASON",
    "OVER",
    "TOOLS",
    "TEST_POSTGRES",
];

/// The variables of this process as a source of configuration.
pub(super) struct Variables(pub(super) Vec<(String, String)>);

impl Variables {
    /// The variables this process was started with; those that are not text are left out.
    pub(super) fn of_process() -> Self {
        Self(
            std::env::vars_os()
                .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
                .collect(),
        )
    }
}

impl Provider for Variables {
    fn metadata(&self) -> Metadata {
        Metadata::named("environment").interpolater(|_, keys| variable(&keys.join(".")))
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let mut dict = Dict::new();
        for (name, value) in &self.0 {
            let Some(key) = name.strip_prefix(PREFIX).filter(|key| !ELSEWHERE.contains(key)) else {
                continue;
            };
            insert(&mut dict, &path(key), Value::from(value.as_str()));
        }
        Ok(Profile::Default.collect(dict))
    }
}

/// `STORAGE_S3_AWS_REGION` as `storage`, `s3`, `aws_region`.
fn path(key: &str) -> Vec<String> {
    let key = key.to_lowercase();
    let sections: &[(&str, usize)] = &[("storage_s3_", 2), ("storage_gs_", 2), ("policy_", 2)];
    let depth = sections.iter().find(|(prefix, _)| key.starts_with(prefix)).map_or(0, |(_, depth)| *depth);
    key.splitn(depth + 1, '_').map(str::to_owned).collect()
}

/// The variable of a key: `policy.public.review_days` is `LAKEPORT_POLICY_PUBLIC_REVIEW_DAYS`.
pub(super) fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "_").to_uppercase())
}

fn insert(dict: &mut Dict, path: &[String], value: Value) {
    match path {
        [] => {}
        [last] => {
            dict.insert(last.clone(), value);
        }
        [first, rest @ ..] => {
            let entry = dict.entry(first.clone()).or_insert_with(|| Value::from(Dict::new()));
            if let Value::Dict(_, inner) = entry {
                insert(inner, rest, value);
            }
        }
    }
}

/// A number or truth value, also written as text.
pub(super) fn scalar<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    struct Scalar<T>(PhantomData<T>);

    impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Scalar<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(match std::any::type_name::<T>() {
                "bool" => "true or false",
                _ => "a whole number",
            })
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
            text.trim().parse().map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
        }

        fn visit_bool<E: de::Error>(self, value: bool) -> Result<T, E> {
            value.to_string().parse().map_err(|_| E::invalid_type(de::Unexpected::Bool(value), &self))
        }

        fn visit_i64<E: de::Error>(self, value: i64) -> Result<T, E> {
            value.to_string().parse().map_err(|_| E::invalid_value(de::Unexpected::Signed(value), &self))
        }

        fn visit_u64<E: de::Error>(self, value: u64) -> Result<T, E> {
            value.to_string().parse().map_err(|_| E::invalid_value(de::Unexpected::Unsigned(value), &self))
        }
    }

    deserializer.deserialize_any(Scalar(PhantomData))
}

/// A list, also written as one text with commas.
pub(super) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    struct List<T>(PhantomData<T>);

    impl<'de, T: FromStr<Err: fmt::Display>> Visitor<'de> for List<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list, or a text with commas between the items")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            items
                .map(|item| item.parse().map_err(|error| E::custom(format!("\"{item}\": {error}"))))
                .collect()
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
            let mut list = Vec::new();
            while let Some(item) = items.next_element::<String>()? {
                list.push(item.parse().map_err(|error| de::Error::custom(format!("\"{item}\": {error}")))?);
            }
            Ok(list)
        }
    }

    deserializer.deserialize_any(List(PhantomData))
}

/// A list of whole numbers that may be left out, also written as one text with commas.
pub(super) fn some_list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<i64>>, D::Error> {
    struct Numbers;

    impl<'de> Visitor<'de> for Numbers {
        type Value = Vec<i64>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of whole numbers, or a text with commas between them")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<i64>, E> {
            let items = text.split(',').map(|item| item.trim().parse());
            items.collect::<Result<_, _>>().map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<i64>, A::Error> {
            let mut list = Vec::new();
            while let Some(item) = items.next_element()? {
                list.push(item);
            }
            Ok(list)
        }
    }

    deserializer.deserialize_any(Numbers).map(Some)
}

/// A number or truth value that may be left out, also written as text.
pub(super) fn some<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    scalar(deserializer).map(Some)
}
