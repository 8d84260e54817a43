//! Where nodes and edges lie: layers from left to right. The layout library stays behind this file.

use rust_sugiyama::configure::Config;

use crate::catalog::Asset;

const WIDTH: f64 = 200.0;
const HEIGHT: f64 = 44.0;
const GAP_ACROSS: f64 = 80.0;
const GAP_DOWN: f64 = 20.0;
const MARGIN: f64 = 24.0;

/// Top left corners in the order of the nodes, and the size of the drawing.
pub(super) struct Placed {
    pub(super) corners: Vec<(f64, f64)>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Places nodes. Edges are free of duplicates and loops by construction (the library hangs on duplicates).
pub(super) fn place(nodes: &[&Asset], edges: &[(u32, u32)]) -> Placed {
    // The library lays layers from top to bottom: it is given each node lying on its side.
    let side = (HEIGHT + GAP_DOWN, WIDTH + GAP_ACROSS);
    let vertices: Vec<(u32, (f64, f64))> = (0u32..).zip(nodes).map(|(index, _)| (index, side)).collect();
    let config = Config { vertex_spacing: 1.0, ..Config::default() };
    let layouts = rust_sugiyama::from_vertices_and_edges(&vertices, edges, &config);
    let mut corners = vec![(0.0, 0.0); nodes.len()];
    let mut top = 0.0;
    for (points, _, _) in layouts {
        let least =
            |pick: fn(&(f64, f64)) -> f64| points.iter().map(|(_, at)| pick(at)).fold(f64::MAX, f64::min);
        let (left, upper) = (least(|at| at.1), least(|at| at.0));
        let mut lowest: f64 = top;
        for (node, (down, across)) in points {
            let corner = (across - left + MARGIN, down - upper + top + MARGIN);
            lowest = lowest.max(corner.1 - MARGIN);
            corners[node] = corner;
        }
        top = lowest + HEIGHT + GAP_DOWN;
    }
    let far = |pick: fn(&(f64, f64)) -> f64| corners.iter().map(pick).fold(0.0, f64::max);
    Placed { width: far(|at| at.0) + WIDTH + MARGIN, height: far(|at| at.1) + HEIGHT + MARGIN, corners }
}

/// A curve from the right side of one node to the left side of another.
pub(super) fn curve(from: (f64, f64), to: (f64, f64)) -> String {
    let (x1, y1) = (from.0 + WIDTH, from.1 + HEIGHT / 2.0);
    let (x2, y2) = (to.0, to.1 + HEIGHT / 2.0);
    let bend = ((x2 - x1) / 2.0).abs().max(40.0);
    format!("M{x1:.0},{y1:.0} C{:.0},{y1:.0} {:.0},{y2:.0} {x2:.0},{y2:.0}", x1 + bend, x2 - bend)
}
