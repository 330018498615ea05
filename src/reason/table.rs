//! The one table of reason codes.
//!
//! The texts are Markdown without headings or lists: `certposture explain` prints them as they stand.
//! Words in capitals in a command are for the reader to replace.

use super::{Command, Texts, Weight};

macro_rules! codes {
    ($($stage:ident $heading:literal {
        $($variant:ident $text:literal $weight:ident {
            $(short: $short:literal,)?
            $(rank: $rank:literal,)?
            seen: $seen:literal,
            why: $why:literal,
            fix: $fix:literal,
            $($label:literal: $command:expr,)*
        })*
    })*) => {
        /// What a reason code is about: the part of the check in which it is found.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Stage {
            $(#[doc = $heading] $stage,)*
        }

        impl Stage {
            /// The heading in `docs/reasons.md`.
            pub const fn heading(self) -> &'static str {
                match self { $(Self::$stage => $heading,)* }
            }
        }

        /// A stable reason code; each variant says what certposture saw.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $($(#[doc = $seen] $variant,)*)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$($(Self::$variant,)*)*];

            /// The code as users and scripts see it.
            pub const fn as_str(self) -> &'static str {
                match self { $($(Self::$variant => $text,)*)* }
            }

            /// The stage of the check that it belongs to.
            pub const fn stage(self) -> Stage {
                match self { $($(Self::$variant => Stage::$stage,)*)* }
            }

            /// One or two words for a cell of a table; empty where it never stands in one.
            pub const fn short(self) -> &'static str {
                match self { $($(Self::$variant => concat!($($short)?),)*)* }
            }

            /// Where it is told among others of its severity: below 0 before most, above 0 after.
            pub const fn rank(self) -> i8 {
                match self { $($(Self::$variant => 0 $(+ $rank)?,)*)* }
            }

            /// How much it weighs.
            pub const fn weight(self) -> Weight {
                match self { $($(Self::$variant => Weight::$weight,)*)* }
            }

            /// Its texts.
            pub const fn texts(self) -> Texts {
                match self {
                    $($(Self::$variant => Texts {
                        seen: $seen,
                        why: $why,
                        fix: $fix,
                        commands: &[$(Command { label: $label, line: $command },)*],
                    },)*)*
                }
            }
        }
    };
}

const PULL: &str = "certposture pull --account-id ACCOUNT_ID --rule-id RULE_ID -o BUNDLE.json";
const UPLOAD: &str = "certposture ca upload CA.pem";
const SHOW_ISSUER: &str = "openssl x509 -in CERTIFICATE.pem -noout -issuer";
const SHOW_SUBJECT: &str = "openssl x509 -in CERTIFICATE.pem -noout -subject";
const SHOW_ALL: &str = "openssl x509 -in CERTIFICATE.pem -noout -text";
const SHOW_ALL_OF_CA: &str = "openssl x509 -in CA.pem -noout -text";
const RENAME: &str = "sudo certutil --rename -d sql:/etc/pki/nssdb -n NICKNAME --new-n COMMON_NAME";
const NEW_DATABASE: &str =
    "sudo mkdir -p /etc/pki/nssdb && sudo certutil -N -d sql:/etc/pki/nssdb --empty-password";
const REPAIR_DATABASE: &str = "sudo certutil -L -X -d sql:/etc/pki/nssdb";
const NAME_P12: &str =
    "openssl pkcs12 -export -name COMMON_NAME -in CERTIFICATE.pem -inkey KEY.pem -out DEVICE.p12";
const IMPORT_LINUX: &str = "sudo pk12util -i DEVICE.p12 -d sql:/etc/pki/nssdb";
const IMPORT_MACOS: &str = "sudo security import DEVICE.p12 -k /Library/Keychains/System.keychain";
const IMPORT_WINDOWS: &str = "certutil -user -importpfx My DEVICE.pfx";
const DELETE_MACOS: &str = "sudo security delete-certificate -Z SHA1 /Library/Keychains/System.keychain";
const CLOCK_LINUX: &str = "timedatectl";
const CLOCK_MACOS: &str = "sudo sntp -sS time.apple.com";
const CLOCK_WINDOWS: &str = "w32tm /resync";

