//! Less evidence may make a verdict unknown, and never the opposite: for any stores of a device, a twin
//! of the case with something left out has the same verdict or none.

use crate::support::forge::{Key, Template};
use certposture::ca::UploadedCas;
use certposture::certificate::Certificate;
use certposture::device::{Device, HostNames};
use certposture::diagnosis::{Case, Diagnosis, Judging, Verdict, diagnose};
use certposture::lookup::powershell::subject;
use certposture::posture::RuleType;
use certposture::reason::Code;
use certposture::rule::{Locations, Rule, TrustStore};
use certposture::store::{
    Contents, Evidence, Index, Origin, Place, PrivateKey, Role, RoleSource, Status, StoreSpec,
    StoredCertificate, WindowsLocation,
};
use certposture::system::System;
use proptest::prelude::*;
use std::sync::LazyLock;

const ROOT: &str = "CN=Root CA";
const ISSUING: &str = "CN=Issuing CA";
const NAME: &str = "device-042";

struct World {
    cas: UploadedCas,
    /// A sound one, an expired one, another CA's, one of another device, one that an intermediate issued,
    /// and the intermediate.
    certificates: Vec<Certificate>,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let (root, issuing, key) = (Key::p256("root"), Key::p256("issuing"), Key::p256("device"));
    let other = Key::p256("other");
    let own = format!("CN={NAME}");
    let mut cas = UploadedCas::default();
    cas.add_bytes(Template::ca(ROOT, &root, ROOT).sign(&root).der(), None);
    let certificates = vec![
        Template::new(&own, &key, ROOT).sign(&root),
        Template::new(&own, &key, ROOT).dates("200101000000Z", "210101000000Z").sign(&root),
        Template::new(&own, &key, "CN=Other CA").sign(&other),
        Template::new("CN=laptop-7", &key, ROOT).sign(&root),
        Template::new(&own, &key, ISSUING).sign(&issuing),
        Template::ca(ISSUING, &issuing, ROOT).sign(&root),
    ];
    World { cas, certificates }
});

fn key() -> impl Strategy<Value = PrivateKey> {
    prop_oneof![Just(PrivateKey::Present), Just(PrivateKey::Absent)]
}

/// Certificates by number, each with the state of its key.
fn held() -> impl Strategy<Value = Vec<(usize, PrivateKey)>> {
    prop::collection::vec((0..6usize, key()), 0..4)
}

fn stored(held: &[(usize, PrivateKey)], spec: &StoreSpec) -> Vec<StoredCertificate> {
    let each = held.iter().enumerate();
    each.map(|(position, (number, private_key))| StoredCertificate {
        certificate: WORLD.certificates[*number].clone(),
        label: None,
        trust: None,
        location: spec.to_string(),
        private_key: *private_key,
        other_key_beside: false,
        position,
    })
    .collect()
}

/// A copy of the store `role`; `None` for a loose file.
fn place(number: usize, role: Option<Role>, system: System, held: &[(usize, PrivateKey)]) -> Place {
    let spec = StoreSpec::File(format!("/evidence/{number}").into());
    let mut evidence = Evidence::given_as(&spec);
    evidence.system = Some(system);
    evidence.shows.order = true;
    if let Some(role) = role {
        (evidence.role, evidence.source) = (Some(role), RoleSource::Given);
        (evidence.complete, evidence.shows.private_key) = (true, true);
    }
    let mut certificates = stored(held, &spec);
    if !evidence.shows.private_key {
        certificates.iter_mut().for_each(forget_absence);
    }
    let index = match system {
        System::Windows => Index::Windows {
            subjects: certificates.iter().map(|stored| subject(&stored.certificate)).collect(),
            account: None,
        },
        System::Linux | System::Macos => Index::None,
    };
    assert_eq!(evidence.origin, Origin::Elsewhere);
    let contents = Contents { spec, evidence, status: Status::Read, problem: None, certificates, index };
    Place::new(contents, false, false)
}

fn forget_absence(stored: &mut StoredCertificate) {
    if stored.private_key == PrivateKey::Absent {
        stored.private_key = PrivateKey::Unknown;
    }
}

fn roles(system: System) -> Vec<Role> {
    match system {
        System::Windows => vec![
            Role::Windows(WindowsLocation::CurrentUser, "My".to_owned()),
            Role::Windows(WindowsLocation::LocalMachine, "My".to_owned()),
            Role::Windows(WindowsLocation::LocalMachine, "CA".to_owned()),
        ],
        System::Linux | System::Macos => vec![Role::SystemKeychain, Role::LoginKeychain],
    }
}

