//! A person's page: where they belong, and what they answer for.

use std::collections::BTreeSet;
use std::sync::Arc;

use lakeport_model::people::{AnsweredProduct, PersonPage, PersonRef, Role};
use lakeport_model::retire::Retirable;
use lakeport_model::{First, PersonId, ProductId};

use super::members;
use crate::beside::WORDS;
use crate::catalog::{Product, Rights, Sight, unread};
use crate::snapshot::Snapshot;
use crate::store::people as store;
use crate::{Call, Error, Result};

/// Most data products that are named on the page.
const MOST_PRODUCTS: usize = 20;

/// A person's page. Programs have none, nor has somebody who was erased.
///
/// # Errors
/// Refused where there is nobody of this id, and as busy when too much of the party waits already.
pub async fn person(call: &Call, id: PersonId) -> Result<PersonPage> {
    let (viewer, snapshot, rights) = (&call.viewer, call.snapshot(), call.rights());
    let mut tx = call.ctx.db.read().await?;
    let found = store::by_id(&mut tx, id).await?.filter(|person| !person.is_service());
    let person = found.ok_or_else(|| Error::not_found("person"))?;
    let has_left = person.disabled_at.is_some();
    // Whoever has left stands in no list of members any more.
    let memberships = if has_left { Vec::new() } else { store::memberships(&mut tx, id).await? };
    drop(tx);
    let answering = memberships.iter().filter(|membership| membership.role >= Role::Steward);
    let domains: BTreeSet<String> =
        answering.map(|membership| membership.domain.id.as_str().to_owned()).collect();
    let whole = Arc::clone(&snapshot);
    // A person may answer for all of a large company.
    let look = move || (answered(&whole, &rights, &domains), unread::products_of(&whole, &rights, &domains));
    let (answers_for, unread) = WORDS.run(call.party(), look).await?;
    let unread = unread.into_iter().collect();
    let is_viewer = viewer.id == id;
    let is_told = is_viewer || (!has_left && members::is_told_addresses(&snapshot, viewer));
    Ok(PersonPage {
        person: PersonRef { id, name: person.name },
        title: person.title,
        email: is_told.then_some(person.email),
        has_left,
        answers_for,
        unread,
        is_viewer,
        memberships,
    })
}

/// The first data products of domains that the viewer sees, by name, and how many there are.
fn answered(snapshot: &Snapshot, rights: &Rights, domains: &BTreeSet<String>) -> First<AnsweredProduct> {
    let products = domains.iter().flat_map(|domain| snapshot.products_in(domain));
    let seen = products.filter(|product| {
        rights.product_sight(product) != Sight::Hidden
            && !snapshot.is_retired(Retirable::Product, &product.id, rights.today())
    });
    let mut products: Vec<&Product> = seen.collect();
    let by_name = |a: &&Product, b: &&Product| (&a.name, &a.id).cmp(&(&b.name, &b.id));
    let of = u32::try_from(products.len()).unwrap_or(u32::MAX);
    if products.len() > MOST_PRODUCTS {
        products.select_nth_unstable_by(MOST_PRODUCTS, by_name);
        products.truncate(MOST_PRODUCTS);
    }
    products.sort_unstable_by(by_name);
    let named = |product: &Product| AnsweredProduct {
        id: ProductId(product.id.clone()),
        name: product.name.clone(),
        domain: snapshot.domain(&product.domain),
    };
    First { items: products.into_iter().map(named).collect(), of }
}
