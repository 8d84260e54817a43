//! The REST interface as programs use it.

use axum::http::{Method, StatusCode};
use chrono::{Days, NaiveDate};
use lakeport_portal::access;
use serde_json::{Value, json};

use crate::log::Log;
use crate::world::{Browser, Reply, World, call_of};

const EVENT: &str = r#"{
    "eventType": "COMPLETE", "eventTime": "2026-11-20T04:00:00Z",
    "producer": "https://example.com/pipeline", "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
    "run": {"runId": "0192d7a0-1111-7000-8000-000000000001"},
    "job": {"namespace": "finance", "name": "build_margin"},
    "inputs": [{"namespace": "lakehouse", "name": "gold.sales_daily"}],
    "outputs": [{"namespace": "lakehouse", "name": "gold.sales_forecast"}]
}"#;

pub(crate) async fn call(
    browser: &mut Browser,
    token: &str,
    method: Method,
    address: &str,
    body: &str,
) -> Reply {
    browser.send(method, address, body, &[("authorization", &format!("Bearer {token}"))]).await
}

#[tokio::test]
async fn search_answers_hits_and_their_number() {
    let world = World::with_mesh().await;
    let token = world.token(&["catalog:read"]).await;
    let mut program = world.stranger();
    let found = call(&mut program, &token, Method::GET, "/api/v1/search?q=forecast&kind=product", "").await;
    assert_eq!(found.status, StatusCode::OK, "{}", found.body);
    let found = found.json();
    let hit = &found["hits"][0];
    assert_eq!(
        (&hit["id"], &hit["kind"], &hit["domain"]),
        (&json!("sales-forecast"), &json!("product"), &json!("finance"))
    );
    assert_eq!(hit["url"], json!("http://127.0.0.1:8080/products/sales-forecast"));
    assert!(found["total"].as_u64().unwrap() >= 1);
    let wrong = call(&mut program, &token, Method::GET, "/api/v1/search?query=forecast", "").await;
    assert_eq!(
        (wrong.status, wrong.header("content-type")),
        (StatusCode::BAD_REQUEST, "application/problem+json")
    );
    assert!(wrong.json()["detail"].as_str().unwrap().contains("query"), "{}", wrong.body);
}

#[tokio::test]
async fn a_word_that_is_none_never_reads_as_nothing_found() {
    let world = World::with_mesh().await;
    let token = world.token(&["catalog:read"]).await;
    let mut program = world.stranger();
    for (query, allowed) in [
        ("kind=x", "product, table"),
        ("layer=gold,x", "bronze, silver, gold"),
        ("classification=x", "internal"),
    ] {
        let wrong = call(&mut program, &token, Method::GET, &format!("/api/v1/search?{query}"), "").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        let told = wrong.json()["detail"].as_str().unwrap().to_owned();
        assert!(told.contains("\"x\" is not allowed here") && told.contains(allowed), "{told}");
    }
    let wrong = call(&mut program, &token, Method::GET, "/api/v1/search?limit=x", "").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(!wrong.body.contains("eserialize"), "{}", wrong.body);
}

#[tokio::test]
async fn lists_go_on_where_they_stopped_and_hide_what_is_private() {
    let world = World::with_mesh().await;
    let token = world.token(&["catalog:read"]).await;
    let mut program = world.stranger();
    let mut seen = Vec::new();
    let mut address = "/api/v1/products?limit=4".to_owned();
    loop {
        let part = call(&mut program, &token, Method::GET, &address, "").await.json();
        seen.extend(
            part["products"]
                .as_array()
                .unwrap()
                .iter()
                .map(|product| product["id"].as_str().unwrap().to_owned()),
        );
        let Some(next) = part["next"].as_str() else { break };
        address = format!("/api/v1/products?limit=4&after={next}");
    }
    let mut sorted = seen.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(seen, sorted, "in order, nothing twice");
    assert!(seen.contains(&"sales-forecast".to_owned()), "{seen:?}");
    assert!(!seen.contains(&"receivables-ageing".to_owned()), "a private product: {seen:?}");
}

