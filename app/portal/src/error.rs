//! Two ways in which a call does not do what was asked: it is refused, or something is at fault.

use std::fmt;
use std::time::Duration;

use chrono::TimeDelta;
use lakeport_frame::LakeError;
use lakeport_model::ErrorKind;
use uuid::Uuid;

use crate::{Clock as _, SystemClock, new_id};

/// What use cases return.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a call did not do what was asked. `Display` is the sentence for the person.
#[derive(Debug)]
pub enum Error {
    /// A rule says no, or the input does not fit; the person can do something about it.
    Refused(Refusal),
    /// Something is broken; the id finds the log line.
    Fault(Fault),
}

/// How long it mostly lasts that others are in the way.
pub const A_MOMENT: Duration = Duration::from_secs(5);

/// Most mistakes of a field that are told at once.
const MOST_TOLD: usize = 5;

/// A refusal: a value with a message a person understands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What kind of no it is.
    pub kind: ErrorKind,
    /// What happened, why, and what to do.
    pub message: String,
    /// The input field it is about.
    pub field: Option<&'static str>,
    /// What else does not fit: other fields, each with a sentence.
    pub others: Box<[(&'static str, String)]>,
    /// The rule that said no to this person; for the audit, never shown.
    pub rule: Option<&'static str>,
    /// How long it lasts until there may be another answer, where that is known.
    pub wait: Option<Duration>,
}

/// A fault; it was logged under its id when it was made.
#[derive(Debug)]
pub struct Fault {
    /// Finds the log line.
    pub id: Uuid,
    /// What the log says; never shown to people.
    pub(crate) cause: String,
}

impl Error {
    fn refused(kind: ErrorKind, field: Option<&'static str>, message: impl Into<String>) -> Self {
        let (message, others) = (message.into(), Box::default());
        Self::Refused(Refusal { kind, message, field, others, rule: None, wait: None })
    }

    /// The same refusal, because this rule said no.
    pub(crate) fn under(self, rule: &'static str) -> Self {
        match self {
            Self::Refused(refusal) => Self::Refused(Refusal { rule: Some(rule), ..refusal }),
            fault @ Self::Fault(_) => fault,
        }
    }

    /// The same refusal, about this input field.
    pub(crate) fn at(self, field: &'static str) -> Self {
        match self {
            Self::Refused(refusal) => Self::Refused(Refusal { field: Some(field), ..refusal }),
            fault @ Self::Fault(_) => fault,
        }
    }

    /// The same refusal, in words that know more than the rule does.
    pub(crate) fn saying(self, message: String) -> Self {
        match self {
            Self::Refused(refusal) => Self::Refused(Refusal { message, ..refusal }),
            fault @ Self::Fault(_) => fault,
        }
    }

    /// `what` does not exist, or the viewer may not know that it does.
    pub fn not_found(what: &str) -> Self {
        Self::refused(
            ErrorKind::NotFound,
            None,
            format!("There is no {what} here, or you may not see it. Search the catalog, or check the link."),
        )
    }

    /// `what` is there, and nothing can be said of it because what describes it cannot be read.
    pub(crate) fn unread(what: &str) -> Self {
        Self::refused(
            ErrorKind::Unreadable,
            None,
            format!(
                "This {what} is there, but what describes it cannot be read, so that nothing of it is shown. Its domain has \
                 to correct that and import it again; the administrators see what is wrong."
            ),
        )
    }

    /// `what` belongs to a data product that is there, and of which nothing can be said: nor can of this.
    pub(crate) fn of_unread_product(what: &str) -> Self {
        Self::refused(
            ErrorKind::Unreadable,
            None,
            format!(
                "This {what} belongs to a data product that is there, but what describes the product cannot be read, so that \
                 nothing of it is shown. Its domain has to correct that and import it again; the administrators see what is \
                 wrong."
            ),
        )
    }

    /// The viewer may not do this.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::refused(ErrorKind::Forbidden, None, message)
    }

    /// An input field does not fit.
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::refused(ErrorKind::Invalid, Some(field), message)
    }

    /// Refuses where something is wrong with input fields, all of it at once: fields with sentences, of one field as many as
    /// there are.
    pub(crate) fn where_invalid(problems: Vec<(&'static str, String)>) -> Result<()> {
        let mut fields: Vec<(&'static str, Vec<String>)> = Vec::new();
        for (field, message) in problems {
            match fields.iter_mut().find(|(known, _)| *known == field) {
                Some((_, said)) => said.push(message),
                None => fields.push((field, vec![message])),
            }
        }
        let mut fields = fields.into_iter().map(|(field, said)| (field, told(&said)));
        let Some((field, message)) = fields.next() else { return Ok(()) };
        let (kind, field, others) = (ErrorKind::Invalid, Some(field), fields.collect());
        Err(Self::Refused(Refusal { kind, message, field, others, rule: None, wait: None }))
    }

    /// The state of the thing does not allow it (any more).
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::refused(ErrorKind::Conflict, None, message)
    }

    /// Too much at once.
    pub fn busy(message: impl Into<String>) -> Self {
        Self::refused(ErrorKind::Busy, None, message)
    }

    /// Too much within a span that goes on for so long: says when to send it again, in words and for programs.
    pub(crate) fn busy_for(message: impl fmt::Display, rest: TimeDelta) -> Self {
        let rest = rest.max(TimeDelta::zero());
        let words = match rest.num_minutes() + 1 {
            1 => "a minute".to_owned(),
            minutes => format!("{minutes} minutes"),
        };
        Self::busy(format!("{message} Send this one again in {words}.")).after(rest)
    }

    /// The same refusal, which stays the same until this time is over.
    pub(crate) fn after(self, rest: TimeDelta) -> Self {
        match self {
            // By whole seconds, as programs are told: not one before its end.
            Self::Refused(refusal) => {
                let seconds = u64::try_from(rest.num_seconds()).unwrap_or_default() + 1;
                Self::Refused(Refusal { wait: Some(Duration::from_secs(seconds)), ..refusal })
            }
            fault @ Self::Fault(_) => fault,
        }
    }

    /// Others change the portal, and go on doing so.
    pub(crate) fn too_many_changes() -> Self {
        Self::busy(
            "Too much is being changed at the moment; nothing of yours was. Try again in some seconds.",
        )
    }

    /// A fault, logged under a new id.
    pub fn fault(source: impl fmt::Display) -> Self {
        let id = new_id(SystemClock.now());
        let cause = source.to_string();
        tracing::error!(%id, error = cause, "fault");
        Self::Fault(Fault { id, cause })
    }
}

