//! What the page of something says while it is certified.

use lakeport_model::certify::{Certifiable, Certification};
use lakeport_model::sentence;
use leptos::prelude::*;

use super::certify_href;
use crate::ui::{Badge, Day, Fact, Tone};

/// The mark of what is certified, beside its name.
pub(crate) fn certified_badge() -> AnyView {
    view! { <Badge tone=Tone::Ok text="certified" /> }.into_any()
}

/// The way to certify something that is not certified, for who may.
pub(crate) fn certify_link(
    kind: Certifiable,
    id: &str,
    certification: Option<&Certification>,
    may_certify: bool,
) -> Option<AnyView> {
    (may_certify && certification.is_none()).then(|| {
        let href = certify_href(kind, id);
        view! { <a class="btn btn-sm" href=href>"Certify"</a> }.into_any()
    })
}

/// That something is certified: until when, by whom, and what was checked. Who may gets the way to change that.
pub(crate) fn certify_fact(
    kind: Certifiable,
    id: &str,
    certification: Option<&Certification>,
    may_certify: bool,
) -> Option<AnyView> {
    let held = certification?;
    let (until, said) = (held.until, said(held));
    let change = may_certify.then(|| {
        let href = certify_href(kind, id);
        view! { <p><a class="link" href=href>"Change or withdraw"</a></p> }
    });
    let fact = view! {
        <Fact label="Certified">
            <p>"Until "<Day day=until />{said}</p>
            {change}
        </Fact>
    };
    Some(fact.into_any())
}

/// What follows the day: by whom, and what was checked.
fn said(held: &Certification) -> String {
    format!(", by {}: {}", held.by, sentence(&held.reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certification() -> Certification {
        Certification {
            until: chrono::NaiveDate::from_ymd_opt(2027, 3, 3).expect("a day"),
            reason: "Checked against the ledger".to_owned(),
            by: "Ines Hoffmann".to_owned(),
            at: chrono::DateTime::default(),
        }
    }

    #[test]
    fn what_was_checked_is_a_sentence() {
        assert_eq!(said(&certification()), ", by Ines Hoffmann: Checked against the ledger.");
    }

    #[test]
    fn nobody_is_led_where_they_may_not_go() {
        let link = |held: Option<&Certification>, may| {
            certify_link(Certifiable::Product, "collections", held, may).is_some()
        };
        let held = certification();
        assert!(link(None, true));
        assert!(!link(None, false) && !link(Some(&held), true), "what is certified has its fact");
    }
}
