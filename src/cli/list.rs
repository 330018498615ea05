//! `certposture list`: what the stores hold, and what the documented command would print.

use super::{Common, Exit, check, options};
use crate::lookup::{self, Lookup, Query};
use crate::posture::RuleType;
use crate::report::{Format, Style, list as report};
use crate::rule::Rule;
use crate::store::scope;
use crate::store::{self, Contents, Given, Place, Status, StoreSpec, StoredCertificate};
use crate::system::System;
use jiff::Timestamp;
use std::mem::ManuallyDrop;

pub fn run(arguments: &options::List, common: &Common, style: &Style) -> anyhow::Result<Exit> {
    let name = arguments.cn.as_deref().map(check::bytes_of);
    let given = options::stores(&common.store)?;
    // Not dropped: the program ends here, and giving back ten thousand certificates one by one takes
    // as long as reading them.
    let mut read = places(&given);
    if given.is_empty() && common.verbose {
        // What no file holds, to be compared with the files.
        read.extend(store::beyond_files().map(|spec| Place::own(&spec, &[])));
    }
    let places: ManuallyDrop<Vec<Place>> = ManuallyDrop::new(read);
    let mut listed: Vec<report::Listed<'_>> =
        places.iter().map(|place| list_place(place, name.as_deref(), common)).collect();
    for one in &mut listed {
        one.in_no_file = in_no_file(one.contents, &places);
    }
    super::as_far_as_read(match common.format {
        Format::Json => report::json(&listed, common.at.unwrap_or_else(Timestamp::now)),
        // There is no verdict: the exit status is the answer.
        _ if style.quiet => Ok(()),
        _ => report::table(&listed, style),
    })?;
    Ok(exit(&listed, name.is_some()))
}

/// What is in the given stores, or those where the client of either type looks on this system.
pub(super) fn places(given: &[Given]) -> Vec<Place> {
    if !given.is_empty() {
        return given.iter().map(|given| Place::read(given, &[])).collect();
    }
    let mut specs: Vec<StoreSpec> = Vec::new();
    for rule_type in [RuleType::ClientCertificate, RuleType::ClientCertificateV2] {
        for spec in scope::default_stores(&Rule::from_flags(None, Some(rule_type)), System::current()) {
            if !specs.contains(&spec) {
                specs.push(spec);
            }
        }
    }
    specs.iter().map(|spec| Place::own(spec, &[])).collect()
}

fn list_place<'a>(place: &'a Place, name: Option<&[u8]>, common: &Common) -> report::Listed<'a> {
    let contents = &place.contents;
    let lookup = name.map(|name| look_up(contents, name, common));
    let shown = contents.certificates.iter().filter(|stored| match (name, &lookup) {
        (Some(name), Some(lookup)) => has_name(stored, name) || returns(lookup, stored.position),
        _ => true,
    });
    let system = lookup::system_of(&contents.evidence, common.os.unwrap_or_else(System::current));
    report::Listed { contents, certificates: shown.collect(), lookup, system, in_no_file: None }
}

fn is_item_search(contents: &Contents) -> bool {
    Some(&contents.spec) == store::beyond_files().as_ref()
}

/// Of the item search: how many of its certificates are in none of the other places.
fn in_no_file(contents: &Contents, places: &[Place]) -> Option<usize> {
    if !is_item_search(contents) || contents.status != Status::Read {
        return None;
    }
    let files: Vec<&Contents> =
        places.iter().map(|place| &place.contents).filter(|other| !is_item_search(other)).collect();
    let held = |stored: &&StoredCertificate| {
        files
            .iter()
            .flat_map(|other| &other.certificates)
            .any(|other| other.certificate == stored.certificate)
    };
    Some(contents.certificates.iter().filter(|stored| !held(stored)).count())
}

fn look_up(contents: &Contents, name: &[u8], common: &Common) -> Lookup {
    let working_directory = std::env::current_dir().ok();
    let query = Query {
        rule_type: common.rule_type.unwrap_or(RuleType::ClientCertificate),
        name: Some(name),
        other_forms: &[],
        system: common.os.unwrap_or_else(System::current),
        at: common.at.unwrap_or_else(Timestamp::now),
        working_directory: working_directory.as_deref(),
    };
    lookup::look_up(contents, &query)
}

fn has_name(stored: &StoredCertificate, name: &[u8]) -> bool {
    let wanted = String::from_utf8_lossy(name).to_lowercase();
    stored.certificate.subject().common_names().iter().any(|cn| cn.to_lowercase() == wanted)
}

fn returns(lookup: &Lookup, position: usize) -> bool {
    lookup.returned.contains(&lookup::Found::Stored(position))
}

/// 3 when a store could not be read; with a name, 1 when nothing has it and nothing is returned.
fn exit(listed: &[report::Listed<'_>], named: bool) -> Exit {
    let nothing = |one: &report::Listed<'_>| {
        one.certificates.is_empty() && one.lookup.as_ref().is_none_or(|lookup| lookup.returned.is_empty())
    };
    // The item search is only compared with: that it may not be searched hides nothing that was asked for.
    if listed.iter().any(|one| one.contents.status != Status::Read && !is_item_search(one.contents)) {
        Exit::CannotTell
    } else if named && listed.iter().all(nothing) {
        Exit::Fail
    } else {
        Exit::Pass
    }
}
