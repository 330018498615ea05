//! Repairs of an NSS database with certutil and pk12util. Each command is one line of POSIX sh.

use super::{Damage, Repair};
use crate::diagnosis::{Examined, Nearness, Reason, is_searched};
use crate::reason::Code;
use crate::rule::RuleType;
use crate::store::{Place, Status, StoreSpec, StoredCertificate};
use crate::text::{quote_sh, shown, shown_bytes};
use base64ct::{Base64, Encoding as _};

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The token that certutil keeps certificates in; its name in front makes any nickname findable.
const TOKEN: &str = "NSS Certificate DB:";

/// The command for a reason, where there is one.
pub(super) fn repair(damage: &Damage<'_>, reason: &Reason) -> Option<Repair> {
    let database = Database::searched(damage);
    match reason.code {
        Code::NicknameDiffers
        | Code::CaseDiffers
        | Code::WhitespaceDiffers
        | Code::NameInSanOnly
        | Code::NameInOtherAttribute
        | Code::UnicodeDiffers => {
            let candidate = damage.candidate?;
            rename_fits(damage, candidate).then(|| give_name(damage, &database?, candidate, false))?
        }
        Code::NicknameOtherSubject
        | Code::Expired
        | Code::NotYetValid
        | Code::IssuerDiffers
        | Code::SignatureInvalid
        | Code::SelfSigned
        | Code::IntermediateMissing
            if damage.rule_type() == RuleType::ClientCertificate =>
        {
            give_name(damage, &database?, damage.sound_alternative()?, true)
        }
        Code::FoundElsewhere => import(damage, &database?, damage.candidate?, &[]),
        Code::StoreMissing | Code::StoreEmpty => fill(damage, &database?),
        _ => None,
    }
}

/// The NSS database that the client searches.
struct Database<'a> {
    place: &'a Place,
    directory: PathBuf,
}

impl<'a> Database<'a> {
    fn searched(damage: &Damage<'a>) -> Option<Self> {
        let case = damage.evidence.case;
        let places = case.places.iter().filter(|place| is_searched(case, place));
        places.into_iter().find_map(|place| match &place.contents.spec {
            StoreSpec::Nss(directory) => Some(Self { place, directory: absolute(directory) }),
            _ => None,
        })
    }

    fn holding(damage: &Damage<'a>, spec: &StoreSpec) -> Option<PathBuf> {
        let mut places = damage.evidence.case.places.iter();
        places.find(|place| place.contents.spec == *spec)?;
        match spec {
            StoreSpec::Nss(directory) => Some(absolute(directory)),
            _ => None,
        }
    }

    fn sudo(&self) -> &'static str {
        if self.place.writable { "" } else { "sudo " }
    }

    /// `sql:DIR`, quoted.
    fn argument(&self) -> Option<String> {
        database_argument(&self.directory)
    }
}

fn database_argument(directory: &Path) -> Option<String> {
    quote_sh(format!("sql:{}", directory.to_str()?).as_bytes())
}

/// Commands must work from any folder.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Renaming is right where the certificate's nickname is at fault, not the rule's text.
fn rename_fits(damage: &Damage<'_>, candidate: &Examined) -> bool {
    let name = damage.resolution().common_name.as_deref().unwrap_or_default();
    let plain_name = name.is_ascii() || candidate.nearness == Nearness::Exact;
    damage.rule_type() == RuleType::ClientCertificate && plain_name && !name.contains(&b':')
}

/// Gives `target` the nickname that the rule asks for; whoever has it now is renamed first.
fn give_name(
    damage: &Damage<'_>,
    database: &Database<'_>,
    target: &Examined,
    settles_all: bool,
) -> Option<Repair> {
    let wanted = damage.resolution().common_name.as_deref()?;
    if wanted.contains(&b':') || target.spec != database.place.contents.spec {
        return None;
    }
    let mut command = String::new();
    let holder = holder_of(database, wanted, target);
    if let Some(holder) = holder {
        let spare = spare_name(database, wanted);
        write!(command, "{} && ", rename(database, &holder_argument(holder)?, &spare)?).ok()?;
    }
    command.push_str(&rename(database, &nickname_argument(&target.stored)?, wanted)?);
    let nickname = target.stored.label.as_deref().map(shown_bytes).unwrap_or_default();
    let message = match holder {
        Some(_) => format!(
            "Another certificate has the nickname \"{0}\" now. Rename that one, then give the certificate \"{nickname}\" \
             the nickname \"{0}\"",
            shown_bytes(wanted)
        ),
        None => format!("Give the certificate the nickname \"{}\"", shown_bytes(wanted)),
    };
    Some(Repair { message, command: Some(command), then: None, settles_all })
}

