//! What dashboards of this portal read, as their texts say: it stands in the graph without any event, and is not stored.

use chrono::DateTime;

use super::types::Snapshot;
use crate::store::lineage::EdgeRow;

impl Snapshot {
    /// What the text of a dashboard of this portal reads, by id; nothing for anything else.
    pub(crate) fn read_by_text(&self, id: &str) -> &[String] {
        let text = self.assets.get(id).and_then(|asset| self.own_dashboard(asset));
        let read = text.and_then(|text| text.read.as_ref().ok());
        read.map(|read| read.front.reads.as_slice()).unwrap_or_default()
    }

    /// The same as edges into the asset.
    pub(super) fn edges_by_text(&self, id: &str) -> impl Iterator<Item = EdgeRow> {
        self.read_by_text(id).iter().filter(move |source| *source != id).map(move |source| EdgeRow {
            source: source.clone(),
            target: id.to_owned(),
            job: String::new(),
            columns: "[]".to_owned(),
            seen_at: DateTime::UNIX_EPOCH,
            former_since: None,
        })
    }

    /// Adds what all texts say to a graph of what is stored.
    pub(super) fn add_edges_by_text(&mut self) {
        let edges: Vec<EdgeRow> = self.dashboards.keys().flat_map(|id| self.edges_by_text(id)).collect();
        self.edges.add(&edges);
    }
}
