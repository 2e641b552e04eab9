//! The draw of a device's witnesses, and what the dice allow.
//!
//! Seat j of a device's committee goes to the witness of index `low128(H(tag, ρ, D, j)) mod n_w`: nobody
//! chooses it, everybody can compute it, circuits included. Seats are drawn with replacement, so a witness, or an
//! owner with several, can be drawn twice but counts once.

use alloc::{vec, vec::Vec};

use crate::{
    Fr, field,
    poseidon::hash,
    tag::{self, Tag},
};

/// What witnesses are drawn for. The two draws of an epoch are independent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Duty {
    /// Watching a device's uptime.
    Uptime,
    /// Measuring its rate, as its challengers.
    Rate,
}

impl Duty {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Uptime, Self::Rate];

    /// The tag its draw is hashed under.
    pub fn tag(self) -> Tag {
        match self {
            Self::Uptime => tag::DRAW,
            Self::Rate => tag::DRAW_RATE,
        }
    }
}

/// The witness index of seat `j`.
///
/// # Panics
/// If `n_w` is 0; [`Rules::check_witnesses`](crate::claim::Rules::check_witnesses) refuses that for claims with a committee.
pub fn seat(duty: Duty, rho: Fr, device_leaf: Fr, j: u32, n_w: u32) -> u32 {
    let drawn = field::low128(&hash(&[duty.tag().fr(), rho, device_leaf, Fr::from(j)]));
    // Below n_w, so it fits.
    (drawn % u128::from(n_w)) as u32
}

/// The witness indices of all `k` seats; none where there is no witness to draw.
pub fn committee(duty: Duty, rho: Fr, device_leaf: Fr, k: u32, n_w: u32) -> Vec<u32> {
    let seats = if n_w == 0 { 0 } else { k };
    (0..seats).map(|j| seat(duty, rho, device_leaf, j, n_w)).collect()
}

/// The probability that at least `q` of `k` seats go to someone who holds `share` (0 to 1) of all seats: the
/// upper tail of a binomial distribution. With `q` owners' names, which are cheap, such a committee is captured.
pub fn capture_odds(k: u32, q: u32, share: f64) -> f64 {
    // hits[m]: the probability of m seats so far; seats past q make no difference.
    let top = q.min(k.saturating_add(1)) as usize;
    let mut hits = vec![0.0; top + 1];
    hits[0] = 1.0;
    for _ in 0..k {
        for m in (0..=top).rev() {
            let from_below = if m > 0 { hits[m - 1] * share } else { 0.0 };
            hits[m] = if m == top { hits[m] + from_below } else { hits[m] * (1.0 - share) + from_below };
        }
    }
    if q > k { 0.0 } else { hits[top] }
}

/// The probability that the `k` seats of a committee name fewer than `q` different owners, so that no slot can
/// reach the quorum however honest everybody is. `seats_of` lists how many seats each owner holds; `excluded`
/// are seats whose owner never counts (the device's own).
///
/// Takes time in `owners · k² · q`.
pub fn miss_odds(k: u32, q: u32, seats_of: &[u32], excluded: u32) -> f64 {
    let total = seats_of.iter().map(|&seats| f64::from(seats)).sum::<f64>() + f64::from(excluded);
    if q == 0 {
        return 0.0;
    }
    if q > k || total == 0.0 {
        return 1.0;
    }
    let (k, q) = (k as usize, q as usize);

    // chance[d][m]: of giving m of the k seats to the owners so far, d of them named (d = q means q or more).
    // The weights of an owner with probability p are C(k − m, j)·p^j; together they make the multinomial.
    let choose = binomials(k);
    let mut chance = vec![vec![0.0; k + 1]; q + 1];
    chance[0][0] = 1.0;
    let owners = seats_of.iter().map(|&seats| (seats, 1)).chain([(excluded, 0)]);
    for (seats, named) in owners.filter(|(seats, _)| *seats > 0) {
        let share = f64::from(seats) / total;
        let mut next = vec![vec![0.0; k + 1]; q + 1];
        for (d, row) in chance.iter().enumerate() {
            for (m, &before) in row.iter().enumerate().filter(|(_, before)| **before > 0.0) {
                let mut power = 1.0;
                for j in 0..=k - m {
                    let d = if j == 0 { d } else { (d + named).min(q) };
                    next[d][m + j] += before * choose[k - m][j] * power;
                    power *= share;
                }
            }
        }
        chance = next;
    }
    chance[..q].iter().map(|row| row[k]).sum()
}

