//! Records with the names of today for their ids.

use std::collections::HashMap;

use lakeport_model::audit::{AuditPlace, AuditRecord};
use lakeport_model::people::{Role, RoleChange};
use lakeport_model::{AssetId, ContractId, DomainId, PortId, ProductId, listed};
use serde_json::Value;

use crate::Result;
use crate::catalog::Snapshot;
use crate::store::Tx;
use crate::store::audit::{self as store, About, Record};

/// Names what records are about; each thing is looked up once.
pub(super) struct Naming<'a> {
    snapshot: &'a Snapshot,
    known: HashMap<String, (String, Option<AuditPlace>)>,
}

impl<'a> Naming<'a> {
    pub(super) fn new(snapshot: &'a Snapshot) -> Self {
        Self { snapshot, known: HashMap::new() }
    }

    /// The record as a person reads it.
    pub(super) async fn shown(&mut self, tx: &mut Tx, record: Record) -> Result<AuditRecord> {
        let (about, place) = self.subject(tx, &record.subject).await?;
        let details = self.role(&record).unwrap_or_else(|| self.details(&record.detail));
        Ok(AuditRecord {
            number: record.number,
            at: record.at,
            actor: self.actor(&record.actor),
            action: record.action,
            about,
            place,
            subject: record.subject,
            rule: record.rule,
            details,
            hash: record.hash,
        })
    }

    /// Who acted.
    pub(super) fn actor(&self, actor: &str) -> String {
        match actor.split_once(' ') {
            Some(("person", id)) => self.snapshot.names.of_text(id),
            Some(("service", id)) => format!("{} (service account)", self.snapshot.names.of_text(id)),
            Some(("system", command @ ("command line" | "import" | "restore"))) => {
                format!("Operator ({command})")
            }
            Some(("system", name)) => format!("Lakeport ({name})"),
            _ => actor.to_owned(),
        }
    }

    /// What it is about, and where that is shown.
    pub(super) async fn subject(
        &mut self,
        tx: &mut Tx,
        subject: &str,
    ) -> Result<(String, Option<AuditPlace>)> {
        if let Some(known) = self.known.get(subject) {
            return Ok(known.clone());
        }
        let named = match subject.split_once(' ') {
            Some((kind @ ("request" | "grant"), id)) => self.access(kind, &store::about(tx, kind, id).await?),
            Some((kind @ "subscription", id)) => self.subscription(&store::about(tx, kind, id).await?),
            Some((kind, id)) => self.thing(kind, id),
            None => None,
        };
        let named = named.unwrap_or_else(|| (subject.to_owned(), None));
        self.known.insert(subject.to_owned(), named.clone());
        Ok(named)
    }

    /// `Paula Brandt's request for Collections`.
    fn access(&self, kind: &str, about: &About) -> Option<(String, Option<AuditPlace>)> {
        let whose = self.snapshot.names.of(about.person?);
        let port = about.port.as_deref()?;
        let words = if kind == "request" { "request for" } else { "access to" };
        Some((format!("{whose}'s {words} {}", self.snapshot.port_title(port)), self.product_of(port)))
    }

    /// `Paula Brandt's subscription to the contract Collection cases`.
    fn subscription(&self, about: &About) -> Option<(String, Option<AuditPlace>)> {
        let whose = self.snapshot.names.of(about.person?);
        let id = about.contract.as_deref()?;
        let known = self.snapshot.contracts.get(id);
        let name = known.map_or(id, |contract| contract.name.as_str());
        let place = known.map(|_| AuditPlace::Contract(ContractId(id.to_owned())));
        Some((format!("{whose}'s subscription to the contract {name}"), place))
    }

