//! Private and restricted products, on every way to them.

use lakeport_frame::CheckOutcome;
use lakeport_model::access::NewRequest;
use lakeport_model::contracts::CheckState;
use lakeport_model::lineage::GraphRequest;
use lakeport_model::people::Viewer;
use lakeport_model::{PageRequest, catalog::SearchRequest};
use lakeport_portal::{ErrorKind, access, catalog, contracts, dashboards, lineage};

use crate::world::{World, call, file, on_both, refusal};

const HIDDEN: &str = "receivables-ageing";
const HIDDEN_TABLE: &str = "gold.receivables_ageing";

impl World {
    async fn found(&self, viewer: &Viewer, q: &str) -> Vec<String> {
        let request = SearchRequest { q: q.to_owned(), limit: 100, ..SearchRequest::default() };
        let result =
            catalog::search(&call(&self.ctx, viewer).await, &request).await.expect("the search answers");
        result.hits.into_iter().map(|hit| hit.id).collect()
    }
}

fn around(focus: &str) -> GraphRequest {
    GraphRequest { focus: focus.to_owned(), up: 2, down: 2, open: Vec::new(), column: None, chosen: None }
}

on_both! { demo =>
    async fn a_private_product_is_not_there_for_others(world) {
        let (paula, tom) = (world.viewer("paula.brandt").await, world.viewer("tom.fischer").await);
        assert!(world.found(&tom, "receivables").await.contains(&HIDDEN.to_owned()));
        let found = world.found(&paula, "receivables").await;
        assert!(
            !found.contains(&HIDDEN.to_owned()) && !found.contains(&HIDDEN_TABLE.to_owned()),
            "{found:?}"
        );
        let missing = [
            refusal(catalog::product(&call(&world.ctx, &paula).await, &HIDDEN.into()).await),
            refusal(catalog::asset(&call(&world.ctx, &paula).await, &HIDDEN_TABLE.into()).await),
            refusal(catalog::preview(&call(&world.ctx, &paula).await, &HIDDEN_TABLE.into()).await),
            refusal(contracts::contract(&call(&world.ctx, &paula).await, &HIDDEN.into(), None).await),
            refusal(contracts::run_checks(&call(&world.ctx, &paula).await, &HIDDEN.into()).await),
            refusal(
                contracts::subscribe(&call(&world.ctx, &paula).await, &HIDDEN.into(), "0.3.0".to_owned(), "Compare prices".to_owned())
                    .await,
            ),
            refusal(lineage::graph(&call(&world.ctx, &paula).await, &around(HIDDEN_TABLE)).await),
            refusal(
                lineage::marquez(&call(&world.ctx, &paula).await, "dataset:lakehouse:gold.receivables_ageing", 2).await,
            ),
            refusal(
                lineage::column_lineage(
                    &call(&world.ctx, &paula).await,
                    "dataset:lakehouse:gold.receivables_ageing",
                    2,
                    true,
                )
                .await,
            ),
            refusal(access::request_form(&call(&world.ctx, &paula).await, &"receivables-ageing/ageing".into()).await),
        ];
        for refused in missing {
            assert_eq!(refused.kind, ErrorKind::NotFound, "{}", refused.message);
        }
        let ids = |viewer: Viewer| async move {
            let request = PageRequest { after: None, limit: 200 };
            let page = catalog::products(&call(&world.ctx, &viewer).await, request).await.expect("the list answers");
            page.items.into_iter().map(|line| line.id.0).collect::<Vec<_>>()
        };
        assert!(ids(tom).await.contains(&HIDDEN.to_owned()));
        let seen = ids(paula).await;
        assert!(!seen.contains(&HIDDEN.to_owned()) && seen.contains(&"customers".to_owned()));
    }

    async fn who_decides_about_a_private_product_never_finds_it_closed(world) {
        let page = async |who: &str| {
            catalog::product(&call(&world.ctx, &world.viewer(who).await).await, &HIDDEN.into()).await
        };
        let above = ["henrik.maas", "yusuf.kaya"];
        let others = ["paula.brandt", "david.schmid", "sofia.lindqvist"];
        for who in above.into_iter().chain(others) {
            assert_eq!(refusal(page(who).await).kind, ErrorKind::NotFound, "{who}: its domain has an owner");
        }
        world.staff("controlling", &[("tom.fischer", "member")]).await;
        for who in above {
            let viewer = world.viewer(who).await;
            assert!(!page(who).await.expect("it comes to him").details_hidden, "{who}");
            catalog::asset(&call(&world.ctx, &viewer).await, &HIDDEN_TABLE.into()).await.expect("its table, too");
            contracts::contract(&call(&world.ctx, &viewer).await, &HIDDEN.into(), None).await.expect("and its promises");
            assert!(world.found(&viewer, "receivables").await.contains(&HIDDEN.to_owned()), "{who}");
            let rows = refusal(catalog::preview(&call(&world.ctx, &viewer).await, &HIDDEN_TABLE.into()).await);
            assert_eq!(rows.kind, ErrorKind::Forbidden, "{who} reads none of its rows");
        }
        for who in others {
            assert_eq!(refusal(page(who).await).kind, ErrorKind::NotFound, "{who}: nothing comes to them");
        }
        world.staff("controlling", &[("aylin.demir", "owner")]).await;
        for who in above {
            assert_eq!(refusal(page(who).await).kind, ErrorKind::NotFound, "{who}: it has an owner again");
        }
    }

    async fn a_private_product_is_not_counted_for_others(world) {
        let (paula, tom) = (world.viewer("paula.brandt").await, world.viewer("tom.fischer").await);
        let request = SearchRequest { limit: 100, ..SearchRequest::default() };
        let gold = |viewer: Viewer| {
            let request = request.clone();
            async move {
                let result =
                    catalog::search(&call(&world.ctx, &viewer).await, &request).await.expect("the search answers");
                let layer =
                    result.facets.iter().find(|facet| facet.key == "layer").expect("there are layers");
                let gold = layer.values.iter().find(|value| value.value == "gold").expect("there is gold");
                (result.total, gold.count)
            }
        };
        let (all, all_gold) = gold(tom.clone()).await;
        let (seen, seen_gold) = gold(paula.clone()).await;
        assert_eq!((all - seen, all_gold - seen_gold), (2, 1), "the product and its table");
        let impact = |viewer: Viewer| async move {
            let graph = lineage::graph(&call(&world.ctx, &viewer).await, &around("silver.fact_payments")).await;
            graph.expect("the graph is drawn")
        };
        let (whole, part) = (impact(tom.clone()).await, impact(paula.clone()).await);
        let payments = "silver.fact_payments".into();
        for (viewer, graph) in [(&tom, &whole), (&paula, &part)] {
            let alone = lineage::impact(&call(&world.ctx, viewer).await, &payments).await.expect("it is counted");
            assert_eq!(alone, graph.impact, "counted with a drawing or by itself, it is the same");
        }
        let hidden = lineage::impact(&call(&world.ctx, &paula).await, &HIDDEN_TABLE.into()).await;
        assert_eq!(refusal(hidden).kind, ErrorKind::NotFound);
        assert_eq!(whole.impact.assets - part.impact.assets, 1);
        assert!(part.nodes.iter().all(|node| node.id.0 != HIDDEN_TABLE));
        let text = serde_json::to_string(&part).expect("it can be written");
        assert!(!text.contains("receivables_ageing"), "no edge and no count names it");
        let marquez = lineage::marquez(
            &call(&world.ctx, &world.viewer("paula.brandt").await).await,
            "dataset:lakehouse:silver.fact_payments",
            3,
        )
        .await
        .expect("it answers");
        assert!(!marquez.to_string().contains("receivables_ageing"));
    }

    async fn nothing_tells_of_a_private_asset_that_an_event_names(world) {
        let line = |job: &str, from: &str, to: &str| {
            format!(
                "{{\"eventTime\":\"2026-11-03T05:00:00Z\",\"eventType\":\"COMPLETE\",\"producer\":\"p\",\
                 \"schemaURL\":\"s\",\"run\":{{\"runId\":\"445e09ff-b56b-5c27-8ef4-cad8a9b13221\"}},\
                 \"job\":{{\"namespace\":\"t\",\"name\":\"{job}\"}},\
                 \"inputs\":[{{\"namespace\":\"lakehouse\",\"name\":\"{from}\"}}],\
                 \"outputs\":[{{\"namespace\":\"lakehouse\",\"name\":\"{to}\"}}]}}"
            )
        };
        let paula = world.viewer("paula.brandt").await;
        let before = lineage::graph(&call(&world.ctx, &paula).await, &around("gold.sales_daily")).await.expect("it is drawn");
        world
            .import(vec![file(
                "l.jsonl",
                &[line("into", "gold.sales_daily", HIDDEN_TABLE), line("out", HIDDEN_TABLE, "raw.behind")].join("\n"),
            )])
            .await;
        let after = lineage::graph(&call(&world.ctx, &paula).await, &around("gold.sales_daily")).await.expect("it is drawn");
        let ids = |graph: &lakeport_model::lineage::Graph| {
            graph.nodes.iter().map(|node| (node.id.clone(), node.more_down)).collect::<Vec<_>>()
        };
        assert_eq!(ids(&before), ids(&after), "neither a node behind the hidden one nor a number");
        assert_eq!(before.impact, after.impact);
        assert!(!serde_json::to_string(&after).expect("it can be written").contains("t/into"));
        let marquez = lineage::marquez(&call(&world.ctx, &paula).await, "dataset:lakehouse:gold.sales_daily", 5).await;
        let marquez = marquez.expect("it answers").to_string();
        assert!(!marquez.contains("raw.behind") && !marquez.contains("job:t:into"));
    }

    async fn of_a_restricted_product_only_the_name_is_known(world) {
        let (paula, nadia) = (world.viewer("paula.brandt").await, world.viewer("nadia.rahimi").await);
        let page = catalog::product(&call(&world.ctx, &paula).await, &"customers".into()).await.expect("it exists");
        assert!(
            page.details_hidden
                && page.purpose.is_none()
                && page.tags.is_empty()
                && page.input_ports.is_empty()
        );
        assert!(page.output_ports.iter().all(|port| port.asset.is_none() && port.contract.is_none()));
        assert!(page.activity.items.is_empty() && page.consumer_domains.is_empty() && page.consumers == 0);
        let full = catalog::product(&call(&world.ctx, &nadia).await, &"customers".into()).await.expect("her own domain");
        assert!(!full.details_hidden && full.purpose.is_some());
        let asset =
            catalog::asset(&call(&world.ctx, &paula).await, &"silver.dim_customer".into()).await.expect("it exists");
        assert!(asset.columns.is_empty() && asset.about.is_empty() && asset.table.is_none());
        let contract = contracts::contract(&call(&world.ctx, &paula).await, &"dim-customer".into(), None).await;
        assert_eq!(refusal(contract).kind, ErrorKind::NotFound);
        let mut graph = around("silver.dim_customer");
        graph.column = Some("customer_id".to_owned());
        let drawn = lineage::graph(&call(&world.ctx, &paula).await, &graph).await.expect("it exists");
        assert!(drawn.columns.is_empty(), "its columns are details");
        assert!(
            drawn
                .nodes
                .iter()
                .filter(|node| node.id.0 == "silver.dim_customer")
                .all(|node| node.path_columns.is_empty())
        );
        let marquez = lineage::marquez(&call(&world.ctx, &paula).await, "dataset:lakehouse:silver.dim_customer", 0).await;
        assert_eq!(marquez.expect("it exists")["graph"][0]["data"]["fields"], serde_json::json!([]));
        let marquez = lineage::marquez(&call(&world.ctx, &nadia).await, "dataset:lakehouse:silver.dim_customer", 0).await;
        assert_ne!(marquez.expect("it exists")["graph"][0]["data"]["fields"], serde_json::json!([]));
    }

    async fn a_grant_never_leaves_its_product_closed(world) {
        let (paula, erik) = (world.viewer("paula.brandt").await, world.viewer("erik.sander").await);
        world.granted("paula.brandt", "customers/customers", 30, &["david.schmid", "ines.hoffmann"]).await;
        let table = "silver.dim_customer";
        let product = catalog::product(&call(&world.ctx, &paula).await, &"customers".into()).await.expect("it exists");
        assert!(!product.details_hidden && product.purpose.is_some() && product.consumers == 1);
        assert!(product.output_ports[0].asset.is_some() && product.output_ports[0].contract.is_some());
        let asset = catalog::asset(&call(&world.ctx, &paula).await, &table.into()).await.expect("it exists");
        assert!(!asset.details_hidden && !asset.columns.is_empty() && asset.table.is_some());
        assert!(asset.contract.is_some() && asset.access.may_read());
        let preview = catalog::preview(&call(&world.ctx, &paula).await, &table.into()).await.expect("she reads it");
        assert!(!preview.rows.is_empty());
        let contract = contracts::contract(&call(&world.ctx, &paula).await, &"dim-customer".into(), None).await;
        let version = contract.expect("she accepted it").shown_version;
        contracts::subscribe(&call(&world.ctx, &paula).await, &"dim-customer".into(), version, "Compare prices".to_owned())
            .await
            .expect("she may rely on it");
        let text = "---\ntitle: Customers by land\ndomain: central-data\nproduct: customers\nowner: a@b.example\n\
                    reads: [silver.dim_customer]\n---\n\nHello\n";
        world.import(vec![file("dashboards/lands.md", text)]).await;
        let view = dashboards::view(&call(&world.ctx, &paula).await, &"lands".into(), Vec::new()).await.expect("it opens");
        assert!(view.missing.is_empty());
        // `credit` stands in its purpose.
        assert!(world.found(&paula, "credit").await.contains(&"customers".to_owned()));
        // And only for her, and only while it holds.
        assert!(!world.found(&erik, "credit").await.contains(&"customers".to_owned()));
        world.travel(31);
        let product = catalog::product(&call(&world.ctx, &paula).await, &"customers".into()).await.expect("it exists");
        assert!(product.details_hidden && product.purpose.is_none());
        let contract = contracts::contract(&call(&world.ctx, &paula).await, &"dim-customer".into(), None).await;
        assert_eq!(refusal(contract).kind, ErrorKind::NotFound);
    }

    async fn a_private_port_is_refused_in_the_words_of_an_unknown_one(world) {
        let paula = world.viewer("paula.brandt").await;
        let mut words = Vec::new();
        for port in ["receivables-ageing/ageing", "receivables-ageing/nothing", "nothing/nothing", "nothing"] {
            let form = refusal(access::request_form(&call(&world.ctx, &paula).await, &port.into()).await);
            let new = NewRequest {
                port: port.into(),
                purpose: "Plan purchases".to_owned(),
                ends_on: world.day(30),
                contract_version: None,
            };
            let sent = refusal(access::request(&call(&world.ctx, &paula).await, new).await);
            words.extend([form, sent]);
        }
        assert!(words.iter().all(|refusal| *refusal == words[0]), "{words:?}");
    }

    async fn the_form_for_a_restricted_product_tells_no_more_than_the_search(world) {
        let (paula, nadia) = (world.viewer("paula.brandt").await, world.viewer("nadia.rahimi").await);
        let form = access::request_form(&call(&world.ctx, &paula).await, &"customers/customers".into()).await.expect("she may ask");
        assert!(form.classification.is_none() && !form.contract_opens);
        assert!(!form.terms.is_empty() && form.contract.is_some(), "what she accepts, she reads");
        let asset = catalog::asset(&call(&world.ctx, &paula).await, &"silver.dim_customer".into()).await.expect("it exists");
        assert!(asset.classification.is_none() && asset.namespace.is_none() && asset.platform.is_none());
        let product = catalog::product(&call(&world.ctx, &paula).await, &"customers".into()).await.expect("it exists");
        assert!(product.output_ports.iter().all(|port| port.classification.is_none()));
        let own = catalog::asset(&call(&world.ctx, &nadia).await, &"silver.dim_customer".into()).await.expect("her own domain");
        assert!(own.classification.is_some() && own.namespace.is_some());
    }

    async fn a_broken_dashboard_is_not_there_for_others(world) {
        let asset = "apiVersion: lakeport/v1\nkind: Assets\ndomain: controlling\nnamespace: lakeport\nassets:\n\
                     - {id: closing, kind: dashboard, description: Closing of the month}\n";
        let text = "---\ntitle: Month end\ndomain: controlling\nowner: a@b.example\nproduct: receivables-ageing\n---\n\nHello\n";
        world.import(vec![file("assets/closing.yaml", asset), file("dashboards/closing.md", text)]).await;
        world.execute("UPDATE dashboard SET document = 'not a dashboard' WHERE id = 'closing'").await.expect("it runs");
        world.import(vec![file("assets/closing.yaml", &asset.replace("Closing", "The closing"))]).await;
        let (paula, tom) = (world.viewer("paula.brandt").await, world.viewer("tom.fischer").await);
        let words = |viewer: Viewer, id: &'static str| async move {
            refusal(dashboards::view(&call(&world.ctx, &viewer).await, &id.into(), Vec::new()).await)
        };
        assert_eq!(words(paula.clone(), "closing").await, words(paula.clone(), "nothing").await);
        assert_eq!(words(tom.clone(), "closing").await.kind, ErrorKind::Unreadable, "its own domain mends it");
        let page = catalog::asset(&call(&world.ctx, &paula).await, &"closing".into()).await;
        assert_eq!(refusal(page).kind, ErrorKind::NotFound);
        catalog::asset(&call(&world.ctx, &tom).await, &"closing".into()).await.expect("he sees it");
    }

    async fn a_dashboard_tells_nothing_of_a_hidden_contract(world) {
        let hidden = "apiVersion: v1.0.0\nkind: DataProduct\nid: a-secret\nname: Secret\nversion: 1.0.0\nstatus: active\n\
                      domain: central-data\ncustomProperties:\n- {property: visibility, value: private}\noutputPorts:\n\
                      - name: days\n  version: 1.0.0\n  contractId: a-secret\n  customProperties:\n  - {property: asset, value: silver.dim_date}\n";
        let text = "---\ntitle: Days\ndomain: purchase\nowner: a@b.example\nreads: [silver.dim_date]\n---\n\nHello\n";
        let contract = "apiVersion: v3.1.0\nkind: DataContract\nid: a-secret\nname: Secret\nversion: 1.0.0\nstatus: active\n\
                        domain: central-data\nschema:\n- name: days\n  physicalName: silver.dim_date\n  \
                        properties:\n  - {name: id, required: true}\n";
        let files = [("dashboards/days.md", text), ("products/a.odps.yaml", hidden), ("a.odcs.yaml", contract)];
        world.import(files.map(|(path, text)| file(path, text)).into()).await;
        let as_of = |who: &'static str| async move {
            let viewer = world.viewer(who).await;
            let view = dashboards::view(&call(&world.ctx, &viewer).await, &"days".into(), Vec::new()).await.expect("it opens");
            view.as_of.expect("it is dated")
        };
        // The public product's contract was never checked; the hidden one is broken.
        let broken = CheckOutcome::Failed { detail: "gone".to_owned(), failing_rows: None };
        world.lake.held().outcomes.insert("silver.dim_date".to_owned(), broken);
        let nadia = world.viewer("nadia.rahimi").await;
        contracts::run_checks(&call(&world.ctx, &nadia).await, &"a-secret".into()).await.expect("she runs them");
        assert!(!as_of("paula.brandt").await.contains("broken"));
        assert!(as_of("nadia.rahimi").await.contains("broken"), "her own domain is told");
        world.ask("paula.brandt", "reference-data/calendar", 30).await.expect("it is public and granted at once");
        let home = catalog::home(&call(&world.ctx, &world.viewer("paula.brandt").await).await).await.expect("it opens");
        let mine = home.my_data.items.iter().find(|mine| mine.asset.id.as_str() == "silver.dim_date").expect("it is hers");
        assert_ne!(mine.contract_state, Some(CheckState::Broken), "nor on her home page");
    }

    async fn searching_tells_nothing_about_restricted_details(world) {
        let (paula, nadia) = (world.viewer("paula.brandt").await, world.viewer("nadia.rahimi").await);
        // `credit` stands in its purpose, `email` is a column of its table.
        for (q, id) in [("credit", "customers"), ("email", "silver.dim_customer")] {
            assert!(world.found(&nadia, q).await.contains(&id.to_owned()), "{q}");
            assert!(!world.found(&paula, q).await.contains(&id.to_owned()), "{q}");
        }
        for q in ["customer", "Customers", "", "dim_cust"] {
            assert!(world.found(&paula, q).await.iter().any(|id| id.contains("customer")), "{q}");
        }
    }

    async fn dashboards_follow_their_product(world) {
        let text = "---\ntitle: Ageing\ndomain: controlling\nproduct: receivables-ageing\nowner: a@b.example\n\
                    reads: [gold.receivables_ageing]\n---\n\nHello\n";
        world.import(vec![file("dashboards/ageing.md", text)]).await;
        let (paula, tom) = (world.viewer("paula.brandt").await, world.viewer("tom.fischer").await);
        let titles = |viewer: Viewer| async move {
            let lines = dashboards::list(&call(&world.ctx, &viewer).await).await.expect("the list opens");
            lines.into_iter().map(|line| line.title).collect::<Vec<_>>()
        };
        assert!(titles(tom).await.contains(&"Ageing".to_owned()));
        assert!(!titles(paula.clone()).await.contains(&"Ageing".to_owned()));
        let view = dashboards::view(&call(&world.ctx, &paula).await, &"ageing".into(), Vec::new()).await;
        assert_eq!(refusal(view).kind, ErrorKind::NotFound);
        let csv = dashboards::csv(&call(&world.ctx, &paula).await, &"ageing".into(), "x", Vec::new()).await;
        assert_eq!(refusal(csv).kind, ErrorKind::NotFound);
    }

    async fn a_hidden_dashboard_is_no_asset_either(world) {
        let asset = "apiVersion: lakeport/v1\nkind: Assets\ndomain: controlling\nnamespace: lakeport\nassets:\n\
                     - {id: closing, kind: dashboard, description: Closing of the month}\n";
        let edge = serde_json::json!({
            "eventTime": "2026-11-03T05:00:00Z", "eventType": "COMPLETE", "producer": "https://x.example",
            "schemaURL": "https://x.example/s", "run": { "runId": "445e09ff-b56b-5c27-8ef4-cad8a9b13221" },
            "job": { "namespace": "lakeport", "name": "closing" },
            "inputs": [{ "namespace": "lakehouse", "name": "gold.collections" }],
            "outputs": [{ "namespace": "lakeport", "name": "closing" }],
        });
        world.import(vec![file("assets/closing.yaml", asset), file("l.jsonl", &edge.to_string())]).await;
        let (paula, tom) = (world.viewer("paula.brandt").await, world.viewer("tom.fischer").await);
        let drawn = |viewer: Viewer| async move {
            let graph = lineage::graph(&call(&world.ctx, &viewer).await, &around("gold.collections")).await;
            let graph = graph.expect("the graph is drawn");
            (graph.nodes.iter().any(|node| node.id.0 == "closing"), graph.impact.dashboards)
        };
        // Its groups, its private product, and a product that nobody knows.
        for front in ["view: {groups: [controlling]}", "product: receivables-ageing", "product: long-gone"] {
            let text = format!(
                "---\ntitle: Month end\ndomain: controlling\nowner: a@b.example\nreads: [gold.collections]\n{front}\n---\n\nHello\n"
            );
            world.import(vec![file("dashboards/closing.md", &text)]).await;
            dashboards::view(&call(&world.ctx, &tom).await, &"closing".into(), Vec::new()).await.expect("he opens it");
            let view = dashboards::view(&call(&world.ctx, &paula).await, &"closing".into(), Vec::new()).await;
            assert_eq!(refusal(view).kind, ErrorKind::NotFound, "{front}");
            assert!(world.found(&tom, "month end").await.contains(&"closing".to_owned()), "{front}");
            assert!(!world.found(&paula, "month end").await.contains(&"closing".to_owned()), "{front}");
            catalog::asset(&call(&world.ctx, &tom).await, &"closing".into()).await.expect("he sees it");
            let page = catalog::asset(&call(&world.ctx, &paula).await, &"closing".into()).await;
            assert_eq!(refusal(page).kind, ErrorKind::NotFound, "{front}");
            let (seen, named) = drawn(tom.clone()).await;
            assert!(seen && named.contains(&"Month end".to_owned()), "{front}");
            let (seen, named) = drawn(paula.clone()).await;
            assert!(!seen && !named.contains(&"Month end".to_owned()), "{front}");
        }
    }

    async fn impact_counts_only_what_the_viewer_sees_in_full(world) {
        let product = "apiVersion: v1.0.0\nkind: DataProduct\nid: second\nname: Second\nversion: 1.0.0\nstatus: active\n\
                       domain: controlling\ncustomProperties:\n- {property: visibility, value: open}\noutputPorts:\n\
                       - name: cases\n  version: 1.0.0\n  contractId: second\n  customProperties:\n  - {property: asset, value: gold.collections}\n";
        let contract = "apiVersion: v3.1.0\nkind: DataContract\nid: second\nname: Second\nversion: 1.0.0\nstatus: active\n\
                        domain: controlling\n";
        world.import(vec![file("products/second.odps.yaml", product)]).await;
        world.import(vec![file("contracts/second.odcs.yaml", contract)]).await;
        let (paula, tom) = (world.viewer("paula.brandt").await, world.viewer("tom.fischer").await);
        let impact = |viewer: Viewer, focus: &'static str| async move {
            let graph = lineage::graph(&call(&world.ctx, &viewer).await, &around(focus)).await;
            graph.expect("the graph is drawn").impact
        };
        let before = impact(paula.clone(), "silver.fact_payments").await;
        world.granted("jonas.weber", "second/cases", 90, &["aylin.demir"]).await;
        let jonas = world.viewer("jonas.weber").await;
        contracts::subscribe(&call(&world.ctx, &jonas).await, &"second".into(), "1.0.0".to_owned(), "Plan purchases".to_owned())
            .await
            .expect("he relies on it");
        for focus in ["silver.fact_payments", "gold.collections"] {
            let counts = |impact: lakeport_model::lineage::Impact| (impact.grants, impact.subscribers);
            world.import(vec![file("products/second.odps.yaml", product)]).await;
            let open = counts(impact(paula.clone(), focus).await);
            for visibility in ["restricted", "private"] {
                let product = product.replace("value: open", &format!("value: {visibility}"));
                world.import(vec![file("products/second.odps.yaml", &product)]).await;
                assert_eq!(counts(impact(tom.clone(), focus).await), open, "{focus}, {visibility}");
                let seen = counts(impact(paula.clone(), focus).await);
                assert_eq!((open.0 - seen.0, open.1 - seen.1), (1, 1), "{focus}, {visibility}");
            }
        }
        let after = impact(paula.clone(), "silver.fact_payments").await;
        assert_eq!(after, before, "nothing of the second product shows");
        // Of the restricted customers she knows the name: who reads them is not hers to know.
        let readers = impact(paula.clone(), "silver.dim_customer").await;
        world.granted("erik.sander", "customers/customers", 30, &["david.schmid", "ines.hoffmann"]).await;
        assert_eq!(impact(paula, "silver.dim_customer").await, readers);
    }

    async fn a_contract_of_two_products_is_seen_through_the_open_one(world) {
        let second = "apiVersion: v1.0.0\nkind: DataProduct\nid: a-secret\nname: Secret\nversion: 1.0.0\nstatus: active\n\
                      domain: finance\ncustomProperties:\n- {property: visibility, value: private}\noutputPorts:\n\
                      - name: forecast\n  version: 1.0.0\n  contractId: sales-forecast\n  customProperties:\n  - {property: asset, value: gold.sales_forecast}\n";
        world.import(vec![file("products/a-secret.odps.yaml", second)]).await;
        let paula = world.viewer("paula.brandt").await;
        let page = contracts::contract(&call(&world.ctx, &paula).await, &"sales-forecast".into(), None)
            .await
            .expect("it is open");
        assert_eq!(
            page.product.map(|(id, _)| id.0),
            Some("sales-forecast".to_owned()),
            "not the private one"
        );
        let asset =
            catalog::asset(&call(&world.ctx, &paula).await, &"gold.sales_forecast".into()).await.expect("it is open");
        assert_eq!(asset.offered_by.len(), 1);
    }

    async fn home_offers_what_may_be_read(world) {
        let data = |name: &'static str| async move {
            let home = catalog::home(&call(&world.ctx, &world.viewer(name).await).await).await.expect("home opens");
            home.my_data.items.into_iter().map(|item| item.asset.id.0).collect::<Vec<_>>()
        };
        assert!(data("ines.hoffmann").await.contains(&"silver.dim_customer".to_owned()));
        let of_nadia = data("nadia.rahimi").await;
        assert!(of_nadia.contains(&"silver.fact_orders".to_owned()));
        assert!(!of_nadia.contains(&"silver.dim_customer".to_owned()), "restricted columns are for stewards");
        assert!(data("paula.brandt").await.is_empty());
    }
}
