//! `${serial_number}` and `${hostname}` in a v2 rule's names.

use super::Rule;
use crate::device::{Device, Whose};
use crate::posture::RuleType;
use crate::reason::{Code, Finding};
use crate::text;

/// A rule's names with this device's facts in place of the variables.
#[derive(Clone, Debug, Default)]
pub struct Resolution {
    pub common_name: Option<Vec<u8>>,
    pub subject_alternative_names: Vec<String>,
    /// The name with each other form of the host name, where the rule uses it: which form the
    /// client takes is undocumented.
    pub other_forms: Vec<Vec<u8>>,
    /// The same of the alternative names.
    pub other_alternative_names: Vec<String>,
    /// Variables whose value is not known.
    pub unresolved: Vec<Variable>,
    /// Variables that do not exist or could not be read.
    pub problems: Vec<Finding>,
}

/// What a v2 rule's names may contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    SerialNumber,
    Hostname,
}

impl Variable {
    pub const ALL: [Self; 2] = [Self::SerialNumber, Self::Hostname];

    /// The name between `${` and `}`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SerialNumber => "serial_number",
            Self::Hostname => "hostname",
        }
    }

    /// The option that gives its value.
    pub const fn option(self) -> &'static str {
        match self {
            Self::SerialNumber => "--serial-number",
            Self::Hostname => "--hostname",
        }
    }
}

/// Replaces the variables of `rule` with the facts of `device`.
///
/// Only `client_certificate_v2` has variables: the original type takes its name as it stands.
pub fn resolve(rule: &Rule, device: &Device) -> Resolution {
    if rule.rule_type == RuleType::ClientCertificate {
        return Resolution { common_name: rule.common_name.clone(), ..Resolution::default() };
    }
    let mut missing = Missing::default();
    let hostname = device.host_names.own();
    let mut fill =
        |template: &[u8], hostname: Option<&str>| substitute(template, device, hostname, &mut missing);
    let common_name = rule.common_name.as_deref().map(|name| fill(name, hostname));
    let mut alternative_names = |hostname| -> Vec<String> {
        let values = rule.subject_alternative_names.iter();
        values.map(|value| String::from_utf8_lossy(&fill(value.as_bytes(), hostname)).into_owned()).collect()
    };
    let subject_alternative_names = alternative_names(hostname);
    let mut other_alternative_names: Vec<String> =
        device.host_names.others().flat_map(|form| alternative_names(Some(form))).collect();
    other_alternative_names.retain(|name| !subject_alternative_names.contains(name));
    let mut other_forms: Vec<Vec<u8>> = Vec::new();
    if let Some(template) = rule.common_name.as_deref() {
        for form in device.host_names.others() {
            let name = fill(template, Some(form));
            if Some(&name) != common_name.as_ref() && !other_forms.contains(&name) {
                other_forms.push(name);
            }
        }
    }
    let Missing { unresolved, problems } = missing;
    Resolution {
        common_name,
        subject_alternative_names,
        other_forms,
        other_alternative_names,
        unresolved,
        problems,
    }
}

/// Whether a name uses one of the two variables.
pub fn has_variable(name: &str) -> bool {
    Variable::ALL.iter().any(|variable| name.contains(&format!("${{{}}}", variable.as_str())))
}

/// The values that a rule's name has here, each with its variable; of a host name, each form.
pub fn values<'a>(rule: &Rule, device: &'a Device) -> Vec<(Variable, &'a str)> {
    let name = rule.common_name.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
    if rule.rule_type == RuleType::ClientCertificate {
        return Vec::new();
    }
    let uses = |variable: Variable| name.contains(&format!("${{{}}}", variable.as_str()));
    let mut values = Vec::new();
    if let (true, Ok(serial)) = (uses(Variable::SerialNumber), &device.serial_number) {
        values.push((Variable::SerialNumber, serial.as_str()));
    }
    if uses(Variable::Hostname) {
        let forms = device.host_names.own().into_iter().chain(device.host_names.others());
        values.extend(forms.map(|form| (Variable::Hostname, form)));
    }
    values
}

/// A certificate's name with this device's value taken out again: what a rule for every device has to
/// say. `None` when no value of this device appears in it as a part of its own.
pub fn template_of(name: &str, values: &[(Variable, &str)]) -> Option<String> {
    values.iter().find_map(|(variable, value)| {
        let at = part_of_its_own(name, *variable, value)?;
        Some(format!("{}${{{}}}{}", &name[..at], variable.as_str(), &name[at + value.len()..]))
    })
}

/// Where `value` appears in `name`, beside nothing that could make it another device's: the rest has no
/// digit (but in a host name's domain), and the value does not go on.
fn part_of_its_own(name: &str, variable: Variable, value: &str) -> Option<usize> {
    let is_ascii = name.is_ascii() && value.is_ascii();
    if !is_ascii || value.len() < 3 {
        return (name.to_lowercase() == value.to_lowercase())
            .then_some(0)
            .filter(|_| name.len() == value.len());
    }
    let at = name.to_ascii_lowercase().find(&value.to_ascii_lowercase())?;
    let (before, after) = (&name[..at], &name[at + value.len()..]);
    let is_domain = variable == Variable::Hostname && after.starts_with('.');
    let has_digit = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
    let goes_on = |outer: Option<u8>, inner: Option<u8>| match (outer, inner) {
        (Some(outer), Some(inner)) => {
            outer.is_ascii_alphabetic() && inner.is_ascii_alphabetic()
                || outer.is_ascii_digit() && inner.is_ascii_digit()
        }
        _ => false,
    };
    let bytes = value.as_bytes();
    let apart = !goes_on(before.bytes().next_back(), bytes.first().copied())
        && !goes_on(after.bytes().next(), bytes.last().copied());
    (apart && !has_digit(before) && (is_domain || !has_digit(after))).then_some(at)
}

