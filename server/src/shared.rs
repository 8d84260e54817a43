//! What handlers and layers are given, and what an address is.

use std::sync::Arc;

use axum::routing::MethodRouter;
use lakeport_lake::WorkerPool;
use lakeport_portal::Ctx;

use crate::auth::Auth;
use crate::config::Config;

/// What handlers and layers share. Cheap to clone.
#[derive(Clone)]
pub struct Shared {
    /// The use cases' context.
    pub ctx: Ctx,
    /// The configuration.
    pub config: Arc<Config>,
    /// Sign-in.
    pub auth: Arc<Auth>,
    /// The lake's workers.
    pub pool: Arc<WorkerPool>,
}

impl Shared {
    /// From its parts.
    pub fn new(ctx: Ctx, config: Arc<Config>, auth: Arc<Auth>, pool: Arc<WorkerPool>) -> Self {
        Self { ctx, config, auth, pool }
    }
}

/// One address of this crate with the methods it answers; the list of them is what the route matrix is compared with.
pub struct Route {
    /// Its path, as axum writes it.
    pub path: &'static str,
    /// The methods.
    pub methods: &'static [&'static str],
    /// What answers.
    pub handler: MethodRouter<Shared>,
}
