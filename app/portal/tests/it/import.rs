//! Files become the catalog, and the catalog becomes files.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lakeport_model::catalog::AssetKind;
use lakeport_portal::catalog::{self, Files, ImportError, ImportReport, SourceFile, Watch};
use lakeport_portal::{Actor, lineage, people};

use crate::corpus::corpus;
use crate::world::{Engine, World, call, file, mesh, on_both};

impl World {
    pub(crate) async fn problems(&self, files: Vec<SourceFile>) -> String {
        match catalog::import(&self.ctx, &Actor::System("test"), files, false).await {
            Err(ImportError::Files(errors)) => {
                errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
            }
            other => panic!("problems of files were expected, not {other:?}"),
        }
    }

    /// Imports a file that is another one when it is read again.
    async fn import_rewritten(
        &self,
        first: SourceFile,
        then: SourceFile,
    ) -> Result<ImportReport, ImportError> {
        let (texts, looks) = ([first.text, then.text], AtomicUsize::new(0));
        let files: Arc<dyn Files> = Arc::new(Rewritten { path: first.path, texts, looks });
        catalog::import_watched(&self.ctx, &Actor::System("test"), &files, false, &Watch::default()).await
    }

    async fn export(&self) -> Vec<SourceFile> {
        catalog::export(&self.ctx).await.expect("the catalog can be exported")
    }

    pub(crate) async fn traces(&self) -> i64 {
        self.number("SELECT (SELECT COUNT(*) FROM audit) + (SELECT COUNT(*) FROM change) + (SELECT COUNT(*) FROM asset)")
            .await
    }
}

/// A folder with one file, which somebody writes anew after it was read once.
struct Rewritten {
    path: String,
    texts: [String; 2],
    looks: AtomicUsize,
}

impl Files for Rewritten {
    fn number(&self) -> usize {
        1
    }

    fn path(&self, _place: usize) -> &str {
        &self.path
    }

    fn text(&self, _place: usize) -> Result<Cow<'_, str>, String> {
        Ok(Cow::Borrowed(&self.texts[self.looks.fetch_add(1, Ordering::Relaxed).min(1)]))
    }
}

