//! How well a domain keeps up what it offers.

use lakeport_model::contracts::CheckState;
use lakeport_model::health::{Health, HealthPart, Measured};
use lakeport_model::retire::{Retirable, Retire};
use lakeport_model::{DomainId, PageRequest};
use lakeport_portal::{Error, ErrorKind, contracts, health, people, retire};

use crate::world::{World, call, on_both, refusal};

const TABLE: &str = "gold.collections";

async fn of(world: &World, who: &str, after: Option<String>, limit: u32) -> Result<Health, Error> {
    let domain = DomainId::from("controlling");
    health::health(&call(&world.ctx, &world.viewer(who).await).await, &domain, PageRequest { after, limit })
        .await
}

async fn part(world: &World, part: HealthPart) -> Measured {
    let health = of(world, "aylin.demir", None, 50).await.expect("she belongs to it");
    health.parts.into_iter().find(|measured| measured.part == part).expect("it is measured")
}

/// How many columns the list names in parts of one asset each.
async fn listed(world: &World) -> u32 {
    let (mut count, mut after) = (0, None);
    loop {
        let health = of(world, "aylin.demir", after, 1).await.expect("she belongs to it");
        count += health.gaps.items.iter().map(|gap| gap.columns.of).sum::<u32>();
        after = health.gaps.next;
        if after.is_none() {
            return count;
        }
    }
}

on_both! { demo =>
    async fn members_see_the_health_of_their_domain_and_nobody_else_does(world) {
        let health = of(world, "aylin.demir", None, 50).await.expect("she belongs to it");
        assert!(health.may_edit && health.score().is_some_and(|score| score <= 100));
        assert_eq!(health.parts.iter().map(|part| part.part).collect::<Vec<_>>(), HealthPart::ALL);
        for who in ["paula.brandt", "david.schmid"] {
            assert_eq!(refusal(of(world, who, None, 50).await).kind, ErrorKind::Forbidden, "{who}");
        }
        let paula = world.viewer("paula.brandt").await;
        let nothing = health::health(&call(&world.ctx, &paula).await, &"nothing".into(), PageRequest::default()).await;
        assert_eq!(refusal(nothing).kind, ErrorKind::NotFound);
        let page = async |who: &str| {
            let call = call(&world.ctx, &world.viewer(who).await).await;
            people::domain_page(&call, &"controlling".into(), PageRequest::default()).await.expect("it opens")
        };
        assert!(page("aylin.demir").await.sees_health && !page("paula.brandt").await.sees_health);
    }

    async fn columns_are_counted_as_they_are_listed_without_what_is_retired(world) {
        let before = part(world, HealthPart::Meanings).await;
        assert!(before.of > 0);
        assert_eq!(listed(world).await, before.of - before.done);
        let call = call(&world.ctx, &world.viewer("aylin.demir").await).await;
        let seen = retire::begin(&call, Retirable::Asset, TABLE).await.expect("she may").seen;
        let wanted = Retire {
            on: world.day(0).to_string(),
            reason: "Nobody needs it".to_owned(),
            successor: String::new(),
            seen,
        };
        retire::retire(&call, Retirable::Asset, TABLE, &wanted).await.expect("nobody relies on it");
        let after = part(world, HealthPart::Meanings).await;
        assert!(after.of < before.of, "{after:?}");
        assert_eq!(listed(world).await, after.of - after.done);
    }

    async fn a_review_that_is_overdue_counts_against_it(world) {
        world.granted("paula.brandt", "collections/cases", 300, &["aylin.demir"]).await;
        let before = part(world, HealthPart::Reviews).await;
        assert!(before.of > 0 && before.done == before.of, "{before:?}");
        let due = world.number("SELECT COUNT(*) FROM access_grant WHERE next_review IS NOT NULL").await;
        assert!(due > 0);
        world.travel(200);
        let after = part(world, HealthPart::Reviews).await;
        assert!(after.done < after.of, "{after:?}");
    }

    async fn what_promises_nothing_is_named(world) {
        let promises = part(world, HealthPart::Promises).await;
        assert!(promises.of > 0);
        assert_eq!(promises.todo.items.is_empty(), promises.done == promises.of);
        let kept = part(world, HealthPart::Contracts).await;
        let aylin = world.viewer("aylin.demir").await;
        let page = contracts::contract(&call(&world.ctx, &aylin).await, &"collections".into(), None).await;
        let state = page.expect("it opens").summary.state;
        let is_checked = !matches!(state, CheckState::Never | CheckState::Stated | CheckState::Withdrawn);
        assert_eq!(kept.of > 0, is_checked, "it has no other contract: {state:?}");
    }
}
