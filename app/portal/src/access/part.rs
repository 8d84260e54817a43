//! What somebody may review of the grants on a domain's data who does not answer for all of them.
//!
//! Who reviews a grant depends on its holder only where the holder also answers for the data, or has a service account
//! that holds it; and on its review only where that is long overdue. So a part is found from a few people, however many
//! hold access.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use lakeport_model::access::HeldOn;
use lakeport_model::people::{Role, Viewer};
use lakeport_model::{GrantId, PersonId};

use super::held::see;
use super::{Policies, Reviewers, answering_people, answers_for};
use crate::Result;
use crate::catalog::Snapshot;
use crate::policy;
use crate::store::Tx;
use crate::store::access::{self as store, Grant};

/// Where to look for the grants on a product or an asset that somebody may review.
pub(super) struct Part<'a> {
    pub(super) now: DateTime<Utc>,
    domain: &'a str,
    on: &'a HeldOn,
    /// Those whose grants the viewer may review, be it only when they are long overdue.
    pub(super) holders: Vec<PersonId>,
    /// The review date up to which the viewer may review what anybody else holds, of whatever classification.
    pub(super) overdue: Option<NaiveDate>,
}

impl<'a> Part<'a> {
    /// For a viewer; `None` for one who sees all grants, and for one to whom none can come.
    pub(super) fn of(
        policies: &Policies,
        snapshot: &Snapshot,
        viewer: &Viewer,
        domain: &'a str,
        on: &'a HeldOn,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let reviewers = answering_people(snapshot, domain);
        let sees_all = policy::decide(viewer, &see(domain, reviewers).into()).allowed;
        if sees_all || !answers_for(snapshot, viewer).iter().any(|held| held == domain) {
            return None;
        }
        let may_review = |holder: &PersonId| {
            let late =
                Reviewers::among(snapshot, domain, |member| !snapshot.acts_for(*holder, member.person));
            late.late().contains(&viewer.id)
        };
        let of_others = Reviewers::among(snapshot, domain, |_| true).late().contains(&viewer.id);
        // Whoever looks at what is found asks for each grant whether it is late enough for its own classification.
        let overdue = of_others.then(|| policies.escalated_until(now.date_naive()));
        let holders = insiders(snapshot, domain).into_iter().filter(may_review).collect();
        Some(Self { now, domain, on, holders, overdue })
    }

    /// The live grants to look at, newest first, from below the id `before`.
    pub(super) async fn grants(&self, tx: &mut Tx, before: GrantId, limit: u32) -> Result<Vec<Grant>> {
        let mut found = Vec::new();
        if let Some(due) = self.overdue {
            let (of, today) = ((self.domain, due), self.now.date_naive());
            found = store::overdue_grants(tx, self.on, of, today, before, limit.into()).await?;
        }
        for holder in &self.holders {
            let held = store::live_grants_of(tx, *holder, self.now.date_naive()).await?;
            found.extend(held.into_iter().filter(|grant| grant.id < before && self.has(grant)));
        }
        found.sort_by_key(|grant| Reverse(grant.id));
        found.dedup_by_key(|grant| grant.id);
        found.truncate(limit as usize);
        Ok(found)
    }

    /// True for a grant on what is looked at.
    fn has(&self, grant: &Grant) -> bool {
        match self.on {
            HeldOn::Product(id) => grant.product == id.as_str(),
            HeldOn::Asset(id) => grant.asset.as_deref() == Some(id.as_str()),
        }
    }
}

/// The people of a domain and of the one above it who may be asked about its data, and the service accounts in their
/// hands.
fn insiders(snapshot: &Snapshot, domain: &str) -> BTreeSet<PersonId> {
    let parent = snapshot.domains.get(domain).and_then(|domain| domain.parent.as_deref());
    let mut insiders = BTreeSet::new();
    for place in [Some(domain), parent].into_iter().flatten() {
        for role in [Role::Owner, Role::Steward] {
            for member in snapshot.members_with(place, role) {
                insiders.insert(member.person);
                insiders.extend(snapshot.accounts_of(member.person));
            }
        }
    }
    insiders
}
