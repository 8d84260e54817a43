//! Facets: the values that what was found has, and how many of it each would leave. Counted in tables by number, a shape at
//! a time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use lakeport_model::PersonId;
use lakeport_model::catalog::{Classification, Facet, FacetValue, HitKind, Layer, ORDERS, SearchRequest};
use lakeport_model::people::Role;

use super::facts::{Facts, Shape};
use crate::snapshot::Snapshot;
use crate::store::people::Member;
use crate::text::{capital, did_you_mean, legible};

/// Key and heading of every facet.
pub(super) const FACETS: [(&str, &str); 5] = [
    ("kind", "Kind"),
    ("domain", "Domain"),
    ("layer", "Layer"),
    ("classification", "Classification"),
    ("owner", "Owner"),
];

/// The same of what is only typed: of tags and columns there are too many to offer.
pub(super) const TYPED: [(&str, &str); 2] = [("tag", "Tag"), ("column", "Words of columns")];

/// Values of a facet that are offered: those that leave most. A list of every domain would be longer than the page.
const MOST_SHOWN: usize = 30;

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
        "tag" => &request.tag,
        "column" => &request.column,
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
    fn add(&mut self, fits: u8, facet: u8, number: u32) {
        self.is_there = true;
        self.fits += if fits | facet == ALL { number } else { 0 };
    }
}

/// A facet whose values are a closed set of words.
struct Words {
    bit: u8,
    values: Vec<&'static str>,
    /// Which of the values are chosen, by place; all where none was.
    chosen: Vec<bool>,
    counts: Vec<Count>,
}

