//! Files become the catalog, and the catalog becomes files.

use std::path::Path;

use lakeport_model::ContractId;
use lakeport_portal::catalog::{self, ImportError, SourceFile};
use lakeport_portal::{Actor, contracts, lineage};

use crate::world::{Engine, World, file, mesh, on_both};

impl World {
    async fn problems(&self, files: Vec<SourceFile>) -> String {
        match catalog::import(&self.ctx, &Actor::System("test"), files, false).await {
            Err(ImportError::Files(errors)) => {
                errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
            }
            other => panic!("problems of files were expected, not {other:?}"),
        }
    }

    async fn export(&self) -> Vec<SourceFile> {
        catalog::export(&self.ctx).await.expect("the catalog can be exported")
    }

    async fn traces(&self) -> i64 {
        self.number("SELECT (SELECT COUNT(*) FROM audit) + (SELECT COUNT(*) FROM change) + (SELECT COUNT(*) FROM asset)")
            .await
    }
}

fn assets(list: &str) -> SourceFile {
    file(
        "assets.yaml",
        &format!(
            "apiVersion: lakeport/v1\nkind: Assets\ndomain: finance\nnamespace: lakehouse\nassets:\n{list}"
        ),
    )
}

on_both! { empty =>
    async fn a_second_import_changes_nothing(world) {
        let dry = catalog::import(&world.ctx, &Actor::System("test"), mesh(), true)
            .await
            .expect("the files are good");
        assert!(dry.created.len() > 100 && dry.changed.is_empty());
        assert_eq!(world.traces().await, 0, "a dry run writes nothing");
        let first = world.import(mesh()).await;
        assert_eq!(first, dry, "the plan is what is done");
        assert!(first.warnings.is_empty(), "{:?}", first.warnings);
        let traces = world.traces().await;
        let second = world.import(mesh()).await;
        assert_eq!((second.created, second.changed), (Vec::new(), Vec::new()));
        assert_eq!(second.unchanged, first.created.len());
        assert_eq!(world.traces().await, traces);
        assert_eq!(world.number("SELECT COUNT(*) FROM audit WHERE action = 'catalog.import'").await, 1);
    }

    async fn only_what_changed_is_named(world) {
        world.import(mesh()).await;
        let mut people =
            mesh().into_iter().find(|file| file.path == "people.yaml").expect("there are people");
        people.text = people.text.replace("Head of Purchase", "Chief buyer");
        let report = world.import(vec![people]).await;
        assert_eq!(report.changed, [("person".to_owned(), "erik.sander@nordkauf.example".to_owned())]);
        assert!(report.created.is_empty());
        assert!(report.to_string().starts_with("~ person erik.sander@nordkauf.example\n0 new, 1 changed"));
    }

    async fn every_problem_is_named_and_nothing_is_written(world) {
        let problems = world
            .problems(vec![
                assets("- {id: gold.good, kind: table, description: Good}\n"),
                file(
                    "domains/x.yaml",
                    "apiVersion: lakeport/v1\nkind: Domain\nid: X\nname: X\ndescription: None\nroll: 1\n",
                ),
                file("broken.yaml", "apiVersion: lakeport/v1\nkind: [\n"),
                file("dashboards/d.md", "---\ntitle: D\n---\n\n```sql q\nSELECT\n```\n"),
                file("lineage/l.jsonl", "{\"eventTime\": 1}\n"),
            ])
            .await;
        for start in [
            "domains/x.yaml:3:1: id:",
            "domains/x.yaml:6:1: roll:",
            "broken.yaml:",
            "dashboards/d.md:",
            "lineage/l.jsonl:1:",
        ] {
            assert!(problems.lines().any(|line| line.starts_with(start)), "{start} in\n{problems}");
        }
        assert_eq!(world.traces().await, 0);
    }

    async fn what_stands_twice_is_refused(world) {
        let person = "apiVersion: lakeport/v1\nkind: People\npeople:\n- {email: a@b.example, name: A}\n";
        let twin = assets("- {id: gold.a, kind: table, description: A}\n");
        let mut other = twin.clone();
        other.path = String::from("more.yaml");
        let problems =
            world.problems(vec![file("p.yaml", person), file("q.yaml", person), twin, other]).await;
        assert!(problems.contains("q.yaml") && problems.contains("person a@b.example"), "{problems}");
        assert!(problems.contains("more.yaml") && problems.contains("asset gold.a"), "{problems}");
        let same_address = assets(
            "- {id: gold.a, name: x, kind: table, description: A}\n- {id: gold.b, name: x, kind: table, description: B}\n",
        );
        let problems = world.problems(vec![same_address]).await;
        assert!(problems.contains("lakehouse x"), "{problems}");
        assert_eq!(world.traces().await, 0);
    }

    async fn an_address_that_is_taken_is_refused(world) {
        world.import(vec![assets("- {id: gold.a, name: x, kind: table, description: A}\n")]).await;
        let again = assets("- {id: gold.b, name: x, kind: table, description: B}\n");
        let refused = catalog::import(&world.ctx, &Actor::System("test"), vec![again], false).await;
        assert!(refused.expect_err("the address is taken").to_string().contains("gold.b"));
    }

    async fn an_export_imports_into_the_same(world) {
        world.import(mesh()).await;
        let before = world.export().await;
        // Something that came later than the files.
        let event = before.iter().find(|file| file.path == "lineage/events.jsonl").expect("there is lineage");
        let late = event.text.lines().next().expect("there is an event").replace("2026-", "2025-");
        world.travel(3);
        lineage::ingest(&world.ctx, &Actor::System("test"), &late).await.expect("it is an event");
        let export = world.export().await;
        assert_ne!(export, before);
        let engine = match world.ctx.db {
            lakeport_portal::Db::Sqlite(_) => Engine::Sqlite,
            lakeport_portal::Db::Postgres(_) => Engine::Postgres,
        };
        let other = World::empty(engine).await.expect("the same kind of database");
        let report = other.import(export.clone()).await;
        assert!(report.warnings.is_empty(), "{:?}", report.warnings);
        let again = other.export().await;
        for (one, two) in export.iter().zip(&again) {
            assert!(one == two, "{} and {} differ", one.path, two.path);
        }
        assert_eq!(export.len(), again.len());
        let report = world.import(export).await;
        assert_eq!((report.created, report.changed), (Vec::new(), Vec::new()));
    }

    async fn versions_stand_in_their_own_order(world) {
        let version = |number: &str| {
            file(
                &format!("c-{number}.yaml"),
                &format!(
                    "apiVersion: v3.0.2\nkind: DataContract\nid: c\nversion: {number}\nstatus: active\nname: C {number}\n"
                ),
            )
        };
        world.import(vec![version("1.10.0"), version("2.0.0")]).await;
        world.import(vec![version("1.9.0")]).await;
        world.import(vec![version("2.0.0-rc.1")]).await;
        world.import(mesh()).await;
        let viewer = world.viewer("paula.brandt").await;
        let page = contracts::contract(&world.ctx, &viewer, &ContractId::from("c"), None)
            .await
            .expect("it is there");
        let versions: Vec<_> = page.versions.iter().map(|version| version.version.as_str()).collect();
        assert_eq!(versions, ["2.0.0", "2.0.0-rc.1", "1.10.0", "1.9.0"]);
        assert_eq!((page.shown_version.as_str(), page.summary.name.as_str()), ("2.0.0", "C 2.0.0"));
        let old =
            contracts::contract(&world.ctx, &viewer, &ContractId::from("c"), Some("1.9.0".to_owned())).await;
        assert_eq!(old.expect("old versions stay").shown_version, "1.9.0");
    }

    async fn a_file_takes_over_what_only_lineage_named(world) {
        let event = |input: &str, output: &str| {
            format!(
                r#"{{"eventTime":"2026-11-02T05:40:00Z","eventType":"COMPLETE","producer":"https://x.example","schemaURL":"https://x.example/s","run":{{"runId":"445e09ff-b56b-5c27-8ef4-cad8a9b13221"}},"job":{{"namespace":"n","name":"j"}},"inputs":[{{"namespace":"lakehouse","name":"{input}"}}],"outputs":[{{"namespace":"lakehouse","name":"{output}"}}]}}"#
            )
        };
        world.import(vec![file("p.yaml", "apiVersion: lakeport/v1\nkind: People\npeople:\n- {email: paula.brandt@nordkauf.example, name: P}\n")]).await;
        lineage::ingest(&world.ctx, &Actor::System("test"), &event("raw.a", "gold.b"))
            .await
            .expect("an event");
        let report =
            world.import(vec![assets("- {id: gold.b, kind: table, description: Described by now}\n")]).await;
        assert_eq!(report.created, [("asset".to_owned(), "gold.b".to_owned())]);
        let request = lakeport_model::lineage::GraphRequest {
            focus: "gold.b".to_owned(),
            up: 1,
            down: 1,
            open: Vec::new(),
            column: None,
        };
        let paula = world.viewer("paula.brandt").await;
        let graph = lineage::graph(&world.ctx, &paula, &request).await.expect("it is drawn");
        let names: Vec<_> = graph.nodes.iter().map(|node| node.name.as_str()).collect();
        assert_eq!(names, ["gold.b", "raw.a"], "the edge came along");
        assert_eq!(world.number("SELECT COUNT(*) FROM asset").await, 2);
    }

    async fn the_standards_own_examples_can_be_imported(world) {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
        if !corpus.is_dir() {
            assert!(std::env::var("CI").is_err(), "{} is missing", corpus.display());
            eprintln!("skipped: {} is missing", corpus.display());
            return;
        }
        let names = [
            "odcs/full-example.odcs.yaml",
            "odps/customer-data-product.odps.yaml",
            "odps/simple-data-product.odps.yaml",
        ];
        let files = names
            .map(|name| file(name, &std::fs::read_to_string(corpus.join(name)).expect("the file is there")));
        let report = world.import(files.to_vec()).await;
        assert_eq!(report.created.len(), 3, "{report}");
        let export = world.export().await;
        for file in &files {
            assert!(
                export.iter().any(|exported| exported.text == file.text),
                "{} comes back as it was",
                file.path
            );
        }
        world.ctx.snapshot().await.expect("the catalog can be loaded with them");
    }
}
