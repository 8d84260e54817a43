//! Proofs that the policy allowed something. Whoever changes what is stored shows one, and its type says for what.

use std::marker::PhantomData;

use lakeport_model::PersonId;

use super::action::{
    AnswerForOwnGrant, DecideProposal, DecideRequest, ManageMember, ManagePerson, ManageTokens, MoveClock,
    ProposeDocument, PublishDocument, PushDocument, ReviewGrant, RevokeToken, RunChecks, WithdrawProposal,
};
use super::rules::{
    DailyChecks, DataChanged, NoAnswer, Operator, PublicData, Renewal, SignIn, TakeEvents, TokenExpiry,
};

/// Proof that an action was allowed: to a viewer by [`authorize`](super::authorize), or by one of the
/// [`rules`](super::rules). Nothing else makes one. Changes of state ask for the proof of the very action that they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorized<A> {
    rule: &'static str,
    viewer: Option<PersonId>,
    action: PhantomData<fn() -> A>,
}

impl<A> Authorized<A> {
    pub(super) fn new(rule: &'static str, viewer: Option<PersonId>) -> Self {
        Self { rule, viewer, action: PhantomData }
    }

    /// The rule that allowed it, for the audit.
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// Who was allowed; nobody where a rule is carried out without anybody asking.
    pub fn viewer(&self) -> Option<PersonId> {
        self.viewer
    }

    /// The proof for what belongs to the action that was allowed.
    pub fn allows<B>(&self) -> Authorized<B>
    where
        A: Allows<B>,
    {
        Authorized::new(self.rule, self.viewer)
    }
}

/// Whoever may do `Self` may do `B`, because it is a part of it. All there are stand below.
pub trait Allows<B> {}

macro_rules! steps {
    ($($(#[$doc:meta])* $step:ident),* $(,)?) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq)]
            pub enum $step {}
        )*
    };
}

// Parts of several actions; nobody asks for one of them by itself.
steps! {
    /// Make a grant of a request.
    OpenAccess,
    /// End a grant.
    EndGrant,
    /// Begin a grant's next cycle.
    BeginCycle,
    /// End what somebody asked for and holds who is no longer here.
    Leave,
    /// Add a person or a service account.
    AddPerson,
    /// Write what files say into the catalog.
    Import,
    /// Write a document with its revision.
    WriteDocument,
    /// Say of a product, an asset or a term that it is retired.
    RetireDocument,
    /// Give what is known of one asset to another.
    JoinAssets,
    /// Say how a proposal ended.
    SettleProposal,
}

macro_rules! allows {
    ($($action:ident => $($part:ident),+;)*) => {
        $($(impl Allows<$part> for $action {})+)*
    };
}

allows! {
    DecideRequest => OpenAccess;
    PublicData => OpenAccess;
    ReviewGrant => EndGrant, BeginCycle;
    AnswerForOwnGrant => EndGrant;
    Renewal => EndGrant;
    NoAnswer => EndGrant, BeginCycle;
    DataChanged => BeginCycle;
    Leave => EndGrant, BeginCycle;
    ManagePerson => Leave, RevokeToken;
    RevokeToken => Leave;
    TokenExpiry => Leave;
    ManageTokens => AddPerson;
    SignIn => AddPerson;
    Operator => ManagePerson, ManageTokens, RevokeToken, MoveClock, Import, WriteDocument;
    Import => AddPerson, ManageMember, TakeEvents, JoinAssets, WriteDocument;
    PublishDocument => WriteDocument, RetireDocument;
    PushDocument => WriteDocument, RetireDocument;
    // What is proposed is tried: written in a transaction that leaves nothing behind.
    ProposeDocument => WriteDocument;
    DecideProposal => SettleProposal;
    WithdrawProposal => SettleProposal;
    WriteDocument => JoinAssets;
    TakeEvents => JoinAssets;
    DailyChecks => RunChecks;
}
