//! The standard's words as people say them.

use chrono::DateTime;
use lakeport_model::day;

use crate::text::capital;

/// Names of service levels, in lower case with the standard's abbreviations, and what they say about data.
const LEVELS: &[(&[&str], &str)] = &[
    (&["latency", "ly"], "Delay"),
    (&["freshness"], "At most this old"),
    (&["frequency", "fy"], "Updated every"),
    (&["retention", "re"], "Kept for"),
    (&["availability", "av"], "Available"),
    (&["throughput", "th"], "Throughput"),
    (&["errorrate", "er"], "Error rate"),
    (&["generalavailability", "ga"], "Available since"),
    (&["endofsupport", "es"], "Supported until"),
    (&["endoflife", "el"], "Ends on"),
    (&["timeofavailability"], "Ready by"),
    (&["timetodetect", "td"], "Problems are noticed within"),
    (&["timetonotify", "tn"], "Consumers are told within"),
    (&["timetorepair", "tr"], "Problems are mended within"),
];

/// A service level by its name in words: `Kept for`; a name that the standard does not have, word by word.
pub fn level(property: &str) -> String {
    let known = property.to_ascii_lowercase();
    let found = LEVELS.iter().find(|(names, _)| names.contains(&known.as_str()));
    found.map_or_else(|| capital(&spaced(property)), |(_, words)| (*words).to_owned())
}

/// A value with its unit in words: `1 day`, `99.5 %`, `31 Aug 2026, 22:00 UTC`.
pub fn amount(value: &str, unit: Option<&str>) -> String {
    let value = moment(value).unwrap_or_else(|| value.trim().to_owned());
    let Some(unit) = unit.map(str::trim).filter(|unit| !unit.is_empty()) else { return value };
    let one = match unit.to_ascii_lowercase().as_str() {
        "s" | "sec" | "second" | "seconds" => "second",
        "m" | "min" | "minute" | "minutes" => "minute",
        "h" | "hr" | "hour" | "hours" => "hour",
        "d" | "day" | "days" => "day",
        "w" | "week" | "weeks" => "week",
        "mo" | "month" | "months" => "month",
        "y" | "yr" | "year" | "years" => "year",
        "percent" | "%" => return format!("{} %", value.trim_end_matches('%').trim_end()),
        _ => return format!("{value} {unit}"),
    };
    format!("{value} {one}{}", if value == "1" { "" } else { "s" })
}

/// A day, a moment or a time of day as people write it; `None` for everything else.
fn moment(text: &str) -> Option<String> {
    // Any day will do for a time of day.
    if let Ok(at) = DateTime::parse_from_str(&format!("2000-01-01 {text}"), "%Y-%m-%d %H:%M%:z") {
        let zone = at.format("%:z").to_string();
        let zone = zone.strip_suffix(":00").unwrap_or(&zone);
        let zone =
            if zone == "+00" { String::new() } else { zone.replacen("+0", "+", 1).replacen("-0", "-", 1) };
        return Some(format!("{} UTC{zone}", at.format("%H:%M")));
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(lakeport_model::moment(at.to_utc()));
    }
    Some(day(text.parse().ok()?))
}

