//! What a viewer can want to do: an action is a type of its own, with the facts that its decision needs, so that a proof
//! says which one was allowed.

use lakeport_model::access::RequestState;
use lakeport_model::catalog::{Classification, Visibility};
use lakeport_model::documents::DocumentKind;
use lakeport_model::people::{Role, Viewer};
use lakeport_model::{DomainId, PersonId, PushScope};

use super::Values;

/// Any action, for the one function that decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Know that a product exists.
    SeeProduct(SeeProduct),
    /// See a product's details: ports, contracts, lineage.
    SeeProductDetails(SeeProductDetails),
    /// Read values of an asset: rows, profiles, options, results of queries.
    ReadValues(Values),
    /// Ask for access to an output port.
    RequestAccess(RequestAccess),
    /// Approve or reject a request.
    DecideRequest(DecideRequest),
    /// Take a request back.
    WithdrawRequest(WithdrawRequest),
    /// Keep or withdraw a grant.
    ReviewGrant(ReviewGrant),
    /// See who holds access to data, for what and until when.
    SeeGrants(SeeGrants),
    /// Say "still needed", or give a grant up.
    AnswerForOwnGrant(AnswerForOwnGrant),
    /// Run a contract's checks.
    RunChecks(RunChecks),
    /// Rely on a contract.
    RelyOnContract(RelyOnContract),
    /// Rely on a contract no more.
    EndSubscription(EndSubscription),
    /// Read the audit.
    SeeAudit(SeeAudit),
    /// See all tokens, make one, answer for one.
    ManageTokens(ManageTokens),
    /// Revoke a token.
    RevokeToken(RevokeToken),
    /// See everybody, disable somebody, or enable them again.
    ManagePerson(ManagePerson),
    /// Give, change or take a role in a domain.
    ManageMember(ManageMember),
    /// Publish a document: a new one, or a new text of one.
    PublishDocument(PublishDocument),
    /// Push a document from a folder.
    PushDocument(PushDocument),
    /// Say that data is less sensitive than it was.
    LowerClassification(LowerClassification),
    /// Say that something can be trusted, or withdraw that.
    Certify(Certify),
    /// Propose a change to those who may publish it.
    ProposeDocument(ProposeDocument),
    /// Accept or decline what somebody proposed.
    DecideProposal(DecideProposal),
    /// Take back what one proposed.
    WithdrawProposal(WithdrawProposal),
    /// See who published a document when, and its older texts.
    SeeHistory(SeeHistory),
    /// Move the demo's clock.
    MoveClock(MoveClock),
}

/// Know that a product exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeeProduct {
    /// Its visibility.
    pub visibility: Visibility,
    /// Its domain.
    pub domain: DomainId,
    /// The viewer holds a live grant on it.
    pub granted: bool,
    /// The viewer answers for its domain's data, be it from the domain above.
    pub answers: bool,
}

/// See a product's details: ports, contracts, lineage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeeProductDetails {
    /// Its visibility.
    pub visibility: Visibility,
    /// Its domain.
    pub domain: DomainId,
    /// The viewer holds a live grant on it.
    pub granted: bool,
    /// The viewer answers for its domain's data, be it from the domain above.
    pub answers: bool,
}

/// Ask for access to an output port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestAccess {
    /// Visibility of the product.
    pub visibility: Visibility,
    /// Its domain.
    pub domain: DomainId,
    /// Highest classification of the columns.
    pub classification: Classification,
    /// The viewer answers for its domain's data, be it from the domain above.
    pub answers: bool,
}

/// Approve or reject a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecideRequest {
    /// State of the request.
    pub state: RequestState,
    /// Who asks.
    pub requester: PersonId,
    /// Who approved before.
    pub approved_by: Vec<PersonId>,
    /// Who can decide now: the people of the role that is asked for next.
    pub eligible: Vec<PersonId>,
}

/// Take a request back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawRequest {
    /// Who asks.
    pub requester: PersonId,
}

/// Keep or withdraw a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewGrant {
    /// Who reads.
    pub consumer: PersonId,
    /// Who reviews: those who answer for the data now.
    pub reviewers: Vec<PersonId>,
}

/// See who holds access to data, for what and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeeGrants {
    /// The domain that answers for the data.
    pub domain: DomainId,
    /// Who would review a grant on it.
    pub reviewers: Vec<PersonId>,
}