/// What could not be filled in; each once.
#[derive(Default)]
struct Missing {
    unresolved: Vec<Variable>,
    problems: Vec<Finding>,
}

impl Missing {
    fn value(&mut self, variable: Variable, why: &str) {
        if !self.unresolved.contains(&variable) {
            self.unresolved.push(variable);
            let name = variable.as_str();
            let message = format!("The rule's ${{{name}}} cannot be filled in: {why}");
            self.problems.push(Finding::new(Code::RuleVariableUnresolved, message));
        }
    }

    fn variable(&mut self, name: &[u8]) {
        let message = format!(
            "The rule uses ${{{}}}, which is not a variable: only ${{serial_number}} and ${{hostname}} are",
            text::shown_bytes(name)
        );
        let problem = Finding::new(Code::RuleVariableUnknown, message);
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }
}

fn substitute(template: &[u8], device: &Device, hostname: Option<&str>, missing: &mut Missing) -> Vec<u8> {
    let mut filled = Vec::with_capacity(template.len());
    let mut rest = template;
    while let Some(start) = find(rest, b"${") {
        let Some(length) = find(&rest[start..], b"}") else { break };
        let name = &rest[start + 2..start + length];
        filled.extend_from_slice(&rest[..start]);
        match value_of(name, device, hostname, missing) {
            Some(value) => filled.extend_from_slice(value.as_bytes()),
            None => filled.extend_from_slice(&rest[start..=start + length]),
        }
        rest = &rest[start + length + 1..];
    }
    filled.extend_from_slice(rest);
    filled
}

fn value_of<'a>(
    name: &[u8],
    device: &'a Device,
    hostname: Option<&'a str>,
    missing: &mut Missing,
) -> Option<&'a str> {
    let Some(variable) = Variable::ALL.into_iter().find(|v| v.as_str().as_bytes() == name) else {
        missing.variable(name);
        return None;
    };
    let value = match variable {
        Variable::SerialNumber => device.serial_number.as_deref().map_err(String::as_str),
        Variable::Hostname => hostname.ok_or(match device.whose {
            Whose::Ours => "this system has no host name",
            Whose::AnotherDevices => {
                "what is judged came from another device, whose host name is not known here"
            }
        }),
    };
    value.map_err(|why| missing.value(variable, why)).ok()
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::HostNames;

    fn device(serial: Result<String, String>) -> Device {
        Device::new(HostNames::new("jo-laptop.corp.example"), serial)
    }

    fn rule(name: &str) -> Rule {
        Rule::from_flags(Some(name.into()), Some(RuleType::ClientCertificateV2))
    }

    #[test]
    fn fills_in_this_devices_facts() {
        let resolved = resolve(&rule("${serial_number}-${hostname}!"), &device(Ok("C02X".into())));
        assert_eq!(resolved.common_name.unwrap(), b"C02X-jo-laptop!");
        assert_eq!(resolved.other_forms, [b"C02X-jo-laptop.corp.example!".to_vec()]);
        assert!(resolved.problems.is_empty());
    }

    #[test]
    fn says_what_cannot_be_filled_in() {
        let resolved =
            resolve(&rule("${serial_number} ${user} ${"), &device(Err("permission denied".into())));
        let codes: Vec<Code> = resolved.problems.iter().map(|p| p.code).collect();
        assert_eq!(codes, [Code::RuleVariableUnresolved, Code::RuleVariableUnknown]);
        assert_eq!(resolved.common_name.unwrap(), b"${serial_number} ${user} ${");
    }

    #[test]
    fn takes_a_value_out_of_a_name_again() {
        let serial = [(Variable::SerialNumber, "4711")];
        let template = |name: &str| template_of(name, &serial);
        assert_eq!(template("NW-4711").as_deref(), Some("NW-${serial_number}"));
        assert_eq!(template("NW4711.example").as_deref(), Some("NW${serial_number}.example"));
        assert_eq!(template("4711").as_deref(), Some("${serial_number}"));
        for other in ["NW-47110", "14711", "4711-2", "lab3-4711", "jo"] {
            assert_eq!(template(other), None, "{other}");
        }
        let host = [(Variable::Hostname, "host-7")];
        assert_eq!(template_of("HOST-7.x1.example", &host).as_deref(), Some("${hostname}.x1.example"));
        assert_eq!(template_of("host-72.example", &host), None);
        assert_eq!(template_of("ghost-7", &host), None);
    }

    #[test]
    fn leaves_the_original_type_as_it_is() {
        let original = Rule::from_flags(Some(b"${hostname}".to_vec()), None);
        assert_eq!(resolve(&original, &device(Ok(String::new()))).common_name.unwrap(), b"${hostname}");
    }
}
