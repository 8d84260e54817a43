//! What the process logs: a line an event, whatever stands in it.

use std::io::{Result, Write};

use lakeport_lake::one_line;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{Config, LogFormat};

/// Begins to write logs to standard error. The first call in a process counts.
pub fn begin(config: &Config) {
    // A second subscriber in the same process is a test's; the first one stays.
    if subscriber(config, std::io::stderr).try_init().is_ok() {
        std::panic::set_hook(Box::new(|panic| tracing::error!("{}", words(panic))));
    }
}

/// A panic as one sentence: as Rust tells it, its place is a line of its own.
fn words(panic: &std::panic::PanicHookInfo<'_>) -> String {
    panic.to_string().replacen('\n', " ", 1)
}

/// What logs as the configuration says, to any place.
pub fn subscriber<W>(config: &Config, place: W) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let events = tracing_subscriber::fmt().with_env_filter(filter);
    match config.log_format {
        // Colours would look like those that a text brings along.
        LogFormat::Pretty => {
            Box::new(events.with_target(false).with_ansi(false).with_writer(Lines(place)).finish())
        }
        // JSON escapes what would end a line.
        LogFormat::Json => Box::new(events.json().flatten_event(true).with_writer(place).finish()),
    }
}

/// Writers of lines.
struct Lines<W>(W);

impl<'w, W: MakeWriter<'w>> MakeWriter<'w> for Lines<W> {
    type Writer = Line<W::Writer>;

    fn make_writer(&'w self) -> Self::Writer {
        Line(self.0.make_writer())
    }

    fn make_writer_for(&'w self, meta: &Metadata<'_>) -> Self::Writer {
        Line(self.0.make_writer_for(meta))
    }
}

/// Writes each event, which comes in one piece, as one line: an error may hold the words of a mail server, of an issuer, or
/// of a file that anybody wrote.
struct Line<W>(W);

impl<W: Write> Write for Line<W> {
    fn write(&mut self, event: &[u8]) -> Result<usize> {
        let text = String::from_utf8_lossy(event);
        let line = one_line(text.trim_end_matches('\n')) + "\n";
        self.0.write_all(line.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex, PoisonError};

    use super::*;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
        }

        fn flush(&mut self) -> Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_event_is_never_more_than_one_line() {
        let forged = "lost\r\n2026-01-01T00:00:00Z ERROR forged \u{1b}[2J\u{7}\u{2028}\u{202e}end\n";
        for log_format in [LogFormat::Pretty, LogFormat::Json] {
            let paper = Paper::default();
            let writer = paper.clone();
            let config = Config { log_format, ..Config::default() };
            let subscriber = subscriber(&config, move || writer.clone());
            tracing::subscriber::with_default(subscriber, || {
                let _span = tracing::info_span!("request", path = %forged).entered();
                tracing::warn!(error = %forged, reason = forged, "{forged}");
                tracing::info!("second");
            });
            let written = paper.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let written = String::from_utf8(written).expect("it is text");
            assert_eq!(written.lines().count(), 2, "{written}");
            assert!(written.ends_with('\n') && written.contains("ERROR forged"), "{written}");
            assert!(!written.contains(['\r', '\u{7}', '\u{1b}']), "{written:?}");
            match log_format {
                LogFormat::Pretty => {
                    assert!(!written.contains(['\u{2028}', '\u{202e}']), "{written:?}");
                }
                LogFormat::Json => {
                    for line in written.lines() {
                        serde_json::from_str::<serde_json::Value>(line).expect("a line is an object");
                    }
                }
            }
        }
    }
}
