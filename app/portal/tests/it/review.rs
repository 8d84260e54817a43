//! Grants looked at again: reminders, escalation, what happens without an answer, and the desk.

use chrono::{NaiveDate, TimeDelta};
use lakeport_model::access::{GrantStanding, Recommendation, ReviewState};
use lakeport_model::sharing::Provisioning;
use lakeport_model::{GrantId, PageRequest};
use lakeport_portal::{ErrorKind, access, catalog};

use crate::world::{World, call, on_both, refusal};

const CASES: &str = "collections/cases";
const ASK: &str = "Do you still need Collections: cases?";
const DECIDE: &str = "Review access to Collections: cases";

impl World {
    /// Goes to the day that lies so many days before another (after it, when negative).
    pub(crate) fn go(&self, left: i64, of: NaiveDate) {
        let day = of - TimeDelta::days(left);
        self.travel((day - self.now().date_naive()).num_days());
    }

    /// A grant on confidential data with a review 90 days from now; Paula reads, Aylin owns, Ines is steward.
    pub(crate) async fn reviewed(&self) -> (GrantId, NaiveDate) {
        let id = self.granted("paula.brandt", CASES, 365, &["aylin.demir"]).await;
        let due = self.grant("paula.brandt", id).await.next_review.expect("it is reviewed");
        assert_eq!(due, self.day(90));
        (id, due)
    }
}

