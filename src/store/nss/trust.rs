//! Trust as `certutil -L` prints it: SSL, e-mail and object signing, each a few letters.

use std::collections::HashMap;

/// How far a certificate is trusted for one use (PKCS #11 3.2 CK_TRUST; NSS's older CKT_NSS_*).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Level {
    #[default]
    None,
    /// `P`
    Peer,
    /// `C`, or `T` for client authentication
    Anchor,
    /// `p`
    Distrusted,
    /// `c`
    ValidCa,
}

impl Level {
    /// From a CKT_NSS_* value (class CKO_NSS_TRUST).
    pub(super) fn from_nss(value: u32) -> Self {
        match value {
            0xce53_4351 => Self::Peer,
            0xce53_4352 => Self::Anchor,
            0xce53_435a => Self::Distrusted,
            0xce53_435b => Self::ValidCa,
            _ => Self::None,
        }
    }

    /// From a CKT_* value (class CKO_TRUST, which NSS writes since 3.114).
    pub(super) fn from_pkcs11(value: u32) -> Self {
        match value {
            1 => Self::Peer,
            2 => Self::Anchor,
            3 => Self::Distrusted,
            _ => Self::None,
        }
    }
}

/// One trust object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Trust {
    pub(super) server: Level,
    pub(super) client: Level,
    pub(super) email: Level,
    pub(super) code: Level,
    /// Written in the newer class, which then decides.
    pub(super) newer: bool,
}

/// Every trust object, by issuer and serial number.
#[derive(Debug, Default)]
pub(super) struct TrustTable(HashMap<Vec<u8>, Trust>);

impl TrustTable {
    pub(super) fn add(&mut self, issuer: &[u8], serial: &[u8], trust: Trust) {
        let known = self.0.entry(key(issuer, serial)).or_insert(trust);
        if trust.newer && !known.newer {
            *known = trust;
        }
    }

    /// The three groups of letters; `user` adds the `u` of a certificate with its key.
    pub(super) fn flags(&self, issuer: &[u8], serial: &[u8], user: bool) -> String {
        let trust = if self.0.is_empty() { None } else { self.0.get(&key(issuer, serial)) };
        let Some(trust) = trust else { return if user { "u,u,u" } else { ",," }.to_owned() };
        let user = if user { "u" } else { "" };
        let ssl = ssl_letters(trust.server, trust.client);
        let (email, code) = (letters(trust.email), letters(trust.code));
        format!("{ssl}{user},{email}{user},{code}{user}")
    }
}

/// Issuer and serial number are each a DER element, so one after the other they stay apart.
fn key(issuer: &[u8], serial: &[u8]) -> Vec<u8> {
    [issuer, serial].concat()
}

fn letters(level: Level) -> &'static str {
    match level {
        Level::None => "",
        Level::Peer => "P",
        Level::Anchor => "C",
        Level::Distrusted => "p",
        Level::ValidCa => "c",
    }
}

/// The SSL group joins the flags for servers and clients (`cert_trust_from_stan_trust` in NSS's
/// `lib/pki/pki3hack.c`, letters in the order of `EncodeFlags` in `lib/certdb/certdb.c`).
fn ssl_letters(server: Level, client: Level) -> String {
    let any = |level| server == level || client == level;
    let anchors = (server == Level::Anchor, client == Level::Anchor);
    let mut text = String::new();
    if any(Level::ValidCa) && anchors == (false, false) {
        text.push('c');
    }
    if any(Level::Distrusted) && !any(Level::Peer) {
        text.push('p');
    }
    if anchors.0 {
        text.push('C');
    }
    if anchors.1 {
        text.push('T');
    }
    if any(Level::Peer) {
        text.push('P');
    }
    text
}
