//! Contracts as pages show them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::catalog::{AssetRef, Way};
use crate::people::DomainRef;
use crate::words::words;
use crate::{ContractId, ProductId, SubscriptionId};

words! {
    /// How a contract stands, or one of its promises. What could not be checked is never "kept".
    CheckState {
        /// Nobody measures it here; it is only said.
        Stated = "stated",
        /// Every promise that is measured is kept.
        Kept = "kept",
        /// Nothing is broken, but a rule that only warns is not met.
        Warned = "warned",
        /// At least one promise is broken.
        Broken = "broken",
        /// Nothing broken, but something that is measured could not be checked.
        Unchecked = "unchecked",
        /// It was checked; what came out is for those who read the data.
        Untold = "untold",
        /// There was no run yet.
        Never = "never",
        /// The contract is no longer in force: whatever its checks found, it promises nothing any more.
        Withdrawn = "withdrawn",
    }
}

/// What is said of a contract that is there and promises nothing that anybody can read.
pub fn unread_words(contract: &ContractId) -> String {
    format!(
        "The contract {contract} cannot be read, so that nobody knows what it promises until it is corrected."
    )
}

impl CheckState {
    /// The worse of two states. What is only stated says nothing about what is measured beside it.
    #[must_use]
    pub fn max_severity(self, other: Self) -> Self {
        if other.severity() > self.severity() { other } else { self }
    }

    /// True where the table was looked at, and an answer found.
    pub fn is_measured(self) -> bool {
        matches!(self, Self::Kept | Self::Warned | Self::Broken)
    }

    /// Its place among the states: the worst has the highest.
    pub fn severity(self) -> u8 {
        match self {
            Self::Stated => 0,
            Self::Kept => 1,
            Self::Never => 2,
            Self::Warned => 3,
            Self::Unchecked => 4,
            // It may hide a breach: nothing that says "not broken" stands for it.
            Self::Untold => 5,
            Self::Withdrawn => 6,
            Self::Broken => 7,
        }
    }

    /// A contract's state in words: the same on every page, in every list, drawing and message.
    pub fn label(self) -> &'static str {
        match self {
            Self::Kept => "Contract kept",
            Self::Broken => "Contract broken",
            Self::Stated => "Promises stated, not measured",
            Self::Warned => "Contract kept, with warnings",
            // Where a whole run could look at nothing, nobody knows that nothing is broken; the contract's page says why.
            Self::Unchecked => "Contract not fully checked",
            Self::Untold => "Contract checked, result needs access",
            Self::Never => "Not checked yet",
            Self::Withdrawn => "Contract withdrawn",
        }
    }
}

/// A contract in a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractSummary {
    /// Its id.
    pub id: ContractId,
    /// Its name.
    pub name: String,
    /// Newest version.
    pub version: String,
    /// `active`, `draft` ..
    pub status: String,
    /// State of the checks.
    pub state: CheckState,
    /// The worst result in words, without figures: `Broken: order_id is never empty`; or why nothing is ever checked.
    pub worst: Option<String>,
    /// The one column that all its broken promises are about, where it is about one table.
    pub broken_column: Option<String>,
    /// When the checks of this version last ran.
    pub checked_at: Option<DateTime<Utc>>,
}

/// A contract's page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContractPage {
    /// In a line; status, state and checks are those of the version shown.
    pub summary: ContractSummary,
    /// The way here.
    pub way: Way,
    /// Domain that gives the promise.
    pub domain: DomainRef,
    /// Product it belongs to, where that is visible.
    pub product: Option<(ProductId, String)>,
    /// What the data is for.
    pub purpose: Option<String>,
    /// What it is not for.
    pub limitations: Option<String>,
    /// How to use it.
    pub usage: Option<String>,
    /// Objects (tables) with their columns.
    pub objects: Vec<ContractObject>,
    /// Service levels in words.
    pub service_levels: Vec<ServiceLevel>,
    /// What it states and the portal does not carry out, a sentence each.
    pub not_carried_out: Vec<String>,
    /// Team members in words.
    pub team: Vec<String>,
    /// Support channels.
    pub support: Vec<crate::catalog::SupportChannel>,
    /// Price in words, where there is one.
    pub price: Option<String>,
    /// Versions, newest first.
    pub versions: Vec<ContractVersion>,
    /// The version shown.
    pub shown_version: String,
    /// The version that took the place of the one shown.
    pub replaced_by: Option<String>,
    /// The last day of the version shown, where it states one, and whether that day is over.
    pub last_day: Option<(NaiveDate, bool)>,
    /// The last run of the checks of the version shown.
    pub last_run: Option<CheckRun>,
    /// The version shown is the one in force, and something in it is a table that the portal measures.
    pub measured: bool,
    /// The portal measures what the newest version promises.
    pub newest_measured: bool,
    /// Why some of it is not measured: what describes its data cannot be read.
    pub unread: Option<String>,
    /// Figures of the run are left out, because the viewer does not read the data.
    pub figures_hidden: bool,
    /// States of earlier runs, oldest first.
    pub trend: Vec<(DateTime<Utc>, CheckState)>,
    /// The viewer's subscription.
    pub subscription: Option<Subscription>,
    /// Live subscriptions.
    pub subscribers: u32,
    /// The viewer may start the checks.
    pub may_check: bool,
    /// The viewer may subscribe.
    pub may_subscribe: bool,
    /// Why nobody can begin to rely on it, in sentences.
    pub closed: Option<String>,
    /// The document as its author wrote it.
    pub document: String,
    /// The viewer may publish another text of it.
    pub may_edit: bool,
    /// The viewer sees who published which text.
    pub sees_history: bool,
}

