//! Malformed certificates: named, never accepted.

use super::{DEVICE, ISSUING, ROOT, World, codes, judge, told};
use crate::support::forge::{self, Template, basic_constraints, der};
use certposture::certificate::Certificate;
use certposture::reason::Code;
use certposture::verification::{Reading, unparseable};

/// What is malformed about the certificate, from its path.
fn fault(world: &World, device: &Certificate) -> String {
    let judgement = world.judge(device);
    let findings = &judgement.path.findings;
    assert_eq!(codes(findings)[0], "certificate-unparseable@0", "{findings:?}");
    assert!(!judgement.path.passes() && !judgement.direct.passes());
    findings[0].message.strip_prefix("The certificate is malformed: ").unwrap().to_owned()
}

fn faulty(change: impl FnOnce(&mut Template)) -> String {
    let world = World::new();
    let mut device = world.device();
    change(&mut device);
    fault(&world, &device.sign(&world.issuing_key))
}

#[test]
fn encodings_that_are_not_der() {
    let long_integer = vec![2, 2, 0, 5];
    assert_eq!(
        faulty(|device| device.serial = long_integer),
        "it is not strict DER: an INTEGER that is not in its shortest form at byte 12"
    );
    let mut odd = forge::extension("1.3.6.1.4.1.99999.1", true, &[5, 0]);
    let critical = odd.windows(3).position(|w| w == [1, 1, 0xff]).unwrap();
    odd[critical + 2] = 1;
    assert!(
        faulty(|device| device.extensions.push(odd))
            .starts_with("it is not strict DER: a BOOLEAN other than 00 and FF at byte ")
    );
    let world = World::new();
    let device = world.device().sign(&world.issuing_key);
    let mut long_form = device.der().to_vec();
    // 30 82 xx xx: the same length with one more octet.
    long_form.splice(1..2, [0x83, 0]);
    assert_eq!(
        fault(&world, &Certificate::from_der(long_form)),
        "it is not strict DER: a length that is not in its shortest form at byte 0"
    );
    let longer = [device.der(), &[0]].concat();
    assert_eq!(fault(&world, &Certificate::from_der(longer)), "bytes follow the certificate");
    assert_eq!(fault(&world, &Certificate::from_der(Vec::new())), "it is empty");
}

#[test]
fn versions_know_only_their_own_fields() {
    assert_eq!(
        faulty(|device| {
            device.version = None;
            device.extensions.push(basic_constraints(false, None));
        }),
        "it has extensions, which version 1 does not know"
    );
    assert_eq!(
        faulty(|device| {
            device.version = Some(1);
            device.extensions.push(basic_constraints(false, None));
        }),
        "it has extensions, which version 2 does not know"
    );
    assert_eq!(
        faulty(|device| {
            device.version = None;
            device.identifiers.push(der::context(1, &[0, 1]));
        }),
        "it has unique identifiers, which version 1 does not know"
    );
    assert_eq!(faulty(|device| device.version = Some(3)), "it is of a version that does not exist");
}

#[test]
fn serial_numbers() {
    assert_eq!(
        faulty(|device| device.serial = der::integer(&[0x11; 40])),
        "its serial number has 40 octets; 20 are allowed"
    );
    let world = World::new();
    // RFC 5280 §4.1.2.2: negative ones and zero are to be handled gracefully.
    for serial in [&[0x80][..], &[0xff, 0x7f], &[0], &[0x7f; 20]] {
        let device = Template { serial: der::integer(serial), ..world.device() };
        assert!(world.judge(&device.sign(&world.issuing_key)).path.passes(), "{serial:02x?}");
    }
}

#[test]
fn dates() {
    for (date, what) in [
        (der::utc_time("250230000000Z"), "its end date does not exist in the calendar"),
        (der::utc_time("251301000000Z"), "its end date does not exist in the calendar"),
        (der::utc_time("2501010000Z"), "its end date is not written as RFC 5280 wants it"),
        (der::utc_time("250101000000+0100"), "its end date is not written as RFC 5280 wants it"),
        (der::generalized_time("20300101000000.5Z"), "its end date is not written as RFC 5280 wants it"),
        (der::tlv(0x0c, b"300101000000Z"), "its end date is not a date"),
    ] {
        assert_eq!(faulty(|device| device.not_after = date), what);
    }
}

