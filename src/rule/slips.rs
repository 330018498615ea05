//! What people write into a rule by mistake, recognized by its form alone.

use super::variables::Variable;

/// A part of a name that something was to fill in, and nothing did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfilled {
    /// As it is written, such as `{{SerialNumber}}`.
    pub written: String,
    /// What the rule has for the same fact.
    pub means: Option<Variable>,
}

/// The first variable of an MDM, a shell or a template in `text`. `${…}` is the rule's own form, which
/// only the original type leaves as it is (`own_form`).
pub fn unfilled(text: &str, own_form: bool) -> Option<Unfilled> {
    let found = text.char_indices().find_map(|(at, c)| {
        let rest = &text[at..];
        let before = text[..at].chars().next_back();
        match c {
            '{' if rest.starts_with("{{") => enclosed(rest, "{{", "}}", is_template_text),
            '{' if before != Some('$') => enclosed(rest, "{", "}", is_known),
            '<' => enclosed(rest, "<", ">", is_known),
            '[' => enclosed(rest, "[", "]", is_known),
            '%' => enclosed(rest, "%", "%", is_word),
            '`' if before.is_none() => enclosed(rest, "`", "`", is_command),
            '`' => enclosed(rest, "`", "`", |inner| is_command(inner) && is_fact(inner)),
            '$' if rest.starts_with("${") && own_form => enclosed(rest, "${", "}", is_template_text),
            '$' if rest.starts_with("$(") => enclosed(rest, "$(", ")", is_template_text),
            '$' => shell_variable(rest, before),
            _ => None,
        }
    })?;
    Some(Unfilled { means: meaning(found), written: found.to_owned() })
}

fn enclosed<'a>(text: &'a str, open: &str, close: &str, fits: fn(&str) -> bool) -> Option<&'a str> {
    let inner = text.strip_prefix(open)?;
    let end = inner.find(close)?;
    fits(&inner[..end]).then(|| &text[..open.len() + end + close.len()])
}

fn is_template_text(inner: &str) -> bool {
    !inner.trim().is_empty()
}

fn is_word(inner: &str) -> bool {
    inner.starts_with(|c: char| c.is_ascii_alphabetic())
        && inner.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A command as a shell would run it. PowerShell's escapes have backticks too, but before a special character.
fn is_command(inner: &str) -> bool {
    inner.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && inner.chars().all(|c| c.is_ascii_alphanumeric() || " /._-|".contains(c))
}

/// Braces and brackets stand in names too: a word that is a fact of devices tells them apart.
fn is_known(inner: &str) -> bool {
    is_word(inner) && meaning(inner).is_some()
}

/// `$NAME`. A dollar sign within a name is more often a part of it: there the word has to be known.
fn shell_variable(text: &str, before: Option<char>) -> Option<&str> {
    let inner = &text[1..];
    let end =
        inner.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | ':'))).unwrap_or(inner.len());
    let name = &inner[..end];
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && name.len() > 1;
    (is_name && (before.is_none() || is_fact(name))).then(|| &text[..=end])
}

/// Whether a variable's name speaks of a device or its user.
fn is_fact(variable: &str) -> bool {
    const OTHERS: [&str; 7] = ["udid", "uuid", "imei", "deviceid", "assettag", "username", "useremail"];
    let letters = letters(variable);
    meaning(variable).is_some() || OTHERS.iter().any(|word| letters.contains(word))
}

fn letters(variable: &str) -> String {
    variable.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase()
}

/// Which fact of a device a variable's name speaks of.
fn meaning(variable: &str) -> Option<Variable> {
    let letters = letters(variable);
    let has = |words: &[&str]| words.iter().any(|word| letters.contains(word));
    if has(&["serial"]) {
        Some(Variable::SerialNumber)
    } else if has(&["hostname", "devicename", "computername", "machinename", "fullyqualifieddomainname"]) {
        Some(Variable::Hostname)
    } else {
        None
    }
}

/// The common name of what is a whole distinguished name, or `CN=` and a name.
pub fn dn_common_name(text: &str) -> Option<String> {
    let text = text.trim();
    let text = ["subject=", "subject:", "Subject:"]
        .iter()
        .find_map(|head| text.strip_prefix(head))
        .unwrap_or(text)
        .trim();
    let (separators, text) = match text.strip_prefix('/') {
        Some(rest) => (&['/'][..], rest),
        None => (&[',', '+', ';'][..], text),
    };
    let mut parts = text.split(separators).map(str::trim);
    // The first part decides whether it is one at all.
    let first = parts.next()?;
    attribute(first)?;
    let mut all = std::iter::once(first).chain(parts);
    let name = all.find_map(|part| attribute(part).filter(|(kind, _)| kind.eq_ignore_ascii_case("CN")))?.1;
    let name = name.trim().trim_matches('"');
    (!name.is_empty()).then(|| name.to_owned())
}

fn attribute(part: &str) -> Option<(&str, &str)> {
    const KINDS: [&str; 13] =
        ["CN", "OU", "O", "C", "L", "ST", "S", "DC", "UID", "E", "serialNumber", "emailAddress", "street"];
    let (kind, value) = part.split_once('=')?;
    let kind = kind.trim();
    KINDS.iter().any(|known| known.eq_ignore_ascii_case(kind)).then_some((kind, value))
}

