//! Whether a certificate is what the rule asks for: signature, path (RFC 5280 §6), validity, usages
//! and names. Pure functions of bytes and a time; nothing here reads a file or prints.
//!
//! Nothing stops at the first fault: each function returns every [`Finding`](crate::reason::Finding).

mod algorithm;
mod alternative_name;
mod anchor;
mod authority;
mod constraints;
mod der;
mod extensions;
mod general_name;
mod issuer;
mod judgement;
mod key;
mod memo;
mod message;
mod ml_dsa;
mod multiples;
mod names;
mod pkcs1;
mod presented;
mod reading;
mod search;
mod usage;
mod validate;
mod validity;
mod verifier;

pub use anchor::anchor;
pub use authority::Authority;
pub use judgement::{Direct, Judgement, Path, Purpose};
pub use memo::Memo;
pub use message::unparseable;
pub use presented::{alternative_names, usages};
pub use reading::Reading;
pub use verifier::Verifier;
