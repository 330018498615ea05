//! Verification of whatever certificates a file holds: the first is the CA, all are intermediates,
//! and each is judged.
#![no_main]

use certposture::certificate::Certificate;
use certposture::encoding;
use certposture::verification::{Purpose, Verifier};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(found) = encoding::certificates(data) else { return };
    let certificates: Vec<Certificate> = found.into_iter().take(8).map(Certificate::from_der).collect();
    let Some(anchor) = certificates.first() else { return };
    let verifier =
        Verifier::new(std::slice::from_ref(anchor), &certificates, "2025-01-01T00:00:00Z".parse().unwrap());
    for certificate in &certificates {
        for purpose in [Purpose::Any, Purpose::ClientAuth, Purpose::Email] {
            let judgement = verifier.judge(certificate, purpose);
            assert!(judgement.path.passes() || !judgement.path.findings.is_empty());
        }
    }
});
