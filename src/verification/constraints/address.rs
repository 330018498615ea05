//! IP addresses, and the ranges that constrain them.

use super::Relation;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// `::ffff:0:0/96` holds the IPv4 addresses.
const MAPPED_PREFIX: u32 = 96;

/// An address with a mask that is a prefix (RFC 4632 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    address: IpAddr,
    prefix: u32,
}

impl Range {
    /// Eight or 32 octets. A mask with holes is not CIDR style, which RFC 5280 §4.2.1.10 asks for; Go and
    /// webpki refuse it too.
    pub fn read(octets: &[u8]) -> Option<Self> {
        let (address, mask) = octets.split_at(octets.len() / 2);
        let address = super::super::general_name::ip_address(address)?;
        let width = mask.len() as u32 * 8;
        let mask = mask.iter().fold(0u128, |bits, octet| bits << 8 | u128::from(*octet));
        let prefix = mask.count_ones();
        let whole = if width == 0 { return None } else { u128::MAX >> (128 - width) };
        (mask == whole & !(whole.checked_shr(prefix).unwrap_or(0))).then_some(Self { address, prefix })
    }

    /// Whether `address` is in the range. An IPv6 address that only maps an IPv4 address (RFC 4291 §2.5.5.2)
    /// may be taken for that one, and the other way round; but a range of all of IPv6 means no IPv4 address.
    pub fn relation(self, address: IpAddr) -> Relation {
        if self.contains(address) {
            return Relation::Inside;
        }
        let other = match address {
            IpAddr::V4(v4) => Some(IpAddr::V6(v4.to_ipv6_mapped())).filter(|_| self.prefix >= MAPPED_PREFIX),
            IpAddr::V6(v6) => v6.to_ipv4_mapped().map(IpAddr::V4),
        };
        if other.is_some_and(|other| self.contains(other)) { Relation::Overlaps } else { Relation::Outside }
    }

    fn contains(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(base), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - self.prefix).unwrap_or(0);
                bits4(base) & mask == bits4(address) & mask
            }
            (IpAddr::V6(base), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - self.prefix).unwrap_or(0);
                bits6(base) & mask == bits6(address) & mask
            }
            _ => false,
        }
    }
}

const fn bits4(address: Ipv4Addr) -> u32 {
    u32::from_be_bytes(address.octets())
}

const fn bits6(address: Ipv6Addr) -> u128 {
    u128::from_be_bytes(address.octets())
}
