//! Other modules' tokens: certutil searches some of them, and they are not read here. (Tried with SoftHSM
//! and NSS 3.87.)

use super::uri;
use crate::lookup::Lookup;
use crate::reason::{Code, Finding};
use crate::store::nss::Index;
use crate::text::shown_bytes;

/// Adds what has to be said of them to the answer for `name`.
pub(super) fn tell(name: &[u8], index: &Index, lookup: &mut Lookup) {
    if index.modules.is_empty() {
        return;
    }
    let modules = index.module_names();
    let note = |message: String| Finding::new(Code::ModuleNotRead, message);
    if let Some(token) = other_token(name, index) {
        lookup.unseen = Some(note(format!(
            "Because of its form certutil looks for this name on {token}, and the tokens of the PKCS #11 module {modules}, which pkcs11.txt \
             names, are not read here"
        )));
    } else if !lookup.returned.is_empty() {
        lookup.unseen = Some(note(format!(
            "Beside what it finds, certutil prints every certificate of the same subject on the tokens of the PKCS #11 \
             module {modules}, which pkcs11.txt names; they are not read here"
        )));
    } else {
        lookup.notes.push(note(format!(
            "What the tokens of the PKCS #11 module {modules} hold, which pkcs11.txt names, is not read here; certutil \
             finds a certificate there only under the name TOKEN:NICKNAME, and not under \"{}\"",
            shown_bytes(name)
        )));
    }
}

/// The token other than NSS's own that `name` asks for, in words.
fn other_token(name: &[u8], index: &Index) -> Option<String> {
    if uri::is_uri(name) {
        return Some("every token that fits".to_owned());
    }
    let token = &name[..name.iter().position(|&byte| byte == b':')?];
    (token != index.token).then(|| format!("the token \"{}\"", shown_bytes(token)))
}
