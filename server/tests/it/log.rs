//! A log to read in a test.

use std::io::Write;
use std::sync::{Arc, Mutex};

use lakeport::config::Config;
use tracing::subscriber::DefaultGuard;

/// What is logged while it lives.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Logs this thread as a portal does that nobody configured.
    pub(crate) fn begin() -> (Self, DefaultGuard) {
        let log = Self::default();
        let lines = log.clone();
        let subscriber = lakeport::log::subscriber(&Config::default(), move || lines.clone());
        (log, tracing::subscriber::set_default(subscriber))
    }

    /// The lines until now.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}
