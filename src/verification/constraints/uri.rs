//! The host of a URI (RFC 3986 §3.2.2).

use super::host::Host;

/// The host that constraints compare, or why there is none (RFC 5280 §4.2.1.10: the constraint applies to the
/// host, and a URI without a host name is refused).
pub fn host(uri: &str) -> Result<Host, &'static str> {
    if !uri.bytes().all(is_uri_octet) {
        return Err("it holds characters that no URI may hold");
    }
    let (scheme, rest) = uri.split_once(':').ok_or("it has no scheme")?;
    if !is_scheme(scheme) {
        return Err("its scheme is malformed");
    }
    const NO_HOST: &str = "it has no host name";
    let authority =
        rest.strip_prefix("//").and_then(|rest| rest.split(['/', '?', '#']).next()).ok_or(NO_HOST)?;
    let (user, host_port) = authority.rsplit_once('@').unwrap_or(("", authority));
    if user.contains('@') {
        return Err("it has more than one @ before its path");
    }
    if host_port.starts_with('[') {
        return Err("its host is an address");
    }
    let (host, port) = host_port.split_once(':').unwrap_or((host_port, ""));
    if !port.bytes().all(|b| b.is_ascii_digit()) {
        return Err("its port is not a number");
    }
    if host.is_empty() {
        return Err(NO_HOST);
    }
    let host = Host::read(host).ok_or("its host is not a host name")?;
    if host.is_numeric() { Err("its host is an address") } else { Ok(host) }
}

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
}

/// Unreserved, reserved and `%` (RFC 3986 §2). Some readers take a backslash for a slash, and so would see
/// another host.
const fn is_uri_octet(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'-' | b'.'
                | b'_'
                | b'~'
                | b'%'
                | b':'
                | b'/'
                | b'?'
                | b'#'
                | b'['
                | b']'
                | b'@'
                | b'!'
                | b'$'
                | b'&'
                | b'\''
                | b'('
                | b')'
                | b'*'
                | b'+'
                | b','
                | b';'
                | b'='
        )
}
