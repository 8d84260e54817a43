//! What would become of a text if it were published now. Nothing is written.

use std::collections::{BTreeMap, BTreeSet};

use lakeport_model::DomainId;
use lakeport_model::access::GrantStanding;
use lakeport_model::catalog::Visibility;
use lakeport_model::documents::Checked;

use super::diff::Diff;
use super::publish;
use super::read;
use super::{KIND, Subject};
use crate::actor::Actor;
use crate::beside::TRIALS;
use crate::catalog::{Carried, OneProduct, Port, Product, Snapshot, write_product};
use crate::policy;
use crate::store::{Tx, revisions as store};
use crate::{Call, Error, ErrorKind, Result};

/// Checks a text as publishing it would: a new product where no id is given, otherwise a change of that one, which was written
/// on the revision `base`.
///
/// # Errors
/// Refused to whoever may not publish the product at all. What is wrong with the text is no error.
pub async fn check(call: &Call, id: Option<&str>, base: u32, text: &str) -> Result<Checked> {
    let text = read::plain(text)?;
    let (mut from, mut held, mut overtaken) = (None, None, None);
    if let Some(id) = id {
        let snapshot = call.snapshot();
        let subject = Subject::of(&snapshot, &call.rights(), id)?;
        policy::authorize(&call.viewer, subject.publish())?;
        from = Some(subject.domain);
        let mut tx = call.ctx.db.read().await?;
        overtaken = publish::overtaken(&snapshot, store::newest_of(&mut tx, KIND, id).await?, base);
        held = publish::published_text(&mut tx, id).await?;
    } else {
        publish::refuse_strangers(&call.viewer)?;
    }
    let is_same = held.as_ref() == Some(&text);
    let diff = Diff::of(call.party(), held.unwrap_or_default(), text.clone()).await?;
    let mut checked = Checked { diff: diff.lines, is_cut: diff.is_cut, overtaken, ..Checked::default() };
    match read::product(call, text).await? {
        Err(problems) => checked.problems = problems,
        Ok(one) => {
            checked.problems = read::unfit(&call.snapshot(), id, &one);
            if checked.is_right() && !is_same {
                TRIALS.hold(call.party(), tried(call, id, from, &one, &mut checked)).await??;
            }
            checked.advice = one.advice;
        }
    }
    Ok(checked)
}

/// Writes it in a transaction that leaves nothing behind, and notes what came of it.
async fn tried(
    call: &Call,
    id: Option<&str>,
    from: Option<DomainId>,
    one: &OneProduct,
    checked: &mut Checked,
) -> Result<()> {
    // What would be refused when it is published is a mistake in the text as long as it is only looked at.
    let proof = match policy::authorize(&call.viewer, publish::asked(one, from)) {
        Ok(proof) => proof,
        Err(Error::Refused(refusal)) => {
            checked.problems.push(read::problem(&one.problem("domain", refusal.message)));
            return Ok(());
        }
        Err(fault) => return Err(fault),
    };
    let mut tx = call.ctx.db.write().await?;
    if id.is_none() {
        match publish::refuse_taken(&mut tx, &one.product().id).await {
            Err(Error::Refused(refusal)) if refusal.kind == ErrorKind::Conflict => {
                checked.problems.push(read::problem(&one.problem("id", refusal.message)));
                return Ok(());
            }
            done => done?,
        }
    }
    let actor = Actor::Viewer(call.viewer.clone());
    match write_product(&mut tx, &call.ctx, &publish::by(&actor, &proof, ""), one).await {
        Ok(carried) => checked.effects = effects(call, &mut tx, &carried).await?,
        Err(error) => checked.problems = read::problems(error)?,
    }
    Ok(())
}

/// What it means for people, a sentence each.
async fn effects(call: &Call, tx: &mut Tx, carried: &Carried) -> Result<Vec<String>> {
    let (before, after) = carried.products();
    let Some(after) = after else { return Ok(Vec::new()) };
    let (_, catalog) = carried.snapshots();
    let mut effects = Vec::new();
    match before {
        None => effects.push(format!("It is new in {}.", catalog.domain_name(&after.domain))),
        Some(before) if before.domain != after.domain => effects.push(format!(
            "It moves from {} to {}, whose owners decide about requests from then on and review who reads it.",
            catalog.domain_name(&before.domain),
            catalog.domain_name(&after.domain)
        )),
        Some(_) => {}
    }
    if before.map(|before| before.visibility) != Some(after.visibility) {
        effects.push(seen_by(after.visibility).to_owned());
    }
    let (held, offered) = (before.map(ports).unwrap_or_default(), ports(after));
    let gone: BTreeSet<&str> = held.keys().copied().filter(|id| !offered.contains_key(id)).collect();
    let grants = if gone.is_empty() { Vec::new() } else { carried.grants(tx, &gone).await? };
    for id in gone {
        let readers = grants.iter().filter(|grant| grant.port == id);
        let readers = readers.filter(|grant| grant.standing(call.now()) == GrantStanding::Active).count();
        effects.push(match readers {
            0 => format!("It offers {} no more.", held[id].name),
            1 => format!("It offers {} no more, to which 1 person still has access.", held[id].name),
            readers => {
                format!("It offers {} no more, to which {readers} people still have access.", held[id].name)
            }
        });
    }
    for (id, port) in &offered {
        match held.get(id) {
            None => effects.push(format!("It offers {}: {}.", port.name, what(catalog, port))),
            Some(before) if before.asset != port.asset => {
                effects.push(format!("{} is something else now: {}.", port.name, what(catalog, port)));
            }
            Some(_) => {}
        }
    }
    Ok(effects)
}

fn ports(product: &Product) -> BTreeMap<&str, &Port> {
    product.ports.iter().map(|port| (port.id.as_str(), port)).collect()
}

/// What a port gives, and how sensitive that is.
fn what(catalog: &Snapshot, port: &Port) -> String {
    let asset = port.asset.as_deref().and_then(|id| catalog.assets.get(id));
    match (asset, port.asset.as_deref()) {
        (Some(asset), _) => format!("{}, {}", asset.title, port.classification),
        (None, Some(id)) => format!("{id}, which is not in the catalog"),
        (None, None) => "nothing that the catalog has".to_owned(),
    }
}

fn seen_by(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Open => "Everybody sees it, with all that it offers.",
        Visibility::Restricted => {
            "Everybody sees that it exists; what it offers is seen by its domain and by people with access."
        }
        Visibility::Private => "Only its domain and people with access see that it exists.",
    }
}
