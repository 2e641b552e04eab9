//! Claims. Each is an instance, a witness, a native `check` and a circuit, tied together by its clauses.

pub mod uptime;
