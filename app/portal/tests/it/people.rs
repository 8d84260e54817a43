//! Signing in, sessions, and the demo's clock.

use std::sync::Arc;

use lakeport_model::PersonId;
use lakeport_model::people::Viewer;
use lakeport_portal::access::{self, Leavers};
use lakeport_portal::people::sessions::{self, SignOut};
use lakeport_portal::people::{self, Identity, leaving};
use lakeport_portal::{Actor, Clock, Ctx, DemoClock, ErrorKind, Settings, SystemClock};

use crate::world::{World, call, on_both, refusal, settings};

fn identity(subject: &str, email: &str) -> Identity {
    Identity {
        issuer: "https://id.example".to_owned(),
        subject: subject.to_owned(),
        email: email.to_owned(),
        email_verified: true,
        name: "Paula B.".to_owned(),
        hd: Some("nordkauf.example".to_owned()),
    }
}

const PAULA: &str = "Paula.Brandt@nordkauf.example";

async fn with(world: &World, change: impl FnOnce(&mut Settings)) -> Ctx {
    let mut settings = settings();
    change(&mut settings);
    world.replica(world.clock.clone(), settings).await
}

async fn demo(world: &World) -> Ctx {
    let mut settings = settings();
    settings.demo = true;
    world.replica(Arc::new(DemoClock::default()), settings).await
}

