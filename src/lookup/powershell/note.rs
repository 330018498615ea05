//! What is said when PowerShell reads a name otherwise than it is written.

use super::Wildcard;
use super::expand::{Broken, Expanded, expand, is_double_quote};
use crate::reason::{Code, Finding};
use crate::text::shown;
use std::fmt::Write as _;

/// A note when characters of the name have a meaning in the look-up command.
pub fn special_characters(typed: &str) -> Option<Finding> {
    let meaning = match expand(&format!("*{typed}*")) {
        Err(broken) => vec![broken_meaning(&broken)],
        Ok(expanded) => {
            let mut meaning = variable_meaning(&expanded);
            if expanded.escapes {
                meaning.push(escape_meaning(&expanded.text));
            }
            meaning.extend(wildcard_meaning(&expanded.text));
            meaning
        }
    };
    if meaning.is_empty() {
        return None;
    }
    let message = format!(
        "In the name \"{}\", {}. A rule for Windows has to say {} to mean the name as it is written here",
        shown(typed),
        meaning.join("; "),
        shown(&typed_literally(typed)),
    );
    Some(Finding::new(Code::CnShellSpecial, message))
}

/// The text to give as the common name of a rule so that the look-up matches subjects that hold
/// exactly `name`.
///
/// The wildcard characters are escaped with a backtick for `-like`, which needs a backtick of its own
/// between double quotes, and a quote is doubled as Windows writes it in a subject.
pub fn typed_literally(name: &str) -> String {
    let mut typed = String::with_capacity(name.len() + 8);
    for c in name.chars() {
        match c {
            '*' | '?' | '[' | ']' => {
                let _ = write!(typed, "``{c}");
            }
            '`' => typed.push_str("````"),
            '"' => typed.push_str("`\"`\""),
            '$' => typed.push_str("`$"),
            quote if is_double_quote(quote) => {
                let _ = write!(typed, "`{quote}");
            }
            _ => typed.push(c),
        }
    }
    typed
}

/// `pattern` begins and ends with the command's own `*`.
fn escape_meaning(pattern: &str) -> String {
    let inner = pattern.strip_prefix('*').and_then(|rest| rest.strip_suffix('*')).unwrap_or(pattern);
    let mut characters = inner.chars();
    let mut wanted = String::new();
    while let Some(c) = characters.next() {
        wanted.push(if c == '`' { characters.next().unwrap_or(c) } else { c });
    }
    format!(
        "a backtick or doubled quote is taken as an escape, so that the command looks for \"{}\"",
        shown(&wanted)
    )
}

fn broken_meaning(broken: &Broken) -> String {
    match broken {
        Broken::QuoteEndsString(quote) => format!(
            "{quote} ends the quoted text of the command, so that PowerShell reports a syntax error or \
             reads the rest of the name as code"
        ),
        Broken::RunsCode => {
            "$(...) is code that PowerShell runs, so that what is looked for cannot be told from here"
                .to_owned()
        }
        Broken::BadVariable(reference) => {
            format!("{} is a faulty variable for PowerShell: a syntax error", shown(reference))
        }
    }
}

fn variable_meaning(expanded: &Expanded) -> Vec<String> {
    let value = if expanded.unknown {
        "its value, which cannot be told from here"
    } else {
        "its value (nothing, if there is no such variable)"
    };
    let meaning =
        |name: &String| format!("{} is a variable for PowerShell, replaced by {value}", shown(name));
    expanded.variables.iter().map(meaning).collect()
}

/// `pattern` begins and ends with the command's own `*`.
fn wildcard_meaning(pattern: &str) -> Option<String> {
    let Ok(wildcard) = Wildcard::parse(pattern) else {
        return Some("the [ opens a set that -like refuses as not valid, so that nothing matches".to_owned());
    };
    let symbols: Vec<_> = wildcard.inner_wildcards().into_iter().collect();
    let verb =
        if symbols.len() > 1 { "are wildcards for -like and do" } else { "is a wildcard for -like and does" };
    (!symbols.is_empty())
        .then(|| format!("{} {verb} not stand for the character itself", symbols.join(" and ")))
}
