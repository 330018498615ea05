//! An uploaded CA: PEM, DER, the API's JSON, or PEM as one line with `\n`.
#![no_main]

use certposture::ca::UploadedCas;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut cas = UploadedCas::default();
    cas.add_bytes(data, None);
    let _ = cas.unreadable().map(|problem| problem.message.len());
    let _ = cas.for_rule(Some("2a9e7f0c-0000-4000-8000-000000000000"));
});
