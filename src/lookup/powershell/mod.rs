//! `Get-ChildItem Cert:\CurrentUser\My\ | where{$_.Subject -like "*<CN>*"}`: the documented look-up
//! on Windows.
//!
//! It compares a wildcard with the whole subject string, not the common name, and PowerShell
//! expands the name first, because it stands between double quotes.

mod expand;
mod note;
mod subject;
mod wildcard;

pub use expand::{Broken, Expanded, expand};
pub use note::typed_literally;
pub use subject::{name_string, subject};
pub use wildcard::{InvalidPattern, Wildcard};

use super::{Found, Lookup};
use crate::store::{Contents, Index, StoreSpec, WindowsLocation};
use crate::text::shown;
use std::borrow::Cow;

/// What the documented command answers for the name `name` in a store.
pub fn lookup(contents: &Contents, name: &[u8]) -> Lookup {
    let typed = String::from_utf8_lossy(name);
    let mut lookup = Lookup {
        command: command(&contents.spec, &typed),
        notes: note::special_characters(&typed).into_iter().collect(),
        ..Lookup::default()
    };
    match expand(&format!("*{typed}*")) {
        Err(Broken::RunsCode) => lookup.undetermined = true,
        Err(_) => lookup.exit_status = 1,
        Ok(expanded) if expanded.unknown => lookup.undetermined = true,
        Ok(expanded) => match Wildcard::parse(&expanded.text) {
            Ok(wildcard) => lookup.returned = matching(contents, &wildcard),
            Err(InvalidPattern) => refuse(&mut lookup, contents, &expanded.text),
        },
    }
    lookup
}

fn matching(contents: &Contents, wildcard: &Wildcard) -> Vec<Found> {
    contents
        .certificates
        .iter()
        .enumerate()
        .filter(|(i, _)| wildcard.matches(&subject_at(contents, *i)))
        .map(|(_, stored)| Found::Stored(stored.position))
        .collect()
}

/// The subject string of the certificate at `index`: Windows' own where the store was read there.
fn subject_at(contents: &Contents, index: usize) -> Cow<'_, str> {
    match &contents.index {
        Index::Windows { subjects, .. } if index < subjects.len() => Cow::Borrowed(&subjects[index]),
        _ => {
            Cow::Owned(contents.certificates.get(index).map_or_else(String::new, |s| subject(&s.certificate)))
        }
    }
}

/// The error comes once for every certificate that the pattern is compared with, and each of them
/// counts as not matching.
fn refuse(lookup: &mut Lookup, contents: &Contents, pattern: &str) {
    if !contents.certificates.is_empty() {
        lookup.exit_status = 1;
        lookup.standard_error = format!("The specified wildcard character pattern is not valid: {pattern}");
    }
}

/// The command as documented, for the store in question.
fn command(spec: &StoreSpec, typed: &str) -> String {
    let drive = match spec {
        StoreSpec::Windows(location, name) => format!(r"Cert:\{}\{name}\", location.as_str()),
        _ => format!(r"Cert:\{}\My\", WindowsLocation::CurrentUser.as_str()),
    };
    shown(&format!(r#"Get-ChildItem {drive} | where{{$_.Subject -like "*{typed}*"}}"#)).into_owned()
}

#[cfg(test)]
mod tests;
