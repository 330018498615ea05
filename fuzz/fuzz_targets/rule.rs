//! The API's JSON of rules, and a rule's variables.
#![no_main]

use certposture::rule::read_rules;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = read_rules(data);
});
