//! The viewer's account, and domains with their members.

mod domain;
mod person;
mod person_field;

use chrono::{DateTime, Utc};
use lakeport_model::people::{Account, MOST_SESSIONS, TokenInfo, WHO_ADDS_MEMBERS};
use leptos::prelude::*;

use crate::api;
use crate::pages::audit::{token_cells, token_state};
use crate::pages::domain_href;
use crate::ui::{
    Badge, Column, Confirm, Empty, Fact, PageHead, RealTime, Table, Tone, counted, load, moment_words,
};

pub(crate) use domain::DomainPage;
pub(crate) use person::PersonPage;

/// Who one is here, and the ways out.
#[component]
pub(crate) fn AccountPage() -> impl IntoView {
    let account = Resource::new(|| (), |()| api::people::account());
    view! { <div class="page">{load(account, content)}</div> }
}

fn content(account: Account) -> AnyView {
    let viewer = account.viewer;
    let memberships = if viewer.memberships.is_empty() {
        let text =
            format!("You belong to no domain. {WHO_ADDS_MEMBERS} Open the domain to see who they are.");
        view! { <Empty text=text href="/catalog" action="Browse the catalog" /> }.into_any()
    } else {
        let rows = viewer.memberships.into_iter().map(|membership| {
            view! {
                <tr>
                    <th scope="row"><a class="link" href=domain_href(&membership.domain.id)>{membership.domain.name}</a></th>
                    <td data-label="Role">{membership.role.as_str()}</td>
                    <td data-label="What it means">{membership.role.meaning()}</td>
                </tr>
            }
        });
        let heads = ["Domain", "Role", "What it means"].map(Column::text).to_vec();
        view! { <Table caption="Your roles" columns=heads>{rows.collect_view()}</Table> }.into_any()
    };
    view! {
        <PageHead title="Account">
            {viewer.administrator.then(|| view! { <Badge tone=Tone::Accent text="Administrator" /> })}
        </PageHead>
        <div class="stack">
            <dl class="facts">
                <Fact label="Name">{viewer.name}</Fact>
                <Fact label="E-mail">{viewer.email}</Fact>
                {account.title.map(|title| view! { <Fact label="Work">{title}</Fact> })}
                <Fact label="Portal">
                    {if viewer.administrator {
                        "Administrator: sees the whole audit, makes and revokes tokens"
                    } else {
                        "No administrator"
                    }}
                </Fact>
            </dl>
            <RealTime what="Sessions and tokens" now=account.real_time />
            <h2>"Your roles"</h2>
            {memberships}
            <h2>"Service accounts you answer for"</h2>
            {tokens(account.tokens, viewer.administrator)}
            <h2>"Sessions"</h2>
            <p>{sessions(&account.sessions)}</p>
            <div class="cluster items-start">
                <form method="post" action="/auth/sign-out">
                    <button class="btn btn-sm" type="submit">"Sign out on this machine"</button>
                </form>
                <Confirm label="Sign out everywhere" consequence="Every session of yours ends, on this machine and on all others.">
                    <form method="post" action="/auth/sign-out-everywhere">
                        <button class="btn btn-sm btn-error" type="submit">"Sign out everywhere now"</button>
                    </form>
                </Confirm>
            </div>
        </div>
    }
    .into_any()
}

/// Where somebody is signed in, by the ends of the sessions, the newest first.
fn sessions(ends: &[DateTime<Utc>]) -> String {
    match ends {
        [] => "This session ends soon; sign in again afterwards.".to_owned(),
        [one] => format!("You are signed in here only. The session ends on {}.", moment_words(*one)),
        [newest, ..] => {
            let count = counted(i64::try_from(ends.len()).unwrap_or(i64::MAX), "session");
            let newest = moment_words(*newest);
            if ends.len() < MOST_SESSIONS as usize {
                format!("You have {count}; the newest ends on {newest}.")
            } else {
                format!(
                    "You have {count}, and the oldest ends with the next sign-in; the newest ends on {newest}."
                )
            }
        }
    }
}

fn tokens(tokens: Vec<TokenInfo>, administrator: bool) -> AnyView {
    if tokens.is_empty() {
        let text = if administrator {
            "You answer for no service account."
        } else {
            "You answer for no service account. Administrators make tokens and name who answers for them."
        };
        return view! { <p class="muted">{text}</p> }.into_any();
    }
    let heads = ["Service account", "May", "Ends", "Last used", "State"].map(Column::text).to_vec();
    let rows = tokens.into_iter().map(|token| {
        let (cells, state) = (token_cells(&token), token_state(&token, "/account"));
        view! {
            <tr>
                <th scope="row">{token.name}</th>
                {cells}
                <td data-label="State">{state}</td>
            </tr>
        }
    });
    view! { <Table caption="Service accounts you answer for" columns=heads>{rows.collect_view()}</Table> }
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_session_is_never_counted_as_several() {
        let end = DateTime::from_timestamp(1_809_162_720, 0).expect("a moment of 2027");
        assert!(sessions(&[]).starts_with("This session ends soon"));
        assert_eq!(
            sessions(&[end]),
            "You are signed in here only. The session ends on Sat, 1 May 2027, 09:12 UTC."
        );
        assert!(sessions(&[end; 3]).starts_with("You have 3 sessions; the newest ends on"));
        assert!(
            sessions(&[end; 50])
                .starts_with("You have 50 sessions, and the oldest ends with the next sign-in")
        );
    }
}
