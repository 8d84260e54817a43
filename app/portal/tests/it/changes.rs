//! Changes are followed by what they touched, forgotten when everybody followed them, and by nobody undone.

use lakeport_portal::store::changes::Touched;
use lakeport_portal::{Actor, Ctx, Db, Settings, catalog, jobs};

use crate::post::Post;
use crate::world::{World, file, on_both, settings};

const CHANGES: &str = "SELECT COUNT(*) FROM change";

impl World {
    async fn seen(&self) -> (String, String) {
        let of = |key: &str| format!("SELECT value FROM setting WHERE key = '{key}'");
        (self.text(&of("looks.seen")).await, self.text(&of("checks.seen")).await)
    }
}

async fn run(ctx: &Ctx) {
    jobs::run_due(ctx, &Post::default()).await.expect("the sweep ends well");
}

on_both! { demo =>
    async fn a_replica_that_slept_longer_than_changes_are_kept_never_misses_any(world) {
        let other = world.replica(world.clock.clone(), settings()).await;
        let before = other.snapshot().await.expect("it is read");
        world.classify("gold.collections", "controlling", "restricted").await;
        let newest = world.number("SELECT MAX(number) FROM change").await;
        for name in ["gold.new", "gold.newer"] {
            world.travel(2);
            world.sweep().await;
            world.classify(name, "controlling", "internal").await;
        }
        assert!(world.number("SELECT MIN(number) FROM change").await > newest, "it is forgotten");
        let held = other.snapshot().await.expect("it follows");
        assert!(held.change > newest);
        let collections = &held.assets["gold.collections"];
        assert_ne!(collections.classification, before.assets["gold.collections"].classification);
        assert!(held.assets.contains_key("gold.new") && held.assets.contains_key("gold.newer"));
    }

    async fn changes_are_never_kept_for_ever_nor_numbered_anew(world) {
        for number in 0..20 {
            world.noted(vec![Touched::Asset(format!("gold.a{number}"))]).await;
        }
        let newest = world.number("SELECT MAX(number) FROM change").await;
        world.sweep().await;
        assert!(world.number(CHANGES).await >= 20, "who sleeps for an hour follows them");
        world.travel(2);
        while world.number(CHANGES).await > 1 {
            world.sweep().await;
        }
        assert_eq!(world.number("SELECT MAX(number) FROM change").await, newest, "the newest stays");
        world.noted(vec![Touched::Asset("gold.b".to_owned())]).await;
        assert_eq!(world.number("SELECT MAX(number) FROM change").await, newest + 1);
    }

    async fn replicas_of_other_configuration_never_undo_what_the_newest_brought(world) {
        world.sweep().await;
        let first = world.seen().await;
        let mut changed = Settings { lake_root: "/elsewhere".to_owned(), ..settings() };
        changed.policies.confidential.longest_days += 1;
        let newer = world.replica(world.clock.clone(), changed).await;
        run(&newer).await;
        let brought = world.seen().await;
        assert!(first.0 != brought.0 && first.1 != brought.1, "what is configured anew counts");
        let looks = "SELECT COUNT(*) FROM contract_check WHERE next_check > '9000-01-01'";
        let stated = world.number(looks).await;
        for _ in 0..3 {
            run(&world.ctx).await;
            run(&newer).await;
            assert_eq!(world.seen().await, brought, "nobody undoes it");
        }
        assert_eq!(world.number(looks).await, stated);
        // The older one still follows what changes.
        world.classify("gold.new", "controlling", "internal").await;
        run(&world.ctx).await;
        let after = world.seen().await;
        assert!(after != brought && after.1.contains("/elsewhere"), "{after:?}");
        let restarted = world.replica(world.clock.clone(), settings()).await;
        run(&restarted).await;
        assert!(!world.seen().await.1.contains("/elsewhere"), "the newest start wins");
    }

    async fn a_contract_is_never_left_unchecked_when_its_table_turns_up(world) {
        let text = "apiVersion: v3.2.0\nkind: DataContract\nid: late\nversion: 1.0.0\nstatus: active\ndomain: controlling\n\
                    schema:\n- name: x\n  physicalName: gold.late\n";
        world.import(vec![file("late.odcs.yaml", text)]).await;
        world.sweep().await;
        let next = "SELECT COUNT(*) FROM contract_check WHERE contract = 'late' AND next_check < '9000-01-01'";
        assert_eq!(world.number(next).await, 0, "there is no table");
        world.classify("gold.late", "controlling", "internal").await;
        world.sweep().await;
        assert_eq!(world.number(next).await, 1, "there is one");
    }

    async fn a_mail_that_cannot_be_read_never_keeps_the_others_back(world) {
        world.sweep().await;
        world.post.take();
        world.ask("paula.brandt", "collections/cases", 30).await.expect("she may ask");
        world.ask("lena.vogel", "sales-forecast/forecast", 30).await.expect("she may ask");
        let first = "(SELECT id FROM mail WHERE sent_at IS NULL ORDER BY send_after, id LIMIT 1)";
        let waiting = world.number("SELECT COUNT(*) FROM mail WHERE sent_at IS NULL").await;
        assert!(waiting > 1);
        if let Db::Postgres(..) = world.ctx.db {
            world.execute("ALTER TABLE mail ALTER COLUMN body DROP NOT NULL").await.expect("it runs");
            world.execute(&format!("UPDATE mail SET body = NULL WHERE id = {first}")).await.expect("it runs");
        } else {
            world.execute(&format!("UPDATE mail SET attempts = 'x' WHERE id = {first}")).await.expect("it runs");
        }
        world.sweep().await;
        let sent = i64::try_from(world.post.take().len()).expect("a few");
        assert_eq!(sent, waiting - 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM job_fault WHERE job = 'mail'").await, 1, "it is told");
        let test = Actor::System("test");
        assert!(catalog::import(&world.ctx, &test, Vec::new(), true).await.is_ok(), "nobody holds the turn to write");
    }
}
