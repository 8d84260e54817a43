//! What stands in a database that somebody damaged, or wrote to from outside.

use lakeport_portal::lake::mask_key;
use lakeport_portal::store::cells;
use lakeport_portal::{Db, people};

use crate::world::{World, on_both, refusal};

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
