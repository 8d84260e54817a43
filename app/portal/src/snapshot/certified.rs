//! What is certified, in the catalog. Whether it still is, is asked with the day: no job has to run for it to end.

use chrono::NaiveDate;
use lakeport_model::certify::Certifiable;

use super::settle::Stale;
use super::shelf::Shelf;
use super::touch::Entry;
use super::types::Snapshot;
use crate::store::certified::CertifiedRow;

/// By id, of each kind; those that expired too.
#[derive(Debug, Clone, Default)]
pub(super) struct Certifications {
    products: Shelf<CertifiedRow>,
    assets: Shelf<CertifiedRow>,
}

impl Certifications {
    fn of(&self, kind: Certifiable) -> &Shelf<CertifiedRow> {
        match kind {
            Certifiable::Product => &self.products,
            Certifiable::Asset => &self.assets,
        }
    }

    fn of_mut(&mut self, kind: Certifiable) -> &mut Shelf<CertifiedRow> {
        match kind {
            Certifiable::Product => &mut self.products,
            Certifiable::Asset => &mut self.assets,
        }
    }
}

impl Snapshot {
    /// That something is certified on this day. What expired is not, nor is what is retired by then, or belongs to another domain.
    pub(crate) fn certification(
        &self,
        kind: Certifiable,
        id: &str,
        today: NaiveDate,
    ) -> Option<&CertifiedRow> {
        let held = self.certified_here(kind, id).filter(|held| today <= held.until)?;
        (!self.is_retired(kind.into(), id, today)).then_some(held)
    }

    /// The last day of what somebody said, whether that is over or not.
    pub(crate) fn certified_until(&self, kind: Certifiable, id: &str) -> Option<NaiveDate> {
        self.certified_here(kind, id).map(|held| held.until)
    }

    /// What somebody of the domain said to which something belongs now.
    fn certified_here(&self, kind: Certifiable, id: &str) -> Option<&CertifiedRow> {
        let domain = match kind {
            Certifiable::Product => self.products.get(id).map(|product| &product.domain),
            Certifiable::Asset => self.assets.get(id).map(|asset| &asset.domain),
        };
        let held = self.certified.of(kind).get(id)?;
        domain.is_none_or(|domain| *domain == held.domain).then_some(held)
    }

    /// Puts in whether something is certified.
    pub(super) fn put_certified(
        &mut self,
        kind: Certifiable,
        id: &str,
        row: Option<CertifiedRow>,
        stale: &mut Stale,
    ) {
        let shelf = self.certified.of_mut(kind);
        if shelf.get(id) == row.as_ref() {
            return;
        }
        match row {
            Some(row) => shelf.put(id.into(), row),
            None => _ = shelf.take(id),
        }
        stale.entries.insert(match kind {
            Certifiable::Product => Entry::Product(id.to_owned()),
            Certifiable::Asset => Entry::Asset(id.to_owned()),
        });
    }

    /// Puts in all that is certified. A kind that only another version of the portal knows says nothing here.
    pub(super) fn put_all_certified(&mut self, rows: Vec<CertifiedRow>) {
        let mut stale = Stale::default();
        for row in rows {
            let Ok(kind) = row.kind.parse::<Certifiable>() else { continue };
            let id = row.id.clone();
            self.put_certified(kind, &id, Some(row), &mut stale);
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use lakeport_model::PersonId;
    use lakeport_model::retire::Retirable;

    use super::*;
    use crate::store::retired::RetiredRow;

    fn day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2027, 3, 3).expect("it is a day")
    }

    fn row(kind: &str) -> CertifiedRow {
        CertifiedRow {
            kind: kind.to_owned(),
            id: "orders".to_owned(),
            until: day(),
            reason: String::new(),
            domain: String::new(),
            person: PersonId(uuid::Uuid::nil()),
            at: DateTime::UNIX_EPOCH,
        }
    }

    fn is_certified(snapshot: &Snapshot, kind: Certifiable, days: i64) -> bool {
        snapshot.certification(kind, "orders", day() + TimeDelta::days(days)).is_some()
    }

    #[test]
    fn something_is_certified_up_to_its_last_day() {
        let mut snapshot = Snapshot::default();
        snapshot.put_all_certified(vec![row("planet"), row("product")]);
        let product = Certifiable::Product;
        assert!(is_certified(&snapshot, product, -1) && is_certified(&snapshot, product, 0));
        assert!(!is_certified(&snapshot, product, 1));
        assert!(!is_certified(&snapshot, Certifiable::Asset, 0), "another thing of the same id");
        let mut stale = Stale::default();
        snapshot.put_certified(product, "orders", Some(row("product")), &mut stale);
        assert!(stale.entries.is_empty(), "it is the same");
        snapshot.put_certified(product, "orders", None, &mut stale);
        assert_eq!(stale.entries.len(), 1);
        assert!(!is_certified(&snapshot, product, 0), "it was withdrawn");
    }

    #[test]
    fn what_is_retired_is_certified_no_more_once_its_day_has_come() {
        let mut snapshot = Snapshot::default();
        snapshot.put_all_certified(vec![row("product")]);
        let retired = RetiredRow {
            kind: Retirable::Product.to_string(),
            id: "orders".to_owned(),
            on_day: day(),
            reason: String::new(),
            successor: None,
            person: PersonId(uuid::Uuid::nil()),
            at: DateTime::UNIX_EPOCH,
        };
        snapshot.put_all_retired(vec![retired]);
        assert!(is_certified(&snapshot, Certifiable::Product, -1), "it is only announced");
        assert!(!is_certified(&snapshot, Certifiable::Product, 0));
    }
}
