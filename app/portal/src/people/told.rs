//! Who hears of a role in a domain that somebody was given or lost, on its page or by a file: a role can open data to
//! somebody at once, and nobody does that alone and unseen.

use std::collections::BTreeMap;

use lakeport_model::PersonId;
use lakeport_model::people::{Role, RoleChange};

use crate::catalog::{Snapshot, href};
use crate::notify::{self, Message};
use crate::store::{Tx, people as store};
use crate::{Ctx, Result};

/// Roles that a message tells one by one.
const TOLD_ROLES: usize = 12;

/// A role that a file gave, changed or took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileRole {
    /// The domain.
    pub(crate) domain: String,
    /// Whose role it is.
    pub(crate) person: PersonId,
    /// The role until then.
    pub(crate) before: Option<Role>,
    /// The role since then.
    pub(crate) after: Option<Role>,
}

/// What the audit calls a change of a role.
pub(crate) fn action(before: Option<Role>, after: Option<Role>) -> &'static str {
    match (before, after) {
        (_, None) => "member.remove",
        (None, Some(_)) => "member.add",
        (Some(_), Some(_)) => "member.change",
    }
}

/// The others who answer for a domain's data, where there are none those of its parent: all but the person and whoever
/// did it.
pub(super) fn the_others(
    snapshot: &Snapshot,
    domain: &str,
    person: PersonId,
    by: Option<PersonId>,
) -> Vec<PersonId> {
    let answering = |domain: &str| -> Vec<PersonId> {
        let roles = [Role::Owner, Role::Steward].into_iter();
        let answer = roles.flat_map(|role| snapshot.members_with(domain, role));
        let others = answer.map(|member| member.person);
        others.filter(|other| *other != person && Some(*other) != by).collect()
    };
    let others = answering(domain);
    let parent = snapshot.domains.get(domain).and_then(|domain| domain.parent.as_deref());
    if others.is_empty() { parent.map(answering).unwrap_or_default() } else { others }
}

/// Tells of the roles that an import set everybody who would hear of each if it were set by hand, in one message however
/// many there are. A domain that came with the import had nobody before whom its roles would concern.
pub(crate) async fn tell_of_files(
    tx: &mut Tx,
    ctx: &Ctx,
    before: &Snapshot,
    roles: &[FileRole],
) -> Result<()> {
    let names = store::names(tx).await?;
    let mut news: BTreeMap<PersonId, Vec<(&str, String)>> = BTreeMap::new();
    for role in roles {
        let Some(domain) = before.domains.get(&role.domain) else { continue };
        let change = RoleChange {
            person: names.of(role.person),
            domain: domain.name.clone(),
            before: role.before,
            after: role.after,
        };
        let person = role.person;
        news.entry(person).or_default().push((&role.domain, change.to_the_person()));
        for other in the_others(before, &role.domain, person, None) {
            news.entry(other).or_default().push((&role.domain, change.in_words()));
        }
    }
    for (person, said) in news {
        notify::tell(tx, ctx, &[person], &message(&said)).await?;
    }
    Ok(())
}

/// What one person is told of an import: one role as if it were set by hand, several as a list.
fn message(said: &[(&str, String)]) -> Message {
    const FROM_FILES: &str = "The files that were imported say so";
    let href = href::domain(said[0].0);
    if let [(_, role)] = said {
        return Message::new(role, [FROM_FILES], href);
    }
    let more = said.len().saturating_sub(TOLD_ROLES);
    let mut says: Vec<String> = said.iter().take(TOLD_ROLES).map(|(_, role)| role.clone()).collect();
    if more > 0 {
        says.push(format!("And {more} more, on the pages of the domains"));
    }
    says.push(FROM_FILES.to_owned());
    Message::new(format!("{} roles that concern you changed", said.len()), says, href)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_about_many_roles_never_grows_without_end() {
        let said: Vec<(&str, String)> =
            (0..500).map(|number| ("sales", format!("Person {number} is now a member of Sales"))).collect();
        let told = message(&said);
        assert_eq!((told.title(), told.href()), ("500 roles that concern you changed", "/domains/sales"));
        assert_eq!(told.body().lines().count(), TOLD_ROLES + 2, "{}", told.body());
        assert!(told.body().contains("And 488 more, on the pages of the domains."), "{}", told.body());
        assert_eq!(message(&said[..1]).title(), "Person 0 is now a member of Sales");
    }

    #[test]
    fn a_message_about_a_role_never_leads_nowhere() {
        let said = [("r&d", "Person 0 is now a member of R&D".to_owned())];
        assert_eq!(message(&said).href(), "/domains/r%26d");
    }
}
