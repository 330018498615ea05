//! Names and bases as typed values. What is of a kind and cannot be read as one is `Malformed`, and is never
//! left out: a constraint on its kind refuses it.

use super::address::Range;
use super::host::{Host, HostBase};
use super::mailbox::{Mailbox, MailboxBase};
use super::uri;
use super::{Obstacle, Relation};
use crate::certificate::Attribute;
use crate::certificate::oid::SMTP_UTF8_MAILBOX;
use crate::certificate::tlv::{Reader, tag};
use crate::verification::general_name::{GeneralName, NameForm, ip_address};
use crate::verification::names::{self, Canonical};
use std::net::IpAddr;

/// A name as constraints compare it.
#[derive(Clone, Debug)]
pub enum Value {
    Directory(Canonical),
    Host(Host),
    Mailbox(Mailbox),
    UriHost(Host),
    Address(IpAddr),
    /// A kind on which no constraint can be judged.
    Unsupported,
    /// Why it is not a name of its kind.
    Malformed(&'static str),
}

/// The base of a subtree.
#[derive(Clone, Debug)]
pub enum Base {
    Directory(Canonical),
    Host(HostBase),
    Mailbox(MailboxBase),
    UriHost(HostBase),
    Addresses(Range),
    Unsupported,
    Malformed,
}

impl Value {
    pub fn of(name: &GeneralName<'_>) -> Self {
        let or_malformed = |value: Option<Self>, what| value.unwrap_or(Self::Malformed(what));
        match name {
            GeneralName::Directory(name) => Self::Directory(Canonical::of(*name)),
            GeneralName::Dns(text) => {
                or_malformed(Host::read_pattern(text).map(Self::Host), "it is no DNS name")
            }
            GeneralName::Email(text) => or_malformed(Mailbox::read(text).map(Self::Mailbox), NO_MAILBOX),
            GeneralName::Uri(text) => uri::host(text).map_or_else(Self::Malformed, Self::UriHost),
            GeneralName::Ip(octets) => {
                or_malformed(ip_address(octets).map(Self::Address), "it is not an address")
            }
            GeneralName::Other { .. }
            | GeneralName::X400
            | GeneralName::EdiParty
            | GeneralName::RegisteredId(_) => Self::Unsupported,
        }
    }

    /// An e-mail address in a subject: in whichever string type, it is a mailbox or nothing.
    pub fn of_address(attribute: &Attribute<'_>) -> Self {
        let text = names::decode(attribute.tag, attribute.value);
        text.and_then(|text| Mailbox::read(&text)).map_or(Self::Malformed(NO_MAILBOX), Self::Mailbox)
    }

    /// The mailbox in an otherName of the type SmtpUTF8Mailbox, which constraints on rfc822Name bind too (RFC
    /// 9598 §6); `None` for an otherName of another type.
    pub fn of_international_mailbox(name: &GeneralName<'_>) -> Option<Self> {
        let GeneralName::Other { type_id, value } = name else { return None };
        if *type_id != SMTP_UTF8_MAILBOX {
            return None;
        }
        let mut file = Reader::new(value);
        let text =
            file.next_if(tag::UTF8_STRING).filter(|_| file.is_empty()).map(|text| &value[text.content]);
        let text = text.and_then(|text| std::str::from_utf8(text).ok());
        let mailbox = text.and_then(Mailbox::read_international);
        Some(mailbox.map_or(Self::Malformed(NO_MAILBOX), Self::Mailbox))
    }
}

const NO_MAILBOX: &str = "it is not a mailbox that can be compared";

impl Base {
    pub fn of(name: &GeneralName<'_>) -> Self {
        match name {
            GeneralName::Directory(name) => Self::Directory(Canonical::of(*name)),
            GeneralName::Dns(text) => HostBase::of_dns(text).map_or(Self::Malformed, Self::Host),
            GeneralName::Email(text) => MailboxBase::read(text).map_or(Self::Malformed, Self::Mailbox),
            GeneralName::Uri(text) => HostBase::of_host(text).map_or(Self::Malformed, Self::UriHost),
            GeneralName::Ip(octets) => Range::read(octets).map_or(Self::Malformed, Self::Addresses),
            GeneralName::Other { .. }
            | GeneralName::X400
            | GeneralName::EdiParty
            | GeneralName::RegisteredId(_) => Self::Unsupported,
        }
    }
}

/// How a name of the kind `kind` stands to a base of the same kind.
pub fn relation(kind: NameForm, value: &Value, base: &Base) -> Relation {
    match (value, base) {
        (_, Base::Malformed) => Relation::Undecidable(Obstacle::Base),
        (Value::Malformed(what), _) => Relation::Undecidable(Obstacle::Name(what)),
        (Value::Directory(name), Base::Directory(base)) if name.is_within(base) => Relation::Inside,
        (Value::Directory(_), Base::Directory(_)) => Relation::Outside,
        (Value::Host(name), Base::Host(base)) | (Value::UriHost(name), Base::UriHost(base)) => {
            name.relation(base)
        }
        (Value::Mailbox(name), Base::Mailbox(base)) => name.relation(base),
        (Value::Address(address), Base::Addresses(range)) => range.relation(*address),
        _ => Relation::Undecidable(Obstacle::Unsupported(kind)),
    }
}
