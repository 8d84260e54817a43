//! The viewer's account, and domains with their members.

mod domain;
mod person_field;

use lakeport_model::people::Shell;
use leptos::prelude::*;

use crate::api;
use crate::pages::domain_href;
use crate::ui::{Badge, Column, Confirm, Empty, Fact, PageHead, Table, Tone, load};

pub(crate) use domain::DomainPage;

/// Who one is here, and the ways out.
#[component]
pub(crate) fn AccountPage() -> impl IntoView {
    let shell = Resource::new(|| (), |()| api::people::shell());
    view! { <div class="page">{load(shell, content)}</div> }
}

fn content(shell: Shell) -> AnyView {
    let viewer = shell.viewer;
    let memberships = if viewer.memberships.is_empty() {
        let text = "You belong to no domain. The owners and stewards of each add its members: open the domain to see who they are.";
        view! { <Empty text=text href="/catalog" action="Browse the catalog" /> }.into_any()
    } else {
        let rows = viewer.memberships.into_iter().map(|membership| {
            let meaning = match membership.role {
                lakeport_model::people::Role::Owner => "Decides requests and reviews access to the domain's data",
                lakeport_model::people::Role::Steward => "Looks after rules and quality; second approver of restricted data",
                lakeport_model::people::Role::Member => "Reads the domain's data as its policy says",
            };
            view! {
                <tr>
                    <th scope="row"><a class="link" href=domain_href(&membership.domain.id)>{membership.domain.name}</a></th>
                    <td data-label="Role">{membership.role.as_str()}</td>
                    <td data-label="What it means">{meaning}</td>
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
            </dl>
            <h2>"Your roles"</h2>
            {memberships}
            <h2>"Leave"</h2>
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
