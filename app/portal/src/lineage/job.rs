//! The key of a job: namespace and name in one text that is never read as another pair.

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
    let (namespace, name) = parts(key);
    if namespace.is_empty() { name } else { format!("{namespace}/{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_and_a_name_with_slashes_are_never_confused() {
        for (namespace, name) in
            [("a/b", "c"), ("a", "b/c"), ("spark://h:7077", "x"), ("a%2Fb", "100%/%25"), ("", "n")]
        {
            assert_eq!(parts(&key(namespace, name)), (namespace.to_owned(), name.to_owned()));
        }
        assert_ne!(key("a/b", "c"), key("a", "b/c"));
        assert_eq!(label(&key("default", "export./x/export_test")), "default/export./x/export_test");
    }
}
