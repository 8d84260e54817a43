//! What a job cannot do with one thing: it is told once, and holds up nothing else.

use chrono::TimeDelta;
use lakeport_model::access::{GrantStanding, HeldOn};
use lakeport_model::catalog::{Classification, SearchRequest};
use lakeport_model::contracts::CheckState;
use lakeport_model::{PageRequest, is_unread_moment};
use lakeport_portal::store::{contracts as store, jobs};
use lakeport_portal::{Clock as _, Db, ErrorKind, SystemClock, access, catalog, contracts, notify, people};

use crate::world::{call, on_both, refusal};

const CASES: &str = "collections/cases";
const FORECAST: &str = "sales-forecast/forecast";

on_both! { demo =>
    async fn a_row_that_cannot_be_read_is_told_once_and_never_stops_another(world) {
        let (bad, due) = world.reviewed().await;
        let good = world.granted("lena.vogel", CASES, 365, &["aylin.demir"]).await;
        let renamed = "UPDATE access_grant SET classification = 'odd' WHERE consumer = \
            (SELECT id FROM person WHERE email = 'paula.brandt@nordkauf.example')";
        assert_eq!(world.execute(renamed).await.expect("it runs"), 1);
        world.go(10, due);
        for _ in 0..3 {
            world.sweep().await;
            world.clock.set(world.now() + TimeDelta::minutes(1));
        }
        let failed = format!("The job reminders cannot do its work on grant {bad}");
        assert_eq!(world.told("sofia.lindqvist", &failed).await, 1, "once, however often it is tried");
        assert_eq!(world.told("aylin.demir", &failed).await, 0, "administrators alone");
        assert_eq!(world.told("lena.vogel", "Do you still need Collections: cases?").await, 1, "{good}");
        assert_eq!(world.number("SELECT COUNT(*) FROM job_fault").await, 1);
        let sofia = world.viewer("sofia.lindqvist").await;
        let inbox = notify::inbox(&call(&world.ctx, &sofia).await, PageRequest::default()).await.expect("it opens");
        let said = inbox.items.iter().find(|item| item.title == failed).expect("it was said");
        assert!(said.body.contains("nothing else waits for it") && !said.body.contains("odd"), "{}", said.body);
        assert!(said.body.contains("under the reference "), "{}", said.body);
        assert!(said.body.starts_with("It is about Collections: cases."), "what people know it by: {}", said.body);
        assert!(said.href.starts_with("/decide/"), "the way to what it is about, not {}", said.href);
        assert_eq!(world.told("paula.brandt", "Do you still need Collections: cases?").await, 1, "it held nothing up");
        let mended = "UPDATE access_grant SET classification = 'confidential' WHERE classification = 'odd'";
        world.execute(mended).await.expect("it runs");
        world.clock.set(world.now() + TimeDelta::minutes(2));
        world.sweep().await;
        assert_eq!(world.told("paula.brandt", "Do you still need Collections: cases?").await, 1, "and not again");
        assert_eq!(world.number("SELECT COUNT(*) FROM job_fault").await, 0, "it is done");
        let waits = "SELECT COUNT(*) FROM notification WHERE about LIKE 'fault reminders %' AND NOT settled";
        assert_eq!(world.number(waits).await, 0, "no message goes on saying that it fails");
    }

    async fn a_grant_that_cannot_be_read_opens_nothing_and_closes_nothing_else(world) {
        let id = world.granted("paula.brandt", CASES, 365, &["aylin.demir"]).await;
        if !matches!(world.ctx.db, Db::Sqlite(..)) {
            return; // PostgreSQL keeps no text in such a column.
        }
        world.execute("UPDATE access_grant SET ends_on = 'x'").await.expect("it runs");
        let paula = call(&world.ctx, &world.viewer("paula.brandt").await).await;
        people::account(&paula).await.expect("her account opens");
        let refused = refusal(catalog::preview(&paula, &"gold.collections".into()).await);
        assert_eq!(refused.kind, ErrorKind::Forbidden, "values are read under no guess");
        world.sweep().await;
        let failed = format!("The job reminders cannot do its work on grant {id}");
        assert_eq!(world.told("sofia.lindqvist", &failed).await, 1, "it can be mended");
        let taken_back = "SELECT COUNT(*) FROM access_grant WHERE provisioning = 'deprovisioning'";
        assert_eq!(world.number(taken_back).await, 0, "nobody says that it ended on some day");
    }

    async fn a_word_that_nobody_knows_in_a_grant_costs_no_list_and_opens_nothing(world) {
        let (bad, due) = world.reviewed().await;
        world.granted("paula.brandt", FORECAST, 60, &["maria.keller"]).await;
        world.go(10, due);
        world.sweep().await;
        let renamed = format!("UPDATE access_grant SET provisioning = 'odd', classification = 'odd' WHERE port = '{CASES}'");
        assert_eq!(world.execute(&renamed).await.expect("it runs"), 1);
        let paula = call(&world.ctx, &world.viewer("paula.brandt").await).await;
        let grants = access::my_grants(&paula).await.expect("they are shown");
        let marked: Vec<_> = grants.iter().map(|grant| (grant.faulty.is_some(), grant.provisioning.is_some())).collect();
        assert_eq!(marked, [(false, true), (true, false)], "one line alone is marked");
        people::shell(&paula).await.expect("what waits is counted");
        catalog::home(&paula).await.expect("her first page opens");
        access::my_requests(&paula).await.expect("what she asked for is shown");
        let refused = refusal(catalog::preview(&paula, &"gold.collections".into()).await);
        assert_eq!(refused.kind, ErrorKind::Forbidden, "nobody knows what it was granted for");
        let aylin = call(&world.ctx, &world.viewer("aylin.demir").await).await;
        let desk = access::review_desk(&aylin).await.expect("the desk opens");
        let line = &desk.iter().find(|line| line.grant.id == bad).expect("it waits for her").grant;
        assert!(line.faulty.as_ref().is_some_and(|said| said.contains("cannot be read")), "{line:?}");
        access::held(&aylin, &HeldOn::Product("collections".into()), PageRequest::default()).await.expect("it is listed");
        let chosen = vec![(bad, line.revision)];
        let refused = refusal(access::keep(&aylin, chosen.clone(), String::new()).await);
        assert!(refused.message.contains("cannot be read"), "{}", refused.message);
        access::revoke(&aylin, chosen, "Nobody knows what it is".to_owned()).await.expect("it can be ended");
    }

    async fn a_request_whose_sensitivity_nobody_knows_costs_no_list_and_is_never_approved(world) {
        let bad = world.ask("paula.brandt", CASES, 30).await.expect("she may ask");
        let good = world.ask("lena.vogel", CASES, 30).await.expect("she may ask");
        let renamed = "UPDATE access_request SET classification = 'odd' WHERE requester = \
            (SELECT id FROM person WHERE email = 'paula.brandt@nordkauf.example')";
        assert_eq!(world.execute(renamed).await.expect("it runs"), 1);
        let aylin = call(&world.ctx, &world.viewer("aylin.demir").await).await;
        let waiting = access::to_decide(&aylin).await.expect("they are listed");
        let marked: Vec<_> = waiting.iter().map(|line| (line.id, line.faulty.is_some())).collect();
        assert_eq!(marked, [(bad, true), (good, false)]);
        assert_eq!(waiting[0].classification, Classification::Restricted, "as sensitive as can be");
        catalog::home(&aylin).await.expect("her first page opens");
        let page = access::decide_page(&aylin, bad).await.expect("it opens");
        let refused = refusal(access::approve(&aylin, bad, page.revision, None, String::new()).await);
        assert!(refused.message.contains("cannot be read"), "{}", refused.message);
        access::reject(&aylin, bad, page.revision, "Ask again".to_owned()).await.expect("it can be rejected");
        world.approve("aylin.demir", good).await.expect("the other one is decided");
        let paula = call(&world.ctx, &world.viewer("paula.brandt").await).await;
        assert_eq!(access::my_requests(&paula).await.expect("they are listed").len(), 1);
        world.ask("paula.brandt", CASES, 30).await.expect("and asked for again");
    }

    async fn a_time_of_a_grant_or_a_request_that_cannot_be_read_costs_no_list_and_opens_nothing(world) {
        // What each database keeps in such a column and is no time.
        let none = match world.ctx.db {
            Db::Sqlite(..) => "x",
            Db::Postgres(..) => "infinity",
        };
        let id = world.granted("paula.brandt", CASES, 30, &["aylin.demir"]).await;
        let waits = world.ask("lena.vogel", CASES, 30).await.expect("she may ask");
        world.execute("CREATE TABLE kept AS SELECT * FROM access_grant").await.expect("it is copied");
        for (column, opens) in
            [("next_review", true), ("confirmed_at", true), ("ends_on", false), ("starts_at", false)]
        {
            let damage = format!("UPDATE access_grant SET {column} = '{none}'");
            assert_eq!(world.execute(&damage).await.expect("it runs"), 1);
            let standing = if opens { GrantStanding::Active } else { GrantStanding::Expired };
            let line = world.grant("paula.brandt", id).await;
            assert_eq!((line.standing, line.faulty.is_some()), (standing, !opens), "{column}");
            assert_eq!(line.has_days, opens, "nobody is told a day that cannot be read: {column}");
            let paula = call(&world.ctx, &world.viewer("paula.brandt").await).await;
            catalog::home(&paula).await.expect("her first page opens");
            let mended = format!("UPDATE access_grant SET {column} = (SELECT {column} FROM kept)");
            assert_eq!(world.execute(&mended).await.expect("it runs"), 1);
        }
        for column in ["requested_at", "waits_since", "asked_until", "ends_on"] {
            let damage = format!("UPDATE access_request SET {column} = '{none}' WHERE state = 'requested'");
            assert_eq!(world.execute(&damage).await.expect("it runs"), 1);
            let aylin = call(&world.ctx, &world.viewer("aylin.demir").await).await;
            let waiting = access::to_decide(&aylin).await.expect("they are listed");
            assert!(waiting.len() == 1 && waiting[0].faulty.is_some(), "{column}");
            assert_eq!(waiting[0].waiting_days, None, "nobody knows since when: {column}");
            catalog::home(&aylin).await.expect("her first page opens");
        }
        world.sweep().await;
        let failed = format!("The job waiting_requests cannot do its work on request {waits}");
        assert_eq!(world.told("sofia.lindqvist", &failed).await, 1, "it can be mended");
        assert_eq!(world.told("aylin.demir", "A request for Collections: cases waits").await, 0, "for how long?");
        let refused = refusal(world.approve("aylin.demir", waits).await);
        assert!(refused.message.contains("nobody can approve it"), "{}", refused.message);
        let aylin = call(&world.ctx, &world.viewer("aylin.demir").await).await;
        let page = access::decide_page(&aylin, waits).await.expect("it opens");
        assert_eq!(page.unread, Some(refused.message), "the page says the same and offers no approval");
        access::reject(&aylin, waits, page.revision, "Ask again".to_owned()).await.expect("it can be rejected");
    }

    async fn a_time_of_a_token_or_a_session_that_cannot_be_read_costs_no_list_and_opens_nothing(world) {
        if !matches!(world.ctx.db, Db::Sqlite(..)) {
            return; // PostgreSQL keeps no text in such a column.
        }
        let (secret, account) = world.account("nightly").await;
        let sofia = world.viewer("sofia.lindqvist").await;
        for (column, opens) in [("created_at", true), ("last_used_at", true), ("ends_at", false), ("revoked_at", false)] {
            let damage = format!("UPDATE token SET {column} = 'x' WHERE name = 'nightly'");
            assert_eq!(world.execute(&damage).await.expect("it runs"), 1);
            let all = people::tokens(&call(&world.ctx, &sofia).await).await.expect("they are listed");
            let line = all.iter().find(|token| token.id == account.id).expect("it is listed");
            let shown = match column {
                "last_used_at" => line.last_used_at,
                "ends_at" => line.ends_at,
                "revoked_at" => line.revoked_at,
                _ => Some(line.created_at),
            };
            assert!(shown.is_some_and(is_unread_moment), "{column} cannot be read, and is not missing");
            people::account(&call(&world.ctx, &sofia).await).await.expect("her account opens");
            let known = people::authenticate(&world.ctx, &secret).await.expect("it answers");
            assert_eq!(known.is_some(), opens, "{column}");
        }
        world.sweep().await;
        let ended = "SELECT COUNT(*) FROM token WHERE name = 'nightly' AND ended_at IS NOT NULL";
        assert_eq!(world.number(ended).await, 1, "what it asked for ends with it");
        let ends = SystemClock.now() + TimeDelta::hours(1);
        people::sessions::save(&world.ctx, "hers", Some(sofia.id), "{}", ends).await.expect("it is kept");
        assert_eq!(world.execute("UPDATE session SET expires_at = 'x' WHERE id = 'hers'").await.expect("it runs"), 1);
        assert_eq!(people::sessions::load(&world.ctx, "hers").await.expect("it answers"), None);
        people::account(&call(&world.ctx, &sofia).await).await.expect("her account opens");
    }

    async fn a_request_whose_sensitivity_nobody_knows_is_told_to_administrators_once(world) {
        let bad = world.ask("paula.brandt", CASES, 90).await.expect("she may ask");
        world.execute("UPDATE access_request SET classification = 'odd'").await.expect("it runs");
        for _ in 0..3 {
            world.travel(1);
            world.sweep().await;
        }
        let failed = format!("The job waiting_requests cannot do its work on request {bad}");
        assert_eq!(world.told("sofia.lindqvist", &failed).await, 1);
        assert!(world.told("aylin.demir", "A request for Collections: cases waits for you").await > 0, "she is reminded");
    }

    async fn a_state_of_a_check_that_nobody_knows_takes_no_list_down(world) {
        let (tom, id) = (world.viewer("tom.fischer").await, "collections".into());
        contracts::run_checks(&call(&world.ctx, &tom).await, &id).await.expect("his own domain");
        world.execute("UPDATE check_run SET state = 'odd'").await.expect("it runs");
        let mut tx = world.ctx.db.read().await.expect("it answers");
        let versions = [("collections", "1.0.0"), ("sales-forecast", "2.1.0")];
        let states = store::last_states(&mut tx, &versions).await.expect("they are read");
        let odd = states.iter().filter(|(contract, _)| contract == "collections");
        assert!(odd.clone().count() == 1 && odd.clone().all(|(_, state)| *state == CheckState::Unchecked), "{states:?}");
        drop(tx);
        let tom = call(&world.ctx, &tom).await;
        catalog::home(&tom).await.expect("his first page opens");
        catalog::search(&tom, &SearchRequest::default()).await.expect("what is trusted is found");
        let page = contracts::contract(&tom, &id, None).await.expect("its own page opens");
        assert_eq!((page.summary.state, page.trend.len()), (CheckState::Unchecked, 1), "nothing is known");
        let paula = call(&world.ctx, &world.viewer("paula.brandt").await).await;
        catalog::search(&paula, &SearchRequest::default()).await.expect("nor who is told a part of it");
    }

    async fn what_fails_is_never_tried_again_without_a_growing_pause(world) {
        let (bad, due) = world.reviewed().await;
        world.sweep().await;
        let renamed = "UPDATE access_grant SET classification = 'odd'";
        assert_eq!(world.execute(renamed).await.expect("it runs"), 1, "{bad}");
        world.go(10, due);
        let failures = "SELECT COALESCE(MAX(failures), 0) FROM job_fault WHERE job = 'reminders'";
        for (nth, pause) in [0, 10, 20, 40].into_iter().enumerate() {
            let nth = i64::try_from(nth).expect("a small number");
            if pause > 0 {
                world.clock.set(world.now() + TimeDelta::seconds(pause - 1));
                world.sweep().await;
                assert_eq!(world.number(failures).await, nth, "{pause} s are not over");
                world.clock.set(world.now() + TimeDelta::seconds(1));
            }
            world.sweep().await;
            assert_eq!(world.number(failures).await, nth + 1);
        }
    }

    async fn two_errors_of_one_thing_never_count_as_two_faults(world) {
        let (ctx, at) = (&world.ctx, world.now());
        let again = |failures: i64| at + TimeDelta::minutes(failures);
        let mut tx = ctx.db.write().await.expect("it answers");
        for (failures, error) in [(1, "line 7"), (2, "line 8")] {
            let key = ("reminders", "grant 7");
            jobs::record_fault(&mut tx, key, error, failures, at, again(failures)).await.expect("it is kept");
        }
        assert!(jobs::note_fault_told(&mut tx, "reminders", "grant 7", at).await.expect("it is noted"));
        assert!(!jobs::note_fault_told(&mut tx, "reminders", "grant 7", at).await.expect("it was noted"));
        assert_eq!(jobs::faults_told_since(&mut tx, "reminders", at - TimeDelta::days(1)).await.expect("it answers"), 1);
        assert_eq!(jobs::failures(&mut tx, "reminders", "grant 7").await.expect("it answers"), 2);
        let waits = jobs::put_off(&mut tx, "reminders", again(1)).await.expect("it answers");
        assert_eq!(waits, ["grant 7"], "until its second pause is over");
        assert!(jobs::put_off(&mut tx, "reminders", again(2)).await.expect("it answers").is_empty());
        jobs::forget_faults(&mut tx, at - TimeDelta::days(30)).await.expect("it runs");
        assert_eq!(jobs::failures(&mut tx, "reminders", "grant 7").await.expect("it answers"), 2, "not before its time");
        jobs::forget_faults(&mut tx, at).await.expect("it runs");
        assert_eq!(jobs::failures(&mut tx, "reminders", "grant 7").await.expect("it answers"), 0);
        tx.commit_unrecorded("a test").await.expect("it is kept");
    }

    async fn a_token_that_cannot_be_ended_never_fails_again_at_once(world) {
        let (_, account) = world.account("dbt").await;
        world.ask_as(&account.as_viewer(), CASES).await;
        world.execute("UPDATE token SET ends_at = created_at").await.expect("it runs");
        world.execute("ALTER TABLE audit RENAME TO elsewhere").await.expect("it runs");
        let failures = "SELECT COALESCE(MAX(failures), 0) FROM job_fault WHERE job = 'expired_tokens'";
        for _ in 0..3 {
            world.sweep().await;
        }
        assert_eq!(world.number(failures).await, 1, "its pause is not over");
        world.execute("ALTER TABLE elsewhere RENAME TO audit").await.expect("it runs");
        world.clock.set(world.now() + TimeDelta::seconds(10));
        world.sweep().await;
        assert_eq!(world.number("SELECT COUNT(*) FROM token WHERE ended_at IS NULL").await, 0);
        assert_eq!(world.number(failures).await, 0);
    }

    async fn a_bad_contract_never_keeps_mail_or_another_contract_back(world) {
        world.ask("paula.brandt", FORECAST, 30).await.expect("she may ask");
        world.execute("ALTER TABLE check_run RENAME TO elsewhere").await.expect("it runs");
        world.sweep().await;
        assert!(!world.post.take().is_empty(), "mail goes out");
        assert!(world.lake.held().checked.len() > 3, "each contract was tried");
        let told = world.told("sofia.lindqvist", "The job checks cannot do its work on contract").await;
        assert!(told > 3 && told <= 20, "{told}");
        world.execute("ALTER TABLE elsewhere RENAME TO check_run").await.expect("it runs");
        world.clock.set(world.now() + TimeDelta::minutes(1));
        world.sweep().await;
        assert!(world.number("SELECT COUNT(*) FROM check_run").await > 3, "they are tried again");
    }
}
