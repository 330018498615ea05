//! `GeneralName` (RFC 5280 §4.2.1.6), read from bytes that are known to be DER.

use super::extensions::MAX_MEMBERS;
use crate::certificate::Name;
use crate::certificate::oid;
use crate::certificate::tlv::{Reader, Tlv, tag};
use crate::text;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// One name of any kind. Texts are IA5String, hence ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GeneralName<'a> {
    /// The type's identifier, and the value inside its explicit tag.
    Other {
        type_id: &'a [u8],
        value: &'a [u8],
    },
    Email(&'a str),
    Dns(&'a str),
    X400,
    Directory(Name<'a>),
    EdiParty,
    Uri(&'a str),
    Ip(&'a [u8]),
    RegisteredId(&'a [u8]),
}

/// The kinds of names (RFC 5280 §4.2.1.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameForm {
    Other,
    Email,
    Dns,
    X400,
    Directory,
    EdiParty,
    Uri,
    Ip,
    RegisteredId,
}

impl NameForm {
    /// The kind as RFC 5280 calls it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Other => "otherName",
            Self::Email => "rfc822Name",
            Self::Dns => "dNSName",
            Self::X400 => "x400Address",
            Self::Directory => "directoryName",
            Self::EdiParty => "ediPartyName",
            Self::Uri => "uniformResourceIdentifier",
            Self::Ip => "iPAddress",
            Self::RegisteredId => "registeredID",
        }
    }
}

impl<'a> GeneralName<'a> {
    /// Reads the element `tlv` of `der`.
    pub fn read(der: &'a [u8], tlv: &Tlv) -> Result<Self, &'static str> {
        let content = &der[tlv.content.clone()];
        match tlv.tag {
            0xa0 => other_name(der, tlv).ok_or("an otherName that is malformed"),
            0x81 => ia5(content).map(Self::Email),
            0x82 => ia5(content).map(Self::Dns),
            0xa3 => Ok(Self::X400),
            0xa4 => directory_name(der, tlv).ok_or("a directoryName that is malformed"),
            0xa5 => Ok(Self::EdiParty),
            0x86 => ia5(content).map(Self::Uri),
            0x87 => Ok(Self::Ip(content)),
            0x88 => Ok(Self::RegisteredId(content)),
            _ => Err("a name of an unknown kind"),
        }
    }

    /// Reads a SEQUENCE OF GeneralName that fills `der`.
    pub fn read_list(der: &'a [u8]) -> Result<Vec<Self>, &'static str> {
        let mut file = Reader::new(der);
        let list = file.next_if(tag::SEQUENCE).ok_or("no list of names")?;
        if !file.is_empty() {
            return Err("bytes after the list of names");
        }
        let mut members = Reader::within(der, &list.content);
        let mut names = Vec::new();
        while !members.is_empty() {
            if names.len() == MAX_MEMBERS {
                return Err("more than 10000 names");
            }
            let member = members.next_tlv().ok_or("a name that is malformed")?;
            names.push(Self::read(der, &member)?);
        }
        if names.is_empty() { Err("an empty list of names") } else { Ok(names) }
    }

    pub const fn kind(&self) -> NameForm {
        match self {
            Self::Other { .. } => NameForm::Other,
            Self::Email(_) => NameForm::Email,
            Self::Dns(_) => NameForm::Dns,
            Self::X400 => NameForm::X400,
            Self::Directory(_) => NameForm::Directory,
            Self::EdiParty => NameForm::EdiParty,
            Self::Uri(_) => NameForm::Uri,
            Self::Ip(_) => NameForm::Ip,
            Self::RegisteredId(_) => NameForm::RegisteredId,
        }
    }

    /// How many bytes the name has, as far as they are compared.
    pub const fn len(&self) -> usize {
        match self {
            Self::Email(text) | Self::Dns(text) | Self::Uri(text) => text.len(),
            Self::Directory(name) => name.der.len(),
            Self::Ip(octets) => octets.len(),
            Self::Other { value, .. } => value.len(),
            Self::X400 | Self::EdiParty | Self::RegisteredId(_) => 0,
        }
    }

    /// The text inside an `otherName` whose value is a string, such as a user principal name.
    pub fn other_text(&self) -> Option<String> {
        let Self::Other { value, .. } = self else { return None };
        let inner = Reader::new(value).next_tlv()?;
        super::names::decode(inner.tag, &value[inner.content]).map(std::borrow::Cow::into_owned)
    }
}

fn ia5(content: &[u8]) -> Result<&str, &'static str> {
    match std::str::from_utf8(content) {
        Ok(text) if text.is_ascii() => Ok(text),
        _ => Err("an IA5String with characters beyond ASCII"),
    }
}

fn other_name<'a>(der: &'a [u8], tlv: &Tlv) -> Option<GeneralName<'a>> {
    let mut parts = Reader::within(der, &tlv.content);
    let type_id = parts.next_if(tag::OBJECT_IDENTIFIER)?;
    let value = parts.next_if(0xa0)?;
    parts
        .is_empty()
        .then(|| GeneralName::Other { type_id: &der[type_id.content], value: &der[value.content] })
}

/// `[4]` is explicit although the module's default is implicit tagging: a Name is a CHOICE.
fn directory_name<'a>(der: &'a [u8], tlv: &Tlv) -> Option<GeneralName<'a>> {
    let mut parts = Reader::within(der, &tlv.content);
    let name = Name { der: &der[parts.next_if(tag::SEQUENCE)?.whole] };
    (parts.is_empty() && name.rdns().is_some()).then_some(GeneralName::Directory(name))
}

