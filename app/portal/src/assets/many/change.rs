//! One thing that is changed of many assets, and what it makes of each.

use lakeport_model::assets::MOST_TAGS;
use lakeport_model::catalog::{AssetKind, Classification, Column, Layer};
use lakeport_model::many::{ChangeText, ManyChange, NO_LAYER};

use crate::store::catalog::AssetRow;
use crate::text::{self, SHORT};
use crate::{Error, Result};

/// What is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    AddTag(String),
    RemoveTag(String),
    Classify(Classification),
    Layer(Option<Layer>),
}

/// What a change makes of an asset.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Made {
    /// Another one, and how that differs, a sentence.
    Changed(Box<AssetRow>, String),
    /// Nothing: it is so already.
    Same(String),
    /// Nothing: it cannot be so.
    Unfit(String),
}

impl Change {
    /// Reads what somebody wants to change.
    ///
    /// # Errors
    /// Refused where nothing is chosen, and where the value does not fit.
    pub(super) fn read(written: &ChangeText) -> Result<Self> {
        let ChangeText { change, tag, classification, layer } = written;
        let change: ManyChange =
            change.trim().parse().map_err(|_| Error::invalid("change", "Choose what to change of them."))?;
        Ok(match change {
            ManyChange::AddTag => {
                let tag = self::tag(tag)?;
                if tag.contains(',') {
                    return Err(Error::invalid("tag", "Add one tag at a time, without a comma."));
                }
                Self::AddTag(tag)
            }
            ManyChange::RemoveTag => Self::RemoveTag(self::tag(tag)?),
            ManyChange::Classify => {
                let class = classification.trim().parse::<Classification>();
                let why = |_| Error::invalid("classification", "Choose how sensitive they are.");
                Self::Classify(class.map_err(why)?)
            }
            ManyChange::Layer if layer.trim() == NO_LAYER => Self::Layer(None),
            ManyChange::Layer => {
                let layer = layer.trim().parse::<Layer>();
                Self::Layer(Some(layer.map_err(|_| Error::invalid("layer", "Choose a layer."))?))
            }
        })
    }

    /// The change in words.
    pub(super) fn words(&self) -> String {
        match self {
            Self::AddTag(tag) => format!("Add the tag \"{tag}\""),
            Self::RemoveTag(tag) => format!("Remove the tag \"{tag}\""),
            Self::Classify(class) => format!("Set the classification to {class}"),
            Self::Layer(Some(layer)) => format!("Set the layer to {layer}"),
            Self::Layer(None) => "Take the layer away".to_owned(),
        }
    }

    /// What it makes of an asset.
    ///
    /// # Errors
    /// Refused where the asset cannot be read.
    pub(super) fn made_of(&self, row: &AssetRow) -> Result<Made> {
        match self {
            Self::AddTag(tag) => with_tag(row, tag),
            Self::RemoveTag(tag) => without_tag(row, tag),
            Self::Classify(class) => classified(row, *class),
            Self::Layer(layer) => Ok(layered(row, *layer)),
        }
    }
}

