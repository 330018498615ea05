//! Host names: as a dNSName has them, as the part after a mailbox's `@`, and as a URI's host.

use super::Relation;

/// RFC 1034 §3.1, without the dot of the root.
const MAX_NAME: usize = 253;
const MAX_LABEL: usize = 63;

/// A host name in lower case, without the dot of the root: `example.com.` is `example.com`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    text: String,
    /// `text` follows a label that may be any (RFC 6125 §6.4.3): `*.example.com`.
    is_wildcard: bool,
}

/// What a constraint says of hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostBase {
    Every,
    /// An empty base where RFC 5280 gives it no meaning.
    Empty,
    /// This host alone.
    Exactly(String),
    /// Hosts with labels in front of this one.
    Below(String),
    /// This host and those below it.
    AtOrBelow(String),
}

impl Host {
    /// Labels of letters, digits, hyphens and underscores (RFC 1034 §3.5, RFC 1123 §2.1; underscores are
    /// met everywhere), with or without the dot of the root.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.strip_suffix('.').unwrap_or(text);
        let is_host = text.len() <= MAX_NAME && text.split('.').all(is_label);
        is_host.then(|| Self { text: text.to_ascii_lowercase(), is_wildcard: false })
    }

    /// The same, or one with `*` as its whole first label.
    pub fn read_pattern(text: &str) -> Option<Self> {
        match text.strip_prefix("*.") {
            Some(rest) => Self::read(rest).map(|host| Self { is_wildcard: true, ..host }),
            None => Self::read(text),
        }
    }

    /// Whether every label is a number as `inet_aton` reads them, so that some take it for an address
    /// (WHATWG URL §3.5 "ends in a number").
    pub fn is_numeric(&self) -> bool {
        let last = self.text.rsplit('.').next().unwrap_or_default();
        let is_hex = |digits: &str| digits.bytes().all(|b| b.is_ascii_hexdigit());
        last.bytes().all(|b| b.is_ascii_digit()) || last.strip_prefix("0x").is_some_and(is_hex)
    }

    pub fn relation(&self, base: &HostBase) -> Relation {
        let is_within = match base {
            HostBase::Every => true,
            HostBase::Empty => return Relation::Overlaps,
            HostBase::Exactly(host) => !self.is_wildcard && self.text == *host,
            HostBase::Below(host) => self.is_below(host) || self.is_wildcard && self.text == *host,
            HostBase::AtOrBelow(host) => self.is_below(host) || self.text == *host,
        };
        if is_within {
            Relation::Inside
        } else if self.may_be(base) {
            Relation::Overlaps
        } else {
            Relation::Outside
        }
    }

    /// Whether some host that a wildcard stands for lies under the base: then that base is the wildcard's
    /// own domain with one label in front.
    fn may_be(&self, base: &HostBase) -> bool {
        let (HostBase::Exactly(host) | HostBase::AtOrBelow(host)) = base else { return false };
        self.is_wildcard && host.split_once('.').is_some_and(|(_, parent)| parent == self.text)
    }

    fn is_below(&self, host: &str) -> bool {
        self.text.strip_suffix(host).is_some_and(|front| front.ends_with('.'))
    }
}

fn is_label(label: &str) -> bool {
    (1..=MAX_LABEL).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

impl HostBase {
    /// A dNSName's: the host and all below it, only the latter after a dot, and everything when it is empty.
    /// RFC 5280 does not foresee the dot; OpenSSL, NSS and Go do.
    pub fn of_dns(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::Every);
        }
        Some(match text.strip_prefix('.') {
            Some(domain) => Self::Below(Host::read(domain)?.text),
            None => Self::AtOrBelow(Host::read(text)?.text),
        })
    }

    /// That of a mailbox's host or of a URI: one host or, after a dot, those below it.
    pub fn of_host(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::Empty);
        }
        Some(match text.strip_prefix('.') {
            Some(domain) => Self::Below(Host::read(domain)?.text),
            None => Self::Exactly(Host::read(text)?.text),
        })
    }
}
