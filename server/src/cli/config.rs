//! `lakeport config`

use clap::Args;

use super::Common;
use crate::stop::Stop;

#[derive(Debug, Args)]
pub(super) struct ShowConfig {
    #[command(flatten)]
    common: Common,
}

impl ShowConfig {
    pub(super) fn run(self) -> Result<(), Stop> {
        let loaded = self.common.read(None, "lakeport")?;
        print!("{}", loaded.show());
        loaded.check()
    }
}
