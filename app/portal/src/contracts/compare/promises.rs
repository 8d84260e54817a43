//! Quality rules and service levels.

use std::collections::BTreeSet;

use lakeport_frame::Exact;

use super::{Changes, transition};
use crate::standards::odcs::{Contract, Operator, QualityRule, SlaProperty};

/// Two rules are the same when they have the same id or name, or else measure the same.
fn same_rule(one: &QualityRule, other: &QualityRule) -> bool {
    let name = |rule: &QualityRule| rule.id.as_ref().map(ToString::to_string).or_else(|| rule.name.clone());
    match (name(one), name(other)) {
        (Some(one), Some(other)) => one == other,
        (None, None) => {
            let what = |rule: &QualityRule| {
                (
                    rule.effective_kind(),
                    rule.metric,
                    rule.rule.clone(),
                    rule.query.clone(),
                    rule.engine.clone(),
                )
            };
            let words = |rule: &QualityRule| {
                let speaks = rule.metric.is_none() && rule.query.is_none();
                speaks.then(|| (rule.description.clone(), rule.implementation.clone()))
            };
            let columns =
                |rule: &QualityRule| rule.arguments.as_ref().and_then(|a| a.get("properties").cloned());
            what(one) == what(other) && words(one) == words(other) && columns(one) == columns(other)
        }
        _ => false,
    }
}

pub(super) fn rules(path: &str, old: &[QualityRule], new: &[QualityRule], changes: &mut Changes) {
    let path = format!("{path}.quality");
    let mut left: Vec<&QualityRule> = new.iter().collect();
    for rule in old {
        let Some(index) = left.iter().position(|other| same_rule(rule, other)) else {
            let what = format!("The promise \"{}\" was removed.", rule.title());
            changes.breaking(&path, what, "What relied on it may now meet data it cannot handle.");
            continue;
        };
        let after = left.remove(index);
        one_rule(&path, rule, after, changes);
    }
    for rule in left {
        let what = format!("The promise \"{}\" was added.", rule.title());
        changes.stronger(&path, what, "More is promised than before.");
    }
}

fn one_rule(path: &str, old: &QualityRule, new: &QualityRule, changes: &mut Changes) {
    if old == new {
        return;
    }
    let title = new.title();
    let mut measured = false;
    let statement = |rule: &QualityRule| {
        let arguments = rule.arguments.clone().map(|mut arguments| {
            arguments.remove("validValues");
            arguments
        });
        (
            (rule.effective_kind(), rule.metric, rule.rule.clone(), rule.query.clone(), rule.engine.clone()),
            (rule.implementation.clone(), arguments.unwrap_or_default()),
        )
    };
    if statement(old) != statement(new) {
        let what = format!("The promise \"{title}\" is measured differently.");
        changes.breaking(path, what, "Whether it still promises as much cannot be told.");
        measured = true;
    }
    let (before, after) = (valid_values(old), valid_values(new));
    if before != after {
        value_list(path, &format!("The promise \"{title}\""), before.as_ref(), after.as_ref(), changes);
        measured = true;
    }
    let limits =
        |rule: &QualityRule| (rule.operator().map(|operator| operator.to_string()), rule.unit.clone());
    if limits(old) != limits(new) {
        let words = transition(limits(old).0.as_deref(), limits(new).0.as_deref());
        let what = format!("The promise \"{title}\" {words}.");
        let tighter = old.unit == new.unit && is_within(new.operator(), old.operator());
        if tighter {
            changes.stronger(path, what, "Data that keeps the new promise keeps the old one too.");
        } else {
            changes.breaking(path, what, "Data may keep the new promise and break the old one.");
        }
        measured = true;
    }
    if !measured {
        changes.wording(path, format!("The promise \"{title}\" is described differently."));
    }
}

fn valid_values(rule: &QualityRule) -> Option<BTreeSet<String>> {
    let values = rule.arguments.as_ref()?.get("validValues")?.as_array()?;
    Some(values.iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect())
}

