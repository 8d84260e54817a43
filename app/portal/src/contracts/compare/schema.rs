//! Objects and columns.

use std::collections::BTreeSet;

use super::options::options;
use super::{Changes, promises, transition};
use crate::standards::mesh::Classification;
use crate::standards::odcs::{EnumValue, Property, Relationship, SchemaObject, TypeOptions, words};

pub(super) fn objects(old: &[SchemaObject], new: &[SchemaObject], changes: &mut Changes) {
    for object in old {
        let path = format!("schema.{}", object.name);
        match new.iter().find(|other| other.name == object.name) {
            Some(after) => one_object(&path, object, after, changes),
            None => changes.breaking(
                path,
                format!("The object \"{}\" was removed.", object.name),
                "What reads it no longer finds it.",
            ),
        }
    }
    for object in new.iter().filter(|object| old.iter().all(|other| other.name != object.name)) {
        let what = format!("The object \"{}\" was added.", object.name);
        changes.stronger(format!("schema.{}", object.name), what, "Nothing that was there changed.");
    }
}

fn one_object(path: &str, old: &SchemaObject, new: &SchemaObject, changes: &mut Changes) {
    let subject = format!("The object \"{}\"", old.name);
    if old.asset() != new.asset() {
        let what = format!("{subject} is now found under \"{}\", not \"{}\".", new.asset(), old.asset());
        changes.breaking(
            format!("{path}.physicalName"),
            what,
            "What reads it by its old name no longer finds it.",
        );
    }
    for (member, before, after) in [
        ("physicalType", &old.physical_type, &new.physical_type),
        ("dataGranularityDescription", &old.data_granularity_description, &new.data_granularity_description),
    ] {
        if before != after && before.is_some() {
            let what = format!(
                "The {} of \"{}\" {}.",
                words::member(member),
                old.name,
                transition(before.as_deref(), after.as_deref())
            );
            changes.breaking(
                format!("{path}.{member}"),
                what,
                "A row may stand for something else than before.",
            );
        } else if before != after {
            changes.wording(
                format!("{path}.{member}"),
                format!("{subject} now states its {}.", words::member(member)),
            );
        }
    }
    changes.words(
        path,
        &subject,
        &[
            ("logicalType", old.logical_type != new.logical_type),
            ("businessName", old.business_name != new.business_name),
            ("description", old.description != new.description),
            ("deprecated", old.deprecated != new.deprecated),
            ("synonyms", old.synonyms != new.synonyms),
            ("tags", old.tags != new.tags),
            ("context", old.context != new.context),
            ("id", old.id != new.id),
            ("authoritativeDefinitions", old.authoritative_definitions != new.authoritative_definitions),
            ("customProperties", old.custom_properties != new.custom_properties),
        ],
    );
    let key = |object: &SchemaObject| {
        object.primary_key().iter().map(|column| column.name().to_owned()).collect::<Vec<_>>()
    };
    let (before, after) = (key(old), key(new));
    if before != after {
        let what = format!(
            "The key of \"{}\" changed from [{}] to [{}].",
            old.name,
            before.join(", "),
            after.join(", ")
        );
        let path = format!("{path}.primaryKey");
        if before.is_empty() {
            changes.stronger(path, what, "A key is promised where there was none.");
        } else {
            changes.breaking(path, what, "Joins and updates by the old key may meet a row twice.");
        }
    }
    columns(path, &old.properties, &new.properties, changes);
    relationships(path, &old.relationships, &new.relationships, changes);
    promises::rules(path, &old.quality, &new.quality, changes);
}

fn columns(path: &str, old: &[Property], new: &[Property], changes: &mut Changes) {
    for property in old {
        let path = format!("{path}.{}", property.name());
        match new.iter().find(|other| other.name == property.name) {
            Some(after) => column(&path, property, after, changes),
            None => changes.breaking(
                path,
                format!("The column \"{}\" was removed.", property.name()),
                "What reads it no longer finds it.",
            ),
        }
    }
    for property in new.iter().filter(|property| old.iter().all(|other| other.name != property.name)) {
        let path = format!("{path}.{}", property.name());
        let required = if property.is_required() { "required " } else { "" };
        let what = format!("The {required}column \"{}\" was added.", property.name());
        changes.stronger(path, what, "Nothing that was there changed.");
    }
}

