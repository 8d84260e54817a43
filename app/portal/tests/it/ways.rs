//! The way to a page, as breadcrumbs name it.

use std::collections::BTreeMap;

use lakeport_model::PageRequest;
use lakeport_model::catalog::Way;
use lakeport_model::lineage::GraphRequest;
use lakeport_model::people::Viewer;
use lakeport_portal::{Actor, access, catalog, contracts, dashboards, lineage, people};

use crate::world::{World, call, file, on_both};

fn words(way: &Way) -> Vec<String> {
    let domain = way.domain.iter().map(|domain| domain.name.clone());
    let product = way.product.iter().map(|(_, name)| name.clone());
    domain.chain(product).chain(way.asset.iter().map(|(_, name)| name.clone())).collect()
}

impl World {
    async fn way_to(&self, viewer: &Viewer, asset: &str) -> Way {
        catalog::asset(&call(&self.ctx, viewer).await, &asset.into()).await.expect("it is seen").way
    }

    /// The ways to all pages of the catalog that somebody sees, by the page.
    async fn ways(&self, viewer: &Viewer) -> BTreeMap<String, Way> {
        let snapshot = self.ctx.snapshot().await.expect("the catalog loads");
        let mut ways = BTreeMap::new();
        for id in snapshot.products.keys() {
            if let Ok(page) = catalog::product(&call(&self.ctx, viewer).await, &id.into()).await {
                ways.insert(format!("product {id}"), page.way);
            }
        }
        for id in snapshot.assets.keys() {
            if let Ok(page) = catalog::asset(&call(&self.ctx, viewer).await, &id.into()).await {
                ways.insert(format!("asset {id}"), page.way);
            }
            let (focus, open) = (id.to_owned(), Vec::new());
            let around = GraphRequest { focus, up: 0, down: 0, open, column: None, chosen: None };
            if let Ok(graph) = lineage::graph(&call(&self.ctx, viewer).await, &around).await {
                ways.insert(format!("lineage {id}"), graph.way);
            }
        }
        for id in snapshot.contracts.keys() {
            if let Ok(page) = contracts::contract(&call(&self.ctx, viewer).await, &id.into(), None).await {
                ways.insert(format!("contract {id}"), page.way);
            }
        }
        for id in snapshot.dashboards.keys() {
            if let Ok(view) = dashboards::view(&call(&self.ctx, viewer).await, &id.into(), Vec::new()).await {
                ways.insert(format!("dashboard {id}"), view.way);
            }
        }
        ways
    }
}

on_both! { demo =>
    async fn a_way_names_everything_above_the_page(world) {
        let paula = world.viewer("paula.brandt").await;
        let ways = world.ways(&paula).await;
        for (page, way) in [
            ("product collections", &["Controlling"][..]),
            ("asset gold.collections", &["Controlling", "Collections"]),
            ("contract collections", &["Controlling", "Collections"]),
            ("dashboard collections-controlling", &["Controlling", "Collections"]),
            ("lineage gold.collections", &["Controlling", "Collections", "gold.collections"]),
        ] {
            assert_eq!(words(&ways[page]), way, "{page}");
        }
        let form = access::request_form(&call(&world.ctx, &paula).await, &"collections/cases".into()).await;
        assert_eq!(words(&form.expect("she may ask").way), ["Controlling", "Collections"]);
    }

    async fn a_way_never_leads_to_what_the_viewer_may_not_open(world) {
        // Events name assets of no domain, which has no page.
        let event = r#"{"eventTime":"2026-11-03T05:00:00Z","eventType":"COMPLETE","producer":"https://x.example",
            "schemaURL":"https://x.example/s","run":{"runId":"445e09ff-b56b-5c27-8ef4-cad8a9b13221"},
            "job":{"namespace":"test","name":"j"},"inputs":[{"namespace":"lakehouse","name":"raw.unheard"}],"outputs":[]}"#;
        lineage::ingest(&world.ctx, &Actor::System("test"), event).await.expect("it is an event");
        for who in ["paula.brandt", "aylin.demir"] {
            let viewer = world.viewer(who).await;
            let ways = world.ways(&viewer).await;
            assert!(ways.values().any(|way| way.domain.is_none()), "the one of no domain is among them");
            for (page, way) in ways {
                if let Some(domain) = way.domain {
                    let first = PageRequest { after: None, limit: 1 };
                    let opened = people::domain_page(&call(&world.ctx, &viewer).await, &domain.id, first).await;
                    assert!(opened.is_ok(), "{who}, {page}: {}", domain.id);
                }
                if let Some((product, _)) = way.product {
                    assert!(catalog::product(&call(&world.ctx, &viewer).await, &product).await.is_ok(), "{who}, {page}: {product}");
                }
                if let Some((asset, _)) = way.asset {
                    assert!(catalog::asset(&call(&world.ctx, &viewer).await, &asset).await.is_ok(), "{who}, {page}: {asset}");
                }
            }
        }
    }

    async fn a_hidden_product_is_never_a_crumb(world) {
        // The first by its id offers the table as well, to its own domain only.
        let product = "apiVersion: v1.0.0\nkind: DataProduct\nid: a-secret\nname: Secret plan\nversion: 1.0.0\nstatus: active\n\
                       domain: controlling\ncustomProperties:\n- {property: lakeport.visibility, value: private}\noutputPorts:\n\
                       - name: cases\n  version: 1.0.0\n  customProperties:\n  - {property: lakeport.asset, value: \
                       gold.collections}\n";
        world.import(vec![file("products/a-secret.odps.yaml", product)]).await;
        let (paula, tom) = (world.viewer("paula.brandt").await, world.viewer("tom.fischer").await);
        assert_eq!(words(&world.way_to(&paula, "gold.collections").await), ["Controlling", "Collections"]);
        assert_eq!(words(&world.way_to(&tom, "gold.collections").await), ["Controlling", "Secret plan"]);
    }
}
