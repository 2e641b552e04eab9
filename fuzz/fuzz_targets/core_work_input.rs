#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| popw_core::fuzz::fuzz_work_input(data));
