//! Random chains that are right in every respect, and then wrong in one.

use super::fault::Fault;
use crate::support::forge::{self, Hash, Key, Scheme, Template, der};

/// SplitMix64: the same seed always makes the same chain.
pub struct Rng(pub u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// True in `percent` of a hundred cases.
    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }
}

pub struct Keys(Vec<Key>);

impl Keys {
    pub fn new() -> Self {
        let mut keys: Vec<Key> = ["1024", "2048", "2048-other", "3072"].map(Key::rsa).into();
        for n in 0..4 {
            let seed = format!("random {n}");
            keys.extend([Key::p256(&seed), Key::p384(&seed), Key::p521(&seed), Key::ed25519(&seed)]);
        }
        Self(keys)
    }
}

/// A certificate, what stands above it, and its fault.
pub struct Case {
    pub fault: Fault,
    pub anchor: Vec<u8>,
    pub pool: Vec<Vec<u8>>,
    pub leaf: Vec<u8>,
    pub is_for_client: bool,
}

/// A chain before it is signed, root first and the certificate to judge last.
struct Draft {
    templates: Vec<Template>,
    /// Keys of the certificates; all different.
    keys: Vec<Key>,
    schemes: Vec<Scheme>,
    is_for_client: bool,
    /// Extensions are appended to these at the end; empty means none.
    names: Vec<String>,
}

/// All names lie under this, so that one constraint can hold them.
const BASE: &str = "C=US, O=Example";

impl Case {
    pub fn generate(rng: &mut Rng, keys: &Keys) -> Self {
        let fault = if rng.chance(50) { Fault::None } else { *rng.pick(&Fault::ALL) };
        let mut draft = Draft::new(rng, keys, fault);
        draft.spoil(rng, fault);
        draft.sign(rng, fault)
    }
}

impl Draft {
    fn new(rng: &mut Rng, keys: &Keys, fault: Fault) -> Self {
        let cas = 1 + rng.below(5).max(usize::from(fault.needs_intermediate()));
        let mut pool: Vec<Key> = keys.0.clone();
        let keys: Vec<Key> = (0..=cas).map(|_| pool.swap_remove(rng.below(pool.len()))).collect();
        let names: Vec<String> = (0..=cas).map(|depth| name(depth, cas)).collect();
        let is_for_client = fault.is_about_purpose() || (fault == Fault::None && rng.chance(50));
        let schemes = (0..=cas).map(|depth| scheme(rng, &keys[depth.saturating_sub(1)])).collect();
        let templates = (0..=cas)
            .map(|depth| {
                let issuer = depth.saturating_sub(1);
                let mut template = Template::new(&names[depth], &keys[depth], &names[issuer]);
                template.issuer = variant(rng, &names[issuer]);
                if rng.chance(20) {
                    template.not_after = der::generalized_time("20300101000000Z");
                }
                if rng.chance(50) {
                    template = template.with(forge::subject_key_id(&keys[depth].id()));
                    if depth > 0 {
                        template = template.with(forge::authority_key_id(&keys[issuer].id()));
                    }
                }
                if depth < cas {
                    ca(rng, template, cas - depth - 1, is_for_client)
                } else {
                    leaf(rng, template, fault)
                }
            })
            .collect();
        Self { templates, keys, schemes, is_for_client, names }
    }

    /// Any CA but the root.
    fn intermediate(&self, rng: &mut Rng) -> usize {
        1 + rng.below(self.templates.len() - 2)
    }

    fn any(&self, rng: &mut Rng) -> usize {
        rng.below(self.templates.len())
    }

    /// Any certificate but the root, whose signature nobody looks at.
    fn signed(&self, rng: &mut Rng) -> usize {
        1 + rng.below(self.templates.len() - 1)
    }

    fn last(&mut self) -> &mut Template {
        self.templates.last_mut().unwrap()
    }

    /// Takes an extension out.
    fn remove(&mut self, depth: usize, id: &str) {
        let id = der::object(id);
        self.templates[depth].extensions.retain(|extension| !extension.windows(id.len()).any(|w| w == id));
    }

