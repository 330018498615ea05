//! Name constraints (RFC 5280 §4.2.1.10): which names a CA may put into the certificates below it.
//!
//! Every name and every base is read once into a typed value, or is malformed; only typed values are
//! compared, and what cannot be compared is refused. No spelling of a name slips past a constraint.

mod address;
mod host;
mod mailbox;
mod typed;
mod uri;

#[cfg(test)]
mod spellings;

use super::extensions::{MAX_MEMBERS, saturating_number};
use super::general_name::{GeneralName, NameForm};
use super::message::cut;
use super::names;
use super::reading::Reading;
use crate::certificate::tlv::{Reader, tag};
use crate::certificate::{Attribute, Name, oid::EMAIL_ADDRESS};
use typed::{Base, Value};

/// Comparisons of one name with one subtree that are spent on one certificate judged, over all chains.
pub const MAX_COMPARISONS: usize = 250_000;

/// A comparison of longer names counts as several, one more for each such number of bytes.
const COMPARISON_LENGTH: usize = 64;

/// Names that a message lists before it only counts.
const LISTED: usize = 3;

/// How a name stands to a base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    Inside,
    /// It may be taken for a name inside: enough to be excluded, and not enough to be permitted.
    Overlaps,
    Outside,
    /// RFC 5280 wants a constraint that cannot be processed to count as broken as soon as a name of its kind
    /// appears.
    Undecidable(Obstacle),
}

/// Why a name and a base cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    Limited,
    Base,
    /// Why it is not a name of its kind.
    Name(&'static str),
    OpenText,
    Unsupported(NameForm),
}

/// The extension, decoded.
#[derive(Clone, Debug)]
pub struct NameConstraints<'a> {
    permitted: Vec<Subtree<'a>>,
    excluded: Vec<Subtree<'a>>,
}

#[derive(Clone, Debug)]
struct Subtree<'a> {
    name: GeneralName<'a>,
    base: Base,
    /// Some of its text can be read in several ways.
    is_ambiguous: bool,
    /// `minimum` is not zero or `maximum` is present, which RFC 5280 forbids.
    is_limited: bool,
}

/// What was found to break constraints, in words.
#[derive(Debug, Default)]
pub struct Violations {
    pub told: Vec<String>,
    /// There were more names and subtrees than are compared.
    pub is_cut: bool,
}

/// A name that a certificate bears.
#[derive(Clone, Debug)]
pub struct Borne {
    source: Source,
    kind: NameForm,
    value: Value,
    is_ambiguous: bool,
    length: usize,
}

/// Where in the certificate a name stands.
#[derive(Clone, Copy, Debug)]
enum Source {
    Subject,
    /// This alternative name.
    Alternative(usize),
    /// This attribute of the subject.
    Address(usize),
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

    /// What in the names of `certificate` breaks these constraints. `comparisons` counts down over the whole
    /// search.
    pub fn violations(&self, certificate: &Reading<'_>, comparisons: &mut usize) -> Violations {
        let mut violations = Violations::default();
        let mut further = 0usize;
        for borne in certificate.borne_names() {
            if *comparisons == 0 {
                violations.is_cut = true;
                break;
            }
            if let Err(what) = self.judge(certificate, borne, comparisons) {
                if violations.told.len() < LISTED { violations.told.push(what) } else { further += 1 }
            }
        }
        // The last name may not have been held against every subtree.
        violations.is_cut |= *comparisons == 0;
        if further > 0 {
            violations.told.push(format!("and {further} more"));
        }
        violations
    }

    fn judge(&self, certificate: &Reading<'_>, borne: &Borne, comparisons: &mut usize) -> Result<(), String> {
        for subtree in of_kind(&self.excluded, borne) {
            *comparisons = comparisons.saturating_sub(subtree.cost(borne));
            let how = match subtree.relation(borne, borne.name(certificate)) {
                Relation::Inside => "is under the excluded",
                Relation::Overlaps => "may be taken for a name under the excluded",
                Relation::Undecidable(what) => return Err(what.describe(&borne.shown(certificate))),
                Relation::Outside if *comparisons == 0 => return Ok(()),
                Relation::Outside => continue,
            };
            return Err(format!("{} {how} {}", borne.shown(certificate), shown(&subtree.name)));
        }
        let mut is_constrained = false;
        for subtree in of_kind(&self.permitted, borne) {
            is_constrained = true;
            *comparisons = comparisons.saturating_sub(subtree.cost(borne));
            match subtree.relation(borne, borne.name(certificate)) {
                Relation::Inside => return Ok(()),
                Relation::Undecidable(what) => return Err(what.describe(&borne.shown(certificate))),
                Relation::Overlaps | Relation::Outside if *comparisons == 0 => return Ok(()),
                Relation::Overlaps | Relation::Outside => {}
            }
        }
        if is_constrained {
            return Err(format!(
                "{} is not under the permitted {}",
                borne.shown(certificate),
                listed(of_kind(&self.permitted, borne))
            ));
        }
        Ok(())
    }
}

impl Obstacle {
    fn describe(self, name: &str) -> String {
        match self {
            Self::Limited => {
                format!("{name} falls under a constraint with a minimum or maximum, which RFC 5280 forbids")
            }
            Self::Base => format!("{name} cannot be judged: the constraint is malformed"),
            Self::Name(what) => format!("{name} cannot be judged: {what}"),
            Self::OpenText => {
                format!("{name} cannot be judged: an attribute is in an encoding that leaves its text open")
            }
            Self::Unsupported(kind) => format!(
                "{name} cannot be judged: constraints on names of the kind {} are not supported",
                kind.as_str()
            ),
        }
    }
}

