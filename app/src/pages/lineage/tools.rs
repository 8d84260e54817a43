//! Pan and zoom: buttons, drag, and the wheel with Ctrl. The drawing itself stays as the server made it.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, PointerEvent, WheelEvent};

use super::fit::{Canvas, Content, READABLE, Window, fit, overview, sides_cut};
use crate::island;
use crate::ui::{Glyph, Icon, by_id, listen, on_enter_island};

/// The part of the window a button moves by.
const STEP: f64 = 0.25;

/// The buttons. They show once they work; without them the whole graph is seen at once.
#[island]
pub(crate) fn GraphTools() -> impl IntoView {
    let begun = StoredValue::new(None::<Begun>);
    let drag = StoredValue::new(None::<(f64, f64)>);
    let alive = on_enter_island(move || {
        let Some(svg) = by_id::<Element>("graph") else { return };
        begun.set_value(Some(begin(&svg)));
        // The window has another size: whoever has moved the drawing keeps what they look at, everybody else sees as much
        // of it as there is room for now.
        listen(ev::resize, move |_| {
            let Some(svg) = by_id::<Element>("graph") else { return };
            if begun.get_value().is_some_and(|begun| begun.is_outgrown(&svg)) {
                begun.set_value(Some(begin(&svg)));
            }
        });
        // Choosing a column follows it at once; the button is for pages without this.
        if let Some(button) = by_id::<HtmlElement>("follow") {
            button.set_hidden(true);
            listen(ev::change, move |event| {
                let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
                if target.is_some_and(|target| target.id() == "column") {
                    button.click();
                }
            });
        }
        listen(ev::pointerdown, move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let on_canvas = target.is_some_and(|target| {
                target.closest("#graph").ok().flatten().is_some()
                    && target.closest("a").ok().flatten().is_none()
            });
            drag.set_value(on_canvas.then(|| at(&event)));
        });
        listen(ev::pointermove, move |event| {
            if let Some(from) = drag.get_value() {
                drag.set_value(Some(at(&event)));
                drag_by(from, at(&event));
            }
        });
        listen(ev::focusin, move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            // A press moves nothing: the node would slip away from under the pointer before it is released.
            let by_keys = |node: &Element| node.matches(":focus-visible").unwrap_or(false);
            let in_graph = |node: &Element| node.closest("#graph").ok().flatten().is_some();
            if let Some(node) = target.filter(|target| in_graph(target) && by_keys(target)) {
                show_node(&node);
            }
        });
        listen(ev::pointerup, move |_| drag.set_value(None));
        let wheel = Closure::<dyn Fn(WheelEvent)>::new(|event: WheelEvent| {
            if event.ctrl_key() || event.meta_key() {
                event.prevent_default();
                zoom(if event.delta_y() < 0.0 { 0.9 } else { 1.1 });
            }
        });
        // Listening fails only for an unknown kind of event. The listener lives as long as the page.
        let _ = svg.add_event_listener_with_callback("wheel", wheel.as_ref().unchecked_ref());
        wheel.forget();
    });
    let overview = move || begun.get_value().map_or([0.0; 4], |begun| begun.overview);
    let button = |label: &'static str, glyph: Glyph, act: fn()| {
        view! {
            <button type="button" class="btn btn-sm btn-square" aria-label=label title=label on:click=move |_| act()>
                <Icon glyph=glyph />
            </button>
        }
    };
    view! {
        <div class="lineage-tools" role="group" aria-label="Move the graph" hidden=move || !alive.get()>
            {button("Move left", Glyph::Left, || pan(-STEP, 0.0))}
            {button("Move right", Glyph::Right, || pan(STEP, 0.0))}
            {button("Move up", Glyph::Up, || pan(0.0, -STEP))}
            {button("Move down", Glyph::Down, || pan(0.0, STEP))}
            {button("Zoom in", Glyph::Plus, || zoom(0.8))}
            {button("Zoom out", Glyph::Minus, || zoom(1.25))}
            <button
                type="button"
                class="btn btn-sm"
                aria-label="Fit the width"
                title="Fit the width"
                on:click=move |_| show(overview())
            >
                "Fit"
            </button>
        </div>
    }
}

fn at(event: &PointerEvent) -> (f64, f64) {
    (f64::from(event.client_x()), f64::from(event.client_y()))
}

fn seen(svg: &Element) -> Window {
    let mut window = [0.0, 0.0, 1.0, 1.0];
    let text = svg.get_attribute("viewBox").unwrap_or_default();
    for (slot, number) in window.iter_mut().zip(text.split(' ')) {
        *slot = number.parse().unwrap_or(*slot);
    }
    window
}