    fn replace(&mut self, depth: usize, id: &str, extension: Vec<u8>) {
        self.remove(depth, id);
        self.templates[depth].extensions.push(extension);
    }

    /// A constraint at some CA, and a name in the certificate judged.
    fn constrain(&mut self, rng: &mut Rng, constraints: Vec<u8>, alternative: Option<Vec<u8>>) {
        let owner = rng.below(self.templates.len() - 1);
        self.replace(owner, "2.5.29.30", constraints);
        let last = self.templates.len() - 1;
        if let Some(alternative) = alternative {
            self.replace(last, "2.5.29.17", forge::alternative_names(&[alternative]));
        }
    }

    fn spoil(&mut self, rng: &mut Rng, fault: Fault) {
        let last = self.templates.len() - 1;
        let range = [192, 0, 2, 0, 255, 255, 255, 0];
        match fault {
            Fault::None | Fault::DamagedSignature | Fault::OtherKey | Fault::Missing => {}
            Fault::Expired => {
                let at = self.any(rng);
                self.templates[at] = self.templates[at].clone().dates("200101000000Z", "241231235959Z");
            }
            Fault::NotYetValid => {
                let at = self.any(rng);
                self.templates[at] = self.templates[at].clone().dates("250101000001Z", "300101000000Z");
            }
            Fault::NotACa => {
                let at = self.intermediate(rng);
                self.replace(at, "2.5.29.19", forge::basic_constraints(false, None));
            }
            Fault::NoBasicConstraints => {
                let at = self.intermediate(rng);
                self.remove(at, "2.5.29.19");
                self.remove(at, "2.5.29.15");
            }
            Fault::KeyCertSignAlone => {
                let at = rng.below(last);
                self.remove(at, "2.5.29.19");
                self.replace(at, "2.5.29.15", forge::key_usage(0x04, 2));
            }
            Fault::NoKeyCertSign => {
                let at = rng.below(last);
                self.replace(at, "2.5.29.15", forge::key_usage(0x82, 1));
            }
            Fault::PathTooLong => {
                // The root, or an intermediate with another below it.
                let at = rng.below(last - 1);
                let below = last - at - 1;
                self.replace(at, "2.5.29.19", forge::basic_constraints(true, Some(below as u8 - 1)));
            }
            Fault::DnsOutside => {
                let constraints = forge::name_constraints(&[forge::dns("example.com")], &[]);
                self.constrain(rng, constraints, Some(forge::dns("badexample.com")));
            }
            Fault::EmailOutside => {
                let constraints = forge::name_constraints(&[forge::email("example.com")], &[]);
                self.constrain(rng, constraints, Some(forge::email("jo@mail.example.com")));
            }
            Fault::UriOutside => {
                let constraints = forge::name_constraints(&[forge::uri(".example.com")], &[]);
                self.constrain(rng, constraints, Some(forge::uri("https://example.com/")));
            }
            Fault::AddressOutside => {
                let constraints = forge::name_constraints(&[forge::ip(&range)], &[]);
                self.constrain(rng, constraints, Some(forge::ip(&[192, 0, 3, 1])));
            }
            Fault::DirectoryOutside => {
                let constraints = forge::name_constraints(&[forge::directory(BASE)], &[]);
                self.constrain(rng, constraints, Some(forge::directory("C=US, O=Other")));
            }
            Fault::DnsExcluded => {
                let constraints = forge::name_constraints(&[], &[forge::dns("example.com")]);
                self.constrain(rng, constraints, Some(forge::dns("HOST.example.COM")));
            }
            Fault::EmailExcluded => {
                let constraints = forge::name_constraints(&[], &[forge::email(".example.com")]);
                self.constrain(rng, constraints, Some(forge::email("jo@mail.example.com")));
            }
            Fault::UriExcluded => {
                let constraints = forge::name_constraints(&[], &[forge::uri("host.example.com")]);
                self.constrain(rng, constraints, Some(forge::uri("ldap://host.example.com:389/x")));
            }
            Fault::AddressExcluded => {
                let constraints = forge::name_constraints(&[], &[forge::ip(&range)]);
                self.constrain(rng, constraints, Some(forge::ip(&[192, 0, 2, 1])));
            }
            Fault::DirectoryExcluded => {
                let constraints =
                    forge::name_constraints(&[], &[forge::directory("C=us, O= EXAMPLE, CN=device")]);
                self.constrain(rng, constraints, None);
            }
            Fault::UriWithoutHost => {
                let constraints = forge::name_constraints(&[forge::uri(".example.com")], &[]);
                self.constrain(rng, constraints, Some(forge::uri("urn:isbn:1")));
            }
            Fault::ConstraintWithMinimum => {
                let base = [forge::dns("example.com"), der::context(0, &[1])].concat();
                self.constrain(rng, forge::name_constraints(&[base], &[]), Some(forge::dns("a.example.com")));
            }
            Fault::ConstraintOnRegisteredId => {
                let id = || der::context(8, &[0x2a, 3]);
                self.constrain(rng, forge::name_constraints(&[id()], &[]), Some(id()));
            }
            Fault::AddressInSubject => {
                self.last().subject = der::name(&format!("{BASE}, CN=device, emailAddress=jo@example.org"));
                let constraints = forge::name_constraints(&[forge::email("example.com")], &[]);
                self.constrain(rng, constraints, Some(forge::dns("host.example.com")));
            }
            Fault::HostInCommonName => {
                self.remove(last, "2.5.29.17");
                self.last().subject = der::name(&format!("{BASE}, CN=host.example.org"));
                self.constrain(rng, forge::name_constraints(&[forge::dns("example.com")], &[]), None);
            }
            Fault::CriticalExtension => {
                let at = self.any(rng);
                self.templates[at].extensions.push(forge::extension("1.3.6.1.4.1.99999.1", true, &[5, 0]));
            }
            Fault::CriticalPolicyConstraints => {
                let at = rng.below(last);
                let value = der::sequence(&[der::context(1, &[0])]);
                self.templates[at].extensions.push(forge::extension("2.5.29.36", true, &value));
            }
            Fault::CriticalDistributionPoints => {
                let at = self.signed(rng);
                let place = der::explicit(0, &der::explicit(0, &forge::uri("http://example.com/crl")));
                let value = der::sequence(&[der::sequence(&[place])]);
                self.templates[at].extensions.push(forge::extension("2.5.29.31", true, &value));
            }
            Fault::WrongIssuerName => {
                let at = self.signed(rng);
                self.templates[at].issuer = der::name("C=US, O=Example, CN=Nobody");
            }
            Fault::AlgorithmsDiffer => {
                let at = self.signed(rng);
                let other = Scheme::Pkcs1(Hash::Sha384);
                let other = if self.schemes[at] == other { Scheme::Pkcs1(Hash::Sha256) } else { other };
                self.templates[at].inner_algorithm = Some(other.algorithm());
            }
            Fault::WrongPurpose => {
                let at = self.any(rng);
                self.replace(at, "2.5.29.37", forge::extended_key_usage(&[forge::SERVER_AUTH]));
            }
            Fault::AnyPurpose => {
                let at = self.any(rng);
                self.replace(at, "2.5.29.37", forge::extended_key_usage(&[forge::ANY_USAGE]));
            }
            Fault::LeafKeyUsage => self.replace(last, "2.5.29.15", forge::key_usage(0x20, 5)),
            Fault::ExtensionTwice => {
                let at = self.any(rng);
                let again = forge::extended_key_usage(&[forge::CLIENT_AUTH]);
                self.replace(at, "2.5.29.37", again.clone());
                self.templates[at].extensions.push(again);
            }
            Fault::LongSerial => {
                let at = self.any(rng);
                self.templates[at].serial = der::integer(&[0x11; 40]);
            }
            Fault::ExtensionsInVersion1 => {
                let at = self.any(rng);
                self.templates[at].version = None;
                self.templates[at].extensions.push(forge::extension("1.3.6.1.4.1.99999.2", false, &[5, 0]));
            }
            Fault::OtherKeyIdentifier => {
                let at = self.signed(rng);
                let issuer = self.keys[at - 1].id();
                self.replace(at - 1, "2.5.29.14", forge::subject_key_id(&issuer));
                self.replace(at, "2.5.29.35", forge::authority_key_id(&[7; 20]));
            }
            Fault::UnicodeCase => {
                let at = self.signed(rng);
                self.names[at - 1] = format!("{BASE}, CN=Zertifizierungsstelle Käfer");
                self.templates[at - 1].subject = der::name(&self.names[at - 1]);
                if at == 1 {
                    self.templates[0].issuer = self.templates[0].subject.clone();
                }
                self.templates[at].issuer = der::name(&format!("{BASE}, CN=Zertifizierungsstelle KÄFER"));
            }
            Fault::UnsupportedAlgorithm => {
                let at = self.signed(rng);
                self.templates[at].algorithm = Some(der::sequence(&[der::object("1.2.3.4.5")]));
            }
            Fault::ParametersOfEcdsa => {
                let at = self.signed(rng);
                let seed = "with parameters";
                self.keys[at - 1] = Key::p256(seed);
                self.templates[at - 1].spki = Key::p256(seed).spki();
                self.schemes[at] = Scheme::Ecdsa(Hash::Sha256);
                if at == 1 {
                    self.schemes[0] = Scheme::Ecdsa(Hash::Sha256);
                }
                self.templates[at].algorithm =
                    Some(der::sequence(&[der::object("1.2.840.10045.4.3.2"), vec![5, 0]]));
                for (depth, id) in [(at - 1, "2.5.29.14"), (at - 1, "2.5.29.35"), (at, "2.5.29.35")] {
                    self.remove(depth, id);
                }
                if at > 1 {
                    self.remove(at - 1, "2.5.29.35");
                }
            }
            Fault::LongInteger => {
                let at = self.any(rng);
                self.templates[at].serial = vec![2, 2, 0, 5];
            }
        }
    }

