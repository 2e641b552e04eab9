//! QUIC by public key: how daemons reach each other.
//!
//! A peer's address is its transport key; who it is in the network's registries is looked up in the
//! epoch's directory. On loopback nothing else is contacted: no relay, no discovery, no port mapping.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use iroh::endpoint::{
    BindOpts, ConnectOptions, IdleTimeout, PortmapperConfig, QuicTransportConfig, VarInt, presets,
};
use iroh::{Endpoint, RelayMap, RelayMode, RelayUrl, SecretKey};
use thiserror::Error;

/// Which networks a daemon uses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Transport {
    /// This machine only: relays, discovery and port mapping are off, and the address must be loopback.
    #[default]
    Loopback,
    /// The addresses of the directory and nothing else: for machines that reach each other directly.
    Direct,
    /// Through NATs: iroh's relays and discovery. With `relays`, these relays instead of the public ones.
    Public {
        /// Relay addresses (URLs); empty for the public ones.
        relays: Vec<String>,
    },
}

/// Why a daemon's socket cannot be opened.
#[derive(Debug, Error)]
pub enum TransportError {
    /// A loopback transport on an address that others can reach.
    #[error("{0} is not a loopback address; choose the direct or the public transport to listen there")]
    NotLoopback(SocketAddr),
    /// A relay's address is not a URL.
    #[error("{0:?} is not a relay's URL")]
    Relay(String),
    /// No address to listen on.
    #[error("there is no address to listen on: name one, such as 0.0.0.0:4433")]
    NoAddress,
    /// An address is taken, or not this machine's.
    #[error("cannot listen on {addrs}: {reason}")]
    Bind {
        /// The address, or all of them where it is not known which.
        addrs: String,
        /// What the system said.
        reason: String,
    },
}

/// How long a silent connection is kept, and how often a quiet one is touched.
struct Patience {
    idle: Duration,
    keep_alive: Duration,
    first_rtt: Duration,
}

/// A socket to open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Socket {
    addr: SocketAddr,
    /// New connections to peers of its family go out from it.
    is_default: bool,
    /// Without it nothing works.
    is_required: bool,
}

impl Socket {
    fn options(&self) -> BindOpts {
        let whole = if self.addr.is_ipv4() { 32 } else { 128 };
        let prefix = if self.is_default { 0 } else { whole };
        BindOpts::default().set_prefix_len(prefix).set_is_required(self.is_required)
    }
}

/// The sockets for the addresses given. The first of a family is the one that new connections go out from.
///
/// An address that stands for all of one family stands for the other family's as well, where the machine has it:
/// peers are of both, and a witness that had sockets of one only would never see the devices of the other.
fn sockets(listen: &[SocketAddr]) -> Vec<Socket> {
    let mut sockets: Vec<Socket> = Vec::new();
    for &addr in listen {
        let is_default = !sockets.iter().any(|socket| socket.addr.is_ipv4() == addr.is_ipv4());
        sockets.push(Socket { addr, is_default, is_required: true });
    }
    let is_mixed = sockets.iter().filter(|socket| socket.is_default).count() > 1;
    if let Some(addr) = listen.iter().find_map(other_family).filter(|_| !is_mixed) {
        sockets.push(Socket { addr, is_default: true, is_required: false });
    }
    // The transport takes no further socket of a family after its default one.
    sockets.sort_by_key(|socket| socket.is_default);
    sockets
}

/// What stands for the same in the other family: all addresses, or loopback for someone who only dials.
fn other_family(addr: &SocketAddr) -> Option<SocketAddr> {
    let port = addr.port();
    let ip = match addr.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V4(Ipv4Addr::LOCALHOST) if port == 0 => IpAddr::V6(Ipv6Addr::LOCALHOST),
        IpAddr::V6(Ipv6Addr::LOCALHOST) if port == 0 => IpAddr::V4(Ipv4Addr::LOCALHOST),
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

/// Why none of `sockets` can send to any of a peer's addresses, with the remedy; `None` when one can, or when the peer
/// has no address.
pub(crate) fn out_of_reach(sockets: &[SocketAddr], peer: &[SocketAddr]) -> Option<&'static str> {
    let same_family = |socket: &SocketAddr, addr: &SocketAddr| socket.is_ipv4() == addr.is_ipv4();
    let on_the_way =
        |socket: &SocketAddr, addr: &SocketAddr| !socket.ip().is_loopback() || addr.ip().is_loopback();
    let pairs: Vec<(&SocketAddr, &SocketAddr)> =
        sockets.iter().flat_map(|socket| peer.iter().map(move |addr| (socket, addr))).collect();
    if peer.is_empty()
        || pairs.iter().any(|(socket, addr)| same_family(socket, addr) && on_the_way(socket, addr))
    {
        return None;
    }
    Some(if !pairs.iter().any(|(socket, addr)| on_the_way(socket, addr)) {
        "listen on 0.0.0.0:0 instead of loopback"
    } else if peer.iter().all(SocketAddr::is_ipv6) {
        "listen on an IPv6 address as well, such as with a further --listen [::]:0"
    } else {
        "listen on an IPv4 address as well, such as with a further --listen 0.0.0.0:0"
    })
}

