//! A restore and every other command: none works beside it, and none after one that was cut off.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Output;

use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use lakeport_portal::people::sessions;
use lakeport_portal::{Clock as _, Db, SystemClock};
use tempfile::TempDir;

use crate::commands::{lakeport, portal, text};
use crate::world::{World, mesh};

/// Commands that use no database.
const WITHOUT: [&str; 4] = ["config", "contract", "product", "push"];

/// Makes a token.
const TOKEN: [&str; 8] = [
    "token",
    "create",
    "--name",
    "n",
    "--scope",
    "catalog:read",
    "--owner",
    "sofia.lindqvist@nordkauf.example",
];

/// A portal that `serve` would run, and a backup of it elsewhere.
struct Place {
    data: TempDir,
    elsewhere: TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { data: portal(), elsewhere: tempfile::tempdir().unwrap() };
        let settings = "public_url = \"http://127.0.0.1:8080\"\noidc_issuer = \"http://127.0.0.1:9/issuer\"\n\
                        oidc_client_id = \"portal\"\n";
        fs::write(place.data.path().join("lakeport.toml"), settings).unwrap();
        let copied = place.run(&["backup", &place.backup()]);
        assert!(copied.status.success(), "{}", text(&copied.stderr));
        place
    }

    fn backup(&self) -> String {
        self.elsewhere.path().join("kept.db").display().to_string()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.data.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        lakeport(self.data.path(), arguments)
    }

    /// Every command with what it needs; those that run until they are stopped cannot begin here.
    fn commands(&self) -> Vec<Vec<String>> {
        let new = |name: &str| self.elsewhere.path().join(name).display().to_string();
        let (copy, out, mesh) = (new("copy.db"), new("out"), mesh().display().to_string());
        let listen = ["--listen", "127.0.0.1:0"];
        let commands: [&[&str]; 12] = [
            &["serve", listen[0], listen[1]],
            &["demo", listen[0], listen[1], "--scale", "1000"],
            &["import", &mesh],
            &["import", &mesh, "--dry-run"],
            &["export", &out],
            &["migrate"],
            &["doctor"],
            &["backup", &copy],
            &["audit", "verify"],
            &["person", "disable", "paula.brandt@nordkauf.example"],
            &["person", "enable", "paula.brandt@nordkauf.example"],
            &TOKEN,
        ];
        commands.iter().map(|command| command.iter().map(|word| (*word).to_owned()).collect()).collect()
    }

    /// Runs every command but a restore; each has to refuse with this sentence and leave the files alone.
    fn refused(&self, sentence: &str) {
        let before = self.contents();
        for command in self.commands() {
            let words: Vec<&str> = command.iter().map(String::as_str).collect();
            let done = self.run(&words);
            let said = text(&done.stdout) + &text(&done.stderr);
            assert_eq!(done.status.code(), Some(1), "{command:?}: {said}");
            assert!(said.contains(sentence), "{command:?}: {said}");
        }
        assert_eq!(self.contents(), before, "a command wrote");
        assert_eq!(fs::read_dir(self.elsewhere.path()).unwrap().count(), 1, "a command wrote elsewhere");
    }

    /// The backup, half of it gone and most of it overwritten.
    fn damaged(&self) -> [(&'static str, Vec<u8>); 2] {
        let whole = fs::read(self.backup()).unwrap();
        let mut scratched = whole.clone();
        scratched[8_192..].fill(b'x');
        [("half.db", whole[..whole.len() / 2].to_vec()), ("scratched.db", scratched)]
    }

    /// A copy of this portal in mid-work, under this path; its newest change stands in the log beside it only. Answers the
    /// head of the audit with that change.
    async fn copied_in_mid_work(&self, copy: &Path) -> String {
        let database = Db::connect(&format!("sqlite://{}", self.file("portal.db").display())).await.unwrap();
        database.ping().await.unwrap();
        let disabled = self.run(&["person", "disable", "paula.brandt@nordkauf.example"]);
        assert!(disabled.status.success(), "{}", text(&disabled.stderr));
        let verified = text(&self.run(&["audit", "verify"]).stdout);
        let head = verified.trim().rsplit_once("head ").unwrap().1.to_owned();
        // Whoever closes the database last empties the log.
        fs::copy(self.file("portal.db"), copy).unwrap();
        fs::copy(self.file("portal.db-wal"), log_of(copy)).unwrap();
        assert!(fs::metadata(log_of(copy)).unwrap().len() > 0, "the change stands in the log");
        database.close().await;
        head
    }

    /// The databases, whole.
    fn contents(&self) -> Vec<(String, Vec<u8>)> {
        let entries = fs::read_dir(self.data.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| name.starts_with("portal.db")).collect();
        names.sort();
        names.into_iter().map(|name| (name.clone(), fs::read(self.file(&name)).unwrap())).collect()
    }
}

