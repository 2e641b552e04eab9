//! Counters, and their page in Prometheus' text format on loopback.
//!
//! The responder is written by hand: it serves one fixed page to one local reader, which is less
//! code than a web server's or an exporter's set-up and brings no dependency into the daemons.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

macro_rules! counters {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident => $label:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every kind, in the order of the metrics page.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The kind's name in metrics and summaries.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }
        }
    };
}

counters! {
    /// Why a message or a connection was dropped. Each kind has its own counter.
    Reason {
        /// Not a frame, or not a message of the protocol.
        Malformed => "malformed",
        /// A frame longer than the bound.
        Oversized => "oversized",
        /// A frame of another version.
        Version => "version",
        /// A message that this side does not take.
        Unexpected => "unexpected",
        /// The peer's transport key is in no epoch's directory.
        UnknownPeer => "unknown_peer",
        /// The witness is registered but not drawn for this device.
        NotDrawn => "not_drawn",
        /// The peer speaks for a witness whose transport key is another.
        Impersonation => "impersonation",
        /// The witness has the same owner as the device.
        OwnOwner => "own_owner",
        /// An epoch this daemon does not know, or that is not running.
        WrongEpoch => "wrong_epoch",
        /// A slot that is not running, even allowing for clock skew.
        WrongSlot => "wrong_slot",
        /// A nonce seen before.
        Replayed => "replayed",
        /// More messages than a witness has reason to send.
        RateLimited => "rate_limited",
        /// A signature that does not fit the message built here.
        BadSignature => "bad_signature",
        /// A bitmap with bits at or above the number of slots.
        BitsBeyondSlots => "bits_beyond_slots",
        /// A bitmap with bits for slots that have not begun.
        FutureBits => "future_bits",
        /// A validly signed bitmap that takes a signed bit back: kept as evidence.
        Contradiction => "contradiction",
        /// An answer that came after its deadline.
        Late => "late",
        /// A peer that stopped in the middle of a message.
        Incomplete => "incomplete",
        /// The peer had too many connections or streams open.
        Crowded => "crowded",
        /// A client without an allotment for this device in a running epoch.
        NoAllotment => "no_allotment",
        /// A receipt for no more bytes than the one before.
        StaleReceipt => "stale_receipt",
        /// A client that took data and signed nothing for it.
        Unpaid => "unpaid",
        /// A client whose allotment is used up.
        CapUsed => "cap_used",
        /// A client that began another download on the same allotment.
        Replaced => "replaced",
        /// Content that is not in the store.
        NotStored => "not_stored",
        /// A device under test that sent other bytes than the seed's.
        WrongData => "wrong_data",
        /// The daemon itself could not serve it (its own store failed).
        Internal => "internal",
    }
}

counters! {
    /// What a daemon has done.
    Event {
        /// Connections accepted or made.
        Connections => "connections",
        /// Pings sent (witness) or received in order (device).
        Pings => "pings",
        /// Pongs signed (device) or accepted (witness).
        Pongs => "pongs",
        /// Pings without a valid answer in time.
        Missed => "missed",
        /// Attestations signed (witness).
        Signed => "attestations_signed",
        /// Attestations stored (device) or acknowledged (witness).
        Attestations => "attestations",
        /// Attestations that the device had already.
        Repeated => "attestations_repeated",
        /// Downloads begun.
        Downloads => "downloads",
        /// Bytes of content sent to clients.
        ServedBytes => "served_bytes",
        /// Receipts stored.
        Receipts => "receipts",
        /// Rate tests begun (device) or finished (witness).
        RateTests => "rate_tests",
        /// Rates signed (witness) or stored (device).
        Rates => "rates",
        /// Sectors scrubbed.
        Scrubs => "scrubs",
        /// Damaged ranges that scrubs have found.
        Damaged => "damaged_ranges",
        /// Times that this machine's clock was set, or that it slept.
        ClockJumps => "clock_jumps",
    }
}

