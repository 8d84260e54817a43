//! Requests that wait: reminders, whom they go on to, one at a time, and counters that say what lists show.

use chrono::TimeDelta;
use lakeport_model::access::RequestState;
use lakeport_model::catalog::{Classification, Visibility};
use lakeport_portal::catalog::SourceFile;
use lakeport_portal::{Error, ErrorKind, access, jobs, new_id, people};

use crate::post::Post;
use crate::world::{World, call, file, on_both, refusal};

const CASES: &str = "collections/cases";
const CUSTOMERS: &str = "customers/customers";
const REMINDER: &str = "A request for Collections: cases waits for you";
const ESCALATION: &str = "A request for Collections: cases has come to you";
const STILL: &str = "Your request for Collections: cases still waits";

/// A product without anything in the catalog behind its port.
fn advice(domain: &str) -> SourceFile {
    file(
        "products/advice.odps.yaml",
        &format!(
            "apiVersion: v1.0.0\nkind: DataProduct\nid: advice\nname: Advice\nversion: 1.0.0\nstatus: active\n\
             domain: {domain}\ncustomProperties:\n- {{property: visibility, value: open}}\noutputPorts:\n\
             - name: desk\n  version: 1.0.0\n"
        ),
    )
}

impl World {
    /// With whom a person's newest request lies.
    async fn lies_with(&self, who: &str) -> Vec<String> {
        let mine = access::my_requests(&call(&self.ctx, &self.viewer(who).await).await)
            .await
            .expect("the list opens");
        mine[0].with.clone()
    }

    /// The text of the newest message to somebody whose title begins so.
    async fn message(&self, who: &str, beginning: &str) -> String {
        let request = lakeport_model::PageRequest { after: None, limit: 200 };
        let viewer = self.viewer(who).await;
        let page =
            lakeport_portal::notify::inbox(&call(&self.ctx, &viewer).await, request).await.expect("it opens");
        let found = page.items.into_iter().find(|item| item.title.starts_with(beginning));
        found.unwrap_or_else(|| panic!("{who} was told nothing of the kind")).body
    }
}