    fn sign(self, rng: &mut Rng, fault: Fault) -> Case {
        let last = self.templates.len() - 1;
        let spoilt = self.signed(rng);
        let mut certificates: Vec<Vec<u8>> = (0..=last)
            .map(|depth| {
                let mut key = &self.keys[depth.saturating_sub(1)];
                let mut scheme = self.schemes[depth];
                if depth == spoilt && fault == Fault::OtherKey {
                    key = &self.keys[depth];
                    scheme = key.scheme();
                }
                self.templates[depth].der(key, scheme)
            })
            .collect();
        if fault == Fault::DamagedSignature {
            let length = certificates[spoilt].len();
            certificates[spoilt][length - 1 - rng.below(20)] ^= 1 << rng.below(8);
        }
        // Sometimes the uploaded CA is no root but the first intermediate.
        let anchor = if last > 1 && fault == Fault::None && rng.chance(15) { 1 } else { 0 };
        let leaf = certificates.pop().unwrap();
        let mut pool = certificates.split_off(anchor + 1);
        let anchor = certificates.pop().unwrap();
        if fault == Fault::Missing {
            pool.remove(rng.below(pool.len()));
        }
        for at in (1..pool.len()).rev() {
            pool.swap(at, rng.below(at + 1));
        }
        Case { fault, anchor, pool, leaf, is_for_client: self.is_for_client }
    }
}

