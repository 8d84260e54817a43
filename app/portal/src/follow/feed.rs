//! The feed: what changed of what somebody follows, the newest first.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use lakeport_model::documents::DocumentKind;
use lakeport_model::follow::{DAYS_BEFORE, FEED_DAYS, FeedLine, Followed, Following};
use lakeport_model::{DomainId, Page, PageRequest};

use super::watched::{About, Watch, Watched};
use super::{seen_in_full, words};
use crate::catalog::{Rights, Snapshot};
use crate::policy::{SeeHistory, decide};
use crate::store::announced::{self as announcements, AnnouncedRow};
use crate::store::follow::{self as store, ChangedRow, FollowRow, Place};
use crate::store::retired::RetiredRow;
use crate::store::revisions::RevisionRow;
use crate::{Call, Error, Result};

/// Most lines in one part of the feed.
const LONGEST_PAGE: u32 = 100;
/// The end of all days that the databases compare, in seconds since 1970.
const LAST: i64 = 253_402_300_799;
/// What stands in the place of a document's kind where the day came on which something was to be retired.
const LEFT: &str = "left";

/// What the viewer follows, and what changed of it.
///
/// # Errors
/// Refused where the place in the list is none.
pub async fn following(call: &Call, page: PageRequest) -> Result<Following> {
    let before = page.after.as_deref().map_or_else(|| Ok(top()), parsed)?;
    let (snapshot, rights, now) = (call.snapshot(), call.rights(), call.now());
    let limit = page.limit.clamp(1, LONGEST_PAGE);
    let mut tx = call.ctx.db.read().await?;
    let follows = store::follows_of(&mut tx, call.viewer.id).await?;
    let watched = Watched::of(&snapshot, &rights, &follows, |since| first_shown(now, since));
    let most = limit + 1;
    let rows = store::changed(&mut tx, &watched.asked(), &before, "", i64::from(most)).await?;
    let said = announcements::announced(&mut tx, &watched.things(), &before, None, i64::from(most)).await?;
    drop(tx);
    let changes = merged(&watched, rows, said, &before, most as usize);
    let part = Page::cut(changes, limit, |change| written(&change.place));
    let lines = part.items.iter().map(|change| change.line(&snapshot, &rights));
    Ok(Following {
        feed: Page { items: lines.collect(), next: part.next },
        follows: follows.into_iter().filter_map(|row| followed(&snapshot, &rights, row)).collect(),
        is_cut: watched.is_cut,
    })
}

/// Since when the feed shows something that somebody follows since a moment.
fn first_shown(now: DateTime<Utc>, since: DateTime<Utc>) -> DateTime<Utc> {
    let days = |days: u32| TimeDelta::days(days.into());
    (now - days(FEED_DAYS)).max(since - days(DAYS_BEFORE))
}

/// Something that is followed; `None` for a kind that only another version of the portal knows.
fn followed(snapshot: &Snapshot, rights: &Rights, row: FollowRow) -> Option<Followed> {
    let kind = row.kind.parse().ok()?;
    let seen = seen_in_full(snapshot, rights, kind, &row.id);
    Some(Followed { kind, seen, id: row.id, since: row.since })
}

/// Something that happened to what is looked at.
pub(super) struct Change<'a> {
    place: Place,
    watch: &'a Watch<'a>,
    what: What,
}

enum What {
    Published(DocumentKind, RevisionRow),
    Announced(String),
    /// The day came on which it was to be retired.
    Left,
}

/// Revisions, announcements and the days that came before a place, the newest first, so many at most.
pub(super) fn merged<'a>(
    watched: &'a Watched<'a>,
    rows: Vec<ChangedRow>,
    said: Vec<AnnouncedRow>,
    before: &Place,
    most: usize,
) -> Vec<Change<'a>> {
    let published = rows.into_iter().filter_map(|ChangedRow { kind, revision }| {
        let document = revision.document.clone();
        let watch = watched.documents.get(&(kind, document.clone()))?;
        let (at, number) = (revision.at, revision.number);
        let place = Place { at, kind: kind.to_string(), document, number };
        Some(Change { place, watch, what: What::Published(kind, revision) })
    });
    let announced = said.into_iter().filter_map(|row| {
        let place = row.place();
        let what = What::Announced(words::announced(&row)?);
        let watch = watched.documents.get(&(row.kind.parse().ok()?, row.id))?;
        Some(Change { place, watch, what })
    });
    let left = left(watched).filter(|change| change.place < *before);
    let mut changes: Vec<Change<'a>> = published.chain(announced).chain(left).collect();
    changes.sort_by(|one, other| one.place.cmp(&other.place).reverse());
    changes.truncate(most);
    changes
}

