//! What may be typed after `lab`.

use crate::lab::KeyKind;
use clap::Args;
use std::path::PathBuf;

pub const EXAMPLES: &str = "Examples:\n  \
    certposture lab /tmp/lab\n  \
    certposture lab /tmp/lab --device device-042 --days 30 --key rsa2048";

#[derive(Args, Debug)]
pub struct Lab {
    /// The folder to make; nothing in it is ever overwritten
    #[arg(value_name = "DIR")]
    pub directory: PathBuf,
    /// The common name of the client certificates
    #[arg(long, value_name = "NAME", default_value = "device-042")]
    pub device: String,
    /// For how many days they are valid
    #[arg(long, value_name = "DAYS", default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=36_500))]
    pub days: u32,
    /// The kind of their keys
    #[arg(long, value_enum, value_name = "KIND", default_value_t)]
    pub key: KeyKind,
}
