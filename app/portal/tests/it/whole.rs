//! Everything that is stored, read in parts.

use lakeport_portal::lineage::Edges;
use lakeport_portal::store::lineage::{EdgeRow, UseRow, batch};

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
            });
            uses.push((name("job/", number % 900), name("used", number), number % 3 == 0));
        }
        let mut tx = world.ctx.db.write().await.expect("it can be written");
        for edges in edges.chunks(4_000) {
            batch::put_edges(&mut tx, edges).await.expect("they are written");
        }
        for uses in uses.chunks(4_000) {
            batch::put_uses(&mut tx, uses, now).await.expect("they are written");
        }
        let of_a_run = ("job/1".to_owned(), "a run".to_owned(), "used1".to_owned(), true);
        batch::put_uses_of_runs(&mut tx, &[of_a_run], now, now).await.expect("it is written");
        tx.commit().await.expect("it lasts");
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
