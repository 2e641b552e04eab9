//! A verifying key's file as constants of a Solana program.
//!
//! The key is read by `popw-verifier`, which refuses every key that a proof could be forged for, so a program with a
//! weak key is never built.

use std::fmt::Write as _;

use popw_verifier::{
    encoding::{push_g1, push_g2},
    groth16,
    key::{KeyError, Payload, VerifyingKey},
};

/// Why there is no program for a key.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file is no sound key.
    #[error("{} ({})", .0, .0.code())]
    Key(#[from] KeyError),
    /// The key is of another proof system than Groth16.
    #[error("a {found} key; this program verifies Groth16 proofs (wrong-system)")]
    System {
        /// The key's system.
        found: &'static str,
    },
}

impl Error {
    /// A code that stays the same between versions.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Key(error) => error.code(),
            Self::System { .. } => "wrong-system",
        }
    }
}

/// Rust text of `const KEY: Key`, from the bytes of a key's file.
///
/// # Errors
/// [`Error::Key`] with the code that the verifier gives, [`Error::System`] for a halo2 key.
pub fn constants(file: &[u8]) -> Result<String, Error> {
    let key = VerifyingKey::from_bytes(file)?;
    match key.payload() {
        Payload::Groth16(groth16) => Ok(render(&key, groth16)),
        _ => Err(Error::System { found: key.header().system.name() }),
    }
}

fn render(key: &VerifyingKey, groth16: &groth16::Key) -> String {
    let mut ic = Vec::new();
    groth16.ic().iter().for_each(|point| push_g1(&mut ic, point));
    let mut alpha_beta = Vec::new();
    push_g1(&mut alpha_beta, &-groth16.alpha());
    push_g2(&mut alpha_beta, &groth16.beta());
    let [gamma, delta] = [-groth16.gamma(), -groth16.delta()].map(|point| {
        let mut bytes = Vec::new();
        push_g2(&mut bytes, &point);
        bytes
    });
    let header = key.header();
    let mut text = format!(
        "/// {} {}, shape {}, digest {}.\nconst KEY: popw_solana::Key = popw_solana::Key {{\n",
        header.claim,
        header.claim_version,
        header.shape,
        key.digest()
    );
    let fields =
        [("ic", ic), ("minus_alpha_beta", alpha_beta), ("minus_gamma", gamma), ("minus_delta", delta)];
    for (name, bytes) in fields {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "    {name}: {bytes:?},");
    }
    text + "};\n"
}
