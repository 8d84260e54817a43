//! Marks that nobody sees, in what files and events say.

use lakeport_frame::ColumnInfo;
use lakeport_portal::{Actor, catalog, lineage};
use serde_json::{Value, json};

use crate::import::assets;
use crate::lake::frame;
use crate::lineage::event;
use crate::world::{call, file, on_both};

const PRODUCT: &str = "\
apiVersion: v1.1.0
kind: DataProduct
id: cases
status: active
domain: finance
description: {purpose: PURPOSE, limitations: LIMITATIONS, usage: USAGE}
outputPorts:
- {name: cases, version: 1.0.0, description: PORT}
customProperties:
- {property: note, value: [PROPERTY]}
support:
- {channel: CHANNEL, url: 'https://x.example/URL'}
team: {name: TEAM}
";

const CONTRACT: &str = "\
apiVersion: v3.2.0
kind: DataContract
id: cases
version: 1.0.0
status: active
description: {purpose: PURPOSE}
schema:
- name: cases
  description: OBJECT
  quality:
  - {type: text, description: RULE}
  properties:
  - {name: a, logicalType: string, physicalType: TYPE, description: COLUMN}
team: {name: TEAM}
";

const ASSETS: &str = "\
- id: gold.a
  kind: table
  description: ASSET
  platform: PLATFORM
  columns:
  - {name: a, type: TYPE, description: COLUMN}
";

const DASHBOARD: &str =
    "---\ntitle: Sales\nowner: controlling\ndescription: WORDS\n---\n# Sales\n\nSee BODY.\n";

/// Words of a file, each with the field that it is the text of.
type Places<'t> = &'t [(&'t str, &'t str)];

