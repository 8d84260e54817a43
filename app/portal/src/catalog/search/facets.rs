//! Facets: the values that what was found has, and how many of it each would leave. Counted in tables by place: nothing is
//! made for a match.

use std::collections::BTreeMap;

use lakeport_model::catalog::{Classification, Facet, FacetValue, HitKind, Layer, SearchRequest};
use lakeport_model::people::Role;

use super::facts::{Fact, Facts};
use crate::snapshot::Snapshot;
use crate::text::capital;

/// Key and heading of every facet.
pub(super) const FACETS: [(&str, &str); 5] = [
    ("kind", "Kind"),
    ("domain", "Domain"),
    ("layer", "Layer"),
    ("classification", "Classification"),
    ("owner", "Owner"),
];

/// The facets as bits of what a match fits.
const KIND: u8 = 1;
const DOMAIN: u8 = 2;
const LAYER: u8 = 4;
const CLASSIFICATION: u8 = 8;
const OWNER: u8 = 16;
const ALL: u8 = 31;

/// The values of a facet that were chosen.
pub(super) fn chosen<'a>(request: &'a SearchRequest, key: &str) -> &'a [String] {
    match key {
        "kind" => &request.kind,
        "domain" => &request.domain,
        "layer" => &request.layer,
        "classification" => &request.classification,
        _ => &request.owner,
    }
}

/// How much of what was found has a value.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    /// Something has it.
    is_there: bool,
    /// So much of it fits all other facets' choices.
    fits: u32,
}

impl Count {
    fn add(&mut self, fits: u8, facet: u8) {
        self.is_there = true;
        self.fits += u32::from(fits | facet == ALL);
    }
}

/// A facet whose values are a closed set of words.
struct Words {
    bit: u8,
    /// Which of the values are chosen, by place; all where none was.
    chosen: Vec<bool>,
    counts: Vec<Count>,
}

impl Words {
    fn new<'a>(bit: u8, values: impl Iterator<Item = &'a str>, wanted: &[String]) -> Self {
        let chosen = values.map(|value| wanted.is_empty() || wanted.iter().any(|wanted| wanted == value));
        let chosen: Vec<bool> = chosen.collect();
        Self { bit, counts: vec![Count::default(); chosen.len()], chosen }
    }

    /// The facet's bit where a match fits its choice.
    fn fits(&self, place: usize) -> u8 {
        if self.chosen.get(place).copied().unwrap_or_default() { self.bit } else { 0 }
    }

    fn add(&mut self, place: usize, fits: u8) {
        if let Some(count) = self.counts.get_mut(place) {
            count.add(fits, self.bit);
        }
    }
}

/// The counts of a search.
pub(super) struct Counts<'a> {
    facts: &'a Facts,
    request: &'a SearchRequest,
    kinds: Words,
    layers: Words,
    classifications: Words,
    /// Which of domain and owner each domain fits, by place, as far as anything was found in it.
    fits: Vec<Option<u8>>,
    domains: Vec<Count>,
    owned: Vec<Count>,
}

impl<'a> Counts<'a> {
    pub(super) fn new(facts: &'a Facts, request: &'a SearchRequest) -> Self {
        let (domains, _) = facts.places();
        let kinds = HitKind::ALL.iter().map(|kind| kind.as_str());
        let layers = Layer::ALL.iter().map(|layer| layer.as_str());
        let classifications = Classification::ALL.iter().map(|classification| classification.as_str());
        Self {
            facts,
            request,
            kinds: Words::new(KIND, kinds, &request.kind),
            layers: Words::new(LAYER, layers, &request.layer),
            classifications: Words::new(CLASSIFICATION, classifications, &request.classification),
            fits: vec![None; domains],
            domains: vec![Count::default(); domains],
            owned: vec![Count::default(); domains],
        }
    }

