//! `certposture ca upload`: the upload itself, and what to do with the UUID that it gives.

use super::{Common, Exit, body, options};
use crate::cli::online::{account_id, api, has_no_credentials, notice};
use crate::cli::with_document;
use crate::cloudflare::{Account, DEFAULT_BASE, Uploaded};
use crate::report::upload::{self as report, Outcome};
use crate::report::{Format, Style};
use crate::upload::Body;
use anyhow::Context as _;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{self, Write as _};

pub fn run(arguments: &options::Upload, common: &Common, style: &Style) -> anyhow::Result<Exit> {
    with_document("certposture.upload/1", common, upload(arguments, common, style))
}

fn upload(arguments: &options::Upload, common: &Common, style: &Style) -> anyhow::Result<Exit> {
    let Some(body) = body::prepare(&arguments.body, common)? else { return Ok(Exit::Fail) };
    if arguments.dry_run {
        return rehearse(arguments, &body, common, style);
    }
    let api = api(&arguments.access)?;
    let account = Account::new(&api, &arguments.access.account_id);
    let (object, outcome) = match account.upload(&body.json(), &fingerprints(&body))? {
        Uploaded::New(object) => (object, Outcome::New),
        Uploaded::Already(object) => (object, Outcome::Already),
    };
    tell(&object, outcome, &body, common, style)
}

/// Everything but the upload. Without credentials there is nothing to ask the account with.
fn rehearse(
    arguments: &options::Upload,
    body: &Body,
    common: &Common,
    style: &Style,
) -> anyhow::Result<Exit> {
    let id = account_id(&arguments.access)?;
    if has_no_credentials(&arguments.access) {
        notice(
            "no credentials are set, so the account was not asked whether the certificate is there already",
        );
        return show(&format!("{DEFAULT_BASE}/accounts/{id}/mtls_certificates"), body);
    }
    let api = api(&arguments.access)?;
    let account = Account::new(&api, id);
    match account.find(&fingerprints(body))? {
        Some(there) => tell(&there, Outcome::Already, body, common, style),
        None => show(&account.upload_address(), body),
    }
}

fn show(address: &str, body: &Body) -> anyhow::Result<Exit> {
    notice(&format!("this would be sent to {address} with POST; nothing was uploaded"));
    let mut output = io::stdout().lock();
    output.write_all(&body.shown())?;
    output.write_all(b"\n")?;
    output.flush()?;
    Ok(Exit::Pass)
}

fn tell(
    object: &Value,
    outcome: Outcome,
    body: &Body,
    common: &Common,
    style: &Style,
) -> anyhow::Result<Exit> {
    let id = object["id"].as_str().context("the API named no ID for the certificate")?;
    match common.format {
        Format::Json => report::json(id, object, outcome)?,
        _ => report::text(id, outcome, &body.chosen, style)?,
    }
    // Sent now or there before: the rule can name it.
    Ok(Exit::Pass)
}

/// SHA-256 of each certificate in the body.
fn fingerprints(body: &Body) -> BTreeSet<String> {
    body.chosen.iter().map(|certificate| certificate.sha256().to_owned()).collect()
}
