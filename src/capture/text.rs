//! Values in a record: text where it is text, and base64 where it is bytes.

use crate::store::{Role, StoreSpec};
use base64ct::{Base64, Encoding as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Bytes that are usually text: a string if they are UTF-8, otherwise `{"base64": "…"}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text(pub Vec<u8>);

#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum Form {
    Text(String),
    Bytes { base64: Binary },
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(&self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => Form::Bytes { base64: Binary(self.0.clone()) }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Form::deserialize(deserializer).map(|form| match form {
            Form::Text(text) => Self(text.into_bytes()),
            Form::Bytes { base64 } => Self(base64.0),
        })
    }
}

impl From<&Path> for Text {
    /// A path's own bytes; on Windows, where they are UTF-16, the nearest text.
    fn from(path: &Path) -> Self {
        Self(path.as_os_str().as_encoded_bytes().to_vec())
    }
}

impl From<&StoreSpec> for Text {
    /// As it is written on the command line, but for the bytes of its path.
    fn from(spec: &StoreSpec) -> Self {
        match spec {
            StoreSpec::Nss(path) => Self::of_path("nss:", path),
            StoreSpec::Keychain(path) => Self::of_path("keychain:", path),
            StoreSpec::File(path) => Self::of_path("file:", path),
            StoreSpec::Windows(..) => Self(spec.to_string().into_bytes()),
        }
    }
}

impl From<&Role> for Text {
    fn from(role: &Role) -> Self {
        match role {
            Role::Nss(path) => Self::of_path("nss:", path),
            Role::Keychain(path) => Self::of_path("keychain:", path),
            Role::Path(path) => Self::of_path("file:", path),
            Role::SystemKeychain | Role::LoginKeychain | Role::Windows(..) => {
                Self(role.to_string().into_bytes())
            }
        }
    }
}

impl Text {
    fn of_path(kind: &str, path: &Path) -> Self {
        Self([kind.as_bytes(), path.as_os_str().as_encoded_bytes()].concat())
    }

    /// The store that it names.
    pub fn store_spec(&self) -> Option<StoreSpec> {
        let path =
            |kind: &str| self.0.strip_prefix(kind.as_bytes()).map(|path| Self(path.to_vec()).into_path());
        path("nss:")
            .map(StoreSpec::Nss)
            .or_else(|| path("keychain:").map(StoreSpec::Keychain))
            .or_else(|| path("file:").map(StoreSpec::File))
            .or_else(|| std::str::from_utf8(&self.0).ok()?.parse().ok())
    }

    /// The store on a device that it names.
    pub fn role(&self) -> Option<Role> {
        match &*self.0 {
            b"keychain:system" => Some(Role::SystemKeychain),
            b"keychain:login" => Some(Role::LoginKeychain),
            _ => self.store_spec().map(|spec| match spec {
                StoreSpec::Keychain(path) => Role::Keychain(path),
                spec => Role::of(&spec),
            }),
        }
    }
    /// As a path. It may be another system's, so only its text means anything here.
    pub fn into_path(self) -> PathBuf {
        os_string(self.0).into()
    }
}

#[cfg(unix)]
fn os_string(bytes: Vec<u8>) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes)
}

#[cfg(not(unix))]
fn os_string(bytes: Vec<u8>) -> OsString {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

/// Bytes as base64 (RFC 4648 §4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binary(pub Vec<u8>);

impl Serialize for Binary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Base64::encode_string(&self.0))
    }
}

impl<'de> Deserialize<'de> for Binary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Decode)
    }
}

/// Decodes without a copy of the text.
struct Decode;

impl serde::de::Visitor<'_> for Decode {
    type Value = Binary;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("base64")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Binary, E> {
        Base64::decode_vec(text)
            .map(Binary)
            .map_err(|_| E::invalid_value(serde::de::Unexpected::Str(text), &self))
    }
}
