//! Which arithmetic proves, and on how many threads.

use std::num::NonZeroUsize;

use miette::{IntoDiagnostic, miette};
use popw_prover::groth16::backend::{Backend, BackendError};

use crate::text::parse_bytes;

/// Threads for each processor that may be asked for: each takes memory, and the system's time.
const THREADS_EACH: usize = 8;

/// Options of commands that prove.
#[derive(clap::Args)]
pub struct EngineArgs {
    /// Arithmetic for Groth16: `auto` picks the fastest that this machine has; naming one that it lacks is an error.
    #[arg(long, value_enum, default_value = "auto")]
    backend: BackendArg,
    /// Threads to prove with, at most eight for each processor [default: one for each].
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// Memory that proving may take, such as 300M or 2G (binary units) [default: as much as is fastest].
    ///
    /// This counts what the process itself allocates. The key file is mapped and does not count: the system reclaims its pages
    /// when it needs them. Groth16 does less at once where it has to, and is slower then; the proof is the same. What cannot be
    /// proven within the limit is refused before proving starts, with the least that is needed; so is halo2, by its estimate.
    #[arg(long, value_name = "SIZE", value_parser = parse_bytes)]
    max_memory: Option<u64>,
}

#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq)]
enum BackendArg {
    /// The fastest there is.
    Auto,
    /// arkworks.
    Reference,
    /// 64-bit words.
    Scalar,
    /// AVX-512 with IFMA.
    Avx512,
}

impl EngineArgs {
    /// The backend; afterwards everything runs on the threads asked for.
    pub fn start(&self) -> miette::Result<Backend> {
        if let Some(threads) = self.threads {
            let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
            let most = processors * THREADS_EACH;
            if threads.get() > most {
                return Err(miette!(
                    help = format!(
                        "choose --threads {most} or fewer; more threads than processors make nothing faster"
                    ),
                    "--threads {threads}: at most {most} on this machine, {THREADS_EACH} for each of its processors"
                ));
            }
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.get());
            pool.build_global().into_diagnostic()?;
        }
        let backend = match self.backend {
            BackendArg::Auto => Backend::detect(),
            BackendArg::Reference => Backend::reference(),
            BackendArg::Scalar => Backend::scalar(),
            BackendArg::Avx512 => Backend::avx512().ok_or_else(|| {
                miette!(
                    help = "leave out --backend, or choose --backend scalar",
                    "this processor has no AVX-512 with IFMA, which --backend avx512 needs"
                )
            })?,
        };
        Ok(match self.max_memory {
            Some(limit) => backend.within(limit),
            None => backend,
        })
    }

    /// For what has one way of proving only, which takes so many bytes.
    ///
    /// # Errors
    /// If that is more than is allowed.
    pub fn allows(&self, needed: u64) -> miette::Result<()> {
        match self.max_memory {
            Some(limit) if needed > limit => Err(BackendError::Memory { needed, limit }).into_diagnostic(),
            _ => Ok(()),
        }
    }

    /// Whether a backend was chosen.
    pub fn chosen(&self) -> bool {
        self.backend != BackendArg::Auto
    }
}
