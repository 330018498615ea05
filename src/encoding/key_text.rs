//! Private keys as text, for the one purpose of an upload that somebody asked for by name.

use super::key::{Encoding, public_key};
use super::pem::{self, Block};
use super::{Key, Seal};
use base64ct::{Base64, Encoding as _};
use memchr::memmem;
use zeroize::Zeroizing;

/// Characters in a line (RFC 7468 §2).
const LINE: usize = 64;

/// Each private key among the PEM blocks of `bytes`: whose it is, and its PEM text with plain line
/// breaks and none at the end. Of an encrypted key there is no text.
pub fn private_keys(bytes: &[u8]) -> Vec<(Key, Zeroizing<String>)> {
    let mut keys = Vec::new();
    pem::each_block(bytes, |block| {
        if let Some(block) = block
            && keys.len() < super::MAX_KEYS
        {
            keys.extend(private_key(block));
        }
    });
    keys
}

fn private_key(block: &Block<'_>) -> Option<(Key, Zeroizing<String>)> {
    let encoding = match block.label {
        b"PRIVATE KEY" => Encoding::Pkcs8,
        b"RSA PRIVATE KEY" => Encoding::Pkcs1,
        b"EC PRIVATE KEY" => Encoding::Sec1,
        b"ENCRYPTED PRIVATE KEY" => return Some((Key::Sealed(Seal::Encrypted), Zeroizing::default())),
        _ => return None,
    };
    if memmem::find(block.body, b"Proc-Type:").is_some() {
        return Some((Key::Sealed(Seal::Encrypted), Zeroizing::default()));
    }
    let base64 = pem::without_white_space(block.body);
    let mut der = base64.clone();
    let der = Base64::decode_in_place(&mut der).ok()?;
    let key = public_key(encoding, der).map_or(Key::Sealed(Seal::Unknown), Key::Of);
    Some((key, written(std::str::from_utf8(block.label).ok()?, &base64)?))
}

/// In a buffer that never moves and is wiped.
fn written(label: &str, base64: &[u8]) -> Option<Zeroizing<String>> {
    let room = base64.len() + base64.len() / LINE + 2 * label.len() + 64;
    let mut text = Zeroizing::new(String::with_capacity(room));
    text.push_str("-----BEGIN ");
    text.push_str(label);
    text.push_str("-----\n");
    for line in base64.chunks(LINE) {
        text.push_str(std::str::from_utf8(line).ok()?);
        text.push('\n');
    }
    text.push_str("-----END ");
    text.push_str(label);
    text.push_str("-----");
    Some(text)
}
