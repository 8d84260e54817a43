//! Gold of Marketing: products that belong together.

use std::collections::HashMap;

use super::cells::{Cell, Growth, Kind, Rows, Spec, col};
use super::draw::{count, rounded};
use super::tables::Slice;
use super::web::sessions;

/// Recommended products.
pub(crate) static PRODUCT_RECOMMENDATIONS: Spec = Spec {
    name: "gold.product_recommendations",
    comment: "For each product the products bought or viewed with it most, over the last 12 months; at most ten a product",
    growth: Growth::Snapshot,
    partition: None,
    columns: &[
        col("product_id", Kind::Text, "Product the customer looks at"),
        col("recommended_product_id", Kind::Text, "Product to show beside it"),
        col("rank", Kind::Int, "1 is shown first"),
        col("bought_together", Kind::Long, "Orders that contain both"),
        col("viewed_together", Kind::Long, "Sessions without an order that looked at both"),
        col(
            "confidence",
            Kind::Double,
            "Share of the orders with the first product that contain the second too",
        ),
        col("lift", Kind::Double, "How much more often both are bought together than by chance"),
        col("score", Kind::Double, "What the ranking is by: lift, damped where few orders speak for it"),
        col("calculated_on", Kind::Date, "Last day of the orders and sessions used"),
    ],
};

/// Recommendations a product gets at most.
const TOP: usize = 10;

/// Orders that a pair needs at least.
const SUPPORT: u32 = 3;

/// A list of fewer pairs than this helps nobody; then fewer orders have to do.
const ENOUGH: usize = 200;

/// How often pairs and single products appear.
struct Counts {
    bought: HashMap<(usize, usize), u32>,
    viewed: HashMap<(usize, usize), u32>,
    single: Vec<u32>,
    orders: usize,
}

fn tally(slice: &Slice<'_>) -> Counts {
    let world = &slice.history.world;
    let recent = slice.orders.partition_point(|order| order.day <= slice.history.last - 365);
    let orders = &slice.orders[recent..];
    let mut counts = Counts {
        bought: HashMap::new(),
        viewed: HashMap::new(),
        single: vec![0; world.products.len()],
        orders: orders.len(),
    };
    for order in orders {
        for (place, line) in order.lines.iter().enumerate() {
            counts.single[line.product] += 1;
            for other in &order.lines[place + 1..] {
                *counts.bought.entry((line.product, other.product)).or_default() += 1;
                *counts.bought.entry((other.product, line.product)).or_default() += 1;
            }
        }
    }
    for day in orders.chunk_by(|a, b| a.day == b.day) {
        for session in sessions(world, day[0].day, day).into_iter().filter(|session| session.order.is_none())
        {
            let mut seen = session.events.iter().filter(|event| event.name == "view_item");
            if let (Some(a), Some(b)) = (seen.next(), seen.next())
                && let (Some(a), Some(b)) = (a.product, b.product)
            {
                *counts.viewed.entry((a, b)).or_default() += 1;
                *counts.viewed.entry((b, a)).or_default() += 1;
            }
        }
    }
    counts
}

/// Orders that a pair needs at least in a shop with these orders.
fn support(bought: &HashMap<(usize, usize), u32>) -> u32 {
    let pairs = |least: u32| bought.values().filter(|both| **both >= least).count();
    (1..=SUPPORT).rev().find(|least| pairs(*least) >= ENOUGH).unwrap_or(1)
}

pub(super) fn product_recommendations(slice: &Slice<'_>, rows: &mut Rows) {
    let products = &slice.history.world.products;
    let counts = tally(slice);
    let support = support(&counts.bought);
    let mut found: Vec<Vec<(usize, f64, f64, f64)>> = vec![Vec::new(); products.len()];
    for ((from, to), both) in counts.bought.iter().filter(|(_, both)| **both >= support) {
        let confidence = f64::from(*both) / f64::from(counts.single[*from]);
        let lift = confidence * count(counts.orders) / f64::from(counts.single[*to]);
        let score = lift * f64::from(*both) / (f64::from(*both) + 10.0);
        found[*from].push((*to, confidence, lift, score));
    }
    for (from, mut candidates) in found.into_iter().enumerate() {
        candidates.sort_by(|a, b| b.3.total_cmp(&a.3).then(a.0.cmp(&b.0)));
        for (rank, (to, confidence, lift, score)) in (1..).zip(candidates.into_iter().take(TOP)) {
            let pair = (from, to);
            let times = |map: &HashMap<_, u32>| Cell::Long(map.get(&pair).copied().unwrap_or(0).into());
            rows.push([
                products[from].id.clone().into(),
                products[to].id.clone().into(),
                Cell::Int(rank),
                times(&counts.bought),
                times(&counts.viewed),
                Cell::Double(rounded(confidence, 4)),
                Cell::Double(rounded(lift, 3)),
                Cell::Double(rounded(score, 3)),
                Cell::Date(slice.history.last),
            ]);
        }
    }
}
