//! Grants: who holds what, until when.

use chrono::{DateTime, NaiveDate, Utc};
use lakeport_model::access::{self, GrantEnd, GrantStanding, HeldOn, ReviewState};
use lakeport_model::catalog::Classification;
use lakeport_model::sharing::Provisioning;
use lakeport_model::{GrantId, PersonId, RequestId, is_unread_day, is_unread_moment};
use sqlx::FromRow;
use uuid::Uuid;

use super::looks::AT_ONCE;
use super::{About, listed, rows_about, settle};
use crate::policy::{AnswerForOwnGrant, Authorized, BeginCycle, EndGrant, OpenAccess};
use crate::store::lists::{list, rows_of_list};
use crate::store::stored::{Day, DueOn, Moment, OptionalWord, Text, Word};
use crate::store::{Tx, notify, row, rows, run};
use crate::{Error, Result};

/// A stored grant.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[expect(
    missing_docs,
    reason = "the columns of the table, described in the migration and in `model::access`"
)]
pub struct Grant {
    #[sqlx(try_from = "Uuid")]
    pub id: GrantId,
    #[sqlx(try_from = "Uuid")]
    pub request: RequestId,
    pub port: String,
    pub product: String,
    pub domain: String,
    pub asset: Option<String>,
    #[sqlx(try_from = "Text")]
    pub classification: Word<Classification>,
    #[sqlx(try_from = "Uuid")]
    pub consumer: PersonId,
    pub purpose: String,
    #[sqlx(try_from = "Moment")]
    pub starts_at: DateTime<Utc>,
    #[sqlx(try_from = "Day")]
    pub ends_on: NaiveDate,
    #[sqlx(try_from = "OptionalWord")]
    pub ended: Option<GrantEnd>,
    #[sqlx(try_from = "Moment")]
    pub ended_at: Option<DateTime<Utc>>,
    pub ended_by: Option<String>,
    pub end_reason: Option<String>,
    pub ended_rule: Option<String>,
    pub cycle: i64,
    #[sqlx(try_from = "DueOn")]
    pub next_review: Option<NaiveDate>,
    #[sqlx(try_from = "Moment")]
    pub confirmed_at: Option<DateTime<Utc>>,
    #[sqlx(try_from = "Text")]
    pub provisioning: Word<Provisioning>,
    pub provisioning_attempts: i64,
    #[sqlx(try_from = "Moment")]
    pub provision_after: DateTime<Utc>,
    pub provisioning_note: Option<String>,
    pub revision: i64,
}

impl Grant {
    /// Whether the grant holds.
    pub fn standing(&self, now: DateTime<Utc>) -> GrantStanding {
        access::standing(self.last_day(), self.ended, now)
    }

    /// The last day on which it opens anything. Neither an end nor a start that cannot be read does: rather over too early
    /// than never.
    fn last_day(&self) -> NaiveDate {
        if is_unread_moment(self.starts_at) { NaiveDate::default() } else { self.ends_on }
    }

    /// True where its start and its end can be read.
    pub fn has_days(&self) -> bool {
        !is_unread_day(self.last_day())
    }

    /// # Errors
    /// A fault where they cannot: it opens nothing, and nobody can say when it was over.
    pub fn days(&self) -> Result<()> {
        if self.has_days() {
            return Ok(());
        }
        Err(Error::fault("database: the start or the end of a grant is no time"))
    }

    /// # Errors
    /// A fault where it holds a word that this version does not know.
    pub fn known(&self) -> Result<()> {
        self.classification.known()?;
        self.provisioning.known()?;
        Ok(())
    }

    /// Whether its review waits.
    pub fn review(&self, now: DateTime<Utc>) -> ReviewState {
        match self.next_review {
            Some(due) if self.standing(now) == GrantStanding::Active => {
                ReviewState::on(now.date_naive(), due)
            }
            _ => ReviewState::Ok,
        }
    }

    /// The id of the person who withdrew it, as text; `None` where nobody did, or a rule.
    pub fn withdrawn_by(&self) -> Option<&str> {
        let by = self.ended_by.as_deref().filter(|_| self.ended == Some(GrantEnd::Revoked));
        by?.strip_prefix("person ")
    }
}

