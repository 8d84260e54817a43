//! Who uses a product or an asset, and what nobody uses: as far as it is read in this portal.
//!
//! Readings are counted by person, asset and day (`readings.rs`), and kept without an end. By name they are told to those who
//! decide about access (the policy's `SeeGrants`), with how often and when. Whoever else sees the thing in full is told how many
//! people of which domain, and of one or two not even that: what differs between windows, or between a product and its assets, says
//! nothing of how often or when one of them read.

mod groups;
mod subject;
mod told;
mod unused;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use chrono::{NaiveDate, TimeDelta};
use lakeport_chart::bars as draw;
use lakeport_model::First;
use lakeport_model::usage::{
    Bar, Group, Headcount, MOST_READERS, Reader, USUAL_DAYS, Usage, Used, WINDOWS, days_shown,
};

use self::groups::{Reading, bars, count, domain_of, groups, headcount};
use self::subject::Subject;
use crate::catalog::Snapshot;
use crate::readings::State;
use crate::store::Tx;
use crate::{Call, Result};

pub(crate) use self::told::{month, tell};
pub use self::unused::unused;

/// Who uses something, over a window of days that ends today.
///
/// # Errors
/// Refused where it is not there, and to whoever does not see its details.
pub async fn usage(call: &Call, kind: Used, id: &str, days: Option<u32>) -> Result<Usage> {
    let (snapshot, rights, today) = (call.snapshot(), call.rights(), call.now().date_naive());
    let subject = Subject::seen(&snapshot, &rights, kind, id)?;
    let sees_names = subject.tells_names_to(&snapshot, &call.viewer);
    let days = days_shown(days);
    let since = first_day(today, days);
    let assets = subject.asset_ids(&snapshot);
    let mut state = call.ctx.readings.state_of(&call.ctx.db, &assets).await?;
    let readings = readings(&mut state, &snapshot, &assets, since).await?;
    let by_month = WINDOWS.last() == Some(&days);
    let bars = if sees_names {
        bars(&state.reads_by_day(&assets, since).await?, since, today, by_month)
    } else {
        Vec::new()
    };
    drop(state);
    let groups = groups(&readings, sees_names);
    Ok(Usage {
        kind,
        id: subject.id().to_owned(),
        name: subject.name().to_owned(),
        way: subject.way(&snapshot, &rights),
        days,
        opens_here: subject.opens_here(&snapshot),
        people: people(&groups),
        readers: sees_names.then(|| readers(&snapshot, readings)),
        groups,
        by_month,
        drawing: drawing(&bars),
        bars,
    })
}

/// A transaction for the page of something, with how many people read it in the usual days, as the page tells it.
pub(crate) async fn begin(call: &Call, kind: Used, id: &str) -> Result<(Tx, Option<Headcount>)> {
    let (snapshot, rights, today) = (call.snapshot(), call.rights(), call.now().date_naive());
    let subject = Subject::seen(&snapshot, &rights, kind, id).ok();
    let Some(subject) = subject.filter(|subject| subject.opens_here(&snapshot)) else {
        return Ok((call.ctx.db.read().await?, None));
    };
    let assets = subject.asset_ids(&snapshot);
    let mut state = call.ctx.readings.state_of(&call.ctx.db, &assets).await?;
    let people = state.readers(&assets, first_day(today, USUAL_DAYS)).await?;
    let sees_names = subject.tells_names_to(&snapshot, &call.viewer);
    Ok((state.tx, Some(headcount(&snapshot, people, sees_names))))
}

/// The first of so many days that end today.
fn first_day(today: NaiveDate, days: u32) -> NaiveDate {
    today - TimeDelta::days(i64::from(days) - 1)
}

/// Who read these assets, who read last first.
async fn readings(
    state: &mut State,
    snapshot: &Snapshot,
    assets: &BTreeSet<&str>,
    since: NaiveDate,
) -> Result<Vec<Reading>> {
    let found = state.reads_by_person(assets, since).await?;
    let reading =
        |(person, (reads, last))| Reading { person, domain: domain_of(snapshot, person), reads, last };
    let mut readings: Vec<Reading> = found.into_iter().map(reading).collect();
    readings.sort_by_key(|reading| (Reverse(reading.last), reading.person));
    Ok(readings)
}

/// All of them together.
fn people(groups: &[Group]) -> Headcount {
    Headcount::sum(groups.iter().map(|group| group.people))
}

fn readers(snapshot: &Snapshot, readings: Vec<Reading>) -> First<Reader> {
    let readings = First::cut(readings, MOST_READERS);
    let reader = |Reading { person, domain, reads, last }| Reader {
        person: (!snapshot.account_owners.contains_key(&person)).then_some(person),
        name: snapshot.who(person),
        domain,
        readings: count(reads),
        last,
    };
    First { of: readings.of, items: readings.items.into_iter().map(reader).collect() }
}

fn drawing(bars: &[Bar]) -> String {
    let amounts: Vec<f64> = bars.iter().map(|bar| f64::from(bar.readings)).collect();
    draw(&amounts)
}
