//! What the man pages say beside help: exit statuses, variables of the environment, and what else to read.

/// What a number that a command ends with means.
type Status = (u8, &'static str);

const USAGE: Status = (2, "Wrong usage; standard error says what.");

/// What each command ends with; `command` as it is typed behind `certposture`.
pub fn exit_statuses(command: &str) -> Vec<Status> {
    let (pass, fail, unknown) = meanings(command);
    let status = |number, meaning: &'static str| (!meaning.is_empty()).then_some((number, meaning));
    [status(0, pass), status(1, fail), Some(USAGE), status(3, unknown)].into_iter().flatten().collect()
}

/// Of 0, 1 and 3; empty where the command never ends so.
fn meanings(command: &str) -> (&'static str, &'static str, &'static str) {
    match command {
        "" => (
            "Of a command: it passed or did its work.",
            "Of a command: the check fails.",
            "It cannot be told. Without a command always: there is no verdict without a rule and a CA.",
        ),
        "check" => (
            "The check passes. (With --format nagios the statuses are a plugin's: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.)",
            "The check fails, or what --require-client or --fail-on-expiry demands is not there.",
            "It cannot be told: the verdict is unknown, or the rule or CA cannot be read.",
        ),
        "list" => (
            "The stores were read.",
            "With --cn: nothing has that name, and the look-up returns nothing.",
            "A store could not be read.",
        ),
        "verify" => (
            "The path of every certificate passes.",
            "The path of some certificate fails.",
            "Something could not be read or judged.",
        ),
        "ca inspect" => {
            ("It is the file to upload.", "It is not the file to upload.", "Something cannot be read.")
        }
        "ca body" => {
            ("The body was written.", "The certificate is not one to upload.", "The file cannot be read.")
        }
        "ca upload" => (
            "The certificate is in the account: uploaded now, or there before.",
            "The certificate is not one to upload.",
            "The file cannot be read, or the API refused or did not answer.",
        ),
        "log" => (
            "Record and verdict agree, or there is no verdict to compare.",
            "Record and verdict differ.",
            "It cannot be told.",
        ),
        "pull" => (
            "The bundle was written.",
            "It was written, and a rule in it has a fault.",
            "The API refused or did not answer, or what a rule means cannot be told.",
        ),
        "fleet" => (
            "Every line was judged.",
            "A device has an outcome that --fail-on names.",
            "A file or a line could not be read.",
        ),
        "lab" | "capture" | "completions" | "man" => ("It was written.", "", "It could not be written."),
        _ => ("It was printed.", "", ""),
    }
}

/// A variable that the program reads, and which commands do.
struct Variable {
    name: &'static str,
    meaning: &'static str,
    commands: &'static [&'static str],
}

const STORES: &[&str] =
    &["", "check", "list", "verify", "ca inspect", "ca body", "ca upload", "log", "capture"];
const COLORED: &[&str] = &["", "check", "list", "verify", "ca inspect", "ca upload", "log", "pull", "fleet"];
const ONLINE: &[&str] = &["pull", "ca upload"];

const VARIABLES: &[Variable] = &[
    Variable {
        name: "CERTPOSTURE_P12_PASSWORD",
        meaning: "The pass phrase of PKCS #12 files (.p12, .pfx). The empty one is always tried too.",
        commands: STORES,
    },
    Variable { name: "NO_COLOR", meaning: "Set to anything: no colour.", commands: COLORED },
    Variable {
        name: "CLICOLOR_FORCE",
        meaning: "Set to anything but 0: colour even where the output is no terminal.",
        commands: COLORED,
    },
    Variable {
        name: "COLUMNS",
        meaning: "The width to lay out for, instead of the terminal's.",
        commands: COLORED,
    },
    Variable {
        name: "LC_ALL, LC_CTYPE, LANG",
        meaning: "The first that is set says whether the terminal shows UTF-8; otherwise the output is ASCII.",
        commands: COLORED,
    },
    Variable {
        name: "CLOUDFLARE_API_TOKEN",
        meaning: "An API token. Never an option: options are visible to others.",
        commands: ONLINE,
    },
    Variable {
        name: "CLOUDFLARE_EMAIL, CLOUDFLARE_API_KEY",
        meaning: "The older kind of credentials, instead of a token.",
        commands: ONLINE,
    },
    Variable { name: "CLOUDFLARE_ACCOUNT_ID", meaning: "Stands in for --account-id.", commands: ONLINE },
    Variable {
        name: "CLOUDFLARE_BASE_URL",
        meaning: "The API's address, where it is another.",
        commands: ONLINE,
    },
    Variable {
        name: "HTTPS_PROXY, ALL_PROXY",
        meaning: "The proxy through which the API is reached.",
        commands: ONLINE,
    },
    Variable {
        name: "SSL_CERT_FILE",
        meaning: "On Linux: the CAs that are trusted for the connection.",
        commands: ONLINE,
    },
];

/// The variables that a command reads, each with its meaning.
pub fn environment(command: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let read = VARIABLES.iter().filter(move |variable| variable.commands.contains(&command));
    read.map(|variable| (variable.name, variable.meaning))
}

/// Programs of others that look at the same things.
pub const OTHERS: [&str; 3] = ["certutil(1)", "openssl-verify(1ssl)", "warp-cli(1)"];
