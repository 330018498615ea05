//! Which certificate to ask for, from which CA, and which CA to upload.

use crate::diagnosis::Examined;
use crate::diagnosis::fix::where_is;
use crate::diagnosis::situation::Situation;
use crate::posture::RuleType;
use crate::text::shown;

/// Mostly the client certificate itself was uploaded: its issuer is the CA that is wanted.
pub(super) fn upload_the_issuer_of_the_leaf(situation: &Situation<'_>) -> String {
    let leaf = situation.case.cas.cas.iter().find(|ca| !ca.certificate.claims_to_be_ca());
    let issuer = leaf.map(|ca| shown(&ca.certificate.issuer().to_string()).into_owned());
    format!(
        "Upload the certificate of the CA that issued the client certificates, {}, and put the UUID that the upload \
         returns into the check's Certificate ID",
        issuer.unwrap_or_default()
    )
}

pub(super) fn name_the_client_certificate() -> String {
    "In the Zero Trust dashboard, replace the check's Common name, which is the CA's, by that of the client certificate"
        .to_owned()
}

pub(super) fn is_the_cas_name(situation: &Situation<'_>) -> bool {
    let name = String::from_utf8_lossy(situation.resolution.common_name.as_deref().unwrap_or_default());
    let mut cas = situation.case.cas.cas.iter();
    cas.any(|ca| {
        ca.certificate.subject().common_name().is_some_and(|own| own.to_lowercase() == name.to_lowercase())
    })
}

pub(super) fn upload_issuer(situation: &Situation<'_>, candidate: &Examined) -> Option<String> {
    let issuer = candidate.chain.get(1)?;
    let stored = situation.certificates.iter().find(|c| c.stored.certificate == *issuer);
    let place = stored.map_or_else(|| "given with --intermediate".to_owned(), where_is);
    Some(format!(
        "Upload the certificate that issued it, {} (sha256 {}, {place}), and put the UUID that the upload returns into the \
         check's Certificate ID",
        shown(&issuer.subject().to_string()),
        issuer.sha256()
    ))
}

pub(super) fn ask_for_intermediate(candidate: &Examined) -> String {
    let certificate = candidate.chain.last().unwrap_or(&candidate.stored.certificate);
    format!(
        "Ask whoever runs the CA for the certificate of {}. If it is an intermediate of the uploaded CA, upload it as the \
         check's CA or install it beside the client certificate; certposture takes it with --intermediate FILE",
        shown(&certificate.issuer().to_string())
    )
}

pub(super) fn other_ca(situation: &Situation<'_>, candidate: &Examined) -> String {
    let top = candidate.chain.last().unwrap_or(&candidate.stored.certificate);
    let issuer = match situation.rule_type() {
        RuleType::ClientCertificate => shown(&top.issuer().to_string()).into_owned(),
        RuleType::ClientCertificateV2 => {
            shown(&candidate.stored.certificate.issuer().to_string()).into_owned()
        }
    };
    format!(
        "Either have the uploaded CA issue this device a new certificate, or, if {issuer} is a CA of yours, upload its \
         certificate and put that UUID into the check's Certificate ID"
    )
}

pub(super) fn renew(candidate: &Examined) -> String {
    format!(
        "Ask whoever runs the CA {} to renew the certificate, and install the new one in the same place",
        shown(&candidate.stored.certificate.issuer().to_string())
    )
}

pub(super) fn reissue(situation: &Situation<'_>, with: &str) -> String {
    let issuer = situation.candidate.map(|c| shown(&c.stored.certificate.issuer().to_string()).into_owned());
    format!(
        "Ask whoever runs the CA {} to issue the certificate again with {with}, or take that out of the rule",
        issuer.unwrap_or_default()
    )
}
