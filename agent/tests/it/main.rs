//! The daemons as real processes on real sockets with real databases.

mod child;
mod fuzz;
mod hostile;
mod outage;
mod payment;
mod rate;
mod scene;
mod sequence;
mod single;
mod stored;
mod traffic;
mod world;