    /// Counts a match, as far as it is seen; true where it fits every choice.
    pub(super) fn add(&mut self, fact: &Fact, is_seen_in_full: bool) -> bool {
        let layer = fact.layer.map(|layer| layer as usize);
        let classification = fact.classification.filter(|_| is_seen_in_full).map(|it| it as usize);
        let without = |is_chosen: bool, bit: u8| if is_chosen { 0 } else { bit };
        let fits = self.kinds.fits(fact.kind as usize)
            | self.domain_fits(fact.domain)
            | layer.map_or_else(
                || without(!self.request.layer.is_empty(), LAYER),
                |place| self.layers.fits(place),
            )
            | classification.map_or_else(
                || without(!self.request.classification.is_empty(), CLASSIFICATION),
                |place| self.classifications.fits(place),
            );
        self.kinds.add(fact.kind as usize, fits);
        if let Some(place) = layer {
            self.layers.add(place, fits);
        }
        if let Some(place) = classification {
            self.classifications.add(place, fits);
        }
        for (counts, bit) in [(&mut self.domains, DOMAIN), (&mut self.owned, OWNER)] {
            if let Some(count) = counts.get_mut(fact.domain as usize) {
                count.add(fits, bit);
            }
        }
        fits == ALL
    }

    fn domain_fits(&mut self, place: u32) -> u8 {
        let Some(held) = self.fits.get_mut(place as usize) else { return 0 };
        *held.get_or_insert_with(|| {
            let (id, request) = (self.facts.domain(place), self.request);
            let mut owners = owners(self.facts.snapshot(), id);
            let domain = request.domain.is_empty() || request.domain.iter().any(|wanted| wanted == id);
            let owner = request.owner.is_empty() || owners.any(|(owner, _)| request.owner.contains(&owner));
            (if domain { DOMAIN } else { 0 }) | (if owner { OWNER } else { 0 })
        })
    }

    /// The facets as they are shown.
    pub(super) fn facets(self) -> Vec<Facet> {
        let (facts, request) = (self.facts, self.request);
        let words = |values: Vec<&'static str>, words: &Words| -> Vec<Value> {
            let counted = values.into_iter().zip(&words.counts);
            let there = counted.filter(|(_, count)| count.is_there);
            there.map(|(value, count)| (value.to_owned(), capital(value), count.fits)).collect()
        };
        let by_place = |counts: &[Count]| -> Vec<(String, u32)> {
            let counted = (0..).zip(counts).filter(|(_, count)| count.is_there);
            counted.map(|(place, count)| (facts.domain(place).to_owned(), count.fits)).collect()
        };
        let domains = by_place(&self.domains).into_iter().map(|(id, fits)| {
            let name = facts.snapshot().domain_name(&id);
            (id, name, fits)
        });
        let mut owned: BTreeMap<(String, String), u32> = BTreeMap::new();
        for (domain, fits) in by_place(&self.owned) {
            for owner in owners(facts.snapshot(), &domain) {
                *owned.entry(owner).or_default() += fits;
            }
        }
        let values = [
            words(HitKind::ALL.iter().map(|kind| kind.as_str()).collect(), &self.kinds),
            domains.collect(),
            words(Layer::ALL.iter().map(|layer| layer.as_str()).collect(), &self.layers),
            words(Classification::ALL.iter().map(|it| it.as_str()).collect(), &self.classifications),
            owned.into_iter().map(|((id, name), fits)| (id, name, fits)).collect(),
        ];
        let facets = FACETS.iter().zip(values);
        facets.map(|((key, label), values)| facet(key, label, values, chosen(request, key))).collect()
    }
}

/// Value, label and count.
type Value = (String, String, u32);

fn facet(key: &str, label: &str, values: Vec<Value>, wanted: &[String]) -> Facet {
    let shown =
        |(value, label, count): Value| FacetValue { selected: wanted.contains(&value), value, label, count };
    let values = values.into_iter().map(shown).filter(|value| value.count > 0 || value.selected);
    let mut values: Vec<FacetValue> = values.collect();
    values.sort_by(|a, b| {
        b.count.cmp(&a.count).then_with(|| a.label.cmp(&b.label)).then_with(|| a.value.cmp(&b.value))
    });
    Facet { key: key.to_owned(), label: label.to_owned(), values }
}

/// Owners of a domain: id and name.
fn owners<'a>(snapshot: &'a Snapshot, domain: &'a str) -> impl Iterator<Item = (String, String)> + 'a {
    let owners = snapshot.members_with(domain, Role::Owner);
    owners.map(|owner| (owner.person.to_string(), owner.name.clone()))
}
