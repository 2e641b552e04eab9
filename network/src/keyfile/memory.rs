//! Whether so much memory is to be had. Where the system hands out more than it has, asking for it does not tell.

use std::fs;
use std::hint::black_box;
use std::path::Path;

/// Could a process that needs so many bytes at once have them now?
pub(super) fn is_there(bytes: u64) -> bool {
    let proc = |name: &str| fs::read_to_string(Path::new("/proc").join(name)).unwrap_or_default();
    can_be_reserved(bytes)
        && available(&proc("meminfo")).is_none_or(|available| bytes <= available)
        && limits(&proc("self/cgroup")).into_iter().all(|limit| bytes < limit)
}

/// Under a limit of the process (`ulimit -v`), or where nothing is promised beyond what there is.
fn can_be_reserved(bytes: u64) -> bool {
    let mut trial: Vec<u8> = Vec::new();
    // Looked at, lest the compiler leaves out what nothing is done with.
    usize::try_from(bytes).is_ok_and(|bytes| trial.try_reserve_exact(bytes).is_ok())
        && black_box(&trial).is_empty()
}

/// Free memory and free swap, bytes; `None` where the system does not say.
fn available(meminfo: &str) -> Option<u64> {
    let kib = |name: &str| -> Option<u64> {
        let line = meminfo.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim_start_matches(':').trim().strip_suffix("kB")?.trim().parse().ok()
    };
    Some(kib("MemAvailable")?.saturating_add(kib("SwapFree").unwrap_or(0)).saturating_mul(1024))
}

/// The limits of a container or a service: those of the process's control group and of all above it.
fn limits(cgroup: &str) -> Vec<u64> {
    // Version 2 has one line, `0::/a/b`.
    let Some(group) = cgroup.lines().find_map(|line| line.strip_prefix("0::/")) else { return Vec::new() };
    let groups = Path::new("/sys/fs/cgroup").join(group);
    let files = groups.ancestors().take_while(|folder| folder.starts_with("/sys/fs/cgroup"));
    files
        .filter_map(|folder| fs::read_to_string(folder.join("memory.max")).ok()?.trim().parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_can_be_had_and_everything_cannot() {
        assert!(is_there(1 << 10));
        assert!(!is_there(1 << 50) && !is_there(u64::MAX));
    }

    #[test]
    fn free_memory_and_free_swap_count() {
        let meminfo =
            "MemTotal:  1000 kB\nMemFree: 10 kB\nMemAvailable:   250 kB\nSwapTotal: 9 kB\nSwapFree: 6 kB\n";
        assert_eq!(available(meminfo), Some(256 << 10));
        assert_eq!(available("MemAvailable: 250 kB\n"), Some(250 << 10));
        assert_eq!(available("MemTotal: 1000 kB\n"), None);
        assert_eq!(available(""), None);
    }

    #[test]
    fn a_process_without_a_control_group_has_no_limit_of_one() {
        assert!(limits("").is_empty() && limits("4:memory:/docker/1\n").is_empty());
    }
}
