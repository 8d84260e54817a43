//! `lakeport demo`

use std::net::SocketAddr;

use chrono::NaiveDate;
use clap::Args;

use super::Common;
use crate::process::{Mode, Process};
use crate::stop::Stop;
use crate::{demo, log, process};

#[derive(Debug, Args)]
pub(super) struct Demo {
    #[command(flatten)]
    common: Common,
    #[arg(
        long,
        value_name = "ADDR",
        help = "Address and port to listen on, of this machine only [env: LAKEPORT_LISTEN] [default: 127.0.0.1:8080]"
    )]
    listen: Option<SocketAddr>,
    /// Moves the demo's clock to this day, forward only.
    #[arg(long, value_name = "DATE", env = "LAKEPORT_NOW", hide_env_values = true)]
    now: Option<NaiveDate>,
    /// About how many orders the demo's tables hold; counts on the first start.
    #[arg(long, value_name = "ORDERS", env = "LAKEPORT_SCALE", hide_env_values = true, default_value_t = 300_000,
          value_parser = clap::value_parser!(u32).range(1_000..=50_000_000))]
    scale: u32,
    /// Seed of the demo's random numbers; counts on the first start.
    #[arg(long, value_name = "NUMBER", env = "LAKEPORT_SEED", hide_env_values = true, default_value_t = 7)]
    seed: u64,
}

impl Demo {
    pub(super) async fn run(self) -> Result<(), Stop> {
        let mut loaded = self.common.read(self.listen, "lakeport-demo")?;
        loaded.check_demo()?;
        if loaded.origin("log") == "the defaults" {
            // A malformed cookie is a stranger's doing, and no news.
            "warn,tower_sessions=error".clone_into(&mut loaded.config.log);
        }
        let mut config = loaded.config;
        config.lake_root = None;
        log::begin(&config);
        // The port first: a second start must not wait for data to learn that it is taken.
        let listener = process::listen(config.listen).await?;
        let process = Process::start(config, Mode::Demo).await?;
        let plan = demo::Plan { orders: self.scale, seed: self.seed, now: self.now };
        let demo = demo::prepare(&process.config, &process.ctx, &process.pool, &process.days, &plan).await?;
        let address = process.config.public_url();
        println!("Lakeport is ready at {address}");
        println!("Sign in there as one of the demo's people; no password is needed. Ctrl+C stops it.");
        let follower = demo.follow_the_clock();
        let served = process.serve(listener).await;
        follower.abort();
        served
    }
}
