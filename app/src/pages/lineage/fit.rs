//! How large a drawing is shown, which part of it is seen, and how tall its canvas is. Units of the drawing, pixels of the
//! screen; nothing here knows either.

use lakeport_model::lineage::Graph;

/// Pixels of a unit at which names are as large as they are meant to be; beyond it a drawing only takes room.
const LARGEST: f64 = 1.25;
/// Pixels of a unit at which names can still be read: their letters, 13 units high, are 10 pixels.
pub(super) const READABLE: f64 = 0.77;
/// Pixels of a unit at which letters are as large as those of the page.
const NORMAL: f64 = 1.0;
/// Height of the strip below the drawing that the buttons have to themselves.
const TOOLS: f64 = 52.0;
/// The lowest canvas.
const LOWEST: f64 = 160.0;
/// Pixels by which the height that a canvas may take changes for nothing: the bars of a phone's browser come and go while
/// somebody scrolls, and the page does not jump for that.
const BARS: f64 = 64.0;
/// A node's size.
const NODE: (f64, f64) = (200.0, 44.0);
/// Width of an asset with what lies directly before and behind it: three nodes, the gaps between them, and a little room.
const NEAREST: f64 = 3.0 * NODE.0 + 2.0 * 72.0 + 24.0;

/// Left, top, width and height of what is seen, in units of the drawing.
pub(super) type Window = [f64; 4];

/// What is drawn, in its own units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Content {
    /// Where it lies.
    pub(super) area: Window,
    /// The middle of the asset everything is drawn around.
    pub(super) focus: (f64, f64),
}

/// Where it is shown, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Canvas {
    /// Its width.
    pub(super) width: f64,
    /// The height it may take.
    pub(super) tallest: f64,
}

/// How it is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fit {
    /// What is seen.
    pub(super) window: Window,
    /// Height of the canvas in pixels.
    pub(super) height: f64,
}

impl Content {
    /// What is drawn of a graph.
    pub(super) fn of(graph: &Graph) -> Self {
        let focus = graph.nodes.iter().find(|node| node.id == graph.focus);
        let middle = (graph.width / 2.0, graph.height / 2.0);
        Self {
            area: [0.0, 0.0, graph.width, graph.height],
            focus: focus.map_or(middle, |node| (node.x + NODE.0 / 2.0, node.y + NODE.1 / 2.0)),
        }
    }

    /// As the drawing carries it: six numbers.
    pub(super) fn written(&self) -> String {
        let ([left, top, width, height], (x, y)) = (self.area, self.focus);
        [left, top, width, height, x, y].map(|number| format!("{number:.0}")).join(" ")
    }

    /// Reads it back.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut numbers = text.split(' ').map(|number| number.parse().ok());
        let mut next = || numbers.next().flatten();
        Some(Self { area: [next()?, next()?, next()?, next()?], focus: (next()?, next()?) })
    }
}

impl Canvas {
    /// Where nobody measured the screen: on any screen that is wider, the drawing is as large as on this one.
    pub(super) const UNKNOWN: Self = Self { width: 640.0, tallest: 560.0 };

    /// A canvas of this width in a window of this size: it leaves room for the rest of the page.
    pub(super) fn within(width: f64, (window_width, window_height): (f64, f64)) -> Self {
        let is_phone = window_width <= 720.0;
        let tallest =
            if is_phone { (window_height * 0.48).max(280.0) } else { (window_height - 312.0).max(360.0) };
        Self { width, tallest }
    }

    /// True where a drawing that was fitted into the other one has to be fitted anew.
    pub(super) fn is_other_than(self, other: Self) -> bool {
        (self.width - other.width).abs() >= 1.0 || (self.tallest - other.tallest).abs() > BARS
    }
}

