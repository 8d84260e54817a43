//! Figures of checks are values: a count under an author's filter tells as much as rows do. Who does not read a table
//! sees whether its promises are kept, and no figure.

use std::collections::BTreeSet;

use lakeport_model::contracts::{CheckLine, CheckRun, CheckState};

use lakeport_frame::Columns;

use crate::Ctx;
use crate::catalog::{Contract, Rights, Snapshot};

/// The schema objects whose figures a viewer sees.
pub(super) struct Figures(BTreeSet<String>);

impl Figures {
    /// Those whose table the viewer reads as a whole, whichever version of the contract the figures come from.
    pub(super) fn of(ctx: &Ctx, rights: &Rights, snapshot: &Snapshot, contract: &Contract) -> Self {
        let reads = |id: &str| {
            let right = snapshot.assets.get(id).map(|asset| rights.entitlement(ctx, snapshot, asset));
            matches!(right, Some(Ok(right)) if right.readable().columns == Columns::All)
        };
        let objects = || contract.versions.iter().flat_map(|version| &version.document.schema);
        let mut names: BTreeSet<String> = objects().map(|object| object.name.clone()).collect();
        for object in objects().filter(|object| !reads(object.asset())) {
            names.remove(&object.name);
        }
        Self(names)
    }

    /// The run with the figures the viewer may see; and whether any was taken out.
    pub(super) fn show(&self, mut run: CheckRun) -> (CheckRun, bool) {
        let mut hidden = false;
        let measured = |line: &&mut CheckLine| line.state != CheckState::Stated;
        for line in run.results.iter_mut().filter(|line| !self.0.contains(&line.object)).filter(measured) {
            hidden |= !line.detail.is_empty();
            line.detail.clear();
        }
        (run, hidden)
    }
}
