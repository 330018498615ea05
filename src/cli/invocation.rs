//! This program as it is called: its own path, so that a command works from any folder and behind sudo, whose
//! path is another than the user's.

use crate::os;
use crate::system::System;
use crate::text::{quote_powershell, quote_sh};

/// The command line that calls this program with these arguments; as an administrator where that is needed and
/// a word can bring it about.
pub fn command(system: System, as_root: bool, arguments: &[&str]) -> String {
    let program = std::env::current_exe()
        .map_or_else(|_| "certposture".into(), |path| path.to_string_lossy().into_owned());
    let words = std::iter::once(program.as_str()).chain(arguments.iter().copied());
    let quoted: Vec<String> = words.map(|word| quoted(system, word)).collect();
    let line = quoted.join(" ");
    match system {
        // A quoted path alone is a text to PowerShell.
        System::Windows if line.starts_with('\'') => format!("& {line}"),
        System::Windows => line,
        System::Linux | System::Macos if as_root => format!("sudo {line}"),
        System::Linux | System::Macos => line,
    }
}

/// What was typed, again and as root: for what this user may not read. Nothing where that would read something
/// else, or read what can be read once.
pub fn again_as_root() -> Option<String> {
    let system = System::current();
    if system == System::Windows || os::effective_user() == Some(0) {
        return None;
    }
    let typed: Vec<String> =
        std::env::args_os().skip(1).map(|word| word.into_string().ok()).collect::<Option<_>>()?;
    let is_stream = |word: &String| word == "-" || word.contains("/dev/") || word.contains("/proc/");
    if typed.iter().any(is_stream) {
        return None;
    }
    let typed: Vec<&str> = typed.iter().map(String::as_str).collect();
    Some(command(system, true, &typed))
}

fn quoted(system: System, word: &str) -> String {
    let quoted = match system {
        System::Windows if word.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:\\".contains(c)) => {
            Some(word.to_owned())
        }
        System::Windows => quote_powershell(word),
        System::Linux | System::Macos => quote_sh(word.as_bytes()),
    };
    quoted.unwrap_or_else(|| crate::text::shown(word).into_owned())
}
