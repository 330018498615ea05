//! Reading a store through crypt32: with schannel, and with windows-sys where schannel lacks a call
//! or would rather touch the key.
#![allow(unsafe_code)]

use super::account;
pub use super::account::is_elevated;
use super::{Account, Contents, WindowsLocation, unread};
use crate::certificate::Certificate;
use crate::reason::{Code, Finding};
use crate::store::{Evidence, Index, PrivateKey, Status, StoreSpec, StoredCertificate};
use crate::text;
use schannel::RawPointer as _;
use schannel::cert_context::CertContext;
use schannel::cert_store::CertStore;
use std::io;
use std::path::PathBuf;
use std::ptr;
use windows_sys::Win32::Foundation::{
    CRYPT_E_NOT_FOUND, ERROR_ACCESS_DENIED, ERROR_FILE_NOT_FOUND, ERROR_MORE_DATA, ERROR_NO_MORE_FILES,
    ERROR_PATH_NOT_FOUND, ERROR_SUCCESS,
};
use windows_sys::Win32::Security::Cryptography::{
    CERT_FRIENDLY_NAME_PROP_ID, CERT_KEY_CONTEXT_PROP_ID, CERT_KEY_PROV_INFO_PROP_ID, CERT_NAME_RDN_TYPE,
    CERT_NAME_STR_REVERSE_FLAG, CERT_STORE_OPEN_EXISTING_FLAG, CERT_STORE_PROV_SYSTEM_W,
    CERT_STORE_READONLY_FLAG, CERT_SYSTEM_STORE_CURRENT_USER_ID, CERT_SYSTEM_STORE_LOCAL_MACHINE_ID,
    CERT_SYSTEM_STORE_LOCATION_SHIFT, CERT_X500_NAME_STR, CertGetCertificateContextProperty,
    CertGetNameStringW, CertOpenStore,
};

/// Reads a system store without asking for write access and without creating it.
pub fn read(location: WindowsLocation, name: &str) -> Contents {
    let account = (location == WindowsLocation::CurrentUser).then(account::current);
    match open(location, name) {
        Ok(store) => contents(location, name, &store, account),
        Err(error) => unopened(location, name, &error, account),
    }
}

/// The folder of the users' profiles: the one that the public profile lies in.
pub fn profiles() -> Option<PathBuf> {
    let public = PathBuf::from(std::env::var_os("PUBLIC")?);
    Some(public.parent()?.to_path_buf())
}

fn open(location: WindowsLocation, name: &str) -> io::Result<CertStore> {
    let location = match location {
        WindowsLocation::CurrentUser => CERT_SYSTEM_STORE_CURRENT_USER_ID,
        WindowsLocation::LocalMachine => CERT_SYSTEM_STORE_LOCAL_MACHINE_ID,
    };
    let flags = (location << CERT_SYSTEM_STORE_LOCATION_SHIFT)
        | CERT_STORE_READONLY_FLAG
        | CERT_STORE_OPEN_EXISTING_FLAG;
    let name: Vec<u16> = name.encode_utf16().chain([0]).collect();
    // SAFETY: the provider is one of the constants made for this call, the name is UTF-16 that ends
    // in NUL and outlives the call.
    let handle = unsafe { CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, flags, name.as_ptr().cast()) };
    if handle.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the handle is an open store that nobody else closes; CertStore closes it.
    Ok(unsafe { CertStore::from_ptr(handle) })
}

/// Neither status depends on the error's text, which not every system has.
fn unopened(location: WindowsLocation, name: &str, error: &io::Error, account: Option<Account>) -> Contents {
    let win32 = error.raw_os_error().map_or(0, |code| code.cast_unsigned() & 0xffff);
    let (status, code, why) = match win32 {
        ERROR_FILE_NOT_FOUND | ERROR_PATH_NOT_FOUND => {
            (Status::Missing, Code::StoreMissing, "does not exist".to_owned())
        }
        ERROR_ACCESS_DENIED => (Status::Denied, Code::StoreDenied, "may not be read by this user".to_owned()),
        _ => (Status::Corrupt, Code::StoreCorrupt, format!("cannot be opened: {error}")),
    };
    let mut contents = unread(location, name, status, code, &why);
    // That another user has no such store says nothing of the user who counts.
    if let Some(problem) = account.as_ref().and_then(Account::problem) {
        contents.problem = Some(problem);
    }
    contents
}

fn contents(location: WindowsLocation, name: &str, store: &CertStore, account: Option<Account>) -> Contents {
    let spec = StoreSpec::Windows(location, name.to_owned());
    let mut certificates = Vec::new();
    let mut subjects = Vec::new();
    let mut listed = store.certs();
    for context in listed.by_ref() {
        subjects.push(subject(&context));
        certificates.push(stored(&context, &spec, certificates.len()));
    }
    let end = io::Error::last_os_error();
    let problem = (account.as_ref().and_then(Account::problem))
        .or_else(|| interrupted(&spec, &end))
        .or_else(|| certificates.is_empty().then(|| empty(&spec)));
    let account = account.and_then(|account| account.name);
    Contents {
        evidence: Evidence::own(&spec),
        spec,
        status: Status::Read,
        problem,
        certificates,
        index: Index::Windows { subjects, account },
    }
}

