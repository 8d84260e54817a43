//! What happened in the demo's company before the newcomer came, through the same use cases as everything else: a
//! team that has access and a review coming up, requests that wait, people who subscribed.

use std::sync::Arc;

use chrono::{DateTime, Days, TimeDelta, Utc};
use lakeport_model::access::NewRequest;
use lakeport_model::people::Viewer;
use lakeport_model::{ContractId, PortId, RequestId};
use lakeport_portal::people::viewer_by_email;
use lakeport_portal::{Call, Ctx, Error, ErrorKind, FixedClock, access, contracts};

use crate::auth::COMPANY;
use crate::stop::Stop;

/// When a story begins.
#[derive(Debug, Clone, Copy)]
enum Begins {
    /// This many days before the demo's first day.
    DaysAgo(u64),
    /// So long ago that the review is due in this many days.
    ReviewIn(i64),
}

/// Somebody asks for something.
struct Story {
    /// Who asks: the part of the address before the company.
    who: &'static str,
    port: &'static str,
    purpose: &'static str,
    begins: Begins,
    /// Who approves, in order; nobody leaves the request waiting.
    approved_by: &'static [&'static str],
    /// Whether the asker also subscribes to the contract.
    subscribes: bool,
}

const STORIES: &[Story] = &[
    Story {
        who: "tom.fischer",
        port: "payments/payments",
        purpose: "Reconcile payments with claims for the weekly collections round.",
        begins: Begins::ReviewIn(12),
        approved_by: &["david.schmid"],
        subscribes: true,
    },
    Story {
        who: "marco.rinaldi",
        port: "sales-forecast/forecast",
        purpose: "Expected demand per region for the plan of warehouse locations.",
        begins: Begins::DaysAgo(40),
        approved_by: &["maria.keller"],
        subscribes: true,
    },
    Story {
        who: "pavel.novotny",
        port: "web-sessions/sessions",
        purpose: "Features of the recommendation model: what was viewed and put into the basket.",
        begins: Begins::ReviewIn(25),
        approved_by: &["david.schmid"],
        subscribes: false,
    },
    Story {
        who: "greta.lund",
        port: "orders/order-lines",
        purpose: "Check which orders stand behind disputed claims.",
        begins: Begins::DaysAgo(20),
        approved_by: &["david.schmid"],
        subscribes: false,
    },
    Story {
        who: "clara.neumann",
        port: "collections/cases",
        purpose: "Estimate how late payments change the cash forecast of the coming quarter.",
        begins: Begins::DaysAgo(3),
        approved_by: &[],
        subscribes: false,
    },
    Story {
        who: "jonas.weber",
        port: "sales-daily/daily-sales",
        purpose: "Compare the stock in each region with what is sold there.",
        begins: Begins::DaysAgo(1),
        approved_by: &[],
        subscribes: false,
    },
];

/// Tells all stories, oldest first. What was told before an interrupted start is left as it is.
///
/// # Errors
/// When the mesh lacks a person or port, or the database fails.
pub(super) async fn tell(ctx: &Ctx) -> Result<(), Stop> {
    let mut plan = Vec::new();
    for story in STORIES {
        plan.push((begin(ctx, story).await?, story));
    }
    plan.sort_by_key(|(at, _)| *at);
    for (at, story) in plan {
        match act(ctx, story, at).await {
            Err(Error::Refused(refusal)) if refusal.kind != ErrorKind::Conflict => {
                return Err(Stop::fault(format!(
                    "The demo's story of {} does not work: {}",
                    story.who, refusal.message
                )));
            }
            Err(error @ Error::Fault(_)) => return Err(error.into()),
            Ok(()) | Err(Error::Refused(_)) => {}
        }
    }
    Ok(())
}

async fn begin(ctx: &Ctx, story: &Story) -> Result<DateTime<Utc>, Stop> {
    let now = ctx.now();
    Ok(match story.begins {
        Begins::DaysAgo(days) => now - Days::new(days),
        Begins::ReviewIn(days) => {
            let snapshot = ctx.snapshot().await?;
            let (_, port) = snapshot
                .port(&PortId::from(story.port))
                .ok_or_else(|| Stop::fault(format!("The demo's story of {} names no port.", story.who)))?;
            let policy = ctx.settings.policies.of(port.classification);
            now - TimeDelta::days((policy.review_days - days).max(1))
        }
    })
}

async fn act(ctx: &Ctx, story: &Story, at: DateTime<Utc>) -> Result<(), Error> {
    let clock = Arc::new(FixedClock::new(at));
    let then = Ctx { clock: clock.clone(), ..ctx.clone() };
    let asker = known(&then, story.who).await?;
    let port = PortId::from(story.port);
    let call = Call::new(&then, asker).await?;
    let form = access::request_form(&call, &port).await?;
    let contract = form.contract.clone();
    let request = NewRequest {
        port,
        purpose: story.purpose.to_owned(),
        ends_on: form.latest_end,
        contract_version: contract.as_ref().map(|(_, version)| version.clone()),
    };
    let id = access::request(&call, request).await?;
    for (number, approver) in (1i32..).zip(story.approved_by) {
        clock.set(at + TimeDelta::hours(3) * number);
        approve(&then, approver, id).await?;
    }
    if let Some((contract, version)) = contract.filter(|_| story.subscribes) {
        contracts::subscribe(&call, &ContractId(contract), version, story.purpose.to_owned()).await?;
    }
    Ok(())
}

async fn approve(ctx: &Ctx, who: &str, id: RequestId) -> Result<(), Error> {
    let approver = known(ctx, who).await?;
    let call = Call::new(ctx, approver).await?;
    let page = access::decide_page(&call, id).await?;
    access::approve(&call, id, page.revision, None, "Fits what the data is for.".to_owned()).await
}

async fn known(ctx: &Ctx, who: &str) -> Result<Viewer, Error> {
    let found = viewer_by_email(ctx, &format!("{who}@{COMPANY}")).await?;
    found.ok_or_else(|| Error::not_found("person of the demo"))
}
