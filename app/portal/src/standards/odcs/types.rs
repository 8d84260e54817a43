//! Logical types and what narrows them.

use std::collections::BTreeSet;

use serde_json::Number;

use crate::standards::Scalar;
use crate::standards::read::{Reader, suggestion};
use crate::standards::yaml::{Content, Node};

choice! {
    /// The type of a column, independent of any engine.
    pub enum LogicalType {
        /// Text.
        String = "string",
        /// Calendar date.
        Date = "date",
        /// Instant or local date and time.
        Timestamp = "timestamp" [ODCS_3_1],
        /// Time of day.
        Time = "time" [ODCS_3_1],
        /// Number with fraction.
        Number = "number",
        /// Whole number.
        Integer = "integer",
        /// Nested columns.
        Object = "object",
        /// List.
        Array = "array",
        /// True or false.
        Boolean = "boolean",
        /// Keys with values.
        Map = "map" [ODCS_3_2],
        /// Embedding.
        Vector = "vector" [ODCS_3_2],
    }
}

record! {
    /// What narrows a logical type. Which members make sense depends on the type.
    pub struct TypeOptions {
        /// Shortest text, in characters.
        min_length: Option<u64> = "minLength",
        /// Longest text, in characters.
        max_length: Option<u64> = "maxLength",
        /// Regular expression the text matches.
        pattern: Option<String> = "pattern",
        /// Form of the value: `email`, `yyyy-MM-dd`, `i64` ..
        format: Option<String> = "format",
        /// Smallest value; text for dates and times.
        minimum: Option<Scalar> = "minimum",
        /// Greatest value.
        maximum: Option<Scalar> = "maximum",
        /// All values lie above.
        exclusive_minimum: Option<Scalar> = "exclusiveMinimum",
        /// All values lie below.
        exclusive_maximum: Option<Scalar> = "exclusiveMaximum",
        /// Every value is a multiple.
        multiple_of: Option<Number> = "multipleOf",
        /// True when instants carry a time zone.
        timezone: Option<bool> = "timezone",
        /// Zone of instants without one.
        default_timezone: Option<String> = "defaultTimezone",
        /// Fewest members of an object.
        min_properties: Option<u64> = "minProperties",
        /// Most members of an object.
        max_properties: Option<u64> = "maxProperties",
        /// Members an object always has.
        required: Option<Vec<String>> = "required",
        /// Shortest list.
        min_items: Option<u64> = "minItems",
        /// Longest list.
        max_items: Option<u64> = "maxItems",
        /// True when a list holds nothing twice.
        unique_items: Option<bool> = "uniqueItems",
        /// Length of a vector.
        dimensions: Option<u64> = "dimensions" [ODCS_3_2],
        /// Type of a vector's elements.
        element_type: Option<String> = "elementType" [ODCS_3_2],
        /// How vectors are compared.
        distance_metric: Option<String> = "distanceMetric" [ODCS_3_2],
        /// Model that made the vector.
        embedding_model: Option<String> = "embeddingModel" [ODCS_3_2],
        /// Its version.
        embedding_model_version: Option<String> = "embeddingModelVersion" [ODCS_3_2],
        /// True when vectors have length 1.
        normalized: Option<bool> = "normalized" [ODCS_3_2],
        ..rest
    }
}

