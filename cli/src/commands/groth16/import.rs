//! `popw groth16 import`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use miette::{IntoDiagnostic, miette};
use popw_files::{Content, Overwrite, Plan};
use popw_prover::groth16::{self, ProvingKey, QuotientBasis, Source};
use serde::Serialize;

use crate::{
    commands::{Outcome, ms, output},
    describe,
    signals::{self, First},
    text,
    ui::Ui,
};

pub const EXAMPLES: &str = "\
Every point is checked once, and the key file is then trusted by its digest. With --r1cs the key holds all constraints: a
false witness is refused before proving, naming the constraint. A .zkey file that nobody has contributed to is refused.
Ctrl-C stops and leaves no file.

Examples:
  popw groth16 import --zkey circuit.zkey --r1cs circuit.r1cs --out circuit.pk
  popw groth16 import --ark key.bin --r1cs circuit.r1cs --out circuit.pk";

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    source: SourceArgs,
    /// Where to write the key file.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Replace an existing key.
    #[arg(long)]
    force: bool,
}

#[derive(clap::Args)]
struct SourceArgs {
    /// A snarkjs .zkey file (Groth16, bn128).
    #[arg(long, value_name = "FILE", required_unless_present = "ark", conflicts_with = "ark")]
    zkey: Option<PathBuf>,
    /// An arkworks proving key: `ark_groth16::ProvingKey<Bn254>`, serialized, compressed or not.
    #[arg(long, value_name = "FILE", requires = "r1cs")]
    ark: Option<PathBuf>,
    /// The circuit's constraints, as circom writes them; needed with --ark.
    #[arg(long, value_name = "FILE")]
    r1cs: Option<PathBuf>,
}

impl SourceArgs {
    fn source(&self) -> miette::Result<Source<'_>> {
        match (&self.zkey, &self.ark, &self.r1cs) {
            (Some(zkey), _, r1cs) => Ok(Source::Snarkjs { zkey, r1cs: r1cs.as_deref() }),
            (None, Some(key), Some(r1cs)) => Ok(Source::Arkworks { key, r1cs }),
            _ => Err(miette!("--zkey, or --ark and --r1cs, are needed")),
        }
    }
}

impl Args {
    fn plan(&self) -> Plan {
        let SourceArgs { zkey, ark, r1cs } = &self.source;
        let read = [zkey, ark, r1cs].into_iter().flatten().map(PathBuf::as_path);
        Plan::new(Overwrite::forced(self.force)).reading(read)
    }
}

/// What a key is.
#[derive(Serialize)]
pub struct Described {
    constraints: u32,
    public_inputs: u32,
    witness_variables: u32,
    knows_c: bool,
    quotient_basis: &'static str,
}

impl Described {
    fn new(key: &ProvingKey) -> Self {
        let (dimensions, view) = (key.dimensions(), key.view());
        Self {
            constraints: dimensions.constraints,
            public_inputs: dimensions.public,
            witness_variables: dimensions.witness,
            knows_c: view.c.is_some(),
            quotient_basis: match view.basis {
                QuotientBasis::Coset => "coset",
                QuotientBasis::Coefficients => "coefficients",
            },
        }
    }
}

#[derive(Serialize)]
struct Report<'a> {
    key: &'a Path,
    bytes: u64,
    #[serde(flatten)]
    described: Described,
    import_ms: f64,
}

/// Makes the key file.
pub fn run(args: &Args, ui: &Ui) -> Outcome {
    let source = args.source.source()?;
    let mut plan = args.plan();
    let out = output(&mut plan, &args.out, "--out", Content::file("key file"))?;
    let started = Instant::now();
    signals::watch(First::Asks, ui)?;
    let bar = ui.bar();
    let key = groth16::import(&source, out, &bar).into_diagnostic()?;
    drop(bar);
    let report = Report {
        key: &args.out,
        bytes: key.file_bytes(),
        described: Described::new(&key),
        import_ms: ms(started.elapsed()),
    };
    ui.result(&report, || {
        let Described { constraints, public_inputs, witness_variables, knows_c, .. } = report.described;
        let c = if knows_c {
            ""
        } else {
            "\n  without C: a false witness is noticed only when its proof fails (see --r1cs)"
        };
        format!(
            "{}: {}, {}, {}, {}; checked and written in {:.0} ms{c}",
            report.key.display(),
            describe::bytes(report.bytes),
            text::count(constraints as usize, "constraint"),
            text::count(public_inputs as usize, "public input"),
            text::count(witness_variables as usize, "witness variable"),
            report.import_ms
        )
    });
    Ok(ExitCode::SUCCESS)
}