#[tokio::test]
async fn an_asset_has_its_columns() {
    let world = World::with_mesh().await;
    let token = world.token(&["catalog:read"]).await;
    let asset = call(&mut world.stranger(), &token, Method::GET, "/api/v1/assets/gold.sales_daily", "").await;
    assert_eq!(asset.status, StatusCode::OK, "{}", asset.body);
    let asset = asset.json();
    assert_eq!((&asset["kind"], &asset["layer"]), (&json!("table"), &json!("gold")));
    assert!(asset["description"].as_str().unwrap().starts_with("Revenue, orders"), "no HTML: {asset}");
    assert!(
        asset["columns"].as_array().unwrap().iter().any(|column| column["name"] == "revenue_eur"),
        "{asset}"
    );
    let gone = call(&mut world.stranger(), &token, Method::GET, "/api/v1/assets/gold.nothing", "").await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_table_that_cannot_be_read_never_hides_its_asset_or_counts_as_an_error_of_ours() {
    let world = World::with_mesh().await;
    let token = world.token(&["catalog:read"]).await;
    let (log, _logged) = Log::begin();
    world.damage("gold.sales_daily");
    for (id, reason) in
        [("gold.sales_daily", "its log is damaged"), ("gold.sales_forecast", "There is no Delta table")]
    {
        let asset =
            call(&mut world.stranger(), &token, Method::GET, &format!("/api/v1/assets/{id}"), "").await;
        assert_eq!(asset.status, StatusCode::OK, "{}", asset.body);
        let asset = asset.json();
        assert_eq!(asset["table"], json!(null));
        let problem = asset["table_problem"].as_str().expect("a reason in words");
        assert!(problem.contains(reason) && problem.contains(id) && problem.ends_with('.'), "{problem}");
        assert!(!asset["columns"].as_array().unwrap().is_empty(), "what files say of it is there: {asset}");
    }
    let log = log.text();
    assert!(log.contains("answered") && !log.contains("ERROR"), "{log}");
}

#[tokio::test]
async fn what_was_approved_never_takes_the_place_of_what_was_asked() {
    let world = World::with_mesh().await;
    let token = world.token(&["access:write", "access:read"]).await;
    let mut program = world.stranger();
    let maria = world.viewer("maria.keller").await;
    let port = lakeport_model::PortId::from("sales-forecast/forecast");
    let form = access::request_form(&call_of(world.ctx(), &world.viewer("paula.brandt").await).await, &port)
        .await
        .unwrap();
    let asked = form.suggested_end;
    let body = json!({
        "port": port, "purpose": "Nightly report", "ends_on": asked,
        "contract_version": form.contract.map(|(_, version)| version),
    });
    let sent = call(&mut program, &token, Method::POST, "/api/v1/access-requests", &body.to_string()).await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.body);
    let id = lakeport_model::RequestId(sent.json()["id"].as_str().unwrap().parse().unwrap());
    let approved = asked - Days::new(3);
    let revision = access::decide_page(&call_of(world.ctx(), &maria).await, id).await.unwrap().revision;
    access::approve(
        &call_of(world.ctx(), &maria).await,
        id,
        revision,
        Some(approved),
        "A little less.".to_owned(),
    )
    .await
    .unwrap();
    let list = call(&mut program, &token, Method::GET, "/api/v1/access-requests", "").await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.body);
    let list = list.json();
    let line = &list["requests"][0];
    let day = |name: &str| line[name].as_str().unwrap().parse::<NaiveDate>().unwrap();
    assert_eq!((&line["state"], &line["id"]), (&json!("approved"), &json!(id)));
    assert_eq!((day("asked_until"), day("ends_on")), (asked, approved));
}

