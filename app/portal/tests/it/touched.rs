//! An import of many files: it writes and names what changed and nothing else, and leaves nothing where it fails.

use std::collections::BTreeSet;

use lakeport_portal::catalog::{self, SourceFile};
use lakeport_portal::store::changes::{self, Touched};
use lakeport_portal::{Actor, lineage};

use crate::import::assets;
use crate::world::{World, file, mesh, on_both};

/// More assets than one statement takes, in several files; one of them described otherwise.
fn many(other: Option<usize>) -> Vec<SourceFile> {
    let line = |number: usize| {
        let what = if other == Some(number) { "Another one" } else { "One of many" };
        format!(
            "- {{id: gold.t{number}, kind: table, description: {what}, columns: [{{name: a, type: long}}]}}\n"
        )
    };
    let part = |first: usize| {
        let list: String = (first..first + 601).map(line).collect();
        SourceFile { path: format!("part{first}.yaml"), ..assets(&list) }
    };
    vec![part(0), part(601), part(1_202)]
}

fn asset(id: &str) -> Touched {
    Touched::Asset(id.to_owned())
}

impl World {
    async fn newest(&self) -> i64 {
        self.number("SELECT COALESCE(MAX(number), 0) FROM change").await
    }

    async fn touched_since(&self, number: i64) -> BTreeSet<Touched> {
        let mut tx = self.ctx.db.read().await.expect("the database answers");
        changes::touched_since(&mut tx, number).await.expect("they are told")
    }
}

