//! Products of a domain that nobody read for some months.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Months, NaiveDate};
use lakeport_model::people::DomainRef;
use lakeport_model::retire::Retirable;
use lakeport_model::usage::{MOST_UNUSED, Unused, UnusedPage, months_shown};
use lakeport_model::{DomainId, Page, PageRequest, ProductId};

use super::groups::count;
use super::subject::{Subject, behind};
use crate::catalog::{Product, Snapshot};
use crate::policy::{self, PublishDocument, SeeHistory};
use crate::store::Tx;
use crate::store::{access as grants, contracts};
use crate::{Call, Ctx, Error, Result};

/// A product that nobody read, and the last day on which somebody had.
pub(super) struct Idle<'a> {
    pub(super) product: &'a Product,
    last: Option<NaiveDate>,
}

/// The products of a domain that nobody read for so many months, in parts, for its members.
///
/// # Errors
/// Refused where there is no such domain, and to whoever is no member of it.
pub async fn unused(
    call: &Call,
    id: &DomainId,
    months: Option<u32>,
    page: PageRequest,
) -> Result<UnusedPage> {
    let (snapshot, today) = (call.snapshot(), call.now().date_naive());
    let domain = snapshot.domains.get(id.as_str()).ok_or_else(|| Error::not_found("domain"))?;
    policy::authorize(&call.viewer, SeeHistory { domain: id.clone() })
        .map_err(|error| error.saying("Only members of a domain see what nobody uses of it.".to_owned()))?;
    let months = months_shown(months);
    let since = first_day(today, months);
    let limit = page.limit.clamp(1, MOST_UNUSED);
    let after = page.after.unwrap_or_default();
    let (mut tx, idle) =
        idle(&call.ctx, &snapshot, id.as_str(), since, (after.as_str(), limit as usize + 1)).await?;
    let idle = Page::cut(idle, limit, |idle| idle.product.id.clone());
    let publish = PublishDocument { domain: id.clone(), from: Some(id.clone()) };
    Ok(UnusedPage {
        domain: DomainRef { id: id.clone(), name: domain.name.clone() },
        months,
        since,
        products: Page { items: lines(&mut tx, call, &idle.items, today).await?, next: idle.next },
        may_retire: policy::decide(&call.viewer, &publish.into()).allowed,
    })
}

/// The first day of the months that end today.
pub(super) fn first_day(today: NaiveDate, months: u32) -> NaiveDate {
    today.checked_sub_months(Months::new(months)).unwrap_or(today)
}

/// The first products of a domain, by id from behind one on, of which nobody read anything since a day though they were there
/// before, and the transaction that says so.
pub(super) async fn idle<'a>(
    ctx: &Ctx,
    snapshot: &'a Snapshot,
    domain: &str,
    since: NaiveDate,
    (after, most): (&str, usize),
) -> Result<(Tx, Vec<Idle<'a>>)> {
    let readable = readable(snapshot, domain, since, after);
    let all: BTreeSet<&str> = readable.iter().flat_map(|(_, assets)| assets).copied().collect();
    let mut state = ctx.readings.state_of(&ctx.db, &all).await?;
    let days = state.last_days(&all).await?;
    let found = readable.iter().filter_map(|(product, assets)| {
        let last = assets.iter().filter_map(|asset| days.get(*asset)).max().copied();
        last.is_none_or(|last| last < since).then_some(Idle { product, last })
    });
    Ok((state.tx, found.take(most).collect()))
}

/// Products of a domain behind an id that were there on a day with something that can be read here, with what that is. What is
/// retired, or will be, nobody has to be told to retire.
fn readable<'a>(
    snapshot: &'a Snapshot,
    domain: &str,
    since: NaiveDate,
    after: &str,
) -> Vec<(&'a Product, Vec<&'a str>)> {
    let offered = |product: &&Product| {
        product.id.as_str() > after
            && product.created_at.date_naive() <= since
            && snapshot.retirement(Retirable::Product, &product.id).is_none()
    };
    let with_assets = |product: &'a Product| {
        let assets = behind(snapshot, product).filter(|asset| asset.opens_here());
        let assets: Vec<_> = assets.collect();
        let was_there = assets.iter().any(|asset| asset.created_at.date_naive() <= since);
        was_there.then(|| (product, assets.into_iter().map(|asset| asset.id.as_str()).collect()))
    };
    snapshot.products_in(domain).filter(offered).filter_map(with_assets).collect()
}

/// These products with those who hold access to them and rely on their contracts.
async fn lines(tx: &mut Tx, call: &Call, idle: &[Idle<'_>], today: NaiveDate) -> Result<Vec<Unused>> {
    let snapshot = call.snapshot();
    let ids: Vec<&str> = idle.iter().map(|idle| idle.product.id.as_str()).collect();
    let holders = grants::holders_each(tx, &ids, today).await?;
    let holders: BTreeMap<String, i64> = holders.into_iter().collect();
    let all = idle.iter().flat_map(|idle| contracts_of(idle.product));
    let all: BTreeSet<&str> = all.collect();
    let all: Vec<String> = all.into_iter().map(ToOwned::to_owned).collect();
    let subscribers = contracts::subscribers_each(tx, &all).await?;
    let subscribers: BTreeMap<String, i64> = subscribers.into_iter().collect();
    let line = |idle: &Idle<'_>| {
        let of = contracts_of(idle.product).into_iter();
        Unused {
            product: ProductId(idle.product.id.clone()),
            name: idle.product.name.clone(),
            was_read: idle.last.is_some(),
            // The last day of a single reader says when that person read.
            last: idle
                .last
                .filter(|_| Subject::Product(idle.product).tells_names_to(&snapshot, &call.viewer)),
            holders: count(holders.get(&idle.product.id).copied().unwrap_or_default()),
            subscriptions: count(of.filter_map(|contract| subscribers.get(contract)).sum()),
        }
    };
    Ok(idle.iter().map(line).collect())
}

/// The contracts under which a product is offered, each once.
fn contracts_of(product: &Product) -> BTreeSet<&str> {
    product.ports.iter().filter_map(|port| port.contract.as_deref()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_those_of_the_calendar() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("it is a day");
        assert_eq!(first_day(day("2026-12-01"), 6), day("2026-06-01"));
        assert_eq!(first_day(day("2026-08-31"), 6), day("2026-02-28"));
        assert_eq!(first_day(day("2026-01-15"), 3), day("2025-10-15"));
    }
}