impl Transport {
    /// Loopback for a loopback address, else public.
    pub fn for_address(listen: SocketAddr) -> Self {
        match listen.ip().is_loopback() {
            true => Self::Loopback,
            false => Self::Public { relays: Vec::new() },
        }
    }

    fn patience(&self) -> Patience {
        match self {
            // A lost first packet is repeated after about three round trips.
            Self::Loopback => Patience {
                idle: Duration::from_secs(5),
                keep_alive: Duration::from_secs(1),
                first_rtt: Duration::from_millis(30),
            },
            Self::Direct | Self::Public { .. } => Patience {
                idle: Duration::from_secs(30),
                keep_alive: Duration::from_secs(5),
                first_rtt: Duration::from_millis(250),
            },
        }
    }
}

/// Opens sockets to dial from. The transport key is their address.
///
/// `0.0.0.0` or `[::]` alone stands for all addresses of both families, and so does loopback with port 0.
///
/// # Errors
/// [`TransportError`].
pub async fn bind(
    secret: SecretKey,
    listen: &[SocketAddr],
    transport: &Transport,
) -> Result<Endpoint, TransportError> {
    bind_for(&[], secret, listen, transport).await
}

/// The same, and accepts whoever dials with one of these protocols.
///
/// # Errors
/// [`TransportError`].
pub async fn bind_for(
    protocols: &[&[u8]],
    secret: SecretKey,
    listen: &[SocketAddr],
    transport: &Transport,
) -> Result<Endpoint, TransportError> {
    if listen.is_empty() {
        return Err(TransportError::NoAddress);
    }
    if *transport == Transport::Loopback
        && let Some(addr) = listen.iter().find(|addr| !addr.ip().is_loopback())
    {
        return Err(TransportError::NotLoopback(*addr));
    }
    let failed = |error: &dyn std::fmt::Display| {
        let addrs: Vec<String> = listen.iter().map(ToString::to_string).collect();
        TransportError::Bind { addrs: addrs.join(", "), reason: error.to_string() }
    };
    let builder = match transport {
        Transport::Loopback => {
            Endpoint::builder(presets::Minimal).portmapper_config(PortmapperConfig::Disabled)
        }
        Transport::Direct => Endpoint::builder(presets::Minimal),
        Transport::Public { relays } if relays.is_empty() => Endpoint::builder(presets::N0),
        Transport::Public { relays } => {
            let parse =
                |relay: &String| relay.parse::<RelayUrl>().map_err(|_| TransportError::Relay(relay.clone()));
            let relays: Vec<RelayUrl> = relays.iter().map(parse).collect::<Result<_, _>>()?;
            Endpoint::builder(presets::N0).relay_mode(RelayMode::Custom(RelayMap::from_iter(relays)))
        }
    };
    let mut builder = builder.clear_ip_transports();
    for socket in sockets(listen) {
        builder =
            builder.bind_addr_with_opts(socket.addr, socket.options()).map_err(|error| failed(&error))?;
    }
    let endpoint = builder
        .secret_key(secret)
        .alpns(protocols.iter().map(|protocol| protocol.to_vec()).collect())
        .transport_config(quic(&transport.patience()))
        .bind()
        .await
        .map_err(|error| failed(&error))?;
    Ok(endpoint)
}

fn quic(patience: &Patience) -> QuicTransportConfig {
    // Small windows: the longest exchange is two frames, and a peer must not make us hold more.
    windows(patience, 16 << 10, 256 << 10)
}

/// How a connection is dialled over which much is received.
pub(crate) fn bulk(transport: &Transport) -> ConnectOptions {
    ConnectOptions::new().with_transport_config(windows(&transport.patience(), BULK_WINDOW, BULK_WINDOW))
}

/// Bytes that a download or a rate test may have under way: 10 ms of 800 Mbit/s. Not more: the transport ends a
/// connection when 1024 packets of one stream wait to be read, gaps or none (quinn-rs/quinn#2809), and a packet has more
/// than 1100 bytes.
const BULK_WINDOW: u32 = 1 << 20;
/// Bytes that a device keeps for one peer until they are acknowledged.
const SEND_WINDOW: u64 = 2 << 20;

fn windows(patience: &Patience, stream: u32, connection: u32) -> QuicTransportConfig {
    let idle = IdleTimeout::try_from(patience.idle).ok();
    QuicTransportConfig::builder()
        .max_idle_timeout(idle)
        .keep_alive_interval(patience.keep_alive)
        .initial_rtt(patience.first_rtt)
        .max_concurrent_bidi_streams(VarInt::from_u32(16))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .stream_receive_window(VarInt::from_u32(stream))
        .receive_window(VarInt::from_u32(connection))
        .send_window(SEND_WINDOW)
        .datagram_receive_buffer_size(None)
        .build()
}

/// Codes with which a connection is closed.
pub mod close {
    use iroh::endpoint::VarInt;

