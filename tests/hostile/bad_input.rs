//! Hostile certificates, pools and chains: an answer with a reason, within two seconds and 256 MiB.

use crate::support::forge::{self, Key, Template, der};
use certposture::certificate::Certificate;
use certposture::reason::Code;
use certposture::verification::{Judgement, Purpose, Verifier};
use std::time::{Duration, Instant};

const ROOT: &str = "CN=Root CA";
const ISSUING: &str = "CN=Issuing CA";
const DEVICE: &str = "CN=device-042";

/// Two seconds; builds without optimization are many times slower.
const LIMIT: Duration = Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 2 });

/// Judges within the limits; the certificate must not pass, and there must be a reason.
fn refuse(what: &str, anchors: &[Certificate], pool: &[Certificate], certificate: &Certificate) -> Judgement {
    let judgement = within_limits(what, anchors, pool, certificate);
    assert!(!judgement.path.passes(), "{what}");
    assert!(!judgement.path.findings.is_empty() && !judgement.direct.findings.is_empty(), "{what}");
    let longest = judgement.path.findings.iter().map(|finding| finding.message.len()).max();
    assert!(longest < Some(5_000), "{what}: a message of {longest:?} octets");
    judgement
}

fn within_limits(
    what: &str,
    anchors: &[Certificate],
    pool: &[Certificate],
    certificate: &Certificate,
) -> Judgement {
    let start = Instant::now();
    let judgement = Verifier::new(anchors, pool, "2025-01-01T00:00:00Z".parse().unwrap())
        .judge(certificate, Purpose::ClientAuth);
    let taken = start.elapsed();
    assert!(taken < LIMIT, "{what} took {taken:?}");
    let peak = memory::peak();
    assert!(peak < 256 << 20, "{what}: {peak} octets");
    judgement
}

#[cfg(target_os = "linux")]
mod memory {
    /// The most memory that this process ever held.
    pub fn peak() -> usize {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() << 10
    }
}

#[cfg(not(target_os = "linux"))]
mod memory {
    /// Only Linux tells without a system call.
    pub fn peak() -> usize {
        0
    }
}

fn root() -> (Key, Certificate) {
    let key = Key::p256("root");
    let root = Template::ca(ROOT, &key, ROOT).sign(&key);
    (key, root)
}

