//! How many columns of a domain's assets are described: kept beside the assets, so that nobody counts them on a request.

use std::sync::Arc;

use chrono::NaiveDate;
use lakeport_model::catalog::AssetKind;
use lakeport_model::retire::Retirable;

use super::types::{Asset, Snapshot};

/// Columns, and how many of them say what they mean.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Meanings {
    /// All columns.
    pub(crate) columns: usize,
    /// Those that are described.
    pub(crate) described: usize,
}

impl Meanings {
    /// Of an asset; a dashboard is described by its own text.
    fn of(asset: &Asset) -> Self {
        if asset.kind == AssetKind::Dashboard {
            return Self::default();
        }
        let described = asset.columns.iter().filter(|column| !column.description.is_empty());
        Self { columns: asset.columns.len(), described: described.count() }
    }

    fn with(self, other: Self) -> Self {
        Self { columns: self.columns + other.columns, described: self.described + other.described }
    }

    fn without(self, other: Self) -> Self {
        Self {
            columns: self.columns.saturating_sub(other.columns),
            described: self.described.saturating_sub(other.described),
        }
    }
}

impl Snapshot {
    /// How many columns a domain's assets have and describe, without those of assets that are retired on this day.
    pub(crate) fn meanings_in(&self, domain: &str, today: NaiveDate) -> Meanings {
        let all = self.lookups.meanings_in.get(domain).copied().unwrap_or_default();
        let retired = self.retired_on(Retirable::Asset, today).filter_map(|id| self.assets.get(id));
        let own = retired.filter(|asset| asset.domain == domain);
        own.fold(all, |left, asset| left.without(Meanings::of(asset)))
    }

    /// Counts the columns of an asset that is put in.
    pub(super) fn count_meanings(&mut self, asset: &Asset) {
        let own = Meanings::of(asset);
        if own == Meanings::default() {
            return;
        }
        let domain: Arc<str> = asset.domain.as_str().into();
        let held = self.lookups.meanings_in.get(&domain).copied().unwrap_or_default();
        self.lookups.meanings_in.insert(domain, held.with(own));
    }

    /// Does not count them any more.
    pub(super) fn forget_meanings(&mut self, asset: &Asset) {
        let domain: Arc<str> = asset.domain.as_str().into();
        let held = self.lookups.meanings_in.get(&domain).copied().unwrap_or_default();
        match held.without(Meanings::of(asset)) {
            left if left == Meanings::default() => _ = self.lookups.meanings_in.remove(&domain),
            left => _ = self.lookups.meanings_in.insert(domain, left),
        }
    }
}
