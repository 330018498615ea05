//! Tests of the library: bytes and a time in, values out. Nothing is run.
//!
//! * `architecture`: the order of the modules is the one of docs/architecture.md
//! * `capture_limits`: how many certificates, places and levels a capture may have
//! * `certutil_experiments`: what certutil was seen to print, look-up by look-up
//! * `host_names`: which form of the host name a variable stands for
//! * `keychain`: keychain files and the look-up in them
//! * `nss_store`: reading NSS databases, whole and damaged
//! * `osquery`: captures from the rows that osquery gives
//! * `reasons_document`: docs/reasons.md is the table of codes
//! * `twins`: less evidence never turns a verdict into its opposite
//! * `verification`: each fault of a certificate or chain, with its code and message

#[path = "../support/mod.rs"]
mod support;

mod architecture;
mod capture_limits;
mod certutil_experiments;
mod host_names;
mod keychain;
mod nss_store;
mod osquery;
mod reasons_document;
mod twins;
mod verification;
