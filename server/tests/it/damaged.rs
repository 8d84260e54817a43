//! Tables that cannot be read, on the pages of those who may read them.

use axum::http::{Method, StatusCode};

use crate::log::Log;
use crate::world::World;

#[tokio::test]
async fn a_damaged_table_never_passes_for_a_portal_that_is_away() {
    let world = World::with_mesh().await;
    world.damage("gold.sales_daily");
    let mut maria = world.browser("maria.keller").await;
    let (log, _logged) = Log::begin();
    let reason = "Table gold.sales_daily cannot be read: its log is damaged";

    let page = maria.get("/assets/gold.sales_daily?tab=preview").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    // Beside the preview the facts say it as well.
    let (preview, facts) = page.body.split_once("<dl class=\"facts\"").expect("the facts are shown");
    assert!(preview.contains(reason) && facts.contains(reason), "{}", page.body);

    let file = maria.get("/assets/gold.sales_daily/rows.csv").await;
    assert_eq!(file.status, StatusCode::CONFLICT, "{}", file.body);
    assert!(file.body.contains(reason) && file.body.contains("Back to the table"), "{}", file.body);

    let headers = [("sec-fetch-site", "same-origin"), ("accept", "application/json")];
    let call = maria.send(Method::POST, "/fn/preview", "id=gold.sales_daily", &headers).await;
    assert_eq!(call.status, StatusCode::CONFLICT, "{}", call.body);
    let told = call.json();
    assert_eq!(told["kind"], "conflict", "{told}");
    assert!(told["message"].as_str().expect("a sentence").starts_with(reason), "{told}");

    let log = log.text();
    assert_eq!(log.matches("answered").count(), 3, "{log}");
    assert!(!log.contains("ERROR"), "{log}");
}
