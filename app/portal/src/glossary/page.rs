//! The list of terms, a term, and terms beside what they are about.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use lakeport_model::catalog::{LONGEST_SEARCH, MOST_WORDS};
use lakeport_model::glossary::{ColumnTerm, Glossary, TermColumn, TermLine, TermPage, TermProduct, TermRef};
use lakeport_model::people::Role;
use lakeport_model::retire::Retirable;
use lakeport_model::{AssetId, DomainId, Page, PageRequest, ProductId};

use super::{KIND, Sees, changing};
use crate::beside::WORDS;
use crate::dashboards::format::safe_html;
use crate::documents::line as revision;
use crate::policy::{self, SeeHistory, decide};
use crate::snapshot::{Snapshot, Term, plain, words};
use crate::standards::term::asset_and_column;
use crate::store::revisions;
use crate::{Call, Error, Result, retire};

/// Most terms in one part of the list.
const LONGEST_PAGE: u32 = 200;

/// Terms that a search page shows above what it finds.
const MOST_MATCHING: usize = 3;

/// Terms by name: those of which each word of a search begins a word of the name or of a synonym, of all domains or of one.
///
/// # Errors
/// Refused where the list has no such place to go on from.
pub async fn list(call: &Call, query: &str, domain: Option<&str>, page: PageRequest) -> Result<Glossary> {
    let (snapshot, words, today) = (call.snapshot(), searched(query), call.now().date_naive());
    let domain = domain.filter(|domain| !domain.is_empty()).map(str::to_owned);
    let found =
        WORDS.run(call.party(), move || look(&snapshot, today, &words, domain.as_deref(), page)).await??;
    let written = call.viewer.memberships.iter().filter(|membership| membership.role >= Role::Steward);
    Ok(Glossary { writes_in: written.map(|membership| membership.domain.clone()).collect(), ..found })
}

fn look(
    snapshot: &Snapshot,
    today: NaiveDate,
    words: &[String],
    domain: Option<&str>,
    page: PageRequest,
) -> Result<Glossary> {
    let last = |id: String| {
        snapshot.terms.get(&id).ok_or_else(|| Error::invalid("after", "This page link is not complete."))
    };
    let last: Option<&Term> = page.after.map(last).transpose()?;
    let limit = page.limit.clamp(1, LONGEST_PAGE);
    // One more than is shown: it says that there are more.
    let most = limit as usize + 1;
    let (total, shown): (usize, Vec<&Term>) = if words.is_empty() {
        let offered = snapshot.terms_by_name(domain, last);
        let offered = offered.filter(|term| !snapshot.is_retired(Retirable::Term, &term.id, today));
        (number_of_offered(snapshot, today, domain), offered.take(most).collect())
    } else {
        let mut found: Vec<&Term> = snapshot.offered_terms(words, today).collect();
        found.retain(|term| domain.is_none_or(|domain| term.document.domain == domain));
        found.sort_by_cached_key(|&term| term.place());
        let (total, last) = (found.len(), last.map(Term::place));
        let behind = found.into_iter().filter(|term| last.as_ref().is_none_or(|last| term.place() > *last));
        (total, behind.take(most).collect())
    };
    let page = Page::cut(shown, limit, |term| term.id.clone());
    let lines = page.items.into_iter().map(|term| line(snapshot, term)).collect();
    let domain = domain.filter(|domain| snapshot.domains.contains_key(domain));
    let domain = domain.map(|domain| snapshot.domain(domain));
    let total = u64::try_from(total).unwrap_or(u64::MAX);
    Ok(Glossary { lines, total, next: page.next, domain, writes_in: Vec::new() })
}

/// How many terms are not retired, of one domain or of all.
fn number_of_offered(snapshot: &Snapshot, today: NaiveDate, domain: Option<&str>) -> usize {
    let retired = snapshot.retired_on(Retirable::Term, today).filter_map(|id| snapshot.terms.get(id));
    let retired = retired.filter(|term| domain.is_none_or(|domain| term.document.domain == domain));
    snapshot.number_of_terms(domain).saturating_sub(retired.count())
}

/// A term with what it is about, as far as the viewer sees that and it is not retired.
///
/// # Errors
/// Refused where there is none, or where it cannot be read.
pub async fn term(call: &Call, id: &str) -> Result<TermPage> {
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let sees = Sees { snapshot: &snapshot, rights: &rights };
    let Some(Term { document, .. }) = snapshot.terms.get(id) else {
        let is_there = snapshot.unread_of("term", id).is_some();
        return Err(if is_there { Error::unread("term") } else { Error::not_found("term") });
    };
    let written = document.definition.clone();
    let definition = WORDS.run(call.party(), move || safe_html(&written).0).await?;
    let domain = DomainId(document.domain.clone());
    let may_publish = decide(&call.viewer, &changing(&domain).into()).allowed;
    let proposes = policy::proposes(&call.viewer, &domain);
    let newest = if decide(&call.viewer, &SeeHistory { domain }.into()).allowed {
        let mut tx = call.ctx.db.read().await?;
        revisions::newest_of(&mut tx, KIND, id).await?
    } else {
        None
    };
    let columns = document.columns.iter().filter_map(|link| {
        let (asset, column) = asset_and_column(link);
        let is_named = sees.column(asset, column) && !sees.is_retired(Retirable::Asset, asset);
        let held = snapshot.assets.get(asset).filter(|_| is_named)?;
        Some(TermColumn {
            asset: AssetId(held.id.clone()),
            asset_name: held.title.clone(),
            column: column.unwrap_or_default().to_owned(),
        })
    });
    let products = document.products.iter();
    let products = products.filter(|id| sees.product(id) && !sees.is_retired(Retirable::Product, id));
    let products = products.filter_map(|id| snapshot.products.get(id));
    Ok(TermPage {
        term: TermRef { id: id.to_owned(), name: document.name.clone() },
        domain: snapshot.domain(&document.domain),
        definition,
        synonyms: document.synonyms.clone(),
        related: by_name(
            document
                .related
                .iter()
                .filter_map(|id| snapshot.terms.get(id))
                .filter(|term| sees.is_offered(&term.id)),
        ),
        columns: columns.collect(),
        products: products
            .map(|product| TermProduct { id: ProductId(product.id.clone()), name: product.name.clone() })
            .collect(),
        newest: newest.map(|row| revision(&snapshot, row)),
        may_publish,
        may_propose: proposes && !snapshot.is_retired(Retirable::Term, id, rights.today()),
        retirement: retire::retirement(&snapshot, &rights, Retirable::Term, id, true),
        may_retire: may_publish,
    })
}

