//! The paths of an account that matter here.

use super::api::Api;
use super::error::{ApiError, Permission};
use crate::ca;
use serde_json::Value;
use std::collections::BTreeSet;

/// One account behind the API.
#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    api: &'a Api,
    id: &'a str,
}

/// How an upload ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Uploaded {
    /// The API's object of the new certificate.
    New(Value),
    /// The same certificate was there already.
    Already(Value),
}

/// Whether `id` can be an identifier of the API: hexadecimal digits and dashes, so nothing that
/// leads to another path. (The reference allows 32 to 36 characters.)
pub fn is_identifier(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Whether `id` can be an account's: 32 hexadecimal digits.
pub fn is_account(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl<'a> Account<'a> {
    /// `id` must satisfy [`is_account`].
    pub fn new(api: &'a Api, id: &'a str) -> Self {
        Self { api, id }
    }

    /// Every posture rule, of whatever type.
    pub fn rules(&self) -> Result<Vec<Value>, ApiError> {
        self.api.list(&self.path("devices/posture"), Permission::PostureRead)
    }

    pub fn rule(&self, id: &str) -> Result<Value, ApiError> {
        self.api.get(&self.path(&format!("devices/posture/{id}")), Permission::PostureRead)
    }

    /// Every uploaded certificate.
    pub fn certificates(&self) -> Result<Vec<Value>, ApiError> {
        self.api.list(&self.path("mtls_certificates"), Permission::CertificatesRead)
    }

    /// The uploaded certificate with this identifier, if there is one.
    pub fn certificate(&self, id: &str) -> Result<Option<Value>, ApiError> {
        if !is_identifier(id) {
            return Ok(None);
        }
        match self.api.get(&self.path(&format!("mtls_certificates/{id}")), Permission::CertificatesRead) {
            Ok(certificate) => Ok(Some(certificate)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The uploaded certificate that consists of exactly the certificates with these fingerprints.
    pub fn find(&self, fingerprints: &BTreeSet<String>) -> Result<Option<Value>, ApiError> {
        let same = |object: &Value| ca::fingerprints(object).is_some_and(|there| there == *fingerprints);
        Ok(self.certificates()?.into_iter().find(same))
    }

    /// Uploads a body made by `upload::Body`, unless the same certificates are there already. A POST
    /// whose answer was an error may have been carried out: the list is asked before it is repeated.
    pub fn upload(&self, body: &[u8], fingerprints: &BTreeSet<String>) -> Result<Uploaded, ApiError> {
        if let Some(there) = self.find(fingerprints)? {
            return Ok(Uploaded::Already(there));
        }
        self.api.patiently(|tried| {
            if tried > 0
                && let Some(there) = self.find(fingerprints)?
            {
                return Ok(Uploaded::New(there));
            }
            let path = self.path("mtls_certificates");
            self.api.post(&path, body, Permission::CertificatesWrite).map(Uploaded::New)
        })
    }

    /// The address to which an upload is sent.
    pub fn upload_address(&self) -> String {
        self.api.transport().address(&self.path("mtls_certificates"))
    }

    fn path(&self, rest: &str) -> String {
        format!("/accounts/{}/{rest}", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_lead_to_no_other_path() {
        assert!(is_identifier("2458ce5a-0c35-4c7f-82c7-8e9487d3ff60"));
        for bad in ["", "../x", "a/b", "a?b", "a b", "é", "a%2fb", "a\n"] {
            assert!(!is_identifier(bad), "{bad:?}");
        }
    }
}
