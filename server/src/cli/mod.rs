//! The command line: one file a command.

mod audit;
mod backup;
mod config;
mod demo;
mod doctor;
mod export;
mod folder;
mod import;
mod lint;
mod migrate;
mod person;
mod push;
mod restore;
mod serve;
mod token;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use lakeport_portal::legible;

use crate::config::{Loaded, Options, load};
use crate::stop::Stop;

/// The self-service portal of a data mesh.
///
/// Every option can also be given as a variable: --listen is `LAKEPORT_LISTEN`.
#[derive(Debug, Parser)]
#[command(name = "lakeport", version, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the portal.
    Serve(serve::Serve),
    /// Runs the portal with a demo company: invented people, generated tables, its own sign-in.
    Demo(demo::Demo),
    /// Reads a folder of domains, products, contracts, dashboards, terms and lineage into the catalog.
    Import(import::Import),
    /// Writes the catalog as files into a folder.
    Export(export::Export),
    /// Sends a folder of products, contracts, dashboards, assets and terms to a running portal, with the token in `LAKEPORT_TOKEN`.
    Push(push::Push),
    /// Brings the database to this version.
    Migrate(migrate::Migrate),
    /// Looks at everything the portal needs and says what is wrong.
    Doctor(doctor::Doctor),
    /// Prints the effective configuration, secrets hidden.
    Config(config::ShowConfig),
    /// Copies the database into a file while the portal runs (`SQLite`).
    Backup(backup::Backup),
    /// Puts a backup in the place of the database (`SQLite`).
    Restore(restore::Restore),
    /// Looks after data contracts.
    #[command(subcommand)]
    Contract(lint::Contracts),
    /// Looks after data products.
    #[command(subcommand)]
    Product(lint::Products),
    /// Looks after the audit.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Disables people who have left, and enables them again.
    #[command(subcommand)]
    Person(person::Person),
    /// Looks after tokens of service accounts.
    #[command(subcommand)]
    Token(token::Token),
    /// Serves queries of its parent process.
    #[command(hide = true)]
    Worker,
}

/// Options of every command that uses the portal's data.
#[derive(Debug, Clone, Args)]
struct Common {
    #[arg(long, value_name = "DIR", help = "Folder of the portal's own files [env: LAKEPORT_DATA]")]
    data: Option<PathBuf>,
    #[arg(
        long,
        value_name = "FILE",
        help = "Configuration file [env: LAKEPORT_CONFIG] [default: lakeport.toml in the data folder]"
    )]
    config: Option<PathBuf>,
}

impl Common {
    /// Reads the configuration for a command that works on existing data.
    fn load(&self) -> Result<Loaded, Stop> {
        let loaded = self.read(None, "lakeport")?;
        loaded.check()?;
        Ok(loaded)
    }

    fn read(&self, listen: Option<SocketAddr>, home: &'static str) -> Result<Loaded, Stop> {
        load(Options { config: self.config.clone(), data: self.data.clone(), listen, home, variables: None })
    }
}

/// Parses the command line, runs the command, and answers its exit code: 0, 1 for a fault, 2 for wrong usage.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            // Nothing can be done when the terminal is gone.
            _ = error.print();
            return ExitCode::from(code);
        }
    };
    let done = match cli.command {
        Command::Worker => return lakeport_lake::worker_main(),
        Command::Contract(command) => return command.run(),
        Command::Product(command) => return command.run(),
        Command::Serve(command) => run(command.run()),
        Command::Demo(command) => run(command.run()),
        Command::Import(command) => run(command.run()),
        Command::Export(command) => run(command.run()),
        Command::Push(command) => run(command.run()),
        Command::Migrate(command) => run(command.run()),
        Command::Doctor(command) => run(command.run()),
        Command::Config(command) => command.run(),
        Command::Backup(command) => run(command.run()),
        Command::Restore(command) => run(command.run()),
        Command::Audit(command) => run(command.run()),
        Command::Person(command) => run(command.run()),
        Command::Token(command) => run(command.run()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            for line in stop.message.split('\n') {
                eprintln!("lakeport: {}", legible(line));
            }
            ExitCode::from(stop.code)
        }
    }
}

/// A refusal is wrong usage, anything else a fault.
fn refused(error: lakeport_portal::Error) -> Stop {
    match error {
        lakeport_portal::Error::Refused(refusal) => Stop::usage(refusal.message),
        lakeport_portal::Error::Fault(_) => Stop::fault(error),
    }
}

/// Runs a command to its end on the asynchronous runtime.
fn run(command: impl Future<Output = Result<(), Stop>>) -> Result<(), Stop> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Stop::fault(format!("The runtime cannot be started: {error}.")))?;
    let done = runtime.block_on(command);
    // A blocked file system call must not keep a stopped program alive.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    done
}
