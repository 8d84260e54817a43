//! What depends on an asset or a column, and what it is made from, as a list in parts and as a file.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use lakeport_frame::CheckOutcome;
use lakeport_model::PageRequest;
use lakeport_model::contracts::CheckState;
use lakeport_model::impact::{ImpactPage, ImpactRequest, Reached, Side};
use lakeport_portal::{ErrorKind, contracts, lineage};

use crate::lineage::event;
use crate::world::{World, call, file, on_both, refusal};

const HIDDEN_TABLE: &str = "gold.receivables_ageing";
const HEAD: &str = "hops,asset,title,kind,layer,domain,owners,products,contract_state,subscriptions,grants,columns,last_reported,former";

pub(crate) fn wanted(asset: &str, side: Side) -> ImpactRequest {
    ImpactRequest { asset: asset.to_owned(), column: None, side, domain: None, page: PageRequest::default() }
}

fn of_column(asset: &str, column: &str, side: Side) -> ImpactRequest {
    ImpactRequest { column: Some(column.to_owned()), ..wanted(asset, side) }
}

/// Everything that somebody finds.
async fn whole(world: &World, who: &str, request: &ImpactRequest) -> ImpactPage {
    let viewer = world.viewer(who).await;
    lineage::impact_rows(&call(&world.ctx, &viewer).await, request).await.expect("it is listed")
}

/// One asset among everything that somebody finds.
async fn one(world: &World, who: &str, request: &ImpactRequest, asset: &str) -> Reached {
    let page = whole(world, who, request).await;
    page.items.into_iter().find(|item| item.asset.id.as_str() == asset).expect("it is reached")
}

fn places(items: &[Reached]) -> Vec<(u32, &str)> {
    items.iter().map(|item| (item.hops, item.asset.id.as_str())).collect()
}

fn with_columns(items: &[Reached]) -> Vec<(u32, &str, String)> {
    items.iter().map(|item| (item.hops, item.asset.id.as_str(), item.columns.join(" "))).collect()
}

/// Somebody runs the checks of a contract, and all of them fail.
async fn breaks(world: &World, who: &str, contract: &str, table: &str) {
    let failed = CheckOutcome::Failed { detail: "4 of 9".to_owned(), failing_rows: Some(4) };
    world.lake.held().outcomes.insert(table.to_owned(), failed);
    let viewer = world.viewer(who).await;
    contracts::run_checks(&call(&world.ctx, &viewer).await, &contract.into()).await.expect("the checks run");
}

