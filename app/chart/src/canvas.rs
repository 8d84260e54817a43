//! Plotters draws onto this surface: shapes with classes instead of colours, tenths of a unit instead of whole ones.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::ops::Range;

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::element::{Circle, PathElement, Polygon, Rectangle};
use plotters::prelude::{Cartesian2d, DrawingArea, IntoDrawingArea, RGBAColor, ShapeStyle};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};

/// Plotters counts in whole pixels; ours are a tenth of a unit of the `viewBox`, so that lines are smooth.
const TENTHS: f64 = 10.0;
const IN_MEMORY: &str = "the surface writes to memory and nobody else holds it";

/// What a shape is. It travels through plotters in the channels of a colour, the one thing a plotters
/// style has room for, and comes out as a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    /// A line of the grid.
    Grid,
    /// The base line.
    Axis,
    /// The line or the single points of a series.
    Line(u8),
    /// A line among so many points that a full one would be a blot.
    Fine(u8),
    /// A line of what is expected.
    Dashed(u8),
    /// The day that parts what was from what is expected.
    Today,
    /// The area below a line.
    Area(u8),
    /// An area of a stack, without a line.
    Slice(u8),
    /// The band around it.
    Band(u8),
    /// A bar of a series.
    Bar(u8),
}

impl From<Ink> for ShapeStyle {
    fn from(ink: Ink) -> Self {
        let (kind, series) = match ink {
            Ink::Grid => (0, 0),
            Ink::Axis => (1, 0),
            Ink::Line(series) => (2, series),
            Ink::Area(series) => (3, series),
            Ink::Band(series) => (4, series),
            Ink::Bar(series) => (5, series),
            Ink::Fine(series) => (6, series),
            Ink::Slice(series) => (7, series),
            Ink::Dashed(series) => (8, series),
            Ink::Today => (9, 0),
        };
        Self { color: RGBAColor(kind, series, 0, 1.0), filled: true, stroke_width: 1 }
    }
}

impl From<BackendColor> for Ink {
    fn from(BackendColor { rgb: (kind, series, _), .. }: BackendColor) -> Self {
        match kind {
            0 => Self::Grid,
            1 => Self::Axis,
            2 => Self::Line(series),
            3 => Self::Area(series),
            4 => Self::Band(series),
            6 => Self::Fine(series),
            7 => Self::Slice(series),
            8 => Self::Dashed(series),
            9 => Self::Today,
            _ => Self::Bar(series),
        }
    }
}

/// Values on one axis and where they lie on the sheet.
pub(crate) struct Span {
    /// Smallest and largest value.
    pub(crate) values: Range<f64>,
    /// Their places; the first may be the larger one.
    pub(crate) places: (f64, f64),
}

/// A pair of axes to draw on.
pub(crate) struct Plot<'a> {
    area: DrawingArea<Canvas<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>,
}

impl<'a> Plot<'a> {
    /// Axes that write their shapes to `out`.
    pub(crate) fn new(out: &'a mut String, x: Span, y: Span) -> Self {
        let pixels = |(from, to): (f64, f64)| pixel(from)..pixel(to);
        let coordinates = Cartesian2d::new(x.values, y.values, (pixels(x.places), pixels(y.places)));
        let reach = |(from, to): (f64, f64)| pixel(from).max(pixel(to)).unsigned_abs();
        let canvas = Canvas { out, size: (reach(x.places), reach(y.places)) };
        let area: DrawingArea<Canvas<'a>, Shift> = canvas.into_drawing_area();
        Self { area: area.apply_coord_spec(coordinates) }
    }

