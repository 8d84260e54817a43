//! What is its own of a dashboard that is written on a page: its id stands beside its text, its domain may be that of its product,
//! and it reads what whoever publishes it may read.

use lakeport_model::catalog::AssetKind;
use lakeport_model::documents::TextKind;
use lakeport_model::listed;

use super::About;
use super::publish::NEW_ID;
use super::read::{no_domain, no_id};
use crate::beside::DOCUMENTS;
use crate::catalog::dashboards::domain_of;
use crate::catalog::{Asset, Described, MOST_TABLES, OneDocument, Rights, Sight, Snapshot, StatedDashboard};
use crate::dashboards::format::{self, Dashboard, Front};
use crate::dashboards::{UNSEEN, hidden, is_table, known};
use crate::{Call, Error, Result};

/// The title of a dashboard and its domain.
pub(super) fn named(snapshot: &Snapshot, rights: &Rights, id: &str) -> Result<(String, String)> {
    let dashboard = known(snapshot, rights, id)?;
    Ok((dashboard.front.title.clone(), domain_of(snapshot, id, dashboard)))
}

/// True where somebody who publishes in the domain of an asset may begin a dashboard of it: a table that they read, and that
/// SQL can name.
pub(crate) fn may_begin_dashboard(snapshot: &Snapshot, rights: &Rights, asset: &Asset) -> bool {
    asset.kind == AssetKind::Table && is_table(&asset.id) && rights.reads(snapshot, asset)
}

/// Refuses what can be no id of a new dashboard, before anything of it is read.
pub(super) fn refuse_id(about: About<'_>) -> Result<()> {
    let wrong = if about.kind == TextKind::Dashboard { id_problem(about.new_id) } else { None };
    wrong.map_or(Ok(()), |message| Err(Error::invalid(NEW_ID, message)))
}

/// What is wrong with the id of a new dashboard: it is the name of its file, without the ending, as well.
fn id_problem(id: &str) -> Option<String> {
    let ends = || "Leave \".md\" out: it is no part of the id.".to_owned();
    no_id(id).or_else(|| id.strip_suffix(".md").map(|_| ends()))
}

/// True where an id is another dashboard's, be it one that the author does not see, or that of a dashboard elsewhere which
/// others have described as theirs.
pub(super) fn is_taken(snapshot: &Snapshot, id: &str, domain: &str) -> bool {
    let asset = snapshot.assets.get(id).filter(|asset| asset.kind == AssetKind::Dashboard);
    snapshot.dashboards.contains_key(id)
        || asset.is_some_and(|asset| !asset.domain.is_empty() && asset.domain != domain)
}

/// Gives a dashboard whose text names no domain that of its product, as far as its author may know of that.
pub(super) fn settle(snapshot: &Snapshot, rights: &Rights, one: &mut OneDocument) {
    let Described::Dashboard(read) = &mut one.read else { return };
    let front = &mut read.0.front;
    if front.domain.is_none() {
        front.domain = front.product.as_deref().and_then(|id| product_domain(snapshot, rights, id));
    }
}

/// The domain of a product that somebody may know of.
fn product_domain(snapshot: &Snapshot, rights: &Rights, id: &str) -> Option<String> {
    if let Some(product) = snapshot.products.get(id) {
        return (rights.product_sight(product) != Sight::Hidden).then(|| product.domain.clone());
    }
    let unread = snapshot.unread_of("product", id).filter(|_| rights.knows_unread_product(snapshot, id));
    unread.map(|unread| unread.domain.clone())
}

/// The fields of a dashboard that keep it from being published though an import would take it, each with a sentence. `id` is
/// that of the dashboard that is changed; none of a new one. Only whoever `may` publish it learns what there is.
pub(super) fn unfit(
    snapshot: &Snapshot,
    rights: &Rights,
    (id, may): (Option<&str>, bool),
    StatedDashboard { id: new_id, front }: &StatedDashboard,
) -> Vec<(String, String)> {
    let domain = front.domain.as_deref().unwrap_or_default();
    let id_problem = if id.is_none() { id_problem(new_id) } else { None };
    let domain_problem = no_domain(snapshot, domain);
    let has_too_many = front.reads.len() > MOST_TABLES;
    let reads_problem =
        has_too_many.then(|| format!("A dashboard that is written here reads at most {MOST_TABLES} tables."));
    let product = front.product.as_deref().filter(|_| may && domain_problem.is_none());
    let is_foreign = |product: &&str| {
        let held = id.and_then(|id| held(snapshot, id));
        let is_kept = held.is_some_and(|held| held.front.product.as_deref() == Some(*product));
        !is_kept && product_domain(snapshot, rights, product).as_deref() != Some(domain)
    };
    let product_problem = product.filter(is_foreign).map(|product| {
        format!(
            "There is no product \"{product}\" of {domain} here. A dashboard belongs to a product of its own domain: write \
             the id of one, or leave it out."
        )
    });
    let found = [
        ("id", id_problem),
        ("domain", domain_problem),
        ("product", product_problem),
        ("reads", reads_problem),
    ];
    let found = found.into_iter().filter_map(|(field, message)| Some((field.to_owned(), message?)));
    let mut found: Vec<(String, String)> = found.collect();
    if may && !has_too_many {
        let tables = front.reads.iter().enumerate();
        found.extend(tables.filter_map(|(index, table)| {
            Some((format!("reads[{index}]"), closed(snapshot, rights, table)?))
        }));
    }
    found
}

