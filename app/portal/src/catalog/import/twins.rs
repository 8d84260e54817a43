//! People whom others would take for one another, by their addresses or by their names.

use std::collections::HashMap;

use super::{ImportError, ImportReport, SourceFile};
use crate::standards::FileError;
use crate::standards::mesh::People;
use crate::store::Tx;
use crate::store::people::{self, Person};
use crate::text;

/// Where the files name somebody: the file, and the place in its list.
type Place<'f> = (&'f SourceFile, usize);

/// Refuses an address whose letters only look like those of another person's, and warns of everybody else in the files who
/// may be taken for another one: people do share names. Looked at when all of them are written, by the names that are shown.
pub(super) async fn refuse(
    tx: &mut Tx,
    files: &[(People, SourceFile)],
    report: &mut ImportReport,
) -> Result<(), ImportError> {
    let mut places: HashMap<String, Place> = HashMap::new();
    for (file, source) in files {
        let people = file.people.iter().enumerate();
        places.extend(people.map(|(at, person)| (person.email.to_lowercase(), (source, at))));
    }
    let all = if places.is_empty() { Vec::new() } else { people::all(tx).await? };
    let mut problems = Vec::new();
    let emails = || all.iter().map(|person| person.email.as_str());
    for (one, other) in text::drawn_twins(emails()) {
        let (one, other) = (&all[one], &all[other]);
        let (plain, disguised) = if one.email.is_ascii() { (one, other) } else { (other, one) };
        // Plain letters may look alike too (l and 1, o and 0), and then both are as they are.
        let is_disguise = plain.email.is_ascii() && !disguised.email.is_ascii();
        if let Some(place) = places.get(&disguised.email).filter(|_| is_disguise) {
            let message = format!(
                "This may be taken for {}{}: some of its letters only look like plain ones. Write it in plain letters.",
                plain.email,
                stands(&places, plain)
            );
            problems.push(said(*place, "email", message));
        }
    }
    for (one, other) in text::twins(emails()) {
        if let Some((place, beside)) = named(&places, &all[one], &all[other]) {
            let message = format!(
                "This may be taken for {}{}. If both are one person, keep one.",
                beside.email,
                stands(&places, beside)
            );
            report.warnings.push(said(place, "email", message).to_string());
        }
    }
    for (one, other) in text::twins(all.iter().map(|person| person.name.as_str())) {
        if let Some((place, beside)) = named(&places, &all[one], &all[other]) {
            let message = format!(
                "This may be taken for {} <{}>{}. Give one of them a second name or an initial, so that nobody takes one for the \
                 other.",
                beside.name,
                beside.email,
                stands(&places, beside)
            );
            report.warnings.push(said(place, "name", message).to_string());
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(ImportError::Files(problems)) }
}

/// Where the files name one of two people, the later one first, and the other of them.
fn named<'p, 'f>(
    places: &HashMap<String, Place<'f>>,
    one: &'p Person,
    other: &'p Person,
) -> Option<(Place<'f>, &'p Person)> {
    let place = |person: &Person| places.get(&person.email).copied();
    place(other).map(|place| (place, one)).or_else(|| place(one).map(|place| (place, other)))
}

/// Where somebody stands, as the end of a sentence.
fn stands(places: &HashMap<String, Place>, person: &Person) -> String {
    match places.get(&person.email) {
        Some(place) => {
            let FileError { file, line, .. } = said(*place, "email", String::new());
            format!(" in {file}:{line}")
        }
        None => ", who is known here already".to_owned(),
    }
}

fn said((source, at): Place, field: &str, message: String) -> FileError {
    FileError::at(&source.path, &source.text, &format!("people[{at}].{field}"), message)
}
