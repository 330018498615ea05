//! Codes about damaged entries.

macro_rules! entry_codes {
    ([$next:ident $($further:ident)*] $($codes:tt)*) => { $next! { [$($further)*] $($codes)*
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
    }};
}
