//! What stands in the form of an asset, read from its fields; and what the fields are called.

use std::collections::BTreeMap;

use lakeport_model::assets::{AssetText, ColumnText};

use crate::query::Query;

/// What the fields say. A field that was not sent is empty.
pub(super) fn typed(fields: &Query) -> AssetText {
    let mut text = AssetText::default();
    let mut columns = BTreeMap::<usize, ColumnText>::new();
    for (name, value) in &fields.0 {
        let slot = match cell(name) {
            Some((line, part)) => part_of(columns.entry(line).or_default(), part),
            None => field_of(&mut text, name),
        };
        if let Some(slot) = slot {
            slot.clone_from(value);
        }
    }
    text.columns = columns.into_values().collect();
    text
}

/// The name of a field of a column: its line counts from 0.
pub(super) fn cell_name(line: usize, part: &str) -> String {
    format!("columns[{line}][{part}]")
}

/// Line and part of a field of a column.
fn cell(name: &str) -> Option<(usize, &str)> {
    let (line, part) = name.strip_prefix("columns[")?.strip_suffix(']')?.split_once("][")?;
    Some((line.parse().ok()?, part))
}

fn field_of<'a>(text: &'a mut AssetText, name: &str) -> Option<&'a mut String> {
    Some(match name {
        "id" => &mut text.id,
        "kind" => &mut text.kind,
        "layer" => &mut text.layer,
        "namespace" => &mut text.namespace,
        "name" => &mut text.name,
        "platform" => &mut text.platform,
        "description" => &mut text.description,
        "tags" => &mut text.tags,
        "classification" => &mut text.classification,
        _ => return None,
    })
}

fn part_of<'a>(column: &'a mut ColumnText, part: &str) -> Option<&'a mut String> {
    Some(match part {
        "name" => &mut column.name,
        "data_type" => &mut column.data_type,
        "classification" => &mut column.classification,
        "description" => &mut column.description,
        "tags" => &mut column.tags,
        _ => return None,
    })
}

/// What a field is called where people read it; nothing for a name that no field has.
pub(super) fn label(field: &str) -> Option<String> {
    if let Some((line, part)) = cell(field) {
        let part = match part {
            "name" => "Name",
            "data_type" => "Type",
            "classification" => "Classification",
            "description" => "Meaning",
            "tags" => "Tags",
            _ => return None,
        };
        return Some(format!("{part} of column {}", line + 1));
    }
    let label = match field {
        "id" => "Id",
        "kind" => "What it is",
        "layer" => "Layer",
        "namespace" => "Namespace",
        "name" => "Name",
        "platform" => "Platform",
        "description" => "Description",
        "tags" => "Tags",
        "classification" => "Classification",
        _ => return None,
    };
    Some(label.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_read_by_the_number_of_their_line() {
        let sent = "kind=table&columns[10][name]=last&columns%5B0%5D%5Bname%5D=day&columns[0][data_type]=date\
                    &description=a%0Ab&reason=x&columns[1][colour]=red&columns[x][name]=y";
        let text = typed(&Query::parse(sent));
        assert_eq!((text.kind.as_str(), text.description.as_str()), ("table", "a\nb"));
        let columns: Vec<_> =
            text.columns.iter().map(|one| (one.name.as_str(), one.data_type.as_str())).collect();
        assert_eq!(columns, [("day", "date"), ("", ""), ("last", "")]);
    }

    #[test]
    fn every_field_has_a_name_for_people() {
        assert_eq!(label(&cell_name(3, "name")).as_deref(), Some("Name of column 4"));
        assert_eq!(label("classification").as_deref(), Some("Classification"));
        assert_eq!([label("columns"), label("columns[0][x]"), label("seen")], [None, None, None]);
    }
}
