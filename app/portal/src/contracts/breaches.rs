//! Who is told when a contract breaks and when it holds again: first the people who answer for it, then those who rely
//! on it, as far as they are told how its promises stand. Messages carry promises and no figures: not everybody who relies
//! on a contract reads the table. That a table cannot be read is told only to those who can have it mended. Whoever answers
//! for a contract from above reads none of its data by that, so that of restricted data they hear only that something came
//! out, and who has to see to it.

use std::collections::BTreeSet;

use lakeport_model::PersonId;
use lakeport_model::contracts::{CheckLine, CheckRun, CheckState};
use lakeport_model::people::Role;

use super::subscribe::{Relying, relying};
use super::told::Told;
use super::{Called, called};
use crate::catalog::{Contract, Rights, Snapshot, href};
use crate::notify::{self, Message};
use crate::store::{Tx, contracts as store};
use crate::{Ctx, Result, access, people};

/// Runs looked back over to tell whether a breach is a new one.
const REMEMBERED_RUNS: i64 = 30;

/// What a line promises, and of which object.
type Promised = (String, String);

/// A breach as it is told.
struct News {
    /// How the sentence about the contract ends: `is broken`.
    what: &'static str,
    /// The promises it is about.
    lines: Vec<String>,
    /// It is what came out of the data, which matters to those who rely on the contract, too.
    for_all: bool,
}

/// Tells of what a run found that the runs before it did not, and answers it. To be called before the run is kept.
pub(super) async fn tell(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    contract: &Contract,
    run: &CheckRun,
) -> Result<Option<&'static str>> {
    let before = store::last_runs(tx, &contract.id, REMEMBERED_RUNS).await?;
    let news: Vec<News> = news(&known(&before), run).into_iter().chain(sight_news(&before, run)).collect();
    if news.is_empty() {
        return Ok(None);
    }
    let domain = snapshot.domain_of(contract);
    let is_own = |role| snapshot.members_with(&domain, role).next().is_some();
    let has_own = is_own(Role::Owner) || is_own(Role::Steward);
    let answering: BTreeSet<PersonId> =
        access::who_answers(tx, snapshot, &domain).await?.into_iter().collect();
    let relying = relying(tx, ctx, snapshot, contract).await?;
    let relied = match relying.len() {
        0 => None,
        1 => Some("1 person relies on it".to_owned()),
        number => Some(format!("{number} people rely on it")),
    };
    let hears = |one: &&Relying| {
        !answering.contains(&one.person) && Told::of(&one.rights, snapshot, contract).every_result()
    };
    let others: Vec<PersonId> = relying.iter().filter(hears).map(|one| one.person).collect();
    let answering: Vec<PersonId> = answering.into_iter().collect();
    for news in &news {
        let News { what, lines, for_all } = news;
        let message = |whose: &str, says: Vec<&String>| {
            let title = format!("{whose} contract {} {what}", contract.name);
            Message::new(title, says, href::contract(&contract.id))
        };
        if has_own {
            let first = message("Your", lines.iter().chain(&relied).collect());
            notify::tell(tx, ctx, &answering, &first).await?;
        } else {
            for person in &answering {
                tell_stand_in(tx, ctx, snapshot, contract, *person, (news, relied.as_ref())).await?;
            }
        }
        if *for_all {
            notify::tell(tx, ctx, &others, &message("The", lines.iter().collect())).await?;
        }
    }
    Ok(news.first().map(|news| news.what))
}

/// Tells somebody of it who answers for the contract because nobody of its domain does: its promises only where they may be
/// read, and what came out only where every result is told.
async fn tell_stand_in(
    tx: &mut Tx,
    ctx: &Ctx,
    snapshot: &Snapshot,
    contract: &Contract,
    person: PersonId,
    (news, relied): (&News, Option<&String>),
) -> Result<()> {
    let Some(viewer) = people::viewer_in(tx, person).await? else { return Ok(()) };
    let rights = Rights::in_tx(tx, ctx.now(), &viewer).await?;
    let Called { title, href, opens } = called(snapshot, &rights, contract);
    let why = "Nobody of its domain answers for it, so it comes to you".to_owned();
    let message = if news.for_all && !Told::of(&rights, snapshot, contract).every_result() {
        // The same whatever came out: broken or kept is a result as well.
        let domain = snapshot.domain_of(contract);
        let give = if viewer.administrator { "Give" } else { "Ask an administrator to give" };
        let says = [
            "The checks found something; what it is, is told to those who read the data".to_owned(),
            why,
            format!("{give} {} an owner or a steward who sees to it", snapshot.domain_name(&domain)),
        ];
        Message::new(format!("{title} has new results"), says, href::domain(&domain))
    } else {
        let lines = news.lines.iter().filter(|_| opens).chain(relied).chain([&why]);
        Message::new(format!("{title} {}", news.what), lines, href)
    };
    notify::tell(tx, ctx, &[person], &message).await
}

