//! A text that somebody wrote, read as an import reads a file, with everything that is wrong with it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use lakeport_model::DomainId;
use lakeport_model::documents::{LONGEST_DOCUMENT, Problem};

use super::contract::unfit_contract;
use super::publish::asked;
use super::{About, dashboard};
use crate::beside::DOCUMENTS;
use crate::catalog::{Described, ImportError, MOST_PORTS, OneDocument, Rights, Snapshot, read_document};
use crate::policy;
use crate::standards::FileError;
use crate::standards::odps::{DataProduct, OutputPort};
use crate::text::{self, legible};
use crate::{Call, Error, ErrorKind, Result};

/// Longest id of a new product: it stands in addresses.
const LONGEST_ID: usize = 100;

/// Most problems of a text that are told at once.
const MOST_TOLD: usize = 100;

/// What was read, or what is wrong with it.
pub(super) type Read<T> = std::result::Result<T, Vec<Problem>>;

/// A text as it is kept, with the ends of lines that files have, whatever a form sends, and without the mark by which some
/// editors begin a file.
pub(super) fn plain(text: &str) -> Result<String> {
    if text.len() > LONGEST_DOCUMENT {
        let message = format!("Keep the text under {} KiB.", LONGEST_DOCUMENT / 1024);
        return Err(Error::invalid("text", message));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    Ok(text.replace("\r\n", "\n"))
}

/// The document that a text describes.
pub(super) async fn document(call: &Call, about: About<'_>, text: String) -> Result<Read<OneDocument>> {
    let (settings, now) = (Arc::clone(&call.ctx.settings), call.now());
    let (kind, id) = (about.kind, about.named().to_owned());
    let read = move || {
        if let Some(unseen) = unseen(&text) {
            return Ok(Err(vec![unseen]));
        }
        match read_document(&settings, (kind, &id), text, now) {
            Ok(one) => Ok(Ok(one)),
            Err(error) => problems(error).map(Err),
        }
    };
    let mut read = DOCUMENTS.run(call.party(), read).await??;
    if let Ok(one) = &mut read {
        dashboard::settle(&call.snapshot(), &call.rights(), one);
    }
    Ok(read)
}

/// The first mark that nobody sees, be it in a comment: others judge by the text what it changes.
fn unseen(text: &str) -> Option<Problem> {
    let (before, letter) = text::hidden_at(text)?;
    let (mut line, mut column) = (1, 1);
    for letter in text.chars().take(before) {
        (line, column) = if letter == '\n' { (line + 1, 1) } else { (line, column + 1) };
    }
    Some(Problem { line, column, field: String::new(), message: text::hidden_sentence(letter) })
}

/// What keeps a document from being published that an import would take; `id` is that of the one that is changed, `from` its
/// domain until now. Whoever may not publish or propose it in the domain that it
/// names does not learn what that domain has.
pub(super) fn unfit_one(
    snapshot: &Snapshot,
    rights: &Rights,
    (id, from): (Option<&str>, Option<&DomainId>),
    one: &OneDocument,
) -> Vec<Problem> {
    let viewer = rights.viewer();
    // A text that somebody proposes stays in the domain whose member they are.
    let proposes = from.is_some_and(|from| from.as_str() == one.domain() && policy::proposes(viewer, from));
    let may = proposes || policy::decide(viewer, &asked(one, from.cloned()).into()).allowed;
    let beside = may.then(Beside::default);
    let found = match &one.read {
        Described::Product(read) => unfit(snapshot, id, &read.0, beside.as_ref()),
        Described::Contract(read) => unfit_contract(snapshot, id, &read.0, beside.as_ref()),
        Described::Dashboard(read) => dashboard::unfit(snapshot, rights, (id, may), &read.0),
    };
    let last = untold(found.len().saturating_sub(MOST_TOLD)).map(whole);
    let first = found.iter().take(MOST_TOLD);
    let first = first.map(|(field, message)| problem(&one.problem(field, message.as_str())));
    first.chain(last).collect()
}

/// What is published together with a document: ids, each with its domain.
#[derive(Default)]
pub(crate) struct Beside<'a> {
    /// Contracts.
    pub(crate) contracts: HashMap<&'a str, &'a str>,
    /// Assets.
    pub(crate) assets: HashMap<&'a str, &'a str>,
}

