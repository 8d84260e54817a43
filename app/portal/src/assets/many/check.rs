//! What would become of the assets that somebody chose if the change were carried out now. Nothing is written.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use lakeport_model::access::GrantStanding;
use lakeport_model::many::{ChangeText, ManyChecked, ManyLine, Outcome};
use lakeport_model::{AssetId, DomainId, listed};

use super::change::{Change, Made};
use super::{Chosen, chosen, digest_of, granted, ids, meaning, refuse_others};
use crate::assets::changing;
use crate::assets::effects::{Eyes, Meaning};
use crate::assets::lowering::may_lower;
use crate::assets::stewards::Stewards;
use crate::store::access::Grant;
use crate::store::catalog::AssetRow;
use crate::{Call, Error, Result, policy};

/// Looks at what a change makes of each of these assets of a domain, and what all of that means for people.
///
/// # Errors
/// Refused to whoever may not publish in the domain, where the change does not fit, and where one of them is not seen.
pub async fn check_many(
    call: &Call,
    domain: &DomainId,
    assets: &[String],
    change: &ChangeText,
) -> Result<ManyChecked> {
    let (snapshot, rights) = (call.snapshot(), call.rights());
    if !snapshot.domains.contains_key(domain.as_str()) {
        return Err(Error::not_found("domain"));
    }
    policy::authorize(&call.viewer, changing(domain.as_str()))?;
    let ids = ids(assets)?;
    refuse_others(&snapshot, &rights, domain, &ids)?;
    let change = Change::read(change)?;
    let chosen = chosen(call, &ids, &change).await?;
    let mut tx = call.ctx.db.read().await?;
    let granted = granted(&mut tx, &ids).await?;
    let domains = BTreeSet::from([domain.as_str()]);
    let stewards = Stewards::of(&mut tx, &snapshot, &domains, call.now()).await?;
    drop(tx);
    let looked = Looked {
        call,
        eyes: Eyes { snapshot: &snapshot, rights: &rights, now: call.now() },
        stewards,
        granted: &granted,
    };
    let name = |id: &str| snapshot.assets.get(id).map_or_else(|| id.to_owned(), |asset| asset.title.clone());
    let (mut lines, mut counts, mut all) = (Vec::new(), Counts::default(), Vec::new());
    let mut needs_consent = false;
    for Chosen { before, made, seen } in chosen {
        let outcome = match made {
            Made::Same(why) => Outcome::Stays(why),
            Made::Unfit(why) => Outcome::Refused(why),
            Made::Changed(after, what) => match looked.meaning(&before, &after)? {
                Err(why) => Outcome::Refused(why),
                Ok(Meaning { effects, lowered, needs_consent: opens }) => {
                    needs_consent |= opens;
                    let is_class = before.classification != after.classification;
                    counts.note(is_class, !lowered.is_empty(), looked.readers(&before.id));
                    all.push((before.id.clone(), effects.clone()));
                    Outcome::Changes { what, effects, seen }
                }
            },
        };
        lines.push(ManyLine { name: name(&before.id), id: AssetId(before.id), outcome });
    }
    Ok(ManyChecked {
        what: change.words(),
        lines,
        count: counts.all,
        together: counts.words(),
        needs_consent,
        meaning: digest_of(&all),
    })
}

/// What is looked at of every asset.
struct Looked<'a> {
    call: &'a Call,
    eyes: Eyes<'a>,
    stewards: Stewards,
    granted: &'a BTreeMap<String, Vec<Grant>>,
}

impl Looked<'_> {
    /// What a change means, or why the viewer may not make it.
    fn meaning(&self, before: &AssetRow, after: &AssetRow) -> Result<std::result::Result<Meaning, String>> {
        match may_lower(&self.stewards, &self.call.viewer, before, after) {
            Ok(_) => Ok(Ok(meaning(&self.eyes, before, after, self.granted))),
            Err(Error::Refused(refusal)) => Ok(Err(refusal.message)),
            Err(fault) => Err(fault),
        }
    }

    fn readers(&self, asset: &str) -> u32 {
        let grants = self.granted.get(asset).map(Vec::as_slice).unwrap_or_default();
        readers(grants, self.call.now())
    }
}

/// The grants that hold now.
fn readers(grants: &[Grant], now: DateTime<Utc>) -> u32 {
    let active = grants.iter().filter(|grant| grant.standing(now) == GrantStanding::Active);
    u32::try_from(active.count()).unwrap_or(u32::MAX)
}

/// How many of them change in which way.
#[derive(Debug, Default)]
struct Counts {
    all: u32,
    lowered: u32,
    raised: u32,
    readers: u32,
}

impl Counts {
    /// One more that changes: of those whose classification does, the grants on them count.
    fn note(&mut self, is_class: bool, is_lower: bool, readers: u32) {
        self.all += 1;
        if is_lower {
            self.lowered += 1;
        } else if is_class {
            self.raised += 1;
        }
        if is_class || is_lower {
            self.readers += readers;
        }
    }

    /// All of it in one sentence.
    fn words(&self) -> String {
        let change = match self.all {
            0 => return "Nothing changes.".to_owned(),
            1 => "1 asset changes".to_owned(),
            all => format!("{all} assets change"),
        };
        let ways = [(self.lowered, "less"), (self.raised, "more")];
        let ways = ways.iter().filter(|(count, _)| *count > 0);
        let ways: Vec<String> =
            ways.map(|(count, way)| format!("{count} {way} protected than before")).collect();
        let ways = if ways.is_empty() { "nobody reads more or less by it".to_owned() } else { listed(&ways) };
        let goes_on = match self.readers {
            0 => String::new(),
            1 => "; the grant on one of them goes on".to_owned(),
            readers => format!("; the {readers} grants on them go on"),
        };
        format!("{change}: {ways}{goes_on}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_it_is_one_sentence() {
        let mut counts = Counts::default();
        assert_eq!(counts.words(), "Nothing changes.");
        counts.note(false, false, 3);
        assert_eq!(counts.words(), "1 asset changes: nobody reads more or less by it.");
        counts.note(true, true, 2);
        counts.note(true, false, 3);
        assert_eq!(
            counts.words(),
            "3 assets change: 1 less protected than before and 1 more protected than before; the 5 grants on them go on."
        );
    }
}
