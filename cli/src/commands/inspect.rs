//! `popw inspect`.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    process::ExitCode,
};

use miette::{IntoDiagnostic, WrapErr, miette};
use popw_agent::receipts::ReceiptLog;
use popw_core::{
    claim::{ContextOpening, Kind, split_outcome},
    document::{
        self, BandwidthInput, ClaimInput, Document, EpochPublic, ProofEnvelope, StorageInput, UptimeInput,
        WorkInput,
    },
    draw, field, possession,
};
use popw_network::{
    epoch::directory::EpochDirectory, keyfile::KeyFile, policy::Policy, registry::Registration,
};
use popw_prover::groth16;
use popw_storage::{SectorRecord, scrub::ScrubState};
use popw_verifier::{claims, envelope, key};
use serde_json::{Value, json};

use super::Outcome;
use crate::{describe, snarkjs, text, ui::Ui};

/// Say what a popw, snarkjs or circom file is and what it contains.
#[derive(clap::Args)]
#[command(
    after_help = "Nothing is verified here but the file's form: use `popw verify` for proofs, `popw lint` for keys.\n\n\
    Examples:\n  popw inspect proof.json\n  popw inspect circuit.zkey\n  popw --json inspect keys/uptime-demo-groth16.vk"
)]
pub struct Args {
    /// The file.
    file: PathBuf,
}

/// What was found: a title, facts in order, and lists.
struct Facts {
    title: String,
    facts: Vec<(&'static str, Value)>,
}

impl Facts {
    fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), facts: Vec::new() }
    }

    fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.facts.push((name, value.into()));
        self
    }

    fn to_json(&self, path: &Path) -> Value {
        let mut object = serde_json::Map::new();
        object.insert("file".into(), json!(path));
        object.insert("is".into(), json!(self.title));
        for (name, value) in &self.facts {
            object.insert((*name).into(), value.clone());
        }
        Value::Object(object)
    }

    fn to_text(&self, path: &Path) -> String {
        let path = path.display().to_string();
        let mut lines = vec![format!("{}: {}", text::shown(&path), self.title)];
        for (name, value) in &self.facts {
            match value {
                Value::Array(items) => {
                    lines.push(format!("  {}:", name.replace('_', " ")));
                    lines.extend(items.iter().map(|item| format!("    - {}", plain(item))));
                }
                value => lines.push(format!("  {:<18} {}", name.replace('_', " "), plain(value))),
            }
        }
        lines.join("\n")
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| text::shown(text).to_string())
}

/// Largest file read whole; larger ones are known by their first bytes.
const WHOLE: u64 = 64 << 20;

/// Prints what the file is.
pub fn run(args: Args, ui: &Ui) -> Outcome {
    let path = &args.file;
    let facts = facts(path)?;
    ui.result(&facts.to_json(path), || facts.to_text(path));
    Ok(ExitCode::SUCCESS)
}

fn facts(path: &Path) -> miette::Result<Facts> {
    let reading = || format!("reading {}", path.display());
    let mut file = File::open(path).into_diagnostic().wrap_err_with(reading)?;
    let size = file.metadata().into_diagnostic().wrap_err_with(reading)?.len();
    let mut head = Vec::new();
    file.by_ref().take(WHOLE).read_to_end(&mut head).into_diagnostic().wrap_err_with(reading)?;
    let named = |error: &dyn std::fmt::Display| miette!("{}: {error}", path.display());
    let facts = if head.starts_with(b"POPWVKEY") {
        verifying_key(&head).map_err(|error| named(&error))?
    } else if head.starts_with(b"POPWPRF1") {
        proof(&envelope::parse(&head).map_err(|error| named(&error))?)
    } else if head.starts_with(&groth16::layout::MAGIC) {
        Facts::new("Groth16 proving key").with("check", "`popw prove --check` reads all of it")
    } else if let Some(kind) = popw_prover::halo2::kind_of(&head) {
        Facts::new(kind)
    } else if groth16::is_foreign(&head) {
        foreign(&groth16::facts(path).into_diagnostic()?)
    } else if head.starts_with(&popw_storage::header::MAGIC) {
        Facts::new("tree of a sector").with("check", "`popw storage scrub` reads all of it")
    } else if head.starts_with(b"SQLite format 3\0") {
        database(&head)
    } else if snarkjs::is_key(&head) {
        let public = snarkjs::public_inputs(&head).map_err(|error| named(&error))?;
        Facts::new("verifying key of snarkjs (verification_key.json)")
            .with("public_inputs", public)
            .with("check", "`popw lint key` judges it")
    } else if head.trim_ascii_start().starts_with(b"{") || is_other_text(&head) {
        json_document(&head, path).map_err(|error| named(&error))?
    } else if head.windows(12).any(|window| window == b"popw.network") {
        network(&Policy::read(path).into_diagnostic()?)
    } else {
        return Err(miette!(
            help = "it reads files of snarkjs and circom (.zkey, .r1cs, .wtns, verification_key.json); popw writes JSON documents, network.toml, .vk, .pk and .srs files, compact proofs and SQLite databases",
            "{} is not a popw file",
            path.display()
        ));
    };
    let whole = size <= WHOLE;
    let facts = facts.with("bytes", size);
    Ok(if whole { facts.with("blake3", blake3::hash(&head).to_string()) } else { facts })
}

