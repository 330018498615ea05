//! What a person or a program reads. Formatting only: nothing here decides anything.

pub mod ca;
mod command;
mod detail;
pub mod explain;
mod fit;
mod fitted;
pub mod fleet;
mod gist;
mod grid;
mod heading;
pub mod html;
pub mod json;
pub mod junit;
pub mod lab;
pub mod list;
pub mod log;
pub mod markdown;
pub mod nagios;
mod presented;
pub mod prometheus;
#[cfg(feature = "network")]
pub mod pull;
mod style;
pub mod survey;
pub mod table;
#[cfg(feature = "network")]
pub mod upload;
pub mod verify;
mod warp_diag;

pub use style::{ColorChoice, Format, Style};
