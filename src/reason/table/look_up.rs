//! Codes about the look-up.

macro_rules! look_up_codes {
    ([$next:ident $($further:ident)*] $($codes:tt)*) => { $next! { [$($further)*] $($codes)*
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
    }};
}
