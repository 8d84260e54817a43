//! Owners are told once a month what nobody uses of their domain. Nothing is retired by that.

use chrono::{Datelike, NaiveDate};
use lakeport_model::people::Role;
use lakeport_model::retire::Retirable;
use lakeport_model::usage::USUAL_MONTHS;
use lakeport_model::{First, PersonId, day};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::unused::{Idle, first_day, idle};
use crate::catalog::{Snapshot, href};
use crate::notify::{self, Message};
use crate::store::{Tx, settings};
use crate::{Ctx, Error, Result};

/// Most products that a message names.
const MOST_NAMED: usize = 5;
/// Months after which the same list is told again.
const SAME_AGAIN: i64 = 3;

/// What a domain's owners were told last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Told {
    /// On this day; `None` where they never were.
    on: Option<NaiveDate>,
    /// Which products that were, as a digest.
    list: String,
}

impl Told {
    /// Nothing that is understood counts as nothing.
    async fn last(tx: &mut Tx, domain: &str) -> Result<Self> {
        let text = settings::get(tx, &key(domain)).await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    /// True where these products are to be told on this day: once a month, and what was told already more seldom.
    fn is_over(&self, list: &str, today: NaiveDate) -> bool {
        let Some(on) = self.on else { return true };
        let passed = number(today) - number(on);
        passed >= if self.list == list { SAME_AGAIN } else { 1 }
    }
}

/// Under which it is kept what a domain's owners were told.
fn key(domain: &str) -> String {
    format!("unused.told.{domain}")
}

/// A month among all.
fn number(day: NaiveDate) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month0())
}

/// A month in words: `2026-12`.
pub(crate) fn month(day: NaiveDate) -> String {
    day.format("%Y-%m").to_string()
}

/// Tells the owners of a domain which of its products nobody read for half a year, where there are any and they were not told
/// lately; answers how many messages that took.
pub(crate) async fn tell(ctx: &Ctx, snapshot: &Snapshot, domain: &str) -> Result<u32> {
    if owners(snapshot, domain).is_empty() {
        return Ok(0);
    }
    let today = ctx.now().date_naive();
    let since = first_day(today, USUAL_MONTHS);
    let (mut tx, idle) = idle(ctx, snapshot, domain, since, ("", usize::MAX)).await?;
    let list = digest(&idle);
    if idle.is_empty() || !Told::last(&mut tx, domain).await?.is_over(&list, today) {
        return Ok(0);
    }
    drop(tx);
    let mut tx = ctx.db.write().await?;
    // Another process may have been quicker, and the domain may be another one by now.
    if !Told::last(&mut tx, domain).await?.is_over(&list, today) {
        return Ok(0);
    }
    let snapshot = ctx.snapshot_in(&mut tx).await?;
    let owners = owners(&snapshot, domain);
    let names: Vec<String> = idle.iter().filter_map(|idle| still_there(&snapshot, domain, idle)).collect();
    if owners.is_empty() || names.is_empty() {
        return Ok(0);
    }
    notify::tell(&mut tx, ctx, &owners, &message(&snapshot, domain, names, since)).await?;
    let told = serde_json::to_string(&Told { on: Some(today), list }).map_err(Error::fault)?;
    settings::set(&mut tx, &key(domain), &told).await?;
    tx.commit_unrecorded("a hint stands in the inbox, and changes nothing").await?;
    Ok(1)
}

fn owners(snapshot: &Snapshot, domain: &str) -> Vec<PersonId> {
    snapshot.members_with(domain, Role::Owner).map(|member| member.person).collect()
}

/// The name of a product that is still offered by the domain.
fn still_there(snapshot: &Snapshot, domain: &str, idle: &Idle<'_>) -> Option<String> {
    let product = snapshot.products.get(&idle.product.id)?;
    let is_kept = product.domain == domain && snapshot.retirement(Retirable::Product, &product.id).is_none();
    is_kept.then(|| product.name.clone())
}

/// These products by their ids.
fn digest(idle: &[Idle<'_>]) -> String {
    let mut hash = Sha256::new();
    for Idle { product, .. } in idle {
        hash.update(product.id.as_bytes());
        hash.update([0_u8]);
    }
    hex::encode(&hash.finalize()[..16])
}

fn message(snapshot: &Snapshot, domain: &str, names: Vec<String>, since: NaiveDate) -> Message {
    let names = First::cut(names, MOST_NAMED);
    let products = if names.of == 1 { "data product" } else { "data products" };
    Message::new(
        format!("Unused {products} of {}: {}", snapshot.domain_name(domain), names.words()),
        [format!(
            "Nobody read {} in the portal since {}: retire what is not needed any more",
            these(names.of),
            day(since)
        )],
        format!("{}/unused", href::domain(domain)),
    )
}

fn these(products: u32) -> &'static str {
    if products == 1 { "this" } else { "these" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day_of(text: &str) -> NaiveDate {
        text.parse().expect("it is a day")
    }

    #[test]
    fn a_list_is_told_once_a_month_and_the_same_one_after_three() {
        assert!(Told::default().is_over("a", day_of("2026-12-01")), "nobody was told yet");
        let told = Told { on: Some(day_of("2026-12-20")), list: "a".to_owned() };
        let over = |list: &str, today: &str| told.is_over(list, day_of(today));
        assert!(!over("b", "2026-12-31") && over("b", "2027-01-01"), "another list");
        assert!(!over("a", "2027-01-01") && !over("a", "2027-02-28") && over("a", "2027-03-01"));
    }

    #[test]
    fn a_message_names_five_and_says_how_many_more() {
        let message = |names: &[&str]| {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            message(&Snapshot::default(), "sales", names, day_of("2026-06-01"))
        };
        let many = message(&["a", "b", "c", "d", "e", "f", "g"]);
        assert_eq!(many.title(), "Unused data products of sales: a, b, c, d, e and 2 more");
        assert_eq!(
            many.body(),
            "Nobody read these in the portal since 1 Jun 2026: retire what is not needed any more."
        );
        assert_eq!(many.href(), "/domains/sales/unused");
        let one = message(&["a"]);
        assert_eq!(one.title(), "Unused data product of sales: a");
        assert!(one.body().starts_with("Nobody read this in the portal since"), "{}", one.body());
    }
}
