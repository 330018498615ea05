//! Certificates for the scenarios, minted with openssl. Dates are fixed; keys are new in every run.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// A certificate and its key, as PEM.
#[derive(Clone, Debug)]
pub struct Minted {
    pub pem: String,
    pub key: String,
}

impl Minted {
    pub fn der(&self) -> Vec<u8> {
        pem::parse(&self.pem).unwrap().into_contents()
    }

    /// What is uploaded in place of a damaged certificate: the last byte of the signature changed.
    pub fn damaged(&self) -> Self {
        let mut der = self.der();
        *der.last_mut().unwrap() ^= 1;
        Self::from_der(der, &self.key)
    }

    pub fn from_der(der: Vec<u8>, key: &str) -> Self {
        Self { pem: pem::encode(&pem::Pem::new("CERTIFICATE", der)), key: key.to_owned() }
    }
}

/// A certificate to be minted.
#[derive(Clone, Debug)]
pub struct Wanted {
    subject: String,
    issuer: Option<Minted>,
    from: &'static str,
    until: &'static str,
    extensions: Vec<String>,
    algorithm: Vec<&'static str>,
    digest: &'static str,
    sections: String,
}

/// A client certificate of the root CA with this common name, valid from 2020 to 2040.
pub fn client(common_name: &str) -> Wanted {
    let mut wanted = subject(&format!("/CN={}", escaped(common_name)));
    wanted.issuer = Some(root().clone());
    wanted
}

/// A self-signed certificate with this subject, as openssl's -subj takes it.
pub fn subject(subject: &str) -> Wanted {
    Wanted {
        subject: subject.to_owned(),
        issuer: None,
        from: "20200101000000Z",
        until: "20400101000000Z",
        extensions: vec!["authorityKeyIdentifier=keyid".to_owned(), "subjectKeyIdentifier=hash".to_owned()],
        algorithm: vec!["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
        digest: "sha256",
        sections: String::new(),
    }
}

/// A self-signed CA.
pub fn authority(common_name: &str) -> Wanted {
    subject(&format!("/O=Example/CN={}", escaped(common_name)))
        .extension("basicConstraints=critical,CA:TRUE")
        .extension("keyUsage=critical,keyCertSign,cRLSign")
}

impl Wanted {
    pub fn subject(mut self, subject: &str) -> Self {
        self.subject = subject.to_owned();
        self
    }

    pub fn issued_by(mut self, issuer: &Minted) -> Self {
        self.issuer = Some(issuer.clone());
        self
    }

    pub fn from(mut self, from: &'static str) -> Self {
        self.from = from;
        self
    }

    pub fn until(mut self, until: &'static str) -> Self {
        self.until = until;
        self
    }

    pub fn extension(mut self, line: &str) -> Self {
        self.extensions.push(line.to_owned());
        self
    }

    /// A further section of openssl's file of extensions.
    pub fn section(mut self, text: &str) -> Self {
        self.sections = text.to_owned();
        self
    }

    /// With a key on a curve that is not checked.
    pub fn brainpool(mut self) -> Self {
        self.algorithm = vec!["ec", "-pkeyopt", "ec_paramgen_curve:brainpoolP256r1"];
        self
    }

    pub fn rsa(mut self, bits: &'static str) -> Self {
        self.algorithm = vec![bits];
        self
    }

    pub fn digest(mut self, digest: &'static str) -> Self {
        self.digest = digest;
        self
    }

    pub fn mint(&self) -> Minted {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let write = |name: &str, text: &str| std::fs::write(at(name), text).unwrap();
        write("index", "");
        write("extensions", &format!("[x]\n{}\n{}\n", self.extensions.join("\n"), self.sections));
        write(
            "config",
            "[ca]\ndefault_ca=own\n[own]\ndatabase=index\nnew_certs_dir=.\nrand_serial=yes\nunique_subject=no\n\
             policy=any\nemail_in_dn=yes\n[any]\nC=optional\nO=optional\nOU=optional\nCN=optional\nserialNumber=optional\n\
             emailAddress=optional\nUID=optional\n[req]\ndistinguished_name=dn\nstring_mask=utf8only\n[dn]\n",
        );
        self.request(folder.path());
        let mut sign = vec![
            "ca",
            "-config",
            "config",
            "-batch",
            "-notext",
            "-preserveDN",
            "-utf8",
            "-in",
            "csr",
            "-out",
            "out",
            "-extfile",
            "extensions",
            "-extensions",
            "x",
            "-startdate",
            self.from,
            "-enddate",
            self.until,
            "-md",
            self.digest,
        ];
        match &self.issuer {
            Some(issuer) => {
                write("issuer", &issuer.pem);
                write("issuer-key", &issuer.key);
                sign.extend(["-cert", "issuer", "-keyfile", "issuer-key"]);
            }
            None => sign.extend(["-selfsign", "-keyfile", "key"]),
        }
        openssl(folder.path(), &sign);
        let read = |name: &str| std::fs::read_to_string(at(name)).unwrap();
        Minted { pem: read("out"), key: read("key") }
    }

    fn request(&self, folder: &Path) {
        let mut request =
            vec!["req", "-new", "-config", "config", "-utf8", "-subj", &self.subject, "-out", "csr"];
        request.extend(["-nodes", "-keyout", "key", "-newkey"]);
        request.extend(&self.algorithm);
        openssl(folder, &request);
    }
}

/// The root CA that is uploaded where a scenario does not say otherwise.
pub fn root() -> &'static Minted {
    static ROOT: OnceLock<Minted> = OnceLock::new();
    ROOT.get_or_init(|| authority("Example Root CA").mint())
}

/// An intermediate below the root.
pub fn intermediate() -> &'static Minted {
    static INTERMEDIATE: OnceLock<Minted> = OnceLock::new();
    INTERMEDIATE.get_or_init(|| authority("Example Issuing CA").issued_by(root()).mint())
}

/// A CA that has nothing to do with the root.
pub fn stranger() -> &'static Minted {
    static STRANGER: OnceLock<Minted> = OnceLock::new();
    STRANGER.get_or_init(|| authority("Other Root CA").mint())
}

fn escaped(value: &str) -> String {
    value.chars().flat_map(|c| if "\\/+".contains(c) { vec!['\\', c] } else { vec![c] }).collect()
}

fn openssl(folder: &Path, arguments: &[&str]) {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("openssl is installed");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {arguments:?}: {error}");
}