/// What `SQLite` keeps beside a database until it is brought into it.
fn log_of(database: &Path) -> PathBuf {
    PathBuf::from(format!("{}-wal", database.display()))
}

/// What the program's help calls its commands.
fn commands_of_the_program(data: &Path) -> Vec<String> {
    let help = text(&lakeport(data, &["--help"]).stdout);
    let (_, list) = help.split_once("Commands:\n").unwrap();
    let list = list.lines().take_while(|line| !line.trim().is_empty());
    // A line that is indented further goes on with the description before it.
    let names = list.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect()
}

#[test]
fn no_command_is_forgotten_here() {
    let place = Place::new();
    let mut known: Vec<String> = place.commands().into_iter().map(|command| command[0].clone()).collect();
    known.extend(WITHOUT.map(str::to_owned));
    known.push("restore".to_owned());
    let program = commands_of_the_program(place.data.path());
    assert!(program.len() > 10, "{program:?}");
    for command in program {
        assert!(known.contains(&command), "{command} is new; add it to the commands above");
    }
}

#[test]
fn no_command_works_beside_a_restore() {
    let place = Place::new();
    let lock = File::options().append(true).open(place.file("portal.used")).unwrap();
    lock.lock().unwrap();
    place.refused("is being restored");
    let second = place.run(&["restore", &place.backup()]);
    assert_eq!(second.status.code(), Some(1));
    assert!(text(&second.stderr).contains("Lakeport works on"), "{}", text(&second.stderr));
    drop(lock);
    assert!(place.run(&["audit", "verify"]).status.success());
}

#[tokio::test]
async fn what_is_no_backup_never_takes_the_place_of_a_portal() {
    let place = Place::new();
    let foreign = place.elsewhere.path().join("foreign.db");
    let database = Db::connect(&format!("sqlite://{}", foreign.display())).await.unwrap();
    let others: [(&str, &[u8]); 3] = [("empty.db", b""), ("byte.db", b"x"), ("text.db", &[b'x'; 9_000])];
    for (name, bytes) in others {
        fs::write(place.elsewhere.path().join(name), bytes).unwrap();
    }
    assert!(fs::metadata(&foreign).unwrap().len() > 0, "a database of nobody's");
    let before = place.contents();
    for name in ["empty.db", "byte.db", "text.db", "foreign.db"] {
        let file = place.elsewhere.path().join(name).display().to_string();
        let done = place.run(&["restore", &file]);
        let said = text(&done.stderr);
        assert_eq!(done.status.code(), Some(1), "{name}: {said}");
        assert!(said.contains("cannot be restored, nothing was changed"), "{name}: {said}");
        assert_eq!(place.contents(), before, "{name}");
    }
    drop(database);
    let done = place.run(&["restore", &place.backup()]);
    assert!(done.status.success(), "{}", text(&done.stderr));
}

#[tokio::test]
async fn a_restore_never_loses_what_stands_in_the_log_beside_the_file() {
    let place = Place::new();
    let copy = place.elsewhere.path().join("copy.db");
    let head = place.copied_in_mid_work(&copy).await;
    let backup = place.backup();
    // The portal as a power cut leaves it; a restore keeps that.
    fs::copy(&copy, place.file("portal.db")).unwrap();
    fs::copy(log_of(&copy), log_of(&place.file("portal.db"))).unwrap();
    let done = place.run(&["restore", &backup]);
    let said = text(&done.stdout);
    assert!(done.status.success() && said.contains("portal.db.before-wal belongs to it"), "{said}");
    assert!(!place.run(&["audit", "verify", "--head", &head]).status.success(), "the backup is older");
    for file in [copy, place.file("portal.db.before")] {
        let done = place.run(&["restore", &file.display().to_string()]);
        assert!(done.status.success(), "{}: {}", file.display(), text(&done.stderr));
        let verified = place.run(&["audit", "verify", "--head", &head]);
        assert!(verified.status.success(), "{}: {}", file.display(), text(&verified.stderr));
    }
}

