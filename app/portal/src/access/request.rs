//! Asking for access.

use chrono::{NaiveDate, TimeDelta};
use lakeport_model::access::{
    NewRequest, RequestForm, RequestState, SHORTEST_PURPOSE, asks_words, renews_words,
};
use lakeport_model::catalog::{AccessStanding, Classification};
use lakeport_model::people::{DomainRef, Role};
use lakeport_model::{DomainId, PortId, RequestId, day, listed, stored_day};
use serde_json::json;

use super::eyes::Eyes;
use super::{Deciders, answering, as_of_today, decide, eligible, ids, lists, renewal, who};
use crate::catalog::{Contract, ContractVersion, Port, Product, Rights, Sight, Snapshot, href};
use crate::pace::REQUESTS;
use crate::policy::{self, Authorized, RequestAccess, WithdrawRequest};
use crate::store::access::{self as store, Grant, Request};
use crate::store::stored::Word;
use crate::{Call, Ctx, Error, Result, new_id, notify, retire, text};

const SUGGESTED_DAYS: i64 = 180;

/// The port, for somebody who may ask for it.
fn requestable<'a>(
    snapshot: &'a Snapshot,
    rights: &Rights,
    id: &PortId,
) -> Result<(&'a Product, &'a Port, Authorized<RequestAccess>)> {
    // Of a hidden product nobody learns that it has this port.
    let (product, port) = snapshot
        .port(id)
        .filter(|(product, _)| rights.product_sight(product) != Sight::Hidden)
        .ok_or_else(|| {
            let product = id.as_str().rsplit_once('/').map_or("", |(product, _)| product);
            let is_unread = rights.knows_unread_product(snapshot, product);
            if is_unread { Error::unread("data product") } else { Error::not_found("output port") }
        })?;
    let proof = policy::authorize(rights.viewer(), rights.asks_for(product, port)).map_err(|refused| {
        // Members of its domain read it already, unless it is not there to be read.
        let is_member = rights.viewer().is(Role::Member, &DomainId(product.domain.clone()));
        let is_there = port.asset.as_ref().is_none_or(|id| snapshot.assets.contains_key(id));
        match closed(snapshot, rights, port) {
            Some(closed) if is_member && !is_there => {
                Error::conflict(closed.said(is_own(snapshot, rights, product, port)))
            }
            _ => refused,
        }
    })?;
    Ok((product, port, proof))
}

/// Why nobody can ask for what a port offers as things are.
pub(crate) struct Closed {
    /// Where whoever wants it stands.
    pub(crate) standing: AccessStanding,
    why: String,
    /// What people can do about it.
    next: &'static str,
    /// What those can do who own it, and are not sent to themselves.
    own: &'static str,
}

impl Closed {
    /// Why, and what the reader can do about it.
    fn said(&self, is_own: bool) -> String {
        format!("{} {}", self.why, if is_own { self.own } else { self.next })
    }
}

/// Why nobody can ask for what a port offers as things are; `None` where somebody can.
pub(crate) fn closed(snapshot: &Snapshot, rights: &Rights, port: &Port) -> Option<Closed> {
    const CORRECT: &str = "Ask the product's owner to correct it.";
    const TABLES: &str = "Request the tables it reads.";
    const THEN: &str = "Ask for access then.";
    const ENDS: &str = "Who has access keeps it until it ends.";
    if let Some(why) = retire::closed(snapshot, rights, port) {
        return Some(Closed { standing: AccessStanding::Retired, why, next: ENDS, own: ENDS });
    }
    let unread = |kind, id: &String| snapshot.unread_of(kind, id).is_some();
    let asset = port.asset.as_ref().map(|id| (id, snapshot.assets.get(id)));
    let contract = port.contract.as_ref();
    let (standing, why, next, own) = match asset {
        Some((id, None)) if unread("asset", id) => (
            AccessStanding::Unread,
            "What describes the data behind this output port cannot be read.",
            CORRECT,
            "Correct what describes it and import it again; the administrators see what is wrong.",
        ),
        Some((_, None)) => (
            AccessStanding::NotKnown,
            "The catalog does not know the data behind this output port yet.",
            "Ask the product's owner to add it.",
            "Describe it in the files of your domain and import them.",
        ),
        Some((_, Some(asset))) if snapshot.is_own_dashboard(asset) => (
            AccessStanding::Opens { href: href::asset(snapshot, asset) },
            "A dashboard shows what its viewer may read and needs no access of its own.",
            TABLES,
            TABLES,
        ),
        _ if contract.is_some_and(|id| unread("contract", id)) => (
            AccessStanding::Unread,
            "The contract on this data cannot be read, so that nobody can accept its terms.",
            CORRECT,
            CORRECT,
        ),
        _ => {
            let contract = contract.and_then(|id| snapshot.contracts.get(id));
            let (standing, why) = (AccessStanding::Unread, contract.and_then(Contract::not_in_force)?);
            return Some(Closed { standing, why, next: THEN, own: THEN });
        }
    };
    Some(Closed { standing, why: why.to_owned(), next, own })
}

