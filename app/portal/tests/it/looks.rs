//! When grants and requests are looked at: never too late, and never when there is nothing to see.

use std::time::{Duration, Instant};

use chrono::{NaiveDate, TimeDelta};
use lakeport_model::{GrantId, RequestId};
use lakeport_portal::access::{self, NoAnswer};
use lakeport_portal::jobs::{self, Job};
use lakeport_portal::{Ctx, Db, Settings};

use crate::world::{Engine, World, call, on_both, settings};

const CASES: &str = "collections/cases";
const PORTS: [&str; 4] = [CASES, "sales-forecast/forecast", "customers/customers", "reference-data/calendar"];
const READERS: [&str; 3] = ["paula.brandt", "lena.vogel", "clara.neumann"];
const DECIDERS: [&str; 5] = ["aylin.demir", "maria.keller", "david.schmid", "ines.hoffmann", "henrik.maas"];
/// Everything is looked at.
const ALL_GRANTS: &str = "UPDATE access_grant SET next_look = '1970-01-01T00:00:00+00:00'";
const ALL_REQUESTS: &str = "UPDATE access_request SET next_look = '1970-01-01T00:00:00+00:00'";

/// Numbers that look like chance, the same for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("a number") % most
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

fn job(name: &str) -> &'static dyn Job {
    jobs::ALL.into_iter().find(|job| job.name() == name).expect("there is such a job")
}

/// A company that lives through the same years as another one.
struct Twin {
    world: World,
    /// What sweeps run under.
    ctx: Ctx,
    requests: Vec<RequestId>,
    grants: Vec<GrantId>,
}

