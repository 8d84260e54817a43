//! `lakeport demo`: an invented company with real tables, on this machine only.
//!
//! What was made is noted in `demo.json` in the data folder; a later start makes only what is missing. The tables
//! are a function of seed, first day and scale, and end on the day before the demo's today.

mod mesh;
mod stories;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{Datelike as _, Days, Months, NaiveDate};
use lakeport_lake::{DemoRequest, WorkerPool};
use lakeport_portal::people::{self, Actor};
use lakeport_portal::{Ctx, Db, FixedClock, catalog};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::private;
use crate::progress::Progress;
use crate::stop::Stop;

/// The file that says what was made.
const NOTE: &str = "demo.json";
/// How much history the tables have on the first start.
const HISTORY: Months = Months::new(30);
/// How long ago the company began to use Lakeport.
const BEGAN_DAYS_AGO: u64 = 220;
/// How long ago its newest data product was added.
const ADDED_DAYS_AGO: u64 = 9;
/// How often the clock is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// What the command line asks for.
#[derive(Debug, Clone)]
pub struct Plan {
    /// About how many orders the tables hold.
    pub orders: u32,
    /// Seed of the random numbers.
    pub seed: u64,
    /// Day to move the clock to.
    pub now: Option<NaiveDate>,
}

/// What was made so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Made {
    seed: u64,
    orders: u32,
    first_day: NaiveDate,
    last_day: Option<NaiveDate>,
    mesh: bool,
    stories: bool,
}

/// A demo that is ready.
pub struct Demo {
    made: Made,
    file: PathBuf,
    root: String,
    ctx: Ctx,
    pool: Arc<WorkerPool>,
    /// Told the last day of the tables.
    days: watch::Sender<Option<NaiveDate>>,
}

/// True for a folder in which the demo made its database.
pub fn owns(config: &Config) -> bool {
    // A note beside the demo's own file is as old as that file; one beside another database says nothing about it.
    config.database_url.is_none() && config.data.join(NOTE).exists()
}

/// Takes a database for the demo: an empty one, or one that was the demo's before.
///
/// # Errors
/// When it is somebody else's: the demo would put invented people beside real ones, and let anybody be anybody.
pub async fn claim(db: &Db, config: &Config) -> Result<(), Stop> {
    if owns(config) || people::may_be_demo(db).await? {
        return Ok(());
    }
    Err(Stop::usage(
        "This database is a portal's own, and the demo would put invented people into it. Start the demo with another \
         folder (--data DIR) and without database_url.",
    ))
}

/// Makes what is missing: mesh, stories, tables. `days` is told the last day of the tables.
///
/// # Errors
/// When something cannot be made; a later start goes on where this one stopped.
pub async fn prepare(
    config: &Config,
    ctx: &Ctx,
    pool: &Arc<WorkerPool>,
    days: &watch::Sender<Option<NaiveDate>>,
    plan: &Plan,
) -> Result<Demo, Stop> {
    let file = config.data.join(NOTE);
    let made = match read(&file)? {
        Some(made) => made,
        None => Made {
            seed: plan.seed,
            orders: plan.orders,
            first_day: first_day(ctx.now().date_naive()),
            last_day: None,
            mesh: false,
            stories: false,
        },
    };
    let (ctx, pool, days) = (ctx.clone(), Arc::clone(pool), days.clone());
    let mut demo = Demo { made, file, root: config.lake_root(), ctx, pool, days };
    if !demo.made.mesh {
        import(&demo.ctx).await?;
        demo.made.mesh = true;
        demo.write()?;
    }
    if !demo.made.stories {
        stories::tell(&demo.ctx).await?;
        demo.made.stories = true;
        demo.write()?;
    }
    if let Some(now) = plan.now {
        people::start_clock_at(&demo.ctx, now).await.map_err(Stop::usage)?;
    }
    let bar = Progress::begin("Demo tables");
    demo.tables(|step| bar.show(step.done.into(), step.total.into(), &step.step)).await?;
    bar.end();
    Ok(demo)
}