/// As much of the drawing as there is room for, no larger than `LARGEST` and no smaller than `smallest`: what does not
/// fit then is left out at the far ends of the focus. Where something is left out anyway, the rest takes the height that
/// is there, as long as the nearest assets stay in sight. The canvas is as tall as that takes.
pub(super) fn fit(content: &Content, canvas: Canvas, smallest: f64) -> Fit {
    let [_, _, width, height] = content.area;
    let (room, tallest) = (canvas.width.max(1.0), canvas.tallest.max(LOWEST));
    let (by_width, by_height) = (room / width, (tallest - TOOLS) / height);
    let whole = by_width.min(by_height);
    let scale = if whole < smallest {
        by_height.min(room / NEAREST).min(NORMAL).max(smallest)
    } else {
        whole.min(LARGEST)
    };
    let pixels = (height * scale + TOOLS).clamp(LOWEST, tallest);
    Fit { window: window(content, (room, pixels), scale), height: pixels }
}

/// What Fit shows in a canvas of this size: all of the drawing where its names can be read then, otherwise its whole width,
/// unless they would be mere lines. The rest is reached by moving.
pub(super) fn overview(content: &Content, (width, height): (f64, f64)) -> Window {
    let (room, pixels) = (width.max(1.0), height.max(LOWEST));
    let [_, _, wide, high] = content.area;
    let (by_width, whole) = (room / wide, (room / wide).min((pixels - TOOLS) / high));
    let scale = if whole < READABLE { by_width } else { whole };
    window(content, (room, pixels), scale.clamp(READABLE / 2.0, LARGEST))
}

/// What is seen at a scale, around the focus, above the strip that the buttons have.
fn window(content: &Content, (width, height): (f64, f64), scale: f64) -> Window {
    let [left, top, all_wide, all_high] = content.area;
    let (wide, high) = (width / scale, (height - TOOLS) / scale);
    [
        along(left, all_wide, wide, content.focus.0),
        along(top, all_high, high, content.focus.1),
        wide,
        high + TOOLS / scale,
    ]
}

/// The sides at which the drawing goes on beyond what is seen, in words for the style sheet; what lies under the buttons
/// is not seen. A pixel of the screen is so many units.
pub(super) fn sides_cut(content: &Content, [x, y, wide, high]: Window, pixel: f64) -> String {
    let [left, top, width, height] = content.area;
    let beyond = [
        ("left", x - left),
        ("right", left + width - x - wide),
        ("top", y - top),
        ("bottom", top + height - y - (high - TOOLS * pixel)),
    ];
    // Whole units are carried and whole pixels are drawn.
    let cut = beyond.into_iter().filter(|(_, part)| *part > pixel.max(1.0)).map(|(side, _)| side);
    cut.collect::<Vec<_>>().join(" ")
}

