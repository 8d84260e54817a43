//! A person: where they belong, and what they answer for.

use lakeport_model::First;
use lakeport_model::people::{AnsweredProduct, Membership, PersonPage as Page};
use leptos::prelude::*;

use crate::api;
use crate::pages::{domain_href, page_id, product_href};
use crate::ui::{Badge, Column, Fact, Notice, PageHead, Table, Tone, cut, load};

/// A person's page.
#[component]
pub(crate) fn PersonPage() -> impl IntoView {
    let id = page_id();
    let person = Resource::new(move || id.get(), api::people::person);
    view! { <div class="page">{load(person, content)}</div> }
}

fn content(page: Page) -> AnyView {
    let Page { person, title, email, has_left, memberships, answers_for, unread, is_viewer } = page;
    let left = has_left.then(|| {
        let words = format!("{} has left: the account is closed, and all roles with it.", person.name);
        view! { <Notice tone=Tone::Warn><p>{words}</p></Notice> }
    });
    let badge = has_left.then(|| view! { <Badge tone=Tone::Warn text="has left" /> });
    let own = is_viewer.then(|| view! { <a class="btn btn-sm" href="/account">"Your account"</a> });
    let body = (!has_left).then(|| view! { {roles(memberships)} {products(answers_for, unread)} });
    let facts = (title.is_some() || email.is_some()).then(|| {
        view! {
            <dl class="facts">
                {title.map(|title| view! { <Fact label="Work">{title}</Fact> })}
                {email.map(|email| view! { <Fact label="E-mail">{email}</Fact> })}
            </dl>
        }
    });
    view! {
        <PageHead title=person.name>
            {badge}
            <div class="page-actions">{own}</div>
        </PageHead>
        <div class="with-facts">
            <div class="stack min-w-0">
                {left}
                {body}
            </div>
            {facts}
        </div>
    }
    .into_any()
}

fn roles(memberships: Vec<Membership>) -> AnyView {
    let list = if memberships.is_empty() {
        view! { <p class="muted">"They belong to no domain."</p> }.into_any()
    } else {
        let heads = ["Domain", "Role"].map(Column::text).to_vec();
        let rows = memberships.into_iter().map(|Membership { domain, role }| {
            view! {
                <tr>
                    <th scope="row"><a class="link" href=domain_href(&domain.id)>{domain.name}</a></th>
                    <td data-label="Role">{role.as_str()}</td>
                </tr>
            }
        });
        let rows = rows.collect_view();
        view! { <Table caption="Domains and roles" columns=heads>{rows}</Table> }.into_any()
    };
    view! {
        <section class="stack" aria-labelledby="domains">
            <h2 id="domains">"Domains"</h2>
            {list}
        </section>
    }
    .into_any()
}

/// What they answer for; nothing where there is none that the viewer sees.
fn products(products: First<AnsweredProduct>, unread: Vec<String>) -> Option<AnyView> {
    if products.items.is_empty() && unread.is_empty() {
        return None;
    }
    let rest = cut(products.items.len(), Some(products.of), "first");
    let rest = rest.map(
        |words| view! { <p class="muted">{words}" Each domain's page leads to all of its products."</p> },
    );
    let unread = unread.into_iter().map(|said| view! { <Notice tone=Tone::Warn><p>{said}</p></Notice> });
    let unread = unread.collect_view();
    let links = products.items.into_iter().map(|AnsweredProduct { id, name, domain }| {
        view! {
            <li>
                <a class="link" href=product_href(&id)>{name}</a>
                {format!(" of {}", domain.name)}
            </li>
        }
    });
    let links = links.collect_view();
    let section = view! {
        <section class="stack" aria-labelledby="products">
            <h2 id="products">"Data products to ask about"</h2>
            {unread}
            <ul class="stack">{links}</ul>
            {rest}
        </section>
    };
    Some(section.into_any())
}