#[tokio::test]
async fn a_lineage_event_is_taken_and_found_again() {
    let world = World::with_mesh().await;
    let token = world.token(&["lineage:write", "lineage:read"]).await;
    let mut program = world.stranger();
    let taken = call(&mut program, &token, Method::POST, "/api/v1/lineage", EVENT).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.body);
    let again = call(&mut program, &token, Method::POST, "/api/v1/lineage", EVENT).await;
    assert_eq!(again.status, StatusCode::CREATED, "sent twice is no error");
    let address = "/api/v1/lineage?nodeId=dataset:lakehouse:gold.sales_forecast&depth=3";
    let graph = call(&mut program, &token, Method::GET, address, "").await;
    assert_eq!(graph.status, StatusCode::OK, "{}", graph.body);
    let graph = graph.json();
    let nodes = graph["graph"].as_array().unwrap();
    for node in nodes {
        for field in ["id", "type", "data", "inEdges", "outEdges"] {
            assert!(node.get(field).is_some(), "no {field} in {node}");
        }
    }
    assert!(nodes.iter().any(|node| node["id"] == "job:finance:build_margin"), "{graph}");
}

#[tokio::test]
async fn the_columns_that_an_event_names_are_found_again() {
    let world = World::with_mesh().await;
    let token = world.token(&["lineage:write", "lineage:read"]).await;
    let mut program = world.stranger();
    let mut event: Value = serde_json::from_str(EVENT).unwrap();
    event["inputs"] = json!([{ "namespace": "lakehouse", "name": "raw.prices" }]);
    event["outputs"] = json!([{ "namespace": "lakehouse", "name": "raw.margins", "facets": { "columnLineage": {
        "_producer": "https://example.com/pipeline", "_schemaURL": "https://example.com/c",
        "fields": { "margin": { "inputFields": [
            { "namespace": "lakehouse", "name": "raw.prices", "field": "price" },
        ] } },
    } } }]);
    let taken = call(&mut program, &token, Method::POST, "/api/v1/lineage", &event.to_string()).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.body);
    let address = "/api/v1/lineage/impact?nodeId=dataset:lakehouse:raw.prices";
    let hit = call(&mut program, &token, Method::GET, address, "").await;
    assert_eq!(hit.json()["total"], json!(1), "it is read back at once: {}", hit.body);
    let way = "/api/v1/column-lineage?nodeId";
    let (price, margin) =
        ("datasetField:lakehouse:raw.prices:price", "datasetField:lakehouse:raw.margins:margin");
    for node in ["dataset:lakehouse:raw.margins", margin, &format!("{price}&withDownstream=true")] {
        let address = format!("{way}={node}");
        let answer = call(&mut program, &token, Method::GET, &address, "").await;
        assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.body);
        let graph = answer.json();
        let data = |dataset: &str, field: &str, inputs: Value| {
            json!({
                "namespace": "lakehouse", "dataset": dataset, "datasetVersion": null, "field": field,
                "fieldType": "", "transformationDescription": null, "transformationType": null,
                "inputFields": inputs,
            })
        };
        let input = json!({
            "namespace": "lakehouse", "dataset": "raw.prices", "datasetVersion": null, "field": "price",
            "transformationDescription": null, "transformationType": null,
        });
        let wanted = json!({ "graph": [
            { "id": margin, "type": "DATASET_FIELD", "data": data("raw.margins", "margin", json!([input])),
              "inEdges": [{ "origin": margin, "destination": price }], "outEdges": [] },
            { "id": price, "type": "DATASET_FIELD", "data": data("raw.prices", "price", json!([])),
              "inEdges": [], "outEdges": [{ "origin": price, "destination": margin }] },
        ] });
        assert_eq!(graph, wanted, "{address}");
    }
    for (node, status) in [
        ("job:finance:build_margin", StatusCode::UNPROCESSABLE_ENTITY),
        ("dataset:lakehouse:raw.none", StatusCode::NOT_FOUND),
        ("datasetField:lakehouse:raw.margins:none", StatusCode::NOT_FOUND),
        ("dataset:lakehouse:raw.margins&withDownstream=perhaps", StatusCode::BAD_REQUEST),
        ("dataset:lakehouse:raw.margins&downstream=true", StatusCode::BAD_REQUEST),
    ] {
        let refused = call(&mut program, &token, Method::GET, &format!("{way}={node}"), "").await;
        let kind = refused.header("content-type");
        assert_eq!((refused.status, kind), (status, "application/problem+json"), "{node}: {}", refused.body);
    }
}

