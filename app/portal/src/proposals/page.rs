//! A proposal with what it would change.

use lakeport_model::documents::{DiffLine, DocumentKind, Problem, TextKind};
use lakeport_model::proposals::ProposalPage;
use lakeport_model::retire::Retirable;
use lakeport_model::{DomainId, ProposalId};

use super::propose::number;
use super::{Seen, line, mark};
use crate::documents::Diff;
use crate::policy::{self, WithdrawProposal};
use crate::store::proposals::{self as store, ProposalRow};
use crate::{Call, Error, Result, assets, documents, glossary};

/// What is found when a proposal is looked at.
#[derive(Default)]
struct Looked {
    diff: Vec<DiffLine>,
    is_cut: bool,
    problems: Vec<String>,
    effects: Vec<String>,
    overtaken: Option<String>,
    needs_consent: bool,
    meaning: String,
}

impl Looked {
    /// The comparison of two texts.
    async fn at(call: &Call, (before, after): (String, String)) -> Result<Self> {
        let diff = Diff::of(call.party(), before, after).await?;
        Ok(Self { diff: diff.lines, is_cut: diff.is_cut, ..Self::default() })
    }
}

/// A proposal, for a member of the domain of what it is about.
///
/// # Errors
/// To everybody else it is not there.
pub async fn page(call: &Call, id: ProposalId) -> Result<ProposalPage> {
    let (snapshot, rights) = (call.snapshot(), call.rights());
    let mut tx = call.ctx.db.read().await?;
    let found = Seen::of(&mut tx, &call.viewer, &snapshot, &rights, id).await?;
    let text = store::text(&mut tx, id).await?.ok_or_else(|| Error::not_found("proposal"))?;
    drop(tx);
    let (is_open, domain) = (found.is_open(), found.domain());
    let may = |asked: policy::Action| is_open && policy::decide(&call.viewer, &asked).allowed;
    let may_decide = may(found.deciding().into());
    let may_withdraw = may(WithdrawProposal { proposer: found.row.person }.into());
    let Seen { row, thing } = found;
    let looked = Box::pin(looked(call, &row, (thing.kind(), &domain), text, is_open)).await?;
    let (way, seen) = (thing.way(&snapshot, &rights), mark(&row));
    let line = line(call, row).ok_or_else(|| Error::not_found("proposal"))?;
    let Looked { diff, is_cut, problems, effects, overtaken, needs_consent, meaning } = looked;
    Ok(ProposalPage {
        line,
        way,
        diff,
        is_cut,
        problems,
        effects,
        overtaken,
        needs_consent,
        meaning,
        seen,
        may_decide,
        may_withdraw,
    })
}

/// What it changes: while it is open, of what is published now; then, of the revision that it was written on.
async fn looked(
    call: &Call,
    row: &ProposalRow,
    (kind, domain): (Retirable, &DomainId),
    text: String,
    is_open: bool,
) -> Result<Looked> {
    let (id, base) = (row.document.as_str(), number(&row.base));
    match kind {
        Retirable::Product if is_open => {
            let checked = documents::check(call, TextKind::Product, Some(id), base, &text).await?;
            Ok(Looked {
                diff: checked.diff,
                is_cut: checked.is_cut,
                problems: checked.problems.into_iter().map(problem).collect(),
                effects: checked.effects,
                overtaken: checked.overtaken,
                ..Looked::default()
            })
        }
        Retirable::Product => {
            let before = documents::older(call, DocumentKind::Product, id, base).await?;
            Looked::at(call, (before, text)).await
        }
        Retirable::Term => {
            let (kind, mut overtaken) = (DocumentKind::Term, None);
            let before = if is_open {
                overtaken = documents::overtaken_since(call, kind, id, base).await?;
                glossary::current(call, id).await?
            } else {
                documents::older(call, kind, id, base).await?
            };
            let texts = glossary::as_seen(call, before, text).await?;
            Ok(Looked { overtaken, ..Looked::at(call, texts).await? })
        }
        // What it was written on is no revision, but a digest.
        Retirable::Asset if !is_open => Ok(Looked::default()),
        Retirable::Asset => {
            let text = assets::as_form(&text)?;
            let checked = assets::look(call, id, domain, &row.base, &text).await?;
            let problems = checked.problems.into_iter().map(|problem| problem.message);
            Ok(Looked {
                problems: problems.collect(),
                effects: checked.effects,
                overtaken: checked.overtaken,
                needs_consent: checked.needs_consent,
                meaning: checked.meaning,
                ..Looked::at(call, assets::texts(call, id, domain, &text).await?).await?
            })
        }
    }
}

/// True where what an open proposal changes is too long to be shown whole.
pub(super) async fn is_cut(
    call: &Call,
    row: &ProposalRow,
    (kind, domain): (Retirable, &DomainId),
    text: String,
) -> Result<bool> {
    let id = row.document.as_str();
    let texts = match kind {
        Retirable::Product => (documents::current(call, id).await?, text),
        Retirable::Term => glossary::as_seen(call, glossary::current(call, id).await?, text).await?,
        Retirable::Asset => assets::texts(call, id, domain, &assets::as_form(&text)?).await?,
    };
    Ok(Looked::at(call, texts).await?.is_cut)
}

/// A mistake in a sentence.
fn problem(problem: Problem) -> String {
    let Problem { line, field, message, .. } = problem;
    let place = if line == 0 { String::new() } else { format!("Line {line}: ") };
    let field = if field.is_empty() { String::new() } else { format!("{field}: ") };
    format!("{place}{field}{message}")
}
