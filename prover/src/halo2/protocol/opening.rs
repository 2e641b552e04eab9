//! SHPLONK, proving: all openings of all polynomials by two commitments (Boneh, Drake, Fisch, Gabizon, eprint 2020/081,
//! section 4), in the order and with the normalisation of halo2.

use std::collections::BTreeSet;

use halo2_proofs::{
    arithmetic::{eval_polynomial, kate_division, lagrange_interpolate},
    halo2curves::{bn256::Fr, ff::Field},
};
use rayon::prelude::*;

/// A polynomial to be opened.
pub(super) struct Opening<'a> {
    pub coefficients: &'a [Fr],
    /// Rows by which the point is rotated, and the values there, in any order.
    pub values: Vec<(i32, Fr)>,
}

/// Polynomials opened at the same points, folded by powers of a challenge.
pub(super) struct Set {
    rows: Vec<i32>,
    folded: Vec<Fr>,
    values: Vec<Fr>,
}

/// Folds polynomials that are opened at the same points by powers of `y`. Order is that of first appearance.
pub(super) fn sets(openings: &[Opening<'_>], y: Fr) -> Vec<Set> {
    let mut grouped: Vec<(Vec<i32>, Vec<&Opening<'_>>)> = Vec::new();
    for opening in openings {
        let rows: BTreeSet<i32> = opening.values.iter().map(|(row, _)| *row).collect();
        let rows: Vec<i32> = rows.into_iter().collect();
        match grouped.iter_mut().find(|(set, _)| *set == rows) {
            Some((_, members)) => members.push(opening),
            None => grouped.push((rows, vec![opening])),
        }
    }
    let fold = |(rows, members): (Vec<i32>, Vec<&Opening<'_>>)| {
        let mut folded = vec![Fr::ZERO; members[0].coefficients.len()];
        let mut values = vec![Fr::ZERO; rows.len()];
        // Horner from the last: the first keeps coefficient 1.
        for member in members.iter().rev() {
            folded.par_chunks_mut(1024).zip(member.coefficients.par_chunks(1024)).for_each(|(sum, next)| {
                sum.iter_mut().zip(next).for_each(|(sum, next)| *sum = *sum * y + next);
            });
            for (row, sum) in rows.iter().zip(&mut values) {
                let value =
                    member.values.iter().find(|(at, _)| at == row).map_or(Fr::ZERO, |(_, value)| *value);
                *sum = *sum * y + value;
            }
        }
        Set { rows, folded, values }
    };
    grouped.into_iter().map(fold).collect()
}

/// `Σ vⁱ · (Pᵢ − rᵢ) / Zᵢ`, rᵢ interpolating the values of Pᵢ.
pub(super) fn quotient(sets: &[Set], v: Fr, point: impl Fn(i32) -> Fr + Sync) -> Vec<Fr> {
    let divided = |set: &Set| {
        let points: Vec<Fr> = set.rows.iter().map(|row| point(*row)).collect();
        let mut numerator = set.folded.clone();
        let remainder = lagrange_interpolate(&points, &set.values);
        numerator.iter_mut().zip(&remainder).for_each(|(n, r)| *n -= r);
        points.iter().fold(numerator, |numerator, point| kate_division(&numerator, *point))
    };
    let divided: Vec<Vec<Fr>> = sets.par_iter().map(divided).collect();
    let mut sum = vec![Fr::ZERO; sets[0].folded.len()];
    for quotient in divided.iter().rev() {
        sum.iter_mut().for_each(|sum| *sum *= v);
        sum.iter_mut().zip(quotient).for_each(|(sum, next)| *sum += next);
    }
    sum
}

/// `(Σ vⁱ·Z_{T∖Sᵢ}(u)·(Pᵢ − rᵢ(u)) − Z_T(u)·h) / (X − u)`, over `Z_{T∖S₀}(u)`.
pub(super) fn linearisation(sets: &[Set], h: &[Fr], v: Fr, u: Fr, point: impl Fn(i32) -> Fr) -> Vec<Fr> {
    let all: BTreeSet<i32> = sets.iter().flat_map(|set| set.rows.iter().copied()).collect();
    let vanishing = |rows: &mut dyn Iterator<Item = i32>| -> Fr { rows.map(|row| u - point(row)).product() };
    let mut sum: Vec<Fr> = h.to_vec();
    let whole = -vanishing(&mut all.iter().copied());
    sum.iter_mut().for_each(|coefficient| *coefficient *= whole);
    let mut power = Fr::ONE;
    let mut first = None;
    for set in sets {
        let rest = vanishing(&mut all.iter().copied().filter(|row| !set.rows.contains(row)));
        let weight = power * rest;
        let points: Vec<Fr> = set.rows.iter().map(|row| point(*row)).collect();
        let value = eval_polynomial(&lagrange_interpolate(&points, &set.values), u);
        sum.par_chunks_mut(1024).zip(set.folded.par_chunks(1024)).for_each(|(sum, next)| {
            sum.iter_mut().zip(next).for_each(|(sum, next)| *sum += weight * next);
        });
        sum[0] -= weight * value;
        first.get_or_insert(rest);
        power *= v;
    }
    let mut quotient = kate_division(&sum, u);
    let normalise = first.and_then(|rest| Option::from(rest.invert())).unwrap_or(Fr::ONE);
    quotient.iter_mut().for_each(|coefficient| *coefficient *= normalise);
    quotient
}
