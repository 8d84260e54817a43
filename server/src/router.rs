//! What answers what: pages and their calls, sign-in, the REST interface, files, and the operator's addresses; and
//! the layers that everything passes through.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post};
use lakeport_app::guess;
use lakeport_app::serve::LARGEST_FORM;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;

use crate::auth;
use crate::shared::{Route, Shared};
use crate::{answers, api, assets, audit, deadline, headers, observe, patches};

/// The largest body of a call that sets no other, in bytes.
const LARGEST_BODY: usize = 8 * 1024 * 1024;

/// The largest body of any call, in bytes: more than every call takes, so that each says itself what it takes.
const LARGEST_OF_ALL: usize = api::LARGEST_PUSH + 1024 * 1024;

/// Every address of this crate; pages and their calls are the app's.
pub fn routes() -> Vec<Route> {
    let route = |path, methods, handler: MethodRouter<Shared>| Route { path, methods, handler };
    let mut routes = vec![
        route("/auth/sign-in", &["GET"], get(auth::sign_in)),
        route("/auth/callback", &["GET"], get(auth::callback)),
        route("/auth/sign-out", &["POST"], post(auth::sign_out)),
        route("/auth/sign-out-everywhere", &["POST"], post(auth::sign_out_everywhere)),
        route("/audit/export", &["POST"], post(audit::export)),
        route("/documents/patch", &["POST"], post(patches::patch)),
        route("/signed-out", &["GET"], get(auth::signed_out)),
        route("/livez", &["GET"], get(observe::alive)),
        route("/readyz", &["GET"], get(observe::ready)),
        route("/metrics", &["GET"], get(observe::metrics)),
        route("/pkg/{*path}", &["GET"], get(assets::serve)),
        route("/fonts/{*path}", &["GET"], get(assets::serve)),
        route("/favicon.svg", &["GET"], get(assets::serve)),
        route("/robots.txt", &["GET"], get(assets::serve)),
    ];
    routes.extend(auth::demo_routes());
    routes.extend(api::routes());
    routes
}

/// Everything, with its layers; the first one named here is the innermost.
pub fn router(shared: &Shared) -> Router {
    let mut own = Router::new();
    for route in routes() {
        own = own.route(route.path, route.handler);
    }
    lakeport_app::serve::router(shared.ctx.clone(), assets::names())
        .layer(RequestBodyLimitLayer::new(LARGEST_FORM))
        .merge(own.with_state(shared.clone()))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(RequestBodyLimitLayer::new(LARGEST_OF_ALL))
        .layer(from_fn_with_state(shared.clone(), auth::authenticate))
        .layer(auth::layer(&shared.ctx, &shared.auth))
        .layer(from_fn(guess::refuse))
        .layer(from_fn_with_state(shared.clone(), headers::same_origin))
        .layer(from_fn_with_state(shared.clone(), deadline::hold))
        .layer(from_fn(answers::complete))
        .layer(CatchPanicLayer::custom(observe::panicked))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(from_fn_with_state(shared.clone(), headers::secure))
        .layer(from_fn_with_state(shared.clone(), observe::request))
}
