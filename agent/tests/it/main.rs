//! The daemons as real processes on real sockets with real databases.

mod child;
mod clock;
mod fuzz;
mod hostile;
mod outage;
mod payment;
mod rate;
mod reach;
mod scene;
mod sequence;
mod single;
mod stored;
mod traffic;
mod world;
