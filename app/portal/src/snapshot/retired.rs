//! What is retired, or will be, in the catalog. Whether it is by now, is asked with the day: no job has to run for that.

use chrono::NaiveDate;
use lakeport_model::retire::Retirable;

use super::settle::Stale;
use super::shelf::Shelf;
use super::terms::Term;
use super::touch::Entry;
use super::types::Snapshot;
use crate::store::retired::RetiredRow;

/// By id, of each kind.
#[derive(Debug, Clone, Default)]
pub(super) struct Retirements {
    products: Shelf<RetiredRow>,
    assets: Shelf<RetiredRow>,
    terms: Shelf<RetiredRow>,
}

impl Retirements {
    fn of(&self, kind: Retirable) -> &Shelf<RetiredRow> {
        match kind {
            Retirable::Product => &self.products,
            Retirable::Asset => &self.assets,
            Retirable::Term => &self.terms,
        }
    }

    fn of_mut(&mut self, kind: Retirable) -> &mut Shelf<RetiredRow> {
        match kind {
            Retirable::Product => &mut self.products,
            Retirable::Asset => &mut self.assets,
            Retirable::Term => &mut self.terms,
        }
    }
}

impl RetiredRow {
    /// True once its day has come.
    pub(crate) fn is_in_effect(&self, today: NaiveDate) -> bool {
        today >= self.on_day
    }
}

impl Snapshot {
    /// That something is retired, or will be.
    pub(crate) fn retirement(&self, kind: Retirable, id: &str) -> Option<&RetiredRow> {
        self.retired.of(kind).get(id)
    }

    /// True for something that is retired on this day.
    pub(crate) fn is_retired(&self, kind: Retirable, id: &str, today: NaiveDate) -> bool {
        self.retirement(kind, id).is_some_and(|retired| retired.is_in_effect(today))
    }

    /// The ids of all that is retired on this day, of one kind.
    pub(crate) fn retired_on(&self, kind: Retirable, today: NaiveDate) -> impl Iterator<Item = &str> {
        let of_kind = self.retired.of(kind).iter();
        of_kind.filter(move |(_, retired)| retired.is_in_effect(today)).map(|(id, _)| id)
    }

    /// Terms of which each of these words begins a word of the name or of a synonym, without those that are retired on this day.
    pub(crate) fn offered_terms<'a>(
        &'a self,
        words: &[String],
        today: NaiveDate,
    ) -> impl Iterator<Item = &'a Term> + use<'a> {
        let terms = self.terms_with(words).into_iter();
        terms.filter(move |term| !self.is_retired(Retirable::Term, &term.id, today))
    }

    /// Puts in whether something is retired.
    pub(super) fn put_retired(
        &mut self,
        kind: Retirable,
        id: &str,
        row: Option<RetiredRow>,
        stale: &mut Stale,
    ) {
        let shelf = self.retired.of_mut(kind);
        if shelf.get(id) == row.as_ref() {
            return;
        }
        match row {
            Some(row) => shelf.put(id.into(), row),
            None => _ = shelf.take(id),
        }
        match kind {
            Retirable::Product => _ = stale.entries.insert(Entry::Product(id.to_owned())),
            Retirable::Asset => _ = stale.entries.insert(Entry::Asset(id.to_owned())),
            // The search finds terms in the catalog itself.
            Retirable::Term => {}
        }
    }

    /// Puts in all that is retired. A kind that only another version of the portal knows says nothing here.
    pub(super) fn put_all_retired(&mut self, rows: Vec<RetiredRow>) {
        let mut stale = Stale::default();
        for row in rows {
            let Ok(kind) = row.kind.parse::<Retirable>() else { continue };
            let id = row.id.clone();
            self.put_retired(kind, &id, Some(row), &mut stale);
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use lakeport_model::PersonId;

    use super::*;

    #[test]
    fn something_is_retired_from_its_day_on() {
        let day = NaiveDate::from_ymd_opt(2027, 1, 1).expect("it is a day");
        let row = RetiredRow {
            kind: "product".to_owned(),
            id: "orders".to_owned(),
            on_day: day,
            reason: String::new(),
            successor: None,
            person: PersonId(uuid::Uuid::nil()),
            at: DateTime::UNIX_EPOCH,
        };
        let mut snapshot = Snapshot::default();
        snapshot.put_all_retired(vec![RetiredRow { kind: "planet".to_owned(), ..row.clone() }, row.clone()]);
        let is_retired = |snapshot: &Snapshot, kind, days| {
            snapshot.is_retired(kind, "orders", day + TimeDelta::days(days))
        };
        assert!(!is_retired(&snapshot, Retirable::Product, -1));
        assert!(is_retired(&snapshot, Retirable::Product, 0) && is_retired(&snapshot, Retirable::Product, 1));
        assert!(!is_retired(&snapshot, Retirable::Asset, 1), "another thing of the same id");
        assert_eq!(snapshot.retired_on(Retirable::Product, day).collect::<Vec<_>>(), ["orders"]);
        let mut stale = Stale::default();
        snapshot.put_retired(Retirable::Product, "orders", Some(row), &mut stale);
        assert!(stale.entries.is_empty(), "it is the same");
        snapshot.put_retired(Retirable::Product, "orders", None, &mut stale);
        assert_eq!(stale.entries.len(), 1);
        assert!(!is_retired(&snapshot, Retirable::Product, 1), "it was restored");
    }
}
