//! Whether one name lies under one base, for the kinds that are texts or addresses.

/// The base itself or any name with labels in front of it. A base that begins with a dot means only
/// the latter, and an empty one everything; RFC 5280 does not foresee the dot, OpenSSL and NSS do.
pub fn dns(name: &str, base: &str) -> bool {
    if base.is_empty() {
        return true;
    }
    let Some(split) = name.len().checked_sub(base.len()) else { return false };
    let (front, end) = (&name.as_bytes()[..split], &name.as_bytes()[split..]);
    end.eq_ignore_ascii_case(base.as_bytes())
        && (front.last() == Some(&b'.') || (front.is_empty() != base.starts_with('.')))
}

/// A mailbox, a host or, after a dot, a domain. Only the host ignores case (RFC 5280 §7.5). A base with
/// nothing before its `@` means the host; RFC 5280 does not foresee it, OpenSSL does.
pub fn email(name: &str, base: &str) -> Result<bool, &'static str> {
    let (local, host) = name.rsplit_once('@').ok_or("it is no mailbox")?;
    Ok(match base.rsplit_once('@') {
        Some((base_local, base_host)) => {
            (base_local.is_empty() || local == base_local) && host.eq_ignore_ascii_case(base_host)
        }
        None => host_within(host, base),
    })
}

/// The host alone counts: the base, or after a dot any name below it. A URI without a host name is
/// refused (RFC 5280 §4.2.1.10).
pub fn uri(name: &str, base: &str) -> Result<bool, &'static str> {
    let host = uri_host(name).ok_or("it has no host name")?;
    Ok(host_within(host, base))
}

fn host_within(host: &str, base: &str) -> bool {
    if !base.starts_with('.') {
        return host.eq_ignore_ascii_case(base);
    }
    host.len() > base.len()
        && host.as_bytes()[host.len() - base.len()..].eq_ignore_ascii_case(base.as_bytes())
}

/// The host of the authority component (RFC 3986 §3.2) unless it is empty or an address.
fn uri_host(uri: &str) -> Option<&str> {
    let (_scheme, rest) = uri.split_once(':')?;
    let authority = rest.strip_prefix("//")?.split(['/', '?', '#']).next()?;
    // No URI may hold them; some readers take a backslash for a slash, and so see another host.
    if authority.contains(['\\', ' ', '"', '<', '>', '^', '`', '{', '|', '}']) {
        return None;
    }
    let host_port = authority.rsplit_once('@').map_or(authority, |(_user, host)| host);
    let host = host_port.split_once(':').map_or(host_port, |(host, _port)| host);
    let is_address = host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok();
    (!host.is_empty() && !is_address).then_some(host)
}

/// An address and a mask of the same family.
pub fn ip(name: &[u8], base: &[u8]) -> Result<bool, &'static str> {
    if !matches!(base.len(), 8 | 32) {
        return Err("the constraint is no address with a mask");
    }
    if !matches!(name.len(), 4 | 16) {
        return Err("it is no address");
    }
    let (address, mask) = base.split_at(base.len() / 2);
    Ok(name.len() == address.len() && name.iter().zip(address).zip(mask).all(|((n, a), m)| n & m == a & m))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dns_names_match_by_whole_labels() {
        for (name, base, within) in [
            ("host.example.com", "example.com", true),
            ("EXAMPLE.com", "example.COM", true),
            ("badexample.com", "example.com", false),
            ("example.com", "host.example.com", false),
            ("host.example.com", ".example.com", true),
            ("example.com", ".example.com", false),
            ("anything", "", true),
        ] {
            assert_eq!(dns(name, base), within, "{name} under {base}");
        }
    }

    #[test]
    fn mailboxes_match_by_mailbox_host_or_domain() {
        for (name, base, within) in [
            ("jo@example.com", "jo@EXAMPLE.com", true),
            ("Jo@example.com", "jo@example.com", false),
            ("jo@example.com", "example.com", true),
            ("jo@mail.example.com", "example.com", false),
            ("jo@mail.example.com", ".example.com", true),
            ("jo@example.com", ".example.com", false),
            ("jo@example.com", "@example.com", true),
            ("jo@mail.example.com", "@example.com", false),
        ] {
            assert_eq!(email(name, base), Ok(within), "{name} under {base}");
        }
        assert!(email("nobody", "example.com").is_err());
    }

    #[test]
    fn uris_match_by_host() {
        for (name, base, within) in [
            ("https://host.example.com/path", "host.example.com", true),
            ("https://u:p@host.example.com:8443?q", "HOST.example.com", true),
            ("https://host.example.com/", ".example.com", true),
            ("https://example.com/", ".example.com", false),
            ("https://host.example.com/", "example.com", false),
        ] {
            assert_eq!(uri(name, base), Ok(within), "{name} under {base}");
        }
        for name in [
            "urn:isbn:1",
            "https://192.0.2.1/",
            "https://[2001:db8::1]/",
            "https:///x",
            "plain",
            r"https://elsewhere.example.org\@host.example.com/",
        ] {
            assert!(uri(name, ".example.com").is_err(), "{name}");
        }
    }

    #[test]
    fn addresses_match_by_mask() {
        let base = [192, 0, 2, 0, 255, 255, 255, 0];
        assert_eq!(ip(&[192, 0, 2, 77], &base), Ok(true));
        assert_eq!(ip(&[192, 0, 3, 77], &base), Ok(false));
        assert_eq!(ip(&[0; 16], &base), Ok(false));
        assert!(ip(&[192, 0, 2], &base).is_err());
        assert!(ip(&[192, 0, 2, 1], &base[..7]).is_err());
    }
}
