//! Certifying a product or an asset: one page for both, and what their own pages say of it.

mod fact;

use lakeport_model::certify::{Certifiable, Certification, Certifying};
use leptos::prelude::*;

use super::retire::{seen_error, thing_href};
use super::{crumb, crumbs, page_thing};
use crate::api::certify::certifying;
use crate::error::ApiError;
use crate::query::Query;
use crate::ui::{Form, FormState, Hidden, Notice, PageHead, TextArea, TextField, Tone, load};

pub(crate) use fact::{certified_badge, certify_fact, certify_link};

/// The page.
const PAGE: &str = "/certify";

/// The call that certifies, or changes that.
const CERTIFY: &str = "/fn/certify";

/// The call that withdraws it.
const WITHDRAW: &str = "/fn/decertify";

/// What it means.
const LEAD: &str = "Whoever sees it in full reads that it is certified, by whom and why. Searches put it before what fits as well \
                    and is not. After the last day it is certified no more, without anybody doing anything.";

/// The address of the page that certifies something.
fn certify_href(kind: Certifiable, id: &str) -> String {
    Query::default().and("kind", kind).and("id", id).to(PAGE)
}

/// The page that certifies what the address names, changes that, and withdraws it.
#[component]
pub(crate) fn CertifyPage() -> impl IntoView {
    let named = page_thing();
    let found = Resource::new(
        move || named.get(),
        |(kind, id)| async move {
            let kind: Certifiable = kind.parse().map_err(|_| ApiError::not_found("page"))?;
            certifying(kind, id).await
        },
    );
    view! { <div class="page">{load(found, |page| content(&page))}</div> }
}

fn content(page: &Certifying) -> AnyView {
    let Certifying { kind, id, name, way, certification, closed, .. } = page;
    let thing = thing_href((*kind).into(), id);
    let mut crumbs = crumbs("Catalog", "/catalog", way);
    // The way to an asset may name the asset itself.
    crumbs.retain(|(_, href)| *href != thing);
    crumbs.push(crumb(name, thing));
    let title =
        if certification.is_some() { format!("Certification of {name}") } else { format!("Certify {name}") };
    let certify = if let Some(why) = closed.clone() {
        view! { <Notice tone=Tone::Warn><p>{why}</p></Notice> }.into_any()
    } else {
        certify_form(page)
    };
    let withdraw = certification.is_some().then(|| withdraw_form(page));
    view! {
        <PageHead title=title crumbs=crumbs />
        <p class="muted mb-4">{LEAD}</p>
        <div class="stack min-w-0 max-w-3xl">{certify}{withdraw}</div>
    }
    .into_any()
}

/// The form that certifies, or changes how.
fn certify_form(page: &Certifying) -> AnyView {
    let form = FormState::of(&[CERTIFY]);
    let (reason, button) = start(page.certification.as_ref());
    let Certifying { kind, id, name, suggested, earliest, latest, seen, .. } = page.clone();
    let changed = seen_error(&form);
    let back = thing_href(kind.into(), &id);
    view! {
        <Form action=CERTIFY class="stack min-w-0" id="certifying">
            <Hidden name="kind" value=kind.as_str() />
            <Hidden name="id" value=id />
            <Hidden name="seen" value=seen />
            {changed}
            <TextField
                form=form.clone()
                name="until"
                label="Certified until"
                help="The last day, in UTC. Check it again before then, and renew it here."
                kind="date"
                value=suggested.to_string()
                required=true
                min=earliest.to_string()
                max=latest.to_string()
            />
            <TextArea
                form=form
                name="reason"
                label="What was checked"
                help="Whoever sees it in full reads that, also later."
                value=reason
                rows="3"
                maxlength="200"
            />
            <div class="cluster">
                <button class="btn btn-primary" type="submit">{button}</button>
                <a class="btn" href=back>"Back to "{name}</a>
            </div>
        </Form>
    }
    .into_any()
}

/// What stands in the form at first for the reason, and on its button.
fn start(held: Option<&Certification>) -> (String, &'static str) {
    match held {
        None => (String::new(), "Certify"),
        Some(held) => (held.reason.clone(), "Renew or change"),
    }
}

/// The form that withdraws it.
fn withdraw_form(page: &Certifying) -> AnyView {
    let Certifying { kind, id, seen, .. } = page.clone();
    let form = FormState::of(&[WITHDRAW]);
    let changed = seen_error(&form);
    view! {
        <section class="stack" aria-labelledby="withdraw">
            <h2 id="withdraw">"Withdraw it"</h2>
            <p class="muted">"It is not certified any more from now on; whoever holds a grant on it and its owners are told."</p>
            <Form action=WITHDRAW class="stack min-w-0" id="withdrawing">
                <Hidden name="kind" value=kind.as_str() />
                <Hidden name="id" value=id />
                <Hidden name="seen" value=seen />
                {changed}
                <TextArea
                    form=form
                    name="reason"
                    id="withdraw-reason"
                    label="Why it is withdrawn"
                    rows="3"
                    maxlength="200"
                />
                <div class="cluster">
                    <button class="btn btn-error" type="submit">"Withdraw"</button>
                </div>
            </Form>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_id_becomes_another_address() {
        assert_eq!(certify_href(Certifiable::Asset, "a&id=b"), "/certify?kind=asset&id=a%26id%3Db");
    }

    #[test]
    fn what_is_certified_starts_with_what_was_said() {
        let held = Certification {
            until: "2027-03-03".parse().expect("a day"),
            reason: "Checked against the ledger".to_owned(),
            by: "Ines Hoffmann".to_owned(),
            at: chrono::DateTime::default(),
        };
        assert_eq!(start(None), (String::new(), "Certify"));
        assert_eq!(start(Some(&held)), ("Checked against the ledger".to_owned(), "Renew or change"));
    }
}
