//! The inbox: one entry for each thing, settled by acting, and nothing lost.

use lakeport_model::PageRequest;
use lakeport_model::notify::Notification;
use lakeport_portal::{access, notify, people};

use crate::world::{World, on_both};

const CASES: &str = "collections/cases";
const CUSTOMERS: &str = "customers/customers";

impl World {
    async fn entries(&self, who: &str) -> Vec<Notification> {
        let page = notify::inbox(&self.ctx, &self.viewer(who).await, PageRequest::default()).await;
        let items = page.expect("the inbox opens").items;
        let shell = people::shell(&self.ctx, &self.viewer(who).await).await.expect("the frame opens");
        let new = items.iter().filter(|item| item.unread).count();
        assert_eq!(usize::try_from(shell.unread), Ok(new), "the badge says what the list shows");
        items
    }
}

on_both! { demo =>
    async fn what_was_decided_or_withdrawn_is_not_new_any_more(world) {
        let first = world.ask("paula.brandt", CASES, 30).await.expect("she may ask");
        let second = world.ask("clara.neumann", CASES, 30).await.expect("she may ask");
        assert_eq!(world.entries("aylin.demir").await.iter().filter(|item| item.unread).count(), 2);
        world.approve("aylin.demir", first).await.expect("she decides");
        access::withdraw(&world.ctx, &world.viewer("clara.neumann").await, second).await.expect("she may");
        let entries = world.entries("aylin.demir").await;
        assert_eq!((entries.len(), entries.iter().any(|item| item.unread)), (2, false), "settled, not lost");
        let told = world.entries("paula.brandt").await;
        assert!(told[0].unread && told[0].title.starts_with("You may use"), "what is new to her stays new");
    }

    async fn the_first_of_two_approvals_settles_it_for_the_first_only(world) {
        let id = world.ask("paula.brandt", CUSTOMERS, 30).await.expect("she may ask");
        world.approve("david.schmid", id).await.expect("the owner approves");
        assert!(!world.entries("david.schmid").await[0].unread);
        assert!(world.entries("ines.hoffmann").await[0].unread, "now it is her turn");
    }

    async fn a_review_is_one_entry_however_often_it_reminds(world) {
        let id = world.granted("paula.brandt", CASES, 365, &["aylin.demir"]).await;
        for days in [61, 15, 8, 5] {
            world.travel(days);
            world.sweep().await;
        }
        let review = |entries: Vec<Notification>| {
            entries.into_iter().filter(|item| item.href == "/reviews").collect::<Vec<_>>()
        };
        let entries = review(world.entries("aylin.demir").await);
        assert_eq!(entries.len(), 1, "{entries:?}");
        assert!(entries[0].unread && entries[0].earlier >= 2, "{entries:?}");
        let aylin = world.viewer("aylin.demir").await;
        let all = notify::about(&world.ctx, &aylin, entries[0].id, PageRequest::default()).await;
        let all = all.expect("it opens").items;
        assert_eq!(all.len(), 1 + entries[0].earlier as usize, "every message can be read");
        let revision = world.grant("paula.brandt", id).await.revision;
        access::keep(&world.ctx, &aylin, vec![(id, revision)], String::new()).await.expect("she keeps it");
        assert!(!review(world.entries("aylin.demir").await)[0].unread, "acting settles it");
        let paula = world.viewer("paula.brandt").await;
        let foreign = notify::about(&world.ctx, &paula, entries[0].id, PageRequest::default()).await;
        assert!(foreign.expect("it opens").items.is_empty(), "another's messages are nobody's to read");
    }

    async fn reading_one_message_reads_what_was_said_before_about_the_same(world) {
        world.granted("paula.brandt", CASES, 365, &["aylin.demir"]).await;
        for days in [61, 15] {
            world.travel(days);
            world.sweep().await;
        }
        let entries = world.entries("paula.brandt").await;
        let ask = entries.iter().find(|item| item.earlier > 0).expect("she was asked twice");
        let paula = world.viewer("paula.brandt").await;
        notify::mark_read(&world.ctx, &paula, Some(ask.id)).await.expect("it is hers");
        assert!(world.entries("paula.brandt").await.iter().all(|item| item.id != ask.id || !item.unread));
        notify::mark_read(&world.ctx, &paula, None).await.expect("they are hers");
        assert!(world.entries("paula.brandt").await.iter().all(|item| !item.unread));
    }
}
