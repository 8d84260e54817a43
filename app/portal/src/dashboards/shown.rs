//! What a page really shows: only that counts as read.
//!
//! A person who opens a dashboard has read the tables behind its parts that stand open, once for each opening of the
//! page. Moving a filter or opening a part adds what had not been shown until then.

use std::collections::BTreeSet;

use lakeport_model::dashboards::{Content, Element};

/// Which of the parts that can be closed stand open.
#[derive(Debug, Clone, Copy)]
pub(super) enum Open<'a> {
    /// Those that stand open when the page is drawn: every first tab, and expanders as their author wrote.
    AsDrawn,
    /// Those that an open page names: expanders by their id, tabs as [`Element::tab_part`] does.
    Named(&'a [String]),
}

impl Open<'_> {
    fn has(self, as_drawn: bool, part: &str) -> bool {
        match self {
            Self::AsDrawn => as_drawn,
            Self::Named(parts) => parts.iter().any(|named| named == part),
        }
    }
}

/// The tables behind the elements that stand open.
pub(super) fn tables(elements: &[Element], open: Open) -> BTreeSet<String> {
    let mut tables = BTreeSet::new();
    for element in elements {
        match &element.content {
            Content::Columns { children, .. } => tables.extend(self::tables(children, open)),
            Content::Tabs { tabs } => {
                for (index, tab) in tabs.iter().enumerate() {
                    if open.has(index == 0, &Element::tab_part(&element.id, index)) {
                        tables.extend(self::tables(&tab.children, open));
                    }
                }
            }
            Content::Expander { open: as_drawn, children, .. } => {
                if open.has(*as_drawn, &element.id) {
                    tables.extend(self::tables(children, open));
                }
            }
            Content::Text { .. }
            | Content::Metric(_)
            | Content::Chart(_)
            | Content::Table(_)
            | Content::Problem { .. } => tables.extend(element.made_from.iter().cloned()),
        }
    }
    tables
}

/// True where a figure is shown, or the reason why there is none.
pub(super) fn any_figures(elements: &[Element]) -> bool {
    elements.iter().any(|element| match &element.content {
        Content::Text { .. } => false,
        Content::Columns { children, .. } | Content::Expander { children, .. } => any_figures(children),
        Content::Tabs { tabs } => tabs.iter().any(|tab| any_figures(&tab.children)),
        Content::Metric(_) | Content::Chart(_) | Content::Table(_) | Content::Problem { .. } => true,
    })
}

#[cfg(test)]
mod tests {
    use lakeport_model::dashboards::Tab;

    use super::*;

    fn text(id: &str) -> Element {
        of(id, Content::Text { html: String::new() })
    }

    fn of(id: &str, content: Content) -> Element {
        let made_from = vec![format!("gold.{id}")];
        Element { id: id.to_owned(), hash: String::new(), content, made_from }
    }

    fn tabs(id: &str, children: Vec<Element>) -> Element {
        let tab = |child: Element| Tab { title: String::new(), children: vec![child] };
        of(id, Content::Tabs { tabs: children.into_iter().map(tab).collect() })
    }

    #[test]
    fn a_closed_part_never_counts_as_read() {
        let expander =
            |id: &str, open, children| of(id, Content::Expander { title: String::new(), open, children });
        let page = [
            text("top"),
            of("row", Content::Columns { weights: vec![1], children: vec![text("beside")] }),
            tabs("tabs", vec![text("first"), expander("inner", true, vec![text("second")])]),
            expander("more", false, vec![text("folded")]),
        ];
        let shown = |open: Open<'_>| tables(&page, open).into_iter().collect::<Vec<_>>().join(" ");
        assert_eq!(shown(Open::AsDrawn), "gold.beside gold.first gold.top");
        let named = |parts: &[&str]| {
            let parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
            shown(Open::Named(&parts))
        };
        assert_eq!(named(&[]), "gold.beside gold.top");
        assert_eq!(named(&["inner"]), "gold.beside gold.top", "the tab around it is closed");
        assert_eq!(named(&["tabs.1", "inner", "more"]), "gold.beside gold.folded gold.second gold.top");
    }
}
