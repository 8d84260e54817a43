//! What depends on a dataset, as programs and as people get it.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::rest::call;
use crate::world::World;

const LIST: &str = "/api/v1/lineage/impact";
const ORDERS: &str = "nodeId=dataset:lakehouse:silver.fact_orders";
const HEAD: &str = "hops,asset,title,kind,layer,domain,owners,products,contract_state,subscriptions,grants,columns,last_reported,former";

/// Hops, name and id of each item, in the order of the answer.
fn places(answer: &Value) -> Vec<(u64, String, String)> {
    let items = answer["items"].as_array().expect("a list").iter();
    let text = |item: &Value, name: &str| item[name].as_str().expect("a text").to_owned();
    items
        .map(|item| (item["hops"].as_u64().expect("a number"), text(item, "title"), text(item, "asset")))
        .collect()
}

#[tokio::test]
async fn a_program_follows_the_list_of_impact_to_its_end() {
    let world = World::with_mesh().await;
    let token = world.token(&["lineage:read"]).await;
    let mut program = world.stranger();
    let whole = call(&mut program, &token, Method::GET, &format!("{LIST}?{ORDERS}&limit=200"), "").await;
    assert_eq!((whole.status, whole.header("content-type")), (StatusCode::OK, "application/json"));
    let whole = whole.json();
    let all = places(&whole);
    assert_eq!((&whole["total"], &whole["next"]), (&json!(all.len()), &json!(null)));
    assert_eq!((&whole["thereAreMore"], &whole["broken"]), (&json!(false), &json!([])));
    assert!(all.is_sorted(), "nearest first, then by name: {all:?}");
    assert!(all.iter().all(|(_, _, id)| id != "gold.receivables_ageing"), "a private table: {all:?}");
    let items = whole["items"].as_array().unwrap();
    let item = items.iter().find(|item| item["asset"] == "gold.sales_forecast").expect("it is reached");
    let wanted = json!({
        "hops": 2, "asset": "gold.sales_forecast", "title": "gold.sales_forecast", "kind": "table", "layer": "gold",
        "domain": "finance", "owners": ["Maria Keller"], "products": ["sales-forecast"], "contractState": "never",
        "subscriptions": 0, "grants": 0, "columns": [], "lastReported": "2026-11-03T06:00:00Z", "former": false,
    });
    assert_eq!(item, &wanted);
    let mut seen = Vec::new();
    let mut address = format!("{LIST}?{ORDERS}&limit=3");
    loop {
        let part = call(&mut program, &token, Method::GET, &address, "").await;
        assert_eq!(part.status, StatusCode::OK, "{}", part.body);
        let part = part.json();
        seen.extend(places(&part));
        assert_eq!(part["total"], whole["total"]);
        let Some(next) = part["next"].as_str() else { break };
        let after: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
        address = format!("{LIST}?{ORDERS}&limit=3&after={after}");
    }
    assert_eq!(seen, all);
}

#[tokio::test]
async fn a_program_asks_for_a_column_a_domain_or_the_other_way() {
    let world = World::with_mesh().await;
    let token = world.token(&["lineage:read"]).await;
    let mut program = world.stranger();
    let mut ask = async |query: &str| {
        let answer = call(&mut program, &token, Method::GET, &format!("{LIST}?{query}"), "").await;
        assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.body);
        answer.json()
    };
    let column = ask("nodeId=dataset:lakehouse:gold.sales_daily&column=revenue_eur").await;
    assert_eq!((&column["total"], &column["items"][0]["asset"]), (&json!(2), &json!("gold.sales_forecast")));
    let columns = json!(["actual_eur", "forecast_eur", "lower_eur", "upper_eur"]);
    assert_eq!(column["items"][0]["columns"], columns);
    let finance = ask(&format!("{ORDERS}&direction=downstream&domain=finance")).await;
    let items = finance["items"].as_array().unwrap();
    assert!(!items.is_empty() && items.iter().all(|item| item["domain"] == "finance"), "{finance}");
    let up = ask(&format!("{ORDERS}&direction=upstream")).await;
    let up = places(&up);
    assert!(up.contains(&(1, "bronze.erp_sales".to_owned(), "bronze.erp_sales".to_owned())), "{up:?}");
    assert!(up.iter().all(|(_, _, id)| id != "silver.dim_customer"), "known by its name only: {up:?}");
}

