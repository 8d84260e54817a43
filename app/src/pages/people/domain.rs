//! A domain: what it has, who answers for it, and who belongs to it.

use lakeport_model::PageRequest;
use lakeport_model::documents::TextKind;
use lakeport_model::follow::Followable;
use lakeport_model::people::{
    DomainPage as Domain, DomainRef, MemberLine, PersonRef, Role, WHO_ADDS_MEMBERS,
};
use leptos::prelude::*;

use super::person_field::PersonField;
use crate::api;
use crate::pages::assets::{assets_of_href, new_asset_href};
use crate::pages::documents::new_href;
use crate::pages::follow::follow_button;
use crate::pages::glossary::{new_term_href, terms_of_href};
use crate::pages::health::health_href;
use crate::pages::{crumb, domain_href, page_id, page_query, people_links, person_href};
use crate::query::Query;
use crate::ui::{
    Column, Confirm, Fact, Field, Form, FormState, Hidden, Notice, PageHead, Paragraphs, Table, Tone,
    counted, load, number,
};

/// Name of the address's part that says from where on the members are shown.
const AFTER: &str = "members";

/// A domain's page.
#[component]
pub(crate) fn DomainPage() -> impl IntoView {
    let (id, query) = (page_id(), page_query());
    let domain = Resource::new(
        move || (id.get(), Query::parse(&query.get()).get(AFTER).map(ToOwned::to_owned)),
        |(id, after)| api::people::domain(id, PageRequest { after, ..PageRequest::default() }),
    );
    view! { <div class="page">{load(domain, content)}</div> }
}

fn content(domain: Domain) -> AnyView {
    let (offers, members, facts) = (offers(&domain), members(&domain), facts(&domain));
    let back = domain_href(&domain.id);
    let follow = follow_button(Followable::Domain, domain.id.as_str(), Some(domain.follows), back);
    let health = domain.sees_health.then(|| {
        view! { <a class="btn btn-sm" href=health_href(&domain.id)>"Health"</a> }
    });
    let write = domain.may_publish.then(|| {
        view! {
            <a class="btn btn-sm" href=new_href(TextKind::Product, &domain.id)>"New product"</a>
            <a class="btn btn-sm" href=new_href(TextKind::Contract, &domain.id)>"New contract"</a>
            <a class="btn btn-sm" href=new_href(TextKind::Dashboard, &domain.id)>"New dashboard"</a>
            <a class="btn btn-sm" href=new_asset_href(&domain.id)>"New table or other asset"</a>
            <a class="btn btn-sm" href=new_term_href(&domain.id)>"New term"</a>
        }
    });
    view! {
        <PageHead title=domain.name crumbs=vec![crumb("Catalog", "/catalog")]>
            <div class="page-actions">{follow}{health}{write}</div>
        </PageHead>
        <div class="with-facts">
            <div class="stack min-w-0">
                <Paragraphs text=domain.description />
                {offers}
                {members}
            </div>
            {facts}
        </div>
    }
    .into_any()
}

/// What the domain has, with the way to all of it.
fn offers(domain: &Domain) -> AnyView {
    let search = |query: Query| query.and("domain", &domain.id).to("/catalog");
    let products = if domain.products.is_empty() {
        let none = || view! { <p class="muted">"It offers no data product that you may see."</p> };
        domain.unread.is_none().then(none).into_any()
    } else {
        let links = domain.products.iter().cloned();
        let links = links.map(|(name, href)| view! { <li><a class="link" href=href>{name}</a></li> });
        view! { <ul class="stack">{links.collect_view()}</ul> }.into_any()
    };
    let unread = domain.unread.clone().map(|said| view! { <Notice tone=Tone::Warn><p>{said}</p></Notice> });
    let shown = u32::try_from(domain.products.len()).unwrap_or(u32::MAX);
    let more = (domain.product_count > shown).then(|| {
        let href = search(Query::default().and("kind", "product"));
        view! { <p><a class="link" href=href>"All "{counted(domain.product_count, "product")}</a></p> }
    });
    let entries = (domain.entry_count > 0).then(|| {
        view! {
            <p>
                <a class="link" href=search(Query::default())>
                    {entries_words(domain.entry_count)}
                </a>
            </p>
        }
    });
    view! {
        <section class="stack" aria-labelledby="products">
            <h2 id="products">"Data products"</h2>
            {unread}
            {products}
            {more}
            {entries}
            <p><a class="link" href=assets_of_href(&domain.id)>"All assets"</a></p>
            <p><a class="link" href=terms_of_href(&domain.id)>"Its terms in the glossary"</a></p>
        </section>
    }
    .into_any()
}