/// True where the viewer owns the domain that has to correct what is behind a port: the product's, or that of its data.
fn is_own(snapshot: &Snapshot, rights: &Rights, product: &Product, port: &Port) -> bool {
    let data = port.asset.as_ref().and_then(|id| snapshot.unread_of("asset", id));
    let mut domains = std::iter::once(&product.domain).chain(data.map(|unread| &unread.domain));
    domains.any(|domain| rights.viewer().is(Role::Owner, &DomainId(domain.clone())))
}

/// What the request form needs to know.
pub async fn request_form(call: &Call, id: &PortId) -> Result<RequestForm> {
    request_form_like(call, id, None).await
}

/// The same, filled in as in an earlier request of the viewer.
pub async fn request_form_like(call: &Call, id: &PortId, like: Option<RequestId>) -> Result<RequestForm> {
    let Call { ctx, viewer, .. } = call;
    let snapshot = call.snapshot();
    let rights = call.rights();
    let mut form = form(ctx, &snapshot, &rights, id, call.now().date_naive())?;
    let mut tx = ctx.db.read().await?;
    if let Some(like) = like {
        let own = |request: &Request| request.requester == viewer.id && request.port == id.as_str();
        let before = store::request(&mut tx, like).await?.filter(own);
        form.purpose = before.map(|request| request.purpose).unwrap_or_default();
    }
    let now = call.now();
    if let Some(open) = store::open_request(&mut tx, viewer.id, id.as_str()).await? {
        let approvals = store::approvals(&mut tx, open.id).await?;
        let open = as_of_today(ctx, &snapshot, open, now.date_naive());
        form.waiting =
            Some(lists::line(&snapshot, Eyes::Of(&rights), &snapshot.names, open, &approvals, now));
    }
    let classification = snapshot.port(id).map_or(Classification::Public, |(_, port)| port.classification);
    let held = renewal::renewed(&mut tx, now, viewer.id, id.as_str(), &Word::Known(classification)).await?;
    if let Some(held) = held {
        form.renews = Some(held.ends_on);
        form.suggested_end = suggested_end(held.ends_on, form.latest_end);
        // What the form offers is taken, whatever purpose is written into it.
        let first = first_end(&held, &held.purpose).unwrap_or(form.latest_end);
        form.earliest_end = form.earliest_end.max(first).min(form.latest_end);
    }
    if let Some(asked) = snapshot.port(id) {
        form.policy = who::rules_before(&mut tx, call, asked).await?;
    }
    drop(tx);
    form.no_table = no_table(call, id).await;
    Ok(form)
}

/// That no table is behind a port, in sentences for whoever asks for it. A table that is to come can be asked for.
pub async fn no_table(call: &Call, id: &PortId) -> Option<String> {
    let said = missing_table(call, id).await?;
    Some(format!("{said} It can be asked for all the same, and opens once the table is there."))
}

/// The same for whoever decides.
pub(super) async fn no_table_to_open(call: &Call, id: &PortId) -> Option<String> {
    let said = missing_table(call, id).await?;
    Some(format!("{said} Access to it can be approved all the same, and opens it once the table is there."))
}

/// That no table is behind a port, in a sentence for somebody who sees its details; of a product of which they see only that
/// it exists, nothing is said.
async fn missing_table(call: &Call, id: &PortId) -> Option<String> {
    let (ctx, snapshot, rights) = (&call.ctx, call.snapshot(), call.rights());
    let (product, port) = snapshot.port(id)?;
    let asset = snapshot.assets.get(port.asset.as_ref()?)?;
    let sees = rights.product_sight(product) == Sight::Full && snapshot.sight(&rights, asset) == Sight::Full;
    let table = snapshot.table(ctx, &asset.id).filter(|_| sees)?;
    ctx.no_table(&table).await
}