/// A daemon's counters; shared, lock-free.
#[derive(Debug)]
pub struct Metrics {
    role: &'static str,
    dropped: Vec<AtomicU64>,
    events: Vec<AtomicU64>,
    peers: AtomicI64,
    epoch: AtomicI64,
    skew_ms: AtomicI64,
    worst_skew_ms: AtomicI64,
}

impl Metrics {
    /// Fresh counters of a `device` or `witness`.
    pub fn new(role: &'static str) -> Arc<Self> {
        let zeroes = |n: usize| (0..n).map(|_| AtomicU64::new(0)).collect();
        Arc::new(Self {
            role,
            dropped: zeroes(Reason::ALL.len()),
            events: zeroes(Event::ALL.len()),
            peers: AtomicI64::new(0),
            epoch: AtomicI64::new(-1),
            skew_ms: AtomicI64::new(0),
            worst_skew_ms: AtomicI64::new(0),
        })
    }

    /// Counts a dropped message.
    pub fn count_drop(&self, kind: Reason) {
        self.dropped[kind as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// How many messages were dropped for this reason.
    pub fn dropped(&self, kind: Reason) -> u64 {
        self.dropped[kind as usize].load(Ordering::Relaxed)
    }

    /// The reasons that occurred, with their counts.
    pub fn all_dropped(&self) -> BTreeMap<&'static str, u64> {
        let counts = Reason::ALL.iter().map(|&kind| (kind.label(), self.dropped(kind)));
        counts.filter(|(_, count)| *count > 0).collect()
    }

    /// Counts an event.
    pub fn event(&self, kind: Event) {
        self.events[kind as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Counts `number` events at once.
    pub fn add(&self, kind: Event, number: u64) {
        self.events[kind as usize].fetch_add(number, Ordering::Relaxed);
    }

    /// How often an event occurred.
    pub fn events(&self, kind: Event) -> u64 {
        self.events[kind as usize].load(Ordering::Relaxed)
    }

    /// A connection began (`1`) or ended (`-1`).
    pub fn peers(&self, change: i64) {
        self.peers.fetch_add(change, Ordering::Relaxed);
    }

    /// The epoch that runs now.
    pub fn running(&self, epoch: Option<u32>) {
        self.epoch.store(epoch.map_or(-1, i64::from), Ordering::Relaxed);
    }

    /// The last measured difference between a peer's clock and ours, milliseconds (positive: theirs is ahead).
    pub fn skew(&self, skew_ms: i64) {
        self.skew_ms.store(skew_ms, Ordering::Relaxed);
        let worse = |worst: i64| (skew_ms.unsigned_abs() > worst.unsigned_abs()).then_some(skew_ms);
        // A failed update means the worst so far stands.
        let _ = self.worst_skew_ms.fetch_update(Ordering::Relaxed, Ordering::Relaxed, worse);
    }

    /// The largest difference measured so far, milliseconds, with its sign.
    pub fn worst_skew_ms(&self) -> i64 {
        self.worst_skew_ms.load(Ordering::Relaxed)
    }

    /// The page in Prometheus' text format.
    pub fn render(&self) -> String {
        let mut page = String::new();
        let role = self.role;
        let mut line = |text: std::fmt::Arguments<'_>| {
            // Writing to a String cannot fail.
            let _ = page.write_fmt(text);
        };
        line(format_args!("# HELP popw_dropped_total Messages and connections dropped, by reason.\n"));
        line(format_args!("# TYPE popw_dropped_total counter\n"));
        for &kind in Reason::ALL {
            let (label, count) = (kind.label(), self.dropped(kind));
            line(format_args!("popw_dropped_total{{role=\"{role}\",reason=\"{label}\"}} {count}\n"));
        }
        line(format_args!("# HELP popw_events_total What the daemon has done, by kind.\n"));
        line(format_args!("# TYPE popw_events_total counter\n"));
        for &kind in Event::ALL {
            let (label, count) = (kind.label(), self.events(kind));
            line(format_args!("popw_events_total{{role=\"{role}\",kind=\"{label}\"}} {count}\n"));
        }
        let gauges = [
            ("popw_peers", "Connections open now.", &self.peers),
            ("popw_epoch", "The epoch that runs now, -1 when none does.", &self.epoch),
            (
                "popw_clock_skew_ms",
                "Last measured difference of a peer's clock, milliseconds.",
                &self.skew_ms,
            ),
            ("popw_clock_skew_worst_ms", "Largest difference measured, milliseconds.", &self.worst_skew_ms),
        ];
        for (name, help, value) in gauges {
            let value = value.load(Ordering::Relaxed);
            line(format_args!(
                "# HELP {name} {help}\n# TYPE {name} gauge\n{name}{{role=\"{role}\"}} {value}\n"
            ));
        }
        page
    }
}

/// Serves `/metrics` on `listener` until the task is dropped.
pub(crate) async fn serve(listener: TcpListener, metrics: Arc<Metrics>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let metrics = metrics.clone();
                tokio::spawn(async move {
                    // A reader that goes away or dawdles is its own problem.
                    let _ = tokio::time::timeout(Duration::from_secs(5), respond(stream, &metrics)).await;
                });
            }
            Err(error) => {
                tracing::debug!(%error, "metrics connection failed");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// Binds the metrics page.
///
/// # Errors
/// The system's, when the address is taken.
pub(crate) async fn bind(addr: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(addr).await
}

async fn respond(mut stream: TcpStream, metrics: &Metrics) -> std::io::Result<()> {
    let mut request = [0u8; 2048];
    let mut filled = 0;
    // The request line is all that matters; headers are read so that the peer sees no reset.
    while filled < request.len() && !request[..filled].windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut request[filled..]).await? {
            0 => break,
            n => filled += n,
        }
    }
    let line = request[..filled].split(|&byte| byte == b'\r').next().unwrap_or_default();
    let (status, body) = match line {
        line if line.starts_with(b"GET /metrics ") => ("200 OK", metrics.render()),
        line if line.starts_with(b"GET ") => ("404 Not Found", "see /metrics\n".to_owned()),
        _ => ("405 Method Not Allowed", "only GET\n".to_owned()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn get(addr: SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(addr).await.expect("connect");
        stream.write_all(request.as_bytes()).await.expect("write");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("read");
        answer
    }

    #[tokio::test]
    async fn the_page_shows_every_counter() {
        let metrics = Metrics::new("device");
        metrics.count_drop(Reason::Malformed);
        metrics.event(Event::Pings);
        metrics.skew(-40);
        metrics.skew(7);
        let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("bind");
        let addr = listener.local_addr().expect("addr");
        tokio::spawn(serve(listener, metrics.clone()));
        let page = get(addr, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").await;
        assert!(page.starts_with("HTTP/1.1 200 OK\r\n"));
        assert!(page.contains("popw_dropped_total{role=\"device\",reason=\"malformed\"} 1\n"));
        assert!(page.contains("popw_events_total{role=\"device\",kind=\"pings\"} 1\n"));
        assert!(page.contains("popw_clock_skew_ms{role=\"device\"} 7\n"));
        assert!(page.contains("popw_clock_skew_worst_ms{role=\"device\"} -40\n"));
        for kind in Reason::ALL {
            assert!(page.contains(&format!("reason=\"{}\"", kind.label())));
        }
        assert!(get(addr, "GET / HTTP/1.1\r\n\r\n").await.starts_with("HTTP/1.1 404"));
        assert!(get(addr, "\0\u{1}garbage\r\n\r\n").await.starts_with("HTTP/1.1 405"));
        assert_eq!(metrics.all_dropped(), BTreeMap::from([("malformed", 1)]));
    }
}
