//! What narrows the type of a column.

use serde_json::Number;

use super::{Changes, transition};
use crate::standards::Scalar;
use crate::standards::odcs::{TypeOptions, words};

pub(super) fn options(
    path: &str,
    subject: &str,
    old: &TypeOptions,
    new: &TypeOptions,
    changes: &mut Changes,
) {
    #[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^52")]
    let most = |value: Option<u64>| value.map(|value| Limit::Number(value as f64));
    // At least nothing is no limit.
    let least = |value: Option<u64>| most(value.filter(|value| *value > 0));
    let value = |limit: &Option<Scalar>| limit.as_ref().map(Limit::of);
    for (member, side, before, after) in [
        ("minLength", Side::Lower, least(old.min_length), least(new.min_length)),
        ("maxLength", Side::Upper, most(old.max_length), most(new.max_length)),
        ("minimum", Side::Lower, value(&old.minimum), value(&new.minimum)),
        ("exclusiveMinimum", Side::Lower, value(&old.exclusive_minimum), value(&new.exclusive_minimum)),
        ("maximum", Side::Upper, value(&old.maximum), value(&new.maximum)),
        ("exclusiveMaximum", Side::Upper, value(&old.exclusive_maximum), value(&new.exclusive_maximum)),
        ("minProperties", Side::Lower, least(old.min_properties), least(new.min_properties)),
        ("maxProperties", Side::Upper, most(old.max_properties), most(new.max_properties)),
        ("minItems", Side::Lower, least(old.min_items), least(new.min_items)),
        ("maxItems", Side::Upper, most(old.max_items), most(new.max_items)),
    ] {
        limit(&format!("{path}.{member}"), member, subject, side, before, after, changes);
    }
    let number = |value: &Option<Number>| value.as_ref().map(Number::to_string);
    let list = |value: &Option<Vec<String>>| value.as_ref().map(|names| names.join(", "));
    let flag = |value: Option<bool>| (value == Some(true)).then(|| "true".to_owned());
    for (member, before, after) in [
        ("pattern", old.pattern.clone(), new.pattern.clone()),
        ("format", old.format.clone(), new.format.clone()),
        ("multipleOf", number(&old.multiple_of), number(&new.multiple_of)),
        ("required", list(&old.required), list(&new.required)),
        ("uniqueItems", flag(old.unique_items), flag(new.unique_items)),
        ("timezone", flag(old.timezone), flag(new.timezone)),
        ("defaultTimezone", old.default_timezone.clone(), new.default_timezone.clone()),
        ("dimensions", old.dimensions.map(|d| d.to_string()), new.dimensions.map(|d| d.to_string())),
        ("elementType", old.element_type.clone(), new.element_type.clone()),
        ("distanceMetric", old.distance_metric.clone(), new.distance_metric.clone()),
        ("embeddingModel", old.embedding_model.clone(), new.embedding_model.clone()),
        ("embeddingModelVersion", old.embedding_model_version.clone(), new.embedding_model_version.clone()),
        ("normalized", flag(old.normalized), flag(new.normalized)),
    ] {
        if before != after {
            let what = told(member, subject, before.map(form).as_deref(), after.map(form).as_deref());
            changes.breaking(format!("{path}.{member}"), what, "Values may have another form than before.");
        }
    }
    if old.rest != new.rest {
        changes.breaking(path, format!("{subject} has other type options."), "Their effect cannot be told.");
    }
}

/// What changed, in the words of people.
fn told(member: &str, subject: &str, old: Option<&str>, new: Option<&str>) -> String {
    let subject = subject.trim_start_matches("The ");
    format!("The {} of {subject} {}.", words::member(member), transition(old, new))
}

/// A value as people say it, where it is a simple pattern.
fn form(text: String) -> String {
    words::pattern(&text).map_or(text, |form| form.replace('"', "'"))
}

enum Side {
    Lower,
    Upper,
}

/// A limit that can be compared with another of its kind.
#[derive(PartialEq)]
enum Limit {
    Number(f64),
    Text(String),
}

impl Limit {
    fn of(value: &Scalar) -> Self {
        value.value().as_f64().map_or_else(|| Self::Text(value.to_string()), Self::Number)
    }

    fn text(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }

    /// True when `self` lies below; dates in ISO form compare as text.
    fn is_below(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(one), Self::Number(two)) => one < two,
            (one, two) => one.text() < two.text(),
        }
    }
}

fn limit(
    path: &str,
    member: &str,
    subject: &str,
    side: Side,
    old: Option<Limit>,
    new: Option<Limit>,
    changes: &mut Changes,
) {
    if old == new {
        return;
    }
    let tighter = match (&old, &new) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(old), Some(new)) => match side {
            Side::Lower => old.is_below(new),
            Side::Upper => new.is_below(old),
        },
    };
    let (before, after) = (old.as_ref().map(Limit::text), new.as_ref().map(Limit::text));
    let what = told(member, subject, before.as_deref(), after.as_deref());
    if tighter {
        changes.breaking(path, what, "Values that were fine no longer are.");
    } else {
        changes.stronger(path, what, "Every value that was fine still is.");
    }
}
