//! `certposture` alone: what stands on this device, the likely cause, and what to run next.

use super::{Common, Exit, UsageError, invocation};
use crate::report::{Format, Style, survey as report};
use crate::store::Status;
use crate::survey::survey;
use jiff::Timestamp;

/// There is no verdict without a rule and a CA, so the status says that none can be told.
pub fn run(common: &Common, style: &Style) -> anyhow::Result<Exit> {
    if !common.store.is_empty() {
        let what = "give a command: check judges a store; certposture --help lists all";
        return Err(UsageError(what.to_owned()).into());
    }
    let survey = survey(common.at.unwrap_or_else(Timestamp::now));
    let searched = survey.places.iter().filter(|place| !place.elsewhere);
    let as_root = searched.into_iter().any(|place| place.contents.status == Status::Denied);
    let name = survey.name.as_deref().unwrap_or("COMMON_NAME");
    let next = invocation::command(survey.system, as_root, &["check", "--cn", name]);
    match common.format {
        Format::Json => report::json(&survey, &next)?,
        _ => report::table(&survey, &next, style)?,
    }
    Ok(Exit::CannotTell)
}
