//! One worker process and its pipes.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lakeport_frame::LakeError;
use serde::Serialize;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::PoolOptions;
use crate::line::one_line;
use crate::protocol::{Answer, Ask, Body, DemoProgress, GREETING, Hello, MAX_FRAME, Reply};

/// Most bytes that something else may print before a worker greets.
const MAX_NOISE: usize = 64 * 1024;
/// Longest line of a worker's error output that is kept.
const MAX_LINE: u64 = 4 * 1024;
/// How long an ended worker may take to say how it ended.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// A running worker. Dropping it kills the process.
#[derive(Debug)]
pub(super) struct Worker {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    stderr_log: StderrLog,
    /// Time spent on requests so far.
    pub(super) busy: Duration,
}

/// What a worker writes to its error output: logged, and the last of it kept to tell why a worker ended.
#[derive(Debug)]
struct StderrLog {
    last: Arc<Mutex<String>>,
    reader: JoinHandle<()>,
}

impl Worker {
    /// Starts a worker and gives it its limits.
    pub(super) async fn start(options: &PoolOptions, hello: &Hello) -> Result<Self, LakeError> {
        let mut child = Command::new(&options.program)
            .args(&options.args)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| {
                tracing::error!(program = %options.program.display(), %error, "a worker cannot be started");
                LakeError::Fault("A worker cannot be started; the log has the details.".to_owned())
            })?;
        let (Some(input), Some(output), Some(errors)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(LakeError::Fault("A worker was started without its pipes.".to_owned()));
        };
        let stderr_log = StderrLog::listen(errors);
        let output = BufReader::new(output);
        let mut worker = Self { child, input, output, stderr_log, busy: Duration::ZERO };
        let greeted = async {
            worker.skip_to_greeting().await?;
            worker.send(hello).await
        };
        match greeted.await {
            Ok(()) => Ok(worker),
            Err(error) => Err(worker.ended(&error).await),
        }
    }

    /// True while the process runs.
    pub(super) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Asks one thing and waits for its result.
    pub(super) async fn exchange(
        &mut self,
        ask: Ask,
        progress: &mut (dyn FnMut(DemoProgress) + Send),
    ) -> Result<Reply, LakeError> {
        let talk = async {
            let id = ask.id;
            self.send(&ask).await?;
            loop {
                let answer: Answer = self.receive().await?;
                if answer.id != id {
                    return Err(io::Error::other("the answer belongs to another question"));
                }
                match answer.body {
                    Body::Progress(step) => progress(step),
                    Body::Done(result) => return Ok(result),
                }
            }
        };
        match talk.await {
            Ok(result) => result,
            Err(error) => Err(self.ended(&error).await),
        }
    }

    async fn skip_to_greeting(&mut self) -> io::Result<()> {
        let mut noise = Vec::new();
        let end = *GREETING.last().unwrap_or(&b'\n');
        while !noise.ends_with(GREETING) {
            let read = (&mut self.output).take(MAX_NOISE as u64).read_until(end, &mut noise).await?;
            if read == 0 || noise.len() > MAX_NOISE {
                return Err(io::Error::other("the program does not greet as a worker"));
            }
        }
        Ok(())
    }

    async fn send(&mut self, value: &impl Serialize) -> io::Result<()> {
        let frame = serde_json::to_vec(value).map_err(io::Error::other)?;
        let length = u32::try_from(frame.len()).ok().filter(|length| *length <= MAX_FRAME);
        let length = length.ok_or_else(|| io::Error::other("the request is too long"))?;
        self.input.write_all(&length.to_be_bytes()).await?;
        self.input.write_all(&frame).await?;
        self.input.flush().await
    }

    async fn receive(&mut self) -> io::Result<Answer> {
        let length = self.output.read_u32().await?;
        if length > MAX_FRAME {
            return Err(io::Error::other("the answer is too long"));
        }
        let mut frame = Vec::new();
        let read = (&mut self.output).take(u64::from(length)).read_to_end(&mut frame).await?;
        if read < usize::try_from(length).unwrap_or(usize::MAX) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        serde_json::from_slice(&frame).map_err(io::Error::other)
    }

    /// Why a worker no longer answers, from how its process ended.
    async fn ended(&mut self, error: &io::Error) -> LakeError {
        let status = timeout(LAST_WORDS, self.child.wait()).await.ok().and_then(Result::ok);
        if status.is_none() {
            let killed = self.child.start_kill();
            tracing::warn!(?killed, "a worker that no longer answers was ended");
        }
        let words = self.stderr_log.last_words().await;
        tracing::warn!(?status, %error, words, "a worker ended");
        match status {
            Some(status) if exhausted(status, &words) => LakeError::TooLarge(
                "The query needs more memory than it may use; filter or group the data more narrowly."
                    .to_owned(),
            ),
            Some(status) if status.signal() == Some(rustix::process::Signal::XCPU.as_raw()) => {
                LakeError::TooSlow("The query used up its processor time and was stopped.".to_owned())
            }
            _ => {
                LakeError::Fault("The worker ended while it was at work; the log has the details.".to_owned())
            }
        }
    }
}

/// Failing allocations abort with a line of Rust's; the system itself ends processes with KILL.
fn exhausted(status: ExitStatus, words: &str) -> bool {
    status.signal() == Some(rustix::process::Signal::KILL.as_raw())
        || ["memory allocation of", "Cannot allocate memory", "failed to allocate", "unable to allocate"]
            .iter()
            .any(|sign| words.contains(sign))
}

impl StderrLog {
    fn listen(errors: ChildStderr) -> Self {
        let last = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&last);
        let reader = tokio::spawn(async move {
            let mut errors = BufReader::new(errors);
            let mut line = Vec::new();
            while let Ok(1..) = (&mut errors).take(MAX_LINE).read_until(b'\n', &mut line).await {
                let text = one_line(String::from_utf8_lossy(&line).trim_end());
                tracing::warn!(target: "lakeport_lake::worker", "{text}");
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                if kept.len() > MAX_NOISE {
                    kept.clear();
                }
                kept.push_str(&text);
                kept.push('\n');
                line.clear();
            }
        });
        Self { last, reader }
    }

    async fn last_words(&mut self) -> String {
        let _ = timeout(LAST_WORDS, &mut self.reader).await;
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
