//! The README of a lab, and the rule that its certificates are judged under.

use super::{CASES, Databases, PASS_PHRASE, Wishes};
use crate::text::{quote_powershell, quote_sh};
use serde_json::json;

/// A `client_certificate_v2` rule as the API writes it.
pub(super) fn rule(device: &str, operating_system: &str) -> String {
    let rule = json!({
        "name": format!("Certposture lab ({operating_system})"),
        "type": "client_certificate_v2",
        "schedule": "5m",
        "input": {
            "certificate_id": "00000000-0000-4000-8000-000000000000",
            "cn": device,
            "operating_system": operating_system,
            "locations": {"trust_stores": ["system"]},
            "check_private_key": true,
            "extended_key_usage": ["clientAuth"],
        },
    });
    format!("{rule:#}\n")
}

pub(super) fn text(wishes: &Wishes, databases: &Databases) -> String {
    let device = quote_sh(wishes.device.as_bytes()).unwrap_or_default();
    let on_windows = quote_powershell(&wishes.device).unwrap_or_default();
    let mut text = format!(
        "# Certposture lab

Sample certificates for the device `{}`, made at {}. Try installing them, upload `ca/root-ca.pem`, and see
what the posture check and `certposture` make of each. **Never trust these CAs on a machine that
matters: their keys lie in this folder.**

The pass phrase of every PKCS #12 file is `{PASS_PHRASE}`. The commands below are typed in this folder.

| certificate | what is special | `certposture check` says |
|---|---|---|
",
        wishes.device.replace('`', "'"),
        wishes.at.strftime("%Y-%m-%d %H:%M UTC"),
    );
    for case in CASES {
        let says = case.fault.map_or("pass".to_owned(), |code| format!("`{code}`"));
        text.push_str(&format!("| `{}` | {} | {says} |\n", case.name, case.about));
    }
    text.push_str(
        "
`pem/` has each certificate with its key beside it, `der/` and `pkcs12/` the other forms, `ca/` the root CA
(the one to upload), the issuing CA under it and another root. `rules/` has a rule per system, as the API
writes it; after uploading the root CA, put its UUID into `certificate_id`.

## Without installing anything

    certposture check --rule rules/linux.json --ca ca/root-ca.pem --store nss:/etc/pki/nssdb=pem/good
    certposture check --rule rules/linux.json --ca ca/root-ca.pem --store nss:/etc/pki/nssdb=pem/expired
    certposture verify --ca ca/root-ca.pem der

## Linux

",
    );
    text.push_str(linux_databases(databases));
    text.push_str(&format!(
        "
Installing the good one where the client looks (package libnss3-tools or nss-tools):

    sudo mkdir -p /etc/pki/nssdb
    sudo certutil -N -d sql:/etc/pki/nssdb --empty-password      # only if there is none yet
    sudo pk12util -d sql:/etc/pki/nssdb -i pkcs12/good.p12 -W {PASS_PHRASE}
    certposture check --cn {device} --ca ca/root-ca.pem

Taking it away again:

    sudo certutil -F -d sql:/etc/pki/nssdb -n {device}

## macOS

    sudo security import pem/good/good.pem -k /Library/Keychains/System.keychain
    sudo security import pem/good/good.key -k /Library/Keychains/System.keychain
    certposture check --cn {device} --ca ca/root-ca.pem
    sudo security delete-identity -c {device} /Library/Keychains/System.keychain

(`security` of older systems cannot open the PKCS #12 files, which are encrypted as OpenSSL 3 does it.)

## Windows

In PowerShell, as the user whose store is meant:

    Import-PfxCertificate -FilePath pkcs12\\good.p12 -CertStoreLocation Cert:\\CurrentUser\\My `
        -Password (ConvertTo-SecureString {PASS_PHRASE} -AsPlainText -Force)
    certposture check --cn {on_windows} --ca ca\\root-ca.pem
    Get-ChildItem Cert:\\CurrentUser\\My | Where-Object Issuer -like '*Certposture Lab*' | Remove-Item

The commands for macOS and Windows are those that the systems document; they were not tried when this
page was written.
"
    ));
    text
}

fn linux_databases(databases: &Databases) -> &'static str {
    match databases {
        Databases::Made => {
            "`nss/` has a database for each certificate, ready to be looked at; and `nss/nickname-differs`, in which the
good certificate has another nickname:

    certposture check --rule rules/linux.json --ca ca/root-ca.pem --store nss:nss/good
    certposture check --rule rules/linux.json --ca ca/root-ca.pem --store nss:nss/key-missing
"
        }
        Databases::NoTools => "No NSS databases were made, for `certutil` and `pk12util` were not installed.\n",
        Databases::Failed => "The NSS databases could not be made: `certutil` or `pk12util` refused.\n",
    }
}
