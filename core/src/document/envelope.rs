//! A proof with all that is needed to judge it.

use alloc::{format, string::String, vec::Vec};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Document, DocumentError, Version, check_domain, check_name, check_size, inconsistent};
use crate::{
    Fr,
    claim::{ContextOpening, Kind, PayeeOpening, Roots, Rules},
    field,
};

/// `popw.proof`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum EnvelopeFormat {
    /// The one value.
    #[default]
    #[serde(rename = "popw.proof")]
    Proof,
}

/// A proof, which key checks it, and what its public inputs open to.
///
/// A valid proof alone is not due: anyone can build registries of their own. See [`ContextDocument`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProofEnvelope {
    /// `popw.proof`.
    pub format: EnvelopeFormat,
    /// 1.
    pub version: Version<1>,
    /// What is claimed, such as `uptime`.
    pub claim: String,
    /// Version of the claim's statement.
    pub claim_version: u32,
    /// Size of the circuit, such as `demo` or `standard`.
    pub shape: String,
    /// The proof system.
    pub system: System,
    /// BLAKE3 of the verifying key's file.
    #[serde(with = "field::hex32")]
    #[cfg_attr(feature = "schema", schemars(with = "field::schema::Hex32"))]
    pub key_digest: [u8; 32],
    /// Whether the key is for development: its maker can forge proofs.
    pub development: bool,
    /// What the public inputs open to.
    pub opening: Openings,
    /// The public inputs.
    pub public: PublicInputs,
    /// The proof.
    #[serde(with = "field::hex_bytes")]
    #[cfg_attr(feature = "schema", schemars(with = "field::schema::HexBytes"))]
    pub proof: Vec<u8>,
}

/// A proof system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum System {
    /// Groth16 over BN254.
    Groth16,
    /// halo2 with KZG over BN254.
    Halo2,
}

impl System {
    /// As documents write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Groth16 => "groth16",
            Self::Halo2 => "halo2",
        }
    }
}

/// What context and payee open to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Openings {
    /// Of the context.
    pub context: ContextDocument,
    /// Of the payee inside the outcome.
    pub payee: PayeeOpening,
}

/// What a context opens to. Only comparing it with what the network has published shows that a proof is about
/// this network's epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ContextDocument {
    /// The network's name, for people; bound by nothing.
    #[serde(default)]
    pub network: Option<String>,
    /// The contract that keeps the nullifiers.
    pub domain_id: String,
    /// The domain `domain_id` stands for.
    #[serde(with = "field::decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "field::schema::Decimal"))]
    pub domain: Fr,
    /// The epoch's number.
    pub epoch: u32,
    /// ρ.
    #[serde(with = "field::decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "field::schema::Decimal"))]
    pub opening: Fr,
    /// ρ′.
    #[serde(with = "field::decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "field::schema::Decimal"))]
    pub closing: Fr,
    /// Roots of the registries.
    pub roots: Roots,
    /// The rules.
    pub rules: Rules,
}

/// The public inputs of a claim, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PublicInputs {
    /// Network, epoch, registries and rules.
    #[serde(with = "field::decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "field::schema::Decimal"))]
    pub context: Fr,
    /// Spent when the claim is paid.
    #[serde(with = "field::decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "field::schema::Decimal"))]
    pub nullifier: Fr,
    /// Payee and amount.
    #[serde(with = "field::decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "field::schema::Decimal"))]
    pub outcome: Fr,
}

impl PublicInputs {
    /// As circuits and verifiers order them.
    pub fn to_array(&self) -> [Fr; 3] {
        [self.context, self.nullifier, self.outcome]
    }
}

impl ContextDocument {
    /// The opening, after checking that domain and domain_id agree and that the rules can be. `prefix` stands
    /// before the field's name in errors, such as `opening.context.`.
    ///
    /// # Errors
    /// Names the field that does not fit.
    pub fn opening(&self, prefix: &str) -> Result<ContextOpening, DocumentError> {
        check_domain(prefix, &self.domain_id, self.domain)?;
        self.rules.validate().map_err(|error| inconsistent(format!("{prefix}rules"), error))?;
        let Self { domain, epoch, opening, closing, roots, rules, .. } = *self;
        Ok(ContextOpening { domain, epoch, opening, closing, roots, rules })
    }
}

impl Document for ProofEnvelope {
    const FORMAT: &'static str = "popw.proof";
    const VERSION: u32 = 1;

    /// Form and openings alone: whether openings, public inputs and proof belong together is the verifier's
    /// question.
    fn check(&self) -> Result<(), DocumentError> {
        check_name("claim", &self.claim)?;
        check_name("shape", &self.shape)?;
        let context = self.opening.context.opening("opening.context.")?;
        let witnesses = Kind::find(&self.claim).map_or(Ok(()), |kind| context.rules.check_witnesses(kind));
        witnesses.map_err(|error| inconsistent("opening.context.rules", error))
    }
}

/// What the compact form begins with.
const MAGIC: &[u8; 8] = b"POPWPRF1";

/// Why bytes are not the compact form of a proof.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CompactError {
    /// Other first bytes.
    #[error("not a proof in compact form: it does not begin with POPWPRF1")]
    Magic,
    /// Cut short, or a value its field cannot have.
    #[error("the compact proof is cut short or holds an impossible value")]
    Malformed,
    /// Bytes after the end.
    #[error("{0} bytes follow the end of the compact proof")]
    Trailing(usize),
    /// A longer spelling of the same values.
    #[error("the compact proof is not in its shortest form")]
    NotCanonical,
    /// Well-formed, but the parts contradict each other.
    #[error(transparent)]
    Document(#[from] DocumentError),
}

impl ProofEnvelope {
    /// The compact form: a magic, then the same fields in the same order in postcard's encoding, field elements
    /// as 32 big-endian bytes.
    pub fn to_compact(&self) -> Vec<u8> {
        let start = MAGIC.to_vec();
        postcard::to_extend(self, start).expect("postcard writes every value of these types into a Vec")
    }

    /// Reads the compact form. Each envelope has one.
    ///
    /// # Errors
    /// [`CompactError`].
    pub fn from_compact(bytes: &[u8]) -> Result<Self, CompactError> {
        let fields = bytes.strip_prefix(MAGIC).ok_or(CompactError::Magic)?;
        check_size(bytes, Self::LIMIT)?;
        let (envelope, rest) =
            postcard::take_from_bytes::<Self>(fields).map_err(|_| CompactError::Malformed)?;
        if !rest.is_empty() {
            return Err(CompactError::Trailing(rest.len()));
        }
        if envelope.to_compact() != bytes {
            return Err(CompactError::NotCanonical);
        }
        envelope.check()?;
        Ok(envelope)
    }
}
