//! Codes about the uploaded CA.

macro_rules! uploaded_ca_codes {
    ([$next:ident $($further:ident)*] $($codes:tt)*) => { $next! { [$($further)*] $($codes)*
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
    }};
}
