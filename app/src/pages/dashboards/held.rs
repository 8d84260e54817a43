//! The focus on a part that is drawn anew: whoever pressed a link or went back stays where they were.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, SvgElement};

use super::live::all;
use crate::ui::by_id;

/// What has the focus, by what outlives a new drawing of its part.
pub(super) struct Held {
    focused: Element,
    part: String,
    kind: Kind,
}

enum Kind {
    /// A link, and the words of a mark. The card has them from the mark's title, which a new drawing brings again.
    Link {
        mark: Option<String>,
    },
    Control(Control),
}

/// A control by its name, one of several boxes by its value too; or what opens a list or a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Control {
    place: String,
    value: Option<String>,
}

impl Held {
    /// What has the focus, where that is within a part.
    pub(super) fn by(focused: &Element) -> Option<Self> {
        let part = focused.closest("[data-block]").ok()??.id();
        let (focused, kind) = match focused.closest("a").ok()? {
            Some(link) => {
                let mark = link.get_attribute("aria-label");
                (link, Kind::Link { mark })
            }
            None => (focused.clone(), Kind::Control(Control::of(focused)?)),
        };
        Some(Self { focused, part, kind })
    }

    /// Gives the focus back that a new drawing took: to the same link, mark or control, or where that is gone, the last
    /// page for instance has no next one, to the table or the chart around it, else to the heading.
    pub(super) fn keep(self) {
        if self.focused.is_connected() {
            return;
        }
        let again = match &self.kind {
            Kind::Link { mark } => self.same_link(mark.as_deref()),
            Kind::Control(control) => self.same_control(control),
        };
        // What keys can reach takes the focus, the only reason for this to fail.
        let _ = match again.or_else(|| by_id("title")).map(Element::dyn_into::<HtmlElement>) {
            Some(Ok(element)) => element.focus(),
            Some(Err(mark)) => mark.unchecked_into::<SvgElement>().focus(),
            None => Ok(()),
        };
    }

    fn within(&self, place: &str) -> Vec<Element> {
        all(&format!("#{} {place}", self.part))
    }

    fn same_link(&self, mark: Option<&str>) -> Option<Element> {
        let around = if mark.is_some() { ".chart-drawings" } else { ".table-page" };
        let same = Some(self.focused.id()).filter(|id| !id.is_empty()).and_then(|id| by_id::<Element>(&id));
        same.or_else(|| self.same_mark(mark?)).or_else(|| self.within(around).into_iter().next())
    }

    /// The mark of the same words in the drawing that is shown at this width.
    fn same_mark(&self, words: &str) -> Option<Element> {
        let is_same = |mark: &Element| {
            mark.text_content().as_deref() == Some(words) && mark.get_bounding_client_rect().width() > 0.0
        };
        self.within(".chart-drawings a").into_iter().find(is_same)
    }

    fn same_control(&self, Control { place, value }: &Control) -> Option<Element> {
        let is_same = |control: &Element| value.is_none() || control.get_attribute("value") == *value;
        self.within(place).into_iter().find(is_same)
    }
}

impl Control {
    /// The control that this element is, if it is one.
    pub(super) fn of(element: &Element) -> Option<Self> {
        let place = match element.get_attribute("name") {
            Some(name) => format!("[name='{name}']"),
            None => element.matches("summary").ok()?.then(|| "summary".to_owned())?,
        };
        let is_box = element.dyn_ref::<HtmlInputElement>().is_some_and(|input| input.type_() == "checkbox");
        Some(Self { place, value: element.get_attribute("value").filter(|_| is_box) })
    }
}