on_both! { demo =>
    async fn the_parts_of_a_list_are_the_whole_of_it(world) {
        let request = wanted("silver.fact_orders", Side::Downstream);
        let all = whole(world, "tom.fischer", &request).await;
        assert!(all.next.is_none() && !all.there_are_more && all.broken.is_empty());
        let seen = places(&all.items);
        for place in [
            (1, "gold.collections"),
            (1, HIDDEN_TABLE),
            (1, "gold.warehouse_candidates"),
            (2, "collections-controlling"),
            (2, "gold.sales_forecast"),
            (3, "sales-forecast"),
        ] {
            assert!(seen.contains(&place), "{place:?} in {seen:?}");
        }
        let order = |item: &Reached| (item.hops, item.asset.name.clone(), item.asset.id.clone());
        assert!(all.items.iter().map(order).is_sorted(), "nearest first, then by name: {seen:?}");
        let ids: BTreeSet<&str> = seen.iter().map(|(_, id)| *id).collect();
        assert_eq!(ids.len(), seen.len(), "nothing twice");
        assert_eq!(all.total as usize, seen.len());
        assert_eq!(all.domains.iter().map(|(_, count)| *count).sum::<u32>(), all.total);
        assert!(all.domains.iter().map(|(_, count)| std::cmp::Reverse(*count)).is_sorted(), "{:?}", all.domains);
        assert_eq!(all.impact.as_ref().expect("it is counted").assets, all.total);

        let viewer = world.viewer("tom.fischer").await;
        let tom = call(&world.ctx, &viewer).await;
        let mut parts = Vec::new();
        let mut page = PageRequest { after: None, limit: 3 };
        loop {
            let part = lineage::impact_page(&tom, &ImpactRequest { page, ..request.clone() }).await;
            let part = part.expect("it is listed");
            assert!(part.items.len() <= 3);
            assert_eq!((part.total, &part.domains), (all.total, &all.domains));
            // It is the same for all parts, and told once.
            assert_eq!(part.impact, all.impact.clone().filter(|_| parts.is_empty()));
            parts.extend(part.items);
            let Some(next) = part.next else { break };
            page = PageRequest { after: Some(next), limit: 3 };
        }
        assert_eq!(parts, all.items);
    }

    async fn a_domain_keeps_only_its_own(world) {
        let request = wanted("silver.fact_orders", Side::Downstream);
        let all = whole(world, "paula.brandt", &request).await;
        for (domain, count) in &all.domains {
            let request = ImpactRequest { domain: Some(domain.id.0.clone()), ..request.clone() };
            let of_domain = whole(world, "paula.brandt", &request).await;
            let own = all.items.iter().filter(|item| item.domain.id == domain.id).cloned();
            assert_eq!((of_domain.total, of_domain.items), (*count, own.collect::<Vec<_>>()), "{}", domain.id);
            // Who is hit is told of all domains together.
            assert_eq!((of_domain.domains, of_domain.impact), (all.domains.clone(), None));
        }
        let of_domain = |domain: &str| ImpactRequest { domain: Some(domain.to_owned()), ..request.clone() };
        let none = whole(world, "paula.brandt", &of_domain("group")).await;
        assert_eq!((none.total, none.items.len(), none.next), (0, 0, None));
        let chosen = none.domain.expect("it is told by its name");
        assert!(chosen.id.as_str() == "group" && chosen.name != "group", "{chosen:?}");
        let viewer = world.viewer("paula.brandt").await;
        let paula = call(&world.ctx, &viewer).await;
        let refused = refusal(lineage::impact_page(&paula, &of_domain("nothing")).await);
        assert_eq!((refused.kind, refused.field), (ErrorKind::Invalid, Some("domain")));
    }

    async fn a_column_is_followed_by_its_own_connections_only(world) {
        let down = whole(world, "paula.brandt", &of_column("gold.sales_daily", "revenue_eur", Side::Downstream)).await;
        let found = [
            (1, "gold.sales_forecast", "actual_eur forecast_eur lower_eur upper_eur".to_owned()),
            (2, "gold.warehouse_candidates", "growth_index".to_owned()),
        ];
        assert_eq!(with_columns(&down.items), found);
        assert!(down.total == 2 && down.impact.is_none() && down.columns.contains(&"revenue_eur".to_owned()));
        let up = whole(world, "paula.brandt", &of_column("gold.sales_forecast", "forecast_eur", Side::Upstream)).await;
        let found = with_columns(&up.items);
        for (hops, id, column) in [
            (1, "gold.sales_daily", "revenue_eur"),
            (2, "silver.fact_orders", "revenue_eur"),
            (3, "bronze.erp_sales", "net_amount_eur"),
        ] {
            assert!(found.contains(&(hops, id, column.to_owned())), "{id} in {found:?}");
        }
        assert!(found.iter().all(|(_, id, _)| *id != "silver.dim_product"), "nothing of the price comes from there");
        // It is described, and no event speaks of it.
        let alone = whole(world, "paula.brandt", &of_column("bronze.annual_reports", "page", Side::Downstream)).await;
        assert_eq!((alone.total, alone.items.len()), (0, 0));
    }

    async fn what_is_hidden_is_neither_listed_nor_counted_nor_named(world) {
        let request = wanted("bronze.crm_accounts", Side::Downstream);
        let (paula, tom) =
            (whole(world, "paula.brandt", &request).await, whole(world, "tom.fischer", &request).await);
        assert!(places(&paula.items).contains(&(2, "silver.fact_orders")), "the way goes on behind the name");
        assert!(places(&tom.items).contains(&(2, HIDDEN_TABLE)));
        assert_eq!(tom.total - paula.total, 1);
        let (seen, more) = (paula.impact.as_ref().expect("it is counted"), tom.impact.as_ref().expect("it is counted"));
        assert_eq!((seen.assets, more.assets), (paula.total, tom.total));
        let text = serde_json::to_string(&paula).expect("it can be written");
        assert!(!text.contains("dim_customer") && !text.contains("receivables"), "{text}");
        let nadia = whole(world, "nadia.rahimi", &request).await;
        assert!(places(&nadia.items).contains(&(1, "silver.dim_customer")), "her own domain");
        let request = of_column("bronze.crm_accounts", "country", Side::Downstream);
        assert_eq!(whole(world, "paula.brandt", &request).await.total, 0, "a column ends where details are hidden");
        let nadia = whole(world, "nadia.rahimi", &request).await;
        let found = with_columns(&nadia.items);
        assert!(found.contains(&(1, "silver.dim_customer", "country region state".to_owned())), "{found:?}");
        assert!(found.contains(&(2, "silver.fact_orders", "country region warehouse_id".to_owned())), "{found:?}");
    }

    async fn a_broken_contract_upstream_is_named_nearest_first(world) {
        let request = wanted("gold.sales_forecast", Side::Upstream);
        let before = whole(world, "ines.hoffmann", &request).await;
        assert!(before.broken.is_empty() && before.impact.is_none());
        breaks(world, "nadia.rahimi", "fact-orders", "silver.fact_orders").await;
        breaks(world, "maria.keller", "sales-daily", "gold.sales_daily").await;
        let after = whole(world, "ines.hoffmann", &request).await;
        assert_eq!(places(&after.broken), [(1, "gold.sales_daily"), (2, "silver.fact_orders")]);
        for cause in &after.broken {
            assert_eq!(cause.state, Some(CheckState::Broken));
            let listed = after.items.iter().find(|item| item.asset.id == cause.asset.id);
            assert_eq!(listed, Some(cause), "it stands in the list as well");
        }
        // Whatever domain and part are looked at, the causes are told.
        let finance = ImpactRequest { domain: Some("finance".to_owned()), ..request };
        assert_eq!(whole(world, "ines.hoffmann", &finance).await.broken, after.broken);
        let column = of_column("gold.sales_forecast", "forecast_eur", Side::Upstream);
        assert_eq!(places(&whole(world, "ines.hoffmann", &column).await.broken).len(), 2);
        let down = wanted("bronze.erp_sales", Side::Downstream);
        assert!(whole(world, "ines.hoffmann", &down).await.broken.is_empty(), "downstream nothing is a cause");
    }

    async fn a_cause_that_is_known_by_name_only_is_never_told(world) {
        breaks(world, "david.schmid", "dim-customer", "silver.dim_customer").await;
        let request = wanted("gold.collections", Side::Upstream);
        let david = whole(world, "david.schmid", &request).await;
        assert_eq!(places(&david.broken), [(1, "silver.dim_customer")]);
        let paula = whole(world, "paula.brandt", &request).await;
        assert!(paula.broken.is_empty());
        assert!(!serde_json::to_string(&paula).expect("it can be written").contains("dim_customer"));
    }

    async fn subscriptions_and_grants_are_those_of_each_asset(world) {
        let request = wanted("silver.fact_orders", Side::Downstream);
        let numbers = async || {
            let page = whole(world, "paula.brandt", &request).await;
            let of = |asset: &str| {
                let item = page.items.iter().find(|item| item.asset.id.as_str() == asset).expect("it is reached");
                (item.subscribers, item.grants)
            };
            ["gold.collections", "gold.sales_forecast", "gold.sales_daily"].map(of)
        };
        assert_eq!(numbers().await, [(0, 0); 3]);
        world.granted("paula.brandt", "collections/cases", 90, &["aylin.demir"]).await;
        world.granted("lena.vogel", "collections/cases", 30, &["aylin.demir"]).await;
        world.granted("paula.brandt", "sales-forecast/forecast", 30, &["maria.keller"]).await;
        let jonas = world.viewer("jonas.weber").await;
        for (contract, version) in [("collections", "1.0.0"), ("sales-forecast", "2.1.0")] {
            let purpose = "Planning of purchases".to_owned();
            contracts::subscribe(&call(&world.ctx, &jonas).await, &contract.into(), version.to_owned(), purpose)
                .await
                .expect("he relies on it");
        }
        assert_eq!(numbers().await, [(1, 2), (1, 1), (0, 0)]);
        world.travel(31);
        assert_eq!(numbers().await, [(1, 1), (1, 0), (0, 0)], "what is over is not counted");
    }

    async fn numbers_and_products_never_tell_of_a_hidden_product(world) {
        let product = "apiVersion: v1.0.0\nkind: DataProduct\nid: second\nname: Second\nversion: 1.0.0\nstatus: active\n\
                       domain: controlling\ncustomProperties:\n- {property: visibility, value: open}\noutputPorts:\n\
                       - name: cases\n  version: 1.0.0\n  contractId: second\n  customProperties:\n  - {property: asset, value: gold.collections}\n";
        let contract = "apiVersion: v3.1.0\nkind: DataContract\nid: second\nname: Second\nversion: 1.0.0\nstatus: active\n\
                        domain: controlling\n";
        world.import(vec![file("products/second.odps.yaml", product)]).await;
        world.import(vec![file("contracts/second.odcs.yaml", contract)]).await;
        world.granted("jonas.weber", "second/cases", 90, &["aylin.demir"]).await;
        let jonas = world.viewer("jonas.weber").await;
        contracts::subscribe(&call(&world.ctx, &jonas).await, &"second".into(), "1.0.0".to_owned(), "Plan purchases".to_owned())
            .await
            .expect("he relies on it");
        let request = wanted("silver.fact_payments", Side::Downstream);
        let told = async |who: &str| {
            let item = one(world, who, &request, "gold.collections").await;
            let products = item.products.items.iter().map(|(id, _)| id.0.clone()).collect::<Vec<_>>();
            (products.join(" "), item.subscribers, item.grants)
        };
        let all = ("collections second".to_owned(), 1, 1);
        assert_eq!(told("paula.brandt").await, all);
        for visibility in ["restricted", "private"] {
            let product = product.replace("value: open", &format!("value: {visibility}"));
            world.import(vec![file("products/second.odps.yaml", &product)]).await;
            assert_eq!(told("tom.fischer").await, all, "{visibility}");
            assert_eq!(told("paula.brandt").await, ("collections".to_owned(), 0, 0), "{visibility}");
        }
    }

    async fn owners_that_are_not_named_are_counted(world) {
        let owners = ["aylin.demir", "david.schmid", "ines.hoffmann", "jonas.weber", "lena.vogel", "maria.keller", "nadia.rahimi"];
        world.staff("controlling", &owners.map(|who| (who, "owner"))).await;
        let request = wanted("silver.fact_payments", Side::Downstream);
        let owners = one(world, "paula.brandt", &request, "gold.collections").await.owners;
        assert_eq!((owners.items.len(), owners.more()), (5, 2));
        let viewer = world.viewer("paula.brandt").await;
        let (_, csv) = lineage::impact_csv(&call(&world.ctx, &viewer).await, &request).await.expect("it is written");
        let line = csv.lines().find(|line| line.starts_with("1,gold.collections,")).expect("it is reached");
        assert!(line.contains("; and 2 more,Collections,"), "{line}");
    }

    async fn what_was_last_reported_is_of_the_table_itself_and_of_jobs_that_the_viewer_may_know(world) {
        let request = wanted("silver.fact_payments", Side::Downstream);
        let last = async || one(world, "paula.brandt", &request, "gold.collections").await.last_reported;
        let at = |text: &str| Some(text.parse::<DateTime<Utc>>().expect("a moment"));
        assert_eq!(last().await, at("2026-11-02T05:40:00Z"), "what the demo's own event says");
        let run = |at: &str| event(at, "j", &["silver.fact_payments"], "gold.collections", &[]);
        world.take(&run("2026-11-04T05:00:00Z")).await;
        assert_eq!(last().await, at("2026-11-04T05:00:00Z"));
        world.take(&run("2026-11-03T05:00:00Z").replace("445e09ff", "555e09ff")).await;
        let failed = run("2026-11-05T05:00:00Z").replace("COMPLETE", "FAIL").replace("445e09ff", "655e09ff");
        world.take(&failed).await;
        assert_eq!(last().await, at("2026-11-04T05:00:00Z"), "neither an older one nor one that failed");
        let elsewhere = event("2026-11-06T05:00:00Z", "j", &["silver.fact_payments"], "gold.elsewhere", &[]);
        world.take(&elsewhere.replace("445e09ff", "755e09ff")).await;
        assert_eq!(last().await, at("2026-11-04T05:00:00Z"), "nor one of its job that wrote something else");
        let hidden = event("2026-11-07T05:00:00Z", "secret", &[HIDDEN_TABLE], "gold.collections", &[]);
        world.take(&hidden.replace("445e09ff", "855e09ff")).await;
        assert_eq!(last().await, at("2026-11-04T05:00:00Z"), "nor one of a job that reads what is hidden");
        let tom = one(world, "tom.fischer", &request, "gold.collections").await.last_reported;
        assert_eq!(tom, at("2026-11-07T05:00:00Z"));
    }

    async fn what_is_not_there_is_refused_alike_whether_hidden_or_not(world) {
        let viewer = world.viewer("paula.brandt").await;
        let paula = call(&world.ctx, &viewer).await;
        for side in [Side::Downstream, Side::Upstream] {
            let hidden = refusal(lineage::impact_page(&paula, &wanted(HIDDEN_TABLE, side)).await);
            let nothing = refusal(lineage::impact_page(&paula, &wanted("gold.nothing", side)).await);
            assert_eq!(hidden.kind, ErrorKind::NotFound);
            assert_eq!(hidden, nothing);
            assert_eq!(refusal(lineage::impact_rows(&paula, &wanted(HIDDEN_TABLE, side)).await), nothing);
            assert_eq!(refusal(lineage::impact_csv(&paula, &wanted(HIDDEN_TABLE, side)).await), nothing);
            // The columns of what is known by its name are details.
            let refused = ["email", "nothing"].map(|column| of_column("silver.dim_customer", column, side));
            let [held, not_held] = [
                refusal(lineage::impact_page(&paula, &refused[0]).await),
                refusal(lineage::impact_page(&paula, &refused[1]).await),
            ];
            assert_eq!((held.kind, held.field), (ErrorKind::Invalid, Some("column")));
            assert_eq!(held, not_held);
            let unknown = refusal(lineage::impact_page(&paula, &of_column("gold.collections", "nothing", side)).await);
            assert_eq!((unknown.kind, unknown.field), (ErrorKind::Invalid, Some("column")));
        }
        let by_name = whole(world, "paula.brandt", &wanted("silver.dim_customer", Side::Downstream)).await;
        assert!(by_name.columns.is_empty(), "{:?}", by_name.columns);
    }

    async fn a_key_that_is_not_complete_is_refused(world) {
        let viewer = world.viewer("paula.brandt").await;
        let paula = call(&world.ctx, &viewer).await;
        let request = wanted("silver.fact_orders", Side::Downstream);
        for after in ["", "2", "[]", "{}", "[1,\"gold.collections\"]", "[\"1\",\"a\",\"b\"]"] {
            let page = PageRequest { after: Some(after.to_owned()), limit: 10 };
            let refused = refusal(lineage::impact_page(&paula, &ImpactRequest { page, ..request.clone() }).await);
            assert_eq!((refused.kind, refused.field), (ErrorKind::Invalid, Some("after")), "{after}");
        }
        // One of something that has gone since is a place like any other.
        let page = PageRequest { after: Some("[2,\"\",\"\"]".to_owned()), limit: 200 };
        let rest = lineage::impact_page(&paula, &ImpactRequest { page, ..request.clone() }).await.expect("it is listed");
        assert!(!rest.items.is_empty() && rest.items.iter().all(|item| item.hops >= 2));
        assert_eq!(rest.total, whole(world, "paula.brandt", &request).await.total);
    }

    async fn a_file_holds_the_whole_list_and_no_formula(world) {
        world.take(&event("2026-11-03T05:00:00Z", "j", &["gold.collections"], "=HYPERLINK(1)", &[])).await;
        let viewer = world.viewer("paula.brandt").await;
        let paula = call(&world.ctx, &viewer).await;
        let request = wanted("silver.fact_payments", Side::Downstream);
        let (name, csv) = lineage::impact_csv(&paula, &request).await.expect("it is written");
        assert_eq!(name, "silver.fact_payments-downstream.csv");
        let all = whole(world, "paula.brandt", &request).await;
        let (head, rows) = csv.split_once("\r\n").expect("a line of names");
        assert_eq!(head, HEAD);
        assert_eq!(rows.lines().count(), all.items.len());
        for (line, item) in rows.lines().zip(&all.items) {
            let begin = format!("{},{},", item.hops, item.asset.id);
            assert!(line.starts_with(&begin), "{begin} in {line}");
        }
        assert!(rows.contains(",'=HYPERLINK(1),") && !rows.contains(",=HYPERLINK"), "{rows}");
        let request = of_column("gold.sales_daily", "revenue_eur", Side::Downstream);
        let (name, csv) = lineage::impact_csv(&paula, &request).await.expect("it is written");
        assert_eq!(name, "gold.sales_daily-revenue_eur-downstream.csv");
        let line = csv.lines().nth(1).expect("a line");
        assert!(line.starts_with("1,gold.sales_forecast,gold.sales_forecast,table,gold,"), "{line}");
        let end = ",0,0,actual_eur; forecast_eur; lower_eur; upper_eur,2026-11-03T06:00:00Z,\"\"";
        assert!(line.ends_with(end), "{line}");
    }

    async fn a_line_of_a_file_is_never_broken_by_the_name_of_a_column(world) {
        let columns = [("gold.collections", "case_id", "two\r\nlines")];
        world.take(&event("2026-11-03T05:00:00Z", "j", &["gold.collections"], "gold.sales_forecast", &columns)).await;
        let viewer = world.viewer("paula.brandt").await;
        let request = of_column("gold.collections", "case_id", Side::Downstream);
        let (_, csv) = lineage::impact_csv(&call(&world.ctx, &viewer).await, &request).await.expect("it is written");
        let line = csv.lines().find(|line| line.starts_with("1,gold.sales_forecast,")).expect("it is reached");
        assert!(line.contains(",two\\r\\nlines,"), "{line}");
    }
}
