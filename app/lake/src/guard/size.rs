//! How large a tree may be: its parts together, and its expressions within one another.

use deltalake::datafusion::sql::sqlparser::tokenizer::Span;

use super::tree::{Step, refuse};

/// Counts what a walk meets, and refuses what goes beyond the bounds.
pub(super) struct Size {
    what: &'static str,
    most_parts: usize,
    most_depth: usize,
    parts: usize,
    depth: usize,
}

impl Size {
    /// Of a tree that is called `what`, and has no more than so many parts and so many expressions within one another.
    pub(super) fn within(what: &'static str, most_parts: usize, most_depth: usize) -> Self {
        Self { what, most_parts, most_depth, parts: 0, depth: 0 }
    }

    /// One part more.
    pub(super) fn count(&mut self, span: Span) -> Step {
        self.parts += 1;
        if self.parts > self.most_parts {
            return refuse(span, &format!("the {} has more than {} parts", self.what, self.most_parts));
        }
        Step::Continue(())
    }

    /// One part more, an expression within those that were not left yet.
    pub(super) fn enter(&mut self, span: Span) -> Step {
        self.count(span)?;
        self.depth += 1;
        if self.depth > self.most_depth {
            let limit = format!("more than {} expressions stand within one another", self.most_depth);
            return refuse(span, &limit);
        }
        Step::Continue(())
    }

    /// The end of an expression.
    pub(super) fn leave(&mut self) -> Step {
        self.depth -= 1;
        Step::Continue(())
    }
}
