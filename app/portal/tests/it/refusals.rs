//! What people were refused stands in the audit, bounded, and tells them nothing.

use chrono::TimeDelta;
use lakeport_model::audit::AuditFilter;
use lakeport_model::people::{Role, Viewer};
use lakeport_model::{DomainId, RequestId};
use lakeport_portal::{ErrorKind, access, audit, catalog, people};

use crate::world::{call, file, mesh, on_both, refusal};

on_both! { demo =>
    async fn a_refused_person_never_goes_unrecorded(world) {
        let id = world.ask("paula.brandt", "collections/cases", 30).await.expect("she may ask");
        let (paula, erik) = (world.viewer("paula.brandt").await, world.viewer("erik.sander").await);
        let refused = async |who: &Viewer, action: &str, rule: &str| {
            let sql = format!(
                "SELECT COUNT(*) FROM audit WHERE actor = 'person {}' AND action = '{action}.refused' AND rule = '{rule}'",
                who.id
            );
            world.number(&sql).await
        };
        let approved = access::approve(&call(&world.ctx, &paula).await, id, 1, None, String::new()).await;
        assert_eq!(refusal(approved).kind, ErrorKind::Forbidden);
        assert_eq!(refused(&paula, "request.approve", "request.not_his_own").await, 1);
        assert_eq!(refusal(access::withdraw(&call(&world.ctx, &erik).await, id).await).kind, ErrorKind::NotFound);
        assert_eq!(refused(&erik, "request.withdraw", "request.not_his_to_withdraw").await, 1);
        assert_eq!(refusal(access::reject(&call(&world.ctx, &erik).await, id, 1, "No".to_owned()).await).kind, ErrorKind::NotFound);
        assert_eq!(refused(&erik, "request.reject", "request.not_concerned").await, 1);
        assert!(audit::page(&call(&world.ctx, &erik).await, AuditFilter::default()).await.is_err());
        assert_eq!(refused(&erik, "audit.read", "audit.not_eligible").await, 1);
        let page = access::decide_page(&call(&world.ctx, &world.viewer("aylin.demir").await).await, id).await;
        assert_eq!(page.expect("she decides").history.len(), 1, "what was refused changed nothing of the request");
        // What is only wrong is no refusal, and neither is what is not there.
        let unknown = access::withdraw(&call(&world.ctx, &erik).await, RequestId(uuid::Uuid::nil())).await;
        assert_eq!(refusal(unknown).kind, ErrorKind::NotFound);
        let all = "SELECT COUNT(*) FROM audit WHERE action LIKE '%.refused'";
        assert_eq!(world.number(all).await, 4);
        // The steward of the domain sees what was tried on its requests.
        let ines = world.viewer("ines.hoffmann").await;
        let filter = AuditFilter { action: Some("refused".to_owned()), ..AuditFilter::default() };
        let seen = audit::page(&call(&world.ctx, &ines).await, filter).await.expect("stewards see it").records;
        assert_eq!(seen.len(), 3);
        assert_eq!(seen[2].about, "Paula Brandt's request for Collections: cases");
        let chain = audit::verify(&world.ctx, None).await.expect("it can be read");
        assert_eq!(chain.problem, None);
    }

    async fn a_refusal_about_members_or_values_never_goes_unrecorded(world) {
        let (paula, tom) = (world.viewer("paula.brandt").await, world.viewer("tom.fischer").await);
        let finance = DomainId::from("finance");
        let address = "tom.fischer@nordkauf.example";
        let added = refusal(people::put_member(&call(&world.ctx, &paula).await, &finance, address, Role::Member).await);
        let removed = refusal(people::remove_member(&call(&world.ctx, &paula).await, &finance, tom.id).await);
        assert_eq!(added.message, "Only the domain's owners and stewards change who belongs to it.");
        assert_eq!(removed.message, added.message);
        let nowhere = DomainId::from("nowhere");
        assert!(people::put_member(&call(&world.ctx, &paula).await, &nowhere, address, Role::Member).await.is_err());
        let values = refusal(catalog::preview(&call(&world.ctx, &paula).await, &"gold.collections".into()).await);
        assert_eq!(values.message, "You have no access to this data.");
        let ines = world.viewer("ines.hoffmann").await;
        let filter = AuditFilter { action: Some("refused".to_owned()), ..AuditFilter::default() };
        let seen = audit::page(&call(&world.ctx, &ines).await, filter).await.expect("stewards see it").records;
        let seen: Vec<_> =
            seen.iter().rev().map(|line| (line.action.as_str(), line.subject.as_str(), line.rule.as_str())).collect();
        assert_eq!(
            seen,
            [
                ("member.put.refused", "domain finance", "members.not_eligible"),
                ("member.remove.refused", "domain finance", "members.not_eligible"),
                ("asset.preview.refused", "asset gold.collections", "values.no_grant"),
            ]
        );
        for _ in 0..40 {
            _ = catalog::preview(&call(&world.ctx, &paula).await, &"gold.collections".into()).await;
        }
        let all = "SELECT COUNT(*) FROM audit WHERE action LIKE '%.refused'";
        assert_eq!(world.number(all).await, 20, "a loop fills nothing");
    }

    async fn a_hidden_table_is_never_told_from_one_that_is_not_there(world) {
        let paula = world.viewer("paula.brandt").await;
        let product = mesh().into_iter().find(|file| file.path == "products/collections.odps.yaml");
        let hidden = product.expect("it is there").text.replacen("value: open", "value: private", 1);
        world.import(vec![file("p.odps.yaml", &hidden)]).await;
        let look = async |id: &str| refusal(catalog::preview(&call(&world.ctx, &paula).await, &id.into()).await);
        let (hidden, unknown) = (look("gold.collections").await, look("gold.nothing").await);
        assert_eq!((hidden.kind, &hidden), (ErrorKind::NotFound, &unknown));
        let records = "SELECT COUNT(*) FROM audit WHERE action = 'asset.preview.refused' AND rule = 'asset.not_seen'";
        assert_eq!(world.number(records).await, 2, "and both take the time of a record");
        let named = "SELECT COUNT(*) FROM audit WHERE subject = 'asset gold.collections'";
        assert_eq!(world.number(named).await, 1, "the audit has the truth");
    }

    async fn a_loop_of_refusals_never_fills_the_audit(world) {
        let erik = world.viewer("erik.sander").await;
        for _ in 0..30 {
            assert!(audit::page(&call(&world.ctx, &erik).await, AuditFilter::default()).await.is_err());
        }
        let all = "SELECT COUNT(*) FROM audit WHERE action = 'audit.read.refused'";
        assert_eq!(world.number(all).await, 20);
        let last = "SELECT detail FROM audit ORDER BY number DESC LIMIT 1";
        assert_eq!(world.text(last).await, r#"{"more":"not recorded within the hour"}"#);
        world.clock.set(world.now() + TimeDelta::hours(2));
        assert!(audit::page(&call(&world.ctx, &erik).await, AuditFilter::default()).await.is_err());
        assert_eq!(world.number(all).await, 21);
    }

    async fn refusals_at_the_same_time_never_overrun_the_pace(world) {
        let erik = world.viewer("erik.sander").await;
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..40 {
            let (ctx, erik) = (world.ctx.clone(), erik.clone());
            calls.spawn(async move { audit::page(&call(&ctx, &erik).await, AuditFilter::default()).await.is_err() });
        }
        assert!(calls.join_all().await.into_iter().all(|refused| refused));
        let all = "SELECT COUNT(*) FROM audit WHERE action = 'audit.read.refused'";
        assert_eq!(world.number(all).await, 20);
        let chain = audit::verify(&world.ctx, None).await.expect("it can be read");
        assert_eq!(chain.problem, None);
    }
}
