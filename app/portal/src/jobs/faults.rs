//! What a job could not do with one thing: said in the log, told to administrators once, and no obstacle to the rest.

use chrono::TimeDelta;

use crate::error::RefusalKind;
use crate::notify::{self, Message};
use crate::store::{jobs as store, people};
use crate::{Ctx, Error, Result};

/// Characters of an error that are kept.
const LONGEST: usize = 500;
/// Things of one job that administrators hear of within a day: where more fail, it is not these things that are bad.
const MOST_A_DAY: i64 = 20;

/// What one of many things of a job came to. A failure counts as nothing, and is tried again.
pub(super) async fn settled(ctx: &Ctx, job: &'static str, item: &str, result: Result<u32>) -> u32 {
    let error = match result {
        Ok(done) => return done,
        Err(error) => error,
    };
    tracing::error!(job, item, %error, "a part of a job failed; it is tried again");
    if is_passing(&error) {
        return 0;
    }
    if let Err(unsaid) = report(ctx, job, item, &error).await {
        tracing::error!(job, item, error = %unsaid, "administrators could not be told of it");
    }
    0
}

/// True where the thing itself is not to blame: others change the portal, or something that is needed does not answer.
fn is_passing(error: &Error) -> bool {
    matches!(error, Error::Refused(refusal) if matches!(refusal.kind, RefusalKind::Busy | RefusalKind::Unavailable))
}

/// Tells the administrators once for each job, thing and error. Why it failed stands in the log alone: it may name what
/// not every administrator may see.
async fn report(ctx: &Ctx, job: &'static str, item: &str, error: &Error) -> Result<()> {
    let (cause, reference) = match error {
        Error::Refused(refusal) => (refusal.message.as_str(), String::new()),
        Error::Fault(fault) => {
            (fault.cause.as_str(), format!("The log says why under the reference {}", fault.id))
        }
    };
    let cause: String = cause.chars().take(LONGEST).collect();
    let mut tx = ctx.db.write().await?;
    let is_one_of_many =
        store::faults_since(&mut tx, job, ctx.now() - TimeDelta::days(1)).await? >= MOST_A_DAY;
    if !store::record_fault(&mut tx, job, item, &cause, ctx.now()).await? {
        return Ok(());
    }
    if !is_one_of_many {
        let message = Message::new(
            format!("The job {job} cannot do its work on {item}"),
            ["It is tried again, and nothing else waits for it; you are told once".to_owned(), reference],
            "/inbox",
        );
        let administrators = people::administrators(&mut tx).await?;
        notify::tell_about(&mut tx, ctx, &administrators, &format!("job {job} {item}"), &message).await?;
    }
    tx.commit().await
}
