//! The answer as a monitoring plugin gives it (Monitoring Plugins Development Guidelines): a line with
//! the state, performance data behind a `|`, more text below, and the state as exit status.

use super::gist;
use crate::diagnosis::{Diagnosis, Verdict};
use crate::reason::Code;
use crate::text::shown;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::{self, Write as _};

/// A plugin's states, with their exit statuses. Ordered from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Ok,
    Warning,
    Unknown,
    Critical,
}

impl State {
    /// The exit status.
    pub const fn status(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Warning => 1,
            Self::Critical => 2,
            Self::Unknown => 3,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warning => "WARNING",
            Self::Critical => "CRITICAL",
            Self::Unknown => "UNKNOWN",
        }
    }

    /// Of an answer. Of the warnings, one alone wants somebody to act before the check fails.
    fn of(answer: &Diagnosis) -> Self {
        let expires = answer.reasons.iter().any(|reason| reason.finding.code == Code::ExpiresSoon);
        match answer.verdict {
            Verdict::Pass if expires => Self::Warning,
            Verdict::Pass => Self::Ok,
            Verdict::Fail => Self::Critical,
            Verdict::Unknown => Self::Unknown,
        }
    }
}

/// Writes the answers to one rule or to several, and says which state they amount to.
pub fn checks(answers: &[Diagnosis], expiry_warning_days: u32) -> io::Result<State> {
    let state = answers.iter().map(State::of).max().unwrap_or(State::Unknown);
    let mut output = io::stdout().lock();
    output.write_all(text(answers, state, expiry_warning_days).as_bytes())?;
    output.flush()?;
    Ok(state)
}

/// Writes that there is no answer, and why.
pub fn no_answer(why: &str) -> io::Result<State> {
    let mut output = io::stdout().lock();
    writeln!(output, "CERTPOSTURE {} - {}", State::Unknown.word(), unpiped(why))?;
    Ok(State::Unknown)
}

fn text(answers: &[Diagnosis], state: State, expiry_warning_days: u32) -> String {
    let mut text = format!("CERTPOSTURE {} - {}", state.word(), unpiped(&summary(answers)));
    let data = performance_data(answers, expiry_warning_days);
    if !data.is_empty() {
        let _ = write!(text, " | {}", data.join(" "));
    }
    text.push('\n');
    for answer in answers {
        let told = gist::whole_text(answer);
        // The one line above says it already.
        let lines = told.lines().skip(usize::from(answers.len() == 1));
        for line in lines {
            let _ = writeln!(text, "{}", unpiped(line));
        }
    }
    text
}

/// The answer; of several, how many end how, and the worst.
fn summary(answers: &[Diagnosis]) -> String {
    let Some(worst) = answers.iter().max_by_key(|answer| State::of(answer)) else {
        return "no rule was judged".to_owned();
    };
    let code =
        gist::main_reason(worst).map(|reason| format!(" [{}]", reason.finding.code)).unwrap_or_default();
    let said = format!("{}: {}{code}", gist::name(worst), gist::headline(worst));
    if answers.len() == 1 {
        return said;
    }
    let passing = answers.iter().filter(|answer| answer.verdict == Verdict::Pass).count();
    format!("{passing} of {} rules pass; {said}", answers.len())
}

/// `days_left` of the certificate that each check stands on, with the limits that decide the state.
fn performance_data(answers: &[Diagnosis], expiry_warning_days: u32) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut data = Vec::new();
    for answer in answers {
        let Some(end) = gist::not_after(answer) else { continue };
        let days = gist::days_between(answer.at, end);
        let prefix = if answers.len() == 1 { String::new() } else { plain(&gist::name(answer)) + " " };
        let label = free_label(&format!("{prefix}days_left"), &mut taken);
        data.push(format!("'{label}'={days};{expiry_warning_days}:;0:"));
    }
    data
}

/// `label`, or with a number where another rule has it already.
fn free_label(label: &str, taken: &mut HashSet<String>) -> String {
    let numbered = (2..).map(|number| format!("{label} {number}"));
    let mut labels = std::iter::once(label.to_owned()).chain(numbered);
    // There are more numbers than rules.
    labels.find(|label| taken.insert(label.clone())).unwrap_or_default()
}

/// A label for performance data: neither quotes nor an equals sign, and no character that a monitor
/// could trip over in a file name.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_. ".contains(c) { c } else { '_' }).collect()
}

/// Text without what begins performance data.
fn unpiped(text: &str) -> String {
    shown(text).replace('|', "\\u{7c}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_begins_performance_data() {
        assert_eq!(unpiped("a|'days_left'=1\nOK"), "a\\u{7c}'days_left'=1\\u{a}OK");
        assert_eq!(plain("it's a=b|c"), "it_s a_b_c");
    }

    #[test]
    fn two_rules_of_one_name_have_two_labels() {
        let mut taken = HashSet::new();
        assert_eq!(free_label("x days_left", &mut taken), "x days_left");
        assert_eq!(free_label("x days_left", &mut taken), "x days_left 2");
    }
}
