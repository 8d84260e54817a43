//! What an event says, before anything is looked up.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::limits::{LONGEST_COLUMN, cut};
use crate::standards::openlineage::{Dataset, DatasetId, Event, LifecycleChange};
use crate::text;

/// Namespace and name of a dataset, in the one spelling they are kept in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Address(pub(super) String, pub(super) String);

/// Pairs of a source column and a target column.
pub(super) type Columns = BTreeSet<(String, String)>;

/// Most spellings of one address that are looked up, so that they never count for more than addresses do.
const MOST_SPELLINGS: usize = 4;

/// What an event says about datasets.
#[derive(Debug, Default, Hash)]
pub(super) struct Said {
    /// What is read, sources of columns included.
    pub(super) reads: BTreeSet<Address>,
    /// What is written.
    pub(super) writes: BTreeSet<Address>,
    /// What flows into what: source, target.
    pub(super) flows: BTreeMap<(Address, Address), Columns>,
    /// Other addresses of a dataset.
    pub(super) links: BTreeMap<Address, BTreeSet<Address>>,
    /// Datasets with another name than before: the new one, the old one.
    pub(super) renamed: Vec<(Address, Address)>,
    /// Datasets that are gone.
    pub(super) dropped: Vec<Address>,
    /// Every address as it was sent: what is there already may be kept so, and data lies there.
    pub(super) sent: BTreeMap<Address, BTreeSet<Address>>,
}

impl Said {
    pub(super) fn of(event: &Event) -> Self {
        let mut said = Self::default();
        for input in event.inputs() {
            let source = said.named(&input.namespace, &input.name);
            said.reads.insert(source);
            said.facets(input);
        }
        for output in event.outputs() {
            let target = said.named(&output.namespace, &output.name);
            said.facets(output);
            if said.dropped.contains(&target) {
                continue;
            }
            // A dataset event describes its dataset; only its facets say that something flows.
            for input in event.inputs() {
                said.flow(Address::of(input), target.clone(), None);
            }
            said.columns(output, &target);
            said.writes.insert(target);
        }
        let explicit = event.job().and_then(|job| job.facets.as_ref()?.rest.get("lineage"));
        for entry in list(explicit, "entries") {
            if let Some(target) = said.address(entry) {
                said.explicit(entry, &target);
                said.writes.insert(target);
            }
        }
        said
    }

    /// Every address, other names included.
    pub(super) fn addresses(&self) -> Vec<&Address> {
        let links = self.links.values().flatten();
        let renamed = self.renamed.iter().flat_map(|(new, old)| [new, old]);
        self.reads.iter().chain(&self.writes).chain(links).chain(renamed).chain(&self.dropped).collect()
    }

    /// The address of this name, noted as it was sent.
    fn named(&mut self, namespace: &str, name: &str) -> Address {
        let address = Address::new(namespace, name);
        let sent = self.sent.entry(address.clone()).or_default();
        if sent.len() < MOST_SPELLINGS {
            sent.insert(Address(namespace.to_owned(), name.to_owned()));
        }
        address
    }

    /// The address of a dataset in a `lineage` facet; jobs have none.
    fn address(&mut self, value: &Value) -> Option<Address> {
        let text = |key| value.get(key).and_then(Value::as_str);
        let is_dataset = text("type").is_none_or(|kind| kind == "DATASET");
        let (namespace, name) = (text("namespace")?, text("name")?);
        is_dataset.then(|| self.named(namespace, name))
    }

    fn flow(&mut self, source: Address, target: Address, columns: Option<(String, String)>) {
        if source != target {
            self.reads.insert(source.clone());
            self.flows.entry((source, target)).or_default().extend(columns);
        }
    }

    /// The sources of a dataset's columns, whether or not they are among the inputs.
    fn columns(&mut self, dataset: &Dataset, target: &Address) {
        let Some(facets) = &dataset.facets else { return };
        for (column, field) in facets.column_lineage.iter().flat_map(|facet| &facet.fields) {
            let column = cut(column, LONGEST_COLUMN);
            for source in &field.input_fields {
                let pair = (cut(&source.field, LONGEST_COLUMN), column.clone());
                let source = self.named(&source.namespace, &source.name);
                self.flow(source, target.clone(), Some(pair));
            }
        }
        for source in facets.column_lineage.iter().flat_map(|facet| &facet.dataset) {
            let source = self.named(&source.namespace, &source.name);
            self.flow(source, target.clone(), None);
        }
        if let Some(facet) = facets.rest.get("lineage") {
            self.explicit(facet, target);
        }
    }

    /// The `lineage` facet: sources of a dataset and of its columns.
    fn explicit(&mut self, facet: &Value, target: &Address) {
        for input in list(Some(facet), "inputs") {
            if let Some(source) = self.address(input) {
                self.flow(source, target.clone(), None);
            }
        }
        let fields = facet.get("fields").and_then(Value::as_object);
        for (column, field) in fields.into_iter().flatten() {
            let column = cut(column, LONGEST_COLUMN);
            for input in list(Some(field), "inputs") {
                let Some(source) = self.address(input) else { continue };
                let from = input.get("field").and_then(Value::as_str);
                self.flow(
                    source,
                    target.clone(),
                    from.map(|from| (cut(from, LONGEST_COLUMN), column.clone())),
                );
            }
        }
    }

    fn facets(&mut self, dataset: &Dataset) {
        let Some(facets) = &dataset.facets else { return };
        let here = Address::of(dataset);
        let links = facets.symlinks.iter().flat_map(|facet| &facet.identifiers);
        let links: BTreeSet<Address> = links
            .map(|link| self.named(&link.namespace, &link.name))
            .filter(|link| *link != here)
            .take(20)
            .collect();
        if !links.is_empty() {
            self.links.entry(here.clone()).or_default().extend(links);
        }
        let Some(lifecycle) = &facets.lifecycle_state_change else { return };
        match (lifecycle.change, &lifecycle.previous_identifier) {
            (LifecycleChange::Drop, _) => self.dropped.push(here),
            (LifecycleChange::Rename, Some(DatasetId { namespace, name, .. })) => {
                let before = self.named(namespace, name);
                if before != here {
                    self.renamed.push((here, before));
                }
            }
            _ => {}
        }
    }
}

impl Address {
    pub(super) fn new(namespace: &str, name: &str) -> Self {
        Self(text::spelled(namespace), text::spelled(name))
    }

    pub(super) fn of(dataset: &Dataset) -> Self {
        Self::new(&dataset.namespace, &dataset.name)
    }

    /// What stands for it where its length would matter.
    pub(super) fn digest(&self) -> String {
        hex::encode(&Sha256::digest(format!("{}\n{}", self.0, self.1))[..16])
    }

    /// As people read it.
    pub(super) fn label(&self) -> String {
        format!("{} {}", self.0, self.1)
    }

    /// Where data of this address lies, as a location is written: `gs://bucket/path`, `/path`.
    pub(super) fn location(&self) -> Option<String> {
        let Self(namespace, name) = self;
        if namespace == "file" {
            Some(name.clone())
        } else if let Some(path) = namespace.strip_prefix("file://") {
            Some(format!("{}/{}", path.trim_end_matches('/'), name.trim_start_matches('/')))
        } else if namespace.contains("://") {
            Some(format!("{}/{}", namespace.trim_end_matches('/'), name.trim_start_matches('/')))
        } else {
            None
        }
    }
}

fn list<'v>(value: Option<&'v Value>, key: &str) -> &'v [Value] {
    value.and_then(|value| value.get(key)?.as_array()).map_or(&[], Vec::as_slice)
}
