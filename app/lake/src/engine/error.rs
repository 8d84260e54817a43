//! From the engines' errors to sentences for people. Details go to the log; values of rows go nowhere.

use std::error::Error;
use std::fmt::Debug;
use std::io;

use deltalake::DeltaTableError;
use deltalake::arrow::error::ArrowError;
use deltalake::datafusion::error::DataFusionError;
use deltalake::parquet::errors::ParquetError;
use lakeport_frame::LakeError;

use super::figures::DECIMAL_OVERFLOW;
use super::storage::{CUT_SHORT, OUTSIDE};
use crate::line::complain;

/// An error of opening or reading the log of table `name`.
pub(crate) fn of_table(name: &str, error: &DeltaTableError) -> LakeError {
    let text = chain(error);
    if text.contains(OUTSIDE) {
        complain(format_args!("table {name}: its log names files outside of its folder"));
        return outside(name);
    }
    if let Some(features) = unsupported(&text) {
        if features.contains("TypeWidening") {
            return LakeError::Unsupported(format!(
                "Table {name} has columns whose type was widened in place ({features}), which cannot be read here; \
                 dropping that feature from the table rewrites its old files."
            ));
        }
        if features == "VacuumProtocolCheck" {
            return LakeError::Unsupported(format!(
                "Table {name} asks for vacuumProtocolCheck, which cannot be read here; dropping that feature from the \
                 table makes it readable, and no data file is written anew."
            ));
        }
        return LakeError::Unsupported(format!(
            "Table {name} uses {features}, which cannot be read here; the table has to be rewritten without it."
        ));
    }
    // Texts of the storage hold addresses, and whoever signs these, signatures.
    complain(format_args!("table {name}: {}", kinds(error)));
    if is_away(&text) {
        return LakeError::Fault(format!("Table {name} cannot be read; the log has the details."));
    }
    LakeError::Damaged(format!(
        "Table {name} cannot be read: its log is damaged, or a part of it is missing. The table has to be repaired or \
         written anew."
    ))
}

/// True for an error of the way to the storage: a later try may go well.
fn is_away(text: &str) -> bool {
    !is_cut_short(text)
        && ["Generic ", "error sending request", "timed out", "connection", "Unauthenticated", "permission"]
            .iter()
            .any(|sign| text.contains(sign))
}

/// True for a file that is shorter than its log says: it is damaged; only the error calls it one of the storage.
fn is_cut_short(text: &str) -> bool {
    [CUT_SHORT, "Requested range was invalid"].iter().any(|sign| text.contains(sign))
}

/// The refusal of a table whose log leads elsewhere.
pub(crate) fn outside(name: &str) -> LakeError {
    LakeError::OutsideRoot(format!(
        "The log of table {name} names files outside the table's own folder; it is not read."
    ))
}

/// The refusal of a table with a data file of a name that no storage takes.
pub(crate) fn control_letter(name: &str) -> LakeError {
    LakeError::Unsupported(format!(
        "Table {name} has a data file with a control letter in its name, which cannot be read here; the file has to be \
         written anew under another name."
    ))
}

/// An error of planning: one about names, types and grammar speaks of the statement, so its text may be shown.
pub(crate) fn of_plan(error: &DataFusionError) -> LakeError {
    match error.find_root() {
        root @ (DataFusionError::Plan(_)
        | DataFusionError::SchemaError(..)
        | DataFusionError::NotImplemented(_)
        | DataFusionError::SQL(..)) => LakeError::Refused(sentence(&strip(&root.strip_backtrace()))),
        _ => of_run(error),
    }
}

/// An error of running: its text may hold values of rows, so only its kind is told.
pub(crate) fn of_run(error: &DataFusionError) -> LakeError {
    let text = chain(error);
    if text.contains(OUTSIDE) {
        return outside("behind the statement");
    }
    if let Some(features) = unsupported(&text) {
        return LakeError::Unsupported(format!("A table uses {features}, which cannot be read here."));
    }
    if is_exhausted(error) {
        return too_large();
    }
    let lower = text.to_lowercase();
    // What a filter calculates while files are read names the kind only.
    let by_zero = ["divide by zero", "division by zero", "dividebyzero"];
    if by_zero.iter().any(|sign| lower.contains(sign)) {
        return refused("A row divides by zero; write NULLIF(divisor, 0) to get no value there.");
    }
    if lower.contains("overflow converting") {
        return refused(
            "A moment lies outside of the years 1677 to 2262, which TIMESTAMP reaches; write it as \
             CAST('9999-12-31 23:59:59' AS TIMESTAMP(6)).",
        );
    }
    // Only decimals have an average that does not fit.
    if text.contains(DECIMAL_OVERFLOW) || lower.contains("overflow in avg") {
        return refused(
            "A calculation leaves the range of its type; cast to DOUBLE, or to a DECIMAL with fewer digits behind the \
             point, first.",
        );
    }
    if lower.contains("overflow") {
        return refused("A calculation leaves the range of its type; cast to DECIMAL or DOUBLE first.");
    }
    let unfit = ["cast error", "casterror", "cannot cast", "error parsing", "to store in a decimal"];
    if unfit.iter().any(|sign| lower.contains(sign)) {
        return refused("A row holds a value that cannot be converted; TRY_CAST gives no value there.");
    }
    if lower.contains("scalar subquery") || lower.contains("more than one row") {
        return refused("A subquery used as one value returned more than one row.");
    }
    complain(format_args!("query: {}", kinds(error)));
    let is_unreadable = lower.contains("not found") || lower.contains("parquet error");
    if is_cut_short(&text) || (is_unreadable && !is_away(&text)) {
        return LakeError::Damaged(
            "A data file of the table is missing or damaged. The table has to be repaired or written anew."
                .to_owned(),
        );
    }
    LakeError::Fault("The query could not be run; the log has the details.".to_owned())
}

