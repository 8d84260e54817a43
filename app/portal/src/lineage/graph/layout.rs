//! Where nodes and edges lie: layers from left to right, edges led between the nodes.
//!
//! Each step is linear in nodes, edges and bends (both bounded), whatever the graph looks like: events decide what a
//! graph looks like, and nobody who sends one may keep the portal busy with drawing it.

mod columns;
mod layers;

use std::fmt::Write as _;

pub(super) const WIDTH: f64 = 200.0;
pub(super) const HEIGHT: f64 = 44.0;
const GAP_ACROSS: f64 = 72.0;
const GAP_DOWN: f64 = 20.0;
const MARGIN: f64 = 24.0;
/// Height of the lane in which an edge passes a layer.
const LANE: f64 = 10.0;
/// Most lanes; edges beyond that go straight.
const MOST_LANES: usize = 3_000;

/// Top left corners in the order of the nodes, paths in the order of the edges, and the size of the drawing.
pub(super) struct Placed {
    pub(super) corners: Vec<(f64, f64)>,
    pub(super) paths: Vec<String>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// What stands in a layer: a node, or a lane in which an edge passes.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Slot {
    layer: usize,
    height: f64,
}

/// Places `count` nodes with the edges between them.
pub(super) fn place(count: usize, edges: &[(u32, u32)]) -> Placed {
    let ends: Vec<(usize, usize)> = edges.iter().map(|(from, to)| (*from as usize, *to as usize)).collect();
    let forward = layers::without_cycles(count, &ends);
    let layer = layers::of(count, &forward);
    let mut slots: Vec<Slot> = layer.iter().map(|layer| Slot { layer: *layer, height: HEIGHT }).collect();
    // The chain of slots each edge runs through, from left to right.
    let chains: Vec<Vec<usize>> = forward
        .iter()
        .map(|(left, right)| {
            if left == right {
                return vec![*left];
            }
            let between = (layer[*left] + 1)..layer[*right];
            let mut chain = vec![*left];
            if slots.len() - count + between.len() <= MOST_LANES {
                for layer in between {
                    chain.push(slots.len());
                    slots.push(Slot { layer, height: LANE });
                }
            }
            chain.push(*right);
            chain
        })
        .collect();
    let tops = columns::tops(&slots, &chains);
    let lift = tops.iter().copied().fold(f64::MAX, f64::min);
    let corner = |slot: usize| {
        let across = f64::from(u32::try_from(slots[slot].layer).unwrap_or(u32::MAX));
        (across * (WIDTH + GAP_ACROSS) + MARGIN, tops[slot] - lift + MARGIN)
    };
    let corners: Vec<(f64, f64)> = (0..count).map(corner).collect();
    let paths = chains.iter().zip(forward.iter().zip(&ends)).map(|(chain, (forward, end))| {
        let points: Vec<(f64, f64)> = chain
            .iter()
            .map(|slot| {
                let (x, y) = corner(*slot);
                (x, y + slots[*slot].height / 2.0)
            })
            .collect();
        path(&points, forward != end)
    });
    let far = |pick: fn(&(f64, f64)) -> f64| corners.iter().map(pick).fold(0.0, f64::max);
    Placed {
        paths: paths.collect(),
        width: far(|at| at.0) + WIDTH + MARGIN,
        height: (0..slots.len()).map(|slot| corner(slot).1 + slots[slot].height).fold(0.0, f64::max) + MARGIN,
        corners,
    }
}

