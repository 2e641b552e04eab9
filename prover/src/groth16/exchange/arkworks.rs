//! Proving keys as arkworks serializes them (`ark_groth16::ProvingKey<Bn254>`, compressed or not).
//!
//! The verifying key (α in G1; β, γ, δ in G2; the list of IC points), β and δ in G1, then the lists a, b in G1, b in G2, h
//! and l; each list after its length (8 bytes, little-endian). Nothing says which form it is: that one is right whose
//! lists fill the file.

use ark_bn254::{Bn254, Fr, G1Affine, G1Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{FftField, Field};
use ark_groth16::{ProvingKey as Parameters, VerifyingKey};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use ark_serialize::{Compress, Validate};
use popw_files::Output;
use popw_verifier::key::Payload;
use rayon::prelude::*;

use super::{
    super::{backend::Query, error::KeyProblem, key::ProvingKey, layout::QuotientBasis},
    container::Reader,
    error::{ExchangeError, ExchangeProblem},
    writer::Writer,
};
use crate::progress::{Part, ProgressSink};

pub(super) const WHAT: &str =
    "an arkworks proving key (ark_groth16::ProvingKey<Bn254>; its lists do not fill the file)";
/// Points that a thread scales at a time.
const CHUNK: usize = 256;

/// Reads a key; its points are not checked.
///
/// # Errors
/// [`ExchangeProblem`].
pub(super) fn read(bytes: &[u8]) -> Result<Parameters<Bn254>, ExchangeProblem> {
    let forms = [Form::new(Compress::No), Form::new(Compress::Yes)];
    let form = forms.into_iter().find(|form| form.fills(bytes).is_some());
    let form = form.ok_or(ExchangeProblem::WrongKind { expected: WHAT })?;
    let mut reader = Reader { bytes, place: "a list of points" };
    let vk = VerifyingKey {
        alpha_g1: form.point(&mut reader, "α")?,
        beta_g2: form.point(&mut reader, "β")?,
        gamma_g2: form.point(&mut reader, "γ")?,
        delta_g2: form.point(&mut reader, "δ")?,
        gamma_abc_g1: form.list(&mut reader, "IC points")?,
    };
    Ok(Parameters {
        vk,
        beta_g1: form.point(&mut reader, "β in G1")?,
        delta_g1: form.point(&mut reader, "δ in G1")?,
        a_query: form.list(&mut reader, "points of the A query")?,
        b_g1_query: form.list(&mut reader, "points of the B query in G1")?,
        b_g2_query: form.list(&mut reader, "points of the B query in G2")?,
        h_query: form.list(&mut reader, "points of the H query")?,
        l_query: form.list(&mut reader, "points of the L query")?,
    })
}

/// One of the two forms of points.
struct Form {
    compress: Compress,
    g1: usize,
    g2: usize,
}

impl Form {
    fn new(compress: Compress) -> Self {
        match compress {
            Compress::No => Self { compress, g1: 64, g2: 128 },
            Compress::Yes => Self { compress, g1: 32, g2: 64 },
        }
    }

    /// Whether the lists end where the file does.
    fn fills(&self, bytes: &[u8]) -> Option<()> {
        let Self { g1, g2, .. } = *self;
        let mut reader = Reader { bytes, place: "" };
        reader.take(g1 + 3 * g2).ok()?;
        // IC; β and δ, then a; b; b in G2; h; l.
        for (before, point) in [(0, g1), (2 * g1, g1), (0, g1), (0, g2), (0, g1), (0, g1)] {
            reader.take(before).ok()?;
            let count = usize::try_from(reader.u64().ok()?).ok()?;
            reader.take(count.checked_mul(point)?).ok()?;
        }
        reader.end().ok()
    }

    fn size<P: AffineRepr>(&self) -> usize {
        // The twist's points are twice as long.
        if P::BaseField::extension_degree() == 1 { self.g1 } else { self.g2 }
    }

    fn point<P: AffineRepr>(
        &self,
        reader: &mut Reader<'_>,
        section: &'static str,
    ) -> Result<P, ExchangeProblem> {
        self.decode(reader.take(self.size::<P>())?, section, 0)
    }

    fn list<P: AffineRepr>(
        &self,
        reader: &mut Reader<'_>,
        section: &'static str,
    ) -> Result<Vec<P>, ExchangeProblem> {
        let (count, size) = (reader.u64()? as usize, self.size::<P>());
        let points = reader.take(count.saturating_mul(size))?.par_chunks_exact(size);
        points.enumerate().map(|(index, bytes)| self.decode(bytes, section, index)).collect()
    }

    fn decode<P: AffineRepr>(
        &self,
        bytes: &[u8],
        section: &'static str,
        index: usize,
    ) -> Result<P, ExchangeProblem> {
        let reason = "not a point: coordinates beyond the modulus, wrong flags, or none on the curve";
        P::deserialize_with_mode(bytes, self.compress, Validate::No).map_err(|_| ExchangeProblem::Value {
            section,
            index,
            reason,
        })
    }
}

/// Writes `key` as arkworks serializes it, uncompressed.
///
/// arkworks' own prover wants the H query in the basis of coefficients. A key in the coset's basis is converted: `n·log n`
/// multiplications of points for a domain of `n`, about a minute for 2^16 on two cores.
///
/// # Errors
/// [`ExchangeProblem::Key`] if the file cannot be written.
pub fn write_arkworks(
    output: Output,
    key: &ProvingKey,
    progress: &dyn ProgressSink,
) -> Result<(), ExchangeError> {
    let view = key.view();
    let Payload::Groth16(verifying_key) = key.verifying_key().payload() else {
        return Err(ExchangeError::new(key.path(), KeyProblem::OtherSystem));
    };
    let converted;
    let h = match view.basis {
        QuotientBasis::Coefficients => view.h_query,
        QuotientBasis::Coset => {
            progress.report("converting the H query", 0.0);
            let failed = || ExchangeError::new(key.path(), KeyProblem::TooLarge("no evaluation domain"));
            converted = coefficients_from_coset(view.h_query).ok_or_else(failed)?;
            &converted
        }
    };
    let variables = view.dimensions.variables();
    let witness_from = 1 + view.dimensions.public as usize;
    let witness = variables - witness_from;
    let ic = verifying_key.ic();
    let in_g1 = 3 + ic.len() + 2 * variables + h.len() + witness;
    let bytes = 64 * in_g1 + 128 * (3 + variables) + 6 * 8;

    let rest = Part::new(progress, 0.8, 1.0);
    let mut out = Writer::begin(output, bytes as u64, "writing arkworks' key", &rest)?;
    let constants = &view.constants;
    put(&mut out, constants.alpha_g1)?;
    for point in [constants.beta_g2, verifying_key.gamma(), constants.delta_g2] {
        put(&mut out, point)?;
    }
    put_list(&mut out, ic)?;
    put(&mut out, constants.beta_g1)?;
    put(&mut out, constants.delta_g1)?;
    put_query(&mut out, &view.a_query, 0..variables)?;
    put_query(&mut out, &view.b_g1_query, 0..variables)?;
    put_query(&mut out, &view.b_g2_query, 0..variables)?;
    put_list(&mut out, h)?;
    put_query(&mut out, &view.l_query, witness_from..variables)?;
    out.commit()
}

fn put<P: AffineRepr>(out: &mut Writer<'_>, point: P) -> Result<(), ExchangeError> {
    let mut bytes = [0; 128];
    let size = Form::new(Compress::No).size::<P>();
    // Writing to memory of the right size does not fail.
    let _ = point.serialize_with_mode(&mut bytes[..size], Compress::No);
    out.put(&bytes[..size])
}

fn put_list<P: AffineRepr>(out: &mut Writer<'_>, points: &[P]) -> Result<(), ExchangeError> {
    out.put(&(points.len() as u64).to_le_bytes())?;
    points.iter().try_for_each(|point| put(out, *point))
}

/// All columns' points, infinity for those that the query leaves out.
fn put_query<P: AffineRepr>(
    out: &mut Writer<'_>,
    query: &Query<'_, P>,
    columns: std::ops::Range<usize>,
) -> Result<(), ExchangeError> {
    out.put(&(columns.len() as u64).to_le_bytes())?;
    let mut listed = query.columns.iter().zip(query.points).peekable();
    for column in columns {
        let point = listed.next_if(|(listed, _)| **listed as usize == column).map(|(_, point)| *point);
        put(out, point.unwrap_or_else(P::zero))?;
    }
    Ok(())
}

/// The H query in the basis of coefficients from that of the coset; `None` if there is no domain of that many points.
///
/// With `g` the coset's shift, `τⁱ = Σⱼ (gωʲ)ⁱ·L_j(τ)` for `i < n`. Point `j` is `P_j = [L_j(τ)·Z(τ)/(−2δ)]₁`, so
/// `[τⁱ·Z(τ)/δ]₁ = −2·gⁱ·Σⱼ ω^{ij}·P_j`: a transform of the points, then a factor for each. (The other way would need
/// `[τ^{n−1}·Z(τ)/δ]₁`, which the basis of coefficients does not have.)
fn coefficients_from_coset(points: &[G1Affine]) -> Option<Vec<G1Affine>> {
    let n = points.len();
    let domain = Radix2EvaluationDomain::<Fr>::new(n).filter(|domain| domain.size() == n)?;
    let shift = Fr::get_root_of_unity(2 * n as u64)?;
    let mut sums: Vec<G1Projective> = points.iter().map(|point| point.into_group()).collect();
    domain.fft_in_place(&mut sums);
    sums.truncate(QuotientBasis::Coefficients.points(n));
    sums.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, sums)| {
        let mut factor = -Fr::from(2u64) * shift.pow([(chunk * CHUNK) as u64]);
        for sum in sums {
            *sum *= factor;
            factor *= shift;
        }
    });
    Some(G1Projective::normalize_batch(&sums))
}
