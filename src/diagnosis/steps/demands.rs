//! What else the rule and the calendar ask of a certificate: dates, usages, key, alternative names.

use super::{Examination, Step, StepName, StepStatus};
use crate::encoding::{Form, Seal};
use crate::posture::RuleType;
use crate::reason::Code;
use crate::rule;
use crate::store::scope;
use crate::store::{Index, KeyFile, PrivateKey, SealedKey, Status, StoreSpec, nss};
use crate::system::System;
use crate::text::shown;
use std::borrow::Cow;
use std::path::PathBuf;

impl Examination<'_> {
    pub(super) fn validity_steps(&self) -> Vec<Step> {
        let until =
            self.stored.certificate.not_after_text().map_or_else(String::new, |t| format!("Valid until {t}"));
        self.steps_of(StepName::Validity, &self.validity.iter().collect::<Vec<_>>(), StepStatus::Pass, until)
    }

    pub(super) fn usage_steps(&self) -> Vec<Step> {
        let wanted = &self.context.case.rule.extended_key_usage;
        if self.rule_type() == RuleType::ClientCertificate || wanted.is_empty() {
            return vec![self.skipped(StepName::ExtendedKeyUsage, "The rule asks for no extended key usage")];
        }
        let findings = self.asked(|reading| reading.extended_key_usage(wanted));
        self.steps_of(
            StepName::ExtendedKeyUsage,
            &findings.iter().collect::<Vec<_>>(),
            StepStatus::Pass,
            "It has the extended key usage that the rule asks for",
        )
    }

    pub(super) fn private_key_step(&self) -> Step {
        let step = |status, code, message: Cow<'static, str>| Step {
            step: StepName::PrivateKey,
            status,
            code,
            message,
        };
        if self.rule_type() == RuleType::ClientCertificate || !self.context.case.rule.check_private_key {
            return self.skipped(StepName::PrivateKey, "The rule does not ask for the private key");
        }
        if let Some(file) = self.key_not_pem() {
            return step(StepStatus::Fail, Some(Code::PathNotPem), key_not_pem_message(file).into());
        }
        if let Some((code, message)) = self.sealed_key() {
            return step(StepStatus::Unknown, Some(code), message.into());
        }
        match (self.stored.private_key, self.stored.other_key_beside) {
            (PrivateKey::Present, _) if self.database().is_some_and(|index| index.has_password) => step(
                StepStatus::Warn,
                Some(Code::KeyNeedsPassword),
                "Its private key is there, but the database has a password, without which nobody can use the key: whether \
                 the client takes such a key for there is not documented"
                    .into(),
            ),
            (PrivateKey::Present, _) => step(StepStatus::Pass, None, "Its private key is there".into()),
            (PrivateKey::Absent, true) => {
                step(StepStatus::Fail, Some(Code::PrivateKeyMismatch), self.other_key_message().into())
            }
            (PrivateKey::Absent, false) => {
                step(StepStatus::Fail, Some(Code::PrivateKeyMissing), self.key_missing_message().into())
            }
            (PrivateKey::Unknown, _) if self.database().is_some() && self.shows_private_keys() => {
                step(StepStatus::Unknown, Some(Code::KeyOnToken), self.key_on_token_message().into())
            }
            (PrivateKey::Unknown, other) => {
                step(StepStatus::Unknown, Some(Code::PrivateKeyUnknown), self.key_unseen_message(other).into())
            }
        }
    }

    /// The key's file, where the rule lists its path and it is not PEM. (That the certificate's own is not PEM is said
    /// of that.)
    fn key_not_pem(&self) -> Option<&KeyFile> {
        let own = self.context.listed_path()?;
        let file = self.context.place.key_file(self.stored.position)?;
        (file.own_form != Form::Pem && file.path != own).then_some(file)
    }

    /// What is known of a key that may be this certificate's and that cannot be looked into.
    fn sealed_key(&self) -> Option<(Code, String)> {
        let SealedKey { path, seal } = self.context.place.files()?.sealed_key.as_ref()?;
        if self.stored.private_key != PrivateKey::Unknown {
            return None;
        }
        let file = shown(&path.to_string_lossy()).into_owned();
        let (code, message) = match seal {
            Seal::Encrypted => (
                Code::KeyEncrypted,
                format!(
                    "The private key in {file} is encrypted: whether it is the certificate's cannot be seen, and nobody \
                     gives the client a pass phrase"
                ),
            ),
            Seal::OpenSsh => (
                Code::KeyEncrypted,
                format!(
                    "The file {file} holds an OpenSSH private key, a form of OpenSSH's own: whether it is the certificate's cannot be \
                     seen, and whether the client reads it is not documented"
                ),
            ),
            Seal::Tpm => (
                Code::KeyOnToken,
                format!(
                    "The file {file} holds a TSS2 PRIVATE KEY, which this device's TPM alone can load: whether it is the \
                     certificate's cannot be seen, and whether the client uses it is not documented"
                ),
            ),
            Seal::Unknown => return None,
        };
        Some((code, message))
    }

    fn shows_private_keys(&self) -> bool {
        self.context.place.contents.evidence.shows.private_key
    }

    fn key_unseen_message(&self, other_key_beside: bool) -> String {
        if self.shows_private_keys() {
            return "Whether its private key is there cannot be seen from here".to_owned();
        }
        let place = shown(&self.context.place.contents.spec.to_string()).into_owned();
        let beside = if other_key_beside { ", and the key beside the certificate is another's" } else { "" };
        let how = match self.system() {
            System::Linux => "sudo certutil -K -d sql:/etc/pki/nssdb",
            System::Macos => "security find-identity /Library/Keychains/System.keychain",
            System::Windows => {
                r"Get-ChildItem Cert:\CurrentUser\My, Cert:\LocalMachine\My | Format-List Subject, HasPrivateKey"
            }
        };
        format!(
            "Whether the device has the certificate's private key cannot be seen from {place}, which shows no keys{beside}. \
             There, this tells: {how}"
        )
    }

    /// The NSS database that holds the certificate.
    fn database(&self) -> Option<&nss::Index> {
        match &self.context.place.contents.index {
            Index::Nss(index) => Some(index),
            Index::None | Index::File(_) | Index::Windows { .. } => None,
        }
    }

    fn key_on_token_message(&self) -> String {
        format!(
            "The private key is not in key4.db, but may be on a token of the PKCS #11 module {}, which pkcs11.txt names: \
             tokens are not read here. certutil -K -h all lists their keys",
            self.database().map(nss::Index::module_names).unwrap_or_default()
        )
    }

    fn other_key_message(&self) -> String {
        let files = scope::paths(self.context.case.rule).iter();
        let files: Vec<String> = files.map(|path| shown(&path.to_string_lossy()).into_owned()).collect();
        match files.len() {
            0 => "The private key beside the certificate belongs to another one".to_owned(),
            _ => format!("The private key in {} belongs to another certificate", files.join(" or ")),
        }
    }

    fn key_missing_message(&self) -> String {
        match &self.context.place.contents.spec {
            StoreSpec::Nss(_) => {
                "The rule asks for the certificate's private key, and key4.db holds none for it: it was imported without"
                    .to_owned()
            }
            StoreSpec::File(_) => {
                let absent = self.absent_file().map_or_else(String::new, |file| {
                    format!("; {}, which the rule names too, does not exist", shown(&file.to_string_lossy()))
                });
                format!("The rule asks for the certificate's private key, and none lies beside it{absent}")
            }
            StoreSpec::Keychain(_) | StoreSpec::Windows(..) => {
                "The rule asks for the certificate's private key, and the store holds none for it: it was imported without"
                    .to_owned()
            }
        }
    }

    /// A file that the rule names and that is not there: where the key may be wanted.
    fn absent_file(&self) -> Option<&PathBuf> {
        let is_absent = |path: &&PathBuf| {
            let mut places = self.context.case.places.iter().map(|place| &place.contents);
            places.any(|c| c.spec == StoreSpec::File(path.to_path_buf()) && c.status == Status::Missing)
        };
        scope::paths(self.context.case.rule).iter().find(is_absent)
    }

    pub(super) fn alternative_name_steps(&self) -> Vec<Step> {
        let wanted = &self.context.resolution.subject_alternative_names;
        if self.rule_type() == RuleType::ClientCertificate || wanted.is_empty() {
            return vec![
                self.skipped(
                    StepName::SubjectAlternativeName,
                    "The rule asks for no subject alternative name",
                ),
            ];
        }
        let findings = self.asked(|reading| reading.subject_alternative_name(wanted));
        if !findings.is_empty() && self.has_other_form() {
            return vec![Step {
                step: StepName::SubjectAlternativeName,
                status: StepStatus::Warn,
                code: Some(Code::HostnameForm),
                message: "The certificate has a subject alternative name that the rule lists only with another form of \
                          the host name than this system's own short one. Which form the client uses is undocumented"
                    .into(),
            }];
        }
        if !findings.is_empty()
            && let Some(step) = self.mistyped_alternative_name()
        {
            return vec![step];
        }
        self.steps_of(
            StepName::SubjectAlternativeName,
            &findings.iter().collect::<Vec<_>>(),
            StepStatus::Pass,
            "It has a subject alternative name that the rule lists",
        )
    }

    /// A value that something was to fill in, or one with the word that tools print before it.
    fn mistyped_alternative_name(&self) -> Option<Step> {
        let step = |status, code, message| Step {
            step: StepName::SubjectAlternativeName,
            status,
            code: Some(code),
            message: Cow::Owned(message),
        };
        let listed = &self.context.case.rule.subject_alternative_names;
        if let Some(unfilled) = listed.iter().find_map(|name| rule::unfilled(name, false)) {
            let message = format!(
                "The rule lists the alternative name {}, a variable that nothing has filled in",
                shown(&unfilled.written)
            );
            return Some(step(StepStatus::Unknown, Code::VariableNotFilled, message));
        }
        let prefixed = listed.iter().find(|name| rule::bare_alternative_name(name).is_some())?;
        let message = format!(
            "The rule lists the alternative name \"{}\" with the word that tools print before it; the entry itself is \"{}\"",
            shown(prefixed),
            shown(rule::bare_alternative_name(prefixed)?)
        );
        Some(step(StepStatus::Fail, Code::SanDiffers, message))
    }

    /// Whether an alternative name is one of the rule's with another form of the host name in it.
    fn has_other_form(&self) -> bool {
        let forms = &self.context.resolution.other_alternative_names;
        let findings = || self.asked(|reading| reading.subject_alternative_name(forms));
        !forms.is_empty() && findings().is_empty()
    }
}

fn key_not_pem_message(file: &KeyFile) -> String {
    format!(
        "The certificate's private key is in {}, {}, and the client reads PEM files at the paths that a rule lists",
        shown(&file.path.to_string_lossy()),
        file.own_form.phrase()
    )
}
