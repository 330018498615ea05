//! The three readings of one certificate: its outline, as the look-ups see it; what is strictly wrong
//! with it; and its names as text.
#![no_main]

use certposture::certificate::{Certificate, describe_key};
use certposture::lookup::{powershell, security};
use certposture::text::{is_deceptive, shown};
use certposture::verification::Reading;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let certificate = Certificate::from_der(data.to_vec());
    for name in [certificate.subject(), certificate.issuer()] {
        let text = name.to_string();
        assert!(!shown(&text).chars().any(is_deceptive));
        let _ = (name.common_names(), powershell::name_string(name));
    }
    let _ = (certificate.not_before(), certificate.not_after(), certificate.serial_hex());
    let _ = (describe_key(certificate.spki()), certificate.claims_to_be_ca(), certificate.is_self_issued());
    let _ = (certificate.extension(&[0x55, 0x1d, 17]), powershell::subject(&certificate));
    let _ = security::common_name(&certificate);
    if Reading::of(&certificate).is_ok() {
        assert!(certificate.outline().is_ok(), "strictly right, but not even leniently readable");
    }
});
