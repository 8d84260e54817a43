//! Times in words, with the exact one beside it and always with a zone.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use lakeport_model::{UNREAD_DAY, UNREAD_MOMENT, is_unread_day, is_unread_moment};
use leptos::prelude::*;

/// The portal's time when the page was made. In the demo it is ahead of the system's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Now(pub(crate) DateTime<Utc>);

impl Now {
    /// The time the server wrote into the page, so that the browser says the same words.
    #[cfg(not(feature = "ssr"))]
    pub(crate) fn of_document() -> Self {
        let seconds = document().document_element().and_then(|root| root.get_attribute("data-now"));
        Self(
            seconds
                .and_then(|text| text.parse().ok())
                .and_then(|at| DateTime::from_timestamp(at, 0))
                .unwrap_or_default(),
        )
    }
}

fn now() -> DateTime<Utc> {
    use_context::<Now>().map(|now| now.0).unwrap_or_default()
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `30 Jun 2027`, or `a day that cannot be read`.
pub(crate) fn day_words(day: NaiveDate) -> String {
    if is_unread_day(day) {
        return UNREAD_DAY.to_owned();
    }
    let month = MONTHS.get(day.month0() as usize).copied().unwrap_or_default();
    format!("{} {month} {}", day.day(), day.year())
}

/// `30 Jun 2027` for the `2027-06-30` of a date's field. For islands: without a calendar.
pub(crate) fn written_day(text: &str) -> Option<String> {
    let mut parts = text.splitn(3, '-').map(str::parse::<usize>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    let month = MONTHS.get(month.checked_sub(1)?)?;
    Some(format!("{day} {month} {year}"))
}

/// `Wed, 30 Jun 2027, 09:12 UTC`, or `a time that cannot be read`.
pub(crate) fn moment_words(at: DateTime<Utc>) -> String {
    if is_unread_moment(at) {
        return UNREAD_MOMENT.to_owned();
    }
    format!("{}, {}, {:02}:{:02} UTC", at.weekday(), day_words(at.date_naive()), at.hour(), at.minute())
}

/// `3 hours ago`, `in 5 days`; the date when it is more than five weeks away.
fn relative(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let seconds = (now - at).num_seconds();
    let (amount, unit) = match seconds.abs() {
        0..60 => return "just now".to_owned(),
        60..3_600 => (seconds.abs() / 60, "minute"),
        3_600..86_400 => (seconds.abs() / 3_600, "hour"),
        _ => return relative_day(at.date_naive(), now.date_naive()),
    };
    let plural = if amount == 1 { "" } else { "s" };
    if seconds < 0 { format!("in {amount} {unit}{plural}") } else { format!("{amount} {unit}{plural} ago") }
}

/// `today`, `yesterday`, `in 5 days`; the date when it is more than five weeks away.
pub(crate) fn relative_day(day: NaiveDate, today: NaiveDate) -> String {
    match (day - today).num_days() {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        days @ 2..=35 => format!("in {days} days"),
        days @ -35..=-2 => format!("{} days ago", -days),
        _ => day_words(day),
    }
}

/// A moment in words, alone or after what was done then; the exact one is its title, and stands beside it where `exact` is
/// set. One that cannot be read follows an `at`, as in `sent at a time that cannot be read`.
#[component]
pub(crate) fn Moment(
    /// The moment.
    at: DateTime<Utc>,
    /// Show the exact time too.
    #[prop(optional)]
    exact: bool,
    /// It follows a word such as `since`, which takes no `at`.
    #[prop(optional)]
    follows: bool,
) -> impl IntoView {
    let words = moment_words(at);
    if is_unread_moment(at) {
        return view! { <span>{(!follows).then_some("at ")}{words}</span> }.into_any();
    }
    let machine = format!("{}T{:02}:{:02}:{:02}Z", at.date_naive(), at.hour(), at.minute(), at.second());
    let distance = relative(at, now());
    let shown = match exact {
        true if distance == day_words(at.date_naive()) => words.clone(),
        true => format!("{distance} ({words})"),
        false => distance,
    };
    view! { <time datetime=machine title=words>{shown}</time> }.into_any()
}

/// A calendar day (in UTC); how far away it is is its title, and stands beside it where `relative` is set.
#[component]
pub(crate) fn Day(
    /// The day.
    day: NaiveDate,
    /// Say how far away it is too.
    #[prop(optional)]
    relative: bool,
) -> impl IntoView {
    let distance = relative_day(day, now().date_naive());
    let words = day_words(day);
    if is_unread_day(day) {
        return view! { <span>{words}</span> }.into_any();
    }
    let shown = if relative && distance != words { format!("{words} ({distance})") } else { words };
    view! { <time datetime=day.to_string() title=format!("{distance}, UTC")>{shown}</time> }.into_any()
}

/// Says in the demo that the moments of a page are real ones: its clock, which stands above every page, shows another time.
#[component]
pub(crate) fn RealTime(
    /// What the moments belong to, as a sentence begins.
    what: &'static str,
    /// The real time; none where the portal's clock shows it.
    now: Option<DateTime<Utc>>,
) -> impl IntoView {
    now.map(|now| view! { <p class="mb-4">{real_time_words(what, now)}</p> })
}

fn real_time_words(what: &str, now: DateTime<Utc>) -> String {
    format!("{what} follow the real time, not the demo's clock. The real time is {}.", moment_words(now))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_day_in_a_field_is_written_as_everywhere_else() {
        assert_eq!(written_day("2027-06-30").as_deref(), Some("30 Jun 2027"));
        assert_eq!(["", "2027", "2027-13-01", "2027-00-01", "x-1-1"].map(written_day), [const { None }; 5]);
    }

    #[test]
    fn distances_are_said_as_people_say_them() {
        let now = DateTime::from_timestamp(1_809_162_720, 0).expect("a moment of 2027");
        assert_eq!(moment_words(now), "Sat, 1 May 2027, 09:12 UTC");
        assert_eq!(moment_words(DateTime::default()), "a time that cannot be read");
        assert_eq!(day_words(NaiveDate::default()), "a day that cannot be read");
        for (seconds, words) in [
            (-30, "just now"),
            (-60, "1 minute ago"),
            (-7_300, "2 hours ago"),
            (3_600, "in 1 hour"),
            (-86_400, "yesterday"),
            (-86_400 * 3, "3 days ago"),
            (86_400 * 36, "6 Jun 2027"),
        ] {
            assert_eq!(relative(now + TimeDelta::seconds(seconds), now), words);
        }
    }
}
