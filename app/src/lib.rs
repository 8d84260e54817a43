//! What people see: the shell, the pages, their components, and the server functions behind them.
//!
//! Pages are drawn on the server and work without JavaScript: links and plain forms. Only the leaves that are better with
//! it are islands. Code under the `ssr` feature never reaches the browser.
// A view is one type for its whole tree.
#![recursion_limit = "256"]
#![expect(
    unreachable_pub,
    reason = "the macros for components and islands write `pub` inside private modules"
)]

#[cfg(feature = "ssr")]
mod call;
mod error;
#[cfg(feature = "ssr")]
pub mod guess;
mod pages;
mod query;
#[cfg(feature = "ssr")]
pub mod reader;
#[cfg(feature = "ssr")]
pub mod serve;
mod shell;
mod ui;

pub mod api;

#[cfg(feature = "ssr")]
pub use call::is_own_path;
pub use error::{ApiError, ErrorKind};
pub use shell::App;

/// A leaf that is interactive in the browser: an island, or a plain component when the whole page is hydrated.
#[cfg(not(feature = "islands"))]
pub(crate) use leptos::component as island;
#[cfg(feature = "islands")]
pub(crate) use leptos::island;

/// Starts what is interactive on a page the server has drawn.
#[cfg(feature = "hydrate")]
pub fn hydrate() {
    #[cfg(feature = "islands")]
    leptos::mount::hydrate_islands();
    #[cfg(not(feature = "islands"))]
    leptos::mount::hydrate_body(App);
}

/// Ends what the islands of a page listen to, before another page takes its place in the document.
#[cfg(feature = "hydrate")]
pub fn leave() {
    ui::leave();
}