/// The days on which retirements began: of a day nobody is the author.
fn left<'a>(watched: &'a Watched<'a>) -> impl Iterator<Item = Change<'a>> {
    let today = watched.rights.today();
    watched.documents.iter().filter_map(move |((kind, document), watch)| {
        let row = watch.about.retirement(watched.snapshot)?;
        let at = left_at(row, today).filter(|at| *at >= watch.from)?;
        let place = Place { at, kind: LEFT.to_owned(), document: format!("{kind} {document}"), number: 0 };
        Some(Change { place, watch, what: What::Left })
    })
}

/// When something left search and lists, where that was announced before.
fn left_at(row: &RetiredRow, today: NaiveDate) -> Option<DateTime<Utc>> {
    let midnight = row.on_day.and_time(NaiveTime::MIN).and_utc();
    (row.is_in_effect(today) && row.at < midnight).then_some(midnight)
}

impl Change<'_> {
    /// The name of what changed.
    pub(super) fn name(&self) -> &str {
        self.watch.about.name()
    }

    fn line(&self, snapshot: &Snapshot, rights: &Rights) -> FeedLine {
        let about = self.watch.about;
        let href = about.href(snapshot);
        let (what, difference) = match &self.what {
            What::Published(kind, row) => {
                let domain = DomainId(about.domain(snapshot));
                let sees_history = decide(rights.viewer(), &SeeHistory { domain }.into()).allowed;
                let who = sees_history.then(|| row.who(|id| snapshot.names.of(id)));
                let version = match about {
                    About::Contract(_, version) => Some(version),
                    About::Product(_) | About::Asset(_) => None,
                };
                // Contracts have no pages of their revisions.
                let has_page = sees_history && version.is_none();
                let difference = has_page.then(|| format!("{href}/history/{}", row.number));
                (words::published(*kind, version, row, who.as_deref()), difference)
            }
            What::Announced(said) => (said.clone(), None),
            What::Left => (words::LEFT.to_owned(), None),
        };
        let because = self.watch.because.clone();
        FeedLine { at: self.place.at, name: about.name().to_owned(), href, what, difference, because }
    }
}

/// Before everything.
pub(super) fn top() -> Place {
    let at = DateTime::from_timestamp(LAST, 0).unwrap_or_default();
    Place { at, kind: String::new(), document: String::new(), number: 0 }
}

/// A place as an address has it.
fn written(place: &Place) -> String {
    let Place { at, kind, document, number } = place;
    format!("{} {kind} {number} {document}", at.timestamp_micros())
}

fn parsed(text: &str) -> Result<Place> {
    let place = || {
        let mut parts = text.splitn(4, ' ');
        let at = DateTime::from_timestamp_micros(parts.next()?.parse().ok()?)?;
        let kind = parts.next()?.to_owned();
        let number = parts.next()?.parse().ok()?;
        Some(Place { at, kind, document: parts.next()?.to_owned(), number })
    };
    // What the databases cannot compare is none.
    let known = place().filter(|place| (DateTime::UNIX_EPOCH..=top().at).contains(&place.at));
    let known = known.filter(|_| !text.contains('\0'));
    known.ok_or_else(|| Error::invalid("after", "This page link is not complete."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_again_by_its_address() {
        let at = DateTime::UNIX_EPOCH + TimeDelta::microseconds(1_796_112_000_000_001);
        let place =
            Place { at, kind: "contract".to_owned(), document: "fact orders 2.1.0".to_owned(), number: 3 };
        assert_eq!(parsed(&written(&place)).expect("it is one"), place);
        for text in [
            "",
            "x",
            "1 contract",
            "1 contract x y",
            "-1 contract 1 y",
            "9999999999999999999 contract 1 y",
            "1 contract 1 \0",
        ] {
            assert!(parsed(text).is_err(), "{text}");
        }
        assert!(place < top());
    }

    #[test]
    fn a_day_is_told_once_it_has_come_where_it_was_announced_before() {
        let day = NaiveDate::from_ymd_opt(2027, 1, 1).expect("it is a day");
        let midnight = day.and_time(NaiveTime::MIN).and_utc();
        let row = |at| RetiredRow {
            kind: "product".to_owned(),
            id: "orders".to_owned(),
            on_day: day,
            reason: "Nobody keeps it up".to_owned(),
            successor: None,
            person: lakeport_model::PersonId(uuid::Uuid::nil()),
            at,
        };
        let before = row(midnight - TimeDelta::microseconds(1));
        assert_eq!(left_at(&before, day - TimeDelta::days(1)), None, "its day has not come");
        assert_eq!(left_at(&before, day), Some(midnight));
        assert_eq!(left_at(&row(midnight), day), None, "it was retired at once");
    }

    #[test]
    fn the_feed_goes_back_for_a_month_before_somebody_began_and_three_at_most() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(1_000);
        assert_eq!(first_shown(now, now), now - TimeDelta::days(30));
        assert_eq!(first_shown(now, now - TimeDelta::days(59)), now - TimeDelta::days(89));
        assert_eq!(first_shown(now, now - TimeDelta::days(61)), now - TimeDelta::days(90));
    }
}
