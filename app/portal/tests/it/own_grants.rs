//! What consumers see of their own grants, and what they can do while their review waits.

use chrono::{NaiveDate, TimeDelta};
use lakeport_model::access::{GrantStanding, HeldOn};
use lakeport_model::audit::AuditFilter;
use lakeport_model::catalog::AccessStanding;
use lakeport_model::people::Role;
use lakeport_model::{GrantId, PageRequest};
use lakeport_portal::{Error, ErrorKind, access, audit, catalog, contracts, notify, people};

use crate::world::{World, call, on_both, refusal};

const CASES: &str = "collections/cases";
const ASKS: &str = "Paula Brandt asks for your decision on access to Collections: cases";

impl World {
    async fn press(&self, who: &str, id: GrantId) -> Result<(), Error> {
        access::ask_for_decision(&call(&self.ctx, &self.viewer(who).await).await, id).await
    }
}

on_both! { demo =>
    async fn what_is_granted_or_accepted_never_writes_a_change_that_nobody_reads(world) {
        let (id, due) = world.reviewed().await;
        let paula = world.viewer("paula.brandt").await;
        world.go(20, due);
        access::confirm_need(&call(&world.ctx, &paula).await, id).await.expect("her own");
        let purpose = "Planning of purchases".to_owned();
        contracts::subscribe(&call(&world.ctx, &paula).await, &"fact-orders".into(), "2.0.0".to_owned(), purpose)
            .await
            .expect("it is in force");
        let unread = "SELECT COUNT(*) FROM change WHERE area <> 'catalog'";
        assert_eq!(world.number(unread).await, 0);
    }

    async fn what_is_confirmed_already_is_never_recorded_again(world) {
        let (id, due) = world.reviewed().await;
        let paula = world.viewer("paula.brandt").await;
        let traces = async || {
            let sql = "SELECT (SELECT COUNT(*) FROM audit) + (SELECT COUNT(*) FROM change)";
            (world.number(sql).await, world.grant("paula.brandt", id).await.revision)
        };
        world.go(20, due);
        let before = traces().await;
        access::confirm_need(&call(&world.ctx, &paula).await, id).await.expect("her own");
        let confirmed = traces().await;
        assert!(confirmed.0 > before.0 && world.grant("paula.brandt", id).await.confirmed_by_consumer);
        for _ in 0..3 {
            access::confirm_need(&call(&world.ctx, &paula).await, id).await.expect("it holds");
        }
        assert_eq!(traces().await, confirmed);
    }

    async fn who_has_answered_asks_for_the_decision_at_most_once_a_day(world) {
        let (id, due) = world.reviewed().await;
        let paula = world.viewer("paula.brandt").await;
        let early = refusal(world.press("paula.brandt", id).await);
        assert_eq!((early.kind, early.message.starts_with("No review waits")), (ErrorKind::Conflict, true));
        world.go(20, due);
        world.sweep().await;
        let silent = refusal(world.press("paula.brandt", id).await);
        assert!(silent.message.starts_with("Say first"), "{}", silent.message);
        assert_eq!(world.grant("paula.brandt", id).await.asking, None);
        access::confirm_need(&call(&world.ctx, &paula).await, id).await.expect("her own");
        let asking = world.grant("paula.brandt", id).await.asking.expect("now she can ask");
        assert_eq!((asking.with, asking.is_asked), (vec!["Aylin Demir".to_owned()], false));
        for stranger in ["aylin.demir", "tom.fischer"] {
            assert_eq!(refusal(world.press(stranger, id).await).kind, ErrorKind::NotFound, "{stranger}");
        }
        world.press("paula.brandt", id).await.expect("she may");
        assert_eq!(world.told("aylin.demir", ASKS).await, 1);
        assert_eq!(world.told("ines.hoffmann", ASKS).await, 0, "only with whom it lies");
        assert!(world.grant("paula.brandt", id).await.asking.expect("she asked").is_asked);
        let twice = refusal(world.press("paula.brandt", id).await);
        assert_eq!(twice.message, "You asked today already; once a day is enough.");
        world.travel(1);
        world.press("paula.brandt", id).await.expect("another day");
        assert_eq!(world.told("aylin.demir", ASKS).await, 2);
        let sofia = world.viewer("sofia.lindqvist").await;
        let filter = AuditFilter { action: Some("grant.ask".to_owned()), ..AuditFilter::default() };
        let records = audit::page(&call(&world.ctx, &sofia).await, filter).await.expect("she may").records;
        let asked: Vec<_> = records.iter().filter(|record| record.action == "grant.ask").collect();
        assert_eq!(asked.len(), 2, "{records:?}");
        assert!(asked[0].details.contains(&("asked".to_owned(), "Aylin Demir".to_owned())), "{:?}", asked[0]);
        let aylin = world.viewer("aylin.demir").await;
        let inbox = notify::inbox(&call(&world.ctx, &aylin).await, PageRequest::default()).await.expect("it opens").items;
        let entries = inbox.iter().filter(|item| item.href == "/reviews").count();
        assert_eq!(entries, 1, "whatever was said about the grant is one entry");
        let revision = world.grant("paula.brandt", id).await.revision;
        access::keep(&call(&world.ctx, &aylin).await, vec![(id, revision)], String::new()).await.expect("she decides");
        assert_eq!(world.grant("paula.brandt", id).await.asking, None);
        let inbox = notify::inbox(&call(&world.ctx, &aylin).await, PageRequest::default()).await.expect("it opens").items;
        assert!(inbox.iter().all(|item| item.href != "/reviews" || !item.unread), "deciding settles it");
        assert_eq!(refusal(world.press("paula.brandt", id).await).kind, ErrorKind::Conflict);
    }

    async fn an_end_without_a_decision_is_never_in_the_inbox_alone(world) {
        const WARNING: &str = "Your access to Collections: cases ends on";
        let (id, due) = world.reviewed().await;
        let paula = world.viewer("paula.brandt").await;
        world.go(14, due);
        world.sweep().await;
        let last = world.grant("paula.brandt", id).await.ends_on;
        assert_eq!(world.grant("paula.brandt", id).await.until(), last, "not while there is time");
        world.go(-8, due);
        world.sweep().await;
        assert_eq!(world.told("paula.brandt", WARNING).await, 1);
        let end = due + TimeDelta::days(15);
        let grant = world.grant("paula.brandt", id).await;
        assert_eq!(grant.until(), end, "a week after she was warned");
        let with = grant.undecided.expect("it is near").with;
        for name in ["Aylin Demir", "Ines Hoffmann", "Henrik Maas"] {
            assert_eq!(with.iter().filter(|held| *held == name).count(), 1, "{name} has it on the desk");
        }
        let page = catalog::asset(&call(&world.ctx, &paula).await, &"gold.collections".into()).await.expect("it opens");
        let AccessStanding::Granted { ends_on, undecided_by, .. } = page.access else { panic!("she reads it") };
        assert_eq!((ends_on, undecided_by), (end, with));
        let home = catalog::home(&call(&world.ctx, &paula).await).await.expect("it opens");
        assert_eq!(home.my_data.items[0].ends_on, Some(end));
        assert!(home.tasks.iter().any(|task| task.label.contains("ends on")), "{:?}", home.tasks);
        let revision = world.grant("paula.brandt", id).await.revision;
        let aylin = world.viewer("aylin.demir").await;
        let on = HeldOn::Product("collections".into());
        let held = access::held(&call(&world.ctx, &aylin).await, &on, PageRequest::default()).await.expect("she may");
        assert_eq!(held.grants.items[0].grant.until(), end, "those who answer for it read the same");
        access::keep(&call(&world.ctx, &aylin).await, vec![(id, revision)], String::new()).await.expect("she decides");
        assert_eq!(world.grant("paula.brandt", id).await.until(), last);
    }

    async fn the_last_day_that_was_said_is_never_cut_short(world) {
        let (id, due) = world.reviewed().await;
        let paula = world.viewer("paula.brandt").await;
        for left in [14, -8] {
            world.go(left, due);
            world.sweep().await;
        }
        let last = world.grant("paula.brandt", id).await.until();
        world.go(0, last);
        world.sweep().await;
        assert_eq!(world.grant("paula.brandt", id).await.standing, GrantStanding::Active);
        catalog::preview(&call(&world.ctx, &paula).await, &"gold.collections".into()).await.expect("the day counts in full");
        world.go(-1, last);
        world.sweep().await;
        assert_eq!(world.grant("paula.brandt", id).await.standing, GrantStanding::Revoked);
        let read = catalog::preview(&call(&world.ctx, &paula).await, &"gold.collections".into()).await;
        assert_eq!(refusal(read).kind, ErrorKind::Forbidden);
    }

    async fn an_end_is_never_announced_for_a_later_day_than_a_review_allows(world) {
        let id = world.granted("paula.brandt", CASES, 125, &["aylin.demir"]).await;
        let grant = world.grant("paula.brandt", id).await;
        let (end, due) = (grant.ends_on, grant.next_review.expect("it is reviewed"));
        let early = due + TimeDelta::days(14);
        let day = |date: NaiveDate| date.format("%-d %b %Y").to_string();
        world.go(14, due);
        world.sweep().await;
        world.go(30, end);
        world.sweep().await;
        let title = format!("Your access to Collections: cases ends on {} at the latest", day(end));
        assert_eq!(world.told("paula.brandt", &title).await, 1);
        let body = world.text("SELECT body FROM notification WHERE title LIKE '%at the latest'").await;
        let says = format!("Its review waits; without a decision it ends on {} at the earliest.", day(early));
        assert!(body.ends_with(&says) && !body.contains("holds until then"), "{body}");
        world.go(-7, due);
        world.sweep().await;
        let warning = format!("Your access to Collections: cases ends on {} without a decision", day(early));
        assert_eq!(world.told("paula.brandt", &warning).await, 1);
        assert_eq!(world.grant("paula.brandt", id).await.until(), early);
        world.go(-1, early);
        world.sweep().await;
        assert_eq!(world.grant("paula.brandt", id).await.standing, GrantStanding::Revoked);
        let announced = world.told("paula.brandt", "Your access to Collections: cases ends on").await;
        assert_eq!(announced, 2, "each end is said by one message");
    }

    async fn whoever_reads_on_as_a_member_is_never_told_that_access_ends(world) {
        const MEMBER: &str = "as a member of Controlling";
        let (id, due) = world.reviewed().await;
        let aylin = world.viewer("aylin.demir").await;
        let domain = "controlling".into();
        people::put_member(&call(&world.ctx, &aylin).await, &domain, "Paula Brandt", Role::Member).await.expect("she may");
        for left in [14, -8] {
            world.go(left, due);
            world.sweep().await;
        }
        assert_eq!(world.told("paula.brandt", "Your grant on Collections: cases ends on").await, 1);
        let grant = world.grant("paula.brandt", id).await;
        assert_eq!(grant.still.as_deref(), Some(MEMBER));
        assert_eq!(grant.undecided.as_ref().and_then(|undecided| undecided.still.as_deref()), Some(MEMBER));
        let home = catalog::home(&call(&world.ctx, &world.viewer("paula.brandt").await).await).await.expect("it opens");
        let told = home.tasks.iter().find(|task| task.label.contains("ends on")).expect("it is said");
        assert!(told.label.starts_with("Your grant on") && told.label.ends_with(MEMBER), "{}", told.label);
        world.go(-1, grant.until());
        world.sweep().await;
        assert_eq!(world.grant("paula.brandt", id).await.standing, GrantStanding::Revoked);
        assert_eq!(world.told("paula.brandt", "Your grant on Collections: cases has ended: nobody").await, 1);
        assert_eq!(world.told("aylin.demir", "The grant of Paula Brandt on Collections: cases has ended").await, 1);
        assert_eq!(world.told("paula.brandt", "Your access to").await, 0);
    }

    async fn the_shorter_of_two_grants_is_never_said_to_end_access(world) {
        world.granted("paula.brandt", CASES, 80, &["aylin.demir"]).await;
        world.granted("paula.brandt", CASES, 120, &["aylin.demir"]).await;
        let paula = world.viewer("paula.brandt").await;
        // A portal of before, where a renewal for less left the old grant beside it.
        let both = format!(
            "UPDATE access_grant SET ended = NULL, ended_at = NULL, ended_by = NULL, end_reason = NULL, ended_rule = NULL, \
             ends_on = CASE WHEN ends_on = '{}' THEN '{}' ELSE ends_on END",
            world.day(120),
            world.day(30)
        );
        world.execute(&both).await.expect("both hold");
        let says = format!("You can still read it under another grant until {}.", world.day(80).format("%-d %b %Y"));
        let last = world.day(80);
        world.sweep().await;
        assert_eq!(world.told("paula.brandt", "Your grant on Collections: cases ends on").await, 1);
        let body = world.text("SELECT body FROM notification WHERE title LIKE 'Your grant on%ends on%'").await;
        assert_eq!(body, says);
        let home = catalog::home(&call(&world.ctx, &paula).await).await.expect("it opens");
        let mine = home.my_data.items.iter().find(|mine| mine.asset.id.as_str() == "gold.collections");
        assert_eq!(mine.expect("it is hers").ends_on, Some(last), "the page of the table says the same");
        assert!(world.grants("paula.brandt").await.iter().all(|grant| grant.still.is_none()), "both are given up at once");
        world.travel(31);
        world.sweep().await;
        assert_eq!(world.told("paula.brandt", "Your grant on Collections: cases has ended").await, 1);
        assert_eq!(world.told("paula.brandt", "Your access to").await, 0);
    }

    async fn who_said_it_is_needed_never_misses_that_it_was_kept(world) {
        let (id, due) = world.reviewed().await;
        let (paula, aylin) = (world.viewer("paula.brandt").await, world.viewer("aylin.demir").await);
        world.go(14, due);
        world.sweep().await;
        access::confirm_need(&call(&world.ctx, &paula).await, id).await.expect("her own");
        let revision = world.grant("paula.brandt", id).await.revision;
        let comment = "Only until the round is over".to_owned();
        access::keep(&call(&world.ctx, &aylin).await, vec![(id, revision)], comment).await.expect("she keeps it");
        let grant = world.grant("paula.brandt", id).await;
        let until = grant.next_review.expect("there is a next one").format("%-d %b %Y");
        let words = format!("Aylin Demir kept it until its next review on {until}: Only until the round is over");
        assert_eq!(grant.kept.as_ref(), Some(&words));
        let inbox = notify::inbox(&call(&world.ctx, &paula).await, PageRequest::default()).await.expect("it opens").items;
        assert_eq!(inbox[0].title, "Your access to Collections: cases was kept");
        assert_eq!((inbox[0].body.as_str(), inbox[0].unread), (format!("{words}.").as_str(), true));
        let on = HeldOn::Product("collections".into());
        let held = access::held(&call(&world.ctx, &aylin).await, &on, PageRequest::default()).await.expect("she may");
        assert_eq!(held.grants.items[0].grant.kept.as_ref(), Some(&words), "those who answer for it read it too");
    }

    async fn a_grant_on_what_the_catalog_lost_says_so_and_never_breaks_a_page(world) {
        let (id, due) = world.reviewed().await;
        world.execute("UPDATE access_grant SET port = 'lost/cases', product = 'lost', asset = 'gold.lost'")
            .await
            .expect("the catalog loses it");
        world.go(10, due);
        world.sweep().await;
        let grant = world.grant("paula.brandt", id).await;
        assert_eq!(grant.standing, GrantStanding::Active);
        assert_eq!((grant.title.as_str(), grant.is_offered), ("lost/cases", false), "its known name");
        assert_eq!((grant.asset, grant.gone.expect("it is named").as_str()), (None, "gold.lost"));
        let (paula, aylin) = (world.viewer("paula.brandt").await, world.viewer("aylin.demir").await);
        catalog::home(&call(&world.ctx, &paula).await).await.expect("home opens");
        assert!(access::my_requests(&call(&world.ctx, &paula).await).await.expect("they are listed")[0].grant.is_some());
        let desk = access::review_desk(&call(&world.ctx, &aylin).await).await.expect("the desk opens");
        assert!(desk.iter().any(|line| line.grant.id == id && !line.grant.is_offered));
        access::revoke(&call(&world.ctx, &aylin).await, vec![(id, grant.revision)], "It is gone.".to_owned())
            .await
            .expect("it can still be ended");
        world.sweep().await;
    }

    async fn a_request_for_what_the_catalog_lost_never_leads_to_a_page_that_is_not_there(world) {
        world.ask("paula.brandt", "collections/cases", 30).await.expect("the request is taken");
        let paula = world.viewer("paula.brandt").await;
        let newest = async || access::my_requests(&call(&world.ctx, &paula).await).await.expect("they are listed").remove(0);
        assert!(newest().await.is_offered);
        world.execute("UPDATE access_request SET port = 'lost/cases', product = 'lost'")
            .await
            .expect("the catalog loses it");
        let request = newest().await;
        assert_eq!((request.title.as_str(), request.is_offered), ("lost/cases", false));
    }

    async fn that_somebody_had_access_is_never_forgotten(world) {
        let (aylin, paula) = (world.viewer("aylin.demir").await, world.viewer("paula.brandt").await);
        let held = async |on: HeldOn| {
            let held = access::held(&call(&world.ctx, &aylin).await, &on, PageRequest::default()).await;
            held.expect("she answers for it")
        };
        let product = async |id: &str| {
            catalog::product(&call(&world.ctx, &paula).await, &id.into()).await.expect("it opens")
        };
        let on = || HeldOn::Product("collections".into());
        assert!(!held(on()).await.ever && !product("collections").await.ever_granted);
        world.granted("paula.brandt", CASES, 10, &["aylin.demir"]).await;
        world.travel(11);
        let now = held(on()).await;
        assert!(now.ever && now.grants.items.is_empty(), "nobody now, not nobody yet");
        assert!(held(HeldOn::Asset("gold.collections".into())).await.ever);
        let now = product("collections").await;
        assert!(now.ever_granted && now.consumers == 0);
        let hidden = product("customers").await;
        assert!(hidden.details_hidden && !hidden.ever_granted, "of what is hidden nothing of the kind is told");
    }

    async fn an_owner_is_led_to_the_review_only_once_it_is_his(world) {
        let (id, due) = world.reviewed().await;
        let aylin = world.viewer("aylin.demir").await;
        let may_review = async || {
            let on = HeldOn::Product("collections".into());
            let held = access::held(&call(&world.ctx, &aylin).await, &on, PageRequest::default()).await.expect("it opens");
            held.grants.items[0].may_review
        };
        world.go(20, due);
        assert!(!may_review().await, "its consumer is asked first");
        access::confirm_need(&call(&world.ctx, &world.viewer("paula.brandt").await).await, id).await.expect("her own");
        assert!(may_review().await);
    }

    async fn a_warning_of_losing_access_is_never_hidden_by_a_milder_question(world) {
        let (_, due) = world.reviewed().await;
        let paula = world.viewer("paula.brandt").await;
        let newest = async || {
            let inbox = notify::inbox(&call(&world.ctx, &paula).await, PageRequest::default()).await.expect("it opens");
            let found = inbox.items.into_iter().find(|item| item.title.contains("Collections: cases") && item.earlier > 0);
            found.expect("she was told more than once about her grant")
        };
        for left in [30, 14, -1] {
            world.go(left, due);
            world.sweep().await;
        }
        let asked = newest().await;
        assert!(asked.title.starts_with("Do you still need Collections: cases?"), "{}", asked.title);
        assert!(asked.body.contains("The review lies with Aylin Demir."), "{}", asked.body);
        for left in [-7, -8, -9, -12] {
            world.go(left, due);
            world.sweep().await;
            let warned = newest().await;
            assert!(warned.title.ends_with("without a decision"), "{left} days left: {}", warned.title);
        }
    }

    async fn what_has_ended_is_never_new_as_something_to_use(world) {
        let is_new = async |who: &str| {
            let viewer = world.viewer(who).await;
            let inbox = notify::inbox(&call(&world.ctx, &viewer).await, PageRequest::default()).await.expect("it opens");
            let told = inbox.items.into_iter().find(|item| item.title.starts_with("You may use Collections: cases"));
            told.expect("it was said").unread
        };
        let id = world.granted("paula.brandt", CASES, 30, &["aylin.demir"]).await;
        world.granted("lena.vogel", CASES, 20, &["aylin.demir"]).await;
        assert!(is_new("paula.brandt").await && is_new("lena.vogel").await);
        let aylin = world.viewer("aylin.demir").await;
        access::revoke(&call(&world.ctx, &aylin).await, vec![(id, 1)], "The plan is made".to_owned()).await.expect("she may");
        assert!(!is_new("paula.brandt").await, "it was withdrawn");
        assert!(is_new("lena.vogel").await, "hers holds");
        world.travel(21);
        world.sweep().await;
        assert!(!is_new("lena.vogel").await, "its last day is over");
    }

    async fn what_a_role_opens_is_never_missing_from_what_somebody_may_use(world) {
        world.staff("controlling", &[("aylin.demir", "owner"), ("lena.vogel", "member")]).await;
        let of_controlling = async |who: &str| {
            let viewer = world.viewer(who).await;
            let page = access::my_access(&call(&world.ctx, &viewer).await).await.expect("it opens");
            let own = page.own.into_iter().filter(|own| own.domain.id.as_str() == "controlling");
            own.map(|own| own.words).collect::<Vec<_>>()
        };
        let all = "As an owner of controlling you read its data without a grant.";
        assert_eq!(of_controlling("aylin.demir").await, [all]);
        let most = "As a member of controlling you read its data without a grant, except restricted data.";
        assert_eq!(of_controlling("lena.vogel").await, [most]);
        assert!(of_controlling("paula.brandt").await.is_empty(), "she has no role there");
        let reads = async |who: &str| {
            let viewer = world.viewer(who).await;
            catalog::preview(&call(&world.ctx, &viewer).await, &"gold.collections".into()).await.is_ok()
        };
        assert!(reads("aylin.demir").await && reads("lena.vogel").await);
        world.classify("gold.collections", "controlling", "restricted").await;
        assert!(reads("aylin.demir").await && !reads("lena.vogel").await);
    }

    async fn a_renewal_that_waits_is_never_offered_again(world) {
        let first = world.granted("paula.brandt", CASES, 30, &["aylin.demir"]).await;
        assert_eq!(world.grant("paula.brandt", first).await.waits, None);
        let renewal = world.ask("paula.brandt", CASES, 100).await.expect("she may ask for longer");
        assert_eq!(world.grant("paula.brandt", first).await.waits, Some(renewal));
        world.approve("aylin.demir", renewal).await.expect("she renews");
        assert!(world.grants("paula.brandt").await.iter().all(|grant| grant.waits.is_none()));
    }

    async fn access_that_somebody_withdrew_is_never_a_dead_end(world) {
        let (id, _) = world.reviewed().await;
        let (paula, aylin) = (world.viewer("paula.brandt").await, world.viewer("aylin.demir").await);
        let offered = async || {
            let request = world.grant("paula.brandt", id).await.request;
            let mine = access::my_requests(&call(&world.ctx, &paula).await).await.expect("they are listed");
            let of_grant = mine.into_iter().find(|line| line.id == request).expect("she asked for it");
            (world.grant("paula.brandt", id).await.asks_again, of_grant.asks_again)
        };
        assert_eq!(offered().await, (false, false), "it holds");
        access::revoke(&call(&world.ctx, &aylin).await, vec![(id, 1)], "Cleared up.".to_owned()).await.expect("she may");
        assert_eq!(offered().await, (true, true));
        let again = world.ask("paula.brandt", CASES, 30).await.expect("what is offered is taken");
        assert_eq!(offered().await, (false, false), "her request waits");
        access::withdraw(&call(&world.ctx, &paula).await, again).await.expect("her own");
        assert_eq!(offered().await, (true, true));
        world.granted("paula.brandt", CASES, 30, &["aylin.demir"]).await;
        assert_eq!(offered().await, (false, false), "she has it again");
    }

    async fn nobody_is_ever_offered_to_ask_for_what_he_reads_already(world) {
        let (id, _) = world.reviewed().await;
        let aylin = world.viewer("aylin.demir").await;
        access::revoke(&call(&world.ctx, &aylin).await, vec![(id, 1)], "Cleared up.".to_owned()).await.expect("she may");
        assert!(world.grant("paula.brandt", id).await.asks_again);
        let domain = "controlling".into();
        people::put_member(&call(&world.ctx, &aylin).await, &domain, "Paula Brandt", Role::Member).await.expect("she may");
        assert!(!world.grant("paula.brandt", id).await.asks_again, "she reads it as a member");
    }

    async fn a_renewal_that_was_withdrawn_is_never_said_to_go_on(world) {
        let (paula, aylin) = (world.viewer("paula.brandt").await, world.viewer("aylin.demir").await);
        let first = world.granted("paula.brandt", CASES, 30, &["aylin.demir"]).await;
        let second = world.granted("paula.brandt", CASES, 60, &["aylin.demir"]).await;
        let third = world.granted("paula.brandt", CASES, 90, &["aylin.demir"]).await;
        let said = async |id: GrantId| {
            let requests = access::my_requests(&call(&world.ctx, &paula).await).await.expect("they are listed");
            let listed = requests.into_iter().filter_map(|line| line.grant).find(|grant| grant.id == id);
            let (listed, held) = (listed.expect("she asked for it"), world.grant("paula.brandt", id).await);
            assert_eq!(listed.standing, GrantStanding::Renewed);
            assert_eq!((listed.goes_on_as, &listed.renewal_ended), (held.goes_on_as, &held.renewal_ended));
            (held.goes_on_as, held.renewal_ended)
        };
        for renewed in [first, second] {
            assert_eq!(said(renewed).await, (Some(third), None));
        }
        world.travel(3);
        access::revoke(&call(&world.ctx, &aylin).await, vec![(third, 1)], "Cleared up".to_owned()).await.expect("she may");
        let ended = Some("ended 4 Dec 2026: Withdrawn by Aylin Demir: Cleared up".to_owned());
        for renewed in [first, second] {
            assert_eq!(said(renewed).await, (None, ended.clone()));
        }
        world.travel(1);
        let anew = world.granted("paula.brandt", CASES, 30, &["aylin.demir"]).await;
        assert_eq!(said(first).await, (Some(anew), None), "she has it again");
    }
}
