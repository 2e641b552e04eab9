//! QUIC by public key: how daemons reach each other.
//!
//! A peer's address is its transport key; who it is in the network's registries is looked up in the
//! epoch's directory. On loopback nothing else is contacted: no relay, no discovery, no port mapping.

use std::net::SocketAddr;
use std::time::Duration;

use iroh::endpoint::{ConnectOptions, IdleTimeout, PortmapperConfig, QuicTransportConfig, VarInt, presets};
use iroh::{Endpoint, RelayMap, RelayMode, RelayUrl, SecretKey};
use thiserror::Error;

use crate::wire::{ALPN, fetch, rate};

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
    /// The address is taken, or not this machine's.
    #[error("cannot listen on {addr}: {reason}")]
    Bind {
        /// The address.
        addr: SocketAddr,
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

/// Opens the daemon's socket. Its transport key is its address.
///
/// # Errors
/// [`TransportError`].
pub async fn bind(
    secret: SecretKey,
    listen: SocketAddr,
    transport: &Transport,
) -> Result<Endpoint, TransportError> {
    if *transport == Transport::Loopback && !listen.ip().is_loopback() {
        return Err(TransportError::NotLoopback(listen));
    }
    let failed =
        |error: &dyn std::fmt::Display| TransportError::Bind { addr: listen, reason: error.to_string() };
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
    let endpoint = builder
        .clear_ip_transports()
        .bind_addr(listen)
        .map_err(|error| failed(&error))?
        .secret_key(secret)
        .alpns(vec![ALPN.to_vec(), fetch::ALPN.to_vec(), rate::ALPN.to_vec()])
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
