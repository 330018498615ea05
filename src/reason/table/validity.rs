//! Codes about validity periods.

macro_rules! validity_codes {
    ([$next:ident $($further:ident)*] $($codes:tt)*) => { $next! { [$($further)*] $($codes)*
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
    }};
}
