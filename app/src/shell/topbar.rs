//! Search, the person's menu and, in the demo, the clock.

use lakeport_model::people::{DemoShell, Shell, Viewer};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::palette::Palette;
use super::popovers::Popovers;
use super::theme::ThemeToggle;
use crate::error::ApiError;
use crate::ui::{Form, Glyph, Hidden, Icon};

/// What stands above every page.
#[component]
pub(super) fn TopBar(
    /// Who is signed in.
    shell: Resource<Result<Shell, ApiError>>,
) -> impl IntoView {
    view! {
        <Suspense>
            {move || Suspend::new(async move { shell.await.ok().and_then(|shell| shell.demo).map(clock) })}
        </Suspense>
        <header class="topbar">
            <form class="searchbox" id="searchbox" role="search" method="get" action="/catalog">
                <Icon glyph=Glyph::Search />
                <input type="search" name="q" aria-label="Search data and columns" placeholder="Search data and columns" />
            </form>
            <Palette />
            <Popovers />
            <div class="ms-auto cluster">
                <Suspense>
                    {move || Suspend::new(async move { shell.await.ok().map(|shell| person(&shell.viewer)) })}
                </Suspense>
            </div>
        </header>
    }
}

fn person(viewer: &Viewer) -> AnyView {
    let (initials, name) = (viewer.initials(), viewer.name.clone());
    // A page that is exchanged in place says whose it is (navigate.js).
    view! {
        <details class="popover" data-reader=viewer.id.to_string()>
            <summary class="cluster list-none" aria-label=format!("{name}: account and appearance")>
                <span class="avatar" aria-hidden="true">{initials}</span>
            </summary>
            <div class="menu end-0">
                <a href="/account">
                    <Icon glyph=Glyph::Person />
                    {name}
                </a>
                <ThemeToggle />
                <form method="post" action="/auth/sign-out">
                    <button type="submit">
                        <Icon glyph=Glyph::SignOut />
                        "Sign out"
                    </button>
                </form>
            </div>
        </details>
    }
    .into_any()
}

fn clock(demo: DemoShell) -> AnyView {
    let location = use_location();
    let here = move || {
        let search = location.search.get();
        let search = search.trim_start_matches('?');
        let path = location.pathname.get();
        if search.is_empty() { path } else { format!("{path}?{search}") }
    };
    view! {
        <aside id="clock" class="flex flex-wrap items-center gap-x-4 gap-y-1 px-6 py-1 text-xs" aria-label="Clock of the demo">
            <p>"Demo company, invented people. The portal's clock shows " <strong>{demo.now}</strong>"."</p>
            <Form action="/fn/move_clock" class="cluster">
                <Hidden name="back" value=here() />
                <label for="clock-to">"Move it to"</label>
                <input
                    class="input input-xs w-36"
                    type="date"
                    id="clock-to"
                    name="to"
                    required
                    min=demo.today.clone()
                    value=demo.today
                />
                <button class="btn btn-xs" type="submit">"Move the clock"</button>
            </Form>
        </aside>
    }
    .into_any()
}
