//! Why Cloudflare's client-certificate device posture check passes or fails on this machine.
//!
//! The modules are the stages of one pipeline; data flows from left to right and never back:
//!
//! ```text
//! rule + uploaded CA ─┐
//!                     ├─ store ─► lookup ─► verification ─► diagnosis ─► report
//! device facts ───────┘
//! ```

pub mod answer;
pub mod ca;
pub mod capture;
pub mod certificate;
pub mod cli;
#[cfg(feature = "network")]
pub mod cloudflare;
pub mod device;
pub mod diagnosis;
pub mod encoding;
pub mod fleet;
pub mod input;
mod lab;
pub mod log;
pub mod lookup;
mod os;
pub mod posture;
pub mod reason;
mod report;
pub mod rule;
pub mod store;
mod survey;
pub mod system;
pub mod text;
mod upload;
pub mod verification;
pub mod warp_diag;