    fn thing(&self, kind: &str, id: &str) -> Option<(String, Option<AuditPlace>)> {
        let snapshot = self.snapshot;
        Some(match kind {
            "person" => (snapshot.names.of_text(id), None),
            "token" => (format!("Token of {}", snapshot.names.of_text(id)), Some(AuditPlace::Tokens)),
            "product" => {
                let product = snapshot.products.get(id)?;
                (product.name.clone(), Some(AuditPlace::Product(ProductId(id.to_owned()))))
            }
            "port" => (snapshot.port_title(id), self.product_of(id)),
            "asset" => {
                let place = snapshot.assets.contains_key(id);
                (id.to_owned(), place.then(|| AuditPlace::Asset(AssetId(id.to_owned()))))
            }
            "contract" => {
                let place = snapshot.contracts.contains_key(id);
                (format!("Contract {id}"), place.then(|| AuditPlace::Contract(ContractId(id.to_owned()))))
            }
            "dashboard" => (format!("Dashboard {id}"), None),
            "term" => (format!("Term {}", snapshot.terms.get(id)?.document.name), None),
            "domain" => {
                let place = snapshot.domains.contains_key(id);
                (snapshot.domain_name(id), place.then(|| AuditPlace::Domain(DomainId(id.to_owned()))))
            }
            _ => return None,
        })
    }

    fn product_of(&self, port: &str) -> Option<AuditPlace> {
        let (product, _) = self.snapshot.port(&PortId(port.to_owned()))?;
        Some(AuditPlace::Product(ProductId(product.id.clone())))
    }

    /// A role that was given or lost, in the words in which everybody was told: `Tom Fischer is now a steward of Sales`.
    fn role(&self, record: &Record) -> Option<Vec<(String, String)>> {
        let (what, domain) = record.subject.split_once(' ')?;
        let Ok(Value::Object(fields)) = serde_json::from_str(&record.detail) else { return None };
        let held = |key: &str| match fields.get(key)? {
            Value::Null => Some(None),
            role => Some(Some(role.as_str()?.parse::<Role>().ok()?)),
        };
        let change = RoleChange {
            person: self.name(fields.get("person")?.as_str()?)?,
            domain: self.snapshot.domain_name(domain),
            before: held("before")?,
            after: held("after")?,
        };
        if what != "domain" || (change.before, change.after) == (None, None) {
            return None;
        }
        let was = change.before.filter(|_| change.after.is_some());
        let was = was.map(|role| ("before".to_owned(), role.with_article().to_owned()));
        Some(std::iter::once(("role".to_owned(), change.in_words())).chain(was).collect())
    }

    /// `{"purpose":"x","ends_on":"y"}` as `purpose: x` and `ends on: y`, with names for people and ports.
    fn details(&self, detail: &str) -> Vec<(String, String)> {
        let Ok(Value::Object(fields)) = serde_json::from_str(detail) else {
            return vec![("details".to_owned(), detail.to_owned())];
        };
        let part = |(key, value): (&String, &Value)| {
            let words = match value {
                Value::Null => return None,
                Value::String(text) if text.is_empty() => return None,
                Value::Array(texts) if texts.is_empty() => return None,
                Value::String(text) if key == "port" => self.snapshot.port_title(text),
                Value::String(text) => self.name(text).unwrap_or_else(|| text.clone()),
                Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
                Value::Array(texts) if texts.iter().all(Value::is_string) => {
                    let texts = texts.iter().filter_map(Value::as_str);
                    let names = texts.map(|text| self.name(text).unwrap_or_else(|| text.to_owned()));
                    listed(&names.collect::<Vec<_>>())
                }
                other => other.to_string(),
            };
            Some((key.replace('_', " "), words))
        };
        fields.iter().filter_map(part).collect()
    }

    /// The name of the person with this id.
    fn name(&self, text: &str) -> Option<String> {
        self.snapshot.names.known(text.parse().ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_read_as_words() {
        let snapshot = Snapshot::default();
        let naming = Naming::new(&snapshot);
        let words =
            naming.details(r#"{"ends_on":"2026-12-01","comment":"","follows":null,"cycle":2,"after":true}"#);
        let words: Vec<String> = words.into_iter().map(|(key, value)| format!("{key}: {value}")).collect();
        assert_eq!(words, ["after: yes", "cycle: 2", "ends on: 2026-12-01"]);
        let several = naming.details(r#"{"asked":["x","y"],"empty":[],"numbers":[1]}"#);
        let several: Vec<String> =
            several.into_iter().map(|(key, value)| format!("{key}: {value}")).collect();
        assert_eq!(several, ["asked: x and y", "numbers: [1]"]);
        assert_eq!(naming.details("no JSON"), [("details".to_owned(), "no JSON".to_owned())]);
    }
}