/// The end of the list and an error look the same but for the last error.
fn interrupted(spec: &StoreSpec, end: &io::Error) -> Option<Finding> {
    let code = end.raw_os_error()?.cast_unsigned();
    let regular = [CRYPT_E_NOT_FOUND.cast_unsigned(), ERROR_NO_MORE_FILES, ERROR_SUCCESS];
    let message = || format!("{} could be read only in part: {end}", text::shown(&spec.to_string()));
    (!regular.contains(&code)).then(|| Finding::new(Code::StoreCorrupt, message()))
}

fn empty(spec: &StoreSpec) -> Finding {
    let message = format!("{} holds no certificate", text::shown(&spec.to_string()));
    Finding::new(Code::StoreEmpty, message)
}

fn stored(context: &CertContext, spec: &StoreSpec, position: usize) -> StoredCertificate {
    StoredCertificate {
        certificate: Certificate::from_der(context.to_der().to_vec()),
        label: friendly_name(context).map(String::into_bytes),
        trust: None,
        location: spec.to_string(),
        private_key: private_key(context),
        other_key_beside: false,
        position,
    }
}

/// `$_.Subject`: the call that .NET makes (dotnet/runtime, CertificatePal.Windows.cs).
fn subject(context: &CertContext) -> String {
    let format = CERT_X500_NAME_STR | CERT_NAME_STR_REVERSE_FLAG;
    let format = ptr::from_ref(&format).cast();
    // SAFETY: the context is valid while it is borrowed; without a buffer, only the length is returned.
    let length = unsafe {
        CertGetNameStringW(context.as_ptr().cast(), CERT_NAME_RDN_TYPE, 0, format, ptr::null_mut(), 0)
    };
    let mut units = vec![0u16; usize::try_from(length).unwrap_or_default()];
    // SAFETY: as above; the buffer has room for the number of units that is passed with it.
    unsafe {
        CertGetNameStringW(context.as_ptr().cast(), CERT_NAME_RDN_TYPE, 0, format, units.as_mut_ptr(), length)
    };
    // The count includes the NUL at the end; .NET keeps a NUL inside the name.
    units.pop();
    String::from_utf16_lossy(&units)
}

/// schannel's own reader of it panics on an empty or malformed name.
fn friendly_name(context: &CertContext) -> Option<String> {
    let value = property(context, CERT_FRIENDLY_NAME_PROP_ID).ok()??;
    let units = value.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    Some(text::utf16_before_nul(units)).filter(|name| !name.is_empty())
}

/// Whether the certificate refers to a key, as .NET's HasPrivateKey decides it: from the properties
/// alone. To open the key could ask for a PIN, write to the store, and only its owner may.
fn private_key(context: &CertContext) -> PrivateKey {
    for id in [CERT_KEY_PROV_INFO_PROP_ID, CERT_KEY_CONTEXT_PROP_ID] {
        match property_length(context, id) {
            Ok(Some(_)) => return PrivateKey::Present,
            Ok(None) => {}
            Err(_) => return PrivateKey::Unknown,
        }
    }
    PrivateKey::Absent
}

fn property_length(context: &CertContext, id: u32) -> io::Result<Option<u32>> {
    let mut length = 0;
    // SAFETY: the context is valid while it is borrowed; without a buffer, only the length is returned.
    let found = unsafe {
        CertGetCertificateContextProperty(context.as_ptr().cast(), id, ptr::null_mut(), &raw mut length)
    };
    if found != 0 {
        return Ok(Some(length));
    }
    let error = io::Error::last_os_error();
    if error.raw_os_error() == Some(CRYPT_E_NOT_FOUND) { Ok(None) } else { Err(error) }
}

/// The value of a property that holds no pointers. Asked again when it grew meanwhile.
fn property(context: &CertContext, id: u32) -> io::Result<Option<Vec<u8>>> {
    for _ in 0..4 {
        let Some(mut length) = property_length(context, id)? else { return Ok(None) };
        let mut value = vec![0u8; usize::try_from(length).unwrap_or_default()];
        // SAFETY: the context is valid while it is borrowed, and the buffer has the length passed.
        let found = unsafe {
            CertGetCertificateContextProperty(
                context.as_ptr().cast(),
                id,
                value.as_mut_ptr().cast(),
                &raw mut length,
            )
        };
        if found != 0 {
            value.truncate(usize::try_from(length).unwrap_or_default());
            return Ok(Some(value));
        }
        let error = io::Error::last_os_error();
        if error.raw_os_error() != Some(ERROR_MORE_DATA.cast_signed()) {
            return Err(error);
        }
    }
    Ok(None)
}
