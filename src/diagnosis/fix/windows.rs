//! Repairs of a Windows certificate store. Each command is one line of PowerShell 5.1 or later.

use super::Repair;
use super::plan::Plan;
use crate::certificate::Certificate;
use crate::diagnosis::Examined;
use crate::diagnosis::situation::Situation;
use crate::encoding::{Form, PASS_PHRASE_VARIABLE};
use crate::posture::RuleType;
use crate::reason::Code;
use crate::store::{Role, StoreSpec, WindowsLocation};
use crate::text::{quote_powershell, sentences, shown};
use base64ct::{Base64, Encoding as _};
use sha1::{Digest as _, Sha1};
use std::path::Path;

/// The command for a plan, where there is one.
pub(super) fn repair(situation: &Situation<'_>, plan: &Plan<'_>) -> Option<Repair> {
    match *plan {
        Plan::Install(found) | Plan::Fill(Some(found)) | Plan::Replace { elsewhere: Some(found), .. } => {
            install(situation, &Target::of(situation)?, found)
        }
        _ => None,
    }
}

/// How to put the client certificate into the store that the client searches, without a command.
pub(super) fn import_by_hand(situation: &Situation<'_>) -> Option<String> {
    let target = Target::of(situation)?;
    Some(format!(
        "Import the client certificate, with its private key, into {}: open its .pfx file, or use \
             Import-PfxCertificate {}. Windows Server 2016 and older systems refuse a file as OpenSSL 3 makes it by default, saying \
             that the password is wrong: make it with openssl pkcs12 -export -legacy",
        shown(&target.path()),
        target.prompt()
    ))
}

/// The store that the client searches.
struct Target<'a> {
    location: WindowsLocation,
    name: &'a str,
    writable: bool,
}

impl<'a> Target<'a> {
    fn of(situation: &Situation<'a>) -> Option<Self> {
        match situation.searched().next() {
            Some(_) => Self::searched(situation),
            None => Self::documented(situation),
        }
    }

    /// `None` where another user's store was read: nothing should be installed in it.
    fn searched(situation: &Situation<'a>) -> Option<Self> {
        situation.searched().find_map(|place| {
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
    fn documented(situation: &Situation<'_>) -> Option<Self> {
        let original = situation.rule_type() == RuleType::ClientCertificate;
        let of_windows = matches!(situation.candidate?.spec, StoreSpec::Windows(..));
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

/// Installs the candidate, found where the client does not look, in the target.
fn install(situation: &Situation<'_>, target: &Target<'_>, candidate: &Examined) -> Option<Repair> {
    let needs_key = situation.needs_key();
    let thumbprint = thumbprint(&candidate.stored.certificate);
    let mut message = vec![format!(
        "Install the certificate from {} in {}, {}",
        shown(&candidate.stored.location),
        shown(&target.path()),
        target.prompt()
    )];
    let command = match &candidate.spec {
        StoreSpec::Windows(location, name) if needs_key && *location != target.location => {
            message.push(
                "The export fails where the private key is not marked as exportable; then have a new certificate \
                 issued into the right store"
                    .to_owned(),
            );
            move_with_key(&drive_path(*location, name), &thumbprint, target)?
        }
        StoreSpec::Windows(location, name) => copy(&drive_path(*location, name), &thumbprint, target)?,
        StoreSpec::File(_) if needs_key => import_with_key(situation, candidate, target)?,
        StoreSpec::File(_) | StoreSpec::Nss(_) if !needs_key => {
            add(&from_base64(candidate.stored.certificate.der()), target)?
        }
        _ => return None,
    };
    Some(Repair::by_command(sentences(message), command))
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
fn import_with_key(situation: &Situation<'_>, candidate: &Examined, target: &Target<'_>) -> Option<String> {
    let file = Path::new(&candidate.stored.location);
    let key = situation.place_of(candidate)?.key_file(candidate.stored.position)?;
    if key.form != Form::Pkcs12 || key.path != file {
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
