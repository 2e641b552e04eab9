//! The daemons as real processes on real sockets with real databases.

mod child;
mod fuzz;
mod hostile;
mod outage;
mod sequence;
mod single;
mod world;
