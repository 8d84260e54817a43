//! The assets of a domain, as far as one page needs them.

use lakeport_model::catalog::Layer;
use lakeport_model::many::{AssetFacts, AssetFilter, AssetLine, DomainAssets, MOST_LISTED, MOST_TAGS_NAMED};
use lakeport_model::retire::Retirable;
use lakeport_model::{AssetId, DomainId, First, Page, PageRequest};

use crate::assets::changing;
use crate::beside::WORDS;
use crate::catalog::{Asset, Rights, Sight, Snapshot};
use crate::text::{SHORT, text};
use crate::{Call, Error, Result, policy};

/// Columns and assets that are looked at for one page: it may end before it is full.
const MOST_LOOKED_AT: usize = 50_000;

/// Assets of a domain that fit a filter, by id, from behind one of them on; what is retired is left out.
///
/// # Errors
/// Refused where there is no such domain, and where the filter does not fit.
pub async fn domain_assets(
    call: &Call,
    id: &DomainId,
    filter: &AssetFilter,
    page: PageRequest,
) -> Result<DomainAssets> {
    let (snapshot, rights) = (call.snapshot(), call.rights());
    if !snapshot.domains.contains_key(id.as_str()) {
        return Err(Error::not_found("domain"));
    }
    let domain = snapshot.domain(id.as_str());
    let may_change = policy::decide(&call.viewer, &changing(id.as_str()).into()).allowed;
    let (wanted, most) = (Wanted::read(filter)?, page.limit.clamp(1, MOST_LISTED) as usize);
    let (of, after) = (id.0.clone(), page.after.unwrap_or_default());
    let look = move || look(&snapshot, &rights, (&of, &after), &wanted, most);
    Ok(DomainAssets { domain, assets: WORDS.run(call.party(), look).await?, may_change })
}

/// What is looked for, as it is compared.
struct Wanted {
    words: Vec<String>,
    layer: Option<Layer>,
    tag: String,
}

impl Wanted {
    fn read(filter: &AssetFilter) -> Result<Self> {
        let lower = |field: &'static str, what: &str, sent: &str| {
            text(field, what, sent, SHORT).map(str::to_lowercase)
        };
        let layer = filter.layer.trim();
        let layer = (!layer.is_empty()).then(|| layer.parse::<Layer>()).transpose();
        Ok(Self {
            words: lower("q", "the words", &filter.q)?.split_whitespace().map(str::to_owned).collect(),
            layer: layer.map_err(|message: String| Error::invalid("layer", message))?,
            tag: lower("tag", "the tag", &filter.tag)?,
        })
    }

    /// Of what somebody sees by name alone nothing else is compared.
    fn fits(&self, asset: &Asset, sight: Sight) -> bool {
        let is_said = |word: &String| {
            asset.title.to_lowercase().contains(word) || asset.id.to_lowercase().contains(word)
        };
        let asks_for_more = self.layer.is_some() || !self.tag.is_empty();
        let has_tag = || asset.tags.iter().any(|tag| tag.to_lowercase() == self.tag);
        self.words.iter().all(is_said)
            && (!asks_for_more || sight == Sight::Full)
            && (self.layer.is_none() || asset.layer == self.layer)
            && (self.tag.is_empty() || has_tag())
    }
}

fn look(
    snapshot: &Snapshot,
    rights: &Rights,
    (domain, after): (&str, &str),
    wanted: &Wanted,
    most: usize,
) -> Page<AssetLine> {
    let (mut items, mut looked_at) = (Vec::new(), 0);
    let mut last: Option<&Asset> = None;
    for asset in snapshot.assets_in(domain, after).filter(|asset| asset.id != after) {
        let sight = snapshot.sight(rights, asset);
        let is_retired = snapshot.is_retired(Retirable::Asset, &asset.id, rights.today());
        // What is hidden ends no page: the address of the next one would name it.
        if sight == Sight::Hidden {
            continue;
        }
        if items.len() >= most || looked_at >= MOST_LOOKED_AT {
            return Page { items, next: last.map(|asset| asset.id.clone()) };
        }
        looked_at += 1;
        if !is_retired && wanted.fits(asset, sight) {
            looked_at += asset.columns.len();
            items.push(line(asset, sight));
        }
        last = Some(asset);
    }
    Page { items, next: None }
}

fn line(asset: &Asset, sight: Sight) -> AssetLine {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let facts = (sight == Sight::Full).then(|| AssetFacts {
        kind: asset.kind,
        layer: asset.layer,
        classification: asset.classification,
        tags: First::cut(asset.tags.clone(), MOST_TAGS_NAMED),
        columns: number(asset.columns.len()),
        undescribed: number(asset.columns.iter().filter(|column| column.description.is_empty()).count()),
    });
    AssetLine { id: AssetId(asset.id.clone()), name: asset.title.clone(), facts }
}
