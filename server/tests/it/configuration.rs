//! What is wrong with a configuration is said in a sentence that names the key and where it was set.

use std::path::PathBuf;

use lakeport::config::{Loaded, Options, load};
use lakeport::stop::Stop;
use tempfile::TempDir;

struct Folder(TempDir);

impl Folder {
    fn with(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("lakeport.toml"), text).unwrap();
        Self(folder)
    }

    fn load(&self, variables: &[(&str, &str)]) -> Result<Loaded, Stop> {
        let variables =
            variables.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        load(Options {
            data: Some(self.0.path().to_path_buf()),
            home: "lakeport",
            variables: Some(variables),
            ..Options::default()
        })
    }
}

#[test]
fn each_mistake_is_one_sentence() {
    type Case = (&'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);
    let cases: &[Case] = &[
        ("lisen = \"127.0.0.1:1\"", &[], &["\"lisen\"", "lakeport.toml", "Allowed are", "listen"]),
        ("", &[("LAKEPORT_PUBLIC_ULR", "https://x")], &["public_ulr", "LAKEPORT_PUBLIC_ULR", "Allowed are"]),
        ("listen = \"nowhere\"", &[], &["\"listen\"", "lakeport.toml", "socket address"]),
        ("workers = \"many\"", &[], &["\"workers\"", "lakeport.toml", "many", "whole number"]),
        ("", &[("LAKEPORT_QUERY_SECONDS", "soon")], &["\"query_seconds\"", "LAKEPORT_QUERY_SECONDS", "soon"]),
        ("workers = 0", &[], &["\"workers\"", "lakeport.toml", "between 1 and 64"]),
        ("", &[("LAKEPORT_LINEAGE_FORMER_DAYS", "366")], &["\"lineage_former_days\"", "between 1 and 365"]),
        ("public_url = \"http://data.example.com\"", &[], &["\"public_url\"", "https://"]),
        ("public_url = \"https://example.com/data\"", &[], &["\"public_url\"", "scheme, a host and a port"]),
        (
            "",
            &[("LAKEPORT_DATABASE_URL", "mysql://x")],
            &["\"database_url\"", "LAKEPORT_DATABASE_URL", "postgres://"],
        ),
        ("administrators = [\"sofia\"]", &[], &["\"administrators\"", "sofia", "not an e-mail address"]),
        ("lake_root = \"ftp://x\"", &[], &["\"lake_root\"", "gs://"]),
        ("smtp_url = \"mail.example.com\"", &[], &["\"smtp_url\"", "smtps://"]),
        ("log_format = \"xml\"", &[], &["\"log_format\"", "xml", "pretty, json"]),
        ("[policy.secret]\napprovals = 1", &[], &["secret", "public, internal, confidential, restricted"]),
        ("[policy.internal]\nno_answer = \"shrug\"", &[], &["no_answer", "shrug", "revoke, keep, flag"]),
        ("[policy.restricted]\napprovals = 9", &[], &["policy.restricted.approvals", "0, 1 or 2"]),
        ("[policy.public]\nremind_days = [45]", &[], &["policy.public.remind_days", "between 1 and 30"]),
        ("[policy.public]\nremind_days = \"soon\"", &[], &["remind_days", "soon", "list of whole numbers"]),
        ("[policy.public]\noverdue_days = 0", &[], &["policy.public.overdue_days", "between 1 and 90"]),
        ("[policy.internal]\nescalate_days = 20", &[], &["policy.internal.escalate_days", "no_answer_days"]),
        (
            "",
            &[("LAKEPORT_POLICY_RESTRICTED_NO_ANSWER_DAYS", "3")],
            &["policy.restricted.no_answer_days", "between 7 and 365"],
        ),
        ("listen =", &[], &["lakeport.toml"]),
    ];
    for (text, variables, expected) in cases {
        let done = Folder::with(text).load(variables).and_then(|loaded| loaded.check());
        let stop = done.expect_err(text);
        assert_eq!(stop.code, 2);
        for part in *expected {
            assert!(stop.message.contains(part), "no {part:?} in: {}", stop.message);
        }
    }
}

#[test]
fn the_environment_wins_over_the_file() {
    let folder = Folder::with("workers = 3\noidc_client_id = \"from-file\"");
    let loaded = folder
        .load(&[
            ("LAKEPORT_OIDC_CLIENT_ID", "1234567890"),
            ("LAKEPORT_ADMINISTRATORS", "a@x.example, b@x.example"),
        ])
        .unwrap();
    assert_eq!(loaded.config.workers, 3);
    assert_eq!(loaded.config.oidc_client_id.as_deref(), Some("1234567890"), "digits stay a text");
    assert_eq!(loaded.config.administrators, ["a@x.example", "b@x.example"]);
    assert_eq!(loaded.origin("oidc_client_id"), "the variable LAKEPORT_OIDC_CLIENT_ID");
    assert!(loaded.origin("workers").contains("lakeport.toml"), "{}", loaded.origin("workers"));
}

#[test]
fn a_folder_is_never_said_to_be_named_where_it_was_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    let origin = |data: Option<PathBuf>, variables: &[(&str, &str)]| {
        let variables = variables.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let variables = Some(variables.collect());
        let loaded = load(Options { data, home: "lakeport", variables, ..Options::default() }).unwrap();
        loaded.origin("data")
    };
    let variable = [("LAKEPORT_DATA", path.as_str())];
    assert_eq!(origin(Some(folder.path().to_path_buf()), &variable), "the command line");
    assert_eq!(origin(None, &variable), "the variable LAKEPORT_DATA");
    assert_eq!(origin(None, &[]), "the defaults");
}

