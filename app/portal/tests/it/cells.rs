//! What stands in a database that somebody damaged, or wrote to from outside.

use lakeport_model::PageRequest;
use lakeport_portal::lake::mask_key;
use lakeport_portal::store::cells;
use lakeport_portal::{Db, people};

use crate::world::{World, call, on_both, refusal, settings};

async fn named(world: &World) -> Vec<String> {
    let found = cells::misfits(&world.ctx.db).await.expect("they are read");
    found.iter().map(ToString::to_string).collect()
}

async fn damage(world: &World, sql: &str) {
    assert!(world.execute(sql).await.expect("it runs") > 0, "{sql}");
}

on_both! { demo =>
    async fn a_cell_that_does_not_fit_its_column_is_named_by_its_row(world) {
        world.sweep().await;
        let fine = named(world).await;
        assert!(fine.is_empty(), "what the portal writes fits: {fine:?}");
        // PostgreSQL keeps nothing else.
        if !matches!(world.ctx.db, Db::Sqlite(..)) {
            return;
        }
        // Rows are numbered from one in an empty table.
        for emptied in ["check_run", "job_fault", "lineage_dataset", "setting"] {
            world.execute(&format!("DELETE FROM {emptied}")).await.expect("it runs");
        }
        for broken in [
            "INSERT INTO check_run (id, contract, version, at, duration_ms, state, results) \
             VALUES (x'01', 'c', '1', 't', 1.5, 's', 'r')",
            "INSERT INTO job_fault (job, item, error, failures, at, again) VALUES ('j', 'i', 'e', 'many', 't', 't')",
            "INSERT INTO lineage_dataset (asset, schema_at) SELECT 'a' || value, x'41' \
             FROM json_each('[1, 2, 3, 4, 5, 6, 7]')",
            "INSERT INTO lineage_dataset (asset) VALUES (NULL)",
            "INSERT INTO setting (key, value) VALUES ('fine', 'Grüße'), ('cut', CAST(x'4dc3' AS TEXT))",
        ] {
            damage(world, broken).await;
        }
        let expected = [
            "table check_run, column id: no id of 16 bytes where rowid is 1",
            "table check_run, column duration_ms: no whole number where rowid is 1",
            "table job_fault, column failures: no whole number where rowid is 1",
            "table lineage_dataset, column asset: no UTF-8 text where rowid is 8",
            "table lineage_dataset, column schema_at: no UTF-8 text where rowid is 1, 2, 3, 4, 5 and 2 more",
            "table setting, column value: no UTF-8 text where rowid is 2",
        ];
        assert_eq!(named(world).await, expected);
    }

    async fn an_id_that_is_no_text_never_takes_the_portal_down(world) {
        if !matches!(world.ctx.db, Db::Sqlite(..)) {
            return;
        }
        let before = world.ctx.snapshot_now().await.expect("it is read");
        for broken in [
            "INSERT INTO product (id, domain, document, created_at) VALUES (x'ff', 'controlling', 'd', '2026-12-01T08:00:00Z')",
            "INSERT INTO asset (id, kind, layer, namespace, name, domain, description, platform, location, classification, \
             tags, columns, origin, created_at) SELECT CAST(id AS BLOB), kind, layer, namespace, 'unheard', domain, description, \
             platform, location, classification, tags, columns, origin, created_at FROM asset WHERE id = 'gold.collections'",
            "UPDATE person SET email = CAST(email AS BLOB) WHERE email = 'tom.fischer@nordkauf.example'",
        ] {
            damage(world, broken).await;
        }
        let again = world.replica(world.clock.clone(), settings()).await;
        let after = again.snapshot_now().await.expect("it starts");
        assert_eq!((after.products.len(), after.assets.len()), (before.products.len(), before.assets.len()));
        let unread: Vec<&str> = after.unread().map(|unread| unread.kind).collect();
        assert_eq!(unread, ["asset", "product"], "they are counted");
        let ines = world.viewer("ines.hoffmann").await;
        let page = people::domain_page(&call(&again, &ines).await, &"controlling".into(), PageRequest::default()).await;
        page.expect("it opens, whatever stands in an address");
    }

    async fn a_damaged_setting_is_refused_by_its_name_or_counts_as_none(world) {
        let drawn = mask_key(&world.ctx.db).await.expect("it is drawn");
        world.sweep().await;
        let values: &[&str] = match world.ctx.db {
            Db::Sqlite(..) => &["'odd'", "x'ff'", "CAST(x'ff' AS TEXT)"],
            Db::Postgres(..) => &["'odd'"],
        };
        for value in values {
            damage(world, &format!("UPDATE setting SET value = {value}")).await;
            let refused = refusal(mask_key(&world.ctx.db).await);
            assert!(refused.message.starts_with("The value of \"mask_key\" in the table"), "{}", refused.message);
            people::refresh_clock(&world.ctx).await.expect("the clock is read");
            world.sweep().await;
            for key in ["looks.seen", "checks.seen"] {
                let seen = world.text(&format!("SELECT value FROM setting WHERE key = '{key}'")).await;
                assert!(seen.starts_with('{'), "everything was looked at anew: {seen}");
            }
        }
        damage(world, &format!("UPDATE setting SET value = '{drawn}' WHERE key = 'mask_key'")).await;
        assert_eq!(mask_key(&world.ctx.db).await.expect("it is back"), drawn);
    }
}
