mod answers;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use lakeport_model::catalog::{AssetKind, Classification};
use tempfile::TempDir;

use super::document::VERSION;
use super::reading::Reading;
use super::store::Store;
use super::*;
use crate::snapshot::Entry;
use crate::store::catalog::AssetRow;

/// A catalog of tables that are called `table_0` and on, each with this description.
fn catalog(change: i64, tables: usize, described: impl Fn(usize) -> String) -> Arc<Snapshot> {
    let tables = (0..tables).map(|number| table(format!("table_{number}"), "finance", described(number)));
    let snapshot = Snapshot::of(Vec::new(), Vec::new(), tables.collect(), Vec::new());
    Arc::new(snapshot.offering(change, Vec::new()))
}

fn table(id: String, domain: &str, description: String) -> AssetRow {
    AssetRow {
        name: id.clone(),
        id,
        kind: AssetKind::Table.to_string(),
        layer: None,
        namespace: "lakehouse".to_owned(),
        domain: domain.to_owned(),
        description,
        platform: None,
        location: None,
        classification: Classification::Internal.to_string(),
        tags: "[]".to_owned(),
        columns: "[]".to_owned(),
        origin: "file".to_owned(),
        created_at: Some(chrono::DateTime::UNIX_EPOCH),
    }
}

fn facts(snapshot: &Arc<Snapshot>) -> Facts {
    Facts::default().next(snapshot, &Touch::All)
}

fn folder() -> (TempDir, Home) {
    let folder = tempfile::tempdir().expect("a folder");
    let home = Home::Folder(folder.path().join("index"));
    (folder, home)
}

/// An index on the disk that has caught up.
fn caught_up(home: &Home, snapshot: &Arc<Snapshot>) -> Index {
    let Home::Folder(folder) = home else { panic!("a folder") };
    let index = Index::on_disk(folder.clone());
    index.follow(snapshot, &Touch::All);
    assert!(index.wait_for(snapshot.change), "it catches up");
    index
}

/// Ids that are found with a word.
fn found(index: &Index, snapshot: &Arc<Snapshot>, word: &str) -> BTreeSet<String> {
    let facts = index.facts(snapshot);
    let found = index.find(&facts, &Asked::for_words(&[word.to_owned()]));
    found.matches.into_iter().filter_map(|(_, slot)| Some(facts.get(slot)?.id.to_string())).collect()
}

fn matches(reading: &Reading, word: &str) -> usize {
    reading.find(&Asked::for_words(&[word.to_owned()])).expect("it is read").len()
}

