//! `lakeport serve`

use std::net::SocketAddr;

use clap::Args;

use super::Common;
use crate::process::{Mode, Process};
use crate::stop::Stop;
use crate::{log, process};

#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    common: Common,
    #[arg(
        long,
        value_name = "ADDR",
        help = "Address and port to listen on [env: LAKEPORT_LISTEN] [default: 127.0.0.1:8080]"
    )]
    listen: Option<SocketAddr>,
}

impl Serve {
    pub(super) async fn run(self) -> Result<(), Stop> {
        let loaded = self.common.read(self.listen, "lakeport")?;
        loaded.check_serve()?;
        let config = loaded.config;
        log::begin(&config);
        let listener = process::listen(config.listen).await?;
        let process = Process::start(config, Mode::Serve).await?;
        tracing::info!(address = %process.config.listen, public_url = %process.config.public_url(), "serving");
        process.serve(listener).await
    }
}
