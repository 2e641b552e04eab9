#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| popw_agent::fuzz::fuzz_fetch_reply(data));
