//! Who belongs to a domain, and the owners and stewards who add, change and remove members.

use lakeport_model::people::{MemberLine, MemberSource, PersonHint, PersonRef, Role, RoleChange, Viewer};
use lakeport_model::{DomainId, Page, PageRequest, PersonId};
use serde_json::json;

use super::{Actor, Work, told};
use crate::access::Concerned;
use crate::catalog::{Snapshot, href};
use crate::notify::{self, Message};
use crate::pace::ROLES;
use crate::policy::{self, ManageMember};
use crate::store::Tx;
use crate::store::changes::{self, Touched};
use crate::store::people::{self as store, Member, Person};
use crate::{Call, Ctx, Error, Result, access, audit, text};

/// Most members in one part of the list.
const LONGEST_PAGE: u32 = 100;
/// Most people who are suggested, and fewest letters to suggest by.
const HINTS: i64 = 8;
const FEWEST_LETTERS: usize = 2;

fn action(
    snapshot: &Snapshot,
    domain: &str,
    person: PersonId,
    from: Option<Role>,
    to: Option<Role>,
) -> ManageMember {
    let other_owner = snapshot.members_with(domain, Role::Owner).any(|member| member.person != person);
    ManageMember { domain: DomainId(domain.to_owned()), person, from, to, other_owner }
}

/// Roles that the viewer may give somebody who has none in the domain yet.
pub(super) fn roles_to_give(snapshot: &Snapshot, viewer: &Viewer, domain: &str) -> Vec<Role> {
    let nobody = PersonId(uuid::Uuid::nil());
    let may =
        |role| policy::decide(viewer, &action(snapshot, domain, nobody, None, Some(role)).into()).allowed;
    Role::ALL.into_iter().filter(|role| may(*role)).collect()
}

/// True where the viewer is told addresses while they type a name, because they may add somebody to some domain.
pub(super) fn is_told_addresses(snapshot: &Snapshot, viewer: &Viewer) -> bool {
    let own = viewer.memberships.iter().map(|membership| membership.domain.id.as_str());
    // Whoever may add somebody to a domain of no name may do so everywhere: the administrators.
    own.chain([""]).any(|domain| !roles_to_give(snapshot, viewer, domain).is_empty())
}

/// A part of a domain's members, by name, with what the viewer may do about each.
pub(super) async fn list(
    tx: &mut Tx,
    snapshot: &Snapshot,
    viewer: &Viewer,
    domain: &str,
    request: PageRequest,
) -> Result<Page<MemberLine>> {
    let incomplete = || Error::invalid("after", "This page link is not complete.");
    let after = match &request.after {
        Some(id) => {
            let id = id.parse().map_err(|_| incomplete())?;
            Some(store::by_id(tx, id).await?.ok_or_else(incomplete)?)
        }
        None => None,
    };
    let limit = request.limit.clamp(1, LONGEST_PAGE);
    let members = store::members_after(tx, domain, after.as_ref(), i64::from(limit) + 1).await?;
    let page = Page::cut(members, limit, |member| member.person.to_string());
    let sees_addresses = !roles_to_give(snapshot, viewer, domain).is_empty();
    let items = page.items.into_iter().map(|member| {
        let Member { person, role, .. } = member;
        let may =
            |to| policy::decide(viewer, &action(snapshot, domain, person, Some(role), to).into()).allowed;
        MemberLine {
            role,
            from_file: member.is_from_file(),
            may_become: Role::ALL.into_iter().filter(|to| *to != role && may(Some(*to))).collect(),
            may_remove: may(None),
            email: sees_addresses.then_some(member.email),
            person: PersonRef { id: person, name: member.name },
        }
    });
    Ok(Page { items: items.collect(), next: page.next })
}

/// People to suggest while a name or an address is typed, for those who may add members to the domain.
pub async fn find_people(call: &Call, domain: &DomainId, typed: &str) -> Result<Vec<PersonHint>> {
    let Call { ctx, viewer, .. } = call;
    let snapshot = call.snapshot();
    known(&snapshot, domain)?;
    let nobody = PersonId(uuid::Uuid::nil());
    policy::authorize(viewer, action(&snapshot, domain.as_str(), nobody, None, Some(Role::Member)))?;
    let typed = text::text("who", "the name", typed, text::SHORT)?;
    if typed.chars().count() < FEWEST_LETTERS {
        return Ok(Vec::new());
    }
    let mut tx = ctx.db.read().await?;
    let found = store::beginning_with(&mut tx, &typed.to_lowercase(), HINTS).await?;
    Ok(found.into_iter().map(|person| PersonHint { name: person.name, email: person.email }).collect())
}

fn known<'a>(snapshot: &'a Snapshot, domain: &DomainId) -> Result<&'a crate::catalog::Domain> {
    snapshot.domains.get(domain.as_str()).ok_or_else(|| Error::not_found("domain"))
}