fn column(path: &str, old: &Property, new: &Property, changes: &mut Changes) {
    let name = if old.name().is_empty() { "items" } else { old.name() };
    let subject = format!("The column \"{name}\"");
    types(path, &subject, old, new, changes);
    if old.is_required() != new.is_required() {
        let path = format!("{path}.required");
        if new.is_required() {
            let what = format!("{subject} is now required.");
            changes.stronger(path, what, "More is promised than before.");
        } else {
            let what = format!("{subject} is no longer required.");
            changes.breaking(path, what, "What relied on it being filled now meets empty values.");
        }
    }
    if old.is_unique() && !new.is_unique() {
        let what = format!("{subject} is no longer unique.");
        changes.breaking(format!("{path}.unique"), what, "What relied on it now meets the same value twice.");
    } else if new.is_unique() && !old.is_unique() {
        let what = format!("{subject} is now unique.");
        changes.stronger(format!("{path}.unique"), what, "More is promised than before.");
    }
    classification(path, &subject, old.classification.as_deref(), new.classification.as_deref(), changes);
    allowed_values(path, &subject, old.allowed.as_deref(), new.allowed.as_deref(), changes);
    let none = TypeOptions::default();
    let (before, after) = (
        old.logical_type_options.as_ref().unwrap_or(&none),
        new.logical_type_options.as_ref().unwrap_or(&none),
    );
    options(&format!("{path}.logicalTypeOptions"), &subject, before, after, changes);
    changes.words(
        path,
        &subject,
        &[
            ("businessName", old.business_name != new.business_name),
            ("description", old.description != new.description),
            ("semanticType", old.semantic_type != new.semantic_type),
            ("deprecated", old.deprecated != new.deprecated),
            ("synonyms", old.synonyms != new.synonyms),
            ("partitioning", {
                (old.partitioned == Some(true), old.partition_key_position)
                    != (new.partitioned == Some(true), new.partition_key_position)
            }),
            ("encryptedName", old.encrypted_name != new.encrypted_name),
            ("criticalDataElement", {
                (old.critical_data_element == Some(true)) != (new.critical_data_element == Some(true))
            }),
            ("origin", {
                (&old.transform_source_objects, &old.transform_logic, &old.transform_description)
                    != (&new.transform_source_objects, &new.transform_logic, &new.transform_description)
            }),
            ("examples", old.examples != new.examples),
            ("tags", old.tags != new.tags),
            ("id", old.id != new.id),
            ("authoritativeDefinitions", old.authoritative_definitions != new.authoritative_definitions),
            ("customProperties", old.custom_properties != new.custom_properties),
        ],
    );
    relationships(path, &old.relationships, &new.relationships, changes);
    promises::rules(path, &old.quality, &new.quality, changes);
    columns(path, &old.properties, &new.properties, changes);
    if let (Some(before), Some(after)) = (&old.items, &new.items) {
        column(&format!("{path}[]"), before, after, changes);
    }
    if let (Some(before), Some(after)) = (&old.map, &new.map) {
        column(&format!("{path}.key"), &before.key, &after.key, changes);
        column(&format!("{path}.value"), &before.value, &after.value, changes);
    }
}

fn types(path: &str, subject: &str, old: &Property, new: &Property, changes: &mut Changes) {
    let logical = |property: &Property| property.logical_type.map(|logical_type| logical_type.to_string());
    let physical = |property: &Property| property.physical_type.as_ref().map(|text| text.to_lowercase());
    let inner = |property: &Property| (property.items.is_some(), property.map.is_some());
    for (member, before, after) in
        [("logicalType", logical(old), logical(new)), ("physicalType", physical(old), physical(new))]
    {
        if before == after {
            continue;
        }
        let path = format!("{path}.{member}");
        if before.is_none() {
            changes.stronger(
                path,
                format!("{subject} now states its {}.", words::member(member)),
                "Nothing was promised about it.",
            );
        } else {
            let change = transition(before.as_deref(), after.as_deref());
            let (member, column) = (words::member(member), subject.trim_start_matches("The "));
            let what = format!("The {member} of {column} {change}.");
            changes.breaking(path, what, "What reads the column expects the old type.");
        }
    }
    if old.column() != new.column() {
        let what = format!("{subject} is now stored as \"{}\", not \"{}\".", new.column(), old.column());
        changes.breaking(
            format!("{path}.physicalName"),
            what,
            "What reads it by its old name no longer finds it.",
        );
    }
    if inner(old) != inner(new) {
        let what = format!("{subject} states the type of its elements differently.");
        changes.breaking(format!("{path}.items"), what, "What reads the elements expects the old type.");
    }
}

/// The rank of a classification; columns that state none are internal. `None`: not one of ours.
fn rank(classification: Option<&str>) -> Option<Classification> {
    let Some(word) = classification else { return Some(Classification::default()) };
    Classification::ALL.iter().copied().find(|value| value.as_str().eq_ignore_ascii_case(word))
}

fn classification(path: &str, subject: &str, old: Option<&str>, new: Option<&str>, changes: &mut Changes) {
    if old == new {
        return;
    }
    let path = format!("{path}.classification");
    let what =
        format!("The classification of {} {}.", subject.trim_start_matches("The "), transition(old, new));
    match (rank(old), rank(new)) {
        (Some(before), Some(after)) if before == after => changes.wording(path, what),
        (Some(before), Some(after)) if after < before => {
            let why = "The column is protected less: who could read it still can, and others may now.";
            changes.stronger(path, what, why);
        }
        (Some(_), Some(_)) => {
            changes.breaking(path, what, "A stricter policy applies; grants for it may need more approvals.");
        }
        _ => changes.breaking(path, what, "Whether the new classification is stricter cannot be told."),
    }
}

fn allowed_values(
    path: &str,
    subject: &str,
    old: Option<&[EnumValue]>,
    new: Option<&[EnumValue]>,
    changes: &mut Changes,
) {
    fn texts(values: Option<&[EnumValue]>) -> Option<BTreeSet<String>> {
        values.map(|values| values.iter().map(|value| value.value.to_string()).collect())
    }
    let path = format!("{path}.enum");
    let (before, after) = (texts(old), texts(new));
    if before == after {
        if old != new {
            changes.wording(path, format!("{subject} describes its values differently."));
        }
        return;
    }
    promises::value_list(&path, subject, before.as_ref(), after.as_ref(), changes);
}

fn relationships(path: &str, old: &[Relationship], new: &[Relationship], changes: &mut Changes) {
    let same = |one: &Relationship, other: &Relationship| one.from == other.from && one.to == other.to;
    let path = format!("{path}.relationships");
    for _ in old.iter().filter(|one| !new.iter().any(|other| same(one, other))) {
        changes.breaking(&path, "A relationship was removed.", "Joins may no longer find their other side.");
    }
    for _ in new.iter().filter(|one| !old.iter().any(|other| same(one, other))) {
        changes.stronger(&path, "A relationship was added.", "More is promised than before.");
    }
}
