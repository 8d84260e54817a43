//! The columns of an asset. A large catalog has a million of them, so that they are kept in one text an asset and not in
//! four texts a column.

use std::fmt;

use lakeport_model::catalog::{Classification, Column};

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

impl FromIterator<Column> for Columns {
    fn from_iter<T: IntoIterator<Item = Column>>(columns: T) -> Self {
        let mut text = String::new();
        let mut places = Vec::new();
        for column in columns {
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
        Self { text: text.into_boxed_str(), places: places.into_boxed_slice() }
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
            let kept: Columns = given.iter().cloned().collect();
            prop_assert_eq!(kept.len(), given.len());
            prop_assert_eq!(kept.iter().map(|column| column.described()).collect::<Vec<_>>(), given);
        }
    }
}
