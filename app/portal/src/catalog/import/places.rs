//! A table has one name: whoever could give it a second one could give it other rules.

use std::collections::BTreeMap;

use lakeport_model::catalog::AssetKind;
use percent_encoding::percent_decode_str;

use crate::store::Tx;
use crate::store::catalog::{self as store, AssetRow};
use crate::{Ctx, Error, Result};

/// Refuses a table that lies where the table of another domain lies, or one of its own domain under another
/// classification: it would open that one's rows by rules that are not its own.
pub(super) async fn refuse_second_names(tx: &mut Tx, ctx: &Ctx) -> Result<()> {
    let mut tables = store::assets(tx).await?;
    tables.retain(|asset| asset.kind == AssetKind::Table.as_str());
    tables.sort_by_key(|asset| asset.created_at);
    let mut known: BTreeMap<String, &AssetRow> = BTreeMap::new();
    for table in &tables {
        let Some(location) = &table.location else { continue };
        let first = *known.entry(place(&ctx.settings.lake_root, location)).or_insert(table);
        if (&first.domain, &first.classification) != (&table.domain, &table.classification) {
            return Err(Error::conflict(format!(
                "Assets {} (domain \"{}\", {}) and {} (domain \"{}\", {}) name the same place, {location}. A table has one \
                 domain and one classification: give one of them its own location.",
                first.id, first.domain, first.classification, table.id, table.domain, table.classification
            )));
        }
    }
    Ok(())
}

/// A location in the one form that all ways of writing it share: relative or absolute, with `file://` or without, with
/// escapes, doubled or trailing slashes.
fn place(root: &str, location: &str) -> String {
    let whole = if location.starts_with('/') || location.contains("://") {
        location.to_owned()
    } else {
        format!("{root}/{location}")
    };
    let (store, path) = match whole.split_once("://") {
        None => (String::new(), whole),
        Some((scheme, rest)) => {
            let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
            let scheme = scheme.to_lowercase();
            let store =
                if scheme == "file" { String::new() } else { format!("{scheme}://{}", host.to_lowercase()) };
            // Only an address has escapes; in a path, a percent sign is one.
            (store, percent_decode_str(path).decode_utf8_lossy().into_owned())
        }
    };
    let steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty() && *step != ".").collect();
    format!("{store}/{}", steps.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ways_to_write_a_place_are_one() {
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
                assert_eq!(place(root, location), "/lake/silver/dim_customer", "{location} below {root}");
            }
        }
        for location in ["silver/x", "gs://Bucket/silver/x/", "GS://bucket//silver/%78"] {
            assert_eq!(place("gs://bucket", location), "gs://bucket/silver/x", "{location}");
        }
        for (one, other) in [
            ("silver/x", "silver/y"),
            ("gs://a/x", "gs://b/x"),
            ("gs://a/x", "s3://a/x"),
            ("/lake/100%25", "file:///lake/100%25"),
        ] {
            assert_ne!(place("/lake", one), place("/lake", other));
        }
    }
}
