//! The command line, as a person at the terminal sees it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use lakeport_portal::policy::rules::Operator;
use lakeport_portal::store::import::put_products;
use lakeport_portal::store::settings;
use lakeport_portal::{Clock as _, Db, SystemClock};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::mesh::{LIMITS, forecast};
use crate::world::{World, mesh};

const SOFIA: &str = "sofia.lindqvist@nordkauf.example";

/// The program with these arguments, on this data folder and with nobody's variables.
pub(crate) fn command(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lakeport"));
    command.args(arguments);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("LAKEPORT_") {
            command.env_remove(name);
        }
    }
    command.env("LAKEPORT_DATA", data);
    command
}

pub(crate) fn lakeport(data: &Path, arguments: &[&str]) -> Output {
    command(data, arguments).output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A data folder with the demo's mesh.
pub(crate) fn portal() -> TempDir {
    let data = tempfile::tempdir().unwrap();
    let imported = lakeport(data.path(), &["import", mesh().to_str().unwrap()]);
    assert!(imported.status.success(), "{}", text(&imported.stderr));
    data
}

#[test]
fn wrong_usage_is_one_message_and_code_2() {
    let data = tempfile::tempdir().unwrap();
    let cases: &[(&[&str], &str)] = &[
        (&["serve", "--lissen", "x"], "--lissen"),
        (&["fly"], "fly"),
        (&["serve", "--listen", "here"], "here"),
        (&["serve"], "\"oidc_issuer\""),
        (&["import", "/no/such/folder"], "There is no folder /no/such/folder"),
        (&["migrate", "--data", "/no/such/parent/data"], "there is no folder /no/such/parent"),
        (&["audit", "verify"], "There is no portal in"),
        (&["audit", "verify", "--head", "12"], "number and hash"),
        (
            &["token", "create", "--name", "n", "--scope", "catalog:read", "--owner", SOFIA],
            "There is no portal in",
        ),
        (&["restore", "/no/such/file"], "There is no file /no/such/file"),
        (&["demo", "--listen", "0.0.0.0:0"], "anybody"),
        (&["push", "."], "--url"),
        (&["push", ".", "--url", "http://data.example.com"], "https://"),
        (&["push", ".", "--url", "https://data.example.com"], "LAKEPORT_TOKEN"),
        (&["push", ".", "--url", "https://data.example.com", "--over", "orders"], "product orders@3"),
    ];
    for (arguments, expected) in cases {
        let done = lakeport(data.path(), arguments);
        let message = text(&done.stderr);
        assert_eq!(done.status.code(), Some(2), "{arguments:?}: {message}");
        assert!(message.contains(expected), "{arguments:?}: {message}");
        assert!(!message.contains("panicked"), "{message}");
    }
}

#[test]
fn a_file_never_speaks_in_the_terminal() {
    let (data, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let head = "apiVersion: lakeport/v1\nkind: Domain\nname: A\ndescription: A\nid: ";
    let id = "\"x\\e[2J\\r\\nlakeport: everything was imported\"\n";
    std::fs::write(files.path().join("a.yaml"), format!("{head}{id}")).unwrap();
    let done = lakeport(data.path(), &["import", files.path().to_str().unwrap()]);
    let said = text(&done.stderr) + &text(&done.stdout);
    assert_eq!(done.status.code(), Some(1), "{said}");
    assert!(!said.contains(['\u{1b}', '\r']), "{said:?}");
    assert!(!said.lines().any(|line| line.starts_with("lakeport: everything")), "{said:?}");
}

#[tokio::test]
async fn a_document_that_cannot_be_read_is_named_by_the_doctor() {
    let data = portal();
    let db = Db::connect(&format!("sqlite://{}", data.path().join("portal.db").display())).await.unwrap();
    let mut tx = db.write().await.unwrap();
    let broken = ("collections", "controlling", "kind: [");
    put_products(&mut tx, &Operator::Command.proof().allows(), &[broken], SystemClock.now()).await.unwrap();
    tx.commit_unrecorded("a test").await.unwrap();
    let said = text(&lakeport(data.path(), &["doctor"]).stdout);
    assert!(said.contains("product collections: "), "{said}");
}

#[tokio::test]
async fn a_setting_that_is_damaged_stops_the_start_with_its_name_and_what_to_do() {
    let data = portal();
    let db = Db::connect(&format!("sqlite://{}", data.path().join("portal.db").display())).await.unwrap();
    let mut tx = db.write().await.unwrap();
    settings::set(&mut tx, "mask_key", "odd").await.unwrap();
    tx.commit_unrecorded("a test").await.unwrap();
    let sentence = "The value of \"mask_key\" in the table \"setting\" of the database is damaged";
    let done = lakeport(data.path(), &["audit", "verify"]);
    let said = text(&done.stderr);
    assert_eq!(done.status.code(), Some(1), "{said}");
    assert!(said.contains(sentence) && said.contains("delete this row"), "{said}");
    let said = text(&lakeport(data.path(), &["doctor"]).stdout);
    assert!(said.contains(sentence) && said.contains("all fit their columns"), "it goes on looking: {said}");
}

#[test]
fn a_demo_is_never_found_wrong_for_signing_in_by_itself() {
    let data = portal();
    let said = text(&lakeport(data.path(), &["doctor"]).stdout);
    assert!(said.contains("nobody can sign in"), "a portal needs an issuer: {said}");
    std::fs::write(data.path().join("demo.json"), "{}").unwrap();
    let found = lakeport(data.path(), &["doctor"]);
    let said = text(&found.stdout);
    assert!(found.status.success() && said.contains("the demo's own issuer"), "{said}");
}

#[test]
fn a_port_in_use_is_named() {
    let data = tempfile::tempdir().unwrap();
    let held = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = held.local_addr().unwrap().to_string();
    let done = lakeport(data.path(), &["demo", "--listen", &address]);
    assert_eq!(done.status.code(), Some(1));
    let message = text(&done.stderr);
    assert!(message.contains(&format!("Port {}", held.local_addr().unwrap().port())), "{message}");
    assert!(message.contains("is in use"), "{message}");
    assert!(!data.path().join("portal.db").exists(), "nothing was written");
}

#[test]
fn importing_twice_changes_nothing_and_export_brings_it_back() {
    let data = portal();
    let again = lakeport(data.path(), &["import", mesh().to_str().unwrap(), "--dry-run"]);
    assert!(text(&again.stdout).contains("0 new, 0 changed"), "{}", text(&again.stdout));
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().join("mesh");
    let exported = lakeport(data.path(), &["export", folder.to_str().unwrap()]);
    assert!(exported.status.success(), "{}", text(&exported.stderr));
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o077;
    assert_eq!(mode(&folder), 0, "people and private products stand in it");
    let back = lakeport(data.path(), &["import", folder.to_str().unwrap(), "--dry-run"]);
    assert!(text(&back.stdout).contains("0 new, 0 changed"), "{}", text(&back.stdout));
    let full = lakeport(data.path(), &["export", folder.to_str().unwrap()]);
    assert_eq!(full.status.code(), Some(2), "a folder that is not empty is left alone");
}

#[test]
fn a_file_that_is_no_text_is_named_with_all_other_problems() {
    let (data, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(folder.path().join("a.yaml"), b"kind: \xff\n").unwrap();
    std::fs::write(folder.path().join("b.yaml"), "apiVersion: lakeport/v1\nkind: Domian\n").unwrap();
    let done = lakeport(data.path(), &["import", folder.path().to_str().unwrap()]);
    assert_eq!(done.status.code(), Some(1));
    let told = text(&done.stderr);
    for problem in ["a.yaml: This file cannot be read: ", "b.yaml:2:7: ", "2 problems; nothing was imported"]
    {
        assert!(told.contains(problem), "{problem} in {told}");
    }
}

#[test]
fn an_import_with_a_mistake_changes_nothing() {
    let data = portal();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("good.yaml"),
        "apiVersion: lakeport/v1\nkind: Domain\nid: new\nname: New\ndescription: x\nmembers: []\n",
    )
    .unwrap();
    std::fs::write(folder.path().join("bad.yaml"), "apiVersion: lakeport/v1\nkind: Domain\nid: [\n").unwrap();
    let done = lakeport(data.path(), &["import", folder.path().to_str().unwrap()]);
    assert_eq!(done.status.code(), Some(1));
    assert!(text(&done.stderr).contains("bad.yaml:"), "{}", text(&done.stderr));
    std::fs::remove_file(folder.path().join("bad.yaml")).unwrap();
    let plan = lakeport(data.path(), &["import", folder.path().to_str().unwrap(), "--dry-run"]);
    assert!(text(&plan.stdout).contains("1 new"), "{}", text(&plan.stdout));
}

#[test]
fn a_token_is_the_last_line() {
    let data = portal();
    let made = lakeport(
        data.path(),
        &["token", "create", "--name", "pipeline", "--scope", "lineage:write,catalog:read", "--owner", SOFIA],
    );
    assert!(made.status.success(), "{}", text(&made.stderr));
    assert!(text(&made.stdout).lines().last().unwrap().starts_with("lkp_"), "{}", text(&made.stdout));
    let wrong = lakeport(
        data.path(),
        &["token", "create", "--name", "pipeline", "--scope", "everything", "--owner", SOFIA],
    );
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("lineage:write"), "{}", text(&wrong.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_pushed_and_never_over_what_its_author_has_not_seen() {
    let world = World::with_mesh().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = world.process.router();
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let token = world.token_of("maria.keller", &["finance:product"]).await;
    let (data, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let put = |limits: &str| std::fs::write(folder.path().join("forecast.yaml"), forecast(limits)).unwrap();
    let push = |more: &[&str]| {
        let arguments =
            [&["push", folder.path().to_str().unwrap(), "--url", url.as_str()][..], more].concat();
        let done = command(data.path(), &arguments).env("LAKEPORT_TOKEN", &token).output().unwrap();
        (done.status.code().unwrap(), text(&done.stdout), text(&done.stderr))
    };
    let told = |(code, out, errors): (i32, String, String), wanted: i32, lines: &[&str]| {
        assert_eq!(code, wanted, "{out}{errors}");
        for line in lines {
            assert!(out.lines().any(|said| said.trim_start().starts_with(line)), "{line} in {out}{errors}");
        }
    };
    let change = "~ product sales-forecast +1 -1 (forecast.yaml)";
    let added = "+  limitations: Knows campaigns";
    put("Knows campaigns");
    for _ in 0..2 {
        let dry = "This was a dry run: nothing was changed.";
        told(push(&["--dry-run"]), 0, &[change, "@@ -", added, "0 new, 1 changed, 0 unchanged.", dry]);
    }
    told(push(&["--reason", "More is known."]), 0, &[change, "Applied: 0 new, 1 changed, 0 unchanged."]);
    told(push(&[]), 0, &["0 new, 0 changed, 1 unchanged.", "There is nothing to apply."]);
    // Maria changes it on its page, and the file changes as well.
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("id", "sales-forecast")
        .append_pair("base", "2")
        .append_pair("text", &forecast("Knows shops"))
        .append_pair("reason", "Shops count.")
        .finish();
    let published = world.browser("maria.keller").await.post("/fn/publish_product", &form).await;
    assert!(published.status.is_success() || published.status.is_redirection(), "{}", published.body);
    let stays = "0 new, 0 changed, 0 unchanged, 1 left as it is in the portal.";
    told(push(&[]), 0, &["= ", stays, "There is nothing to apply."]);
    put(&format!("{LIMITS}, and shops"));
    let met = push(&[]);
    assert!(met.2.contains("1 document changed both in the portal and in the files; nothing was changed."));
    let over = "Once the file takes revision 3 into account, push it with --over 'product sales-forecast@3'";
    let both = "0 new, 0 changed, 0 unchanged, 1 changed on both sides.";
    told(met, 1, &["! product sales-forecast (forecast.yaml): ", "-  limitations: Knows shops", over, both]);
    told(push(&["--over", "product sales-forecast@2"]), 1, &["! product sales-forecast"]);
    told(push(&["--over", "product sales-forecast@3"]), 0, &["Applied: 0 new, 1 changed, 0 unchanged."]);
    std::fs::write(folder.path().join("forecast.yaml"), "kind: [").unwrap();
    let wrong = push(&[]);
    assert!(wrong.2.contains("1 problem; nothing was changed."), "{}", wrong.2);
    assert!(!wrong.1.contains("unchanged"), "nothing is counted where there is a problem: {}", wrong.1);
    told(wrong, 1, &["forecast.yaml:"]);
    server.abort();
    let silent = push(&[]);
    assert_eq!(silent.0, 1, "{silent:?}");
}

#[test]
fn a_leaver_is_disabled_from_the_terminal() {
    let data = portal();
    let person = |what, who| lakeport(data.path(), &["person", what, who]);
    let paula = "paula.brandt@nordkauf.example";
    assert!(person("disable", paula).status.success());
    for (what, who, words) in [
        ("disable", paula, "was disabled before"),
        ("disable", SOFIA, "last administrator"),
        ("disable", "nobody@nordkauf.example", "Nobody here"),
    ] {
        let done = person(what, who);
        assert_eq!(done.status.code(), Some(2));
        assert!(text(&done.stderr).contains(words), "{}", text(&done.stderr));
    }
    assert!(person("enable", paula).status.success());
}

#[test]
fn the_audit_is_verified_against_a_head_kept_outside() {
    let data = portal();
    let verified = lakeport(data.path(), &["audit", "verify"]);
    assert!(verified.status.success(), "{}", text(&verified.stderr));
    let report = text(&verified.stdout);
    let head = report.trim().rsplit(' ').next().unwrap().trim_end_matches('.').to_owned();
    let kept = lakeport(data.path(), &["audit", "verify", "--head", &head]);
    assert!(kept.status.success(), "{report} {}", text(&kept.stderr));
    let (number, _) = head.split_once(':').unwrap();
    let other = format!("{number}:{}", "0".repeat(64));
    let forged = lakeport(data.path(), &["audit", "verify", "--head", &other]);
    assert_eq!(forged.status.code(), Some(1), "{}", text(&forged.stdout));
}

#[test]
fn a_backup_comes_back_and_nonsense_does_not() {
    let data = portal();
    let file = data.path().join("copy.db");
    let file = file.to_str().unwrap();
    assert!(lakeport(data.path(), &["backup", file]).status.success());
    assert_eq!(
        lakeport(data.path(), &["backup", file]).status.code(),
        Some(2),
        "a file is never written over"
    );
    let elsewhere = tempfile::tempdir().unwrap();
    let restored = lakeport(elsewhere.path(), &["restore", file]);
    assert!(restored.status.success(), "{}", text(&restored.stderr));
    let plan = lakeport(elsewhere.path(), &["import", mesh().to_str().unwrap(), "--dry-run"]);
    assert!(text(&plan.stdout).contains("0 new, 0 changed"), "{}", text(&plan.stdout));
    let nonsense = elsewhere.path().join("nonsense.db");
    std::fs::write(&nonsense, "no database").unwrap();
    let refused = lakeport(elsewhere.path(), &["restore", nonsense.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("nothing was changed"), "{}", text(&refused.stderr));
    assert!(lakeport(elsewhere.path(), &["audit", "verify"]).status.success());
}

#[test]
fn the_demo_never_moves_into_a_portal_of_real_people() {
    let data = portal();
    let before = text(&lakeport(data.path(), &["audit", "verify"]).stdout);
    let refused = lakeport(data.path(), &["demo", "--scale", "1000", "--listen", "127.0.0.1:0"]);
    assert_eq!(refused.status.code(), Some(2), "{}", text(&refused.stdout));
    assert!(text(&refused.stderr).contains("a portal's own"), "{}", text(&refused.stderr));
    assert_eq!(text(&lakeport(data.path(), &["audit", "verify"]).stdout), before, "nothing was written");
}

#[test]
fn the_configuration_is_printed_with_its_origins() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("lakeport.toml"), "workers = 4\n").unwrap();
    let shown = text(&lakeport(data.path(), &["config"]).stdout);
    assert!(shown.contains("workers = 4  # the file"), "{shown}");
    assert!(shown.contains("query_seconds = 20  # the defaults"), "{shown}");
}

#[test]
fn lint_never_ends_well_on_a_wrong_document() {
    let data = tempfile::tempdir().unwrap();
    let contracts = mesh().join("contracts");
    let fine = lakeport(data.path(), &["contract", "lint", contracts.to_str().unwrap()]);
    assert_eq!(fine.status.code(), Some(0), "{}", text(&fine.stdout));
    let fine = lakeport(data.path(), &["product", "lint", mesh().join("products").to_str().unwrap()]);
    assert_eq!(fine.status.code(), Some(0), "{}", text(&fine.stdout));
    let wrong = data.path().join("wrong.odcs.yaml");
    std::fs::write(&wrong, "apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: '1.0'\nstatsu: x\n")
        .unwrap();
    let named = wrong.to_str().unwrap();
    let told = lakeport(data.path(), &["contract", "lint", named]);
    assert_eq!(told.status.code(), Some(1));
    assert!(
        text(&told.stdout).starts_with(&format!("{named}:4:1: error: version: ")),
        "{}",
        text(&told.stdout)
    );
    let told = lakeport(data.path(), &["contract", "lint", "--format", "json", named]);
    let report: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!((report["errors"].as_u64(), report["problems"][1]["line"].as_u64()), (Some(2), Some(5)));
    assert_eq!(report["problems"][0]["severity"], "error");
    for arguments in [&["contract", "lint"][..], &["contract", "lint", "/no/such/file.yaml"]] {
        assert_eq!(lakeport(data.path(), arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn a_linted_file_never_speaks_in_the_terminal() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("a.yaml");
    let head = "apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: 1.0.0\n";
    std::fs::write(&file, format!("{head}status: \"x\\e[2J\\r\\n0 errors\"\n\"y\\e[2J\": 1\n")).unwrap();
    let done = lakeport(data.path(), &["contract", "lint", file.to_str().unwrap()]);
    let said = text(&done.stdout) + &text(&done.stderr);
    assert_eq!(done.status.code(), Some(1), "{said}");
    assert!(said.contains("[2J"), "what stands there is told: {said:?}");
    assert!(!said.contains(['\u{1b}', '\r']), "{said:?}");
    assert!(!said.lines().any(|line| line.starts_with("0 errors")), "{said:?}");
}

#[test]
fn a_file_that_cannot_be_read_never_hides_what_is_wrong_with_others() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("contracts");
    let deep = (0..40).fold(folder.clone(), |path, _| path.join("d"));
    std::fs::create_dir_all(&deep).unwrap();
    std::fs::write(deep.join("wrong.yaml"), "apiVersion: v3.2.0\nkind: DataContract\nid: [\n").unwrap();
    std::fs::write(folder.join("a-binary.yaml"), b"\xff\xfe\0").unwrap();
    std::fs::File::create(folder.join("b-large.json")).unwrap().set_len(100 << 20).unwrap();
    let missing = data.path().join("missing.yaml");
    let named = [folder.to_str().unwrap(), missing.to_str().unwrap(), "/dev/zero"];
    let done = lakeport(data.path(), &[&["contract", "lint"][..], &named[..]].concat());
    let (told, unread) = (text(&done.stdout), text(&done.stderr));
    assert_eq!(done.status.code(), Some(2), "{told}{unread}");
    assert!(
        told.contains("wrong.yaml:") && told.trim_end().ends_with("1 file, 1 error, 0 warnings"),
        "{told}"
    );
    for words in [
        "a-binary.yaml is not text in UTF-8.",
        "b-large.json is larger than 16 MiB",
        "missing.yaml cannot be read: ",
        "/dev/zero is larger than 16 MiB",
    ] {
        assert!(unread.contains(words), "{words}: {unread}");
    }
    assert_eq!(unread.lines().count(), 4, "{unread}");
}

#[test]
fn a_variable_of_a_command_is_never_an_unknown_key_of_others() {
    let data = tempfile::tempdir().unwrap();
    let with_format = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lakeport"));
        command
            .args(arguments)
            .env("LAKEPORT_DATA", data.path())
            .env("LAKEPORT_FORMAT", "json")
            .output()
            .unwrap()
    };
    let told = with_format(&["contract", "lint", mesh().join("contracts").to_str().unwrap()]);
    let report: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(report["errors"].as_u64(), Some(0), "{report}");
    let shown = with_format(&["config"]);
    assert!(shown.status.success(), "{}", text(&shown.stderr));
}
