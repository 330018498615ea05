//! What PowerShell makes of a name typed between double quotes.
//!
//! The rules are those of `ScanStringExpandable` and `ScanVariable` (PowerShell,
//! engine/parser/tokenizer.cs), in the dialect of Windows PowerShell 5.1.

use std::iter::Peekable;
use std::str::Chars;

/// The text of a double-quoted string after expansion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expanded {
    pub text: String,
    /// The variables in it, as written. Each was replaced by its value in a fresh session, which is
    /// nothing for a variable that does not exist.
    pub variables: Vec<String>,
    /// One of them has a value that depends on the device or the session, so that the text is not known.
    pub unknown: bool,
    /// Backticks were taken away, or a doubled quote made one.
    pub escapes: bool,
}

/// Why a typed name leaves no string that could be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// A double quote in the name ends the string; what follows is read as code.
    QuoteEndsString(char),
    /// `$(…)`: PowerShell would run what is in the parentheses.
    RunsCode,
    /// A reference such as `$a:` or `${}` that is a syntax error.
    BadVariable(String),
}

/// Expands the text between the quotes of `"…"`.
pub fn expand(typed: &str) -> Result<Expanded, Broken> {
    let mut expanded = Expanded::default();
    let mut rest = typed.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '`' => {
                // The quote that ends the string is all that can follow a backtick at its end:
                // it is escaped, so the string goes on.
                let escaped = rest.next().ok_or(Broken::QuoteEndsString('`'))?;
                expanded.text.push(escape(escaped));
                expanded.escapes = true;
            }
            '$' => expand_dollar(&mut rest, &mut expanded)?,
            quote if is_double_quote(quote) => {
                let second = rest.next_if(|&c| is_double_quote(c));
                expanded.text.push(second.ok_or(Broken::QuoteEndsString(quote))?);
                expanded.escapes = true;
            }
            _ => expanded.text.push(c),
        }
    }
    Ok(expanded)
}

/// PowerShell takes the typographic double quotes for straight ones.
pub fn is_double_quote(c: char) -> bool {
    matches!(c, '"' | '\u{201c}' | '\u{201d}' | '\u{201e}')
}

/// What a backtick makes of the character after it; version 6 added `e` and `u{…}`.
fn escape(c: char) -> char {
    match c {
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        other => other,
    }
}

/// Reads what follows a `$`: a variable, a piece of code, or nothing special.
fn expand_dollar(rest: &mut Peekable<Chars<'_>>, expanded: &mut Expanded) -> Result<(), Broken> {
    let name = match rest.peek() {
        Some('(') => return Err(Broken::RunsCode),
        Some('{') => braced_name(rest)?,
        Some(&c) if starts_variable(c) => plain_name(rest)?,
        _ => {
            expanded.text.push('$');
            return Ok(());
        }
    };
    expanded.text.push_str(automatic_value(&name));
    expanded.unknown |= depends_on_the_session(&name);
    expanded.variables.push(format!("${name}"));
    Ok(())
}

fn starts_variable(c: char) -> bool {
    is_name_character(c) || matches!(c, '$' | '^' | ':')
}

fn is_name_character(c: char) -> bool {
    matches!(c, '_' | '?') || c.is_alphanumeric()
}

/// `$$`, `$^` and `$?` end after one character. A colon belongs to the name, as in `$env:PATH`,
/// unless another follows it.
fn plain_name(rest: &mut Peekable<Chars<'_>>) -> Result<String, Broken> {
    let mut name = String::new();
    name.extend(rest.next());
    if matches!(name.as_str(), "$" | "^" | "?") {
        return Ok(name);
    }
    while let Some(&c) = rest.peek() {
        let colons = rest.clone().take(2).take_while(|&c| c == ':').count();
        if !is_name_character(c) && colons != 1 {
            break;
        }
        name.push(c);
        rest.next();
    }
    checked(name)
}

fn braced_name(rest: &mut Peekable<Chars<'_>>) -> Result<String, Broken> {
    rest.next();
    let mut name = String::new();
    loop {
        match rest.next().ok_or_else(|| Broken::BadVariable("${".to_owned()))? {
            '}' => return checked(name),
            '{' => return Err(Broken::BadVariable("${{".to_owned())),
            '`' => name.extend(rest.next().map(escape)),
            c => name.push(c),
        }
    }
}

/// A scope or drive must be followed by a name.
fn checked(name: String) -> Result<String, Broken> {
    if name.is_empty() || name.ends_with(':') || name.starts_with(':') {
        return Err(Broken::BadVariable(format!("${name}")));
    }
    Ok(name)
}

/// The value of a variable that a session starts with; nothing for one that has none.
fn automatic_value(name: &str) -> &'static str {
    match name.to_ascii_lowercase().as_str() {
        "?" | "true" => "True",
        "false" => "False",
        _ => "",
    }
}

/// Variables that a session has, and whose values cannot be determined from here (about_Automatic_Variables and
/// about_Preference_Variables of Windows PowerShell 5.1). Within `where{…}`, `$_` is the certificate.
const OF_THE_SESSION: &[&str] = &[
    "$",
    "^",
    "_",
    "args",
    "confirmpreference",
    "consolefilename",
    "debugpreference",
    "erroractionpreference",
    "error",
    "errorview",
    "event",
    "eventargs",
    "eventsubscriber",
    "executioncontext",
    "foreach",
    "formatenumerationlimit",
    "home",
    "host",
    "informationpreference",
    "input",
    "lastexitcode",
    "matches",
    "maximumaliascount",
    "maximumdrivecount",
    "maximumerrorcount",
    "maximumfunctioncount",
    "maximumhistorycount",
    "maximumvariablecount",
    "myinvocation",
    "nestedpromptlevel",
    "ofs",
    "outputencoding",
    "pid",
    "profile",
    "progresspreference",
    "psboundparameters",
    "pscmdlet",
    "pscommandpath",
    "psculture",
    "psdefaultparametervalues",
    "psemailserver",
    "pshome",
    "psitem",
    "psscriptroot",
    "pssenderinfo",
    "pssessionapplicationname",
    "pssessionconfigurationname",
    "pssessionoption",
    "psuiculture",
    "psversiontable",
    "pwd",
    "sender",
    "shellid",
    "stacktrace",
    "switch",
    "this",
    "verbosepreference",
    "warningpreference",
    "whatifpreference",
];

/// A name with a colon is that of a drive or scope, such as `env:PATH`.
fn depends_on_the_session(name: &str) -> bool {
    name.contains(':') || OF_THE_SESSION.contains(&name.to_ascii_lowercase().as_str())
}