impl Error {
    /// What kind of no it is, and with it the status on every surface.
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Refused(refusal) => refusal.kind,
            Self::Fault(_) => ErrorKind::Fault,
        }
    }

    /// How long a program waits until it tries again what was refused as busy: mostly a moment.
    pub fn wait(&self) -> Duration {
        let known = if let Self::Refused(refusal) = self { refusal.wait } else { None };
        known.unwrap_or(A_MOMENT)
    }
}

/// What is wrong with one field: the first sentences, and how many more there are.
fn told(said: &[String]) -> String {
    let first = said.iter().take(MOST_TOLD).map(String::as_str).collect::<Vec<_>>().join(" ");
    match said.len().saturating_sub(MOST_TOLD) {
        0 => first,
        more => format!("{first} There are {more} more, told once these are corrected."),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => f.write_str(&refusal.message),
            Self::Fault(fault) => write!(
                f,
                "Something went wrong on our side; nothing was changed. Tell an administrator the reference {}.",
                fault.id
            ),
        }
    }
}

impl std::error::Error for Error {}

/// True when the database waited in vain for another writer: `SQLITE_BUSY` with its kinds, `lock_not_available`.
fn waits_for_others(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code().map(std::borrow::Cow::into_owned));
    code.is_some_and(|code| ["5", "261", "517", "55P03"].contains(&code.as_str()))
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if waits_for_others(&error) {
            return Self::too_many_changes();
        }
        Self::fault(format_args!("database: {error}"))
    }
}

impl From<LakeError> for Error {
    fn from(error: LakeError) -> Self {
        let kind = match &error {
            LakeError::Refused(_) | LakeError::NotGranted { .. } => ErrorKind::Invalid,
            LakeError::TableGone(_) => ErrorKind::NotFound,
            LakeError::Unsupported(_) | LakeError::Damaged(_) | LakeError::OutsideRoot(_) => {
                ErrorKind::Conflict
            }
            LakeError::TooSlow(_) | LakeError::TooLarge(_) | LakeError::Busy(_) => ErrorKind::Busy,
            LakeError::Fault(_) => ErrorKind::Unavailable,
        };
        Self::refused(kind, None, error.message())
    }
}
