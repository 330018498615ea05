//! The columns of `check`'s table: which ones a rule calls for, and what appears in each.

use super::{counted, is_relevant, is_unknown, number, system_of};
use crate::diagnosis::{Diagnosis, Examined, Step, StepName, StepStatus};
use crate::posture::RuleType;
use crate::report::heading::Heading;
use crate::report::presented::Presented;
use crate::report::style::{Style, Tone};
use crate::store::StoreSpec;
use crate::system::System;
use crate::text::{shown, shown_bytes};

/// A column: its heading and what appears in it.
pub(in crate::report) struct Column {
    pub heading: Heading,
    pub cell: fn(&Diagnosis, &Examined, &Style) -> (Tone, String),
}

pub(in crate::report) fn columns(answer: &Diagnosis, rows: &[&Examined]) -> Vec<Column> {
    let original = answer.rule.rule_type == RuleType::ClientCertificate;
    let mut columns = vec![
        Column {
            heading: Heading::fact("#"),
            cell: |answer, c, _| (Tone::Faint, number(answer, c).to_string()),
        },
        Column { heading: Heading::subject("Common name"), cell: |_, c, s| (Tone::Plain, name_of(c, s)) },
    ];
    // The original look-up on Linux goes by the nickname; everywhere else a label only describes.
    let decides = original && system_of(answer) == System::Linux;
    if rows.iter().any(|c| if decides { c.stored.label.is_some() } else { is_labelled_otherwise(c) }) {
        let heading = Heading::name(label_title(answer));
        columns.push(Column {
            heading: if decides { heading } else { heading.spared(1) },
            cell: |_, c, s| (Tone::Plain, label_of(c, s)),
        });
    }
    if rows.iter().any(|c| c.spec != rows[0].spec) {
        columns.push(Column {
            heading: Heading::name("Store"),
            cell: |_, c, _| (Tone::Plain, shown(&c.spec.to_string()).into_owned()),
        });
    }
    columns.push(Column { heading: Heading::fact(found_title(answer)), cell: found_cell });
    columns.push(Column {
        heading: Heading::fact(if original { "Signed by\nthe CA" } else { "Issued by\nthe CA" }),
        cell: |_, c, s| step_cell(c, &[StepName::Signature, StepName::Path], s),
    });
    columns.push(Column { heading: Heading::fact("Valid"), cell: valid_cell });
    if !original {
        columns.extend(v2_columns(answer));
    }
    columns.push(Column { heading: Heading::fact("Result"), cell: result_cell });
    columns
}

fn v2_columns(answer: &Diagnosis) -> Vec<Column> {
    let mut columns = Vec::new();
    if !answer.rule.extended_key_usage.is_empty() {
        columns.push(Column {
            heading: Heading::fact("EKU"),
            cell: |_, c, s| step_cell(c, &[StepName::ExtendedKeyUsage], s),
        });
    }
    if answer.rule.check_private_key {
        columns.push(Column {
            heading: Heading::fact("Key"),
            cell: |_, c, s| step_cell(c, &[StepName::PrivateKey], s),
        });
    }
    if !answer.rule.subject_alternative_names.is_empty() {
        columns.push(Column {
            heading: Heading::fact("SAN"),
            cell: |_, c, s| step_cell(c, &[StepName::SubjectAlternativeName], s),
        });
    }
    columns
}

fn label_title(answer: &Diagnosis) -> &'static str {
    match answer.certificates.iter().find(|c| c.stored.label.is_some()).map(|c| &c.spec) {
        Some(StoreSpec::Nss(_)) => "Nickname",
        Some(StoreSpec::Windows(..) | StoreSpec::File(_)) => "Friendly name",
        _ => "Label",
    }
}

fn found_title(answer: &Diagnosis) -> &'static str {
    if answer.rule.rule_type == RuleType::ClientCertificateV2 {
        return "Found by\nname";
    }
    match system_of(answer) {
        System::Linux => "Found by\ncertutil -n",
        System::Macos => "Found by\nsecurity -c",
        System::Windows => "Found by\n-like",
    }
}

fn name_of(examined: &Examined, style: &Style) -> String {
    Presented(&examined.stored.certificate).name(style.none())
}

/// Whether its label is another than its common name.
fn is_labelled_otherwise(examined: &Examined) -> bool {
    let name = examined.stored.certificate.subject().common_name();
    examined.stored.label.as_deref().is_some_and(|label| Some(label) != name.as_deref().map(str::as_bytes))
}

fn label_of(examined: &Examined, style: &Style) -> String {
    examined.stored.label.as_deref().map_or_else(|| style.none().to_owned(), shown_bytes)
}

fn found_cell(_: &Diagnosis, examined: &Examined, style: &Style) -> (Tone, String) {
    let lookup = examined.steps.iter().find(|step| step.step == StepName::Lookup);
    if examined.returned {
        return (Tone::Good, style.yes().to_owned());
    }
    let word = lookup.and_then(|step| step.code).map_or("", |code| code.short());
    (Tone::Bad, format!("{} {word}", style.no()).trim_end().to_owned())
}

/// The worst of some steps, as a mark and a word.
fn step_cell(examined: &Examined, names: &[StepName], style: &Style) -> (Tone, String) {
    let steps: Vec<&Step> = examined.steps.iter().filter(|step| names.contains(&step.step)).collect();
    let with = |status| steps.iter().find(|step| step.status == status);
    let word = |step: &Step| step.code.map_or("", |code| code.short());
    if let Some(step) = with(StepStatus::Fail) {
        (Tone::Bad, format!("{} {}", style.no(), word(step)).trim_end().to_owned())
    } else if let Some(step) = with(StepStatus::Unknown) {
        (Tone::Doubtful, format!("? {}", word(step)).trim_end().to_owned())
    } else if let Some(step) = with(StepStatus::Warn) {
        (Tone::Doubtful, format!("{} {}", style.yes(), word(step)).trim_end().to_owned())
    } else if with(StepStatus::Pass).is_some() {
        (Tone::Good, style.yes().to_owned())
    } else {
        (Tone::Faint, style.none().to_owned())
    }
}

fn valid_cell(answer: &Diagnosis, examined: &Examined, style: &Style) -> (Tone, String) {
    let (tone, mark) = step_cell(examined, &[StepName::Validity], style);
    if tone == Tone::Bad {
        return (tone, mark);
    }
    let left =
        examined.stored.certificate.not_after().map(|end| (end.as_second() - answer.at.as_second()) / 86_400);
    let left = left.map(spoken_days).unwrap_or_default();
    (tone, format!("{} {left}", style.yes()))
}

/// `212 days`, `9 years`.
fn spoken_days(days: i64) -> String {
    if days >= 2 * 365 { format!("{} years", days / 365) } else { counted(days.max(0) as usize, "day") }
}

fn result_cell(_: &Diagnosis, examined: &Examined, style: &Style) -> (Tone, String) {
    if examined.passes() {
        (Tone::Good, "PASS".to_owned())
    } else if is_relevant(examined) && is_unknown(examined) {
        (Tone::Doubtful, "?".to_owned())
    } else if is_relevant(examined) {
        (Tone::Bad, "FAIL".to_owned())
    } else {
        (Tone::Faint, style.none().to_owned())
    }
}
