//! `certposture ca`: is this the file to upload, what does its upload look like, and the upload.

mod body;
mod inspect;
#[cfg(feature = "network")]
mod upload;

#[cfg(not(feature = "network"))]
use super::offline as upload;
use super::{Common, Exit, options};
use crate::report::Style;

pub fn run(command: &options::Ca, common: &Common, style: &Style) -> anyhow::Result<Exit> {
    match command {
        options::Ca::Inspect(arguments) => inspect::run(arguments, common, style),
        options::Ca::Body(arguments) => body::run(arguments, common),
        options::Ca::Upload(arguments) => upload::run(arguments, common, style),
    }
}
