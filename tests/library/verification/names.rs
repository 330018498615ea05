//! Name constraints (RFC 5280 §4.2.1.10).

use super::{ISSUING, ROOT, World, judge, told};
use crate::support::forge::{
    self, Template, alternative_names, der, directory, dns, email, ip, name_constraints, uri,
};

/// What is said of a device with these alternative names below an issuing CA with these constraints.
fn told_of(constraints: Vec<u8>, change: impl FnOnce(Template) -> Template) -> Vec<String> {
    let world = World::new();
    let issuing = Template::ca(ISSUING, &world.issuing_key, ROOT).with(constraints).sign(&world.root_key);
    let device = change(world.device()).sign(&world.issuing_key);
    told(&judge(&[world.root], &[issuing], &device).path.findings)
}

fn violation(what: &str) -> [String; 1] {
    [format!(
        "name-constraint-violated@0: The certificate bears a name that the intermediate \"CN=Issuing CA, \
         O=Example\" does not allow: {what}"
    )]
}

const NONE: [&str; 0] = [];

#[test]
fn permitted_names_of_each_kind() {
    let range = [192, 0, 2, 0, 255, 255, 255, 0];
    for (base, good, bad, what) in [
        (
            dns("example.com"),
            dns("a.example.com"),
            dns("a.example.org"),
            "DNS:a.example.org is not under the permitted DNS:example.com",
        ),
        (
            email("example.com"),
            email("jo@example.com"),
            email("jo@example.org"),
            "email:jo@example.org is not under the permitted email:example.com",
        ),
        (
            uri(".example.com"),
            uri("https://a.example.com/"),
            uri("https://example.com/"),
            "URI:https://example.com/ is not under the permitted URI:.example.com",
        ),
        (
            ip(&range),
            ip(&[192, 0, 2, 9]),
            ip(&[192, 0, 3, 9]),
            "IP:192.0.3.9 is not under the permitted IP:192.0.2.0/24",
        ),
        (
            directory("O=Example"),
            directory("O=Example, CN=x"),
            directory("O=Other"),
            "directory name:O=Other is not under the permitted directory name:O=Example",
        ),
    ] {
        let constraints = name_constraints(std::slice::from_ref(&base), &[]);
        let with = |name: &Vec<u8>| {
            let name = name.clone();
            told_of(constraints.clone(), |mut device| {
                device.subject = der::name("O=Example, CN=device-042");
                device.with(alternative_names(&[name]))
            })
        };
        assert_eq!(with(&good), NONE);
        assert_eq!(with(&bad), violation(what));
        // Excluded, the same bases turn round.
        let excluded = name_constraints(&[], &[base]);
        let told =
            told_of(excluded.clone(), |device| device.with(alternative_names(std::slice::from_ref(&good))));
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains(" is under the excluded "), "{told:?}");
        assert_eq!(
            told_of(excluded, |device| device.with(alternative_names(std::slice::from_ref(&bad)))),
            NONE
        );
    }
}

#[test]
fn a_kind_that_is_not_constrained_is_free() {
    let constraints = name_constraints(&[dns("example.com")], &[]);
    assert_eq!(
        told_of(constraints, |device| device.with(alternative_names(&[email("jo@example.org")]))),
        NONE
    );
}

#[test]
fn the_subject_is_a_directory_name() {
    let constraints = || name_constraints(&[directory("O=Example")], &[]);
    assert_eq!(
        told_of(constraints(), |device| device),
        violation("directory name:CN=device-042 is not under the permitted directory name:O=Example")
    );
    assert_eq!(
        told_of(constraints(), |mut device| {
            device.subject = der::name_in("O=EXAMPLE, CN=device-042", 0x13);
            device
        }),
        NONE
    );
    // An empty subject is not constrained.
    assert_eq!(
        told_of(constraints(), |mut device| {
            device.subject = der::name("");
            device
        }),
        NONE
    );
}

#[test]
fn addresses_in_the_subject_count_without_alternative_names() {
    let constraints = || name_constraints(&[email("example.com")], &[]);
    let with_address = |mut device: Template| {
        device.subject = der::name("CN=device-042, emailAddress=jo@example.org");
        device
    };
    assert_eq!(
        told_of(constraints(), with_address),
        violation("email:jo@example.org is not under the permitted email:example.com")
    );
    assert_eq!(
        told_of(constraints(), |device| with_address(device).with(alternative_names(&[dns("x")]))),
        NONE
    );
}

#[test]
fn kinds_and_distances_that_are_not_supported() {
    let registered = der::context(8, &[0x2a, 3]);
    let constraints = || name_constraints(std::slice::from_ref(&registered), &[]);
    assert_eq!(told_of(constraints(), |device| device), NONE);
    assert_eq!(
        told_of(constraints(), |device| device.with(alternative_names(std::slice::from_ref(&registered)))),
        violation(
            "registered ID:1.2.3 cannot be judged: constraints on names of the kind registeredID are not supported"
        )
    );
    let other = name_constraints(&[], &[forge::principal("jo@example.com")]);
    assert_eq!(
        told_of(other, |device| device.with(alternative_names(&[forge::principal("jo@example.com")]))),
        violation(
            "otherName:1.3.6.1.4.1.311.20.2.3 jo@example.com cannot be judged: constraints on names of the kind \
             otherName are not supported"
        )
    );
    let minimum = [dns("example.com"), der::context(0, &[1])].concat();
    assert_eq!(
        told_of(name_constraints(&[minimum], &[]), |device| device
            .with(alternative_names(&[dns("a.example.com")]))),
        violation(
            "DNS:a.example.com falls under a constraint with a minimum or maximum, which RFC 5280 forbids"
        )
    );
    let maximum = [dns("example.com"), der::context(1, &[1])].concat();
    assert_eq!(told_of(name_constraints(&[maximum], &[]), |device| device), NONE);
}

#[test]
fn only_some_names_are_listed() {
    let names: Vec<_> = (0..50).map(|n| dns(&format!("host-{n}.example.org"))).collect();
    assert_eq!(
        told_of(name_constraints(&[dns("example.com")], &[]), |device| device
            .with(alternative_names(&names))),
        violation(
            "DNS:host-0.example.org is not under the permitted DNS:example.com; DNS:host-1.example.org is not \
             under the permitted DNS:example.com; DNS:host-2.example.org is not under the permitted \
             DNS:example.com; and 47 more"
        )
    );
}

#[test]
fn a_self_issued_intermediate_is_exempt_and_the_last_certificate_is_not() {
    let world = World::new();
    let constrained = Template::ca(ISSUING, &world.issuing_key, ROOT)
        .with(name_constraints(&[directory("O=Inside")], &[]))
        .sign(&world.root_key);
    let new_key = forge::Key::p256("issuing, new");
    let rollover = Template::ca(ISSUING, &new_key, ISSUING).sign(&world.issuing_key);
    let mut inside = Template::new("O=Inside, CN=x", &world.device_key, ISSUING);
    let pool = [constrained, rollover.clone()];
    let anchors = [world.root];
    assert_eq!(told(&judge(&anchors, &pool, &inside.sign(&new_key)).path.findings), NONE);
    assert_eq!(
        super::codes(&judge(&anchors, &pool, &rollover).path.findings),
        ["name-constraint-violated@0"]
    );
    inside.subject = der::name("O=Outside");
    assert_eq!(
        super::codes(&judge(&anchors, &pool, &inside.sign(&new_key)).path.findings),
        ["name-constraint-violated@0"]
    );
}
