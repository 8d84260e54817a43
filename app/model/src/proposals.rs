//! Changes that members propose, and owners and stewards accept or decline.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::catalog::Way;
use crate::documents::DiffLine;
use crate::people::DomainRef;
use crate::retire::Retirable;
use crate::words::words;
use crate::{First, Page, ProposalId};

words! {
    /// Where a proposal stands.
    ProposalState {
        /// Nobody has decided yet.
        Open = "open",
        /// It was published.
        Accepted = "accepted",
        /// It was declined.
        Declined = "declined",
        /// Whoever proposed it took it back.
        Withdrawn = "withdrawn",
    }
}

/// How a proposal ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalEnd {
    /// Who said so, as a name.
    pub who: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Why; empty where nobody had to say that.
    pub why: String,
}

/// A proposal in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalLine {
    /// Its id.
    pub id: ProposalId,
    /// What it is about.
    pub kind: Retirable,
    /// The id of that.
    pub document: String,
    /// The name of that; its id where the viewer does not see it any more.
    pub name: String,
    /// The domain that decides; of no name where the viewer left that of what it is about.
    pub domain: DomainRef,
    /// Who proposed it, as a name.
    pub who: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: String,
    /// Where it stands.
    pub state: ProposalState,
    /// How it ended.
    pub end: Option<ProposalEnd>,
}

/// Most proposals to decide that are counted: where there are so many, there may be more.
pub const MOST_COUNTED: u32 = 200;

/// What somebody may decide, and what they proposed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposals {
    /// Open ones that the viewer may decide, the oldest first.
    pub to_decide: First<ProposalLine>,
    /// Those of the viewer, the newest first.
    pub mine: Page<ProposalLine>,
}

/// A proposal with what it would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalPage {
    /// As in a list.
    pub line: ProposalLine,
    /// The way to what it is about.
    pub way: Way,
    /// While it is open, what it changes of what is published; then, of what it was written on.
    pub diff: Vec<DiffLine>,
    /// True where the comparison was too long and stops before its end.
    pub is_cut: bool,
    /// What keeps it from being published, a sentence each.
    pub problems: Vec<String>,
    /// What it changes for people, a sentence each.
    pub effects: Vec<String>,
    /// That somebody has published since.
    pub overtaken: Option<String>,
    /// Whoever accepts it says that they have seen the effects.
    pub needs_consent: bool,
    /// A digest of the effects: whoever agrees to them sends it.
    pub meaning: String,
    /// What stands for the text that they see: whoever decides sends that back.
    pub seen: String,
    /// The viewer may accept or decline it.
    pub may_decide: bool,
    /// The viewer may take it back.
    pub may_withdraw: bool,
}

/// A proposal whose text somebody has in a form, to publish it with changes of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merging {
    /// Its id.
    pub id: ProposalId,
    /// [`ProposalPage::seen`] of the text that the form begins with.
    pub seen: String,
    /// Why it is published, to begin with.
    pub reason: String,
}

/// Why somebody publishes something, and the proposal that is settled with it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Why {
    /// Why.
    #[serde(default)]
    pub reason: String,
    /// [`Merging::settles`]; empty where none is.
    #[serde(default)]
    pub proposal: String,
}

impl Merging {
    /// What a form sends along to settle it: its id and the mark of its text.
    pub fn settles(&self) -> String {
        format!("{} {}", self.id, self.seen)
    }
}
