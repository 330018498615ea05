//! What may be typed after `ca` and `pull`. Declarations only.

use super::OnlineCa;
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum Ca {
    /// Tell whether a file holds the certificate to upload, and for which type of rule
    #[command(after_help = INSPECT_EXAMPLES)]
    Inspect(Inspect),
    /// Print the JSON body that uploads a certificate, ready for curl
    #[command(after_help = BODY_EXAMPLE)]
    Body(Body),
    #[command(flatten)]
    Online(OnlineCa),
}

const INSPECT_EXAMPLES: &str = "Examples:\n  \
    certposture ca inspect root-ca.pem issuing-ca.pem --for device-042.pem\n  \
    certposture ca inspect root-ca.pem --store nss:/etc/pki/nssdb --format json\n\n\
    Exit status: 0 when it is the file to upload, 1 when it is not, 3 when it cannot be read.";

const BODY_EXAMPLE: &str = "Example:\n  \
    certposture ca body root-ca.pem --name example-ca |\n  \
    curl https://api.cloudflare.com/client/v4/accounts/$CLOUDFLARE_ACCOUNT_ID/mtls_certificates \\\n    \
    --header \"Authorization: Bearer $CLOUDFLARE_API_TOKEN\" \\\n    \
    --header 'Content-Type: application/json' --data @-";

#[derive(Args, Debug)]
pub struct Inspect {
    /// Files that may be the one to upload
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// A client certificate that the CA should have signed (may be repeated; --store asks about all in a store)
    #[arg(long = "for", value_name = "CERT")]
    pub clients: Vec<PathBuf>,
}

#[derive(Args, Debug)]
pub struct Body {
    /// The CA's certificate: PEM, DER, PKCS #7 or the API's JSON
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The name under which the dashboard will list it
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Of a file with several certificates, take this one alone
    #[arg(long, value_name = "N")]
    pub certificate: Option<usize>,
    /// Put this private key in too: for Gateway HTTPS inspection and block pages only
    #[arg(long, value_name = "KEY")]
    pub with_key: Option<PathBuf>,
    /// Take a certificate that is not a CA's all the same
    #[arg(long)]
    pub force: bool,
}

#[derive(Args, Debug)]
pub struct Upload {
    #[command(flatten)]
    pub body: Body,
    #[command(flatten)]
    pub access: Access,
    /// Show what would be sent, look for a duplicate, and upload nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Which account, and where the secrets are. No secret is an option: options are visible to others.
#[derive(Args, Debug)]
pub struct Access {
    /// The account's ID: 32 hexadecimal characters
    #[arg(long, value_name = "ID", env = "CLOUDFLARE_ACCOUNT_ID")]
    pub account_id: String,
    /// A file with an API token, instead of the environment
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
}

#[derive(Args, Debug)]
#[command(after_help = PULL_HELP)]
pub struct Pull {
    #[command(flatten)]
    pub access: Access,
    #[command(flatten)]
    pub rules: Rules,
    /// The bundle to write; - for standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
}

const PULL_HELP: &str = "Examples:\n  \
    certposture pull --account-id ID --rule-name 'Managed laptops' -o bundle.json\n  \
    certposture check --rule bundle.json\n\n\
    Credentials come from the environment, as for Cloudflare's own tools: CLOUDFLARE_API_TOKEN, or \
    CLOUDFLARE_EMAIL with CLOUDFLARE_API_KEY; or from --token-file. The token needs the permissions \
    \"Access: Device Posture Read\" and \"Account: SSL and Certificates Read\". The bundle holds no secret.";

/// Exactly one of them.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub struct Rules {
    /// The rule with this UUID
    #[arg(long, value_name = "ID")]
    pub rule_id: Option<String>,
    /// The rule with this name
    #[arg(long, value_name = "NAME")]
    pub rule_name: Option<String>,
    /// Every client-certificate rule of the account
    #[arg(long)]
    pub all: bool,
}
