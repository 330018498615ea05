//! Codes about the rule.

macro_rules! rule_codes {
    ([$next:ident $($further:ident)*] $($codes:tt)*) => { $next! { [$($further)*] $($codes)*
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
            seen: "No common name is given for a `client_certificate` rule, or one without a visible character; or \
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
    }};
}
