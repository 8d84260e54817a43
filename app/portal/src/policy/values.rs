//! Who reads an asset's values, how far, and the right to it that the lake takes.

use chrono::NaiveDate;
use lakeport_frame::{Columns, Readable, TableRef};
use lakeport_model::access::GrantStanding;
use lakeport_model::catalog::{Classification, NOT_DESCRIBED};
use lakeport_model::people::{Role, Viewer};
use lakeport_model::{DomainId, PersonId};

use super::{Decision, no, refused};
use crate::Result;

/// What decides whether somebody reads an asset's values, and which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values {
    /// The domain that owns the asset.
    pub domain: DomainId,
    /// Highest classification of its columns.
    pub classification: Classification,
    /// The columns that somebody described as public; `None` for what is no table.
    pub public_columns: Option<Vec<String>>,
    /// The viewer sees the asset's descriptions and columns, not only that it exists.
    pub seen_in_full: bool,
    /// The viewer's grants on it.
    pub grants: Vec<Held>,
}

/// A grant as the decision about values needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Whether it holds.
    pub standing: GrantStanding,
    /// What the data counted as when it was granted.
    pub classification: Classification,
    /// Its last day.
    pub until: NaiveDate,
}

/// The right to read a table: which columns, by which rule, until when. Only [`entitle`] makes one, and the lake
/// takes nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entitlement {
    reader: PersonId,
    readable: Readable,
    rule: &'static str,
    until: Option<NaiveDate>,
}

impl Entitlement {
    /// Who reads: people share the lake's workers.
    pub fn reader(&self) -> PersonId {
        self.reader
    }

    /// The table, as far as it may be read.
    pub fn readable(&self) -> &Readable {
        &self.readable
    }

    /// The table.
    pub fn table(&self) -> &TableRef {
        &self.readable.table
    }

    /// The rule that allows it.
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// The last day, where there is one.
    pub fn until(&self) -> Option<NaiveDate> {
        self.until
    }
}

/// By what somebody reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A grant.
    Grant,
    /// Membership of the domain that owns the data.
    OwnDomain,
    /// The data is public.
    Public,
}

/// How far somebody reads, and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Which columns.
    pub columns: Columns,
    /// By what.
    pub way: Way,
    /// The last day, where there is one.
    pub until: Option<NaiveDate>,
}

impl Reach {
    pub(super) fn rule(&self) -> &'static str {
        match self.way {
            Way::Grant => "values.grant",
            Way::OwnDomain => "values.own_domain",
            Way::Public => "values.public",
        }
    }
}

/// The rule of a public table that shows nothing, because nobody described its columns.
pub const NOTHING_DESCRIBED: &str = "values.nothing_described";

/// How far somebody reads. What somebody decided opens the whole table. What nobody had to decide, because the data was
/// public, opens what is described as such: a column that nobody described counts as internal.
///
/// # Errors
/// The decision, where it is no.
pub fn reach(viewer: &Viewer, values: &Values) -> std::result::Result<Reach, Decision> {
    let Values { domain, classification, public_columns, seen_in_full, grants } = values;
    let all = |way, until| Ok(Reach { columns: Columns::All, way, until });
    let live = || grants.iter().filter(|grant| grant.standing == GrantStanding::Active);
    let (undecided, decided): (Vec<&Held>, Vec<&Held>) =
        live().partition(|grant| grant.classification == Classification::Public);
    let last = |held: &[&Held]| held.iter().map(|grant| grant.until).max();
    let is_member = viewer.is(Role::Member, domain);
    let is_public = *classification == Classification::Public && *seen_in_full;
    // What has no end comes before what ends: a member reads on when his grant is over.
    if reads_own(viewer, domain, *classification) {
        all(Way::OwnDomain, None)
    } else if let Some(until) = last(&decided) {
        all(Way::Grant, Some(until))
    } else if is_public || !undecided.is_empty() {
        let (way, until) = if is_public { (Way::Public, None) } else { (Way::Grant, last(&undecided)) };
        match public_columns {
            None => all(way, until),
            Some(names) if names.is_empty() => Err(no(NOTHING_DESCRIBED, NOT_DESCRIBED)),
            Some(names) => Ok(Reach { columns: Columns::Only(names.clone()), way, until }),
        }
    } else if is_member {
        Err(no(
            "values.restricted",
            "Restricted data is read by the domain's stewards and owners, or under a grant.",
        ))
    } else {
        Err(no("values.no_grant", "You have no access to this data."))
    }
}

/// The right to read a table.
///
/// # Errors
/// Refused where the viewer may not read it.
pub fn entitle(viewer: &Viewer, values: &Values, table: TableRef) -> Result<Entitlement> {
    let reach = reach(viewer, values).map_err(|decision| refused(viewer, &decision))?;
    let rule = reach.rule();
    let readable = Readable { table, columns: reach.columns };
    Ok(Entitlement { reader: viewer.id, readable, rule, until: reach.until })
}

/// A domain reads its own data; restricted columns only those who look after them.
pub(crate) fn reads_own(viewer: &Viewer, domain: &DomainId, classification: Classification) -> bool {
    let least = if is_for_members(classification) { Role::Member } else { Role::Steward };
    viewer.is(least, domain)
}

/// True for data that every member of its domain reads.
pub(crate) fn is_for_members(classification: Classification) -> bool {
    classification < Classification::Restricted
}
