//! What `--store` may name.

use crate::cli::UsageError;
use crate::store::{BadSpec, Given};
use std::path::PathBuf;
use std::str::FromStr;

/// A store or a copy of one; or a capture, which holds all stores of a device.
#[derive(Clone, Debug)]
pub enum StoreArgument {
    Given(Given),
    Capture(CaptureArgument),
}

/// `capture:FILE`, or `capture:FILE#ID` for one of several devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureArgument {
    pub file: PathBuf,
    pub id: Option<String>,
}

impl FromStr for StoreArgument {
    type Err = BadSpec;

    fn from_str(text: &str) -> Result<Self, BadSpec> {
        let Some(named) = text.strip_prefix("capture:").filter(|named| !named.is_empty()) else {
            return text.parse().map(Self::Given);
        };
        let whole = PathBuf::from(named);
        let parts =
            named.rsplit_once('#').filter(|(file, id)| !file.is_empty() && !id.is_empty() && !whole.exists());
        Ok(Self::Capture(match parts {
            Some((file, id)) => CaptureArgument { file: file.into(), id: Some(id.to_owned()) },
            None => CaptureArgument { file: whole, id: None },
        }))
    }
}

/// The stores among the arguments, for commands that judge no device as a whole.
///
/// # Errors
///
/// When a capture is among them.
pub fn stores(arguments: &[StoreArgument]) -> Result<Vec<Given>, UsageError> {
    let given = arguments.iter().map(|argument| match argument {
        StoreArgument::Given(given) => Ok(given.clone()),
        StoreArgument::Capture(_) => {
            Err(UsageError("a capture is read by check and fleet: give this command a store".to_owned()))
        }
    });
    given.collect()
}

/// The capture that is judged in place of stores.
///
/// # Errors
///
/// When there is something beside it.
pub fn capture(arguments: &[StoreArgument]) -> Result<Option<&CaptureArgument>, UsageError> {
    match arguments {
        [StoreArgument::Capture(capture)] => Ok(Some(capture)),
        several if several.iter().any(|one| matches!(one, StoreArgument::Capture(_))) => Err(UsageError(
            "a capture holds all stores of a device: give --store only once beside it".to_owned(),
        )),
        _ => Ok(None),
    }
}