impl Words {
    fn new(bit: u8, values: impl Iterator<Item = &'static str>, wanted: &[String]) -> Self {
        let values: Vec<&str> = values.collect();
        let is_chosen = |value: &&str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == value);
        let chosen = values.iter().map(is_chosen).collect();
        Self { bit, counts: vec![Count::default(); values.len()], chosen, values }
    }

    /// The facet's bit where a match fits its choice.
    fn fits(&self, place: usize) -> u8 {
        if self.chosen.get(place).copied().unwrap_or_default() { self.bit } else { 0 }
    }

    fn add(&mut self, place: usize, fits: u8, number: u32) {
        if let Some(count) = self.counts.get_mut(place) {
            count.add(fits, self.bit, number);
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
        let domains = facts.domains();
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

    /// True where entries of a shape fit every choice, as far as they are seen.
    pub(super) fn fits(&mut self, shape: &Shape, is_seen_in_full: bool) -> bool {
        self.fitting(shape, is_seen_in_full) == ALL
    }

    /// The facets whose choices they fit.
    fn fitting(&mut self, shape: &Shape, is_seen_in_full: bool) -> u8 {
        let without = |is_chosen: bool, bit: u8| if is_chosen { 0 } else { bit };
        self.kinds.fits(shape.kind as usize)
            | self.domain_fits(shape.domain)
            | shape.layer.map_or_else(
                || without(!self.request.layer.is_empty(), LAYER),
                |layer| self.layers.fits(layer as usize),
            )
            | shape.classification.filter(|_| is_seen_in_full).map_or_else(
                || without(!self.request.classification.is_empty(), CLASSIFICATION),
                |classification| self.classifications.fits(classification as usize),
            )
    }

    /// Counts so many matches of a shape, as far as they are seen.
    pub(super) fn add(&mut self, shape: &Shape, is_seen_in_full: bool, number: u32) {
        if number == 0 {
            return;
        }
        let fits = self.fitting(shape, is_seen_in_full);
        self.kinds.add(shape.kind as usize, fits, number);
        if let Some(layer) = shape.layer {
            self.layers.add(layer as usize, fits, number);
        }
        if let Some(classification) = shape.classification.filter(|_| is_seen_in_full) {
            self.classifications.add(classification as usize, fits, number);
        }
        for (counts, bit) in [(&mut self.domains, DOMAIN), (&mut self.owned, OWNER)] {
            if let Some(count) = counts.get_mut(shape.domain as usize) {
                count.add(fits, bit, number);
            }
        }
    }

    fn domain_fits(&mut self, place: u32) -> u8 {
        let Some(held) = self.fits.get_mut(place as usize) else { return 0 };
        *held.get_or_insert_with(|| {
            let (id, request) = (self.facts.domain(place), self.request);
            let mut owners = owners(self.facts.snapshot(), id);
            let domain = request.domain.is_empty() || request.domain.iter().any(|wanted| wanted == id);
            let owner = request.owner.is_empty()
                || owners.any(|owner| request.owner.contains(&owner.person.to_string()));
            (if domain { DOMAIN } else { 0 }) | (if owner { OWNER } else { 0 })
        })
    }

    /// The facets as they are shown; `total` is how much fits all choices.
    pub(super) fn facets(self, total: u32) -> Vec<Facet> {
        let (facts, request) = (self.facts, self.request);
        let snapshot = facts.snapshot();
        let there = |counts: &[Count]| -> Vec<(u32, u32)> {
            let counted = (0..).zip(counts).filter(|(_, count)| count.is_there);
            counted.map(|(place, count)| (place, count.fits)).collect()
        };
        let words = |words: &Words| -> Vec<(&'static str, u32)> {
            let counted = words.values.iter().zip(&words.counts).filter(|(_, count)| count.is_there);
            counted.map(|(value, count)| (*value, count.fits)).collect()
        };
        let word = |word: &str| (word.to_owned(), capital(word));
        let mut owned: BTreeMap<(PersonId, &str), u32> = BTreeMap::new();
        for (domain, fits) in there(&self.owned) {
            for owner in owners(snapshot, facts.domain(domain)) {
                *owned.entry((owner.person, &owner.name)).or_default() += fits;
            }
        }
        let named = |number| {
            let id = facts.domain(number);
            (id.to_owned(), snapshot.domain_name(id))
        };
        let [kind, domain, layer, classification, owner] = FACETS;
        let facets = vec![
            facet(kind, request, words(&self.kinds), word),
            facet(domain, request, there(&self.domains), named),
            facet(layer, request, words(&self.layers), word),
            facet(classification, request, words(&self.classifications), word),
            facet(owner, request, owned.into_iter().collect(), |(person, name)| {
                (person.to_string(), name.to_owned())
            }),
        ];
        let facets = facets.into_iter().map(|facet| with_chosen(snapshot, request, facet));
        let typed =
            TYPED.into_iter().filter_map(|(key, label)| typed(key, label, chosen(request, key), total));
        facets.chain(typed).collect()
    }
}

/// What was typed of tags or columns, with the way to undo it: all that is found has each of them.
fn typed(key: &str, label: &str, values: &[String], total: u32) -> Option<Facet> {
    let value = |value: &String| FacetValue {
        value: value.clone(),
        label: legible(value),
        count: total,
        selected: true,
    };
    let values: Vec<FacetValue> = values.iter().map(value).collect();
    let facet = Facet { key: key.to_owned(), label: label.to_owned(), values, more: 0 };
    (!facet.values.is_empty()).then_some(facet)
}

/// A facet that names what was chosen also where nothing of what was found has it: no choice is without a way to undo it.
fn with_chosen(snapshot: &Snapshot, request: &SearchRequest, mut facet: Facet) -> Facet {
    let wanted: BTreeSet<&String> = chosen(request, &facet.key).iter().collect();
    let is_missing = |wanted: &&String| facet.values.iter().all(|value| value.value != **wanted);
    let label = |value: &str| match facet.key.as_str() {
        "domain" => snapshot.domain_name(value),
        "owner" => owner(snapshot, value).map_or_else(|| value.to_owned(), |owner| owner.name.clone()),
        _ => capital(value),
    };
    let chosen = |value: &String| FacetValue {
        value: value.clone(),
        label: legible(&label(value)),
        count: 0,
        selected: true,
    };
    let missing: Vec<FacetValue> = wanted.into_iter().filter(is_missing).map(chosen).collect();
    facet.values.extend(missing);
    facet
}

/// What was chosen of a facet that has no such value, each in a sentence. What is found under a value is enough for it to be
/// one: assets may name a domain that no file describes.
pub(super) fn unknown(snapshot: &Snapshot, request: &SearchRequest, facets: &[Facet]) -> Vec<String> {
    let mut said = Vec::new();
    let found = facets.iter().flat_map(|facet| facet.values.iter().map(|value| (facet.key.as_str(), value)));
    let found: BTreeSet<(&str, &str)> =
        found.filter(|(_, value)| value.count > 0).map(|(key, value)| (key, value.value.as_str())).collect();
    for (key, label) in FACETS {
        for value in chosen(request, key).iter().collect::<BTreeSet<_>>() {
            if found.contains(&(key, value.as_str())) {
                continue;
            }
            let allowed: Vec<&str> = match key {
                "kind" => HitKind::ALL.iter().map(|kind| kind.as_str()).collect(),
                "domain" if snapshot.domains.contains_key(value) => continue,
                "domain" => snapshot.domains.keys().collect(),
                "layer" => Layer::ALL.iter().map(|layer| layer.as_str()).collect(),
                "classification" => Classification::ALL.iter().map(|class| class.as_str()).collect(),
                _ if owner(snapshot, value).is_some() => continue,
                _ => {
                    said.push(no_owner(snapshot, value));
                    continue;
                }
            };
            if !allowed.contains(&value.as_str()) {
                let what = label.to_lowercase();
                said.push(format!(
                    "No {what} is called \"{}\".{}",
                    legible(value),
                    did_you_mean(value, allowed)
                ));
            }
        }
    }
    if let Some(order) = request.unknown_order() {
        let meant =
            did_you_mean(order, ORDERS.map(|(order, _)| order).into_iter().filter(|order| !order.is_empty()));
        said.push(format!(
            "No order is called \"{}\", so that the best match comes first.{meant}",
            legible(order)
        ));
    }
    said
}

/// That nobody who owns a domain is called so. People are typed by a part of their name.
fn no_owner(snapshot: &Snapshot, typed: &str) -> String {
    let names = snapshot.domains.keys().flat_map(|domain| owners(snapshot, domain));
    let names = names.map(|owner| owner.name.as_str());
    let allowed = names.flat_map(|name| std::iter::once(name).chain(name.split_whitespace()));
    format!("No owner is called \"{}\".{}", legible(typed), did_you_mean(typed, allowed))
}

/// An owner of a domain, by the id in the address.
fn owner<'a>(snapshot: &'a Snapshot, text: &str) -> Option<&'a Member> {
    let id = text.parse().ok().filter(|id: &PersonId| id.to_string() == text)?;
    snapshot.domains.keys().flat_map(|domain| owners(snapshot, domain)).find(|owner| owner.person == id)
}

