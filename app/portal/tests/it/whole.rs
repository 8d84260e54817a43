//! Everything that is stored, read in parts.

use lakeport_portal::Db;
use lakeport_portal::lineage::Edges;
use lakeport_portal::policy::rules::TakeEvents;
use lakeport_portal::store::catalog::AssetRow;
use lakeport_portal::store::lineage::batch::DatasetRow;
use lakeport_portal::store::lineage::{EdgeRow, UseRow, batch};
use lakeport_portal::store::snapshot::Flows;

use crate::world::on_both;

/// More than two parts.
const ROWS: usize = 41_000;
/// Names that a text which is written and read again might lose.
const AWKWARD: [&str; 6] =
    ["a \"b\"", "back\\slash/", "a line\nand one", "ünï ☃ \u{1f}", "[1, null]", "'; --"];

fn name(of: &str, number: usize) -> String {
    let more = AWKWARD.get(number % 100).copied().unwrap_or_default();
    format!("{of}{number}{more}")
}

on_both! { empty =>
    async fn a_part_is_never_larger_than_a_database_makes_a_text(world) {
        let (mut tx, proof) = (world.ctx.db.write().await.expect("it can be written"), TakeEvents::Scope.proof());
        for number in 0..6 {
            let columns = format!("[[\"{}\",\"d\"]]", "x".repeat(9_000_000));
            let (source, target, job) = (format!("from{number}"), "to".to_owned(), String::new());
            let edge = EdgeRow { source, target, job, columns, seen_at: world.now(), former_since: None };
            batch::put_edges(&mut tx, &proof, &[edge]).await.expect("it is written");
        }
        tx.commit_unrecorded("a test").await.expect("it lasts");
        let (mut tx, mut flows) = (world.ctx.db.read().await.expect("it is read"), Flows::edges());
        let mut rows = 0;
        while let Some(part) = flows.next(&mut tx).await.expect("a part is read") {
            assert!(part.len() < 60_000_000, "{}", part.len());
            rows += part.matches("from").count();
        }
        assert_eq!(rows, 6);
    }

    async fn assets_come_in_parts_too_and_without_those_that_events_dropped(world) {
        let (now, kept) = (world.now(), "x".repeat(1_500_000));
        let asset = |number: usize| AssetRow {
            id: name("asset", number),
            kind: "table".to_owned(),
            layer: None,
            namespace: "warehouse".to_owned(),
            name: name("asset", number),
            domain: String::new(),
            description: kept.clone(),
            platform: None,
            location: None,
            classification: "internal".to_owned(),
            tags: "[]".to_owned(),
            columns: "[]".to_owned(),
            origin: "lineage".to_owned(),
            created_at: Some(now),
        };
        let mut assets: Vec<AssetRow> = (0..8).map(asset).collect();
        let dropped = DatasetRow { asset: name("asset", 3), schema_at: None, dropped_at: Some(now) };
        let (mut tx, proof) = (world.ctx.db.write().await.expect("it can be written"), TakeEvents::Scope.proof());
        batch::add_assets(&mut tx, &proof, &assets, now).await.expect("they are written");
        batch::put_datasets(&mut tx, &proof, &[dropped]).await.expect("it is written");
        tx.commit_unrecorded("a test").await.expect("it lasts");
        let (mut tx, mut flows) = (world.ctx.db.read().await.expect("it is read"), Flows::assets());
        let (mut parts, mut read) = (0, Vec::<AssetRow>::new());
        while let Some(part) = flows.next(&mut tx).await.expect("a part is read") {
            parts += 1;
            read.append(&mut serde_json::from_str(&part).expect("a list of assets"));
        }
        // PostgreSQL counts rows.
        assert!(parts > 1 || matches!(world.ctx.db, Db::Postgres(..)), "{parts}");
        read.sort_by(|a, b| a.id.cmp(&b.id));
        assets.remove(3);
        assets.sort_by(|a, b| a.id.cmp(&b.id));
        assert!(read == assets, "they are the same");
    }

    async fn what_is_read_in_parts_never_loses_a_row_nor_reads_one_twice(world) {
        let (now, mut edges, mut uses) = (world.now(), Vec::new(), Vec::new());
        for number in 0..ROWS {
            let job = if number % 7 == 0 { String::new() } else { name("job/", number % 900) };
            edges.push(EdgeRow {
                source: name("from", number),
                target: name("to", number % 3_000),
                job,
                columns: if number % 11 == 0 { r#"[["a \"b\"","c\\"]]"#.to_owned() } else { "[]".to_owned() },
                seen_at: now,
                former_since: None,
            });
            uses.push((name("job/", number % 900), name("used", number), number % 3 == 0));
        }
        let (mut tx, proof) = (world.ctx.db.write().await.expect("it can be written"), TakeEvents::Scope.proof());
        for edges in edges.chunks(4_000) {
            batch::put_edges(&mut tx, &proof, edges).await.expect("they are written");
        }
        for uses in uses.chunks(4_000) {
            batch::put_uses(&mut tx, &proof, uses, now).await.expect("they are written");
        }
        let of_a_run = ("job/1".to_owned(), "a run".to_owned(), "used1".to_owned(), true);
        batch::put_uses_of_runs(&mut tx, &proof, &[of_a_run], now, now).await.expect("it is written");
        tx.commit_unrecorded("a test").await.expect("it lasts");
        // There are gaps where rows were.
        world.execute("DELETE FROM lineage_edge WHERE source LIKE 'from1%4'").await.expect("some are gone");
        world.execute("DELETE FROM lineage_use WHERE asset LIKE 'used2%'").await.expect("some are gone");
        edges.retain(|edge| !(edge.source.starts_with("from1") && edge.source.ends_with('4')));
        uses.retain(|(_, asset, _)| !asset.starts_with("used2"));
        let uses = uses.into_iter().map(|(job, asset, writes)| UseRow { job, asset, writes }).collect();
        let stored = Edges::new(edges, uses).listed();
        let read = world.ctx.snapshot().await.expect("it is read").edges.listed();
        assert_eq!((read.0.len(), read.1.len()), (stored.0.len(), stored.1.len()));
        assert!(read == stored, "they are the same");
    }
}
