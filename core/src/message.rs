//! The messages people and devices sign, each built here from typed fields under a tag of its own.
//!
//! Signing a value received from outside would make the signer an oracle: whoever signs calls these functions on
//! what it knows itself.

use crate::{
    Fr,
    bitmap::SlotBitmap,
    poseidon::hash,
    tag::{self, Tag},
};

/// What a device answers a witness's ping with: `H(⟦popw.pong⟧, H(domain, epoch, slot), D, W_i, nonce)`.
pub fn pong(domain: Fr, epoch: u32, slot: u32, device_leaf: Fr, witness_leaf: Fr, nonce: Fr) -> Fr {
    let place = hash(&[domain, Fr::from(epoch), Fr::from(slot)]);
    hash(&[tag::PONG.fr(), place, device_leaf, witness_leaf, nonce])
}

/// What a witness signs about a device: `H(⟦popw.att.uptime⟧, H(domain, epoch, ρ), D, bitmap)`. Signed again in an
/// epoch, it may only have more bits.
pub fn uptime_attestation(domain: Fr, epoch: u32, rho: Fr, device_leaf: Fr, bitmap: &SlotBitmap) -> Fr {
    let place = hash(&[domain, Fr::from(epoch), rho]);
    hash(&[tag::ATT_UPTIME.fr(), place, device_leaf, bitmap.to_fr()])
}

/// What a client signs while it downloads: `H(⟦popw.receipt⟧, H(domain, epoch, seq), D, bytes)`. `seq` is its
/// allotment's, `bytes` all it has received on it so far: the last receipt counts.
pub fn receipt(domain: Fr, epoch: u32, seq: u64, device_leaf: Fr, bytes: u64) -> Fr {
    let place = hash(&[domain, Fr::from(epoch), Fr::from(seq)]);
    hash(&[tag::RECEIPT.fr(), place, device_leaf, Fr::from(bytes)])
}

/// What a challenger signs about a device: `H(⟦popw.att.rate⟧, H(domain, epoch, ρ), D, rate)`, once an epoch. `rate` is
/// the median of per-second sums in 0.1 Mbit/s, by its own clock and counters.
pub fn rate_attestation(domain: Fr, epoch: u32, rho: Fr, device_leaf: Fr, rate: u32) -> Fr {
    let place = hash(&[domain, Fr::from(epoch), rho]);
    hash(&[tag::ATT_RATE.fr(), place, device_leaf, Fr::from(rate)])
}

/// What a key is registered as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// A device.
    Device,
    /// A witness.
    Witness,
}

impl Role {
    /// The tag of the role's leaf.
    pub fn tag(self) -> Tag {
        match self {
            Self::Device => tag::DEVICE,
            Self::Witness => tag::WITNESS,
        }
    }
}

/// Proof of possession at registration, signed with the key that is registered:
/// `H(⟦popw.register⟧, role, domain, owner)`. The key itself enters through the signature's `h`, so the signature
/// registers this key for this owner, role and network and nothing else.
pub fn possession(domain: Fr, role: Role, owner: Fr) -> Fr {
    hash(&[tag::REGISTER.fr(), role.tag().fr(), domain, owner])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_matters() {
        let f = |n: u64| Fr::from(n);
        let base = pong(f(1), 2, 3, f(4), f(5), f(6));
        for other in [
            pong(f(0), 2, 3, f(4), f(5), f(6)),
            pong(f(1), 0, 3, f(4), f(5), f(6)),
            pong(f(1), 2, 0, f(4), f(5), f(6)),
            pong(f(1), 2, 3, f(0), f(5), f(6)),
            pong(f(1), 2, 3, f(4), f(0), f(6)),
            pong(f(1), 2, 3, f(4), f(5), f(0)),
        ] {
            assert_ne!(other, base);
        }

        let (none, mut one) = (SlotBitmap::default(), SlotBitmap::default());
        one.set(0).unwrap();
        let base = uptime_attestation(f(1), 2, f(3), f(4), &none);
        for other in [
            uptime_attestation(f(0), 2, f(3), f(4), &none),
            uptime_attestation(f(1), 0, f(3), f(4), &none),
            uptime_attestation(f(1), 2, f(0), f(4), &none),
            uptime_attestation(f(1), 2, f(3), f(0), &none),
            uptime_attestation(f(1), 2, f(3), f(4), &one),
        ] {
            assert_ne!(other, base);
        }

        let base = receipt(f(1), 2, 3, f(4), 5);
        for other in [
            receipt(f(0), 2, 3, f(4), 5),
            receipt(f(1), 0, 3, f(4), 5),
            receipt(f(1), 2, 0, f(4), 5),
            receipt(f(1), 2, 3, f(0), 5),
            receipt(f(1), 2, 3, f(4), 0),
        ] {
            assert_ne!(other, base);
        }

        let base = rate_attestation(f(1), 2, f(3), f(4), 5);
        for other in [
            rate_attestation(f(0), 2, f(3), f(4), 5),
            rate_attestation(f(1), 0, f(3), f(4), 5),
            rate_attestation(f(1), 2, f(0), f(4), 5),
            rate_attestation(f(1), 2, f(3), f(0), 5),
            rate_attestation(f(1), 2, f(3), f(4), 0),
        ] {
            assert_ne!(other, base);
        }

        let base = possession(f(1), Role::Device, f(2));
        for other in [
            possession(f(0), Role::Device, f(2)),
            possession(f(1), Role::Witness, f(2)),
            possession(f(1), Role::Device, f(0)),
        ] {
            assert_ne!(other, base);
        }
    }
}