/// Text, but not as documents are written: a byte order mark, or UTF-16. Reading it says so.
fn is_other_text(bytes: &[u8]) -> bool {
    [&b"\xef\xbb\xbf"[..], b"\xff\xfe", b"\xfe\xff"].iter().any(|mark| bytes.starts_with(mark))
}

fn verifying_key(bytes: &[u8]) -> Result<Facts, key::KeyError> {
    let key = key::VerifyingKey::from_bytes(bytes)?;
    let header = key.header();
    Ok(Facts::new(format!("verifying key, {}", header.system.name()))
        .with("claim", format!("{} v{}", header.claim, header.claim_version))
        .with("shape", header.shape.clone())
        .with("digest", key.digest().to_string())
        .with("development", header.development.map_or("no", |development| development.warning())))
}

/// A file of snarkjs or circom.
fn foreign(found: &groth16::Facts) -> Facts {
    let facts = Facts::new(found.what);
    let facts = found.numbers.iter().fold(facts, |facts, (name, number)| facts.with(name, *number));
    match found.contributed {
        None => facts,
        Some(true) => facts.with("contributed", "yes"),
        Some(false) => facts.with("contributed", "NO: anyone can forge proofs for it"),
    }
}

fn proof(proof: &ProofEnvelope) -> Facts {
    let context = &proof.opening.context;
    let kind = Kind::find(&proof.claim);
    let payee = envelope::Payee {
        recipient: proof.opening.payee.recipient,
        owner_tag: proof.opening.payee.owner_tag,
    };
    let amount = split_outcome(&proof.public.outcome).map_or_else(
        |error| error.to_string(),
        |(_, amount)| describe::amount(kind, &amount, context.rules.slots),
    );
    let facts = Facts::new("proof, not verified here")
        .with("version", 1)
        .with("claim", format!("{} v{}", proof.claim, proof.claim_version))
        .with("shape", proof.shape.clone())
        .with("system", proof.system.name())
        .with("key_digest", hex::encode(proof.key_digest))
        .with("development_key", proof.development)
        .with("network", context.domain_id.clone())
        .with("epoch", context.epoch)
        .with("amount", amount)
        .with("payee", describe::payee(&payee))
        .with("context", field::to_decimal(&proof.public.context))
        .with("nullifier", field::to_decimal(&proof.public.nullifier))
        .with("outcome", field::to_decimal(&proof.public.outcome))
        .with("proof_bytes", proof.proof.len());
    let known =
        u16::try_from(proof.claim_version).ok().and_then(|version| claims::find(&proof.claim, version));
    let Some(claim) = known else { return facts };
    let challenges = claim.challenges(&proof.shape).unwrap_or(0);
    let mut odds = Vec::new();
    if claim.kind.registries().witness {
        odds.push(capture_odds(context.rules.k, context.rules.q));
    }
    if challenges > 0 {
        odds.push(detection_odds(challenges));
    }
    facts
        .with("odds", odds)
        .with("says", claim.statement)
        .with("evidence", claim.evidence)
        .with("does_not_prove", claim.does_not_prove.to_vec())
}

