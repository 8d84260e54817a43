//! Progress at the terminal: a bar where it can move, plain lines elsewhere.

use indicatif::{ProgressBar, ProgressStyle};
use lakeport_lake::DemoProgress;

/// One piece of work that is being shown.
pub(super) struct Progress {
    bar: ProgressBar,
    title: &'static str,
}

impl Progress {
    /// Shows nothing until the first step.
    pub(super) fn begin(title: &'static str) -> Self {
        let bar = ProgressBar::no_length();
        let style = ProgressStyle::with_template("{prefix} [{bar:24}] {pos}/{len} {msg} ({elapsed})");
        if let Ok(style) = style {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_prefix(title);
        Self { bar, title }
    }

    /// A step begins, or the last one has ended.
    pub(super) fn show(&self, step: &DemoProgress) {
        if self.bar.is_hidden() {
            eprintln!("{}: {} of {} {}", self.title, step.done, step.total, step.step);
        } else {
            self.bar.set_length(u64::from(step.total));
            self.bar.set_position(u64::from(step.done));
            self.bar.set_message(step.step.clone());
        }
    }

    /// Leaves the terminal as it was.
    pub(super) fn end(self) {
        self.bar.finish_and_clear();
    }
}
