//! Stores that could not be read or hold nothing, and the answer when nothing was found in them.

use super::reason;
use crate::diagnosis::situation::Situation;
use crate::diagnosis::{Nearness, Reason, steps};
use crate::encoding::Form;
use crate::posture::RuleType;
use crate::reason::{About, Code, Finding, Severity, Weight};
use crate::store::{Place, Status, StoreSpec};
use crate::text::{sentences, shown, shown_bytes};

/// A name this similar to the rule's is reported as the nearest.
const ALIKE: f64 = 0.75;

/// Longer names, in octets, are not compared: nobody mistypes those.
const LONGEST_COMPARED: usize = 256;

/// More names than this are not compared.
const MOST_COMPARED: usize = 2_000;

/// What there is to report about each searched place, in their order. Where there is none, a store of another
/// system, which nobody can read here, leaves the question open.
pub(super) fn reasons(situation: &Situation<'_>) -> Vec<Reason> {
    if situation.searched().next().is_some() {
        let unseen = situation.lookups.iter().filter_map(|(_, lookup)| lookup.unseen.as_ref());
        let unseen = unseen.map(|note| reason(note.code, Severity::Unknown, note.message.clone()));
        let told = situation.searched().filter(|place| !is_key_file(situation, place));
        return told.filter_map(about).chain(unseen).collect();
    }
    situation.given().filter(|place| place.contents.status == Status::Unsupported).filter_map(about).collect()
}

/// Whether it is the file of a private key that the rule lists beside that of a certificate: nobody looks for a
/// certificate in it.
fn is_key_file(situation: &Situation<'_>, place: &Place) -> bool {
    let holds_a_key = |place: &Place| place.files().is_some_and(|files| files.has_keys);
    let is_listed = |place: &Place| place.listed_path().is_some();
    let others = situation.searched().filter(|other| is_listed(other) && !holds_a_key(other)).count();
    let others =
        others + situation.searched().filter(|other| !other.contents.certificates.is_empty()).count();
    is_listed(place) && place.contents.certificates.is_empty() && holds_a_key(place) && others > 0
}

/// A listed path at which no client finds PEM, whatever else can be read there.
fn not_pem(place: &Place) -> Option<Reason> {
    let (path, files) = (place.listed_path()?, place.files()?);
    let hides = matches!(place.contents.status, Status::Locked | Status::Unsupported);
    let is_it = files.form == Form::Folder || files.form == Form::Pkcs12 && hides;
    (is_it && place.contents.certificates.is_empty()).then(|| {
        let finding = Finding::new(Code::PathNotPem, steps::not_pem(path, files.form));
        Reason { finding: finding.about(About::File(path.to_path_buf())), severity: Severity::Fault }
    })
}

fn about(place: &Place) -> Option<Reason> {
    let contents = &place.contents;
    if let Some(reason) = not_pem(place) {
        return Some(reason);
    }
    if let (Some(path), true) = (place.listed_path(), contents.status == Status::Read)
        && contents.certificates.is_empty()
        && place.files().is_some_and(|files| files.has_keys)
    {
        let path = shown(&path.to_string_lossy()).into_owned();
        let message =
            format!("The file {path}, which the rule lists, holds a private key and no certificate");
        return Some(reason(Code::StoreEmpty, Severity::Fault, message));
    }
    if let Some(problem) = contents.problem.as_ref().filter(|p| p.code == Code::StoreOtherUser) {
        return Some(reason(problem.code, Severity::Unknown, problem.message.clone()));
    }
    let state = match contents.status {
        Status::Read if !contents.certificates.is_empty() => return read_with_doubt(place),
        // That a part of a store is empty is reported with what was not seen.
        Status::Read if !contents.evidence.complete => return None,
        Status::Read => "is empty",
        Status::Missing if is_partly_there(place) => "is incomplete",
        Status::Missing => "is missing",
        Status::Denied => "may not be read by this user",
        Status::Locked => "is locked",
        Status::Corrupt => "is damaged",
        Status::Unsupported | Status::Unreadable => "cannot be read",
        Status::NotCaptured => "was not given",
    };
    let doubtful = contents.problem.as_ref().is_some_and(|problem| problem.code.weight() == Weight::Unknown);
    let severity = match contents.status {
        Status::Read if doubtful => Severity::Unknown,
        Status::Read | Status::Missing | Status::Corrupt => Severity::Fault,
        // The client may see more than could be seen here.
        Status::Denied | Status::Locked | Status::Unsupported | Status::Unreadable | Status::NotCaptured => {
            Severity::Unknown
        }
    };
    let why = contents.problem.as_ref().map(|problem| format!(": {}", problem.message)).unwrap_or_default();
    let code = contents.problem.as_ref().map_or(Code::StoreEmpty, |problem| problem.code);
    let message = format!("The store {} {state}{why}", shown(&contents.spec.to_string()));
    Some(reason(code, severity, message))
}

