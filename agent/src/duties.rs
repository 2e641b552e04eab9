//! What the daemons do for each other, a folder a duty:
//!
//! - `wire`: what is said;
//! - `device`, and `witness` or `client`: what each side does;
//! - `store`: what each side keeps in its database;
//! - `export`: what of that enters a proof, and `log`, how others check it.
//!
//! No duty knows another, and what they share is below them. A further one is a folder here, and a line wherever duties are put
//! together: in [`crate::device`] and [`crate::witness`] (the sides, the tables, the summary), [`crate::export`] and
//! [`crate::receipts`].

pub mod fetch;
pub mod rate;
pub mod uptime;
