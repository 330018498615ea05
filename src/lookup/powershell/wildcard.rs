//! PowerShell's `-like`: wildcards over UTF-16 code units, ignoring case.
//!
//! The rules are those of `WildcardPatternParser` and `WildcardPatternMatcher` (PowerShell,
//! engine/regex.cs): `*`, `?`, sets in brackets without negation, and the backtick as escape.

use std::collections::BTreeSet;

/// A pattern made ready for matching.
#[derive(Clone, Debug)]
pub struct Wildcard(Vec<Element>);

/// A pattern that PowerShell refuses: a `[` that is never closed, or a range that runs backwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidPattern;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Element {
    Unit(u16),
    AnyUnit,
    AnyRun,
    OneOf(Vec<(u16, u16)>),
}

const BACKTICK: u16 = b'`' as u16;
const HYPHEN: u16 = b'-' as u16;
const OPEN: u16 = b'[' as u16;
const CLOSE: u16 = b']' as u16;
const STAR: u16 = b'*' as u16;
const QUESTION_MARK: u16 = b'?' as u16;

impl Wildcard {
    /// Reads a pattern as `-like` does.
    pub fn parse(pattern: &str) -> Result<Self, InvalidPattern> {
        let mut elements = Vec::new();
        let mut units = pattern.encode_utf16().peekable();
        while let Some(unit) = units.next() {
            elements.push(match unit {
                STAR => Element::AnyRun,
                QUESTION_MARK => Element::AnyUnit,
                OPEN => Element::OneOf(parse_set(&mut units)?),
                // The last character of a pattern has nothing to escape and stands for itself.
                BACKTICK => Element::Unit(lower(units.next().unwrap_or(BACKTICK))),
                other => Element::Unit(lower(other)),
            });
        }
        Ok(Self(elements))
    }

    /// The kinds of wildcard between the first and the last element: `*`, `?` and `[...]`.
    pub fn inner_wildcards(&self) -> BTreeSet<&'static str> {
        let inner = self.0.get(1..self.0.len().saturating_sub(1)).unwrap_or_default();
        inner.iter().filter_map(Element::symbol).collect()
    }

    /// Whether the whole of `text` fits.
    ///
    /// On a mismatch only the last `*` takes one more unit: an earlier one need never take more.
    pub fn matches(&self, text: &str) -> bool {
        let text: Vec<u16> = text.encode_utf16().map(lower).collect();
        let (mut at, mut element) = (0, 0);
        let mut retry = None;
        while at < text.len() {
            match self.0.get(element) {
                Some(Element::AnyRun) => {
                    retry = Some((at, element));
                    element += 1;
                }
                Some(other) if other.accepts(text[at]) => {
                    at += 1;
                    element += 1;
                }
                _ => {
                    let Some((start, star)) = retry else { return false };
                    retry = Some((start + 1, star));
                    (at, element) = (start + 1, star + 1);
                }
            }
        }
        self.0[element..].iter().all(|rest| *rest == Element::AnyRun)
    }
}

impl Element {
    fn symbol(&self) -> Option<&'static str> {
        match self {
            Self::Unit(_) => None,
            Self::AnyUnit => Some("?"),
            Self::AnyRun => Some("*"),
            Self::OneOf(_) => Some("[...]"),
        }
    }

    fn accepts(&self, unit: u16) -> bool {
        match self {
            Self::Unit(own) => *own == unit,
            Self::AnyUnit => true,
            Self::AnyRun => false,
            Self::OneOf(ranges) => ranges.iter().any(|&(first, last)| {
                (first..=last).contains(&unit) || (first..=last).contains(&upper(unit))
            }),
        }
    }
}

/// The set that began with `[`. A `]` directly after it is a member, not the end.
fn parse_set(units: &mut impl Iterator<Item = u16>) -> Result<Vec<(u16, u16)>, InvalidPattern> {
    let mut members = Vec::new();
    loop {
        let unit = units.next().ok_or(InvalidPattern)?;
        match unit {
            CLOSE if !members.is_empty() => break,
            BACKTICK => members.push((units.next().ok_or(InvalidPattern)?, false)),
            _ => members.push((unit, unit == HYPHEN)),
        }
    }
    ranges(&members)
}

/// Ranges among a set's members, each of which says whether it is a hyphen that was not escaped.
fn ranges(members: &[(u16, bool)]) -> Result<Vec<(u16, u16)>, InvalidPattern> {
    let mut ranges = Vec::new();
    let mut rest = members;
    while let [(first, _), others @ ..] = rest {
        let (last, after) = match others {
            [(_, true), (last, _), after @ ..] => (last, after),
            _ => (first, others),
        };
        if first > last {
            return Err(InvalidPattern);
        }
        ranges.push((*first, *last));
        rest = after;
    }
    Ok(ranges)
}

/// The simple lower-case mapping of one UTF-16 unit. PowerShell asks the current culture; this is
/// every culture but Turkish and Azeri, where `I` becomes a dotless ı.
fn lower(unit: u16) -> u16 {
    let Some(c) = char::from_u32(u32::from(unit)) else { return unit };
    // The one character whose full mapping has two characters; UnicodeData.txt maps it to this one.
    if c == '\u{130}' {
        return u16::from(b'i');
    }
    single_unit(c.to_lowercase()).unwrap_or(unit)
}

fn upper(unit: u16) -> u16 {
    char::from_u32(u32::from(unit)).and_then(|c| single_unit(c.to_uppercase())).unwrap_or(unit)
}

fn single_unit(mut mapped: impl Iterator<Item = char>) -> Option<u16> {
    let first = mapped.next()?;
    if mapped.next().is_some() {
        return None;
    }
    u16::try_from(u32::from(first)).ok()
}
