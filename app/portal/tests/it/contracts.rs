//! Relying on a contract.

use lakeport_portal::{RefusalKind, contracts};

use crate::world::{file, mesh, on_both, refusal};

on_both! { demo =>
    async fn a_subscription_is_to_the_version_in_force(world) {
        let paula = world.viewer("paula.brandt").await;
        let id = "fact-orders".into();
        let subscribe = |version: &str, purpose: &str| {
            contracts::subscribe(&world.ctx, &paula, &id, version.to_owned(), purpose.to_owned())
        };
        assert_eq!(refusal(subscribe("1.3.0", "Planning").await).kind, RefusalKind::Conflict);
        assert_eq!(refusal(subscribe("2.0.0", " ").await).field, Some("purpose"));
        subscribe("2.0.0", "Planning").await.expect("the newest");
        assert_eq!(refusal(subscribe("2.0.0", "Planning").await).kind, RefusalKind::Conflict);
        let page = contracts::contract(&world.ctx, &paula, &id, None).await.expect("it opens");
        let held = page.subscription.expect("it is hers");
        assert_eq!(
            (held.version.as_str(), page.subscribers, page.may_subscribe, page.may_check),
            ("2.0.0", 1, false, true)
        );
        let erik = world.viewer("erik.sander").await;
        assert_eq!(
            refusal(contracts::unsubscribe(&world.ctx, &erik, held.id).await).kind,
            RefusalKind::NotFound
        );
        contracts::unsubscribe(&world.ctx, &paula, held.id).await.expect("her own");
        assert_eq!(
            refusal(contracts::unsubscribe(&world.ctx, &paula, held.id).await).kind,
            RefusalKind::NotFound
        );
        let page = contracts::contract(&world.ctx, &paula, &id, None).await.expect("it opens");
        assert!(page.subscription.is_none() && page.may_subscribe && !page.may_check);
    }

    async fn a_new_version_asks_to_accept_again(world) {
        let paula = world.viewer("paula.brandt").await;
        let id = "collections".into();
        contracts::subscribe(&world.ctx, &paula, &id, "1.0.0".to_owned(), "Planning".to_owned())
            .await
            .expect("it is in force");
        let text = mesh()
            .into_iter()
            .find(|file| file.path == "contracts/collections.odcs.yaml")
            .expect("it is there")
            .text;
        world.import(vec![file("c.odcs.yaml", &text.replace("version: 1.0.0", "version: 2.0.0"))]).await;
        let page = contracts::contract(&world.ctx, &paula, &id, None).await.expect("it opens");
        assert!(page.may_subscribe && page.subscription.is_some_and(|held| held.version == "1.0.0"));
        contracts::subscribe(&world.ctx, &paula, &id, "2.0.0".to_owned(), "Planning".to_owned())
            .await
            .expect("she accepts");
        let page = contracts::contract(&world.ctx, &paula, &id, None).await.expect("it opens");
        assert_eq!(
            (page.subscribers, page.subscription.map(|held| held.version)),
            (1, Some("2.0.0".to_owned()))
        );
    }

    async fn differences_are_told_with_their_weight(world) {
        let paula = world.viewer("paula.brandt").await;
        let orders = "fact-orders".into();
        let open = |version| contracts::contract(&world.ctx, &paula, &orders, version);
        let page = open(None).await.expect("it opens");
        let [newest, oldest] = &page.versions[..] else { panic!("two versions") };
        assert!(oldest.changes.is_empty());
        assert!(newest.changes.iter().any(|change| change.breaking), "a major version breaks something");
        assert_eq!(refusal(open(Some("9.9.9".to_owned())).await).kind, RefusalKind::NotFound);
    }

    async fn strangers_do_not_start_checks(world) {
        let paula = world.viewer("paula.brandt").await;
        let id = "collections".into();
        let refused = contracts::run_checks(&world.ctx, &paula, &id).await;
        assert_eq!(refusal(refused).kind, RefusalKind::Forbidden);
        assert!(world.lake.held().checked.is_empty());
        contracts::subscribe(&world.ctx, &paula, &id, "1.0.0".to_owned(), "Planning".to_owned())
            .await
            .expect("it is in force");
        contracts::run_checks(&world.ctx, &paula, &id).await.expect("subscribers may");
        assert_eq!(world.lake.held().checked, ["gold.collections"]);
    }
}
