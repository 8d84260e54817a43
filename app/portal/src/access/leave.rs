//! What becomes of requests and grants when whoever holds them is no longer here.

use chrono::{DateTime, Utc};
use lakeport_model::PersonId;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Reviewers, answering, eyes, review};
use crate::audit::{self, Entry};
use crate::catalog::Snapshot;
use crate::people::Actor;
use crate::policy::{Authorized, Leave};
use crate::store::Tx;
use crate::store::access::{self as store, Grant};
use crate::{Ctx, Result, notify};

/// What happens to the grants of somebody who is disabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leavers {
    /// They end at once.
    #[default]
    End,
    /// Their reviews become due at once.
    Review,
}

impl Leavers {
    /// The configured word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::End => "end",
            Self::Review => "review",
        }
    }
}

/// Whoever is no longer here, a person or a service account.
pub(crate) struct Leaver<'a> {
    pub(crate) id: PersonId,
    /// The reason that is kept: `has left`.
    pub(crate) why: &'a str,
    /// The same for people, after the name: `has left: an operator of the portal closed the account`.
    pub(crate) told: &'a str,
    pub(crate) how: Leavers,
}

/// How many requests and grants were concerned.
#[derive(Default)]
pub(crate) struct Left {
    pub(crate) requests: u32,
    pub(crate) grants: u32,
}

/// Withdraws what waits, and ends what holds or has it reviewed; those who answer for the data are told.
pub(crate) async fn leave(
    tx: &mut Tx,
    ctx: &Ctx,
    now: DateTime<Utc>,
    snapshot: &Snapshot,
    leaver: &Leaver<'_>,
    actor: &Actor,
    proof: &Authorized<Leave>,
) -> Result<Left> {
    let (rule, today) = (proof.rule(), now.date_naive());
    let name = snapshot.names.of(leaver.id);
    let told = format!("{name} {}", leaver.told);
    let mut left = Left::default();
    for request in store::open_requests_of(tx, leaver.id).await? {
        store::withdraw_left(tx, proof, request.id, now, &told).await?;
        let subject = format!("request {}", request.id);
        let detail = json!({ "why": leaver.why });
        audit::record(tx, ctx, Entry { actor, action: "request.withdraw", subject, rule, detail }).await?;
        left.requests += 1;
    }
    for grant in store::live_grants_of(tx, leaver.id, today).await? {
        let port = snapshot.port_title(&grant.port);
        let title = match leaver.how {
            Leavers::End => {
                let by = review::Decider { actor: actor.clone(), name: "Lakeport", proof: proof.allows() };
                review::end(tx, ctx, now, &grant, &by, leaver.why).await?;
                format!("The access of {name} to {port} has ended")
            }
            Leavers::Review => {
                let domain = answering(snapshot, grant.asset.as_deref(), &grant.product, &grant.domain);
                let grant = Grant { domain: domain.to_owned(), ..grant.clone() };
                store::next_cycle(tx, &proof.allows(), &grant, Some(today)).await?;
                let detail = json!({ "cycle": grant.cycle, "next_review": today, "why": leaver.why });
                review::note(tx, ctx, actor, &grant, "grant.review_at_once", rule, detail).await?;
                format!("The access of {name} to {port} is to be reviewed")
            }
        };
        let about = format!("grant {}", grant.id);
        for reviewer in Reviewers::of(snapshot, &grant).first {
            let page = match leaver.how {
                Leavers::End => eyes::page_of_ended(tx, now, snapshot, reviewer, &grant).await?,
                Leavers::Review => "/reviews".to_owned(),
            };
            let message = notify::Message::new(title.as_str(), [told.as_str()], page);
            notify::tell_about(tx, ctx, &[reviewer], &about, &message).await?;
        }
        left.grants += 1;
    }
    Ok(left)
}
