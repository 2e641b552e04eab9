//! Where members can be reached.

use std::net::{IpAddr, SocketAddr};

/// An address at which nobody else reaches a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{address} {problem}: give the address and port at which others reach this member")]
pub struct AddressError {
    /// The address.
    pub address: SocketAddr,
    /// What is wrong with it.
    pub problem: &'static str,
}

/// Refuses addresses that mean another thing on every machine, or no machine. Loopback is let through, for networks on one
/// machine.
///
/// # Errors
/// [`AddressError`].
pub fn check_address(address: &SocketAddr) -> Result<(), AddressError> {
    let problem = match address.ip().to_canonical() {
        _ if address.port() == 0 => "has port 0, on which nothing listens",
        ip if ip.is_unspecified() => "is the unspecified address, which is no host's",
        ip if ip.is_multicast() => "is a multicast address, which is no host's",
        IpAddr::V4(ip) if ip.octets()[0] == 0 => "is of 0.0.0.0/8, which is no host's",
        IpAddr::V4(ip) if ip.is_broadcast() => "is the broadcast address, which is no host's",
        IpAddr::V4(ip) if ip.is_link_local() => "is link-local: it reaches the neighbours of one link only",
        IpAddr::V6(ip) if ip.is_unicast_link_local() => {
            "is link-local: it reaches the neighbours of one link only"
        }
        _ => return Ok(()),
    };
    Err(AddressError { address: *address, problem })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_others_can_reach_are_taken() {
        let problem = |text: &str| check_address(&text.parse().unwrap()).map_err(|error| error.problem);
        for good in ["203.0.113.7:4433", "127.0.0.1:1", "10.0.0.5:65535", "[::1]:4433", "[2001:db8::5]:4433"]
        {
            assert_eq!(problem(good), Ok(()), "{good}");
        }
        for (bad, part) in [
            ("203.0.113.7:0", "port 0"),
            ("[2001:db8::5]:0", "port 0"),
            ("0.0.0.0:4433", "unspecified"),
            ("[::]:4433", "unspecified"),
            ("[::ffff:0.0.0.0]:4433", "unspecified"),
            ("0.1.2.3:4433", "0.0.0.0/8"),
            ("224.0.0.251:4433", "multicast"),
            ("[ff02::1]:4433", "multicast"),
            ("255.255.255.255:4433", "broadcast"),
            ("169.254.10.1:4433", "link-local"),
            ("[::ffff:169.254.10.1]:4433", "link-local"),
            ("[fe80::1]:4433", "link-local"),
        ] {
            assert!(problem(bad).unwrap_err().contains(part), "{bad}");
        }
    }
}
