//! The popw command.
fn main() {}
