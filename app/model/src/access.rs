//! Requests, grants and reviews: their states as pure functions, and what pages show of them.

mod state;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

pub use state::{GrantEnd, GrantStanding, RequestEvent, RequestState, ReviewState, is_over, standing};

use crate::catalog::{AssetRef, Classification, Way};
use crate::people::{DomainRef, PersonRef};
use crate::sharing::Provisioning;
use crate::{AssetId, GrantId, Page, PortId, ProductId, RequestId, listed};

/// Fewest letters and digits of a purpose: somebody decides by it, or judges what would break.
pub const SHORTEST_PURPOSE: u32 = 10;

/// What a person fills in to request access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewRequest {
    /// The output port.
    pub port: PortId,
    /// What for; required.
    pub purpose: String,
    /// Last day asked for.
    pub ends_on: NaiveDate,
    /// Accepts the terms of this contract version; required where the port has a contract.
    pub contract_version: Option<String>,
}

/// What the request form needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestForm {
    /// The port.
    pub port: PortId,
    /// The way here.
    pub way: Way,
    /// Its name.
    pub port_name: String,
    /// The product.
    pub product: ProductId,
    /// Its name.
    pub product_name: String,
    /// Its domain.
    pub domain: DomainRef,
    /// Highest classification of the columns; `None` where the requester sees only that the product exists.
    pub classification: Option<Classification>,
    /// What will happen, by policy, in words: `Aylin Demir decides.`
    pub policy: Vec<String>,
    /// First day allowed as an end; of a renewal, a day later than what it renews.
    pub earliest_end: NaiveDate,
    /// Last day allowed as an end.
    pub latest_end: NaiveDate,
    /// Filled in at first.
    pub suggested_end: NaiveDate,
    /// Contract version whose terms are accepted, with the contract's id.
    pub contract: Option<(String, String)>,
    /// The terms in words. Whoever may ask has to be able to read what they accept, whatever else is hidden from them.
    pub terms: Vec<String>,
    /// The contract's own page may be read as well.
    pub contract_opens: bool,
    /// Why nobody can ask for it as things are, and whom to turn to: then there is nothing to send.
    pub closed: Option<String>,
    /// From which day on it is retired, in a sentence, where that is announced.
    pub announced: Option<String>,
    /// No table is behind it yet, or not any more, in sentences: it can be asked for all the same.
    pub no_table: Option<String>,
    /// Fewest letters of a purpose.
    pub shortest_purpose: u32,
    /// The purpose it is filled in with.
    pub purpose: String,
    /// Last day of the access to the port that the viewer holds, which the request would renew.
    pub renews: Option<NaiveDate>,
    /// The viewer's request for the port that waits: while it does, there is no other.
    pub waiting: Option<RequestLine>,
}

/// A request in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestLine {
    /// Its id.
    pub id: RequestId,
    /// Product and port by name.
    pub title: String,
    /// The product.
    pub product: ProductId,
    /// The output port.
    pub port: PortId,
    /// The catalog has the port; otherwise `title` is its id, and there is no page to lead to.
    pub is_offered: bool,
    /// What describes the port's product is there and cannot be read.
    pub product_is_unread: bool,
    /// Who asks.
    pub requester: PersonRef,
    /// What for.
    pub purpose: String,
    /// Its state.
    pub state: RequestState,
    /// Highest classification asked for.
    pub classification: Classification,
    /// What of it cannot be read in the database, and what it counts as, in sentences.
    pub faulty: Option<String>,
    /// When it was sent.
    pub requested_at: DateTime<Utc>,
    /// Days since then, while it waits; none where when it was sent cannot be read.
    pub waiting_days: Option<i64>,
    /// It has waited so long that it has gone on to those above.
    pub escalated: bool,
    /// There was nobody above, so that the administrators were told.
    pub administrators_told: bool,
    /// Last day the requester asked for.
    pub asked_until: NaiveDate,
    /// Last day: the one asked for, or an earlier one that an approver or the policy set.
    pub ends_on: NaiveDate,
    /// With whom it is, by name; empty when decided.
    pub with: Vec<String>,
    /// Who asks held the access already when asking.
    pub renews: bool,
    /// Who approved before it was decided, and under which condition, in words.
    pub approvals: Vec<String>,
    /// Who decided, and why, in words.
    pub decision: Option<String>,
    /// The grant it led to; filled in where it is shown.
    pub grant: Option<GrantLine>,
    /// It led to nothing that lasts, and whoever asked would gain by asking again; filled in where it is shown.
    pub asks_again: bool,
}

/// What somebody asks for, in lists, on pages and in messages: `Paula Brandt asks for Collections`, or `Paula Brandt asks
/// to renew access to Collections`.
pub fn asks_words(who: &str, what: &str, renews: bool) -> String {
    let asks = if renews { "asks to renew access to" } else { "asks for" };
    format!("{who} {asks} {what}")
}

