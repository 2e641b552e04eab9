//! Which arithmetic proves, and on how many threads.

use miette::{IntoDiagnostic, miette};
use popw_prover::backend::Backend;

/// Options of commands that prove.
#[derive(clap::Args)]
pub struct EngineArgs {
    /// Arithmetic of Groth16: `auto` is the fastest that this machine has; another one that it lacks is an error.
    #[arg(long, value_enum, default_value = "auto")]
    backend: BackendArg,
    /// Threads to prove on [default: one for each processor].
    #[arg(long, value_name = "N")]
    threads: Option<std::num::NonZeroUsize>,
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
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.get());
            pool.build_global().into_diagnostic()?;
        }
        match self.backend {
            BackendArg::Auto => Ok(Backend::detect()),
            BackendArg::Reference => Ok(Backend::reference()),
            BackendArg::Scalar => Ok(Backend::scalar()),
            BackendArg::Avx512 => Backend::avx512().ok_or_else(|| {
                miette!(
                    help = "leave --backend out, or choose --backend scalar",
                    "this processor has no AVX-512 with IFMA, which --backend avx512 needs"
                )
            }),
        }
    }

    /// Whether a backend was chosen.
    pub fn chosen(&self) -> bool {
        self.backend != BackendArg::Auto
    }
}