/// Adds a grant.
pub async fn insert_grant(tx: &mut Tx, _proof: &Authorized<OpenAccess>, grant: &Grant) -> Result<()> {
    run!(
        tx,
        "INSERT INTO access_grant (id, request, port, product, domain, asset, classification, consumer, purpose, \
         starts_at, ends_on, cycle, next_review, provisioning, provisioning_attempts, provision_after, revision) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        grant.id.0,
        grant.request.0,
        &grant.port,
        &grant.product,
        &grant.domain,
        &grant.asset,
        grant.classification.to_string(),
        grant.consumer.0,
        &grant.purpose,
        grant.starts_at,
        grant.ends_on,
        grant.cycle,
        grant.next_review,
        grant.provisioning.to_string(),
        grant.provisioning_attempts,
        grant.provision_after,
        grant.revision
    )?;
    Ok(())
}

/// A grant by id.
pub async fn grant(tx: &mut Tx, id: GrantId) -> Result<Option<Grant>> {
    Ok(row!(tx, Grant, "SELECT * FROM access_grant WHERE id = $1", id.0)?)
}

/// What came of a request, where it became a grant.
pub async fn grant_of_request(tx: &mut Tx, request: RequestId) -> Result<Option<Grant>> {
    Ok(row!(tx, Grant, "SELECT * FROM access_grant WHERE request = $1", request.0)?)
}

/// The grants of a person, newest first, ended ones included.
pub async fn grants_of(tx: &mut Tx, person: PersonId) -> Result<Vec<Grant>> {
    Ok(rows!(tx, Grant, "SELECT * FROM access_grant WHERE consumer = $1 ORDER BY id DESC", person.0)?)
}

/// The grants of a person that hold on this day, newest first.
pub async fn live_grants_of(tx: &mut Tx, person: PersonId, today: NaiveDate) -> Result<Vec<Grant>> {
    let mut found = rows!(
        tx,
        Grant,
        "SELECT * FROM access_grant WHERE consumer = $1 AND ended IS NULL AND ends_on >= $2 ORDER BY id DESC",
        person.0,
        today
    )?;
    // To the database, what is no day may come after every day.
    found.retain(|grant: &Grant| !access::is_over(grant.last_day(), today));
    Ok(found)
}

/// Grants that nobody ended; some may have expired.
pub async fn open_grants(tx: &mut Tx) -> Result<Vec<Grant>> {
    Ok(rows!(tx, Grant, "SELECT * FROM access_grant WHERE ended IS NULL ORDER BY next_review, id")?)
}

/// Those about one of these things.
pub async fn open_grants_about(tx: &mut Tx, about: &About) -> Result<Vec<Grant>> {
    Ok(rows_about!(
        tx,
        Grant,
        "SELECT * FROM access_grant WHERE ended IS NULL",
        about,
        " ORDER BY next_review, id"
    )?)
}

/// How many read a product on this day, and the domains that they belong to.
pub async fn consumers(tx: &mut Tx, product: &str, today: NaiveDate) -> Result<(i64, Vec<String>)> {
    let number = row!(
        tx,
        (i64,),
        "SELECT COUNT(DISTINCT consumer) FROM access_grant WHERE product = $1 AND ended IS NULL AND ends_on >= $2",
        product,
        today
    )?;
    let domains = rows!(
        tx,
        (String,),
        "SELECT DISTINCT member.domain FROM access_grant JOIN member ON member.person = access_grant.consumer \
         JOIN person ON person.id = member.person WHERE access_grant.product = $1 AND access_grant.ended IS NULL \
         AND access_grant.ends_on >= $2 AND person.disabled_at IS NULL",
        product,
        today
    )?;
    let domains = domains.into_iter().map(|(domain,)| domain).collect();
    Ok((number.map_or(0, |(number,)| number), domains))
}

/// Grants in one of these domains that nobody ended and whose review comes by that day.
pub async fn reviews_in(tx: &mut Tx, domains: &[String], by: NaiveDate) -> Result<Vec<Grant>> {
    let domains = listed(domains)?;
    Ok(match tx {
        Tx::Sqlite(..) => rows!(
            tx,
            Grant,
            "SELECT * FROM access_grant WHERE ended IS NULL AND next_review <= $2 \
             AND domain IN (SELECT value FROM json_each($1)) ORDER BY next_review, id",
            domains,
            by
        )?,
        Tx::Postgres(..) => rows!(
            tx,
            Grant,
            "SELECT * FROM access_grant WHERE ended IS NULL AND next_review <= $2 \
             AND domain IN (SELECT json_array_elements_text(CAST($1 AS JSON))) ORDER BY next_review, id",
            domains,
            by
        )?,
    })
}