#[test]
fn sections_can_be_variables_too() {
    let folder = Folder::with("");
    let loaded = folder
        .load(&[
            ("LAKEPORT_STORAGE_S3_AWS_REGION", "eu-central-1"),
            ("LAKEPORT_POLICY_CONFIDENTIAL_REVIEW_DAYS", "30"),
            ("LAKEPORT_POLICY_CONFIDENTIAL_REMIND_DAYS", "21, 7,1"),
        ])
        .unwrap();
    assert_eq!(loaded.config.storage.s3["aws_region"], "eu-central-1");
    assert_eq!(loaded.config.policy.policies().confidential.review_days, 30);
    assert_eq!(loaded.config.policy.policies().confidential.longest_days, 365, "the rest is built in");
    let listed = Folder::with("[policy.confidential]\nremind_days = [21, 7, 1]\nno_answer_days = 10")
        .load(&[])
        .unwrap();
    for loaded in [&loaded, &listed] {
        assert_eq!(loaded.config.policy.policies().confidential.cadence.remind_days, [21, 7, 1]);
    }
    assert_eq!(listed.config.policy.policies().confidential.cadence.no_answer_days, 10);
}

#[test]
fn secrets_are_not_shown() {
    let folder = Folder::with(
        "oidc_client_secret = \"hush\"\n[storage.s3]\naws_secret_access_key = \"hush\"\naws_region = \"eu\"",
    );
    let loaded = folder.load(&[("LAKEPORT_DATABASE_URL", "postgres://portal:hush@db/portal")]).unwrap();
    let shown = loaded.show();
    assert!(!shown.contains("hush"), "{shown}");
    assert!(shown.contains("aws_region = \"eu\""), "{shown}");
    assert!(!format!("{:?}", loaded.config).contains("hush"));
}

#[test]
fn a_portal_needs_sign_in_and_the_demo_stays_at_home() {
    let folder = Folder::with("oidc_issuer = \"https://accounts.google.com\"\nlisten = \"0.0.0.0:8080\"");
    let loaded = folder.load(&[]).unwrap();
    loaded.check().unwrap();
    let stop = loaded.check_serve().unwrap_err();
    for key in ["oidc_client_id", "public_url", "oidc_hd"] {
        assert!(stop.message.contains(&format!("\"{key}\"")), "{stop}");
    }
    let stop = loaded.check_demo().unwrap_err();
    assert!(stop.message.contains("\"listen\"") && stop.message.contains("anybody"), "{stop}");
}

#[test]
fn a_file_that_is_named_has_to_be_there() {
    let stop = load(Options {
        config: Some(PathBuf::from("/nowhere/lakeport.toml")),
        home: "lakeport",
        variables: Some(Vec::new()),
        ..Options::default()
    });
    assert!(stop.unwrap_err().message.contains("/nowhere/lakeport.toml"));
}
