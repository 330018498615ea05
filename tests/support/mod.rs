//! What tests share. Each test binary includes it and uses a part of it.
//!
//! * `forge`: certificates with real keys and signatures, right or wrong in every way
//! * `unsigned`: certificates made byte by byte, whose signatures are junk
//! * `nssdb`: NSS databases with rows of one's own
//! * `keychain`: keychain files
//! * `run`: the program, run as a user runs it
//! * `schema`: documents against the JSON Schemas of docs/schema
//! * `random`: reproducible choices

#![allow(dead_code)]

pub mod forge;
pub mod keychain;
pub mod nssdb;
pub mod random;
pub mod run;
pub mod schema;
pub mod unsigned;
