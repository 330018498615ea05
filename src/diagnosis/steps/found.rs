//! Whether the look-up finds a certificate, and whether its name is the rule's.

use super::{Examination, Step, StepName, StepStatus};
use crate::certificate::Certificate;
use crate::diagnosis::near::{self, Nearness};
use crate::diagnosis::returned_positions;
use crate::encoding::Form;
use crate::posture::RuleType;
use crate::reason::Code;
use crate::store::StoreSpec;
use crate::system::System;
use crate::text::{shown, shown_bytes};
use std::borrow::Cow;

impl Examination<'_> {
    pub(super) fn lookup_step(&self) -> Step {
        let (status, code, message) = self.lookup_outcome();
        Step { step: StepName::Lookup, status, code, message }
    }

    fn lookup_outcome(&self) -> (StepStatus, Option<Code>, Cow<'static, str>) {
        if !self.context.searched {
            let (status, code) = if self.context.all_seen {
                (StepStatus::Fail, Code::FoundElsewhere)
            } else {
                (StepStatus::Unknown, Code::RoleNotSearched)
            };
            return (status, Some(code), self.elsewhere_message().into());
        }
        if self.returned {
            return match self.not_pem_message() {
                Some(message) => (StepStatus::Fail, Some(Code::PathNotPem), message.into()),
                None => (StepStatus::Pass, None, self.found_message()),
            };
        }
        if self.context.lookup.undetermined {
            let code = Code::CnShellSpecial;
            return (StepStatus::Unknown, Some(code), self.noted_message(code).into());
        }
        let code = self.miss_code();
        (StepStatus::Fail, Some(code), self.miss_message(code).into())
    }

    fn elsewhere_message(&self) -> String {
        let contents = &self.context.place.contents;
        let place = match (&contents.evidence.role, &contents.spec) {
            (Some(role), spec) if role.to_string() != spec.to_string() && !self.context.place.elsewhere => {
                format!("{} (a copy of {})", shown(&spec.to_string()), shown(&role.to_string()))
            }
            (_, StoreSpec::File(_)) => shown(&self.stored.location).into_owned(),
            (_, spec) => shown(&spec.to_string()).into_owned(),
        };
        format!(
            "The certificate with the common name {} is in {place}, where the client does not look",
            self.has_name()
        )
    }

    /// Of the paths that a rule lists, the client is documented to read PEM files.
    fn not_pem_message(&self) -> Option<String> {
        let path = self.context.listed_path()?;
        let form = self.context.place.files().map(|files| files.form).filter(|form| *form != Form::Pem)?;
        Some(super::not_pem(path, form))
    }

    fn found_message(&self) -> Cow<'static, str> {
        match (self.rule_type(), &self.context.resolution.common_name) {
            (RuleType::ClientCertificate, _) => "The documented command prints it".into(),
            (RuleType::ClientCertificateV2, Some(_)) => "Its common name is the rule's".into(),
            (RuleType::ClientCertificateV2, None) => {
                "The rule gives no name: every certificate counts".into()
            }
        }
    }

    /// Why the look-up leaves it out.
    fn miss_code(&self) -> Code {
        let noted = |code| self.context.lookup.notes.iter().any(|note| note.code == code);
        if self.context.lookup.shadowed.contains(&self.stored.position) {
            return Code::Shadowed;
        }
        let original = self.rule_type() == RuleType::ClientCertificate;
        let named = self.nearness == Nearness::Exact || self.has_label_wanted();
        if original && named && noted(Code::NicknameColon) {
            return Code::NicknameColon;
        }
        if original && self.nearness <= Nearness::Case && noted(Code::CnShellSpecial) {
            return Code::CnShellSpecial;
        }
        // certutil compares nothing but the nickname, unless it cannot make a certificate of the entry.
        let by_nickname = original && self.system() == System::Linux;
        if self.has_label_wanted() && (by_nickname || self.stored.certificate.outline().is_err()) {
            return Code::CertificateUnparseable;
        }
        match self.nearness {
            Nearness::Exact if by_nickname => Code::NicknameDiffers,
            Nearness::Padded => Code::CnPadded,
            Nearness::Case => Code::CaseDiffers,
            Nearness::Whitespace => Code::WhitespaceDiffers,
            Nearness::Unicode => Code::UnicodeDiffers,
            Nearness::DistinguishedName => Code::CnIsADn,
            Nearness::Template => Code::TemplateDiffers,
            Nearness::San => Code::NameInSanOnly,
            Nearness::OtherAttribute => Code::NameInOtherAttribute,
            Nearness::Exact | Nearness::Substring | Nearness::Different => Code::NotFound,
        }
    }

    fn has_label_wanted(&self) -> bool {
        self.stored.label.is_some() && self.stored.label == self.context.resolution.common_name
    }

    fn miss_message(&self, code: Code) -> String {
        let wanted = self.wanted();
        let nickname = self.stored.label.as_deref().map(shown_bytes);
        let named = match &nickname {
            Some(nickname) if self.nickname_is_near() => {
                format!("the certificate's nickname is \"{nickname}\"")
            }
            _ => format!("the certificate's common name is {}", self.has_name()),
        };
        match code {
            Code::NicknameDiffers => {
                let which = if self.is_a_ca_given() {
                    "The uploaded CA itself"
                } else if self.context.case.cas.cas.is_empty() {
                    "A certificate with the rule's common name"
                } else {
                    "The right certificate"
                };
                format!(
                    "{which} is installed, but certutil looks certificates up by nickname, and its nickname is {}, not \
                     \"{wanted}\"",
                    nickname.map_or_else(|| "none".to_owned(), |nickname| format!("\"{nickname}\""))
                )
            }
            Code::NicknameColon => format!(
                "Because of the colon, certutil reads \"{wanted}\" as TOKEN:NICKNAME and finds nothing of that name"
            ),
            Code::Shadowed => self.shadowed_message(),
            Code::CnShellSpecial => self.noted_message(Code::CnShellSpecial),
            Code::CnPadded => {
                format!("The rule's name \"{wanted}\" has leading, trailing or invisible characters; {named}")
            }
            Code::CaseDiffers => format!("The rule says \"{wanted}\" and {named}: they differ in case only"),
            Code::WhitespaceDiffers => {
                let case = if self.case_differs() { " and case" } else { "" };
                format!("The rule says \"{wanted}\" and {named}: they differ in white space{case} only")
            }
            Code::UnicodeDiffers => format!(
                "The rule says \"{wanted}\" and {named}: they look alike but are different characters ({})",
                self.spelled_out()
            ),
            Code::CnIsADn => format!(
                "The rule's common name \"{wanted}\" is a distinguished name; {named}, and the look-up compares that alone"
            ),
            Code::TemplateDiffers => format!(
                "On this device the rule's name \"{}\" stands for \"{wanted}\", and {named}: it has this device's value, and \
                 more or less around it than the rule says",
                shown_bytes(self.context.case.rule.common_name.as_deref().unwrap_or_default())
            ),
            Code::NameInSanOnly => {
                format!("\"{wanted}\" stands in a subject alternative name only; {named}")
            }
            Code::NameInOtherAttribute => format!(
                "\"{wanted}\" stands in another part of the subject ({}); {named}",
                shown(&self.stored.certificate.subject().to_string())
            ),
            Code::CertificateUnparseable => {
                format!(
                    "The entry that the store calls \"{wanted}\" cannot be read as a certificate: {}",
                    self.unreadable()
                )
            }
            _ if self.is_hidden_name() => format!(
                "\"{wanted}\" is one of several common names of the certificate, and the command looks at the last one \
                 alone, which is {}",
                self.has_name()
            ),
            _ => format!("The rule says \"{wanted}\" and {named}"),
        }
    }

    /// macOS takes the last common name for the certificate's name, and the rule gives another of them.
    fn is_hidden_name(&self) -> bool {
        self.system() == System::Macos
            && self.nearness == Nearness::Exact
            && self.stored.certificate.subject().common_names().len() > 1
    }

    fn is_a_ca_given(&self) -> bool {
        self.context.case.cas.contain(&self.stored.certificate)
    }

    /// Whether it is the nickname, by which certutil looks, that comes near the rule's name.
    fn nickname_is_near(&self) -> bool {
        let name = self.context.resolution.common_name.as_deref().filter(|_| self.context.goes_by_nickname());
        name.is_some_and(|name| near::is_by_nickname(name, self.stored, self.nearness))
    }

    /// The name that comes near the rule's.
    fn near_name(&self) -> String {
        let nickname = self.stored.label.as_deref().filter(|_| self.nickname_is_near());
        let nickname = nickname.map(|nickname| String::from_utf8_lossy(nickname).into_owned());
        nickname.or_else(|| self.stored.certificate.subject().common_name()).unwrap_or_default()
    }

    fn rule_name(&self) -> String {
        let name = self.context.resolution.common_name.as_deref().unwrap_or_default();
        String::from_utf8_lossy(name).into_owned()
    }

    /// Whether two names that are the same but for white space are not even then.
    fn case_differs(&self) -> bool {
        let letters = |name: String| name.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        letters(self.near_name()) != letters(self.rule_name())
    }

    fn noted_message(&self, code: Code) -> String {
        let note = self.context.lookup.notes.iter().find(|note| note.code == code);
        note.map(|note| note.message.clone()).unwrap_or_default()
    }

    fn shadowed_message(&self) -> String {
        let front = returned_positions(self.context.lookup).next();
        let front = front.and_then(|position| self.context.place.contents.certificates.get(position));
        let front = front.map(|front| described(&front.certificate)).unwrap_or_default();
        format!(
            "The command prints only the first certificate whose name contains \"{}\", and that is {front}",
            self.wanted()
        )
    }

    /// The code points of the rule's name that are not ASCII.
    fn spelled_out(&self) -> String {
        let spell = |text: &str| {
            let odd = text.chars().filter(|c| !c.is_ascii());
            odd.map(|c| format!("U+{:04X}", u32::from(c))).collect::<Vec<_>>().join(" ")
        };
        let (rule, own) = (spell(&self.rule_name()), spell(&self.near_name()));
        match (rule.is_empty(), own.is_empty()) {
            (false, true) => format!("{rule} in the rule"),
            (true, false) => format!("{own} in the certificate"),
            _ => format!("{rule} in the rule, {own} in the certificate"),
        }
    }

    fn unreadable(&self) -> String {
        let why = self.stored.certificate.outline().err();
        why.map_or_else(
            || "certutil passes over it, for its row is damaged".to_owned(),
            |why| why.to_string(),
        )
    }

    pub(super) fn name_step(&self) -> Step {
        let step =
            |status, code, message| Step { step: StepName::Name, status, code, message: Cow::Owned(message) };
        if self.context.resolution.common_name.is_none() {
            return step(StepStatus::Skip, None, "The rule gives no name".to_owned());
        }
        if !self.returned {
            return step(StepStatus::Skip, None, format!("Its common name is {}", self.has_name()));
        }
        let form = self.context.lookup.notes.iter().find(|note| note.code == Code::HostnameForm);
        if let (RuleType::ClientCertificateV2, Some(note)) = (self.rule_type(), form) {
            return step(StepStatus::Warn, Some(note.code), note.message.clone());
        }
        if self.nearness <= Nearness::Case && self.is_v2_with_several_names() {
            let names = self.stored.certificate.subject().common_names();
            let names: Vec<String> = names.iter().map(|name| format!("\"{}\"", shown(name))).collect();
            let message = format!(
                "The certificate has several common names ({}), and which of them client_certificate_v2 compares is undocumented",
                names.join(", ")
            );
            return step(StepStatus::Warn, Some(Code::SeveralCommonNames), message);
        }
        if self.nearness <= Nearness::Case {
            return step(StepStatus::Pass, None, format!("Its common name is {}", self.has_name()));
        }
        let (status, code) = self.loose_match();
        step(status, Some(code), self.loose_message(code))
    }

    fn is_v2_with_several_names(&self) -> bool {
        self.rule_type() == RuleType::ClientCertificateV2
            && self.stored.certificate.subject().common_names().len() > 1
    }

    /// The original look-up returned it although its common name is another.
    fn loose_match(&self) -> (StepStatus, Code) {
        let verifies = self.judgement.path.passes();
        match self.nearness {
            Nearness::Substring | Nearness::Different if self.system() == System::Linux && !verifies => {
                (StepStatus::Fail, Code::NicknameOtherSubject)
            }
            Nearness::San => (StepStatus::Warn, Code::NameInSanOnly),
            Nearness::OtherAttribute => (StepStatus::Warn, Code::NameInOtherAttribute),
            _ => (StepStatus::Warn, Code::SubstringOnly),
        }
    }

    fn loose_message(&self, code: Code) -> String {
        let wanted = self.wanted();
        let name = self.has_name();
        match code {
            Code::NicknameOtherSubject => {
                let why = match self.judgement.path.anchor {
                    Some(_) => "which does not pass either",
                    None => "which does not lead to the uploaded CA",
                };
                format!(
                    "The nickname \"{wanted}\" belongs to a certificate with another common name ({name}), {why}"
                )
            }
            _ => format!(
                "Only the loose match of the documented command finds the certificate: its common name is {name}, not \"{wanted}\". A \
                 client_certificate_v2 rule would not match"
            ),
        }
    }
}

/// A certificate told from others of the same subject, as a renewed one from the old.
fn described(certificate: &Certificate) -> String {
    let subject = certificate.subject().to_string();
    let end = certificate.not_after_day().map(|end| format!(", valid until {end}"));
    format!("{} (serial number {}{})", shown(&subject), certificate.serial_hex(), end.unwrap_or_default())
}
