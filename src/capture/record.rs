//! The members of `certposture.capture/1`, as they stand in the line. Members that say nothing are
//! left out; unknown ones are ignored, so that an older program reads a newer capture.

use super::text::{Binary, Text};
use serde::{Deserialize, Serialize};

pub(super) const SCHEMA: &str = "certposture.capture/1";

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Record {
    pub schema: String,
    pub tool: Tool,
    /// RFC 3339.
    pub captured_at: String,
    pub device: DeviceRecord,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<ClientRecord>,
    pub places: Vec<PlaceRecord>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Tool {
    pub name: String,
    pub version: String,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct DeviceRecord {
    /// `linux`, `mac` or `windows`, as the API has it.
    pub system: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub hostname: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hostname_forms: Vec<String>,
    pub serial_number: Option<String>,
    /// Why the serial number could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial_number_error: Option<String>,
    /// The stores are copies that came from another device, of which nothing else is known.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_anothers: bool,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct ClientRecord {
    pub installed: bool,
    pub version: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct PlaceRecord {
    /// `nss:/etc/pki/nssdb` and the like; absolute.
    pub spec: Text,
    /// The store on the device that it is or stands for.
    pub role: Option<Text>,
    pub role_source: String,
    pub complete: bool,
    pub shows: ShowsRecord,
    /// A copy that may be another device's, as opposed to the device's own store.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_copy: bool,
    /// The system that its form belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    pub status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<ProblemRecord>,
    /// Read only to find what the client does not.
    #[serde(default, skip_serializing_if = "is_false")]
    pub elsewhere: bool,
    pub writable: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub has_password: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub interrupted: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remains: Option<RemainsRecord>,
    /// `DOMAIN\user` whose store it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The NSS token that a nickname may be prefixed with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Text>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub profiles: Vec<ProfileRecord>,
    /// PKCS #11 modules whose tokens were not read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modules: Vec<ModuleRecord>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_fips: bool,
    /// A password is asked for before a private key is used.
    #[serde(default, skip_serializing_if = "is_false")]
    pub keys_have_password: bool,
    /// A database of the old dbm format lies beside it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub legacy_beside: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key_files: Vec<KeyFileRecord>,
    /// What a file or folder is: `pem`, `der`, `pkcs7`, `pkcs12`, `folder` or `other`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// PKCS #12 with algorithms that some importers refuse.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_new_pkcs12: bool,
    /// A private key is in it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub has_keys: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_key: Option<SealedKeyRecord>,
    /// Certificates of this place that are not in the capture.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u64,
    pub certificates: Vec<CertificateRecord>,
}

/// Which facts can be seen; what cannot is unknown.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct ShowsRecord {
    pub private_key: bool,
    pub label: bool,
    pub order: bool,
    pub trust: bool,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct ProblemRecord {
    pub code: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Text>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct RemainsRecord {
    pub certificates: String,
    pub keys: String,
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_obstructed: bool,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct ProfileRecord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Binary>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Text>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct ModuleRecord {
    pub name: String,
    pub library: String,
}

/// The file that holds the private key of the certificate at `position`.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct KeyFileRecord {
    pub position: usize,
    pub file: Text,
    /// The form of it and of the certificate's file.
    #[serde(default)]
    pub form: String,
    /// Its own form.
    #[serde(default)]
    pub own_form: String,
}

/// A private key that cannot be looked into.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct SealedKeyRecord {
    pub file: Text,
    /// `encrypted`, `openssh`, `tpm` or `unknown`.
    pub seal: String,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct CertificateRecord {
    pub der: Binary,
    /// Only a description was given: then `der` is the shape of a certificate with the facts in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub described: Option<DescribedRecord>,
    pub label: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust: Option<String>,
    /// The file it came from, where the place is a folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// `present`, `absent` or `unknown`; of the key itself there is nothing here.
    pub key: String,
    #[serde(default, skip_serializing_if = "is_false")]
    pub other_key_beside: bool,
    /// The subject as Windows itself writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nss: Option<NssRecord>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct DescribedRecord {
    pub sha1: String,
    /// The subject as Windows writes it.
    pub subject: String,
}

/// What the row of an NSS database says beside the certificate. What repeats the certificate, as
/// almost always, is left out.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(super) struct NssRecord {
    /// CKA_ID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Binary>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Text>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub label_is_no_blob: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub has_no_subject: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Binary>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Binary>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<Binary>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_ill_formed: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_not_x509: bool,
}

// serde passes what it skips by reference.
#[expect(clippy::trivially_copy_pass_by_ref)]
const fn is_false(value: &bool) -> bool {
    !*value
}

#[expect(clippy::trivially_copy_pass_by_ref)]
const fn is_zero(value: &u64) -> bool {
    *value == 0
}
