//! How often a statement reads something once its `WITH` parts are put in place: a chain of parts that each
//! use the one before twice doubles the plan with every step.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use deltalake::datafusion::sql::sqlparser::ast::{Query, Statement, Visit, Visitor, visit_relations};

use super::tree::plain_name;

/// Table reads after `WITH` parts are put in place.
const MAX_READS: u64 = 64;

/// Checks the number of reads.
pub(super) fn relations(statement: &Statement) -> Result<(), String> {
    let mut parts = Parts::default();
    let _ = statement.visit(&mut parts);
    let reads = parts.reads(statement);
    if reads > MAX_READS {
        return Err(format!(
            "The statement reads tables {reads} times once its WITH parts are put in place; at most {MAX_READS} \
             are allowed."
        ));
    }
    Ok(())
}

/// Reads behind each `WITH` part.
#[derive(Default)]
struct Parts(BTreeMap<String, u64>);

impl Parts {
    fn reads<V: Visit>(&self, node: &V) -> u64 {
        let mut reads = 0_u64;
        let _ = visit_relations(node, |name| {
            let weight = plain_name(name).and_then(|name| self.0.get(&name).copied()).unwrap_or(1);
            reads = reads.saturating_add(weight);
            ControlFlow::<()>::Continue(())
        });
        reads
    }
}

impl Visitor for Parts {
    type Break = ();

    /// Inner parts are weighed before the query around them, so each part knows those it can see.
    fn post_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        for part in query.with.iter().flat_map(|with| &with.cte_tables) {
            let name = super::tree::ident(&part.alias.name);
            let reads = self.reads(&part.query).max(1);
            let known = self.0.entry(name).or_default();
            *known = (*known).max(reads);
        }
        ControlFlow::Continue(())
    }
}
