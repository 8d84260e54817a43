//! Calls that arrive before a right is taken and have their turn after it: they act by what is so then. A viewer that was
//! read before stands here for the call that waits.

use lakeport_model::access::NewRequest;
use lakeport_model::audit::{AuditFilter, AuditFormat};
use lakeport_model::people::{Role, Viewer};
use lakeport_portal::people::leaving;
use lakeport_portal::{Actor, ErrorKind, access, audit, contracts, lineage, people};

use crate::world::{World, call, on_both, refusal, token};

const CASES: &str = "collections/cases";

impl World {
    /// Somebody as a call found them that still waits, and who is an administrator no longer the last one.
    async fn waiting(&self, who: &str) -> Viewer {
        self.execute("UPDATE person SET administrator = TRUE WHERE email LIKE 'greta.lund@%'")
            .await
            .expect("done");
        self.viewer(who).await
    }

    async fn ask_waiting(&self, viewer: &Viewer) -> lakeport_portal::Result<lakeport_model::RequestId> {
        let new = NewRequest {
            port: CASES.into(),
            purpose: "Nightly report".to_owned(),
            ends_on: self.day(30),
            contract_version: Some("1.0.0".to_owned()),
        };
        access::request(&call(&self.ctx, viewer).await, new).await
    }
}

on_both! { demo =>
    async fn a_call_that_waited_never_acts_by_a_role_that_was_taken(world) {
        let finance = "finance".into();
        let maria = world.viewer("maria.keller").await;
        people::put_member(&call(&world.ctx, &maria).await, &finance, "Tom Fischer", Role::Owner).await.expect("she may");
        let tom = world.viewer("tom.fischer").await;
        people::remove_member(&call(&world.ctx, &maria).await, &finance, tom.id).await.expect("she may");
        let added = people::put_member(&call(&world.ctx, &tom).await, &finance, "Paula Brandt", Role::Owner).await;
        assert_eq!(refusal(added).kind, ErrorKind::Forbidden);
        let removed = people::remove_member(&call(&world.ctx, &tom).await, &finance, maria.id).await;
        assert_eq!(refusal(removed).kind, ErrorKind::Forbidden);
        assert_eq!(world.viewer("maria.keller").await.role_in(&finance), Some(Role::Owner));
    }

    async fn a_call_that_waited_never_acts_for_somebody_disabled(world) {
        let granted = world.granted("sofia.lindqvist", CASES, 60, &["aylin.demir"]).await;
        let sofia = world.waiting("sofia.lindqvist").await;
        let (_, account) = world.account("dbt").await;
        leaving::disable(&world.ctx, &Actor::System("cli"), sofia.id).await.expect("she is not the last");
        let ctx = &world.ctx;
        let scopes = vec!["access:write".to_owned()];
        let actor = Actor::Viewer(sofia.clone());
        let refused = [
            refusal(people::create_token(ctx, &actor, token("after", scopes)).await),
            refusal(people::revoke_token(&call(ctx, &sofia).await, account.id).await),
            refusal(people::take_over_token(&call(ctx, &sofia).await, account.id).await),
            refusal(audit::export(&call(ctx, &sofia).await, &AuditFilter::default(), AuditFormat::Csv).await.map(|_| ())),
            refusal(leaving::enable(ctx, &actor, sofia.id).await),
            refusal(world.ask_waiting(&sofia).await),
            refusal(access::give_up(&call(ctx, &sofia).await, granted).await),
            refusal(contracts::subscribe(&call(ctx, &sofia).await, &"collections".into(), "1.0.0".to_owned(), "Plan purchases".to_owned()).await),
        ];
        for refused in refused {
            assert_eq!(refused.kind, ErrorKind::Forbidden, "{}", refused.message);
        }
        let hers = format!("SELECT COUNT(*) FROM audit WHERE actor = 'person {}' AND action = 'token.create'", sofia.id);
        assert_eq!(world.number(&hers).await, 0);
    }

    async fn a_call_that_waited_never_acts_for_a_token_that_ended(world) {
        let (_, account) = world.account("dbt").await;
        let sofia = world.viewer("sofia.lindqvist").await;
        people::revoke_token(&call(&world.ctx, &sofia).await, account.id).await.expect("she may");
        assert_eq!(refusal(world.ask_waiting(&account.as_viewer()).await).kind, ErrorKind::Forbidden);
        let event = r#"{"eventTime":"2026-03-01T10:00:00Z","producer":"https://example.com","schemaURL":
            "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent","eventType":"COMPLETE",
            "run":{"runId":"0192d7a0-0000-7000-8000-000000000001"},"job":{"namespace":"a","name":"b"}}"#;
        let sent = lineage::ingest(&world.ctx, &Actor::Service(account), event).await;
        assert_eq!(refusal(sent).kind, ErrorKind::Forbidden);
    }

    async fn nobody_decides_what_a_token_asks_whose_secret_he_has_seen(world) {
        let controlling = "controlling".into();
        let aylin = world.viewer("aylin.demir").await;
        people::put_member(&call(&world.ctx, &aylin).await, &controlling, "Sofia Lindqvist", Role::Owner).await.expect("she may");
        let sofia = world.viewer("sofia.lindqvist").await;
        let owner = Some("greta.lund@nordkauf.example".to_owned());
        let new = people::NewToken { owner, ..token("hers", vec!["access:write".to_owned()]) };
        let secret = people::create_token(&world.ctx, &Actor::Viewer(sofia), new).await.expect("she may");
        let account = people::authenticate(&world.ctx, &secret).await.expect("it answers").expect("it is known");
        let id = world.ask_as(&account.as_viewer(), CASES).await;
        assert!(world.approve("sofia.lindqvist", id).await.is_err(), "she holds the secret");
        assert_eq!(world.request_state(id).await, "requested");
        world.approve("aylin.demir", id).await.expect("another owner decides");
    }
}