fn form(
    ctx: &Ctx,
    snapshot: &Snapshot,
    rights: &Rights,
    id: &PortId,
    today: NaiveDate,
) -> Result<RequestForm> {
    let (product, port, _) = requestable(snapshot, rights, id)?;
    let full = rights.product_sight(product) == Sight::Full;
    let policy = ctx.settings.policies.of(port.classification);
    let domain = snapshot.domain_name(&product.domain);
    let contract = port.contract.as_ref().and_then(|id| snapshot.contracts.get(id));
    let in_force = contract.and_then(|contract| contract.in_force());
    let latest_end = today + TimeDelta::days(policy.longest_days);
    Ok(RequestForm {
        port: id.clone(),
        way: snapshot.way_under(rights, product),
        port_name: port.name.clone(),
        product: product.id.as_str().into(),
        product_name: product.name.clone(),
        policy: Vec::new(),
        domain: DomainRef { id: DomainId(product.domain.clone()), name: domain },
        // The word is a detail of the product. Who decides and until when at most follow from it, and whoever asks has to
        // know both: a form that hid them would refuse what it offered.
        classification: full.then_some(port.classification),
        earliest_end: today + TimeDelta::days(1),
        latest_end,
        suggested_end: suggested_end(today, latest_end),
        contract: contract
            .zip(in_force)
            .map(|(contract, version)| (contract.id.clone(), version.version.clone())),
        terms: in_force.map(ContractVersion::terms).unwrap_or_default(),
        contract_opens: full,
        closed: closed(snapshot, rights, port)
            .map(|closed| closed.said(is_own(snapshot, rights, product, port))),
        announced: retire::announced(snapshot, rights, port),
        no_table: None,
        shortest_purpose: SHORTEST_PURPOSE,
        purpose: String::new(),
        renews: None,
        waiting: None,
    })
}

/// The last day a form starts with, counted from today; of a renewal, from the end of what it renews.
fn suggested_end(from: NaiveDate, latest: NaiveDate) -> NaiveDate {
    latest.min(from + TimeDelta::days(SUGGESTED_DAYS))
}

/// Sends a request. Public data is granted at once, with a record all the same.
pub async fn request(call: &Call, new: NewRequest) -> Result<RequestId> {
    let port = format!("port {}", new.port);
    let done = send(call, &new).await;
    call.noted("request.send.refused", port, done).await
}

async fn send(call: &Call, new: &NewRequest) -> Result<RequestId> {
    let ctx = &call.ctx;
    let (mut tx, viewer) = call.change().await?;
    let (viewer, now) = (&viewer, tx.now());
    REQUESTS.allows(&store::requested_since(&mut tx, viewer.id, REQUESTS.since(now)).await?, now)?;
    let snapshot = ctx.snapshot_in(&mut tx).await?;
    let rights = Rights::in_tx(&mut tx, now, viewer).await?;
    let (product, port, proof) = requestable(&snapshot, &rights, &new.port)?;
    let form = form(ctx, &snapshot, &rights, &new.port, now.date_naive())?;
    if let Some(reason) = &form.closed {
        return Err(Error::conflict(reason.as_str()));
    }
    check(new, &form)?;
    if let Some(open) = store::open_request(&mut tx, viewer.id, new.port.as_str()).await? {
        let approvals = store::approvals(&mut tx, open.id).await?;
        let with = eligible(&snapshot, &open, &approvals, now.date_naive());
        let with: Vec<String> = with.into_iter().map(|member| member.name).collect();
        return Err(waits_already(&open, &with));
    }
    let classification = Word::Known(port.classification);
    let follows = renewal::renewed(&mut tx, now, viewer.id, new.port.as_str(), &classification).await?;
    let purpose = new.purpose.trim();
    if let Some(held) = &follows
        && let Some(first) = first_end(held, purpose)
        && new.ends_on < first
    {
        return Err(Error::invalid("ends_on", held_already(held.ends_on, first, form.latest_end)));
    }
    let request = Request {
        id: RequestId(new_id(now)),
        port: new.port.0.clone(),
        product: product.id.clone(),
        domain: answering(&snapshot, port.asset.as_deref(), &product.id, &product.domain).to_owned(),
        asset: port.asset.clone(),
        classification,
        requester: viewer.id,
        purpose: purpose.to_owned(),
        ends_on: new.ends_on,
        asked_until: Some(new.ends_on),
        contract: form.contract.as_ref().map(|(id, _)| id.clone()),
        contract_version: form.contract.as_ref().map(|(_, version)| version.clone()),
        state: RequestState::Requested,
        revision: 1,
        follows: follows.as_ref().map(|grant| grant.id),
        requested_at: now,
        decided_at: None,
        decided_by: None,
        comment: None,
        rule: None,
        waits_since: now,
    };
    if !store::insert_request(&mut tx, &proof, &request).await? {
        return Err(waits_already(&request, &[]));
    }
    let detail = json!({ "port": request.port, "ends_on": request.ends_on, "follows": request.follows });
    tx.record("request.send", format!("request {}", request.id), proof.rule(), detail).await?;
    if ctx.settings.policies.of(port.classification).approvals == 0 {
        decide::grant_without_decision(&mut tx, ctx, &request).await?;
    } else {
        let people = Deciders::of(&snapshot, &request, &[]).turn;
        let held = follows.as_ref().map(|held| renews_words(held.ends_on));
        let message = notify::Message::new(
            asks_words(&snapshot.who(viewer.id), &product.name, follows.is_some()),
            held.into_iter().chain([format!("Purpose: {}", request.purpose)]),
            format!("/decide/{}", request.id),
        );
        let about = format!("request {}", request.id);
        tx.notify(&ids(&people), &about, &message).await?;
    }
    tx.commit().await?;
    Ok(request.id)
}