/// What the search shows of the domain.
fn entries_words(count: u32) -> String {
    if count == 1 {
        "Its 1 entry in the catalog".to_owned()
    } else {
        format!("All {} entries in the catalog", number(count))
    }
}

fn facts(domain: &Domain) -> AnyView {
    let names = |people: &[PersonRef]| match people {
        [] => "Nobody".into_any(),
        people => people_links(people),
    };
    let link = |domain: DomainRef| view! { <a class="link" href=domain_href(&domain.id)>{domain.name}</a> };
    let below = (!domain.children.is_empty()).then(|| {
        let links =
            domain.children.iter().cloned().map(|child| view! { <li>{link(child)}</li> }).collect_view();
        view! { <Fact label="Domains below it"><ul>{links}</ul></Fact> }
    });
    let (owners, stewards) = (names(&domain.owners), names(&domain.stewards));
    view! {
        <dl class="facts">
            <Fact label="Owner">{owners}</Fact>
            <Fact label="Steward">{stewards}</Fact>
            {domain.parent.clone().map(|parent| view! { <Fact label="Part of">{link(parent)}</Fact> })}
            {below}
        </dl>
    }
    .into_any()
}

fn members(domain: &Domain) -> AnyView {
    let manages = !domain.roles.is_empty();
    let list = if domain.members.items.is_empty() {
        view! { <p class="muted">"Nobody belongs to it yet."</p> }.into_any()
    } else {
        let heads: &[&str] =
            if manages { &["Name", "Role", "Set by", "Change"] } else { &["Name", "Role", "Set by"] };
        let heads = heads.iter().map(|head| Column::text(*head)).collect();
        let rows = domain.members.items.iter().cloned().map(|line| row(domain, line, manages)).collect_view();
        view! { <Table caption="Members" columns=heads>{rows}</Table> }.into_any()
    };
    let next = domain.members.next.clone().map(|after| {
        let href = format!("{}#members", Query::default().and(AFTER, after).to(&domain_href(&domain.id)));
        view! { <nav class="pager" aria-label="Pages of members"><a class="btn btn-sm" href=href>"More members"</a></nav> }
    });
    let who = (!manages).then(|| {
        view! { <p class="muted">{WHO_ADDS_MEMBERS}</p> }
    });
    view! {
        <section class="stack" aria-labelledby="members">
            <h2 id="members">"Members"</h2>
            {who}
            {list}
            {next}
            {manages.then(|| add(domain))}
        </section>
    }
    .into_any()
}

fn row(domain: &Domain, line: MemberLine, manages: bool) -> AnyView {
    let change = manages.then(|| match (change_role(domain, &line), remove(domain, &line)) {
        (None, None) => view! { <td></td> }.into_any(),
        (role, end) => {
            view! { <td data-label="Change"><div class="cluster items-start">{role}{end}</div></td> }
                .into_any()
        }
    });
    let set_by = if line.from_file { "the domain's file" } else { "this page" };
    view! {
        <tr>
            <th scope="row">
                <p><a class="link" href=person_href(line.person.id)>{line.person.name}</a></p>
                {line.email.map(|email| view! { <p class="muted">{email}</p> })}
            </th>
            <td data-label="Role">{line.role.as_str()}</td>
            <td data-label="Set by" class="whitespace-nowrap">{set_by}</td>
            {change}
        </tr>
    }
    .into_any()
}

