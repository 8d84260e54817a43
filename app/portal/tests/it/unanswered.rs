//! A review that nobody answers: what is said of it beforehand, and of what came of it.

use chrono::TimeDelta;
use lakeport_model::GrantId;
use lakeport_model::access::ReviewLine;
use lakeport_portal::access;

use crate::world::{World, on_both};

impl World {
    /// A grant as it lies on somebody's review desk.
    async fn on_desk(&self, who: &str, id: GrantId) -> ReviewLine {
        let desk = access::review_desk(&self.ctx, &self.viewer(who).await).await.expect("it opens");
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

    async fn the_desk_never_says_a_later_end_than_the_last_day_of_the_grant(world) {
        let id = world.granted("paula.brandt", "collections/cases", 100, &["aylin.demir"]).await;
        let grant = world.grant("paula.brandt", id).await;
        world.go(0, grant.next_review.expect("it is reviewed"));
        world.sweep().await;
        let line = world.on_desk("aylin.demir", id).await;
        assert_eq!((line.grant.undecided.as_ref(), line.grant.until()), (None, grant.ends_on));
    }
}
