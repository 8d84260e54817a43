//! People and domains of files, with what the portal's own pages say about them.

use std::collections::{BTreeMap, HashMap};

use lakeport_model::PersonId;
use lakeport_model::people::Role;

use super::{ImportReport, SourceFile, privileges};
use crate::people::members::{Settled, settle};
use crate::people::{administrators, looks_of_accounts};
use crate::policy::{Authorized, Import};
use crate::standards::mesh::{Domain, People};
use crate::store::Tx;
use crate::store::catalog::{self as store, DomainRow};
use crate::store::changes::Touched;
use crate::store::import::{self, ROWS};
use crate::store::people::{self, Member, Person};
use crate::text::Look;
use crate::{Ctx, Error, Result, new_id};

/// Writes the people of all files.
pub(super) async fn persons(
    tx: &mut Tx,
    proof: &Authorized<Import>,
    ctx: &Ctx,
    files: &[(People, SourceFile)],
    report: &mut ImportReport,
) -> Result<()> {
    let accounts = looks_of_accounts(tx).await?;
    let listed = || files.iter().flat_map(|(file, _)| &file.people);
    let mut known = known(tx, listed().map(|person| person.email.as_str())).await?;
    for person in listed() {
        let email = person.email.to_lowercase();
        let held = known.remove(&email);
        let listed = person.is_administrator();
        // Whom the configuration of the serving process made one stays one: this may be another process's.
        let by_configuration =
            held.as_ref().is_some_and(|held| held.administrator && !held.listed_administrator);
        let administrator = listed || by_configuration || administrators::is_configured(ctx, &email);
        // Whoever has signed in is called as the sign-in service says.
        let name = match &held {
            Some(held) if held.issuer.is_some() => held.name.clone(),
            _ => person.name.clone(),
        };
        let look = Look::of(&name);
        if let Some((account, _)) = accounts.iter().find(|(_, account)| account.is_like(&look)) {
            report.warnings.push(format!(
                "person {email}: the service account \"{account}\" may be taken for {name}; revoke its token and make one \
                 under another name"
            ));
        }
        let same = held.as_ref().map(|held| {
            held.name == name
                && held.title == person.title
                && held.administrator == administrator
                && held.listed_administrator == listed
        });
        if !report.note("person", &email, same) {
            continue;
        }
        let id = held.as_ref().map_or_else(|| PersonId(new_id(ctx.now())), |held| held.id);
        report.touched.insert(Touched::Person(id));
        let row = Person {
            title: person.title.clone(),
            administrator,
            listed_administrator: listed,
            ..Person::new(id, email, name)
        };
        let before = held.as_ref().is_some_and(|held| held.administrator);
        report.privileges.extend(privileges::of_administrator(id, before, administrator));
        match held {
            Some(_) => people::update(tx, proof, &row).await?,
            None => people::insert(tx, &proof.allows(), &row, ctx.now()).await?,
        }
    }
    Ok(())
}

/// Those who are known, by their addresses in lower case.
async fn known(tx: &mut Tx, emails: impl Iterator<Item = &str>) -> Result<HashMap<String, Person>> {
    let emails: Vec<String> = emails.map(str::to_lowercase).collect();
    let mut known = HashMap::new();
    for part in emails.chunks(ROWS) {
        let part: Vec<&str> = part.iter().map(String::as_str).collect();
        let found = import::people(tx, &part).await?.into_iter();
        known.extend(found.map(|person| (person.email.clone(), person)));
    }
    Ok(known)
}

/// Domains that stand above each other in a circle: nobody would be the last to answer for any of them.
fn refuse_circles(held: &BTreeMap<String, DomainRow>, files: &[Domain]) -> Result<()> {
    let mut above: BTreeMap<&str, Option<&str>> =
        held.values().map(|domain| (domain.id.as_str(), domain.parent.as_deref())).collect();
    above.extend(files.iter().map(|domain| (domain.id.as_str(), domain.parent.as_deref())));
    for domain in files {
        let mut way = vec![domain.id.as_str()];
        while let Some(Some(next)) = above.get(way[way.len() - 1]).copied() {
            if let Some(at) = way.iter().position(|id| *id == next) {
                let circle = way[at..].iter().chain([&next]).copied().collect::<Vec<_>>().join(" below ");
                let text = format!(
                    "Domains stand in a circle: {circle}. Give one of them another \"parent\", or none."
                );
                return Err(Error::invalid("parent", text));
            }
            way.push(next);
        }
    }
    Ok(())
}

/// Writes domains with the members that files give them.
pub(super) async fn domains(
    tx: &mut Tx,
    proof: &Authorized<Import>,
    files: Vec<Domain>,
    report: &mut ImportReport,
) -> Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    let held: BTreeMap<_, _> =
        store::domains(tx).await?.into_iter().map(|row| (row.id.clone(), row)).collect();
    refuse_circles(&held, &files)?;
    let mut members: BTreeMap<String, Vec<Member>> = BTreeMap::new();
    for member in people::members_ever(tx).await? {
        members.entry(member.domain.clone()).or_default().push(member);
    }
    let mut removals: BTreeMap<String, Vec<PersonId>> = BTreeMap::new();
    for (domain, person) in import::removals(tx).await? {
        removals.entry(domain).or_default().push(person);
    }
    let named = files.iter().flat_map(|domain| &domain.members).map(|member| member.email.as_str());
    let known = known(tx, named).await?;
    for domain in files {
        let row = DomainRow {
            id: domain.id.clone(),
            name: domain.name,
            parent: domain.parent,
            description: domain.description,
        };
        let mut in_file: Vec<(Person, Role)> = Vec::new();
        for member in &domain.members {
            match known.get(&member.email.to_lowercase()) {
                Some(person) => {
                    in_file.push((person.clone(), member.role.as_str().parse().map_err(Error::fault)?));
                }
                None => report.warnings.push(format!(
                    "domain {}: {} is in no people file and is left out",
                    domain.id, member.email
                )),
            }
        }
        let of_domain = members.remove(&domain.id).unwrap_or_default();
        let removed = removals.remove(&domain.id).unwrap_or_default();
        let Settled { by_files: wanted, kept } = settle(&domain.id, &in_file, &of_domain, &removed);
        report.kept.extend(kept);
        let is_left_out = |person: &&PersonId| in_file.iter().all(|(named, _)| named.id != **person);
        let left_out: Vec<PersonId> = removed.iter().filter(is_left_out).copied().collect();
        for person in &left_out {
            people::forget_removal(tx, &proof.allows(), &domain.id, *person).await?;
        }
        let mut now: Vec<(PersonId, Role)> = of_domain
            .iter()
            .filter(|member| member.is_from_file())
            .map(|member| (member.person, member.role))
            .collect();
        now.sort_unstable();
        let before = held.get(&domain.id);
        // From now on the file may name those again whom a page removed: a change as well, so it is recorded.
        let is_same = before.map(|before| *before == row && now == wanted && left_out.is_empty());
        if !report.note("domain", &domain.id, is_same) {
            continue;
        }
        let roles = privileges::of_members(&domain.id, &of_domain, &wanted);
        report.privileges.extend(roles.iter().map(privileges::of_role));
        report.roles.extend(roles);
        report.privileges.extend(privileges::of_domain(before, &row));
        store::put_domain(tx, proof, &row).await?;
        people::set_members(tx, proof, &domain.id, &wanted).await?;
        report.touched.insert(Touched::Domain(domain.id));
    }
    Ok(())
}
