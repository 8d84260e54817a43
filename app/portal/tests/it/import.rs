//! Files become the catalog, and the catalog becomes files.

use lakeport_model::ContractId;
use lakeport_model::catalog::AssetKind;
use lakeport_portal::catalog::{self, ImportError, SourceFile};
use lakeport_portal::{Actor, contracts, lineage};

use crate::corpus::corpus;
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

    async fn nobody_gives_a_table_a_second_name_with_other_rules(world) {
        world.import(mesh()).await;
        let before = world.traces().await;
        let peek = |domain: &str, location: &str, classification: &str| {
            file(
                "peek.yaml",
                &format!(
                    "apiVersion: lakeport/v1\nkind: Assets\ndomain: {domain}\nnamespace: lakehouse\nassets:\n\
                     - {{id: gold.peek, kind: table, description: Peek, location: \"{location}\", \
                     classification: {classification}, columns: [{{name: email, type: string}}]}}\n"
                ),
            )
        };
        for (domain, location, classification) in [
            ("controlling", "silver/dim_customer", "public"),
            ("controlling", "silver/dim_customer", "restricted"),
            ("controlling", "./silver//dim_customer/", "public"),
            ("controlling", "/lake/silver/dim_customer", "public"),
            ("controlling", "file:///lake/silver/dim%5Fcustomer/", "public"),
            // Not even its own domain: its members could give to everybody what only its stewards read.
            ("central-data", "silver/dim_customer", "public"),
        ] {
            let files = vec![peek(domain, location, classification)];
            let refused = catalog::import(&world.ctx, &Actor::System("test"), files, false).await;
            let message = refused.expect_err("it is the customers' table").to_string();
            assert!(message.contains("gold.peek") && message.contains("silver.dim_customer"), "{location}: {message}");
        }
        assert_eq!(world.traces().await, before, "nothing was written");
        world.import(vec![peek("controlling", "gold/peek", "public")]).await;
    }

    async fn no_table_lies_above_or_below_another_one(world) {
        world.import(mesh()).await;
        let before = world.traces().await;
        let peek = |location: &str| {
            let list = format!("- {{id: gold.peek, kind: table, description: P, location: \"{location}\"}}\n");
            vec![assets(&list)]
        };
        for location in [
            "silver",
            "./silver/",
            "/lake/silver",
            "file:///lake/%73ilver",
            "/lake",
            "silver/dim_customer/country=DE",
            "silver/dim_customer/_delta_log",
        ] {
            let problems = world.problems(peek(location)).await;
            assert!(problems.starts_with("assets.yaml:6:"), "{location}: {problems}");
            for part in ["assets[0].location", "gold.peek", "lies inside it"] {
                assert!(problems.contains(part), "{location}: {problems}");
            }
        }
        assert_eq!(world.traces().await, before, "nothing was written");
        // A name that goes on is another name.
        world.import(peek("silver/dim_customer_old")).await;
        world.import(peek("gold/peek")).await;
        let inner = assets("- {id: gold.inner, kind: table, description: A, location: gold/peek/inner}\n");
        assert!(world.problems(vec![inner]).await.contains("asset gold.inner (domain \"finance\") lies inside it"));
    }

    async fn a_root_that_is_a_link_never_gives_a_table_a_second_name(world) {
        let disk = tempfile::tempdir().expect("a folder");
        let (lake, alias) = (disk.path().join("lake"), disk.path().join("alias"));
        std::fs::create_dir_all(lake.join("silver/dim_customer")).expect("a table");
        std::os::unix::fs::symlink(&lake, &alias).expect("a link");
        let mut settings = crate::world::settings();
        settings.lake_root = lake.display().to_string();
        settings.storage_roots = vec![alias.display().to_string()];
        let ctx = world.replica(world.ctx.clock.clone(), settings).await;
        let table = |domain: &str, id: &str, location: &str| {
            let mut file = assets(&format!("- {{id: {id}, kind: table, description: A, location: {location}}}\n"));
            file.text = file.text.replace("domain: finance", &format!("domain: {domain}"));
            vec![file]
        };
        // One that is there, and one that is still to be written.
        for name in ["silver/dim_customer", "silver/later"] {
            let (first, second) = (name.replace('/', "."), name.replace('/', ".second."));
            let theirs = table("central", &first, name);
            catalog::import(&ctx, &Actor::System("test"), theirs, false).await.expect("the files are good");
            let again = table("finance", &second, &alias.join(name).display().to_string());
            let refused = catalog::import(&ctx, &Actor::System("test"), again, false).await;
            let message = refused.expect_err("it is their table").to_string();
            assert!(message.contains(&first) && message.contains("name the same place"), "{message}");
        }
        let above = table("finance", "gold.all", &alias.join("silver").display().to_string());
        let refused = catalog::import(&ctx, &Actor::System("test"), above, false).await;
        let message = refused.expect_err("their tables lie there").to_string();
        assert!(message.contains("gold.all") && message.contains("lies inside it"), "{message}");
    }

    async fn no_table_outside_the_configured_roots_enters_the_catalog(world) {
        for location in [
            "/etc",
            "/lakehouse/x",
            "file:///etc",
            "s3://bucket/x",
            "gs://bucket/x",
            "http://169.254.169.254/latest",
            "s3://169.254.169.254/latest/meta-data",
            "../x",
            "gold/%2E%2E/../../x",
            "file:///lake/%2E%2E/x",
        ] {
            let list = format!("- {{id: gold.a, kind: table, description: A}}\n- id: gold.b\n  kind: table\n  \
                                description: B\n  location: {location}\n");
            let problems = world.problems(vec![assets(&list)]).await;
            let start = problems.lines().find(|line| line.contains("assets[1].location")).expect("it is named");
            assert!(start.starts_with("assets.yaml:10:13: assets[1].location:"), "{location}: {problems}");
            assert!(problems.contains("storage_roots"), "{problems}");
        }
        assert_eq!(world.traces().await, 0);
        world.import(vec![assets("- {id: gold.a, kind: table, description: A, location: /lake/gold/a}\n")]).await;
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

    async fn versions_stand_in_their_own_order(world) {
        let version = |number: &str| {
            file(
                &format!("c-{number}.yaml"),
                &format!(
                    "apiVersion: v3.0.2\nkind: DataContract\nid: c\nversion: {number}\nstatus: active\nname: C {number}\ndomain: purchase\n"
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
        let graph = lineage::graph(&world.ctx, &paula, &request).await.expect("it is drawn");
        let names: Vec<_> = graph.nodes.iter().map(|node| node.name.as_str()).collect();
        assert_eq!(names, ["gold.b", "raw.a"], "the edge came along");
        assert_eq!(world.number("SELECT COUNT(*) FROM asset").await, 2);
    }

    async fn a_published_version_keeps_its_promises(world) {
        world.import(mesh()).await;
        let contract = |from: &str, to: &str| {
            let mut file = mesh()
                .into_iter()
                .find(|file| file.path == "contracts/sales-daily.odcs.yaml")
                .expect("the contract is there");
            assert!(file.text.contains(from));
            file.text = file.text.replacen(from, to, 1);
            vec![file]
        };
        let column = "      - name: orders\n        logicalType: integer";
        let broken = contract(column, "      - name: purchases\n        logicalType: integer");
        let refused = catalog::import(&world.ctx, &Actor::System("test"), broken.clone(), false).await;
        let message = refused.expect_err("2.0.0 is needed").to_string();
        assert!(message.contains("Contract sales-daily 1.1.0 is published") && message.contains("orders"), "{message}");
        let worded = world.import(contract("Sales region of the customer", "Region of the customer")).await;
        assert_eq!(worded.changed, [("contract".to_owned(), "sales-daily 1.1.0".to_owned())], "words may be mended");
        let renumbered = |number: &str| {
            let mut file = broken[0].clone();
            file.text = file.text.replacen("version: 1.1.0", &format!("version: {number}"), 1);
            vec![file]
        };
        let refused = catalog::import(&world.ctx, &Actor::System("test"), renumbered("1.2.0"), false).await;
        let message = refused.expect_err("2.0.0 is needed").to_string();
        assert!(
            message.starts_with("contracts/sales-daily.odcs.yaml:5:1: version: This version breaks what version 1.1.0 promises")
                && message.contains("2.0.0 or higher, not 1.2.0. The column \"orders\" was removed."),
            "{message}"
        );
        // The same number written otherwise is no other number.
        let refused = catalog::import(&world.ctx, &Actor::System("test"), renumbered("v1.1.0"), false).await;
        let message = refused.expect_err("2.0.0 is needed").to_string();
        assert!(message.contains("version 1.1.0 does not follow 1.1.0; the next version is 2.0.0"), "{message}");
        world.import(renumbered("2.0.0")).await;
        let mut draft = renumbered("3.0.0");
        draft[0].text = draft[0].text.replacen("status: active", "status: draft", 1);
        world.import(draft).await;
        let paula = world.viewer("paula.brandt").await;
        let page = contracts::contract(&world.ctx, &paula, &ContractId::from("sales-daily"), None).await;
        assert_eq!(page.expect("it is there").summary.version, "2.0.0", "a draft is not in force");
    }

    async fn a_draft_never_hides_a_break(world) {
        world.import(mesh()).await;
        let contract = |name: &str, changes: &[(&str, &str)]| {
            let path = format!("contracts/{name}.odcs.yaml");
            let mut file = mesh().into_iter().find(|file| file.path == path).expect("the contract is there");
            for (from, to) in changes {
                assert!(file.text.contains(from), "{from}");
                file.text = file.text.replacen(from, to, 1);
            }
            vec![file]
        };
        let refused = async |files: Vec<SourceFile>| {
            let done = catalog::import(&world.ctx, &Actor::System("test"), files, false).await;
            done.expect_err("people rely on what it promised").to_string()
        };
        let recorded = async |name: &str| {
            let sql = format!("SELECT COUNT(*) FROM audit WHERE action = 'contract.version' AND subject = 'contract {name}'");
            world.number(&sql).await
        };
        let draft = ("status: active", "status: draft");
        let broken = ("      - name: orders\n", "      - name: purchases\n");
        let next = ("version: 1.1.0", "version: 1.2.0");
        // What was published stays published ..
        let message = refused(contract("sales-daily", &[draft])).await;
        assert!(message.starts_with("Contract sales-daily 1.1.0 is published"), "{message}");
        // .. and what was a draft is compared when it comes into force.
        let report = world.import(contract("sales-daily", &[next, draft, broken])).await;
        assert!(report.warnings.iter().any(|told| told.contains("\"orders\" was removed")), "{report}");
        let message = refused(contract("sales-daily", &[next, broken])).await;
        assert!(
            message.starts_with("contracts/sales-daily.odcs.yaml:5:1: version: This version breaks what version 1.1.0 promises"),
            "{message}"
        );
        assert_eq!(recorded("sales-daily").await, 1, "of the first import");
        world.import(contract("sales-daily", &[next])).await;
        assert_eq!(recorded("sales-daily").await, 2, "it is in force");
        // A contract that was never more than a draft keeps its number when it is published.
        world.import(contract("receivables-ageing", &[("status: draft", "status: active")])).await;
        assert_eq!(recorded("receivables-ageing").await, 2);
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
        let page = catalog::product(&world.ctx, &paula, &"p".into()).await.expect("it is there");
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