codes! {
    Rule "The rule" {
        RuleMalformed "rule-malformed" Unknown {
            seen: "The rule file is not a client-certificate rule as Cloudflare's API writes it: \
                   the JSON cannot be read, or a field that is needed is missing or of the wrong kind.",
            why: "The rule says what the client looks for. Without it there is nothing to judge by.",
            fix: "Fetch the rule again and save the answer unchanged: one rule, a list of rules, or the \
                  whole envelope with its `result`. For a `client_certificate` rule the common name is \
                  enough: leave the file out and give the name with `--cn`",
            "certposture": PULL,
        }
        RuleTypeUnsupported "rule-type-unsupported" Unknown {
            seen: "The rule's type is neither `client_certificate` nor `client_certificate_v2`.",
            why: "Only these two types look for a client certificate. A device posture rule of another \
                  type checks something else.",
            fix: "Take the ID of the client-certificate rule from the list of posture rules, where the \
                  field `type` tells them apart, and fetch that rule",
            "certposture": PULL,
        }
        RuleOsMismatch "rule-os-mismatch" Unknown {
            seen: "The rule is for another operating system than this device or store, or it is matched to one \
                   system and made for another.",
            why: "A client runs a rule only on the platforms that the rule names: in `match`, and for \
                  `client_certificate_v2` in `operating_system` too. Here the rule decides nothing.",
            fix: "Judge the rule that is made for this system, or run certposture on a device of the \
                  rule's system. If certificate files came from another system, say which with `--os`",
        }
        RuleEmptyList "rule-empty-list" Unknown {
            seen: "A list in the rule has entries, and none of them is a value.",
            why: "Such a list can mean that anything will do or that nothing can match. Which of the two the \
                  client takes it for is not documented. An empty list is something else: what the API writes for a condition \
                  that is not set.",
            fix: "Edit the check in the Zero Trust dashboard: give the list a value, or remove the \
                  condition that it belongs to",
        }
        RuleEkuUnknown "rule-eku-unknown" Unknown {
            seen: "`extended_key_usage` in the rule has a value other than `clientAuth` and \
                   `emailProtection`.",
            why: "The API knows these two values only. What the client makes of another one is not \
                  documented.",
            fix: "Edit the rule: `clientAuth` (1.3.6.1.5.5.7.3.2), `emailProtection` \
                  (1.3.6.1.5.5.7.3.4) or both, spelled exactly so",
        }
        RuleCaMismatch "rule-ca-mismatch" Unknown {
            seen: "The rule's `certificate_id` stands for another certificate than the CA file given.",
            why: "The client compares with the certificate that was uploaded under that ID. A verdict \
                  about another CA would say nothing about this rule.",
            fix: "Judge with the file that was uploaded, or fetch the rule and its CA together. If the \
                  given file is the right CA, upload it and put its new ID into the rule",
            "certposture": PULL,
            "certposture": UPLOAD,
        }
        RuleVariableUnknown "rule-variable-unknown" Unknown {
            seen: "A name in the rule contains a variable other than `${serial_number}` and `${hostname}`.",
            why: "Only these two variables are documented. What the client makes of another is not, so the \
                  name that it looks for is unknown.",
            fix: "Edit the check in the Zero Trust dashboard: use one of the two variables, in lower \
                  case and with braces, or write the name out",
        }
        RuleVariableUnresolved "rule-variable-unresolved" Unknown {
            seen: "The rule uses `${serial_number}` or `${hostname}`, and this device's value could not \
                   be read.",
            why: "The client puts the value in place before it compares. Without it the name that it \
                  looks for is unknown. On Linux only root may read the serial number.",
            fix: "Run certposture as an administrator, or give the value yourself with `--serial-number` or \
                  `--hostname`",
            "Linux": "sudo cat /sys/class/dmi/id/product_serial",
            "macOS": "ioreg -rd1 -c IOPlatformExpertDevice | grep IOPlatformSerialNumber",
            "Windows": "(Get-CimInstance Win32_BIOS).SerialNumber",
        }
        VariableNotFilled "variable-not-filled" Unknown {
            short: "variable",
            seen: "A name in the rule is a variable of a device manager, a shell or a template, such as \
                   `$SERIALNUMBER`, `{{DeviceName}}` or `%HOSTNAME%`; or one of the rule's own variables in a \
                   `client_certificate` rule.",
            why: "The client fills in `${serial_number}` and `${hostname}` in a `client_certificate_v2` rule and \
                  nothing else, so no certificate can be meant by this name. What was to stand there is not known \
                  here.",
            fix: "Write `${serial_number}` or `${hostname}` in a `client_certificate_v2` rule. A rule of the original \
                  type has no variables: make a new check in its place",
        }
        SerialPlaceholder "serial-placeholder" Warning {
            seen: "The rule uses `${serial_number}`, and this device's serial number is a placeholder of its firmware, \
                   such as `To be filled by O.E.M.`, `Default string` or `0`.",
            why: "Every machine of that make has the same text, so that it names no device, and no certificate is \
                  issued for it on purpose.",
            fix: "Set the serial number with the maker's firmware tool, or issue certificates under `${hostname}` and \
                  use that in the rule",
            "Linux": "sudo cat /sys/class/dmi/id/product_serial",
            "Windows": "(Get-CimInstance Win32_BIOS).SerialNumber",
        }
        ResultExpiresEarly "result-expires-early" Warning {
            seen: "The rule's `expiration` is less than two of its schedules.",
            why: "A result that has expired counts no more. When the client checks late or misses one check, as after \
                  sleep, the device has no result until the next, and the check counts as failed.",
            fix: "Set the expiration to at least twice the schedule, or leave it empty: a result then counts until \
                  the next one",
        }
        CnIsADn "cn-is-a-dn" FaultOrWarning {
            short: "whole subject",
            seen: "The rule's common name is a distinguished name or begins with `CN=`.",
            why: "The look-ups compare it with the common name alone, or with the nickname on Linux. Only the \
                  original look-up on Windows searches the whole subject.",
            fix: "Put the common name alone into the rule: what stands after `CN=`, up to the next comma",
            "OpenSSL": SHOW_SUBJECT,
        }
        HostnameForm "hostname-form" Warning {
            short: "host name",
            rank: -11,
            seen: "The name, or an alternative name, matches only with another form of this device's host \
                   name than the usual one.",
            why: "A host name has several forms: short, with its domain, LocalHostName on macOS, NetBIOS \
                  on Windows. Which one replaces `${hostname}` is not documented, so the client may \
                  decide otherwise.",
            fix: "Compare once with the posture log of this device, then judge with `--hostname` and the \
                  form that proved right. To be independent of it, issue certificates under \
                  `${serial_number}`",
            "Linux": "hostname; hostname -f",
            "macOS": "hostname; scutil --get LocalHostName",
            "Windows": "hostname; $env:COMPUTERNAME",
        }
        LogDiffers "log-differs" Warning {
            seen: "Cloudflare's own record of the check ends otherwise than the verdict reached here.",
            why: "What Cloudflare recorded is what counts for access until the next result. The difference \
                  mostly comes from something that can be named: another rule or device, another user, an older \
                  client, a run before log-in, or a result from before a change.",
            fix: "Read what the comparison says that it means, let the client check again, and compare with the \
                  new record",
            "certposture": "certposture log POSTURE-LOG.ndjson --rule BUNDLE.json",
        }
        CnMissing "cn-missing" Unknown {
            seen: "No common name is given for a `client_certificate` rule, or one that nobody can see; or \
                   `--cn` is given an empty text.",
            why: "This type finds certificates by the common name alone, and the API requires the field. A \
                  `client_certificate_v2` rule may have none, but an empty `--cn` is more often a script's \
                  variable that was not set.",
            fix: "Give the name as the rule has it with `--cn`, or the rule itself with `--rule`. It is \
                  in the check's form in the Zero Trust dashboard, under Common name. Leave `--cn` out for a \
                  `client_certificate_v2` rule without a name",
        }
        CnPadded "cn-padded" FaultOrWarning {
            short: "spaces",
            rank: -8,
            seen: "The common name in the rule begins or ends with white space, or contains invisible \
                   characters.",
            why: "Every look-up compares the name as it stands, so the certificate would have to carry \
                  the same extra characters. Mostly they come along when a name is pasted.",
            fix: "Edit the check in the Zero Trust dashboard and type the common name anew",
        }
        CnShellSpecial "cn-shell-special" FaultOrWarning {
            rank: -8,
            seen: "The common name in the rule contains characters that mean something to PowerShell: \
                   `* ? [ ] $`, a backtick or a quotation mark.",
            why: "The documented look-up on Windows puts the name into a double-quoted string and compares \
                  with `-like`. There `$` and the backtick change the text, a quotation mark ends it, and \
                  `*`, `?` and brackets are wildcards: the certificate meant can be missed and others \
                  matched. Where a variable's value depends on the session, as that of `$HOME` or `$env:NAME` \
                  does, or code would run, nobody can tell from here what is looked for: the verdict is unknown.",
            fix: "Issue the certificate under a name of letters, digits, dots and hyphens, and put that \
                  name into the rule. Where the name must stay, the report says how to write it for \
                  PowerShell. A `client_certificate_v2` rule compares the name as it stands",
        }
        CnIsTheCa "cn-is-the-ca" Warning {
            rank: -12,
            seen: "The common name in the rule is the uploaded CA's own.",
            why: "The rule asks for the name of the client certificate. With the CA's name the check can \
                  at best prove that the CA certificate is installed, and any device may have that.",
            fix: "Put the client certificate's common name into the rule. It is the part after `CN=` of \
                  the certificate's subject",
            "OpenSSL": SHOW_SUBJECT,
        }
    }

    UploadedCa "The uploaded CA" {
        CaUnreadable "ca-unreadable" Unknown {
            seen: "The CA file is missing, empty, or holds no certificate in PEM or DER form.",
            why: "Every certificate is judged against the uploaded CA. Without it there is no verdict.",
            fix: "Give the CA certificate as PEM, from the line `-----BEGIN CERTIFICATE-----` to the line \
                  `-----END CERTIFICATE-----`. If the file is damaged, ask whoever runs the CA for its \
                  certificate",
            "certposture": "certposture ca inspect CA.pem",
        }
        CaNotGiven "ca-not-given" Unknown {
            seen: "Nobody said which CA certificate was uploaded, and the verdict depends on it.",
            why: "The check passes when a certificate was issued under the uploaded CA. Everything else could \
                  be judged: where another fault is certain, that one leads.",
            fix: "Give the certificate that was uploaded with `--ca FILE`. It is the file that was put into the \
                  Zero Trust dashboard or sent to the API, and whoever runs the CA has it; `certposture pull` \
                  fetches it together with the rule",
            "certposture": PULL,
        }
        CaNotACa "ca-not-a-ca" FaultOriginalOnly {
            rank: -4,
            seen: "The uploaded certificate is not a CA: it has no basic constraints with the CA flag set, or the \
                   API says that it was uploaded with `\"ca\": false`.",
            why: "Only a CA's signature counts (RFC 5280 §4.2.1.9 and §6.1.4 (k)), so no certificate \
                  validates against this file. Often it is the client certificate itself that was \
                  uploaded. Whether a `client_certificate_v2` rule looks at the flag is not documented.",
            fix: "Upload the certificate of the CA that issued the client certificate, which is the one \
                  whose subject equals the client certificate's issuer, and put its ID into the rule",
            "OpenSSL": SHOW_ISSUER,
            "certposture": UPLOAD,
        }
        CaIsTheClientCertificate "ca-is-the-client-certificate" Fault {
            short: "itself",
            seen: "The certificate that was uploaded as the CA is the client certificate itself.",
            why: "For `client_certificate_v2` the uploaded certificate must have signed the client certificate. This \
                  one was signed by somebody else, its issuer.",
            fix: "Upload the certificate of the CA that the client certificate names as its issuer, and put the ID \
                  that the upload returns into the rule",
            "OpenSSL": SHOW_ISSUER,
            "certposture": UPLOAD,
        }
        CaExpired "ca-expired" FaultOriginalOnly {
            rank: -4,
            seen: "The uploaded CA certificate has expired.",
            why: "certposture applies the CA's own dates, as most validators do, although RFC 5280 §6.1 \
                  leaves that open for a trust anchor. After its last day nothing validates against it. \
                  Whether a `client_certificate_v2` rule looks at the dates is not documented.",
            fix: "Ask whoever runs the CA for its renewed certificate, upload it and put its new ID into \
                  the rule. Client certificates remain good if the CA kept its name and key; otherwise \
                  they have to be issued again",
            "certposture": UPLOAD,
        }
        CaNotYetValid "ca-not-yet-valid" FaultOriginalOnly {
            rank: -4,
            seen: "The uploaded CA certificate is not valid yet.",
            why: "certposture applies the CA's own dates; before its first day nothing validates against \
                  it. Whether a `client_certificate_v2` rule looks at the dates is not documented.",
            fix: "Look at this device's clock first. If it is right, wait for the day, or upload the CA \
                  certificate that is in force now",
            "Linux": CLOCK_LINUX,
            "macOS": CLOCK_MACOS,
            "Windows": CLOCK_WINDOWS,
        }
        CaKeyUsage "ca-key-usage" FaultOriginalOnly {
            rank: -4,
            seen: "The uploaded CA certificate has a key usage extension without keyCertSign.",
            why: "With such an extension the CA's key may sign certificates only if keyCertSign is set \
                  (RFC 5280 §4.2.1.3 and §6.1.4 (n)). Whether a `client_certificate_v2` rule looks at it \
                  is not documented.",
            fix: "Ask whoever runs the CA for a CA certificate with keyCertSign and with the same name and \
                  key, so that issued certificates remain good. Upload it and put its ID into the rule",
            "certposture": UPLOAD,
        }
        CaNotSelfSigned "ca-not-self-signed" Warning {
            rank: 1,
            seen: "The uploaded CA is not self-signed, so it is an intermediate CA and not a root.",
            why: "Cloudflare asks for a root CA for `client_certificate`, and for the CA that signed the \
                  client certificate directly for `client_certificate_v2`. certposture ends the chain at \
                  the uploaded certificate in both cases; what the client of an original rule does with an \
                  intermediate is not documented.",
            fix: "Leave it as it is for a `client_certificate_v2` rule if this CA signs the client \
                  certificates. For an original rule, upload the root to follow the documentation",
        }
        CaSeveralCertificates "ca-several-certificates" Warning {
            rank: -11,
            seen: "The CA file holds more than one certificate.",
            why: "certposture lets each of them count. Which ones the client uses when several are \
                  uploaded together is not documented, so a pass here may be a failure there.",
            fix: "Upload a file with one certificate: the direct issuer of the client certificates for \
                  `client_certificate_v2`, the root for `client_certificate`. Give intermediates to \
                  certposture with `--intermediate`",
        }
        CaWithPrivateKey "ca-with-private-key" Warning {
            rank: 1,
            seen: "The CA file also holds a private key.",
            why: "The posture check needs the certificate alone. Whoever has the CA's key can issue \
                  certificates that pass. certposture does not use, show or keep the key.",
            fix: "Make a copy without the key for this purpose and keep the key off the devices. If others \
                  could read this file, tell whoever runs the CA",
            "OpenSSL": "openssl x509 -in CA.pem -out CA-CERTIFICATE.pem",
        }
    }

    Store "The stores" {
        StoreMissing "store-missing" Fault {
            seen: "The store that the client searches is not there, or one of its files is missing.",
            why: "The documented look-up finds nothing then. For an NSS database certutil needs both \
                  `cert9.db` and `key4.db`; without either it prints SEC_ERROR_BAD_DATABASE and no \
                  certificate.",
            fix: "Create the store and install the client certificate with its private key. `certutil -N` \
                  also makes a missing `key4.db` and keeps the certificates that are there. Where a \
                  `client_certificate_v2` rule names files, put them at the rule's paths",
            "Linux": NEW_DATABASE,
            "Linux": IMPORT_LINUX,
        }
        StoreEmpty "store-empty" Fault {
            seen: "The store that the client searches holds no certificate.",
            why: "The documented look-up has nothing to find, whatever the rule says.",
            fix: "Install the client certificate with its private key in this store",
            "Linux": IMPORT_LINUX,
            "macOS": IMPORT_MACOS,
            "Windows": IMPORT_WINDOWS,
        }
        StoreCorrupt "store-corrupt" Fault {
            seen: "The store that the client searches is damaged: a file of it is cut short, is of \
                   another format, or was left in the middle of a change.",
            why: "The documented look-up fails on it as well and returns no certificate; certutil prints \
                  SEC_ERROR_BAD_DATABASE.",
            fix: "Copy the files somewhere safe. If a file whose name ends in `-journal` lies beside the \
                  database, `certutil -L -X` settles the interrupted change. Otherwise restore the \
                  database from a backup, or move it away, create a new one and install the client \
                  certificate with its private key again",
            "Linux": REPAIR_DATABASE,
            "Linux": NEW_DATABASE,
            "Linux": IMPORT_LINUX,
        }
        StoreDenied "store-denied" Unknown {
            seen: "This user may not read the store that the client searches, or it is another system's and \
                   nobody can read it here.",
            why: "The client runs as root or SYSTEM and can read it all the same, so it may see \
                  certificates that cannot be seen from here.",
            fix: "Run the same certposture command again as an administrator: behind `sudo` on Linux and \
                  macOS, in an elevated prompt of the same user on Windows. Of another system's store, give a \
                  copy or an export",
        }
        StoreLocked "store-locked" Unknown {
            seen: "Another process holds the store locked, or the file is encrypted with a pass phrase.",
            why: "certutil waits one second for a lock and then finds nothing. Whether the client comes at \
                  such a moment or at a better one cannot be told, and no more can what an encrypted file \
                  holds.",
            fix: "Run the check again in a moment. If the lock remains, find the process that holds it and \
                  let it finish. Of an encrypted PKCS #12 file, give the certificate alone",
            "Linux": "sudo fuser -v /etc/pki/nssdb/cert9.db /etc/pki/nssdb/key4.db",
            "OpenSSL": "openssl pkcs12 -in DEVICE.p12 -nokeys -clcerts -out CERTIFICATE.pem",
        }
        StoreLegacyDbm "store-legacy-dbm" Unknown {
            seen: "The NSS directory holds a database of the old format, `cert8.db`, alone or beside `cert9.db`.",
            why: "When it is alone, whether `certutil -d sql:` reads it depends on how NSS was built for the \
                  system: some builds read the old format without a word, others refuse it. Beside a \
                  `cert9.db` it is never read.",
            fix: "Convert it with a certutil that still reads the old format. When it is alone, `certutil -L -X` \
                  makes `cert9.db` and `key4.db` from it; beside a `cert9.db`, `certutil --merge --source-dir \
                  dbm:DIR -d sql:DIR` copies its certificates and keys. Without such a certutil, install the \
                  client certificate with its private key again",
            "Linux": REPAIR_DATABASE,
            "Linux": NEW_DATABASE,
        }
        StoreRedirected "store-redirected" Unknown {
            seen: "`pkcs11.txt` in the NSS directory sends certutil to another database.",
            why: "The database that is searched is then not the one in this directory. With \
                  libnsssysinit.so, as on Fedora and RHEL, it also depends on who asks: root is given the \
                  system's database, everybody else their own first.",
            fix: "Run certposture as root, as the client runs. If that does not settle it, name the \
                  database that `pkcs11.txt` points to with `--store`, or restore the usual `pkcs11.txt` \
                  if the redirection is not wanted",
        }
        StoreOtherUser "store-other-user" Unknown {
            seen: "The `CurrentUser` store that was read is not the signed-in user's.",
            why: "`Cert:\\CurrentUser\\My` is a store of its own for each user. What counts is the store \
                  of the user who is signed in; certposture ran as somebody else, such as SYSTEM or \
                  another administrator.",
            fix: "Run certposture as the signed-in user, in a prompt that was not opened with another \
                  account",
            "Windows": "whoami",
        }
        EvidenceUnreadable "evidence-unreadable" Unknown {
            seen: "What was given in place of a store cannot be read: it is damaged, encrypted, or of a form \
                   that holds no certificate. The report names the form where it is a known one.",
            why: "A file that cannot be read says nothing about the device that it came from. The client reads \
                  its own store there, whatever became of the copy.",
            fix: "Send it again in a form that is read: PEM, DER, PKCS #7, PKCS #12, a keychain, an NSS \
                  database's folder, a serialized store (`.sst`), a `.reg` export or the text of `certutil \
                  -store`. Copy files as they are, not as text in a mail",
            "Windows": "Get-ChildItem Cert:\\CurrentUser\\My | Export-Certificate -Type SST -FilePath my.sst",
            "macOS": "security find-certificate -a -p /Library/Keychains/System.keychain > system.pem",
            "Linux": "sudo tar -C /etc/pki -cf nssdb.tar nssdb",
        }
        PathNotPem "path-not-pem" Fault {
            short: "not PEM",
            seen: "A path that the rule lists leads to a certificate or private key in another form than PEM (DER, \
                   PKCS #7, PKCS #12), or to a folder.",
            why: "A `client_certificate_v2` rule's paths are documented as PEM files. That something here reads the \
                  other form does not mean that the client does.",
            fix: "Put the certificate and its private key as PEM where the rule's path leads. The commands convert the \
                  usual forms; for a folder, list its files in the rule",
            "openssl": "openssl x509 -inform DER -in CERTIFICATE.der -out CERTIFICATE.pem",
            "openssl": "openssl pkey -inform DER -in KEY.der -out KEY.pem",
            "openssl": "openssl pkcs12 -in FILE.p12 -nodes -out FILE.pem",
            "openssl": "openssl pkcs7 -print_certs -in FILE.p7b -out FILE.pem",
        }
        ImportRefused "import-refused" Warning {
            seen: "A PKCS #12 file is encrypted as OpenSSL 3 does by default (PBES2 with AES), and it is to be imported \
                   on macOS or Windows.",
            why: "`security import` on macOS, and Windows Server 2016 and older, refuse such a file and say that the pass \
                  phrase is wrong, which it is not. So the certificate never reaches the store that the client \
                  searches.",
            fix: "Make the file with the older algorithms, which every importer reads: `openssl pkcs12 -export -legacy`. \
                  The second command makes one from the file that there is",
            "openssl": "openssl pkcs12 -export -legacy -in CERTIFICATE.pem -inkey KEY.pem -out FILE.p12",
            "openssl": "openssl pkcs12 -in FILE.p12 -nodes | openssl pkcs12 -export -legacy -out LEGACY.p12",
        }
        EvidencePartial "evidence-partial" Unknown {
            seen: "What was given is a part of what the client searches: a single certificate or an export, \
                   or another store that the rule has the client search was not given.",
            why: "That a certificate is not in a part proves nothing: the device may have it in the rest. \
                  What is wrong with the certificates that were given stays true of them.",
            fix: "Give every store that the rule's client searches, whole, and say which one each file is: \
                  `--store 'windows:CurrentUser\\My=FILE'`, `windows:LocalMachine\\My=FILE`, \
                  `keychain:system=FILE`, `nss:/etc/pki/nssdb=FOLDER`",
            "certposture": "certposture check --cn NAME --ca CA.pem --store 'windows:CurrentUser\\My=FILE'",
        }
        EvidenceAssumed "evidence-assumed" Warning {
            seen: "The certificate that passes is in a file that nobody said the origin of.",
            why: "It is judged as if it lay in the store that the client searches. On the device it may lie \
                  in another store, and then the check fails.",
            fix: "Say which store the file is a copy of, as in `--store 'windows:LocalMachine\\My=FILE'` or \
                  `--store keychain:system=FILE`. Without that the verdict holds for a certificate that is \
                  in the right place",
        }
        RoleNotSearched "role-not-searched" Unknown {
            seen: "The certificate is in a copy of a store that the rule's client does not search, and the \
                   store that it does search was not given.",
            why: "The certificate may be in both. Where the searched store was seen too and lacks it, the \
                  code is `found-elsewhere` and the check fails.",
            fix: "Give the store that the client searches as well: the report names it",
        }
        ModuleNotRead "module-not-read" UnknownOrWarning {
            seen: "The NSS database names a PKCS #11 module, and certposture does not read its tokens.",
            why: "A smart card, a TPM, SoftHSM and p11-kit-proxy are modules in `pkcs11.txt`. certutil finds \
                  what is on their tokens under TOKEN:NICKNAME, and prints certificates there that have the \
                  subject of the one it finds; a plain name never finds one. What the client does under \
                  `client_certificate_v2` is not documented.",
            fix: "List the tokens with the command below. If the client certificate is on one, import it into \
                  the database as well; its key may stay on the token. If the module is not needed, take it \
                  out of the database with `modutil -delete`",
            "Linux": "certutil -L -d sql:/etc/pki/nssdb -h all",
        }
        LocationNotSearched "location-not-searched" Warning {
            rank: -8,
            seen: "The rule names a location that is not searched on this system, or names none.",
            why: "The trust store `user` exists for Windows only. Where a rule has no `locations`, \
                  certposture searches the system store, and on Windows the user's too; where the client \
                  looks then is not documented.",
            fix: "Edit the check in the Zero Trust dashboard and choose the OS locations where the \
                  certificate is installed: the system store or, on Linux, the paths of its files",
        }
    }

    LookUp "The look-up" {
        NotFound "not-found" Fault {
            seen: "No certificate that the rule can mean was found in any place looked at.",
            why: "The documented look-up returns nothing that this rule is meant for, and no stored \
                  certificate comes near the name.",
            fix: "Install this device's client certificate with its private key in the store that the \
                  client searches. On Linux its PKCS #12 file needs the common name as friendly name. If \
                  the certificate is there under a name of its own, put that name into the rule; \
                  `certposture list` shows what the stores hold",
            "OpenSSL": NAME_P12,
            "Linux": IMPORT_LINUX,
            "macOS": IMPORT_MACOS,
            "Windows": IMPORT_WINDOWS,
        }
        NicknameDiffers "nickname-differs" Fault {
            short: "nickname",
            seen: "A certificate in the NSS database has exactly the wanted common name, but another \
                   nickname.",
            why: "`certutil -n` compares the nickname, byte for byte, and for a name with an @ the e-mail \
                  address. It never looks at the common name.",
            fix: "Make the common name the certificate's nickname. If another certificate has that \
                  nickname, rename the other one first. At the next import the friendly name in the \
                  PKCS #12 file becomes the nickname",
            "Linux": RENAME,
            "OpenSSL": NAME_P12,
        }
        NicknameOtherSubject "nickname-other-subject" Fault {
            short: "nickname",
            seen: "The wanted name is the nickname of a certificate with another common name, and that \
                   certificate does not validate.",
            why: "certutil returns the certificate with this nickname and those with the same subject, and \
                  no others. A certificate with the right common name stays unseen.",
            fix: "Give the certificate that is in the way a nickname of its own, then give the wanted one \
                  to the right certificate, or install that",
            "Linux": "sudo certutil --rename -d sql:/etc/pki/nssdb -n COMMON_NAME --new-n OTHER_NICKNAME",
            "Linux": RENAME,
        }
        NicknameColon "nickname-colon" Fault {
            short: "colon",
            seen: "The wanted name contains a colon.",
            why: "certutil takes what stands before a colon for the name of a token and looks for the rest \
                  there. No token has that name, so nothing is found, whatever the nicknames are.",
            fix: "Issue the certificate under a name without a colon, install it with that name as \
                  nickname and put the name into the rule. A `client_certificate_v2` rule compares the \
                  common name itself and is not affected",
            "OpenSSL": NAME_P12,
            "Linux": IMPORT_LINUX,
        }
        CaseDiffers "case-differs" Fault {
            short: "case",
            seen: "The nearest name differs from the wanted one only in upper and lower case.",
            why: "certutil compares nicknames byte for byte, so case counts. The look-ups of macOS and \
                  Windows and a `client_certificate_v2` rule ignore case.",
            fix: "Rename the certificate to the spelling in the rule, or put the certificate's spelling \
                  into the rule",
            "Linux": RENAME,
        }
        WhitespaceDiffers "whitespace-differs" Fault {
            short: "spaces",
            seen: "The nearest name differs from the wanted one only in white space.",
            why: "White space counts in every look-up: a space at either end, a doubled space or a \
                  no-break space makes another name.",
            fix: "Put the name into the rule exactly as the certificate has it. If the certificate's own \
                  name is the wrong one, have it issued again; on Linux a new nickname is enough for a \
                  `client_certificate` rule",
            "Linux": RENAME,
        }
        UnicodeDiffers "unicode-differs" Fault {
            short: "look-alike",
            seen: "The nearest name looks the same but consists of other Unicode characters, such as \
                   a letter and a separate accent, a look-alike letter, or a hyphen that is not the \
                   ASCII one.",
            why: "Linux compares bytes and Windows compares UTF-16 code units. Only macOS takes a letter \
                  with a separate accent for the same as the single character, and no look-up takes \
                  look-alikes for each other.",
            fix: "Correct the side with the odd character: type the name in the rule anew or, if the \
                  certificate has it, issue the certificate again. Names of plain ASCII letters, digits \
                  and hyphens avoid this",
        }
        TemplateDiffers "template-differs" Fault {
            short: "template",
            seen: "The certificate's common name has this device's serial number or host name in it, and the rule has \
                   other text around the variable.",
            why: "A `client_certificate_v2` rule compares the whole name after it has filled in the variable, so \
                  `${serial_number}` does not match `NW-4711`, nor `${hostname}` a name with its domain.",
            fix: "Write the text around the variable in the rule as the certificates have it, such as \
                  `NW-${serial_number}`. Never put one device's name into the rule of all",
        }
        SeveralCommonNames "several-common-names" Warning {
            short: "several",
            seen: "The certificate's subject has more than one common name.",
            why: "Which of them a `client_certificate_v2` rule is compared with is not documented; certposture lets \
                  any of them match.",
            fix: "Have the certificate issued with one common name, and the other names as subject alternative \
                  names",
            "OpenSSL": SHOW_SUBJECT,
        }
        NameInSanOnly "name-in-san-only" FaultOrWarning {
            short: "SAN only",
            rank: -10,
            seen: "The wanted name is a subject alternative name of a certificate and not its common name.",
            why: "The common name is the CN attribute of the subject; alternative names do not stand in \
                  for it. The original look-up on Linux still finds an e-mail address there, because NSS \
                  indexes it, but a `client_certificate_v2` rule does not.",
            fix: "Have the certificate issued with this common name. Or use a `client_certificate_v2` rule \
                  that leaves the common name empty and lists the name as a subject alternative name",
            "OpenSSL": SHOW_ALL,
        }
        NameInOtherAttribute "name-in-other-attribute" FaultOrWarning {
            short: "other part",
            rank: -10,
            seen: "The wanted name is in another attribute of a certificate's subject, such as OU, and \
                   not in the common name.",
            why: "macOS and a `client_certificate_v2` rule compare the common name alone. The original \
                  look-up on Windows searches the whole subject and still matches.",
            fix: "Put the certificate's common name into the rule, or have the certificate issued with \
                  the wanted one",
            "OpenSSL": SHOW_SUBJECT,
        }
        SubstringOnly "substring-only" Warning {
            short: "loose",
            rank: -10,
            seen: "The look-up returns the certificate although its common name is not the wanted one: the \
                   wanted name is only a part of it or, on Linux, only the certificate's nickname.",
            why: "For `client_certificate` macOS asks for a common name that contains the wanted text, and \
                  Windows for such a subject, so host1 finds host10 too; certutil asks for the nickname \
                  alone. A `client_certificate_v2` rule compares the whole common name and would fail.",
            fix: "Put the certificate's whole common name into the rule",
        }
        Shadowed "shadowed" Fault {
            short: "shadowed",
            seen: "Another certificate whose common name contains the wanted one comes first in the \
                   keychain.",
            why: "`security find-certificate` prints only the first match, in the order in which \
                  certificates were last added or changed. Whether that one has expired or has a key \
                  plays no part.",
            fix: "Delete the certificate in the way if it is no longer needed, as after a renewal; its \
                  SHA-1 fingerprint picks it out. If it is needed, put a common name into the rule that \
                  only the right certificate contains",
            "macOS": DELETE_MACOS,
        }
        FoundElsewhere "found-elsewhere" Fault {
            short: "elsewhere",
            seen: "The right certificate is on this device, but in a place that the client does not \
                   search.",
            why: "For `client_certificate` the client reads only the system's NSS database, the System \
                  keychain or `CurrentUser\\My`; for `client_certificate_v2`, only the rule's \
                  `locations`. A user's own NSS database, a browser profile, the login keychain or \
                  another Windows store is not among them.",
            fix: "Install the certificate with its private key in the store that is searched; it may \
                  have to be exported first. A `client_certificate_v2` rule can instead name the place: \
                  the local machine store on Windows, the paths of the files on Linux",
            "Linux": "pk12util -o DEVICE.p12 -n NICKNAME -d sql:OTHER_DIRECTORY",
            "Linux": IMPORT_LINUX,
            "macOS": IMPORT_MACOS,
            "Windows": IMPORT_WINDOWS,
        }
        FileFallback "file-fallback" Warning {
            rank: -11,
            seen: "A file in the working directory has the wanted name, and certutil would read it.",
            why: "When no nickname matches, certutil opens the name as a file and prints it if it is a DER \
                  certificate. Its answer then depends on the directory that it is run in, and the \
                  client's directory is not documented.",
            fix: "Install the certificate in the database under its nickname instead of relying on the \
                  file. To see what the database alone answers, run the look-up in another directory",
            "Linux": "cd / && certutil -L -d sql:/etc/pki/nssdb -r -n COMMON_NAME",
        }
    }

    Signature "Issuer and signature" {
        IssuerDiffers "issuer-differs" Fault {
            short: "other CA",
            rank: -5,
            seen: "Another CA issued the certificate: its issuer is not the uploaded CA, and no chain at \
                   hand leads there.",
            why: "The certificate has to be signed by the uploaded CA, directly or, for \
                  `client_certificate`, through intermediates (RFC 5280 §6.1.3 (a)).",
            fix: "Upload the CA that issued the certificate, which is the one whose subject equals the \
                  certificate's issuer, and put its ID into the rule. Or have the certificate issued by \
                  the CA that is uploaded",
            "OpenSSL": SHOW_ISSUER,
            "certposture": UPLOAD,
        }
        SignatureInvalid "signature-invalid" Fault {
            short: "signature",
            rank: -6,
            seen: "The issuer's name is right, but the signature does not verify with the issuer's key.",
            why: "A name is only a label; the key decides (RFC 5280 §6.1.3 (a)(1)). Either the CA was given \
                  a new key under its old name, or the certificate is damaged. The authority key \
                  identifier and the CA's subject key identifier tell: if they differ, it is another key.",
            fix: "With another key, upload the CA certificate that has the key which signed, or have the \
                  certificate issued again. With the same identifiers, install the certificate again from \
                  its original file",
            "OpenSSL": SHOW_ALL,
            "OpenSSL": SHOW_ALL_OF_CA,
        }
        SelfSigned "self-signed" Fault {
            short: "self-signed",
            rank: -5,
            seen: "The certificate is signed with its own key, and it is not the uploaded CA.",
            why: "No CA vouches for it, so no chain leads from it to the uploaded CA.",
            fix: "Have a certificate issued for this device by the uploaded CA and install it in place of \
                  this one",
        }
        IsTheCa "is-the-ca" Warning {
            short: "the CA",
            rank: -12,
            seen: "The look-up returns the uploaded CA certificate itself.",
            why: "It validates against itself, so the check can pass on it. That proves only that the CA \
                  certificate is installed, and not that this device has a client certificate.",
            fix: "Put the client certificate's common name into the rule, and choose one that the CA's \
                  name does not contain",
        }
        AlgorithmUnsupported "algorithm-unsupported" Unknown {
            short: "algorithm",
            rank: -6,
            seen: "A key or a signature is of a kind that is not checked here.",
            why: "A signature that was not checked is taken neither for a good one nor for a bad one: the client may \
                  know the algorithm. certposture checks RSA (PKCS #1 v1.5 and PSS), ECDSA on P-256, P-384 and \
                  P-521, Ed25519, and ML-DSA. It does not check MD5 signatures, which anybody can forge.",
            fix: "Have the certificate issued with a common algorithm, such as ECDSA on P-256 or RSA with \
                  2048 bits or more, signed with SHA-256",
        }
        AlgorithmWeak "algorithm-weak" Warning {
            short: "weak",
            rank: 2,
            seen: "A certificate in the chain is signed with SHA-1, or has an RSA key of fewer than 2048 \
                   bits.",
            why: "Such a signature proves less than it should, because forging it is feasible or expected to \
                  become so. The documentation of the check sets no limit, and certposture does not either.",
            fix: "Have the certificate issued again with SHA-256 and an RSA key of 2048 bits or more, or \
                  ECDSA on P-256",
        }
    }

    Chain "The chain" {
        IssuedByIntermediate "issued-by-intermediate" Fault {
            short: "intermediate",
            seen: "The certificate's chain reaches the uploaded CA, but an intermediate CA signed the \
                   certificate.",
            why: "For `client_certificate_v2` the uploaded certificate must be the one that directly \
                  signed the client certificate; the client does not evaluate the chain.",
            fix: "Upload the intermediate, which is the CA whose subject equals the certificate's issuer, \
                  and put its ID into the rule",
            "OpenSSL": SHOW_ISSUER,
            "certposture": UPLOAD,
        }
        ChainUndocumented "chain-undocumented" Warning {
            short: "intermediate",
            rank: -11,
            seen: "The certificate validates against the uploaded CA through an intermediate CA.",
            why: "The older documentation asks for a certificate that validates against the uploaded root; \
                  the newer one says that the client does not evaluate the chain. An original rule may \
                  therefore pass or fail on this certificate.",
            fix: "To be sure, upload the CA that signed the certificate directly and put its ID into the \
                  rule",
            "OpenSSL": SHOW_ISSUER,
            "certposture": UPLOAD,
        }
        IntermediateMissing "intermediate-missing" Fault {
            short: "incomplete",
            rank: -5,
            seen: "The certificate's issuer is not the uploaded CA, and the issuer's own certificate is \
                   not at hand.",
            why: "Without it the signatures cannot be followed any further. The issuer may be an \
                  intermediate below the uploaded CA or an unrelated CA.",
            fix: "Ask whoever runs the CA for the issuer's certificate. Give it to certposture with \
                  `--intermediate` to see whether the chain ends at the uploaded CA; if it does, install \
                  it in the searched store, or upload it as the CA of the rule",
            "OpenSSL": SHOW_ISSUER,
        }
        ClientCertificateIsACa "client-certificate-is-a-ca" Warning {
            short: "a CA",
            rank: -12,
            seen: "What passes is the certificate of a CA, such as an intermediate in a chain file, and no client \
                   certificate.",
            why: "It was issued by the uploaded CA, so it satisfies the rule. But every device may have it, and \
                  this device's own certificate may not pass at all.",
            fix: "Put the client certificate's common name into the rule, or upload the CA that signs the client \
                  certificates directly. Ask for the private key too, which nobody has of a CA",
            "OpenSSL": SHOW_ISSUER,
            "certposture": UPLOAD,
        }
        PathLengthExceeded "path-length-exceeded" FaultOriginalOnly {
            rank: -3,
            seen: "There are more intermediate CAs in the chain than a CA above them allows.",
            why: "The path length in a CA's basic constraints limits the CAs that may follow it (RFC 5280 \
                  §4.2.1.9 and §6.1.4 (l)). The chain is not evaluated for `client_certificate_v2`.",
            fix: "Have the client certificate issued by a CA higher up, or ask whoever runs the CA for a \
                  CA certificate with a greater path length",
        }
        NameConstraintViolated "name-constraint-violated" FaultOriginalOnly {
            rank: -2,
            seen: "A name in the certificate lies outside the names that a CA in the chain may issue for.",
            why: "A CA's name constraints bind every certificate below it (RFC 5280 §4.2.1.10 and §6.1.3 \
                  (b) and (c)). Whether a `client_certificate_v2` rule looks at them is not documented.",
            fix: "Have the certificate issued under a permitted name, or by a CA whose constraints allow \
                  the name",
            "OpenSSL": SHOW_ALL_OF_CA,
        }
        UnknownCriticalExtension "unknown-critical-extension" FaultOriginalOnly {
            rank: -2,
            seen: "A certificate in the chain has a critical extension that is not understood.",
            why: "A certificate with an unrecognized critical extension must be rejected (RFC 5280 §4.2, \
                  §6.1.4 (o) and §6.1.5 (f)). What the client makes of it for `client_certificate_v2` is \
                  not documented.",
            fix: "Ask whoever runs the CA to issue the certificate without that extension, or with the \
                  extension not marked critical",
            "OpenSSL": SHOW_ALL,
        }
        IssuerNotACa "issuer-not-a-ca" FaultOriginalOnly {
            rank: -3,
            seen: "A certificate in the chain signed another one although it is not a CA.",
            why: "Only a certificate with the CA flag in its basic constraints may issue others (RFC 5280 \
                  §4.2.1.9 and §6.1.4 (k)). The chain is not evaluated for `client_certificate_v2`.",
            fix: "Have the client certificate issued by a real CA. If the issuer's certificate merely \
                  lacks the flag, ask whoever runs the CA to issue it again with the flag set",
        }
        IssuerKeyUsage "issuer-key-usage" FaultOriginalOnly {
            rank: -3,
            seen: "A CA in the chain has a key usage extension without keyCertSign.",
            why: "Such a key may not sign certificates (RFC 5280 §4.2.1.3 and §6.1.4 (n)). The chain is \
                  not evaluated for `client_certificate_v2`.",
            fix: "Ask whoever runs the CA for a certificate of that intermediate with keyCertSign and with \
                  the same name and key, and install it in place of the old one",
        }
        LimitReached "limit-reached" Unknown {
            short: "limit",
            rank: -5,
            seen: "The search for a chain, or the comparison of names with constraints, ended at one of \
                   certposture's own limits.",
            why: "Certificates that bear the same names, or chains of more than 16 certificates, can keep any \
                  search busy for ever, so it has limits. Beyond them it is not known whether there is a chain.",
            fix: "Give the certificates of the chain alone, with `--intermediate` and a store or file that holds \
                  nothing else. A chain of more than 16 certificates is no chain that a client is likely to take",
        }
    }

    Validity "Validity" {
        Expired "expired" Fault {
            short: "expired",
            rank: -1,
            seen: "The certificate has expired.",
            why: "A certificate counts only between its two dates (RFC 5280 §6.1.3 (a)(2)). An expired one \
                  fails under both rule types.",
            fix: "Renew it under the same subject, install the new one with its key in the same store, and \
                  delete the old one. On macOS the old one would otherwise remain the first match",
            "Linux": IMPORT_LINUX,
            "macOS": IMPORT_MACOS,
            "macOS": DELETE_MACOS,
            "Windows": IMPORT_WINDOWS,
        }
        NotYetValid "not-yet-valid" Fault {
            short: "not yet",
            rank: -1,
            seen: "The certificate is not valid yet.",
            why: "A certificate counts only between its two dates (RFC 5280 §6.1.3 (a)(2)). When several \
                  certificates are not valid yet, the device's clock is likely to be slow.",
            fix: "Set the clock if it is wrong. Otherwise wait for the day, or have the certificate issued \
                  with an earlier start",
            "Linux": CLOCK_LINUX,
            "macOS": CLOCK_MACOS,
            "Windows": CLOCK_WINDOWS,
        }
        ExpiresSoon "expires-soon" Warning {
            short: "soon",
            rank: -9,
            seen: "The check passes now and will fail soon, because the certificate or a CA above it \
                   expires.",
            why: "Less time is left than `--expiry-warning` asks for, which is 30 days unless it is set.",
            fix: "Renew the certificate before that day, under the same subject and in the same store. If \
                  it is the CA that expires, ask whoever runs it for its renewed certificate",
        }
    }

    Demand "Usages, key and alternative names" {
        EkuAbsent "eku-absent" Fault {
            short: "none",
            seen: "The certificate has no extended key usage extension, and the rule asks for one.",
            why: "A `client_certificate_v2` rule wants each listed usage in the extension. That a \
                  certificate without the extension may serve every purpose (RFC 5280 §4.2.1.12) does not \
                  help here.",
            fix: "Have the certificate issued with the usages that the rule lists, mostly client \
                  authentication, or clear Extended key usage in the rule",
            "OpenSSL": SHOW_ALL,
        }
        EkuMissing "eku-missing" Fault {
            short: "missing",
            seen: "The certificate's extended key usage extension lacks a usage that the rule lists.",
            why: "A `client_certificate_v2` rule wants each listed usage in the extension by its own OID; \
                  anyExtendedKeyUsage does not stand in for it.",
            fix: "Have the certificate issued with every usage that the rule lists, or remove from the \
                  rule those that the certificate need not have",
            "OpenSSL": SHOW_ALL,
        }
        PrivateKeyMissing "private-key-missing" Fault {
            short: "missing",
            seen: "The store has the certificate but not its private key.",
            why: "The rule has `check_private_key`, which asks for proof that the certificate was not \
                  merely copied from another device.",
            fix: "Install the certificate together with its key, from a PKCS #12 file. If the key is not \
                  to be had, create a new key on this device and have a certificate issued for it. On \
                  Windows, `certutil -repairstore` links the certificate to a key that is still there",
            "Linux": IMPORT_LINUX,
            "macOS": IMPORT_MACOS,
            "Windows": IMPORT_WINDOWS,
            "Windows": "certutil -user -repairstore My THUMBPRINT",
        }
        PrivateKeyMismatch "private-key-mismatch" Fault {
            short: "another's",
            seen: "The private key beside the certificate belongs to another certificate.",
            why: "The rule has `check_private_key`, and the key must belong to the certificate's public \
                  key.",
            fix: "Put the certificate's own key in its place, or the certificate that the key belongs to. \
                  They belong together when OpenSSL prints the same public key for both",
            "OpenSSL": "openssl x509 -in CERTIFICATE.pem -noout -pubkey",
            "OpenSSL": "openssl pkey -in KEY.pem -pubout",
        }
        PrivateKeyUnknown "private-key-unknown" Unknown {
            seen: "The store does not reveal whether the certificate's private key is there.",
            why: "The rule has `check_private_key`, so the verdict depends on the key.",
            fix: "Run certposture again as an administrator. For key files on Linux, see that the key can \
                  be read and is not encrypted",
        }
        KeyEncrypted "key-encrypted" Unknown {
            seen: "The private key beside the certificate is encrypted, or in OpenSSH's own form, so that nobody can \
                   tell here whether it is the certificate's.",
            why: "The rule has `check_private_key`. Whether the client takes a key that it cannot open for there is not \
                  documented, and nobody gives it a pass phrase.",
            fix: "Write the key without encryption as PEM, readable by root alone; the command asks for the pass phrase. \
                  Of an OpenSSH key, convert a copy with `ssh-keygen`",
            "openssl": "openssl pkey -in KEY.pem -out DECRYPTED.pem",
            "OpenSSH": "ssh-keygen -p -m PKCS8 -f COPY-OF-KEY",
        }
        KeyOnToken "key-on-token" Unknown {
            seen: "The NSS database holds no private key for the certificate, but a module's token may; or the key's \
                   file holds a key that only a TPM can load (`TSS2 PRIVATE KEY`).",
            why: "The rule has `check_private_key`. A key may lie on a smart card, in a TPM or in SoftHSM, whose \
                  PKCS #11 module `pkcs11.txt` names; certposture loads no module and reads no token.",
            fix: "List the keys with the command below, with the token in place. If the certificate's is among \
                  them, the client can find it too; otherwise import the certificate together with its key",
            "Linux": "certutil -K -d sql:/etc/pki/nssdb -h all",
        }
        KeyNeedsPassword "key-needs-password" Warning {
            seen: "The certificate's private key lies in an NSS database that has a password.",
            why: "The rule has `check_private_key`. That the key is there can be seen without the password, but \
                  nobody can use it without, and nobody gives the client one.",
            fix: "If the check fails on the device all the same, take the password away: the command below asks \
                  for the old one, and the new one may be empty",
            "Linux": "certutil -W -d sql:/etc/pki/nssdb",
        }
        SanAbsent "san-absent" Fault {
            short: "none",
            seen: "The certificate has no subject alternative names, and the rule asks for one.",
            why: "A `client_certificate_v2` rule that lists alternative names wants at least one of them \
                  in the certificate's extension. The common name does not stand in for it.",
            fix: "Have the certificate issued with one of the listed names as subject alternative name, or \
                  clear Subject alternative name in the rule",
            "OpenSSL": SHOW_ALL,
        }
        SanDiffers "san-differs" Fault {
            short: "differs",
            seen: "None of the certificate's subject alternative names is one that the rule lists.",
            why: "One of the listed values must equal a DNS name, e-mail address, URI or IP address in the \
                  extension, upper and lower case aside. Parts of names and wildcards do not match.",
            fix: "Put one of the certificate's alternative names into the rule, or have the certificate \
                  issued with one that the rule lists",
            "OpenSSL": SHOW_ALL,
        }
        SanOtherNameOnly "san-other-name-only" Fault {
            short: "otherName",
            seen: "The wanted value is among the certificate's subject alternative names only as an \
                   otherName, such as a Windows user principal name.",
            why: "A `client_certificate_v2` rule compares DNS names, e-mail addresses, URIs and IP \
                  addresses; an otherName never matches.",
            fix: "Have the certificate issued with the value as a DNS name or e-mail address as well, or \
                  list another of its alternative names in the rule",
            "OpenSSL": SHOW_ALL,
        }
    }

    Entry "Damaged entries" {
        CertificateUnparseable "certificate-unparseable" FaultOrUnknown {
            rank: -7,
            seen: "An entry of the store cannot be read as a certificate.",
            why: "Nothing in it can be verified. The documented look-up reads less strictly and may still \
                  return it; if nothing else could pass, the verdict is unknown.",
            fix: "Install the certificate again from its original file. If that cannot be read either, \
                  have it issued again",
        }
    }

    Client "The client" {
        ClientMissing "client-missing" Warning {
            rank: 9,
            seen: "No Cloudflare One Client (WARP) is installed on this device, as far as its package data tell.",
            why: "The client runs the posture check. Without one there is no result, whatever the stores hold: the \
                  verdict is the one that a client would reach here. With `--require-client` the check fails.",
            fix: "Install the Cloudflare One Client from Cloudflare's package repository or your device management, \
                  and enrol the device",
        }
    }
}
