//! A restore and every other command: none works beside it, and none after one that was cut off.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Output;

use lakeport_portal::Db;
use tempfile::TempDir;

use crate::commands::{lakeport, portal, text};
use crate::world::mesh;

/// Commands that use no database.
const WITHOUT: [&str; 3] = ["config", "contract", "product"];

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
            &[
                "token",
                "create",
                "--name",
                "n",
                "--scope",
                "catalog:read",
                "--owner",
                "sofia.lindqvist@nordkauf.example",
            ],
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

    /// The databases, whole.
    fn contents(&self) -> Vec<(String, Vec<u8>)> {
        let entries = fs::read_dir(self.data.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| name.starts_with("portal.db")).collect();
        names.sort();
        names.into_iter().map(|name| (name.clone(), fs::read(self.file(&name)).unwrap())).collect()
    }
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
