//! What may be typed after `log`. Declarations only.

use clap::Args;
use std::ffi::OsString;
use std::path::PathBuf;

pub(super) const HELP: &str = "Examples:\n  \
    certposture log posture.ndjson --rule bundle.json\n  \
    certposture log posture.ndjson --ca root-ca.pem\n  \
    certposture check --rule bundle.json --log posture.ndjson\n\n\
    FILE holds what Logpush writes of the dataset device_posture_results (a line, NDJSON or a list), or a user's identity \
    as the Access API answers with it.\n\
    Without --rule, the rule is what the record says that was expected.\n\n\
    Exit status: 0 when record and verdict agree or there is no verdict to compare, 1 when they differ, 3 when that cannot \
    be told.";

#[derive(Args, Debug)]
pub struct Log {
    /// The records
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The posture rule, as for `check`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["cn", "rule_type"])]
    pub rule: Option<PathBuf>,
    /// Of a file with several rules, the one with this UUID
    #[arg(long, value_name = "ID", requires = "rule", conflicts_with = "cn")]
    pub rule_id: Option<String>,
    /// Of a file with several rules, the one with this name
    #[arg(long, value_name = "NAME", requires = "rule", conflicts_with = "cn")]
    pub rule_name: Option<String>,
    /// The rule's common name, as for `check`
    #[arg(long, value_name = "NAME", requires = "ca")]
    pub cn: Option<OsString>,
    /// The CA certificate that was uploaded, as for `check`
    #[arg(long, value_name = "FILE")]
    pub ca: Vec<PathBuf>,
    /// Certificates that may stand between the client certificate and the CA
    #[arg(long, value_name = "FILE")]
    pub intermediate: Vec<PathBuf>,
}
