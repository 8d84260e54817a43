//! Connections: how many there may be, and how long each may take. Strangers decide about both otherwise.
//!
//! HTTP/1.1 only: browsers speak nothing else without TLS, and proxies speak it by default. One connection then carries
//! one request at a time, so that the limits of connections are those of requests as well.

mod unread;

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::extract::{ConnectInfo, Request};
use futures::{StreamExt as _, stream};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};
use tower::ServiceExt as _;

use self::unread::Unread;
use crate::config::Config;

/// Bytes of a request's head, and of what is read ahead.
const LARGEST_HEAD: usize = 64 * 1024;
/// Bytes of a body that have to come each second, once the time it has to begin with is over, and of an answer that have
/// to leave. A phone at the edge of its net does more.
const SLOWEST: u64 = 16 * 1024;
/// Pause after the system refused to hand out a connection, for example because files ran out.
const BREATH: Duration = Duration::from_millis(100);

/// What connections are held to.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Open connections in all; more wait until one ends.
    pub connections: usize,
    /// Open connections of one address; more are closed at once.
    pub per_address: usize,
    /// Addresses that speak for many and may have any number: our own proxies.
    pub proxies: Vec<IpAddr>,
    /// Time for the head of a request, from the end of the one before.
    pub head: Duration,
    /// Time a body has to begin with; every [`SLOWEST`] bytes of it give a second more.
    pub body: Duration,
    /// Time an answer may wait to be read; every [`SLOWEST`] bytes that leave pay a second of it back.
    pub answer: Duration,
}

impl Limits {
    /// As configured.
    pub fn of(config: &Config) -> Self {
        Self {
            connections: usize::from(config.connections),
            per_address: usize::from(config.connections_per_address),
            proxies: config.trusted_proxies.clone(),
            head: Duration::from_secs(config.head_seconds.into()),
            body: Duration::from_secs(config.body_seconds.into()),
            answer: Duration::from_secs(config.answer_seconds.into()),
        }
    }
}

/// Answers until `told` to stop, then lets requests in flight end.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, told: impl Future<Output = ()>) {
    let gate = Arc::new(Semaphore::new(limits.connections));
    let peers = Arc::new(Peers::default());
    let (ending, ends) = watch::channel(false);
    let mut open = JoinSet::new();
    let mut told = pin!(told);
    loop {
        let (permit, stream, peer) = tokio::select! {
            () = &mut told => break,
            Some(_) = open.join_next() => continue,
            next = accept(&listener, &gate) => next,
        };
        let Some(place) = peers.enter(peer.ip(), &limits) else {
            metrics::counter!("lakeport_connections_refused_total").increment(1);
            continue;
        };
        let (router, limits, ends) = (router.clone(), limits.clone(), ends.clone());
        open.spawn(async move {
            answer(stream, peer, router, &limits, ends).await;
            drop((place, permit));
        });
    }
    drop(listener);
    // Nobody listens any more when every connection has ended.
    _ = ending.send(true);
    while open.join_next().await.is_some() {}
}

/// The next connection, once there is room for it.
async fn accept(
    listener: &TcpListener,
    gate: &Arc<Semaphore>,
) -> (OwnedSemaphorePermit, TcpStream, SocketAddr) {
    loop {
        let permit = Arc::clone(gate).acquire_owned().await.expect("the gate is never closed");
        match listener.accept().await {
            Ok((stream, peer)) => return (permit, stream, peer),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

async fn answer(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: &Limits,
    mut ends: watch::Receiver<bool>,
) {
    let longest = limits.body;
    let service = router.map_request(move |request: Request<Incoming>| {
        let mut request = request.map(|body| paced(Body::new(body), longest));
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head)
            .max_buf_size(LARGEST_HEAD)
            .serve_connection(
                TokioIo::new(Unread::new(stream, limits.answer)),
                TowerToHyperService::new(service)
            )
    );
    // How a connection ends is its client's business.
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = ends.changed() => connection.as_mut().graceful_shutdown(),
    }
    _ = connection.await;
}

/// The body, cut off where it comes slower than from anybody who means it. Its time begins when it is first read, for
/// what was sent waits as long as the portal is busy.
fn paced(body: Body, longest: Duration) -> Body {
    if body.is_end_stream() {
        return body;
    }
    let begun = (body.into_data_stream(), None, 0);
    let parts = stream::unfold(Some(begun), move |state| async move {
        let (mut rest, began, bytes) = state?;
        let began = began.unwrap_or_else(Instant::now);
        let until = began + longest + Duration::from_secs(bytes / SLOWEST);
        match timeout_at(until, rest.next()).await {
            Ok(Some(Ok(part))) => {
                let bytes = bytes + u64::try_from(part.len()).unwrap_or(u64::MAX);
                Some((Ok(part), Some((rest, Some(began), bytes))))
            }
            Ok(None) => None,
            Ok(Some(Err(error))) => Some((Err(error), None)),
            Err(late) => Some((Err(axum::Error::new(late)), None)),
        }
    });
    Body::from_stream(parts)
}

/// What counts as one address: of the newer kind, the part that a provider gives to one customer (RFC 6177 speaks of no
/// less than a /64), within which the customer has as many addresses as they like.
fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) if !address.is_loopback() => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)))
        }
        address => address,
    }
}

