//! From the contract's answer about a proof to the verdict on its document.

use std::path::Path;

use miette::miette;
use popw_chain::{Answer, Contract, Refused};
use popw_core::document::ProofEnvelope;
use popw_verifier::Verifier;
use popw_verifier::envelope::{self, Against, EnvelopeError, Refusal, Verdict, Warning};
use popw_verifier::key::{Development, Header, KeyDigest, System};

use crate::documents::KeySource;

/// A document and what has become of it.
pub(super) struct Judged<'a> {
    /// Where it is from.
    pub path: &'a Path,
    /// The verdict.
    pub verdict: Result<Verdict, Refusal>,
    /// Whether the proof was verified natively, too.
    pub native: bool,
}

/// Judges documents with what is known about the contract's key.
pub(super) struct Reader {
    header: Header,
    digest: KeyDigest,
    native: Option<Verifier>,
}

/// Why a document is refused.
enum Refuse {
    Document(EnvelopeError),
    Contract(Refused),
}

impl From<EnvelopeError> for Refuse {
    fn from(error: EnvelopeError) -> Self {
        Self::Document(error)
    }
}

impl From<Refuse> for Refusal {
    fn from(refuse: Refuse) -> Self {
        match refuse {
            Refuse::Document(error) => Self::from(&error),
            Refuse::Contract(Refused { code, error, message }) => {
                Self { verdict: "invalid", code, message: format!("{message} ({error})") }
            }
        }
    }
}

impl Reader {
    /// What the key is for: from the key file when one is given, else from the contract. The version of the claim, which a
    /// contract does not say, is then that of the document: the context's tag and the key's digest have it in them.
    ///
    /// # Errors
    /// When the key given is another than the contract's, or the contract says that it is for something else.
    pub(super) fn new(
        contract: &Contract<'_>,
        source: Option<&KeySource>,
        envelope: &ProofEnvelope,
    ) -> miette::Result<Self> {
        let identity = contract.identity();
        let digest = KeyDigest(identity.key_digest);
        let said = Header {
            system: if identity.batches { System::Groth16 } else { System::Halo2 },
            claim: identity.claim.clone(),
            claim_version: u16::try_from(envelope.claim_version).unwrap_or(u16::MAX),
            shape: identity.shape.clone(),
            development: identity.development.then_some(Development::Random),
        };
        let Some(source) = source.filter(|_| envelope.key_digest == identity.key_digest) else {
            return Ok(Self { header: said, digest, native: None });
        };
        let (native, key) = source.verifier(envelope)?;
        if key.digest() != digest {
            return Err(miette!(
                help = "give the contract's own key, or --keys and the folder that has it; without either, the contract \
                        alone is asked",
                "the key given is not the contract's: its digest is {}, and the contract at {} verifies with {digest}",
                key.digest(),
                contract.address()
            ));
        }
        let header = key.header().clone();
        let same = (&header.claim, &header.shape, header.development.is_some())
            == (&said.claim, &said.shape, said.development.is_some());
        if !same {
            return Err(miette!(
                help = "do not use this contract: it was not generated from the key whose digest it gives",
                "the contract says its key is for {} {}, the key itself is for {} {}",
                said.claim,
                said.shape,
                header.claim,
                header.shape
            ));
        }
        Ok(Self { header, digest, native: Some(native) })
    }

    /// The verdict on a document, given the contract's answer about its proof.
    ///
    /// # Errors
    /// When contract and native verifier disagree, or the epoch is not in order.
    pub(super) fn judge<'a>(
        &self,
        path: &'a Path,
        envelope: &ProofEnvelope,
        answer: Option<Answer<()>>,
        against: Against<'_>,
    ) -> miette::Result<Judged<'a>> {
        if let (Some(native), Some(answer)) = (&self.native, &answer) {
            let ours = native.verify(&envelope.public.to_array(), &envelope.proof);
            let ours = ours.map_err(|error| error.code());
            let theirs = answer.as_ref().map(|_| ()).map_err(|refused| refused.code);
            if ours != theirs {
                let code = |result: Result<(), &'static str>| result.err().unwrap_or("valid");
                return Err(miette!(
                    help = "trust neither the contract nor the node before you know why: another node, or the \
                            contract's source, may tell",
                    "{}: the contract's answer is {}, the native verifier's is {}",
                    path.display(),
                    code(theirs),
                    code(ours)
                ));
            }
        }
        let native = self.native.is_some() && answer.is_some();
        let verdict =
            envelope::verify_by(envelope, &self.header, self.digest, against, |_, _| match answer {
                // A document of another key has failed before this is asked.
                None | Some(Ok(())) => Ok(()),
                Some(Err(refused)) => Err(Refuse::Contract(refused)),
            });
        match verdict {
            Err(Refuse::Document(error)) if error.is_callers() => Err(miette!("{error}")),
            verdict => {
                let verdict = verdict.map(|verdict| self.plain(verdict)).map_err(Refusal::from);
                Ok(Judged { path, verdict, native })
            }
        }
    }

    /// A contract does not say how its development key was made.
    fn plain(&self, mut verdict: Verdict) -> Verdict {
        if self.native.is_none() && self.header.development.is_some() {
            let message =
                "development key: its maker can forge proofs for it, or anyone, if it is from a public seed";
            verdict.warnings = vec![Warning { code: "development", message }];
        }
        verdict
    }
}