/// The options that belong to a type; `None`: any.
fn options_of(logical_type: LogicalType) -> Option<&'static [&'static str]> {
    const RANGE: [&str; 5] = ["format", "exclusiveMaximum", "maximum", "exclusiveMinimum", "minimum"];
    Some(match logical_type {
        LogicalType::String => &["minLength", "maxLength", "pattern", "format"],
        LogicalType::Date => &RANGE,
        LogicalType::Timestamp | LogicalType::Time => &[
            "format",
            "exclusiveMaximum",
            "maximum",
            "exclusiveMinimum",
            "minimum",
            "timezone",
            "defaultTimezone",
        ],
        LogicalType::Number | LogicalType::Integer => {
            &["multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "format"]
        }
        LogicalType::Object => &["maxProperties", "minProperties", "required"],
        LogicalType::Array => &["maxItems", "minItems", "uniqueItems"],
        LogicalType::Vector => &[
            "dimensions",
            "elementType",
            "distanceMetric",
            "embeddingModel",
            "embeddingModelVersion",
            "normalized",
        ],
        LogicalType::Boolean | LogicalType::Map => return None,
    })
}

pub(super) fn check_options(
    logical_type: Option<LogicalType>,
    options: &TypeOptions,
    node: &Node,
    reader: &mut Reader,
) {
    let Some(logical_type) = logical_type else {
        if !matches!(&node.content, Content::Map(entries) if entries.is_empty()) {
            reader.error(node.at, "Options need a logicalType beside them.");
        }
        return;
    };
    let Some(allowed) = options_of(logical_type) else { return };
    if let Content::Map(entries) = &node.content {
        for entry in entries.iter().filter(|entry| !allowed.contains(&entry.key.as_str())) {
            let hint = suggestion(&entry.key, allowed);
            reader.member_error(
                node,
                &entry.key,
                format!("logicalType {logical_type} has no such option. {hint}"),
            );
        }
    }
    let numeric = matches!(logical_type, LogicalType::Number | LogicalType::Integer);
    for key in ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"] {
        if let Some(limit) = node.get(key)
            && allowed.contains(&key)
        {
            let is_value =
                if numeric { matches!(limit.content, Content::Number(_)) } else { limit.text().is_some() };
            let exclusive = key.starts_with("exclusive");
            // ODCS 3.0 says with true that the other limit itself is out; since 3.1 the limit stands here.
            let is_flag = reader.early && exclusive && matches!(limit.content, Content::Bool(_));
            if is_value && reader.early && exclusive {
                reader.advise_member(node, key, "ODCS 3.0 writes true or false here; raise apiVersion.");
            } else if !is_value && !is_flag {
                let what = if numeric { "a number" } else { "text" };
                reader.inside(&format!(".{key}"), |reader| reader.expected(limit, what));
            }
        }
    }
    let words: &[&str] = match logical_type {
        LogicalType::Integer => &["i8", "i16", "i32", "i64", "i128", "u8", "u16", "u32", "u64", "u128"],
        LogicalType::Number => &["f32", "f64"],
        _ => &[],
    };
    one_of("format", options.format.as_deref(), words, node, reader);
    let elements = ["bfloat16", "binary", "float16", "float32", "float64", "int8", "uint8"];
    one_of("elementType", options.element_type.as_deref(), &elements, node, reader);
    let metrics = ["cosine", "dotProduct", "euclidean", "hamming", "manhattan"];
    one_of("distanceMetric", options.distance_metric.as_deref(), &metrics, node, reader);
    if logical_type == LogicalType::Vector && options.dimensions.is_none_or(|dimensions| dimensions == 0) {
        reader.member_error(node, "dimensions", "A vector states its length, at least 1.");
    }
    if options.multiple_of.as_ref().and_then(Number::as_f64).is_some_and(|step| step <= 0.0) {
        reader.member_error(node, "multipleOf", "A step is greater than 0.");
    }
    if let Some(names) = &options.required
        && (names.is_empty() || names.iter().collect::<BTreeSet<_>>().len() < names.len())
    {
        reader.member_error(node, "required", "The list names each member once, and at least one.");
    }
    let number = |limit: &Option<Scalar>| limit.as_ref().and_then(Scalar::as_f64);
    let values_crossed = number(&options.minimum) > number(&options.maximum) && options.maximum.is_some();
    let crossed =
        |low: Option<u64>, high: Option<u64>| matches!((low, high), (Some(low), Some(high)) if low > high);
    for (key, wrong) in [
        ("maxLength", crossed(options.min_length, options.max_length)),
        ("maxItems", crossed(options.min_items, options.max_items)),
        ("maxProperties", crossed(options.min_properties, options.max_properties)),
        ("maximum", numeric && values_crossed),
    ] {
        if wrong {
            reader.member_error(node, key, "The upper limit lies below the lower one.");
        }
    }
}

fn one_of(key: &str, value: Option<&str>, words: &[&str], node: &Node, reader: &mut Reader) {
    if let Some(value) = value
        && !words.is_empty()
        && !words.contains(&value)
    {
        reader.member_error(
            node,
            key,
            format!("\"{value}\" is not known here. {}", suggestion(value, words)),
        );
    }
}
