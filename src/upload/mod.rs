//! What to upload: whether a file holds the CA certificate that a rule needs, and the body with which
//! the API takes it.

mod body;
mod inspection;

pub use body::{Body, BodyError, Choice};
pub use inspection::{CaKind, Client, Fit, InspectedCa, InspectedFile, Inspection};
