//! What the page of something says once it is retired, or will be.

use lakeport_model::retire::{Retirable, Retirement};
use lakeport_model::sentence;
use leptos::prelude::*;

use super::{retire_href, thing_href};
use crate::ui::{Badge, Day, Notice, Tone};

/// True from the first day on which something is retired.
fn is_retired(retirement: Option<&Retirement>) -> bool {
    retirement.is_some_and(|retirement| retirement.in_effect)
}

/// Beside the name of what is retired by now; nothing of what is only announced.
pub(crate) fn retired_badge(retirement: Option<&Retirement>) -> Option<AnyView> {
    is_retired(retirement).then(|| view! { <Badge tone=Tone::Warn text="retired" /> }.into_any())
}

/// The way to retire something that is not retired, for who may.
pub(crate) fn retire_link(
    kind: Retirable,
    id: &str,
    retirement: Option<&Retirement>,
    may_retire: bool,
) -> Option<AnyView> {
    (may_retire && retirement.is_none()).then(|| {
        let href = retire_href(kind, id);
        view! { <a class="btn btn-sm" href=href>"Retire"</a> }.into_any()
    })
}

/// That something is retired, or will be: since when, why, and what to use instead. Who may gets the way to change that.
pub(crate) fn banner(
    kind: Retirable,
    id: &str,
    retirement: Option<&Retirement>,
    may_retire: bool,
) -> Option<AnyView> {
    let Retirement { on, in_effect, reason, successor, by, at } = retirement?.clone();
    let begins = if in_effect { "Retired since " } else { "Retired from " };
    let reason = sentence(&reason);
    let reason = (!reason.is_empty()).then(|| format!(" {reason}"));
    let instead = successor.map(|successor| {
        let href = thing_href(kind, &successor.id);
        view! { " Use "<a class="link" href=href>{successor.name}</a>" instead." }
    });
    let said = (!by.is_empty()).then(|| {
        view! { <p class="muted">{format!("Said by {by} on ")}<Day day=at.date_naive() />"."</p> }
    });
    let change = may_retire.then(|| {
        let href = retire_href(kind, id);
        view! { <p class="mt-2"><a class="link" href=href>{change_words(in_effect)}</a></p> }
    });
    let banner = view! {
        <div class="mb-4" id="retired">
            <Notice tone=Tone::Warn>
                <p>{begins}<Day day=on />"."{reason}{instead}</p>
                {said}
                {change}
            </Notice>
        </div>
    };
    Some(banner.into_any())
}

/// What can still be done: a day that has come stays as it is.
fn change_words(in_effect: bool) -> &'static str {
    if in_effect { "Restore" } else { "Change or restore" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retirement(in_effect: bool) -> Retirement {
        Retirement {
            on: chrono::NaiveDate::from_ymd_opt(2027, 1, 1).expect("a day"),
            in_effect,
            reason: "Nobody keeps it up".to_owned(),
            successor: None,
            by: "Maria Keller".to_owned(),
            at: chrono::DateTime::default(),
        }
    }

    #[test]
    fn what_is_only_announced_can_still_be_requested() {
        assert!(!is_retired(None) && !is_retired(Some(&retirement(false))));
        assert!(is_retired(Some(&retirement(true))));
    }

    #[test]
    fn nobody_is_led_where_they_may_not_go() {
        let link = |retirement: Option<&Retirement>, may| {
            retire_link(Retirable::Product, "collections", retirement, may).is_some()
        };
        let announced = retirement(false);
        assert!(link(None, true));
        assert!(!link(None, false) && !link(Some(&announced), true), "what is announced has its banner");
        assert_ne!(change_words(false), change_words(true));
    }
}
