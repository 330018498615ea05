//! What several tests of NSS databases share.
#![allow(dead_code)]

pub mod der;
pub mod nssdb;
pub mod random;
