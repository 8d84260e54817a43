//! Retiring a product, an asset or a term: one page for all of them, and what their own pages say of it.

mod banner;

use lakeport_model::retire::{Retirable, Retirement, Retiring};
use leptos::prelude::*;

use super::glossary::term_href;
use super::{asset_href, crumb, crumbs, page_thing, product_href};
use crate::api::retire::retiring;
use crate::error::ApiError;
use crate::query::Query;
use crate::ui::{Form, FormState, Hidden, PageHead, TextArea, TextField, load};

pub(crate) use banner::{banner, retire_link, retired_badge};

/// The page.
const PAGE: &str = "/retire";

/// The call that retires, or changes that.
const RETIRE: &str = "/fn/retire";

/// The call that takes it back.
const RESTORE: &str = "/fn/restore_retired";

/// What retiring means for everything.
const LEAD: &str =
    "It leaves search and lists from the day you choose; its page stays, and it can be restored.";

/// The address of the page that retires something.
pub(crate) fn retire_href(kind: Retirable, id: &str) -> String {
    Query::default().and("kind", kind).and("id", id).to(PAGE)
}

/// The address of the page of something that can be retired.
pub(crate) fn thing_href(kind: Retirable, id: &str) -> String {
    match kind {
        Retirable::Product => product_href(&id.into()),
        Retirable::Asset => asset_href(&id.into()),
        Retirable::Term => term_href(id),
    }
}

/// The page that retires what the address names, changes that, and restores it.
#[component]
pub(crate) fn RetirePage() -> impl IntoView {
    let named = page_thing();
    let found = Resource::new(
        move || named.get(),
        |(kind, id)| async move {
            let kind: Retirable = kind.parse().map_err(|_| ApiError::not_found("page"))?;
            retiring(kind, id).await
        },
    );
    view! { <div class="page">{load(found, |page| content(&page))}</div> }
}

fn content(page: &Retiring) -> AnyView {
    let Retiring { kind, id, name, way, retirement, .. } = page;
    let thing = thing_href(*kind, id);
    let (list, href) = match kind {
        Retirable::Product | Retirable::Asset => ("Catalog", "/catalog"),
        Retirable::Term => ("Glossary", "/glossary"),
    };
    let mut crumbs = crumbs(list, href, way);
    // The way to an asset may name the asset itself.
    crumbs.retain(|(_, href)| *href != thing);
    crumbs.push(crumb(name, thing));
    let (title, is_over) = match retirement {
        None => (format!("Retire {name}"), false),
        Some(retirement) => (format!("Retirement of {name}"), retirement.in_effect),
    };
    let now = banner(*kind, id, retirement.as_ref(), false);
    let lead = (!is_over).then(|| view! { <p class="muted mb-4">{LEAD}</p> });
    let retire = (!is_over).then(|| retire_form(page));
    let restore = retirement.as_ref().map(|retirement| restore_form(page, retirement));
    view! {
        <PageHead title=title crumbs=crumbs />
        {lead}
        {now}
        <div class="stack min-w-0 max-w-3xl">{retire}{restore}</div>
    }
    .into_any()
}

/// What is chosen at first: what was announced, or else the earliest day.
#[derive(Debug, PartialEq, Eq)]
struct Start {
    day: String,
    /// The first day that the field takes. The one that was announced may stay, also where a new one would have to be later.
    first: String,
    reason: String,
    successor: String,
}

impl Start {
    fn of(page: &Retiring) -> Self {
        let earliest = page.earliest;
        match &page.retirement {
            None => Self {
                day: earliest.to_string(),
                first: earliest.to_string(),
                reason: String::new(),
                successor: String::new(),
            },
            Some(announced) => Self {
                day: announced.on.to_string(),
                first: earliest.min(announced.on).to_string(),
                reason: announced.reason.clone(),
                successor: announced.successor.as_ref().map(|it| it.id.clone()).unwrap_or_default(),
            },
        }
    }
}

/// What it means, and the form that retires. What it means is shown as it is now, also where the form was refused.
fn retire_form(page: &Retiring) -> AnyView {
    let form = FormState::of(&[RETIRE]);
    let Start { day, first, reason, successor } = Start::of(page);
    let Retiring { kind, id, name, retirement, effects, seen, .. } = page.clone();
    let changed = seen_error(&form);
    let effects = effects.into_iter().map(|effect| view! { <li>{effect}</li> }).collect_view();
    let (help, back) = (successor_help(kind), thing_href(kind, &id));
    let button = if retirement.is_none() { "Retire" } else { "Change the retirement" };
    view! {
        <section class="stack" aria-labelledby="means">
            <h2 id="means">"What it means"</h2>
            {changed}
            <ul class="list-disc ps-5" id="effects">{effects}</ul>
        </section>
        <Form action=RETIRE class="stack min-w-0" id="retiring">
            <Hidden name="kind" value=kind.as_str() />
            <Hidden name="id" value=id />
            <Hidden name="seen" value=seen />
            <TextField
                form=form.clone()
                name="on"
                label="Retired from"
                help="The first day, in UTC. Whoever relies on it has time until then."
                kind="date"
                value=day
                required=true
                min=first
            />
            <TextArea
                form=form.clone()
                name="reason"
                label="Why"
                help="For those who used it, and for those who find an old link."
                value=reason
                rows="3"
                maxlength="200"
            />
            <TextField
                form=form
                name="successor"
                label="What to use instead"
                help=help
                value=successor
                maxlength="200"
                control="input w-full"
            />
            <div class="cluster">
                <button class="btn btn-error" type="submit">{button}</button>
                <a class="btn" href=back>"Back to "{name}</a>
            </div>
        </Form>
    }
    .into_any()
}

