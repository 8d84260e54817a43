//! The allow-list over the parsed tree. Every `match` names what is allowed and refuses the rest.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use deltalake::datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, Function, FunctionArg, FunctionArguments, GroupByExpr, Ident, JoinOperator,
    ObjectName, ObjectNamePart, Query, Select, SelectFlavor, SelectItem, SetExpr, SetQuantifier, Spanned,
    TableFactor, TableWithJoins, UnaryOperator, Value, ValueWithSpan, Visitor,
};
use deltalake::datafusion::sql::sqlparser::tokenizer::Span;
use lakeport_frame::LakeError;

use super::size::Size;
use super::{functions, sentence};

/// Queries, tables and expressions together.
const MAX_NODES: usize = 2_000;
/// Expressions within one another. The engine walks them recursively, many times, on stacks of its own.
const MAX_DEPTH: usize = 400;

/// What a statement may use; `None` leaves it open.
#[derive(Default)]
pub(super) struct Scope {
    pub(super) tables: Option<BTreeSet<String>>,
    pub(super) parameters: Option<BTreeSet<String>>,
}

/// Walks the tree and stops at the first thing that is not allowed.
pub(super) struct Guard {
    scope: Scope,
    parts: BTreeSet<String>,
    tables: BTreeSet<String>,
    parameters: BTreeSet<String>,
    size: Size,
}

pub(super) type Step = ControlFlow<LakeError>;

impl Guard {
    pub(super) fn new(scope: Scope) -> Self {
        Self {
            scope,
            parts: BTreeSet::new(),
            tables: BTreeSet::new(),
            parameters: BTreeSet::new(),
            size: Size::within("statement", MAX_NODES, MAX_DEPTH),
        }
    }

    /// The tables and parameters that were used.
    pub(super) fn found(self) -> (BTreeSet<String>, BTreeSet<String>) {
        (self.tables, self.parameters)
    }

    fn table(&mut self, name: &ObjectName) -> Step {
        let span = name.span();
        if let Some(name) = plain_name(name)
            && self.parts.contains(&name)
        {
            return Step::Continue(());
        }
        if name.0.len() > 2 {
            return refuse(span, &format!("table {name} is written with two names at most, as schema.table"));
        }
        let Some(full) = full_name(name) else {
            return refuse(span, &format!("{name} is not a table's name"));
        };
        if full == "information_schema" || full.starts_with("information_schema.") {
            return refuse(span, "information_schema cannot be read");
        }
        match &self.scope.tables {
            Some(granted) if !granted.contains(&full) => {
                let reason = format!("table {full} is not among the tables this statement may read");
                Step::Break(LakeError::NotGranted { table: full, message: located(span, &reason) })
            }
            _ => {
                self.tables.insert(full);
                Step::Continue(())
            }
        }
    }

    fn parameter(&mut self, placeholder: &str, span: Span) -> Step {
        let name = placeholder.strip_prefix('$').unwrap_or_default();
        if !name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
            || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        {
            let reason = format!(
                "parameter {placeholder} needs a name of lower-case letters, digits and _, as in $region"
            );
            return refuse(span, &reason);
        }
        match &self.scope.parameters {
            Some(bound) if !bound.contains(name) => {
                refuse(span, &format!("parameter ${name} has no value; no widget of this name is known"))
            }
            _ => {
                self.parameters.insert(name.to_owned());
                Step::Continue(())
            }
        }
    }
}

impl Visitor for Guard {
    type Break = LakeError;

    fn pre_visit_query(&mut self, query: &Query) -> Step {
        let span = query.span();
        self.size.count(span)?;
        if let Some(with) = &query.with {
            if with.recursive {
                return refuse(span, "WITH RECURSIVE is not allowed");
            }
            self.parts.extend(with.cte_tables.iter().map(|part| ident(&part.alias.name)));
        }
        let foreign = !query.locks.is_empty()
            || query.for_clause.is_some()
            || query.settings.is_some()
            || query.format_clause.is_some()
            || !query.pipe_operators.is_empty();
        if foreign {
            return refuse(span, "FOR, SETTINGS, FORMAT and |> are not allowed");
        }
        set_expression(&query.body, span)
    }

