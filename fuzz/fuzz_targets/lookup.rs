//! The look-ups of all systems: a name, the octet 0xff, and a file of certificates to find it in.
#![no_main]

use certposture::certificate::Certificate;
use certposture::encoding;
use certposture::lookup::{Query, look_up};
use certposture::posture::RuleType;
use certposture::store::{Contents, Index, PrivateKey, Status, StoreSpec, StoredCertificate};
use certposture::system::System;
use certposture::text::is_deceptive;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let end = data.iter().position(|byte| *byte == 0xff).unwrap_or(data.len().min(32));
    let (name, rest) = data.split_at(end);
    let found = encoding::certificates(rest.get(1..).unwrap_or_default()).unwrap_or_default();
    let certificates = found.into_iter().take(4).enumerate().map(|(position, der)| StoredCertificate {
        certificate: Certificate::from_der(der),
        label: Some(name.to_vec()),
        trust: None,
        location: String::new(),
        private_key: PrivateKey::Unknown,
        other_key_beside: false,
        position,
    });
    let contents = Contents {
        spec: StoreSpec::File("store".into()),
        status: Status::Read,
        problem: None,
        certificates: certificates.collect(),
        index: Index::None,
    };
    for system in [System::Linux, System::Macos, System::Windows] {
        for rule_type in [RuleType::ClientCertificate, RuleType::ClientCertificateV2] {
            let query = Query {
                rule_type,
                name: Some(name),
                other_forms: &[],
                system,
                at: "2025-01-01T00:00:00Z".parse().unwrap(),
                working_directory: None,
            };
            let lookup = look_up(&contents, &query);
            assert!(!lookup.command.chars().any(is_deceptive), "{:?}", lookup.command);
            assert!(lookup.notes.iter().all(|note| !note.message.chars().any(is_deceptive)));
        }
    }
});
