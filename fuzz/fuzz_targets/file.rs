//! A file of certificates and keys of any form: PEM, DER, PKCS #7, and what Windows serializes (.sst
//! and the registry's blobs).
#![no_main]

use certposture::encoding;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // PKCS #12 has a target of its own: its key derivation is slow by design.
    if data.starts_with(&[0x30]) && data.windows(11).take(64).any(|w| w == b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x82") {
        return;
    }
    let _ = encoding::read(data);
});