fn change_role(domain: &Domain, line: &MemberLine) -> Option<AnyView> {
    if line.may_become.is_empty() {
        return None;
    }
    let (id, person) = (domain.id.to_string(), line.person.id.to_string());
    let label = format!("New role of {}", line.person.name);
    let button = format!("Change the role of {} now", line.person.name);
    let consequence = format!("The new role counts at once. {}", meaning(&line.may_become));
    let form = FormState::of(&["/fn/put_member"]).about("who", &person);
    // It starts at the role held: nobody gets another by a press alone.
    let chosen = form.typed("role", line.role.as_str());
    let roles = Role::ALL.into_iter().filter(|role| *role == line.role || line.may_become.contains(role));
    let roles = options(&roles.collect::<Vec<_>>(), Some(&chosen));
    let was_refused = form.was_refused();
    Some(
        view! {
            <Confirm label="Change the role" consequence=consequence open=was_refused>
                <Form action="/fn/put_member" class="stack">
                    <Hidden name="domain" value=id />
                    <Hidden name="who" value=person />
                    <select class="select select-sm w-auto" name="role" aria-label=label autofocus=was_refused>
                        {roles}
                    </select>
                    <button class="btn btn-sm btn-primary h-auto min-h-8 max-w-full wrap-anywhere" type="submit">
                        {button}
                    </button>
                </Form>
            </Confirm>
        }
        .into_any(),
    )
}

fn remove(domain: &Domain, line: &MemberLine) -> Option<AnyView> {
    if !line.may_remove {
        return None;
    }
    let consequence = format!(
        "{} no longer belongs to {}: what its members read without a grant is closed at once. Grants are kept.",
        line.person.name, domain.name
    );
    let (id, person) = (domain.id.to_string(), line.person.id.to_string());
    let button = format!("Remove {} now", line.person.name);
    let form = FormState::of(&["/fn/remove_member"]).about("person", &person);
    Some(
        view! {
            <Confirm label="Remove" consequence=consequence open=form.was_refused()>
                <Form action="/fn/remove_member">
                    <Hidden name="domain" value=id />
                    <Hidden name="person" value=person />
                    <button class="btn btn-sm btn-error h-auto min-h-8 max-w-full wrap-anywhere" type="submit">
                        {button}
                    </button>
                </Form>
            </Confirm>
        }
        .into_any(),
    )
}

fn options(roles: &[Role], chosen: Option<&str>) -> AnyView {
    let option = |role: &Role| {
        let role = role.as_str();
        view! { <option value=role selected=chosen == Some(role)>{role}</option> }
    };
    roles.iter().map(option).collect_view().into_any()
}

/// What adding somebody means, whichever role is chosen.
const AT_ONCE: &str = "The role counts at once, and whoever is added is told.";

fn add(domain: &Domain) -> AnyView {
    let form = FormState::of(&["/fn/put_member"]);
    // The form that changes the role of a member sends an id, which nobody types.
    let typed = form.typed("who", "");
    let is_id = typed.parse::<lakeport_model::PersonId>().is_ok();
    let form = if is_id { FormState::default() } else { form };
    let role = form.typed("role", "member");
    let (id, button) = (domain.id.to_string(), format!("Add to {} now", domain.name));
    let was_refused = form.was_refused();
    let (meaning, roles) = (meaning(&domain.roles), options(&domain.roles, Some(&role)));
    view! {
        <Form action="/fn/put_member" id="add" class="card stack" outcomes=true>
            <h3>"Add a member"</h3>
            <Hidden name="domain" value=id.clone() />
            <Field
                name="who"
                label="Who"
                help="E-mail address or name of somebody who has signed in once or stands in a people file."
                form=form.clone() clone:form
            >
                <PersonField
                    domain=id.clone()
                    value=form.typed("who", "")
                    invalid=form.invalid("who").is_some()
                />
            </Field>
            <Field name="role" label="Role" help=meaning form=form>
                <select class="select w-48" id="role" name="role" aria-describedby="role-help role-error">
                    {roles}
                </select>
            </Field>
            <Confirm label="Add the member" consequence=AT_ONCE open=was_refused>
                <div>
                    <button class="btn btn-primary h-auto min-h-10 max-w-full wrap-anywhere" type="submit">
                        {button}
                    </button>
                </div>
            </Confirm>
        </Form>
    }
    .into_any()
}

/// What the roles mean that may be given.
fn meaning(roles: &[Role]) -> String {
    roles.iter().map(|role| role.meaning()).collect::<Vec<_>>().join(" ")
}
