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
    let pieces = pieces(command, shell);
    let mut fill = Fill { lines: vec![String::new()], width, shell };
    let is_end =
        |piece: &String| is_operator(piece.rsplit(' ').next().unwrap_or_default()) || piece.ends_with(';');
    let count = pieces.split_inclusive(is_end).count();
    for (position, part) in pieces.split_inclusive(is_end).enumerate() {
        fill.add(part, position + 1 == count);
    }
    fill.lines
}

/// Lines that are filled with the parts of a command.
struct Fill<'a> {
    lines: Vec<String>,
    width: usize,
    shell: &'a Shell,
}

impl Fill<'_> {
    /// Adds a command of several, up to the operator behind it: whole where a line can hold it.
    fn add(&mut self, part: &[String], is_last: bool) {
        let whole = part.join(" ");
        let alone = columns(INDENT) + columns(&whole) + columns(self.shell.continuation);
        if alone <= self.width {
            return self.put(&whole, is_last);
        }
        if !self.is_blank() {
            self.next_line();
        }
        for (position, piece) in part.iter().enumerate() {
            self.put(piece, is_last && position + 1 == part.len());
        }
    }

    /// Puts something on the line, or on the next where it has no room.
    fn put(&mut self, piece: &str, is_last: bool) {
        let needs = columns(piece) + if is_last { 0 } else { columns(self.shell.continuation) };
        let line = self.lines.last().map_or(0, |line| columns(line));
        if !self.is_blank() && line + 1 + needs > self.width {
            self.next_line();
        }
        let is_blank = self.is_blank();
        if let Some(line) = self.lines.last_mut() {
            line.push_str(if is_blank { "" } else { " " });
            line.push_str(piece);
        }
    }

    fn is_blank(&self) -> bool {
        self.lines.last().is_none_or(|line| line.trim().is_empty())
    }

    fn next_line(&mut self) {
        if let Some(line) = self.lines.last_mut() {
            line.push_str(self.shell.continuation);
        }
        self.lines.push(INDENT.to_owned());
    }
}

/// Whether a word joins commands.
fn is_operator(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| "&|;{}()<>".contains(c))
}

/// What stays on one line: a word, or an option and its value.
fn pieces(command: &str, shell: &Shell) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut takes_value = false;
    for word in words(command, shell) {
        let is_option = word.starts_with('-') && word.len() > 1;
        let is_operator = is_operator(word);
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
    fn of_several_commands_each_has_its_line() {
        let command = "sudo apt-get install -y libnss3-tools && sudo mkdir -p /etc/pki/nssdb && sudo certutil -N -d \
                       sql:/etc/pki/nssdb --empty-password";
        assert_eq!(
            lines(command, System::Linux, Some(66)),
            [
                r"sudo apt-get install -y libnss3-tools && \",
                r"  sudo mkdir -p /etc/pki/nssdb && \",
                r"  sudo certutil -N -d sql:/etc/pki/nssdb --empty-password"
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