on_both! { demo =>
    async fn somebody_known_is_linked_once(world) {
        let id =
            people::sign_in(&world.ctx, &identity("1", PAULA)).await.expect("she is known by her address");
        assert_eq!(id, world.viewer("paula.brandt").await.id);
        assert_eq!(people::sign_in(&world.ctx, &identity("1", PAULA)).await.expect("again"), id);
        let other = people::sign_in(&world.ctx, &identity("2", PAULA)).await;
        assert_eq!(
            refusal(other).kind,
            ErrorKind::Forbidden,
            "an address does not move to another account"
        );
        let mut elsewhere = identity("1", PAULA);
        elsewhere.issuer = String::from("https://other.example");
        assert_eq!(refusal(people::sign_in(&world.ctx, &elsewhere).await).kind, ErrorKind::Forbidden);
        // The account is who she is, whatever address it has by now.
        let moved = people::sign_in(&world.ctx, &identity("1", "p.brandt@nordkauf.example")).await;
        assert_eq!(moved.expect("the same account"), id);
        let rules = "SELECT COUNT(*) FROM audit WHERE action = 'person.sign_in' AND rule = 'sign_in.linked_by_verified_email'";
        assert_eq!(world.number(rules).await, 1);
    }

    async fn a_stranger_is_registered_without_any_role(world) {
        let id =
            people::sign_in(&world.ctx, &identity("9", "new@nordkauf.example")).await.expect("registered");
        let viewer = people::viewer(&world.ctx, id).await.expect("it answers").expect("known now");
        assert!(viewer.memberships.is_empty() && !viewer.administrator);
        assert_eq!(viewer.email, "new@nordkauf.example");
        let nobody = people::viewer(&world.ctx, PersonId(uuid::Uuid::nil())).await.expect("it answers");
        assert_eq!(nobody, None);
    }

    async fn a_name_of_marks_that_nobody_sees_never_leaves_somebody_without_one(world) {
        let hidden = |subject: &str, name: &str, email: &str| Identity { name: name.to_owned(), ..identity(subject, email) };
        let marks = "\u{200b}\u{202e} \u{ad}\u{200d}\u{3164}";
        let eva = "eva.lang@nordkauf.example";
        let id = people::sign_in(&world.ctx, &hidden("9", marks, eva)).await.expect("registered");
        let name = || async { people::viewer(&world.ctx, id).await.expect("it answers").expect("known now").name };
        assert_eq!(name().await, "eva.lang");
        people::sign_in(&world.ctx, &hidden("9", "Eva\u{202e} Lang\r\nBcc: x\u{1b}[2J", eva)).await.expect("again");
        assert_eq!(name().await, "Eva LangBcc: x[2J");
        people::sign_in(&world.ctx, &hidden("9", "\u{200b}", eva)).await.expect("again");
        assert_eq!(name().await, "eva.lang");
        let twin = hidden("10", "Paula Brandt", "paula\u{200b}.brandt@nordkauf.example");
        let twin = refusal(people::sign_in(&world.ctx, &twin).await);
        assert!(twin.message.contains("marks that are not seen"), "{}", twin.message);
    }

    async fn only_verified_addresses_of_our_own_domain(world) {
        let ctx = with(world, |settings| settings.required_hd = Some("nordkauf.example".to_owned())).await;
        let people = world.number("SELECT COUNT(*) FROM person WHERE issuer IS NOT NULL");
        for change in [
            (|identity: &mut Identity| identity.email_verified = false) as fn(&mut Identity),
            |identity| identity.hd = None,
            |identity| identity.hd = Some("evil.example".to_owned()),
            |identity| identity.hd = Some("NORDKAUF.example.evil".to_owned()),
        ] {
            let mut wrong = identity("1", PAULA);
            change(&mut wrong);
            assert_eq!(refusal(people::sign_in(&ctx, &wrong).await).kind, ErrorKind::Forbidden);
        }
        assert_eq!(people.await, 0);
        people::sign_in(&ctx, &identity("1", PAULA)).await.expect("this one fits");
    }

    async fn administrators_come_from_the_configuration(world) {
        let ctx = with(world, |settings| {
            settings.administrators = vec!["PAULA.brandt@nordkauf.example".to_owned()];
        })
        .await;
        people::sign_in(&ctx, &identity("1", PAULA)).await.expect("she is known");
        assert!(world.viewer("paula.brandt").await.administrator);
        people::sign_in(&ctx, &identity("2", "erik.sander@nordkauf.example")).await.expect("he is known");
        assert!(!world.viewer("erik.sander").await.administrator);
    }

    async fn an_administrator_nobody_names_any_longer_is_none(world) {
        let named = with(world, |settings| {
            settings.administrators = vec!["paula.brandt@nordkauf.example".to_owned()];
        })
        .await;
        people::administrators::settle_all(&named).await.expect("a start");
        assert!(world.viewer("paula.brandt").await.administrator);
        // Another process imports, without this configuration: what the serving one decided stays.
        world.import(crate::world::mesh()).await;
        assert!(world.viewer("paula.brandt").await.administrator);
        people::administrators::settle_all(&world.ctx).await.expect("the next start");
        assert!(!world.viewer("paula.brandt").await.administrator);
        assert!(world.viewer("sofia.lindqvist").await.administrator, "a file names her");
        let records = "SELECT COUNT(*) FROM audit WHERE actor = 'system configuration' AND action = ";
        assert_eq!(world.number(&format!("{records}'administrator.appoint'")).await, 1);
        assert_eq!(world.number(&format!("{records}'administrator.dismiss'")).await, 1);
    }

    async fn somebody_who_left_holds_nothing(world) {
        people::sign_in(&world.ctx, &identity("1", PAULA)).await.expect("she is known");
        let (paula, sofia) = (world.viewer("paula.brandt").await, world.viewer("sofia.lindqvist").await);
        world.granted("paula.brandt", "collections/cases", 60, &["aylin.demir"]).await;
        let waiting = world.ask("paula.brandt", "sales-forecast/forecast", 30).await.expect("she may ask");
        let owner = Some("paula.brandt@nordkauf.example".to_owned());
        let new = people::NewToken { owner, ..crate::world::token("hers", vec!["catalog:read".to_owned()]) };
        let secret = people::create_token(&world.ctx, &Actor::System("cli"), new).await.expect("it is made");
        let hour = SystemClock.now() + chrono::TimeDelta::hours(1);
        sessions::save(&world.ctx, "a", Some(paula.id), "{}", hour).await.expect("saved");

        let admin = Actor::Viewer(sofia.clone());
        leaving::disable(&world.ctx, &admin, paula.id).await.expect("an administrator may");
        assert_eq!(people::viewer(&world.ctx, paula.id).await.expect("it answers"), None);
        assert_eq!(sessions::load(&world.ctx, "a").await.expect("it answers"), None);
        assert_eq!(people::authenticate(&world.ctx, &secret).await.expect("it answers"), None);
        assert_eq!(world.request_state(waiting).await, "withdrawn");
        assert_eq!(world.number("SELECT COUNT(*) FROM access_grant WHERE ended IS NULL").await, 0);
        let again = people::sign_in(&world.ctx, &identity("1", PAULA)).await;
        assert!(refusal(again).message.starts_with("Your account was disabled"));
        assert_eq!(refusal(leaving::disable(&world.ctx, &admin, paula.id).await).kind, ErrorKind::Conflict);

        leaving::enable(&world.ctx, &admin, paula.id).await.expect("an administrator may");
        people::sign_in(&world.ctx, &identity("1", PAULA)).await.expect("she is back");
        assert_eq!(world.number("SELECT COUNT(*) FROM access_grant WHERE ended IS NULL").await, 0);
        let records = "SELECT COUNT(*) FROM audit WHERE action IN ('person.disable', 'person.enable')";
        assert_eq!(world.number(records).await, 2);
    }

    async fn grants_of_a_leaver_wait_for_a_review_where_it_is_configured_so(world) {
        let ctx = with(world, |settings| settings.leavers = Leavers::Review).await;
        world.granted("paula.brandt", "collections/cases", 60, &["aylin.demir"]).await;
        let paula = world.viewer("paula.brandt").await;
        leaving::disable(&ctx, &Actor::System("cli"), paula.id).await.expect("the operator may");
        let desk = access::review_desk(&call(&ctx, &world.viewer("aylin.demir").await).await).await.expect("it opens");
        assert_eq!(desk.len(), 1);
    }

    async fn what_waits_for_a_leaver_falls_to_the_others(world) {
        let id = world.ask("paula.brandt", "collections/cases", 30).await.expect("she may ask");
        let aylin = world.viewer("aylin.demir").await;
        leaving::disable(&world.ctx, &Actor::System("cli"), aylin.id).await.expect("the operator may");
        let snapshot = world.ctx.snapshot().await.expect("it answers");
        assert!(snapshot.members.values().flatten().all(|member| member.person != aylin.id));
        assert_eq!(world.request_state(id).await, "requested");
        // An import keeps the role, so that it is there again when she is.
        world.import(crate::world::mesh()).await;
        leaving::enable(&world.ctx, &Actor::System("cli"), aylin.id).await.expect("the operator may");
        world.approve("aylin.demir", id).await.expect("she is an owner again");
    }

    async fn nobody_disables_himself_or_the_last_administrator(world) {
        let (sofia, paula) = (world.viewer("sofia.lindqvist").await, world.viewer("paula.brandt").await);
        let disable = async |viewer: &Viewer, id| {
            leaving::disable(&world.ctx, &Actor::Viewer(viewer.clone()), id).await
        };
        assert_eq!(refusal(disable(&sofia, sofia.id).await).kind, ErrorKind::Forbidden);
        assert_eq!(refusal(disable(&paula, sofia.id).await).kind, ErrorKind::Forbidden);
        let operator = leaving::disable(&world.ctx, &Actor::System("cli"), sofia.id).await;
        assert!(refusal(operator).message.contains("last administrator"));
    }

    async fn a_session_of_a_backup_never_holds_after_a_restore(world) {
        let (paula, hour) = (world.viewer("paula.brandt").await, chrono::TimeDelta::hours(1));
        let until = SystemClock.now() + hour;
        sessions::save(&world.ctx, "a", Some(paula.id), "{}", until).await.expect("saved");
        sessions::save(&world.ctx, "b", None, "{}", until).await.expect("saved");
        sessions::end_all(&world.ctx, &Actor::System("restore")).await.expect("the operator may");
        assert_eq!(world.number("SELECT COUNT(*) FROM session").await, 0);
        let records = "SELECT COUNT(*) FROM audit WHERE action = 'session.end_all' AND actor = 'system restore'";
        assert_eq!(world.number(records).await, 1);
    }

    async fn somebody_who_was_disabled_never_comes_back_with_a_backup(world) {
        let operator = Actor::System("restore");
        let (paula, sofia) = (world.viewer("paula.brandt").await, world.viewer("sofia.lindqvist").await);
        let erik = world.viewer("erik.sander").await;
        world.granted("paula.brandt", "collections/cases", 60, &["aylin.demir"]).await;
        let both = "UPDATE person SET disabled_at = created_at WHERE name IN ('Paula Brandt', 'Sofia Lindqvist')";
        world.execute(both).await.expect("written");
        let before = leaving::disabled(&world.ctx).await.expect("they are listed");
        assert_eq!(before.len(), 2);
        // The backup is from before they left.
        world.execute("UPDATE person SET disabled_at = NULL").await.expect("written");
        let again = leaving::disable_again(&world.ctx, &operator, &before).await.expect("the operator may");
        assert_eq!(again, ["paula.brandt@nordkauf.example", "sofia.lindqvist@nordkauf.example"]);
        for gone in [paula.id, sofia.id] {
            assert_eq!(people::viewer(&world.ctx, gone).await.expect("it answers"), None, "nor the last administrator");
        }
        assert!(people::viewer(&world.ctx, erik.id).await.expect("it answers").is_some(), "he never left");
        assert_eq!(world.number("SELECT COUNT(*) FROM access_grant WHERE ended IS NULL").await, 0);
        let records = "SELECT COUNT(*) FROM audit WHERE action = 'person.disable' AND actor = 'system restore'";
        assert_eq!(world.number(records).await, 2);
        let none = leaving::disable_again(&world.ctx, &operator, &before).await.expect("the operator may");
        assert!(none.is_empty(), "what the backup knows is done once");
    }

    async fn sessions_end(world) {
        let (paula, erik) = (world.viewer("paula.brandt").await, world.viewer("erik.sander").await);
        let now = SystemClock.now();
        let hour = chrono::TimeDelta::hours(1);
        let save = |id: &'static str, person, until| sessions::save(&world.ctx, id, person, "{}", until);
        save("a", Some(paula.id), now + hour).await.expect("saved");
        save("b", Some(paula.id), now + hour).await.expect("saved");
        save("c", Some(erik.id), now + hour).await.expect("saved");
        save("old", None, now - hour).await.expect("saved");
        let load =
            |id: &'static str| async move { sessions::load(&world.ctx, id).await.expect("it answers") };
        assert_eq!((load("a").await.as_deref(), load("old").await), (Some("{}"), None));
        sessions::save(&world.ctx, "a", Some(paula.id), "{\"x\":1}", now + hour).await.expect("saved again");
        assert_eq!(load("a").await.as_deref(), Some("{\"x\":1}"));
        world.travel(400);
        assert!(load("a").await.is_some(), "the demo's clock does not end sessions");
        sessions::delete_expired(&world.ctx).await.expect("cleaned");
        assert_eq!(world.number("SELECT COUNT(*) FROM session").await, 3);
        sessions::delete(&world.ctx, "b").await.expect("deleted");
        assert_eq!(load("b").await, None);
        sessions::sign_out(&world.ctx, &paula, SignOut::Everywhere).await.expect("deleted");
        assert!(load("a").await.is_none() && load("c").await.is_some());
    }

    async fn the_oldest_session_of_a_person_ends_where_there_would_be_too_many(world) {
        let (paula, erik) = (world.viewer("paula.brandt").await, world.viewer("erik.sander").await);
        let now = SystemClock.now();
        let save = async |id: String, person, minutes| {
            let until = now + chrono::TimeDelta::minutes(minutes);
            sessions::save(&world.ctx, &id, person, "{}", until).await.expect("saved");
        };
        let is_there = async |id: &str| sessions::load(&world.ctx, id).await.expect("it answers").is_some();
        save("of erik".to_owned(), Some(erik.id), 1).await;
        save("of nobody".to_owned(), None, 1).await;
        for minute in 1..=50 {
            save(format!("of paula {minute}"), Some(paula.id), minute).await;
        }
        assert!(is_there("of paula 1").await, "so many a person may have");
        // Of several that end together the one that begins stays.
        save("last".to_owned(), Some(paula.id), 1).await;
        assert!(is_there("last").await && !is_there("of paula 1").await && is_there("of paula 2").await);
        save("last".to_owned(), Some(paula.id), 1).await;
        assert!(is_there("of paula 2").await, "a session that is written again is no other");
        assert!(is_there("of erik").await && is_there("of nobody").await);
        assert_eq!(world.number("SELECT COUNT(*) FROM session").await, 52);
    }

    async fn whoever_signs_in_or_out_is_who_did_it(world) {
        let paula = people::sign_in(&world.ctx, &identity("1", PAULA)).await.expect("she is known");
        let viewer = world.viewer("paula.brandt").await;
        sessions::sign_out(&world.ctx, &viewer, SignOut::Here).await.expect("recorded");
        sessions::sign_out(&world.ctx, &viewer, SignOut::Everywhere).await.expect("recorded");
        let by = async |action: &str, rule: &str| {
            let sql = format!(
                "SELECT COUNT(*) FROM audit WHERE actor = 'person {paula}' AND subject = 'person {paula}' \
                 AND action = '{action}' AND rule = '{rule}'"
            );
            world.number(&sql).await
        };
        assert_eq!(by("person.sign_in", "sign_in.linked_by_verified_email").await, 1);
        assert_eq!(by("person.sign_out", "sign_out.this_browser").await, 1);
        assert_eq!(by("person.sign_out", "sign_out.everywhere").await, 1);
    }

    async fn the_clock_moves_forward_only(world) {
        let ctx = demo(world).await;
        let paula = world.viewer("paula.brandt").await;
        let today = ctx.now().date_naive();
        let day = |days: i64| today + chrono::TimeDelta::days(days);
        let move_to = async |to| people::move_clock(&call(&ctx, &paula).await, to).await;
        for wrong in [day(0), day(-1), day(4_000)] {
            assert_eq!(refusal(move_to(wrong).await).field, Some("date"), "{wrong}");
        }
        move_to(day(30)).await.expect("forward");
        assert_eq!(ctx.now().date_naive(), day(30));
        assert_eq!(refusal(move_to(day(29)).await).field, Some("date"));
        assert_eq!(
            refusal(people::move_clock(&call(&world.ctx, &paula).await, day(90)).await).kind,
            ErrorKind::Forbidden,
            "not in earnest"
        );
    }

    async fn all_processes_share_the_clock(world) {
        let (one, two) = (demo(world).await, demo(world).await);
        let paula = world.viewer("paula.brandt").await;
        let today = one.now().date_naive();
        let day = |days: i64| today + chrono::TimeDelta::days(days);
        people::move_clock(&call(&one, &paula).await, day(30)).await.expect("forward");
        // The other process has not looked yet; the day that was asked for is the day it becomes.
        assert_eq!(refusal(people::move_clock(&call(&two, &paula).await, day(20)).await).field, Some("date"));
        people::move_clock(&call(&two, &paula).await, day(40)).await.expect("forward");
        assert_eq!(two.now().date_naive(), day(40));
        people::refresh_clock(&one).await.expect("it looks");
        assert_eq!(one.now().date_naive(), day(40));
        let third = demo(world).await;
        people::start_clock_at(&third, day(40)).await.expect("a restart on the same day is no move");
        assert_eq!(third.now().date_naive(), day(40));
    }

    async fn roles_are_told_in_words(world) {
        assert_eq!(
            people::about(&world.viewer("ines.hoffmann").await),
            "Steward of Central Data Team, Controlling, Finance Forecasting and Nordkauf Group"
        );
        assert_eq!(people::about(&world.viewer("sofia.lindqvist").await), "Administrator");
        let accounts = people::demo_accounts(&world.ctx).await.expect("they are listed");
        let paula = accounts.iter().find(|account| account.name == "Paula Brandt").expect("she is there");
        assert_eq!(paula.about, "Category manager, Purchase; Member of Purchase");
    }

    async fn the_frame_counts_what_waits(world) {
        world.ask("paula.brandt", "collections/cases", 30).await.expect("she may ask");
        let shell = people::shell(&call(&world.ctx, &world.viewer("aylin.demir").await).await).await.expect("it is drawn");
        assert_eq!((shell.to_decide, shell.to_review, shell.unread), (1, 0, 1));
        lakeport_portal::notify::mark_read(&call(&world.ctx, &shell.viewer).await, None).await.expect("read");
        let shell = people::shell(&call(&world.ctx, &shell.viewer).await).await.expect("it is drawn");
        assert_eq!((shell.to_decide, shell.unread), (1, 0));
        assert!(!shell.sees_audit && shell.demo.is_none());
    }
}