pub(crate) fn assets(list: &str) -> SourceFile {
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

    async fn the_audit_never_leaves_open_what_an_import_changed(world) {
        let recorded = "SELECT detail FROM audit WHERE action = 'catalog.import' ORDER BY number DESC LIMIT 1";
        let report = world.import(mesh()).await;
        let detail = world.text(recorded).await;
        assert!(detail.contains(&format!("\"{} more\"", report.created.len() - 20)), "the first of many: {detail}");
        let of_table = |description: &str| {
            let line = format!("- {{id: x.told, kind: table, description: {description}}}\n");
            vec![assets(&line)]
        };
        world.import(of_table("New")).await;
        assert_eq!(world.text(recorded).await, r#"{"changed":[],"created":["asset x.told"]}"#);
        world.import(of_table("Other")).await;
        assert_eq!(world.text(recorded).await, r#"{"changed":["asset x.told"],"created":[]}"#);
    }

    async fn a_kind_that_files_may_name_is_never_unknown_to_the_catalog(world) {
        let line = |kind: &AssetKind| format!("- {{id: x.{kind}, kind: {kind}, description: One of them}}\n");
        world.import(vec![assets(&AssetKind::ALL.iter().map(line).collect::<String>())]).await;
        let snapshot = world.ctx.snapshot().await.expect("it is read");
        for kind in AssetKind::ALL {
            assert_eq!(snapshot.assets[&format!("x.{kind}")].kind, *kind);
        }
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

    async fn a_name_that_reads_as_another_never_enters_the_catalog(world) {
        let head = "apiVersion: lakeport/v1\nkind: ";
        let event = "{\"eventTime\":\"2026-01-01T00:00:00Z\",\"job\":{\"namespace\":\"n\",\"name\":\"j\\u200b\"}}\n";
        let contract = "apiVersion: v3.2.0\nkind: DataContract\nid: c\nname: \"Pay\\u200Dments\"\nversion: 1.0.0\nstatus: active\n";
        let product = "apiVersion: v1.1.0\nkind: DataProduct\nid: p\nname: \"\\uFEFFSales\"\nstatus: active\n";
        let cases = [
            ("people.yaml", format!("{head}People\npeople:\n- email: a.b@nordkauf.example\n  name: \"Ann\\u200Ba\"\n"),
                ":5:", "people[0].name: This holds U+200B"),
            ("domain.yaml", format!("{head}Domain\nid: x\nname: \"\\u202EFinance\"\ndescription: X\n"),
                ":4:", "name: This holds U+202E"),
            ("assets.yaml",
                format!("{head}Assets\ndomain: x\nnamespace: n\nassets:\n- id: gold.a\n  kind: table\n  description: A\n  \
                         columns:\n  - {{name: \"reve\\u00ADnue\", type: long}}\n"),
                ":10:", "assets[0].columns[0].name: This holds U+00AD"),
            ("contract.yaml", contract.to_owned(), ":4:", "name: This holds U+200D"),
            ("product.yaml", product.to_owned(), ":4:", "name: This holds U+FEFF"),
            ("sales.md", "---\ntitle: \"Sa\\u2060les\"\nowner: controlling\n---\n# Sales\n".to_owned(),
                ":2:", "title: This holds U+2060"),
            ("events.jsonl", event.to_owned(), ":1:", "job.name: This holds U+200B"),
        ];
        for (name, text, place, sentence) in cases {
            let problems = world.problems(vec![file(name, &text)]).await;
            let told = problems.lines().find(|line| line.contains(sentence));
            let told = told.unwrap_or_else(|| panic!("{sentence} in\n{problems}"));
            assert!(told.starts_with(&format!("{name}{place}")), "{told}");
            assert!(told.ends_with("type it again rather than paste it."), "{told}");
        }
        assert_eq!(world.traces().await, 0);
    }

    async fn a_blank_never_makes_a_second_name_of_one(world) {
        let domain = "apiVersion: lakeport/v1\nkind: Domain\nid: x\nname: \"Finance\\u00A0\"\ndescription: X\n";
        let list = "- {id: gold.a, kind: table, description: A, location: 'gold/a ', name: ' gold.a'}\n\
                    - {id: gold.b, kind: table, description: B, namespace: 'lakehouse '}\n\
                    - {id: gold.c, kind: table, description: C, columns: [{name: ' amount', type: long}]}\n";
        let problems = world.problems(vec![file("domain.yaml", domain), assets(list)]).await;
        let fields = ["domain.yaml:4:7: name:", "assets[0].location:", "assets[0].name:", "assets[1].namespace:"];
        for field in fields {
            let told = problems.lines().find(|line| line.contains(field));
            let told = told.unwrap_or_else(|| panic!("{field} in\n{problems}"));
            assert!(told.ends_with("This begins or ends with a blank; take it off."), "{told}");
        }
        assert_eq!(problems.lines().count(), fields.len(), "a column is called as in its table: {problems}");
        let hidden = world.problems(vec![assets("- {id: gold.a, kind: table, description: A, location: \"gold/\\u200Ba\"}\n")]).await;
        assert!(hidden.contains("assets[0].location: This holds U+200B"), "{hidden}");
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
            lakeport_portal::Db::Sqlite(..) => Engine::Sqlite,
            lakeport_portal::Db::Postgres(..) => Engine::Postgres,
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

    async fn a_file_that_was_not_checked_is_never_written(world) {
        let event = |output: &str| {
            file("lineage/l.jsonl", &format!(
                r#"{{"eventTime":"2026-11-02T05:40:00Z","eventType":"COMPLETE","producer":"https://x.example","schemaURL":"https://x.example/s","run":{{"runId":"445e09ff-b56b-5c27-8ef4-cad8a9b13221"}},"job":{{"namespace":"n","name":"j"}},"outputs":[{{"namespace":"lakehouse","name":"{output}"}}]}}"#
            ))
        };
        let described = |words: &str| assets(&format!("- {{id: gold.b, kind: table, description: {words}}}\n"));
        world.import(vec![described("First")]).await;
        world.execute("UPDATE asset SET description = 'Elsewhere' WHERE id = 'gold.b'").await.expect("it runs");
        let traces = world.traces().await;
        for (first, then) in [(event("gold.c"), event("gold.d")), (described("First"), described("Unseen"))] {
            let done = world.import_rewritten(first, then).await;
            let refused = done.expect_err("it is another file").to_string();
            assert!(refused.contains("This file changed while it was imported; run the import again."), "{refused}");
            assert_eq!(world.traces().await, traces);
        }
        // As long as it stays the same, it is read a second time and written.
        let done = world.import_rewritten(described("First"), described("First")).await;
        let report = done.expect("it is the same file");
        assert_eq!(report.changed, [("asset".to_owned(), "gold.b".to_owned())]);
    }

    async fn domains_never_stand_in_a_circle(world) {
        let domain = |id: &str, parent: &str| {
            let text = format!("apiVersion: lakeport/v1\nkind: Domain\nid: {id}\nname: {id}\ndescription: D\n{parent}");
            file(&format!("{id}.yaml"), &text)
        };
        world.import(vec![domain("a", ""), domain("b", "parent: a\n"), domain("c", "parent: b\n")]).await;
        let test = Actor::System("test");
        let circle = vec![domain("a", "parent: c\n")];
        let refused = catalog::import(&world.ctx, &test, circle, false).await.expect_err("nobody is above").to_string();
        let expected = "Domains stand in a circle: a below c below b below a. Give one of them another \"parent\", or none.";
        assert_eq!(refused, expected);
        world.import(vec![domain("a", "parent: c\n"), domain("c", "")]).await;
    }

    async fn an_import_never_reads_the_catalog_that_its_files_do_not_name(world) {
        world.import(mesh()).await;
        let process = world.replica(world.clock.clone(), crate::world::settings()).await;
        let newest = "SELECT MAX(number) FROM change WHERE area = 'catalog'";
        let before = world.number(newest).await;
        // What cannot be read is no part of it either.
        world.execute("UPDATE asset SET columns = 'broken' WHERE id = 'gold.sales_daily'").await.expect("it runs");
        let people = "apiVersion: lakeport/v1\nkind: People\npeople:\n- {email: new.one@nordkauf.example, name: New One}\n";
        let files = vec![file("more.yaml", people)];
        catalog::import(&process, &Actor::System("test"), files, false).await.expect("the file is good");
        assert!(world.number(newest).await > before, "it was noted");
        assert!(process.snapshots.newest().is_none(), "a process that begins still knows nothing");
    }

    async fn a_removal_is_never_forgotten_without_a_record(world) {
        world.import(mesh()).await;
        let finance = |members: &str| {
            file("finance.yaml", &format!(
                "apiVersion: lakeport/v1\nkind: Domain\nid: finance\nname: Finance\nparent: group\ndescription: Plans\nmembers: [{members}]\n"
            ))
        };
        let owner = "{email: maria.keller@nordkauf.example, role: owner}";
        let both = format!("{owner}, {{email: clara.neumann@nordkauf.example, role: member}}");
        world.import(vec![finance(&both)]).await;
        let (maria, clara) = (world.viewer("maria.keller").await, world.viewer("clara.neumann").await);
        people::remove_member(&call(&world.ctx, &maria).await, &"finance".into(), clara.id).await.expect("she may");
        let removals = "SELECT COUNT(*) FROM member_removed";
        let records = "SELECT COUNT(*) FROM audit WHERE action = 'catalog.import'";
        let before = world.number(records).await;
        assert_eq!(world.number(removals).await, 1);
        // The file names her no more: from now on it may name her again.
        let report = world.import(vec![finance(owner)]).await;
        assert_eq!(report.changed, [("domain".to_owned(), "finance".to_owned())]);
        assert_eq!((world.number(removals).await, world.number(records).await), (0, before + 1));
        let again = world.import(vec![finance(owner)]).await;
        assert_eq!((again.changed, world.number(records).await), (Vec::new(), before + 1));
    }

    async fn an_asset_that_moved_keeps_its_edges_once(world) {
        let event = |namespace: &str| {
            format!(
                r#"{{"eventTime":"2026-11-02T05:40:00Z","eventType":"COMPLETE","producer":"https://x.example","schemaURL":"https://x.example/s","run":{{"runId":"445e09ff-b56b-5c27-8ef4-cad8a9b13221"}},"job":{{"namespace":"n","name":"j"}},"inputs":[{{"namespace":"lakehouse","name":"raw.a"}},{{"namespace":"lakehouse","name":"gold.b"}}],"outputs":[{{"namespace":"{namespace}","name":"gold.b"}}]}}"#
            )
        };
        world.import(vec![assets("- {id: gold.b, kind: table, description: B}\n")]).await;
        for namespace in ["lakehouse", "elsewhere"] {
            lineage::ingest(&world.ctx, &Actor::System("test"), &event(namespace)).await.expect("an event");
        }
        let moved = assets("- {id: gold.b, namespace: elsewhere, kind: table, description: B}\n");
        world.import(vec![moved]).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM lineage_edge WHERE target = 'gold.b'").await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM lineage_edge WHERE source = target").await, 0);
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
            chosen: None,
        };
        let paula = world.viewer("paula.brandt").await;
        let graph = lineage::graph(&call(&world.ctx, &paula).await, &request).await.expect("it is drawn");
        let names: Vec<_> = graph.nodes.iter().map(|node| node.name.as_str()).collect();
        assert_eq!(names, ["gold.b", "raw.a"], "the edge came along");
        assert_eq!(world.number("SELECT COUNT(*) FROM asset").await, 2);
    }

    async fn only_the_domain_of_an_asset_offers_it(world) {
        world.import(mesh()).await;
        let mut product = mesh()
            .into_iter()
            .find(|file| file.path == "products/sales-daily.odps.yaml")
            .expect("the product is there");
        product.text = product.text.replace("gold.sales_daily", "silver.dim_customer");
        let refused = catalog::import(&world.ctx, &Actor::System("test"), vec![product], false).await;
        let message = refused.expect_err("it is not theirs").to_string();
        assert!(message.contains("silver.dim_customer") && message.contains("Only that domain"), "{message}");
    }

    async fn ports_of_one_name_are_told_apart(world) {
        world.import(mesh()).await;
        let port = |name: &str, version: &str| format!("- {{name: {name}, version: {version}}}\n");
        let ports: String = [("Sales A", "1.0.0"), ("Sales A", "2.0.0"), ("sales-a", "2.0.0")]
            .map(|(name, version)| port(name, version))
            .concat();
        let text = format!(
            "apiVersion: v1.1.0\nkind: DataProduct\nid: p\nname: P\nstatus: active\ndomain: finance\noutputPorts:\n{ports}"
        );
        world.import(vec![file("p.yaml", &text)]).await;
        let paula = world.viewer("paula.brandt").await;
        let page = catalog::product(&call(&world.ctx, &paula).await, &"p".into()).await.expect("it is there");
        let ids: Vec<_> = page.output_ports.iter().map(|port| port.id.as_str()).collect();
        assert_eq!(ids, ["p/sales-a", "p/sales-a-2.0.0", "p/sales-a-2.0.0-2"]);
    }

    async fn what_the_configuration_and_the_sign_in_say_stays(world) {
        world.import(mesh()).await;
        let mut settings = crate::world::settings();
        settings.administrators = vec!["Erik.Sander@nordkauf.example".to_owned()];
        let ctx = world.replica(world.ctx.clock.clone(), settings).await;
        world.execute("UPDATE person SET issuer = 'i', subject = 's', name = 'E. Sander', administrator = TRUE WHERE email = 'erik.sander@nordkauf.example'").await.expect("he signs in");
        let again = catalog::import(&ctx, &Actor::System("test"), mesh(), false).await.expect("the files are good");
        assert_eq!((again.created, again.changed), (Vec::new(), Vec::new()));
    }

    async fn the_standards_own_examples_can_be_imported(world) {
        let Some(corpus) = corpus() else { return };
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