/// An alternative name without the word that tools print before it: `DNS:` (OpenSSL), `DNS Name=`
/// (Windows), `dNSName:` and the like.
pub fn bare_alternative_name(value: &str) -> Option<&str> {
    const KINDS: [&str; 14] = [
        "dns",
        "dns name",
        "dnsname",
        "email",
        "rfc822",
        "rfc822 name",
        "rfc822name",
        "uri",
        "url",
        "uniformresourceidentifier",
        "ip",
        "ip address",
        "ipaddress",
        "upn",
    ];
    let (kind, rest) = value.split_once([':', '='])?;
    let is_kind = KINDS.iter().any(|known| known.eq_ignore_ascii_case(kind.trim()));
    (is_kind && !rest.trim().is_empty()).then(|| rest.trim())
}

/// What firmware says where nobody gave the machine a serial number.
pub fn is_placeholder(serial: &str) -> bool {
    const PLACEHOLDERS: [&str; 19] = [
        "tobefilledbyoem",
        "defaultstring",
        "systemserialnumber",
        "serialnumber",
        "none",
        "notspecified",
        "notapplicable",
        "notavailable",
        "na",
        "unknown",
        "invalid",
        "oem",
        "empty",
        "null",
        "chassisserialnumber",
        "123456789",
        "1234567890",
        "0123456789",
        "basebrdserialnumber",
    ];
    let letters: String = serial.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let first = letters.chars().next();
    let is_one_character = letters.len() != 1 && letters.chars().all(|c| Some(c) == first);
    is_one_character || letters == "0" || PLACEHOLDERS.contains(&letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_others_are_known_by_their_form() {
        let serial = [
            "$SERIALNUMBER",
            "{{SerialNumber}}",
            "{{ serial_number }}",
            "$serial_number",
            "{serial_number}",
            "%SerialNumber%",
            "nw-$SERIALNUMBER",
            "nw$serialnumber",
            "<serial>",
            "{DeviceSerialNumber}",
            "[SERIAL]",
        ];
        for text in serial {
            assert_eq!(
                unfilled(text, false).and_then(|found| found.means),
                Some(Variable::SerialNumber),
                "{text}"
            );
        }
        for text in
            ["{{DeviceName}}", "%HOSTNAME%", "$env:COMPUTERNAME", "$(hostname)", "`hostname`", "$HOSTNAME"]
        {
            assert_eq!(
                unfilled(text, false).and_then(|found| found.means),
                Some(Variable::Hostname),
                "{text}"
            );
        }
        assert_eq!(unfilled("{{AAD_Device_ID}}", false).unwrap().means, None);
        assert_eq!(unfilled("${serial_number}", true).unwrap().means, Some(Variable::SerialNumber));
        for name in [
            "device-042",
            "PC01$",
            "$5-laptop",
            "cost$center",
            "${serial_number}",
            "50%",
            "a%b",
            "$",
            "{x}",
            "{6F9619FF-8B86-D011-B42D-00CF4FC964FF}",
            "[lab] device",
            "srv``[old``]",
            "srv`*-`*",
            "line`none`two",
            "$_",
        ] {
            assert_eq!(unfilled(name, false), None, "{name}");
        }
    }

    #[test]
    fn distinguished_names_are_known_by_their_first_attribute() {
        for text in [
            "CN=device-042",
            "cn = device-042",
            "CN=device-042,O=Example",
            "O=Example, CN=device-042",
            "/O=Example/CN=device-042",
            "subject=CN = device-042",
            "CN=\"device-042\"",
        ] {
            assert_eq!(dn_common_name(text).as_deref(), Some("device-042"), "{text}");
        }
        for name in ["device-042", "x=y", "a,CN=b", "O=Example", "/usr/lib", "CN="] {
            assert_eq!(dn_common_name(name), None, "{name}");
        }
    }

    #[test]
    fn words_before_alternative_names() {
        for value in ["DNS:a.example", "DNS Name=a.example", "dNSName: a.example", "email:a.example"] {
            assert_eq!(bare_alternative_name(value), Some("a.example"), "{value}");
        }
        for value in ["a.example", "spiffe://x/y", "https://a.example", "2001:db8::1", "DNS:"] {
            assert_eq!(bare_alternative_name(value), None, "{value}");
        }
    }

    #[test]
    fn serial_numbers_that_are_none() {
        for serial in [
            "To be filled by O.E.M.",
            "To Be Filled By O.E.M",
            "Default string",
            "0",
            "00000000",
            "None",
            "",
            "System Serial Number",
            "Not Specified",
            "N/A",
            "xxxxxxxx",
            "123456789",
            "-",
        ] {
            assert!(is_placeholder(serial), "{serial}");
        }
        for serial in ["PF-4711", "4711", "C02X", "7", "VMware-56 4d 00"] {
            assert!(!is_placeholder(serial), "{serial}");
        }
    }
}
