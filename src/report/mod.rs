//! What a person or a program reads. Formatting only: nothing here decides anything.

mod fit;
pub mod html;
pub mod json;
pub mod list;
mod style;
pub mod table;
pub mod verify;

pub use style::{ColorChoice, Format, Style};
