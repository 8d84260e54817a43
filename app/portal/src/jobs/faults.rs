//! What a job could not do with one thing: said in the log, told to administrators once, tried again after a pause that
//! grows, and no obstacle to the rest.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use lakeport_model::{ContractId, GrantId, PersonId, RequestId, TokenId};
use uuid::Uuid;

use super::backoff;
use crate::catalog::{Rights, href};
use crate::notify::{self, Message};
use crate::store::{access, jobs as store, notify as messages, people};
use crate::{Ctx, Error, ErrorKind, Result, contracts, new_id};

/// Characters of an error that are kept.
const LONGEST: usize = 500;
/// Things of one job that administrators hear of within a day: where more fail, it is not these things that are bad.
const MOST_A_DAY: i64 = 20;
/// Until something is tried again that is not to blame itself, or of which could not be noted how often it failed.
const PASSING: TimeDelta = TimeDelta::minutes(1);
/// After so long, what failed once is a new fault when it fails again.
const KEPT: TimeDelta = TimeDelta::days(30);

/// One of many things that a job works on.
pub(super) struct Thing {
    /// What the log, the faults and messages call it: a kind and an id, and never a name that somebody may not know.
    pub(super) name: String,
    /// The page where it is seen, for those who may see it.
    href: String,
    about: About,
}

/// What a thing is about, by which people know it.
enum About {
    Grant(GrantId),
    Request(RequestId),
    Contract(ContractId),
    /// Nothing of the catalog.
    Nothing,
}

impl Thing {
    /// A grant has no page of its own: the request that it came of has one.
    pub(super) fn grant(id: GrantId, request: Option<RequestId>) -> Self {
        let href = request.map_or_else(|| "/reviews".to_owned(), |request| format!("/decide/{request}"));
        Self { name: format!("grant {id}"), href, about: About::Grant(id) }
    }

    pub(super) fn request(id: RequestId) -> Self {
        Self { name: format!("request {id}"), href: format!("/decide/{id}"), about: About::Request(id) }
    }

    pub(super) fn contract(id: &str) -> Self {
        let about = About::Contract(id.into());
        Self { name: format!("contract {id}"), href: href::contract(id), about }
    }

    pub(super) fn token(id: TokenId) -> Self {
        Self { name: format!("token {id}"), href: "/tokens".to_owned(), about: About::Nothing }
    }

    /// The digest of what a person follows.
    pub(super) fn digest(person: PersonId) -> Self {
        Self { name: format!("digest {person}"), href: "/inbox".to_owned(), about: About::Nothing }
    }

    /// What nobody uses of a domain.
    pub(super) fn unused(domain: &str) -> Self {
        Self { name: format!("domain {domain}"), href: href::domain(domain), about: About::Nothing }
    }

    pub(super) fn mail(id: Uuid) -> Self {
        Self { name: format!("mail {id}"), href: "/inbox".to_owned(), about: About::Nothing }
    }
}

/// What messages about a fault are about. Other messages about the same thing are about something else, so that neither
/// takes the place of the other, or ends with it.
fn about(job: &str, item: &str) -> String {
    format!("fault {job} {item}")
}

/// What one of many things of a job came to: how much was done, or when it is to be tried again.
pub(super) async fn settled(
    ctx: &Ctx,
    job: &'static str,
    thing: &Thing,
    result: Result<u32>,
) -> std::result::Result<u32, DateTime<Utc>> {
    let item = thing.name.as_str();
    let error = match result {
        Ok(done) => {
            if let Err(error) = forget(ctx, job, item).await {
                tracing::warn!(job, item, %error, "it is done, and still counts as a fault");
            }
            return Ok(done);
        }
        Err(error) => error,
    };
    // Finds the line of the log.
    let reference = match &error {
        Error::Refused(_) => new_id(ctx.now()),
        Error::Fault(fault) => fault.id,
    };
    tracing::error!(job, item, %reference, %error, "a part of a job failed; it is tried again");
    if is_passing(&error) {
        return Err(ctx.now() + PASSING);
    }
    match report(ctx, job, thing, &error, reference).await {
        Ok(again) => Err(again),
        Err(unsaid) => {
            tracing::error!(job, item, error = %unsaid, "administrators could not be told of it");
            Err(ctx.now() + PASSING)
        }
    }
}

