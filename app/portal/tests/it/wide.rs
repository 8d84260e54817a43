//! Tables of very many columns.

use lakeport_model::catalog::MOST_COLUMNS;
use lakeport_portal::catalog::ImportError;
use lakeport_portal::{Actor, catalog, lineage};
use serde_json::{Value, json};

use crate::lake::frame;
use crate::world::{call, file, on_both};

/// An event about `raw.wide` with so many columns.
fn event(columns: usize, time: &str) -> Value {
    let fields: Vec<Value> = (0..columns).map(|number| json!({ "name": format!("c{number}") })).collect();
    json!({
        "eventTime": time, "eventType": "COMPLETE", "producer": "p", "schemaURL": "s",
        "run": { "runId": "445e09ff-b56b-5c27-8ef4-cad8a9b13221" },
        "job": { "namespace": "t", "name": "widens" },
        "inputs": [{ "namespace": "lakehouse", "name": "gold.sales_daily" }],
        "outputs": [{ "namespace": "lakehouse", "name": "raw.wide", "facets": { "schema": { "fields": fields } } }],
    })
}

on_both! { demo =>
    async fn a_file_of_20000_columns_is_refused_with_its_place(world) {
        let lines = |rest: &str| {
            let line = |number: u32| format!("  - {{name: c{number}{rest}}}\n");
            (0..20_000).map(line).collect::<Vec<_>>().concat()
        };
        let columns = lines(", type: long");
        let assets = format!(
            "apiVersion: lakeport/v1\nkind: Assets\ndomain: controlling\nnamespace: lakehouse\nassets:\n\
             - id: gold.wide\n  kind: table\n  description: Wide\n  columns:\n{columns}"
        );
        let properties = lines("");
        let contract = format!(
            "apiVersion: v3.2.0\nkind: DataContract\nid: wide\nversion: 1.0.0\nstatus: active\n\
             domain: controlling\nschema:\n- name: gold.wide\n  properties:\n{properties}"
        );
        let told = "There are 20000 columns; at most 5000 are taken for a table. Leave out those that nobody reads.";
        for (path, text, place) in [
            ("wide.yaml", assets, "wide.yaml:9:3: assets[0].columns: "),
            ("wide.odcs.yaml", contract, "wide.odcs.yaml:9:3: schema[0].properties: "),
        ] {
            let refused = catalog::import(&world.ctx, &Actor::System("test"), vec![file(path, &text)], false).await;
            match refused {
                Err(ImportError::Files(errors)) => {
                    let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
                    assert_eq!(errors, [format!("{place}{told}")]);
                }
                other => panic!("{other:?}"),
            }
        }
    }

    async fn an_event_of_20000_columns_costs_its_schema_and_nothing_else(world) {
        let columns = async || {
            let snapshot = world.ctx.snapshot().await.expect("the catalog loads");
            snapshot.asset_at("lakehouse", "raw.wide").expect("it is known").columns.len()
        };
        let wide = event(20_000, "2026-11-03T05:00:00Z").to_string();
        let advice = lineage::ingest(&world.ctx, &Actor::System("test"), &wide).await.expect("it is taken");
        let told = "outputs[0].facets.schema.fields: There are 20000 columns; at most 5000 are taken for a table.";
        assert!(advice.iter().any(|line| line.starts_with(told)), "{advice:?}");
        assert_eq!(columns().await, 0);
        assert_eq!(world.number("SELECT COUNT(*) FROM lineage_edge WHERE job = 't/widens'").await, 1);
        let report = world.import(vec![file("l.jsonl", &event(20_000, "2026-11-04T05:00:00Z").to_string())]).await;
        assert!(report.warnings.iter().any(|line| line.contains(told)), "{:?}", report.warnings);
        let most = event(MOST_COLUMNS, "2026-11-05T05:00:00Z").to_string();
        let advice = lineage::ingest(&world.ctx, &Actor::System("test"), &most).await.expect("it is taken");
        assert!(advice.iter().all(|line| !line.contains("columns")), "{advice:?}");
        assert_eq!(columns().await, MOST_COLUMNS, "all of them are kept");
    }

    async fn a_preview_never_shows_more_than_200_columns_and_every_one_can_be_seen(world) {
        let names: Vec<String> = (0..450).map(|number| format!("c{number}")).collect();
        let columns: Vec<(&str, &[&str])> = names.iter().map(|name| (name.as_str(), &["1"][..])).collect();
        world.lake.held().frame = Some(frame(&columns));
        let aylin = world.viewer("aylin.demir").await;
        for (place, first, count) in [(0, "c0", 200), (199, "c0", 200), (200, "c200", 200), (449, "c400", 50), (9_999, "c400", 50)] {
            let preview = catalog::preview_at(&call(&world.ctx, &aylin).await, &"gold.collections".into(), place).await;
            let preview = preview.expect("she reads it");
            assert_eq!((preview.all_columns, preview.columns.len(), preview.rows[0].len()), (450, count, count));
            assert_eq!(preview.columns[0].0, first, "at {place}");
        }
    }
}
