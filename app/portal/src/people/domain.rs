//! A domain's page: what it has, and who belongs to it.

use lakeport_model::catalog::{HitKind, SearchRequest};
use lakeport_model::follow::Followable;
use lakeport_model::people::{DomainPage, Role};
use lakeport_model::{DomainId, PageRequest};

use super::members;
use crate::policy::{self, PublishDocument, SeeHistory};
use crate::store::follow;
use crate::{Call, Error, Result, catalog};

/// Products that are named on the page; the search has all.
const PRODUCTS: u32 = 10;

/// A domain's page.
pub async fn domain_page(call: &Call, id: &DomainId, members_page: PageRequest) -> Result<DomainPage> {
    let Call { ctx, viewer, .. } = call;
    let snapshot = call.snapshot();
    let domain = snapshot.domains.get(id.as_str()).ok_or_else(|| Error::not_found("domain"))?;
    let request = SearchRequest {
        domain: vec![id.to_string()],
        kind: vec![HitKind::Product.as_str().to_owned()],
        limit: PRODUCTS,
        sort: Some("name".to_owned()),
        ..SearchRequest::default()
    };
    let found = catalog::search(call, &request).await?;
    let kinds = found.facets.into_iter().find(|facet| facet.key == "kind");
    let kinds = kinds.map(|facet| facet.values).unwrap_or_default();
    let mut tx = ctx.db.read().await?;
    let members = members::list(&mut tx, &snapshot, viewer, id.as_str(), members_page).await?;
    let follows = follow::follows(&mut tx, viewer.id, Followable::Domain, id.as_str()).await?;
    let people = |role| {
        let of_role = snapshot.members_with(id.as_str(), role);
        of_role.map(|member| snapshot.names.person(member.person)).collect()
    };
    let publish = PublishDocument { domain: id.clone(), from: None };
    Ok(DomainPage {
        id: id.clone(),
        name: domain.name.clone(),
        description: domain.description.clone(),
        parent: domain.parent.as_ref().map(|parent| snapshot.domain(parent)),
        children: snapshot.below(id.as_str()).map(|child| snapshot.domain(&child.id)).collect(),
        owners: people(Role::Owner),
        stewards: people(Role::Steward),
        products: found.hits.into_iter().map(|hit| (hit.name, hit.href)).collect(),
        unread: catalog::unread::in_domain(&snapshot, &call.rights(), id.as_str()),
        product_count: found.total,
        entry_count: kinds.iter().map(|value| value.count).sum(),
        members,
        roles: members::roles_to_give(&snapshot, viewer, id.as_str()),
        may_publish: policy::decide(viewer, &publish.into()).allowed,
        follows,
        sees_health: policy::decide(viewer, &SeeHistory { domain: id.clone() }.into()).allowed,
    })
}
