//! Name constraints (RFC 5280 §4.2.1.10): which names a CA may put into the certificates below it.

mod subtree;

use super::extensions::saturating_number;
use super::general_name::GeneralName;
use super::message::cut;
use super::names::Canonical;
use super::reading::Reading;
use crate::certificate::tlv::{Reader, tag};
use crate::certificate::{Name, oid::EMAIL_ADDRESS};

/// Comparisons of one name with one subtree that are spent on one certificate judged, over all chains.
pub const MAX_COMPARISONS: usize = 250_000;

/// A comparison of longer names counts as several, one more for each such number of bytes.
const COMPARISON_LENGTH: usize = 64;

/// Names that a message lists before it only counts.
const LISTED: usize = 3;

/// The extension, decoded.
#[derive(Clone, Debug)]
pub struct NameConstraints<'a> {
    permitted: Vec<Subtree<'a>>,
    excluded: Vec<Subtree<'a>>,
}

#[derive(Clone, Debug)]
struct Subtree<'a> {
    base: GeneralName<'a>,
    /// The base prepared for comparison, for a directory name.
    canonical: Option<Canonical>,
    /// `minimum` is not zero or `maximum` is present, which RFC 5280 forbids.
    is_limited: bool,
}

/// A name that a certificate bears, prepared for comparison.
struct Borne<'a> {
    name: GeneralName<'a>,
    canonical: Option<&'a Canonical>,
}

impl<'a> NameConstraints<'a> {
    /// Reads the extension's value, which is known to be DER.
    pub fn read(der: &'a [u8]) -> Result<Self, &'static str> {
        let mut file = Reader::new(der);
        let sequence = file.next_if(tag::SEQUENCE).ok_or("it is no SEQUENCE")?;
        let mut parts = Reader::within(der, &sequence.content);
        let permitted = parts.next_if(0xa0).map(|list| subtrees(der, list.content));
        let excluded = parts.next_if(0xa1).map(|list| subtrees(der, list.content));
        if !file.is_empty() || !parts.is_empty() {
            return Err("it holds something that does not belong there");
        }
        if permitted.is_none() && excluded.is_none() {
            return Err("it constrains nothing");
        }
        Ok(Self {
            permitted: permitted.transpose()?.unwrap_or_default(),
            excluded: excluded.transpose()?.unwrap_or_default(),
        })
    }

    /// What in the names of `certificate` breaks these constraints: nothing, or a list in words.
    /// `comparisons` counts down over the whole search.
    pub fn violations(&self, certificate: &Reading<'_>, comparisons: &mut usize) -> Vec<String> {
        let mut violations = Vec::new();
        let mut further = 0usize;
        for borne in names_of(certificate) {
            if let Err(what) = self.judge(&borne, comparisons) {
                if violations.len() < LISTED { violations.push(what) } else { further += 1 }
            }
            if *comparisons == 0 {
                violations.push("there are too many names and constraints to compare".to_owned());
                break;
            }
        }
        if further > 0 {
            violations.push(format!("and {further} more"));
        }
        violations
    }

    fn judge(&self, borne: &Borne<'_>, comparisons: &mut usize) -> Result<(), String> {
        for subtree in of_kind(&self.excluded, borne) {
            *comparisons = comparisons.saturating_sub(subtree.cost(borne));
            if subtree.contains(borne)? {
                return Err(format!("{} is under the excluded {}", shown(&borne.name), shown(&subtree.base)));
            }
            if *comparisons == 0 {
                return Ok(());
            }
        }
        let mut is_constrained = false;
        for subtree in of_kind(&self.permitted, borne) {
            is_constrained = true;
            *comparisons = comparisons.saturating_sub(subtree.cost(borne));
            if subtree.contains(borne)? || *comparisons == 0 {
                return Ok(());
            }
        }
        if is_constrained {
            return Err(format!(
                "{} is not under the permitted {}",
                shown(&borne.name),
                listed(of_kind(&self.permitted, borne))
            ));
        }
        Ok(())
    }
}

fn subtrees(der: &[u8], range: std::ops::Range<usize>) -> Result<Vec<Subtree<'_>>, &'static str> {
    let mut members = Reader::within(der, &range);
    let mut subtrees = Vec::new();
    while !members.is_empty() {
        let member = members.next_if(tag::SEQUENCE).ok_or("a subtree is malformed")?;
        let mut parts = Reader::within(der, &member.content);
        let base = parts.next_tlv().ok_or("a subtree has no base")?;
        let base = GeneralName::read(der, &base)?;
        let minimum = parts.next_if(0x80).map_or(0, |n| saturating_number(&der[n.content]));
        let maximum = parts.next_if(0x81);
        if !parts.is_empty() {
            return Err("a subtree holds something that does not belong there");
        }
        let is_limited = minimum != 0 || maximum.is_some();
        subtrees.push(Subtree { base, canonical: canonical(&base), is_limited });
    }
    if subtrees.is_empty() { Err("a list of subtrees is empty") } else { Ok(subtrees) }
}

fn canonical(name: &GeneralName<'_>) -> Option<Canonical> {
    match name {
        GeneralName::Directory(name) => Some(Canonical::of(*name)),
        _ => None,
    }
}

fn of_kind<'s, 'a>(subtrees: &'s [Subtree<'a>], borne: &Borne<'_>) -> impl Iterator<Item = &'s Subtree<'a>> {
    let kind = borne.name.kind();
    subtrees.iter().filter(move |subtree| subtree.base.kind() == kind)
}

