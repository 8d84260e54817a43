//! What a worker may reach: tables below the configured roots, and object stores with credentials of their own.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::path::{Path, PathBuf};

use lakeport_frame::{LakeError, Place, TableRef};
use url::{Host, Url};

use crate::protocol::Storage;

/// The option that lets an object store be reached with the machine's own credentials. The portal's, not the
/// library's: without it nothing ever asks the address that hands them out.
const BY_INSTANCE: &str = "instance_credentials";
/// Where a cloud hands out a machine's credentials over IPv6.
const METADATA_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
/// Names of the address that hands out a machine's credentials.
const METADATA_NAMES: &[&str] =
    &["metadata", "metadata.google.internal", "instance-data", "instance-data.ec2.internal"];

/// Options one of which says who asks. `true` must be the value of those that skip the question.
const S3_CREDENTIALS: &[&str] = &[
    "access_key_id",
    "web_identity_token_file",
    "container_credentials_relative_uri",
    "container_credentials_full_uri",
    "skip_signature",
];
const GS_CREDENTIALS: &[&str] = &[
    "service_account",
    "service_account_path",
    "service_account_key",
    "application_credentials",
    "skip_signature",
];

/// The places below which tables may lie.
#[derive(Debug, Clone, Default)]
pub(crate) struct Roots {
    places: Vec<Place>,
    /// Those on this machine, as they were written.
    folders: Vec<PathBuf>,
}

impl Roots {
    pub(crate) fn new(roots: &[String]) -> Self {
        let folder = |root: &String| match Url::parse(root) {
            Ok(url) if url.scheme() == "file" => url.to_file_path().ok(),
            Ok(_) => None,
            Err(_) => Some(PathBuf::from(root)).filter(|path| path.is_absolute()),
        };
        Self {
            places: roots.iter().filter_map(|root| Place::of(root, "")).collect(),
            folders: roots.iter().filter_map(folder).collect(),
        }
    }

    /// Refuses a table that does not lie below one of these.
    pub(crate) fn admit(&self, table: &TableRef) -> Result<(), LakeError> {
        if Place::of("", &table.location).is_some_and(|place| place.is_below(&self.places)) {
            return Ok(());
        }
        Err(LakeError::OutsideRoot(format!(
            "The location of table {} lies outside the folders and buckets that the configuration names; it is not read.",
            table.name
        )))
    }

    /// The true path of a table's folder on this machine; `None` where there is none. A folder that is a link, or lies
    /// behind one below its root, is another table's under a second name.
    pub(crate) fn folder(&self, table: &str, path: &Path) -> Result<Option<PathBuf>, LakeError> {
        let Ok(truly) = path.canonicalize() else { return Ok(None) };
        let is_itself = self.folders.iter().any(|root| {
            path.strip_prefix(root)
                .is_ok_and(|rest| root.canonicalize().is_ok_and(|root| root.join(rest) == truly))
        });
        if is_itself {
            return Ok(Some(truly));
        }
        Err(LakeError::OutsideRoot(format!(
            "The folder of table {table} is a link, or lies behind one; it is not read."
        )))
    }
}

/// Why an object store must not be asked with these options; `None` when it may be.
pub(crate) fn objection(storage: &Storage, scheme: &str) -> Option<String> {
    let (options, credentials, prefixes) = match scheme {
        "s3" => (&storage.s3, S3_CREDENTIALS, ["aws_", ""]),
        "gs" => (&storage.gs, GS_CREDENTIALS, ["google_", ""]),
        _ => return None,
    };
    if is_set(options, BY_INSTANCE) {
        return None;
    }
    if let Some((key, _)) = options.iter().find(|(_, value)| names_metadata(value)) {
        return Some(format!(
            "storage.{scheme}.{key} is the address that hands out the machine's own credentials; set \
             storage.{scheme}.{BY_INSTANCE} = \"true\" if that is meant"
        ));
    }
    let says_who = options.iter().any(|(key, value)| {
        let key = key.to_lowercase();
        let name = prefixes.iter().find_map(|prefix| key.strip_prefix(prefix)).unwrap_or(&key);
        credentials.contains(&name) && (name != "skip_signature" || value.eq_ignore_ascii_case("true"))
    });
    (!says_who).then(|| {
        format!(
            "storage.{scheme} names no credentials; set them, or storage.{scheme}.{BY_INSTANCE} = \"true\" to use the \
             machine's own"
        )
    })
}

fn is_set(options: &BTreeMap<String, String>, key: &str) -> bool {
    options.get(key).is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// True for an address of the kind that hands out a machine's credentials, in whatever form it is written.
fn names_metadata(value: &str) -> bool {
    let is_local = |address: IpAddr| match address.to_canonical() {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local() || address == METADATA_V6,
    };
    let url =
        Url::parse(value).ok().filter(Url::has_host).or_else(|| Url::parse(&format!("http://{value}")).ok());
    match url.as_ref().and_then(Url::host) {
        Some(Host::Ipv4(address)) => is_local(address.into()),
        Some(Host::Ipv6(address)) => is_local(address.into()),
        Some(Host::Domain(name)) => {
            METADATA_NAMES.contains(&name.trim_end_matches('.').to_lowercase().as_str())
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn storage(s3: &[(&str, &str)]) -> Storage {
        let s3 = s3.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Storage { s3, ..Storage::default() }
    }

    #[test]
    fn the_machines_credentials_are_never_asked_for_unless_configured() {
        let key = ("aws_access_key_id", "reader");
        for options in [
            &[][..],
            &[("aws_region", "eu-central-1")],
            &[("aws_skip_signature", "false")],
            &[("instance_credentials", "false")],
            &[key, ("aws_endpoint", "http://169.254.169.254/latest")],
            &[key, ("aws_endpoint", "http://0xA9FEA9FE")],
            &[key, ("aws_endpoint", "http://2852039166/")],
            &[key, ("aws_endpoint", "http://[::ffff:169.254.169.254]/")],
            &[key, ("aws_endpoint", "http://[fd00:ec2::254]")],
            &[key, ("aws_endpoint", "http://[fe80::1]/")],
            &[key, ("proxy_url", "169.254.169.254:80")],
            &[key, ("aws_endpoint", "http://Metadata.Google.Internal./x")],
        ] {
            assert!(objection(&storage(options), "s3").is_some(), "{options:?}");
        }
        for options in [
            &[key][..],
            &[key, ("aws_endpoint", "http://127.0.0.1:9000"), ("aws_region", "eu-central-1")],
            &[("AWS_ACCESS_KEY_ID", "reader")],
            &[("skip_signature", "true")],
            &[("instance_credentials", "true")],
            &[("instance_credentials", "true"), ("aws_metadata_endpoint", "http://169.254.169.254")],
        ] {
            assert_eq!(objection(&storage(options), "s3"), None, "{options:?}");
        }
        assert!(objection(&Storage::default(), "gs").is_some());
        assert_eq!(objection(&Storage::default(), "file"), None);
    }
}
