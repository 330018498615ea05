//! Whose process this is, and who is signed in.
#![allow(unsafe_code)]

use super::Account;
use crate::text;
use std::ptr;
use windows_sys::Win32::Foundation::{CloseHandle, HANDLE};
use windows_sys::Win32::Security::Authentication::Identity::{GetUserNameExW, NameSamCompatible};
use windows_sys::Win32::Security::{
    GetTokenInformation, IsWellKnownSid, TOKEN_ELEVATION, TOKEN_INFORMATION_CLASS, TOKEN_QUERY, TOKEN_USER,
    TokenElevation, TokenUser, WinLocalServiceSid, WinLocalSystemSid, WinNetworkServiceSid,
};
use windows_sys::Win32::System::RemoteDesktop::{
    ProcessIdToSessionId, WTS_CURRENT_SERVER_HANDLE, WTS_INFO_CLASS, WTSDomainName, WTSFreeMemory,
    WTSGetActiveConsoleSessionId, WTSQuerySessionInformationW, WTSUserName,
};
use windows_sys::Win32::System::Threading::{GetCurrentProcess, GetCurrentProcessId, OpenProcessToken};

/// The longest account name asked for, in UTF-16 units.
const MAX_NAME: usize = 1024;

/// No session is attached to the console.
const NO_SESSION: u32 = 0xffff_ffff;

/// This process's account, and the user whose session it runs in.
pub fn current() -> Account {
    Account { name: account_name(), is_service: is_service(), signed_in: signed_in_user() }
}

/// `DOMAIN\user`.
fn account_name() -> Option<String> {
    let mut units = [0u16; MAX_NAME];
    let mut length = MAX_NAME as u32;
    // SAFETY: the buffer has as many units as are passed with it.
    let found = unsafe { GetUserNameExW(NameSamCompatible, units.as_mut_ptr(), &raw mut length) };
    found.then(|| text::utf16_before_nul(units)).filter(|name| !name.is_empty())
}

fn is_service() -> bool {
    ask_token(TokenUser).is_some_and(|user| {
        // SAFETY: the token's answer begins with a TOKEN_USER, whose identifier lies in the same buffer.
        let identifier = unsafe { (*user.as_ptr().cast::<TOKEN_USER>()).User.Sid };
        [WinLocalSystemSid, WinLocalServiceSid, WinNetworkServiceSid]
            .into_iter()
            // SAFETY: the identifier is valid as long as the buffer.
            .any(|known| unsafe { IsWellKnownSid(identifier, known) } != 0)
    })
}

/// Whether this process has an administrator's rights.
pub fn is_elevated() -> bool {
    ask_token(TokenElevation).is_some_and(|elevation| {
        // SAFETY: the token's answer begins with a TOKEN_ELEVATION.
        unsafe { (*elevation.as_ptr().cast::<TOKEN_ELEVATION>()).TokenIsElevated != 0 }
    })
}

/// What this process's token answers. 256 octets: a TOKEN_USER and the identifier behind it take 84
/// (SECURITY_MAX_SID_SIZE is 68). Of u64 for the alignment of the pointer in it.
fn ask_token(class: TOKEN_INFORMATION_CLASS) -> Option<[u64; 32]> {
    let mut token: HANDLE = ptr::null_mut();
    // SAFETY: the pseudo handle of this process is always valid; the token is closed below.
    if unsafe { OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &raw mut token) } == 0 {
        return None;
    }
    let mut answer = [0u64; 32];
    let size = size_of_val(&answer) as u32;
    let mut needed = 0;
    // SAFETY: the buffer has the size passed and the alignment of a pointer.
    let found =
        unsafe { GetTokenInformation(token, class, answer.as_mut_ptr().cast(), size, &raw mut needed) };
    // SAFETY: the token was opened above and is not used again.
    unsafe { CloseHandle(token) };
    (found != 0).then_some(answer)
}

/// `DOMAIN\user` of this process's session; for a process in the services' session, of the console's.
fn signed_in_user() -> Option<String> {
    let session = match own_session() {
        None | Some(0) => console_session()?,
        Some(session) => session,
    };
    let user = session_text(session, WTSUserName).filter(|user| !user.is_empty())?;
    let domain = session_text(session, WTSDomainName).filter(|domain| !domain.is_empty())?;
    Some(format!(r"{domain}\{user}"))
}

fn own_session() -> Option<u32> {
    let mut session = 0;
    // SAFETY: the call writes one number.
    let found = unsafe { ProcessIdToSessionId(GetCurrentProcessId(), &raw mut session) };
    (found != 0).then_some(session)
}

fn console_session() -> Option<u32> {
    // SAFETY: the call takes nothing and returns a number.
    let session = unsafe { WTSGetActiveConsoleSessionId() };
    (session != NO_SESSION).then_some(session)
}

fn session_text(session: u32, class: WTS_INFO_CLASS) -> Option<String> {
    let mut buffer = ptr::null_mut();
    let mut size = 0;
    // SAFETY: on success the call sets the buffer to memory of `size` octets, freed below.
    let found = unsafe {
        WTSQuerySessionInformationW(WTS_CURRENT_SERVER_HANDLE, session, class, &raw mut buffer, &raw mut size)
    };
    if found == 0 || buffer.is_null() {
        return None;
    }
    let length = usize::try_from(size).unwrap_or_default() / 2;
    // SAFETY: the buffer holds `size` octets of UTF-16 until it is freed.
    let units = unsafe { std::slice::from_raw_parts(buffer, length) }.to_vec();
    // SAFETY: the buffer came from the call above and is not used again.
    unsafe { WTSFreeMemory(buffer.cast()) };
    Some(text::utf16_before_nul(units))
}