/// Writes all of a catalog and commits it.
fn written(store: &mut Store, facts: &Facts) -> Reading {
    assert!(store.write(facts, &Touch::All, &|| false).expect("it is written"));
    store.commit(facts).expect("it is committed").expect("something was written")
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            // What the process deletes meanwhile is gone for whoever comes after it, too.
            _ = std::fs::copy(entry.path(), to);
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn what_one_process_wrote_the_next_one_finds_at_once() {
    let (_data, home) = folder();
    let snapshot = catalog(7, 20, |number| format!("wood {number}"));
    drop(caught_up(&home, &snapshot));
    let Home::Folder(folder) = &home else { panic!("a folder") };
    assert_eq!(Index::reflected(folder), Some(7));
    let (mut store, reading) = Store::open(&home, &facts(&snapshot)).expect("it opens");
    let reading = reading.expect("it answers before anything is written");
    assert!(reading.is_whole());
    assert_eq!(matches(&reading, "wood"), 20);
    store.write(&facts(&snapshot), &Touch::All, &|| false).expect("it is compared");
    assert!(
        store.commit(&facts(&snapshot)).expect("it is read").is_none(),
        "what did not change is not written again"
    );
}

#[test]
fn what_changed_while_nobody_followed_is_caught_up() {
    let (_data, home) = folder();
    drop(caught_up(&home, &catalog(1, 20, |number| format!("wood {number}"))));
    let now =
        catalog(9, 15, |number| if number == 3 { "zebra".to_owned() } else { format!("wood {number}") });
    let index = caught_up(&home, &now);
    assert_eq!(found(&index, &now, "zebra"), BTreeSet::from(["table_3".to_owned()]));
    assert_eq!(found(&index, &now, "wood").len(), 14, "one changed, five went");
    assert_eq!(index.standing(), Standing { is_catching_up: false, reflects: Some(9) });
}

#[test]
fn a_process_that_is_killed_while_it_writes_leaves_the_last_commit() {
    let (data, home) = folder();
    let first = catalog(1, 300, |number| format!("wood {number}"));
    let mut store = Store::open(&home, &facts(&first)).expect("it opens").0;
    // Before the first commit, between two of them, and in the middle of many.
    let killed = |name: &str| {
        let to = data.path().join(name);
        copy(&data.path().join("index"), &to);
        Home::Folder(to)
    };
    store.write(&facts(&first), &Touch::All, &|| false).expect("it is written");
    let before_any = killed("before");
    store.commit(&facts(&first)).expect("it is committed");
    let second = catalog(2, 300, |number| format!("steel {number}"));
    store.write(&facts(&second), &Touch::All, &|| false).expect("it is written");
    let between = killed("between");
    for (home, reflected) in [(before_any, None), (between, Some(1))] {
        let Home::Folder(folder) = &home else { panic!("a folder") };
        assert_eq!(Index::reflected(folder), reflected);
        let index = caught_up(&home, &second);
        assert_eq!(found(&index, &second, "steel").len(), 300);
        assert_eq!(found(&index, &second, "wood").len(), 0);
    }
}

#[test]
fn a_damaged_file_is_never_read_and_never_ends_the_portal() {
    let (data, home) = folder();
    let snapshot = catalog(3, 50, |number| format!("wood {number}"));
    drop(caught_up(&home, &snapshot));
    let whole = data.path().join("index");
    for (number, file) in files(&whole).into_iter().enumerate() {
        for cut in [false, true] {
            let to = data.path().join(format!("{number}{cut}"));
            copy(&whole, &to);
            let damaged = to.join(file.strip_prefix(&whole).expect("below it"));
            let mut bytes = std::fs::read(&damaged).expect("it is read");
            let middle = bytes.len() / 2;
            if cut {
                bytes.truncate(middle);
            } else if let Some(byte) = bytes.get_mut(middle) {
                *byte ^= 0x55;
            }
            std::fs::write(&damaged, bytes).expect("it is written");
            let index = caught_up(&Home::Folder(to), &snapshot);
            assert_eq!(found(&index, &snapshot, "wood").len(), 50, "{} {cut}", damaged.display());
        }
    }
}

#[test]
fn a_portal_that_serves_never_lets_searches_wait_for_an_index_in_memory() {
    let snapshot = catalog(3, 5_000, |number| format!("wood {number}"));
    let index = Index::in_memory();
    index.keep_ready();
    index.follow(&snapshot, &Touch::All);
    let facts = index.facts(&snapshot);
    let began = Instant::now();
    let first = index.find(&facts, &Asked::for_words(&["table".to_owned()]));
    assert!(first.is_catching_up && began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert!(index.wait_for(3), "it is built all the same");
    assert_eq!(found(&index, &snapshot, "wood").len(), 5_000);
}

#[test]
fn files_damaged_while_they_are_read_never_cost_more_than_one_search() {
    use std::io::Write as _;
    let (data, home) = folder();
    let snapshot = catalog(3, 50, |number| format!("wood {number}"));
    let index = caught_up(&home, &snapshot);
    for file in files(&data.path().join("index")) {
        // In place, as a failing disk does: what is mapped changes with it.
        let length = usize::try_from(file.metadata().expect("it is there").len()).expect("it is small");
        let mut open = std::fs::OpenOptions::new().write(true).open(&file).expect("it opens");
        open.write_all(&vec![0xff; length]).expect("it is written");
    }
    assert_eq!(found(&index, &snapshot, "table").len(), 50, "names are searched");
    let began = Instant::now();
    while index.standing().is_catching_up && began.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(index.standing().reflects, Some(3));
    assert_eq!(found(&index, &snapshot, "wood").len(), 50, "it was built again");
}

#[test]
fn an_index_of_another_version_answers_until_the_new_one_is_whole_and_then_goes() {
    let (data, home) = folder();
    let snapshot = catalog(3, 50, |number| format!("wood {number}"));
    drop(caught_up(&home, &snapshot));
    let old = data.path().join("index/1");
    let meta = std::fs::read_to_string(old.join("meta.json")).expect("it is read");
    let other = meta.replace(&format!("\"{VERSION} 3\""), "\"0 3\"");
    assert_ne!(meta, other);
    std::fs::write(old.join("meta.json"), other).expect("it is written");
    let facts = facts(&snapshot);
    let (mut store, reading) = Store::open(&home, &facts).expect("it opens");
    let reading = reading.expect("the old one answers");
    assert!(!reading.is_whole(), "and says so");
    assert_eq!(matches(&reading, "wood"), 50);
    let new = written(&mut store, &facts);
    assert!(new.is_whole() && !old.exists());
    assert_eq!((matches(&new, "wood"), matches(&reading, "wood")), (50, 50), "who reads the old one goes on");
}

#[test]
fn before_there_is_an_index_names_are_found_by_their_beginnings_and_the_answer_says_so() {
    let snapshot = catalog(1, 5, |number| format!("wood {number}"));
    let (_data, home) = folder();
    let index = Index::at(home);
    index.follow(&snapshot, &Touch::All);
    let facts = index.facts(&snapshot);
    let find = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let found = index.find(&facts, &Asked::for_words(&words));
        (found.matches.len(), found.is_catching_up)
    };
    assert_eq!(find(&["tab", "3"]), (1, true));
    assert_eq!(find(&["wood"]), (0, true), "what is said of it needs the index");
    assert_eq!(find(&[]), (5, false), "all there is needs none");
}

#[test]
fn two_processes_on_one_folder_never_write_the_same_index() {
    let (_data, home) = folder();
    let snapshot = catalog(3, 10, |number| format!("wood {number}"));
    let first = caught_up(&home, &snapshot);
    let next = catalog(4, 10, |number| format!("steel {number}"));
    let second = caught_up(&home, &next);
    assert_eq!(found(&second, &next, "steel").len(), 10, "it answers from memory");
    assert_eq!(found(&first, &snapshot, "wood").len(), 10);
    drop(second);
    drop(first);
    let Home::Folder(folder) = &home else { panic!("a folder") };
    assert_eq!(Index::reflected(folder), Some(3), "only the first one wrote");
}

#[test]
fn a_process_that_found_the_folder_taken_never_stays_in_memory_for_life() {
    let (_data, home) = folder();
    let first = caught_up(&home, &catalog(3, 10, |number| format!("wood {number}")));
    let next = catalog(4, 10, |number| format!("steel {number}"));
    let second = caught_up(&home, &next);
    drop(first);
    let Home::Folder(folder) = &home else { panic!("a folder") };
    let began = Instant::now();
    while Index::reflected(folder) != Some(4) {
        assert_eq!(found(&second, &next, "steel").len(), 10, "nobody finds less meanwhile");
        assert!(began.elapsed() < Duration::from_secs(20), "the folder is free and nobody takes it");
        std::thread::sleep(Duration::from_millis(20));
    }
    let newest = catalog(5, 10, |number| format!("zebra {number}"));
    second.follow(&newest, &Touch::All);
    assert!(second.wait_for(5));
    assert_eq!((found(&second, &newest, "zebra").len(), found(&second, &newest, "steel").len()), (10, 0));
    assert_eq!(Index::reflected(folder), Some(5), "it goes on there");
}

#[test]
fn many_small_changes_never_fill_the_disk_or_slow_the_search() {
    let (_data, home) = folder();
    let before = catalog(0, 500, |number| format!("wood {number}"));
    let mut state = facts(&before);
    let mut store = Store::open(&home, &state).expect("it opens").0;
    written(&mut store, &state);
    for change in 1..=150 {
        let place = usize::try_from(change).expect("a few") % 500;
        let snapshot = catalog(change, 500, |number| {
            if number == place { format!("steel {change}") } else { format!("wood {number}") }
        });
        let entries = [place, place.saturating_sub(1)].map(|number| Entry::Asset(format!("table_{number}")));
        let touched = Touch::Entries(BTreeSet::from(entries));
        state = state.next(&snapshot, &touched);
        store.write(&state, &touched, &|| false).expect("it is written");
        let reading = store.commit(&state).expect("it is committed").expect("something was written");
        assert_eq!(matches(&reading, "steel"), 1, "after {change} changes");
    }
    let began = Instant::now();
    let Home::Folder(folder) = &home else { panic!("a folder") };
    loop {
        std::thread::sleep(Duration::from_millis(20));
        store.tidy(&state).expect("it is read");
        let (segments, files) = (store.segments(), files(folder).len());
        if segments <= 20 && files <= 20 * 8 {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{segments} segments in {files} files");
    }
}

#[test]
fn changes_that_come_while_the_index_is_written_are_never_lost() {
    let (_data, home) = folder();
    let index = caught_up(&home, &catalog(1, 50, |_| "wood".to_owned()));
    let mut newest = None;
    for change in 2..40 {
        let place = usize::try_from(change).expect("a few");
        let snapshot = catalog(change, 50, |number| {
            let word = if (2..=place).contains(&number) { "steel" } else { "wood" };
            word.to_owned()
        });
        let entry = Entry::Asset(format!("table_{place}"));
        index.follow(&snapshot, &Touch::Entries(BTreeSet::from([entry])));
        newest = Some(snapshot);
    }
    let newest = newest.expect("there is one");
    let began = Instant::now();
    assert!(index.wait_for(39));
    assert!(began.elapsed() < Duration::from_secs(5), "soon: {:?}", began.elapsed());
    assert_eq!(found(&index, &newest, "steel").len(), 38);
    let older = catalog(5, 50, |_| "wood".to_owned());
    index.follow(&older, &Touch::All);
    assert_eq!(index.facts(&newest).snapshot().change, 39, "an older state never comes back");
}

#[test]
fn a_folder_that_cannot_be_written_leaves_a_search_that_answers() {
    let data = tempfile::tempdir().expect("a folder");
    let file = data.path().join("index");
    std::fs::write(&file, "no folder").expect("it is written");
    let snapshot = catalog(1, 5, |_| "wood".to_owned());
    let index = Index::on_disk(file);
    index.follow(&snapshot, &Touch::All);
    assert!(!index.wait_for(1), "it fails and does not keep anybody waiting");
    assert_eq!(found(&index, &snapshot, "table").len(), 5);
    assert!(index.standing().is_catching_up);
}

proptest::proptest! {
    #[test]
    fn the_quick_look_for_the_beginning_of_a_part_says_what_the_thorough_one_says(
        text in "[a-cA-C0._ ]{0,12}", word in "[a-c0]{1,3}",
    ) {
        let mut parts = text.split(|letter: char| !letter.is_alphanumeric());
        proptest::prop_assert_eq!(has_part(&text, &word), parts.any(|part| starts_with(part, &word)));
    }
}
