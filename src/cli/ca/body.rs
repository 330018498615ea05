//! `certposture ca body`: the JSON that the API takes.

use super::{Common, Exit, options};
use crate::reason::Code;
use crate::text::shown;
use crate::upload::{Body, BodyError, Choice};
use jiff::Timestamp;
use std::io::{self, Write as _};

pub fn run(arguments: &options::Body, common: &Common) -> anyhow::Result<Exit> {
    let Some(body) = prepare(arguments, common)? else { return Ok(Exit::Fail) };
    let mut output = io::stdout().lock();
    output.write_all(&body.json())?;
    output.write_all(b"\n")?;
    output.flush()?;
    Ok(Exit::Pass)
}

/// The body, with its warnings on standard error; `None` when it was refused, which is said there too.
pub(super) fn prepare(arguments: &options::Body, common: &Common) -> anyhow::Result<Option<Body>> {
    let choice = Choice {
        file: arguments.file.clone(),
        name: arguments.name.clone(),
        certificate: arguments.certificate,
        key: arguments.with_key.clone(),
        force: arguments.force,
    };
    let body = match Body::prepare(&choice, common.at.unwrap_or_else(Timestamp::now)) {
        Ok(body) => body,
        Err(BodyError::Refused(why)) => {
            tell(&why);
            return Ok(None);
        }
        Err(unreadable) => return Err(unreadable.into()),
    };
    for (code, message) in &body.warnings {
        tell(&format!("{message} [{code}]"));
    }
    if body.has_private_key() {
        let what = "the body holds the CA's private key: let nobody else see it";
        tell(&format!("{what} [{}]", Code::CaWithPrivateKey));
    }
    Ok(Some(body))
}

fn tell(what: &str) {
    let _ = writeln!(io::stderr(), "certposture: {}", shown(what));
}