on_both! { demo =>
    async fn each_reminder_comes_once_and_then_the_policy_acts(world) {
        let (id, due) = world.reviewed().await;
        // Days left, and how often by then: Paula is asked until she is warned, Aylin is reminded, Ines
        // and Henrik hear of it.
        let course = [
            (31, 0, 0, 0),
            (30, 1, 0, 0),
            (29, 1, 0, 0),
            (15, 1, 0, 0),
            (14, 2, 1, 0),
            (13, 2, 1, 0),
            (8, 2, 1, 0),
            (7, 3, 2, 0),
            (6, 3, 2, 0),
            (2, 3, 2, 0),
            (1, 4, 3, 0),
            (0, 4, 3, 0),
            (-1, 5, 4, 0),
            (-2, 5, 4, 0),
            (-7, 5, 4, 0),
            (-8, 5, 5, 1),
            (-9, 5, 5, 1),
            (-13, 5, 5, 1),
            (-14, 5, 5, 1),
        ];
        for (left, asked, reminded, escalated) in course {
            world.go(left, due);
            world.sweep().await;
            world.sweep().await;
            let counts = (
                world.told("paula.brandt", ASK).await,
                world.told("aylin.demir", DECIDE).await,
                world.told("ines.hoffmann", DECIDE).await,
                world.told("henrik.maas", DECIDE).await,
            );
            assert_eq!(counts, (asked, reminded, escalated, escalated), "{left} days left");
            assert_eq!(
                world.grant("paula.brandt", id).await.standing,
                GrantStanding::Active,
                "{left} days left"
            );
        }
        assert_eq!(world.grant("paula.brandt", id).await.review, ReviewState::Overdue);
        world.go(-15, due);
        world.sweep().await;
        let grant = world.grant("paula.brandt", id).await;
        assert_eq!(grant.standing, GrantStanding::Revoked);
        assert!(grant.ended.is_some_and(|why| why.contains("did not decide by")));
        assert!(grant.ended_by_policy, "no owner withdrew it");
        assert_eq!(world.told("paula.brandt", "Your access to Collections: cases has ended: nobody decided").await, 1);
        assert_eq!(world.told("aylin.demir", "Access of Paula Brandt to Collections: cases has ended").await, 1);
        world.travel(30);
        world.sweep().await;
        assert_eq!(world.told("aylin.demir", DECIDE).await, 5, "it is over");
    }

    async fn the_owner_is_never_asked_before_the_consumer_had_his_say(world) {
        let (id, due) = world.reviewed().await;
        let (paula, aylin) = (world.viewer("paula.brandt").await, world.viewer("aylin.demir").await);
        let desk = || async { access::review_desk(&call(&world.ctx, &aylin).await).await.expect("it opens").len() };
        world.go(25, due);
        world.sweep().await;
        assert_eq!((world.told("paula.brandt", ASK).await, world.told("aylin.demir", DECIDE).await), (1, 0));
        assert_eq!(desk().await, 0, "nor is it on his desk");
        access::confirm_need(&call(&world.ctx, &paula).await, id).await.expect("her own");
        world.sweep().await;
        assert_eq!(world.told("aylin.demir", DECIDE).await, 1, "the answer brings the question to him at once");
        assert_eq!(desk().await, 1);
        let lenas = world.granted("lena.vogel", CASES, 365, &["aylin.demir"]).await;
        world.go(20, world.grant("lena.vogel", lenas).await.next_review.expect("it is reviewed"));
        world.sweep().await;
        access::give_up(&call(&world.ctx, &world.viewer("lena.vogel").await).await, lenas).await.expect("her own");
        world.travel(30);
        world.sweep().await;
        let records = "SELECT COUNT(*) FROM reminder WHERE kind LIKE 'review.%' AND access_grant IN \
            (SELECT id FROM access_grant WHERE ended = 'given_up')";
        assert_eq!(world.number(records).await, 0, "a no ends it without anybody else");
    }

    async fn a_late_review_comes_to_those_above_before_the_policy_acts(world) {
        let (id, due) = world.reviewed().await;
        let henrik = world.viewer("henrik.maas").await;
        world.go(-7, due);
        world.sweep().await;
        assert!(access::review_desk(&call(&world.ctx, &henrik).await).await.expect("it opens").is_empty());
        let early = access::keep(&call(&world.ctx, &henrik).await, vec![(id, 1)], String::new()).await;
        assert_eq!(refusal(early).kind, ErrorKind::NotFound);
        world.go(-8, due);
        assert_eq!(access::review_desk(&call(&world.ctx, &henrik).await).await.expect("it opens").len(), 1);
        access::keep(&call(&world.ctx, &henrik).await, vec![(id, 1)], String::new()).await.expect("now he may");
        world.go(-60, due);
        assert_eq!(world.grant("paula.brandt", id).await.standing, GrantStanding::Active);
    }

    async fn a_withdrawal_is_never_said_to_be_the_owners_when_a_steward_or_nobody_did_it(world) {
        let (id, due) = world.reviewed().await;
        let lenas = world.granted("lena.vogel", CASES, 365, &["aylin.demir"]).await;
        let ines = world.viewer("ines.hoffmann").await;
        access::revoke(&call(&world.ctx, &ines).await, vec![(id, 1)], "Cleared up.".to_owned()).await.expect("she may");
        let grant = world.grant("paula.brandt", id).await;
        assert_eq!((grant.withdrawn_by.as_deref(), grant.ended_by_policy), (Some("Ines Hoffmann"), false));
        for left in [0, -8, -15, -22] {
            world.go(left, due);
            world.sweep().await;
        }
        let grant = world.grant("lena.vogel", lenas).await;
        assert_eq!((grant.standing, grant.withdrawn_by, grant.ended_by_policy), (GrantStanding::Revoked, None, true));
    }

    async fn nobody_loses_access_unwarned_or_with_an_answer_unsaid(world) {
        const WARNING: &str = "Your access to Collections: cases ends on";
        let (id, due) = world.reviewed().await;
        world.go(14, due);
        world.sweep().await;
        access::confirm_need(&call(&world.ctx, &world.viewer("paula.brandt").await).await, id).await.expect("she is asked");
        for (left, warned) in [(-6, 0), (-7, 1), (-12, 1), (-13, 2)] {
            world.go(left, due);
            world.sweep().await;
            world.sweep().await;
            assert_eq!(world.told("paula.brandt", WARNING).await, warned, "{left} days left");
        }
        world.go(-15, due);
        world.sweep().await;
        let ended = world.grant("paula.brandt", id).await.ended.expect("it has ended");
        assert!(ended.contains("Aylin Demir") && ended.contains("did not decide by"), "{ended}");
        assert!(ended.contains("; you had said it is still needed"), "she reads of herself: {ended}");
    }

    async fn who_reviews_is_never_left_without_the_day_on_which_access_ends(world) {
        let (id, due) = world.reviewed().await;
        let body = async |who: &str| {
            let viewer = world.viewer(who).await;
            let page = PageRequest::default();
            let entries = lakeport_portal::notify::inbox(&call(&world.ctx, &viewer).await, page).await.expect("it opens").items;
            entries.into_iter().find(|item| item.title == DECIDE).map(|item| item.body).unwrap_or_default()
        };
        let end = (due + TimeDelta::days(14)).format("%-d %b %Y");
        for left in [14, -1] {
            world.go(left, due);
            world.sweep().await;
            let said = format!("Without a decision, the grant ends on {end} at the earliest.");
            assert!(body("aylin.demir").await.contains(&said), "{}", body("aylin.demir").await);
            let aylin = world.viewer("aylin.demir").await;
            let home = catalog::home(&call(&world.ctx, &aylin).await).await.expect("it opens");
            let label = format!("1 grant to review; without a decision it ends on {end} at the earliest");
            assert!(home.tasks.iter().any(|task| task.label == label), "{:?}", home.tasks);
        }
        for left in [-7, -8] {
            world.go(left, due);
            world.sweep().await;
        }
        let said = format!("Without a decision, the grant ends on {end}.");
        let day = due.format("%-d %b %Y");
        let why = format!("Aylin Demir did not decide by {day}, so it has come to you, too.");
        let (first, above) = (body("aylin.demir").await, body("henrik.maas").await);
        assert!(first.contains(&said) && !first.contains("come to you"), "{first}");
        assert!(above.contains(&said) && above.contains(&why), "{above}");
        assert!(world.grant("paula.brandt", id).await.is_live());
    }

    async fn after_a_jump_only_the_most_pressing_reminder_comes(world) {
        let (id, due) = world.reviewed().await;
        world.go(-20, due);
        world.sweep().await;
        assert_eq!(world.told("paula.brandt", ASK).await, 1);
        assert_eq!(world.told("aylin.demir", DECIDE).await, 1);
        assert_eq!(world.told("ines.hoffmann", DECIDE).await, 1);
        // Nobody loses access who was not told in time, and warned a week before.
        world.go(-35, due);
        world.sweep().await;
        assert_eq!(world.told("paula.brandt", "Your access to Collections: cases ends on").await, 1);
        world.go(-42, due);
        world.sweep().await;
        assert_eq!(world.grant("paula.brandt", id).await.standing, GrantStanding::Active);
        world.go(-43, due);
        world.sweep().await;
        assert_eq!(world.grant("paula.brandt", id).await.standing, GrantStanding::Revoked);
    }

    async fn a_flagged_grant_stays_and_is_nagged_about(world) {
        let id = world.granted("paula.brandt", "sales-forecast/forecast", 365, &["maria.keller"]).await;
        let due = world.grant("paula.brandt", id).await.next_review.expect("it is reviewed");
        for left in [14, -1, -8, -15, -22, -29] {
            world.go(left, due);
            world.sweep().await;
        }
        let grant = world.grant("paula.brandt", id).await;
        assert_eq!((grant.standing, grant.review), (GrantStanding::Active, ReviewState::Overdue));
        assert_eq!(world.told("maria.keller", "Review access to Sales forecast: forecast").await, 6);
    }

    async fn a_kept_grant_begins_its_next_cycle_without_an_answer(world) {
        let id = world.granted("paula.brandt", "reference-data/calendar", 730, &[]).await;
        let due = world.grant("paula.brandt", id).await.next_review.expect("it is reviewed");
        assert_eq!(due, world.day(365));
        world.go(1, due);
        world.sweep().await;
        world.go(-15, due);
        world.sweep().await;
        let grant = world.grant("paula.brandt", id).await;
        assert_eq!((grant.standing, grant.review), (GrantStanding::Active, ReviewState::Ok));
        assert_eq!(grant.next_review, None, "it ends before the next review would come");
        world.go(30, grant.ends_on);
        world.sweep().await;
        assert_eq!(world.told("paula.brandt", "Your grant on Reference data: calendar ends on").await, 1, "everybody reads it on");
    }

    async fn keeping_begins_the_next_cycle(world) {
        let (id, due) = world.reviewed().await;
        world.go(10, due);
        world.sweep().await;
        let aylin = world.viewer("aylin.demir").await;
        let line = access::review_desk(&call(&world.ctx, &aylin).await).await.expect("it opens").remove(0);
        assert_eq!((line.grant.id, line.due_in_days), (id, 10));
        access::keep(&call(&world.ctx, &aylin).await, vec![(id, line.grant.revision)], "Quarterly audit".to_owned())
            .await
            .expect("she keeps it");
        assert!(access::review_desk(&call(&world.ctx, &aylin).await).await.expect("it opens").is_empty());
        let next = world.grant("paula.brandt", id).await.next_review.expect("there is a next review");
        assert_eq!(next, world.day(90));
        world.go(30, next);
        world.sweep().await;
        assert_eq!(world.told("aylin.demir", DECIDE).await, 1, "a new cycle asks its consumer first");
        world.go(14, next);
        world.sweep().await;
        assert_eq!(world.told("aylin.demir", DECIDE).await, 2, "and has its own reminders");
        let stale = access::keep(&call(&world.ctx, &aylin).await, vec![(id, line.grant.revision)], String::new()).await;
        assert_eq!(refusal(stale).kind, ErrorKind::Conflict);
    }

    async fn an_end_without_a_review_is_announced(world) {
        let id = world.granted("paula.brandt", CASES, 60, &["aylin.demir"]).await;
        let end = world.grant("paula.brandt", id).await.ends_on;
        for (left, told) in [(31, 0), (30, 1), (14, 2), (7, 3), (1, 4), (0, 4)] {
            world.go(left, end);
            world.sweep().await;
            world.sweep().await;
            assert_eq!(
                world.told("paula.brandt", "Your access to Collections: cases ends on").await,
                told,
                "{left}"
            );
        }
        world.travel(1);
        world.sweep().await;
        world.travel(1);
        world.sweep().await;
        assert_eq!(world.told("paula.brandt", "Your access to Collections: cases has ended").await, 1);
        assert_eq!(world.grant("paula.brandt", id).await.provisioning, Some(Provisioning::Deprovisioned));
        assert_eq!(world.told("aylin.demir", DECIDE).await, 0);
    }

    async fn the_end_is_announced_while_a_review_waits(world) {
        let id = world.granted("paula.brandt", CASES, 100, &["aylin.demir"]).await;
        let grant = world.grant("paula.brandt", id).await;
        let (end, aylin) = (grant.ends_on, world.viewer("aylin.demir").await);
        assert_eq!(grant.next_review, Some(world.day(90)), "ten days before the end");
        let announced = || world.told("paula.brandt", "Your access to Collections: cases ends on");
        for (left, told) in [(41, 0), (31, 0), (30, 1), (29, 1), (14, 2)] {
            world.go(left, end);
            world.sweep().await;
            world.sweep().await;
            assert_eq!(announced().await, told, "{left} days left");
        }
        assert_eq!(world.told("paula.brandt", ASK).await, 2, "and the review goes on beside it");
        let revision = world.grant("paula.brandt", id).await.revision;
        access::keep(&call(&world.ctx, &aylin).await, vec![(id, revision)], String::new()).await.expect("she keeps it");
        world.sweep().await;
        assert_eq!(announced().await, 2, "a new cycle does not announce the same end again");
        for (left, told) in [(7, 3), (1, 4), (0, 4)] {
            world.go(left, end);
            world.sweep().await;
            assert_eq!(announced().await, told, "{left} days left");
        }
    }

    async fn without_owners_the_parent_domain_reviews(world) {
        let (id, due) = world.reviewed().await;
        world.staff("controlling", &[]).await;
        let (henrik, yusuf) = (world.viewer("henrik.maas").await, world.viewer("yusuf.kaya").await);
        world.go(14, due);
        world.sweep().await;
        assert_eq!(world.told("henrik.maas", DECIDE).await, 1);
        assert_eq!(world.told("yusuf.kaya", DECIDE).await, 0, "a steward of the parent domain hears of it later");
        let aylin = world.viewer("aylin.demir").await;
        let former = access::keep(&call(&world.ctx, &aylin).await, vec![(id, 1)], String::new()).await;
        assert_eq!(refusal(former).kind, ErrorKind::NotFound);
        world.go(-8, due);
        world.sweep().await;
        assert_eq!(world.told("yusuf.kaya", DECIDE).await, 1);
        for reviewer in [&henrik, &yusuf] {
            let desk = access::review_desk(&call(&world.ctx, reviewer).await).await.expect("it opens");
            assert_eq!(desk.len(), 1, "{}", reviewer.name);
        }
        access::keep(&call(&world.ctx, &henrik).await, vec![(id, 1)], String::new()).await.expect("it is his turn");
        world.go(-15, due);
        world.sweep().await;
        assert_eq!(world.grant("paula.brandt", id).await.standing, GrantStanding::Active);
    }

    async fn where_the_only_owner_reads_somebody_else_reviews(world) {
        let (id, due) = world.reviewed().await;
        world.staff("controlling", &[("paula.brandt", "owner")]).await;
        world.staff("group", &[("yusuf.kaya", "steward")]).await;
        world.go(14, due);
        world.sweep().await;
        assert_eq!(world.told("paula.brandt", DECIDE).await, 0);
        assert_eq!(world.told("yusuf.kaya", DECIDE).await, 1, "nobody else remains");
        let (paula, yusuf) = (world.viewer("paula.brandt").await, world.viewer("yusuf.kaya").await);
        assert!(access::review_desk(&call(&world.ctx, &paula).await).await.expect("it opens").is_empty());
        let revoked = access::revoke(&call(&world.ctx, &yusuf).await, vec![(id, 1)], "Cleared up.".to_owned()).await;
        assert_eq!(revoked.expect("it is his turn"), 1);
    }

    async fn what_becomes_more_sensitive_is_reviewed_at_once(world) {
        let (id, _) = world.reviewed().await;
        let (paula, aylin) = (world.viewer("paula.brandt").await, world.viewer("aylin.demir").await);
        let records = "SELECT COUNT(*) FROM audit WHERE action = 'grant.review_at_once'";
        world.classify("gold.collections", "controlling", "internal").await;
        assert_eq!(world.number(records).await, 0, "less sensitive is no news for a grant");
        world.classify("gold.collections", "controlling", "restricted").await;
        let grant = world.grant("paula.brandt", id).await;
        assert_eq!((grant.standing, grant.next_review), (GrantStanding::Active, Some(world.day(0))));
        catalog::preview(&call(&world.ctx, &paula).await, &"gold.collections".into()).await.expect("she reads on");
        world.sweep().await;
        assert_eq!((world.told("paula.brandt", ASK).await, world.told("aylin.demir", DECIDE).await), (1, 1));
        world.travel(1);
        world.classify("gold.collections", "controlling", "internal").await;
        world.classify("gold.collections", "controlling", "restricted").await;
        let grant = world.grant("paula.brandt", id).await;
        assert_eq!((grant.next_review, world.number(records).await), (Some(world.day(-1)), 1), "it is due already");
        access::keep(&call(&world.ctx, &aylin).await, vec![(id, grant.revision)], String::new()).await.expect("she keeps it");
        let next = world.grant("paula.brandt", id).await.next_review;
        assert_eq!(next, Some(world.day(60)), "restricted data is looked at more often");
        world.classify("gold.collections", "controlling", "internal").await;
        world.classify("gold.collections", "controlling", "restricted").await;
        assert_eq!(world.grant("paula.brandt", id).await.next_review, next, "this was decided");
    }

    async fn without_an_answer_the_rules_for_what_the_data_has_become_count(world) {
        let id = world.granted("paula.brandt", "sales-forecast/forecast", 365, &["maria.keller"]).await;
        world.classify("gold.sales_forecast", "finance", "restricted").await;
        let maria = world.viewer("maria.keller").await;
        let line = access::review_desk(&call(&world.ctx, &maria).await).await.expect("it opens").remove(0);
        assert_eq!(
            line.no_answer,
            "Without a decision, access ends 14 days after the review date, 7 days after its consumer was warned at \
             the earliest."
        );
        world.sweep().await;
        world.travel(7);
        world.sweep().await;
        world.travel(7);
        world.sweep().await;
        assert_eq!(world.grant("paula.brandt", id).await.standing, GrantStanding::Active);
        world.travel(1);
        world.sweep().await;
        assert_eq!(world.grant("paula.brandt", id).await.standing, GrantStanding::Revoked);
    }

    async fn the_last_cycle_ends_with_the_grant(world) {
        let (id, mut due) = world.reviewed().await;
        let aylin = world.viewer("aylin.demir").await;
        for _ in 0..4 {
            world.go(0, due);
            let revision = world.grant("paula.brandt", id).await.revision;
            access::keep(&call(&world.ctx, &aylin).await, vec![(id, revision)], String::new())
                .await
                .expect("she keeps it");
            let grant = world.grant("paula.brandt", id).await;
            due = grant.next_review.unwrap_or(grant.ends_on);
        }
        let grant = world.grant("paula.brandt", id).await;
        assert_eq!(grant.next_review, None);
        world.go(1, grant.ends_on);
        world.sweep().await;
        assert_eq!(world.told("paula.brandt", "Your access to Collections: cases ends on").await, 1);
    }

    async fn who_says_it_is_needed_is_asked_no_more(world) {
        let (id, due) = world.reviewed().await;
        let (paula, aylin) = (world.viewer("paula.brandt").await, world.viewer("aylin.demir").await);
        world.go(14, due);
        world.sweep().await;
        let line = access::review_desk(&call(&world.ctx, &aylin).await).await.expect("it opens").remove(0);
        assert_eq!(line.recommendation.0, Recommendation::NoAdvice, "{}", line.recommendation.1);
        access::confirm_need(&call(&world.ctx, &paula).await, id).await.expect("her own");
        world.go(7, due);
        world.sweep().await;
        assert_eq!(world.told("paula.brandt", ASK).await, 1);
        assert_eq!(world.told("aylin.demir", DECIDE).await, 2, "the owner still has to look");
        let line = access::review_desk(&call(&world.ctx, &aylin).await).await.expect("it opens").remove(0);
        assert_eq!(line.recommendation.0, Recommendation::Keep);
        assert!(line.grant.confirmed_by_consumer);
    }

    async fn a_new_person_is_named_in_the_reminder(world) {
        let identity = lakeport_portal::people::Identity {
            issuer: "https://id.example".to_owned(),
            subject: "77".to_owned(),
            email: "nora.new@nordkauf.example".to_owned(),
            email_verified: true,
            name: "Nora New".to_owned(),
            hd: None,
        };
        lakeport_portal::people::sign_in(&world.ctx, &identity).await.expect("she is registered");
        world.granted("nora.new", CASES, 365, &["aylin.demir"]).await;
        world.travel(80);
        world.sweep().await;
        let mails = world.post.take();
        let mail = mails.iter().find(|mail| mail.subject == DECIDE).expect("Aylin is reminded");
        assert!(mail.text.contains("Nora New reads it."), "{}", mail.text);
    }
}
