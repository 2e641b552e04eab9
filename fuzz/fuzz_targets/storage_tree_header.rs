#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| popw_storage::fuzz::fuzz_tree_header(data));
