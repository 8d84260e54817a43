//! The versions of a contract that files bring: their order, and what was promised before.

use lakeport_model::ContractId;
use lakeport_portal::catalog::{self, SourceFile};
use lakeport_portal::{Actor, contracts};

use crate::world::{call, file, mesh, on_both};

on_both! { empty =>
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
        let page = contracts::contract(&call(&world.ctx, &viewer).await, &ContractId::from("c"), None)
            .await
            .expect("it is there");
        let versions: Vec<_> = page.versions.iter().map(|version| version.version.as_str()).collect();
        assert_eq!(versions, ["2.0.0", "2.0.0-rc.1", "1.10.0", "1.9.0"]);
        assert_eq!((page.shown_version.as_str(), page.summary.name.as_str()), ("2.0.0", "C 2.0.0"));
        let old =
            contracts::contract(&call(&world.ctx, &viewer).await, &ContractId::from("c"), Some("1.9.0".to_owned())).await;
        assert_eq!(old.expect("old versions stay").shown_version, "1.9.0");
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
        assert!(
            message.starts_with("contracts/sales-daily.odcs.yaml:5:1: version: Contract sales-daily 1.1.0 is published")
                && message.contains("The column \"orders\" was removed.")
                && message.contains("Give the changed contract a new major version, 2.0.0 or higher."),
            "{message}"
        );
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
        let page = contracts::contract(&call(&world.ctx, &paula).await, &ContractId::from("sales-daily"), None).await;
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
        let status = "contracts/sales-daily.odcs.yaml:6:1: status: Contract sales-daily 1.1.0 is published";
        assert!(message.starts_with(status), "{message}");
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
}
