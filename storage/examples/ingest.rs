//! Takes a file in, scrubs it, answers challenges, and prints how fast each was.
//!
//!     cargo run --release -p popw-storage --example ingest -- FILE STORE

use std::path::PathBuf;
use std::time::Instant;

use popw_core::Fr;
use popw_storage::{AddOptions, ScrubOptions, Silent, add, audit, scrub};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(file), Some(store)) = (arguments.next(), arguments.next()) else {
        return Err("usage: ingest FILE STORE".into());
    };
    let began = Instant::now();
    let added = add(&file, &store, &AddOptions::default(), &mut Silent)?;
    let sector = added.sector;
    let megabytes = sector.layout().bytes() as f64 / 1e6;
    println!(
        "{} in {:?}: {:.1} MB/s",
        sector.id(),
        began.elapsed(),
        megabytes / began.elapsed().as_secs_f64()
    );

    let began = Instant::now();
    let found = scrub(&sector, &ScrubOptions::default(), &mut Silent)?;
    println!("{} damaged ranges, {:.1} MB/s", found.damaged.len(), megabytes / began.elapsed().as_secs_f64());

    let began = Instant::now();
    let openings = audit(&sector, Fr::from(1u64), 100)?;
    println!("{} openings in {:?}", openings.len(), began.elapsed());
    if let Some(peak) = peak_memory() {
        println!("peak memory {peak}");
    }
    Ok(())
}

/// The most memory this process had, where the system says.
fn peak_memory() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    Some(status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().into())
}
