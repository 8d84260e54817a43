//! What is closed to other users of the machine, and to the portal's own workers.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::commands::{command, lakeport, text};

/// A program that runs until this is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

/// What lies below a folder and others may open. The tables of the lake are the workers' files: the folder around them is
/// closed.
fn open_to_others(folder: &Path) -> Vec<PathBuf> {
    let mut open = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // Some come and go.
        let Ok(known) = std::fs::metadata(&path) else { continue };
        if path.ends_with("lake") {
            continue;
        }
        if known.permissions().mode() & 0o077 != 0 {
            open.push(path.clone());
        }
        // The files of the search index are the search library's: the folder around them is closed.
        if known.is_dir() && !path.ends_with("index") {
            open.extend(open_to_others(&path));
        }
    }
    open
}

#[test]
fn no_command_ever_writes_what_other_users_may_read() {
    let place = tempfile::tempdir().unwrap();
    let (data, copy) = (place.path().join("data"), place.path().join("copy.db"));
    let written = |names: &[&str]| names.iter().all(|name| data.join(name).exists());
    let demo = command(&data, &["demo", "--scale", "1000", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut demo = Running(demo);
    let began = Instant::now();
    while !written(&["demo.json"]) {
        assert!(began.elapsed() < Duration::from_mins(1), "it writes what it has made");
        assert!(demo.0.try_wait().unwrap().is_none(), "the demo runs");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(written(&["portal.db", "portal.db-wal", "portal.db-shm", "mail/new", "mail/tmp", "mail/cur"]));
    assert_eq!(open_to_others(place.path()), Vec::<PathBuf>::new(), "while it runs");
    drop(demo);
    let copied = lakeport(&data, &["backup", copy.to_str().unwrap()]);
    assert!(copied.status.success(), "{}", text(&copied.stderr));
    // What somebody copies by hand is as open as they make it; what becomes of it here is not.
    std::fs::set_permissions(&copy, Permissions::from_mode(0o644)).unwrap();
    assert_eq!(open_to_others(place.path()), std::slice::from_ref(&copy));
    let restored = lakeport(&data, &["restore", copy.to_str().unwrap()]);
    assert!(restored.status.success(), "{}", text(&restored.stderr));
    assert!(written(&["portal.db", "portal.db.before"]));
    assert_eq!(open_to_others(place.path()), [copy], "after a restore");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_portal_is_never_open_to_its_own_workers() {
    use rustix::process::{DumpableBehavior, dumpable_behavior, set_dumpable_behavior};

    set_dumpable_behavior(DumpableBehavior::Dumpable).unwrap();
    let _world = crate::world::World::empty().await;
    assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
}
