//! `popw registry list`.

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Args as ClapArgs;
use miette::IntoDiagnostic;
use popw_core::eddsa::PublicKey;
use popw_core::field;
use popw_network::database::{Create, DatabaseError};
use popw_network::member::{EndpointId, Role};
use popw_network::registry::{AllotmentEntry, Member, Registry, SectorEntry};
use serde::Serialize;

use super::super::Outcome;
use super::{DatabaseArgs, addresses};
use crate::text;
use crate::ui::Ui;

#[derive(ClapArgs)]
#[command(after_help = "Examples:\n  popw registry list\n  popw registry list --epoch 3 --json")]
pub struct List {
    #[command(flatten)]
    database: DatabaseArgs,
    /// Only what acts in this epoch.
    #[arg(long)]
    epoch: Option<u32>,
}

/// What is listed.
#[derive(Serialize)]
struct Listed {
    members: Vec<Entry>,
    sectors: Vec<Sector>,
    allotments: Vec<Allotment>,
}

/// A member.
#[derive(Serialize)]
struct Entry {
    entry: i64,
    role: Role,
    public_key: PublicKey,
    owner: String,
    endpoint: EndpointId,
    addresses: Vec<SocketAddr>,
    acts_from: u32,
    acts_until: Option<u32>,
    possession_proven: bool,
}

/// A sector.
#[derive(Serialize)]
pub struct Sector {
    seq: u64,
    device_entry: i64,
    device: PublicKey,
    comm_r: String,
    blake3: String,
    /// Length of its data.
    pub bytes: u64,
    height: u8,
    /// First epoch in which it earns.
    pub acts_from: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    acts_until: Option<u32>,
    /// First epoch in which it earns nothing any more.
    pub expiry: u32,
}

/// An allotment.
#[derive(Serialize)]
pub struct Allotment {
    seq: u64,
    epoch: u32,
    client: PublicKey,
    endpoint: EndpointId,
    /// The client's owner.
    pub owner: String,
    device_entry: i64,
    device: PublicKey,
    cap: u64,
    salt: String,
}

pub fn list(command: &List, ui: &Ui) -> Outcome {
    let (policy, registry) = command.database.open(Create::No)?;
    let listed = registry.view(|registry| Listed::of(registry, command.epoch)).into_diagnostic()?;
    ui.result(&listed, || listed.describe(&policy.name, command.epoch));
    Ok(ExitCode::SUCCESS)
}

impl Listed {
    fn of(registry: &Registry, epoch: Option<u32>) -> Result<Self, DatabaseError> {
        let acts = |member: &Member| epoch.is_none_or(|epoch| member.acts_in(epoch));
        let members = registry.list()?.into_iter().filter(acts).map(Entry::from).collect();
        let (mut sectors, mut allotments) = (registry.list_sectors()?, registry.list_allotments()?);
        if let Some(epoch) = epoch {
            sectors.clear();
            registry.each_active_sector::<DatabaseError>(epoch, |sector| {
                sectors.push(sector);
                Ok(())
            })?;
            allotments.clear();
            registry.each_active_allotment::<DatabaseError>(epoch, |allotment| {
                allotments.push(allotment);
                Ok(())
            })?;
        }
        Ok(Self {
            members,
            sectors: sectors.into_iter().map(Sector::from).collect(),
            allotments: allotments.into_iter().map(Allotment::from).collect(),
        })
    }

    fn describe(&self, network: &str, epoch: Option<u32>) -> String {
        let rows: Vec<Vec<String>> = self.members.iter().map(Entry::row).collect();
        let mut out = text::table(&["entry", "role", "key", "owner", "listens at", "acts in epochs"], &rows);
        if !self.sectors.is_empty() {
            let rows: Vec<Vec<String>> = self.sectors.iter().map(Sector::row).collect();
            out += "\n\n";
            out += &text::table(&["sector", "of entry", "BLAKE3", "bytes", "earns in epochs"], &rows);
        }
        if !self.allotments.is_empty() {
            let rows: Vec<Vec<String>> = self.allotments.iter().map(Allotment::row).collect();
            out += "\n\n";
            out += &text::table(&["allotment", "epoch", "client", "owner", "of entry", "bytes"], &rows);
        }
        let of = |role| self.members.iter().filter(|entry| entry.role == role).count();
        let witnesses = match of(Role::Witness) {
            1 => "1 witness".to_owned(),
            witnesses => format!("{witnesses} witnesses"),
        };
        let scope = epoch.map_or(String::new(), |epoch| format!(" acting in epoch {epoch}"));
        format!(
            "{out}\n{}, {witnesses}, {} and {} of the network {network}{scope}",
            text::count(of(Role::Device), "device"),
            text::count(self.sectors.len(), "sector"),
            text::count(self.allotments.len(), "allotment"),
        )
    }
}

impl From<SectorEntry> for Sector {
    fn from(sector: SectorEntry) -> Self {
        let entry = &sector.entry;
        Self {
            seq: sector.seq,
            device_entry: sector.device_entry,
            device: entry.device,
            comm_r: field::to_decimal(&entry.comm_r),
            blake3: hex::encode(entry.blake3),
            bytes: entry.bytes,
            height: entry.height(),
            acts_from: sector.active_from,
            acts_until: sector.active_until,
            expiry: entry.expiry,
        }
    }
}

impl Sector {
    fn row(&self) -> Vec<String> {
        let ends = self.acts_until.map_or(self.expiry, |until| until.min(self.expiry));
        let acts = match ends {
            ends if ends <= self.acts_from => "none: removed before it earned".into(),
            ends => format!("{} to {}", self.acts_from, ends - 1),
        };
        vec![
            self.seq.to_string(),
            self.device_entry.to_string(),
            format!("{}…", self.blake3.get(..10).unwrap_or_default()),
            self.bytes.to_string(),
            acts,
        ]
    }
}

impl From<AllotmentEntry> for Allotment {
    fn from(allotment: AllotmentEntry) -> Self {
        let entry = &allotment.entry;
        Self {
            seq: allotment.seq,
            epoch: entry.epoch,
            client: entry.client,
            endpoint: entry.endpoint,
            owner: text::account(&entry.owner),
            device_entry: allotment.device_entry,
            device: entry.device,
            cap: entry.cap,
            salt: field::to_decimal(&entry.salt),
        }
    }
}

impl Allotment {
    fn row(&self) -> Vec<String> {
        vec![
            self.seq.to_string(),
            self.epoch.to_string(),
            text::key(&self.client),
            self.owner.clone(),
            self.device_entry.to_string(),
            self.cap.to_string(),
        ]
    }
}

impl From<Member> for Entry {
    fn from(member: Member) -> Self {
        let entry = member.entry;
        Self {
            entry: member.id,
            role: entry.role,
            public_key: entry.public_key,
            owner: text::account(&entry.owner),
            endpoint: entry.endpoint,
            addresses: entry.addresses,
            acts_from: member.active_from,
            acts_until: member.active_until,
            possession_proven: member.possession.is_some(),
        }
    }
}

impl Entry {
    fn row(&self) -> Vec<String> {
        let acts = match (self.possession_proven, self.acts_until) {
            (false, _) => "none: no proof of possession".into(),
            (true, None) => format!("from {}", self.acts_from),
            (true, Some(until)) if until == self.acts_from => "none: removed before it acted".into(),
            (true, Some(until)) => format!("{} to {}", self.acts_from, until - 1),
        };
        vec![
            self.entry.to_string(),
            self.role.to_string(),
            text::key(&self.public_key),
            self.owner.clone(),
            addresses(&self.addresses),
            acts,
        ]
    }
}
