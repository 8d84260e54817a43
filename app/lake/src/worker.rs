//! The worker process: limits itself, then answers one request after the other until its input ends.

use std::io::{self, Read, Write};
use std::process::ExitCode;

use lakeport_frame::LakeError;
use rustix::process::{Resource, Rlimit, setrlimit};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::demo;
use crate::engine::Engine;
use crate::line::{complain, complain_of_panics};
use crate::protocol::{Answer, Ask, Body, GREETING, Hello, MAX_FRAME, Reply, Request};

/// Stack of the thread that plans: plans are trees, and they are walked recursively.
const PLANNER_STACK_BYTES: usize = 64 * 1024 * 1024;
/// Stack of the threads that read and compute.
const RUNTIME_STACK_BYTES: usize = 4 * 1024 * 1024;
/// Threads that compute.
const RUNTIME_THREADS: usize = 2;
/// Threads that wait for files; the log reader waits on other waiting threads, so there have to be several.
const WAITING_THREADS: usize = 32;
/// Address space beyond the memory limit: reserved by allocator and stacks, mostly never touched.
const ADDRESS_SPACE_HEADROOM: u64 = 4 * 1024 * 1024 * 1024;
/// Processor time between the limit that tells and the one that cannot be missed.
const CPU_GRACE_SECONDS: u64 = 5;

/// Runs a worker on standard input and output until the input ends. This is all that the hidden subcommand
/// does that [`WorkerPool`](crate::WorkerPool) starts.
pub fn worker_main() -> ExitCode {
    complain_of_panics();
    let planner = std::thread::Builder::new().name("worker".to_owned()).stack_size(PLANNER_STACK_BYTES);
    match planner.spawn(serve).map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        Ok(Ok(Err(error))) | Err(error) => {
            complain(format_args!("the worker ended: {error}"));
            ExitCode::FAILURE
        }
        Ok(Err(_panic)) => ExitCode::FAILURE,
    }
}

fn serve() -> io::Result<()> {
    let mut input = io::stdin().lock();
    let mut output = io::stdout().lock();
    output.write_all(GREETING)?;
    output.flush()?;
    let Some(hello) = read::<Hello>(&mut input)? else { return Ok(()) };
    limit(&hello)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(RUNTIME_THREADS)
        .max_blocking_threads(WAITING_THREADS)
        .thread_stack_size(RUNTIME_STACK_BYTES)
        .enable_all()
        .build()?;
    let mut engine = Engine::new(hello.storage, &hello.roots);
    while let Some(Ask { id, request, key }) = read(&mut input)? {
        let result = match request {
            Request::Demo { demo } => {
                let mut broken = None;
                let mut tell = |progress| {
                    if let Err(error) = write(&mut output, &Answer { id, body: Body::Progress(progress) }) {
                        broken.get_or_insert(error);
                    }
                };
                let summary = runtime.block_on(demo::generate(&demo, &mut tell));
                if let Some(error) = broken {
                    return Err(error);
                }
                summary.map(Reply::Demo)
            }
            request => runtime.block_on(engine.answer(request, key)),
        };
        write(&mut output, &Answer { id, body: Body::Done(result) })?;
    }
    Ok(())
}

/// The limits hold for the rest of the process's life; nobody can lift them again.
fn limit(hello: &Hello) -> io::Result<()> {
    let exactly = |amount| Rlimit { current: Some(amount), maximum: Some(amount) };
    setrlimit(Resource::Core, exactly(0))?;
    // The soft limit ends the process with a signal of its own, so that the pool can tell why it ended.
    let hard = hello.cpu_seconds.saturating_add(CPU_GRACE_SECONDS);
    setrlimit(Resource::Cpu, Rlimit { current: Some(hello.cpu_seconds), maximum: Some(hard) })?;
    setrlimit(Resource::Data, exactly(hello.memory_bytes))?;
    setrlimit(Resource::As, exactly(hello.memory_bytes.saturating_add(ADDRESS_SPACE_HEADROOM)))?;
    Ok(())
}

fn read<T: DeserializeOwned>(input: &mut impl Read) -> io::Result<Option<T>> {
    let mut length = [0_u8; 4];
    match input.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let length = u32::from_be_bytes(length);
    if length > MAX_FRAME {
        return Err(io::Error::other("a frame is too long"));
    }
    let mut frame = Vec::new();
    input.take(u64::from(length)).read_to_end(&mut frame)?;
    serde_json::from_slice(&frame).map(Some).map_err(io::Error::other)
}

fn write(output: &mut impl Write, answer: &Answer) -> io::Result<()> {
    let frame = encode(answer)?;
    let frame = match u32::try_from(frame.len()) {
        Ok(length) if length <= MAX_FRAME => frame,
        _ => {
            let refusal =
                LakeError::TooLarge("The result is too large to be shown; group the rows.".to_owned());
            encode(&Answer { id: answer.id, body: Body::Done(Err(refusal)) })?
        }
    };
    let length = u32::try_from(frame.len()).map_err(io::Error::other)?;
    output.write_all(&length.to_be_bytes())?;
    output.write_all(&frame)?;
    output.flush()
}

fn encode(value: &impl Serialize) -> io::Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(io::Error::other)
}
