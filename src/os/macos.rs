//! macOS: as other Unix systems.

pub use super::unix::{
    effective_user, forbid_core_dumps, has_writer, open, owner_only, path_of_bytes, share_lock, wait_for_data,
};
