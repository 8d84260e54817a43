//! Several processes share the jobs: one does a job at a time, and another takes it over when that one has died.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use lakeport_portal::jobs::{self, Job};
use lakeport_portal::notify::Mailer;
use lakeport_portal::{Ctx, Error};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use crate::post::Post;
use crate::world::{on_both, settings};

const LENGTH: Duration = Duration::from_secs(2);
const SOON: Duration = Duration::from_secs(20);

/// A job that ends when it is let go.
struct Held {
    begun: AtomicU32,
    ends: Semaphore,
}

impl Held {
    fn new() -> Self {
        Self { begun: AtomicU32::new(0), ends: Semaphore::new(0) }
    }

    fn begun(&self) -> u32 {
        self.begun.load(Ordering::SeqCst)
    }

    async fn has_begun(&self, times: u32) {
        let all = async {
            while self.begun() < times {
                sleep(Duration::from_millis(2)).await;
            }
        };
        timeout(SOON, all).await.expect("it begins");
    }
}

#[async_trait]
impl Job for Held {
    fn name(&self) -> &'static str {
        "held"
    }

    fn pause(&self) -> Duration {
        LENGTH
    }

    fn lease(&self) -> Option<Duration> {
        Some(LENGTH)
    }

    async fn is_due(&self, _ctx: &Ctx) -> Result<bool, Error> {
        Ok(true)
    }

    async fn run(&self, _ctx: &Ctx, _mailer: &dyn Mailer) -> Result<u32, Error> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        self.ends.acquire().await.expect("it is let go").forget();
        Ok(1)
    }
}

/// A job that writes for longer than it takes until its lease is renewed.
struct Writing;

#[async_trait]
impl Job for Writing {
    fn name(&self) -> &'static str {
        "writing"
    }

    fn pause(&self) -> Duration {
        LENGTH
    }

    fn lease(&self) -> Option<Duration> {
        Some(LENGTH)
    }

    async fn is_due(&self, _ctx: &Ctx) -> Result<bool, Error> {
        Ok(true)
    }

    async fn run(&self, ctx: &Ctx, _mailer: &dyn Mailer) -> Result<u32, Error> {
        let tx = ctx.db.write().await?;
        sleep(LENGTH / 2).await;
        // The renewal is next, and the job ends before it is asked again.
        tx.commit_unrecorded("a test").await?;
        Ok(1)
    }
}

on_both! { empty =>
    async fn a_renewal_that_waits_for_its_turn_never_keeps_it_when_the_job_ends(world) {
        let post = Post::default();
        let run = timeout(LENGTH * 3, jobs::run(&Writing, &world.ctx, &post));
        assert_eq!(run.await.expect("nobody waits for what nobody does").expect("it ends well"), 1);
        timeout(LENGTH, world.ctx.db.write()).await.expect("the turn is free").expect("it answers");
    }

    async fn a_lease_that_cannot_be_given_up_never_takes_back_what_was_done(world) {
        let (job, post) = (Held::new(), Post::default());
        let run = jobs::run(&job, &world.ctx, &post);
        let broken = async {
            job.has_begun(1).await;
            world.execute("ALTER TABLE job_lease RENAME TO elsewhere").await.expect("it runs");
            job.ends.add_permits(1);
        };
        let (done, ()) = tokio::join!(run, broken);
        assert_eq!(done.expect("it was done"), 1);
    }

    async fn a_run_that_was_cut_off_never_keeps_the_next_of_its_own_process_waiting(world) {
        let (job, post) = (Held::new(), Post::default());
        tokio::select! {
            _ = jobs::run(&job, &world.ctx, &post) => panic!("nobody let it go"),
            () = job.has_begun(1) => {}
        }
        job.ends.add_permits(1);
        let next = timeout(SOON, jobs::run(&job, &world.ctx, &post)).await.expect("it ends");
        assert_eq!((next.expect("it ends well"), job.begun()), (1, 2));
    }

    async fn a_process_that_stops_in_order_never_keeps_its_jobs_from_another(world) {
        let other = world.replica(world.clock.clone(), settings()).await;
        let (job, post) = (Held::new(), Post::default());
        tokio::select! {
            _ = jobs::run(&job, &world.ctx, &post) => panic!("nobody let it go"),
            () = job.has_begun(1) => {}
        }
        job.ends.add_permits(1);
        jobs::give_leases_up(&other).await.expect("it has none");
        assert_eq!(jobs::run(&job, &other, &post).await.expect("it is left alone"), 0, "nobody gives up another's");
        jobs::give_leases_up(&world.ctx).await.expect("it gives them up");
        assert_eq!(jobs::run(&job, &other, &post).await.expect("it ends well"), 1);
    }

    async fn two_processes_never_do_a_job_side_by_side(world) {
        let other = world.replica(world.clock.clone(), settings()).await;
        let (job, post) = (Held::new(), Post::default());
        let first = jobs::run(&job, &world.ctx, &post);
        let second = async {
            job.has_begun(1).await;
            // Far longer than the lease: it is renewed as long as the job runs.
            for _ in 0..6 {
                sleep(LENGTH / 3).await;
                assert_eq!(jobs::run(&job, &other, &post).await.expect("it is left alone"), 0);
            }
            job.ends.add_permits(1);
        };
        let (done, ()) = tokio::join!(first, second);
        assert_eq!((done.expect("it ends well"), job.begun()), (1, 1));
        job.ends.add_permits(1);
        let next = timeout(SOON, jobs::run(&job, &other, &post)).await.expect("it ends");
        assert_eq!((next.expect("it ends well"), job.begun()), (1, 2), "it was given up at its end");
    }

    async fn a_process_that_died_never_keeps_a_job_for_long(world) {
        let other = world.replica(world.clock.clone(), settings()).await;
        let (job, post) = (Held::new(), Post::default());
        tokio::select! {
            _ = jobs::run(&job, &world.ctx, &post) => panic!("nobody let it go"),
            () = job.has_begun(1) => {}
        }
        // What was left half-way renews nothing any more.
        assert_eq!(jobs::run(&job, &other, &post).await.expect("it is left alone"), 0);
        job.ends.add_permits(1);
        let taken_over = async {
            while jobs::run(&job, &other, &post).await.expect("it answers") == 0 {
                sleep(LENGTH / 8).await;
            }
        };
        timeout(SOON, taken_over).await.expect("the other one takes it over");
        assert_eq!(job.begun(), 2);
    }
}