/// What a run tells of tables that can no longer be read, or can be again.
fn sight_news(before: &[CheckRun], run: &CheckRun) -> Option<News> {
    let was_unread = |object: &str| before.iter().find_map(|run| is_read(run, object)) == Some(false);
    let lost = |line: &&CheckLine| line.unread && !was_unread(&line.object);
    let reasons: BTreeSet<&String> = run.results.iter().filter(lost).map(|line| &line.detail).collect();
    if !reasons.is_empty() {
        let unknown = "Whether its promises are kept is not known until it can be read again".to_owned();
        let lines = reasons.into_iter().cloned().chain([unknown]).collect();
        return Some(News { what: "cannot be checked", lines, for_all: false });
    }
    let objects: BTreeSet<&String> = run.results.iter().map(|line| &line.object).collect();
    let again = objects.into_iter().filter(|object| was_unread(object) && is_read(run, object) == Some(true));
    let lines: Vec<String> = again.map(|object| format!("Can be read again: {object}")).collect();
    (!lines.is_empty()).then_some(News { what: "can be checked again", lines, for_all: false })
}

/// Whether a run read an object's table; `None` where it does not say, a busy lake for instance.
fn is_read(run: &CheckRun, object: &str) -> Option<bool> {
    let mut lines = run.results.iter().filter(|line| line.object == object);
    lines.find_map(|line| if line.state.is_measured() { Some(true) } else { line.unread.then_some(false) })
}

/// What a run tells that was not known: a promise that broke, or that all broken ones are kept again.
fn news(known: &BTreeSet<Promised>, run: &CheckRun) -> Option<News> {
    let broken: Vec<&CheckLine> = lines(run, CheckState::Broken).collect();
    if broken.iter().any(|line| !known.contains(&promised(line))) {
        return Some(News {
            what: "is broken",
            lines: broken.iter().map(|line| format!("Not kept: {}", line.promise)).collect(),
            for_all: true,
        });
    }
    // What could not be checked this time may still be broken.
    let open = |line: &CheckLine| !line.state.is_measured() && known.contains(&promised(line));
    if known.is_empty() || !broken.is_empty() || run.results.iter().any(open) {
        return None;
    }
    let promises: BTreeSet<Promised> = run.results.iter().map(promised).collect();
    let again = known.iter().map(|one| {
        let word = if promises.contains(one) { "Kept again" } else { "No longer promised" };
        format!("{word}: {}", one.1)
    });
    Some(News { what: "holds again", lines: again.collect(), for_all: true })
}

/// What is broken as far as earlier runs tell, newest first: a run that could not look at a promise says nothing new
/// about it, and what the last run no longer promised is no breach.
fn known(before: &[CheckRun]) -> BTreeSet<Promised> {
    let Some(last) = before.first() else { return BTreeSet::new() };
    let is_broken = |promise: &Promised| {
        let states = before.iter().filter_map(|run| {
            let of = |line: &&CheckLine| promised(line) == *promise && line.state.is_measured();
            run.results.iter().find(of).map(|line| line.state)
        });
        states.take(1).any(|state| state == CheckState::Broken)
    };
    last.results.iter().map(promised).filter(is_broken).collect()
}

fn promised(line: &CheckLine) -> Promised {
    (line.object.clone(), line.promise.clone())
}

fn lines(run: &CheckRun, state: CheckState) -> impl Iterator<Item = &CheckLine> {
    run.results.iter().filter(move |line| line.state == state)
}
