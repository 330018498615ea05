//! Codes about the chain.

macro_rules! chain_codes {
    ([$next:ident $($further:ident)*] $($codes:tt)*) => { $next! { [$($further)*] $($codes)*
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
    }};
}