/// One tag, with one blank between its words.
fn tag(written: &str) -> Result<String> {
    let tag = text::required("tag", "the tag", written, SHORT, "Say which tag.")?;
    Ok(tag.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn tags_of(row: &AssetRow) -> Result<Vec<String>> {
    serde_json::from_str(&row.tags).map_err(|_| Error::unread("asset"))
}

fn tagged(row: &AssetRow, tags: &[String], what: String) -> Result<Made> {
    let tags = serde_json::to_string(tags).map_err(Error::fault)?;
    Ok(Made::Changed(Box::new(AssetRow { tags, ..row.clone() }), what))
}

/// Tags are found whatever their case.
fn is_same(tag: &str, other: &str) -> bool {
    tag.to_lowercase() == other.to_lowercase()
}

fn with_tag(row: &AssetRow, tag: &str) -> Result<Made> {
    let mut tags = tags_of(row)?;
    if tags.iter().any(|held| is_same(held, tag)) {
        return Ok(Made::Same("It has this tag already.".to_owned()));
    }
    if tags.len() >= MOST_TAGS {
        return Ok(Made::Unfit(format!("It has {} tags; more than {MOST_TAGS} are not taken.", tags.len())));
    }
    tags.push(tag.to_owned());
    tagged(row, &tags, format!("It gets the tag \"{tag}\"."))
}

fn without_tag(row: &AssetRow, tag: &str) -> Result<Made> {
    let mut tags = tags_of(row)?;
    let before = tags.len();
    tags.retain(|held| !is_same(held, tag));
    if tags.len() == before {
        return Ok(Made::Same("It does not have this tag.".to_owned()));
    }
    tagged(row, &tags, format!("It loses the tag \"{tag}\"."))
}

/// Of an asset with columns the highest of theirs counts: columns that are more sensitive are lowered to it, and where none is
/// as sensitive, all of them are raised.
fn classified(row: &AssetRow, to: Classification) -> Result<Made> {
    let was: Classification = row.classification.parse().map_err(|_| Error::unread("asset"))?;
    if was == to {
        return Ok(Made::Same(format!("It is {to} already.")));
    }
    let mut columns: Vec<Column> = serde_json::from_str(&row.columns).map_err(|_| Error::unread("asset"))?;
    for column in columns.iter_mut().filter(|column| was < to || column.classification > to) {
        column.classification = to;
    }
    let columns = serde_json::to_string(&columns).map_err(Error::fault)?;
    let after = AssetRow { columns, classification: to.to_string(), ..row.clone() };
    Ok(Made::Changed(Box::new(after), format!("It was {was} until now and is {to} from now on.")))
}

fn layered(row: &AssetRow, to: Option<Layer>) -> Made {
    let layer = to.map(|layer| layer.as_str().to_owned());
    if row.layer == layer {
        return Made::Same(match to {
            Some(layer) => format!("Its layer is {layer} already."),
            None => "It has no layer.".to_owned(),
        });
    }
    if to.is_some() && row.kind != AssetKind::Table.as_str() {
        return Made::Unfit("Only tables have a layer.".to_owned());
    }
    let words = |layer: Option<&str>| layer.unwrap_or("none").to_owned();
    let (was, is) = (words(row.layer.as_deref()), words(layer.as_deref()));
    let after = AssetRow { layer, ..row.clone() };
    Made::Changed(Box::new(after), format!("Its layer was {was} until now and is {is} from now on."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(kind: &str, columns: &[Classification], own: Classification) -> AssetRow {
        let column = |(place, classification): (usize, &Classification)| Column {
            name: format!("c{place}"),
            data_type: "string".to_owned(),
            description: String::new(),
            classification: *classification,
            tags: Vec::new(),
            drift: None,
        };
        let columns: Vec<Column> = columns.iter().enumerate().map(column).collect();
        let highest = columns.iter().map(|column| column.classification).max().unwrap_or(own);
        AssetRow {
            id: "gold.a".to_owned(),
            kind: kind.to_owned(),
            layer: None,
            namespace: "lakehouse".to_owned(),
            name: "gold.a".to_owned(),
            domain: "finance".to_owned(),
            description: String::new(),
            platform: None,
            location: None,
            classification: highest.to_string(),
            tags: "[\"Sales\",\"daily\"]".to_owned(),
            columns: serde_json::to_string(&columns).expect("it is written"),
            origin: "file".to_owned(),
            created_at: None,
        }
    }

    fn changed(change: &Change, row: &AssetRow) -> AssetRow {
        match change.made_of(row).expect("it can be read") {
            Made::Changed(after, _) => *after,
            other => panic!("a change was expected, not {other:?}"),
        }
    }

    fn read(change: &str, tag: &str, classification: &str, layer: &str) -> Result<Change> {
        let [change, tag, classification, layer] = [change, tag, classification, layer].map(str::to_owned);
        Change::read(&ChangeText { change, tag, classification, layer })
    }

    #[test]
    fn only_the_value_of_the_change_counts() {
        assert_eq!(read("add_tag", " a  b ", "x", "x").expect("it fits"), Change::AddTag("a b".to_owned()));
        assert_eq!(
            read("remove_tag", "a, b", "", "").expect("it fits"),
            Change::RemoveTag("a, b".to_owned())
        );
        let gold = Change::Layer(Some(Layer::Gold));
        assert_eq!(read("layer", "", "", "gold").expect("it fits"), gold);
        assert_eq!(read("layer", "", "", "none").expect("it fits"), Change::Layer(None));
        for (change, tag, field) in [
            ("", "a", "change"),
            ("add_tag", " ", "tag"),
            ("add_tag", "a, b", "tag"),
            ("classify", "a", "classification"),
            ("layer", "a", "layer"),
        ] {
            let Err(Error::Refused(refusal)) = read(change, tag, "", "") else {
                panic!("{change} is refused")
            };
            assert_eq!(refusal.field, Some(field));
        }
    }

    #[test]
    fn tags_come_and_go_whatever_their_case() {
        let row = row("table", &[], Classification::Internal);
        let add = Change::AddTag("plan".to_owned());
        assert_eq!(changed(&add, &row).tags, "[\"Sales\",\"daily\",\"plan\"]");
        let same = Change::AddTag("sales".to_owned()).made_of(&row).expect("it can be read");
        assert_eq!(same, Made::Same("It has this tag already.".to_owned()));
        assert_eq!(changed(&Change::RemoveTag("SALES".to_owned()), &row).tags, "[\"daily\"]");
        let none = Change::RemoveTag("plan".to_owned()).made_of(&row).expect("it can be read");
        assert!(matches!(none, Made::Same(_)), "{none:?}");
        let many: Vec<String> = (0..MOST_TAGS).map(|number| number.to_string()).collect();
        let full = AssetRow { tags: serde_json::to_string(&many).expect("it is written"), ..row };
        assert!(matches!(add.made_of(&full).expect("it can be read"), Made::Unfit(_)));
    }

    #[test]
    fn an_asset_is_raised_or_lowered_and_never_both() {
        use Classification::{Confidential, Internal, Public, Restricted};
        let classes = |row: &AssetRow| {
            let columns: Vec<Column> = serde_json::from_str(&row.columns).expect("it is JSON");
            columns.iter().map(|column| column.classification).collect::<Vec<_>>()
        };
        let row_of = |columns: &[Classification]| row("table", columns, Internal);
        let raised = changed(&Change::Classify(Restricted), &row_of(&[Public, Internal, Confidential]));
        assert_eq!(classes(&raised), [Restricted; 3]);
        let lowered = changed(&Change::Classify(Confidential), &row_of(&[Public, Restricted, Confidential]));
        assert_eq!(classes(&lowered), [Public, Confidential, Confidential]);
        assert_eq!(lowered.classification, "confidential");
        let same = Change::Classify(Restricted).made_of(&row_of(&[Public, Restricted]));
        assert_eq!(same.expect("it can be read"), Made::Same("It is restricted already.".to_owned()));
        let whole = changed(&Change::Classify(Public), &row("topic", &[], Internal));
        assert_eq!((whole.classification.as_str(), whole.columns.as_str()), ("public", "[]"));
    }

    #[test]
    fn only_tables_have_a_layer() {
        let (table, topic) =
            (row("table", &[], Classification::Internal), row("topic", &[], Classification::Internal));
        let gold = Change::Layer(Some(Layer::Gold));
        let layered = changed(&gold, &table);
        assert_eq!(layered.layer.as_deref(), Some("gold"));
        assert_eq!(changed(&Change::Layer(None), &layered).layer, None);
        assert!(matches!(gold.made_of(&topic).expect("it can be read"), Made::Unfit(_)));
        assert!(matches!(gold.made_of(&layered).expect("it can be read"), Made::Same(_)));
    }
}