/// First day on which a renewal may end: no earlier than what it renews, and for the same purpose later.
fn first_end(held: &Grant, purpose: &str) -> Option<NaiveDate> {
    if held.purpose == purpose { held.ends_on.succ_opt() } else { Some(held.ends_on) }
}

/// A renewal that would end before its first day is none: `until` is the end of what is held.
fn held_already(until: NaiveDate, first: NaiveDate, latest: NaiveDate) -> String {
    let next = if first > latest {
        "No later end is allowed today; ask again nearer to that day."
    } else if first > until {
        "Choose a later end to renew it."
    } else {
        "Choose that day or a later one: what you ask for takes its place."
    };
    format!("You have this access until {} already. {next}", day(until))
}

/// At most one request of a person waits for a port.
fn waits_already(open: &Request, with: &[String]) -> Error {
    let with = if with.is_empty() { String::new() } else { format!("; it lies with {}", listed(with)) };
    Error::conflict(format!(
        "You asked for this on {}{with}. Withdraw that request to send another.",
        stored_day(open.requested_at.date_naive())
    ))
}

fn check(new: &NewRequest, form: &RequestForm) -> Result<()> {
    text::purpose(&new.purpose, "what you need the data for")?;
    if new.ends_on < form.earliest_end || new.ends_on > form.latest_end {
        return Err(Error::invalid(
            "ends_on",
            format!(
                "Choose an end between {} and {}: this data is granted no longer than that.",
                day(form.earliest_end),
                day(form.latest_end),
            ),
        ));
    }
    if let Some((_, version)) = &form.contract
        && new.contract_version.as_ref() != Some(version)
    {
        return Err(Error::invalid(
            "contract_version",
            format!("Accept the terms of contract version {version}; it is the one in force."),
        ));
    }
    Ok(())
}

/// Takes a waiting request back.
pub async fn withdraw(call: &Call, id: RequestId) -> Result<()> {
    let done = withdraw_it(call, id).await;
    call.noted("request.withdraw.refused", format!("request {id}"), done).await
}

async fn withdraw_it(call: &Call, id: RequestId) -> Result<()> {
    let (mut tx, viewer) = call.change().await?;
    let (viewer, now) = (&viewer, tx.now());
    let request = store::request(&mut tx, id).await?.ok_or_else(|| Error::not_found("request"))?;
    if request.requester != viewer.id {
        return Err(Error::not_found("request").under("request.not_his_to_withdraw"));
    }
    let proof = policy::authorize(viewer, WithdrawRequest { requester: request.requester })?;
    store::withdraw(&mut tx, &proof, &request, now).await?;
    tx.record("request.withdraw", format!("request {id}"), proof.rule(), json!({})).await?;
    tx.commit().await
}