fn subtrees(der: &[u8], range: std::ops::Range<usize>) -> Result<Vec<Subtree<'_>>, &'static str> {
    let mut members = Reader::within(der, &range);
    let mut subtrees = Vec::new();
    while !members.is_empty() {
        if subtrees.len() == MAX_MEMBERS {
            return Err("it has more than 10000 subtrees");
        }
        let member = members.next_if(tag::SEQUENCE).ok_or("a subtree is malformed")?;
        let mut parts = Reader::within(der, &member.content);
        let base = parts.next_tlv().ok_or("a subtree has no base")?;
        let name = GeneralName::read(der, &base)?;
        let minimum = parts.next_if(0x80).map_or(0, |n| saturating_number(&der[n.content]));
        let maximum = parts.next_if(0x81);
        if !parts.is_empty() {
            return Err("a subtree holds something that does not belong there");
        }
        subtrees.push(Subtree::new(name, minimum != 0 || maximum.is_some()));
    }
    if subtrees.is_empty() { Err("a list of subtrees is empty") } else { Ok(subtrees) }
}

fn is_ambiguous(name: &GeneralName<'_>) -> bool {
    matches!(name, GeneralName::Directory(name) if names::is_ambiguous(*name))
}

fn of_kind<'s, 'a>(subtrees: &'s [Subtree<'a>], borne: &Borne) -> impl Iterator<Item = &'s Subtree<'a>> {
    let kind = borne.kind;
    subtrees.iter().filter(move |subtree| subtree.name.kind() == kind)
}

/// A name in words, cut to a readable length.
fn shown(name: &GeneralName<'_>) -> String {
    cut(&name.to_string())
}

fn listed<'s, 'a: 's>(subtrees: impl Iterator<Item = &'s Subtree<'a>>) -> String {
    let mut bases = Vec::new();
    let mut further = 0usize;
    for subtree in subtrees {
        if bases.len() < LISTED { bases.push(shown(&subtree.name)) } else { further += 1 }
    }
    match further {
        0 => bases.join(", "),
        further => format!("{} and {further} more", bases.join(", ")),
    }
}

/// The subject and every alternative name. The subject's e-mail addresses count only when there is
/// no subjectAltName extension (RFC 5280 §4.2.1.10).
pub fn borne_names(certificate: &Reading<'_>) -> Vec<Borne> {
    let mut borne = Vec::new();
    if certificate.subject.rdns().is_some_and(|rdns| !rdns.is_empty()) {
        borne.push(Borne::new(Source::Subject, &GeneralName::Directory(certificate.subject)));
    }
    let Some(alternatives) = &certificate.extensions.alternative_names else {
        borne.extend(addresses_in(certificate.subject));
        return borne;
    };
    for (index, name) in alternatives.iter().enumerate() {
        borne.push(Borne::new(Source::Alternative(index), name));
        if let Some(value) = Value::of_international_mailbox(name) {
            let as_mailbox = Borne::new(Source::Alternative(index), name);
            borne.push(Borne { kind: NameForm::Email, value, ..as_mailbox });
        }
    }
    borne
}

fn addresses_in(subject: Name<'_>) -> Vec<Borne> {
    let attributes = subject.attributes().into_iter().enumerate();
    attributes
        .filter(|(_, attribute)| attribute.oid == EMAIL_ADDRESS)
        .map(|(index, attribute)| Borne {
            source: Source::Address(index),
            kind: NameForm::Email,
            value: Value::of_address(&attribute),
            is_ambiguous: false,
            length: attribute.value.len(),
        })
        .collect()
}

impl Borne {
    fn new(source: Source, name: &GeneralName<'_>) -> Self {
        Self {
            source,
            kind: name.kind(),
            value: Value::of(name),
            is_ambiguous: is_ambiguous(name),
            length: name.len(),
        }
    }

    fn shown(&self, certificate: &Reading<'_>) -> String {
        match self.source {
            Source::Address(index) => {
                let text = certificate.subject.attributes().get(index).map(Attribute::text);
                cut(&format!("email:{}", text.unwrap_or_default()))
            }
            _ => self.name(certificate).map_or_else(String::new, |name| shown(&name)),
        }
    }

    fn name<'c>(&self, certificate: &'c Reading<'_>) -> Option<GeneralName<'c>> {
        match self.source {
            Source::Subject => Some(GeneralName::Directory(certificate.subject)),
            Source::Alternative(index) => {
                certificate.extensions.alternative_names.as_ref()?.get(index).copied()
            }
            Source::Address(_) => None,
        }
    }
}

impl<'a> Subtree<'a> {
    fn new(name: GeneralName<'a>, is_limited: bool) -> Self {
        Self { base: Base::of(&name), is_ambiguous: is_ambiguous(&name), is_limited, name }
    }

    /// How a name of the same kind, which `name` is as a whole, stands to this subtree.
    fn relation(&self, borne: &Borne, name: Option<GeneralName<'_>>) -> Relation {
        if self.is_limited {
            return Relation::Undecidable(Obstacle::Limited);
        }
        let relation = typed::relation(borne.kind, &borne.value, &self.base);
        let is_doubtful = relation == Relation::Outside && (borne.is_ambiguous || self.is_ambiguous);
        match (name, &self.name) {
            (Some(GeneralName::Directory(name)), GeneralName::Directory(base))
                if is_doubtful && names::may_be_within(name, *base) =>
            {
                Relation::Undecidable(Obstacle::OpenText)
            }
            _ => relation,
        }
    }

    /// What the comparison with a name counts.
    fn cost(&self, borne: &Borne) -> usize {
        1 + (self.name.len() + borne.length) / COMPARISON_LENGTH
    }
}
