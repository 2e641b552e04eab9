//! drand: a chain's pinned parameters, the rounds of its HTTP API, and their verification.
//!
//! Sources: the chain hash is `chain.Info.Hash` of drand/drand (SHA-256 over period, genesis, public key, group hash
//! and, unless it is `default`, the beacon id); a round's message is SHA-256 of the previous signature (chained
//! schemes only) and the round; the randomness is SHA-256 of the signature.

use drand_verify::{G1Pubkey, G2PubkeyRfc, Pubkey};
use popw_core::document::{self, Beacon, BeaconSource};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How a chain signs its rounds. drand's other schemes (unchained on G2, fastnet's G1) are retired or test networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scheme {
    /// Signatures on G2 over the previous signature and the round; 48-byte public keys. drand's `default` network.
    #[serde(rename = "pedersen-bls-chained")]
    PedersenBlsChained,
    /// Signatures on G1 over the round, hashed as RFC 9380 has it; 96-byte public keys. drand's `quicknet`.
    #[serde(rename = "bls-unchained-g1-rfc9380")]
    BlsUnchainedG1Rfc9380,
}

/// The pinned parameters of one drand chain, as its `/info` gives them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrandChain {
    /// drand's name of the network; enters the chain hash unless it is `default`.
    pub beacon_id: String,
    /// The signature scheme.
    pub scheme: Scheme,
    /// SHA-256 over the fields below.
    #[serde(with = "hex::serde")]
    pub chain_hash: [u8; 32],
    /// Compressed BLS12-381 point: 48 bytes on G1 or 96 on G2.
    #[serde(with = "hex::serde")]
    pub public_key: Vec<u8>,
    /// The group's hash (`groupHash`, also the chain's genesis seed).
    #[serde(with = "hex::serde")]
    pub group_hash: [u8; 32],
    /// Seconds between rounds.
    pub period_s: u32,
    /// Unix time of round 1, in seconds.
    pub genesis_unix_s: u64,
}

/// One round, as drand's HTTP API gives it (`/public/<round>`), not yet verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrandRound {
    /// The round's number, from 1.
    pub round: u64,
    /// SHA-256 of the signature.
    pub randomness: [u8; 32],
    /// The group's signature: 48 bytes on G1 or 96 on G2.
    pub signature: Vec<u8>,
    /// Signature of the round before (chained schemes).
    pub previous_signature: Option<Vec<u8>>,
}

/// Why a drand chain or round is refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum DrandError {
    /// Not the JSON of a round.
    #[error("this is not a drand round as its HTTP API gives it: {0}")]
    Malformed(String),
    /// A hex field of the JSON is not hex or of the wrong length.
    #[error("the round's `{field}` must be {expected}")]
    Field {
        /// The field.
        field: &'static str,
        /// Its form.
        expected: &'static str,
    },
    /// Rounds are counted from 1.
    #[error("drand has no round 0: its first round is 1")]
    RoundZero,
    /// `randomness` is not the hash of `signature`.
    #[error("round {round}: the randomness is not SHA-256 of the signature, so one of them was altered")]
    Randomness {
        /// The round claimed.
        round: u64,
    },
    /// The signature is no point of the curve's subgroup.
    #[error(
        "round {round}: the signature is not a valid point for {scheme:?} ({reason}): is the round from the pinned chain?"
    )]
    SignaturePoint {
        /// The round claimed.
        round: u64,
        /// The pinned scheme.
        scheme: Scheme,
        /// From the curve library.
        reason: String,
    },
    /// The signature does not hold for this round under the pinned key.
    #[error(
        "round {round}: the signature does not verify with the pinned public key: another round, another chain or a forgery"
    )]
    Signature {
        /// The round claimed.
        round: u64,
    },
    /// A chained scheme without the previous signature.
    #[error("round {round}: the pinned chain is chained, so the round needs its `previous_signature`")]
    NeedsPrevious {
        /// The round claimed.
        round: u64,
    },
    /// An unchained scheme with a previous signature: a round of another chain.
    #[error(
        "round {round}: the pinned chain is unchained, but the round has a `previous_signature`: it is from another chain"
    )]
    HasPrevious {
        /// The round claimed.
        round: u64,
    },
    /// The pinned public key is unusable.
    #[error("beacon.public_key is not a valid public key for the scheme {scheme:?}: {reason}")]
    PublicKey {
        /// The pinned scheme.
        scheme: Scheme,
        /// From the curve library.
        reason: String,
    },
    /// The pinned chain hash is not that of the pinned parameters.
    #[error(
        "beacon.chain_hash is {pinned}, but the key, period, genesis, group hash and beacon id beside it make {computed}: \
         copy all of them from the chain's /info"
    )]
    ChainHash {
        /// As pinned, hex.
        pinned: String,
        /// As computed, hex.
        computed: String,
    },
    /// A period of zero.
    #[error("beacon.period_s must be at least 1")]
    Period,
}