impl Fault {
    /// Whether there must be an intermediate for it.
    fn needs_intermediate(self) -> bool {
        matches!(
            self,
            Self::NotACa
                | Self::NoBasicConstraints
                | Self::KeyCertSignAlone
                | Self::PathTooLong
                | Self::Missing
        )
    }

    fn is_about_purpose(self) -> bool {
        matches!(self, Self::WrongPurpose | Self::AnyPurpose | Self::LeafKeyUsage)
    }

    /// Whether a random constraint would get in its way.
    fn is_about_names(self) -> bool {
        matches!(self, Self::HostInCommonName | Self::AddressInSubject)
    }
}

fn name(depth: usize, cas: usize) -> String {
    if depth == cas { format!("{BASE}, CN=device") } else { format!("{BASE}, CN=CA {depth}") }
}

/// The same name by RFC 5280 §7.1, written otherwise.
fn variant(rng: &mut Rng, name: &str) -> Vec<u8> {
    let (base, common) = name.split_at(BASE.len());
    let text = match rng.below(4) {
        0 => name.to_owned(),
        1 => format!("{base}{}", common.to_uppercase()),
        2 => name.replace("CN=", "CN=  ").replace("CA ", "ca   "),
        _ => name.replace("Example", "EXAMPLE "),
    };
    der::name_in(&text, *rng.pick(&[0x0c, 0x13]))
}

