//! What `certposture` alone prints: the main commands with an example each.

use super::Exit;
use std::io::{self, Write as _};

const OVERVIEW: &str = "\
certposture tells why Cloudflare's client-certificate device posture check passes or fails on this machine.

  check    the verdict, why, and what to change
             certposture check --cn device-042 --ca root-ca.pem
  list     what the certificate stores hold
             certposture list --cn device-042
  verify   certificates against the CA: signature, chain, dates
             certposture verify --ca root-ca.pem device-042.pem
  ca       is this the file to upload?
             certposture ca inspect root-ca.pem
  explain  what a reason code means and how to fix it
             certposture explain nickname-differs

More commands, and all options: certposture --help
";

/// Printed to standard output, for it is help; the status says that no command was given.
pub fn print() -> anyhow::Result<Exit> {
    io::stdout().write_all(OVERVIEW.as_bytes())?;
    Ok(Exit::Usage)
}