/// Copies of several stores of one device, each of another one; or loose files.
fn places() -> impl Strategy<Value = (System, Vec<Place>)> {
    let system = prop_oneof![Just(System::Windows), Just(System::Macos)];
    let of_each_role = prop::collection::vec(prop::option::of(held()), 3);
    (system, of_each_role, any::<bool>()).prop_map(|(system, held, loose)| {
        let roles = roles(system).into_iter().zip(held).enumerate();
        let places = roles.filter_map(|(number, (role, held))| {
            let role = Some(role).filter(|_| !loose);
            Some(place(number, role, system, &held?))
        });
        (system, places.collect())
    })
}

fn rules(system: System) -> Vec<Rule> {
    let name = Some(NAME.as_bytes().to_vec());
    let mut keyed = Rule::from_flags(name.clone(), Some(RuleType::ClientCertificateV2));
    keyed.check_private_key = true;
    keyed.systems = vec![system];
    let trust_stores = vec![TrustStore::System, TrustStore::User];
    keyed.locations = Some(Locations { trust_stores, paths: Vec::new() });
    let unkeyed = Rule { check_private_key: false, ..keyed.clone() };
    vec![Rule::from_flags(name, Some(RuleType::ClientCertificate)), keyed, unkeyed]
}

fn answer(rule: &Rule, system: System, places: &[Place]) -> Diagnosis {
    diagnose(&Case {
        rule,
        cas: &WORLD.cas,
        device: &Device::new(HostNames::default(), Err(String::new())),
        client: None,
        intermediates: &[],
        places,
        system,
        at: "2025-01-01T00:00:00Z".parse().unwrap(),
        expiry_warning_days: 0,
        working_directory: None,
        judging: &Judging::default(),
    })
}

/// Every case with a little less in it, and what was taken away.
fn twins(places: &[Place]) -> Vec<(String, Vec<Place>)> {
    let mut twins = Vec::new();
    let mut change = |what: &str, at: usize, change: &dyn Fn(&mut Vec<Place>)| {
        let mut twin = places.to_vec();
        change(&mut twin);
        twins.push((format!("{what} {at}"), twin));
    };
    for at in 0..places.len() {
        if places.len() > 1 {
            change("without", at, &|twin| drop(twin.remove(at)));
        }
        change("unreadable", at, &|twin| {
            let contents = &mut twin[at].contents;
            (contents.status, contents.index) = (Status::Unreadable, Index::None);
            contents.certificates.clear();
            contents.evidence.complete = false;
        });
        change("without keys", at, &|twin| {
            let contents = &mut twin[at].contents;
            contents.evidence.shows.private_key = false;
            contents.certificates.iter_mut().for_each(|stored| stored.private_key = PrivateKey::Unknown);
        });
        change("a part of", at, &|twin| {
            let contents = &mut twin[at].contents;
            contents.evidence.complete = false;
            contents.certificates.pop();
            if let Index::Windows { subjects, .. } = &mut contents.index {
                subjects.pop();
            }
        });
    }
    twins
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn less_evidence_never_turns_a_verdict_into_its_opposite((system, places) in places()) {
        prop_assume!(!places.is_empty());
        for rule in rules(system) {
            let whole = answer(&rule, system, &places).verdict;
            for (what, twin) in twins(&places) {
                let less = answer(&rule, system, &twin);
                // A loose file passes on an assumption, and the report says so.
                let is_assumed = less.reasons.iter().any(|r| r.finding.code == Code::EvidenceAssumed);
                let is_same = less.verdict == whole || whole == Verdict::Unknown && is_assumed;
                prop_assert!(
                    is_same || less.verdict == Verdict::Unknown,
                    "{whole:?} becomes {:?} {what} under {}: {:#?}\nof {places:#?}",
                    less.verdict, rule.rule_type, less.reasons
                );
            }
        }
    }
}

/// What the property says of three cases that went wrong once.
#[test]
fn copies_of_stores_that_the_client_does_not_search() {
    let [current_user, local_machine, _] = &roles(System::Windows)[..] else { unreachable!() };
    let sound = [(0, PrivateKey::Present)];
    let rule = &rules(System::Windows)[0];
    let machine = place(0, Some(local_machine.clone()), System::Windows, &sound);
    let user = place(1, Some(current_user.clone()), System::Windows, &[(3, PrivateKey::Present)]);
    let told = |places: &[Place]| {
        let answer = answer(rule, System::Windows, places);
        (answer.verdict, answer.reasons[0].finding.code)
    };
    assert_eq!(told(std::slice::from_ref(&machine)), (Verdict::Unknown, Code::RoleNotSearched));
    assert_eq!(told(&[machine, user]), (Verdict::Fail, Code::FoundElsewhere));
    let loose = place(2, None, System::Windows, &sound);
    assert_eq!(told(&[loose]), (Verdict::Pass, Code::EvidenceAssumed));
    let expired = place(3, None, System::Windows, &[(1, PrivateKey::Present)]);
    assert_eq!(told(&[expired]), (Verdict::Unknown, Code::Expired));
}
