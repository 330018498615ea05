//! Which of the keys found belongs to which certificate.

use super::{Key, PrivateKey};
use crate::certificate::Certificate;
use crate::encoding::{Form, PublicKey, Seal};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// The file that a private key was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFile {
    pub path: PathBuf,
    /// The form that it and the certificate's own file share.
    pub form: Form,
    /// Its own form.
    pub own_form: Form,
}

/// A private key that cannot be looked into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedKey {
    pub path: PathBuf,
    pub seal: Seal,
}

/// The private keys of a store: their public keys with the first file of each, and whether there are others of
/// which it is not known whose they are.
#[derive(Default)]
pub struct Keys {
    known: HashMap<PublicKey, KeyFile>,
    sealed: Option<SealedKey>,
}

/// What lies beside a certificate.
pub struct Beside {
    pub private_key: PrivateKey,
    pub other_key: bool,
    /// Where the private key is.
    pub key_file: Option<KeyFile>,
}

impl Beside {
    fn without_key(private_key: PrivateKey, other_key: bool) -> Self {
        Self { private_key, other_key, key_file: None }
    }
}

impl Keys {
    /// Takes in the keys of a file.
    pub fn add(&mut self, keys: Vec<Key>, file: &Path, form: Form) {
        for key in keys {
            match key {
                Key::Of(public) => {
                    let file = || KeyFile { path: file.to_path_buf(), form, own_form: form };
                    // Of several files, one of PEM, which commands take as it is.
                    let known = self.known.entry(public).or_insert_with(file);
                    if form == Form::Pem && known.form != form {
                        *known = file();
                    }
                }
                Key::Sealed(seal) => {
                    self.sealed.get_or_insert_with(|| SealedKey { path: file.to_path_buf(), seal });
                }
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.known.is_empty() && self.sealed.is_none()
    }

    /// The first key that cannot be looked into.
    pub const fn sealed(&self) -> Option<&SealedKey> {
        self.sealed.as_ref()
    }

    /// What lies beside each certificate. A key that belongs to one of the certificates is no
    /// stranger to the others: in a bundle, the client's key is not a wrong key of its CA.
    pub fn matched<'a>(&self, certificates: impl Iterator<Item = &'a Certificate>) -> Vec<Beside> {
        if self.is_empty() {
            return certificates.map(|_| Beside::without_key(PrivateKey::Absent, false)).collect();
        }
        let public: Vec<_> = certificates.map(|c| PublicKey::from_spki(c.spki())).collect();
        let owned: HashSet<_> = public.iter().flatten().filter(|key| self.known.contains_key(key)).collect();
        let stranger = owned.len() < self.known.len();
        let beside = public.iter().map(|key| match key.as_ref().map(|key| self.known.get(key)) {
            Some(Some(file)) => {
                Beside { private_key: PrivateKey::Present, other_key: false, key_file: Some(file.clone()) }
            }
            // The key of a certificate that cannot be read may be any of them.
            None => Beside::without_key(PrivateKey::Unknown, false),
            Some(None) if self.sealed.is_some() => Beside::without_key(PrivateKey::Unknown, false),
            Some(None) => Beside::without_key(PrivateKey::Absent, stranger),
        });
        beside.collect()
    }
}
