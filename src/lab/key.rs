//! Throw-away keys.

use super::LabError;
use der::zeroize::Zeroizing;
use getrandom::SysRng;
use p256::elliptic_curve::Generate as _;
use rsa::pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use sha2::Sha256;
use x509_cert::builder::{Builder, CertificateBuilder, profile::BuilderProfile};
use x509_cert::der::Decode as _;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

/// The kinds of keys that every client takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum KeyKind {
    #[default]
    P256,
    Rsa2048,
}

/// A private key. The crates wipe it when it is dropped.
pub(super) enum Key {
    P256(p256::ecdsa::SigningKey),
    Rsa(rsa::pkcs1v15::SigningKey<Sha256>),
}

impl Key {
    pub fn generate(kind: KeyKind) -> Result<Self, LabError> {
        let failed = |error: &dyn std::fmt::Display| LabError::Key(error.to_string());
        match kind {
            KeyKind::P256 => p256::ecdsa::SigningKey::try_generate_from_rng(&mut SysRng)
                .map(Self::P256)
                .map_err(|error| failed(&error)),
            KeyKind::Rsa2048 => rsa::PrivateKey::new(&mut SysRng, 2048)
                .map(|key| Self::Rsa(rsa::pkcs1v15::SigningKey::new(key)))
                .map_err(|error| failed(&error)),
        }
    }

    /// PKCS #8 (RFC 5958).
    pub fn to_der(&self) -> Result<Zeroizing<Vec<u8>>, LabError> {
        let document = match self {
            Self::P256(key) => key.to_pkcs8_der(),
            Self::Rsa(key) => AsRef::<rsa::PrivateKey>::as_ref(key).to_pkcs8_der(),
        };
        document.map(|der| der.to_bytes()).map_err(|error| LabError::Key(error.to_string()))
    }

    pub fn to_pem(&self) -> Result<Zeroizing<String>, LabError> {
        let text = match self {
            Self::P256(key) => key.to_pkcs8_pem(LineEnding::LF),
            Self::Rsa(key) => AsRef::<rsa::PrivateKey>::as_ref(key).to_pkcs8_pem(LineEnding::LF),
        };
        text.map_err(|error| LabError::Key(error.to_string()))
    }

    pub fn public(&self) -> Result<SubjectPublicKeyInfoOwned, LabError> {
        let der = match self {
            Self::P256(key) => key.verifying_key().to_public_key_der(),
            Self::Rsa(key) => AsRef::<rsa::PrivateKey>::as_ref(key).to_public_key().to_public_key_der(),
        };
        let der = der.map_err(|error| LabError::Key(error.to_string()))?;
        Ok(SubjectPublicKeyInfoOwned::from_der(der.as_bytes())?)
    }

    /// Signs what `builder` has put together.
    pub fn sign<P: BuilderProfile>(
        &self,
        builder: CertificateBuilder<P>,
    ) -> Result<x509_cert::Certificate, LabError> {
        Ok(match self {
            Self::P256(key) => builder.build::<_, p256::ecdsa::DerSignature>(key)?,
            Self::Rsa(key) => builder.build::<_, rsa::pkcs1v15::Signature>(key)?,
        })
    }
}