/// A line through the left middles of slots: straight where it passes a layer, curved in the gaps. An edge that closes
/// a cycle runs from right to left. Each step says how far it leads: a drawing has thousands of them, most alike.
fn path(points: &[(f64, f64)], backwards: bool) -> String {
    let mut stops: Vec<(f64, f64)> = points.iter().map(|(x, y)| (*x, y.round())).collect();
    let (mut out, mut into) = (WIDTH, 0.0);
    if backwards {
        stops.reverse();
        (out, into) = (into, out);
    }
    let mut path = String::new();
    for (place, stops) in stops.windows(2).enumerate() {
        let [from, to] = [(stops[0].0 + out, stops[0].1), (stops[1].0 + into, stops[1].1)];
        let (across, down) = (to.0 - from.0, to.1 - from.1);
        let middle = across / 2.0;
        // Nothing that is written to a text can fail.
        let _ = match place {
            0 => write!(path, "M{},{}", from.0, from.1),
            _ => write!(path, "h{}", out - into),
        };
        let _ = write!(path, "c{middle},0 {middle},{down} {across},{down}");
    }
    path
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_that_passes_a_layer_does_not_run_through_its_nodes() {
        // 0 -> 1 -> 2, and 0 -> 2 past 1.
        let placed = place(3, &[(0, 1), (1, 2), (0, 2)]);
        let middle = placed.corners[1];
        let lane: f64 = stops(&placed.paths[2])
            .into_iter()
            .find(|(x, _)| (*x - middle.0).abs() < 1.0)
            .expect("it passes the layer in the middle")
            .1;
        assert!(
            lane < middle.1 || lane > middle.1 + HEIGHT,
            "{lane} lies in {middle:?}: {}",
            placed.paths[2]
        );
    }

    #[test]
    fn nothing_is_placed_where_nothing_is() {
        assert!(place(0, &[]).corners.is_empty());
        assert_eq!(place(1, &[(0, 0)]).paths, [""]);
    }

    /// Where each step of a path begins and ends.
    fn stops(path: &str) -> Vec<(f64, f64)> {
        let (mut at, mut stops) = ((0.0, 0.0), Vec::new());
        let begins: Vec<usize> = path.match_indices(['M', 'c', 'h']).map(|(begin, _)| begin).collect();
        let ends = begins.iter().skip(1).copied().chain([path.len()]);
        for (begin, end) in begins.iter().zip(ends) {
            let numbers = path[begin + 1..end].split([' ', ',']);
            let numbers: Vec<f64> = numbers.map(|number| number.parse().expect("a number")).collect();
            at = match (&path[*begin..=*begin], numbers.as_slice()) {
                ("M", [x, y]) => (*x, *y),
                // Two points bend the line before the one where it arrives.
                ("c", [_, _, _, _, x, y]) => (at.0 + x, at.1 + y),
                ("h", [x]) => (at.0 + x, at.1),
                other => panic!("{other:?} in {path}"),
            };
            stops.push(at);
        }
        stops
    }

    /// No two nodes overlap, all lie within the drawing, every line leads from its source to its target, and none runs
    /// through a node on its way.
    fn well_placed(count: usize, edges: &[(u32, u32)]) -> Result<(), String> {
        let placed = place(count, edges);
        for (index, (x, y)) in placed.corners.iter().enumerate() {
            let is_inside =
                *x >= 0.0 && *y >= 0.0 && x + WIDTH <= placed.width && y + HEIGHT <= placed.height;
            let overlaps = |(left, top): &(f64, f64)| (x - left).abs() < WIDTH && (y - top).abs() < HEIGHT;
            if !is_inside || placed.corners[..index].iter().any(overlaps) {
                return Err(format!("node {index} at {x}, {y} of {}, {}", placed.width, placed.height));
            }
        }
        if placed.paths.len() != edges.len() {
            return Err("an edge has no line".to_owned());
        }
        for ((from, to), path) in edges.iter().zip(&placed.paths).filter(|((from, to), _)| from != to) {
            let stops = stops(path);
            let at = |stop: Option<&(f64, f64)>, node: u32| {
                let (x, y) = placed.corners[node as usize];
                stop.is_some_and(|(left, top)| {
                    (left - x).abs().min((left - x - WIDTH).abs()) <= 1.0
                        && (top - y - HEIGHT / 2.0).abs() <= 1.0
                })
            };
            if !at(stops.first(), *from) || !at(stops.last(), *to) {
                return Err(format!("the line {from} -> {to} leads elsewhere: {path}"));
            }
            let passes = stops.windows(2).filter(|pair| (pair[0].1 - pair[1].1).abs() < 0.5);
            for pair in passes.filter(|pair| ((pair[0].0 - pair[1].0).abs() - WIDTH).abs() < 0.5) {
                let (left, line) = (pair[0].0.min(pair[1].0), pair[0].1);
                let is_hit = |(x, y): &(f64, f64)| {
                    (x - left).abs() < 1.0 && (y + 1.0..y + HEIGHT - 1.0).contains(&line)
                };
                if placed.corners.iter().any(is_hit) {
                    return Err(format!("the line {from} -> {to} runs through a node: {path}"));
                }
            }
        }
        Ok(())
    }

    /// A graph of up to so many nodes and edges, cycles and loops included.
    fn graphs(nodes: u32, edges: usize) -> impl Strategy<Value = (usize, Vec<(u32, u32)>)> {
        (1..=nodes).prop_flat_map(move |count| {
            let pairs = prop::collection::btree_set((0..count, 0..count), 0..=edges);
            pairs.prop_map(move |pairs| (count as usize, pairs.into_iter().collect()))
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        /// Few enough edges that each of them has a lane in every layer it could pass.
        #[test]
        fn any_graph_is_well_placed((count, edges) in graphs(50, 60)) {
            prop_assert_eq!(well_placed(count, &edges), Ok(()));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        /// As many as a page draws, with more lines than there are lanes.
        #[test]
        fn no_graph_is_too_large_to_be_placed((count, edges) in graphs(200, 1_000)) {
            prop_assert_eq!(well_placed(count, &edges), Ok(()));
        }
    }
}