/// That it is not what somebody has seen.
pub(super) fn seen_error(form: &FormState) -> Option<AnyView> {
    form.error("seen").map(|why| {
        view! {
            <p class="field-error" id="seen-error" tabindex="-1" autofocus>
                {why}
            </p>
        }
        .into_any()
    })
}

/// The form that offers it again, or calls off what was announced.
fn restore_form(page: &Retiring, retirement: &Retirement) -> AnyView {
    let Retiring { kind, id, name, .. } = page.clone();
    let form = FormState::of(&[RESTORE]);
    let (lead, is_over) = if retirement.in_effect {
        ("It returns to search and lists, and whoever relies on it is told.", true)
    } else {
        ("Its retirement is called off, and whoever relies on it is told.", false)
    };
    // Where nothing else can be done, this is the main thing.
    let class = if is_over { "btn btn-primary" } else { "btn" };
    let back =
        is_over.then(|| view! { <a class="btn" href=thing_href(kind, &id)>"Back to "{name}</a> }.into_any());
    view! {
        <section class="stack" aria-labelledby="restore">
            <h2 id="restore">"Restore it"</h2>
            <p class="muted">{lead}</p>
            <Form action=RESTORE class="stack min-w-0" id="restoring">
                <Hidden name="kind" value=kind.as_str() />
                <Hidden name="id" value=id />
                <TextArea
                    form=form
                    name="reason"
                    id="restore-reason"
                    label="Why it is restored"
                    rows="3"
                    maxlength="200"
                />
                <div class="cluster">
                    <button class=class type="submit">"Restore"</button>
                    {back}
                </div>
            </Form>
        </section>
    }
    .into_any()
}

/// What stands below the field for what takes its place.
fn successor_help(kind: Retirable) -> String {
    format!(
        "Id of the {} that takes its place, as in the address of its page. It can stay empty.",
        what(kind)
    )
}

/// What something is, in a word.
fn what(kind: Retirable) -> &'static str {
    match kind {
        Retirable::Product => "data product",
        Retirable::Asset => "asset",
        Retirable::Term => "term",
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use lakeport_model::catalog::Way;
    use lakeport_model::retire::Successor;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn page(announced: Option<&str>) -> Retiring {
        let retirement = announced.map(|on| Retirement {
            on: day(on),
            in_effect: false,
            reason: "Nobody keeps it up.".to_owned(),
            successor: Some(Successor { id: "cash-in".to_owned(), name: "Cash in".to_owned() }),
            by: "Maria Keller".to_owned(),
            at: chrono::DateTime::default(),
        });
        Retiring {
            kind: Retirable::Product,
            id: "collections".to_owned(),
            name: "Collections".to_owned(),
            way: Way::default(),
            retirement,
            earliest: day("2027-01-01"),
            effects: Vec::new(),
            seen: "x".to_owned(),
        }
    }

    #[test]
    fn every_kind_has_its_page_and_no_id_becomes_another_address() {
        assert_eq!(thing_href(Retirable::Product, "a/b"), "/products/a%2Fb");
        assert_eq!(thing_href(Retirable::Asset, "gold.a"), "/assets/gold.a");
        assert_eq!(thing_href(Retirable::Term, "dunning"), "/glossary/dunning");
        assert_eq!(retire_href(Retirable::Asset, "a&id=b"), "/retire?kind=asset&id=a%26id%3Db");
    }

    #[test]
    fn the_earliest_day_is_offered_and_an_announced_one_may_stay() {
        let start = Start::of(&page(None));
        assert_eq!((start.day.as_str(), start.first.as_str()), ("2027-01-01", "2027-01-01"));
        assert_eq!((start.reason.as_str(), start.successor.as_str()), ("", ""));
        let sooner = Start::of(&page(Some("2026-12-20")));
        assert_eq!((sooner.day.as_str(), sooner.first.as_str()), ("2026-12-20", "2026-12-20"));
        assert_eq!(sooner.successor, "cash-in");
        let later = Start::of(&page(Some("2027-02-01")));
        assert_eq!((later.day.as_str(), later.first.as_str()), ("2027-02-01", "2027-01-01"));
    }
}
