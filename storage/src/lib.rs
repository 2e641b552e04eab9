//! Sectors on disk: files taken in, committed to, opened and scrubbed.
