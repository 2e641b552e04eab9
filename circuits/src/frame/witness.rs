//! What the prover knows for every claim.

use popw_core::Fr;

use crate::gadgets::lean_imt::Path;

/// What the prover knows for every claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witness {
    /// Domain of the network.
    pub domain: Fr,
    /// Epoch number.
    pub epoch: Fr,
    /// ρ, the opening beacon.
    pub opening: Fr,
    /// ρ′, the closing beacon.
    pub closing: Fr,
    /// Root of the devices.
    pub device_root: Fr,
    /// Root of the witnesses; not read by kinds that do not use it, as the two below.
    pub witness_root: Fr,
    /// Root of the allotments.
    pub allotment_root: Fr,
    /// Root of the sectors.
    pub sector_root: Fr,
    /// n_w, k, q, slots, max_gap, B, min_rate.
    pub rules: [Fr; 7],
    /// b; not read by kinds without batches.
    pub batch: Fr,
    /// 160-bit commitment to recipient and owner tag.
    pub payee: Fr,
    /// The device's secret scalar.
    pub secret: Fr,
    /// The device's owner.
    pub owner: Fr,
    /// Path of the device's leaf.
    pub device_path: Path,
}

impl Drop for Witness {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.secret);
    }
}