#[tokio::test]
async fn a_list_of_impact_that_does_not_fit_is_refused_as_a_problem() {
    let world = World::with_mesh().await;
    let token = world.token(&["lineage:read"]).await;
    let mut program = world.stranger();
    let nothing = "nodeId=dataset:lakehouse:gold.nothing".to_owned();
    let hidden = "nodeId=dataset:lakehouse:gold.receivables_ageing".to_owned();
    for (query, status) in [
        (nothing, StatusCode::NOT_FOUND),
        (hidden, StatusCode::NOT_FOUND),
        ("nodeId=job:x:y".to_owned(), StatusCode::UNPROCESSABLE_ENTITY),
        (format!("{ORDERS}&direction=sideways"), StatusCode::UNPROCESSABLE_ENTITY),
        (format!("{ORDERS}&column=nothing"), StatusCode::UNPROCESSABLE_ENTITY),
        (format!("{ORDERS}&after=2"), StatusCode::UNPROCESSABLE_ENTITY),
        (format!("{ORDERS}&domain=nothing"), StatusCode::UNPROCESSABLE_ENTITY),
        (format!("{ORDERS}&limit=0"), StatusCode::UNPROCESSABLE_ENTITY),
        (format!("{ORDERS}&side=upstream"), StatusCode::BAD_REQUEST),
        (String::new(), StatusCode::BAD_REQUEST),
    ] {
        let answer = call(&mut program, &token, Method::GET, &format!("{LIST}?{query}"), "").await;
        let kind = answer.header("content-type");
        assert_eq!((answer.status, kind), (status, "application/problem+json"), "{query}: {}", answer.body);
    }
    let other = world.token(&["catalog:read", "lineage:write"]).await;
    let refused = call(&mut program, &other, Method::GET, &format!("{LIST}?{ORDERS}"), "").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    assert!(refused.body.contains("lineage:read"), "{}", refused.body);
}

#[tokio::test]
async fn the_list_of_impact_is_a_file_for_people() {
    let world = World::with_mesh().await;
    let address = "/lineage/impact.csv?asset=silver.fact_payments";
    let mut tom = world.browser("tom.fischer").await;
    let file = tom.get(address).await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.body);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8; header=present");
    let named = "attachment; filename=\"silver.fact_payments-downstream.csv\"";
    assert_eq!(file.header("content-disposition"), named);
    let (head, rows) = file.body.split_once("\r\n").expect("a line of names");
    assert_eq!(head, HEAD);
    for asset in ["1,gold.collections,", "1,gold.receivables_ageing,", "2,collections-controlling,"] {
        assert!(rows.lines().any(|row| row.starts_with(asset)), "{asset} in {rows}");
    }
    let mut paula = world.browser("paula.brandt").await;
    let less = paula.get(address).await.body;
    assert_eq!(less.lines().count() + 1, file.body.lines().count(), "{less}");
    assert!(!less.contains("receivables"), "{less}");
    let column =
        "/lineage/impact.csv?asset=gold.sales_forecast&column=forecast_eur&side=upstream&domain=finance";
    let file = paula.get(column).await;
    let named = "attachment; filename=\"gold.sales_forecast-forecast_eur-upstream-finance.csv\"";
    assert_eq!((file.status, file.header("content-disposition")), (StatusCode::OK, named));
    assert!(file.body.lines().skip(1).any(|row| row.starts_with("1,gold.sales_daily,")), "{}", file.body);
    // Fields of a form that are left empty choose nothing.
    let empty = format!("{address}&column=&side=&domain=");
    assert_eq!(paula.get(&empty).await.body, less);

    let away = world.stranger().get(address).await;
    assert_eq!(away.status, StatusCode::SEE_OTHER, "{}", away.body);
    for (query, status) in [
        ("asset=gold.nothing", StatusCode::NOT_FOUND),
        ("asset=gold.receivables_ageing", StatusCode::NOT_FOUND),
        ("asset=gold.collections&column=nothing", StatusCode::UNPROCESSABLE_ENTITY),
        ("asset=gold.collections&side=sideways", StatusCode::UNPROCESSABLE_ENTITY),
        ("", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let refused = paula.get(&format!("/lineage/impact.csv?{query}")).await;
        assert_eq!(refused.status, status, "{query}: {}", refused.body);
        assert!(refused.body.contains("Back to the lineage"), "{query}: {}", refused.body);
    }
}
