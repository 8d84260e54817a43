//! What the index keeps of a product or an asset.

use std::collections::BTreeSet;

use lakeport_model::catalog::AssetKind;
use sha2::{Digest as _, Sha256};
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{TantivyDocument, doc};

use super::super::facts::Fact;
use super::text::{whole, with_parts};
use crate::snapshot::{Asset, Product, Snapshot};

/// Version of the schema and of what its fields hold. An index of another version is built anew.
pub(super) const VERSION: u32 = 3;

/// The fields of the index.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    /// Names the entry.
    pub(super) key: Field,
    /// Fingerprint of the other fields: what did not change is not written again.
    pub(super) print: Field,
    /// Each of its names as a whole. An index of an older version, which answers until the new one is built, may have
    /// none of the fields that need not be there.
    pub(super) whole: Option<Field>,
    /// Each of its tags as a whole.
    pub(super) tagged: Option<Field>,
    pub(super) name: Field,
    /// The words of the name, by their stems.
    pub(super) stems: Option<Field>,
    pub(super) columns: Field,
    pub(super) tags: Field,
    pub(super) text: Field,
    /// All its words, by their German stems.
    pub(super) german: Option<Field>,
}

/// Name of the field that names the entry.
pub(super) const KEY: &str = "key";
/// Name of the field with the fingerprint.
pub(super) const PRINT: &str = "print";

/// How texts are cut into words: not at all, as they are, or by their stems, English ones where nothing else is said.
const RAW: &str = "raw";
pub(super) const PLAIN: &str = "plain";
pub(super) const STEMMED: &str = "stemmed";
pub(super) const GERMAN: &str = "german";

pub(super) fn schema() -> Schema {
    let mut schema = Schema::builder();
    let indexed = |tokenizer: &str| {
        let indexing = TextFieldIndexing::default().set_tokenizer(tokenizer);
        TextOptions::default().set_indexing_options(indexing.set_index_option(IndexRecordOption::WithFreqs))
    };
    schema.add_u64_field(KEY, FAST | INDEXED);
    schema.add_u64_field(PRINT, FAST);
    let named = TextFieldIndexing::default().set_tokenizer(RAW).set_fieldnorms(false);
    let named = named.set_index_option(IndexRecordOption::Basic);
    let named = TextOptions::default().set_indexing_options(named);
    schema.add_text_field("whole", named.clone());
    schema.add_text_field("tagged", named);
    schema.add_text_field("name", indexed(PLAIN));
    schema.add_text_field("stems", indexed(STEMMED));
    schema.add_text_field("columns", indexed(PLAIN));
    schema.add_text_field("tags", indexed(PLAIN));
    schema.add_text_field("text", indexed(STEMMED));
    schema.add_text_field("german", indexed(GERMAN));
    schema.build()
}

impl Fields {
    /// The fields in a schema, where it has those that searches need as we write them; another version's may have more.
    pub(super) fn of(found: &Schema) -> Option<Self> {
        let ours = schema();
        let field = |name: &str| {
            let field = found.get_field(name).ok()?;
            let known = ours.get_field(name).ok()?;
            (found.get_field_entry(field) == ours.get_field_entry(known)).then_some(field)
        };
        Some(Self {
            key: field(KEY)?,
            print: field(PRINT)?,
            whole: field("whole"),
            tagged: field("tagged"),
            name: field("name")?,
            stems: field("stems"),
            columns: field("columns")?,
            tags: field("tags")?,
            text: field("text")?,
            german: field("german"),
        })
    }
}

/// The texts of an entry.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Document {
    whole: BTreeSet<String>,
    tagged: BTreeSet<String>,
    name: String,
    columns: String,
    tags: String,
    text: String,
}

impl Document {
    /// What the catalog says of an entry; `None` where it is gone.
    pub(super) fn of(snapshot: &Snapshot, fact: &Fact) -> Option<Self> {
        if fact.is_product() {
            snapshot.products.get(&*fact.id).map(|product| of_product(snapshot, product))
        } else {
            snapshot.assets.get(&*fact.id).map(|asset| of_asset(snapshot, asset))
        }
    }