fn scheme(rng: &mut Rng, key: &Key) -> Scheme {
    let hash = *rng.pick(&[Hash::Sha256, Hash::Sha384, Hash::Sha512]);
    match key {
        Key::Rsa(_) if rng.chance(15) => Scheme::Pkcs1(Hash::Sha1),
        Key::Rsa(_) if rng.chance(40) => Scheme::Pss(hash, *rng.pick(&[0, 20, 32])),
        Key::Rsa(_) => Scheme::Pkcs1(hash),
        Key::Ed25519(_) => Scheme::Ed25519,
        _ => Scheme::Ecdsa(hash),
    }
}

/// What a CA needs, and some of what it may have. `below` counts the intermediates under it.
fn ca(rng: &mut Rng, mut template: Template, below: usize, is_for_client: bool) -> Template {
    let limit = rng.chance(40).then(|| (below + rng.below(3)) as u8);
    template = template.with(forge::basic_constraints(true, limit));
    if rng.chance(70) {
        template = template.with(forge::key_usage(*rng.pick(&[0x04, 0x06, 0x86]), 1));
    }
    if rng.chance(20) && is_for_client {
        template = template.with(forge::extended_key_usage(&[forge::CLIENT_AUTH, forge::SERVER_AUTH]));
    }
    if rng.chance(25) {
        template = template.with(forge::extension("1.3.6.1.4.1.99999.3", false, &[5, 0]));
    }
    if rng.chance(30) {
        let permitted = [
            forge::directory("C=US, O=EXAMPLE"),
            forge::dns("example.com"),
            forge::email("example.com"),
            forge::uri(".example.com"),
            forge::ip(&[192, 0, 2, 0, 255, 255, 255, 0]),
        ];
        let excluded =
            [forge::dns("bad.example.com"), forge::email("jim@example.com"), forge::directory("C=DE")];
        let permitted: Vec<_> = permitted.into_iter().filter(|_| rng.chance(50)).collect();
        let excluded: Vec<_> = excluded.into_iter().filter(|_| rng.chance(50)).collect();
        if !permitted.is_empty() || !excluded.is_empty() {
            template = template.with(forge::name_constraints(&permitted, &excluded));
        }
    }
    template
}

fn leaf(rng: &mut Rng, mut template: Template, fault: Fault) -> Template {
    let names = [
        forge::dns("host.example.com"),
        forge::email("jo@example.com"),
        forge::uri("https://host.example.com/device"),
        forge::ip(&[192, 0, 2, 7]),
        forge::directory("C=US, O=Example, CN=another name"),
        forge::principal("jo@example.org"),
    ];
    let names: Vec<_> = names.into_iter().filter(|_| rng.chance(40)).collect();
    if !names.is_empty() && !fault.is_about_names() {
        template = template.with(forge::alternative_names(&names));
    }
    if rng.chance(50) {
        template = template.with(forge::extended_key_usage(&[forge::CLIENT_AUTH, forge::EMAIL_PROTECTION]));
    }
    if rng.chance(50) {
        template = template.with(forge::key_usage(0x80, 7));
    }
    if rng.chance(30) {
        template = template.with(forge::basic_constraints(false, None));
    }
    if template.extensions.is_empty() && rng.chance(50) {
        template.version = None;
    }
    template
}