/// A table under a contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractObject {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub description: String,
    /// The asset behind it.
    pub asset: Option<AssetRef>,
    /// Its columns.
    pub columns: Vec<ContractColumn>,
    /// Rules on the whole object, in words.
    pub quality: Vec<String>,
}

/// A column under a contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractColumn {
    /// Its name; nested ones with dots.
    pub name: String,
    /// Its type.
    pub data_type: String,
    /// What it means.
    pub description: String,
    /// Never empty.
    pub required: bool,
    /// No value twice.
    pub unique: bool,
    /// Part of the primary key.
    pub primary_key: bool,
    /// Classification as written.
    pub classification: Option<String>,
    /// Further rules, in words.
    pub quality: Vec<String>,
}

/// A service level in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceLevel {
    /// `Latency`, `Retention` ..
    pub property: String,
    /// `4 hours`.
    pub value: String,
    /// The element it speaks of.
    pub element: Option<String>,
}

/// A version of a contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractVersion {
    /// Semantic version.
    pub version: String,
    /// Its status.
    pub status: String,
    /// When the portal first saw it.
    pub published_at: DateTime<Utc>,
    /// Differences from the version before.
    pub changes: Vec<VersionChange>,
}

/// A difference between two versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionChange {
    /// Consumers must act.
    pub breaking: bool,
    /// What changed, and why that matters.
    pub text: String,
}

/// A run of the checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRun {
    /// When it ended.
    pub at: DateTime<Utc>,
    /// Milliseconds it took; zero for whoever is not told all that came out.
    pub duration_ms: i64,
    /// What came out.
    pub state: CheckState,
    /// One line a promise.
    pub results: Vec<CheckLine>,
}

/// The result of one promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckLine {
    /// The promise: `order_id is never empty`.
    pub promise: String,
    /// The table it is about.
    pub object: String,
    /// The column it is about, where it is about one.
    #[serde(default)]
    pub column: Option<String>,
    /// State of this promise.
    pub state: CheckState,
    /// Figures in words, or why it could not be checked.
    pub detail: String,
    /// Its table cannot be read at all until somebody mends it; the detail says why.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unread: bool,
    /// The data was asked: whatever came of it, even no answer, can tell of the data. Of older runs nobody knows.
    #[serde(default = "asked")]
    pub asked: bool,
}

fn asked() -> bool {
    true
}

/// The one column that all broken promises among these are about; none where one is about a whole table, or another column.
pub fn broken_column<'a>(lines: impl IntoIterator<Item = &'a CheckLine>) -> Option<&'a str> {
    let mut broken = lines.into_iter().filter(|line| line.state == CheckState::Broken);
    let first = broken.next()?.column.as_deref()?;
    broken.all(|line| line.column.as_deref() == Some(first)).then_some(first)
}

impl CheckRun {
    /// Why a run could look at nothing, each reason once; `None` where it measured something, or nothing was to be measured.
    pub fn blind(&self) -> Option<Vec<&str>> {
        let mut unchecked = self.results.iter().filter(|line| line.state == CheckState::Unchecked).peekable();
        let looked = |line: &CheckLine| line.state.is_measured() || line.state == CheckState::Untold;
        if unchecked.peek().is_none() || self.results.iter().any(looked) {
            return None;
        }
        let mut reasons = Vec::new();
        for line in unchecked.filter(|line| !line.detail.is_empty()) {
            if !reasons.contains(&line.detail.as_str()) {
                reasons.push(line.detail.as_str());
            }
        }
        Some(reasons)
    }
}

/// A consumer's acceptance of a contract version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Its id.
    pub id: SubscriptionId,
    /// The contract.
    pub contract: ContractId,
    /// Its name.
    pub contract_name: String,
    /// The version accepted.
    pub version: String,
    /// What for.
    pub purpose: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(column: Option<&str>, state: CheckState) -> CheckLine {
        CheckLine {
            promise: "It holds".to_owned(),
            object: "orders".to_owned(),
            column: column.map(str::to_owned),
            state,
            detail: String::new(),
            unread: false,
            asked: true,
        }
    }

    #[test]
    fn a_column_is_named_only_where_all_that_is_broken_is_about_it() {
        let of = |columns: &[Option<&str>]| {
            let kept = [line(None, CheckState::Kept), line(Some("z"), CheckState::Warned)];
            let broken = columns.iter().map(|column| line(*column, CheckState::Broken));
            let lines: Vec<CheckLine> = kept.into_iter().chain(broken).collect();
            broken_column(&lines).map(str::to_owned)
        };
        assert_eq!(of(&[Some("x"), Some("x")]).as_deref(), Some("x"));
        assert_eq!(
            [of(&[Some("x"), Some("y")]), of(&[Some("x"), None]), of(&[None]), of(&[])],
            [None, None, None, None]
        );
    }
}
