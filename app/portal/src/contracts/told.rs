//! What a run of checks tells whom. Figures are values: a count under an author's filter tells as much as rows do, so that
//! who does not read a table sees whether its promises are kept, and no figure.
//!
//! Whether they are kept is for everybody who sees the contract; that is what it is for. Whoever writes its rules belongs
//! to the domain and reads its data, so that a rule tells its author nothing new. Not so with restricted data, which a
//! domain's members do not read: there every rule is a question, and "is the first letter below n", asked often enough,
//! spells a word. What came out of such a table goes to its readers. For everybody else its promises are checked, and no
//! more is said; nor does the contract as a whole say it, a number, a message or the runs before. This holds for every
//! promise of such a table, free SQL or not: a pattern, a limit and a list of values ask just as well.

use std::collections::{BTreeMap, BTreeSet};

use lakeport_model::contracts::{CheckRun, CheckState};

use super::check::{overall, unread_words};
use crate::catalog::{Contract, Rights, Snapshot};
use crate::policy;

/// What of the runs of a contract a viewer is told, by the names of its schema objects.
pub(super) struct Told {
    objects: BTreeSet<String>,
    without_figures: BTreeSet<String>,
    without_results: BTreeSet<String>,
    /// Why nothing is said of an object: what describes it cannot be read.
    unread: BTreeMap<String, String>,
}

impl Told {
    /// Of the objects of every version, whichever the run is of: one that any version hides is hidden.
    pub(super) fn of(rights: &Rights, snapshot: &Snapshot, contract: &Contract) -> Self {
        let mut told = Self {
            objects: BTreeSet::new(),
            without_figures: BTreeSet::new(),
            without_results: BTreeSet::new(),
            unread: BTreeMap::new(),
        };
        // The newest once more: which asset an object is about now, it says last.
        let versions = contract.versions.iter().chain([contract.newest()]);
        for object in versions.flat_map(|version| &version.document.schema) {
            let asset = snapshot.assets.get(object.asset());
            let reach = asset.map(|asset| policy::reach(rights.viewer(), &rights.values(snapshot, asset)));
            let reads = matches!(reach, Some(Ok(reach)) if reach.opens.is_whole());
            told.objects.insert(object.name.clone());
            match unread_words(snapshot, object.asset()) {
                Some(why) => told.unread.insert(object.name.clone(), why),
                None => told.unread.remove(&object.name),
            };
            if !reads {
                told.without_figures.insert(object.name.clone());
                if asset.is_none_or(|asset| !policy::is_for_members(asset.classification)) {
                    told.without_results.insert(object.name.clone());
                }
            }
        }
        told
    }

    /// True where the viewer is told how every promise stands.
    pub(super) fn every_result(&self) -> bool {
        self.without_results.is_empty()
    }

    /// True where the viewer is told nothing that came out of an object.
    pub(super) fn withholds(&self, object: &str) -> bool {
        !self.objects.contains(object) || self.without_results.contains(object)
    }

    /// The run as the viewer may see it; and whether a figure was taken out.
    pub(super) fn show(&self, mut run: CheckRun) -> (CheckRun, bool) {
        let (mut no_figures, mut no_results) = (false, false);
        for line in run.results.iter_mut().filter(|line| line.state != CheckState::Stated) {
            if let Some(why) = self.unread.get(&line.object) {
                // What was found says nothing of what nobody can look at any more, whoever may read it.
                no_results = true;
                line.state = CheckState::Unchecked;
                line.detail.clone_from(why);
                continue;
            }
            // What no version names any more, nobody can look up.
            let is_known = self.objects.contains(&line.object);
            if !is_known || self.without_figures.contains(&line.object) {
                no_figures |= !line.detail.is_empty();
                line.detail.clear();
            }
            if line.asked && self.withholds(&line.object) {
                // Nor does it tell whether there were figures to take out.
                (no_figures, no_results) = (true, true);
                line.state = CheckState::Untold;
            }
        }
        if no_results {
            run.state = overall(&run.results);
            // A rule that takes long on some rows tells by its time whether they are there.
            run.duration_ms = 0;
        }
        (run, no_figures)
    }
}