/// How likely a loss is noticed.
fn detection_odds(challenges: u32) -> String {
    let odds = [0.01, 0.05, 0.2].map(|lost| {
        let within = |epochs| text::percent(possession::detection_odds(challenges, lost, epochs));
        format!("{} in one epoch and {} in 30 for {:.0} % lost", within(1), within(30), lost * 100.0)
    });
    format!("{challenges} challenges a sector notice a loss: {}", odds.join(", "))
}

/// How likely the draw hands a quorum to somebody.
fn capture_odds(k: u32, q: u32) -> String {
    let odds = [0.1, 0.2, 0.33].map(|share| {
        let chance = if k <= 64 { text::percent(draw::capture_odds(k, q, share)) } else { "?".into() };
        format!("{chance} for {:.0} % of the seats", share * 100.0)
    });
    format!("a quorum of {q} in {k} falls to one party by the draw: {}", odds.join(", "))
}

fn json_document(bytes: &[u8], path: &Path) -> Result<Facts, Box<dyn std::error::Error>> {
    let header = document::header(bytes)?;
    Ok(match header.format.as_str() {
        ProofEnvelope::FORMAT => proof(&ProofEnvelope::from_json(bytes)?),
        EpochPublic::FORMAT => epoch(&EpochPublic::from_json(bytes)?),
        UptimeInput::FORMAT => input(&UptimeInput::from_json(bytes)?),
        StorageInput::FORMAT => input(&StorageInput::from_json(bytes)?),
        BandwidthInput::FORMAT => input(&BandwidthInput::from_json(bytes)?),
        WorkInput::FORMAT => input(&WorkInput::from_json(bytes)?),
        EpochDirectory::FORMAT => {
            let directory = EpochDirectory::from_json(bytes)?;
            Facts::new("directory of an epoch")
                .with("epoch", directory.epoch)
                .with("devices", directory.devices.len())
                .with("witnesses", directory.witnesses.len())
                .with("sectors", directory.sectors.len())
                .with("allotments", directory.allotments.len())
        }
        SectorRecord::FORMAT => {
            let sector = SectorRecord::from_json(bytes)?;
            Facts::new("what a sector commits to")
                .with("name", sector.name.clone())
                .with("size", describe::bytes(sector.bytes))
                .with("tree", format!("{} nodes, height {}", sector.nodes, sector.height))
                .with("comm_r", field::to_decimal(&sector.comm_r))
                .with("content", sector.id().to_string())
        }
        ScrubState::FORMAT => {
            let scrub = ScrubState::from_json(bytes)?;
            let state = if scrub.finished_unix_s.is_some() { "finished" } else { "not finished" };
            Facts::new("what a scrub has found")
                .with("state", state)
                .with("damaged_ranges", scrub.damaged.len())
        }
        ReceiptLog::FORMAT => {
            let log = ReceiptLog::from_json(bytes)?;
            Facts::new("all that was signed for a device in an epoch; see `popw receipts check`")
                .with("epoch", log.epoch.epoch)
                .with("device", text::key(&log.device.public_key))
                .with("receipts", log.receipts.len())
                .with("rates", log.rates.len())
                .with("attestations", log.attestations.len())
        }
        Registration::FORMAT => {
            let registration = Registration::from_json(bytes)?;
            Facts::new("registration with proof of possession").with("role", registration.role.to_string())
        }
        KeyFile::FORMAT => {
            let key = KeyFile::read(path)?;
            Facts::new(format!("key file of a {}", key.role()))
                .with("public_key", text::key(&key.public_key()))
                .with("endpoint", key.endpoint().to_string())
                .with("encrypted", key.is_encrypted())
        }
        other => return Err(format!("format \"{}\" is not one of popw's", text::shown(other)).into()),
    }
    .with("version", header.version))
}

