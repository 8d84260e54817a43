//! Leaving out what access keeps from being shown: the page says once what is missing.

use std::collections::BTreeSet;

use lakeport_model::dashboards::{Content, DashboardView, Element};

/// Takes the elements with these ids out of a view, and containers that are empty then. Where no figure is left at all,
/// neither the words around the figures nor the filters say anything.
pub(super) fn without(view: &mut DashboardView, ids: &BTreeSet<String>) {
    if ids.is_empty() {
        return;
    }
    view.elements.retain_mut(|element| stays(element, ids));
    if !view.elements.iter().any(shows_figures) {
        view.elements.clear();
        view.filters.clear();
    }
}

fn stays(element: &mut Element, ids: &BTreeSet<String>) -> bool {
    if ids.contains(&element.id) {
        return false;
    }
    match &mut element.content {
        Content::Columns { children, .. } | Content::Expander { children, .. } => {
            children.retain_mut(|child| stays(child, ids));
            !children.is_empty()
        }
        Content::Tabs { tabs } => {
            for tab in tabs.iter_mut() {
                tab.children.retain_mut(|child| stays(child, ids));
            }
            tabs.retain(|tab| !tab.children.is_empty());
            !tabs.is_empty()
        }
        Content::Text { .. }
        | Content::Metric(_)
        | Content::Chart(_)
        | Content::Table(_)
        | Content::Problem { .. } => true,
    }
}

fn shows_figures(element: &Element) -> bool {
    match &element.content {
        Content::Text { .. } => false,
        Content::Columns { children, .. } | Content::Expander { children, .. } => {
            children.iter().any(shows_figures)
        }
        Content::Tabs { tabs } => tabs.iter().flat_map(|tab| &tab.children).any(shows_figures),
        Content::Metric(_) | Content::Chart(_) | Content::Table(_) | Content::Problem { .. } => true,
    }
}
