//! The answer as metrics in Prometheus' text format, for node_exporter's textfile collector.

use super::gist;
use crate::diagnosis::{Diagnosis, Verdict};
use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::{self, Write as _};

const VERDICTS: [Verdict; 3] = [Verdict::Pass, Verdict::Fail, Verdict::Unknown];

/// Writes the answers to one rule or to several.
pub fn checks(answers: &[Diagnosis]) -> io::Result<()> {
    let mut output = io::stdout().lock();
    output.write_all(text(answers).as_bytes())?;
    output.flush()
}

fn text(answers: &[Diagnosis]) -> String {
    let answers = with_distinct_labels(answers);
    let mut text = String::new();
    let mut metric = |name: &str, help: &str, samples: Vec<(String, i64)>| {
        if samples.is_empty() {
            return;
        }
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
        for (labels, value) in samples {
            let _ = writeln!(text, "{name}{{{labels}}} {value}");
        }
    };
    metric(
        "certposture_build_info",
        "The version of certposture that wrote these metrics.",
        vec![(label("version", env!("CARGO_PKG_VERSION")), 1)],
    );
    let verdicts = answers.iter().flat_map(|(labels, answer)| {
        VERDICTS.map(|verdict| {
            let labels = format!("{labels},{}", label("verdict", verdict.as_str()));
            (labels, i64::from(answer.verdict == verdict))
        })
    });
    metric(
        "certposture_check_verdict",
        "Whether the posture check ends so: 1 for the verdict, 0 for the others.",
        verdicts.collect(),
    );
    let reasons = answers.iter().filter_map(|(labels, answer)| {
        let reason = gist::main_reason(answer)?;
        Some((format!("{labels},{}", label("code", reason.finding.code.as_str())), 1))
    });
    metric(
        "certposture_check_reason_info",
        "The reason code of a check that does not pass.",
        reasons.collect(),
    );
    let ends = answers
        .iter()
        .filter_map(|(labels, answer)| Some((labels.clone(), gist::not_after(answer)?.as_second())));
    metric(
        "certposture_certificate_not_after_timestamp_seconds",
        "When the certificate that the check stands on expires, in seconds since 1970.",
        ends.collect(),
    );
    let times = answers.iter().map(|(labels, answer)| (labels.clone(), answer.at.as_second()));
    metric(
        "certposture_check_timestamp_seconds",
        "The moment as of which the check was judged, in seconds since 1970.",
        times.collect(),
    );
    text
}

/// Each answer with its labels. A scrape with the same labels twice is refused as a whole, so of rules
/// that nothing tells apart the worst is kept.
fn with_distinct_labels(answers: &[Diagnosis]) -> Vec<(String, &Diagnosis)> {
    let mut worst_first: Vec<&Diagnosis> = answers.iter().collect();
    worst_first.sort_by_key(|answer| std::cmp::Reverse(answer.verdict));
    let mut seen = HashSet::new();
    let labelled = worst_first.into_iter().map(|answer| (labels(answer), answer));
    labelled.filter(|(labels, _)| seen.insert(labels.clone())).collect()
}

fn labels(answer: &Diagnosis) -> String {
    let rule = &answer.rule;
    [
        label("rule", rule.name.as_deref().unwrap_or_default()),
        label("rule_id", rule.id.as_deref().unwrap_or_default()),
        label("type", rule.rule_type.as_str()),
        label("common_name", &gist::common_name(answer).unwrap_or_default()),
    ]
    .join(",")
}

/// A label; its value may be any text.
fn label(name: &str, value: &str) -> String {
    let value = crate::text::shown(value).replace('\\', r"\\").replace('"', "\\\"");
    format!("{name}=\"{value}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stays_in_its_quotes() {
        assert_eq!(label("a", "x\"} 1\nb\\"), r#"a="x\"} 1\\u{a}b\\""#);
    }
}
