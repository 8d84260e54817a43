//! `lakeport audit verify`

use clap::{Args, Subcommand};
use lakeport_portal::audit;

use super::Common;
use crate::process;
use crate::state::Purpose;
use crate::stop::Stop;

#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Recomputes the hash chain of the audit.
    Verify(Verify),
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    #[command(flatten)]
    common: Common,
    /// A head kept elsewhere, which has to lie on the chain.
    #[arg(long, value_name = "N:HASH", env = "LAKEPORT_HEAD", hide_env_values = true, value_parser = head)]
    head: Option<(i64, String)>,
}

impl Audit {
    pub(super) async fn run(self) -> Result<(), Stop> {
        let Self::Verify(verify) = self;
        let config = verify.common.load()?.config;
        let portal = process::open(&config, Purpose::Look).await?;
        let report = audit::verify(portal.ctx(), verify.head).await?;
        if report.problem.is_some() {
            return Err(Stop::fault(report));
        }
        println!("{report}");
        Ok(())
    }
}

/// `120:ab12..` as number and hash.
fn head(text: &str) -> Result<(i64, String), String> {
    let (number, hash) = text.split_once(':').ok_or("a head looks like 120:ab12, number and hash")?;
    let number = number.parse().map_err(|_| format!("\"{number}\" is not a record number"))?;
    if hash.len() != 64 || !hash.chars().all(|letter| letter.is_ascii_hexdigit()) {
        return Err("the hash has to have 64 hexadecimal digits".to_owned());
    }
    Ok((number, hash.to_lowercase()))
}