#[tokio::test]
async fn a_portal_at_work_is_never_copied_by_a_restore() {
    let (place, other) = (Place::new(), Place::new());
    let copy = other.file("portal.db");
    other.copied_in_mid_work(&other.elsewhere.path().join("copy.db")).await;
    fs::copy(other.elsewhere.path().join("copy.db"), &copy).unwrap();
    fs::copy(log_of(&other.elsewhere.path().join("copy.db")), log_of(&copy)).unwrap();
    let before = place.contents();
    let lock = File::options().append(true).open(other.file("portal.used")).unwrap();
    lock.lock_shared().unwrap();
    let refused = place.run(&["restore", &copy.display().to_string()]);
    let said = text(&refused.stderr);
    assert!(refused.status.code() == Some(1) && said.contains("Lakeport works on"), "{said}");
    assert_eq!(place.contents(), before);
    drop(lock);
    let done = place.run(&["restore", &copy.display().to_string()]);
    assert!(done.status.success(), "{}", text(&done.stderr));
}

#[test]
fn a_damaged_backup_is_never_said_to_lack_its_folder() {
    let place = Place::new();
    let before = place.contents();
    let text_file = ("text.db", vec![b'x'; 9_000]);
    for (name, bytes) in place.damaged().into_iter().chain([text_file]) {
        let file = place.elsewhere.path().join(name);
        fs::write(&file, bytes).unwrap();
        let done = place.run(&["restore", &file.display().to_string()]);
        let said = text(&done.stderr);
        assert_eq!(done.status.code(), Some(1), "{name}: {said}");
        assert!(said.contains("It is damaged") && said.contains("Name another backup"), "{name}: {said}");
        assert!(!said.contains("folder"), "{name}: {said}");
        assert_eq!(place.contents(), before, "{name}");
    }
}

#[test]
fn a_backup_of_a_damaged_portal_is_never_made_and_says_so() {
    let place = Place::new();
    for (name, bytes) in place.damaged() {
        fs::write(place.file("portal.db"), bytes).unwrap();
        // What stands in the log would make it whole.
        _ = fs::remove_file(place.file("portal.db-wal"));
        _ = fs::remove_file(place.file("portal.db-shm"));
        let said = text(&place.run(&["backup", &place.file("copy.db").display().to_string()]).stderr);
        assert!(said.contains("is damaged") && said.contains("lakeport restore FILE"), "{name}: {said}");
        assert!(!place.file("copy.db").exists(), "{name}: half a copy passes for a backup");
    }
}

#[test]
fn no_command_works_after_a_restore_that_was_cut_off() {
    let cut_off: [(&str, &[(&str, &str)]); 2] = [
        ("before the old one was moved", &[("portal.db.copying", "portal.db.restoring")]),
        (
            "before the new one was in place",
            &[("portal.db.copying", "portal.db.restoring"), ("portal.db", "portal.db.before")],
        ),
    ];
    for (when, moves) in cut_off {
        let place = Place::new();
        fs::copy(place.backup(), place.file("portal.db.copying")).unwrap();
        assert!(place.run(&["audit", "verify"]).status.success(), "half a copy harms nobody");
        for (from, to) in moves {
            fs::rename(place.file(from), place.file(to)).unwrap();
        }
        place.refused("was cut off");
        let again = place.run(&["restore", &place.backup()]);
        assert!(again.status.success(), "{when}: {}", text(&again.stderr));
        assert!(place.run(&["audit", "verify"]).status.success(), "{when}");
        assert!(!place.file("portal.restore").exists(), "copies are left behind");
    }
}