/// A list of the only values allowed became shorter, longer or another; `None`: any value is allowed.
pub(super) fn value_list(
    path: &str,
    subject: &str,
    old: Option<&BTreeSet<String>>,
    new: Option<&BTreeSet<String>>,
    changes: &mut Changes,
) {
    let gone: Vec<&str> = match (old, new) {
        (Some(old), Some(new)) => old.difference(new).map(String::as_str).collect(),
        _ => Vec::new(),
    };
    let fine = "Every value that was fine still is.";
    let narrowed = "Values that were fine no longer are.";
    match (old, new) {
        (None, Some(_)) => {
            changes.breaking(path, format!("{subject} now allows only listed values."), narrowed);
        }
        (Some(_), None) => {
            changes.stronger(path, format!("{subject} no longer limits its values to a list."), fine);
        }
        _ if gone.is_empty() => changes.stronger(path, format!("{subject} allows more values."), fine),
        _ => {
            let what = format!("{subject} no longer allows {}.", gone.join(", "));
            changes.breaking(path, what, narrowed);
        }
    }
}

/// True when everything that passes `inner` passes `outer`.
fn is_within(inner: Option<Operator<'_>>, outer: Option<Operator<'_>>) -> bool {
    let (Some(inner), Some(outer)) = (inner.and_then(range), outer.and_then(range)) else { return false };
    // An excluded end lies inside of the same end included; no end at all lies outside of every other.
    let lower = (inner.low, !inner.low_included) >= (outer.low, !outer.low_included);
    let upper = (inner.high.is_none(), inner.high, inner.high_included)
        <= (outer.high.is_none(), outer.high, outer.high_included);
    lower && upper
}

/// From an end to another, where there is one.
struct Range<'a> {
    low: Option<&'a Exact>,
    low_included: bool,
    high: Option<&'a Exact>,
    high_included: bool,
}

fn range(operator: Operator<'_>) -> Option<Range<'_>> {
    let endless = Range { low: None, low_included: true, high: None, high_included: true };
    Some(match operator {
        Operator::Is(value) => {
            let value = Some(value.limit()?.exact()?);
            Range { low: value, high: value, ..endless }
        }
        Operator::Above(limit) => Range { low: Some(limit.exact()?), low_included: false, ..endless },
        Operator::AtLeast(limit) => Range { low: Some(limit.exact()?), ..endless },
        Operator::Below(limit) => Range { high: Some(limit.exact()?), high_included: false, ..endless },
        Operator::AtMost(limit) => Range { high: Some(limit.exact()?), ..endless },
        Operator::Between(low, high) => {
            Range { low: Some(low.exact()?), high: Some(high.exact()?), ..endless }
        }
        Operator::IsNot(_) | Operator::Outside(..) => return None,
    })
}

pub(super) fn service_levels(old: &Contract, new: &Contract, changes: &mut Changes) {
    let property =
        |one: &SlaProperty, other: &SlaProperty| one.property.eq_ignore_ascii_case(&other.property);
    let exact = |one: &SlaProperty, other: &SlaProperty| {
        property(one, other) && one.element == other.element && one.driver == other.driver
    };
    let (mut before, mut after): (Vec<_>, Vec<_>) =
        (old.sla_properties.iter().collect(), new.sla_properties.iter().collect());
    // Levels about the same thing belong together; only then those that moved to another thing.
    let mut pairs = matching(&mut before, &mut after, exact);
    pairs.extend(matching(&mut before, &mut after, property));
    for (old, new) in pairs {
        one_level(&format!("slaProperties.{}", old.property), old, new, changes);
    }
    for level in before {
        let (path, title) = (format!("slaProperties.{}", level.property), level.words());
        if announces_end(&level.property) {
            let what = format!("Version {} says \"{title}\"; this one names no such day.", old.version);
            changes.stronger(path, what, "The day stands for that version.");
        } else {
            let what = format!("The service level \"{title}\" was removed.");
            changes.breaking(path, what, "What relied on it is no longer promised.");
        }
    }
    for level in after {
        let (path, title) = (format!("slaProperties.{}", level.property), level.words());
        if announces_end(&level.property) {
            changes.stronger(path, format!("\"{title}\" is announced."), "Everything holds until then.");
        } else {
            changes.stronger(
                path,
                format!("The service level \"{title}\" was added."),
                "More is promised than before.",
            );
        }
    }
    if old.sla_default_element != new.sla_default_element {
        let relies =
            |contract: &Contract| contract.sla_properties.iter().any(|level| level.element.is_none());
        let what = "The element that service levels are about by default changed.";
        if relies(old) {
            changes.breaking("slaDefaultElement", what, "Service levels are promised about something else.");
        } else {
            changes.wording("slaDefaultElement", what);
        }
    }
}

/// Takes out of both lists what belongs together, in the order of the first.
fn matching<'a>(
    old: &mut Vec<&'a SlaProperty>,
    new: &mut Vec<&'a SlaProperty>,
    same: impl Fn(&SlaProperty, &SlaProperty) -> bool,
) -> Vec<(&'a SlaProperty, &'a SlaProperty)> {
    let mut pairs = Vec::new();
    old.retain(|one| match new.iter().position(|other| same(one, other)) {
        Some(index) => {
            pairs.push((*one, new.remove(index)));
            false
        }
        None => true,
    });
    pairs
}