fn rename(database: &Database<'_>, from: &str, to: &[u8]) -> Option<String> {
    Some(format!(
        "{}certutil --rename -d {} -n {from} --new-n {}",
        database.sudo(),
        database.argument()?,
        quote_sh(to)?
    ))
}

/// A certificate of another subject that has the nickname `wanted` now.
fn holder_of<'a>(
    database: &'a Database<'_>,
    wanted: &[u8],
    target: &Examined,
) -> Option<&'a StoredCertificate> {
    let subject = target.stored.certificate.subject().der;
    let mut stored = database.place.contents.certificates.iter();
    stored.find(|s| s.label.as_deref() == Some(wanted) && s.certificate.subject().der != subject)
}

fn holder_argument(holder: &StoredCertificate) -> Option<String> {
    nickname_argument(holder)
}

/// A nickname that nobody has: `NAME-old`, `NAME-old-2` and so on.
fn spare_name(database: &Database<'_>, wanted: &[u8]) -> Vec<u8> {
    let taken =
        |name: &[u8]| database.place.contents.certificates.iter().any(|s| s.label.as_deref() == Some(name));
    let numbered = |n: usize| match n {
        1 => [wanted, b"-old"].concat(),
        n => [wanted, format!("-old-{n}").as_bytes()].concat(),
    };
    (1..).map(numbered).find(|name| !taken(name)).unwrap_or_else(|| wanted.to_vec())
}

/// How certutil is told which certificate is meant. A nickname with a colon, or one that begins
/// like a URI, is read as it stands only behind the token's name.
fn nickname_argument(stored: &StoredCertificate) -> Option<String> {
    let label = stored.label.as_deref()?;
    let uri = label.get(..7).is_some_and(|head| head.eq_ignore_ascii_case(b"pkcs11:"));
    if label.contains(&b':') || uri { quote_sh(&[TOKEN.as_bytes(), label].concat()) } else { quote_sh(label) }
}

/// Puts the candidate, found where the client does not look, into the database.
fn import(
    damage: &Damage<'_>,
    database: &Database<'_>,
    candidate: &Examined,
    before: &[String],
) -> Option<Repair> {
    let name = nickname_for(damage, candidate)?;
    let with_key =
        damage.evidence.case.rule.check_private_key && damage.rule_type() == RuleType::ClientCertificateV2;
    let mut steps = before.to_vec();
    steps.push(match &candidate.spec {
        StoreSpec::Nss(_) if with_key => move_with_key(damage, database, candidate)?,
        StoreSpec::Nss(_) => copy_certificate(damage, database, candidate, &name)?,
        StoreSpec::File(_) if with_key => import_with_key(database, candidate, &name)?,
        StoreSpec::File(_) => import_file(damage, database, candidate, &name)?,
        StoreSpec::Keychain(_) | StoreSpec::Windows(..) => return None,
    });
    let message = format!(
        "Install the certificate from {} in the database that the client searches",
        shown(&candidate.stored.location)
    );
    Some(Repair { message, command: Some(steps.join(" && ")), then: None, settles_all: false })
}

/// The nickname to import under: the rule's name, by which certutil will look; without one, the
/// certificate's own.
fn nickname_for(damage: &Damage<'_>, candidate: &Examined) -> Option<Vec<u8>> {
    let own = || candidate.stored.certificate.subject().common_name().map(String::into_bytes);
    let name = damage.resolution().common_name.clone().or_else(own)?;
    (!name.contains(&b':')).then_some(name)
}

