//! Folders that programs push over the REST interface.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::rest::call;
use crate::world::{Browser, Reply, World, mesh_files};

const PLAN: &str = "/api/v1/mesh/plan";
const APPLY: &str = "/api/v1/mesh/apply";
const FILE: &str = "products/sales-forecast.odps.yaml";

/// What stands in that file of the demo's mesh.
pub(crate) const LIMITS: &str = "Knows season and growth, not campaigns";

/// The product's file, with other words in the place of those.
pub(crate) fn forecast(limits: &str) -> String {
    let file = mesh_files().into_iter().find(|file| file.path == FILE).expect("the mesh has it");
    assert!(file.text.contains(LIMITS));
    file.text.replace(LIMITS, limits)
}

fn push(limits: &str) -> String {
    json!({ "files": [{ "path": FILE, "text": forecast(limits) }] }).to_string()
}

async fn ask(program: &mut Browser, token: &str, address: &str, body: &str) -> Reply {
    call(program, token, Method::POST, address, body).await
}

async fn planned(program: &mut Browser, token: &str, limits: &str) -> Value {
    let plan = ask(program, token, PLAN, &push(limits)).await;
    assert_eq!(plan.status, StatusCode::OK, "{}", plan.body);
    plan.json()
}

async fn apply(program: &mut Browser, token: &str, plan: &Value) -> Reply {
    let body = json!({ "plan": plan["id"], "reason": "More is known." }).to_string();
    ask(program, token, APPLY, &body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_changes_nothing_and_applied_it_changes_what_it_said() {
    let world = World::with_mesh().await;
    let token = world.token_of("maria.keller", &["finance:product"]).await;
    let mut program = world.stranger();
    for _ in 0..2 {
        let plan = planned(&mut program, &token, "Knows campaigns").await;
        let change = &plan["changed"][0];
        assert_eq!(
            (&change["kind"], &change["id"], &change["file"]),
            (&json!("product"), &json!("sales-forecast"), &json!(FILE)),
            "{plan}"
        );
        assert!(plan["id"].is_string() && plan["ends_at"].is_string(), "{plan}");
        assert_eq!(
            (&plan["created"], &plan["refused"], &plan["meetings"]),
            (&json!([]), &json!([]), &json!([]))
        );
    }
    let plan = planned(&mut program, &token, "Knows campaigns").await;
    let applied = apply(&mut program, &token, &plan).await;
    assert_eq!(applied.status, StatusCode::OK, "{}", applied.body);
    assert_eq!(applied.json()["changed"], json!([["product", "sales-forecast"]]));
    assert_eq!(apply(&mut program, &token, &plan).await.status, StatusCode::NOT_FOUND, "it is done");
    let again = planned(&mut program, &token, "Knows campaigns").await;
    assert_eq!((&again["id"], &again["changed"], &again["unchanged"]), (&json!(null), &json!([]), &json!(1)));
    let mut maria = world.browser("maria.keller").await;
    assert!(maria.get("/products/sales-forecast").await.body.contains("Knows campaigns"));
    let edit = maria.get("/products/sales-forecast/edit").await.body;
    assert!(edit.contains("formaction=\"/documents/patch\"") && edit.contains("import or push"), "{edit}");
    let history = maria.get("/products/sales-forecast/history").await.body;
    assert!(history.contains("A folder that was pushed") && history.contains("More is known."), "{history}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_folder_does_not_have_any_more_is_retired_where_a_push_asks_for_it() {
    let world = World::with_mesh().await;
    let token = world.token_of("maria.keller", &["finance:product"]).await;
    let mut program = world.stranger();
    let budget = "apiVersion: v1.1.0\nkind: DataProduct\nid: budget\nname: Budget\nversion: 1.0.0\nstatus: active\n\
                  domain: finance\ndescription: {purpose: What may be spent}\n";
    let kept = json!({ "path": FILE, "text": forecast("Knows campaigns") });
    let both =
        json!({ "files": [&kept, { "path": "products/budget.odps.yaml", "text": budget }] }).to_string();
    let plan = ask(&mut program, &token, PLAN, &both).await.json();
    assert_eq!(apply(&mut program, &token, &plan).await.status, StatusCode::OK, "{plan}");
    let plan = planned(&mut program, &token, "Knows campaigns").await;
    assert_eq!((&plan["id"], &plan["retired"]), (&json!(null), &json!([])));
    let pruned = json!({ "files": [kept], "prune": true }).to_string();
    let plan = ask(&mut program, &token, PLAN, &pruned).await.json();
    let retired = &plan["retired"][0];
    assert_eq!((&retired["kind"], &retired["id"]), (&json!("product"), &json!("budget")), "{plan}");
    let applied = apply(&mut program, &token, &plan).await;
    assert_eq!(applied.status, StatusCode::OK, "{}", applied.body);
    assert_eq!(applied.json()["retired"], json!([["product", "budget"]]));
    let page = world.browser("maria.keller").await.get("/products/budget").await.body;
    assert!(page.contains("Said by Service account"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_never_applied_after_what_it_looked_at_changed() {
    let world = World::with_mesh().await;
    let token = world.token_of("maria.keller", &["finance:product"]).await;
    let mut program = world.stranger();
    let first = planned(&mut program, &token, "Knows the first").await;
    let second = planned(&mut program, &token, "Knows the second").await;
    assert_eq!(apply(&mut program, &token, &second).await.status, StatusCode::OK);
    let late = apply(&mut program, &token, &first).await;
    assert_eq!(
        (late.status, late.header("content-type")),
        (StatusCode::CONFLICT, "application/problem+json")
    );
    assert!(late.json()["detail"].as_str().unwrap().contains("Plan again"), "{}", late.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_pushes_without_a_scope_of_a_domain_or_applies_the_plan_of_another() {
    let world = World::with_mesh().await;
    let (pushes, reads) = (
        world.token_of("maria.keller", &["finance:product"]).await,
        world.token_of("maria.keller", &["catalog:read", "lineage:write", "access:write"]).await,
    );
    let other = world.token_of("ines.hoffmann", &["finance:product"]).await;
    let mut program = world.stranger();
    let plan = planned(&mut program, &pushes, "Knows campaigns").await;
    for (address, body) in
        [(PLAN, push("Knows campaigns")), (APPLY, json!({ "plan": plan["id"] }).to_string())]
    {
        let refused = ask(&mut program, &reads, address, &body).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
        let detail = refused.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("DOMAIN:KIND") && detail.contains("catalog:read"), "{detail}");
        let person = world.browser("maria.keller").await.post(address, &body).await;
        assert_eq!(person.status, StatusCode::FORBIDDEN, "{}", person.body);
    }
    assert_eq!(apply(&mut program, &other, &plan).await.status, StatusCode::NOT_FOUND);
    let unknown = json!({ "id": "0192d7a0-0000-7000-8000-000000000001" });
    assert_eq!(apply(&mut program, &pushes, &unknown).await.status, StatusCode::NOT_FOUND);
    assert_eq!(apply(&mut program, &pushes, &plan).await.status, StatusCode::OK, "it is still there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_that_cannot_be_read_is_refused_with_a_sentence() {
    let world = World::with_mesh().await;
    let token = world.token_of("maria.keller", &["finance:product"]).await;
    let mut program = world.stranger();
    let unknown = json!({ "files": [], "force": true }).to_string();
    for (address, body, status) in [
        (PLAN, "no JSON", StatusCode::BAD_REQUEST),
        (PLAN, "{\"files\": [", StatusCode::BAD_REQUEST),
        (PLAN, "{}", StatusCode::UNPROCESSABLE_ENTITY),
        (PLAN, "{\"files\": [{\"path\": \"a.yaml\"}]}", StatusCode::UNPROCESSABLE_ENTITY),
        (PLAN, unknown.as_str(), StatusCode::UNPROCESSABLE_ENTITY),
        (APPLY, "{\"plan\": ", StatusCode::BAD_REQUEST),
        (APPLY, "{\"plan\": \"x\"}", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let answer = ask(&mut program, &token, address, body).await;
        assert_eq!(answer.status, status, "{address} {body}: {}", answer.body);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert!(!answer.body.contains("eserialize"), "{}", answer.body);
    }
    let large = json!({ "files": [{ "path": "a.yaml", "text": "x".repeat(17 * 1024 * 1024) }] }).to_string();
    let large = ask(&mut program, &token, PLAN, &large).await;
    assert_eq!(
        (large.status, large.header("content-type")),
        (StatusCode::PAYLOAD_TOO_LARGE, "application/problem+json")
    );
    let wrong = json!({ "files": [{ "path": "a.yaml", "text": "kind: [" }] }).to_string();
    let wrong = ask(&mut program, &token, PLAN, &wrong).await;
    assert_eq!(wrong.status, StatusCode::OK, "{}", wrong.body);
    let wrong = wrong.json();
    assert_eq!((&wrong["id"], &wrong["refused"][0]["file"]), (&json!(null), &json!("a.yaml")), "{wrong}");
}