/// Something that happens to both.
#[derive(Debug, Clone, Copy)]
enum Event {
    Ask { who: &'static str, port: &'static str, days: i64 },
    Approve { first: usize, request: usize },
    Confirm { who: &'static str, grant: usize },
    Keep { who: &'static str, grant: usize },
    Revoke { who: &'static str, grant: usize },
    GiveUp { who: &'static str, grant: usize },
    Staff { domain: &'static str, people: usize },
    Classify { classification: &'static str },
    Configure { rules: usize },
}

impl Event {
    fn of(dice: &mut Dice) -> Self {
        let (who, grant) = (dice.one(&READERS), dice.below(16));
        let decider = dice.one(&DECIDERS);
        match dice.below(13) {
            0..=2 => Self::Ask { who, port: dice.one(&PORTS), days: dice.one(&[20, 100, 180, 300]) },
            3..=6 => Self::Approve { first: dice.below(DECIDERS.len()), request: dice.below(4) },
            7 => Self::Confirm { who, grant },
            8 => Self::Keep { who: decider, grant },
            9 if dice.below(3) == 0 => Self::Revoke { who: decider, grant },
            9 => Self::GiveUp { who, grant },
            10 => Self::Staff { domain: dice.one(&["controlling", "group"]), people: dice.below(4) },
            11 => Self::Classify { classification: dice.one(&["internal", "confidential", "restricted"]) },
            _ => Self::Configure { rules: dice.below(4) },
        }
    }
}

fn configured(rules: usize) -> Settings {
    let mut settings = settings();
    let policy = &mut settings.policies.confidential;
    match rules {
        1 => policy.no_answer = NoAnswer::Keep,
        2 => policy.cadence.remind_days = vec![21, 5],
        3 => (policy.cadence.overdue_days, policy.cadence.escalate_days) = (3, 2),
        _ => {}
    }
    settings
}

impl Twin {
    async fn happen(&mut self, event: Event) {
        let world = &self.world;
        // Much of it is refused, to both alike.
        match event {
            Event::Ask { who, port, days } => self.requests.extend(world.ask(who, port, days).await),
            Event::Approve { first, request } => {
                // Those that are decided would soon be all of the newest, and nothing would be reviewed ever after.
                let mut waiting = Vec::new();
                for id in &self.requests {
                    let id_is = self.literal(id.0);
                    let sql = format!(
                        "SELECT COUNT(*) FROM access_request WHERE state = 'requested' AND id = {id_is}"
                    );
                    if world.number(&sql).await == 1 {
                        waiting.push(*id);
                    }
                }
                if let Some(id) = waiting.iter().rev().cycle().nth(request) {
                    // Who of them may decide changes over the years; now and then nobody may.
                    for who in DECIDERS.iter().cycle().skip(first).take(DECIDERS.len()) {
                        _ = world.approve(who, *id).await;
                    }
                }
                self.requests = waiting;
                for who in READERS {
                    for grant in world.grants(who).await.into_iter().rev() {
                        if !self.grants.contains(&grant.id) {
                            self.grants.push(grant.id);
                        }
                    }
                }
            }
            Event::Confirm { who, grant } => {
                if let Some(id) = self.grants.iter().rev().nth(grant) {
                    _ = access::confirm_need(&call(&world.ctx, &world.viewer(who).await).await, *id).await;
                }
            }
            Event::GiveUp { who, grant } => {
                if let Some(id) = self.grants.iter().rev().nth(grant) {
                    _ = access::give_up(&call(&world.ctx, &world.viewer(who).await).await, *id).await;
                }
            }
            Event::Keep { who, grant } | Event::Revoke { who, grant } => {
                let Some(id) = self.grants.iter().rev().nth(grant) else { return };
                let sql = format!("SELECT revision FROM access_grant WHERE id = {}", self.literal(id.0));
                let (chosen, viewer) = (vec![(*id, world.number(&sql).await)], world.viewer(who).await);
                let comment = "Looked at".to_owned();
                if matches!(event, Event::Keep { .. }) {
                    _ = access::keep(&call(&world.ctx, &viewer).await, chosen, comment).await;
                } else {
                    _ = access::revoke(&call(&world.ctx, &viewer).await, chosen, comment).await;
                }
            }
            Event::Staff { domain, people } => {
                let all = [("aylin.demir", "owner"), ("ines.hoffmann", "steward"), ("henrik.maas", "owner")];
                world.staff(domain, &all[..people]).await;
            }
            Event::Classify { classification } => {
                world.classify("gold.collections", "controlling", classification).await;
            }
            Event::Configure { rules } => {
                self.ctx = world.replica(world.clock.clone(), configured(rules)).await;
            }
        }
    }

    fn literal(&self, id: uuid::Uuid) -> String {
        match self.world.ctx.db {
            Db::Sqlite(..) => format!("X'{}'", id.simple()),
            Db::Postgres(..) => format!("'{id}'"),
        }
    }

    async fn sweep(&self) {
        for name in ["reminders", "waiting_requests"] {
            jobs::run(job(name), &self.ctx, &self.world.post).await.expect("the sweep ends well");
        }
    }

    /// What was ever said to whom, and where all grants stand.
    async fn says(&self) -> (Vec<String>, Vec<String>) {
        let said = "SELECT email || ': ' || notification.title || ' / ' || body FROM notification \
            JOIN person ON person.id = notification.person ORDER BY 1";
        let grants = "SELECT email || ' ' || port || ' ' || CAST(cycle AS TEXT) || ' ' || CAST(ends_on AS TEXT) || ' ' \
            || COALESCE(CAST(next_review AS TEXT), '-') || ' ' || COALESCE(ended_rule, '-') || ' ' || provisioning \
            FROM access_grant JOIN person ON person.id = consumer ORDER BY 1";
        (self.world.texts(said).await, self.world.texts(grants).await)
    }
}

impl World {
    /// All texts that a query answers.
    async fn texts(&self, sql: &'static str) -> Vec<String> {
        let found: Result<Vec<String>, sqlx::Error> = match &self.ctx.db {
            Db::Sqlite(pool, _) => sqlx::query_scalar(sql).fetch_all(pool).await,
            Db::Postgres(pool, _) => sqlx::query_scalar(sql).fetch_all(pool).await,
        };
        found.expect("the query answers texts")
    }

    /// Many grants of a person with nothing due, and one of them that is due.
    async fn crowd(&self, of: &GrantId) {
        let (numbers, id) = match self.ctx.db {
            Db::Sqlite(..) => (
                "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 100000)",
                "randomblob(16)",
            ),
            Db::Postgres(..) => {
                ("WITH number(n) AS (SELECT generate_series(1, 100000))", "gen_random_uuid()")
            }
        };
        let base = match self.ctx.db {
            Db::Sqlite(..) => format!("X'{}'", of.0.simple()),
            Db::Postgres(..) => format!("'{}'", of.0),
        };
        let requests = "port, product, domain, asset, classification, requester, purpose, ends_on, contract, \
            contract_version, state, revision, requested_at, decided_at, rule, asked_until, waits_since, next_look";
        let grants = "port, product, domain, asset, classification, consumer, purpose, starts_at, ends_on, cycle, \
            next_review, provisioning_attempts, provision_after, revision, next_look, looked_as";
        let source = format!(
            "(SELECT * FROM access_request WHERE id = (SELECT request FROM access_grant WHERE id = {base}))"
        );
        let made = [
            format!(
                "{numbers} INSERT INTO access_request (id, {requests}) SELECT {id}, {requests} \
                 FROM number CROSS JOIN {source} AS base",
            ),
            format!(
                "INSERT INTO access_grant (id, request, provisioning, {grants}) SELECT {id}, fresh.id, 'provisioned', {} \
                 FROM access_request AS fresh CROSS JOIN (SELECT * FROM access_grant WHERE id = {base}) AS base \
                 WHERE NOT EXISTS (SELECT 1 FROM access_grant AS held WHERE held.request = fresh.id)",
                grants.split(", ").map(|column| format!("base.{column}")).collect::<Vec<_>>().join(", ")
            ),
        ];
        for sql in made {
            self.execute(&sql).await.expect("they are there");
        }
    }
}

/// Lets two companies live through the same years; one is looked at as far as it is due, of the other one everything.
fn years(engine: Engine, seed: u64) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    runtime.block_on(async {
        let mut twins = Vec::new();
        for _ in 0..2 {
            let Some(world) = World::demo(engine).await else { return };
            let ctx = world.ctx.clone();
            twins.push(Twin { world, ctx, requests: Vec::new(), grants: Vec::new() });
        }
        let mut dice = Dice(seed);
        let begin = twins[0].world.now();
        let mut told = Vec::new();
        while twins[0].world.now() < begin + TimeDelta::days(730) {
            let mut course = Vec::new();
            for _ in 0..dice.below(4) {
                course.push(Event::of(&mut dice));
            }
            let jump =
                TimeDelta::days(dice.one(&[1, 1, 2, 3, 6, 20])) + TimeDelta::hours(dice.one(&[0, 0, 2, 5]));
            for (place, twin) in twins.iter_mut().enumerate() {
                for event in &course {
                    twin.happen(*event).await;
                }
                twin.world.clock.set(twin.world.now() + jump);
                if place == 1 {
                    for sql in [ALL_GRANTS, ALL_REQUESTS] {
                        twin.world.execute(sql).await.expect("it runs");
                    }
                }
                twin.sweep().await;
            }
            let (here, there) = (twins[0].says().await, twins[1].says().await);
            assert_eq!(here, there, "seed {seed}, {}, after {course:?}", twins[0].world.now());
            told = here.0;
        }
        let reviews = told.iter().filter(|said| said.contains("Review access")).count();
        let waits = told.iter().filter(|said| said.contains("waits for you")).count();
        assert!(reviews > 5 && waits > 5, "something happened: {reviews} and {waits} of {}", told.len());
    });
}

#[test]
fn over_years_the_due_looks_send_what_looks_at_everything_send_sqlite() {
    for seed in 1..=3 {
        years(Engine::Sqlite, seed);
    }
}

#[test]
fn over_years_the_due_looks_send_what_looks_at_everything_send_postgres() {
    years(Engine::Postgres, 7);
}

on_both! { demo =>
    async fn a_sweep_over_100_000_grants_of_which_none_is_due_never_reads_them(world) {
        let (id, due) = world.reviewed().await;
        let reminders = job("reminders");
        jobs::run(reminders, &world.ctx, &world.post).await.expect("it runs");
        let time = async || {
            let mut best = Duration::MAX;
            for _ in 0..20 {
                let began = Instant::now();
                assert_eq!(jobs::run(reminders, &world.ctx, &world.post).await.expect("it runs"), 0);
                best = best.min(began.elapsed());
            }
            best
        };
        let few = time().await;
        world.crowd(&id).await;
        assert!(world.number("SELECT COUNT(*) FROM access_grant").await > 100_000);
        let many = time().await;
        println!("a sweep with nothing due: {few:?} over 1 grant, {many:?} over 100,000");
        assert!(many < few * 5 + Duration::from_millis(5), "{few:?} and {many:?}");
        // Of so many one is due: it alone is looked at.
        world.execute("UPDATE access_grant SET next_look = '2099-01-01T00:00:00+00:00', next_review = NULL, ends_on = '2099-12-31' \
            WHERE provisioning = 'provisioned'").await.expect("it runs");
        world.go(30, due);
        assert_eq!(jobs::run(reminders, &world.ctx, &world.post).await.expect("it runs"), 1);
        assert_eq!(world.told("paula.brandt", "Do you still need Collections: cases?").await, 1);
    }

    async fn what_was_sent_before_the_upgrade_is_never_sent_again(world) {
        let (id, due) = world.reviewed().await;
        let lena = world.granted("lena.vogel", CASES, 95, &["aylin.demir"]).await;
        world.ask("clara.neumann", CASES, 90).await.expect("she may ask");
        for left in [20, -2, -9] {
            world.go(left, due);
            world.sweep().await;
        }
        let said = || async { world.number("SELECT COUNT(*) FROM notification").await };
        let before = said().await;
        let keys = "SELECT kind FROM reminder ORDER BY 1";
        let (now, day) = (world.texts(keys).await, |days: i64| due + TimeDelta::days(days));
        assert!(now.contains(&format!("review.overdue.{}", day(1))), "{now:?}");
        // As it was kept before: by places in a row of reminders.
        let ends = world.grant("lena.vogel", lena).await.ends_on;
        let mut old: Vec<(String, String)> = Vec::new();
        for kind in ["ask", "review", "escalated"] {
            for week in 0..3 {
                old.push((format!("{kind}.overdue.{}", day(1 + 7 * week)), format!("{kind}.overdue.{week}")));
            }
        }
        for days in [30i64, 14, 7, 1] {
            let of = |date: NaiveDate| date - TimeDelta::days(days);
            old.push((format!("ask.before.{}", of(due)), format!("ask.before.{days}")));
            old.push((format!("review.before.{}", of(due)), format!("review.before.{days}")));
            old.push((format!("end.before.{}", of(ends)), format!("end.before.{days}")));
        }
        for (key, was) in &old {
            world.execute(&format!("UPDATE reminder SET kind = '{was}' WHERE kind = '{key}'")).await.expect("it runs");
        }
        let waits = world.texts("SELECT DISTINCT kind FROM request_reminder WHERE kind LIKE 'waits.%' ORDER BY 1").await;
        let since = world.text("SELECT CAST(waits_since AS TEXT) FROM access_request WHERE state = 'requested'").await;
        let since: NaiveDate = since[..10].parse().expect("a day");
        for key in &waits {
            let date: NaiveDate = key.trim_start_matches("waits.").parse().expect("it names a day");
            let was = format!("waits.{}", (date - since).num_days());
            world.execute(&format!("UPDATE request_reminder SET kind = '{was}' WHERE kind = '{key}'")).await.expect("it runs");
        }
        let migration = match world.ctx.db {
            Db::Sqlite(..) => include_str!("../../../../migrations/sqlite/0020_jobs.sql"),
            Db::Postgres(..) => include_str!("../../../../migrations/postgres/0020_jobs.sql"),
        };
        let updates = migration.split(";\n").filter_map(|part| part.find("UPDATE").map(|at| &part[at..]));
        let updates: Vec<&str> = updates.filter(|sql| sql.contains("reminder")).collect();
        assert_eq!(updates.len(), 3);
        for sql in updates {
            world.execute(sql).await.expect("it runs");
        }
        assert_eq!(world.texts(keys).await, now, "{id}");
        for sql in [ALL_GRANTS, ALL_REQUESTS] {
            world.execute(sql).await.expect("it runs");
        }
        world.sweep().await;
        assert_eq!(said().await, before);
    }
}
