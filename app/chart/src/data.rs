//! From the rows of a frame to places and series.

use std::collections::{HashMap, HashSet};

use lakeport_frame::{Column, Format, Frame, Value, Values};

use crate::fold::{self, Sparse};
use crate::{ChartError, ChartKind, ChartSpec, time};

/// Larger numbers than this are drawn as this: sums and differences of them must stay finite.
const LARGEST: f64 = 1e300;

/// What the places along the base line are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Places {
    /// Seconds since 1970.
    Time,
    /// Plain numbers.
    Numbers,
    /// Equal steps in the order of the rows.
    Steps,
}

/// One place along the base line.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Seconds, number or index.
    pub(crate) at: f64,
    pub(crate) label: String,
    pub(crate) raw: Value,
}

/// One series over all places.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    pub(crate) name: String,
    /// 1 to 8.
    pub(crate) class: u8,
    pub(crate) values: Vec<Option<f64>>,
    pub(crate) band: Option<Band>,
    /// True when it says what is expected.
    pub(crate) expected: bool,
}

/// What lies between two of the value columns.
#[derive(Debug, Clone)]
pub(crate) struct Band {
    pub(crate) lower_name: String,
    pub(crate) upper_name: String,
    pub(crate) lower: Vec<Option<f64>>,
    pub(crate) upper: Vec<Option<f64>>,
}

/// Everything a chart draws.
#[derive(Debug, Clone)]
pub(crate) struct Data {
    pub(crate) places: Places,
    pub(crate) xs: Vec<Place>,
    /// Heading of the place column.
    pub(crate) x_name: String,
    x_values: Values,
    /// How many of the places are drawn.
    pub(crate) shown: usize,
    /// True when the places are dates or times, also where they stand at equal steps.
    pub(crate) dated: bool,
    pub(crate) series: Vec<Series>,
    /// How fine its moments are, where it is one.
    pub(crate) grain: time::Grain,
    /// True when the series are parts of a whole and may be stacked.
    pub(crate) parts: bool,
    /// What is not in the picture, in sentences.
    pub(crate) notes: Vec<String>,
}

/// What makes two rows share a place.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Nothing,
    Bits(u64),
    Text(String),
}

pub(crate) fn read(spec: &ChartSpec, frame: &Frame) -> Result<Data, ChartError> {
    let find = |name: &str| {
        frame.column(name).ok_or_else(|| ChartError::NoSuchColumn {
            column: name.to_owned(),
            available: frame.columns().iter().map(|column| column.name.clone()).collect(),
        })
    };
    if frame.columns().is_empty() {
        return Err(ChartError::Empty);
    }
    let x = find(&spec.x)?;
    let color = spec.color.as_deref().map(find).transpose()?;
    let mut ys: Vec<&Column> = Vec::new();
    for name in &spec.y {
        let column = find(name)?;
        if !column.values.is_numeric() {
            let type_name = column.values.type_name();
            return Err(ChartError::NotNumeric { column: name.clone(), type_name });
        }
        if ys.iter().all(|known| known.name != column.name) {
            ys.push(column);
        }
    }
    if ys.is_empty() {
        return Err(ChartError::NoValueColumn);
    }

    let places = match (&x.values, spec.kind) {
        (_, ChartKind::Bar { .. }) => Places::Steps,
        (Values::Date(_) | Values::Timestamp(_), _) => Places::Time,
        (values, _) if values.is_numeric() => Places::Numbers,
        _ => Places::Steps,
    };
    let mut notes = Vec::new();
    let (xs, rows, first_rows) = read_places(spec, x, places, &mut notes);
    let sparse = read_series(spec, color, &ys, &rows, &xs)?;
    if sparse.iter().all(|series| series.cells.iter().all(|(_, value)| value.is_none())) {
        return Err(ChartError::Empty);
    }
    let parts = color.is_some() && spec.kind != ChartKind::Line && !matches!(spec.format, Format::Percent(_));
    let bands = if color.is_none() && !matches!(spec.kind, ChartKind::Bar { .. }) {
        fold::bands(&ys, &sparse)
    } else {
        Vec::new()
    };
    let series = fold::fold(spec.format, sparse, &bands, xs.len(), &mut notes);
    if frame.truncated {
        notes.push("The query returned more rows than are shown.".to_owned());
    }
    let most = match spec.kind {
        ChartKind::Bar { horizontal: true } => 100,
        ChartKind::Bar { horizontal: false } => 400,
        ChartKind::Line | ChartKind::Area => usize::MAX,
    };
    if xs.len() > most {
        notes.push(format!("Only the first {most} of {} are drawn; the table has all.", xs.len()));
    }
    Ok(Data {
        places,
        shown: xs.len().min(most),
        grain: time::Grain::of(x),
        dated: matches!(x.values, Values::Date(_) | Values::Timestamp(_)),
        xs,
        x_name: heading(&x.name, Format::Plain),
        x_values: x.values.pick(&first_rows),
        series,
        parts,
        notes,
    })
}

