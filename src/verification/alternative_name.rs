//! The subject alternative names that a rule lists.

use super::general_name::{GeneralName, ip_address};
use super::message::{cut, finding};
use super::reading::Reading;
use super::usage::malformed;
use crate::certificate::oid;
use crate::reason::{Code, Finding};
use std::net::IpAddr;

/// Names shown in a message before the rest is only counted.
const LISTED: usize = 10;

impl Reading<'_> {
    /// Whether any of `wanted`, with its variables already replaced, equals a dNSName, rfc822Name, URI or
    /// iPAddress of the certificate, whatever the case.
    pub fn subject_alternative_name(&self, wanted: &[String]) -> Vec<Finding> {
        if wanted.is_empty() {
            return Vec::new();
        }
        if let Some(what) = malformed(self, oid::SUBJECT_ALTERNATIVE_NAME) {
            return vec![super::message::unparseable(&what)];
        }
        let Some(present) = &self.extensions.alternative_names else {
            let message = format!(
                "The certificate has no subject alternative name extension; the rule wants {} in it",
                one_of(wanted)
            );
            return vec![finding(Code::SanAbsent, 0, message)];
        };
        if wanted.iter().any(|value| present.iter().any(|name| equals(name, value))) {
            return Vec::new();
        }
        let in_other_name = wanted.iter().find(|value| present.iter().any(|name| other_equals(name, value)));
        if let Some(value) = in_other_name {
            let message = format!(
                "\"{}\" stands in the certificate's subject alternative names, but only as an otherName (such \
                 as a user principal name), which the check does not look at",
                cut(value)
            );
            return vec![finding(Code::SanOtherNameOnly, 0, message)];
        }
        let message = format!(
            "The certificate's subject alternative names are {}; the rule wants {}",
            listed(present),
            one_of(wanted)
        );
        vec![finding(Code::SanDiffers, 0, message)]
    }
}

fn equals(name: &GeneralName<'_>, value: &str) -> bool {
    match name {
        GeneralName::Dns(text) | GeneralName::Email(text) | GeneralName::Uri(text) => {
            text.eq_ignore_ascii_case(value)
        }
        GeneralName::Ip(octets) => {
            let wanted = value.parse::<IpAddr>();
            ip_address(octets).is_some_and(|address| wanted == Ok(address))
        }
        _ => false,
    }
}

fn other_equals(name: &GeneralName<'_>, value: &str) -> bool {
    name.other_text().is_some_and(|text| text.to_lowercase() == value.to_lowercase())
}

fn one_of(wanted: &[String]) -> String {
    let quoted: Vec<String> = wanted.iter().take(LISTED).map(|value| format!("\"{}\"", cut(value))).collect();
    match wanted.len().saturating_sub(LISTED) {
        0 => quoted.join(" or "),
        further => format!("{} or one of {further} more", quoted.join(" or ")),
    }
}

fn listed(names: &[GeneralName<'_>]) -> String {
    let shown: Vec<String> = names.iter().take(LISTED).map(|name| cut(&name.to_string())).collect();
    match names.len().saturating_sub(LISTED) {
        0 => shown.join(", "),
        further => format!("{} and {further} more", shown.join(", ")),
    }
}