/// True for levels that state a date on which something ends.
fn announces_end(property: &str) -> bool {
    matches!(property.to_ascii_lowercase().as_str(), "endofsupport" | "es" | "endoflife" | "el")
}

/// Which way a value has to go to promise more.
#[derive(Clone, Copy)]
enum Better {
    Less,
    More,
}

fn better(property: &str) -> Option<Better> {
    Some(match property.to_ascii_lowercase().as_str() {
        "latency"
        | "ly"
        | "freshness"
        | "frequency"
        | "fy"
        | "errorrate"
        | "er"
        | "timetodetect"
        | "td"
        | "timetonotify"
        | "tn"
        | "timetorepair"
        | "tr"
        | "generalavailability"
        | "ga"
        | "timeofavailability" => Better::Less,
        "retention" | "re" | "availability" | "av" | "throughput" | "th" | "endofsupport" | "es"
        | "endoflife" | "el" => Better::More,
        _ => return None,
    })
}

fn one_level(path: &str, old: &SlaProperty, new: &SlaProperty, changes: &mut Changes) {
    let words = |level: &SlaProperty| {
        let told = (level.description.clone(), level.driver.clone(), level.id.clone());
        (told, level.scheduler.clone(), level.schedule.clone())
    };
    let links =
        |level: &SlaProperty| (level.custom_properties.clone(), level.authoritative_definitions.clone());
    if words(old) != words(new) || links(old) != links(new) {
        changes.wording(path, format!("The service level \"{}\" is described differently.", new.words()));
    }
    if old.element != new.element {
        let words = transition(old.element.as_deref(), new.element.as_deref());
        let what = format!("The element of the service level \"{}\" {words}.", new.words());
        changes.breaking(path, what, "It is promised about something else.");
    }
    if (&old.value, &old.unit, &old.value_ext) == (&new.value, &new.unit, &new.value_ext) {
        return;
    }
    let what = format!("The service level {}.", transition(Some(&old.words()), Some(&new.words())));
    let order = compare_values(old, new).filter(|_| old.value_ext == new.value_ext);
    match (order, better(&old.property)) {
        (Some(std::cmp::Ordering::Equal), _) => changes.wording(path, what),
        (Some(std::cmp::Ordering::Less), Some(Better::Less))
        | (Some(std::cmp::Ordering::Greater), Some(Better::More)) => {
            changes.stronger(path, what, "More is promised than before.");
        }
        (Some(_), Some(_)) => changes.breaking(path, what, "Less is promised than before."),
        _ => changes.breaking(path, what, "Whether as much is promised as before cannot be told."),
    }
}

/// How the new value compares with the old one, when both are of one kind.
fn compare_values(old: &SlaProperty, new: &SlaProperty) -> Option<std::cmp::Ordering> {
    if let (Some(before), Some(after)) = (old.seconds(), new.seconds()) {
        return after.partial_cmp(&before);
    }
    if old.unit != new.unit {
        return None;
    }
    if let (Some(before), Some(after)) = (old.value.as_f64(), new.value.as_f64()) {
        return after.partial_cmp(&before);
    }
    let time = |level: &SlaProperty| chrono::DateTime::parse_from_rfc3339(level.value.value().as_str()?).ok();
    if let (Some(before), Some(after)) = (time(old), time(new)) {
        return Some(after.cmp(&before));
    }
    let date = |level: &SlaProperty| level.value.value().as_str()?.parse::<chrono::NaiveDate>().ok();
    Some(date(new)?.cmp(&date(old)?))
}
