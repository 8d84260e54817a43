//! Gold of Supply Chain: where a new warehouse would pay off most.

use super::cells::{Cell, Growth, Kind, Rows, Spec, col};
use super::draw::{euros, rounded};
use super::facts::fact_lines;
use super::places::{CITIES, SITES, WAREHOUSES, kilometres};
use super::tables::Slice;

/// Candidate places.
pub(crate) static WAREHOUSE_CANDIDATES: Spec = Spec {
    name: "gold.warehouse_candidates",
    comment: "Places where a new warehouse could be built, scored by demand nearby, cost and distance to today's warehouses",
    growth: Growth::Snapshot,
    partition: None,
    columns: &[
        col("city", Kind::Text, "Town"),
        col("country", Kind::Text, "ISO 3166 code of the country"),
        col("lat", Kind::Double, "Degrees north"),
        col("lon", Kind::Double, "Degrees east"),
        col(
            "demand_index",
            Kind::Double,
            "Revenue of the last 12 months within reach, falling with distance; best is 100",
        ),
        col("growth_index", Kind::Double, "Growth of that revenue over the 12 months before, in percent"),
        col("cost_index", Kind::Double, "Rent, wages and energy; 100 is the average of today's warehouses"),
        col(
            "nearest_warehouse_km",
            Kind::Double,
            "Distance to the nearest warehouse in operation, in kilometres",
        ),
        col("score", Kind::Double, "0 to 100: half demand, a quarter cost, a quarter relief of the network"),
        col("rank", Kind::Int, "1 is the best place"),
    ],
};

/// At this distance in kilometres a customer counts half.
const REACH: f64 = 180.0;

pub(super) fn warehouse_candidates(slice: &Slice<'_>, rows: &mut Rows) {
    let (recent, before) = revenue_by_city(slice);
    let nearby = |place: (f64, f64), revenue: &[f64]| -> f64 {
        CITIES
            .iter()
            .zip(revenue)
            .map(|(city, euros)| {
                let distance = kilometres(place, (city.lat, city.lon)) / REACH;
                euros / (1.0 + distance * distance)
            })
            .sum()
    };
    let best = SITES.iter().map(|site| nearby((site.2, site.3), &recent)).fold(1.0, f64::max);
    let mut candidates: Vec<_> = SITES
        .iter()
        .map(|(city, country, lat, lon, cost)| {
            let place = (*lat, *lon);
            let now = nearby(place, &recent);
            let then = nearby(place, &before);
            let demand = 100.0 * now / best;
            let growth = if then > 0.0 { 100.0 * (now / then - 1.0) } else { 0.0 };
            let nearest = WAREHOUSES
                .iter()
                .map(|warehouse| kilometres(place, (warehouse.lat, warehouse.lon)))
                .fold(f64::INFINITY, f64::min);
            let cheap = ((130.0 - cost) / 65.0 * 100.0).clamp(0.0, 100.0);
            let relief = (nearest / 4.0).min(100.0);
            let score = 0.5 * demand + 0.25 * cheap + 0.25 * relief;
            (*city, *country, place, [demand, growth, *cost, nearest, score])
        })
        .collect();
    candidates.sort_by(|a, b| b.3[4].total_cmp(&a.3[4]).then(a.0.cmp(b.0)));
    for (rank, (city, country, place, figures)) in (1..).zip(candidates) {
        let [demand, growth, cost, nearest, score] = figures.map(|figure| Cell::Double(rounded(figure, 1)));
        rows.push([
            city.into(),
            country.into(),
            Cell::Double(place.0),
            Cell::Double(place.1),
            demand,
            growth,
            cost,
            nearest,
            score,
            Cell::Int(rank),
        ]);
    }
}

/// Revenue of each city in euros: in the last twelve months, and in the twelve before.
fn revenue_by_city(slice: &Slice<'_>) -> (Vec<f64>, Vec<f64>) {
    let world = &slice.history.world;
    let last = slice.history.last;
    let (mut recent, mut before) = (vec![0.0; CITIES.len()], vec![0.0; CITIES.len()]);
    for order in slice.orders.iter().filter(|order| order.day > last - 800) {
        let city = world.customer(order.customer).city;
        let place = CITIES.iter().position(|other| std::ptr::eq(other, city) || other.name == city.name);
        let place = place.unwrap_or(0);
        for line in fact_lines(order).filter(|line| line.seen <= last) {
            match last - line.posted {
                ..365 => recent[place] += euros(line.cents),
                365..730 => before[place] += euros(line.cents),
                _ => {}
            }
        }
    }
    (recent, before)
}
