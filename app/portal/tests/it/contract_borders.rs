//! A contract keeps to the data and the people of its domain.

use lakeport_model::ContractId;
use lakeport_model::contracts::CheckState;
use lakeport_portal::{Actor, ErrorKind, access, catalog, contracts};

use crate::world::{call, file, on_both, refusal};

/// A contract that asks a table of the central data team about the people in it.
fn peek(domain: &str) -> String {
    format!(
        "apiVersion: v3.2.0\nkind: DataContract\nid: peek\nversion: 1.0.0\nstatus: active\n{domain}schema:\n- name: x\n  \
         physicalName: silver.dim_customer\n  quality:\n  - type: sql\n    query: SELECT max(length(email)) FROM \
         ${{table}}\n    mustBe: -1\n"
    )
}

on_both! { demo =>
    async fn a_contract_never_asks_a_table_of_another_domain(world) {
        for domain in ["", "domain: purchase\n"] {
            let files = vec![file("peek.odcs.yaml", &peek(domain))];
            let refused = catalog::import(&world.ctx, &Actor::System("test"), files, false).await;
            let told = refused.expect_err("it is another domain's table").to_string();
            let line = if domain.is_empty() { 8 } else { 9 };
            assert!(
                told.starts_with(&format!("peek.odcs.yaml:{line}:3: schema[0].physicalName: \"silver.dim_customer\"")),
                "{told}"
            );
        }
        // The table went to another domain behind the portal's back: the contract is there, and its rules do not run.
        let early = peek("domain: central-data\n").replace("silver.dim_customer", "silver.later");
        world.import(vec![file("peek.odcs.yaml", &early)]).await;
        world.classify("silver.later", "central-data", "restricted").await;
        let moved = "UPDATE asset SET domain = 'purchase' WHERE id = 'silver.later'";
        world.execute(moved).await.expect("it runs");
        let ctx = world.replica(world.clock.clone(), crate::world::settings()).await;
        let david = world.viewer("david.schmid").await;
        let run = contracts::run_checks(&call(&ctx, &david).await, &"peek".into()).await.expect("it ends");
        assert!(run.results.iter().all(|line| line.state == CheckState::Unchecked), "{run:?}");
        assert!(world.lake.held().checked.is_empty());
    }

    async fn what_was_accepted_can_always_be_imported_again(world) {
        let early = peek("domain: central-data\n").replace("silver.dim_customer", "silver.later");
        world.import(vec![file("peek.odcs.yaml", &early)]).await;
        let later = |domain: &str| {
            let text = format!(
                "apiVersion: lakeport/v1\nkind: Assets\nnamespace: lakehouse\ndomain: {domain}\nassets:\n\
                 - {{id: silver.later, kind: table, description: Late, location: silver/later}}\n"
            );
            file("later.yaml", &text)
        };
        let (ctx, test) = (&world.ctx, Actor::System("test"));
        let refused = catalog::import(ctx, &test, vec![later("purchase")], false).await;
        let told = refused.expect_err("a contract of others is about it").to_string();
        assert!(told.starts_with("Contract peek 1.0.0 of domain \"central-data\" is about \"silver.later\""), "{told}");
        // With a version that is about its own data, the table may come; what is old is never measured.
        let next = peek("domain: central-data\n").replace("version: 1.0.0", "version: 2.0.0");
        world.import(vec![later("purchase"), file("peek2.odcs.yaml", &next)]).await;
        let export = catalog::export(ctx).await.expect("the catalog can be exported");
        let again = catalog::import(ctx, &test, export, true).await.expect("it was accepted before");
        assert_eq!((again.created, again.changed), (Vec::new(), Vec::new()));
    }

    async fn a_contract_of_no_product_never_leaves_its_domain(world) {
        world.import(vec![file("peek.odcs.yaml", &peek("domain: central-data\n"))]).await;
        let open = async |who: &str| {
            contracts::contract(&call(&world.ctx, &world.viewer(who).await).await, &"peek".into(), None).await
        };
        assert_eq!(refusal(open("paula.brandt").await).kind, ErrorKind::NotFound);
        open("david.schmid").await.expect("it is his domain's");
    }

    async fn a_product_never_shows_the_contract_of_another_domain(world) {
        let product = |id: &str, domain: &str, visibility: &str, contract: &str| {
            let text = format!(
                "apiVersion: v1.0.0\nkind: DataProduct\nid: {id}\nname: {id}\nversion: 1.0.0\nstatus: active\n\
                 domain: {domain}\ncustomProperties:\n- {{property: visibility, value: {visibility}}}\noutputPorts:\n\
                 - name: all\n  version: 1.0.0\n  contractId: {contract}\n"
            );
            file(&format!("{id}.odps.yaml"), &text)
        };
        // One contract says whose it is, the other leaves it to the private product that offers it.
        let silent = "apiVersion: v3.2.0\nkind: DataContract\nid: silent\nversion: 1.0.0\nstatus: active\n";
        let private = product("quiet", "controlling", "private", "silent");
        world.import(vec![file("silent.odcs.yaml", silent), private]).await;
        let window = |contract: &str| vec![product("a-window", "marketing", "open", contract)];
        for (contract, whose) in [
            ("receivables-ageing", "belongs to domain \"controlling\""),
            ("silent", "says no domain, and products of several domains offer it"),
        ] {
            let refused = catalog::import(&world.ctx, &Actor::System("test"), window(contract), false).await;
            let told = refused.expect_err("it is another domain's contract").to_string();
            let start = format!("a-window.odps.yaml:13:3: outputPorts[0].contractId: Contract \"{contract}\" {whose}");
            assert!(told.starts_with(&start), "{told}");
        }
        // A port that an older version of the portal took shows nothing either.
        world.import(window("nothing-yet")).await;
        let paula = world.viewer("paula.brandt").await;
        for (before, contract) in [("nothing-yet", "receivables-ageing"), ("receivables-ageing", "silent")] {
            let sql = format!(
                "UPDATE product SET document = replace(document, '{before}', '{contract}') WHERE id = 'a-window'"
            );
            assert_eq!(world.execute(&sql).await.expect("it runs"), 1);
            let ctx = world.replica(world.clock.clone(), crate::world::settings()).await;
            let id = ContractId::from(contract);
            let opened = contracts::contract(&call(&ctx, &paula).await, &id, None).await;
            assert_eq!(refusal(opened).kind, ErrorKind::NotFound, "{contract}");
            let relied = contracts::subscribe(&call(&ctx, &paula).await, &id, "1.0.0".into(), "Planning of purchases".into()).await;
            assert_eq!(refusal(relied).kind, ErrorKind::NotFound, "{contract}");
            let page = catalog::product(&call(&ctx, &paula).await, &"a-window".into()).await.expect("it is open");
            assert!(page.output_ports.iter().all(|port| port.contract.is_none()), "{contract}");
            let form = access::request_form(&call(&ctx, &paula).await, &"a-window/all".into()).await.expect("she may ask");
            assert!(form.contract.is_none() && form.terms.is_empty(), "{contract}");
        }
    }
}
