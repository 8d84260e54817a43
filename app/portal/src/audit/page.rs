//! The audit as stewards and administrators read it.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use lakeport_model::PersonId;
use lakeport_model::audit::{AUDIT_DAYS, AuditFilter, AuditPage};
use lakeport_model::people::{Role, Viewer};

use super::export::MOST;
use super::names::Naming;
use crate::policy::{self, SeeAudit};
use crate::snapshot::told_unread;
use crate::store::audit as store;
use crate::{Call, Error, Result, text};

/// Records of a page.
const RECORDS: u8 = 50;

/// A page of the audit: all of it for administrators, what is about their domains for stewards.
pub async fn page(call: &Call, filter: AuditFilter) -> Result<AuditPage> {
    let read = read(call, &filter).await;
    call.noted("audit.read.refused", "audit", read).await
}

async fn read(call: &Call, filter: &AuditFilter) -> Result<AuditPage> {
    let Call { ctx, viewer, .. } = call;
    let search = Search::of(viewer, filter)?;
    let snapshot = call.snapshot();
    let mut tx = ctx.db.read().await?;
    let head = store::head(&mut tx).await?.map(|head| (head.number, head.hash));
    let before = filter.before.unwrap_or(i64::MAX);
    let mut found = store::before(&mut tx, &search.wanted(), before, i64::from(RECORDS) + 1).await?;
    let next = (found.len() > usize::from(RECORDS)).then(|| found[usize::from(RECORDS) - 1].number);
    found.truncate(usize::from(RECORDS));
    let mut naming = Naming::new(&snapshot);
    let mut records = Vec::with_capacity(found.len());
    for record in found {
        records.push(naming.shown(&mut tx, record).await?);
    }
    let stewards = viewer.memberships.iter().filter(|membership| membership.role == Role::Steward);
    Ok(AuditPage {
        records,
        next,
        actions: store::actions(&mut tx).await?,
        head,
        domains: (!viewer.administrator).then(|| stewards.map(|held| held.domain.clone()).collect()),
        export_limit: MOST,
        unread: told_unread(snapshot.unread().filter(|_| viewer.administrator)),
    })
}

/// What a viewer looks for, checked.
#[derive(Debug, Clone)]
pub(super) struct Search {
    steward: Option<PersonId>,
    action: String,
    person: String,
    words: String,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
}

impl Search {
    /// Refused to whoever may not read the audit.
    pub(super) fn of(viewer: &Viewer, filter: &AuditFilter) -> Result<Self> {
        policy::authorize(viewer, SeeAudit)?;
        let short = |field, what, value: &Option<String>| {
            let value = value.as_deref().unwrap_or_default();
            text::text(field, what, value, text::SHORT).map(ToOwned::to_owned)
        };
        let from = day("from", filter.from.as_deref())?;
        let to = day("to", filter.to.as_deref())?;
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            return Err(Error::invalid("to", "The last day lies before the first. Choose a later last day."));
        }
        let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
        Ok(Self {
            steward: policy::audit_limit(viewer),
            action: short("action", "what was done", &filter.action)?,
            person: short("person", "the name", &filter.person)?,
            words: short("words", "the words", &filter.words)?,
            from: from.map(midnight),
            to: to.map(|last| midnight(last + Days::new(1))),
        })
    }

    /// True for a viewer who reads no less than whoever began it.
    pub(super) fn is_for(&self, viewer: &Viewer) -> bool {
        let reaches = self.steward.is_some() || policy::audit_limit(viewer).is_none();
        reaches && policy::authorize(viewer, SeeAudit).is_ok()
    }

    pub(super) fn wanted(&self) -> store::Wanted<'_> {
        store::Wanted {
            steward: self.steward,
            action: &self.action,
            person: &self.person,
            words: &self.words,
            from: self.from,
            to: self.to,
        }
    }
}

fn day(field: &'static str, text: Option<&str>) -> Result<Option<NaiveDate>> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let (first, last) = AUDIT_DAYS;
    // Days written like this have the order of their letters.
    match text.parse() {
        Ok(day) if text.len() == 10 && (first..=last).contains(&text) => Ok(Some(day)),
        _ => Err(Error::invalid(
            field,
            format!("Write year, month and day, such as 2027-06-30, from {first} to {last}."),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_is_none_is_never_taken_for_no_filter() {
        assert_eq!(day("from", Some(" ")).expect("nothing is chosen"), None);
        assert!(day("from", Some("2027-06-30")).expect("a day").is_some());
        for wrong in [
            "30.6.2027",
            "2027-02-30",
            "+12345-01-01",
            "-0001-01-01",
            "-001-01-01",
            "0001-01-01",
            "0026-06-30",
            "1969-12-31",
            "2200-01-01",
            "9999-12-31",
            "yesterday",
        ] {
            assert!(day("from", Some(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_field_never_takes_a_day_that_is_refused() {
        for taken in [AUDIT_DAYS.0, AUDIT_DAYS.1] {
            assert!(day("to", Some(taken)).is_ok_and(|day| day.is_some()), "{taken}");
        }
    }
}