/// Nearly nothing was at fault before: the turn to write is taken only where something was.
async fn forget(ctx: &Ctx, job: &str, item: &str) -> Result<()> {
    let mut tx = ctx.db.read().await?;
    let failures = store::failures(&mut tx, job, item).await?;
    drop(tx);
    if failures == 0 {
        return Ok(());
    }
    let mut tx = ctx.db.write().await?;
    store::forget_fault(&mut tx, job, item).await?;
    messages::settle(&mut tx, &about(job, item), None).await?;
    tx.commit_unrecorded("faults of jobs are told, and forgotten once they are over").await
}

/// True where the thing itself is not to blame: others change the portal, or something that is needed does not answer.
fn is_passing(error: &Error) -> bool {
    matches!(error, Error::Refused(refusal) if matches!(refusal.kind, ErrorKind::Busy | ErrorKind::Unavailable))
}

/// Counts the failure, and tells the administrators once until the thing is done; answers when it may be tried again. Why
/// it failed stands in the log alone: it may name what not every administrator may see.
async fn report(
    ctx: &Ctx,
    job: &'static str,
    thing: &Thing,
    error: &Error,
    reference: Uuid,
) -> Result<DateTime<Utc>> {
    let cause = match error {
        Error::Refused(refusal) => &refusal.message,
        Error::Fault(fault) => &fault.cause,
    };
    let cause: String = cause.chars().take(LONGEST).collect();
    let (item, now) = (thing.name.as_str(), ctx.now());
    let titles = titles(ctx, thing).await.unwrap_or_else(|error| {
        tracing::warn!(job, item, %error, "administrators are told of it by its id alone");
        BTreeMap::new()
    });
    let mut tx = ctx.db.write().await?;
    store::forget_faults(&mut tx, now - KEPT).await?;
    let failures = store::failures(&mut tx, job, item).await? + 1;
    let again = now + backoff(failures);
    store::record_fault(&mut tx, (job, item), &cause, failures, now, again).await?;
    let is_one_of_many =
        store::faults_told_since(&mut tx, job, now - TimeDelta::days(1)).await? >= MOST_A_DAY;
    if !is_one_of_many && store::note_fault_told(&mut tx, job, item, now).await? {
        for administrator in people::administrators(&mut tx).await? {
            let title = titles.get(&administrator);
            let message = Message::new(
                format!("The job {job} cannot do its work on {item}"),
                [
                    title.map(|title| format!("It is about {title}")).unwrap_or_default(),
                    "It is tried again, and nothing else waits for it; you are told once".to_owned(),
                    format!("The log says why under the reference {reference}"),
                ],
                thing.href.clone(),
            );
            notify::tell_about(&mut tx, ctx, &[administrator], &about(job, item), &message).await?;
        }
    }
    tx.commit_unrecorded("faults of jobs are told, and forgotten once they are over").await?;
    Ok(again)
}

/// What a thing is about by its name, for each administrator who may know of it. Asked before the turn to write is taken, and of
/// the catalog as it is in memory: it may be what cannot be renewed.
async fn titles(ctx: &Ctx, thing: &Thing) -> Result<BTreeMap<PersonId, String>> {
    let mut titles = BTreeMap::new();
    let Some(snapshot) = ctx.snapshots.newest() else { return Ok(titles) };
    let mut tx = ctx.db.read().await?;
    let port = match &thing.about {
        About::Grant(id) => access::port_of_grant(&mut tx, *id).await?,
        About::Request(id) => access::port_of_request(&mut tx, *id).await?,
        About::Contract(_) | About::Nothing => None,
    };
    for administrator in people::administrators(&mut tx).await? {
        let Some(viewer) = crate::people::viewer_in(&mut tx, administrator).await? else { continue };
        let rights = Rights::in_tx(&mut tx, ctx.now(), &viewer).await?;
        let title = match (&thing.about, &port) {
            (_, Some(port)) => rights.knows_port(&snapshot, port).then(|| snapshot.port_title(port)),
            (About::Contract(id), None) if contracts::opens(&snapshot, &rights, id) => {
                snapshot.contracts.get(id.as_str()).map(|contract| contract.name.clone())
            }
            _ => None,
        };
        titles.extend(title.map(|title| (administrator, title)));
    }
    Ok(titles)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::delivery;

    #[test]
    fn a_delivery_that_fails_and_a_fault_of_its_job_never_share_their_messages() {
        let grant = GrantId(Uuid::from_u128(7));
        let fault = about("delivery", &Thing::grant(grant, None).name);
        assert!(fault.ends_with(&format!("delivery grant {grant}")), "{fault}");
        assert_ne!(fault, delivery::about(grant));
    }
}