    fn pre_visit_select(&mut self, select: &Select) -> Step {
        let span = select.span();
        self.size.count(span)?;
        if select.into.is_some() {
            return refuse(span, "SELECT INTO is not allowed: nothing can be written");
        }
        let foreign = select.flavor != SelectFlavor::Standard
            || !select.optimizer_hints.is_empty()
            || select.select_modifiers.is_some()
            || select.top.is_some()
            || select.exclude.is_some()
            || !select.lateral_views.is_empty()
            || select.prewhere.is_some()
            || !select.connect_by.is_empty()
            || !select.cluster_by.is_empty()
            || !select.distribute_by.is_empty()
            || !select.sort_by.is_empty()
            || select.value_table_mode.is_some()
            || matches!(&select.group_by, GroupByExpr::Expressions(_, extras) if !extras.is_empty());
        if foreign {
            return refuse(
                span,
                "only SELECT .. FROM .. WHERE .. GROUP BY .. HAVING .. QUALIFY .. ORDER BY .. LIMIT is allowed",
            );
        }
        if select.projection.iter().any(|item| matches!(item, SelectItem::ExprWithAliases { .. })) {
            return refuse(span, "a column has one name after AS");
        }
        select.from.iter().try_for_each(|table| joins(table, span))
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> Step {
        let span = factor.span();
        self.size.count(span)?;
        match factor {
            TableFactor::Table {
                name,
                alias: _,
                args: None,
                with_hints,
                version: None,
                with_ordinality: false,
                partitions,
                json_path: None,
                sample: None,
                index_hints,
            } if with_hints.is_empty() && partitions.is_empty() && index_hints.is_empty() => self.table(name),
            TableFactor::Table { args: Some(_), name, .. } => {
                refuse(span, &format!("{name}(..) is a table function; only tables can stand after FROM"))
            }
            TableFactor::Derived { lateral: false, subquery: _, alias: _, sample: None } => {
                Step::Continue(())
            }
            TableFactor::NestedJoin { table_with_joins, alias: _ } => joins(table_with_joins, span),
            _ => refuse(span, "only tables, subqueries and joins can stand after FROM"),
        }
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> Step {
        let span = expr.span();
        self.size.enter(span)?;
        match expr {
            Expr::Function(function) => self::function(function, span),
            Expr::BinaryOp { op, .. }
            | Expr::AnyOp { compare_op: op, .. }
            | Expr::AllOp { compare_op: op, .. }
                if !is_allowed(op) =>
            {
                refuse(span, &format!("operator {op} is not among those that can be used"))
            }
            Expr::UnaryOp { op, .. }
                if !matches!(op, UnaryOperator::Plus | UnaryOperator::Minus | UnaryOperator::Not) =>
            {
                refuse(span, &format!("operator {op} is not among those that can be used"))
            }
            Expr::Like { any: true, .. } | Expr::ILike { any: true, .. } => {
                refuse(span, "LIKE ANY is not allowed")
            }
            Expr::Identifier(name) if name.value.starts_with('@') => {
                refuse(span, "a parameter is written $name")
            }
            Expr::CompoundIdentifier(names) if names.iter().any(|name| name.value.starts_with('@')) => {
                refuse(span, "a parameter is written $name")
            }
            Expr::Identifier(_)
            | Expr::CompoundIdentifier(_)
            | Expr::CompoundFieldAccess { .. }
            | Expr::IsUnknown(_)
            | Expr::IsNotUnknown(_)
            | Expr::InSubquery { .. }
            | Expr::SimilarTo { .. }
            | Expr::AnyOp { .. }
            | Expr::AllOp { .. }
            | Expr::Cast { .. }
            | Expr::AtTimeZone { .. }
            | Expr::Extract { .. }
            | Expr::Ceil { .. }
            | Expr::Floor { .. }
            | Expr::Position { .. }
            | Expr::Substring { .. }
            | Expr::Trim { .. }
            | Expr::TypedString(_)
            | Expr::Case { .. }
            | Expr::Exists { .. }
            | Expr::Subquery(_)
            | Expr::GroupingSets(_)
            | Expr::Cube(_)
            | Expr::Rollup(_)
            | Expr::Tuple(_)
            | Expr::Array(_)
            | Expr::Interval(_)
            | Expr::Wildcard(_)
            | Expr::QualifiedWildcard(..) => Step::Continue(()),
            _ if is_of_conditions(expr) => Step::Continue(()),
            _ => refuse(span, "this expression is not allowed"),
        }
    }

    fn post_visit_expr(&mut self, _: &Expr) -> Step {
        self.size.leave()
    }

    fn pre_visit_value(&mut self, value: &ValueWithSpan) -> Step {
        literal(value, |placeholder| self.parameter(placeholder, value.span))
    }
}

/// Values as they are written: numbers, text in single quotes, truth values and NULL. Whether a parameter may stand there,
/// the caller says.
pub(super) fn literal(value: &ValueWithSpan, parameter: impl FnOnce(&str) -> Step) -> Step {
    match &value.value {
        Value::Placeholder(placeholder) => parameter(placeholder),
        Value::Number(..) | Value::SingleQuotedString(_) | Value::Boolean(_) | Value::Null => {
            Step::Continue(())
        }
        _ => refuse(value.span, "text is written in single quotes, as in 'north'"),
    }
}

/// True for what compares, and for what joins comparisons. Nothing that calculates: that can fail on a row.
pub(super) fn compares(operator: &BinaryOperator) -> bool {
    matches!(
        operator,
        BinaryOperator::Gt
            | BinaryOperator::Lt
            | BinaryOperator::GtEq
            | BinaryOperator::LtEq
            | BinaryOperator::Eq
            | BinaryOperator::NotEq
            | BinaryOperator::And
            | BinaryOperator::Or
    )
}

/// True for the shapes that conditions are made of; with which operators is asked beside it.
pub(super) fn is_of_conditions(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Like { any: false, .. }
            | Expr::ILike { any: false, .. }
            | Expr::BinaryOp { .. }
            | Expr::UnaryOp { .. }
            | Expr::IsFalse(_)
            | Expr::IsNotFalse(_)
            | Expr::IsTrue(_)
            | Expr::IsNotTrue(_)
            | Expr::IsNull(_)
            | Expr::IsNotNull(_)
            | Expr::IsDistinctFrom(..)
            | Expr::IsNotDistinctFrom(..)
            | Expr::InList { .. }
            | Expr::Between { .. }
            | Expr::Nested(_)
            | Expr::Value(_)
    )
}

fn set_expression(body: &SetExpr, span: Span) -> Step {
    match body {
        SetExpr::Select(_) | SetExpr::Query(_) | SetExpr::Values(_) => Step::Continue(()),
        SetExpr::SetOperation { left, op: _, set_quantifier, right } => {
            let by_name = matches!(
                set_quantifier,
                SetQuantifier::ByName | SetQuantifier::AllByName | SetQuantifier::DistinctByName
            );
            if by_name {
                return refuse(span, "UNION BY NAME is not allowed");
            }
            set_expression(left, span)?;
            set_expression(right, span)
        }
        _ => refuse(span, "only SELECT is allowed"),
    }
}

fn joins(table: &TableWithJoins, span: Span) -> Step {
    let foreign = table.joins.iter().any(|join| {
        join.global
            || !matches!(
                join.join_operator,
                JoinOperator::Join(_)
                    | JoinOperator::Inner(_)
                    | JoinOperator::Left(_)
                    | JoinOperator::LeftOuter(_)
                    | JoinOperator::Right(_)
                    | JoinOperator::RightOuter(_)
                    | JoinOperator::FullOuter(_)
                    | JoinOperator::CrossJoin(_)
                    | JoinOperator::LeftSemi(_)
                    | JoinOperator::RightSemi(_)
                    | JoinOperator::LeftAnti(_)
                    | JoinOperator::RightAnti(_)
            )
    });
    if foreign {
        return refuse(span, "only INNER, LEFT, RIGHT, FULL, CROSS, SEMI and ANTI joins are allowed");
    }
    Step::Continue(())
}

/// Arithmetic, comparison, logic, joined text and regular expressions.
fn is_allowed(operator: &BinaryOperator) -> bool {
    compares(operator)
        || matches!(
            operator,
            BinaryOperator::Plus
                | BinaryOperator::Minus
                | BinaryOperator::Multiply
                | BinaryOperator::Divide
                | BinaryOperator::Modulo
                | BinaryOperator::StringConcat
                | BinaryOperator::PGRegexMatch
                | BinaryOperator::PGRegexIMatch
                | BinaryOperator::PGRegexNotMatch
                | BinaryOperator::PGRegexNotIMatch
        )
}

fn function(function: &Function, span: Span) -> Step {
    let name = plain_name(&function.name).unwrap_or_else(|| function.name.to_string());
    if !functions::is_allowed(&name) {
        return refuse(span, &format!("function {name} is not among the functions that can be used"));
    }
    let foreign = function.uses_odbc_syntax || !matches!(function.parameters, FunctionArguments::None);
    let named = match &function.args {
        FunctionArguments::None => false,
        FunctionArguments::Subquery(_) => true,
        FunctionArguments::List(list) => {
            list.args.iter().any(|argument| !matches!(argument, FunctionArg::Unnamed(_)))
        }
    };
    if foreign || named {
        return refuse(span, &format!("function {name} is called as {name}(a, b)"));
    }
    Step::Continue(())
}

/// An identifier as the engine compares it: lower case unless it is quoted.
pub(super) fn ident(ident: &Ident) -> String {
    if ident.quote_style.is_some() { ident.value.clone() } else { ident.value.to_lowercase() }
}

/// The name when it is a single identifier.
pub(super) fn plain_name(name: &ObjectName) -> Option<String> {
    match name.0.as_slice() {
        [ObjectNamePart::Identifier(only)] => Some(ident(only)),
        _ => None,
    }
}

/// The name with its schema, as tables are granted; a part that holds a dot itself is no such name.
fn full_name(name: &ObjectName) -> Option<String> {
    let parts = name
        .0
        .iter()
        .map(|part| match part {
            ObjectNamePart::Identifier(part) => Some(ident(part)).filter(|part| !part.contains('.')),
            ObjectNamePart::Function(_) => None,
        })
        .collect::<Option<Vec<_>>>()?;
    Some(parts.join("."))
}

pub(super) fn refuse(span: Span, reason: &str) -> Step {
    Step::Break(LakeError::Refused(located(span, reason)))
}

/// The reason as a sentence that begins with its place, where that is known.
fn located(span: Span, reason: &str) -> String {
    let start = span.start;
    if start.line == 0 {
        return sentence(reason);
    }
    format!("Line {}, column {}: {reason}.", start.line, start.column)
}
