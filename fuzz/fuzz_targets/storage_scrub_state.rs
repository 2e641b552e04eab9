#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| popw_storage::fuzz::fuzz_scrub_state(data));
