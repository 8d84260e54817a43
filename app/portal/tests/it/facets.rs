//! Facets of events that nobody can read.

use lakeport_portal::{Actor, lineage};
use serde_json::{Value, json};

use crate::lineage::event;
use crate::world::on_both;

on_both! { demo =>
    async fn a_malformed_facet_never_takes_the_good_ones_with_it(world) {
        let broken = [
            ("schema", json!({ "fields": 7 })),
            ("schema", json!("text")),
            ("columnLineage", json!({ "fields": { "b": { "inputFields": [{}] } } })),
            ("columnLineage", json!([])),
            ("symlinks", json!({ "identifiers": [{ "namespace": 1 }] })),
            ("lifecycleStateChange", json!({ "lifecycleStateChange": "EXPLODE" })),
            ("dataSource", json!(5)),
            ("documentation", json!({ "description": [] })),
        ];
        for (index, (facet, value)) in broken.into_iter().enumerate() {
            let (job, output) = (format!("facets{index}"), format!("raw.out{index}"));
            let text = event("2026-11-03T05:00:00Z", &job, &["raw.in"], &output, &[("raw.in", "a", "b")]);
            let mut text: Value = serde_json::from_str(&text).expect("JSON");
            text["outputs"][0]["facets"]["schema"] = json!({ "fields": [{ "name": "b", "type": "int" }] });
            text["outputs"][0]["facets"][facet] = value;
            let advice = lineage::ingest(&world.ctx, &Actor::System("test"), &text.to_string()).await;
            let advice = advice.expect("the event is taken").join("\n");
            assert!(advice.contains(&format!("outputs[0].facets.{facet}")), "{facet}: {advice}");
            let edge = format!("SELECT COUNT(*) FROM lineage_edge WHERE job = 'test/{job}'");
            assert_eq!(world.number(&edge).await, 1, "{facet}: the edge");
            let columns = world.number(&format!("{edge} AND columns LIKE '%\"a\",\"b\"%'")).await;
            assert_eq!(columns, i64::from(facet != "columnLineage"), "{facet}: its columns");
            let snapshot = world.ctx.snapshot().await.expect("the catalog loads");
            let asset = snapshot.asset_at("lakehouse", &output).expect("it is known");
            assert_eq!(asset.columns.len(), usize::from(facet != "schema"), "{facet}: the schema");
        }
    }
}
