//! Runs of down slots.

use popw_core::Fr;

use super::compare::is_zero;
use crate::driver::Driver;

/// Whether some run of consecutive ones in the boolean `down` is longer than `most`, as a boolean.
///
/// `run_s = (run_{s−1} + 1) · down_s` grows by one at a time, so a run longer than `most` passes through
/// `most + 1`: exactly then the product of all `run_s − (most + 1)` is zero. Cost in R1CS: `2·n + 1`.
pub fn has_run_longer_than<D: Driver>(d: &mut D, down: &[D::Wire], most: &D::Wire) -> D::Wire {
    let one = Fr::from(1u64);
    let mut run = d.constant(Fr::from(0u64));
    let mut product: Option<D::Wire> = None;
    for (s, down) in down.iter().enumerate() {
        run = if s == 0 {
            down.clone()
        } else {
            let longer = d.linear(&[(one, &run)], one);
            d.mul(&longer, down)
        };
        let distance = d.linear(&[(one, &run), (-one, most)], -one);
        product = Some(match product {
            None => distance,
            Some(product) => d.mul(&product, &distance),
        });
    }
    match product {
        Some(product) => is_zero(d, &product),
        None => d.constant(Fr::from(0u64)),
    }
}