fn copy_certificate(
    damage: &Damage<'_>,
    database: &Database<'_>,
    candidate: &Examined,
    name: &[u8],
) -> Option<String> {
    let from = database_argument(&Database::holding(damage, &candidate.spec)?)?;
    Some(format!(
        "certutil -L -d {from} -n {} -a | {}certutil -A -d {} -n {} -t ,,",
        nickname_argument(&candidate.stored)?,
        database.sudo(),
        database.argument()?,
        quote_sh(name)?
    ))
}

/// pk12util moves a certificate with its key through a file, which is removed again.
fn move_with_key(damage: &Damage<'_>, database: &Database<'_>, candidate: &Examined) -> Option<String> {
    let from = database_argument(&Database::holding(damage, &candidate.spec)?)?;
    Some(format!(
        "(umask 077; t=$(mktemp -d) && pk12util -o \"$t/c.p12\" -d {from} -n {} -K '' -W '' && {}pk12util -i \"$t/c.p12\" \
         -d {} -K '' -W ''; r=$?; rm -rf \"$t\"; exit $r)",
        nickname_argument(&candidate.stored)?,
        database.sudo(),
        database.argument()?
    ))
}

/// Reads the certificate from its file, or from the command itself where the file holds several
/// and another one comes first.
fn import_file(
    damage: &Damage<'_>,
    database: &Database<'_>,
    candidate: &Examined,
    name: &[u8],
) -> Option<String> {
    let stored = &candidate.stored;
    let same_file = |c: &&Examined| c.spec == candidate.spec && c.stored.location == stored.location;
    let first = damage.evidence.certificates.iter().find(same_file)?;
    let source = if first.stored.certificate == stored.certificate {
        format!("openssl x509 -in {}", quote_sh(absolute(Path::new(&stored.location)).to_str()?.as_bytes())?)
    } else {
        format!(
            "echo {} | base64 -d | openssl x509 -inform DER",
            Base64::encode_string(stored.certificate.der())
        )
    };
    let (sudo, argument, name) = (database.sudo(), database.argument()?, quote_sh(name)?);
    Some(format!("{source} | {sudo}certutil -A -d {argument} -n {name} -t ,, -a"))
}

fn import_with_key(database: &Database<'_>, candidate: &Examined, name: &[u8]) -> Option<String> {
    let file = quote_sh(absolute(Path::new(&candidate.stored.location)).to_str()?.as_bytes())?;
    Some(format!(
        "(umask 077; t=$(mktemp -d) && openssl pkcs12 -export -in {file} -name {} -passout pass: -out \"$t/c.p12\" && \
         {}pk12util -i \"$t/c.p12\" -d {} -K '' -W ''; r=$?; rm -rf \"$t\"; exit $r)",
        quote_sh(name)?,
        database.sudo(),
        database.argument()?
    ))
}

/// Makes the database where it is missing, and puts a certificate found elsewhere into it.
fn fill(damage: &Damage<'_>, database: &Database<'_>) -> Option<Repair> {
    let create = match database.place.contents.status {
        Status::Missing => vec![create(database)?],
        _ => Vec::new(),
    };
    if let Some(mut repair) = damage.sound_elsewhere().and_then(|c| import(damage, database, c, &create)) {
        repair.settles_all = true;
        return Some(repair);
    }
    let name = nickname_text(damage);
    if create.is_empty() {
        return None;
    }
    Some(Repair {
        message: "Make the database, then install the client certificate in it".to_owned(),
        command: Some(create.join(" && ")),
        then: Some(format!("Install the client certificate{name} there with certutil -A or pk12util -i")),
        settles_all: false,
    })
}

fn nickname_text(damage: &Damage<'_>) -> String {
    let name = damage.resolution().common_name.as_deref();
    name.map(|name| format!(" under the nickname \"{}\"", shown_bytes(name))).unwrap_or_default()
}

fn create(database: &Database<'_>) -> Option<String> {
    let directory = quote_sh(database.directory.to_str()?.as_bytes())?;
    let sudo = database.sudo();
    Some(format!(
        "{sudo}mkdir -p {directory} && {sudo}certutil -N -d {} --empty-password",
        database.argument()?
    ))
}
