//! Progress at the terminal: a bar where it can move, plain lines now and then elsewhere.

use std::fmt;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Pause between two plain lines.
const PAUSE: Duration = Duration::from_secs(3);

/// One piece of work that is being shown.
pub(crate) struct Progress {
    bar: ProgressBar,
    title: &'static str,
    begun: Instant,
    /// When the last plain line was written.
    told: Mutex<Instant>,
}

impl Progress {
    /// Shows nothing until the first step.
    pub(crate) fn begin(title: &'static str) -> Self {
        let bar = ProgressBar::no_length();
        let style = ProgressStyle::with_template("{prefix} [{bar:24}] {pos}/{len} {msg} ({elapsed})");
        if let Ok(style) = style {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_prefix(title);
        bar.enable_steady_tick(Duration::from_secs(1));
        let now = Instant::now();
        Self { bar, title, begun: now, told: Mutex::new(now) }
    }

    /// So much of a step is done.
    pub(crate) fn show(&self, done: u64, total: u64, step: &dyn fmt::Display) {
        if !self.bar.is_hidden() {
            self.bar.set_length(total);
            self.bar.set_position(done);
            self.bar.set_message(step.to_string());
        } else if let Ok(mut told) = self.told.lock()
            && told.elapsed() >= PAUSE
        {
            let seconds = self.begun.elapsed().as_secs();
            eprintln!("{}: {done} of {total} {step} ({seconds} s)", self.title);
            *told = Instant::now();
        }
    }

    /// Leaves the terminal as it was.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
