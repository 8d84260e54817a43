//! What a condition on a table's rows may be: comparisons of its columns with values, and what joins them.
//!
//! It decides which rows somebody may read, so it is narrower than what a statement may say: nothing in it can fail on a
//! row, read anything else, or depend on who asks.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use deltalake::datafusion::sql::sqlparser::ast::{
    DataType, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Query, Spanned, UnaryOperator,
    Value, ValueWithSpan, Visit, Visitor,
};
use deltalake::datafusion::sql::sqlparser::dialect::GenericDialect;
use deltalake::datafusion::sql::sqlparser::parser::Parser;
use deltalake::datafusion::sql::sqlparser::tokenizer::Token;
use lakeport_frame::LakeError;

use super::size::Size;
use super::tree::{Step, compares, ident, is_of_conditions, literal, plain_name, refuse};
use super::{not_understood, refused, tokens, with_stack};

/// Longest condition in bytes.
pub const MAX_PREDICATE_BYTES: usize = 4 * 1024;

/// Functions that a condition may call, sorted, lower case.
pub const PREDICATE_FUNCTIONS: &[&str] = &["coalesce", "lower", "upper"];

/// Expressions of a condition together.
const MAX_NODES: usize = 400;
/// Expressions within one another.
const MAX_DEPTH: usize = 100;

/// A condition on rows that passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedPredicate {
    /// The allowed tree, printed: what an engine may be given.
    pub sql: String,
    /// The columns it compares, as the engine knows them, sorted.
    pub columns: Vec<String>,
}

/// Checks a condition on the rows of a table.
///
/// # Errors
/// [`LakeError::Refused`] with line, column and reason.
pub fn predicate(text: &str) -> Result<CheckedPredicate, LakeError> {
    if text.len() > MAX_PREDICATE_BYTES {
        return Err(refused(format!(
            "The condition is {} bytes long; at most {MAX_PREDICATE_BYTES} are allowed.",
            text.len()
        )));
    }
    with_stack("condition", || inspect_here(text))
}

fn inspect_here(text: &str) -> Result<CheckedPredicate, LakeError> {
    let tokens = tokens::checked(text)?;
    let mut parser = Parser::new(&GenericDialect {}).with_tokens_with_locations(tokens);
    let condition = parser.parse_expr().map_err(|error| not_understood(&error))?;
    let next = parser.peek_token();
    if next.token != Token::EOF {
        let start = next.span.start;
        return Err(refused(format!(
            "Line {}, column {}: the condition has to end before {}.",
            start.line, start.column, next.token
        )));
    }
    let mut walk = Walk { columns: BTreeSet::new(), size: Size::within("condition", MAX_NODES, MAX_DEPTH) };
    if let ControlFlow::Break(refusal) = condition.visit(&mut walk) {
        return Err(refusal);
    }
    let printed = condition.to_string();
    let again = Parser::new(&GenericDialect {})
        .try_with_sql(&printed)
        .and_then(|mut parser| parser.parse_expr())
        .is_ok_and(|again| again == condition);
    if !again {
        return Err(refused("The condition is written in a way that is not understood here.".to_owned()));
    }
    Ok(CheckedPredicate { sql: printed, columns: walk.columns.into_iter().collect() })
}

/// Walks the tree and stops at the first thing that is not allowed.
struct Walk {
    columns: BTreeSet<String>,
    size: Size,
}

impl Visitor for Walk {
    type Break = LakeError;

    fn pre_visit_query(&mut self, query: &Query) -> Step {
        refuse(query.span(), "a condition on rows holds no SELECT")
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> Step {
        let span = expr.span();
        self.size.enter(span)?;
        match expr {
            Expr::Identifier(name) if name.value.starts_with('@') => {
                refuse(span, "a condition on rows takes no parameters")
            }
            Expr::Identifier(name) => {
                self.columns.insert(ident(name));
                Step::Continue(())
            }
            Expr::CompoundIdentifier(_) => {
                refuse(span, "a condition on rows names the table's own columns, without the table")
            }
            Expr::BinaryOp { op, .. } if !compares(op) => {
                refuse(span, &format!("operator {op} cannot be used in a condition on rows"))
            }
            Expr::UnaryOp { op, expr }
                if *op != UnaryOperator::Not && !(*op == UnaryOperator::Minus && is_number(expr)) =>
            {
                refuse(span, &format!("operator {op} cannot be used in a condition on rows"))
            }
            Expr::TypedString(text) if matches!(text.data_type, DataType::Date | DataType::Timestamp(..)) => {
                Step::Continue(())
            }
            Expr::Function(function) => called(function),
            _ if is_of_conditions(expr) => Step::Continue(()),
            _ => refuse(
                span,
                "a condition on rows is made of comparisons, AND, OR, NOT, IN (..), BETWEEN, LIKE and IS NULL",
            ),
        }
    }

    fn post_visit_expr(&mut self, _: &Expr) -> Step {
        self.size.leave()
    }

    fn pre_visit_value(&mut self, value: &ValueWithSpan) -> Step {
        literal(value, |_| refuse(value.span, "a condition on rows takes no parameters"))
    }
}

fn is_number(expr: &Expr) -> bool {
    matches!(expr, Expr::Value(ValueWithSpan { value: Value::Number(..), .. }))
}

fn called(function: &Function) -> Step {
    let name = plain_name(&function.name).unwrap_or_else(|| function.name.to_string());
    let span = function.name.span();
    if PREDICATE_FUNCTIONS.binary_search(&name.as_str()).is_err() {
        return refuse(span, &format!("function {name} cannot be used in a condition on rows"));
    }
    let plain = |argument: &FunctionArg| matches!(argument, FunctionArg::Unnamed(FunctionArgExpr::Expr(_)));
    let as_usual = match &function.args {
        FunctionArguments::List(list) => {
            list.duplicate_treatment.is_none() && list.clauses.is_empty() && list.args.iter().all(plain)
        }
        FunctionArguments::None | FunctionArguments::Subquery(_) => false,
    };
    let foreign = function.uses_odbc_syntax
        || !matches!(function.parameters, FunctionArguments::None)
        || function.filter.is_some()
        || function.null_treatment.is_some()
        || function.over.is_some()
        || !function.within_group.is_empty();
    if foreign || !as_usual {
        return refuse(span, &format!("function {name} is called as {name}(column)"));
    }
    Step::Continue(())
}
