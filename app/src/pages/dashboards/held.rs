//! The focus on a part that is drawn anew: whoever pressed a link stays where he was.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, SvgElement};

use super::live::all;
use crate::ui::by_id;

/// A link that has the focus, by what outlives a new drawing of its part.
pub(super) struct Held {
    link: Element,
    part: String,
    /// The words of a mark. The card has them from the mark's title, which a new drawing brings again.
    mark: Option<String>,
}

impl Held {
    /// What has the focus, where that is a link within a part.
    pub(super) fn by(focused: &Element) -> Option<Self> {
        let link = focused.closest("a").ok()??;
        let part = link.closest("#elements [data-block]").ok()??.id();
        let mark = link.get_attribute("aria-label");
        Some(Self { link, part, mark })
    }

    /// Gives the focus back that a new drawing took: to the same link or the same mark, or where that is gone, the last
    /// page for instance has no next one, to the table or the chart around it.
    pub(super) fn keep(self) {
        if self.link.is_connected() {
            return;
        }
        let around = if self.mark.is_some() { ".chart-drawings" } else { ".table-page" };
        let around = || all(&format!("#{} {around}", self.part)).into_iter().next();
        let same = Some(self.link.id()).filter(|id| !id.is_empty()).and_then(|id| by_id::<Element>(&id));
        let again = same.or_else(|| self.same_mark()).or_else(around);
        // What keys can reach takes the focus, the only reason for this to fail.
        let _ = match again.map(Element::dyn_into::<HtmlElement>) {
            Some(Ok(element)) => element.focus(),
            Some(Err(mark)) => mark.unchecked_into::<SvgElement>().focus(),
            None => Ok(()),
        };
    }

    /// The mark of the same words in the drawing that is shown at this width.
    fn same_mark(&self) -> Option<Element> {
        let words = self.mark.as_ref()?;
        let marks = all(&format!("#{} .chart-drawings a", self.part));
        marks.into_iter().find(|mark| {
            mark.text_content().as_ref() == Some(words) && mark.get_bounding_client_rect().width() > 0.0
        })
    }
}
