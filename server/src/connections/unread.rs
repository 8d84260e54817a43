//! A stream whose other side has to read what is written to it.

use std::io::{Error, ErrorKind, IoSlice, Result as Done};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use super::SLOWEST;

/// Ends a connection on which writing has waited for too long. Time spent waiting adds up, and every [`SLOWEST`] bytes
/// that leave pay a second back: so whoever reads nothing is ended as well as whoever reads too little, and nobody saves
/// up time by having read much before.
pub(super) struct Unread<S> {
    stream: S,
    patience: Duration,
    /// What has been waited and not paid back yet; never more than `patience`.
    waited: Duration,
    /// Since when writing waits now, and what tells when that is too long.
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl<S> Unread<S> {
    pub(super) fn new(stream: S, patience: Duration) -> Self {
        Self { stream, patience, waited: Duration::ZERO, waiting: None }
    }

    /// What came of an attempt to write.
    fn judge(&mut self, context: &mut Context<'_>, attempt: Poll<Done<usize>>) -> Poll<Done<usize>> {
        let Poll::Ready(written) = attempt else {
            let left = self.patience.saturating_sub(self.waited);
            let (_, over) = self.waiting.get_or_insert_with(|| (Instant::now(), Box::pin(sleep(left))));
            ready!(over.as_mut().poll(context));
            return Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "what is written is not read")));
        };
        if let Some((since, _)) = self.waiting.take() {
            self.waited = (self.waited + since.elapsed()).min(self.patience);
        }
        if let Ok(bytes) = written {
            let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
            self.waited =
                self.waited.saturating_sub(Duration::from_millis(bytes.saturating_mul(1_000) / SLOWEST));
        }
        Poll::Ready(written)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Unread<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Done<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Unread<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Done<usize>> {
        let attempt = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.judge(context, attempt)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<Done<usize>> {
        let attempt = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.judge(context, attempt)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Done<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Done<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    /// Writes 64 KiB to somebody who reads so many bytes at a time, with a pause before each.
    async fn write_to(bytes: usize, pause: Duration) -> Done<()> {
        let (near, mut far) = duplex(1024);
        let mut stream = Unread::new(near, Duration::from_millis(300));
        let reader = tokio::spawn(async move {
            let mut read = vec![0; bytes];
            loop {
                tokio::time::sleep(pause).await;
                if far.read(&mut read).await.is_ok_and(|count| count == 0) {
                    return;
                }
            }
        });
        let done = stream.write_all(&vec![b'x'; 64 * 1024]).await;
        drop(stream);
        reader.abort();
        done
    }

    #[tokio::test]
    async fn what_is_not_read_is_never_waited_for() {
        for (bytes, pause) in [(1024, Duration::from_mins(1)), (64, Duration::from_millis(40))] {
            let error = write_to(bytes, pause).await.expect_err("ended");
            assert_eq!(error.kind(), ErrorKind::TimedOut, "{bytes} bytes every {pause:?}");
        }
    }

    #[tokio::test]
    async fn whoever_reads_fast_enough_is_never_cut_off() {
        write_to(1024, Duration::from_millis(10))
            .await
            .expect("written, though it takes longer than the patience");
    }
}