/// Whether the store is there, and only a file of it is missing.
fn is_partly_there(place: &Place) -> bool {
    let file = place.contents.problem.as_ref().and_then(|problem| problem.file());
    match &place.contents.spec {
        StoreSpec::Nss(directory) => file.is_some_and(|file| file != directory && file.ends_with("key4.db")),
        _ => false,
    }
}

/// One file of a folder is damaged and the others were read.
fn read_with_doubt(place: &Place) -> Option<Reason> {
    let problem = place.contents.problem.as_ref()?;
    let spec = place.contents.spec.to_string();
    let message = format!("The store {} was read only in part: {}", shown(&spec), problem.message);
    Some(reason(problem.code, Severity::Warning, message))
}

/// No certificate is one that the rule can mean.
pub(super) fn not_found(situation: &Situation<'_>) -> Reason {
    if let Some(name) = situation.resolution.common_name.as_deref().filter(|name| super::rule::is_blank(name))
    {
        let message = format!(
            "The rule's common name \"{}\" is nothing but white space or invisible characters, and no certificate has it",
            shown_bytes(name)
        );
        return reason(Code::CnPadded, Severity::Fault, message);
    }
    let places: Vec<&Place> = situation.searched().collect();
    let count: usize = places.iter().map(|place| place.contents.certificates.len()).sum();
    let specs: Vec<String> =
        places.iter().map(|place| shown(&place.contents.spec.to_string()).into_owned()).collect();
    let places =
        if specs.is_empty() { "any place that the rule lists".to_owned() } else { specs.join(" and ") };
    let mut message = vec![match &situation.resolution.common_name {
        Some(name) => {
            format!("No certificate in {places} has the name \"{}\" ({count} looked at)", shown_bytes(name))
        }
        None => format!("No certificate in {places} is one that the rule can mean ({count} looked at)"),
    }];
    if let Some(name) = nearest_name(situation) {
        message.push(format!("The nearest name is \"{}\", which looks like another device's", shown(&name)));
    }
    if let (true, Some(given)) = (situation.searched().next().is_none(), situation.given().next()) {
        message.push(format!(
            "Under this rule the client does not search {}",
            shown(&given.contents.spec.to_string())
        ));
    }
    if has_variable(situation) {
        message.push(
            "client_certificate takes the name as it stands; only client_certificate_v2 fills in variables"
                .to_owned(),
        );
    }
    reason(Code::NotFound, Severity::Fault, sentences(message))
}

/// The same where it proves nothing.
pub(super) fn not_found_in_part(situation: &Situation<'_>, gap: &Reason) -> Reason {
    let not_found = not_found(situation);
    let message = sentences([not_found.finding.message, gap.finding.message.clone()]);
    reason(gap.finding.code, gap.severity, message)
}

fn has_variable(situation: &Situation<'_>) -> bool {
    let name = situation.resolution.common_name.as_deref().unwrap_or_default();
    situation.case.rule.rule_type == RuleType::ClientCertificate && name.windows(2).any(|pair| pair == b"${")
}

/// The name that is most like the rule's, for a reader to recognize a slip.
fn nearest_name(situation: &Situation<'_>) -> Option<String> {
    let wanted = String::from_utf8_lossy(situation.resolution.common_name.as_deref()?).to_lowercase();
    if wanted.len() > LONGEST_COMPARED {
        return None;
    }
    let alike = |name: &str| strsim::normalized_damerau_levenshtein(&wanted, &name.to_lowercase());
    let candidates = situation.certificates.iter().filter(|examined| examined.searched).take(MOST_COMPARED);
    let names = candidates.filter_map(|examined| {
        let name = examined.stored.certificate.subject().common_name()?;
        if name.len() > LONGEST_COMPARED {
            return None;
        }
        let likeness = if examined.nearness == Nearness::Substring { 1.0 } else { alike(&name) };
        (likeness >= ALIKE).then_some((likeness, name))
    });
    names.max_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, name)| name)
}
