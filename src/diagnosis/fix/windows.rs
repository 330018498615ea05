//! Repairs of a Windows certificate store. Each command is one line of PowerShell 5.1 or later.

use super::{Damage, Repair, is_the_certificates};
use crate::certificate::Certificate;
use crate::diagnosis::{Examined, Reason};
use crate::encoding::PASS_PHRASE_VARIABLE;
use crate::lookup::powershell::typed_literally;
use crate::posture::RuleType;
use crate::reason::Code;
use crate::store::{PrivateKey, Role, StoreSpec, WindowsLocation};
use crate::text::{quote_powershell, shown};
use base64ct::{Base64, Encoding as _};
use sha1::{Digest as _, Sha1};
use std::path::Path;

/// The command for a reason, where there is one.
pub(super) fn repair(damage: &Damage<'_>, reason: &Reason) -> Option<Repair> {
    match reason.finding.code {
        Code::CnShellSpecial => escape_name(damage),
        Code::FoundElsewhere => install(damage, &Target::of(damage)?, damage.candidate?),
        Code::PrivateKeyMissing => install(damage, &Target::of(damage)?, damage.with_key_elsewhere()?),
        Code::StoreMissing | Code::StoreEmpty => fill(damage, &Target::of(damage)?),
        code if is_the_certificates(code) => install_sound(damage, &Target::of(damage)?),
        _ => None,
    }
}

/// The store that the client searches.
struct Target<'a> {
    location: WindowsLocation,
    name: &'a str,
    writable: bool,
}

impl<'a> Target<'a> {
    fn of(damage: &Damage<'a>) -> Option<Self> {
        match damage.searched().next() {
            Some(_) => Self::searched(damage),
            None => Self::documented(damage),
        }
    }

    /// `None` where another user's store was read: nothing should be installed in it.
    fn searched(damage: &Damage<'a>) -> Option<Self> {
        damage.searched().find_map(|place| {
            let others = place.contents.problem.as_ref().is_some_and(|p| p.code == Code::StoreOtherUser);
            match (&place.contents.spec, place.copy_of()) {
                (_, Some(Role::Windows(location, name))) => {
                    // The user may write that user's store; the machine's wants an administrator.
                    let writable = *location == WindowsLocation::CurrentUser;
                    Some(Self { location: *location, name, writable })
                }
                (StoreSpec::Windows(location, name), _) if !others => {
                    Some(Self { location: *location, name, writable: place.writable })
                }
                _ => None,
            }
        })
    }

    /// Where the original type looks, when it is not among the stores that were given.
    fn documented(damage: &Damage<'_>) -> Option<Self> {
        let original = damage.rule_type() == RuleType::ClientCertificate;
        let of_windows = matches!(damage.candidate?.spec, StoreSpec::Windows(..));
        (original && of_windows).then_some(Self {
            location: WindowsLocation::CurrentUser,
            name: "My",
            writable: true,
        })
    }

    fn path(&self) -> String {
        drive_path(self.location, self.name)
    }

    /// Where to type the command.
    fn prompt(&self) -> &'static str {
        if self.writable { "in PowerShell" } else { "in a PowerShell opened with \"Run as administrator\"" }
    }
}

fn drive_path(location: WindowsLocation, name: &str) -> String {
    format!(r"Cert:\{}\{name}", location.as_str())
}

/// The rule's text as it must be for the look-up to mean it literally.
fn escape_name(damage: &Damage<'_>) -> Option<Repair> {
    let name = damage.candidate?.stored.certificate.subject().common_name()?;
    Some(Repair::by_hand(format!(
        "In a check that is for Windows devices alone, change the Common name to: {}",
        shown(&typed_literally(&name))
    )))
}

/// Puts the right certificate, found elsewhere, into the store that is missing or empty.
fn fill(damage: &Damage<'_>, target: &Target<'_>) -> Option<Repair> {
    let by_hand = || {
        Repair::by_hand(format!(
            "Import the client certificate, with its private key, into {}: open its .pfx file, or use \
             Import-PfxCertificate {}. Windows Server 2016 and older systems refuse a file as OpenSSL 3 makes it by default, saying \
             that the password is wrong: make it with openssl pkcs12 -export -legacy",
            shown(&target.path()),
            target.prompt()
        ))
    };
    Some(install_sound(damage, target).unwrap_or_else(by_hand))
}

/// Puts the right certificate, found elsewhere, into the store, beside one that cannot pass.
fn install_sound(damage: &Damage<'_>, target: &Target<'_>) -> Option<Repair> {
    let repair = install(damage, target, damage.sound_elsewhere()?)?;
    Some(Repair { settles_all: true, ..repair })
}

/// Installs the candidate, found where the client does not look, in the target.
fn install(damage: &Damage<'_>, target: &Target<'_>, candidate: &Examined) -> Option<Repair> {
    let needs_key =
        damage.evidence.case.rule.check_private_key && damage.rule_type() == RuleType::ClientCertificateV2;
    let thumbprint = thumbprint(&candidate.stored.certificate);
    let mut message = format!(
        "Install the certificate from {} in {}, {}",
        shown(&candidate.stored.location),
        shown(&target.path()),
        target.prompt()
    );
    let command = match &candidate.spec {
        StoreSpec::Windows(location, name) if needs_key && *location != target.location => {
            message.push_str(
                ". The export fails where the private key is not marked as exportable; then have a new certificate \
                 issued into the right store",
            );
            move_with_key(&drive_path(*location, name), &thumbprint, target)?
        }
        StoreSpec::Windows(location, name) => copy(&drive_path(*location, name), &thumbprint, target)?,
        StoreSpec::File(_) if needs_key => import_with_key(candidate, target)?,
        StoreSpec::File(_) | StoreSpec::Nss(_) if !needs_key => {
            add(&from_base64(candidate.stored.certificate.der()), target)?
        }
        _ => return None,
    };
    Some(Repair { message, command: Some(command), then: None, settles_all: false })
}

