//! What happens without somebody asking: mail, delivery, daily checks.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use lakeport_frame::CheckOutcome;
use lakeport_model::PageRequest;
use lakeport_model::contracts::CheckState;
use lakeport_model::sharing::Provisioning;
use lakeport_portal::policy::rules::{Delivery, LastDay};
use lakeport_portal::store::access as store;
use lakeport_portal::{Actor, Clock, SystemClock, access, catalog, contracts, jobs, notify, people};

use crate::post::Post;
use crate::world::{World, call, file, on_both};

const CASES: &str = "collections/cases";
const FORECAST: &str = "sales-forecast/forecast";
const TABLE: &str = "gold.collections";

impl World {
    fn wait(&self, seconds: i64) {
        self.clock.set(self.clock.now() + TimeDelta::seconds(seconds));
    }

    /// Sweeps until nothing is left to do.
    async fn settle(&self) {
        for _ in 0..40 {
            if self.sweep().await == 0 {
                return;
            }
        }
        panic!("the runner never comes to an end");
    }

    async fn state(&self, contract: &str) -> CheckState {
        let viewer = self.viewer("aylin.demir").await;
        let page = contracts::contract(&call(&self.ctx, &viewer).await, &contract.into(), None).await;
        page.expect("the contract has a page").summary.state
    }
}