impl DrandChain {
    /// League of Entropy's `quicknet`: a round every 3 s, unchained.
    pub fn quicknet() -> Self {
        Self {
            beacon_id: "quicknet".into(),
            scheme: Scheme::BlsUnchainedG1Rfc9380,
            chain_hash: constant("52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"),
            public_key: constant::<96>(
                "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451\
                 0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
            )
            .to_vec(),
            group_hash: constant("f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e"),
            period_s: 3,
            genesis_unix_s: 1_692_803_367,
        }
    }

    /// League of Entropy's `default` network: a round every 30 s, chained.
    pub fn default_network() -> Self {
        Self {
            beacon_id: "default".into(),
            scheme: Scheme::PedersenBlsChained,
            chain_hash: constant("8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce"),
            public_key: constant::<48>(
                "868f005eb8e6e4ca0a47c8a77ceaa5309a47978a7c71bc5cce96366b5d7a569937c529eeda66c7293784a9402801af31",
            )
            .to_vec(),
            group_hash: constant("176f93498eac9ca337150b46d21dd58673ea4e3581185f869672e59fa4cb390a"),
            period_s: 30,
            genesis_unix_s: 1_595_431_050,
        }
    }

    /// Checks the pinned parameters against each other: a usable key, and the chain hash they make.
    ///
    /// # Errors
    /// [`DrandError::PublicKey`], [`DrandError::ChainHash`], [`DrandError::Period`].
    pub fn validate(&self) -> Result<(), DrandError> {
        if self.period_s == 0 {
            return Err(DrandError::Period);
        }
        self.key().map(|_| ())?;
        let computed = self.computed_hash();
        if computed != self.chain_hash {
            return Err(DrandError::ChainHash {
                pinned: hex::encode(self.chain_hash),
                computed: hex::encode(computed),
            });
        }
        Ok(())
    }

    /// Verifies a round and makes it a beacon.
    ///
    /// # Errors
    /// As [`DrandChain::verify`].
    pub fn beacon(&self, round: DrandRound) -> Result<Beacon, DrandError> {
        self.verify(&round)?;
        Ok(Beacon {
            source: BeaconSource::Drand,
            chain_hash: Some(self.chain_hash),
            round: round.round,
            randomness: round.randomness,
            signature: Some(round.signature),
            previous_signature: round.previous_signature,
        })
    }

