//! The pages of products and assets say what is there.

use lakeport_portal::{access, catalog};

use crate::world::{call, on_both};

const TABLE: &str = "gold.collections";

on_both! { demo =>
    async fn a_table_that_is_not_there_never_looks_as_if_it_opened(world) {
        let aylin = world.viewer("aylin.demir").await;
        world.lake.held().gone.insert(TABLE.to_owned());
        let page = catalog::asset(&call(&world.ctx, &aylin).await, &TABLE.into()).await.expect("it is her domain's");
        assert!(page.access.may_read() && page.is_gone && page.snippets.is_empty());
        assert_eq!(page.table.map(|table| table.is_ok()), Some(false), "and it is said why");
        let gone = async |who: &str| {
            let viewer = world.viewer(who).await;
            let page = catalog::product(&call(&world.ctx, &viewer).await, &"collections".into()).await;
            page.expect("it is seen").output_ports.into_iter().map(|port| port.is_gone).collect::<Vec<_>>()
        };
        assert_eq!(gone("aylin.demir").await, [true, false], "nor does its product");
        assert_eq!(gone("paula.brandt").await, [false, false], "who may not read it can request it all the same");
        let form = async |port: &str| {
            let paula = call(&world.ctx, &world.viewer("paula.brandt").await).await;
            access::request_form(&paula, &port.into()).await.expect("the form opens").no_table
        };
        let said = form("collections/cases").await.expect("the form says so");
        assert!(said.starts_with(&format!("There is no table {TABLE} any more. It can be asked for")), "{said}");
        assert_eq!(form("sales-forecast/forecast").await, None, "the table of another is there");
        let waiting = world.ask("paula.brandt", "collections/cases", 30).await.expect("she may ask");
        let page = access::decide_page(&call(&world.ctx, &aylin).await, waiting).await.expect("it waits for her");
        let said = page.no_table.expect("who decides is told it too");
        let to_decide = format!("There is no table {TABLE} any more. Access to it can be approved all the same");
        assert!(said.starts_with(&to_decide), "{said}");
        let page = catalog::asset(&call(&world.ctx, &aylin).await, &"gold.sales_forecast".into()).await;
        assert!(!page.expect("it is seen").is_gone, "the others open as before");
    }
}
