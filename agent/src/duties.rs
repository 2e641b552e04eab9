//! What the daemons do for each other, a folder a duty: what is said, what each side does, and what it keeps of it in its
//! database.

pub mod fetch;
pub mod rate;
pub mod uptime;
