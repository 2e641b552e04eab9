//! Context and nullifier.

use super::{Roots, Rules};
use crate::{
    Fr,
    poseidon::hash,
    tag::{self, Tag},
};

/// What `context` opens to. A proof alone says nothing about being due: whoever pays compares these with the
/// epoch the network has published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContextOpening {
    /// The contract that keeps the nullifiers; see [`identity::domain`](crate::identity::domain).
    pub domain: Fr,
    /// The epoch's number.
    pub epoch: u32,
    /// ρ, the beacon that opens the epoch.
    pub opening: Fr,
    /// ρ′, the beacon that closes it.
    pub closing: Fr,
    /// Roots of the registries.
    pub roots: Roots,
    /// Rules of the epoch.
    pub rules: Rules,
}

impl ContextOpening {
    /// `H(claim, domain, H(epoch, ρ, ρ′), H(device_root, witness_root, allotment_root, sector_root), rules)`, where
    /// `claim` is the claim's own tag, such as [`tag::CTX_UPTIME`].
    pub fn context(&self, claim: Tag) -> Fr {
        let Roots { device, witness, allotment, sector } = self.roots;
        let time = hash(&[Fr::from(self.epoch), self.opening, self.closing]);
        let roots = hash(&[device, witness, allotment, sector]);
        hash(&[claim.fr(), self.domain, time, roots, self.rules.pack()])
    }
}

/// `H(⟦popw.nullifier⟧, kind, sk, H(domain, epoch), batch)`: one per device, epoch and batch, and without `sk`
/// nobody can tell whose. `kind` is such as [`tag::UPTIME`].
pub fn nullifier(kind: Tag, sk: Fr, domain: Fr, epoch: u32, batch: u32) -> Fr {
    let place = hash(&[domain, Fr::from(epoch)]);
    hash(&[tag::NULLIFIER.fr(), kind.fr(), sk, place, Fr::from(batch)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{collections::BTreeSet, vec::Vec};

    fn opening() -> ContextOpening {
        let f = |n: u64| Fr::from(n);
        ContextOpening {
            domain: f(1),
            epoch: 2,
            opening: f(3),
            closing: f(4),
            roots: Roots { device: f(5), witness: f(6), allotment: f(7), sector: f(8) },
            rules: Rules { n_w: 12, k: 5, q: 3, slots: 24, max_gap: 4, batches: 1, min_rate: 0 },
        }
    }

    #[test]
    fn every_part_enters_the_context() {
        let base = opening();
        let changes: [fn(&mut ContextOpening); 9] = [
            |c| c.domain += Fr::from(1u64),
            |c| c.epoch += 1,
            |c| c.opening += Fr::from(1u64),
            |c| c.closing += Fr::from(1u64),
            |c| c.roots.device += Fr::from(1u64),
            |c| c.roots.witness += Fr::from(1u64),
            |c| c.roots.allotment += Fr::from(1u64),
            |c| c.roots.sector += Fr::from(1u64),
            |c| c.rules.min_rate += 1,
        ];
        let mut seen: Vec<Fr> = [base.context(tag::CTX_UPTIME), base.context(tag::UPTIME)].into();
        for change in changes {
            let mut other = base;
            change(&mut other);
            seen.push(other.context(tag::CTX_UPTIME));
        }
        let distinct: BTreeSet<&Fr> = seen.iter().collect();
        assert_eq!(distinct.len(), seen.len());
    }

    #[test]
    fn every_part_enters_the_nullifier() {
        let (sk, domain) = (Fr::from(1u64), Fr::from(2u64));
        let base = nullifier(tag::UPTIME, sk, domain, 3, 4);
        assert_ne!(nullifier(tag::POSSESSION, sk, domain, 3, 4), base);
        assert_ne!(nullifier(tag::UPTIME, domain, domain, 3, 4), base);
        assert_ne!(nullifier(tag::UPTIME, sk, sk, 3, 4), base);
        assert_ne!(nullifier(tag::UPTIME, sk, domain, 4, 4), base);
        assert_ne!(nullifier(tag::UPTIME, sk, domain, 3, 3), base);
    }
}
