//! Base64 without PEM's boundary lines, as mail programs and web forms leave it.

use super::pem::without_white_space;
use base64ct::{Base64Unpadded, Encoding as _};
use zeroize::Zeroizing;

/// Less than this is a word, not a file.
const SHORTEST: usize = 64;

/// Whether `bytes` are nothing but base64 and white space.
pub fn is_base64(bytes: &[u8]) -> bool {
    let alphabet = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let characters = bytes.iter().filter(|byte| !byte.is_ascii_whitespace());
    bytes.len() >= SHORTEST
        && characters.clone().all(alphabet)
        && characters.take(SHORTEST).count() == SHORTEST
}

/// What the text encodes, in a buffer that is wiped.
pub fn decode(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut buffer = without_white_space(bytes);
    while buffer.last() == Some(&b'=') {
        buffer.pop();
    }
    let length = Base64Unpadded::decode_in_place(&mut buffer).ok()?.len();
    buffer.truncate(length);
    Some(buffer)
}