/// With whom something lies, as the end of a sentence.
pub fn lies_with_whom(names: &[String]) -> String {
    if names.is_empty() { "nobody who answers for the data".to_owned() } else { listed(names) }
}

/// What a request renews that asks for access which is held until a day.
pub fn renews_words(until: NaiveDate) -> String {
    format!("It renews the access that ends on {}", crate::day(until))
}

/// The page to decide a request on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecidePage {
    /// The request.
    pub request: RequestLine,
    /// Its revision, to be sent back with the decision.
    pub revision: i64,
    /// The viewer may decide it now.
    pub may_decide: bool,
    /// Why not, in a sentence.
    pub why_not: Option<String>,
    /// Why nobody can approve it as things are, in sentences, while it waits: what it asks for is retired, or what
    /// describes its data, or its last day, cannot be read.
    pub unread: Option<String>,
    /// No table is behind it yet, or not any more, in sentences for whoever decides, while it waits.
    pub no_table: Option<String>,
    /// May be withdrawn by the viewer.
    pub may_withdraw: bool,
    /// Requester's title and domains, in words.
    pub requester_about: String,
    /// The domain asked.
    pub domain: DomainRef,
    /// The page of the product opens to the viewer. Whoever decides in the place of others may see no more than this.
    pub product_opens: bool,
    /// The asset behind the port.
    pub asset: Option<AssetRef>,
    /// Its page opens to the viewer.
    pub asset_opens: bool,
    /// Columns of the highest classification.
    pub sensitive_columns: Vec<String>,
    /// The contract version accepted, with the contract's id.
    pub contract: Option<(String, String)>,
    /// Which version is in force instead while the request waits, and what it changes, in words.
    pub contract_since: Vec<String>,
    /// Its page opens to the viewer.
    pub contract_opens: bool,
    /// What the policy says, in words.
    pub policy: Vec<String>,
    /// Approvals given so far, in words.
    pub approvals: Vec<String>,
    /// Live grants of the requester on data of this domain, in words.
    pub other_grants: Vec<String>,
    /// First day that can be approved as an end.
    pub earliest_end: NaiveDate,
    /// Last day of the access that approving would renew, while the request waits.
    pub renews: Option<NaiveDate>,
    /// What happened to the request, in order.
    pub history: Vec<crate::catalog::Activity>,
    /// The next request that waits for the viewer.
    pub next: Option<RequestId>,
}

/// A grant in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantLine {
    /// Its id.
    pub id: GrantId,
    /// The request it was granted for.
    pub request: RequestId,
    /// Product and port by name.
    pub title: String,
    /// The product.
    pub product: ProductId,
    /// The output port.
    pub port: PortId,
    /// The asset it opens, as far as the catalog has it.
    pub asset: Option<AssetRef>,
    /// The asset it was granted for, where the catalog does not have it (any more) or cannot read what describes it.
    pub gone: Option<AssetId>,
    /// What describes that asset is there and cannot be read.
    pub is_unread: bool,
    /// The catalog has the port; otherwise `title` is its id, and there is no page to lead to.
    pub is_offered: bool,
    /// The catalog has the port, and its product or the data behind it is retired: nobody can ask for it any more.
    pub is_retired: bool,
    /// What describes the port's product is there and cannot be read.
    pub product_is_unread: bool,
    /// Who may read.
    pub consumer: PersonRef,
    /// What for.
    pub purpose: String,
    /// What those wrote who approved it, with their names; filled in where it is shown.
    pub comments: Vec<String>,
    /// By whom it was kept at its last review, until when and why, in words; filled in where it is shown.
    pub kept: Option<String>,
    /// Whether it holds now.
    pub standing: GrantStanding,
    /// First moment.
    pub starts_at: DateTime<Utc>,
    /// Last day.
    pub ends_on: NaiveDate,
    /// Both can be read.
    pub has_days: bool,
    /// Day of the next review.
    pub next_review: Option<NaiveDate>,
    /// Whether the review waits.
    pub review: ReviewState,
    /// What the consumer said in this review: still needed.
    pub confirmed_by_consumer: bool,
    /// Whom the consumer can ask for the decision; filled in where it is shown.
    pub asking: Option<Asking>,
    /// The end that comes because nobody decides the review: once it is near, on the review desk as soon as it is known;
    /// filled in where it is shown.
    pub undecided: Option<Undecided>,
    /// How the consumer reads the data without any grant on its port, as the end of a sentence: `as a member of Sales`;
    /// filled in where it is shown.
    pub still: Option<String>,
    /// It was renewed: the grant on its port that holds now, where there is one; filled in where it is shown.
    pub goes_on_as: Option<GrantId>,
    /// It was renewed, and access does not go on: how what renewed it ended, `ended 30 Nov 2026: Given up`; filled in where
    /// it is shown.
    pub renewal_ended: Option<String>,
    /// The consumer's request on its port that waits: while it does, there is no other; filled in where it is shown.
    pub waits: Option<RequestId>,
    /// It has ended, and its consumer would gain by asking again; filled in where it is shown.
    pub asks_again: bool,
    /// What of it cannot be read in the database, and what it counts as, in sentences.
    pub faulty: Option<String>,
    /// Delivery; `None` where how far it is cannot be read.
    pub provisioning: Option<Provisioning>,
    /// What stood in the way of the last attempt, as a sentence.
    pub provisioning_note: Option<String>,
    /// When and why somebody or a rule ended it: `ended 30 Nov 2026: Given up`.
    pub ended: Option<String>,
    /// Nobody decided its review, and the policy ended it.
    pub ended_by_policy: bool,
    /// Who withdrew it, by name; `None` where nobody did, or a rule.
    pub withdrawn_by: Option<String>,
    /// Revision, to be sent back with a change.
    pub revision: i64,
}

