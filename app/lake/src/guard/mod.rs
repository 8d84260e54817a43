//! What SQL may be asked: one bounded `SELECT` over granted tables, from an allow-list.
//!
//! The statement is parsed, every part of it is compared with what is allowed, and what the engine gets
//! is the *printed* tree, never the text as typed. Whatever this module does not know, it refuses.

mod functions;
mod limits;
mod predicate;
mod size;
mod tokens;
mod tree;

use std::collections::BTreeSet;

use deltalake::datafusion::sql::sqlparser::ast::{Statement, Visit};
use deltalake::datafusion::sql::sqlparser::dialect::GenericDialect;
use deltalake::datafusion::sql::sqlparser::parser::{Parser, ParserError};
use lakeport_frame::LakeError;

pub use functions::ALLOWED_FUNCTIONS;
pub use predicate::{CheckedPredicate, MAX_PREDICATE_BYTES, PREDICATE_FUNCTIONS, predicate};

/// Longest statement in bytes.
pub const MAX_BYTES: usize = 32 * 1024;

/// Stack for the tree of a statement within the bounds, with room to spare also in unoptimised builds.
const STACK_BYTES: usize = 64 * 1024 * 1024;

/// A statement that passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedSql {
    /// The allowed tree, printed: what an engine may be given.
    pub sql: String,
    /// The tables it reads, as SQL names them, sorted.
    pub tables: Vec<String>,
    /// The parameters it uses, without `$`, sorted.
    pub parameters: Vec<String>,
}

/// Checks a statement against the tables and parameters it may use.
///
/// # Errors
/// [`LakeError::NotGranted`] for a table that is not among these, otherwise [`LakeError::Refused`]; with line, column
/// and reason.
pub fn check<T: AsRef<str>, P: AsRef<str>>(
    sql: &str,
    tables: &[T],
    parameters: &[P],
) -> Result<CheckedSql, LakeError> {
    let scope = tree::Scope {
        tables: Some(tables.iter().map(|name| name.as_ref().to_owned()).collect()),
        parameters: Some(parameters.iter().map(|name| name.as_ref().to_owned()).collect()),
    };
    inspect(sql, scope)
}

/// The tables a statement names, sorted; the statement itself has to be an allowed one.
///
/// # Errors
/// [`LakeError::Refused`] with line, column and reason.
pub fn tables(sql: &str) -> Result<Vec<String>, LakeError> {
    Ok(inspect(sql, tree::Scope::default())?.tables)
}

/// The parameters a statement uses, without `$`, sorted; the statement itself has to be an allowed one.
///
/// # Errors
/// [`LakeError::Refused`] with line, column and reason.
pub fn parameters(sql: &str) -> Result<Vec<String>, LakeError> {
    Ok(inspect(sql, tree::Scope::default())?.parameters)
}

fn inspect(sql: &str, scope: tree::Scope) -> Result<CheckedSql, LakeError> {
    if sql.len() > MAX_BYTES {
        return Err(refused(format!(
            "The statement is {} bytes long; at most {MAX_BYTES} are allowed.",
            sql.len()
        )));
    }
    with_stack("statement", || inspect_here(sql, scope))
}

/// Trees are walked, printed and dropped recursively, so this happens where the stack is known to suffice.
fn with_stack<T: Send>(
    what: &str,
    look: impl FnOnce() -> Result<T, LakeError> + Send,
) -> Result<T, LakeError> {
    let looked = std::thread::scope(|threads| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        thread.spawn_scoped(threads, look).map(std::thread::ScopedJoinHandle::join)
    });
    match looked {
        Ok(Ok(result)) => result,
        Ok(Err(_panic)) => Err(refused(format!("The {what} is not understood."))),
        Err(error) => Err(LakeError::Fault(format!("The {what} could not be checked: {error}."))),
    }
}

fn inspect_here(sql: &str, scope: tree::Scope) -> Result<CheckedSql, LakeError> {
    let tokens = tokens::checked(sql)?;
    let mut statements = Parser::new(&GenericDialect {})
        .with_tokens_with_locations(tokens)
        .parse_statements()
        .map_err(|error| not_understood(&error))?;
    let statement = match statements.len() {
        1 => statements.remove(0),
        0 => return Err(refused("There is no statement.".to_owned())),
        _ => return Err(refused("Only one statement is allowed.".to_owned())),
    };
    if !matches!(statement, Statement::Query(_)) {
        return Err(refused(
            "Only SELECT is allowed: the statement has to begin with SELECT or WITH.".to_owned(),
        ));
    }
    let mut guard = tree::Guard::new(scope);
    if let std::ops::ControlFlow::Break(refusal) = statement.visit(&mut guard) {
        return Err(refusal);
    }
    limits::relations(&statement).map_err(refused)?;
    let printed = statement.to_string();
    if !prints_as_itself(&printed, &statement) {
        return Err(refused("The statement is written in a way that is not understood here.".to_owned()));
    }
    let (tables, parameters) = guard.found();
    Ok(CheckedSql { sql: printed, tables: sorted(tables), parameters: sorted(parameters) })
}

/// The engine parses the printed text again: it has to see the same tree.
fn prints_as_itself(printed: &str, statement: &Statement) -> bool {
    Parser::parse_sql(&GenericDialect {}, printed)
        .is_ok_and(|again| again.len() == 1 && again.first() == Some(statement))
}

fn sorted(names: BTreeSet<String>) -> Vec<String> {
    names.into_iter().collect()
}

/// A reason as a sentence of its own.
pub(crate) fn sentence(reason: &str) -> String {
    let mut letters = reason.chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

fn refused(message: String) -> LakeError {
    LakeError::Refused(message)
}

/// Moves the position the parser appends to the front of the sentence.
fn not_understood(error: &ParserError) -> LakeError {
    let text = match error {
        ParserError::TokenizerError(text) | ParserError::ParserError(text) => text.as_str(),
        ParserError::RecursionLimitExceeded => {
            return refused("The statement is nested too deeply; split it into steps with WITH.".to_owned());
        }
    };
    match text.rsplit_once(" at Line: ") {
        Some((reason, position)) => match position.split_once(", Column: ") {
            Some((line, column)) => refused(format!("Line {line}, column {column}: {reason}.")),
            None => refused(format!("{text}.")),
        },
        None => refused(format!("{text}.")),
    }
}
