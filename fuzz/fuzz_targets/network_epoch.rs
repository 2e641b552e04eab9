#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| popw_network::fuzz::fuzz_epoch(data));