/// What somebody may use: their own grants, and what they read without one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MyAccess {
    /// Their grants, newest first, ended ones included.
    pub grants: Vec<GrantLine>,
    /// The domains that they have a role in.
    pub own: Vec<OwnDomain>,
}

/// A domain whose data somebody reads by a role in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnDomain {
    /// The domain.
    pub domain: DomainRef,
    /// What the role opens: `As an owner of Controlling you read its data without a grant.`
    pub words: String,
}

/// Whom a consumer can ask for the decision on a review that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asking {
    /// With whom it lies, by name.
    pub with: Vec<String>,
    /// They were asked today; once a day is enough.
    pub is_asked: bool,
}

/// The end that comes before a grant's last day where nobody decides its review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undecided {
    /// The last day then.
    pub ends: NaiveDate,
    /// Its consumer was not warned yet: they get their notice, and where the warning is late, the day moves.
    pub may_move: bool,
    /// With whom the decision lies, by name.
    pub with: Vec<String>,
    /// How the consumer reads the data after that day, as the end of a sentence.
    pub still: Option<String>,
}

/// What follows a day in a sentence: nothing unless it may still move.
#[must_use]
pub fn at_the_earliest(may_move: bool) -> &'static str {
    if may_move { " at the earliest" } else { "" }
}

impl Undecided {
    /// What follows the day in a sentence: nothing once it is certain.
    #[must_use]
    pub fn at_the_earliest(&self) -> &'static str {
        at_the_earliest(self.may_move)
    }
}

impl GrantLine {
    /// The last day as things stand.
    pub fn until(&self) -> NaiveDate {
        self.undecided.as_ref().map_or(self.ends_on, |undecided| undecided.ends)
    }

    /// It holds.
    pub fn is_live(&self) -> bool {
        self.standing == GrantStanding::Active
    }

    /// It has ended, and no renewal took its place.
    pub fn has_ended(&self) -> bool {
        !self.is_live() && self.standing != GrantStanding::Renewed
    }
}

/// Live grants in one part of a list.
pub const HELD_PAGE: u32 = 25;

/// On what grants are held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldOn {
    /// A data product.
    Product(ProductId),
    /// An asset.
    Asset(AssetId),
}

/// Who holds access now, a part of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Held {
    /// Live grants, newest first.
    pub grants: Page<HeldLine>,
    /// There are or were grants on it.
    pub ever: bool,
}

/// What is said where nobody holds a grant: whether there `ever` was one makes the difference.
pub fn nobody_holds(ever: bool) -> &'static str {
    if ever { "Nobody holds a grant now" } else { "Nobody holds a grant yet" }
}

/// A live grant, as those see it who answer for the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldLine {
    /// The grant.
    pub grant: GrantLine,
    /// Last time the data was opened here under the grant.
    pub last_used: Option<DateTime<Utc>>,
    /// Why the viewer may not withdraw it, in a sentence that names those who may; `None` where it is allowed.
    pub why_not: Option<String>,
    /// Its review waits for the viewer.
    pub may_review: bool,
}

/// A grant on the review desk, with the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewLine {
    /// The grant.
    pub grant: GrantLine,
    /// The page of its product opens to the viewer.
    pub product_opens: bool,
    /// Days until the review is due; negative when overdue.
    pub due_in_days: i64,
    /// Last time the consumer opened the data in the portal. Reads outside it are not known.
    pub last_used: Option<DateTime<Utc>>,
    /// Times the consumer opened it in the portal in the last [`Self::USAGE_DAYS`] days.
    pub queries: u32,
    /// Advice, and the reason.
    pub recommendation: (Recommendation, String),
    /// What happens when nobody answers, in words.
    pub no_answer: String,
}

impl ReviewLine {
    /// Days back over which readings are counted.
    pub const USAGE_DAYS: i64 = 90;
}

/// What the desk recommends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recommendation {
    /// In use, or still needed as its consumer says.
    Keep,
    /// Nothing is known for it or against it.
    NoAdvice,
}
