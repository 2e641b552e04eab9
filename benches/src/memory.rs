//! Memory of processes, as the kernel tells it.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use serde::{Deserialize, Serialize};

/// Time between two looks.
pub const INTERVAL: Duration = Duration::from_millis(2);

/// Most memory at any time, bytes; 0 where the system does not tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Peak {
    /// Of the process's own: neither mapped files nor shared.
    pub anonymous: u64,
    /// Resident, mapped files included.
    pub resident: u64,
}

impl Peak {
    /// What the kernel says of a process now. `resident` is the most so far, `anonymous` the present.
    pub fn read(process: &str) -> Self {
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) << 10
        };
        Self { anonymous: field("RssAnon:"), resident: field("VmHWM:") }
    }

    /// The greater of both.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self { anonymous: self.anonymous.max(other.anonymous), resident: self.resident.max(other.resident) }
    }
}

/// Makes the peak of this process start from what is resident now.
pub fn reset_peak() {
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// Watches this process from a thread.
pub struct Watch {
    done: Arc<AtomicBool>,
    thread: JoinHandle<Peak>,
}

impl Watch {
    /// From now on.
    pub fn begin() -> Self {
        reset_peak();
        let done = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&done);
        let thread = thread::spawn(move || {
            let mut peak = Peak::read("self");
            while !stop.load(Ordering::Relaxed) {
                thread::sleep(INTERVAL);
                peak = peak.max(Peak::read("self"));
            }
            peak
        });
        Self { done, thread }
    }

    /// The peak since.
    pub fn end(self) -> Peak {
        self.done.store(true, Ordering::Relaxed);
        self.thread.join().unwrap_or_default()
    }
}
