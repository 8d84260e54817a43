//! Looking for suggestions, table by table, as far as one page needs them.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use lakeport_model::people::DomainRef;
use lakeport_model::personal::{Dismissed, MOST_SUGGESTIONS, PersonalData, Suggestion, Suggestions};
use lakeport_model::retire::Retirable;
use lakeport_model::{DomainId, Page, PageRequest};
use serde::{Deserialize, Serialize};

use super::names::{suggested, suspected};
use crate::assets::{self, Eyes};
use crate::beside::WORDS;
use crate::catalog::{Asset, Rights, Sight, Snapshot};
use crate::snapshot::ColumnRef;
use crate::store::access::{self as grants, About, Grant};
use crate::store::catalog::AssetRow;
use crate::store::import as rows;
use crate::store::personal::{self as store, DismissedRow};
use crate::text::markdown::brief;
use crate::{Call, Error, Result, policy};

/// Columns and tables that are looked at in one go, and how often that is done for a page where most of what is found was
/// dismissed.
const MOST_LOOKED_AT: usize = 20_000;
const MOST_ROUNDS: usize = 4;
/// Letters of a description that a suggestion shows.
const LONGEST_SAID: usize = 160;

/// Where a look went to: domain, asset and column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Place(String, String, String);

impl Place {
    fn of(asset: &Asset, column: &str) -> Self {
        Self(asset.domain.clone(), asset.id.clone(), column.to_owned())
    }

    /// How many columns of its asset were looked at; none of them counts where the last one is gone.
    fn done(&self, asset: &Asset) -> usize {
        let last = asset.columns.iter().position(|column| column.name == self.2);
        match last {
            Some(last) => last + 1,
            None if self.2.is_empty() => asset.columns.len(),
            None => 0,
        }
    }

    fn read(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|_| incomplete())
    }

    fn written(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::fault)
    }
}

/// The refusal of a page that no page leads to.
fn incomplete() -> Error {
    Error::invalid("after", "This page link is not complete.")
}

/// The refusal of whoever publishes in no domain that is asked for.
fn not_eligible() -> Error {
    Error::forbidden(
        "Suggestions of personal data are for the owners and stewards of a domain, who confirm or dismiss them.",
    )
}

/// A look at some columns.
#[derive(Debug, Default)]
struct Look {
    found: Vec<Suggestion>,
    /// Where it ended, unless everything was looked at.
    end: Option<Place>,
}

/// Suggestions of the domains that the viewer may decide for, or of one of them, from a place on.
///
/// # Errors
/// Refused to whoever may decide for none of them, and where the place is none.
pub async fn suggestions(call: &Call, domain: Option<&DomainId>, after: Option<&str>) -> Result<Suggestions> {
    let domains = decided(call)?;
    let wanted: BTreeSet<String> = match domain {
        Some(domain) => {
            if !domains.iter().any(|decided| decided.id == *domain) {
                return Err(not_eligible());
            }
            BTreeSet::from([domain.0.clone()])
        }
        None => domains.iter().map(|domain| domain.id.0.clone()).collect(),
    };
    let mut from = after.map(Place::read).transpose()?;
    let mut items: Vec<Suggestion> = Vec::new();
    for _ in 0..MOST_ROUNDS {
        let (snapshot, rights) = (call.snapshot(), call.rights());
        let (wanted, begin, most) = (wanted.clone(), from.take(), MOST_SUGGESTIONS as usize - items.len());
        let look = move || look(&snapshot, &rights, &wanted, begin.as_ref(), most);
        let Look { found, end } = WORDS.run(call.party(), look).await?;
        items.extend(open(call, found).await?);
        from = end;
        if from.is_none() || items.len() >= MOST_SUGGESTIONS as usize {
            break;
        }
    }
    let items = with_effects(call, items).await?;
    let next = from.map(|place| place.written()).transpose()?;
    Ok(Suggestions { items, next, domains })
}

/// What was dismissed in the domains that the viewer may decide for, the newest first.
///
/// # Errors
/// Refused to whoever may decide for none.
pub async fn dismissed(call: &Call, page: PageRequest) -> Result<Page<Dismissed>> {
    let domains: Vec<String> = decided(call)?.into_iter().map(|domain| domain.id.0).collect();
    let after = page.after.as_deref().map(|text| serde_json::from_str(text).map_err(|_| incomplete()));
    let after: Option<(DateTime<Utc>, String, String, String)> = after.transpose()?;
    let limit = page.limit.clamp(1, 200);
    let mut tx = call.ctx.db.read().await?;
    let rows = store::dismissed_in(&mut tx, &domains, after, i64::from(limit) + 1).await?;
    drop(tx);
    let key = |row: &DismissedRow| {
        serde_json::to_string(&(row.at, &row.asset, &row.column_name, &row.kind)).unwrap_or_default()
    };
    let Page { items, next } = Page::cut(rows, limit, key);
    let snapshot = call.snapshot();
    let shown = |row: DismissedRow| {
        Some(Dismissed {
            title: snapshot.assets.get(&row.asset)?.title.clone(),
            kind: row.kind.parse().ok()?,
            asset: row.asset,
            column: row.column_name,
            by: snapshot.person_name(row.person),
            at: row.at,
        })
    };
    Ok(Page { items: items.into_iter().filter_map(shown).collect(), next })
}

