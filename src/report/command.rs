//! A command on a terminal. Where it is too long for a line it is broken between its arguments, each line but the
//! last with the shell's continuation, so that all lines together copy as the one command.

use super::fit::columns;
use crate::system::System;

/// What stands before each line but the first.
pub(super) const INDENT: &str = "  ";

/// The quotes and escapes that matter for where a shell parts words.
struct Shell {
    escape: char,
    /// Alone at the end of a line, it goes on in the next.
    continuation: &'static str,
    is_single_quote: fn(char) -> bool,
    is_double_quote: fn(char) -> bool,
}

const SH: Shell = Shell {
    escape: '\\',
    continuation: " \\",
    is_single_quote: |c| c == '\'',
    is_double_quote: |c| c == '"',
};

/// PowerShell takes typographic quotes for plain ones (about_Quoting_Rules).
const POWERSHELL: Shell = Shell {
    escape: '`',
    continuation: " `",
    is_single_quote: |c| "'\u{2018}\u{2019}\u{201a}\u{201b}".contains(c),
    is_double_quote: |c| "\"\u{201c}\u{201d}\u{201e}".contains(c),
};

/// `command`, for the shell of `system`, in lines of at most `width` columns; an argument that is longer than that
/// stays whole. Without a width it is one line.
pub(super) fn lines(command: &str, system: System, width: Option<usize>) -> Vec<String> {
    let shell = if system == System::Windows { &POWERSHELL } else { &SH };
    let Some(width) = width.filter(|&width| columns(command) > width) else {
        return vec![command.to_owned()];
    };
    if command.contains('\n') {
        return command.lines().map(str::to_owned).collect();
    }
    let room = width.saturating_sub(columns(shell.continuation));
    let mut lines = vec![String::new()];
    let pieces = pieces(command, shell);
    for (position, piece) in pieces.iter().enumerate() {
        let Some(line) = lines.last_mut() else { continue };
        let room = if position + 1 == pieces.len() { width } else { room };
        if line.is_empty() {
            line.push_str(piece);
        } else if columns(line) + 1 + columns(piece) <= room {
            line.push(' ');
            line.push_str(piece);
        } else {
            line.push_str(shell.continuation);
            lines.push(format!("{INDENT}{piece}"));
        }
    }
    lines
}

/// What stays on one line: a word, or an option and its value.
fn pieces(command: &str, shell: &Shell) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut takes_value = false;
    for word in words(command, shell) {
        let is_option = word.starts_with('-') && word.len() > 1;
        let is_operator = word.chars().all(|c| "&|;{}()<>".contains(c));
        match pieces.last_mut() {
            Some(option) if takes_value && !is_option && !is_operator => {
                option.push(' ');
                option.push_str(word);
                takes_value = false;
            }
            // An operator ends a line and does not begin one: PowerShell wants it so.
            Some(before) if is_operator => {
                before.push(' ');
                before.push_str(word);
                takes_value = false;
            }
            _ => {
                pieces.push(word.to_owned());
                takes_value = is_option && !word.contains('=') && !word.ends_with([')', ';', '}']);
            }
        }
    }
    pieces
}

/// The words of a command, as they are written: parted at single spaces outside quotes.
fn words<'a>(command: &'a str, shell: &Shell) -> Vec<&'a str> {
    let mut words = Vec::new();
    let (mut start, mut single, mut double) = (0, false, false);
    let mut characters = command.char_indices();
    while let Some((at, c)) = characters.next() {
        if c == shell.escape && !single {
            characters.next();
        } else if single {
            single = !(shell.is_single_quote)(c);
        } else if (shell.is_double_quote)(c) {
            double = !double;
        } else if !double && (shell.is_single_quote)(c) {
            single = true;
        } else if c == ' ' && !double {
            words.push(&command[start..at]);
            start = at + 1;
        }
    }
    words.push(&command[start..]);
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_between_arguments_and_keeps_an_option_with_its_value() {
        let command =
            r#"sudo certutil --rename -d sql:/etc/pki/nssdb -n "Jo's old laptop" --new-n device-042"#;
        assert_eq!(lines(command, System::Linux, None), [command]);
        assert_eq!(lines(command, System::Linux, Some(200)), [command]);
        assert_eq!(
            lines(command, System::Linux, Some(50)),
            [
                r"sudo certutil --rename -d sql:/etc/pki/nssdb \",
                r#"  -n "Jo's old laptop" --new-n device-042"#
            ]
        );
        assert_eq!(
            lines(command, System::Linux, Some(30)),
            [
                r"sudo certutil --rename \",
                r"  -d sql:/etc/pki/nssdb \",
                r#"  -n "Jo's old laptop" \"#,
                "  --new-n device-042"
            ]
        );
    }

    #[test]
    fn nothing_is_broken_within_quotes() {
        let command = r#"echo 'a b  c' "d \" e" f\ g "$(printf %b 'h i')" && echo j | cat"#;
        let words = words(command, &SH);
        let expected = [
            "echo",
            "'a b  c'",
            r#""d \" e""#,
            r"f\ g",
            r#""$(printf %b 'h i')""#,
            "&&",
            "echo",
            "j",
            "|",
            "cat",
        ];
        assert_eq!(words, expected);
    }

    #[test]
    fn powershell_goes_on_behind_a_backtick() {
        let command = r"Copy-Item 'Cert:\A B''s\‘‘x’’ y' -Destination 'C:\Program Files\x' | Out-Null";
        assert_eq!(
            lines(command, System::Windows, Some(40)),
            [r"Copy-Item 'Cert:\A B''s\‘‘x’’ y' `", r"  -Destination 'C:\Program Files\x' | `", "  Out-Null"]
        );
    }

    #[test]
    fn a_long_argument_stays_whole() {
        let command = "echo TUlJQmRqQ0NBUnVnQXdJQkFnSVVhYWFhYWFhYWFh | base64 -d";
        assert_eq!(
            lines(command, System::Linux, Some(20)),
            [r"echo \", r"  TUlJQmRqQ0NBUnVnQXdJQkFnSVVhYWFhYWFhYWFh | \", "  base64 -d"]
        );
    }
}
