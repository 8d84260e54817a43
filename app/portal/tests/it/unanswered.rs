//! A review that nobody answers: what is said of it beforehand, and of what came of it.

use chrono::{NaiveDate, TimeDelta};
use lakeport_model::access::ReviewLine;
use lakeport_model::people::Viewer;
use lakeport_model::{GrantId, PageRequest};
use lakeport_portal::{access, jobs, notify};

use crate::world::{World, call, on_both};

const CASES: &str = "collections/cases";

impl World {
    /// A grant as it lies on somebody's review desk.
    async fn on_desk(&self, who: &str, id: GrantId) -> ReviewLine {
        let desk =
            access::review_desk(&call(&self.ctx, &self.viewer(who).await).await).await.expect("it opens");
        desk.into_iter().find(|line| line.grant.id == id).expect("it lies on the desk")
    }
}

on_both! { demo =>
    async fn the_desk_never_says_another_day_than_that_on_which_access_ends(world) {
        let (id, due) = world.reviewed().await;
        let last = world.grant("paula.brandt", id).await.ends_on;
        world.go(14, due);
        assert_eq!(world.on_desk("aylin.demir", id).await.grant.until(), last, "nobody was asked yet");
        world.sweep().await;
        let end = due + TimeDelta::days(14);
        assert_eq!(world.on_desk("aylin.demir", id).await.grant.until(), end);
        assert_eq!(world.grant("paula.brandt", id).await.until(), last, "its consumer is warned once it is near");
        for left in [-7, -8, -14] {
            world.go(left, due);
            world.sweep().await;
            assert_eq!(world.on_desk("aylin.demir", id).await.grant.until(), end, "{left} days left");
        }
        assert!(world.grant("paula.brandt", id).await.is_live(), "the day counts in full");
        world.go(-15, due);
        world.sweep().await;
        assert!(!world.grant("paula.brandt", id).await.is_live());
    }

    async fn a_day_that_may_still_move_is_never_said_as_certain(world) {
        let (id, due) = world.reviewed().await;
        world.go(14, due);
        world.sweep().await;
        let said = world.on_desk("aylin.demir", id).await.grant.undecided.expect("it is known");
        assert_eq!((said.ends, said.at_the_earliest()), (due + TimeDelta::days(14), " at the earliest"));
        // The portal stood still when the warning was due: the consumer gets notice all the same.
        world.go(-12, due);
        world.sweep().await;
        let said = world.on_desk("aylin.demir", id).await.grant.undecided.expect("it is known");
        assert_eq!((said.ends, said.at_the_earliest()), (due + TimeDelta::days(19), ""));
    }

    async fn the_desk_never_says_a_later_end_than_the_last_day_of_the_grant(world) {
        let id = world.granted("paula.brandt", CASES, 100, &["aylin.demir"]).await;
        let grant = world.grant("paula.brandt", id).await;
        world.go(0, grant.next_review.expect("it is reviewed"));
        world.sweep().await;
        let line = world.on_desk("aylin.demir", id).await;
        assert_eq!((line.grant.undecided.as_ref(), line.grant.until()), (None, grant.ends_on));
    }

    async fn what_the_policy_keeps_is_never_said_to_end_or_to_wait_for_somebody(world) {
        const RULE: &str =
            "Without a decision, access is kept until the next review, or until its last day if that comes first.";
        let mut settings = crate::world::settings();
        settings.policies.confidential.no_answer = access::NoAnswer::Keep;
        let ctx = world.replica(world.clock.clone(), settings).await;
        let (paula, aylin) = (world.viewer("paula.brandt").await, world.viewer("aylin.demir").await);
        let form = access::request_form(&call(&ctx, &paula).await, &CASES.into()).await.expect("it opens");
        assert_eq!(form.policy.last().map(String::as_str), Some(RULE));
        let (id, due) = world.reviewed().await;
        let mine = async || {
            let grants = access::my_grants(&call(&ctx, &paula).await).await.expect("they are listed");
            grants.into_iter().find(|grant| grant.id == id).expect("it is hers")
        };
        let last = mine().await.ends_on;
        for left in [30, 14, 7, 1, -1, -7, -8, -14] {
            world.go(left, due);
            jobs::run_due(&ctx, &world.post).await.expect("the sweep ends well");
            let desk = access::review_desk(&call(&ctx, &aylin).await).await.expect("it opens");
            assert_eq!(desk.len(), usize::from(left <= 14), "{left} days left");
            for line in desk {
                assert_eq!((line.no_answer.as_str(), line.grant.until()), (RULE, last), "{left} days left");
            }
            let grant = mine().await;
            assert_eq!((grant.is_live(), grant.until(), grant.kept), (true, last, None), "{left} days left");
        }
        world.go(-15, due);
        jobs::run_due(&ctx, &world.post).await.expect("the sweep ends well");
        let day = |date: NaiveDate| date.format("%-d %b %Y").to_string();
        let (grant, acts) = (mine().await, day(due + TimeDelta::days(14)));
        let next = grant.next_review.expect("there is a next one");
        let kept = grant.kept.expect("the policy kept it");
        assert!(kept.starts_with(&format!("Lakeport kept it until its next review on {}: Aylin", day(next))), "{kept}");
        assert!(kept.ends_with(&format!(" did not decide by {acts}")), "{kept}");
        assert!(access::review_desk(&call(&ctx, &aylin).await).await.expect("it opens").is_empty());
        let newest = async |viewer: &Viewer, said: &str| {
            let entries = notify::inbox(&call(&ctx, viewer).await, PageRequest::default()).await.expect("it opens").items;
            entries.into_iter().find(|item| item.title.starts_with(said)).expect("it was said")
        };
        let told = newest(&paula, "Your access to Collections: cases was kept").await;
        assert_eq!((told.body, told.settled), (format!("{kept}."), None));
        let asked = newest(&aylin, "Review access to Collections: cases").await;
        let named = kept.replacen("kept it", "kept the access of Paula Brandt to Collections: cases", 1);
        assert_eq!((asked.settled, asked.unread), (Some(format!("{named}.")), false), "it waits no more");
        let mut due = next;
        for _ in 0..2 {
            for left in [1, -15] {
                world.go(left, due);
                jobs::run_due(&ctx, &world.post).await.expect("the sweep ends well");
            }
            due = mine().await.next_review.unwrap_or(last);
        }
        let grant = mine().await;
        let kept = grant.kept.as_ref().expect("the policy kept it again");
        assert!(kept.starts_with(&format!("Lakeport kept it until its last day, {}: ", day(last))), "{kept}");
        assert_eq!((grant.is_live(), grant.next_review, due), (true, None, last), "no review comes before its end");
        for mail in world.post.take() {
            let ends = ["ends on", "has ended", "Without a decision"];
            assert!(ends.iter().all(|words| !format!("{}\n{}", mail.subject, mail.text).contains(words)), "{mail:?}");
        }
    }

    async fn where_nobody_was_there_to_decide_nobody_is_said_to_have_decided(world) {
        let (id, due) = world.reviewed().await;
        world.staff("controlling", &[]).await;
        world.staff("group", &[]).await;
        for left in [14, -8, -16] {
            world.go(left, due);
            world.sweep().await;
        }
        let ended = world.grant("paula.brandt", id).await.ended.expect("the policy ended it");
        let last = (due + TimeDelta::days(15)).format("%-d %b %Y").to_string();
        assert!(ended.ends_with(&format!(": Nobody was there to decide by {last}")), "{ended}");
    }
}