on_both! { empty =>
    async fn what_an_import_touches_is_exactly_what_changed(world) {
        world.import(mesh()).await;
        let before = world.newest().await;
        let changed: Vec<SourceFile> = mesh()
            .into_iter()
            .map(|mut file| {
                file.text = match file.path.as_str() {
                    "people.yaml" => file.text.replace("Head of Purchase", "Chief buyer"),
                    "products/sales-daily.odps.yaml" => format!("{}\n", file.text),
                    _ => file.text,
                };
                file
            })
            .chain([
                file("new.yaml", "apiVersion: lakeport/v1\nkind: Domain\nid: new\nname: New\ndescription: New\n"),
                assets("- {id: gold.new, kind: table, description: New}\n"),
            ])
            .collect();
        let report = world.import(changed).await;
        assert_eq!((report.created.len(), report.changed.len()), (2, 2), "{report}");
        let erik = world.viewer("erik.sander").await;
        let expected = [
            Touched::Person(erik.id),
            Touched::Product("sales-daily".to_owned()),
            Touched::Domain("new".to_owned()),
            asset("gold.new"),
        ];
        assert_eq!(world.touched_since(before).await, BTreeSet::from(expected));
    }

    async fn more_things_than_can_be_named_never_seem_to_be_fewer(world) {
        let before = world.newest().await;
        let touch = async |from: usize, to: usize| {
            let mut tx = world.ctx.db.write().await.expect("nobody else writes");
            let touched = (from..to).map(|number| asset(&format!("gold.t{number}")));
            changes::touch(&mut tx, touched, world.ctx.now()).await.expect("they are noted");
            tx.commit_unrecorded("a test").await.expect("they are kept");
        };
        touch(0, changes::MOST_TOUCHED).await;
        assert_eq!(world.touched_since(before).await.len(), changes::MOST_TOUCHED);
        touch(changes::MOST_TOUCHED, changes::MOST_TOUCHED + 1).await;
        assert_eq!(world.touched_since(before).await, BTreeSet::from([Touched::Everything]));
    }

    async fn an_import_of_many_assets_writes_only_what_changed(world) {
        let first = world.import(many(None)).await;
        assert_eq!((first.created.len(), first.unchanged), (1_803, 0));
        let traces = world.traces().await;
        let second = world.import(many(None)).await;
        assert_eq!((second.created.len(), second.changed.len(), second.unchanged), (0, 0, 1_803));
        assert_eq!(world.traces().await, traces, "nothing changed");
        let before = world.newest().await;
        world.travel(1);
        let third = world.import(many(Some(1_500))).await;
        assert_eq!(third.changed, [("asset".to_owned(), "gold.t1500".to_owned())]);
        assert_eq!(world.touched_since(before).await, BTreeSet::from([asset("gold.t1500")]));
        let text = "SELECT description FROM asset WHERE id = 'gold.t1500'";
        assert_eq!(world.text(text).await, "Another one");
        let seen = world.number("SELECT COUNT(DISTINCT created_at) FROM asset").await;
        assert_eq!(seen, 1, "it is no new one");
    }

    async fn what_was_changed_elsewhere_is_compared_however_the_files_are(world) {
        world.import(many(None)).await;
        world.execute("UPDATE asset SET description = 'Changed' WHERE id = 'gold.t7'").await.expect("it runs");
        let again = world.import(many(None)).await;
        assert_eq!(again.changed, [("asset".to_owned(), "gold.t7".to_owned())]);
        assert_eq!((again.created.len(), again.unchanged), (0, 1_802));
        let text = "SELECT description FROM asset WHERE id = 'gold.t7'";
        assert_eq!(world.text(text).await, "One of many");
    }

    async fn files_that_are_as_they_were_are_still_looked_at_beside_others(world) {
        let one = |path: &str| SourceFile { path: path.to_owned(), ..assets("- {id: gold.a, kind: table, description: A}\n") };
        for path in ["one.yaml", "other.yaml", "one.yaml"] {
            world.import(vec![one(path)]).await;
        }
        let problems = world.problems(vec![one("one.yaml"), one("other.yaml")]).await;
        assert!(problems.starts_with("other.yaml: asset gold.a stands in one.yaml as well"), "{problems}");
    }

    async fn what_is_worth_a_look_is_told_again_of_files_that_are_as_they_were(world) {
        let event = r#"{"eventTime":"2026-11-02T05:40:00","producer":"https://x.example","schemaURL":"https://x.example/s","run":{"runId":"445e09ff-b56b-5c27-8ef4-cad8a9b13221"},"job":{"namespace":"n","name":"j"},"inputs":[{"namespace":"lakehouse","name":"gold.b"}]}"#;
        let files = || vec![file("events.jsonl", event)];
        let first = world.import(files()).await;
        assert!(first.warnings.iter().any(|told| told.contains("no zone")), "{first}");
        let second = world.import(files()).await;
        assert_eq!((second.created.len(), second.unchanged), (0, 1));
        assert_eq!(second.warnings, first.warnings);
    }

    async fn a_root_that_is_gone_is_noticed_however_the_files_are(world) {
        let mut settings = crate::world::settings();
        settings.storage_roots = vec!["/other".to_owned()];
        let ctx = world.replica(world.ctx.clock.clone(), settings).await;
        let files = || vec![assets("- {id: gold.a, kind: table, description: A, location: /other/a}\n")];
        for _ in 0..2 {
            catalog::import(&ctx, &Actor::System("test"), files(), false).await.expect("it lies below a root");
        }
        let problems = world.problems(files()).await;
        assert!(problems.starts_with("assets.yaml:6:") && problems.contains("outside the lake"), "{problems}");
    }

    async fn what_a_file_takes_over_touches_where_its_data_flows(world) {
        let event = r#"{"eventTime":"2026-11-02T05:40:00Z","eventType":"COMPLETE","producer":"https://x.example","schemaURL":"https://x.example/s","run":{"runId":"445e09ff-b56b-5c27-8ef4-cad8a9b13221"},"job":{"namespace":"n","name":"j"},"inputs":[{"namespace":"lakehouse","name":"gold.b"}],"outputs":[{"namespace":"lakehouse","name":"gold.c"}]}"#;
        lineage::ingest(&world.ctx, &Actor::System("test"), event).await.expect("an event");
        let id = |name: &str| format!("SELECT id FROM asset WHERE name = '{name}'");
        let (taken, target) = (world.text(&id("gold.b")).await, world.text(&id("gold.c")).await);
        let before = world.newest().await;
        world.import(vec![assets("- {id: gold.described, name: gold.b, kind: table, description: B}\n")]).await;
        let expected = BTreeSet::from([asset("gold.described"), asset(&taken), asset(&target)]);
        assert_eq!(world.touched_since(before).await, expected);
    }

    async fn a_mistake_in_the_last_file_leaves_nothing(world) {
        let mut files = mesh();
        files.push(file("zz/last.yaml", "apiVersion: lakeport/v1\nkind: Assets\nassets:\n- {id: 1}\n"));
        let problems = world.problems(files).await;
        assert!(problems.lines().all(|line| line.starts_with("zz/last.yaml:4:")), "{problems}");
        assert_eq!(world.traces().await, 0);
        // What only shows when everything is written leaves as little.
        let mut files = mesh();
        let product = "apiVersion: v1.1.0\nkind: DataProduct\nid: zz\nstatus: active\ndomain: finance\noutputPorts:\n- name: a\n  \
                       customProperties:\n  - {property: lakeport.asset, value: silver.dim_customer}\n";
        files.push(file("zz/last.odps.yaml", product));
        let refused = catalog::import(&world.ctx, &Actor::System("test"), files, false).await;
        let told = refused.expect_err("it is another domain's").to_string();
        assert!(told.starts_with("Product zz of domain \"finance\" offers asset silver.dim_customer"), "{told}");
        assert_eq!(world.traces().await, 0);
        assert_eq!(world.number("SELECT COUNT(*) FROM person").await, 0);
    }
}
