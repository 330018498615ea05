//! The answer of `ca upload`: the UUID, and where it goes.

use super::ca::write_labelled;
use super::json::print;
use super::style::{Style, Tone};
use crate::certificate::Certificate;
use crate::text::shown;
use serde_json::{Value, json};
use std::io::{self, Write};

/// How an upload ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    New,
    /// The same certificate was in the account already; nothing was sent.
    Already,
}

/// Writes the document `certposture.upload/1`.
pub fn json(id: &str, object: &Value, outcome: Outcome) -> io::Result<()> {
    print(&json!({
        "schema": "certposture.upload/1",
        "id": id,
        "name": object["name"],
        "uploaded": outcome == Outcome::New,
        "expires_on": object["expires_on"],
    }))
}

/// Writes the UUID and what to enter where in the dashboard.
pub fn text(id: &str, outcome: Outcome, chosen: &[Certificate], style: &Style) -> io::Result<()> {
    let mut output = io::BufWriter::new(anstream::AutoStream::always(io::stdout().lock()));
    let id = shown(id);
    match outcome {
        Outcome::New => write_labelled(&mut output, style, Tone::Good, "OK", &format!("Uploaded as {id}"))?,
        Outcome::Already => {
            let what =
                format!("The same certificate is in the account already, as {id}. Nothing was uploaded.");
            write_labelled(&mut output, style, Tone::Doubtful, "THERE", &what)?;
        }
    }
    write_fields(&mut output, &id, chosen)?;
    output.flush()
}

/// Where the rule is made, and what goes into its form.
fn write_fields(output: &mut impl Write, id: &str, chosen: &[Certificate]) -> io::Result<()> {
    let ca = chosen.first().and_then(|certificate| certificate.subject().bounded_common_name());
    let not_the_ca = ca.map(|name| format!(", and not \"{}\", the CA's", shown(&name))).unwrap_or_default();
    write!(
        output,
        "
Now make the rule, in the dashboard:
  Zero Trust > Reusable components > Posture checks > Cloudflare One Client checks
  > Add a check > Client certificate

  Name              any name that no other check has
  Operating system  one; make a check for each system
  OS locations      Windows: Current User or Local Machine, where the certificates are installed
                    macOS: System keychain
                    Linux: NSSDB (/etc/pki/nssdb), or the absolute paths of PEM files
  Certificate ID    {id}
  Common name       the client certificate's{not_the_ca};
                    ${{serial_number}} and ${{hostname}} stand for the device's own

Results appear under Insights > Logs > Posture logs. To try it on a device:
  certposture pull --account-id ID --rule-name NAME -o bundle.json
  certposture check --rule bundle.json
"
    )
}
