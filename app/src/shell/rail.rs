//! The navigation: what the viewer's roles open, with the number of things that wait.

use lakeport_model::people::{Role, Shell};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::error::ApiError;
use crate::ui::{Glyph, Icon};

struct Item {
    text: &'static str,
    href: &'static str,
    glyph: Glyph,
    count: u32,
}

/// The rail at the left; on small screens the bar at the bottom, whose second half opens on demand.
#[component]
pub(super) fn Rail(
    /// Who is signed in, and what waits.
    shell: Resource<Result<Shell, ApiError>>,
) -> impl IntoView {
    view! {
        <nav class="rail" id="rail" aria-label="Lakeport">
            <a class="rail-brand" href="/">
                <img src="/favicon.svg" alt="" width="20" height="20" />
                "Lakeport"
            </a>
            {link(Item { text: "Home", href: "/", glyph: Glyph::Home, count: 0 })}
            {link(Item { text: "Catalog", href: "/catalog", glyph: Glyph::Search, count: 0 })}
            {link(Item { text: "Lineage", href: "/lineage", glyph: Glyph::Lineage, count: 0 })}
            {link(Item { text: "Dashboards", href: "/dashboards", glyph: Glyph::Chart, count: 0 })}
            <button class="rail-link rail-more" type="button" popovertarget="rail-work">
                <Icon glyph=Glyph::More />
                <span>"More"</span>
            </button>
            <div class="rail-work" id="rail-work" popover="auto">
                {link(Item { text: "Glossary", href: "/glossary", glyph: Glyph::Book, count: 0 })}
                <div class="rail-group" role="presentation">"Work"</div>
                {link(Item { text: "My access", href: "/access/grants", glyph: Glyph::Key, count: 0 })}
                <Suspense>
                    {move || Suspend::new(async move {
                        shell.await.ok().map(|shell| items(&shell).into_iter().map(link).collect_view())
                    })}
                </Suspense>
            </div>
        </nav>
    }
}

fn items(shell: &Shell) -> Vec<Item> {
    let decides = shell.to_decide > 0 || shell.viewer.is_anywhere(Role::Steward);
    let reviews = shell.to_review > 0 || shell.viewer.is_anywhere(Role::Steward);
    let answers = shell.viewer.is_anywhere(Role::Steward);
    let proposes = shell.proposals > 0 || shell.has_proposed;
    let entries = [
        (decides, Item { text: "To decide", href: "/decide", glyph: Glyph::Decide, count: shell.to_decide }),
        (reviews, Item { text: "Reviews", href: "/reviews", glyph: Glyph::Clock, count: shell.to_review }),
        (
            proposes,
            Item { text: "Proposals", href: "/proposals", glyph: Glyph::File, count: shell.proposals },
        ),
        (answers, Item { text: "Personal data", href: "/personal-data", glyph: Glyph::Person, count: 0 }),
        (true, Item { text: "Inbox", href: "/inbox", glyph: Glyph::Inbox, count: shell.unread }),
        (true, Item { text: "Following", href: "/following", glyph: Glyph::Star, count: 0 }),
        (shell.sees_audit, Item { text: "Audit", href: "/audit", glyph: Glyph::Shield, count: 0 }),
        (shell.viewer.administrator, Item { text: "Tokens", href: "/tokens", glyph: Glyph::App, count: 0 }),
    ];
    entries.into_iter().filter_map(|(shown, item)| shown.then_some(item)).collect()
}

fn link(item: Item) -> AnyView {
    let path = use_location().pathname;
    let href = item.href;
    let current = move || is_under(&path.get(), href).then_some("page");
    let count = (item.count > 0).then(|| view! { <span class="count">{item.count}</span> });
    view! {
        <a class="rail-link" href=href aria-current=current>
            <Icon glyph=item.glyph />
            <span>{item.text}</span>
            {count}
        </a>
    }
    .into_any()
}

/// True when a page belongs to an entry of the navigation.
fn is_under(path: &str, entry: &str) -> bool {
    let below =
        |entry: &str| path == entry || path.strip_prefix(entry).is_some_and(|rest| rest.starts_with('/'));
    match entry {
        "/" => path == "/",
        "/catalog" => ["/catalog", "/products", "/assets", "/contracts"].into_iter().any(below),
        "/access/grants" => below("/access"),
        // A new term is written under its domain.
        "/glossary" => below(entry) || (path.starts_with("/domains/") && path.ends_with("/new-term")),
        entry => below(entry),
    }
}

#[cfg(test)]
mod tests {
    use super::is_under;

    #[test]
    fn pages_light_the_entry_they_belong_to() {
        assert!(is_under("/", "/") && !is_under("/catalog", "/"));
        assert!(is_under("/assets/gold.collections", "/catalog"));
        assert!(is_under("/access/requests", "/access/grants"));
        assert!(is_under("/glossary/dunning/edit", "/glossary"));
        assert!(is_under("/domains/finance/new-term", "/glossary"));
        assert!(!is_under("/domains/finance", "/glossary"));
        assert!(is_under("/decide/1", "/decide") && !is_under("/decided", "/decide"));
    }
}