#[test]
fn bytes_that_are_no_certificate() {
    let (_, root) = root();
    let anchors = [root];
    let mut nested = Vec::new();
    for _ in 0..200_000 {
        nested.extend([0x30, 0x84, 0x00, 0x10, 0x00, 0x00]);
    }
    let cases: [(&str, Vec<u8>); 8] = [
        ("nothing", vec![]),
        ("one octet", vec![0x30]),
        ("an indefinite length", vec![0x30, 0x80]),
        ("four gigabytes", vec![0x30, 0x84, 0xff, 0xff, 0xff, 0xff]),
        ("an overflowing length", vec![0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        ("a length of 127 octets", [vec![0x30, 0xff], vec![0xff; 127]].concat()),
        ("nesting", nested),
        ("megabytes of nothing", vec![0; 4 << 20]),
    ];
    for (what, bytes) in cases {
        refuse(what, &anchors, &[], &Certificate::from_der(bytes.clone()));
        // As a CA and in the pool, too.
        let bad = [Certificate::from_der(bytes)];
        refuse(what, &bad, &bad, &anchors[0]);
    }
}

#[test]
fn ten_thousand_alternative_names_under_ten_thousand_constraints() {
    let (root_key, root) = root();
    let issuing_key = Key::p256("issuing");
    let names = |domain: &str| -> Vec<Vec<u8>> {
        (0..10_000).map(|n| forge::dns(&format!("host-{n}.{domain}"))).collect()
    };
    let issuing = Template::ca(ISSUING, &issuing_key, ROOT)
        .with(forge::name_constraints(&names("example.com"), &[]))
        .sign(&root_key);
    let device = Template::new(DEVICE, &Key::p256("device"), ISSUING)
        .with(forge::alternative_names(&names("example.org")))
        .sign(&issuing_key);
    let judgement = refuse("names", &[root], &[issuing], &device);
    assert_eq!(judgement.path.findings[0].code, Code::LimitReached);
}

#[test]
fn ten_thousand_alternative_names_alone() {
    let (root_key, root) = root();
    let names: Vec<Vec<u8>> = (0..10_000).map(|n| forge::dns(&format!("host-{n}.example.com"))).collect();
    let device = Template::new(DEVICE, &Key::p256("device"), ROOT)
        .with(forge::alternative_names(&names))
        .sign(&root_key);
    assert!(within_limits("names", &[root], &[], &device).path.passes());
}

/// Ten thousand certificates of one name, each with a usable key.
fn namesakes(key: &Key, subject: &str, issuer: &str) -> Vec<Certificate> {
    let template = Template::ca(subject, key, issuer);
    (0..10_000u32)
        .map(|n| {
            let serial = der::integer(&der::unsigned(&(n + 1).to_be_bytes()));
            Certificate::from_der(Template { serial, ..template.clone() }.der_unsigned(key.scheme()))
        })
        .collect()
}

#[test]
fn a_pool_of_ten_thousand_issuers_of_one_name() {
    let (_, root) = root();
    for other in [Key::p256("other"), Key::p521("other"), Key::ed25519("other"), Key::rsa("3072")] {
        let pool = namesakes(&other, ISSUING, ROOT);
        let device = Template::new(DEVICE, &Key::p256("device"), ISSUING).sign(&Key::p256("issuing"));
        refuse("namesakes", std::slice::from_ref(&root), &pool, &device);
        // All of them as anchors.
        refuse("namesakes", &pool, &[], &device);
    }
}

#[test]
fn one_certificate_ten_thousand_times() {
    let (root_key, root) = root();
    let issuing_key = Key::p256("issuing");
    let issuing = Template::ca(ISSUING, &issuing_key, ROOT).sign(&root_key);
    let pool = vec![issuing; 10_000];
    let device = Template::new(DEVICE, &Key::p256("device"), ISSUING).sign(&issuing_key);
    assert!(within_limits("copies", &[root], &pool, &device).path.passes());
}

#[test]
fn a_mesh_of_cas_that_all_sign_each_other() {
    let (_, root) = root();
    let keys: Vec<Key> = (0..12).map(|n| Key::ed25519(&format!("mesh {n}"))).collect();
    let name = |n: usize| format!("CN=Mesh CA {}", n % 3);
    let mut pool = Vec::new();
    for (subject, subject_key) in keys.iter().enumerate() {
        for (issuer, issuer_key) in keys.iter().enumerate() {
            pool.push(Template::ca(&name(subject), subject_key, &name(issuer)).sign(issuer_key));
        }
    }
    let device = Template::new(DEVICE, &Key::p256("device"), &name(0)).sign(&keys[0]);
    let judgement = refuse("mesh", &[root], &pool, &device);
    assert!(judgement.path.findings.iter().any(|finding| finding.message.contains("was given up after")));
}

#[test]
fn a_chain_longer_than_any() {
    let (root_key, root) = root();
    let keys: Vec<Key> = (0..60).map(|n| Key::ed25519(&format!("step {n}"))).collect();
    let name = |n: usize| format!("CN=Step {n}");
    let mut pool = vec![Template::ca(&name(0), &keys[0], ROOT).sign(&root_key)];
    for n in 1..keys.len() {
        pool.push(Template::ca(&name(n), &keys[n], &name(n - 1)).sign(&keys[n - 1]));
    }
    let device = Template::new(DEVICE, &Key::p256("device"), &name(59)).sign(&keys[59]);
    refuse("long chain", std::slice::from_ref(&root), &pool, &device);
    // A chain of any length that people make is followed to its end.
    let device = Template::new(DEVICE, &Key::p256("device"), &name(12)).sign(&keys[12]);
    assert!(within_limits("chain", &[root], &pool, &device).path.passes());
}

#[test]
fn a_name_of_a_megabyte() {
    let (root_key, root) = root();
    let long = format!("CN={}", "\u{202e}a".repeat(300_000));
    let device = Template::new(&long, &Key::p256("device"), &long).sign(&root_key);
    refuse("long name", std::slice::from_ref(&root), &[], &device);
    let issuing_key = Key::p256("issuing");
    let permitted = forge::name_constraints(&[forge::dns("example.com")], &[]);
    let issuing = Template::ca(ISSUING, &issuing_key, ROOT).with(permitted).sign(&root_key);
    let device = Template::new(DEVICE, &Key::p256("device"), ISSUING)
        .with(forge::alternative_names(&[forge::dns(&"a".repeat(1_000_000))]))
        .sign(&issuing_key);
    refuse("long alternative name", &[root], &[issuing], &device);
}

/// Layers of CAs, each with `width` certificates of one name and key, so that a device's certificate has
/// very many chains to the root. Every certificate is extended by `extend`.
fn layers(
    root_key: &Key,
    names: &[String],
    width: usize,
    extend: impl Fn(Template) -> Template,
) -> (Key, Vec<Certificate>) {
    let keys: Vec<Key> = (0..names.len()).map(|n| Key::ed25519(&format!("layer {n}"))).collect();
    let mut pool = Vec::new();
    for (n, key) in keys.iter().enumerate() {
        let (issuer, issuer_key) = match n.checked_sub(1) {
            Some(above) => (names[above].as_str(), &keys[above]),
            None => (ROOT, root_key),
        };
        for serial in 1..=width {
            let serial = der::integer(&[serial as u8]);
            let template = Template { serial, ..Template::ca(&names[n], key, issuer) };
            pool.push(extend(template).sign(issuer_key));
        }
    }
    (keys[names.len() - 1].clone(), pool)
}

#[test]
fn ten_thousand_directory_names_along_hundreds_of_chains() {
    let (root_key, root) = root();
    let names: Vec<String> = (0..4).map(|n| format!("CN=Layer {n}")).collect();
    let permitted = forge::name_constraints(&[forge::directory("O=Example")], &[]);
    let (key, pool) = layers(&root_key, &names, 5, |ca| ca.with(permitted.clone()));
    let borne: Vec<Vec<u8>> = (0..10_000)
        .map(|n| forge::directory(&format!("O=Elsewhere {}, CN={n}", "\u{212b}\u{1e69}".repeat(20))))
        .collect();
    let device = Template::new(DEVICE, &Key::p256("device"), &names[3])
        .with(forge::alternative_names(&borne))
        .sign(&key);
    let judgement = refuse("directory names", &[root], &pool, &device);
    // Another chain might do, and the search for it was given up: that comes before the fault of this one.
    assert_eq!(judgement.path.anchor, Some(0));
    let codes: Vec<Code> = judgement.path.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes[0], Code::LimitReached, "{codes:?}");
    assert!(codes.contains(&Code::NameConstraintViolated), "{codes:?}");
}

#[test]
fn cas_of_one_key_with_names_of_a_megabyte() {
    let (_, root) = root();
    let key = Key::ed25519("the same");
    let names: Vec<String> = (0..3).map(|n| format!("CN=x{n} {}", "a ".repeat(400_000))).collect();
    let mut pool = Vec::new();
    for subject in &names {
        for issuer in &names {
            // The issuer's name in another spelling, so that comparing the bytes does not suffice.
            pool.push(Template::ca(subject, &key, &issuer.replace('a', "A")).sign(&key));
        }
    }
    let device = Template::new(DEVICE, &Key::p256("device"), &names[0]).sign(&key);
    refuse("long names", &[root], &pool, &device);
}

#[test]
fn a_uri_of_a_megabyte_under_ten_thousand_constraints() {
    let (root_key, root) = root();
    let issuing_key = Key::p256("issuing");
    let long = "a".repeat(1_000_000);
    let hosts: Vec<Vec<u8>> = (0..10_000).map(|n| forge::uri(&format!("host-{n}.example.com"))).collect();
    let borne: Vec<Vec<u8>> =
        (0..10_000).map(|n| forge::email(&format!("jo@host-{n}.example.com"))).collect();
    for (what, constraints, borne) in [
        ("a long name", hosts, vec![forge::uri(&format!("https://{long}"))]),
        ("a long constraint", vec![forge::email(&long)], borne),
    ] {
        let issuing = Template::ca(ISSUING, &issuing_key, ROOT)
            .with(forge::name_constraints(&constraints, &[]))
            .sign(&root_key);
        let device = Template::new(DEVICE, &Key::p256("device"), ISSUING)
            .with(forge::alternative_names(&borne))
            .sign(&issuing_key);
        refuse(what, std::slice::from_ref(&root), &[issuing], &device);
    }
}
