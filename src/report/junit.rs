//! The answer as a JUnit report: one suite, one test case for each rule. Continuous integration shows
//! it beside the tests. A rule that cannot be judged is an error, as a test is that could not run.

use super::gist;
use super::table::verdict_word;
use crate::diagnosis::{Diagnosis, Verdict};
use crate::text::shown;
use std::fmt::Write as _;
use std::io::{self, Write as _};

/// Writes the answers to one rule or to several.
pub fn checks(answers: &[Diagnosis]) -> io::Result<()> {
    let mut output = io::stdout().lock();
    output.write_all(document(answers).as_bytes())?;
    output.flush()
}

fn document(answers: &[Diagnosis]) -> String {
    let count = |verdict| answers.iter().filter(|answer| answer.verdict == verdict).count();
    // The schema knows no zone: the time is UTC, as Ant's own writer has it.
    let at = answers.first().map(|answer| answer.at.strftime("%Y-%m-%dT%H:%M:%S").to_string());
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        xml,
        "<testsuites>\n  <testsuite name=\"certposture\" tests=\"{}\" failures=\"{}\" errors=\"{}\" \
         skipped=\"0\" timestamp=\"{}\">",
        answers.len(),
        count(Verdict::Fail),
        count(Verdict::Unknown),
        at.unwrap_or_default(),
    );
    let version = env!("CARGO_PKG_VERSION");
    let _ =
        writeln!(xml, "    <properties><property name=\"certposture\" value=\"{version}\"/></properties>");
    for answer in answers {
        write_case(&mut xml, answer);
    }
    xml.push_str("  </testsuite>\n</testsuites>\n");
    xml
}

fn write_case(xml: &mut String, answer: &Diagnosis) {
    let class = format!("certposture.{}", answer.rule.rule_type);
    let name = escaped(&gist::name(answer));
    let _ = writeln!(xml, "    <testcase classname=\"{class}\" name=\"{name}\">");
    let element = match answer.verdict {
        Verdict::Pass => None,
        Verdict::Fail => Some("failure"),
        Verdict::Unknown => Some("error"),
    };
    let told = escaped(&gist::whole_text(answer));
    match (element, gist::main_reason(answer)) {
        (Some(element), reason) => {
            let code = reason.map_or("", |reason| reason.finding.code.as_str());
            let message = escaped(&gist::headline(answer));
            let _ =
                writeln!(xml, "      <{element} type=\"{code}\" message=\"{message}\">{told}</{element}>");
        }
        (None, _) => {
            let word = verdict_word(answer.verdict);
            let _ = writeln!(xml, "      <system-out>{word} {told}</system-out>");
        }
    }
    xml.push_str("    </testcase>\n");
}

/// Text as XML's character data or as the value of an attribute. What XML 1.0 cannot hold at all
/// (section 2.2) is spelled out.
fn escaped(text: &str) -> String {
    let mut xml = String::with_capacity(text.len() + 16);
    for line in text.split_inclusive('\n') {
        for c in shown(line.trim_end_matches('\n')).chars() {
            match c {
                '&' => xml.push_str("&amp;"),
                '<' => xml.push_str("&lt;"),
                '>' => xml.push_str("&gt;"),
                '"' => xml.push_str("&quot;"),
                '\'' => xml.push_str("&apos;"),
                '\u{fffe}' | '\u{ffff}' => {
                    let _ = write!(xml, "\\u{{{:x}}}", u32::from(c));
                }
                c => xml.push(c),
            }
        }
        if line.ends_with('\n') {
            xml.push('\n');
        }
    }
    xml
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(
            escaped("]]><a b='c'>&\u{ffff}\u{0}\n\"ü"),
            "]]&gt;&lt;a b=&apos;c&apos;&gt;&amp;\\u{ffff}\\u{0}\n&quot;ü"
        );
    }
}
