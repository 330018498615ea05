//! Mailboxes: rfc822Name, SmtpUTF8Mailbox (RFC 9598), and e-mail addresses in a subject.

use super::Relation;
use super::host::{Host, HostBase};

/// A mailbox whose local part needs no quotes (RFC 5321 §4.1.2 `Dot-string`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    local: String,
    host: Host,
}

/// What a constraint says of mailboxes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailboxBase {
    One(Mailbox),
    At(HostBase),
}

impl Mailbox {
    pub fn read(text: &str) -> Option<Self> {
        Self::read_with(text, is_atom)
    }

    /// Beyond ASCII, too (RFC 6531 §3.3). The host is in ASCII all the same (RFC 9598 §3).
    pub fn read_international(text: &str) -> Option<Self> {
        Self::read_with(text, |atom| {
            let is_plain = |c: char| !c.is_control() && !c.is_whitespace() && !crate::text::is_deceptive(c);
            !atom.is_empty() && atom.chars().all(|c| if c.is_ascii() { is_atext(c) } else { is_plain(c) })
        })
    }

    fn read_with(text: &str, is_atom: impl Fn(&str) -> bool) -> Option<Self> {
        let (local, host) = text.split_once('@')?;
        let host = Host::read(host)?;
        local.split('.').all(is_atom).then(|| Self { local: local.to_owned(), host })
    }

    pub fn relation(&self, base: &MailboxBase) -> Relation {
        match base {
            MailboxBase::At(base) => self.host.relation(base),
            MailboxBase::One(mailbox) if self.host != mailbox.host => Relation::Outside,
            MailboxBase::One(mailbox) if self.local == mailbox.local => Relation::Inside,
            // RFC 5280 §7.5 has local parts differ by case; hardly any mail server does.
            MailboxBase::One(mailbox) if self.local.to_lowercase() == mailbox.local.to_lowercase() => {
                Relation::Overlaps
            }
            MailboxBase::One(_) => Relation::Outside,
        }
    }
}

impl MailboxBase {
    /// A mailbox, a host or, after a dot, a domain. A base with nothing before its `@` means the host; RFC
    /// 5280 does not foresee it, OpenSSL does.
    pub fn read(text: &str) -> Option<Self> {
        match text.strip_prefix('@') {
            Some(host) => Host::read(host).and_then(|_| HostBase::of_host(host)).map(Self::At),
            None if text.contains('@') => Mailbox::read(text).map(Self::One),
            None => HostBase::of_host(text).map(Self::At),
        }
    }
}

fn is_atom(atom: &str) -> bool {
    !atom.is_empty() && atom.chars().all(is_atext)
}

/// RFC 5322 §3.2.3.
const fn is_atext(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(
            c,
            '!' | '#'
                | '$'
                | '%'
                | '&'
                | '\''
                | '*'
                | '+'
                | '-'
                | '/'
                | '='
                | '?'
                | '^'
                | '_'
                | '`'
                | '{'
                | '|'
                | '}'
                | '~'
        )
}
