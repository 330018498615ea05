//! The certificates in a PKCS #7 `SignedData` (RFC 5652 §5.1); its signatures do not matter here.

use super::{Collector, Undecodable};
use crate::certificate::oid;
use crate::certificate::tlv::{Reader, Tlv, tag};

/// The `certificates` member: `[0] IMPLICIT SET OF CertificateChoices`.
const CERTIFICATES: u8 = 0xa0;

pub fn read(der: &[u8], found: &mut Collector) {
    let Some(list) = certificate_set(der) else { return found.damaged(Undecodable::Form) };
    let mut members = Reader::within(der, &list.content);
    while let Some(member) = members.next_tlv() {
        // Other choices are obsolete or attribute certificates.
        if member.tag == tag::SEQUENCE {
            found.certificate(&der[member.whole]);
        }
    }
    if !members.is_empty() {
        found.damaged(Undecodable::Form);
    }
}

fn certificate_set(der: &[u8]) -> Option<Tlv> {
    let outer = Reader::new(der).next_if(tag::SEQUENCE)?;
    let mut parts = Reader::within(der, &outer.content);
    let content_type = parts.next_if(tag::OBJECT_IDENTIFIER)?;
    if &der[content_type.content] != oid::PKCS7_SIGNED_DATA {
        return None;
    }
    let content = parts.next_if(0xa0)?;
    let signed = Reader::within(der, &content.content).next_if(tag::SEQUENCE)?;
    let mut members = Reader::within(der, &signed.content);
    members.next_if(tag::INTEGER)?;
    members.next_if(tag::SET)?;
    members.next_if(tag::SEQUENCE)?;
    members.next_if(CERTIFICATES)
}
