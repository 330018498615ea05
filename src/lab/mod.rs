//! A sample lab: a CA, an issuing CA, and client certificates, one good and one for each common
//! fault, in every form that is installed anywhere. Made in a folder of its own; nothing else of
//! this program makes anything.

mod authority;
mod case;
mod key;
mod nss;
mod pkcs12;
mod readme;

pub use case::{CASES, Case};
pub use key::KeyKind;
pub use nss::Databases;

use crate::os;
use authority::{Authority, Dates};
use der::{EncodePem as _, pem::LineEnding};
use jiff::{SignedDuration, Timestamp};
use key::Key;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use x509_cert::der::Encode as _;

/// Opens every PKCS #12 file of a lab. It protects nothing: the same keys lie beside them in PEM.
pub const PASS_PHRASE: &str = "certposture";

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Wishes {
    /// The common name of the client certificates.
    pub device: String,
    /// For how many days they are valid.
    pub days: u32,
    pub key: KeyKind,
    /// When the lab's clock stands.
    pub at: Timestamp,
}

/// What was made.
#[derive(Debug)]
pub struct Lab {
    pub directory: PathBuf,
    pub databases: Databases,
}

/// Why no lab was made.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    #[error("{} is not empty; name a new folder: nothing is ever overwritten", .0.display())]
    NotEmpty(PathBuf),
    #[error("{}: {}", .0.display(), .1)]
    File(PathBuf, io::Error),
    #[error("the certificates could not be made: {0}")]
    Builder(#[from] x509_cert::builder::Error),
    #[error("a key could not be made: {0}")]
    Key(String),
    #[error("the dates are out of range: give fewer --days")]
    Dates,
}

impl From<der::Error> for LabError {
    fn from(error: der::Error) -> Self {
        Self::Builder(error.into())
    }
}

/// Makes the lab in `directory`, which must not exist or be empty.
pub fn make(directory: &Path, wishes: &Wishes) -> Result<Lab, LabError> {
    let folder = Folder::create(directory)?;
    let authorities = Authorities::generate(wishes)?;
    authorities.write(&folder)?;
    for case in CASES {
        write_case(case, &authorities, wishes, &folder)?;
    }
    for (system, operating_system) in [("linux", "linux"), ("macos", "mac"), ("windows", "windows")] {
        let rule = readme::rule(&wishes.device, operating_system);
        folder.write(&format!("rules/{system}.json"), rule.as_bytes())?;
    }
    let databases = nss::make(&folder.0, &wishes.device);
    folder.write("README.md", readme::text(wishes, &databases).as_bytes())?;
    Ok(Lab { directory: directory.to_path_buf(), databases })
}

struct Authorities {
    root: Authority,
    issuing: Authority,
    other: Authority,
}

impl Authorities {
    fn generate(wishes: &Wishes) -> Result<Self, LabError> {
        let dates = Dates::around(wishes.at, 1, 10 * 365)?;
        let root = Authority::root("Certposture Lab Root CA", wishes.key, dates)?;
        let issuing = root.intermediate("Certposture Lab Issuing CA", wishes.key, dates)?;
        let other = Authority::root("Certposture Lab Other Root CA", wishes.key, dates)?;
        Ok(Self { root, issuing, other })
    }

    fn write(&self, folder: &Folder) -> Result<(), LabError> {
        let named = [("root-ca", &self.root), ("issuing-ca", &self.issuing), ("other-root-ca", &self.other)];
        for (name, authority) in named {
            folder.write(&format!("ca/{name}.pem"), pem(&authority.certificate)?.as_bytes())?;
            folder.write(&format!("ca/{name}.der"), &authority.certificate.to_der()?)?;
            folder.write_secret(&format!("ca/{name}.key"), authority.key.to_pem()?.as_bytes())?;
        }
        Ok(())
    }
}

/// One client certificate in PEM, DER and PKCS #12.
fn write_case(
    case: &Case,
    authorities: &Authorities,
    wishes: &Wishes,
    folder: &Folder,
) -> Result<(), LabError> {
    let key = Key::generate(wishes.key)?;
    let issuer = match case.issuer {
        case::Issuer::Root => &authorities.root,
        case::Issuer::Issuing => &authorities.issuing,
        case::Issuer::OtherRoot => &authorities.other,
    };
    let dates = if case.expired {
        Dates::between(wishes.at - days(400), wishes.at - days(2))
    } else {
        Dates::around(wishes.at, 1, wishes.days)
    }?;
    let common_name = case.common_name(&wishes.device);
    let certificate = issuer.client(&common_name, case.usage, &key, dates)?;
    let name = case.name;
    let mut chain = pem(&certificate)?;
    if matches!(case.issuer, case::Issuer::Issuing) {
        chain.push_str(&pem(&issuer.certificate)?);
    }
    folder.write(&format!("pem/{name}/{name}.pem"), chain.as_bytes())?;
    folder.write(&format!("der/{name}.der"), &certificate.to_der()?)?;
    let kept = case.with_key.then_some(&key);
    if let Some(key) = kept {
        folder.write_secret(&format!("pem/{name}/{name}.key"), key.to_pem()?.as_bytes())?;
    }
    let above: Vec<_> =
        if matches!(case.issuer, case::Issuer::Issuing) { vec![&issuer.certificate] } else { Vec::new() };
    let file = pkcs12::write(&certificate, &above, kept, &common_name, PASS_PHRASE)?;
    folder.write_secret(&format!("pkcs12/{name}.p12"), &file)
}

fn days(count: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * count)
}

fn pem(certificate: &x509_cert::Certificate) -> Result<String, LabError> {
    Ok(certificate.to_pem(LineEnding::LF)?)
}

/// A folder in which files are only ever created.
struct Folder(PathBuf);

impl Folder {
    fn create(directory: &Path) -> Result<Self, LabError> {
        let failed = |error| LabError::File(directory.to_path_buf(), error);
        fs::create_dir_all(directory).map_err(failed)?;
        if fs::read_dir(directory).map_err(failed)?.next().is_some() {
            return Err(LabError::NotEmpty(directory.to_path_buf()));
        }
        Ok(Self(fs::canonicalize(directory).map_err(failed)?))
    }

    fn write(&self, name: &str, content: &[u8]) -> Result<(), LabError> {
        self.put(name, content, OpenOptions::new().write(true).create_new(true))
    }

    /// For the owner's eyes only, where the system knows such a thing.
    fn write_secret(&self, name: &str, content: &[u8]) -> Result<(), LabError> {
        self.put(name, content, os::owner_only(OpenOptions::new().write(true).create_new(true)))
    }

    fn put(&self, name: &str, content: &[u8], options: &OpenOptions) -> Result<(), LabError> {
        let file = self.0.join(name);
        let write = || {
            if let Some(parent) = file.parent() {
                fs::create_dir_all(parent)?;
            }
            options.open(&file)?.write_all(content)
        };
        write().map_err(|error| LabError::File(file.clone(), error))
    }
}
