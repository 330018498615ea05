//! Codes about the issuer and the signature.

macro_rules! signature_codes {
    ([$next:ident $($further:ident)*] $($codes:tt)*) => { $next! { [$($further)*] $($codes)*
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
    }};
}