/// What keeps somebody from publishing a dashboard of this table; nothing where they read it. The sentence is the same for what
/// is hidden from them and for what nobody has.
fn closed(snapshot: &Snapshot, rights: &Rights, table: &str) -> Option<String> {
    const RULE: &str = "Whoever publishes a dashboard reads every table of it";
    if hidden(snapshot, rights, table) {
        return Some(format!("\"{table}\" is {UNSEEN}. {RULE}."));
    }
    let Some(asset) = snapshot.assets.get(table) else {
        return Some(format!(
            "What describes \"{table}\" cannot be read; its domain has to correct it first."
        ));
    };
    let is_open = !snapshot.is_own_dashboard(asset) && rights.reads(snapshot, asset);
    (!is_open).then(|| {
        format!("You may not read \"{table}\". {RULE}: request access to it first, or leave it out.")
    })
}

/// A dashboard as it is published.
fn held<'a>(snapshot: &'a Snapshot, id: &str) -> Option<&'a Dashboard> {
    snapshot.dashboards.get(id)?.read.as_deref().ok()
}

/// Refuses texts of a dashboard to somebody from whom a table is hidden that one of them reads: they say what it is called, and
/// what its columns are. Texts of other kinds name what is their own.
pub(super) async fn refuse_unseen<T: AsRef<str>>(call: &Call, kind: TextKind, texts: &[T]) -> Result<()> {
    if kind != TextKind::Dashboard {
        return Ok(());
    }
    let texts = texts.iter().map(|text| text.as_ref().to_owned());
    let texts: Vec<String> = texts.filter(|text| !text.is_empty()).collect();
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let look = move || -> Result<bool> {
        for text in &texts {
            if !is_seen(&snapshot, &rights, text)? {
                return Ok(false);
            }
        }
        Ok(true)
    };
    if DOCUMENTS.run(call.party(), look).await?? {
        return Ok(());
    }
    Err(Error::conflict(format!(
        "This text reads {UNSEEN}, so it is not shown to you. Whoever sees all tables that it reads can see and change it here."
    )))
}

/// True where the text of a dashboard may be shown to somebody beside another one. One that cannot be read is not.
pub(crate) fn shows_dashboard(snapshot: &Snapshot, rights: &Rights, text: &str) -> bool {
    is_seen(snapshot, rights, text).unwrap_or_default()
}

fn is_seen(snapshot: &Snapshot, rights: &Rights, text: &str) -> Result<bool> {
    let read = format::parse("text.md", text).map_err(|_| Error::unread("dashboard"))?;
    Ok(!read.front.reads.iter().any(|table| hidden(snapshot, rights, table)))
}

/// What a dashboard that is written means for people, a sentence each, by the catalog as it was.
pub(super) fn effects(snapshot: &Snapshot, StatedDashboard { id, front }: &StatedDashboard) -> Vec<String> {
    let domain = front.domain.as_deref().unwrap_or_default();
    let held = held(snapshot, id);
    let was = held.map(|held| domain_of(snapshot, id, held));
    let mut effects = Vec::new();
    match was.as_deref() {
        None => effects.push(format!("It is new in {}.", snapshot.domain_name(domain))),
        Some(was) if was != domain => effects.push(format!(
            "It moves from {} to {}, whose owners and stewards publish changes of it from then on.",
            snapshot.domain_name(was),
            snapshot.domain_name(domain)
        )),
        Some(_) => {}
    }
    let held = held.map(|held| &held.front);
    let lets_in = |front: &Front| (front.product.clone(), front.view_groups.clone());
    if held.map(lets_in) != Some(lets_in(front)) || was.as_deref() != Some(domain) {
        effects.push(seen_by(snapshot, front, domain));
    }
    let before = held.map(|held| held.reads.as_slice()).unwrap_or_default();
    let added: Vec<&String> = front.reads.iter().filter(|table| !before.contains(table)).collect();
    let removed: Vec<&String> = before.iter().filter(|table| !front.reads.contains(table)).collect();
    if !added.is_empty() {
        effects.push(format!("It reads {}.", listed(&added)));
    }
    if !removed.is_empty() {
        effects.push(format!("It reads {} no more.", listed(&removed)));
    }
    effects
}

/// Who sees a dashboard with this front matter.
fn seen_by(snapshot: &Snapshot, front: &Front, domain: &str) -> String {
    let name = |id: &str| snapshot.products.get(id).map_or_else(|| id.to_owned(), |held| held.name.clone());
    let product = front.product.as_deref().map(name);
    let mut groups: Vec<String> = Vec::new();
    if !front.view_groups.is_empty() {
        let own = std::iter::once(domain);
        for group in own.chain(front.view_groups.iter().map(String::as_str)) {
            let name = snapshot.domain_name(group);
            if !groups.contains(&name) {
                groups.push(name);
            }
        }
    }
    let who = match (product, groups.is_empty()) {
        (None, true) => "Everybody sees it".to_owned(),
        (Some(product), true) => format!("Whoever sees what {product} offers sees it"),
        (None, false) => format!("Only members of {} see it", listed(&groups)),
        (Some(product), false) => {
            format!("Only members of {} who see what {product} offers see it", listed(&groups))
        }
    };
    format!("{who}, each with the figures of the tables that they may read.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_dashboard_is_that_of_its_file() {
        for id in ["sales", "sales-2026.v1", "a.mdx"] {
            assert_eq!(id_problem(id), None, "{id}");
        }
        for id in ["", "Sales", "sales.md", "a b", "../a"] {
            assert!(id_problem(id).is_some(), "{id}");
        }
        assert!(refuse_id(About::new_dashboard("a b")).is_err());
        assert!(refuse_id(About::of(TextKind::Product, None)).is_ok(), "its text says it");
    }
}
