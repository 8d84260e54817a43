//! The catalog as the files it can be imported from.

use std::collections::BTreeMap;

use lakeport_model::people::Role;

use super::{SourceFile, described, slug};
use crate::standards::mesh;
use crate::standards::openlineage::Event;
use crate::store::people::{self, Member};
use crate::store::{catalog as store, lineage};
use crate::{Ctx, Error, Result};

/// Everything files can say, one file a thing; importing it again changes nothing.
pub async fn export(ctx: &Ctx) -> Result<Vec<SourceFile>> {
    let mut tx = ctx.db.read().await?;
    let mut files = Vec::new();
    let persons = people::all(&mut tx).await?;
    if !persons.is_empty() {
        let people = persons.into_iter().map(|person| mesh::Person {
            email: person.email,
            name: person.name,
            administrator: person.listed_administrator.then_some(true),
            title: person.title,
        });
        let file = mesh::People {
            api_version: mesh::ApiVersion::default(),
            kind: mesh::Kind::People,
            people: people.collect(),
        };
        files.push(SourceFile { path: "people.yaml".to_owned(), text: file.to_yaml() });
    }
    let members = people::members_ever(&mut tx).await?;
    for row in store::domains(&mut tx).await? {
        let of_domain = members.iter().filter(|member| member.domain == row.id);
        let member = |member: &Member| mesh::Member {
            email: member.email.clone(),
            role: match member.role {
                Role::Member => mesh::MemberRole::Member,
                Role::Steward => mesh::MemberRole::Steward,
                Role::Owner => mesh::MemberRole::Owner,
            },
        };
        let members = of_domain.map(member).collect();
        let path = format!("domains/{}.yaml", slug(&row.id));
        let file = mesh::Domain {
            api_version: mesh::ApiVersion::default(),
            kind: mesh::Kind::Domain,
            id: row.id,
            name: row.name,
            parent: row.parent,
            description: row.description,
            members,
        };
        files.push(SourceFile { path, text: file.to_yaml() });
    }
    files.extend(assets(store::assets(&mut tx).await?)?);
    for row in store::products(&mut tx).await? {
        files.push(SourceFile { path: format!("products/{}.odps.yaml", slug(&row.id)), text: row.document });
    }
    for row in store::contract_versions(&mut tx).await? {
        let path = format!("contracts/{}-{}.odcs.yaml", slug(&row.contract), slug(&row.version));
        files.push(SourceFile { path, text: row.document });
    }
    for row in store::dashboards(&mut tx).await? {
        files.push(SourceFile { path: format!("dashboards/{}.md", row.id), text: row.document });
    }
    for row in store::terms(&mut tx).await? {
        files.push(SourceFile { path: format!("glossary/{}.yaml", slug(&row.id)), text: row.document });
    }
    // In the order in which things happened, whenever the portal heard of them.
    let mut events = lineage::events(&mut tx).await?;
    events.sort_by_cached_key(|event| Event::from_json("event", event).map(|event| event.event_time()).ok());
    if !events.is_empty() {
        files.push(SourceFile { path: "lineage/events.jsonl".to_owned(), text: events.join("\n") + "\n" });
    }
    Ok(files)
}

/// One file a domain. Assets that only lineage events name come back with the events.
fn assets(rows: Vec<store::AssetRow>) -> Result<Vec<SourceFile>> {
    let mut by_domain: BTreeMap<String, Vec<mesh::Asset>> = BTreeMap::new();
    for row in rows.into_iter().filter(|row| row.origin == "file") {
        let mut asset = described::stated(row).map_err(Error::fault)?;
        // It stands once for all of them.
        let domain = asset.domain.take().unwrap_or_default();
        by_domain.entry(domain).or_default().push(asset);
    }
    let file = |(domain, assets): (String, Vec<mesh::Asset>)| {
        let path = format!(
            "assets/{}.yaml",
            if domain.is_empty() { "without-domain".to_owned() } else { slug(&domain) }
        );
        let file = mesh::Assets {
            api_version: mesh::ApiVersion::default(),
            kind: mesh::Kind::Assets,
            domain: (!domain.is_empty()).then_some(domain),
            namespace: None,
            assets,
        };
        SourceFile { path, text: file.to_yaml() }
    };
    Ok(by_domain.into_iter().map(file).collect())
}
