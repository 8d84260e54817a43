//! What holds for the whole store, read from its sources: nothing is changed without a proof of the policy, but for the
//! bookkeeping that is listed here with its reason.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Functions that change something and take no proof: nobody's access, role or data is another one after them.
const EXEMPT: &[(&str, &[&str], &str)] = &[
    ("access/deliveries.rs", &["put_delivery_off"], "when a delivery is tried again"),
    (
        "access/looks.rs",
        &[
            "look_at_grant",
            "put_off_grant",
            "look_at_request",
            "wake_grants",
            "wake_grants_of_domains",
            "wake_grants_of_accounts",
            "wake_grants_on",
            "wake_requests",
            "wake_requests_of_domains",
        ],
        "when something is looked at next",
    ),
    ("access/usage.rs", &["add_reads"], "counters of who read what"),
    ("announced.rs", &["announce"], "what is told of a change that had a proof"),
    ("audit.rs", &["insert"], "the record that every change leaves, refusals too"),
    ("catalog.rs", &["put_last_change"], "when a table was seen to change"),
    ("changes.rs", &["touch", "forget"], "what replicas read again after a change"),
    (
        "contracts.rs",
        &["set_next_check", "put_check_off", "forget_checks"],
        "when a contract is checked next",
    ),
    (
        "follow.rs",
        &["follow", "unfollow", "unfollow_all", "told", "put_digest_off"],
        "what somebody wants to hear of, which opens nothing, and what they have heard",
    ),
    ("import.rs", &["put_files"], "digests of files that were read"),
    (
        "jobs.rs",
        &[
            "take_lease",
            "give_lease_up",
            "give_leases_up",
            "record_fault",
            "note_fault_told",
            "forget_fault",
            "forget_faults",
        ],
        "leases of jobs, and what they failed at",
    ),
    (
        "lineage/ageing.rs",
        &["looked_at", "make_former", "forget_former"],
        "edges that no run draws any more, as events with a proof say",
    ),
    ("named.rs", &["note"], "what a document that is kept names"),
    ("notify.rs", &["insert", "insert_mail"], "messages about changes that had a proof"),
    ("notify.rs", &["settle", "read_about", "mark_read"], "what somebody has read in their own inbox"),
    ("notify.rs", &["claim", "sent", "failed", "put_mail_off"], "where a mail stands"),
    ("notify.rs", &["remind", "remind_of_request"], "that somebody was reminded"),
    (
        "people/sessions.rs",
        &[
            "save_session",
            "delete_oldest_sessions",
            "delete_session",
            "delete_sessions_of",
            "delete_all_sessions",
            "delete_sessions_before",
        ],
        "sessions of the web server, which end and open nothing by themselves",
    ),
    ("people/tokens.rs", &["touch_token"], "when a token was used last"),
    (
        "plans.rs",
        &["put", "delete", "delete_over"],
        "what a program would push, which changes nothing before it does",
    ),
    ("snapshot/flows.rs", &["next"], "a cursor of PostgreSQL, which changes nothing"),
    ("settings.rs", &["set"], "single values of the portal's own; the clock is moved by another function"),
];

/// The one file in which each rule is carried out that no person is asked about.
const RULES: &[(&str, &str)] = &[
    ("Administrators", "people/administrators.rs"),
    ("DailyChecks", "contracts/check.rs"),
    ("DataChanged", "access/ownership.rs"),
    ("Delivery", "jobs/delivery.rs"),
    ("LastDay", "jobs/reminders.rs"),
    ("NoAnswer", "access/no_answer.rs"),
    ("Operator", "actor.rs"),
    ("PublicData", "access/decide.rs"),
    ("Renewal", "access/renewal.rs"),
    ("SignIn", "people/sign_in.rs"),
    ("TakeEvents", "lineage/ingest/queue.rs"),
    ("TokenExpiry", "people/leaving.rs"),
];

/// The sources in a folder, by their paths in it.
fn sources(root: &Path) -> BTreeMap<String, String> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the folder is there") {
            let path = entry.expect("it is read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).expect("it lies below").display().to_string();
                found.insert(name, std::fs::read_to_string(&path).expect("it is text"));
            }
        }
    }
    found
}

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// A function as its text says it.
struct Function<'a> {
    name: &'a str,
    is_public: bool,
    signature: &'a str,
    body: &'a str,
}

