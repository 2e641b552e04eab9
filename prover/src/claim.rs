//! Claims from documents to documents: keys of a shape, and proofs.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use popw_circuits::claims::{InputError, Shape, prepare};
pub use popw_circuits::claims::{advice, assignment, layout, matrices};
use popw_core::{
    claim::{Kind, PayeeOpening},
    document::{ClaimInput, EnvelopeFormat, Openings, ProofEnvelope, PublicInputs, Version},
    eddsa::SecretKey,
};
use popw_files::{Content, FileError, Output, Overwrite};
use popw_verifier::key::{Header, Payload, System, VerifyingKey};

use crate::{
    groth16::{self, Check, Entropy, Prover, ProvingKey, Purpose, backend::Backend},
    halo2::{self, Srs, Tau},
    keys::{self, KeyFiles},
    progress::{Part, ProgressSink, Reached},
};

/// Why keys were not made.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// Groth16.
    #[error(transparent)]
    Groth16(#[from] groth16::SetupError),
    /// A file that cannot be put where it should be.
    #[error(transparent)]
    Output(#[from] FileError),
    /// Another process makes the same key: of two at once, one would leave its proving key and one its verifying key.
    #[error("another process is making {}: wait for it, or choose another folder", path.display())]
    Busy {
        /// The proving key.
        path: PathBuf,
    },
    /// halo2.
    #[error(transparent)]
    Halo2(#[from] halo2::SetupError),
    /// The structured reference string.
    #[error(transparent)]
    Srs(#[from] halo2::SrsError),
    /// A file of halo2.
    #[error(transparent)]
    File(#[from] halo2::FileError),
    /// The verifying key.
    #[error("verifying key: {0}")]
    VerifyingKey(#[from] popw_verifier::key::KeyError),
}

/// Keys that were made.
#[derive(Debug)]
pub struct Made {
    /// The verifying key.
    pub verifying_key: VerifyingKey,
    /// All files written or used.
    pub files: Vec<PathBuf>,
}

/// Makes development keys for `shape` in `folder`, one process at a time.
///
/// # Errors
/// [`SetupError`], at once if another process makes the same key.
pub fn setup(
    folder: &Path,
    shape: &Shape,
    system: System,
    entropy: &Entropy,
    progress: &dyn ProgressSink,
) -> Result<Made, SetupError> {
    let files = KeyFiles::new(folder, shape.kind.id(), shape.name, system);
    let purpose = Purpose {
        claim: shape.kind.id().into(),
        claim_version: shape.kind.version(),
        shape: shape.name.into(),
    };
    // Before the work, so that a path that cannot be written is not noticed after it.
    let output = |path: &Path, content| Output::new(path, content, Overwrite::Yes);
    let verifying = output(&files.verifying(), Content::file("verifying key"))?;
    let _lock = lock(&files)?;
    progress.report("synthesising the circuit", 0.0);
    let rest = Part::new(progress, 0.02, 1.0);
    let mut used = vec![files.proving(), files.verifying()];
    let verifying_key = match system {
        System::Groth16 => groth16::setup(&files.proving(), &matrices(shape), &purpose, entropy, &rest)?,
        System::Halo2 => {
            let proving = output(&files.proving(), Content::file("proving key"))?;
            let layout = layout(shape);
            let string = files.reference_string(layout.k);
            let srs = reference_string(&string, layout.k, entropy, &rest)?;
            rest.report("computing the key's polynomials", 0.6);
            let key = halo2::ProvingKey::setup(&layout, &srs)?;
            key.save_to(proving)?;
            used.push(string);
            let header = Header {
                system,
                claim: purpose.claim,
                claim_version: purpose.claim_version,
                shape: purpose.shape,
                development: srs.kind(),
            };
            VerifyingKey::new(header, Payload::Halo2(Box::new(key.verifying_key().clone())))?
        }
    };
    groth16::write_verifying_key(verifying, &verifying_key)?;
    progress.report("done", 1.0);
    Ok(Made { verifying_key, files: used })
}

/// Held until both files of a key have their names. The system lets go of it when the process ends, however it ends.
fn lock(files: &KeyFiles) -> Result<File, SetupError> {
    let path = files.lock();
    let failed = |source| FileError::writing(&path, "lock of the key", source);
    // Never removed: two processes must not hold locks on two files of this name.
    let file = popw_files::resume(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(SetupError::Busy { path: files.proving() }),
        Err(TryLockError::Error(source)) => Err(failed(source).into()),
    }
}

/// The string at `path`, or a new development one if there is none: circuits of one size share it.
fn reference_string(
    path: &Path,
    k: u32,
    entropy: &Entropy,
    progress: &dyn ProgressSink,
) -> Result<Srs, SetupError> {
    if !path.exists() {
        progress.report("making a development reference string", 0.0);
        let tau = match entropy {
            Entropy::System => Tau::Random,
            Entropy::Seed(seed) => Tau::Seed(seed),
        };
        let output = Output::new(path, Content::file("reference string"), Overwrite::No)?;
        match Srs::development(k, tau)?.save_to(output) {
            // One that another process made meanwhile is kept, and taken: keys may have been made from it already.
            Err(error) if !path.exists() => return Err(error.into()),
            _ => {}
        }
    }
    progress.report("checking the reference string", 0.3);
    Ok(Srs::open_checked(path, Check::Now)?)
}

/// Why no proof was made.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    /// The input does not make a true statement.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The Groth16 proving key.
    #[error(transparent)]
    Key(#[from] groth16::KeyError),
    /// Groth16.
    #[error(transparent)]
    Groth16(#[from] groth16::ProveError),
    /// A file of halo2.
    #[error(transparent)]
    File(#[from] halo2::FileError),
    /// halo2.
    #[error(transparent)]
    Halo2(#[from] halo2::ProveError),
    /// The verifying key's file.
    #[error(transparent)]
    VerifyingKey(#[from] keys::ReadError),
    /// Proving and verifying key are not of one setup.
    #[error(
        "{} and {} are not from the same setup: make both again with `popw setup`",
        proving.display(),
        verifying.display()
    )]
    Pair {
        /// The proving key.
        proving: PathBuf,
        /// The verifying key.
        verifying: PathBuf,
    },
    /// The key is for something else.
    #[error(
        "{} is a key for {claim} v{version}, shape {shape}: expected {expected_claim} v{}, shape {expected}; \
         make the right one with `popw setup`",
        path.display(),
        expected_claim.version(),
        expected_claim = expected_claim.id()
    )]
    OtherKey {
        /// The key file.
        path: PathBuf,
        /// Its claim.
        claim: String,
        /// Its version.
        version: u16,
        /// Its shape.
        shape: String,
        /// The claim asked for.
        expected_claim: Kind,
        /// The shape asked for.
        expected: &'static str,
    },
}

/// What to prove, and with which keys.
pub struct Request<'a, I> {
    /// The circuit's shape.
    pub shape: &'a Shape,
    /// The proof system.
    pub system: System,
    /// The documented input.
    pub input: &'a I,
    /// The device's secret key.
    pub secret: &'a SecretKey,
    /// Who is paid.
    pub payee: &'a PayeeOpening,
    /// Folder of keys.
    pub keys: &'a Path,
    /// How thoroughly to check the proving key, or halo2's reference string.
    pub check: Check,
    /// Where Groth16's arithmetic runs.
    pub backend: &'a Backend,
}

/// A proof and how long its parts took.
#[derive(Debug)]
pub struct Proven {
    /// The document.
    pub envelope: ProofEnvelope,
    /// Reading and checking the proving key.
    pub load: Duration,
    /// Checking the statement and computing the witness.
    pub witness: Duration,
    /// Proving, with the check of the finished proof.
    pub prove: Duration,
}

/// Proves one claim. The proof has been verified when it is returned.
///
/// # Errors
/// [`ProveError`]; the statement is checked before any key is touched.
pub fn prove<I: ClaimInput>(
    request: &Request<'_, I>,
    progress: &dyn ProgressSink,
) -> Result<Proven, ProveError> {
    let shape = request.shape;
    let started = Instant::now();
    progress.report("checking the statement", 0.0);
    let witness = prepare(shape, request.input, request.secret, request.payee)?;
    let files = KeyFiles::new(request.keys, shape.kind.id(), shape.name, request.system);
    let checked = started.elapsed();
    let rest = Reached::new(progress);
    let (proof, public, key, times) = match request.system {
        System::Groth16 => {
            let (key, load) =
                timed(|| ProvingKey::open(&files.proving(), request.check, &Part::new(&rest, 0.0, 0.4)))?;
            expect(&files.proving(), key.verifying_key(), shape)?;
            // First, for it refuses what does not fit the memory.
            let prover = Prover::new(&key, request.backend)?;
            let (assignment, computing) = timed(|| Ok::<_, ProveError>(assignment(shape, &witness)))?;
            let public = assignment.public.clone();
            let (proof, proving) =
                timed(|| prover.prove(assignment, &Part::new(progress, rest.fraction(), 1.0)))?;
            (
                proof.to_bytes().to_vec(),
                public,
                key.verifying_key().clone(),
                [load, checked + computing, proving],
            )
        }
        System::Halo2 => {
            let ((key, verifying_key, srs), load) = timed(|| halo2_keys(&files, request.check))?;
            expect(&files.verifying(), &verifying_key, shape)?;
            let (advice, computing) = timed(|| Ok::<_, ProveError>(advice(shape, &witness)))?;
            let (proof, proving) =
                timed(|| key.prove(&srs, &advice.columns, &advice.public, &Part::new(progress, 0.2, 1.0)))?;
            (proof, advice.public, verifying_key, [load, checked + computing, proving])
        }
    };
    let [load, witness, prove] = times;
    let [context, nullifier, outcome] = public[..] else { unreachable!("claims have three public inputs") };
    let mut opened = request.input.parts().epoch.context_document().map_err(InputError::from)?;
    // The claim's context has no other registry's root.
    opened.roots = shape.kind.registries().only(&opened.roots);
    let envelope = ProofEnvelope {
        format: EnvelopeFormat::Proof,
        version: Version,
        claim: shape.kind.id().into(),
        claim_version: shape.kind.version().into(),
        shape: shape.name.into(),
        system: request.system,
        key_digest: key.digest().0,
        development: key.header().development.is_some(),
        opening: Openings { context: opened, payee: *request.payee },
        public: PublicInputs { context, nullifier, outcome },
        proof,
    };
    Ok(Proven { envelope, load, witness, prove })
}

/// The proving key, the verifying key's file (which says what both are for) and the reference string.
fn halo2_keys(files: &KeyFiles, check: Check) -> Result<(halo2::ProvingKey, VerifyingKey, Srs), ProveError> {
    let key = halo2::ProvingKey::open(&files.proving())?;
    let verifying_key = keys::read_verifying_key(&files.verifying())?;
    if !matches!(verifying_key.payload(), Payload::Halo2(payload) if **payload == *key.verifying_key()) {
        return Err(ProveError::Pair { proving: files.proving(), verifying: files.verifying() });
    }
    let string = files.reference_string(u32::from(key.verifying_key().description().k));
    let srs = Srs::open_checked(&string, check)?;
    Ok((key, verifying_key, srs))
}

fn timed<T, E>(work: impl FnOnce() -> Result<T, E>) -> Result<(T, Duration), E> {
    let started = Instant::now();
    work().map(|out| (out, started.elapsed()))
}

fn expect(path: &Path, key: &VerifyingKey, shape: &Shape) -> Result<(), ProveError> {
    let header = key.header();
    if header.claim == shape.kind.id()
        && header.claim_version == shape.kind.version()
        && header.shape == shape.name
    {
        return Ok(());
    }
    Err(ProveError::OtherKey {
        path: path.into(),
        claim: header.claim.clone(),
        version: header.claim_version,
        shape: header.shape.clone(),
        expected_claim: shape.kind,
        expected: shape.name,
    })
}
