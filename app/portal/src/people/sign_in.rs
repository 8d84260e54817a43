//! Who somebody is after the issuer said so.

use lakeport_model::{PersonId, stored_day};
use serde_json::json;

use super::{Actor, administrators};
use crate::audit::{self, Entry};
use crate::policy::rules::SignIn;
use crate::store::changes::{self, Touched};
use crate::store::people as store;
use crate::{Ctx, Error, Result, new_id, text};

/// What a verified ID token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The pinned issuer.
    pub issuer: String,
    /// The issuer's id of the person.
    pub subject: String,
    /// E-mail address.
    pub email: String,
    /// The issuer has verified the address.
    pub email_verified: bool,
    /// Name to show.
    pub name: String,
    /// Hosted domain (Google Workspace).
    pub hd: Option<String>,
}

/// Finds or registers the person. Identity is (issuer, subject); somebody pre-registered by e-mail is linked
/// once, and only while the address is verified under the required hosted domain.
///
/// # Errors
/// Refused when the address is not verified, the hosted domain is another, or the address belongs to somebody
/// who is linked to another identity.
pub async fn sign_in(ctx: &Ctx, identity: &Identity) -> Result<PersonId> {
    if !identity.email_verified {
        return Err(Error::forbidden("Your sign-in service has not verified your e-mail address."));
    }
    if let Some(required) = &ctx.settings.required_hd
        && identity.hd.as_deref() != Some(required)
    {
        return Err(Error::forbidden(format!(
            "Sign in with your {required} account; other accounts have no access."
        )));
    }
    let email = identity.email.to_lowercase();
    if text::hidden(&email).is_some() {
        return Err(Error::forbidden(
            "Your sign-in service sends an e-mail address with marks that are not seen. Have the address there mended.",
        ));
    }
    let name = shown_name(&identity.name, &email);
    let mut tx = ctx.db.write().await?;
    let (id, how) = match store::by_identity(&mut tx, &identity.issuer, &identity.subject).await? {
        Some(person) => {
            refuse_disabled(&person)?;
            if person.name != name {
                store::rename(&mut tx, &SignIn::Known.proof(), person.id, &name).await?;
                changes::touch(&mut tx, [Touched::Person(person.id)], ctx.now()).await?;
            }
            (person.id, SignIn::Known)
        }
        None => match store::by_email(&mut tx, &email).await? {
            Some(person) if person.issuer.is_none() && !person.is_service() => {
                refuse_disabled(&person)?;
                store::link(&mut tx, &SignIn::Linked.proof(), person.id, &identity.issuer, &identity.subject)
                    .await?;
                (person.id, SignIn::Linked)
            }
            Some(_) => {
                return Err(Error::forbidden(
                    "Your e-mail address belongs to somebody who signed in with another account. Ask an \
                     administrator to have the two looked at.",
                ));
            }
            None => {
                let person = store::Person {
                    issuer: Some(identity.issuer.clone()),
                    subject: Some(identity.subject.clone()),
                    ..store::Person::new(PersonId(new_id(ctx.now())), email, name)
                };
                store::insert(&mut tx, &SignIn::Registered.proof().allows(), &person, ctx.now()).await?;
                changes::touch(&mut tx, [Touched::Person(person.id)], ctx.now()).await?;
                (person.id, SignIn::Registered)
            }
        },
    };
    let person = store::by_id(&mut tx, id).await?.ok_or_else(|| Error::not_found("person"))?;
    administrators::settle(&mut tx, ctx, &person).await?;
    let actor = Actor::Viewer(super::as_viewer(&mut tx, person).await?);
    let entry = Entry {
        actor: &actor,
        action: "person.sign_in",
        subject: format!("person {id}"),
        rule: how.name(),
        detail: json!({ "issuer": identity.issuer }),
    };
    audit::record(&mut tx, ctx, entry).await?;
    tx.commit().await?;
    Ok(id)
}

/// The name that the issuer sent; where nobody would see any of it, the one in the address.
fn shown_name(sent: &str, email: &str) -> String {
    let names = [text::name(sent), text::name(email.split('@').next().unwrap_or_default())];
    names.into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| email.to_owned())
}

fn refuse_disabled(person: &store::Person) -> Result<()> {
    match person.disabled_at {
        None => Ok(()),
        Some(since) => Err(Error::forbidden(format!(
            "Your account was disabled on {}. Ask an administrator of the portal if you need it again.",
            stored_day(since.date_naive())
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::shown_name;

    #[test]
    fn nobody_is_ever_without_a_name() {
        let email = "eva.lang@nordkauf.example";
        assert_eq!(shown_name("Eva\u{ad} Lang\r\n", email), "Eva Lang");
        for unseen in ["", "  ", "\u{200b}\u{202e}", "\u{200d}\u{fe0f}", "\u{3164}\u{2800}", "\u{1b}\0"] {
            assert_eq!(shown_name(unseen, email), "eva.lang", "{unseen:?}");
        }
        assert_eq!(shown_name("", "@nordkauf.example"), "@nordkauf.example");
    }
}