fn show(window: Window) {
    let Some(svg) = by_id::<Element>("graph") else { return };
    let [left, top, width, height] = window;
    // The attributes' names are valid ones, the only reason for setting them to fail.
    let _ = svg.set_attribute("viewBox", &format!("{left:.1} {top:.1} {width:.1} {height:.1}"));
    if let (Some(content), Some(canvas)) = (drawn(&svg), svg.parent_element()) {
        let _ = canvas.set_attribute("data-cut", &sides_cut(&content, window, scale(&svg, window)));
    }
}

/// What is drawn, as the drawing carries it.
fn drawn(svg: &Element) -> Option<Content> {
    Content::read(&svg.get_attribute("data-content")?)
}

/// Moves by parts of what is seen.
fn pan(across: f64, down: f64) {
    if let Some(svg) = by_id::<Element>("graph") {
        let [left, top, width, height] = seen(&svg);
        show([left + across * width, top + down * height, width, height]);
    }
}

/// Shows this many times as much, around the middle.
fn zoom(factor: f64) {
    if let Some(svg) = by_id::<Element>("graph") {
        let [left, top, width, height] = seen(&svg);
        let (wide, high) = (width * factor, height * factor);
        show([left + (width - wide) / 2.0, top + (height - high) / 2.0, wide, high]);
    }
}

/// Follows the pointer.
fn drag_by((from_x, from_y): (f64, f64), (to_x, to_y): (f64, f64)) {
    if let Some(svg) = by_id::<Element>("graph") {
        let [left, top, width, height] = seen(&svg);
        let scale = scale(&svg, [left, top, width, height]);
        show([left - (to_x - from_x) * scale, top - (to_y - from_y) * scale, width, height]);
    }
}

/// Brings a node that has got the focus into what is seen.
fn show_node(node: &Element) {
    let Some(svg) = by_id::<Element>("graph") else { return };
    let (screen, place) = (svg.get_bounding_client_rect(), node.get_bounding_client_rect());
    let inside =
        |start: f64, length: f64, around: f64, room: f64| start >= around && start + length <= around + room;
    let is_seen = inside(place.x(), place.width(), screen.x(), screen.width())
        && inside(place.y(), place.height(), screen.y(), screen.height());
    if !is_seen {
        let middle =
            |area: &web_sys::DomRect| (area.x() + area.width() / 2.0, area.y() + area.height() / 2.0);
        drag_by(middle(&place), middle(&screen));
    }
}

/// Units of the drawing in one pixel of the screen.
fn scale(svg: &Element, [_, _, width, height]: Window) -> f64 {
    let screen = svg.get_bounding_client_rect();
    (width / screen.width().max(1.0)).max(height / screen.height().max(1.0))
}

/// How the drawing is shown until somebody moves it.
#[derive(Clone)]
struct Begun {
    /// The canvas it was fitted into.
    canvas: Canvas,
    /// What is seen of it, as the drawing carries it.
    view_box: Option<String>,
    /// What Fit shows of it.
    overview: Window,
}

impl Begun {
    /// True where nobody has moved the drawing since, and the canvas has become another one.
    fn is_outgrown(&self, svg: &Element) -> bool {
        self.view_box == svg.get_attribute("viewBox") && canvas(svg).is_other_than(self.canvas)
    }
}

/// The room there is for the drawing now.
fn canvas(svg: &Element) -> Canvas {
    let side =
        |side: Result<JsValue, JsValue>| side.ok().and_then(|length| length.as_f64()).unwrap_or_default();
    let window = (side(window().inner_width()), side(window().inner_height()));
    Canvas::within(svg.get_bounding_client_rect().width(), window)
}

/// Shows the drawing as large as there is room for, in a canvas as tall as that takes.
fn begin(svg: &Element) -> Begun {
    let (canvas, mut fitted) = (canvas(svg), seen(svg));
    if let Some(content) = drawn(svg) {
        let first = fit(&content, canvas, READABLE);
        // The attribute's name is a valid one, the only reason for setting it to fail.
        let _ = svg.set_attribute("height", &format!("{:.0}", first.height));
        show(first.window);
        fitted = overview(&content, (canvas.width, first.height));
        // Where all of it was seen at first, nobody has to be told how to see more.
        if let Some(told) = by_id::<HtmlElement>("graph-cut") {
            told.set_hidden(sides_cut(&content, first.window, scale(svg, first.window)).is_empty());
        }
    }
    Begun { canvas, view_box: svg.get_attribute("viewBox"), overview: fitted }
}
