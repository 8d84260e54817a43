//! A person's page: where they belong, and what they answer for.

use lakeport_model::people::{AnsweredProduct, PersonPage, PersonRef, Role};
use lakeport_model::{First, PersonId, ProductId};

use super::members;
use crate::catalog::{Product, Sight, unread};
use crate::store::people as store;
use crate::{Call, Error, Result};

/// Most data products that are named on the page.
const MOST_PRODUCTS: usize = 20;

/// A person's page. Programs have none, nor has somebody who was erased.
///
/// # Errors
/// Refused where there is nobody of this id.
pub async fn person(call: &Call, id: PersonId) -> Result<PersonPage> {
    let (viewer, snapshot, rights) = (&call.viewer, call.snapshot(), call.rights());
    let mut tx = call.ctx.db.read().await?;
    let found = store::by_id(&mut tx, id).await?.filter(|person| !person.is_service());
    let person = found.ok_or_else(|| Error::not_found("person"))?;
    let has_left = person.disabled_at.is_some();
    // Whoever has left stands in no list of members any more.
    let memberships = if has_left { Vec::new() } else { store::memberships(&mut tx, id).await? };
    drop(tx);
    let answering = || {
        let answering = memberships.iter().filter(|membership| membership.role >= Role::Steward);
        answering.map(|membership| membership.domain.id.as_str())
    };
    let products = answering().flat_map(|domain| snapshot.products_in(domain));
    let seen = products.filter(|product| rights.product_sight(product) != Sight::Hidden);
    let mut products: Vec<&Product> = seen.collect();
    products.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    let First { items, of } = First::cut(products, MOST_PRODUCTS);
    let named = |product: &Product| AnsweredProduct {
        id: ProductId(product.id.clone()),
        name: product.name.clone(),
        domain: snapshot.domain(&product.domain),
    };
    let answers_for = First { items: items.into_iter().map(named).collect(), of };
    let unread = answering().filter_map(|domain| unread::products_in(&snapshot, &rights, domain)).collect();
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
