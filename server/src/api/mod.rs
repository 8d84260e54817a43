//! The REST interface, version 1: what programs read and send, with the scopes of their tokens.

mod access_requests;
mod assets;
mod caller;
mod column_lineage;
mod impact;
mod lineage;
mod mesh;
mod needs;
pub(crate) mod problem;
mod products;
mod rows;
mod search;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, any, get, post};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

pub use caller::Caller;
pub(crate) use mesh::LARGEST_PUSH;
pub use problem::Problem;

use crate::shared::{Route, Shared};

/// The description of the interface.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Lakeport",
        description = "Search the catalog, read products and assets, send and read lineage, ask for access, push folders \
                       of documents. Calls carry a service account's token: `Authorization: Bearer lkp_..`. Every error \
                       is a problem document (RFC 9457).",
    ),
    paths(
        search::search,
        products::list,
        assets::asset,
        lineage::receive,
        lineage::receive_batch,
        lineage::graph,
        impact::list,
        column_lineage::column_graph,
        access_requests::list,
        access_requests::ask,
        mesh::plan,
        mesh::apply,
    ),
    components(schemas(Problem)),
    modifiers(&Tokens),
    security(("token" = [])),
)]
pub struct Description;

/// Declares how callers prove who they are.
struct Tokens;

impl Modify for Tokens {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("lkp_..").build();
        let components = description.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// The interface's addresses, and the downloads that pages link to.
pub fn routes() -> Vec<Route> {
    let route = |path, methods, handler: MethodRouter<Shared>| Route { path, methods, handler };
    vec![
        route("/api/v1/openapi.json", &["GET"], get(description)),
        route(search::PATH, &["GET"], get(search::search)),
        route(products::PATH, &["GET"], get(products::list)),
        route(assets::PATH, &["GET"], get(assets::asset)),
        route(lineage::PATH, &["GET", "POST"], lineage::both()),
        route(lineage::BATCH_PATH, &["POST"], lineage::batch()),
        route(impact::PATH, &["GET"], get(impact::list)),
        route(column_lineage::PATH, &["GET"], get(column_lineage::column_graph)),
        route(access_requests::PATH, &["GET", "POST"], get(access_requests::list).post(access_requests::ask)),
        route(mesh::PLAN_PATH, &["POST"], mesh::planning()),
        route(mesh::APPLY_PATH, &["POST"], post(mesh::apply)),
        route("/api", &["GET"], any(nothing)),
        route("/api/", &["GET"], any(nothing)),
        route("/api/{*path}", &["GET"], any(nothing)),
        route("/dashboards/{id}/data/{block}", &["GET"], get(rows::of_dashboard)),
        route("/assets/{id}/rows.csv", &["GET"], get(rows::of_asset)),
        route("/lineage/impact.csv", &["GET"], get(rows::of_impact)),
    ]
}

async fn description() -> Response {
    Json(Description::openapi()).into_response()
}

async fn nothing() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "There is nothing at this address. /api/v1/openapi.json lists what there is.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_names_every_address_of_the_interface() {
        let described = Description::openapi();
        let unlisted = ["/api/v1/openapi.json", "/api/", "/api/{*path}"];
        for route in
            routes().iter().filter(|route| route.path.starts_with("/api/") && !unlisted.contains(&route.path))
        {
            let item = described.paths.paths.get(route.path);
            let item = item.unwrap_or_else(|| panic!("{} is not described", route.path));
            assert_eq!(item.get.is_some(), route.methods.contains(&"GET"), "{}", route.path);
            assert_eq!(item.post.is_some(), route.methods.contains(&"POST"), "{}", route.path);
        }
    }

    #[test]
    fn every_call_says_which_scope_it_needs_in_the_words_of_all_problems() {
        let described = serde_json::to_value(Description::openapi()).expect("it is JSON");
        let calls = [
            ("/api/v1/search", "get", "catalog:read", "400"),
            ("/api/v1/products", "get", "catalog:read", "400"),
            ("/api/v1/assets/{id}", "get", "catalog:read", "404"),
            ("/api/v1/lineage", "post", "lineage:write", "400"),
            ("/api/v1/lineage/batch", "post", "lineage:write", "400"),
            ("/api/v1/lineage", "get", "lineage:read", "400"),
            ("/api/v1/lineage/impact", "get", "lineage:read", "400"),
            ("/api/v1/column-lineage", "get", "lineage:read", "400"),
            ("/api/v1/access-requests", "post", "access:write", "409"),
            ("/api/v1/mesh/plan", "post", caller::PUSHES, "422"),
            ("/api/v1/mesh/apply", "post", caller::PUSHES, "409"),
        ];
        for (path, method, scope, other) in calls {
            let responses = &described["paths"][path][method]["responses"];
            assert_eq!(
                responses["403"]["description"],
                format!("The token lacks {scope}"),
                "{method} {path}"
            );
            assert_eq!(responses["401"]["description"], "No valid token", "{method} {path}");
            for status in ["401", "403"] {
                assert_eq!(responses[status]["content"], responses[other]["content"], "{method} {path}");
            }
        }
    }
}