/// The places in their order, for each row the index of its place, and for each place a row that has it.
fn read_places(
    spec: &ChartSpec,
    x: &Column,
    places: Places,
    notes: &mut Vec<String>,
) -> (Vec<Place>, Vec<Option<usize>>, Vec<usize>) {
    let grain = time::Grain::of(x);
    let mut known: HashMap<Key, usize> = HashMap::new();
    let mut found: Vec<(Place, usize)> = Vec::new();
    let mut rows = Vec::with_capacity(x.values.len());
    let mut nowhere = 0_u32;
    for row in 0..x.values.len() {
        let raw = x.values.get(row).unwrap_or(Value::Null);
        let seconds = time::seconds(&raw);
        let number = seconds.or_else(|| raw.as_f64()).filter(|number| number.is_finite());
        let key = match (&raw, number) {
            // -0 and 0 are the same place.
            (_, Some(number)) => Key::Bits((number + 0.0).to_bits()),
            (Value::Null | Value::Float(_), None) => Key::Nothing,
            (raw, None) => Key::Text(raw.to_string()),
        };
        if key == Key::Nothing && places != Places::Steps {
            nowhere += 1;
            rows.push(None);
            continue;
        }
        let next = found.len();
        let index = *known.entry(key).or_insert(next);
        if index == next {
            let at = number.map_or(f64::INFINITY, |number| number.clamp(-LARGEST, LARGEST));
            let label = grain.label(&raw, spec.locale);
            found.push((Place { at, label, raw }, row));
        }
        rows.push(Some(index));
    }
    if nowhere > 0 {
        let (are, rows) = if nowhere == 1 { ("is", "row") } else { ("are", "rows") };
        notes.push(format!("{nowhere} {rows} without {} {are} not shown.", heading(&x.name, Format::Plain)));
    }

    // Sorting moves places; `moved` says where each one went.
    let mut order: Vec<usize> = (0..found.len()).collect();
    if places != Places::Steps || matches!(x.values, Values::Date(_) | Values::Timestamp(_)) {
        order.sort_by(|a, b| found[*a].0.at.total_cmp(&found[*b].0.at));
    }
    let mut moved = vec![0; found.len()];
    for (new, old) in order.iter().enumerate() {
        moved[*old] = new;
    }
    let first_rows = order.iter().map(|old| found[*old].1).collect();
    let xs = order.iter().map(|old| found[*old].0.clone()).collect();
    let rows = rows.into_iter().map(|index| index.map(|old| moved[old])).collect();
    (xs, rows, first_rows)
}

fn read_series(
    spec: &ChartSpec,
    color: Option<&Column>,
    ys: &[&Column],
    rows: &[Option<usize>],
    xs: &[Place],
) -> Result<Vec<Sparse>, ChartError> {
    let mut sparse: Vec<Sparse> = Vec::new();
    let mut known: HashMap<(String, usize), usize> = HashMap::new();
    let mut taken: HashSet<(usize, usize)> = HashSet::new();
    for (row, place) in rows.iter().enumerate() {
        let Some(place) = *place else { continue };
        let group = color
            .and_then(|color| color.values.get(row))
            .map(|value| Format::Plain.show(&value, spec.locale))
            .unwrap_or_default();
        for (column, y) in ys.iter().enumerate() {
            let next = sparse.len();
            let index = *known.entry((group.clone(), column)).or_insert(next);
            if index == next {
                let own = heading(&y.name, spec.format);
                let name = match (color, ys.len()) {
                    (None, _) => own,
                    (Some(_), 1) => group.clone(),
                    (Some(_), _) => format!("{group}, {own}"),
                };
                let expected = spec.forecast.as_ref().is_some_and(|forecast| forecast.column == y.name);
                sparse.push(Sparse { name, column, expected, cells: Vec::new() });
            }
            if !taken.insert((index, place)) {
                return Err(ChartError::Repeated {
                    place: xs[place].label.clone(),
                    series: sparse[index].name.clone(),
                });
            }
            let value = y.values.get(row).and_then(|value| value.as_f64()).filter(|value| value.is_finite());
            sparse[index].cells.push((place, value.map(|value| value.clamp(-LARGEST, LARGEST))));
        }
    }
    Ok(sparse)
}

impl Data {
    /// The values as a table: a row a place, a column a series.
    pub(crate) fn table(&self) -> Frame {
        let mut columns: Vec<Column> = Vec::new();
        let mut add = |name: &str, values: Values| {
            let mut unique = name.to_owned();
            let mut copy = 2;
            while columns.iter().any(|column| column.name == unique) {
                unique = format!("{name} ({copy})");
                copy += 1;
            }
            columns.push(Column { name: unique, values });
        };
        add(&self.x_name, self.x_values.clone());
        for series in &self.series {
            add(&series.name, Values::Float(series.values.clone()));
            if let Some(band) = &series.band {
                add(&band.lower_name, Values::Float(band.lower.clone()));
                add(&band.upper_name, Values::Float(band.upper.clone()));
            }
        }
        Frame::new(columns).expect("every column has a value a place, and names were made unique")
    }

    /// Smallest and largest value of all series and bands.
    pub(crate) fn range(&self) -> (f64, f64) {
        let bands = self.series.iter().filter_map(|series| series.band.as_ref());
        let bands = bands.flat_map(|band| band.lower.iter().chain(&band.upper));
        let values = self.series.iter().flat_map(|series| &series.values).chain(bands).flatten();
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(*value), high.max(*value))
        })
    }

    /// True when all values belong to one moment.
    pub(crate) fn is_one_moment(&self) -> bool {
        self.places == Places::Time && self.xs.len() == 1
    }

    /// True when the series are stacked rather than laid side by side or over one another.
    pub(crate) fn stacked(&self) -> bool {
        self.series.len() > 1
            && self.series.iter().all(|series| series.band.is_none())
            && self.series.iter().flat_map(|series| &series.values).flatten().all(|value| *value >= 0.0)
    }
}

/// A column's name as a heading: `collected_eur` becomes `Collected` where the format already says euro.
pub(crate) fn heading(column: &str, format: Format) -> String {
    let machine =
        column.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if !machine || column.is_empty() {
        return column.to_owned();
    }
    let bare = match format {
        Format::Euro(_) => column.strip_suffix("_eur").filter(|bare| !bare.is_empty()).unwrap_or(column),
        _ => column,
    };
    let text = bare.replace('_', " ");
    text[..1].to_uppercase() + &text[1..]
}