/// The refusal of work that needs more memory than it may have.
pub(crate) fn too_large() -> LakeError {
    LakeError::TooLarge(
        "The query needs more memory than it may use; filter or group the data more narrowly.".to_owned(),
    )
}

/// An error of turning Arrow data into a frame.
pub(crate) fn of_arrow(error: &ArrowError) -> LakeError {
    complain(format_args!("result: {}", kinds(error)));
    LakeError::Fault("The result cannot be read; the log has the details.".to_owned())
}

fn refused(message: &str) -> LakeError {
    LakeError::Refused(message.to_owned())
}

fn is_exhausted(error: &DataFusionError) -> bool {
    matches!(error.find_root(), DataFusionError::ResourcesExhausted(_))
        || chain(error).contains("Resources exhausted")
}

/// What kinds of error one is made of, and which file is not there. Nothing else of their texts, which may hold values of
/// rows.
fn kinds(error: &(dyn Error + 'static)) -> String {
    let mut kinds = vec![kind(error)];
    let mut source = error.source();
    while let Some(error) = source {
        let next = kind(error);
        if kinds.last() != Some(&next) {
            kinds.push(next);
        }
        source = error.source();
    }
    kinds.join(", ")
}

fn kind(error: &(dyn Error + 'static)) -> String {
    if let Some(error) = error.downcast_ref::<io::Error>() {
        return error.kind().to_string();
    }
    if let Some(object_store::Error::NotFound { path, .. }) = error.downcast_ref::<object_store::Error>() {
        // The folders above it are named after values where a table is partitioned.
        return format!("no file {}", path.rsplit('/').next().unwrap_or_default());
    }
    variant::<DeltaTableError>(error)
        .or_else(|| variant::<DataFusionError>(error))
        .or_else(|| variant::<ArrowError>(error))
        .or_else(|| variant::<ParquetError>(error))
        .or_else(|| variant::<object_store::Error>(error))
        .unwrap_or_else(|| "another error".to_owned())
}

/// The name of an enum's variant, with which its text for programmers begins.
fn variant<E: Error + 'static>(error: &(dyn Error + 'static)) -> Option<String> {
    let error: &dyn Debug = error.downcast_ref::<E>()?;
    Some(format!("{error:?}").chars().take_while(char::is_ascii_alphanumeric).collect())
}

fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let next = error.to_string();
        if !text.contains(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        source = error.source();
    }
    text
}

/// The features an error says are missing, as the Delta protocol names them.
fn unsupported(text: &str) -> Option<String> {
    for marker in ["Unsupported table features required: ", "Unknown TableFeature ", "Unsupported: "] {
        if let Some((_, features)) = text.split_once(marker) {
            let features = features.split(['\n', ':']).next().unwrap_or(features);
            return Some(features.trim_matches(['[', ']', '.', ' ']).to_owned());
        }
    }
    None
}

/// Drops the class names that DataFusion puts in front.
fn strip(text: &str) -> String {
    let mut text = text;
    for class in
        ["Error during planning: ", "Schema error: ", "This feature is not implemented: ", "SQL error: "]
    {
        text = text.strip_prefix(class).unwrap_or(text);
    }
    text.lines().next().unwrap_or(text).to_owned()
}

fn sentence(text: &str) -> String {
    let text = text.trim_end_matches('.');
    format!("{text}.")
}

#[cfg(test)]
mod tests {
    use std::io;

    use deltalake::DeltaTableError;
    use deltalake::arrow::error::ArrowError;
    use deltalake::datafusion::error::DataFusionError;
    use deltalake::parquet::errors::ParquetError;

    use super::kinds;

    #[test]
    fn what_is_logged_of_a_table_never_holds_an_address() {
        let signed = "https://bucket.example/gold/x/_delta_log?X-Signature=secret";
        let source = object_store::Error::Generic { store: "S3", source: signed.into() };
        let logged = kinds(&DeltaTableError::ObjectStore { source });
        assert_eq!(logged, "ObjectStore, Generic, another error");
    }

    #[test]
    fn what_is_logged_of_an_error_never_holds_a_value_of_a_row() {
        let value = || "jane@north.example".to_owned();
        let arrow = |error| DataFusionError::ArrowError(Box::new(error), Some(value()));
        let stored = |error| DataFusionError::ObjectStore(Box::new(error));
        let gone = object_store::Error::NotFound {
            path: format!("gold/people/email={}/part-7.parquet", value()),
            source: value().into(),
        };
        for (error, said) in [
            (arrow(ArrowError::InvalidArgumentError(value())), "ArrowError, InvalidArgumentError"),
            (arrow(ArrowError::ExternalError(value().into())), "ArrowError, ExternalError, another error"),
            (
                DataFusionError::Context(value(), Box::new(DataFusionError::Execution(value()))),
                "Context, Execution",
            ),
            (DataFusionError::Internal(value()), "Internal"),
            (DataFusionError::External(value().into()), "External, another error"),
            (
                DataFusionError::ParquetError(Box::new(ParquetError::General(value()))),
                "ParquetError, General",
            ),
            (DataFusionError::IoError(io::Error::other(value())), "IoError, other error"),
            (stored(gone), "ObjectStore, no file part-7.parquet, another error"),
        ] {
            let logged = kinds(&error);
            assert!(!logged.contains("jane"), "{logged}");
            assert!(logged.starts_with(said), "{logged}");
        }
    }
}