on_both! { demo =>
    async fn mail_is_tried_again_under_the_same_id(world) {
        world.settle().await;
        world.ask("paula.brandt", CASES, 30).await.expect("she may ask");
        world.post.close();
        let mut ids = BTreeSet::new();
        let mut attempts = 0;
        // 10 s, 20 s, 40 s .. between attempts; nothing is tried before its time.
        for pause in [0, 10, 20, 40, 80] {
            if pause > 0 {
                world.wait(pause - 1);
                world.sweep().await;
                assert!(world.post.take().is_empty(), "{pause} s are not over");
                world.wait(1);
            }
            world.sweep().await;
            let mails = world.post.take();
            attempts += mails.len();
            ids.extend(mails.into_iter().map(|mail| mail.message_id));
        }
        assert_eq!((attempts, ids.len()), (5, 1));
        world.post.open();
        world.wait(160);
        world.sweep().await;
        let [mail] = &world.post.take()[..] else { panic!("one mail") };
        assert!(ids.contains(&mail.message_id) && mail.message_id.ends_with("@data.nordkauf.example>"));
        assert_eq!(mail.to, "aylin.demir@nordkauf.example");
        assert!(mail.text.contains("https://data.nordkauf.example/decide/"), "{}", mail.text);
        world.travel(1);
        world.sweep().await;
        assert!(world.post.take().is_empty(), "sent is sent");
    }

    async fn a_mail_never_names_a_day_without_its_zone_or_leads_elsewhere(world) {
        let (id, due) = world.reviewed().await;
        let paula = world.viewer("paula.brandt").await;
        world.go(20, due);
        world.sweep().await;
        access::confirm_need(&call(&world.ctx, &paula).await, id).await.expect("her own");
        world.sweep().await;
        access::ask_for_decision(&call(&world.ctx, &paula).await, id).await.expect("her own");
        world.settle().await;
        world.go(-15, due);
        world.settle().await;
        let mails = world.post.take();
        let text = |subject: &str| {
            let mail = mails.iter().find(|mail| mail.subject.starts_with(subject));
            &mail.unwrap_or_else(|| panic!("no mail is called {subject}")).text
        };
        let day = |left: i64| (due - TimeDelta::days(left)).format("%-d %b %Y").to_string();
        let goes = format!("Without your answer, the review goes to Aylin Demir on {}.", day(14));
        assert!(text("Do you still need").contains(&goes), "{}", text("Do you still need"));
        let ends = format!("Without a decision, the grant ends on {} at the earliest.", day(-14));
        assert!(text("Paula Brandt asks for your").contains(&ends), "{}", text("Paula Brandt asks for your"));
        for mail in &mails {
            let (said, zone) = mail.text.trim_end().rsplit_once("\n\n").expect("it ends with the zone");
            assert_eq!(zone, "Days are calendar days in UTC. A last day counts in full.");
            let (_, address) = said.rsplit_once("\n\n").expect("it has an address");
            assert!(address.starts_with("https://data.nordkauf.example/") && !address.contains(' '), "{address}");
        }
    }

    async fn delivery_is_shown_when_it_is_done(world) {
        let id = world.granted("paula.brandt", CASES, 30, &["aylin.demir"]).await;
        let state = || async { world.grant("paula.brandt", id).await.provisioning.expect("it is read") };
        assert_eq!(state().await, Provisioning::Pending);
        world.lake.held().gone.insert(TABLE.to_owned());
        world.sweep().await;
        assert_eq!(state().await, Provisioning::Failed);
        world.lake.held().gone.clear();
        world.sweep().await;
        assert_eq!(state().await, Provisioning::Failed, "it is not tried again at once");
        world.wait(10);
        world.sweep().await;
        assert_eq!(state().await, Provisioning::Provisioned);
        let paula = world.viewer("paula.brandt").await;
        access::give_up(&call(&world.ctx, &paula).await, id).await.expect("her own");
        assert_eq!(state().await, Provisioning::Deprovisioning);
        world.lake.held().gone.insert(TABLE.to_owned());
        world.sweep().await;
        assert_eq!(state().await, Provisioning::Deprovisioned, "a table that is gone counts as taken back");
    }

    async fn a_delivery_that_goes_on_failing_is_told_once_to_those_who_can_mend_it(world) {
        world.lake.held().gone.insert(TABLE.to_owned());
        world.granted("paula.brandt", CASES, 30, &["aylin.demir"]).await;
        let told = |who| world.told(who, "Access to Collections: cases was granted and cannot be delivered");
        for pause in [0, 10, 20] {
            world.wait(pause);
            world.sweep().await;
            assert_eq!(told("aylin.demir").await, 0, "it may pass by itself");
        }
        for pause in [40, 80, 160] {
            world.wait(pause);
            world.sweep().await;
            assert_eq!((told("aylin.demir").await, told("sofia.lindqvist").await), (1, 1), "its owner, an administrator");
        }
        assert_eq!(told("lena.vogel").await, 0);
        let waits = "SELECT COUNT(*) FROM notification WHERE about LIKE 'job delivery grant %' AND NOT settled";
        assert!(world.number(waits).await >= 2);
        let tasks = async || {
            let aylin = call(&world.ctx, &world.viewer("aylin.demir").await).await;
            let tasks = catalog::home(&aylin).await.expect("it opens").tasks.into_iter();
            tasks.filter(|task| task.label.ends_with("cannot be delivered")).map(|task| task.href).collect::<Vec<_>>()
        };
        assert_eq!(tasks().await, ["/products/collections#held"], "her home page says it, too");
        world.lake.held().gone.clear();
        world.wait(320);
        world.sweep().await;
        assert_eq!(world.number(waits).await, 0, "it is over when it was delivered");
        assert!(tasks().await.is_empty());
        let aylin = call(&world.ctx, &world.viewer("aylin.demir").await).await;
        let inbox = notify::inbox(&aylin, PageRequest::default()).await.expect("it opens").items;
        let entry = inbox.iter().find(|entry| entry.title.ends_with("cannot be delivered")).expect("it is kept");
        assert_eq!((entry.settled.as_deref(), entry.unread), (Some("It was delivered since."), false));
    }

    async fn deliveries_that_fail_in_other_domains_never_hide_those_of_an_owner(world) {
        world.granted("paula.brandt", CASES, 30, &["aylin.demir"]).await;
        world.granted("paula.brandt", FORECAST, 30, &["maria.keller"]).await;
        let failed = "UPDATE access_grant SET provisioning = 'failed', provisioning_attempts = 4";
        assert_eq!(world.execute(failed).await.expect("it runs"), 2);
        let mut tx = world.ctx.db.read().await.expect("it answers");
        for port in [CASES, FORECAST] {
            let grants = store::failing_deliveries(&mut tx, None, 4, 9).await.expect("they are found");
            assert_eq!(grants.len(), 2, "of all domains");
            let domain = grants.into_iter().find(|grant| grant.port == port).expect("it fails").domain;
            let own = [domain];
            let found = store::failing_deliveries(&mut tx, Some(own.as_slice()), 4, 1).await.expect("they are found");
            assert_eq!(found.iter().map(|grant| grant.port.as_str()).collect::<Vec<_>>(), [port], "the first of its own");
        }
        drop(tx);
        let said = async |who| {
            let viewer = call(&world.ctx, &world.viewer(who).await).await;
            let tasks = catalog::home(&viewer).await.expect("it opens").tasks.into_iter();
            tasks.map(|task| task.label).filter(|label| label.ends_with("cannot be delivered")).collect::<Vec<_>>()
        };
        assert_eq!(said("maria.keller").await, ["1 access that was granted and cannot be delivered"]);
        assert_eq!(said("sofia.lindqvist").await, ["2 accesses that were granted and cannot be delivered"]);
        assert!(said("lena.vogel").await.is_empty());
    }

    async fn mail_that_is_never_taken_is_told_to_administrators_once(world) {
        world.post.close();
        for who in ["paula.brandt", "lena.vogel"] {
            world.ask(who, CASES, 30).await.expect("they may ask");
        }
        let told = || world.told("sofia.lindqvist", "Mail cannot be delivered");
        for attempt in 0..12 {
            world.sweep().await;
            assert_eq!(told().await, usize::from(attempt >= 8), "attempt {attempt}");
            world.wait(10 << attempt);
        }
        world.post.open();
        world.sweep().await;
        assert_eq!(world.number("SELECT COUNT(*) FROM job_fault").await, 0, "it is over");
    }

    async fn a_failed_delivery_is_taken_back_when_it_ends(world) {
        world.lake.held().gone.insert(TABLE.to_owned());
        let id = world.granted("paula.brandt", CASES, 2, &["aylin.demir"]).await;
        world.sweep().await;
        world.travel(3);
        world.sweep().await;
        assert_eq!(world.grant("paula.brandt", id).await.provisioning, Some(Provisioning::Deprovisioned));
    }

    async fn a_delivery_that_ends_late_never_overwrites_an_end(world) {
        let id = world.granted("paula.brandt", CASES, 30, &["aylin.demir"]).await;
        let mut tx = world.ctx.db.write().await.expect("it answers");
        let seen = store::grant(&mut tx, id).await.expect("it answers").expect("it is there");
        // An end by the calendar leaves the revision as it is.
        let (state, now) = (Provisioning::Deprovisioning, world.now());
        store::set_provisioning(&mut tx, &LastDay::Over.proof(), id, state, 0, now, None).await.expect("it is taken back");
        let late = store::end_delivery(&mut tx, &Delivery::Tried.proof(), &seen, Provisioning::Provisioned, now, None).await;
        assert!(!late.expect("it answers"), "it was overtaken");
        let then = store::grant(&mut tx, id).await.expect("it answers").expect("it is there");
        assert!(then.provisioning == Provisioning::Deprovisioning);
        let next = store::end_delivery(&mut tx, &Delivery::Tried.proof(), &then, Provisioning::Deprovisioned, now, None).await;
        assert!(next.expect("it answers"), "the next run looks again");
    }

    async fn a_grant_that_ends_before_it_was_delivered_never_ends_unsaid(world) {
        let id = world.granted("paula.brandt", CASES, 2, &["aylin.demir"]).await;
        world.travel(3);
        let run = async |name: &str| {
            let job = jobs::ALL.into_iter().find(|job| job.name() == name).expect("it is a job");
            jobs::run(job, &world.ctx, &world.post).await.expect("it runs")
        };
        assert_eq!(run("delivery").await, 0, "it comes before the sweep that tells her");
        assert_eq!(world.grant("paula.brandt", id).await.provisioning, Some(Provisioning::Pending));
        run("reminders").await;
        assert_eq!(world.told("paula.brandt", "Your access to Collections: cases has ended").await, 1);
        run("delivery").await;
        assert_eq!(world.grant("paula.brandt", id).await.provisioning, Some(Provisioning::Deprovisioned));
    }

    async fn a_check_that_ends_late_never_puts_a_newer_version_off(world) {
        world.settle().await;
        let tom = world.viewer("tom.fischer").await;
        let text = crate::contracts::text_of("contracts/collections.odcs.yaml");
        let newer = file("c.odcs.yaml", &text.replace("version: 1.0.0", "version: 2.0.0"));
        let ctx = world.ctx.clone();
        world.lake.held().meanwhile = Some(Box::pin(async move {
            catalog::import(&ctx, &Actor::System("test"), vec![newer], false).await.expect("it is taken");
            jobs::run_due(&ctx, &Post::default()).await.expect("the sweep ends well");
        }));
        contracts::run_checks(&call(&world.ctx, &tom).await, &"collections".into()).await.expect("his own domain");
        let planned = "SELECT version FROM contract_check WHERE contract = 'collections'";
        assert_eq!(world.text(planned).await, "2.0.0");
    }

    async fn a_quiet_portal_has_nothing_to_do(world) {
        world.granted("paula.brandt", CASES, 365, &["aylin.demir"]).await;
        world.settle().await;
        let traces = "SELECT (SELECT COUNT(*) FROM audit) + (SELECT COUNT(*) FROM change) + (SELECT COUNT(*) FROM mail)";
        let before = world.number(traces).await;
        assert_eq!(world.sweep().await, 0);
        assert_eq!(world.number(traces).await, before);
    }

    async fn sessions_that_have_ended_never_stay(world) {
        let real = SystemClock.now();
        for (id, hours) in [("over", -1), ("open", 1)] {
            let ends = real + TimeDelta::hours(hours);
            people::sessions::save(&world.ctx, id, None, "{}", ends).await.expect("it is kept");
        }
        world.settle().await;
        assert_eq!(world.text("SELECT id FROM session").await, "open");
        assert_eq!(world.number("SELECT COUNT(*) FROM session").await, 1);
    }

    async fn checks_run_once_a_day(world) {
        world.settle().await;
        let first = world.lake.held().checked.clone();
        let once: BTreeSet<_> = first.iter().collect();
        assert_eq!(once.len(), first.len(), "each table once");
        assert!(once.contains(&TABLE.to_owned()));
        world.wait(86_399);
        world.settle().await;
        assert_eq!(world.lake.held().checked.len(), first.len());
        world.wait(1);
        world.settle().await;
        assert_eq!(world.lake.held().checked.len(), 2 * first.len());
    }

    async fn a_breach_is_told_once(world) {
        let (paula, tom) = (world.viewer("paula.brandt").await, world.viewer("tom.fischer").await);
        contracts::subscribe(
            &call(&world.ctx, &paula).await,
            &"collections".into(),
            "1.0.0".to_owned(),
            "Planning of purchases".to_owned(),
        )
        .await
        .expect("she relies on it");
        let outcome = |outcome: Option<CheckOutcome>| match outcome {
            Some(outcome) => world.lake.held().outcomes.insert(TABLE.to_owned(), outcome),
            None => world.lake.held().outcomes.remove(TABLE),
        };
        let broken = CheckOutcome::Failed { detail: "4 of 9 rows".to_owned(), failing_rows: Some(4) };
        let unchecked = CheckOutcome::Unchecked { reason: "The lake is away.".to_owned() };
        let course = [
            (None, CheckState::Kept, 0),
            (Some(broken.clone()), CheckState::Broken, 1),
            (Some(broken.clone()), CheckState::Broken, 1),
            (Some(unchecked.clone()), CheckState::Unchecked, 1),
            (Some(broken.clone()), CheckState::Broken, 1),
            (None, CheckState::Kept, 2),
            (None, CheckState::Kept, 2),
            (Some(broken), CheckState::Broken, 3),
        ];
        for (step, (next, state, told)) in course.into_iter().enumerate() {
            outcome(next);
            contracts::run_checks(&call(&world.ctx, &tom).await, &"collections".into()).await.expect("his own domain");
            // Its retention is only stated; that never keeps a run from being "kept" as a whole.
            assert_eq!(world.state("collections").await, state, "step {step}");
            assert_eq!(world.told("paula.brandt", "The contract").await, told, "step {step}");
        }
    }

    async fn a_table_that_vanishes_never_goes_unsaid(world) {
        let (paula, tom) = (world.viewer("paula.brandt").await, world.viewer("tom.fischer").await);
        contracts::subscribe(&call(&world.ctx, &paula).await, &"collections".into(), "1.0.0".into(), "Planning of liquidity".into())
            .await
            .expect("she relies on it");
        let course = [(false, 0), (true, 1), (true, 1), (false, 2), (false, 2), (true, 3)];
        for (step, (is_gone, told)) in course.into_iter().enumerate() {
            if is_gone {
                world.lake.held().gone.insert(TABLE.to_owned());
            } else {
                world.lake.held().gone.clear();
            }
            let run = contracts::run_checks(&call(&world.ctx, &tom).await, &"collections".into()).await.expect("it ends");
            let reason = format!("There is no table {TABLE} any more.");
            assert_eq!(run.blind(), is_gone.then(|| vec![reason.as_str()]), "the reason once, step {step}");
            for who in ["aylin.demir", "ines.hoffmann"] {
                assert_eq!(world.told(who, "Your contract").await, told, "{who} at step {step}");
            }
            assert_eq!(world.told("paula.brandt", "The contract").await, 0, "she cannot mend it");
        }
    }

    async fn what_cannot_be_checked_is_never_kept(world) {
        let tom = world.viewer("tom.fischer").await;
        world.lake.held().gone.insert(TABLE.to_owned());
        let run = contracts::run_checks(&call(&world.ctx, &tom).await, &"collections".into()).await.expect("it ends");
        assert_eq!(run.state, CheckState::Unchecked);
        assert!(!run.results.is_empty());
        assert!(
            run.results
                .iter()
                .all(|line| [CheckState::Unchecked, CheckState::Stated].contains(&line.state) && !line.detail.is_empty())
        );
        let model =
            contracts::run_checks(&call(&world.ctx, &tom).await, &"competitor-assistant".into()).await.expect("it ends");
        assert_eq!(model.state, CheckState::Stated, "a model is no table that could be checked");
    }
}
