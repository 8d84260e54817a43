//! The lineage graph as the page draws it.

use serde::{Deserialize, Serialize};

use crate::catalog::{AssetKind, Layer, Way};
use crate::contracts::CheckState;
use crate::{AssetId, listed};

/// Which part of the graph to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphRequest {
    /// The asset in the middle.
    pub focus: String,
    /// Hops upstream, 0 to 10.
    pub up: u8,
    /// Hops downstream, 0 to 10.
    pub down: u8,
    /// Assets opened further by hand: their neighbours are shown too.
    pub open: Vec<String>,
    /// Draw the path of one column of the focus.
    pub column: Option<String>,
    /// The asset to tell about, where it is not the one in the middle.
    #[serde(default)]
    pub chosen: Option<String>,
}

/// A laid-out graph. Coordinates are in the units of the view box, y downwards.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Graph {
    /// The asset in the middle.
    pub focus: AssetId,
    /// Its name.
    pub focus_name: String,
    /// The way here.
    pub way: Way,
    /// Width of the drawing.
    pub width: f64,
    /// Height of the drawing.
    pub height: f64,
    /// Nodes, 200 x 44 each; `x`, `y` is the top left corner.
    pub nodes: Vec<GraphNode>,
    /// Edges from node to node.
    pub edges: Vec<GraphEdge>,
    /// Nodes left out because the drawing would be too large.
    pub cut_off: u32,
    /// True when not all were walked that are within reach: then more than that are left out.
    pub there_are_more: bool,
    /// Connections between the nodes drawn that are left out for the same reason.
    pub edges_cut_off: u32,
    /// The columns of the focus that have column lineage.
    pub columns: Vec<String>,
    /// The asset that is told about: the focus, or another one that is drawn.
    pub chosen: AssetId,
    /// Its name.
    pub chosen_name: String,
    /// Who is hit when it changes.
    pub impact: Impact,
}

/// A line of the list that says the same as the drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct GraphRow<'a> {
    /// The asset.
    pub node: &'a GraphNode,
    /// What it is made from, among what is drawn.
    pub made_from: Vec<&'a GraphNode>,
    /// What it feeds, among what is drawn.
    pub feeds: Vec<&'a GraphNode>,
    /// Jobs in words: `written by airflow/load`, `read by ..`.
    pub jobs: Vec<String>,
}

impl Graph {
    /// The drawing in lines: each of its nodes once, each of its edges at both ends.
    pub fn rows(&self) -> Vec<GraphRow<'_>> {
        let others = |here: u32, ends: fn(&GraphEdge) -> (u32, u32)| {
            let of_here = self.edges.iter().map(ends).filter(move |(at, _)| *at == here);
            of_here.filter_map(|(_, other)| self.nodes.get(other as usize)).collect()
        };
        let nodes = (0..).zip(&self.nodes);
        let rows = nodes.map(|(here, node)| GraphRow {
            node,
            made_from: others(here, |edge| (edge.to, edge.from)),
            feeds: others(here, |edge| (edge.from, edge.to)),
            jobs: node.jobs().into_iter().chain(self.read_by_text(here)).chain(self.former(here)).collect(),
        });
        rows.collect()
    }

    /// What the text of the dashboard at this place reads in words: `its text reads gold.sales`.
    fn read_by_text(&self, here: u32) -> Option<String> {
        let edges = self.edges.iter().filter(|edge| edge.to == here && edge.read_by_text);
        let names = edges.filter_map(|edge| self.nodes.get(edge.from as usize)).map(|node| &node.name);
        let names: Vec<&String> = names.collect();
        (!names.is_empty()).then(|| format!("its text reads {}", listed(&names)))
    }

    /// What the asset at this place was once made from, in a sentence each.
    fn former(&self, here: u32) -> impl Iterator<Item = String> {
        let edges = self.edges.iter().filter(move |edge| edge.to == here && edge.is_former);
        edges.filter_map(|edge| Some(edge.former(&self.nodes.get(edge.from as usize)?.name)))
    }
}

impl GraphEdge {
    /// Where it is known from, in words: its jobs, and the text of the dashboard that it goes to.
    pub fn known_from(&self) -> String {
        if self.is_former {
            return self.former("it");
        }
        match (self.job.as_str(), self.read_by_text) {
            (job, false) => job.to_owned(),
            ("", true) => "Its text reads it.".to_owned(),
            (job, true) => format!("{job}; its text reads it"),
        }
    }

    /// Why it is former; `what` is where it comes from.
    fn former(&self, what: &str) -> String {
        match self.job.as_str() {
            "" => format!("Former: its job's last 3 runs did not read {what}."),
            job => format!("Former: the last 3 runs of {job} did not read {what}."),
        }
    }
}

impl GraphNode {
    /// The jobs at it in words.
    pub fn jobs(&self) -> Vec<String> {
        let named = [("written by", &self.written_by), ("read by", &self.read_by)];
        let named = named.into_iter().filter(|(_, jobs)| !jobs.is_empty());
        named.map(|(words, jobs)| format!("{words} {}", listed(jobs))).collect()
    }
}

/// One asset in the graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GraphNode {
    /// The asset.
    pub id: AssetId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: AssetKind,
    /// Layer of a table.
    pub layer: Option<Layer>,
    /// Its domain's name.
    pub domain: String,
    /// State of the contract on it, where there is one.
    pub state: Option<CheckState>,
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Upstream neighbours that are not drawn.
    pub more_up: u32,
    /// Downstream neighbours that are not drawn.
    pub more_down: u32,
    /// Jobs that read it, the first of many.
    pub read_by: Vec<String>,
    /// Jobs that write it, the first of many.
    pub written_by: Vec<String>,
    /// On the path of the chosen column.
    pub on_path: bool,
    /// Columns on the path of the chosen column.
    pub path_columns: Vec<String>,
}

/// One edge: data flows from `from` to `to`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GraphEdge {
    /// Index into the nodes.
    pub from: u32,
    /// Index into the nodes.
    pub to: u32,
    /// SVG path data.
    pub path: String,
    /// The job that moves the data.
    pub job: String,
    /// The text of the dashboard that it goes to reads where it comes from.
    pub read_by_text: bool,
    /// The last 3 runs of the job no longer read where it comes from.
    pub is_former: bool,
    /// On the path of the chosen column.
    pub on_path: bool,
}

/// Who is hit by a change, over all hops downstream.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Impact {
    /// Assets downstream.
    pub assets: u32,
    /// True when not all were walked: everything here speaks of the nearest ones.
    pub there_are_more: bool,
    /// Dashboards among them, the nearest of many.
    pub dashboards: Vec<String>,
    /// How many more dashboards there are.
    pub more_dashboards: u32,
    /// Owners to talk to, by name with their domain, the first of many.
    pub owners: Vec<String>,
    /// How many more owners there are.
    pub more_owners: u32,
    /// Live subscriptions on contracts downstream, the focus included.
    pub subscribers: u32,
    /// Live grants downstream, the focus included.
    pub grants: u32,
}