/// How many grants of a domain hold on this day and are reviewed, and of how many of them the review is overdue.
pub async fn reviewed_in(tx: &mut Tx, domain: &str, today: NaiveDate) -> Result<(i64, i64)> {
    let found = row!(
        tx,
        (i64, i64),
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN next_review < $2 THEN 1 ELSE 0 END), 0) FROM access_grant \
         WHERE domain = $1 AND ended IS NULL AND next_review IS NOT NULL AND ends_on >= $2",
        domain,
        today
    )?;
    Ok(found.unwrap_or_default())
}

/// Grants on a product or an asset that hold on this day, newest first, from below the id `before`.
pub async fn live_grants(
    tx: &mut Tx,
    on: &HeldOn,
    today: NaiveDate,
    before: GrantId,
    limit: i64,
) -> Result<Vec<Grant>> {
    Ok(match on {
        HeldOn::Product(product) => rows!(
            tx,
            Grant,
            "SELECT * FROM access_grant WHERE product = $1 AND ended IS NULL AND ends_on >= $2 AND id < $3 \
             ORDER BY id DESC LIMIT $4",
            product.as_str(),
            today,
            before.0,
            limit
        )?,
        HeldOn::Asset(asset) => rows!(
            tx,
            Grant,
            "SELECT * FROM access_grant WHERE asset = $1 AND ended IS NULL AND ends_on >= $2 AND id < $3 \
             ORDER BY id DESC LIMIT $4",
            asset.as_str(),
            today,
            before.0,
            limit
        )?,
    })
}

/// The same of those that a domain answers for and whose review was due by `due`: found by the domain's reviews.
pub async fn overdue_grants(
    tx: &mut Tx,
    on: &HeldOn,
    (domain, due): (&str, NaiveDate),
    today: NaiveDate,
    before: GrantId,
    limit: i64,
) -> Result<Vec<Grant>> {
    let (product, asset) = match on {
        HeldOn::Product(product) => (Some(product.as_str()), None),
        HeldOn::Asset(asset) => (None, Some(asset.as_str())),
    };
    Ok(rows!(
        tx,
        Grant,
        "SELECT * FROM access_grant WHERE domain = $1 AND next_review <= $2 AND ended IS NULL AND ends_on >= $3 \
         AND id < $4 AND (product = $5 OR asset = $6) ORDER BY id DESC LIMIT $7",
        domain,
        due,
        today,
        before.0,
        product,
        asset,
        limit
    )?)
}

/// How many grants on these assets hold on a day, by the product they were granted with.
pub async fn live_numbers(tx: &mut Tx, assets: &[String], today: NaiveDate) -> Result<Vec<(String, i64)>> {
    let assets = listed(assets)?;
    Ok(match tx {
        Tx::Sqlite(..) => rows!(
            tx,
            (String, i64),
            "SELECT product, COUNT(*) FROM access_grant WHERE ended IS NULL AND ends_on >= $2 \
             AND asset IN (SELECT value FROM json_each($1)) GROUP BY product",
            assets,
            today
        )?,
        Tx::Postgres(..) => rows!(
            tx,
            (String, i64),
            "SELECT product, COUNT(*) FROM access_grant WHERE ended IS NULL AND ends_on >= $2 \
             AND asset IN (SELECT json_array_elements_text(CAST($1 AS JSON))) GROUP BY product",
            assets,
            today
        )?,
    })
}

/// The same of each asset: asset, product and number.
pub async fn live_numbers_each(
    tx: &mut Tx,
    assets: &[String],
    today: NaiveDate,
) -> Result<Vec<(String, String, i64)>> {
    let assets = listed(assets)?;
    Ok(match tx {
        Tx::Sqlite(..) => rows!(
            tx,
            (String, String, i64),
            "SELECT asset, product, COUNT(*) FROM access_grant WHERE ended IS NULL AND ends_on >= $2 \
             AND asset IN (SELECT value FROM json_each($1)) GROUP BY asset, product",
            assets,
            today
        )?,
        Tx::Postgres(..) => rows!(
            tx,
            (String, String, i64),
            "SELECT asset, product, COUNT(*) FROM access_grant WHERE ended IS NULL AND ends_on >= $2 \
             AND asset IN (SELECT json_array_elements_text(CAST($1 AS JSON))) GROUP BY asset, product",
            assets,
            today
        )?,
    })
}