/// Pascal's triangle up to row `k`.
fn binomials(k: usize) -> Vec<Vec<f64>> {
    let mut rows = vec![vec![1.0]];
    for n in 1..=k {
        let above = &rows[n - 1];
        let row = (0..=n).map(|j| if j == 0 || j == n { 1.0 } else { above[j - 1] + above[j] }).collect();
        rows.push(row);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn seats_are_in_range_and_depend_on_everything() {
        let (rho, device) = (Fr::from(1u64), Fr::from(2u64));
        let drawn = committee(Duty::Uptime, rho, device, 64, 1_000_003);
        assert!(drawn.iter().all(|index| *index < 1_000_003));
        assert!(drawn.iter().collect::<BTreeSet<_>>().len() > 60);
        assert_ne!(drawn, committee(Duty::Uptime, device, device, 64, 1_000_003));
        assert_ne!(drawn, committee(Duty::Uptime, rho, rho, 64, 1_000_003));
        assert_ne!(drawn, committee(Duty::Rate, rho, device, 64, 1_000_003));
        assert_eq!(committee(Duty::Rate, rho, device, 5, 1), [0; 5]);
        assert_eq!(committee(Duty::Rate, rho, device, 5, 0), [0; 0]);
    }

    #[test]
    fn capture_odds_are_those_of_the_protocol() {
        for (k, q, share, percent) in
            [(5, 3, 0.1, 0.9), (5, 3, 0.2, 5.8), (5, 3, 0.33, 20.0), (16, 9, 0.2, 0.15)]
        {
            let odds = 100.0 * capture_odds(k, q, share);
            assert!((odds - percent).abs() < 0.05 * percent, "k={k} q={q} share={share}: {odds} %");
        }
        assert_eq!(capture_odds(5, 6, 1.0), 0.0);
        assert_eq!(capture_odds(5, 0, 0.0), 1.0);
        assert!(close(capture_odds(3, 3, 0.5), 0.125));
    }

    #[test]
    fn miss_odds_equal_counting_all_committees() {
        let seats_of = [2u32, 1, 1];
        let (excluded, k) = (1u32, 4u32);
        let owner_of = [0usize, 0, 1, 2, usize::MAX];
        for q in 0..=5 {
            let mut missed = 0;
            for code in 0..5u32.pow(k) {
                let drawn = (0..k).map(|j| owner_of[(code / 5u32.pow(j) % 5) as usize]);
                let owners: BTreeSet<usize> = drawn.filter(|owner| *owner != usize::MAX).collect();
                missed += u32::from((owners.len() as u32) < q);
            }
            let expected = f64::from(missed) / f64::from(5u32.pow(k));
            let odds = miss_odds(k, q, &seats_of, excluded);
            assert!(close(odds, expected), "q={q}: {odds}, counted {expected}");
        }
    }

    #[test]
    fn miss_odds_of_extremes() {
        assert_eq!(miss_odds(5, 3, &[], 0), 1.0);
        assert_eq!(miss_odds(5, 0, &[], 0), 0.0);
        assert!(close(miss_odds(5, 2, &[10], 0), 1.0));
        assert!(close(miss_odds(1, 1, &[1; 12], 0), 0.0));
        let twelve = miss_odds(5, 3, &[1; 12], 0);
        assert!(twelve > 0.0 && twelve < 0.03, "{twelve}");
    }
}
