//! Many documents of one key.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use popw_core::document::ProofEnvelope;

use super::check::{self, Checked};
use super::{Against, EnvelopeError, Verdict};
use crate::groth16::{Entry, PreparedKey, Proof, find_invalid};
use crate::verifier::Prepared;
use crate::{Fr, Malformed, Verifier, VerifyError, parallel};

/// Verifies documents of one key, Groth16 proofs all at once. Each gets the verdict that [`super::verify`] gives it, except
/// that of several documents with one nullifier only the first is due: the others are already claimed.
pub fn verify_many(
    envelopes: &[ProofEnvelope],
    verifier: &Verifier,
    against: Against<'_>,
) -> Vec<Result<Verdict, EnvelopeError>> {
    let checked =
        envelopes.iter().map(|envelope| check::openings(envelope, verifier.header(), verifier.digest()));
    let checked: Vec<_> = match verifier.prepared() {
        Prepared::Groth16(key) => groth16(key, envelopes, checked.collect()),
        #[cfg(feature = "halo2")]
        Prepared::Halo2(_) => {
            let prove = |(envelope, checked): (&ProofEnvelope, Result<_, EnvelopeError>)| {
                let checked = checked?;
                verifier.verify(&envelope.public.to_array(), &envelope.proof)?;
                Ok(checked)
            };
            envelopes.iter().zip(checked).map(prove).collect()
        }
    };
    let mut seen = BTreeSet::new();
    let conclude = |(envelope, checked): (&ProofEnvelope, Result<Checked<'_>, EnvelopeError>)| {
        let verdict = check::conclude(&checked?, verifier.header(), against, &seen)?;
        seen.insert(envelope.public.nullifier);
        Ok(verdict)
    };
    envelopes.iter().zip(checked).map(conclude).collect()
}

type Results<'a> = Vec<Result<Checked<'a>, EnvelopeError>>;

/// Replaces the results of documents whose proof cannot be read or does not hold.
fn groth16<'a>(key: &PreparedKey, envelopes: &[ProofEnvelope], results: Results<'a>) -> Results<'a> {
    let inputs: Vec<[Fr; 3]> = envelopes.iter().map(|envelope| envelope.public.to_array()).collect();
    let proofs = parallel::map(envelopes, |envelope| Proof::from_bytes(&envelope.proof));
    let pair = |(checked, proof): (Result<_, EnvelopeError>, Result<Proof, Malformed>)| {
        Ok((checked?, proof.map_err(VerifyError::from)?))
    };
    let proofs: Vec<Result<(Checked<'a>, Proof), EnvelopeError>> =
        results.into_iter().zip(proofs).map(pair).collect();
    let readable = proofs.iter().zip(&inputs).enumerate();
    let (positions, entries): (Vec<usize>, Vec<Entry<'_>>) = readable
        .filter_map(|(index, (proof, inputs))| {
            proof.as_ref().ok().map(|(_, proof)| (index, Entry { inputs, proof }))
        })
        .unzip();
    // Every document has three inputs and every key takes three, so no entry is refused for their number.
    let all = || (0..entries.len()).collect();
    let invalid: Vec<usize> = find_invalid(key, &entries).unwrap_or_else(|_| all());
    // In order, as both lists are.
    let invalid: Vec<usize> = invalid.into_iter().filter_map(|entry| positions.get(entry).copied()).collect();
    let judge = |(index, proof): (usize, Result<(Checked<'a>, Proof), EnvelopeError>)| match proof {
        Ok(_) if invalid.binary_search(&index).is_ok() => Err(VerifyError::Rejected.into()),
        Ok((checked, _)) => Ok(checked),
        Err(error) => Err(error),
    };
    proofs.into_iter().enumerate().map(judge).collect()
}