/// A name in words, cut to a bearable length.
fn shown(name: &GeneralName<'_>) -> String {
    cut(&name.to_string())
}

fn listed<'s, 'a: 's>(subtrees: impl Iterator<Item = &'s Subtree<'a>>) -> String {
    let bases: Vec<String> = subtrees.map(|subtree| shown(&subtree.base)).collect();
    match bases.len().checked_sub(LISTED) {
        None | Some(0) => bases.join(", "),
        Some(further) => format!("{} and {further} more", bases[..LISTED].join(", ")),
    }
}

/// The subject and every alternative name. The subject's e-mail addresses count only when there is
/// no subjectAltName extension (RFC 5280 §4.2.1.10).
fn names_of<'c>(certificate: &'c Reading<'_>) -> Vec<Borne<'c>> {
    let mut names = Vec::new();
    if certificate.subject.rdns().is_some_and(|rdns| !rdns.is_empty()) {
        names.push(GeneralName::Directory(certificate.subject));
    }
    match &certificate.extensions.alternative_names {
        Some(alternatives) => names.extend(alternatives),
        None => names.extend(addresses_in(certificate.subject)),
    }
    let prepare = || names.iter().filter_map(canonical).collect();
    let mut prepared = certificate.directory_names.get_or_init(prepare).iter();
    let bear = |name| {
        let is_directory = matches!(name, GeneralName::Directory(_));
        Borne { canonical: if is_directory { prepared.next() } else { None }, name }
    };
    names.into_iter().map(bear).collect()
}

fn addresses_in(subject: Name<'_>) -> Vec<GeneralName<'_>> {
    let attributes = subject.attributes().into_iter().filter(|attribute| attribute.oid == EMAIL_ADDRESS);
    attributes
        .filter_map(|attribute| std::str::from_utf8(attribute.value).ok().map(GeneralName::Email))
        .collect()
}

impl Subtree<'_> {
    /// Whether the name lies in this subtree, which is of the same kind. An error is a reason to
    /// refuse the certificate: RFC 5280 wants a constraint that cannot be processed to count as
    /// broken as soon as a name of its kind appears.
    fn contains(&self, borne: &Borne<'_>) -> Result<bool, String> {
        if self.is_limited {
            return Err(format!(
                "{} falls under a constraint with a minimum or maximum, which RFC 5280 forbids",
                shown(&borne.name)
            ));
        }
        let outcome = match (&borne.name, &self.base) {
            (GeneralName::Directory(_), GeneralName::Directory(_)) => {
                Ok(match (borne.canonical, &self.canonical) {
                    (Some(name), Some(base)) => name.is_within(base),
                    _ => false,
                })
            }
            (GeneralName::Dns(name), GeneralName::Dns(base)) => Ok(subtree::dns(name, base)),
            (GeneralName::Email(name), GeneralName::Email(base)) => subtree::email(name, base),
            (GeneralName::Uri(name), GeneralName::Uri(base)) => subtree::uri(name, base),
            (GeneralName::Ip(name), GeneralName::Ip(base)) => subtree::ip(name, base),
            (name, _) => Err(match name.kind() {
                "otherName" => "constraints on names of the kind otherName are not supported",
                "x400Address" => "constraints on names of the kind x400Address are not supported",
                "ediPartyName" => "constraints on names of the kind ediPartyName are not supported",
                _ => "constraints on names of the kind registeredID are not supported",
            }),
        };
        outcome.map_err(|what| format!("{} cannot be judged: {what}", shown(&borne.name)))
    }

    /// What the comparison with a name counts.
    fn cost(&self, borne: &Borne<'_>) -> usize {
        1 + (self.base.len() + borne.name.len()) / COMPARISON_LENGTH
    }
}