    /// Where a pair of values lies, in units of the `viewBox`.
    pub(crate) fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let (x, y) = self.area.map_coordinate(&(x, y));
        (f64::from(x) / TENTHS, f64::from(y) / TENTHS)
    }

    /// A line through the points; a single point becomes a dot.
    pub(crate) fn line(&self, points: Vec<(f64, f64)>, ink: Ink) {
        if let [point] = points[..] {
            self.dot(point, ink);
        } else {
            self.area.draw(&PathElement::new(points, ink)).expect(IN_MEMORY);
        }
    }

    /// A dot of 2.5 units radius.
    pub(crate) fn dot(&self, point: (f64, f64), ink: Ink) {
        self.area.draw(&Circle::new(point, 25, ink)).expect(IN_MEMORY);
    }

    /// The surface between the corners.
    pub(crate) fn surface(&self, corners: Vec<(f64, f64)>, ink: Ink) {
        self.area.draw(&Polygon::new(corners, ink)).expect(IN_MEMORY);
    }

    /// The rectangle between two corners.
    pub(crate) fn rectangle(&self, corners: [(f64, f64); 2], ink: Ink) {
        self.area.draw(&Rectangle::new(corners, ink)).expect(IN_MEMORY);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a sheet is at most some thousand units long")]
fn pixel(unit: f64) -> i32 {
    (unit * TENTHS).round() as i32
}

struct Canvas<'a> {
    out: &'a mut String,
    /// In tenths; plotters keeps what it draws inside.
    size: (u32, u32),
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl Canvas<'_> {
    fn path(&mut self, points: impl IntoIterator<Item = BackendCoord>, ink: Ink, close: bool) {
        let attributes = match ink {
            Ink::Grid => "class=\"grid\" fill=\"none\" stroke=\"currentColor\" stroke-opacity=\".12\" \
                 shape-rendering=\"crispEdges\""
                .to_owned(),
            Ink::Axis => "class=\"axis\" fill=\"none\" stroke=\"currentColor\" stroke-opacity=\".45\" \
                 shape-rendering=\"crispEdges\""
                .to_owned(),
            Ink::Line(series) | Ink::Fine(series) => format!(
                "class=\"line series-{series}\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"{}\" \
                 stroke-linejoin=\"round\" stroke-linecap=\"round\"",
                if ink == Ink::Line(series) { 1.75 } else { 1.1 }
            ),
            Ink::Dashed(series) => format!(
                "class=\"line series-{series}\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.75\" \
                 stroke-dasharray=\"6 4\" stroke-linejoin=\"round\""
            ),
            Ink::Today => "class=\"rule\" fill=\"none\" stroke=\"currentColor\" stroke-dasharray=\"3 3\" \
                 shape-rendering=\"crispEdges\""
                .to_owned(),
            Ink::Slice(series) => {
                format!("class=\"area series-{series}\" fill=\"currentColor\" fill-opacity=\".75\"")
            }
            Ink::Area(series) => {
                format!("class=\"area series-{series}\" fill=\"currentColor\" fill-opacity=\".22\"")
            }
            Ink::Band(series) => {
                format!("class=\"band series-{series}\" fill=\"currentColor\" fill-opacity=\".16\"")
            }
            Ink::Bar(series) => format!("class=\"bar series-{series}\" fill=\"currentColor\""),
        };
        self.write(format_args!("<path {attributes} d=\""));
        let mut last: Option<BackendCoord> = None;
        for (x, y) in points {
            match last {
                None => self.write(format_args!("M{} {}l", Tenths(x), Tenths(y))),
                Some((x0, y0)) => {
                    let (dx, dy) = (Tenths(x - x0), Tenths(y - y0));
                    // A minus separates numbers as well as a space does.
                    let between = if y < y0 { "" } else { " " };
                    let before = if x < x0 { "" } else { " " };
                    self.write(format_args!("{before}{dx}{between}{dy}"));
                }
            }
            last = Some((x, y));
        }
        self.out.push_str(if close { "z\"/>" } else { "\"/>" });
    }

    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        self.out.write_fmt(text).expect("writing to a string does not fail");
    }
}

/// A number of tenths, written as short as SVG allows: `12`, `-.3`, `1.5`.
struct Tenths(i32);

impl std::fmt::Display for Tenths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, tenth) = (self.0.unsigned_abs() / 10, self.0.unsigned_abs() % 10);
        match (whole, tenth) {
            (whole, 0) => write!(f, "{}{whole}", if whole == 0 { "" } else { sign }),
            (0, tenth) => write!(f, "{sign}.{tenth}"),
            (whole, tenth) => write!(f, "{sign}{whole}.{tenth}"),
        }
    }
}

impl DrawingBackend for Canvas<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        self.draw_rect((x, y), (x + 1, y + 1), &color, true)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        self.path(path, style.color().into(), false);
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Drawn {
        self.path(corners, style.color().into(), true);
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (x0, y0): BackendCoord,
        (x1, y1): BackendCoord,
        style: &S,
        _fill: bool,
    ) -> Drawn {
        self.path([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], style.color().into(), true);
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        _fill: bool,
    ) -> Drawn {
        let series = style.color().rgb.1;
        let radius = f64::from(radius) / TENTHS;
        self.write(format_args!(
            "<circle class=\"dot series-{series}\" cx=\"{}\" cy=\"{}\" r=\"{radius}\" fill=\"currentColor\"/>",
            Tenths(x),
            Tenths(y)
        ));
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(&mut self, _text: &str, _style: &T, _at: BackendCoord) -> Drawn {
        // Text is ours to write (`svg::Sheet`): plotters would have to guess its size and colour.
        Ok(())
    }
}