/// The fields of a product that keep it from being published though an import would take it, each with a sentence: files may
/// be named and moved by hand, and an operator knows which of them are one. `id` is that of the product that is changed; none
/// of a new one. What it offers is compared with what the catalog has and with what is published `beside` it; without that with
/// nothing.
pub(crate) fn unfit(
    snapshot: &Snapshot,
    id: Option<&str>,
    product: &DataProduct,
    beside: Option<&Beside<'_>>,
) -> Vec<(String, String)> {
    let id_problem = match id {
        Some(id) => (id != product.id).then(|| {
            format!("The id of a product stays the same: write \"{id}\". Another id is another product.")
        }),
        None => no_id(&product.id),
    };
    let has_too_many = product.output_ports.len() > MOST_PORTS;
    let ports_problem = has_too_many.then(|| format!("A product offers at most {MOST_PORTS} output ports."));
    let domain = product.domain.as_deref().unwrap_or_default();
    let found = [
        ("id", id_problem),
        ("name", nameless(product.name.as_deref())),
        ("domain", no_domain(snapshot, domain)),
        ("outputPorts", ports_problem),
    ];
    let found = found.into_iter().filter_map(|(field, message)| Some((field.to_owned(), message?)));
    let mut found: Vec<(String, String)> = found.collect();
    if found.is_empty()
        && let Some(beside) = beside
    {
        found = foreign(snapshot, id, (product, domain), beside);
    }
    found
}

/// What is wrong with a name that says nothing; a document may also have none.
pub(super) fn nameless(name: Option<&str>) -> Option<String> {
    let is_nameless = name.is_some_and(|name| name.trim().is_empty());
    is_nameless.then(|| "Say what it is called: this is what people read.".to_owned())
}

/// What is wrong with the domain that a document names; nothing where it is known.
pub(crate) fn no_domain(snapshot: &Snapshot, domain: &str) -> Option<String> {
    if domain.is_empty() {
        return Some("Say which domain it belongs to, by the id of the domain.".to_owned());
    }
    let is_known = snapshot.domains.contains_key(domain);
    (!is_known).then(|| {
        format!("There is no domain \"{domain}\" here. Write the id of the domain that it belongs to.")
    })
}

/// Output ports that offer what their domain does not have: the field of each, with a sentence that is the same for what
/// others have and for what nobody has, since its reader need not know which. What the product that is changed offers already
/// may stay.
fn foreign(
    snapshot: &Snapshot,
    id: Option<&str>,
    (product, domain): (&DataProduct, &str),
    beside: &Beside<'_>,
) -> Vec<(String, String)> {
    // A new one may have the id of a product that its author must not know of.
    let held = id.and_then(|id| snapshot.products.get(id)).map(|held| held.document.output_ports.as_slice());
    let held = held.unwrap_or_default();
    let offered: HashSet<&str> = held.iter().filter_map(OutputPort::asset).collect();
    let promised: HashSet<&str> = held.iter().filter_map(|port| port.contract_id.as_deref()).collect();
    let is_foreign_asset = |id: &&str| {
        let held = || snapshot.assets.get(*id).map(|asset| asset.domain.as_str());
        let whose = beside.assets.get(id).copied().or_else(held);
        !offered.contains(id) && whose != Some(domain)
    };
    let is_foreign_contract = |id: &&str| {
        let whose = match beside.contracts.get(id) {
            Some(domain) => Some((*domain).to_owned()),
            None => snapshot.contracts.get(*id).map(|contract| snapshot.domain_of(contract)),
        };
        !promised.contains(id) && whose.is_none_or(|whose| !whose.is_empty() && whose != domain)
    };
    let none = |what: &str, id: &str| {
        format!("The catalog has no {what} \"{id}\" of {domain}; a product offers what its own domain has.")
    };
    let mut found = Vec::new();
    for (index, port) in product.output_ports.iter().enumerate() {
        let asset = port.asset().filter(is_foreign_asset).map(|id| none("asset", id));
        let contract = port.contract_id.as_deref().filter(is_foreign_contract).map(|id| none("contract", id));
        found.extend(asset.into_iter().chain(contract).map(|said| (format!("outputPorts[{index}]"), said)));
    }
    found
}

/// What is wrong with the id of a new document: it stands in addresses, and no two may read alike.
pub(crate) fn no_id(id: &str) -> Option<String> {
    (!is_id(id)).then(|| {
        format!(
            "Give it an id of small letters, digits, \"-\", \"_\" and \".\" that begins with a letter or a digit, of at \
             most {LONGEST_ID} signs."
        )
    })
}

/// True for what a new document may be called in addresses.
fn is_id(id: &str) -> bool {
    let is_sign = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    id.len() <= LONGEST_ID
        && id.starts_with(is_sign)
        && id.chars().all(|letter| is_sign(letter) || "-_.".contains(letter))
}