/// The first day with data: the tables begin with a month.
fn first_day(today: NaiveDate) -> NaiveDate {
    today.checked_sub_months(HISTORY).and_then(|day| day.with_day(1)).unwrap_or(today)
}

/// The mesh goes in as it would from anybody's folder: most of it on the day the company began, its newest data
/// product a few days ago.
async fn import(ctx: &Ctx) -> Result<(), Stop> {
    for (days_ago, files) in [(BEGAN_DAYS_AGO, mesh::files_at_first()), (ADDED_DAYS_AGO, mesh::files())] {
        let clock = FixedClock::new(ctx.now() - Days::new(days_ago));
        let then = Ctx { clock: Arc::new(clock), ..ctx.clone() };
        catalog::import(&then, &Actor::System("demo"), files, false).await.map_err(Stop::fault)?;
    }
    Ok(())
}

fn read(file: &Path) -> Result<Option<Made>, Stop> {
    if !file.exists() {
        return Ok(None);
    }
    let unreadable = |error: &dyn std::fmt::Display| {
        Stop::fault(format!("{} cannot be read: {error}. Remove the folder to begin anew.", file.display()))
    };
    let text = std::fs::read_to_string(file).map_err(|error| unreadable(&error))?;
    serde_json::from_str(&text).map(Some).map_err(|error| unreadable(&error))
}

impl Demo {
    fn write(&self) -> Result<(), Stop> {
        let unwritable = |error: &dyn std::fmt::Display| {
            Stop::fault(format!("{} cannot be written: {error}.", self.file.display()))
        };
        let text = serde_json::to_string_pretty(&self.made).map_err(|error| unwritable(&error))?;
        let aside = self.file.with_extension("json.new");
        private::write(&aside, &text).map_err(|error| unwritable(&error))?;
        std::fs::rename(&aside, &self.file).map_err(|error| unwritable(&error))
    }

    /// Writes the tables up to the day before now, where they are not.
    async fn tables(&mut self, show: impl FnMut(lakeport_lake::DemoProgress) + Send) -> Result<(), Stop> {
        let now = self.ctx.now();
        let today = now.date_naive();
        let last_day = today.pred_opt().unwrap_or(today);
        if self.made.last_day.is_some_and(|made| made >= last_day) {
            self.days.send_replace(self.made.last_day);
            return Ok(());
        }
        let request = DemoRequest {
            root: self.root.clone(),
            seed: self.made.seed,
            first_day: self.made.first_day,
            last_day,
            now,
            orders: self.made.orders,
        };
        self.pool.demo(request, show).await.map_err(Stop::fault)?;
        self.made.last_day = Some(last_day);
        self.write()?;
        self.days.send_replace(self.made.last_day);
        Ok(())
    }

    /// Appends the days that are missing whenever the clock was moved, in the background.
    pub fn follow_the_clock(mut self) -> JoinHandle<()> {
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(LOOK).await;
                if let Err(error) = people::refresh_clock(&self.ctx).await {
                    tracing::error!(%error, "the demo's clock could not be read");
                    continue;
                }
                if let Err(stop) = self.tables(|_| {}).await {
                    tracing::error!(error = stop.message, "the demo's missing days could not be written");
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_begin_with_a_month() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        assert_eq!(first_day(day("2026-11-22")), day("2024-05-01"));
        assert_eq!(first_day(day("2026-08-31")), day("2024-02-01"));
    }

    #[test]
    fn a_note_of_another_kind_is_an_error_that_names_the_file() {
        let data = tempfile::tempdir().expect("a folder");
        let file = data.path().join("demo.json");
        assert_eq!(read(&file), Ok(None));
        std::fs::write(&file, "{").expect("written");
        let stop = read(&file).expect_err("half a note");
        assert!(stop.message.contains("demo.json"), "{stop}");
    }
}
