//! `certposture ca`: is this the file to upload, what does its upload look like, and the upload.

mod body;
mod inspect;
#[cfg(feature = "network")]
pub(super) mod upload;

use super::{Common, Exit, online, options};
use crate::report::Style;

pub fn run(command: &options::Ca, common: &Common, style: &Style) -> anyhow::Result<Exit> {
    match command {
        options::Ca::Inspect(arguments) => inspect::run(arguments, common, style),
        options::Ca::Body(arguments) => body::run(arguments, common),
        options::Ca::Online(command) => online::run_ca(command, common, style),
    }
}