#[test]
fn extensions() {
    let twice = basic_constraints(false, None);
    assert_eq!(
        faulty(|device| device.extensions.extend([twice.clone(), twice])),
        "it has the extension basicConstraints (2.5.29.19) twice"
    );
    for (extension, what) in [
        (
            forge::extension("2.5.29.19", true, &der::sequence(&[der::integer(&[0x80])])),
            "its extension basicConstraints (2.5.29.19) is malformed (its path length is negative)",
        ),
        (
            forge::extension("2.5.29.15", true, &[4, 1, 6]),
            "its extension keyUsage (2.5.29.15) is malformed (it is of another type)",
        ),
        (
            forge::extension("2.5.29.15", true, &[3, 2, 1]),
            "its extension keyUsage (2.5.29.15) is malformed (the element at byte 0 is cut short)",
        ),
        (
            forge::extension("2.5.29.15", true, &[3, 1, 0]),
            "its extension keyUsage (2.5.29.15) is malformed (it allows nothing)",
        ),
        (
            forge::extension("2.5.29.32", true, &[0x30]),
            "its extension certificatePolicies (2.5.29.32) is malformed (an element without a length at byte 0)",
        ),
        (
            forge::extension("2.5.29.37", false, &[0x30, 0]),
            "its extension extKeyUsage (2.5.29.37) is malformed (it lists no usage)",
        ),
        (
            forge::alternative_names(&[]),
            "its extension subjectAltName (2.5.29.17) is malformed (an empty list of names)",
        ),
        (
            forge::alternative_names(&[der::context(2, "dün".as_bytes())]),
            "its extension subjectAltName (2.5.29.17) is malformed (an IA5String with characters beyond ASCII)",
        ),
        (
            forge::name_constraints(&[], &[]),
            "its extension nameConstraints (2.5.29.30) is malformed (it constrains nothing)",
        ),
    ] {
        assert_eq!(faulty(|device| device.extensions.push(extension)), what);
    }
}

#[test]
fn names_and_leftovers() {
    assert_eq!(
        faulty(|device| device.subject = der::sequence(&[vec![0x31, 0]])),
        "one of its names is malformed"
    );
    assert_eq!(
        faulty(|device| device.identifiers.push(vec![5, 0])),
        "its signed part holds something that does not belong there"
    );
}

#[test]
fn a_malformed_intermediate() {
    let world = World::new();
    let issuing = Template::ca(ISSUING, &world.issuing_key, ROOT).with(basic_constraints(true, None));
    assert_eq!(
        told(&world.path_under(issuing).findings),
        [
            "certificate-unparseable@1: The intermediate \"CN=Issuing CA, O=Example\" is malformed: it has the \
          extension basicConstraints (2.5.29.19) twice"
        ]
    );
    let mut issuing = Template::ca(ISSUING, &world.issuing_key, ROOT);
    issuing.serial = vec![2, 2, 0, 5];
    assert_eq!(
        told(&world.path_under(issuing).findings),
        [
            "certificate-unparseable@1: The certificate names \"CN=Issuing CA, O=Example\" as its issuer, but the \
          certificate here of that name is malformed: it is not strict DER: an INTEGER that is not in its \
          shortest form at byte 13"
        ]
    );
}

#[test]
fn without_a_reading_the_fault_is_named() {
    let nothing = Certificate::from_der(vec![0x30, 0]);
    let expected =
        ["certificate-unparseable@0: The certificate is malformed: its signed part is not a SEQUENCE"];
    assert_eq!(told(&[unparseable(&Reading::of(&nothing).unwrap_err())]), expected);
}

/// Every byte of a certificate changed or cut off: an answer each time, and never a pass.
#[test]
fn no_damaged_byte_goes_unnoticed() {
    let world = World::new();
    let device = Template::new(DEVICE, &world.device_key, ROOT)
        .with(forge::alternative_names(&[forge::dns("device-042.example.com")]))
        .with(forge::extended_key_usage(&[forge::CLIENT_AUTH]))
        .sign(&world.root_key);
    let anchors = [world.root.clone()];
    for at in 0..device.der().len() {
        let mut flipped = device.der().to_vec();
        flipped[at] ^= 0x10;
        for damaged in [flipped, device.der()[..at].to_vec()] {
            let judgement = judge(&anchors, &[], &Certificate::from_der(damaged));
            assert!(!judgement.path.passes() && !judgement.direct.passes(), "byte {at}");
            assert!(!judgement.path.findings.is_empty() && !judgement.direct.findings.is_empty());
        }
    }
}

/// The `x509-cert` crate, another strict reader, as the yardstick: whatever it refuses is refused here.
#[test]
fn whatever_another_strict_reader_refuses_is_refused() {
    use x509_cert::der::Decode;
    let world = World::new();
    let device = world
        .device()
        .with(basic_constraints(false, None))
        .with(forge::alternative_names(&[forge::dns("device-042.example.com")]))
        .sign(&world.issuing_key);
    assert!(x509_cert::Certificate::from_der(device.der()).is_ok());
    let mut let_through = Vec::new();
    for at in 0..device.der().len() {
        for bit in 0..8 {
            let mut bytes = device.der().to_vec();
            bytes[at] ^= 1 << bit;
            let refused = x509_cert::Certificate::from_der(&bytes).map(|_| ());
            let certificate = Certificate::from_der(bytes);
            let findings = judge(&[], &[], &certificate).path.findings;
            let is_refused_here = findings.iter().any(|f| f.code == Code::CertificateUnparseable);
            assert!(is_refused_here || Reading::of(&certificate).is_ok());
            if let (Err(why), false) = (refused, is_refused_here) {
                let_through.push((at, bit, why.to_string(), certificate.not_before()));
            }
        }
    }
    // It knows no dates before 1970, no first arc of more than one octet and not all types: limits of
    // that reader, not of RFC 5280.
    let is_limit = |why: &str| why.contains("malformed OID") || why.contains("unsupported ASN.1 DER tag");
    let_through.retain(|(_, _, why, not_before)| {
        !is_limit(why) && not_before.is_none_or(|t| t >= jiff::Timestamp::UNIX_EPOCH)
    });
    assert!(let_through.is_empty(), "{let_through:?}");
}