on_both! { demo =>
    async fn a_request_never_waits_without_reminder_and_goes_on_after_14_days(world) {
        world.ask("paula.brandt", CASES, 90).await.expect("she may ask");
        // Days it has waited; how often by then Aylin was reminded, Henrik above her asked, Paula told.
        let course = [
            (2, 0, 0, 0),
            (3, 1, 0, 0),
            (6, 1, 0, 0),
            (7, 2, 0, 0),
            (13, 2, 0, 0),
            (14, 3, 1, 1),
            (20, 3, 1, 1),
            (21, 4, 2, 1),
            (28, 5, 3, 1),
        ];
        let mut gone = 0;
        for (waited, reminded, escalated, told) in course {
            world.travel(waited - gone);
            gone = waited;
            world.sweep().await;
            world.sweep().await;
            let counts = (
                world.told("aylin.demir", REMINDER).await,
                world.told("henrik.maas", ESCALATION).await,
                world.told("paula.brandt", STILL).await,
            );
            assert_eq!(counts, (reminded, escalated, told), "after {waited} days");
            let henrik = world.viewer("henrik.maas").await;
            let listed = access::to_decide(&call(&world.ctx, &henrik).await).await.expect("it opens").len();
            assert_eq!(listed, usize::from(waited >= 14), "after {waited} days");
        }
        let told = world.message("paula.brandt", STILL).await;
        assert_eq!(told, "Aylin Demir did not decide it in 14 days.\nIt lies with Henrik Maas now, too.");
        assert_eq!(world.lies_with("paula.brandt").await, ["Aylin Demir", "Henrik Maas"]);
        assert_eq!(world.told("ines.hoffmann", ESCALATION).await, 0, "the parent's owner answers first");
    }

    async fn who_is_above_decides_only_once_it_has_waited_too_long(world) {
        let id = world.ask("paula.brandt", CASES, 90).await.expect("she may ask");
        world.travel(13);
        assert_eq!(refusal(world.approve("henrik.maas", id).await).kind, ErrorKind::NotFound);
        let mine = access::my_requests(&call(&world.ctx, &world.viewer("paula.brandt").await).await).await.expect("it opens");
        assert_eq!((mine[0].waiting_days, mine[0].escalated), (Some(13), false));
        world.travel(1);
        world.approve("henrik.maas", id).await.expect("now he may");
        let role = "SELECT COUNT(*) FROM approval WHERE role = 'owner of the parent domain'";
        assert_eq!(world.number(role).await, 1);
        let mine = access::my_requests(&call(&world.ctx, &world.viewer("paula.brandt").await).await).await.expect("it opens");
        assert_eq!((mine[0].state, mine[0].waiting_days, mine[0].escalated), (RequestState::Approved, None, false));
        world.travel(30);
        world.sweep().await;
        assert_eq!(world.told("aylin.demir", REMINDER).await, 0, "what is decided waits no more");
    }

    async fn a_jump_of_the_clock_sends_one_reminder_to_each(world) {
        world.ask("paula.brandt", CASES, 90).await.expect("she may ask");
        world.travel(40);
        for _ in 0..3 {
            world.sweep().await;
        }
        let counts = (
            world.told("aylin.demir", REMINDER).await,
            world.told("henrik.maas", ESCALATION).await,
            world.told("paula.brandt", STILL).await,
        );
        assert_eq!(counts, (1, 1, 1));
    }

    async fn two_processes_never_remind_twice(world) {
        world.ask("paula.brandt", CASES, 90).await.expect("she may ask");
        world.travel(15);
        let mut running = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let ctx = world.replica(world.clock.clone(), crate::world::settings()).await;
            running.spawn(async move { jobs::run_due(&ctx, &Post::default()).await });
        }
        assert!(running.join_all().await.iter().all(Result::is_ok));
        let counts = (
            world.told("aylin.demir", REMINDER).await,
            world.told("henrik.maas", ESCALATION).await,
            world.told("paula.brandt", STILL).await,
        );
        assert_eq!(counts, (1, 1, 1));
    }

    async fn a_reminder_that_failed_half_way_comes_once_and_is_not_lost(world) {
        world.ask("paula.brandt", CASES, 90).await.expect("she may ask");
        world.travel(15);
        world.execute("ALTER TABLE mail RENAME TO mail_away").await.expect("it is renamed");
        world.sweep().await;
        assert_eq!(world.told("aylin.demir", REMINDER).await, 0, "nothing was told without its mail");
        assert_eq!(world.number("SELECT COUNT(*) FROM request_reminder").await, 0);
        world.execute("ALTER TABLE mail_away RENAME TO mail").await.expect("it is back");
        world.clock.set(world.now() + TimeDelta::minutes(1));
        world.sweep().await;
        world.sweep().await;
        assert_eq!(world.told("aylin.demir", REMINDER).await, 1);
        assert_eq!(world.told("henrik.maas", ESCALATION).await, 1);
    }

    async fn the_second_of_two_has_his_own_days(world) {
        let id = world.ask("paula.brandt", CUSTOMERS, 60).await.expect("she may ask");
        world.travel(10);
        world.approve("david.schmid", id).await.expect("the owner approves");
        world.travel(2);
        world.sweep().await;
        let ines = "A request for Customers waits for you";
        assert_eq!(world.told("ines.hoffmann", ines).await, 0);
        world.travel(1);
        world.sweep().await;
        assert_eq!((world.told("ines.hoffmann", ines).await, world.told("david.schmid", ines).await), (1, 0));
        let mine = access::my_requests(&call(&world.ctx, &world.viewer("paula.brandt").await).await).await.expect("it opens");
        assert_eq!((mine[0].waiting_days, mine[0].escalated), (Some(13), false), "it waits since she asked");
        let told = world.message("ines.hoffmann", ines).await;
        assert!(told.starts_with("Paula Brandt asked, and it has waited for 13 days."), "not since it came to her: {told}");
        world.travel(11);
        world.sweep().await;
        assert_eq!(world.told("henrik.maas", "A request for Customers has come to you").await, 1);
        world.approve("henrik.maas", id).await.expect("he did not approve before");
    }

    async fn where_nobody_is_above_the_stewards_are_asked_and_then_the_administrators_told(world) {
        const NOBODY: &str = "A request for Collections: cases waits, and nobody else can decide it";
        world.staff("group", &[]).await;
        world.staff("controlling", &[("aylin.demir", "owner"), ("ines.hoffmann", "steward")]).await;
        world.ask("paula.brandt", CASES, 90).await.expect("she may ask");
        world.travel(14);
        world.sweep().await;
        assert_eq!(world.told("ines.hoffmann", ESCALATION).await, 1);
        let says_so = async || {
            let mine = access::my_requests(&call(&world.ctx, &world.viewer("paula.brandt").await).await).await;
            mine.expect("it opens")[0].administrators_told
        };
        assert!(!says_so().await, "it went on to somebody");
        world.staff("controlling", &[("aylin.demir", "owner")]).await;
        world.travel(7);
        world.sweep().await;
        assert_eq!(world.told("sofia.lindqvist", NOBODY).await, 1);
        assert!(says_so().await, "what they were told, the requester reads");
        world.staff("controlling", &[]).await;
        world.ask("erik.sander", CASES, 90).await.expect("he may ask");
        world.sweep().await;
        assert_eq!(world.told("sofia.lindqvist", NOBODY).await, 2, "what nobody can decide waits for no date");
        assert!(world.lies_with("erik.sander").await.is_empty());
        let told = world.message("erik.sander", STILL).await;
        assert_eq!(told, "Nobody of controlling can decide it yet.\nThe administrators were told.");
    }

    async fn a_second_request_for_the_same_is_answered_with_where_the_first_lies(world) {
        world.ask("paula.brandt", CASES, 30).await.expect("she may ask");
        let again = refusal(world.ask("paula.brandt", CASES, 60).await);
        assert_eq!(again.kind, ErrorKind::Conflict);
        assert_eq!(
            again.message,
            "You asked for this on 1 Dec 2026; it lies with Aylin Demir. Withdraw that request to send another."
        );
        world.ask("paula.brandt", CUSTOMERS, 30).await.expect("another port is another request");
        world.ask("erik.sander", CASES, 30).await.expect("and so is another person");
    }

    async fn two_at_once_never_leave_two_requests(world) {
        let mut running = tokio::task::JoinSet::new();
        let paula = world.viewer("paula.brandt").await;
        let new = lakeport_model::access::NewRequest {
            port: CASES.into(),
            purpose: "Compare suppliers".to_owned(),
            ends_on: world.day(30),
            contract_version: Some("1.0.0".to_owned()),
        };
        for _ in 0..8 {
            let ctx = world.replica(world.clock.clone(), crate::world::settings()).await;
            let (paula, new) = (paula.clone(), new.clone());
            running.spawn(async move { access::request(&call(&ctx, &paula).await, new).await });
        }
        let results: Vec<Result<_, Error>> = running.join_all().await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
        assert_eq!(world.number("SELECT COUNT(*) FROM access_request").await, 1);
        assert_eq!(world.inbox("aylin.demir").await, ["Paula Brandt asks for Collections"]);
    }

    async fn the_database_takes_no_second_open_request(world) {
        use lakeport_portal::policy::{RequestAccess, authorize};
        use lakeport_portal::store::access as store;
        let (visibility, classification) = (Visibility::Open, Classification::Internal);
        let asks = RequestAccess { visibility, domain: "collections".into(), classification, answers: false };
        let proof = authorize(&world.viewer("paula.brandt").await, asks).expect("she may");
        let id = world.ask("paula.brandt", CASES, 30).await.expect("she may ask");
        let mut tx = world.ctx.db.write().await.expect("it begins");
        let mut twin = store::request(&mut tx, id).await.expect("it answers").expect("it is there");
        twin.id = new_id(world.ctx.now()).into();
        assert!(!store::insert_request(&mut tx, &proof, &twin).await.expect("it answers"), "refused by the index");
        twin.state = RequestState::Rejected;
        assert!(store::insert_request(&mut tx, &proof, &twin).await.expect("it answers"), "decided ones may be many");
        tx.commit_unrecorded("a test").await.expect("it ends");
        assert_eq!(world.number("SELECT COUNT(*) FROM access_request").await, 2);
        let reopened = world.execute("UPDATE access_request SET state = 'requested'").await;
        assert!(reopened.is_err(), "nor is one opened again beside another");
    }

    async fn counters_never_differ_from_their_lists(world) {
        for (who, port) in [
            ("paula.brandt", CASES),
            ("erik.sander", CASES),
            ("jonas.weber", CUSTOMERS),
            ("aylin.demir", "sales-forecast/forecast"),
        ] {
            world.ask(who, port, 60).await.expect("may ask");
        }
        world.granted("lena.vogel", CASES, 365, &["aylin.demir"]).await;
        world.granted("marco.rinaldi", "sales-forecast/forecast", 365, &["maria.keller"]).await;
        let everybody = people::demo_accounts(&world.ctx).await.expect("they are listed");
        let mut waited = 0;
        for days in [0, 15, 61, 20, 75, 20] {
            world.travel(days);
            for account in &everybody {
                let viewer = world.viewer(account.email.split('@').next().expect("a name")).await;
                let requests = access::to_decide(&call(&world.ctx, &viewer).await).await.expect("it opens");
                let reviews = access::review_desk(&call(&world.ctx, &viewer).await).await.expect("it opens");
                let mut tx = world.ctx.db.read().await.expect("it answers");
                let counted = access::waiting_for(&mut tx, &call(&world.ctx, &viewer).await).await.expect("it counts");
                assert_eq!(
                    (counted.to_decide as usize, counted.to_review as usize, counted.oldest),
                    (requests.len(), reviews.len(), requests.iter().map(|line| line.requested_at).min()),
                    "{}",
                    account.name
                );
                let shell = people::shell(&call(&world.ctx, &viewer).await).await.expect("it is drawn");
                assert_eq!((shell.to_decide, shell.to_review), (counted.to_decide, counted.to_review));
                waited += requests.len() + reviews.len();
            }
        }
        assert!(waited > 20, "there was something to count: {waited}");
    }

    async fn a_request_moves_with_its_product_where_there_is_no_asset(world) {
        world.import(vec![advice("controlling")]).await;
        let grant = world.granted("paula.brandt", "advice/desk", 365, &["aylin.demir"]).await;
        let request = world.ask("erik.sander", "advice/desk", 30).await.expect("he may ask");
        world.import(vec![advice("finance")]).await;
        let line = world.grant("paula.brandt", grant).await;
        assert_eq!(line.next_review, Some(world.day(0)), "the new owner did not approve it");
        assert_eq!(world.told("maria.keller", "A request for Advice waits for you now").await, 1);
        assert_eq!(refusal(world.approve("aylin.demir", request).await).kind, ErrorKind::NotFound);
        let maria = world.viewer("maria.keller").await;
        let mut tx = world.ctx.db.read().await.expect("it answers");
        let counted = access::waiting_for(&mut tx, &call(&world.ctx, &maria).await).await.expect("it counts");
        assert_eq!((counted.to_decide, counted.to_review), (1, 1));
        world.import(vec![advice("finance")]).await;
        assert_eq!(world.told("maria.keller", "A request for Advice waits for you now").await, 1, "moved once");
        world.approve("maria.keller", request).await.expect("it is hers to decide");
    }

    async fn a_request_that_moves_to_a_domain_without_owners_is_told_to_those_above(world) {
        world.import(vec![advice("controlling")]).await;
        world.ask("paula.brandt", "advice/desk", 60).await.expect("she may ask");
        world.staff("nobodys", &[]).await;
        world.import(vec![advice("nobodys")]).await;
        assert_eq!(world.told("henrik.maas", "A request for Advice waits for you now").await, 1);
        assert_eq!(world.lies_with("paula.brandt").await, ["Henrik Maas"]);
    }
}
