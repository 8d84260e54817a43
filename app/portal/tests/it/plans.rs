//! Plans of pushes as they are kept: whose they are, how many, and how long.

use chrono::TimeDelta;
use lakeport_model::TokenId;
use lakeport_portal::new_id;
use lakeport_portal::store::plans::{self, PlanRow};
use uuid::Uuid;

use crate::world::{World, on_both};

/// A plan that this account makes now.
async fn planned(world: &World, account: TokenId) -> PlanRow {
    let made_at = world.now();
    let row = PlanRow {
        id: new_id(made_at),
        account,
        made_at,
        ends_at: made_at + TimeDelta::hours(1),
        push: r#"{"files":[{"path":"a.yaml","text":"Grüße"}]}"#.to_owned(),
        outcome: "a digest".to_owned(),
    };
    let mut tx = world.ctx.db.write().await.expect("it is its turn");
    plans::put(&mut tx, &row).await.expect("it is written");
    tx.commit_unrecorded("a test").await.expect("it is kept");
    row
}

async fn found(world: &World, account: TokenId, id: Uuid) -> Option<PlanRow> {
    let mut tx = world.ctx.db.read().await.expect("it answers");
    plans::one(&mut tx, account, id).await.expect("it answers")
}

async fn kept(world: &World) -> i64 {
    world.number("SELECT COUNT(*) FROM plan WHERE outcome <> '' AND push <> ''").await
}

on_both! { demo =>
    async fn a_plan_is_its_accounts_alone(world) {
        let (one, other) = (world.account("dbt").await.1.id, world.account("airflow").await.1.id);
        let plan = planned(world, one).await;
        assert_eq!(found(world, one, plan.id).await, Some(plan.clone()));
        assert_eq!(found(world, other, plan.id).await, None);
        assert_eq!(found(world, one, Uuid::nil()).await, None);
        let mut tx = world.ctx.db.write().await.expect("it is its turn");
        plans::delete(&mut tx, plan.id).await.expect("it is removed");
        tx.commit_unrecorded("a test").await.expect("it is kept");
        assert_eq!(found(world, one, plan.id).await, None);
    }

    async fn plans_never_pile_up(world) {
        let (one, other) = (world.account("dbt").await.1.id, world.account("airflow").await.1.id);
        let others = planned(world, other).await;
        let first = planned(world, one).await;
        let mut last = planned(world, one).await;
        for _ in 0..2 {
            last = planned(world, one).await;
        }
        assert_eq!(found(world, one, first.id).await, None, "the oldest goes, also of one moment");
        assert_eq!(found(world, one, last.id).await, Some(last));
        world.travel(-1);
        let early = planned(world, one).await;
        assert_eq!(found(world, one, early.id).await, Some(early), "whatever a clock says, it was just made");
        assert_eq!(found(world, other, others.id).await, Some(others));
        assert_eq!(kept(world).await, 4);
        let mut tx = world.ctx.db.read().await.expect("it answers");
        let made = plans::made_since(&mut tx, one, world.now() - TimeDelta::days(2)).await.expect("it answers");
        assert_eq!(made.len(), 5, "those that went are counted");
    }

    async fn a_plan_that_is_over_never_stays(world) {
        let account = world.account("dbt").await.1.id;
        let plan = planned(world, account).await;
        world.clock.set(plan.ends_at - TimeDelta::seconds(1));
        world.sweep().await;
        assert_eq!(kept(world).await, 1);
        let other = planned(world, account).await;
        let mut tx = world.ctx.db.write().await.expect("it is its turn");
        plans::delete(&mut tx, other.id).await.expect("it is spent");
        tx.commit_unrecorded("a test").await.expect("it is kept");
        world.clock.set(other.ends_at);
        world.sweep().await;
        assert_eq!(world.number("SELECT COUNT(*) FROM plan").await, 0, "nor does when it was made");
    }
}
