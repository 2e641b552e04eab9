//! The proving key: halo2's, with the verifier's key, in one file.
//!
//! Generating halo2's key again for each proof would cost as much as proving; reading it back is a copy. The file's
//! digest guards halo2's raw form against damage, [`raw`] against lengths and numbers that halo2 reads without a look.

use std::{
    io::{self, Write},
    marker::PhantomData,
    path::Path,
};

use halo2_proofs::{
    SerdeFormat,
    halo2curves::bn256::{Fr, G1Affine},
    plonk::{self, Circuit, ConstraintSystem, keygen_pk2},
};
use popw_files::Output;
use popw_verifier::halo2::Key;

use super::{
    ClaimGates, GateSet, Srs,
    circuit::Replay,
    export::{ExportError, export},
    file::{self, FileError, Kind},
    present::Present,
    raw,
    srs::Inconsistent,
    table::{self, Layout, LayoutError},
};

pub(super) const KIND: Kind = Kind { magic: b"POPWH2PK", name: "a halo2 proving key" };

/// A proving key for claims.
pub type ProvingKey = TableKey<ClaimGates>;

/// A proving key for tables with the gates `G`.
pub struct TableKey<G> {
    pub(super) halo2: plonk::ProvingKey<G1Affine>,
    pub(super) key: Key,
    present: Present,
    gates: PhantomData<G>,
}

/// A key cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The string serves another number of rows than the layout has.
    #[error(
        "the structured reference string is for 2^{srs} rows, the circuit has 2^{circuit}: make one of that size"
    )]
    SrsSize {
        /// log2 of the string's rows.
        srs: u32,
        /// log2 of the circuit's.
        circuit: u32,
    },
    /// The string's points do not belong together.
    #[error(transparent)]
    Srs(#[from] Inconsistent),
    /// The layout does not fit its gates.
    #[error("the layout does not fit its gates: {0}")]
    Layout(#[from] LayoutError),
    /// halo2's key generation failed.
    #[error("halo2 could not make the key: {0}")]
    Halo2(#[source] plonk::Error),
    /// The verifier cannot verify such a circuit.
    #[error(transparent)]
    Export(#[from] ExportError),
}

impl<G: GateSet> TableKey<G> {
    /// Makes the key of a layout. Deterministic, given both.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn setup(layout: &Layout, srs: &Srs) -> Result<Self, SetupError> {
        if layout.k != srs.k() {
            return Err(SetupError::SrsSize { srs: srs.k(), circuit: layout.k });
        }
        srs.require_consistent()?;
        let present = Present::of::<G>(layout);
        let usable = usable_rows(layout.k, &constraint_system::<G>(&present));
        table::check(layout, G::ADVICE, G::FIXED, usable)?;
        let halo2 = keygen_pk2(&srs.params, &Replay::<G>::new(layout), false).map_err(SetupError::Halo2)?;
        let key = export(halo2.get_vk(), layout.public, srs.tau_g2())?;
        Ok(Self { halo2, key, present, gates: PhantomData })
    }

    /// The verifier's key.
    pub fn verifying_key(&self) -> &Key {
        &self.key
    }

    /// Writes the key to `path`, replacing a file of that name. About 36 MiB for 2^14 rows and 27 fixed columns.
    ///
    /// # Errors
    /// [`FileProblem::Output`](super::FileProblem::Output).
    pub fn save(&self, path: &Path) -> Result<(), FileError> {
        self.save_to(KIND.output(path)?)
    }

    /// The same to a file that was planned before the key was made.
    pub(crate) fn save_to(&self, output: Output) -> Result<(), FileError> {
        file::write(output, &KIND, |out| self.write_body(out))
    }

    pub(super) fn write_body(&self, mut out: &mut dyn Write) -> io::Result<()> {
        let payload = self.key.to_payload();
        out.write_all(&(payload.len() as u64).to_be_bytes())?;
        out.write_all(&payload)?;
        out.write_all(&self.present.to_bytes::<G>())?;
        out.write_all(&gates_digest::<G>(&self.present))?;
        self.halo2.write(&mut out, SerdeFormat::RawBytesUnchecked)
    }

    /// Reads a key.
    ///
    /// # Errors
    /// Names the file, what is wrong with it and what to do.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        let body = file::read(path, &KIND)?;
        Self::parse(&body).map_err(|(field, reason)| FileError::content(path, field, reason))
    }

    /// Reads a file's body; an error is a field and what is wrong with it.
    pub(super) fn parse(body: &[u8]) -> Result<Self, (&'static str, &'static str)> {
        let short = ("verifying key", "cut short");
        let (length, rest) = body.split_first_chunk::<8>().ok_or(short)?;
        let length = usize::try_from(u64::from_be_bytes(*length)).map_err(|_| short)?;
        let (payload, rest) = rest.split_at_checked(length).ok_or(short)?;
        let key = Key::from_payload(payload).map_err(|_| ("verifying key", "refused by the verifier"))?;
        // The file holds no gates: they are this program's, and must be the ones the key was made with.
        let gates = ("gates", "not the ones of this program");
        let (present, rest) = Present::from_bytes::<G>(rest).ok_or(gates)?;
        let (digest, mut rest) = rest.split_first_chunk::<32>().ok_or(gates)?;
        if *digest != gates_digest::<G>(&present) {
            return Err(gates);
        }
        // halo2 reads as many columns as this program's gates have, and believes every length it then meets.
        let (cs, d) = (constraint_system::<G>(&present), key.description());
        if cs.num_fixed_columns() != d.fixed.len()
            || cs.permutation().get_columns().len() != d.permutation.len()
        {
            return Err(("verifying key", "does not have the columns of this program's gates"));
        }
        raw::check(rest, &key).map_err(|reason| ("halo2 key", reason))?;
        let read = plonk::ProvingKey::read::<_, Replay<'_, G>>;
        let halo2 = read(&mut rest, SerdeFormat::RawBytesUnchecked, present.clone())
            .map_err(|_| ("halo2 key", "cannot be read"))?;
        match export(halo2.get_vk(), key.public_inputs(), key.description().tau_g2) {
            Ok(exported) if exported == key => Ok(Self { halo2, key, present, gates: PhantomData }),
            _ => Err(("halo2 key", "does not belong to the verifying key")),
        }
    }

    /// Rows that a table may use.
    pub(super) fn usable_rows(&self) -> usize {
        usable_rows(self.key.description().k.into(), self.halo2.get_vk().cs())
    }
}

/// Rows beside the blinding rows of a table of `2^k`, and the one before them.
fn usable_rows(k: u32, cs: &ConstraintSystem<Fr>) -> usize {
    1usize.checked_shl(k).unwrap_or(0).saturating_sub(cs.blinding_factors() + 1)
}

fn constraint_system<G: GateSet>(present: &Present) -> ConstraintSystem<Fr> {
    let mut cs = ConstraintSystem::default();
    Replay::<G>::configure_with_params(&mut cs, present.clone());
    cs
}

/// Identifies columns, gates and lookups, and with them the shape of halo2's raw key.
fn gates_digest<G: GateSet>(present: &Present) -> [u8; 32] {
    blake3::hash(format!("{:?}", constraint_system::<G>(present).pinned()).as_bytes()).into()
}