    /// The fingerprint of all of it.
    pub(super) fn print(&self, key: u64) -> u64 {
        let mut hash = Sha256::new();
        hash.update(key.to_be_bytes());
        hash.update(self.whole.len().to_be_bytes());
        let words = self.whole.iter().chain(&self.tagged);
        for text in words.chain([&self.name, &self.columns, &self.tags, &self.text]) {
            hash.update(text.len().to_be_bytes());
            hash.update(text.as_bytes());
        }
        first_bytes(&hash.finalize())
    }

    /// As the index takes it.
    pub(super) fn indexed(self, fields: Fields, key: u64, print: u64) -> TantivyDocument {
        let [name, columns, tags, text] =
            [&self.name, &self.columns, &self.tags, &self.text].map(|text| with_parts(text));
        let mut document = doc!(fields.key => key, fields.print => print);
        if let Some(field) = fields.whole {
            self.whole.into_iter().for_each(|name| document.add_text(field, name));
        }
        if let Some(field) = fields.tagged {
            self.tagged.into_iter().for_each(|tag| document.add_text(field, tag));
        }
        if let Some(field) = fields.stems {
            document.add_text(field, &name);
        }
        if let Some(field) = fields.german {
            for text in [&name, &columns, &tags, &text] {
                document.add_text(field, text);
            }
        }
        for (field, text) in
            [(fields.name, name), (fields.columns, columns), (fields.tags, tags), (fields.text, text)]
        {
            document.add_text(field, text);
        }
        document
    }
}

/// The first eight bytes of a digest as a number.
pub(in super::super) fn first_bytes(digest: &[u8]) -> u64 {
    digest.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

fn of_product(snapshot: &Snapshot, product: &Product) -> Document {
    let terms = product.document.description.iter();
    let terms = terms.flat_map(|terms| [&terms.purpose, &terms.usage, &terms.limitations]).flatten().cloned();
    let ports = product.ports.iter().map(|port| format!("{} {}", port.name, port.description));
    let domain = snapshot.domain_name(&product.domain);
    let tags = [product.document.tags.join(" "), domain, owners(snapshot, &product.domain)];
    Document {
        whole: [&product.name, &product.id].map(|name| whole(name)).into(),
        tagged: product.document.tags.iter().map(|tag| tag_key(tag)).collect(),
        name: format!("{} {}", product.name, product.id),
        columns: String::new(),
        tags: tags.join(" "),
        text: terms.chain(ports).collect::<Vec<_>>().join("\n"),
    }
}

fn of_asset(snapshot: &Snapshot, asset: &Asset) -> Document {
    let names = asset.columns.iter().map(|column| column.name);
    let meanings = asset.columns.iter().map(|column| column.description);
    let domain = snapshot.domain_name(&asset.domain);
    let tags = [
        &asset.tags.join(" "),
        &domain,
        asset.platform.as_deref().unwrap_or_default(),
        &owners(snapshot, &asset.domain),
    ];
    let called = BTreeSet::from([&asset.title, &asset.name, &asset.id].map(String::as_str));
    // People leave out the layer of a table; what stands behind the last point of a file is no name.
    let short =
        called.iter().filter(|_| asset.kind == AssetKind::Table).filter_map(|name| name.rsplit('.').next());
    Document {
        whole: called.iter().copied().chain(short).map(whole).collect(),
        tagged: asset.tags.iter().map(|tag| tag_key(tag)).collect(),
        // Each name once: one that is said twice would weigh more.
        name: called.iter().copied().collect::<Vec<_>>().join(" "),
        columns: names.collect::<Vec<_>>().join(" "),
        tags: tags.join(" "),
        text: std::iter::once(asset.description.as_str()).chain(meanings).collect::<Vec<_>>().join("\n"),
    }
}

/// A tag as it is kept and chosen, whatever its case.
pub(super) fn tag_key(tag: &str) -> String {
    tag.trim().to_lowercase()
}

/// Who answers for a domain: people are found by what is theirs.
fn owners(snapshot: &Snapshot, domain: &str) -> String {
    snapshot.owners(domain).into_iter().map(|owner| owner.name).collect::<Vec<_>>().join(" ")
}