    /// Verifies a round with the pinned key.
    ///
    /// # Errors
    /// The [`DrandError`] of the first thing that does not hold.
    pub fn verify(&self, round: &DrandRound) -> Result<(), DrandError> {
        let number = round.round;
        if number == 0 {
            return Err(DrandError::RoundZero);
        }
        let previous = match (self.scheme, &round.previous_signature) {
            (Scheme::PedersenBlsChained, None) => return Err(DrandError::NeedsPrevious { round: number }),
            (Scheme::PedersenBlsChained, Some(previous)) => previous.as_slice(),
            (Scheme::BlsUnchainedG1Rfc9380, Some(_)) => {
                return Err(DrandError::HasPrevious { round: number });
            }
            (Scheme::BlsUnchainedG1Rfc9380, None) => &[],
        };
        if drand_verify::derive_randomness(&round.signature) != round.randomness {
            return Err(DrandError::Randomness { round: number });
        }
        let held = match self.key()? {
            Key::OnG1(key) => key.verify(number, previous, &round.signature),
            Key::OnG2(key) => key.verify(number, previous, &round.signature),
        };
        match held {
            Ok(true) => Ok(()),
            Ok(false) => Err(DrandError::Signature { round: number }),
            Err(error) => Err(DrandError::SignaturePoint {
                round: number,
                scheme: self.scheme,
                reason: error.to_string(),
            }),
        }
    }

    /// Unix milliseconds at which a round (from 1) is made.
    pub fn round_time_ms(&self, round: u64) -> u64 {
        let seconds = u64::from(self.period_s).saturating_mul(round.saturating_sub(1));
        self.genesis_unix_s.saturating_add(seconds).saturating_mul(1000)
    }

    /// The first round made at or after a moment (Unix milliseconds).
    pub fn first_round_at_or_after(&self, unix_ms: u64) -> u64 {
        let since = unix_ms.saturating_sub(self.genesis_unix_s.saturating_mul(1000));
        let period = u64::from(self.period_s.max(1)) * 1000;
        since.div_ceil(period).saturating_add(1)
    }

    /// SHA-256 as drand makes a chain's hash.
    fn computed_hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.period_s.to_be_bytes());
        hash.update(self.genesis_unix_s.to_be_bytes());
        hash.update(&self.public_key);
        hash.update(self.group_hash);
        if self.beacon_id != "default" {
            hash.update(self.beacon_id.as_bytes());
        }
        hash.finalize().into()
    }

    fn key(&self) -> Result<Key, DrandError> {
        let key = match self.scheme {
            Scheme::PedersenBlsChained => G1Pubkey::from_variable(&self.public_key).map(Key::OnG1),
            Scheme::BlsUnchainedG1Rfc9380 => G2PubkeyRfc::from_variable(&self.public_key).map(Key::OnG2),
        };
        key.map_err(|error| DrandError::PublicKey { scheme: self.scheme, reason: error.to_string() })
    }
}

enum Key {
    OnG1(G1Pubkey),
    OnG2(G2PubkeyRfc),
}

impl DrandRound {
    /// Parses a round as drand's HTTP API gives it. Fields that drand may add later are ignored.
    ///
    /// # Errors
    /// [`DrandError::Malformed`], [`DrandError::Field`].
    pub fn parse(json: &[u8]) -> Result<Self, DrandError> {
        #[derive(Deserialize)]
        struct Round {
            round: u64,
            randomness: String,
            signature: String,
            previous_signature: Option<String>,
        }
        let raw: Round = document::read(json).map_err(|error| DrandError::Malformed(error.to_string()))?;
        Ok(Self {
            round: raw.round,
            randomness: <[u8; 32]>::try_from(bytes("randomness", &raw.randomness)?)
                .map_err(|_| DrandError::Field { field: "randomness", expected: "32 bytes in hex" })?,
            signature: bytes("signature", &raw.signature)?,
            previous_signature: raw
                .previous_signature
                .filter(|text| !text.is_empty())
                .map(|text| bytes("previous_signature", &text))
                .transpose()?,
        })
    }
}

fn bytes(field: &'static str, text: &str) -> Result<Vec<u8>, DrandError> {
    let expected = "hex of at most 96 bytes";
    if text.len() > 192 {
        return Err(DrandError::Field { field, expected });
    }
    hex::decode(text).map_err(|_| DrandError::Field { field, expected })
}

/// A constant of this file from hex.
fn constant<const N: usize>(text: &str) -> [u8; N] {
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).expect("a constant of this file");
    bytes
}
