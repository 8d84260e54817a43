//! A person's page: where they belong, and what they answer for.

use serde::{Deserialize, Serialize};

use super::{DomainRef, Membership, PersonRef};
use crate::{First, ProductId};

/// A person's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonPage {
    /// Who.
    pub person: PersonRef,
    /// Job title, where a people file names one.
    pub title: Option<String>,
    /// E-mail address, for the person and for those who add members to a domain.
    pub email: Option<String>,
    /// They cannot sign in any more. Then they hold no role and answer for nothing.
    pub has_left: bool,
    /// Their roles, by the names of the domains.
    pub memberships: Vec<Membership>,
    /// Data products of domains that they own or look after, by name, as far as the viewer sees them.
    pub answers_for: First<AnsweredProduct>,
    /// What of these domains cannot be read, in sentences to those who may know of that.
    pub unread: Vec<String>,
    /// It is the viewer.
    pub is_viewer: bool,
}

/// A data product that somebody answers for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnsweredProduct {
    /// Its id.
    pub id: ProductId,
    /// Its name.
    pub name: String,
    /// Its domain.
    pub domain: DomainRef,
}
