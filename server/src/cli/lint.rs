//! `lakeport contract lint FILE..` and `lakeport product lint FILE..`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use lakeport_portal::standards::odcs::Contract;
use lakeport_portal::standards::odps::DataProduct;
use lakeport_portal::standards::{FileError, FileErrors};
use serde::Serialize;

/// Files larger than this are no documents of the standards.
const LARGEST: u64 = 16 * 1024 * 1024;
/// Folders in folders that are looked into.
const DEEPEST: usize = 32;

#[derive(Debug, Subcommand)]
pub(super) enum Contracts {
    /// Reads data contracts (ODCS) and tells every problem; needs no portal.
    Lint(Lint),
}

#[derive(Debug, Subcommand)]
pub(super) enum Products {
    /// Reads data products (ODPS) and tells every problem; needs no portal.
    Lint(Lint),
}

/// Ends with 0 when nothing is wrong, with 1 when something is, with 2 when a file cannot be read.
#[derive(Debug, Args)]
pub(super) struct Lint {
    /// Files, or folders whose .yaml, .yml and .json files are read.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// How problems are told: a line each, or one JSON document.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// `FILE:LINE:COLUMN: error: FIELD: MESSAGE`
    Text,
    /// `{"files": 2, "errors": 1, "warnings": 0, "problems": [{"severity": "error", "file": .., "line": .., "column": ..,
    /// "field": .., "message": ..}]}`; line and column count from 1, and are 0 where the place is not known.
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Severity {
    Error,
    Warning,
}

/// One problem with its weight.
#[derive(Debug, Serialize)]
struct Problem {
    severity: Severity,
    #[serde(flatten)]
    problem: FileError,
}

/// Everything that was found.
#[derive(Debug, Default, Serialize)]
struct Report {
    files: usize,
    errors: usize,
    warnings: usize,
    problems: Vec<Problem>,
}

/// What a document is read by: the advice it comes with, or everything that is wrong.
type Reading = fn(&str, &str) -> Result<Vec<FileError>, FileErrors>;

impl Contracts {
    pub(super) fn run(self) -> ExitCode {
        let Self::Lint(lint) = self;
        lint.run(|file, text| Contract::read(file, text).map(|(_, advice)| advice))
    }
}

impl Products {
    pub(super) fn run(self) -> ExitCode {
        let Self::Lint(lint) = self;
        lint.run(|file, text| DataProduct::read(file, text).map(|(_, advice)| advice))
    }
}

impl Lint {
    fn run(self, reading: Reading) -> ExitCode {
        match self.report(reading) {
            Ok(report) => {
                println!("{}", report.told(self.format));
                ExitCode::from(u8::from(report.errors > 0))
            }
            Err(message) => {
                eprintln!("lakeport: {message}");
                ExitCode::from(2)
            }
        }
    }

    fn report(&self, reading: Reading) -> Result<Report, String> {
        let mut files = Vec::new();
        for path in &self.files {
            find(path, DEEPEST, &mut files)?;
        }
        if files.is_empty() {
            return Err("There is no .yaml, .yml or .json file among what was named.".to_owned());
        }
        let mut report = Report { files: files.len(), ..Report::default() };
        for path in files {
            let text = text(&path)?;
            let (found, severity) = match reading(&path.display().to_string(), &text) {
                Ok(advice) => (advice, Severity::Warning),
                Err(errors) => (errors.into_iter().collect(), Severity::Error),
            };
            match severity {
                Severity::Error => report.errors += found.len(),
                Severity::Warning => report.warnings += found.len(),
            }
            report.problems.extend(found.into_iter().map(|problem| Problem { severity, problem }));
        }
        Ok(report)
    }
}

impl Report {
    fn told(&self, format: Format) -> String {
        match format {
            Format::Json => serde_json::to_string_pretty(self).unwrap_or_default(),
            Format::Text => {
                let mut text = String::new();
                for Problem { severity, problem } in &self.problems {
                    let word = if *severity == Severity::Error { "error" } else { "warning" };
                    let FileError { file, line, column, field, message } = problem;
                    let field = if field.is_empty() { String::new() } else { format!("{field}: ") };
                    // Writing to a string does not fail.
                    _ = writeln!(text, "{file}:{line}:{column}: {word}: {field}{message}");
                }
                let Self { files, errors, warnings, .. } = self;
                _ = write!(text, "{files} files, {errors} errors, {warnings} warnings");
                text
            }
        }
    }
}

/// A file as it was named; of a folder, the documents in it, by name.
fn find(path: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), String> {
    if !path.is_dir() {
        files.push(path.to_path_buf());
        return Ok(());
    }
    let unreadable = |error: std::io::Error| format!("{} cannot be read: {error}.", path.display());
    let entries = std::fs::read_dir(path).map_err(unreadable)?;
    let mut inner = entries.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    inner.sort_by_key(std::fs::DirEntry::file_name);
    for entry in inner {
        let kind = entry.file_type().map_err(unreadable)?;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        let path = entry.path();
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if kind.is_dir() && !hidden && depth > 0 {
            find(&path, depth - 1, files)?;
        } else if kind.is_file() && !hidden && ["yaml", "yml", "json"].contains(&extension) {
            files.push(path);
        }
    }
    Ok(())
}

fn text(path: &Path) -> Result<String, String> {
    let unreadable = |error| format!("{} cannot be read: {error}.", path.display());
    if std::fs::metadata(path).map_err(unreadable)?.len() > LARGEST {
        return Err(format!("{} is larger than 16 MiB, which no such document is.", path.display()));
    }
    std::fs::read_to_string(path).map_err(unreadable)
}