/// A facet from what its values leave; `said` makes an id and a label of a value. Of hundreds only those are made that may
/// be among the first.
fn facet<T>(
    (key, label): (&str, &str),
    request: &SearchRequest,
    counted: Vec<(T, u32)>,
    said: impl Fn(T) -> (String, String),
) -> Facet {
    let wanted = chosen(request, key);
    let mut counts: Vec<u32> = counted.iter().map(|(_, count)| *count).filter(|count| *count > 0).collect();
    let of = counts.len();
    let least = if of > MOST_SHOWN {
        *counts.select_nth_unstable_by_key(MOST_SHOWN - 1, |count| Reverse(*count)).1
    } else {
        1
    };
    let shown = |(value, count): (T, u32)| {
        if count < least && wanted.is_empty() {
            return None;
        }
        let (value, label) = said(value);
        let selected = wanted.contains(&value);
        (count >= least || selected).then_some(FacetValue { value, label, count, selected })
    };
    let mut values: Vec<FacetValue> = counted.into_iter().filter_map(shown).collect();
    values.sort_by(|a, b| {
        b.count.cmp(&a.count).then_with(|| a.label.cmp(&b.label)).then_with(|| a.value.cmp(&b.value))
    });
    let mut place = 0;
    values.retain(|value| {
        place += 1;
        place <= MOST_SHOWN || value.selected
    });
    let more = of - values.iter().filter(|value| value.count > 0).count();
    let more = u32::try_from(more).unwrap_or(u32::MAX);
    Facet { key: key.to_owned(), label: label.to_owned(), values, more }
}

/// Owners of a domain.
fn owners<'a>(snapshot: &'a Snapshot, domain: &'a str) -> impl Iterator<Item = &'a Member> {
    snapshot.members_with(domain, Role::Owner)
}
