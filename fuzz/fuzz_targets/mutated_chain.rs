//! A valid chain in which one signed certificate was changed: it may not verify any more. The changes
//! know DER, so that most of what comes out still is a certificate: a value is replaced and the
//! lengths around it are made right again, or single octets are changed.
#![no_main]

#[path = "../../tests/support/forge/mod.rs"]
mod forge;

use certposture::certificate::Certificate;
use certposture::certificate::tlv::Reader;
use certposture::verification::{Purpose, Verifier};
use forge::{Key, Template, der};
use libfuzzer_sys::fuzz_target;
use rsa::pkcs8::DecodePrivateKey as _;
use std::sync::LazyLock;

struct Chain {
    root: Certificate,
    issuing: Vec<u8>,
    device: Vec<u8>,
}

/// One chain per kind of signature.
static CHAINS: LazyLock<Vec<Chain>> = LazyLock::new(|| {
    let pem = pem::parse(include_bytes!("../../tests/fixtures/keys/rsa-2048.pem")).unwrap();
    let rsa = Key::Rsa(Box::new(rsa::PrivateKey::from_pkcs8_der(pem.contents()).unwrap()));
    let keys = [rsa, Key::p256("issuing"), Key::p384("issuing"), Key::p521("issuing"), Key::ed25519("issuing")];
    keys.iter().map(chain).collect()
});

fn chain(key: &Key) -> Chain {
    let root_key = Key::p256("root");
    let root = Template::ca("CN=Root", &root_key, "CN=Root").sign(&root_key);
    let issuing = Template::ca("CN=Issuing", key, "CN=Root")
        .with(forge::subject_key_id(&key.id()))
        .with(forge::name_constraints(&[forge::dns("example.com")], &[]))
        .der(&root_key, root_key.scheme());
    let device = Template::new("O=Example, CN=device-042", &Key::p256("device"), "CN=Issuing")
        .with(forge::basic_constraints(false, None))
        .with(forge::key_usage(0x80, 7))
        .with(forge::extended_key_usage(&[forge::CLIENT_AUTH]))
        .with(forge::alternative_names(&[forge::dns("device-042.example.com")]))
        .with(forge::authority_key_id(&key.id()))
        .der(key, key.scheme());
    let chain = Chain { root, issuing, device };
    assert!(passes(&chain, &chain.issuing, &chain.device), "the chain is not valid to begin with");
    chain
}

fn passes(chain: &Chain, issuing: &[u8], device: &[u8]) -> bool {
    let pool = [Certificate::from_der(issuing.to_vec())];
    let anchors = std::slice::from_ref(&chain.root);
    let verifier = Verifier::new(anchors, &pool, "2025-01-01T00:00:00Z".parse().unwrap());
    let device = Certificate::from_der(device.to_vec());
    [Purpose::Any, Purpose::ClientAuth, Purpose::Email].iter().any(|purpose| verifier.judge(&device, *purpose).path.passes())
}

/// The signed part, as it was signed.
fn signed(certificate: &[u8]) -> &[u8] {
    let outer = Reader::new(certificate).next_tlv().unwrap();
    let part = Reader::within(certificate, &outer.content).next_tlv().unwrap();
    &certificate[part.whole]
}

/// What is done to the octets.
struct Change<'a> {
    /// Which element, counted in the order in which they are written.
    element: usize,
    kind: u8,
    new: &'a [u8],
}

/// The elements of `bytes` with `change` done to one of them, and all lengths right.
fn rewritten(bytes: &[u8], counter: &mut usize, change: &Change<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut reader = Reader::new(bytes);
    while let Some(element) = reader.next_tlv() {
        let number = *counter;
        *counter += 1;
        let mut content = bytes[element.content.clone()].to_vec();
        if element.tag & 0x20 != 0 {
            content = rewritten(&content, counter, change);
        }
        if number != change.element {
            out.extend(der::tlv(element.tag, &content));
            continue;
        }
        match change.kind % 6 {
            0 => out.extend(der::tlv(element.tag, change.new)),
            1 => {
                out.extend(der::tlv(element.tag, &content));
                out.extend(change.new);
            }
            2 => {}
            3 => {
                out.extend(der::tlv(element.tag, &content));
                out.extend(der::tlv(element.tag, &content));
            }
            4 => out.extend(der::tlv(change.new.first().copied().unwrap_or(0), &content)),
            _ => {
                for (octet, new) in content.iter_mut().zip(change.new) {
                    *octet ^= new;
                }
                out.extend(der::tlv(element.tag, &content));
            }
        }
    }
    out
}

fuzz_target!(|data: &[u8]| {
    let [chain, which, element, kind, new @ ..] = data else { return };
    let chain = &CHAINS[usize::from(*chain) % CHAINS.len()];
    let is_device = which % 2 == 0;
    let original = if is_device { &chain.device } else { &chain.issuing };
    let changed = if which % 4 < 2 {
        let change = Change { element: usize::from(*element), kind: *kind, new };
        rewritten(original, &mut 0, &change)
    } else {
        // Octets anywhere, without regard to what they mean.
        let mut changed = original.clone();
        for pair in new.chunks_exact(3) {
            let at = (usize::from(pair[0]) << 8 | usize::from(pair[1])) % changed.len();
            changed[at] ^= pair[2];
        }
        changed
    };
    // What is signed is found at its old place; a change may have moved it, which is a change.
    let untouched = changed.get(4..).is_some_and(|rest| rest.starts_with(signed(original)));
    let passes = if is_device { passes(chain, &chain.issuing, &changed) } else { passes(chain, &changed, &chain.device) };
    assert!(untouched || !passes, "a changed certificate verifies: {changed:02x?}");
});