/// Gives somebody a role in a domain, as a new member or instead of the one held, and answers what changed. `who` is an
/// e-mail address, a name or an id.
///
/// # Errors
/// Refused where the address or name is nobody's or several people's, and where the rules say no.
pub async fn put_member(call: &Call, domain: &DomainId, who: &str, role: Role) -> Result<RoleChange> {
    let done = put(call, domain, who, role).await;
    call.noted("member.put.refused", format!("domain {domain}"), done).await
}

async fn put(call: &Call, domain: &DomainId, who: &str, role: Role) -> Result<RoleChange> {
    let ctx = &call.ctx;
    let missing = "Write the e-mail address or the name of the person.";
    let who = text::required("who", "the name", who, text::SHORT, missing)?;
    let (mut tx, viewer) = call.change().await?;
    let viewer = &viewer;
    let snapshot = ctx.snapshot_in(&mut tx).await?;
    let name = known(&snapshot, domain)?.name.clone();
    // Whoever may add nobody does not learn here who is known.
    let nobody = PersonId(uuid::Uuid::nil());
    policy::authorize(viewer, action(&snapshot, domain.as_str(), nobody, None, Some(Role::Member)))?;
    let person = one_person(&mut tx, who).await?;
    let held = store::member(&mut tx, domain.as_str(), person.id).await?;
    let before = held.as_ref().map(|held| held.role);
    let about = person.id;
    let proof = policy::authorize(viewer, action(&snapshot, domain.as_str(), about, before, Some(role)))?;
    if before == Some(role) {
        let (who, role) = (person.name, role.with_article());
        return Err(Error::invalid("who", format!("{who} is {role} of {name} already.")));
    }
    keep_pace(&mut tx, viewer).await?;
    store::put_member(&mut tx, &proof, domain.as_str(), person.id, role, MemberSource::Page).await?;
    store::forget_removal(&mut tx, &proof, domain.as_str(), person.id).await?;
    let change = RoleChange { person: person.name, domain: name, before, after: Some(role) };
    let made = format!("{} made you {}", viewer.name, role.with_article());
    let was = before.map(|before| format!("Before, you were {}", before.with_article()));
    let says = std::iter::once(made).chain(was).collect();
    tell_and_note(&mut tx, ctx, viewer, proof.rule(), (domain, about), &change, says).await?;
    tell_the_others(&mut tx, ctx, viewer, &snapshot, (domain, about), &change).await?;
    let (after, now) = (ctx.snapshot_in(&mut tx).await?, tx.now());
    access::roles_changed(&mut tx, ctx, now, (&snapshot, &after), &Concerned::Everything).await?;
    tx.commit().await?;
    Ok(change)
}

/// Takes somebody's role in a domain, and answers what changed.
///
/// # Errors
/// Refused where the rules say no, and where the person is no member.
pub async fn remove_member(call: &Call, domain: &DomainId, person: PersonId) -> Result<RoleChange> {
    let done = remove(call, domain, person).await;
    call.noted("member.remove.refused", format!("domain {domain}"), done).await
}

async fn remove(call: &Call, domain: &DomainId, person: PersonId) -> Result<RoleChange> {
    let ctx = &call.ctx;
    let (mut tx, viewer) = call.change().await?;
    let viewer = &viewer;
    let snapshot = ctx.snapshot_in(&mut tx).await?;
    let name = known(&snapshot, domain)?.name.clone();
    let held = store::member(&mut tx, domain.as_str(), person).await?;
    let before = held.as_ref().map(|held| held.role);
    let proof = policy::authorize(viewer, action(&snapshot, domain.as_str(), person, before, None))?;
    let Some(held) = held else {
        return Err(Error::conflict(format!("This person does not belong to {name}; nothing was changed.")));
    };
    keep_pace(&mut tx, viewer).await?;
    store::remove_member(&mut tx, &proof, domain.as_str(), person).await?;
    // A file may still name the person; the next import is not to undo what was done here.
    store::remember_removal(&mut tx, &proof, domain.as_str(), person).await?;
    let change = RoleChange { person: held.name, domain: name, before, after: None };
    let says = vec![
        format!("{} removed you, and you belong to it no more", viewer.name),
        "Access that you were granted yourself goes on".to_owned(),
    ];
    tell_and_note(&mut tx, ctx, viewer, proof.rule(), (domain, person), &change, says).await?;
    tell_the_others(&mut tx, ctx, viewer, &snapshot, (domain, person), &change).await?;
    let (after, now) = (ctx.snapshot_in(&mut tx).await?, tx.now());
    access::roles_changed(&mut tx, ctx, now, (&snapshot, &after), &Concerned::Everything).await?;
    tx.commit().await?;
    Ok(change)
}

