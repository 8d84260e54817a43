//! Who reads an asset's values, how far, and the right to it that the lake takes.

use std::cmp::Reverse;

use chrono::NaiveDate;
use lakeport_frame::{Columns, Readable, Rows, TableRef};
use lakeport_model::access::GrantStanding;
use lakeport_model::catalog::{Classification, NOT_DESCRIBED};
use lakeport_model::people::{Role, Viewer};
use lakeport_model::{DomainId, PersonId};

use super::{Decision, Opening, no, refused, together};
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
    /// What it opens.
    pub opens: Opening,
}

/// The right to read a table: which columns and which of them masked, which rows, by which rule, until when. Only
/// [`entitle`] makes one, and the lake shows rows to people under nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entitlement {
    reader: PersonId,
    readable: Readable,
    rule: &'static str,
    until: Option<NaiveDate>,
}

impl Entitlement {
    /// Whose turns it takes to read: people share the lake's workers.
    pub fn reader(&self) -> PersonId {
        self.reader
    }

    /// The same in the turns of somebody else: of whoever answers for the service account that reads.
    pub(crate) fn in_turns_of(self, person: Option<PersonId>) -> Self {
        Self { reader: person.unwrap_or(self.reader), ..self }
    }

    /// The table, as far as it may be read.
    pub fn readable(&self) -> &Readable {
        &self.readable
    }

    /// The table.
    pub fn table(&self) -> &TableRef {
        &self.readable.table
    }

    /// Which columns, and how.
    pub fn columns(&self) -> &Columns {
        &self.readable.columns
    }

    /// Which rows.
    pub fn rows(&self) -> &Rows {
        &self.readable.rows
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
    /// Which columns and rows.
    pub opens: Opening,
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

/// How far somebody reads. What somebody decided opens what was granted. What nobody had to decide, because the data was
/// public, opens what is described as such: a column that nobody described counts as internal. Several grants count as
/// [`together`] says.
///
/// # Errors
/// The decision, where it is no.
pub fn reach(viewer: &Viewer, values: &Values) -> std::result::Result<Reach, Decision> {
    let Values { domain, classification, public_columns, seen_in_full, grants } = values;
    let is_public = *classification == Classification::Public && *seen_in_full;
    // What has no end comes before what ends: a member reads on when a grant is over.
    if reads_own(viewer, domain, *classification) {
        return Ok(Reach { opens: Opening::whole(), way: Way::OwnDomain, until: None });
    }
    let described = |opens: Opening| match public_columns {
        None => opens,
        Some(names) => opens.within(names),
    };
    let live = || grants.iter().filter(|grant| grant.standing == GrantStanding::Active);
    let is_decided = |grant: &&Held| grant.classification != Classification::Public;
    let decided = live().filter(is_decided);
    let undecided = live().filter(|grant| !is_decided(grant));
    let is_undecided = is_public || undecided.clone().next().is_some();
    // In the order in which one of them is named as what opens the table.
    let mut ways: Vec<Reach> = by_end(decided.map(|grant| (grant.opens.clone(), grant.until)));
    ways.extend(is_public.then(|| Reach {
        opens: described(Opening::whole()),
        way: Way::Public,
        until: None,
    }));
    ways.extend(by_end(undecided.map(|grant| (described(grant.opens.clone()), grant.until))));
    let Some(opens) = together(ways.iter().map(|way| way.opens.clone())) else {
        return Err(if is_undecided {
            no(NOTHING_DESCRIBED, NOT_DESCRIBED)
        } else if viewer.is(Role::Member, domain) {
            no(
                "values.restricted",
                "Restricted data is read by the domain's stewards and owners, or under a grant.",
            )
        } else {
            no("values.no_grant", "You have no access to this data.")
        });
    };
    if let Some(alone) = ways.iter().find(|way| way.opens.covers(&opens)) {
        return Ok(Reach { opens, way: alone.way, until: alone.until });
    }
    // It takes several: all of it is open until the first of them ends.
    let until = ways.iter().filter(|way| opens.covers(&way.opens)).filter_map(|way| way.until).min();
    Ok(Reach { opens, way: Way::Grant, until })
}

/// Grants with what they open, the one that ends last first.
fn by_end(grants: impl Iterator<Item = (Opening, NaiveDate)>) -> Vec<Reach> {
    let way = |(opens, until)| Reach { opens, way: Way::Grant, until: Some(until) };
    let mut ways: Vec<Reach> = grants.map(way).collect();
    ways.sort_by_key(|way| Reverse(way.until));
    ways
}

/// The right to read a table.
///
/// # Errors
/// Refused where the viewer may not read it.
pub fn entitle(viewer: &Viewer, values: &Values, table: TableRef) -> Result<Entitlement> {
    let reach = reach(viewer, values).map_err(|decision| refused(viewer, &decision))?;
    let rule = reach.rule();
    let Opening { columns, rows } = reach.opens;
    let readable = Readable { table, columns, rows };
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