/// The name of a certificate in a store's folder.
pub(super) fn thumbprint(certificate: &Certificate) -> String {
    Sha1::digest(certificate.der()).iter().map(|byte| format!("{byte:02X}")).collect()
}

/// Copies a certificate with its properties, the reference to its key among them. `Move-Item` would
/// not cross from one location to the other, and asks before it takes a root certificate away.
fn copy(from: &str, thumbprint: &str, target: &Target<'_>) -> Option<String> {
    let source = quote_powershell(&format!(r"{from}\{thumbprint}"))?;
    add(&format!("(Get-Item -LiteralPath {source})"), target)
}

/// Adds what the PowerShell expression `certificate` gives. The constructor makes a missing store.
fn add(certificate: &str, target: &Target<'_>) -> Option<String> {
    Some(format!(
        "$s = [Security.Cryptography.X509Certificates.X509Store]::new({}, '{}'); $s.Open('ReadWrite'); \
         $s.Add({certificate}); $s.Close()",
        quote_powershell(target.name)?,
        target.location.as_str()
    ))
}

fn from_base64(der: &[u8]) -> String {
    format!(
        "[Security.Cryptography.X509Certificates.X509Certificate2]::new([Convert]::FromBase64String('{}'))",
        Base64::encode_string(der)
    )
}

/// Exports certificate and key under a throw-away pass phrase and imports them; the file is removed
/// whatever happens.
fn move_with_key(from: &str, thumbprint: &str, target: &Target<'_>) -> Option<String> {
    Some(format!(
        "$p = ConvertTo-SecureString ([guid]::NewGuid().ToString()) -AsPlainText -Force; $f = New-TemporaryFile; try {{ \
         Export-PfxCertificate -Cert {} -FilePath $f.FullName -Password $p -ChainOption EndEntityCertOnly -Force \
         -ErrorAction Stop; Import-PfxCertificate -FilePath $f.FullName -CertStoreLocation {} -Password $p }} finally {{ \
         Remove-Item $f }}",
        quote_powershell(&format!(r"{from}\{thumbprint}"))?,
        quote_powershell(&target.path())?
    ))
}

/// Imports a PKCS #12 file. Its pass phrase comes from where certposture has it from too.
fn import_with_key(candidate: &Examined, target: &Target<'_>) -> Option<String> {
    let file = Path::new(&candidate.stored.location);
    let extension = file.extension()?.to_str()?.to_ascii_lowercase();
    if candidate.stored.private_key != PrivateKey::Present || !matches!(extension.as_str(), "p12" | "pfx") {
        return None;
    }
    let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    Some(format!(
        "$p = if ($env:{PASS_PHRASE_VARIABLE}) {{ ConvertTo-SecureString $env:{PASS_PHRASE_VARIABLE} -AsPlainText -Force \
         }} else {{ [Security.SecureString]::new() }}; Import-PfxCertificate -FilePath {} -CertStoreLocation {} \
         -Password $p",
        quote_powershell(file.to_str()?)?,
        quote_powershell(&target.path())?
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn personal(location: WindowsLocation) -> Target<'static> {
        Target { location, name: "My", writable: false }
    }

    #[test]
    fn a_thumbprint_is_upper_case_sha_1() {
        // `openssl x509 -fingerprint -sha1 -noout -inform DER -in tests/fixtures/pkcs12/device.der`
        let der = include_bytes!("../../../tests/fixtures/pkcs12/device.der").to_vec();
        assert_eq!(thumbprint(&Certificate::from_der(der)), "A0B8326DA3CAFF40428C1B67B609071A0E4EF03F");
    }

    #[test]
    fn copies_between_stores() {
        let target = personal(WindowsLocation::CurrentUser);
        assert_eq!(
            copy(r"Cert:\LocalMachine\O'Hara", "AB", &target).unwrap(),
            "$s = [Security.Cryptography.X509Certificates.X509Store]::new('My', 'CurrentUser'); \
             $s.Open('ReadWrite'); $s.Add((Get-Item -LiteralPath 'Cert:\\LocalMachine\\O''Hara\\AB')); $s.Close()"
        );
    }

    #[test]
    fn moves_the_key_through_a_file_that_does_not_stay() {
        let target = personal(WindowsLocation::LocalMachine);
        let command = move_with_key(r"Cert:\CurrentUser\My", "AB", &target).unwrap();
        assert!(
            command.contains(r"Export-PfxCertificate -Cert 'Cert:\CurrentUser\My\AB' -FilePath $f.FullName"),
            "{command}"
        );
        assert!(command.contains(r"-CertStoreLocation 'Cert:\LocalMachine\My'"), "{command}");
        assert!(command.ends_with("finally { Remove-Item $f }"), "{command}");
    }
}