/// How many hold access to each of these products on a day that anybody does.
pub async fn holders_each(tx: &mut Tx, products: &[&str], today: NaiveDate) -> Result<Vec<(String, i64)>> {
    let asked: Vec<_> = products.iter().map(|product| (product,)).collect();
    Ok(rows_of_list!(
        tx,
        (String, i64),
        "SELECT access_grant.product, COUNT(DISTINCT access_grant.consumer) FROM ",
        " CROSS JOIN access_grant WHERE access_grant.product = item.value ->> 0 AND access_grant.ended IS NULL \
         AND access_grant.ends_on >= $2 GROUP BY access_grant.product",
        list(&asked)?,
        today
    )?)
}

/// True when somebody was ever granted a product or an asset, whatever became of it.
pub async fn was_granted(tx: &mut Tx, on: &HeldOn) -> Result<bool> {
    let found = match on {
        HeldOn::Product(product) => {
            row!(tx, (Uuid,), "SELECT id FROM access_grant WHERE product = $1 LIMIT 1", product.as_str())?
        }
        HeldOn::Asset(asset) => {
            row!(tx, (Uuid,), "SELECT id FROM access_grant WHERE asset = $1 LIMIT 1", asset.as_str())?
        }
    };
    Ok(found.is_some())
}

/// The request that a grant came of.
pub async fn request_of(tx: &mut Tx, grant: GrantId) -> Result<Option<RequestId>> {
    let found = row!(tx, (Uuid,), "SELECT request FROM access_grant WHERE id = $1", grant.0)?;
    Ok(found.map(|(request,)| RequestId(request)))
}

/// Ends a grant that holds, in the revision the decider saw; its delivery is taken back.
pub async fn end_grant(
    tx: &mut Tx,
    proof: &Authorized<EndGrant>,
    grant: &Grant,
    end: GrantEnd,
    by: &str,
    reason: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    let hit = run!(
        tx,
        "UPDATE access_grant SET ended = $3, ended_at = $4, ended_by = $5, end_reason = $6, ended_rule = $7, \
         provisioning = 'deprovisioning', provisioning_attempts = 0, provision_after = $4, revision = revision + 1 \
         WHERE id = $1 AND ended IS NULL AND revision = $2",
        grant.id.0,
        grant.revision,
        end.as_str(),
        at,
        by,
        reason,
        proof.rule()
    )?;
    exactly_one_grant(hit)?;
    settle_ended(tx, grant).await
}

/// What was said about a grant that is over is settled, with the word that it may be used.
pub async fn settle_ended(tx: &mut Tx, grant: &Grant) -> Result<()> {
    settle(tx, "request", grant.request).await?;
    settle(tx, "grant", grant.id).await
}

/// Notes that the consumer still needs the grant.
pub async fn confirm(
    tx: &mut Tx,
    _proof: &Authorized<AnswerForOwnGrant>,
    grant: &Grant,
    at: DateTime<Utc>,
) -> Result<()> {
    let hit = run!(
        tx,
        "UPDATE access_grant SET confirmed_at = $3, next_look = $4, revision = revision + 1 \
         WHERE id = $1 AND revision = $2",
        grant.id.0,
        grant.revision,
        at,
        AT_ONCE
    )?;
    exactly_one_grant(hit)?;
    notify::settle(tx, &format!("grant {}", grant.id), Some(grant.consumer)).await
}

/// Begins the next cycle of a grant, under its classification; the last one where no review follows.
pub async fn next_cycle(
    tx: &mut Tx,
    _proof: &Authorized<BeginCycle>,
    grant: &Grant,
    next_review: Option<NaiveDate>,
) -> Result<()> {
    let hit = run!(
        tx,
        "UPDATE access_grant SET cycle = cycle + 1, next_review = $3, classification = $4, domain = $5, \
         confirmed_at = NULL, next_look = $6, revision = revision + 1 WHERE id = $1 AND ended IS NULL AND revision = $2",
        grant.id.0,
        grant.revision,
        next_review,
        grant.classification.to_string(),
        &grant.domain,
        AT_ONCE
    )?;
    exactly_one_grant(hit)?;
    settle(tx, "grant", grant.id).await
}

fn exactly_one_grant(hit: u64) -> Result<()> {
    if hit == 1 {
        Ok(())
    } else {
        Err(Error::conflict(
            "Somebody changed this grant a moment ago; nothing was changed. Load the page again.",
        ))
    }
}