on_both! { empty =>
    async fn what_nobody_sees_never_comes_in_by_a_text_of_a_file(world) {
        let domain = "apiVersion: lakeport/v1\nkind: Domain\nid: x\nname: X\ndescription: DOMAIN\n";
        let people = "apiVersion: lakeport/v1\nkind: People\npeople:\n- email: a.b@nordkauf.example\n  name: A\n  title: TITLE\n";
        let listed = assets(ASSETS).text;
        let cases: [(&str, &str, Places); 5] = [
            ("product.yaml", PRODUCT, &[
                ("PURPOSE", "description.purpose"),
                ("LIMITATIONS", "description.limitations"),
                ("USAGE", "description.usage"),
                ("PORT", "outputPorts[0].description"),
                ("PROPERTY", "customProperties[0].value[0]"),
                ("CHANNEL", "support[0].channel"),
                ("URL", "support[0].url"),
                ("TEAM", "team.name"),
            ]),
            ("contract.yaml", CONTRACT, &[
                ("PURPOSE", "description.purpose"),
                ("OBJECT", "schema[0].description"),
                ("RULE", "schema[0].quality[0].description"),
                ("TYPE", "schema[0].properties[0].physicalType"),
                ("COLUMN", "schema[0].properties[0].description"),
                ("TEAM", "team.name"),
            ]),
            ("assets.yaml", &listed, &[
                ("ASSET", "assets[0].description"),
                ("PLATFORM", "assets[0].platform"),
                ("TYPE", "assets[0].columns[0].type"),
                ("COLUMN", "assets[0].columns[0].description"),
            ]),
            ("domain.yaml", domain, &[("DOMAIN", "description")]),
            ("people.yaml", people, &[("TITLE", "people[0].title")]),
        ];
        for (name, text, places) in cases {
            for (word, field) in places {
                for (mark, code) in [("\u{202e}", "U+202E"), ("\u{200b}", "U+200B"), ("\u{ad}", "U+00AD")] {
                    let problems = world.problems(vec![file(name, &text.replace(word, &format!("a{mark}b")))]).await;
                    let told = problems.lines().find(|line| line.contains(&format!(": {field}: This holds {code}")));
                    let told = told.unwrap_or_else(|| panic!("{field}, {code} in\n{problems}"));
                    let line = text.lines().position(|line| line.contains(word)).expect("it is there") + 1;
                    assert!(told.starts_with(&format!("{name}:{line}:")), "{told}");
                }
            }
        }
        for word in ["WORDS", "BODY"] {
            let problems = world.problems(vec![file("sales.md", &DASHBOARD.replace(word, "a\u{202e}b"))]).await;
            let line = DASHBOARD.lines().position(|line| line.contains(word)).expect("it is there") + 1;
            assert!(problems.starts_with(&format!("sales.md:{line}:")), "{problems}");
        }
        let escaped = DASHBOARD.replace("WORDS", "\"a\\u202Eb\"");
        let problems = world.problems(vec![file("sales.md", &escaped)]).await;
        assert!(problems.contains("description: This holds U+202E"), "{problems}");
        assert_eq!(world.traces().await, 0);
    }

    async fn what_people_write_in_any_script_is_never_refused_in_a_file(world) {
        for words in
            ["שלום עולם", "می\u{200c}خواهم", "👩\u{200d}🔬 and ❤\u{fe0f}", "葛\u{e0100}城", "e\u{301}te\u{301}", "नमस्ते"]
        {
            let text = ASSETS.replace("ASSET", words);
            world.import(vec![assets(&text)]).await;
            let snapshot = world.ctx.snapshot().await.expect("it is read");
            assert_eq!(snapshot.assets["gold.a"].description, words);
        }
        world.import(vec![file("foreign.yaml", "title: \"a\\u202Eb\"\n")]).await;
    }

    async fn what_was_held_before_never_keeps_the_catalog_from_being_shown(world) {
        let domain = "apiVersion: lakeport/v1\nkind: Domain\nid: finance\nname: Finance\ndescription: Numbers\n";
        world.import(vec![file("domain.yaml", domain), file("p.yaml", PRODUCT), file("c.yaml", CONTRACT)]).await;
        world.import(vec![file("sales.md", DASHBOARD)]).await;
        let marked = "UPDATE dashboard SET document = replace(document, 'WORDS', '\"a\\u202Eb\"')";
        assert_eq!(world.execute(marked).await.expect("changed"), 1);
        for table in ["product", "contract_version"] {
            let marked = format!("UPDATE {table} SET document = replace(document, 'PURPOSE', 'a\u{200b}b')");
            assert_eq!(world.execute(&marked).await.expect("changed"), 1);
        }
        world.import(vec![assets(ASSETS)]).await;
        // A process that begins reads all of it, not only what changed.
        let process = world.replica(world.clock.clone(), crate::world::settings()).await;
        let snapshot = process.snapshot().await.expect("it is read");
        assert!(snapshot.products.contains_key("cases"));
        let read = &snapshot.dashboards["sales"].read;
        assert!(read.is_ok(), "{read:?}");
        // What is mended in its file is mended here; words that people accepted, in a version of their own.
        let next = CONTRACT.replace("\nversion: 1.0.0", "\nversion: 1.1.0");
        world.import(vec![file("p.yaml", PRODUCT), file("c.yaml", &next)]).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM product WHERE document LIKE '%PURPOSE%'").await, 1);
    }

    async fn what_nobody_sees_never_comes_in_by_the_words_of_an_event(world) {
        let text = event("2026-11-03T05:00:00Z", "load", &["raw.in"], "raw.out", &[]);
        let mut text: Value = serde_json::from_str(&text).expect("JSON");
        text["outputs"][0]["facets"] = json!({
            "documentation": { "description": "gold\u{202e}terces" },
            "schema": { "fields": [{ "name": "a", "type": "in\u{200b}t", "description": "pay\u{ad}ments" }] },
        });
        let advice = lineage::ingest(&world.ctx, &Actor::System("test"), &text.to_string()).await;
        let advice = advice.expect("it is taken").join("\n");
        for field in ["documentation.description", "schema.fields[0].type", "schema.fields[0].description"] {
            assert!(advice.contains(&format!("outputs[0].facets.{field}: This holds U+")), "{field}: {advice}");
        }
        let snapshot = world.ctx.snapshot().await.expect("it is read");
        let asset = snapshot.asset_at("lakehouse", "raw.out").expect("it is known");
        let column = asset.columns.iter().next().expect("it is described");
        assert_eq!(
            (asset.description.as_str(), column.data_type, column.description),
            ("goldterces", "int", "payments")
        );
    }
}

const TABLE: &str = "silver.dim_customer";

on_both! { demo =>
    async fn a_column_of_a_table_never_reads_as_another(world) {
        let (name, shown) = ("gold\u{202e}terces", "gold\\u{202e}terces");
        world.granted("paula.brandt", "customers/customers", 30, &["david.schmid", "ines.hoffmann"]).await;
        let paula = world.viewer("paula.brandt").await;
        world.lake.held().frame = Some(frame(&[(name, &["1"])]));
        world.lake.held().columns = Some(vec![ColumnInfo {
            name: name.to_owned(),
            data_type: "string".to_owned(),
            nullable: true,
            comment: Some("Two\nlines\u{200b}".to_owned()),
        }]);
        let page = catalog::asset(&call(&world.ctx, &paula).await, &TABLE.into()).await.expect("it opens");
        let column = page.columns.last().expect("one that nobody described");
        assert_eq!((column.name.as_str(), column.description.as_str()), (shown, "Two\nlines\\u{200b}"));
        let preview = catalog::preview(&call(&world.ctx, &paula).await, &TABLE.into()).await.expect("she reads it");
        assert_eq!(preview.columns[0].0, shown);
        let (_, csv) = catalog::preview_csv(&call(&world.ctx, &paula).await, &TABLE.into()).await.expect("she reads it");
        assert_eq!(csv, format!("{shown}\r\n1\r\n"));
    }
}
