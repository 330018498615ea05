//! Codes about usages, keys and alternative names.

macro_rules! demand_codes {
    ([$next:ident $($further:ident)*] $($codes:tt)*) => { $next! { [$($further)*] $($codes)*
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
    }};
}