/// How many connections each network has.
#[derive(Debug, Default)]
struct Peers(Mutex<HashMap<IpAddr, usize>>);

impl Peers {
    /// A place for one more connection of this network, until it is dropped. This machine has any number, for a proxy
    /// on it speaks for everybody.
    fn enter(self: &Arc<Self>, peer: IpAddr, limits: &Limits) -> Option<Place> {
        let is_trusted = peer.to_canonical().is_loopback() || limits.proxies.contains(&peer);
        let peer = network(peer);
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(peer).or_default();
        if *count >= limits.per_address && !is_trusted {
            return None;
        }
        *count += 1;
        Some(Place { peers: Arc::clone(self), peer })
    }
}

/// One connection of an address.
#[derive(Debug)]
struct Place {
    peers: Arc<Peers>,
    peer: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.peers.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.peer) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.peer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::{get, post};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::time::timeout;

    use super::*;

    fn limits(connections: usize, head: Duration) -> Limits {
        let short = Duration::from_millis(300);
        Limits { connections, per_address: 2, proxies: Vec::new(), head, body: short, answer: short }
    }

    /// More than the system keeps of what nobody reads.
    const LARGE: usize = 64 * 1024 * 1024;

    async fn portal(limits: Limits) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let router = Router::new()
            .route("/livez", get(|| async { "ok" }))
            .route("/large", get(|| async { vec![b'x'; LARGE] }))
            .route("/token", post(|body: String| async move { body.len().to_string() }));
        tokio::spawn(serve(listener, router, limits, std::future::pending()));
        address
    }

    async fn ask(address: SocketAddr) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await?;
        let mut text = String::new();
        stream.read_to_string(&mut text).await?;
        Ok(text)
    }

    #[tokio::test]
    async fn half_open_connections_never_keep_others_out_for_long() {
        let address = portal(limits(4, Duration::from_millis(300))).await;
        let mut held = Vec::new();
        for number in 0..12 {
            let mut stream = TcpStream::connect(address).await.expect("a connection");
            let begun: &[u8] = if number % 2 == 0 { b"GET / HTTP/1.1\r\n" } else { b"" };
            stream.write_all(begun).await.expect("written");
            held.push(stream);
        }
        let answer = timeout(Duration::from_secs(5), ask(address)).await.expect("an answer in time");
        assert!(answer.expect("an answer").ends_with("ok"));
        let mut rest = Vec::new();
        let ended = timeout(Duration::from_secs(1), held[0].read_to_end(&mut rest)).await;
        assert!(ended.is_ok(), "the portal closes what never asks");
    }

    /// Sends a body of this many bytes, one after the other, and answers what comes back.
    async fn trickle(address: SocketAddr, bytes: usize, pause: Duration) -> String {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        let head = "POST /token HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 20\r\n\r\n";
        stream.write_all(head.as_bytes()).await.expect("written");
        for _ in 0..bytes {
            // The portal may have hung up.
            _ = stream.write_all(b"x").await;
            tokio::time::sleep(pause).await;
        }
        let mut text = Vec::new();
        _ = stream.read_to_end(&mut text).await;
        String::from_utf8_lossy(&text).into_owned()
    }

    #[tokio::test]
    async fn bodies_that_trickle_never_keep_others_out_for_long() {
        let address = portal(limits(4, Duration::from_mins(1))).await;
        let held: Vec<_> = (0..12)
            .map(|number| tokio::spawn(trickle(address, number, Duration::from_millis(100))))
            .collect();
        let answer = timeout(Duration::from_secs(5), ask(address)).await.expect("an answer in time");
        assert!(answer.expect("an answer").ends_with("ok"));
        for held in held {
            let answer =
                timeout(Duration::from_secs(10), held).await.expect("ended in time").expect("no panic");
            assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
        }
        let whole = trickle(address, 20, Duration::from_millis(1)).await;
        assert!(whole.starts_with("HTTP/1.1 200") && whole.ends_with("20"), "{whole}");
    }

    #[tokio::test]
    async fn answers_that_nobody_reads_never_keep_others_out_for_long() {
        let address = portal(limits(4, Duration::from_mins(1))).await;
        let mut held = Vec::new();
        for _ in 0..12 {
            let mut stream = TcpStream::connect(address).await.expect("a connection");
            let question = b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n".repeat(3);
            stream.write_all(&question).await.expect("written");
            held.push(stream);
        }
        let answer = timeout(Duration::from_secs(5), ask(address)).await.expect("an answer in time");
        assert!(answer.expect("an answer").ends_with("ok"));
        drop(held);
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        let question = b"GET /large HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        stream.write_all(question).await.expect("written");
        let mut whole = Vec::new();
        stream.read_to_end(&mut whole).await.expect("read");
        assert!(whole.len() > LARGE, "whoever reads gets all of it");
    }

    /// Sends something that the portal closes the connection after, and answers what comes back until then.
    async fn closed_after(address: SocketAddr, question: &[u8]) -> String {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        // The portal may hang up in the middle of it.
        _ = stream.write_all(question).await;
        let mut text = Vec::new();
        _ = timeout(Duration::from_secs(2), stream.read_to_end(&mut text)).await.expect("closed in time");
        String::from_utf8_lossy(&text).into_owned()
    }

    #[tokio::test]
    async fn a_head_never_grows_without_end() {
        let address = portal(limits(4, Duration::from_secs(5))).await;
        let head = format!("GET /{} HTTP/1.1\r\n", "a".repeat(2 * LARGEST_HEAD));
        let answer = closed_after(address, head.as_bytes()).await;
        assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    #[tokio::test]
    async fn a_connection_never_carries_many_requests_at_once() {
        let address = portal(limits(4, Duration::from_secs(5))).await;
        // HTTP/2 as those begin who know that it is spoken: its first words, and empty settings.
        let answer = closed_after(address, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer:?}");
        // And as those ask for it who do not know.
        let asked = b"GET /livez HTTP/1.1\r\nhost: x\r\nconnection: upgrade, http2-settings, close\r\n\
                      upgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n\r\n";
        let answer = closed_after(address, asked).await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok"), "{answer}");
    }

    #[test]
    fn a_customer_with_a_whole_network_never_has_more_than_one_address() {
        let peers = Arc::new(Peers::default());
        let limits = limits(100, Duration::ZERO);
        let of = |text: &str| text.parse::<IpAddr>().expect("an address");
        let places = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::7"].map(|one| peers.enter(of(one), &limits));
        assert!(places.iter().all(Option::is_some));
        assert!(peers.enter(of("2001:db8:1:2:9::"), &limits).is_none(), "one more of the same network");
        assert!(peers.enter(of("2001:db8:1:3::1"), &limits).is_some(), "another network");
        assert_eq!(network(of("::ffff:203.0.113.1")), of("203.0.113.1"));
        drop(places);
        assert!(peers.enter(of("2001:db8:1:2:9::"), &limits).is_some(), "the place is free again");
    }

    #[test]
    fn one_address_never_has_more_than_its_share() {
        let peers = Arc::new(Peers::default());
        let (one, two) = (IpAddr::from([203, 0, 113, 1]), IpAddr::from([203, 0, 113, 2]));
        let mut limits = limits(100, Duration::ZERO);
        let places = [peers.enter(one, &limits), peers.enter(one, &limits)];
        assert!(peers.enter(one, &limits).is_none(), "a third");
        assert!(peers.enter(two, &limits).is_some(), "somebody else");
        drop(places);
        assert!(peers.enter(one, &limits).is_some(), "places are given back");
        assert!(peers.0.lock().expect("not poisoned").is_empty(), "nothing is kept of who has gone");
        limits.proxies.push(one);
        let many: Vec<_> = (0..9).map(|_| peers.enter(one, &limits)).collect();
        assert!(many.iter().all(Option::is_some), "a proxy speaks for many");
    }
}
