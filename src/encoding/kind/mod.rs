//! What a file is, told from its content. One value for every command that has to name what it was
//! given, whether it can be read or not.

mod binary;
mod text;

use super::{pem, pkcs12, serialized};

/// What a file is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FileKind {
    // Certificates are read from these.
    Pem,
    Certificate,
    Pkcs7,
    Pkcs12,
    SerializedStore,
    SerializedCertificate,
    RegistryExport,
    RegistryQuery,
    CertutilStore,
    Base64,
    WarpDiag,
    // These are stores of their own.
    Keychain,
    NssCertificates,
    NssKeys,
    // These hold no certificate, or not so that one could be taken from them.
    Empty,
    DamagedPem,
    CertificateRequest,
    RevocationList,
    PublicKey,
    PrivateKey,
    EncryptedPrivateKey,
    OpenSshPrivateKey,
    TpmPrivateKey,
    PuttyPrivateKey,
    SshPublicKey,
    Pgp,
    NssLegacy,
    NssListing,
    DataProtectionKeychain,
    KeychainListing,
    Sqlite,
    AppleDouble,
    MobileConfig,
    PropertyList,
    PowerShellJson,
    PowerShellCsv,
    PowerShellXml,
    PowerShellTable,
    Osquery,
    OpensslText,
    JavaKeyStore,
    RegistryHive,
    Json,
    Xml,
    Html,
    Gzip,
    Zip,
    Archive,
    Pdf,
    Image,
    Executable,
    Text,
    #[default]
    Unknown,
}

const SEND_PEM: &str = "send the certificate itself, as PEM or DER";

const EXPORT_WINDOWS: &str = "on the Windows device, export the store: Get-ChildItem Cert:\\CurrentUser\\My | \
                              Export-Certificate -Type SST -FilePath my.sst";

const EXPORT_KEYCHAIN: &str =
    "on the Mac: security find-certificate -a -p /Library/Keychains/System.keychain > system.pem";