/// The functions of a file, without those of its tests.
fn functions(text: &str) -> Vec<Function<'_>> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let starts: Vec<usize> =
        code.match_indices("fn ").map(|(at, _)| at).filter(|at| is_start(code, *at)).collect();
    let ends = starts.iter().skip(1).copied().chain([code.len()]);
    let function = |(start, end): (usize, usize)| {
        let (signature, body) = code[start..end].split_once(" {\n")?;
        let name = signature["fn ".len()..].split(['(', '<']).next()?;
        let line = code[..start].rfind('\n').map_or(0, |at| at + 1);
        Some(Function { name, is_public: code[line..start].contains("pub"), signature, body })
    };
    starts.iter().copied().zip(ends).filter_map(function).collect()
}

/// A function begins here: nothing else stands before it in its line than who may use it.
fn is_start(code: &str, at: usize) -> bool {
    let line = code[..at].rfind('\n').map_or(0, |at| at + 1);
    let before = code[line..at].trim();
    before.is_empty() || ["pub", "async", "const"].iter().any(|word| before.starts_with(word))
}

fn writes(body: &str) -> bool {
    ["run!(", "run_list!(", "INSERT INTO ", "DELETE FROM "].iter().any(|word| body.contains(word))
        || body.contains("UPDATE ") && body.contains(" SET ")
}

/// The functions of a file that change something, by themselves or by one of the file's own.
fn changing<'a>(functions: &'a [Function<'a>]) -> BTreeSet<&'a str> {
    let mut changing: BTreeSet<&str> = BTreeSet::new();
    loop {
        let own: Vec<String> = functions
            .iter()
            .filter(|function| !function.is_public && changing.contains(function.name))
            .map(|function| format!(" {}(", function.name))
            .collect();
        let calls = |body: &str| own.iter().any(|call| body.contains(call.as_str()));
        let more: BTreeSet<&str> = functions
            .iter()
            .filter(|function| writes(function.body) || calls(function.body))
            .map(|function| function.name)
            .collect();
        if more == changing {
            return changing;
        }
        changing = more;
    }
}

#[test]
fn nothing_is_ever_changed_without_a_proof_or_a_reason() {
    let exempt: BTreeSet<(&str, &str)> =
        EXEMPT.iter().flat_map(|(file, names, _)| names.iter().map(|name| (*file, *name))).collect();
    let (mut unproven, mut proven) = (BTreeSet::new(), 0);
    let files = sources(&crates().join("store"));
    for (file, text) in files.iter().filter(|(file, _)| *file != "proofs.rs") {
        let functions = functions(text);
        let changing = changing(&functions);
        for function in functions.iter().filter(|function| changing.contains(function.name)) {
            if function.signature.contains("&Authorized<") {
                proven += 1;
            } else if function.is_public {
                unproven.insert((file.as_str(), function.name));
            }
        }
    }
    assert!(proven > 40, "the sources are read: {proven}");
    let unlisted: Vec<_> = unproven.difference(&exempt).collect();
    assert!(
        unlisted.is_empty(),
        "take an `Authorized` of the action, or state a reason in EXEMPT: {unlisted:?}"
    );
    let gone: Vec<_> = exempt.difference(&unproven).collect();
    assert!(gone.is_empty(), "these change nothing any more, or take a proof: {gone:?}");
}

#[test]
fn a_proof_without_a_person_is_never_made_but_where_its_rule_is_carried_out() {
    let expected: BTreeSet<(&str, String)> =
        RULES.iter().map(|(rule, file)| (*rule, (*file).to_owned())).collect();
    let mut made = BTreeSet::new();
    let files = sources(&crates());
    let outside = |file: &str| !file.starts_with("policy") && file != "store/proofs.rs";
    for (file, text) in files.iter().filter(|(file, text)| outside(file) && text.contains("rules::")) {
        let is_named = |rule: &str| {
            let path = format!("{rule}::");
            text.match_indices(&path).any(|(at, _)| {
                let before = text[..at].chars().next_back();
                !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
            })
        };
        let rules = RULES.iter().filter(|(rule, _)| is_named(rule));
        made.extend(rules.map(|(rule, _)| (*rule, file.clone())));
    }
    assert_eq!(made, expected);
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for folder in ["app/src", "server/src"] {
        let naming: Vec<_> = sources(&above.join(folder))
            .into_iter()
            .filter(|(_, text)| text.contains("policy::rules"))
            .collect();
        assert!(naming.is_empty(), "rules are carried out in this crate alone: {naming:?}");
    }
}
