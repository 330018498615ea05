//! Codes about the client.

macro_rules! client_codes {
    ([$next:ident $($further:ident)*] $($codes:tt)*) => { $next! { [$($further)*] $($codes)*
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
    }};
}
