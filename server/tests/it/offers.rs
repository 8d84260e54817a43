//! What pages offer and where they lead: nobody is offered what they are refused, or led to what is hidden from them.
//!
//! What is true comes from the calls themselves, which go through the policy: each is sent with a mistake that is told only
//! to those who may make the call at all.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::{Method, StatusCode};
use chrono::Days;
use lakeport_model::access::GrantLine;
use lakeport_model::{ContractId, RequestId};
use lakeport_portal::people::Actor;
use lakeport_portal::{Clock, FixedClock, access, catalog, contracts};

use crate::says;
use crate::statements::{page_of, policy};
use crate::world::{Browser, World, call_of, mesh_files};

/// Who asks, who has access, an owner and a steward of what is asked for, an owner above, and an administrator.
const READERS: [&str; 7] = [
    "erik.sander",
    "paula.brandt",
    "maria.keller",
    "david.schmid",
    "henrik.maas",
    "ines.hoffmann",
    "sofia.lindqvist",
];

/// The pages of these lead to their things; links elsewhere only show a page otherwise.
const THINGS: [&str; 6] = ["/assets/", "/products/", "/contracts/", "/dashboards/", "/domains/", "/decide/"];

/// The demo's company two months after some of its people asked for data.
struct Company {
    world: World,
    /// Erik's request that waits, for a product that is private by now.
    sales: RequestId,
    /// Paula's request that waits.
    payments: RequestId,
    /// Paula's request that was approved.
    cases: RequestId,
}

impl World {
    /// The same portal so many days later.
    fn later(mut self, days: u64) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(FixedClock::new(self.ctx().now() + Days::new(days)));
        self.process.ctx.clock = Arc::clone(&clock);
        self.process.shared.ctx.clock = clock;
        self
    }

    async fn grants(&self, who: &str) -> Vec<GrantLine> {
        access::my_grants(&call_of(self.ctx(), &self.viewer(who).await).await).await.unwrap()
    }
}

async fn company() -> Company {
    let world = says::world().await;
    let cases = world.granted("paula.brandt", "collections/cases", &["aylin.demir"]).await;
    world.granted("paula.brandt", "customers/customers", &["david.schmid", "ines.hoffmann"]).await;
    world.granted("erik.sander", "sales-forecast/forecast", &["maria.keller"]).await;
    let (erik, given_up) = (world.viewer("erik.sander").await, world.grants("erik.sander").await.remove(0));
    access::give_up(&call_of(world.ctx(), &erik).await, given_up.id).await.unwrap();
    let sales = world.granted("erik.sander", "sales-daily/daily-sales", &[]).await;
    let payments = world.granted("paula.brandt", "payments/payments", &[]).await;
    let contract = ContractId::from("sales-forecast");
    let version =
        contracts::contract(&call_of(world.ctx(), &erik).await, &contract, None).await.unwrap().shown_version;
    contracts::subscribe(
        &call_of(world.ctx(), &erik).await,
        &contract,
        version,
        "Plan purchases.".to_owned(),
    )
    .await
    .unwrap();
    let files = mesh_files().into_iter().filter(|file| file.path == "products/sales-daily.odps.yaml");
    let files = files
        .map(|file| catalog::SourceFile { text: file.text.replace("value: open", "value: private"), ..file });
    catalog::import(world.ctx(), &Actor::System("test"), files.collect(), false).await.unwrap();
    Company { world: world.later(62), sales, payments, cases }
}

/// The status that a call ends with.
async fn send(reader: &mut Browser, call: &str, form: &str) -> StatusCode {
    let headers = [("sec-fetch-site", "same-origin"), ("accept", "application/json")];
    reader.send(Method::POST, &format!("/fn/{call}"), form, &headers).await.status
}

/// True where a page has a form for a call.
fn offers(page: &str, call: &str) -> bool {
    page.contains(&format!("action=\"/fn/{call}\""))
}

