//! Which of the keys found belongs to which certificate.

use super::{Key, PrivateKey};
use crate::certificate::Certificate;
use crate::encoding::PublicKey;
use std::collections::HashSet;

/// The private keys of a store: their public keys, and whether there are others of which nobody can
/// tell whose they are.
#[derive(Default)]
pub struct Keys {
    known: HashSet<PublicKey>,
    unknown: bool,
}

/// What lies beside a certificate.
pub struct Beside {
    pub private_key: PrivateKey,
    pub other_key: bool,
}

impl Keys {
    pub fn add(&mut self, keys: Vec<Key>) {
        for key in keys {
            match key {
                Key::Of(public) => {
                    self.known.insert(public);
                }
                Key::Encrypted | Key::Unknown => self.unknown = true,
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.known.is_empty() && !self.unknown
    }

    /// What lies beside each certificate. A key that belongs to one of the certificates is no
    /// stranger to the others: in a bundle, the client's key is not a wrong key of its CA.
    pub fn matched<'a>(&self, certificates: impl Iterator<Item = &'a Certificate>) -> Vec<Beside> {
        if self.is_empty() {
            return certificates
                .map(|_| Beside { private_key: PrivateKey::Absent, other_key: false })
                .collect();
        }
        let public: Vec<_> = certificates.map(|c| PublicKey::from_spki(c.spki())).collect();
        let owned: HashSet<_> = public.iter().flatten().filter(|key| self.known.contains(key)).collect();
        let stranger = owned.len() < self.known.len();
        public
            .iter()
            .map(|key| match key {
                Some(key) if self.known.contains(key) => (PrivateKey::Present, false),
                // The key of a certificate that cannot be read may be any of them.
                None => (PrivateKey::Unknown, false),
                Some(_) if self.unknown => (PrivateKey::Unknown, false),
                Some(_) => (PrivateKey::Absent, stranger),
            })
            .map(|(private_key, other_key)| Beside { private_key, other_key })
            .collect()
    }
}
