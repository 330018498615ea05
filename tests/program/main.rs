//! Tests of the built program: arguments and files in; output and exit status out. No outside tools.
//!
//! * `automation`: the shell parts of docs/automation
//! * `ca`: `ca inspect` and `ca body`
//! * `capture`: what a capture says is what `check` says on the device
//! * `check_report`: what `check` prints for people
//! * `cloudflare`: `pull` and `ca upload`, against a server that plays the API (feature `network`)
//! * `demands`: what is asked of a device beyond the check itself
//! * `details`: what tells one certificate from another, in every form of a report
//! * `fleet`: verdicts of many devices, line by line
//! * `help`: what the program says of itself
//! * `json_schema`: documents against the published schemas
//! * `keychain_fixes`: verdicts and repairs for macOS
//! * `lab`: `check` says of the lab's certificates what the lab promises
//! * `large_certificates`: certificates of megabytes
//! * `limits`: bounds on input, time and memory
//! * `listing`: what `certutil -store` prints, as evidence
//! * `log`: Cloudflare's own record beside the verdict
//! * `not_a_certificate`: what is no certificate is called what it is
//! * `nss_store`: NSS databases that only certutil may read
//! * `pass_phrases`: PKCS #12 files and where their pass phrase comes from
//! * `readme`: the README shows what the program prints
//! * `secrets`: no private key comes out again
//! * `standard_input`: `-` and other short forms
//! * `survey`: `certposture` alone
//! * `untrusted_text`: text from outside never reaches a terminal or a command as it is
//! * `verify_command`: `verify`
//! * `warp_diag`: the client's own archive beside the verdict
//! * `without_ca`: `check` judges what needs no CA

#[path = "../support/mod.rs"]
mod support;

#[cfg(unix)]
mod automation;
mod ca;
mod capture;
mod check_report;
#[cfg(feature = "network")]
mod cloudflare;
mod demands;
mod details;
mod fleet;
mod help;
mod json_schema;
#[cfg(unix)]
mod keychain_fixes;
mod lab;
#[cfg(unix)]
mod large_certificates;
mod limits;
mod listing;
#[cfg(unix)]
mod log;
mod not_a_certificate;
mod nss_store;
mod pass_phrases;
mod readme;
mod secrets;
mod standard_input;
mod survey;
mod untrusted_text;
mod verify_command;
#[cfg(unix)]
mod warp_diag;
mod without_ca;
