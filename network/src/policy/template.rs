//! New policies with sensible values, and their text with a comment on each field.

use std::fmt::Write;

use super::{
    BeaconPolicy, ClockPolicy, FORMAT, Pays, Policy, RegistryPolicy, RulesPolicy, Shape, SourceName, Timing,
    VERSION,
};
use crate::beacon::DrandChain;

impl Policy {
    /// A new policy for a shape, with a random local domain and quicknet pinned.
    ///
    /// As many slots and seats as the shape has. `demo`: slots of a second, quorum 3. `standard`: slots of a minute,
    /// quorum 5.
    pub fn new(name: &str, shape: Shape, genesis_unix_ms: u64) -> Self {
        let (slot_ms, rules, lead_ms, delay_ms) = match shape {
            Shape::Demo => (1_000, rules(shape, 3, 6), 9_000, 3_000),
            Shape::Standard => (60_000, rules(shape, 5, 30), 1_200_000, 600_000),
        };
        let epoch_ms = u64::from(slot_ms) * u64::from(rules.slots);
        Self {
            format: FORMAT.into(),
            version: VERSION,
            name: name.into(),
            domain_id: random_local_domain(),
            shape,
            pays: Pays::Singles,
            clock: ClockPolicy { genesis_unix_ms, slot_ms, answer_window_ms: epoch_ms.max(3_600_000) },
            rules,
            registry: RegistryPolicy { activation_delay: 2, snapshot_lead_ms: lead_ms },
            beacon: BeaconPolicy {
                source: SourceName::Drand,
                delay_ms,
                timing: Timing::Scheduled,
                drand: Some(DrandChain::quicknet()),
            },
        }
    }

    /// The policy as TOML, each field with a comment.
    pub fn to_toml(&self) -> String {
        let mut out = String::new();
        let text = |value: &str| toml::Value::String(value.to_owned()).to_string();
        let Self { name, domain_id, clock, rules, registry, beacon, .. } = self;
        let mut line = |parts: std::fmt::Arguments<'_>| {
            out.write_fmt(parts).and_then(|()| out.write_char('\n')).expect("writing to a string");
        };
        line(format_args!("# The policy of a popw network. Everyone of the network holds the same file."));
        line(format_args!("format = {}", text(&self.format)));
        line(format_args!("version = {}", self.version));
        line(format_args!("\n# For people; enters no proof."));
        line(format_args!("name = {}", text(name)));
        line(format_args!(
            "\n# The one contract that keeps the nullifiers, as CAIP-10 in lower case (eip155:1:0x…);"
        ));
        line(format_args!("# popw:local:<64 hex> without one. It enters every signature and every proof."));
        line(format_args!("domain_id = {}", text(domain_id)));
        let [demo, standard] = [Shape::Demo, Shape::Standard].map(size);
        line(format_args!("\n# The circuits' size: {demo} or {standard}."));
        line(format_args!("shape = \"{}\"", self.shape.name()));

        line(format_args!(
            "\n# Which claims are paid: \"singles\" (uptime, possession and bandwidth, each by itself), \"work\" (all in"
        ));
        line(format_args!(
            "# one proof; never both, the same work would be paid twice) or \"possession\" (stored data alone, for"
        ));
        line(format_args!("# which the network needs no witnesses)."));
        line(format_args!("pays = \"{}\"", self.pays.name()));

        line(format_args!("\n[clock]"));
        line(format_args!(
            "# Start of epoch 0, Unix time in milliseconds. Epochs follow each other without a gap."
        ));
        line(format_args!("genesis_unix_ms = {}", clock.genesis_unix_ms));
        line(format_args!("# Length of a slot in milliseconds; an epoch has rules.slots of them."));
        line(format_args!("slot_ms = {}", clock.slot_ms));
        line(format_args!("# How long after its end an epoch's claims are accepted, in milliseconds."));
        line(format_args!("answer_window_ms = {}", clock.answer_window_ms));

        line(format_args!("\n[rules]"));
        line(format_args!("# Slots of an epoch."));
        line(format_args!("slots = {}", rules.slots));
        line(format_args!("# Witnesses drawn for each device and epoch (seats, k)."));
        line(format_args!("committee = {}", rules.committee));
        line(format_args!("# Witnesses who must have seen a slot for it to be up (q)."));
        line(format_args!("quorum = {}", rules.quorum));
        line(format_args!("# A longer run of down slots than this, and the epoch's uptime counts as 0."));
        line(format_args!("max_gap = {}", rules.max_gap));
        line(format_args!(
            "# Claims of storage, bandwidth or work per device and epoch (B): what has number n in the"
        ));
        line(format_args!(
            "# registry, a sector or an allotment, belongs to claim n mod B. More than 1 when devices have"
        ));
        line(format_args!("# more of them than one claim's circuit holds. Uptime is always one claim."));
        line(format_args!("batches = {}", rules.batches));
        line(format_args!(
            "# Least certified rate that earns, in 0.1 Mbit/s (800 is 80 Mbit/s): below it neither the rate"
        ));
        line(format_args!("# nor served bytes count. 0 asks for none; uptime and storage do not use it."));
        line(format_args!("min_rate = {}", rules.min_rate));

        line(format_args!("\n[registry]"));
        line(format_args!("# A registration or removal made in epoch e acts from e + this (at least 2)."));
        line(format_args!("activation_delay = {}", registry.activation_delay));
        line(format_args!(
            "# The registry for an epoch is taken this long before the epoch starts, in milliseconds."
        ));
        line(format_args!("snapshot_lead_ms = {}", registry.snapshot_lead_ms));

        line(format_args!("\n[beacon]"));
        line(format_args!(
            "# \"drand\" (verified rounds), or for development \"chain\" (a block's value; its proposer can"
        ));
        line(format_args!("# bias it) or \"file\" (a value from a file; nobody else can check it)."));
        line(format_args!("source = \"{}\"", self.source_name()));
        line(format_args!(
            "# The opening beacon is made at least this long after the snapshot, in milliseconds: more than"
        ));
        line(format_args!("# finality and clock drift together."));
        line(format_args!("delay_ms = {}", beacon.delay_ms));
        line(format_args!(
            "# \"scheduled\": each epoch uses the rounds of its time. \"recorded\": any verified rounds in order,"
        ));
        line(format_args!("# for demonstrations only, since anyone can know them beforehand."));
        line(format_args!(
            "timing = \"{}\"",
            if beacon.timing == Timing::Recorded { "recorded" } else { "scheduled" }
        ));
        if let Some(chain) = &beacon.drand {
            line(format_args!(
                "\n# The pinned drand chain, as its /info gives it; chain_hash is checked against the rest."
            ));
            line(format_args!("[beacon.drand]"));
            line(format_args!("{}", toml::to_string(chain).expect("a chain is plain values").trim_end()));
        }
        out
    }

    fn source_name(&self) -> &'static str {
        match self.beacon.source {
            SourceName::Drand => "drand",
            SourceName::Chain => "chain",
            SourceName::File => "file",
        }
    }
}

/// A domain for a network without a contract: 32 bytes of the OS generator.
fn random_local_domain() -> String {
    format!("popw:local:{}", hex::encode(rand::random::<[u8; 32]>()))
}

fn rules(shape: Shape, quorum: u32, max_gap: u32) -> RulesPolicy {
    let (slots, committee) = (shape.max_slots(), shape.max_seats());
    RulesPolicy { slots, committee, quorum, max_gap, batches: 1, min_rate: 0 }
}

fn size(shape: Shape) -> String {
    format!("\"{}\" ({} slots, {} seats)", shape.name(), shape.max_slots(), shape.max_seats())
}