#[tokio::test]
async fn a_number_beyond_its_range_is_never_answered_as_if_it_were_no_number() {
    let world = World::with_mesh().await;
    let token = world.token(&["lineage:read", "catalog:read"]).await;
    let mut program = world.stranger();
    for (way, name) in [
        ("lineage?nodeId=dataset:lakehouse:x&depth", "depth"),
        ("column-lineage?nodeId=dataset:lakehouse:x&depth", "depth"),
        ("lineage/impact?nodeId=dataset:lakehouse:x&limit", "limit"),
        ("search?limit", "limit"),
        ("products?limit", "limit"),
    ] {
        for value in ["201", "-1", "300", "5000000000"] {
            let address = format!("/api/v1/{way}={value}");
            let answer = call(&mut program, &token, Method::GET, &address, "").await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{address}: {}", answer.body);
            assert!(answer.body.contains(&format!("\\\"{name}\\\" has to lie between")), "{}", answer.body);
        }
        let address = format!("/api/v1/{way}=many");
        let answer = call(&mut program, &token, Method::GET, &address, "").await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{address}: {}", answer.body);
    }
}

#[tokio::test]
async fn advice_on_an_event_never_tells_that_something_hidden_is_there() {
    let world = World::with_mesh().await;
    let token = world.token(&["lineage:write"]).await;
    let mut program = world.stranger();
    let folder = format!("{}/gold", world.ctx().settings.lake_root.trim_end_matches('/'));
    let theirs = EVENT.replace("build_margin", "theirs").replace("gold.sales_forecast", "raw.theirs");
    let taken = call(&mut program, &token, Method::POST, "/api/v1/lineage", &theirs).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.body);
    let mut advice = Vec::new();
    for (namespace, name) in [
        ("lakehouse", "gold.nothing".to_owned()),
        ("lakehouse", "raw.theirs".to_owned()),
        ("lakehouse", "gold.receivables_ageing".to_owned()),
        ("file", format!("{folder}/nothing")),
        ("file", format!("{folder}/receivables_ageing")),
        ("lakehouse", "gold.sales_daily".to_owned()),
    ] {
        let mut event: serde_json::Value = serde_json::from_str(EVENT).unwrap();
        event["outputs"][0]["facets"] = json!({ "symlinks": { "identifiers":
            [{ "namespace": namespace, "name": name, "type": "TABLE" }] } });
        let event = event.to_string();
        let taken = call(&mut program, &token, Method::POST, "/api/v1/lineage", &event).await;
        assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.body);
        advice.push(taken.json()["advice"].to_string());
    }
    // Nor by what is said of names that nobody had, whoever sends them and however often.
    for (scopes, hours) in [(&["lineage:write"][..], 5..7), (&["lineage:write", "lineage:read"], 7..9)] {
        let token = world.token(scopes).await;
        for hour in hours {
            let mut told = Vec::new();
            for name in ["gold.receivables_ageing", "gold.nobodys"] {
                let event = EVENT.replace("gold.sales_forecast", name).replace("T04:", &format!("T0{hour}:"));
                let taken = call(&mut program, &token, Method::POST, "/api/v1/lineage", &event).await;
                assert!(taken.body.contains(&format!("describes lakehouse {name}.")), "{}", taken.body);
                told.push(taken.body.replace(name, "it"));
            }
            assert_eq!(told[0], told[1], "a name that is taken reads as one that is not");
        }
    }
    let [unknown, theirs, private, no_folder, private_folder, open]: [String; 6] = advice.try_into().unwrap();
    assert_eq!(theirs, unknown, "what only events made reads as one that is not there");
    assert_eq!(private, unknown, "a private table reads as one that is not there");
    assert_eq!(private_folder, no_folder, "and so does its place");
    assert!(open.contains("stay two assets"), "what everybody sees is told: {open}");
}