/// What an import would say of a text.
///
/// # Errors
/// What is nothing about the text.
pub(super) fn problems(error: ImportError) -> Result<Vec<Problem>> {
    told(error, MOST_TOLD, problem, whole)
}

/// What an import would say: so many problems, and how many more there are. `whole` is a problem of no place.
///
/// # Errors
/// What is nothing about what was written.
pub(crate) fn told<P>(
    error: ImportError,
    most: usize,
    problem: impl Fn(&FileError) -> P,
    whole: impl Fn(String) -> P,
) -> Result<Vec<P>> {
    match error {
        ImportError::Files(errors) => {
            let last = untold(errors.len().saturating_sub(most)).map(whole);
            Ok(errors.iter().take(most).map(problem).chain(last).collect())
        }
        ImportError::Portal(Error::Refused(refusal)) if refusal.kind == ErrorKind::Conflict => {
            Ok(vec![whole(refusal.message)])
        }
        ImportError::Portal(error) => Err(error),
    }
}

/// What is said where so many more problems are not told; nothing where all of them are.
pub(crate) fn untold(more: usize) -> Option<String> {
    (more > 0).then(|| format!("There are {more} more, told once these are corrected."))
}

/// A problem as pages list it.
pub(super) fn problem(error: &FileError) -> Problem {
    let number = |number: u64| u32::try_from(number).unwrap_or_default();
    Problem {
        line: number(error.line),
        column: number(error.column),
        field: legible(&error.field),
        message: legible(&error.message),
    }
}

/// A problem of the whole text.
fn whole(message: String) -> Problem {
    Problem { line: 0, column: 0, field: String::new(), message }
}

/// Problems as one refusal: the first one, and how many more there are.
pub(super) fn refused(problems: &[Problem]) -> Error {
    let first = problems.first().map(|Problem { line, column, field, message }| {
        let place = match (line, column) {
            (0, _) => String::new(),
            (line, 0) => format!("Line {line}: "),
            (line, column) => format!("Line {line}, column {column}: "),
        };
        let field = if field.is_empty() { String::new() } else { format!("{field}: ") };
        format!("{place}{field}{message}")
    });
    let more = match problems.len().saturating_sub(1) {
        0 => String::new(),
        1 => " There is one more problem.".to_owned(),
        more if more >= MOST_TOLD => format!(" There are at least {more} more problems."),
        more => format!(" There are {more} more problems."),
    };
    Error::invalid("text", first.unwrap_or_default() + &more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_plain_enough_for_an_address() {
        for id in ["a", "7", "sales-daily", "a_b.c", &"a".repeat(100)] {
            assert!(is_id(id), "{id}");
        }
        for id in ["", "-a", ".", "..", "A", "a b", "a/b", "\u{e4}", "a\u{30}\u{301}", &"a".repeat(101)] {
            assert!(!is_id(id), "{id}");
        }
    }

    #[test]
    fn a_mark_that_nobody_sees_is_told_with_its_place_also_in_a_comment() {
        let found = unseen("id: a\n# x\u{202e}y\n").expect("it turns the direction of writing");
        assert_eq!((found.line, found.column), (2, 4));
        assert!(found.message.contains("U+202E"), "{}", found.message);
        assert_eq!(unseen("id: a\n# \u{fc}\n"), None);
    }

    #[test]
    fn a_text_full_of_mistakes_is_told_the_first_of_them() {
        let error = FileError {
            file: "a".to_owned(),
            line: 1,
            column: 1,
            field: String::new(),
            message: "This is wrong.".to_owned(),
        };
        let told = problems(ImportError::Files(vec![error; MOST_TOLD + 7])).expect("it is about the text");
        assert_eq!(told.len(), MOST_TOLD + 1);
        assert_eq!(told[MOST_TOLD].message, "There are 7 more, told once these are corrected.");
        assert!(refused(&told).to_string().ends_with(" There are at least 100 more problems."));
    }

    #[test]
    fn a_refusal_names_the_first_problem_and_counts_the_others() {
        let problem = |line, column, field: &str| Problem {
            line,
            column,
            field: field.to_owned(),
            message: "This is wrong.".to_owned(),
        };
        let said = |problems: &[Problem]| refused(problems).to_string();
        assert_eq!(said(&[problem(0, 0, "")]), "This is wrong.");
        let two = [problem(3, 5, "tags"), problem(4, 0, "")];
        assert_eq!(said(&two), "Line 3, column 5: tags: This is wrong. There is one more problem.");
        let three = [problem(3, 0, ""), problem(4, 0, ""), problem(5, 0, "")];
        assert_eq!(said(&three), "Line 3: This is wrong. There are 2 more problems.");
    }
}