/// The form a simple pattern asks for: `^NK-[0-9]{10}$` is `"NK-" and 10 digits`. `None` where it would take more than a
/// sentence.
pub fn pattern(pattern: &str) -> Option<String> {
    let mut rest = pattern.strip_prefix('^')?.strip_suffix('$')?;
    let mut parts: Vec<String> = Vec::new();
    while !rest.is_empty() {
        let classes = [
            ("[0-9]", "digit"),
            ("\\d", "digit"),
            ("[A-Z]", "capital letter"),
            ("[a-z]", "small letter"),
            ("[A-Za-z]", "letter"),
            ("[a-zA-Z]", "letter"),
            ("[A-Z0-9]", "capital letter or digit"),
        ];
        if let Some((class, name)) = classes.iter().find(|(class, _)| rest.starts_with(class)) {
            rest = &rest[class.len()..];
            let many = |count: &str| if count == "1" { "" } else { "s" };
            let count = rest.strip_prefix('{').and_then(|after| after.split_once('}'));
            parts.push(match count {
                Some((count, after)) if count.chars().all(|c| c.is_ascii_digit()) => {
                    rest = after;
                    format!("{count} {name}{}", many(count))
                }
                None if !rest.starts_with(['+', '*', '?']) => format!("1 {name}"),
                None if rest.starts_with('+') => {
                    rest = &rest[1..];
                    format!("{name}s")
                }
                _ => return None,
            });
            continue;
        }
        let plain = |c: char| c.is_alphanumeric() || "-_ /:@#".contains(c);
        let end = rest.find(|c| !plain(c)).unwrap_or(rest.len());
        // What repeats the letter before it is no plain text.
        if end == 0 || rest[end..].starts_with(['+', '*', '?', '{', '|']) {
            return None;
        }
        parts.push(format!("\"{}\"", &rest[..end]));
        rest = &rest[end..];
    }
    let last = parts.pop()?;
    Some(if parts.is_empty() { last } else { format!("{} and {last}", parts.join(", ")) })
}

/// A member of the standard in words: `dataGranularityDescription` is what a row stands for.
pub fn member(name: &str) -> String {
    let known = match name {
        "dataGranularityDescription" => "meaning of a row",
        "physicalType" => "type in the table",
        "logicalType" => "type",
        "businessName" => "name for people",
        "authoritativeDefinitions" => "links",
        "customProperties" => "further properties",
        "criticalDataElement" => "weight for the business",
        "apiVersion" => "version of the standard",
        "contractCreatedTs" => "day of making",
        "minLength" => "shortest length",
        "maxLength" => "longest length",
        "minimum" | "exclusiveMinimum" => "lowest value",
        "maximum" | "exclusiveMaximum" => "highest value",
        "minItems" | "minProperties" => "fewest members",
        "maxItems" | "maxProperties" => "most members",
        "multipleOf" => "step",
        "uniqueItems" => "rule against repetitions",
        _ => return spaced(name),
    };
    known.to_owned()
}

/// `timeToDetect` as `time to detect`.
fn spaced(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    for letter in name.chars() {
        if letter.is_uppercase() && before.is_lowercase() {
            words.push(' ');
            words.extend(letter.to_lowercase());
        } else {
            words.push(if letter == '_' { ' ' } else { letter });
        }
        before = letter;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_standard_never_reach_people_as_they_are() {
        for (given, told) in [
            ("timeOfAvailability", "Ready by"),
            ("generalAvailability", "Available since"),
            ("retrainingInterval", "Retraining interval"),
            ("RE", "Kept for"),
        ] {
            assert_eq!(level(given), told);
        }
        for (value, unit, told) in [
            ("2026-08-31T22:00:00Z", None, "31 Aug 2026, 22:00 UTC"),
            ("2026-12-31", None, "31 Dec 2026"),
            ("1", Some("y"), "1 year"),
            ("48", Some("h"), "48 hours"),
            ("99.5", Some("percent"), "99.5 %"),
            ("07:00+01:00", None, "07:00 UTC+1"),
            ("16:30-10:00", None, "16:30 UTC-10"),
            ("09:00+00:00", None, "09:00 UTC"),
            ("25", Some("month"), "25 months"),
            ("90", Some("min"), "90 minutes"),
        ] {
            assert_eq!(amount(value, unit), told);
        }
    }

    #[test]
    fn a_simple_pattern_is_told_in_words_and_any_other_is_left_alone() {
        for (given, told) in [
            ("^NK-[0-9]{10}$", Some("\"NK-\" and 10 digits")),
            ("^C[0-9]{8}$", Some("\"C\" and 8 digits")),
            ("^[A-Z]{2}\\d$", Some("2 capital letters and 1 digit")),
            ("^ab+$", None),
            ("^(a|b)$", None),
            ("[0-9]{3}", None),
            ("^[0-9]{2,3}$", None),
            ("^.*$", None),
        ] {
            assert_eq!(pattern(given).as_deref(), told, "{given}");
        }
    }
}
