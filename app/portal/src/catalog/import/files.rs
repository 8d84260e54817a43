//! Where the files of an import come from, and how far it is.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// A file of the mesh: its path within the directory, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Path with `/`, as messages name it.
    pub path: String,
    /// The text.
    pub text: String,
}

/// The files of an import, by their places in a list. A text is read when its turn comes and not kept; that of lineage is
/// read a second time when its turn comes to be written, and that of a file with a mistake to tell where it stands.
pub trait Files: Send + Sync {
    /// How many there are.
    fn number(&self) -> usize;

    /// The path of one, with `/`, as messages name it.
    fn path(&self, place: usize) -> &str;

    /// The text of one.
    ///
    /// # Errors
    /// What is wrong, without a full stop, when it cannot be read.
    fn text(&self, place: usize) -> Result<Cow<'_, str>, String>;
}

impl Files for Vec<SourceFile> {
    fn number(&self) -> usize {
        self.len()
    }

    fn path(&self, place: usize) -> &str {
        &self[place].path
    }

    fn text(&self, place: usize) -> Result<Cow<'_, str>, String> {
        Ok(Cow::Borrowed(&self[place].text))
    }
}

/// What an import is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Reads files.
    Read,
    /// Compares assets with those that are held.
    Compare,
    /// Writes assets that are new or changed.
    Write,
    /// Takes the events of lineage files.
    Lineage,
    /// Looks at the catalog as it is now, and tells whom it concerns.
    Check,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "files read",
            Self::Compare => "assets compared",
            Self::Write => "assets written",
            Self::Lineage => "files of lineage taken",
            Self::Check => "steps of the last look",
        })
    }
}

/// How far an import is in a step: so many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The step.
    pub step: Step,
    /// How many are done.
    pub done: usize,
    /// How many there are.
    pub total: usize,
}

/// Hears of the progress of an import, from any thread.
#[derive(Clone)]
pub struct Watch(Arc<dyn Fn(Progress) + Send + Sync>);

impl Watch {
    /// Calls a function.
    pub fn new(hear: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hear))
    }

    pub(super) fn say(&self, step: Step, done: usize, total: usize) {
        (self.0)(Progress { step, done, total });
    }
}

impl Default for Watch {
    /// Hears nothing.
    fn default() -> Self {
        Self::new(|_| ())
    }
}
