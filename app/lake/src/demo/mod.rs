//! The demo company's lake: twenty Delta tables made from a seed.
//!
//! What happens on a day depends on the seed, the first day, the scale, that day and those before it, never
//! on the last day; so a lake that is continued day by day holds the same rows as one made in one go. Tables
//! that grow are continued, tables that show a state are replaced. Silver and gold are calculated from
//! the same events as bronze, so that their totals agree.

mod bronze;
mod calendar;
mod cells;
mod collections;
mod competitors;
mod delta;
mod dimensions;
mod draw;
mod facts;
mod orders;
mod payments;
mod places;
mod planning;
mod recommend;
mod reference;
mod sales;
mod steady;
mod tables;
mod web;
mod world;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod write_tests;

use std::path::Path;

use lakeport_frame::LakeError;

use crate::protocol::{DemoProgress, DemoRequest, DemoSummary, DemoTable};
use delta::Target;
use tables::{History, TABLES};
use world::World;

/// Writes the demo tables below `request.root`, or continues those that are there up to
/// `request.last_day`. Tables that are complete are left as they are.
///
/// `request.orders` counts the orders of the first thirty months, whatever the last day is.
/// `progress` is called before each table and once at the end.
///
/// # Errors
/// [`LakeError::Refused`] when the request makes no sense or the folder holds tables of another demo;
/// [`LakeError::Fault`] when the lake cannot be read or written.
pub async fn generate(
    request: &DemoRequest,
    progress: &mut (impl FnMut(DemoProgress) + ?Sized),
) -> Result<DemoSummary, LakeError> {
    if request.last_day < request.first_day {
        let (first, last) = (request.first_day, request.last_day);
        return Err(LakeError::Refused(format!(
            "The demo's last day {last} lies before its first day {first}."
        )));
    }
    if request.orders == 0 {
        return Err(LakeError::Refused("The demo needs a scale of at least one order.".to_owned()));
    }
    let first = calendar::day(request.first_day);
    let last = calendar::day(request.last_day);
    let app = format!("lakeport-demo/{}/{}/{}", request.seed, request.first_day, request.orders);
    let mut targets = Vec::with_capacity(TABLES.len());
    for table in &TABLES {
        targets.push(Target::open(Path::new(&request.root), table.spec, &app, request.now).await?);
    }
    let total = u32::try_from(TABLES.len()).unwrap_or(u32::MAX);
    if !targets.iter().all(|target| target.complete(last)) {
        let history = History::new(World::new(request.seed, first, request.orders), last);
        for ((done, table), target) in (0..).zip(&TABLES).zip(&mut targets) {
            progress(DemoProgress { step: table.spec.name.to_owned(), done, total });
            if !target.complete(last) {
                let after = target.after();
                target.write(table.chunks(&history, after), last).await?;
            }
        }
    }
    progress(DemoProgress { step: "complete".to_owned(), done: total, total });
    let written = TABLES.iter().zip(&targets).map(|(table, target)| DemoTable {
        name: table.spec.name.to_owned(),
        location: target.path(),
        rows: target.rows(),
    });
    Ok(DemoSummary { tables: written.collect() })
}
