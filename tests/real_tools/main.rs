//! Tests that compare with, or run, programs from outside: certutil, openssl, tmux, Chromium and others,
//! which ci/install.sh installs. Feature `external-tools`.
//!
//! * `browser`: drives Chromium, for `html_report`
//! * `automation`: the scripts of docs/automation with what they call
//! * `certutil`: the real look-up and ours, on the same databases
//! * `concurrency`: checks of a database that certutil writes at the same time
//! * `fleet_page`: every command of docs/fleet.md, with ten thousand devices (feature `network`)
//! * `formats`: what other tools take, in those tools
//! * `html_report`: the HTML report in a browser
//! * `lab_tools`: the lab's files in OpenSSL's and NSS's hands
//! * `no_network`: nothing opens a connection unasked (feature `network`)
//! * `openssl`: random chains, judged here and by `openssl verify`
//! * `pkits`: NIST's Public Key Interoperability Test Suite
//! * `recipes`: the recipes of docs/json.md in jq
//! * `scenarios`: one planted fault each; the proposed command is run and the check repeated
//! * `terminal`: what stands on a real terminal

#[path = "../support/mod.rs"]
mod support;

mod automation;
mod browser;
mod certutil;
/// The server that plays the API.
#[allow(dead_code)]
#[path = "../program/cloudflare/server.rs"]
mod cloudflare_server;
mod concurrency;
#[cfg(feature = "network")]
mod fleet_page;
mod formats;
mod html_report;
mod lab_tools;
#[cfg(feature = "network")]
mod no_network;
mod openssl;
mod pkits;
mod recipes;
mod scenarios;
mod terminal;
