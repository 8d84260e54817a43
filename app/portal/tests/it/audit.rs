//! The chain that cannot be changed unseen, and the numbers of changes.

use lakeport_portal::{Actor, Ctx, Error, audit, lineage};
use tokio::task::JoinSet;

use crate::world::{World, on_both};

async fn problem(ctx: &Ctx) -> Option<String> {
    audit::verify(ctx, None).await.expect("the chain can be read").problem
}

impl World {
    async fn broken_by(&self, sql: &str) -> String {
        assert_eq!(problem(&self.ctx).await, None);
        assert!(self.execute(sql).await.expect("the statement runs") > 0, "{sql}");
        problem(&self.ctx).await.unwrap_or_else(|| panic!("nobody noticed: {sql}"))
    }
}

fn event(number: usize) -> String {
    serde_json::json!({
        "eventTime": "2026-11-02T05:40:00Z", "eventType": "COMPLETE", "producer": "https://x.example",
        "schemaURL": "https://x.example/s", "run": { "runId": "445e09ff-b56b-5c27-8ef4-cad8a9b13221" },
        "job": { "namespace": "n", "name": format!("j{number}") }, "inputs": [],
        "outputs": [{ "namespace": "n", "name": format!("d{number}") }],
    })
    .to_string()
}

pub(crate) async fn write(ctx: Ctx, number: usize) -> Result<(), Error> {
    lineage::ingest(&ctx, &Actor::System("test"), &event(number)).await.map(|_| ())
}

on_both! { empty =>
    async fn a_changed_record_is_found(world) {
        for number in 0..5 {
            write(world.ctx.clone(), number).await.expect("it is written");
        }
        assert!(
            world
                .broken_by("UPDATE audit SET actor = 'system other' WHERE number = 3")
                .await
                .contains("record 3 was changed")
        );
    }

    async fn a_changed_time_is_found(world) {
        write(world.ctx.clone(), 0).await.expect("it is written");
        assert!(
            world
                .broken_by("UPDATE audit SET at = '2026-12-01T09:00:00+00:00'")
                .await
                .contains("record 1 was changed")
        );
    }

    async fn a_deleted_record_is_found(world) {
        for number in 0..5 {
            write(world.ctx.clone(), number).await.expect("it is written");
        }
        assert!(world.broken_by("DELETE FROM audit WHERE number = 2").await.contains("record 2 is missing"));
    }

    async fn an_emptied_chain_is_found_by_what_is_there(world) {
        assert_eq!(problem(&world.ctx).await, None, "a new portal has done nothing yet");
        let people = "apiVersion: lakeport/v1\nkind: People\npeople:\n- {email: a.berg@nordkauf.example, name: A Berg}\n";
        world.import(vec![crate::world::file("people.yaml", people)]).await;
        assert!(world.broken_by("DELETE FROM audit").await.contains("it has no record"));
    }

    async fn records_that_changed_places_are_found(world) {
        for number in 0..5 {
            write(world.ctx.clone(), number).await.expect("it is written");
        }
        world.execute("UPDATE audit SET number = 99 WHERE number = 2").await.expect("it runs");
        world.execute("UPDATE audit SET number = 2 WHERE number = 3").await.expect("it runs");
        world.execute("UPDATE audit SET number = 3 WHERE number = 99").await.expect("it runs");
        assert!(
            problem(&world.ctx).await.is_some_and(|problem| problem.contains("record 2 does not follow"))
        );
    }

    async fn a_head_kept_outside_must_lie_on_the_chain(world) {
        let none = audit::verify(&world.ctx, Some((1, "00".to_owned()))).await.expect("it can be read");
        assert!(none.problem.is_some(), "an emptied chain is noticed");
        for number in 0..5 {
            write(world.ctx.clone(), number).await.expect("it is written");
        }
        let report = audit::verify(&world.ctx, None).await.expect("it can be read");
        let head = report.head.expect("there is a head");
        assert_eq!((report.records, head.0), (5, 5));
        write(world.ctx.clone(), 6).await.expect("it is written");
        let verify =
            |head| async { audit::verify(&world.ctx, Some(head)).await.expect("it can be read").problem };
        assert_eq!(verify(head.clone()).await, None, "an older head still lies on it");
        assert!(verify((head.0, "00".repeat(32))).await.is_some());
        world.execute("DELETE FROM audit WHERE number >= 5").await.expect("it runs");
        assert_eq!(problem(&world.ctx).await, None, "a cut end does not show from inside");
        assert!(verify(head).await.is_some(), "but it does from outside");
    }

    async fn numbers_follow_the_order_of_commits(world) {
        const WRITERS: usize = 60;
        let mut writers = JoinSet::new();
        let replica = world.replica(world.clock.clone(), crate::world::settings()).await;
        let sqlite = matches!(world.ctx.db, lakeport_portal::Db::Sqlite(..));
        for number in 0..WRITERS {
            // On PostgreSQL every other writer is another process.
            let ctx = if number % 2 == 0 || sqlite { world.ctx.clone() } else { replica.clone() };
            writers.spawn(write(ctx, number));
        }
        // Whoever looks meanwhile sees no gap: a number is never filled in later.
        let mut seen = 0;
        while seen < i64::try_from(WRITERS).expect("a few") {
            let gaps = world.number("SELECT COALESCE(MAX(number), 0) - COUNT(*) FROM change").await;
            assert_eq!(gaps, 0);
            let newest = world.number("SELECT COALESCE(MAX(number), 0) FROM change").await;
            assert!(newest >= seen);
            seen = newest;
            if writers.is_empty() {
                break;
            }
            if let Some(done) = writers.join_next().await {
                done.expect("no writer panics").expect("every writer gets its turn");
            }
        }
        for done in writers.join_all().await {
            done.expect("every writer gets its turn");
        }
        assert_eq!(world.number("SELECT MAX(number) FROM change").await, 60);
        assert_eq!(world.number("SELECT COUNT(*) FROM change").await, 60);
        assert_eq!(problem(&world.ctx).await, None);
    }

    async fn a_strict_default_isolation_breaks_nothing(world) {
        if matches!(world.ctx.db, lakeport_portal::Db::Postgres(..)) {
            let database = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = ''serializable''', \
                            current_database()); END $$";
            world.execute(database).await.expect("it runs");
            let ctx = world.replica(world.clock.clone(), crate::world::settings()).await;
            let mut writers = JoinSet::new();
            for number in 0..20 {
                writers.spawn(write(ctx.clone(), number));
            }
            for done in writers.join_all().await {
                done.expect("every writer gets its turn");
            }
            assert_eq!(problem(&ctx).await, None);
        }
    }

    async fn a_write_that_is_dropped_leaves_nothing(world) {
        let tx = world.ctx.db.write().await.expect("it begins");
        drop(tx);
        write(world.ctx.clone(), 1).await.expect("the lock is free again");
        assert_eq!(world.number("SELECT COUNT(*) FROM audit").await, 1);
    }
}