/// Follows every link of a page that was not followed before; each leads somewhere.
async fn all_open(reader: &mut Browser, followed: &mut BTreeSet<String>, page: &str, of: &str) {
    for link in page.split("href=\"").skip(1) {
        let address = link.split(['"', '#']).next().unwrap_or_default().replace("&amp;", "&");
        if THINGS.iter().any(|thing| address.starts_with(thing)) && followed.insert(address.clone()) {
            let status = reader.get(&address).await.status;
            assert!(status.is_success() || status.is_redirection(), "{of} leads to {address}: {status}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_offered_a_decision_that_is_not_his_or_led_to_what_is_hidden() {
    let Company { world, sales, payments, cases } = company().await;
    let (mut deciding, mut others) = (0, 0);
    for who in READERS {
        let mut reader = world.browser(who).await;
        let mut followed = BTreeSet::new();
        let list = page_of(&mut reader, "/decide").await.body;
        let own = page_of(&mut reader, "/access/requests").await.body;
        let inbox = page_of(&mut reader, "/inbox").await.body;
        for (of, page) in [("the list", &list), ("his requests", &own), ("the inbox", &inbox)] {
            all_open(&mut reader, &mut followed, page, &format!("{who}: {of}")).await;
        }
        for (id, asks) in [(sales, "erik.sander"), (payments, "paula.brandt"), (cases, "nobody any more")] {
            let page = page_of(&mut reader, &format!("/decide/{id}")).await.body;
            // A day that is over is told only to those who may decide.
            let form = format!("id={id}&revision=1&ends_on=2020-01-01&comment=");
            let decides = send(&mut reader, "approve", &form).await == StatusCode::UNPROCESSABLE_ENTITY;
            deciding += usize::from(decides);
            others += usize::from(!decides);
            assert_eq!(offers(&page, "approve"), decides, "{who}: the page of {id}");
            assert_eq!(
                list.contains(&format!("href=\"/decide/{id}\"")),
                decides,
                "{who}: the list about {id}"
            );
            assert_eq!(offers(&page, "withdraw_request"), who == asks, "{who}: the page of {id}");
            assert_eq!(
                own.contains(&format!("value=\"{id}\"")),
                who == asks,
                "{who}: his requests about {id}"
            );
            all_open(&mut reader, &mut followed, &page, &format!("{who}: the page of {id}")).await;
        }
    }
    assert!(deciding > 1 && others > 1, "{deciding} and {others}");
    let mut erik = world.browser("erik.sander").await;
    assert!(send(&mut erik, "withdraw_request", &format!("id={sales}")).await.is_success());
    assert!(!offers(&page_of(&mut erik, "/access/requests").await.body, "withdraw_request"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_grant_is_shown_as_active_that_opens_nothing_or_for_review_to_others() {
    let Company { world, cases, .. } = company().await;
    let held = world.grants("paula.brandt").await;
    let [cases, customers] =
        [true, false].map(|is_cases| held.iter().find(|grant| (grant.request == cases) == is_cases).unwrap());
    let mut reviewing = 0;
    for who in READERS {
        let mut reader = world.browser(who).await;
        let mut followed = BTreeSet::new();
        let page = page_of(&mut reader, "/access/grants").await.body;
        let (live, _) = page.split_once("id=\"ended\"").unwrap_or((page.as_str(), ""));
        for row in live.split("href=\"/assets/").skip(1) {
            let asset = row.split(['"', '?']).next().unwrap_or_default();
            assert_eq!(policy(&mut reader, asset).await, (true, true), "{who}: {asset} is shown as active");
        }
        let own = if who == "paula.brandt" { held.len() } else { 0 };
        assert_eq!(page.matches("action=\"/fn/give_up\"").count(), own, "{who}");
        let desk = page_of(&mut reader, "/reviews").await.body;
        // That somebody else was faster is told only to those who may review.
        let form = format!("grants[]={}:999&comment=", customers.id);
        let reviews = send(&mut reader, "keep_grants", &form).await == StatusCode::CONFLICT;
        reviewing += usize::from(reviews);
        let shown = |grant: &GrantLine| desk.contains(&format!("value=\"{}:", grant.id));
        assert_eq!(shown(customers), reviews, "{who}: the review that is overdue");
        assert!(!shown(cases), "{who}: the consumer has not answered yet");
        for (of, page) in [("his grants", &page), ("the desk", &desk)] {
            all_open(&mut reader, &mut followed, page, &format!("{who}: {of}")).await;
        }
    }
    assert!((1..READERS.len()).contains(&reviewing), "{reviewing}");
    let mut paula = world.browser("paula.brandt").await;
    assert!(offers(&page_of(&mut paula, "/access/grants").await.body, "confirm_need"));
    assert!(send(&mut paula, "confirm_need", &format!("id={}", cases.id)).await.is_success());
    let desk = page_of(&mut world.browser("aylin.demir").await, "/reviews").await.body;
    assert!(desk.contains(&format!("value=\"{}:", cases.id)), "her answer brings it to the owner");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_contract_and_no_lineage_offers_what_is_refused_or_leads_to_what_is_hidden() {
    let Company { world, .. } = company().await;
    let (mut offered, mut refused, mut hidden) = (0, 0, 0);
    for who in ["erik.sander", "paula.brandt", "maria.keller", "ines.hoffmann"] {
        let mut reader = world.browser(who).await;
        let mut followed = BTreeSet::new();
        for id in ["sales-forecast", "dim-customer", "receivables-ageing", "sales-daily"] {
            let page = page_of(&mut reader, &format!("/contracts/{id}")).await;
            // That another version is in force is told only to those who may read it.
            let form = format!("id={id}&version=0.0.0&purpose=Compare+our+suppliers");
            let asked = send(&mut reader, "subscribe", &form).await;
            assert_eq!(page.status == StatusCode::OK, asked == StatusCode::CONFLICT, "{who}: {id}: {asked}");
            let run = send(&mut reader, "run_checks", &format!("id={id}")).await;
            let offers_run = offers(&page.body, "run_checks");
            assert!(!offers_run || run.is_success(), "{who}: {id} offers to run its checks: {run}");
            offered += usize::from(offers_run);
            refused += usize::from(!run.is_success());
            hidden += usize::from(page.status == StatusCode::NOT_FOUND);
            all_open(&mut reader, &mut followed, &page.body, &format!("{who}: the contract {id}")).await;
        }
        for focus in ["gold.sales_forecast", "silver.dim_customer", "gold.receivables_ageing"] {
            let page = page_of(&mut reader, &format!("/lineage?focus={focus}")).await;
            let asset = reader.get(&format!("/assets/{focus}")).await.status;
            assert_eq!(page.status, asset, "{who}: {focus}");
            all_open(&mut reader, &mut followed, &page.body, &format!("{who}: lineage of {focus}")).await;
            for side in ["downstream", "upstream"] {
                let list = page_of(&mut reader, &format!("/lineage/impact?asset={focus}&side={side}")).await;
                assert_eq!(list.status, asset, "{who}: {focus}, {side}");
                all_open(&mut reader, &mut followed, &list.body, &format!("{who}: {side} of {focus}")).await;
            }
        }
    }
    assert!(offered > 0 && refused > 0 && hidden > 0, "{offered}, {refused}, {hidden}");
}