/// Tells the others who hear of a role.
async fn tell_the_others(
    tx: &mut Tx,
    ctx: &Ctx,
    viewer: &Viewer,
    snapshot: &Snapshot,
    (domain, person): (&DomainId, PersonId),
    change: &RoleChange,
) -> Result<()> {
    let others = told::the_others(snapshot, domain.as_str(), person, Some(viewer.id));
    let was = change.before.filter(|_| change.after.is_some());
    let was = was.map(|before| format!("Before, {} was {}", change.person, before.with_article()));
    let did = format!("{} did this", viewer.name);
    let says: Vec<String> = std::iter::once(did).chain(was).collect();
    let message = Message::new(change.in_words(), says, href::domain(domain.as_str()));
    let about = format!("domain {domain} person {person}");
    notify::tell_about(tx, ctx, &others, &about, &message).await
}

/// Refuses what goes past the pace: each change tells several people.
async fn keep_pace(tx: &mut Work<'_>, viewer: &Viewer) -> Result<()> {
    let (actor, now) = (Actor::Viewer(viewer.clone()), tx.now());
    audit::keep_pace(tx, &actor, &["member.add", "member.change", "member.remove"], ROLES, now).await
}

/// Tells the person, unless it is the viewer, and records the change of the role.
async fn tell_and_note(
    tx: &mut Work<'_>,
    ctx: &Ctx,
    viewer: &Viewer,
    rule: &str,
    (domain, person): (&DomainId, PersonId),
    change: &RoleChange,
    says: Vec<String>,
) -> Result<()> {
    if person != viewer.id {
        let message = Message::new(change.to_the_person(), says, href::domain(domain.as_str()));
        notify::tell(tx, ctx, &[person], &message).await?;
    }
    let now = tx.now();
    changes::touch(tx, [Touched::Domain(domain.as_str().to_owned())], now).await?;
    let action = told::action(change.before, change.after);
    let detail = json!({ "person": person, "before": change.before, "after": change.after });
    tx.record(action, format!("domain {domain}"), rule, detail).await
}

/// The one person meant by an id, an address or a name.
async fn one_person(tx: &mut Tx, who: &str) -> Result<Person> {
    let found = match who.parse() {
        Ok(id) => store::by_id(tx, id).await?.into_iter().collect(),
        Err(_) if who.contains('@') => store::by_email(tx, &who.to_lowercase()).await?.into_iter().collect(),
        Err(_) => store::called(tx, who, HINTS).await?,
    };
    let mut found: Vec<Person> =
        found.into_iter().filter(|person| !person.is_service() && person.disabled_at.is_none()).collect();
    match found.len() {
        0 => Err(Error::invalid(
            "who",
            format!(
                "Nobody here is known as \"{who}\". Check the e-mail address; whoever has signed in once, or stands in a \
                 people file, can be added."
            ),
        )),
        1 => Ok(found.remove(0)),
        _ => {
            let addresses: Vec<&str> = found.iter().map(|person| person.email.as_str()).collect();
            Err(Error::invalid(
                "who",
                format!(
                    "Several people are called \"{who}\". Write the address of the one you mean: {}.",
                    addresses.join(", ")
                ),
            ))
        }
    }
}

/// What an import does about a domain's members.
pub(crate) struct Settled {
    /// Roles as files say them.
    pub(crate) by_files: Vec<(PersonId, Role)>,
    /// What stays as somebody wanted it on the domain's page, as sentences.
    pub(crate) kept: Vec<String>,
}

/// What files say about a domain, with what people did on its page: the page counts until the file agrees with it.
pub(crate) fn settle(
    domain: &str,
    in_file: &[(Person, Role)],
    held: &[Member],
    removed: &[PersonId],
) -> Settled {
    let mut settled = Settled { by_files: Vec::new(), kept: Vec::new() };
    for (person, role) in in_file {
        let on_page = held.iter().find(|member| member.person == person.id && !member.is_from_file());
        let on_page = on_page.map(|held| held.role).filter(|held| held != role);
        if removed.contains(&person.id) {
            settled.kept.push(format!(
                "domain {domain}: {} was removed on its page and stays out, though the file names them {role}",
                person.email
            ));
        } else if let Some(held) = on_page {
            settled.kept.push(format!(
                "domain {domain}: {} stays {held} as set on its page, though the file says {role}",
                person.email
            ));
        } else {
            settled.by_files.push((person.id, *role));
        }
    }
    let named = |member: &Member| in_file.iter().any(|(person, _)| person.id == member.person);
    for member in held.iter().filter(|member| !member.is_from_file() && !named(member)) {
        settled
            .kept
            .push(format!("domain {domain}: {} stays {} as added on its page", member.email, member.role));
    }
    settled.by_files.sort_unstable();
    settled
}
