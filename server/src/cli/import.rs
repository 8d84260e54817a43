//! `lakeport import DIR`

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use lakeport_portal::catalog::{self, Files, Watch};
use lakeport_portal::people::Actor;

use super::Common;
use super::folder::Folder;
use crate::process;
use crate::progress::Progress;
use crate::state::Purpose;
use crate::stop::Stop;

#[derive(Debug, Args)]
pub(super) struct Import {
    #[command(flatten)]
    common: Common,
    /// Folder with the files.
    dir: PathBuf,
    /// Only says what would change.
    #[arg(long, env = "LAKEPORT_DRY_RUN", hide_env_values = true)]
    dry_run: bool,
}

impl Import {
    pub(super) async fn run(self) -> Result<(), Stop> {
        let config = self.common.load()?.config;
        let folder = Folder::list(&self.dir)?;
        let portal = process::open(&config, Purpose::Make).await?;
        let files: Arc<dyn Files> = Arc::new(folder);
        let progress = Arc::new(Progress::begin("Import"));
        let bar = Arc::clone(&progress);
        let watch =
            Watch::new(move |at: catalog::Progress| bar.show(at.done as u64, at.total as u64, &at.step));
        let actor = Actor::System("import");
        let done = catalog::import_watched(portal.ctx(), &actor, &files, self.dry_run, &watch).await;
        progress.end();
        portal.close().await;
        let report = done.map_err(Stop::fault)?;
        // A large mesh is told in a hundred thousand lines.
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        let unwritten = |error| Stop::fault(format!("The report cannot be written: {error}."));
        writeln!(out, "{report}").and_then(|()| out.flush()).map_err(unwritten)
    }
}