/// An address of 4 or 16 octets.
pub fn ip_address(octets: &[u8]) -> Option<IpAddr> {
    if let Ok(v4) = <[u8; 4]>::try_from(octets) {
        return Some(Ipv4Addr::from(v4).into());
    }
    <[u8; 16]>::try_from(octets).ok().map(|v6| Ipv6Addr::from(v6).into())
}

/// An address and a mask, as name constraints write them; the mask as a prefix length if it is one.
pub fn ip_range(octets: &[u8]) -> Option<String> {
    let (address, mask) = octets.split_at(octets.len() / 2);
    let ones: u32 = mask.iter().map(|b| b.leading_ones()).take_while(|&n| n > 0).sum();
    let set: u32 = mask.iter().map(|b| b.count_ones()).sum();
    let (address, mask_address) = (ip_address(address)?, ip_address(mask)?);
    Some(if ones == set { format!("{address}/{ones}") } else { format!("{address}/{mask_address}") })
}

/// The kind's usual short form and the value; safe to print.
impl fmt::Display for GeneralName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other { type_id, .. } => match self.other_text() {
                Some(value) => write!(f, "otherName:{} {}", oid::describe(type_id), text::shown(&value)),
                None => write!(f, "otherName:{}", oid::describe(type_id)),
            },
            Self::Email(address) => write!(f, "email:{}", text::shown(address)),
            Self::Dns(name) => write!(f, "DNS:{}", text::shown(name)),
            Self::X400 => f.write_str("x400Address"),
            Self::Directory(name) => write!(f, "directory name:{}", text::shown(&name.to_string())),
            Self::EdiParty => f.write_str("ediPartyName"),
            Self::Uri(uri) => write!(f, "URI:{}", text::shown(uri)),
            Self::Ip(octets) => {
                match ip_address(octets).map(|a| a.to_string()).or_else(|| ip_range(octets)) {
                    Some(address) => write!(f, "IP:{address}"),
                    None => write!(f, "IP:#{}", text::hex(octets)),
                }
            }
            Self::RegisteredId(id) => write!(f, "registered ID:{}", oid::describe(id)),
        }
    }
}
