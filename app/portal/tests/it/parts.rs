//! An import looks at what its files name and at what that concerns, and misses nothing of it.

use lakeport_portal::{Actor, catalog};

use crate::world::{World, file, on_both};

const SILENT: &str = "apiVersion: v3.2.0\nkind: DataContract\nid: silent\nversion: 1.0.0\nstatus: active\nschema:\n\
                      - name: cases\n  physicalName: gold.collections\n";

impl World {
    /// What an import of one file is refused for.
    async fn refused(&self, path: &str, text: &str) -> String {
        let ctx = self.replica(self.clock.clone(), crate::world::settings()).await;
        let done = catalog::import(&ctx, &Actor::System("test"), vec![file(path, text)], false).await;
        done.expect_err("it is refused").to_string()
    }
}

/// A table that belongs to another domain from now on.
fn moved(table: &str, domain: &str) -> String {
    format!(
        "apiVersion: lakeport/v1\nkind: Assets\nnamespace: lakehouse\ndomain: {domain}\nassets:\n\
         - {{id: {table}, kind: table, layer: gold, description: Moved, location: {}}}\n",
        table.replace('.', "/")
    )
}

fn quiet(ports: &str) -> String {
    format!(
        "apiVersion: v1.0.0\nkind: DataProduct\nid: quiet\nname: quiet\nversion: 1.0.0\nstatus: active\n\
         domain: controlling\noutputPorts:\n- name: all\n  version: 1.0.0\n{ports}"
    )
}

on_both! { demo =>
    async fn documents_that_an_older_version_wrote_are_never_overlooked(world) {
        for forgotten in [
            "UPDATE product SET is_noted = FALSE",
            "UPDATE contract_version SET is_noted = FALSE",
            "DELETE FROM document_name",
        ] {
            assert!(world.execute(forgotten).await.expect("it runs") > 0, "{forgotten}");
        }
        let told = world.refused("moved.yaml", &moved("gold.collections", "purchase")).await;
        assert!(told.starts_with("Product collections of domain \"controlling\" offers asset gold.collections"), "{told}");
        assert!(world.number("SELECT COUNT(*) FROM document_name").await == 0, "a refused import leaves nothing");
        world.import(vec![file("new.yaml", &moved("gold.other", "purchase"))]).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM product WHERE NOT is_noted").await, 0, "they are noted since");
        let told = world.refused("moved.yaml", &moved("gold.collections", "purchase")).await;
        assert!(told.starts_with("Product collections of domain"), "{told}");
    }

    async fn a_document_that_names_more_than_an_index_takes_is_never_overlooked(world) {
        let long = "x".repeat(1_001);
        let ports = format!("  customProperties:\n  - {{property: asset, value: {long}}}\n\
                             - name: late\n  version: 1.0.0\n  customProperties:\n  - {{property: asset, value: gold.late}}\n");
        world.import(vec![file("quiet.odps.yaml", &quiet(&ports))]).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM product WHERE NOT is_noted").await, 1);
        let told = world.refused("late.yaml", &moved("gold.late", "purchase")).await;
        assert!(told.starts_with("Product quiet of domain \"controlling\" offers asset gold.late"), "{told}");
    }

    async fn what_a_product_named_until_now_is_still_looked_at(world) {
        let named = quiet("  contractId: silent\n");
        world.import(vec![file("silent.odcs.yaml", SILENT), file("quiet.odps.yaml", &named)]).await;
        // With the product that says whose it is, the contract loses its domain, and the table it asks is another's.
        let told = world.refused("quiet.odps.yaml", &quiet("")).await;
        assert!(told.starts_with("Contract silent 1.0.0 of domain \"\" is about \"gold.collections\""), "{told}");
        // A second product that names it makes it nobody's.
        let other = named.replace("id: quiet", "id: loud").replace("domain: controlling", "domain: purchase");
        let told = world.refused("loud.odps.yaml", &other).await;
        assert!(told.contains("silent"), "{told}");
        let long = "x".repeat(1_001);
        let hidden = format!(
            "{other}- name: long\n  version: 1.0.0\n  customProperties:\n  - {{property: asset, value: {long}}}\n"
        );
        let told = world.refused("loud.odps.yaml", &hidden).await;
        assert!(told.contains("silent"), "a name that no index takes hides nothing: {told}");
    }

    async fn an_unreadable_version_is_replaced_and_never_a_fault(world) {
        let broken =
            "UPDATE contract_version SET document = 'kind: [' WHERE contract = 'fact-orders' AND version = '2.0.0'";
        assert_eq!(world.execute(broken).await.expect("it runs"), 1);
        let files: Vec<_> = crate::world::mesh().into_iter().filter(|file| file.text.contains("id: fact-orders")).collect();
        let report = world.import(files).await;
        assert!(report.changed.contains(&("contract".to_owned(), "fact-orders 2.0.0".to_owned())), "{report}");
        assert!(report.warnings.iter().any(|told| told.contains("fact-orders 2.0.0") && told.contains("cannot be read")), "{report}");
        let held = "SELECT COUNT(*) FROM contract_version WHERE document = 'kind: ['";
        assert_eq!(world.number(held).await, 0);
    }
}