#[tokio::test]
async fn an_event_that_is_none_is_refused_with_the_place() {
    let world = World::empty().await;
    let token = world.token(&["lineage:write"]).await;
    let mut program = world.stranger();
    let broken = call(&mut program, &token, Method::POST, "/api/v1/lineage", "{\n  \"run\": ,\n}").await;
    assert_eq!(
        (broken.status, broken.header("content-type")),
        (StatusCode::BAD_REQUEST, "application/problem+json")
    );
    assert!(broken.json()["detail"].as_str().unwrap().contains("2:10"), "{}", broken.body);
    for address in ["/api/v1/lineage", "/api/v1/lineage/batch"] {
        for (body, status) in [
            ("", StatusCode::BAD_REQUEST),
            ("no JSON", StatusCode::BAD_REQUEST),
            ("[{]", StatusCode::BAD_REQUEST),
            ("{\"hello\": 1}", StatusCode::UNPROCESSABLE_ENTITY),
            ("7", StatusCode::UNPROCESSABLE_ENTITY),
        ] {
            let answer = call(&mut program, &token, Method::POST, address, body).await;
            assert_eq!(answer.status, status, "{address} {body:?}: {}", answer.body);
        }
    }
    let large = format!("{{\"padding\": \"{}\"}}", "x".repeat(5 * 1024 * 1024));
    let large = call(&mut program, &token, Method::POST, "/api/v1/lineage", &large).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_bad_event_of_a_batch_does_not_take_the_good_ones_with_it() {
    let world = World::with_mesh().await;
    let token = world.token(&["lineage:write"]).await;
    let mut program = world.stranger();
    let batch = format!("[{EVENT}, {{\"hello\": 1}}, {}]", EVENT.replace("build_margin", "other"));
    let answer = call(&mut program, &token, Method::POST, "/api/v1/lineage/batch", &batch).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let answer = answer.json();
    assert_eq!(answer["status"], json!("partial_success"));
    assert_eq!(answer["summary"]["successful"], json!(2));
    assert_eq!(
        (&answer["failed_events"][0]["index"], &answer["failed_events"][0]["retriable"]),
        (&json!(1), &json!(false))
    );
    let none = call(&mut program, &token, Method::POST, "/api/v1/lineage/batch", EVENT).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", none.body);
}

#[tokio::test]
async fn a_token_that_is_none_opens_nothing() {
    let world = World::empty().await;
    let good = world.token(&["catalog:read"]).await;
    for token in ["", "lkp_", "lkp_0000", &good[..good.len() - 1], &format!("{good}0")] {
        let reply = call(&mut world.stranger(), token, Method::GET, "/api/v1/search?q=x", "").await;
        assert_eq!(
            (reply.status, reply.header("www-authenticate")),
            (StatusCode::UNAUTHORIZED, "Bearer"),
            "{token}"
        );
    }
    let reply =
        world.stranger().send(Method::GET, "/api/v1/search", "", &[("authorization", "Basic eDp5")]).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    let mut person = World::with_mesh().await.browser("paula.brandt").await;
    let reply = call(&mut person, "lkp_0000", Method::GET, "/api/v1/search?q=x", "").await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "a session does not help a wrong token");
}

#[tokio::test]
async fn the_description_is_openapi() {
    let world = World::empty().await;
    let token = world.token(&["catalog:read"]).await;
    let description =
        call(&mut world.stranger(), &token, Method::GET, "/api/v1/openapi.json", "").await.json();
    assert!(description["openapi"].as_str().unwrap().starts_with("3."), "{description}");
    assert_eq!(description["components"]["securitySchemes"]["token"]["scheme"], json!("bearer"));
}
