//! The key of a job: namespace and name in one text that is never read as another pair; and who may know it.

use std::cell::RefCell;
use std::collections::HashMap;

use super::edges::{Edges, JobId, NodeId};
use crate::standards::openlineage::Job;
use crate::text;

/// The key of the job of an event, however that spells it.
pub(super) fn of(job: &Job) -> String {
    key(&text::spelled(&job.namespace), &text::spelled(&job.name))
}

/// The namespace with its slashes escaped, a slash, and the name.
pub(crate) fn key(namespace: &str, name: &str) -> String {
    format!("{}/{name}", namespace.replace('%', "%25").replace('/', "%2F"))
}

/// Namespace and name of a key.
pub(crate) fn parts(key: &str) -> (String, String) {
    let (namespace, name) = key.split_once('/').unwrap_or(("", key));
    (namespace.replace("%2F", "/").replace("%25", "%"), name.to_owned())
}

/// A key as people read it.
pub(crate) fn label(key: &str) -> String {
    match key.split_once('/') {
        Some(("", name)) => name.to_owned(),
        // Only in a namespace is anything escaped, and hardly ever.
        Some((namespace, _)) if namespace.contains('%') => {
            let (namespace, name) = parts(key);
            format!("{namespace}/{name}")
        }
        _ => key.to_owned(),
    }
}

/// Which jobs somebody may know by name: one that also uses what they may not see would tell of it. Answered once a job,
/// however many assets it uses and wherever it is asked.
pub(super) struct Told<'a> {
    edges: &'a Edges,
    visible: &'a dyn Fn(NodeId) -> bool,
    known: RefCell<HashMap<JobId, bool>>,
}

impl<'a> Told<'a> {
    pub(super) fn new(edges: &'a Edges, visible: &'a dyn Fn(NodeId) -> bool) -> Self {
        Self { edges, visible, known: RefCell::default() }
    }

    pub(super) fn may(&self, job: JobId) -> bool {
        if let Some(known) = self.known.borrow().get(&job) {
            return *known;
        }
        let may = self.edges.assets_of(job).all(self.visible);
        self.known.borrow_mut().insert(job, may);
        may
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::store::lineage::UseRow;

    #[test]
    fn a_job_is_looked_through_once_however_often_it_is_asked() {
        let uses =
            (0..1_000).map(|at| UseRow { job: "j".to_owned(), asset: format!("a{at}"), writes: at == 0 });
        let edges = Edges::new(Vec::new(), uses.collect());
        let looks = Cell::new(0);
        let visible = |_: NodeId| {
            looks.set(looks.get() + 1);
            true
        };
        let told = Told::new(&edges, &visible);
        let written = edges.node("a0").expect("it is used");
        let job = edges.writers(written).next().expect("it is written");
        assert!((0..1_000).all(|_| told.may(job)));
        assert_eq!(looks.get(), 1_000);
        let hidden = |node: NodeId| edges.asset(node) != "a7";
        assert!(!Told::new(&edges, &hidden).may(job));
    }

    #[test]
    fn a_namespace_and_a_name_with_slashes_are_never_confused() {
        for (namespace, name) in
            [("a/b", "c"), ("a", "b/c"), ("spark://h:7077", "x"), ("a%2Fb", "100%/%25"), ("", "n")]
        {
            assert_eq!(parts(&key(namespace, name)), (namespace.to_owned(), name.to_owned()));
        }
        assert_ne!(key("a/b", "c"), key("a", "b/c"));
        for (namespace, name, written) in [
            ("default", "export./x/export_test", "default/export./x/export_test"),
            ("spark://h%", "x", "spark://h%/x"),
            ("", "n/m", "n/m"),
        ] {
            assert_eq!(label(&key(namespace, name)), written);
        }
        assert_eq!(label("no slash"), "no slash");
    }
}