    /// The daemon stops, or the epoch is over.
    pub const DONE: VarInt = VarInt::from_u32(0);
    /// The peer's transport key is in no directory.
    pub const UNKNOWN: VarInt = VarInt::from_u32(1);
    /// The peer is registered but not drawn for this device.
    pub const NOT_DRAWN: VarInt = VarInt::from_u32(2);
    /// Too many messages that were no messages.
    pub const MISBEHAVED: VarInt = VarInt::from_u32(3);
    /// The same peer has opened a newer connection.
    pub const REPLACED: VarInt = VarInt::from_u32(4);
    /// No answer in time; a new connection follows.
    pub const STALE: VarInt = VarInt::from_u32(5);
    /// Nothing was asked for some time.
    pub const IDLE: VarInt = VarInt::from_u32(7);
    /// Too many connections.
    pub const CROWDED: VarInt = VarInt::from_u32(6);
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROTOCOL: &[u8] = b"popw/test/1";

    fn addrs(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| text.parse().expect("an address")).collect()
    }

    fn opened(listen: &[&str]) -> Vec<(String, bool, bool)> {
        let sockets = sockets(&addrs(listen));
        sockets.iter().map(|one| (one.addr.to_string(), one.is_default, one.is_required)).collect()
    }

    #[test]
    fn all_addresses_of_one_family_stand_for_both() {
        let both =
            |one: &str, other: &str| vec![(one.to_owned(), true, true), (other.to_owned(), true, false)];
        assert_eq!(opened(&["0.0.0.0:0"]), both("0.0.0.0:0", "[::]:0"));
        assert_eq!(opened(&["[::]:4433"]), both("[::]:4433", "0.0.0.0:4433"));
        assert_eq!(opened(&["127.0.0.1:0"]), both("127.0.0.1:0", "[::1]:0"));
        // Who names an address means it.
        assert_eq!(opened(&["127.0.0.1:4433"]), [("127.0.0.1:4433".to_owned(), true, true)]);
        assert_eq!(opened(&["192.0.2.7:0"]), [("192.0.2.7:0".to_owned(), true, true)]);
    }

    #[test]
    fn the_first_address_of_a_family_is_the_way_out() {
        let several = opened(&["192.0.2.7:1", "[2001:db8::7]:2", "192.0.2.8:3"]);
        let expected = [("192.0.2.8:3", false), ("192.0.2.7:1", true), ("[2001:db8::7]:2", true)];
        assert_eq!(several, expected.map(|(addr, is_default)| (addr.to_owned(), is_default, true)));
        assert_eq!(opened(&["0.0.0.0:1", "[2001:db8::7]:2"]).len(), 2, "both families are given");
    }

    #[test]
    fn a_peer_without_a_common_family_is_out_of_reach() {
        let reach = |sockets: &[&str], peer: &[&str]| out_of_reach(&addrs(sockets), &addrs(peer));
        let (v4, v6) = ("192.0.2.7:1", "[2001:db8::7]:1");
        assert!(reach(&["0.0.0.0:1"], &[v6]).is_some_and(|remedy| remedy.contains("[::]:0")));
        assert!(reach(&["[::]:1"], &[v4]).is_some_and(|remedy| remedy.contains("0.0.0.0:0")));
        assert!(reach(&["127.0.0.1:1"], &[v4]).is_some_and(|remedy| remedy.contains("loopback")));
        for (sockets, peer) in [
            (&["0.0.0.0:1"][..], &[v4][..]),
            (&["0.0.0.0:1"], &[v6, v4]),
            (&["0.0.0.0:1", "[::]:1"], &[v6]),
            (&["127.0.0.1:1"], &["127.0.0.1:2"]),
            (&["127.0.0.1:1"], &[]),
        ] {
            assert_eq!(reach(sockets, peer), None, "{sockets:?} {peer:?}");
        }
    }

    #[tokio::test]
    async fn a_dialler_reaches_peers_of_either_family() {
        let key = |seed: u8| SecretKey::from_bytes(&[seed; 32]);
        let any = addrs(&["127.0.0.1:0"]);
        let dialler = bind(key(1), &any, &Transport::Loopback).await.expect("sockets");
        for (seed, listen) in [(2, "127.0.0.1:0"), (3, "[::1]:0")] {
            let Ok(socket) = std::net::UdpSocket::bind(listen) else {
                println!("SKIPPED: this machine has no {listen}");
                continue;
            };
            let at = socket.local_addr().expect("an address");
            drop(socket);
            let peer = bind_for(&[PROTOCOL], key(seed), &[at], &Transport::Loopback).await.expect("a socket");
            let address = iroh::EndpointAddr::new(peer.id()).with_ip_addr(at);
            let accepting = tokio::spawn(async move {
                let incoming = peer.accept().await.expect("a peer");
                let connection = incoming.await.expect("a connection");
                connection.closed().await
            });
            let dialled =
                tokio::time::timeout(Duration::from_secs(20), dialler.connect(address, PROTOCOL)).await;
            dialled.expect("in time").expect("a connection").close(close::DONE, b"done");
            accepting.await.expect("closed");
        }
    }
}