/// Say "still needed", or give a grant up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerForOwnGrant {
    /// Who reads.
    pub consumer: PersonId,
}

/// Run a contract's checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunChecks {
    /// The domain that gives the promise.
    pub domain: DomainId,
    /// The viewer subscribed to it.
    pub subscriber: bool,
    /// The viewer is told what comes out: how long a run takes tells of it as well.
    pub told: bool,
}

/// Rely on a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyOnContract {
    /// The viewer sees it.
    pub sees: bool,
}

/// Rely on a contract no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndSubscription {
    /// Who relied on it.
    pub subscriber: PersonId,
}

/// Read the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeeAudit;

/// See all tokens, make one, answer for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManageTokens;

/// Revoke a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokeToken {
    /// Who answers for it.
    pub owner: Option<PersonId>,
}

/// See everybody, disable somebody, or enable them again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagePerson {
    /// Who is disabled or enabled.
    pub person: PersonId,
}

/// Give, change or take a role in a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManageMember {
    /// The domain.
    pub domain: DomainId,
    /// Whose role it is.
    pub person: PersonId,
    /// The role until now.
    pub from: Option<Role>,
    /// The role from now on.
    pub to: Option<Role>,
    /// The domain has another owner who can sign in.
    pub other_owner: bool,
}

/// Publish a document: a new one, or a new text of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishDocument {
    /// The domain that it belongs to with this text.
    pub domain: DomainId,
    /// The domain that it belongs to until now; none for a new document.
    pub from: Option<DomainId>,
}

/// Push a document from a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushDocument {
    /// What it is.
    pub kind: DocumentKind,
    /// The domain that it belongs to with this text.
    pub domain: DomainId,
    /// The domain that it belongs to until now; none for a new document.
    pub from: Option<DomainId>,
    /// What the program's token carries.
    pub scopes: Vec<PushScope>,
    /// Who answers for the token and can sign in; nobody where there is none.
    pub owner: Option<Viewer>,
}

/// Say that data is less sensitive than it was, or take it from a domain with a steward.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LowerClassification {
    /// The domain that is asked: that of the data until now, or the one that it comes to.
    pub domain: DomainId,
    /// The domain has a steward who can sign in, or had one until a short while ago.
    pub has_steward: bool,
    /// The viewer became its steward a short while ago, and somebody else was it before.
    pub is_fresh: bool,
}

/// Say that something can be trusted, or withdraw that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certify {
    /// The domain that answers for it.
    pub domain: DomainId,
    /// The domain has a steward who can sign in, or had one until a short while ago.
    pub has_steward: bool,
    /// Whoever asks became its steward a short while ago, where another one was it before.
    pub is_fresh: bool,
}

/// Propose a change to those who may publish it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposeDocument {
    /// The domain that it belongs to.
    pub domain: DomainId,
}

/// Accept or decline what somebody proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecideProposal {
    /// The domain of what it is about.
    pub domain: DomainId,
    /// Who proposed it.
    pub proposer: PersonId,
}

/// Take back what one proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawProposal {
    /// Who proposed it.
    pub proposer: PersonId,
}

/// See who published a document when, and its older texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeeHistory {
    /// The domain that it belongs to.
    pub domain: DomainId,
}

/// Move the demo's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveClock {
    /// The portal runs as a demo.
    pub demo: bool,
}

/// Each action is one of them.
macro_rules! actions {
    ($($action:ident),* $(,)?) => {
        $(impl From<$action> for Action {
            fn from(action: $action) -> Self {
                Self::$action(action)
            }
        })*
    };
}

actions! {
    SeeProduct, SeeProductDetails, RequestAccess, DecideRequest, WithdrawRequest, ReviewGrant, SeeGrants, AnswerForOwnGrant, RunChecks, RelyOnContract, EndSubscription, SeeAudit, ManageTokens, RevokeToken, ManagePerson, ManageMember, PublishDocument, PushDocument, LowerClassification, Certify, ProposeDocument, DecideProposal, WithdrawProposal, SeeHistory, MoveClock,
}

impl From<Values> for Action {
    fn from(values: Values) -> Self {
        Self::ReadValues(values)
    }
}
