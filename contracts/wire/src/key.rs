//! Verifying keys.

use crate::header::Header;
use crate::point::{self, G1, G2};
use crate::proof::PUBLIC_INPUTS;
use crate::reader::Reader;
use crate::refusal::Refusal;

/// IC points of every key: one for the constant 1, one for each public input.
pub const IC_POINTS: usize = PUBLIC_INPUTS.saturating_add(1);

/// Bytes of the longest key file: a header with two names of 31 characters, and the points.
pub const LONGEST_KEY_FILE: usize = 790;

/// A key file's fields. Its points are not infinity and their coordinates are below q; that they are on their curves and in
/// the subgroup is for the chain to find out, and then [`Key::refuse_weak`] has to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key<'a> {
    /// What the key is for.
    pub header: Header<'a>,
    /// α.
    pub alpha: &'a G1,
    /// β.
    pub beta: &'a G2,
    /// γ.
    pub gamma: &'a G2,
    /// δ.
    pub delta: &'a G2,
    /// IC: the constant's point, then one for each public input.
    pub ic: [&'a G1; IC_POINTS],
}

impl<'a> Key<'a> {
    /// Reads a `.vk` file. Every key has exactly one encoding.
    ///
    /// # Errors
    /// [`Refusal::KeyFrame`] for bytes that are no key file of this version with three public inputs, and for bytes left
    /// over; [`Refusal::KeySystem`] for a key of another proof system; [`Refusal::KeyPoint`] for infinity and coordinates
    /// that are not below q.
    pub fn read(file: &'a [u8]) -> Result<Self, Refusal> {
        let frame = Refusal::KeyFrame;
        let mut reader = Reader(file);
        let header = Header::read(&mut reader)?;
        let length = reader.u32().and_then(|length| usize::try_from(length).ok());
        if length != Some(reader.0.len()) {
            return Err(frame);
        }
        let alpha = reader.array().ok_or(frame)?;
        let beta = reader.array().ok_or(frame)?;
        let gamma = reader.array().ok_or(frame)?;
        let delta = reader.array().ok_or(frame)?;
        let count = reader.u32().and_then(|count| usize::try_from(count).ok());
        let (points, rest) = reader.0.as_chunks::<64>();
        let [first, second, third, fourth] = points else { return Err(frame) };
        if count != Some(IC_POINTS) || !rest.is_empty() {
            return Err(frame);
        }
        let key = Self { header, alpha, beta, gamma, delta, ic: [first, second, third, fourth] };
        let mut points = key.g1().into_iter().map(|point| &point[..]).chain(key.g2().map(|point| &point[..]));
        if points.all(|point| point::check(point).is_ok()) { Ok(key) } else { Err(Refusal::KeyPoint) }
    }

    /// α and the IC points.
    pub const fn g1(&self) -> [&'a G1; IC_POINTS.saturating_add(1)] {
        let [first, second, third, fourth] = self.ic;
        [self.alpha, first, second, third, fourth]
    }

    /// β, γ, δ.
    pub const fn g2(&self) -> [&'a G2; 3] {
        [self.beta, self.gamma, self.delta]
    }

    /// Refuses keys whose points are sound each, and let proofs be forged: those whose bytes show it. Native code also adds
    /// points up (`related-sum`, `ic-sum`). γ may be the generator: it is the scale of IC.
    ///
    /// # Errors
    /// [`Refusal::KeyRelatedPoints`], [`Refusal::KeyGenerator`], [`Refusal::KeyDuplicateIc`] or [`Refusal::KeyIcAlpha`], the
    /// first that applies.
    pub fn refuse_weak(&self) -> Result<(), Refusal> {
        let [beta, gamma, delta] = self.g2().map(|point| point::x(point));
        if beta == gamma || beta == delta || gamma == delta {
            return Err(Refusal::KeyRelatedPoints);
        }
        if point::is_g1_generator(self.alpha)
            || point::is_g2_generator(self.beta)
            || point::is_g2_generator(self.delta)
            || self.ic.into_iter().any(point::is_g1_generator)
        {
            return Err(Refusal::KeyGenerator);
        }
        let mut rest = &self.ic[..];
        while let Some((point, others)) = rest.split_first() {
            if others.iter().any(|other| point::x(*other) == point::x(*point)) {
                return Err(Refusal::KeyDuplicateIc);
            }
            rest = others;
        }
        if self.ic.into_iter().any(|point| point::x(point) == point::x(self.alpha)) {
            return Err(Refusal::KeyIcAlpha);
        }
        Ok(())
    }
}
