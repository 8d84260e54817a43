//! The columns of an asset. A large catalog has a million of them, so that they are kept in one text an asset and not in
//! four texts a column.

use std::borrow::Cow;
use std::fmt;

use lakeport_model::catalog::{Classification, Column};
use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};

/// Columns as the catalog describes them, in their order.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Columns {
    /// Everything that is said of them, one after the other.
    text: Box<str>,
    places: Box<[Place]>,
}

/// Where in the text the words of a column end; they begin where those before them end.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Place {
    name: u32,
    data_type: u32,
    description: u32,
    /// Of the tags, each of which ends with the end of a line.
    tags: u32,
    classification: Classification,
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnRef<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its type.
    pub data_type: &'a str,
    /// What it means.
    pub description: &'a str,
    /// How sensitive it is.
    pub classification: Classification,
    tags: &'a str,
}

impl ColumnRef<'_> {
    /// The column as pages show it.
    pub fn described(&self) -> Column {
        Column {
            name: self.name.to_owned(),
            data_type: self.data_type.to_owned(),
            description: self.description.to_owned(),
            classification: self.classification,
            tags: self.tags.split_terminator(END).map(str::to_owned).collect(),
            drift: None,
        }
    }
}

/// Ends a tag. No tag holds it: it is no letter that anybody would see.
const END: char = '\u{1f}';

impl Columns {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// True where none is described.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = ColumnRef<'_>> {
        let mut from = 0;
        self.places.iter().map(move |place| {
            let mut to = |end: u32| {
                let word = self.text.get(from..end as usize).unwrap_or_default();
                from = end as usize;
                word
            };
            ColumnRef {
                name: to(place.name),
                data_type: to(place.data_type),
                description: to(place.description),
                tags: to(place.tags),
                classification: place.classification,
            }
        })
    }
}

/// A column as it is stored, while it is read: what has no place in [`Column`] is passed over, as there.
#[derive(serde::Deserialize)]
struct Stored<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    data_type: Cow<'a, str>,
    #[serde(borrow)]
    description: Cow<'a, str>,
    classification: Classification,
    tags: Vec<String>,
}

/// Columns are read from a list of [`Column`] without making any of these.
impl<'de> Deserialize<'de> for Columns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Columns;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of columns")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut columns: A) -> Result<Columns, A::Error> {
        let (mut text, mut places) = (String::new(), Vec::new());
        while let Some(column) = columns.next_element::<Stored<'de>>()? {
            let mut add = |word: &str| {
                text.push_str(word);
                u32::try_from(text.len()).unwrap_or(u32::MAX)
            };
            let (name, data_type) = (add(&column.name), add(&column.data_type));
            let mut place = Place {
                name,
                data_type,
                description: add(&column.description),
                tags: add(""),
                classification: column.classification,
            };
            for tag in &column.tags {
                add(tag);
                place.tags = add(END.encode_utf8(&mut [0; 4]));
            }
            places.push(place);
        }
        Ok(Columns { text: text.into_boxed_str(), places: places.into_boxed_slice() })
    }
}

impl fmt::Debug for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_column_never_says_what_another_one_does(
            words in prop::collection::vec(("\\PC{0,6}", "\\PC{0,3}", "\\PC{0,9}", prop::collection::vec("\\PC{0,3}", 0..3)), 0..5),
        ) {
            let column = |(name, data_type, description, tags)| Column {
                name, data_type, description, tags, classification: Classification::Internal, drift: None,
            };
            let given: Vec<Column> = words.into_iter().map(column).collect();
            let stored = serde_json::to_string(&given).expect("it is written");
            let kept: Columns = serde_json::from_str(&stored).expect("it is read");
            prop_assert_eq!(kept.len(), given.len());
            prop_assert_eq!(kept.iter().map(|column| column.described()).collect::<Vec<_>>(), given);
        }
    }
}
