use core::fmt;

use popw_core::Fr;

use crate::poseidon8;

/// What kernels run on.
#[derive(Debug, Clone, Copy)]
pub enum Backend {
    /// 64-bit words, on any machine.
    Scalar,
    /// AVX-512 with IFMA; [`Backend::avx512`] makes it where there is one.
    #[cfg(target_arch = "x86_64")]
    Avx512(crate::lanes::Avx512Machine),
}

impl Backend {
    /// The fastest that this machine has.
    pub fn detect() -> Self {
        Self::avx512().unwrap_or(Self::Scalar)
    }

    /// AVX-512 with IFMA, if this machine has it.
    pub fn avx512() -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        return crate::lanes::Avx512Machine::detect().map(Self::Avx512);
        #[cfg(not(target_arch = "x86_64"))]
        None
    }

    /// For reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => "avx512",
        }
    }

    pub(crate) fn poseidon8(self, inputs: &[Fr], out: &mut [Fr]) {
        match self {
            Self::Scalar => poseidon8::on_words(inputs, out),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(machine) => avx512::hash(machine, inputs, out),
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The kernels, compiled with the instructions.
#[cfg(target_arch = "x86_64")]
mod avx512 {
    use super::Fr;
    use crate::{
        lanes::{Avx512, Avx512Machine},
        poseidon8,
    };

    pub fn hash(machine: Avx512Machine, inputs: &[Fr], out: &mut [Fr]) {
        #[target_feature(enable = "avx512f,avx512ifma")]
        fn enabled(machine: Avx512Machine, weights: &poseidon8::LaneWeights, inputs: &[Fr], out: &mut [Fr]) {
            poseidon8::on_lanes::<Avx512>(machine, weights, inputs, out);
        }
        let weights = poseidon8::lane_weights();
        // SAFETY: an `Avx512Machine` exists only where `detect` found both features.
        unsafe { enabled(machine, weights, inputs, out) }
    }
}
