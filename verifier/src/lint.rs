//! Everything that can be seen to be wrong with a verifying key, from its bytes.
//!
//! [`crate::key::VerifyingKey::from_bytes`] stops at the first error; this goes on, and adds what is worth knowing about a
//! key that works. Of a Groth16 key it also compares pairings, which take too long for every reading of a key. It sees what
//! the bytes show: whoever made a key knows its secrets unless a ceremony destroyed them, and no lint can tell.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use ark_bn254::G2Affine;
use ark_ec::AffineRepr;
use serde::Serialize;

use crate::claims;
use crate::groth16::{MOST_SEARCHED, RawKey, Weakness, linked, weaknesses};
#[cfg(feature = "halo2")]
use crate::halo2;
use crate::key::{self, Development, Header, System};
use crate::malformed::{Field, Malformed, Problem};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// The key works; something about it limits what its proofs are worth.
    Warning,
    /// Do not use the key: it cannot be read, or proofs for it can be forged.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// One thing about a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// A code that stays the same between versions.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it is.
    pub message: String,
    /// What to do about it.
    pub remedy: &'static str,
}

const FETCH_AGAIN: &str = "get the file again from its publisher and compare its BLAKE3 digest";
const NEW_SETUP: &str = "do not use this key; finish the ceremony or run the setup again";

/// All findings, the worst first; none at all for a finished key of a claim that this crate knows.
pub fn lint(file: &[u8]) -> Vec<Finding> {
    let mut findings = Vec::new();
    match key::split(file) {
        Ok((header, payload)) => {
            lint_header(&header, &mut findings);
            match header.system {
                System::Groth16 => lint_groth16(payload, header.is_claim(), &mut findings),
                System::Halo2 => lint_halo2(payload, &mut findings),
            }
        }
        Err(malformed) => findings.push(broken(malformed)),
    }
    let worst_first = [Severity::Error, Severity::Warning, Severity::Note];
    let of = |severity| findings.iter().filter(move |finding| finding.severity == severity).cloned();
    worst_first.into_iter().flat_map(of).collect()
}

fn lint_header(header: &Header, findings: &mut Vec<Finding>) {
    match claims::find(&header.claim, header.claim_version) {
        None if !header.is_claim() => findings.push(Finding {
            code: "circuit",
            severity: Severity::Note,
            message: format!("the key of {}, a circuit that is not one of popw's claims", header.shape),
            remedy: "nothing to do; no proof for it is taken for a claim's",
        }),
        None => findings.push(Finding {
            code: "unknown-claim",
            severity: Severity::Warning,
            message: format!("this version knows no claim {} {}", header.claim, header.claim_version),
            remedy: "use a version of this program that knows the claim",
        }),
        Some(claim) if claim.challenges(&header.shape).is_none() => findings.push(Finding {
            code: "unknown-shape",
            severity: Severity::Warning,
            message: format!("claim {} has no shape {}", header.claim, header.shape),
            remedy: "use a version of this program that knows the shape",
        }),
        Some(_) => {}
    }
    if let Some(development) = header.development {
        findings.push(Finding {
            code: match development {
                Development::Seeded => "development-seeded",
                Development::Random => "development-random",
            },
            severity: Severity::Warning,
            message: development.warning().into(),
            remedy: "use it for development only; take keys from a ceremony where proofs are worth something",
        });
    }
}

fn lint_groth16(payload: &[u8], claim: bool, findings: &mut Vec<Finding>) {
    let RawKey { alpha, g2, ic_count, ic, end } = RawKey::read(payload, claim);
    let points =
        [alpha.err()].into_iter().chain(g2.map(Result::err)).chain(ic.iter().map(|point| point.err()));
    let mut truncated = false;
    for malformed in points.chain([ic_count.err(), end.err()]).flatten() {
        // Once the bytes have ended, every later field is missing: one finding says so.
        if truncated {
            break;
        }
        truncated = malformed.problem == Problem::Truncated;
        findings.push(broken(malformed));
    }

    let readable: Vec<_> = ic.iter().map(|point| point.ok()).collect();
    let weaknesses = weaknesses(alpha.ok(), g2.map(Result::ok), &readable);
    if let (Ok(alpha), [Ok(beta), Ok(gamma), Ok(delta)], [Some(ic0), ..], []) =
        (alpha, g2, readable.as_slice(), weaknesses.as_slice())
        && let Some([(a, b), (c, d)]) = linked(alpha, [beta, gamma, delta], *ic0)
    {
        findings.push(Finding {
            code: "linked-points",
            severity: Severity::Error,
            message: format!(
                "the pairing of {a} and {b} equals that of {c} and {d} up to sign, which no honest setup makes so"
            ),
            remedy: NEW_SETUP,
        });
    }
    findings.extend(weaknesses.into_iter().map(weak));
    if readable.len() > MOST_SEARCHED {
        findings.push(Finding {
            code: "sums-not-searched",
            severity: Severity::Note,
            message: format!(
                "of more than {MOST_SEARCHED} IC points, only the first few were searched for sums that are other points"
            ),
            remedy: "take the key from a ceremony that its users have checked",
        });
    }
    let [_, gamma, _] = g2;
    if gamma == Ok(G2Affine::generator()) {
        findings.push(Finding {
            code: "gamma-generator",
            severity: Severity::Note,
            message: format!("{} is the generator, as snarkjs has it; harmless", Field::Gamma),
            remedy: "nothing to do",
        });
    }
}

#[cfg(feature = "halo2")]
fn lint_halo2(payload: &[u8], findings: &mut Vec<Finding>) {
    let key = halo2::Key::from_payload(payload).and_then(|key| key::check_inputs(&key));
    findings.extend(key.err().map(broken));
}

/// A key that this build cannot read must not pass for one without faults.
#[cfg(not(feature = "halo2"))]
fn lint_halo2(_: &[u8], findings: &mut Vec<Finding>) {
    let error = key::KeyError::UnsupportedSystem(System::Halo2);
    findings.push(Finding {
        code: error.code(),
        severity: Severity::Error,
        message: error.to_string(),
        remedy: "lint it with a build that has this proof system",
    });
}

fn broken(malformed: Malformed) -> Finding {
    let (code, remedy) = match (malformed.problem, malformed.field) {
        (Problem::Infinity, _) => ("infinity", NEW_SETUP),
        (Problem::Unbound, _) => ("unbound", NEW_SETUP),
        (Problem::NotCanonical, _) => ("not-canonical", FETCH_AGAIN),
        (Problem::NotOnCurve, _) => ("not-on-curve", FETCH_AGAIN),
        (Problem::NotInSubgroup, _) => ("wrong-subgroup", NEW_SETUP),
        (Problem::Count { .. }, _) => {
            ("ic-count", "use the key of this claim: every claim has three public inputs")
        }
        (Problem::Limit { .. }, _) => {
            ("too-many", "use a program that takes so many; nothing else is wrong with this")
        }
        (Problem::Truncated, _) => ("truncated", FETCH_AGAIN),
        (Problem::TrailingBytes { .. }, _) => ("trailing-bytes", FETCH_AGAIN),
        (Problem::Version { .. }, _) => {
            ("format-version", "use a version of this program that reads the format")
        }
        (Problem::NotAKey, _) => ("not-a-key", "name a verifying key file"),
        (_, _) => ("malformed", FETCH_AGAIN),
    };
    Finding { code, severity: Severity::Error, message: malformed.to_string(), remedy }
}

fn weak(weakness: Weakness) -> Finding {
    Finding {
        code: weakness.code(),
        severity: Severity::Error,
        message: weakness.to_string(),
        remedy: NEW_SETUP,
    }
}