/// The input of a proof.
fn input<I: ClaimInput>(input: &I) -> Facts {
    let parts = input.parts();
    let mut facts = epoch(parts.epoch).with("device", text::key(&parts.device.public_key));
    facts.title = format!("input of a proof: {}", parts.kind.id());
    if parts.kind.is_batched() {
        facts = facts.with("batch", format!("{} of {}", parts.batch, parts.epoch.rules.batches));
    }
    let slots = parts.epoch.rules.slots;
    let seats = parts.seats.iter().map(|seat| {
        format!(
            "seat {}: witness {}, {} of {slots} slots",
            seat.seat,
            seat.witness.index,
            seat.bitmap.count()
        )
    });
    let sectors = parts.sectors.iter().map(|sector| {
        let size = describe::bytes(sector.bytes);
        format!(
            "sector {}: {size}, until epoch {}, {} answers",
            sector.seq,
            sector.expiry,
            sector.openings.len()
        )
    });
    let receipts = parts.receipts.iter().map(|receipt| {
        let (signed, cap) = (describe::bytes(receipt.bytes), describe::bytes(receipt.cap));
        format!("allotment {}: {signed} of {cap} signed for", receipt.seq)
    });
    let challengers = parts.challengers.iter().map(|seat| {
        format!("seat {}: witness {}, {}", seat.seat, seat.witness.index, describe::rate(seat.rate))
    });
    let lists: [(&str, Vec<String>); 4] = [
        ("seats", seats.collect()),
        ("sectors", sectors.collect()),
        ("receipts", receipts.collect()),
        ("challengers", challengers.collect()),
    ];
    lists
        .into_iter()
        .filter(|(_, list)| !list.is_empty())
        .fold(facts, |facts, (name, list)| facts.with(name, list))
}

fn epoch(public: &EpochPublic) -> Facts {
    let rules = &public.rules;
    Facts::new("epoch")
        .with("network", format!("{} ({})", public.network, public.domain_id))
        .with("epoch", public.epoch)
        .with("starts", text::moment(public.start_unix_ms))
        .with("slots", format!("{} of {} ms", rules.slots, public.slot_ms))
        .with("committee", format!("{} seats of {} witnesses, quorum {}", rules.k, rules.n_w, rules.q))
        .with("max_gap", rules.max_gap)
        .with("opening_beacon", beacon(&public.opening))
        .with("closing_beacon", public.closing.as_ref().map_or("not closed yet".into(), beacon))
        .with("device_root", field::to_decimal(&public.roots.device))
        .with("witness_root", field::to_decimal(&public.roots.witness))
        .with("odds", capture_odds(rules.k, rules.q))
        .with("contexts", contexts(public.context_opening().ok()))
}

/// The context of each kind of claim about the epoch.
fn contexts(opening: Option<ContextOpening>) -> Vec<String> {
    let Some(opening) = opening else { return vec!["known when the epoch is closed".into()] };
    let context = |kind: Kind| {
        let opening = ContextOpening { roots: kind.registries().only(&opening.roots), ..opening };
        format!("{}: {}", kind.id(), field::to_decimal(&opening.context(kind.context())))
    };
    Kind::ALL.map(context).to_vec()
}

fn beacon(beacon: &document::Beacon) -> String {
    format!("{} round {}, {}", beacon.source.as_str(), beacon.round, hex::encode(beacon.randomness))
}

fn network(policy: &Policy) -> Facts {
    let (clock, rules) = (&policy.clock, &policy.rules);
    Facts::new("policy of a network")
        .with("name", policy.name.clone())
        .with("domain", policy.domain_id.clone())
        .with("shape", policy.shape.name())
        .with("genesis", text::moment(clock.genesis_unix_ms))
        .with("slots", format!("{} of {}", rules.slots, text::span(u64::from(clock.slot_ms))))
        .with("committee", format!("{} seats, quorum {}", rules.committee, rules.quorum))
        .with("max_gap", rules.max_gap)
        .with("odds", capture_odds(rules.committee, rules.quorum))
}

/// SQLite's header has the kind at offset 68 and the schema's version at 60.
fn database(head: &[u8]) -> Facts {
    let number = |at: usize| {
        head.get(at..at + 4).map_or(0, |bytes| i32::from_be_bytes(bytes.try_into().unwrap_or_default()))
    };
    let title = match number(68) {
        popw_network::registry::APPLICATION_ID => "registry of a network",
        popw_network::ledger::APPLICATION_ID => "ledger of spent nullifiers",
        popw_agent::store::device::APPLICATION_ID => "database of a device daemon",
        popw_agent::store::witness::APPLICATION_ID => "database of a witness daemon",
        popw_agent::duties::fetch::store::client::APPLICATION_ID => "database of a client",
        _ => "an SQLite database of another program",
    };
    Facts::new(title).with("schema_version", number(60))
}
