//! `popw chain verify`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use miette::IntoDiagnostic;
use popw_chain::{Address, Answer, Claim, Contract, Gas};
use popw_core::document::{EpochPublic, ProofEnvelope};
use popw_core::field;
use popw_network::files;
use popw_verifier::envelope::Against;

use super::{RpcArgs, address, report};
use crate::commands::Outcome;
use crate::documents::{self, KeySource};
use crate::ui::Ui;

mod judge;
mod show;

use judge::{Judged, Reader};

const AFTER_HELP: &str = "\
The contract checks the proof for its public inputs, by eth_call: nothing is sent, nothing is paid. The rest of the
document is checked here: that it names the contract's key, and that its public inputs follow from its openings (network,
epoch, registries, rules, recipient). What the key is for is read from the contract; with --key or --keys, from the key,
and the proof is also verified natively. It is an error if the contract and the native verifier disagree.
Several Groth16 proofs go to the contract at once (verifyBatch).

Verdicts and exit codes:
   3  valid for this epoch       (--epoch)
   4  valid, context not checked (without it: anyone can build registries of their own)
   6  invalid, or made for a key other than the contract's; of several proofs, at least one
   1  could not be checked: no answer from the node, no verifier at the address, a file is unreadable
   2  wrong usage
Whether a claim is due is for the contract that keeps the nullifiers, or `popw verify --ledger`, to say.

Gas is the node's estimate (eth_estimateGas) for a transaction that makes the call: the limit it needs. What remains after
21,000, and 4 or 16 for each byte of calldata, is the cost of verifying.

Examples:
  popw chain verify proof.json --rpc http://127.0.0.1:8545 --contract 0x5fbdb2315678afecb367f032d93f642f64180aa3
  popw chain verify a.json b.json --rpc https://rpc.example.org --chain-id 1 --epoch epoch-public.json \\
      --contract 0x5fbdb2315678afecb367f032d93f642f64180aa3 --keys keys/";

/// Have a verifier contract check proofs. The exit code is the verdict.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Proofs for the contract's key (proof.json, or their compact form).
    #[arg(required = true)]
    proofs: Vec<PathBuf>,
    #[command(flatten)]
    rpc: RpcArgs,
    /// The verifier's address.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    contract: Address,
    /// The contract's verifying key (a .vk file), to verify natively as well.
    #[arg(long, value_name = "VK", conflicts_with = "keys")]
    key: Option<PathBuf>,
    /// A folder of .vk files; the key is found by its digest.
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
    /// The epoch as the network published it (never a copy from whoever hands in the proof).
    #[arg(long, value_name = "JSON")]
    epoch: Option<PathBuf>,
}

/// A proof document and where it is from.
struct Document<'a> {
    path: &'a Path,
    envelope: ProofEnvelope,
    inputs: Vec<[u8; 32]>,
}

impl Document<'_> {
    fn claim(&self) -> Claim<'_> {
        Claim { proof: &self.envelope.proof, inputs: &self.inputs }
    }
}

pub(super) async fn run(args: Args, ui: &Ui) -> Outcome {
    let documents = args.proofs.iter().map(|path| read(path)).collect::<miette::Result<Vec<_>>>()?;
    let epoch: Option<EpochPublic> = args
        .epoch
        .as_deref()
        .map(|path| files::read_document(path, "epoch file", files::DOCUMENT_LIMIT).into_diagnostic())
        .transpose()?;
    let against = epoch.as_ref().map_or(Against::Nothing, Against::Epoch);

    let given = args.key.is_some() || args.keys.is_some();
    let source = given.then_some(KeySource { key: args.key, keys: args.keys });
    let chain = args.rpc.connect().await?;
    let contract = Contract::open(&chain, args.contract).await.map_err(report)?;
    let asked = ask(&contract, &documents).await?;
    let mut judged = Vec::new();
    for (document, answer) in documents.iter().zip(asked.answers) {
        let reader = Reader::new(&contract, source.as_ref(), &document.envelope)?;
        judged.push(reader.judge(document.path, &document.envelope, answer, against)?);
    }
    warn_of_another_chain(&documents, chain.id(), ui);
    show::print(&contract, &chain, &judged, asked.gas, asked.at_once, ui);
    Ok(ExitCode::from(exit_code(&judged, epoch.is_some())))
}

fn read(path: &Path) -> miette::Result<Document<'_>> {
    let envelope = documents::read_proof(path)?;
    let inputs = envelope.public.to_array().iter().map(field::to_be_bytes).collect();
    Ok(Document { path, envelope, inputs })
}

/// What the contract says about each document; `None` for those of another key, about which it is not asked.
struct Asked {
    answers: Vec<Option<Answer<()>>>,
    gas: Option<Gas>,
    at_once: usize,
}

async fn ask(contract: &Contract<'_>, documents: &[Document<'_>]) -> miette::Result<Asked> {
    let ours = |document: &&Document<'_>| document.envelope.key_digest == contract.identity().key_digest;
    let batch: Vec<&Document<'_>> = documents.iter().filter(ours).collect();
    let claims: Vec<Claim<'_>> = batch.iter().map(|document| document.claim()).collect();
    let at_once = claims.len() > 1 && contract.identity().batches;
    if at_once && matches!(contract.verify_batch(&claims).await, Ok(Ok(()))) {
        let answers = documents.iter().map(|document| ours(&document).then_some(Ok(()))).collect();
        let gas = Some(contract.gas_of_batch(&claims).await.map_err(report)?);
        return Ok(Asked { answers, gas, at_once: claims.len() });
    }
    // A batch is refused as a whole, and may be more than a node has gas for: one by one shows which, and why.
    let mut answers = Vec::new();
    let mut gas = None;
    for document in documents {
        let answer = match ours(&document) {
            true => Some(contract.verify(document.claim()).await.map_err(report)?),
            false => None,
        };
        if gas.is_none() && answer == Some(Ok(())) {
            gas = Some(contract.gas(document.claim()).await.map_err(report)?);
        }
        answers.push(answer);
    }
    Ok(Asked { answers, gas, at_once: 1 })
}

/// A verifier may be on any chain; a claim is paid only on the chain that its domain names.
fn warn_of_another_chain(documents: &[Document<'_>], id: u64, ui: &Ui) {
    for document in documents {
        let domain = &document.envelope.opening.context.domain_id;
        let chain = domain.strip_prefix("eip155:").and_then(|rest| rest.split(':').next());
        if chain.is_some_and(|chain| chain != id.to_string()) {
            ui.warn(&format!(
                "{}: its network's contract, {domain}, is not on chain {id}, which was asked",
                document.path.display()
            ));
        }
    }
}

fn exit_code(judged: &[Judged<'_>], against_epoch: bool) -> u8 {
    match judged.iter().all(|judged| judged.verdict.is_ok()) {
        false => 6,
        true if against_epoch => 3,
        true => 4,
    }
}