/// The first terms for what somebody searches the catalog for: those that are called so first, then by name.
pub fn matching(snapshot: &Snapshot, today: NaiveDate, query: &str) -> Vec<TermLine> {
    let (words, whole) = (searched(query), plain(&cut(query)));
    let is_other = |term: &Term| {
        let mut labels = std::iter::once(&term.document.name).chain(&term.document.synonyms);
        labels.all(|label| plain(label) != whole)
    };
    let mut found: Vec<&Term> = snapshot.offered_terms(&words, today).collect();
    found.sort_by_cached_key(|&term| (is_other(term), term.place()));
    found.into_iter().take(MOST_MATCHING).map(|term| line(snapshot, term)).collect()
}

/// Terms that are about a product, for its page.
pub fn of_product(call: &Call, product: &ProductId) -> Vec<TermRef> {
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let sees = Sees { snapshot: &snapshot, rights: &rights };
    let product = product.as_str();
    by_name(snapshot.terms_of(product).filter(|term| sees.product(product) && sees.is_offered(&term.id)))
}

/// Terms that are about an asset or one of its columns, for its page: as far as the viewer sees what they name.
pub fn of_column(call: &Call, asset: &AssetId) -> Vec<TermRef> {
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let sees = Sees { snapshot: &snapshot, rights: &rights };
    let asset = asset.as_str();
    let is_seen = |term: &&Term| {
        let links = term.document.columns.iter().map(|link| asset_and_column(link));
        links.filter(|(named, _)| *named == asset).any(|(named, column)| sees.column(named, column))
    };
    by_name(snapshot.terms_about(asset).filter(is_seen).filter(|term| sees.is_offered(&term.id)))
}

/// Terms that are about columns of an asset, for the rows of these on its page: as far as the viewer sees them.
pub fn by_column(call: &Call, asset: &AssetId) -> Vec<ColumnTerm> {
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let sees = Sees { snapshot: &snapshot, rights: &rights };
    let asset = asset.as_str();
    let mut terms: Vec<&Term> =
        snapshot.terms_about(asset).filter(|term| sees.is_offered(&term.id)).collect();
    terms.sort_by_cached_key(|&term| term.place());
    let mut found = Vec::new();
    for term in terms {
        let links = term.document.columns.iter().map(|link| asset_and_column(link));
        let columns = links.filter(|(named, _)| *named == asset).filter_map(|(_, column)| column);
        let columns: BTreeSet<&str> = columns.filter(|column| sees.column(asset, Some(*column))).collect();
        let of = |column: &str| ColumnTerm { column: column.to_owned(), term: term.reference() };
        found.extend(columns.into_iter().map(of));
    }
    found
}

/// Terms that are about one column of an asset, for its page: none for somebody who does not see the column.
pub fn of_one_column(call: &Call, asset: &AssetId, column: &str) -> Vec<TermRef> {
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let sees = Sees { snapshot: &snapshot, rights: &rights };
    let place = (asset.as_str(), Some(column));
    if !sees.column(place.0, place.1) {
        return Vec::new();
    }
    let is_about = |term: &&Term| term.document.columns.iter().any(|link| asset_and_column(link) == place);
    by_name(snapshot.terms_about(place.0).filter(is_about).filter(|term| sees.is_offered(&term.id)))
}

fn by_name<'a>(terms: impl Iterator<Item = &'a Term>) -> Vec<TermRef> {
    let mut terms: Vec<&Term> = terms.collect();
    terms.sort_by_cached_key(|&term| term.place());
    terms.into_iter().map(Term::reference).collect()
}

fn line(snapshot: &Snapshot, term: &Term) -> TermLine {
    TermLine {
        term: term.reference(),
        domain: snapshot.domain(&term.document.domain),
        brief: term.brief.clone(),
        synonyms: term.document.synonyms.clone(),
    }
}

/// The words that are looked for.
fn searched(query: &str) -> Vec<String> {
    let mut words = words(&cut(query));
    words.truncate(MOST_WORDS);
    words
}

/// As much of a search as is looked at.
fn cut(query: &str) -> String {
    query.chars().take(LONGEST_SEARCH).collect()
}