impl FileKind {
    /// What `bytes` are.
    pub fn of(bytes: &[u8]) -> Self {
        if bytes.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
            return Self::Empty;
        }
        if let Some(kind) = binary::by_magic(bytes) {
            return kind;
        }
        if serialized::is_serialized(bytes) {
            return Self::SerializedCertificate;
        }
        if pkcs12::is_pkcs12(bytes) {
            return Self::Pkcs12;
        }
        if pem::is_pem(bytes) {
            return text::by_labels(bytes);
        }
        binary::by_members(bytes).unwrap_or_else(|| text::by_words(bytes))
    }

    /// Whether certificates are read from such a file.
    pub const fn is_read(self) -> bool {
        matches!(
            self,
            Self::Pem
                | Self::Certificate
                | Self::Pkcs7
                | Self::Pkcs12
                | Self::SerializedStore
                | Self::SerializedCertificate
                | Self::RegistryExport
                | Self::RegistryQuery
                | Self::CertutilStore
                | Self::Base64
        )
    }

    /// Whether only Windows writes it.
    pub const fn is_windows(self) -> bool {
        matches!(
            self,
            Self::SerializedStore
                | Self::SerializedCertificate
                | Self::RegistryExport
                | Self::RegistryQuery
                | Self::CertutilStore
        )
    }

    /// Whether it is the form of a whole store, however many certificates are in it.
    pub const fn is_store(self) -> bool {
        matches!(
            self,
            Self::SerializedStore | Self::RegistryExport | Self::RegistryQuery | Self::CertutilStore
        )
    }

    /// Whether nothing about it hints at a certificate.
    pub const fn is_nothing_like(self) -> bool {
        matches!(
            self,
            Self::Json | Self::Xml | Self::Html | Self::Pdf | Self::Image | Self::Executable | Self::Text
        )
    }

    /// What it is, with its article: it continues "The file … is".
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::Pem => "a PEM file",
            Self::Certificate => "a certificate in DER",
            Self::Pkcs7 => "a PKCS #7 file",
            Self::Pkcs12 => "a PKCS #12 file",
            Self::SerializedStore => "a serialized Windows store (.sst)",
            Self::SerializedCertificate => "a serialized Windows certificate",
            Self::RegistryExport => "an export of the Windows registry (.reg)",
            Self::RegistryQuery => "the text of `reg query`",
            Self::CertutilStore => "the text of Windows' `certutil -store`",
            Self::Base64 => "base64 without PEM's boundary lines",
            Self::WarpDiag => "an archive of `warp-diag`",
            Self::Keychain => "a macOS keychain",
            Self::NssCertificates => "the certificates of an NSS database (cert9.db)",
            Self::NssKeys => "the private keys of an NSS database (key4.db)",
            Self::Empty => "empty",
            Self::DamagedPem => "PEM whose boundary lines are damaged",
            Self::CertificateRequest => "a certificate request (CSR), which no CA has signed",
            Self::RevocationList => "a certificate revocation list (CRL)",
            Self::PublicKey => "a public key without a certificate",
            Self::PrivateKey => "a private key without a certificate",
            Self::EncryptedPrivateKey => "an encrypted private key without a certificate",
            Self::OpenSshPrivateKey => "an OpenSSH private key",
            Self::TpmPrivateKey => "a private key that a TPM holds (TSS2 PRIVATE KEY)",
            Self::PuttyPrivateKey => "a PuTTY private key",
            Self::SshPublicKey => "an SSH public key",
            Self::Pgp => "an OpenPGP file",
            Self::NssLegacy => "an NSS database of the old dbm format",
            Self::NssListing => "the listing of `certutil -L`, which has names and no certificates",
            Self::DataProtectionKeychain => {
                "macOS's data protection keychain (keychain-2.db), which only the Mac itself can open"
            }
            Self::KeychainListing => "the listing of `security`, which has attributes and no certificates",
            Self::Sqlite => "an SQLite database, but not one of NSS",
            Self::AppleDouble => {
                "what macOS writes beside a file when it copies to another file system (._NAME), and not the file"
            }
            Self::MobileConfig => {
                "a configuration profile (.mobileconfig); a certificate that signs one is not the device's"
            }
            Self::PropertyList => "a property list",
            Self::PowerShellJson => "PowerShell's ConvertTo-Json of certificates",
            Self::PowerShellCsv => "PowerShell's Export-Csv of certificates, which has no certificates in it",
            Self::PowerShellXml => "PowerShell's Export-Clixml",
            Self::PowerShellTable => "PowerShell's listing, which has thumbprints and no certificates",
            Self::Osquery => "osquery's table of certificates, which has no certificates in it",
            Self::OpensslText => "a certificate described in words, without the certificate",
            Self::JavaKeyStore => "a Java key store",
            Self::RegistryHive => "a hive of the Windows registry",
            Self::Json => "JSON without a certificate in it",
            Self::Xml => "XML without a certificate in it",
            Self::Html => "a web page",
            Self::Gzip => "compressed with gzip",
            Self::Zip => "a zip archive",
            Self::Archive => "an archive or compressed file",
            Self::Pdf => "a PDF document",
            Self::Image => "a picture",
            Self::Executable => "a program",
            Self::Text => "text without a certificate in it",
            Self::Unknown => "neither PEM nor DER",
        }
    }

    /// What to do to get something that can be read.
    pub const fn remedy(self) -> Option<&'static str> {
        Some(match self {
            Self::DamagedPem => {
                "a certificate begins with the line -----BEGIN CERTIFICATE----- and ends with the line -----END \
                 CERTIFICATE-----"
            }
            Self::CertificateRequest => "send the certificate that the CA made from it",
            Self::RevocationList | Self::PublicKey | Self::SshPublicKey | Self::Pgp => SEND_PEM,
            Self::PrivateKey
            | Self::EncryptedPrivateKey
            | Self::OpenSshPrivateKey
            | Self::TpmPrivateKey
            | Self::PuttyPrivateKey => "never send private keys: the certificate alone is needed",
            Self::Keychain => "give it as keychain:system=FILE or keychain:login=FILE",
            Self::NssCertificates | Self::NssKeys => {
                "give the folder that it lies in, with cert9.db, key4.db and pkcs11.txt, as nss:/etc/pki/nssdb=FOLDER"
            }
            Self::NssLegacy | Self::NssListing => {
                "on the device: sudo tar -C /etc/pki -cf nssdb.tar nssdb, and give the unpacked folder"
            }
            Self::DataProtectionKeychain | Self::KeychainListing => EXPORT_KEYCHAIN,
            Self::AppleDouble => "give the file of the same name without ._ in front",
            Self::MobileConfig | Self::PropertyList => {
                "export the certificate from the device, where the profile installed it"
            }
            Self::CertutilStore
            | Self::PowerShellJson
            | Self::PowerShellCsv
            | Self::PowerShellXml
            | Self::PowerShellTable
            | Self::RegistryHive => EXPORT_WINDOWS,
            Self::Osquery => {
                "osquery's certificates table has no certificates; let it read the registry's Blob values or the NSS \
                 database's rows instead"
            }
            Self::OpensslText => "send it as PEM: openssl x509 -in FILE",
            Self::JavaKeyStore => {
                "export from it: keytool -exportcert -rfc -keystore FILE -alias NAME -file certificate.pem"
            }
            Self::Gzip => "unpack it first: gzip -d FILE",
            Self::Zip | Self::Archive => "unpack it first, and give the folder",
            kind if kind.is_nothing_like() => SEND_PEM,
            Self::Sqlite => "give the folder of the NSS database that has cert9.db and key4.db",
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests;
