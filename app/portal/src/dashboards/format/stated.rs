//! What a text may state and nothing carries out yet: its author is told at import, its readers on the page.

use super::document::{BlockKind, Dashboard};

/// Advice about `subscribe`.
pub(super) const DELIVERIES: &str = "Deliveries are checked and kept, but not sent yet.";
/// Advice about an `alert`.
pub(super) const ALERT: &str = "Alerts are checked and kept, but nobody is told yet.";
/// Advice about a `test`.
pub(super) const TEST: &str = "Tests are checked and kept, but not run yet.";
/// Advice about `download: [xlsx]`.
pub(super) const XLSX: &str = "xlsx is not offered yet; csv is.";

impl Dashboard {
    /// What the portal does not carry out, a sentence each.
    pub fn not_carried_out(&self) -> Vec<String> {
        let names = |what: &str, names: Vec<&str>, instead: &str| {
            (!names.is_empty()).then(|| format!("{what}: {}. {instead}", names.join(", ")))
        };
        let deliveries = self.front.subscribe.iter().map(|delivery| delivery.cron.as_str()).collect();
        let alerts = self.alerts.iter().map(|alert| alert.name.as_str()).collect();
        let tests = self.tests.iter().map(|test| test.name.as_str()).collect();
        let offers_xlsx = |kind: &BlockKind| matches!(kind, BlockKind::Table(table) if table.wants_xlsx);
        let xlsx = self.elements().into_iter().filter(|block| offers_xlsx(&block.kind));
        [
            names("Deliveries", deliveries, "They are not sent."),
            names("Alerts", alerts, "Nobody is told."),
            names("Tests", tests, "They are not run."),
            names(
                "Downloads as xlsx",
                xlsx.map(|block| block.id.as_str()).collect(),
                "csv is offered instead.",
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
