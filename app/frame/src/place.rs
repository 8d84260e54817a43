//! Where a table lies, and whether that is below a folder that was configured.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;

/// A folder of this machine or of a bucket, in the one form that all ways of writing it share: relative or absolute,
/// with `file://` or without, with escapes, doubled or trailing slashes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// `s3://bucket`, `gs://bucket`; nothing for this machine's own files.
    store: String,
    steps: Vec<String>,
}

impl Place {
    /// Reads an absolute path, a `file://`, `s3://` or `gs://` address, or a path below `root`. `None` for everything
    /// else, and for whatever climbs with `..`.
    pub fn of(root: &str, location: &str) -> Option<Self> {
        let whole = if location.starts_with('/') || location.contains("://") {
            location.to_owned()
        } else {
            format!("{root}/{location}")
        };
        let (store, path) = match whole.split_once("://") {
            None if whole.starts_with('/') => (String::new(), whole),
            None => return None,
            Some((scheme, rest)) => {
                let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
                let (scheme, host) = (scheme.to_lowercase(), host.to_lowercase());
                let store = match (scheme.as_str(), host.as_str()) {
                    ("file", "" | "localhost") => String::new(),
                    ("s3" | "gs", "") => return None,
                    ("s3" | "gs", bucket) => format!("{scheme}://{bucket}"),
                    _ => return None,
                };
                // Only an address has escapes; in a path, a percent sign is one.
                (store, percent_decode_str(path).decode_utf8().ok()?.into_owned())
            }
        };
        let steps: Vec<&str> = path.split(['/', '\\']).filter(|step| !matches!(*step, "" | ".")).collect();
        let steps: Vec<String> = steps.into_iter().map(str::to_owned).collect();
        (!steps.iter().any(|step| step == "..")).then_some(Self { store, steps })
    }

    /// The path on this machine; `None` in a bucket.
    pub fn folder(&self) -> Option<PathBuf> {
        self.store.is_empty().then(|| PathBuf::from(format!("/{}", self.steps.join("/"))))
    }

    /// True where this is one of these places or lies below one.
    pub fn is_below(&self, roots: &[Self]) -> bool {
        roots.iter().any(|root| root.store == self.store && self.steps.starts_with(&root.steps))
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn all_ways_to_write_a_place_are_one() {
        let customer = Place::of("/", "/lake/silver/dim_customer");
        for location in [
            "silver/dim_customer",
            "silver/dim_customer/",
            "./silver//dim_customer",
            "/lake/silver/dim_customer",
            "file:///lake/silver/dim_customer//",
            "FILE:///lake/silver/dim%5Fcustomer",
            "file://localhost/lake/%73ilver/dim_customer",
        ] {
            for root in ["/lake", "/lake/", "file:///lake"] {
                assert_eq!(Place::of(root, location), customer, "{location} below {root}");
            }
        }
        for location in ["silver/x", "gs://Bucket/silver/x/", "GS://bucket//silver/%78"] {
            assert_eq!(
                Place::of("gs://bucket", location),
                Place::of("/", "gs://bucket/silver/x"),
                "{location}"
            );
        }
        for (one, other) in [
            ("silver/x", "silver/y"),
            ("gs://a/x", "gs://b/x"),
            ("gs://a/x", "s3://a/x"),
            ("/lake/100%25", "file:///lake/100%25"),
        ] {
            assert_ne!(Place::of("/lake", one), Place::of("/lake", other));
        }
    }

    #[test]
    fn nothing_beside_the_configured_roots_is_below_them() {
        let roots: Vec<Place> =
            ["/srv/lake", "gs://bucket/mesh"].iter().filter_map(|root| Place::of("/", root)).collect();
        let is_below =
            |location| Place::of("/srv/lake", location).is_some_and(|place| place.is_below(&roots));
        for location in ["gold/x", "/srv/lake/gold/x", "file:///srv/lake/x", "gs://bucket/mesh/gold/x"] {
            assert!(is_below(location), "{location}");
        }
        for location in [
            "/srv/lakehouse/x",
            "/etc",
            "file:///etc",
            "file://host/srv/lake/x",
            "gs://bucket/other/x",
            "gs://other/mesh/x",
            "s3://bucket/mesh/x",
            "../x",
            "gold/../../x",
            "file:///srv/lake/%2E%2E/x",
            "http://169.254.169.254/latest",
            "s3://169.254.169.254/latest",
        ] {
            assert!(!is_below(location), "{location}");
        }
    }
}
