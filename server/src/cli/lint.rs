//! `lakeport contract lint FILE..` and `lakeport product lint FILE..`

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use lakeport_portal::legible;
use lakeport_portal::standards::odcs::Contract;
use lakeport_portal::standards::odps::DataProduct;
use lakeport_portal::standards::{FileError, FileErrors};
use serde::Serialize;

/// Files larger than this are no documents of the standards.
const LARGEST: u64 = 16 * 1024 * 1024;

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
    #[arg(long, value_enum, env = "LAKEPORT_FORMAT", hide_env_values = true, default_value_t = Format::Text)]
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
    /// What could not be read, a sentence each; told beside the report.
    #[serde(skip)]
    unread: Vec<String>,
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
        let report = self.report(reading);
        println!("{}", report.told(self.format));
        for message in &report.unread {
            eprintln!("lakeport: {}", legible(message));
        }
        ExitCode::from(if report.unread.is_empty() { u8::from(report.errors > 0) } else { 2 })
    }

    /// What is wrong with every file that can be read: one that cannot keeps nothing about the others back.
    fn report(&self, reading: Reading) -> Report {
        let mut report = Report::default();
        let mut files = Vec::new();
        for path in &self.files {
            find(path, &mut files, &mut report.unread);
        }
        if files.is_empty() && report.unread.is_empty() {
            let none = "There is no .yaml, .yml or .json file among what was named.";
            report.unread.push(none.to_owned());
        }
        for path in files {
            let text = match text(&path) {
                Ok(text) => text,
                Err(message) => {
                    report.unread.push(message);
                    continue;
                }
            };
            report.files += 1;
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
        report
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
                    // Names and values are others', and are told in a terminal.
                    let (file, said) = (legible(file), legible(&format!("{field}{message}")));
                    // Writing to a string does not fail.
                    _ = writeln!(text, "{file}:{line}:{column}: {word}: {said}");
                }
                let counts = [(self.files, "file"), (self.errors, "error"), (self.warnings, "warning")];
                text + &counts.map(|(number, what)| counted(number, what)).join(", ")
            }
        }
    }
}

/// `1 file`, `2 files`.
fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// A file as it was named; of a folder, the documents in it, by name.
fn find(path: &Path, files: &mut Vec<PathBuf>, unread: &mut Vec<String>) {
    if !path.is_dir() {
        files.push(path.to_path_buf());
        return;
    }
    let entries = std::fs::read_dir(path).and_then(|entries| {
        let kinds = entries.map(|entry| entry.and_then(|entry| Ok((entry.file_name(), entry.file_type()?))));
        kinds.collect::<std::io::Result<Vec<_>>>()
    });
    let mut inner = match entries {
        Ok(inner) => inner,
        Err(error) => {
            unread.push(unreadable(path, &error));
            return;
        }
    };
    inner.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (name, kind) in inner {
        let hidden = name.to_string_lossy().starts_with('.');
        let path = path.join(name);
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if kind.is_dir() && !hidden {
            find(&path, files, unread);
        } else if kind.is_file() && !hidden && ["yaml", "yml", "json"].contains(&extension) {
            files.push(path);
        }
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> String {
    format!("{} cannot be read: {error}.", path.display())
}

/// The text of a file, or why there is none. A device or a pipe says no size: no more is read than a document can have.
fn text(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
    read.map_err(|error| unreadable(path, &error))?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!("{} is larger than 16 MiB, which no such document is.", path.display()));
    }
    String::from_utf8(bytes).map_err(|_| format!("{} is not text in UTF-8.", path.display()))
}
