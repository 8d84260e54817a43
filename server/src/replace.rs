//! One database in the place of another, so that a crash at any moment loses neither.

use std::fs::File;
use std::io::{Error, Result as Done};
use std::path::{Path, PathBuf};

use crate::private;
use crate::stop::Stop;

/// What `SQLite` keeps beside a database, and the database itself: last, so that it is missing only where its
/// companions have moved as well.
const PARTS: [&str; 3] = ["-wal", "-shm", ""];

fn beside(database: &Path, ending: &str) -> PathBuf {
    PathBuf::from(format!("{}{ending}", database.display()))
}

/// The new database on its way into place. As long as it lies there the old one may be half gone.
fn under_way(database: &Path) -> PathBuf {
    beside(database, ".restoring")
}

/// True while a database is being replaced, and after that was cut off.
pub(crate) fn is_unfinished(database: &Path) -> bool {
    under_way(database).exists()
}

/// The log beside a database, in which `SQLite` keeps what it has not brought into the file yet: the two are one database.
/// There is none where the last who worked on it ended well.
pub(crate) fn log_of(database: &Path) -> Option<PathBuf> {
    Some(beside(database, "-wal")).filter(|log| log.exists())
}

/// Copies a database that nobody works on, with its log. The third part is made anew from these two.
pub(crate) fn copy(from: &Path, to: &Path) -> Done<()> {
    std::fs::copy(from, to)?;
    private::close(to)?;
    if let Some(log) = log_of(from) {
        let to = beside(to, "-wal");
        std::fs::copy(log, &to)?;
        private::close(&to)?;
    }
    Ok(())
}

/// Refuses to work on a database whose restore was cut off.
///
/// # Errors
/// When it was.
pub(crate) fn refuse_unfinished(database: &Path) -> Result<(), Stop> {
    if !is_unfinished(database) {
        return Ok(());
    }
    Err(Stop::fault(format!(
        "A restore of {} was cut off. Run \"lakeport restore FILE\" again; the database before is kept beside it, with \
         \".before\" in its name.",
        database.display()
    )))
}

/// Puts a database in the place of another, which is kept with its companions under a name that no database has yet.
///
/// Where companions of a database that is gone have that name, nothing is done: they would become this one's.
///
/// `step` is called between any two changes of files; what it fails with ends it there, as a crash would.
pub(crate) fn put_in_place(
    ready: &Path,
    database: &Path,
    step: &mut dyn FnMut(&str) -> Done<()>,
) -> Done<Option<PathBuf>> {
    let folder = database.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (copying, new) = (beside(database, ".copying"), under_way(database));
    let before = free_name(database);
    let stray = PARTS.map(|part| beside(&before, part)).into_iter().find(|path| path.exists());
    // After a restore that was cut off, they are those of the database that is still to follow them.
    if let Some(stray) = stray
        && !is_unfinished(database)
    {
        let stray = stray.display();
        return Err(Error::other(format!(
            "{stray} lies there without its database; move it elsewhere first"
        )));
    }
    std::fs::copy(ready, &copying)?;
    private::close(&copying)?;
    File::open(&copying)?.sync_all()?;
    step("copied")?;
    std::fs::rename(&copying, &new)?;
    File::open(folder)?.sync_all()?;
    step("under way")?;
    for part in PARTS {
        let old = beside(database, part);
        if old.exists() {
            std::fs::rename(&old, beside(&before, part))?;
            step("moved")?;
        }
    }
    File::open(folder)?.sync_all()?;
    std::fs::rename(&new, database)?;
    File::open(folder)?.sync_all()?;
    step("in place")?;
    Ok(before.exists().then_some(before))
}

/// `portal.db.before`, or with the first number under which no database is kept.
fn free_name(database: &Path) -> PathBuf {
    let first = beside(database, ".before");
    let numbered = (2..=u32::MAX).map(|number| beside(database, &format!(".before-{number}")));
    std::iter::once(first.clone()).chain(numbered).find(|name| !name.exists()).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Place(tempfile::TempDir);

    impl Place {
        /// A database with its companions, and one that is to be restored.
        fn new() -> Self {
            let place = Self(tempfile::tempdir().expect("a folder"));
            for (name, text) in
                [("portal.db", "old"), ("portal.db-wal", "old wal"), ("portal.db-shm", "s"), ("ready", "new")]
            {
                std::fs::write(place.path(name), text).expect("written");
            }
            place
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn text(&self, name: &str) -> Option<String> {
            std::fs::read_to_string(self.path(name)).ok()
        }

        /// Restores until `crash` steps are done.
        fn restore(&self, crash: usize) -> Done<Option<PathBuf>> {
            let mut steps = 0;
            put_in_place(&self.path("ready"), &self.path("portal.db"), &mut |_| {
                steps += 1;
                if steps > crash { Err(Error::other("a crash")) } else { Ok(()) }
            })
        }
    }

    #[test]
    fn a_second_restore_never_overwrites_what_the_first_kept() {
        let place = Place::new();
        place.restore(usize::MAX).expect("restored");
        std::fs::write(place.path("ready"), "newer").expect("written");
        let kept = place.restore(usize::MAX).expect("restored again");
        assert_eq!(kept, Some(place.path("portal.db.before-2")));
        let text = |name: &str| place.text(name).expect("a file");
        assert_eq!(text("portal.db"), "newer");
        assert_eq!(
            (text("portal.db.before"), text("portal.db.before-wal")),
            ("old".into(), "old wal".into())
        );
        assert_eq!(text("portal.db.before-2"), "new");
        assert_eq!(place.text("portal.db.before-2-wal"), None, "no companion of another database");
    }

    #[test]
    fn what_is_kept_never_gets_the_log_of_another_database() {
        let place = Place::new();
        std::fs::write(place.path("portal.db.before-wal"), "of another").expect("written");
        let refused = place.restore(usize::MAX).expect_err("it would be taken for the old one's");
        assert!(refused.to_string().contains("portal.db.before-wal lies there"), "{refused}");
        assert_eq!(place.text("portal.db.before-wal").as_deref(), Some("of another"));
        assert_eq!(place.text("portal.db-wal").as_deref(), Some("old wal"), "nothing was changed");
        refuse_unfinished(&place.path("portal.db")).expect("nothing is under way");
        std::fs::remove_file(place.path("portal.db.before-wal")).expect("moved elsewhere");
        place.restore(usize::MAX).expect("restored");
        assert_eq!(place.text("portal.db.before-wal").as_deref(), Some("old wal"));
    }

    #[test]
    fn a_crash_never_leaves_a_database_that_is_neither_old_nor_new() {
        for crash in 0.. {
            let place = Place::new();
            let ended = place.restore(crash).is_ok();
            let database = place.path("portal.db");
            if refuse_unfinished(&database).is_ok() {
                match place.text("portal.db").as_deref() {
                    Some("old") => assert_eq!(place.text("portal.db-wal").as_deref(), Some("old wal")),
                    Some("new") => assert_eq!(place.text("portal.db-wal"), None),
                    other => panic!("{other:?} after {crash} steps"),
                }
            } else {
                place.restore(usize::MAX).expect("the second attempt ends well");
                refuse_unfinished(&database).expect("and nothing is under way");
                assert_eq!(place.text("portal.db").as_deref(), Some("new"));
            }
            let kept = [place.text("portal.db"), place.text("portal.db.before")];
            assert!(kept.contains(&Some("old".into())), "the old one is somewhere after {crash} steps");
            if place.text("portal.db.before").is_some() {
                assert_eq!(place.text("portal.db.before-wal").as_deref(), Some("old wal"));
            }
            if ended {
                return;
            }
        }
    }
}