/// The domains that the viewer publishes in, by id.
fn decided(call: &Call) -> Result<Vec<DomainRef>> {
    let memberships = call.viewer.memberships.iter().map(|membership| membership.domain.clone());
    let may = |domain: &DomainRef| {
        policy::decide(&call.viewer, &assets::changing(domain.id.as_str()).into()).allowed
    };
    let mut domains: Vec<DomainRef> = memberships.filter(may).collect();
    if domains.is_empty() {
        return Err(not_eligible());
    }
    domains.sort_by(|a, b| a.id.as_str().cmp(b.id.as_str()));
    Ok(domains)
}

/// Looks at columns behind a place until there are enough suggestions, or enough was looked at.
fn look(
    snapshot: &Snapshot,
    rights: &Rights,
    domains: &BTreeSet<String>,
    begin: Option<&Place>,
    most: usize,
) -> Look {
    let mut look = Look::default();
    let mut looked_at = 0;
    for domain in domains.iter().filter(|domain| begin.is_none_or(|place| **domain >= place.0)) {
        let here = begin.filter(|place| place.0 == *domain);
        for asset in snapshot.assets_in(domain, here.map_or("", |place| &place.1)) {
            looked_at += 1;
            let is_seen = snapshot.sight(rights, asset) == Sight::Full
                && !snapshot.is_retired(Retirable::Asset, &asset.id, rights.today());
            let done = here.filter(|place| place.1 == asset.id).map_or(0, |place| place.done(asset));
            for column in asset.columns.iter().filter(|_| is_seen).skip(done) {
                looked_at += 1;
                look.found.extend(suggestion(snapshot, asset, &column));
                if look.found.len() >= most || looked_at >= MOST_LOOKED_AT {
                    look.end = Some(Place::of(asset, column.name));
                    return look;
                }
            }
            if looked_at >= MOST_LOOKED_AT {
                look.end = Some(Place::of(asset, ""));
                return look;
            }
        }
    }
    look
}

/// What is suggested of a column, its effects aside.
fn suggestion(snapshot: &Snapshot, asset: &Asset, column: &ColumnRef<'_>) -> Option<Suggestion> {
    let (kind, said) = suspected(column.name, column.data_type)?;
    let suggested = suggested(kind);
    (column.classification < suggested).then(|| Suggestion {
        asset: asset.id.clone(),
        title: asset.title.clone(),
        domain: snapshot.domain(&asset.domain),
        column: column.name.to_owned(),
        data_type: column.data_type.to_owned(),
        description: brief(column.description, LONGEST_SAID),
        kind,
        because: format!("Its name says \"{said}\"."),
        now: column.classification,
        suggested,
        effects: Vec::new(),
    })
}

/// Those that nobody dismissed.
async fn open(call: &Call, found: Vec<Suggestion>) -> Result<Vec<Suggestion>> {
    if found.is_empty() {
        return Ok(found);
    }
    let assets: BTreeSet<&str> = found.iter().map(|suggestion| suggestion.asset.as_str()).collect();
    let assets: Vec<&str> = assets.into_iter().collect();
    let mut tx = call.ctx.db.read().await?;
    let rows = store::dismissed_of(&mut tx, &assets).await?;
    drop(tx);
    let dismissed: HashSet<(String, String, PersonalData)> = rows
        .into_iter()
        .filter_map(|row| Some((row.asset, row.column_name, row.kind.parse().ok()?)))
        .collect();
    let is_open = |suggestion: &Suggestion| {
        !dismissed.contains(&(suggestion.asset.clone(), suggestion.column.clone(), suggestion.kind))
    };
    Ok(found.into_iter().filter(is_open).collect())
}

/// The suggestions, each with what confirming it means for people beside the column itself.
async fn with_effects(call: &Call, items: Vec<Suggestion>) -> Result<Vec<Suggestion>> {
    let ids: BTreeSet<String> = items.iter().map(|suggestion| suggestion.asset.clone()).collect();
    if ids.is_empty() {
        return Ok(items);
    }
    let mut tx = call.ctx.db.read().await?;
    let held = rows::assets(&mut tx, &ids.iter().map(String::as_str).collect::<Vec<_>>()).await?;
    let about = About { assets: ids.into_iter().collect(), ..About::default() };
    let grants = grants::open_grants_about(&mut tx, &about).await?;
    drop(tx);
    // Of the columns nothing is read here, however many there are.
    let held = held.into_iter().map(|row| (row.id.clone(), AssetRow { columns: String::new(), ..row }));
    let held: BTreeMap<String, AssetRow> = held.collect();
    let mut granted: BTreeMap<String, Vec<Grant>> = BTreeMap::new();
    for grant in grants {
        if let Some(asset) = grant.asset.clone() {
            granted.entry(asset).or_default().push(grant);
        }
    }
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let eyes = Eyes { snapshot: &snapshot, rights: &rights, now: call.now() };
    let with = |suggestion: Suggestion| {
        let grants = granted.get(&suggestion.asset).map(Vec::as_slice).unwrap_or_default();
        let row = held.get(&suggestion.asset);
        let effects = row.map(|row| eyes.of_raising(row, suggestion.suggested, grants));
        Suggestion { effects: effects.unwrap_or_default(), ..suggestion }
    };
    Ok(items.into_iter().map(with).collect())
}