/// What a portal over a copy of this database answers to a token.
async fn answer_to(token: &str, database: &Path) -> StatusCode {
    let world = World::copy_of(database).await;
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    world.stranger().send(Method::GET, "/api/v1/search?q=sales", "", &headers).await.status
}

#[tokio::test]
async fn a_token_of_a_backup_never_opens_the_portal_that_was_restored_from_it() {
    let place = Place::new();
    let said = text(&place.run(&["restore", &place.backup()]).stdout);
    assert!(said.contains("No token of it was left to revoke"), "{said}");
    let made = place.run(&TOKEN);
    let token = text(&made.stdout).lines().last().unwrap().to_owned();
    assert!(made.status.success() && token.starts_with("lkp_"), "{}", text(&made.stderr));
    let backup = place.elsewhere.path().join("with-a-token.db");
    assert!(place.run(&["backup", backup.to_str().unwrap()]).status.success());
    assert_eq!(answer_to(&token, &backup).await, StatusCode::OK, "the backup knows it");
    let done = place.run(&["restore", backup.to_str().unwrap()]);
    let said = text(&done.stdout);
    assert!(done.status.success() && said.contains("1 token of it was revoked"), "{said}");
    assert!(said.contains("Access that was withdrawn since then holds again"), "{said}");
    assert_eq!(answer_to(&token, &place.file("portal.db")).await, StatusCode::UNAUTHORIZED);
}

/// A backup of the portal in which somebody is signed in.
async fn backup_with_a_session(place: &Place) -> PathBuf {
    let world = World::copy_of(Path::new(&place.backup())).await;
    let paula = world.viewer("paula.brandt").await;
    let until = SystemClock.now() + TimeDelta::hours(1);
    sessions::save(world.ctx(), "hers", Some(paula.id), "{}", until).await.unwrap();
    let backup = place.elsewhere.path().join("signed-in.db");
    world.ctx().db.backup(&backup).await.unwrap();
    backup
}

/// True where a portal over a copy of this database knows the session of that backup.
async fn is_signed_in(database: &Path) -> bool {
    let world = World::copy_of(database).await;
    sessions::load(world.ctx(), "hers").await.unwrap().is_some()
}

#[tokio::test]
async fn a_session_of_a_backup_never_opens_the_portal_that_was_restored_from_it() {
    let place = Place::new();
    let backup = backup_with_a_session(&place).await;
    assert!(is_signed_in(&backup).await, "the backup knows it");
    let done = place.run(&["restore", backup.to_str().unwrap()]);
    let said = text(&done.stdout);
    assert!(done.status.success() && said.contains("Everybody has to sign in again."), "{said}");
    assert!(said.contains("Nobody was disabled since then."), "{said}");
    assert!(!is_signed_in(&place.file("portal.db")).await);
}

#[test]
fn somebody_who_was_disabled_is_never_enabled_by_a_restore() {
    let place = Place::new();
    let disable = ["person", "disable", "paula.brandt@nordkauf.example"];
    assert!(place.run(&disable).status.success());
    let done = place.run(&["restore", &place.backup()]);
    let said = text(&done.stdout);
    let sentence = "Disabled since then, and disabled now too: paula.brandt@nordkauf.example.";
    assert!(done.status.success() && said.contains(sentence), "{said}");
    let again = place.run(&disable);
    assert!(text(&again.stderr).contains("was disabled before"), "{}", text(&again.stderr));
    assert!(place.run(&["audit", "verify"]).status.success());
}

#[test]
fn a_restore_that_compared_nobody_never_says_that_nobody_was_disabled() {
    let place = Place::new();
    for ending in ["", "-wal", "-shm"] {
        _ = fs::remove_file(place.file(&format!("portal.db{ending}")));
    }
    let without = place.run(&["restore", &place.backup()]);
    for ending in ["-wal", "-shm"] {
        _ = fs::remove_file(place.file(&format!("portal.db{ending}")));
    }
    fs::write(place.file("portal.db"), [b'x'; 9_000]).unwrap();
    let unreadable = place.run(&["restore", &place.backup()]);
    for done in [without, unreadable] {
        let said = text(&done.stdout);
        assert!(done.status.success() && said.contains("Nobody could be compared"), "{said}");
        assert!(!said.contains("Nobody was disabled"), "{said}");
    }
}