/// Where a stretch of what is seen begins: around the middle of a shorter drawing, around the focus of a longer one and
/// never beyond its ends.
fn along(start: f64, length: f64, seen: f64, focus: f64) -> f64 {
    if seen >= length {
        start - (seen - length) / 2.0
    } else {
        (focus - seen / 2.0).clamp(start, start + length - seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESK: Canvas = Canvas { width: 1000.0, tallest: 600.0 };
    const PHONE: Canvas = Canvas { width: 356.0, tallest: 400.0 };

    /// A drawing with its focus at this part of both its sides.
    fn drawing(width: f64, height: f64, part: f64) -> Content {
        Content { area: [0.0, 0.0, width, height], focus: (width * part, height * part) }
    }

    fn scale(canvas: Canvas, fit: Fit) -> f64 {
        canvas.width / fit.window[2]
    }

    /// How far the drawing reaches beyond what is seen above the buttons: left, top, right and bottom.
    fn beyond(content: &Content, canvas: Canvas, fit: Fit) -> [f64; 4] {
        let [left, top, width, height] = content.area;
        let [x, y, wide, high] = fit.window;
        let above_tools = high - TOOLS / scale(canvas, fit);
        [x - left, y - top, left + width - x - wide, top + height - y - above_tools]
    }

    fn is_whole(content: &Content, canvas: Canvas, fit: Fit) -> bool {
        beyond(content, canvas, fit).iter().all(|part| *part < 1e-6)
    }

    #[test]
    fn a_small_drawing_never_lies_in_a_large_empty_canvas() {
        for (width, height) in [(248.0, 92.0), (520.0, 92.0), (792.0, 156.0)] {
            let content = drawing(width, height, 0.5);
            let fit = fit(&content, DESK, READABLE);
            assert!(fit.height <= height * LARGEST + TOOLS + 1.0, "{height}: {}", fit.height);
            assert!(scale(DESK, fit) >= 1.2, "{width}: {fit:?}");
            assert!(is_whole(&content, DESK, fit));
            let [left, top, right, bottom] = beyond(&content, DESK, fit);
            assert!((left - right).abs() < 1e-6 && (top - bottom).abs() < 1e-6, "it lies in the middle");
        }
    }

    #[test]
    fn nothing_is_drawn_larger_than_it_is_meant_to_be() {
        for content in [drawing(1.0, 1.0, 0.5), drawing(0.0, 0.0, 0.0)] {
            let fit = fit(&content, DESK, READABLE);
            assert!((scale(DESK, fit) - LARGEST).abs() < 1e-6, "{fit:?}");
            assert!((fit.height - LOWEST).abs() < 1e-6);
            assert!(fit.window.iter().all(|number| number.is_finite()));
        }
    }

    #[test]
    fn a_wide_and_a_tall_drawing_are_seen_whole_while_their_names_can_be_read() {
        for content in [drawing(1200.0, 200.0, 0.5), drawing(500.0, 700.0, 0.5)] {
            let fit = fit(&content, DESK, READABLE);
            assert!(is_whole(&content, DESK, fit), "{fit:?}");
            assert!((READABLE..1.0).contains(&scale(DESK, fit)));
            assert!(fit.height <= DESK.tallest);
        }
    }

    #[test]
    fn a_huge_drawing_begins_around_its_focus_at_a_size_that_is_read() {
        for part in [0.0, 0.3, 1.0] {
            let content = drawing(9_000.0, 12_000.0, part);
            let fit = fit(&content, DESK, READABLE);
            assert!((scale(DESK, fit) - READABLE).abs() < 1e-6);
            assert!((fit.height - DESK.tallest).abs() < 1e-6);
            let [x, y, wide, high] = fit.window;
            assert!((x..=x + wide).contains(&content.focus.0) && (y..=y + high).contains(&content.focus.1));
            let [left, _, right, _] = beyond(&content, DESK, fit);
            assert!(left > -1e-6 && right > -1e-6, "no room beyond the ends is shown: {fit:?}");
        }
        let all = fit(&drawing(9_000.0, 12_000.0, 0.0), DESK, 0.0);
        assert!(is_whole(&drawing(9_000.0, 12_000.0, 0.0), DESK, all), "on demand it is seen whole");
    }

    #[test]
    fn no_name_is_smaller_than_ten_pixels_at_first_and_a_long_chain_never_lies_low_above_an_empty_page() {
        for (canvas, width, height) in [
            (DESK, 1_880.0, 92.0),
            (DESK, 1_880.0, 400.0),
            (DESK, 9_000.0, 12_000.0),
            (PHONE, 520.0, 92.0),
            (PHONE, 792.0, 700.0),
        ] {
            let fit = fit(&drawing(width, height, 0.5), canvas, READABLE);
            assert!(scale(canvas, fit) * 13.0 >= 10.0, "{width} {height}: {fit:?}");
        }
        // Seven layers: those around the focus are seen at the size of the page, in a canvas that is taller for it.
        let content = drawing(1_880.0, 400.0, 0.5);
        let chain = fit(&content, DESK, READABLE);
        assert!((scale(DESK, chain) - NORMAL).abs() < 1e-6 && chain.height > 450.0, "{chain:?}");
        assert!(chain.window[2] >= NEAREST, "the nearest assets are seen");
    }

    #[test]
    fn what_is_fitted_fills_the_width_and_is_never_a_mere_line() {
        let seen = |width, height| {
            let content = drawing(width, height, 0.5);
            let fit = Fit { window: overview(&content, (DESK.width, 600.0)), height: 600.0 };
            (scale(DESK, fit), beyond(&content, DESK, fit))
        };
        let (small, sides) = seen(792.0, 156.0);
        assert!(
            (small - LARGEST).abs() < 1e-2 && sides.iter().all(|part| *part < 1e-6),
            "{small}: all of it"
        );
        let (tall, sides) = seen(500.0, 700.0);
        assert!(tall < NORMAL && sides.iter().all(|part| *part < 1e-6), "{tall}: all of it can be read");
        let (three_hops, [left, top, right, bottom]) = seen(1_200.0, 2_400.0);
        assert!((three_hops - 1_000.0 / 1_200.0).abs() < 1e-6, "{three_hops}: the width is filled");
        assert!(left.max(right) < 1e-6 && top > 0.0 && bottom > 0.0);
        let (huge, [left, _, right, _]) = seen(9_000.0, 12_000.0);
        assert!((huge - READABLE / 2.0).abs() < 1e-6 && left > 0.0 && right > 0.0, "{huge}");
        assert!(seen(0.0, 0.0).1.iter().all(|part| part.is_finite()));
    }

    #[test]
    fn a_phone_shows_the_focus_of_a_drawing_whole() {
        let content = drawing(1_320.0, 700.0, 0.5);
        let five = fit(&content, PHONE, READABLE);
        assert!((scale(PHONE, five) - READABLE).abs() < 1e-6 && five.height <= PHONE.tallest);
        assert!(five.window[2] > NODE.0);
        let middle = five.window[0] + five.window[2] / 2.0;
        assert!((middle - content.focus.0).abs() < 1e-6);
        assert!((Canvas::within(358.0, (390.0, 844.0)).tallest - 405.12).abs() < 1e-6);
        assert!((Canvas::within(900.0, (1280.0, 800.0)).tallest - 488.0).abs() < 1e-6);
        assert!((Canvas::within(900.0, (1280.0, 300.0)).tallest - 360.0).abs() < 1e-6);
    }

    #[test]
    fn what_lies_beyond_an_edge_is_never_left_unsaid() {
        let said = |content: &Content, canvas: Canvas, smallest: f64| {
            let fit = fit(content, canvas, smallest);
            sides_cut(content, fit.window, 1.0 / scale(canvas, fit))
        };
        let sides = |width, height, part| said(&drawing(width, height, part), PHONE, READABLE);
        assert_eq!(sides(816.0, 92.0, 0.5), "left right");
        assert_eq!(sides(816.0, 92.0, 0.0), "right");
        assert_eq!(sides(448.0, 92.0, 0.0), "");
        assert_eq!(sides(9_000.0, 12_000.0, 0.5), "left right top bottom");
        assert_eq!(sides(9_000.0, 12_000.0, 1.0), "left top");
        for content in [drawing(816.0, 92.0, 0.5), drawing(9_000.0, 12_000.0, 1.0)] {
            assert_eq!(said(&content, PHONE, 0.0), "", "all of it is seen on demand");
        }
    }

    #[test]
    fn a_canvas_that_is_not_shown_breaks_nothing() {
        let fit = fit(&drawing(500.0, 92.0, 0.5), Canvas { width: 0.0, tallest: 0.0 }, READABLE);
        assert!(fit.window.iter().all(|number| number.is_finite()) && fit.window[2] > 0.0);
    }

    #[test]
    fn a_page_that_is_scrolled_never_jumps_and_a_window_of_another_size_is_filled() {
        let phone = |height| Canvas::within(358.0, (390.0, height));
        assert!(!phone(844.0).is_other_than(phone(734.0)), "only the bars of its browser have gone");
        let desk = Canvas::within(900.0, (1280.0, 800.0));
        for window in [(700.0, (1080.0, 800.0)), (900.0, (1280.0, 1000.0))] {
            assert!(Canvas::within(window.0, window.1).is_other_than(desk), "{window:?}");
        }
        assert!(!desk.is_other_than(desk));
    }

    #[test]
    fn what_is_drawn_survives_its_attribute() {
        let content = Content { area: [-16.0, 0.0, 504.0, 92.0], focus: (124.0, 46.0) };
        assert_eq!(content.written(), "-16 0 504 92 124 46");
        assert_eq!(Content::read(&content.written()), Some(content));
        assert_eq!(["", "1 2 3 4 5", "1 2 3 4 5 x"].map(Content::read), [None; 3]);
    }
}
