//! Name × base × kind, each with the answer that RFC 5280 gives or, where it is silent, that of the verifiers that
//! fail closed.

use super::{ISSUING, ROOT, World, judge};
use crate::support::forge::{Template, alternative_names, der, name_constraints};
use Side::{Excluded, Permitted};
use Want::{Accept, Refuse};
use der::{context, explicit, object, sequence, tlv};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Permitted,
    Excluded,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Want {
    Accept,
    Refuse,
}

/// Whether a certificate with this name passes below an issuing CA with this constraint.
fn outcome(side: Side, base: &[u8], device: impl FnOnce(Template) -> Template) -> Want {
    let world = World::new();
    let bases = [base.to_vec()];
    let constraints = match side {
        Permitted => name_constraints(&bases, &[]),
        Excluded => name_constraints(&[], &bases),
    };
    let issuing = Template::ca(ISSUING, &world.issuing_key, ROOT).with(constraints).sign(&world.root_key);
    let device = device(world.device()).sign(&world.issuing_key);
    let path = judge(&[world.root], &[issuing], &device).path;
    let expected = path.findings.iter().all(|finding| finding.code.as_str() == "name-constraint-violated");
    assert!(expected, "{:?}", path.findings);
    if path.passes() { Accept } else { Refuse }
}

fn with_name(side: Side, base: &[u8], name: &[u8]) -> Want {
    outcome(side, base, |device| device.with(alternative_names(&[name.to_vec()])))
}

const SYNTAX: &str = "RFC 5280 §4.2.1.6: preferred name syntax (RFC 1034 §3.5)";
const LABELS: &str = "RFC 5280 §4.2.1.10: zero or more labels on the left of the base";
const CASE: &str = "RFC 5280 §7.2: without case";
const ROOT_DOT: &str =
    "the dot of the root: GnuTLS 3.7, pyca 46, webpki 0.103 refuse, Bouncy Castle and wolfSSL take it off";
const EMPTY: &str =
    "an empty base: NSS and Go take it for everything; permitted, OpenSSL takes it for nothing";
const LEADING: &str = "a dot in front asks for a label more: OpenSSL, NSS and Go";
const WILDCARD: &str = "RFC 6125 §6.4.3 and mozilla::pkix: what a wildcard may stand for is excluded, and all of it is to be permitted";
const NOT_COMPARABLE: &str = "RFC 5280 §4.2.1.10: what cannot be processed is refused; webpki and Go refuse";

/// dNSName.
const DNS: &[(Side, &str, &str, Want, &str)] = &[
    (Permitted, "example.com", "example.com", Accept, LABELS),
    (Permitted, "example.com", "a.example.com", Accept, LABELS),
    (Permitted, "example.com", "a.b.c.example.com", Accept, LABELS),
    (Permitted, "example.com", "badexample.com", Refuse, LABELS),
    (Permitted, "example.com", "example.com.evil.test", Refuse, LABELS),
    (Permitted, "example.com", "com", Refuse, LABELS),
    (Permitted, "a.example.com", "example.com", Refuse, LABELS),
    (Permitted, "a.example.com", "b.example.com", Refuse, LABELS),
    (Permitted, "com", "example.com", Accept, LABELS),
    (Permitted, "example.com", "_sip.example.com", Accept, "underscores name services (RFC 2782)"),
    (Permitted, "xn--bcher-kva.example", "www.xn--bcher-kva.example", Accept, "RFC 5280 §7.2: A-labels"),
    (Excluded, "example.com", "example.com", Refuse, LABELS),
    (Excluded, "example.com", "a.example.com", Refuse, LABELS),
    (Excluded, "example.com", "badexample.com", Accept, LABELS),
    (Excluded, "example.com", "example.org", Accept, LABELS),
    (Excluded, "a.example.com", "example.com", Accept, LABELS),
    (Permitted, "EXAMPLE.com", "a.example.COM", Accept, CASE),
    (Excluded, "EXAMPLE.com", "a.example.COM", Refuse, CASE),
    (Excluded, "example.com", "EXAMPLE.COM", Refuse, CASE),
    // The dot of the root.
    (Excluded, "bank.example", "bank.example.", Refuse, ROOT_DOT),
    (Excluded, "bank.example", "www.bank.example.", Refuse, ROOT_DOT),
    (Excluded, "bank.example.", "www.bank.example", Refuse, ROOT_DOT),
    (Excluded, "bank.example.", "bank.example.", Refuse, ROOT_DOT),
    (Excluded, ".bank.example.", "www.bank.example", Refuse, ROOT_DOT),
    (Permitted, "bank.example", "evil.example.", Refuse, ROOT_DOT),
    (Permitted, "bank.example.", "evil.example", Refuse, ROOT_DOT),
    (Permitted, "bank.example.", "www.bank.example", Accept, ROOT_DOT),
    (Excluded, "bank.example", "bank.example..", Refuse, SYNTAX),
    (Permitted, "bank.example", "bank.example..", Refuse, SYNTAX),
    (Excluded, "bank.example..", "a.test", Refuse, NOT_COMPARABLE),
    (Permitted, "bank.example..", "bank.example", Refuse, NOT_COMPARABLE),
    (Excluded, ".", "a.test", Refuse, NOT_COMPARABLE),
    (Permitted, ".", "a.test", Refuse, NOT_COMPARABLE),
    // Empty.
    (Permitted, "", "a.example.com", Accept, EMPTY),
    (Excluded, "", "a.example.com", Refuse, EMPTY),
    (Excluded, "", "localhost", Refuse, EMPTY),
    // A dot in front.
    (Permitted, ".example.com", "a.example.com", Accept, LEADING),
    (Permitted, ".example.com", "example.com", Refuse, LEADING),
    (Excluded, ".example.com", "a.example.com", Refuse, LEADING),
    (Excluded, ".example.com", "example.com", Accept, LEADING),
    (Excluded, ".example.com", "badexample.com", Accept, LEADING),
    // Wildcards.
    (Excluded, "bar.example.com", "*.example.com", Refuse, WILDCARD),
    (Excluded, "example.com", "*.example.com", Refuse, WILDCARD),
    (Excluded, "com", "*.example.com", Refuse, WILDCARD),
    (Excluded, "com", "*.example.org", Accept, WILDCARD),
    (Excluded, "a.bar.example.com", "*.example.com", Accept, WILDCARD),
    (Excluded, ".bar.example.com", "*.example.com", Accept, WILDCARD),
    (Excluded, ".example.com", "*.example.com", Refuse, WILDCARD),
    (Excluded, "bar.example.com", "*.EXAMPLE.com.", Refuse, WILDCARD),
    (Permitted, "example.com", "*.example.com", Accept, WILDCARD),
    (Permitted, ".example.com", "*.example.com", Accept, WILDCARD),
    (Permitted, "bar.example.com", "*.example.com", Refuse, WILDCARD),
    (Permitted, "example.com", "*.example.org", Refuse, WILDCARD),
    (Permitted, "example.com", "*.com", Refuse, WILDCARD),
    (Excluded, "example.com", "*.com", Refuse, WILDCARD),
    (Excluded, "other.test", "*", Refuse, SYNTAX),
    (Excluded, "other.test", "a.*.example.com", Refuse, SYNTAX),
    (Excluded, "other.test", "w*.example.com", Refuse, "RFC 9525 §6.3: the wildcard is the whole label"),
    (Excluded, "other.test", "*.*.example.com", Refuse, SYNTAX),
    (Excluded, "*.example.com", "a.example.com", Refuse, NOT_COMPARABLE),
    (Permitted, "*.example.com", "a.example.com", Refuse, NOT_COMPARABLE),
    // No DNS names.
    (Excluded, "other.test", "", Refuse, SYNTAX),
    (Excluded, "other.test", " ", Refuse, "RFC 5280 §4.2.1.6: a dNSName of a blank must not be used"),
    (Excluded, "other.test", ".example.com", Refuse, SYNTAX),
    (Excluded, "other.test", "a..example.com", Refuse, SYNTAX),
    (Excluded, "other.test", "a b.example.com", Refuse, SYNTAX),
    (Excluded, "other.test", "a.example.com\0.evil.test", Refuse, SYNTAX),
    (Permitted, "example.com", "evil.test\0.example.com", Refuse, SYNTAX),
    (Permitted, "example.com", "evil.test .example.com", Refuse, SYNTAX),
    (Permitted, "example.com", "evil.test/.example.com", Refuse, SYNTAX),
    (Permitted, "example.com", "jo@a.example.com", Refuse, SYNTAX),
    (Permitted, "example.com", "https://a.example.com", Refuse, SYNTAX),
    (Permitted, "example.com", "a.example.com:443", Refuse, SYNTAX),
    (Permitted, "example.com", "a%2eexample.com.example.com", Refuse, SYNTAX),
    (Permitted, "example.com", "a.example.com\n", Refuse, SYNTAX),
    (Excluded, "exa mple.com", "a.test", Refuse, NOT_COMPARABLE),
    (Excluded, "https://example.com", "a.test", Refuse, NOT_COMPARABLE),
    (
        Excluded,
        "other.test",
        "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg.test",
        Refuse,
        "RFC 1034 §3.1: labels of 63 octets",
    ),
    (
        Excluded,
        "other.test",
        "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg.test",
        Accept,
        "RFC 1034 §3.1: labels of 63 octets",
    ),
];

const MAILBOX: &str = "RFC 5280 §4.2.1.10: a mailbox, a host, or after a dot a domain";
const LOCAL_CASE: &str = "RFC 5280 §7.5: only the local part knows case; excluded, Go and GnuTLS fold it";
const NO_MAILBOX: &str = "RFC 5280 §4.2.1.6: a Mailbox without quotes, comments or brackets is what can be compared; Go and webpki refuse";

/// rfc822Name.
const MAIL: &[(Side, &str, &str, Want, &str)] = &[
    (Permitted, "example.com", "jo@example.com", Accept, MAILBOX),
    (Permitted, "example.com", "jo@mail.example.com", Refuse, MAILBOX),
    (Permitted, "example.com", "jo@badexample.com", Refuse, MAILBOX),
    (Permitted, ".example.com", "jo@mail.example.com", Accept, MAILBOX),
    (Permitted, ".example.com", "jo@example.com", Refuse, MAILBOX),
    (Permitted, ".example.com", "jo@a.b.example.com", Accept, MAILBOX),
    (Permitted, "jo@example.com", "jo@example.com", Accept, MAILBOX),
    (Permitted, "jo@example.com", "al@example.com", Refuse, MAILBOX),
    (Permitted, "jo@example.com", "jo@mail.example.com", Refuse, MAILBOX),
    (Permitted, "jo@example.com", "jo@EXAMPLE.com", Accept, CASE),
    (Permitted, "jo@example.com", "Jo@example.com", Refuse, LOCAL_CASE),
    (Permitted, "example.com", "j.o+x@example.com", Accept, "RFC 5322 §3.2.3: dot-atom"),
    (
        Permitted,
        "@example.com",
        "jo@example.com",
        Accept,
        "nothing before the @: OpenSSL takes it for the host",
    ),
    (
        Permitted,
        "@example.com",
        "jo@mail.example.com",
        Refuse,
        "nothing before the @: OpenSSL takes it for the host",
    ),
    (Excluded, "example.com", "jo@example.com", Refuse, MAILBOX),
    (Excluded, "example.com", "jo@EXAMPLE.COM", Refuse, CASE),
    (Excluded, "example.com", "jo@mail.example.com", Accept, MAILBOX),
    (Excluded, ".example.com", "jo@mail.example.com", Refuse, MAILBOX),
    (Excluded, ".example.com", "jo@example.com", Accept, MAILBOX),
    (Excluded, "jo@example.com", "jo@example.com", Refuse, MAILBOX),
    (Excluded, "jo@example.com", "Jo@example.com", Refuse, LOCAL_CASE),
    (Excluded, "jo@example.com", "al@example.com", Accept, MAILBOX),
    // The dot of the root.
    (Excluded, "bank.example", "ceo@bank.example.", Refuse, ROOT_DOT),
    (Excluded, "bank.example.", "ceo@bank.example", Refuse, ROOT_DOT),
    (Excluded, ".bank.example", "ceo@mail.bank.example.", Refuse, ROOT_DOT),
    (Excluded, "ceo@bank.example.", "ceo@bank.example", Refuse, ROOT_DOT),
    (Excluded, "bank.example", "ceo@bank.example..", Refuse, NO_MAILBOX),
    (Permitted, "bank.example", "ceo@evil.example.", Refuse, ROOT_DOT),
    // Empty.
    (Excluded, "", "jo@example.com", Refuse, EMPTY),
    (Excluded, "", "jo@localhost", Refuse, EMPTY),
    (Permitted, "", "jo@example.com", Refuse, EMPTY),
    // No mailboxes.
    (Excluded, "other.test", "nobody", Refuse, NO_MAILBOX),
    (Excluded, "other.test", "", Refuse, NO_MAILBOX),
    (Excluded, "other.test", "@example.com", Refuse, NO_MAILBOX),
    (Excluded, "other.test", "jo@", Refuse, NO_MAILBOX),
    (Excluded, "other.test", "jo@a@example.com", Refuse, NO_MAILBOX),
    (Permitted, "example.com", "jo@evil.test@example.com", Refuse, NO_MAILBOX),
    (Excluded, "other.test", "<jo@example.com>", Refuse, NO_MAILBOX),
    (Permitted, "example.com", "Jo <jo@example.com>", Refuse, NO_MAILBOX),
    (Permitted, "example.com", "\"jo\"@example.com", Refuse, NO_MAILBOX),
    (Permitted, "example.com", "\"jo@evil.test\"@example.com", Refuse, NO_MAILBOX),
    (Permitted, "example.com", "jo@example.com\0", Refuse, NO_MAILBOX),
    (Permitted, "example.com", "jo\0@example.com", Refuse, NO_MAILBOX),
    (Permitted, "example.com", "jo @example.com", Refuse, NO_MAILBOX),
    (Permitted, "example.com", "jo@ example.com", Refuse, NO_MAILBOX),
    (Permitted, "example.com", "jo..x@example.com", Refuse, NO_MAILBOX),
    (Permitted, "example.com", "jo(x)@example.com", Refuse, NO_MAILBOX),
    (Permitted, "example.com", "jo@[192.0.2.1]", Refuse, NO_MAILBOX),
    (Excluded, "other.test", "jo@[192.0.2.1]", Refuse, NO_MAILBOX),
    (Excluded, "other.test", "jo@*.example.com", Refuse, NO_MAILBOX),
    (Excluded, "jo@a@example.com", "al@other.test", Refuse, NOT_COMPARABLE),
    (Excluded, "*.example.com", "al@other.test", Refuse, NOT_COMPARABLE),
    (Excluded, "@", "al@other.test", Refuse, NOT_COMPARABLE),
];

const URI_HOST: &str = "RFC 5280 §4.2.1.10: the host, or after a dot what is below it";
const NO_HOST: &str = "RFC 5280 §4.2.1.10: a URI without a host name is refused";
const NO_URI: &str = "RFC 3986 §2, §3.2: no URI; Go and webpki refuse";

/// uniformResourceIdentifier.
const URI: &[(Side, &str, &str, Want, &str)] = &[
    (Permitted, "host.example.com", "https://host.example.com/path", Accept, URI_HOST),
    (Permitted, "host.example.com", "https://a.host.example.com/", Refuse, URI_HOST),
    (Permitted, ".example.com", "https://host.example.com/", Accept, URI_HOST),
    (Permitted, ".example.com", "https://example.com/", Refuse, URI_HOST),
    (Permitted, ".example.com", "ldap://a.b.example.com:389/x?y#z", Accept, URI_HOST),
    (Permitted, "host.example.com", "https://u:p@HOST.example.com:8443?q", Accept, CASE),
    (Permitted, "host.example.com", "https://host.example.com:/", Accept, "RFC 3986 §3.2.3: an empty port"),
    (
        Permitted,
        "host.example.com",
        "HTTPS://host.example.com",
        Accept,
        "RFC 3986 §3.1: schemes without case",
    ),
    (Excluded, "host.example.com", "https://host.example.com/", Refuse, URI_HOST),
    (Excluded, "host.example.com", "https://HOST.example.COM/", Refuse, CASE),
    (Excluded, "host.example.com", "https://a.host.example.com/", Accept, URI_HOST),
    (Excluded, ".example.com", "https://host.example.com/", Refuse, URI_HOST),
    (Excluded, ".example.com", "https://example.com/", Accept, URI_HOST),
    (Excluded, "example.com", "https://example.org/?https://example.com/", Accept, URI_HOST),
    // The dot of the root.
    (Excluded, "competitor.example", "https://competitor.example./x", Refuse, ROOT_DOT),
    (Excluded, "competitor.example.", "https://competitor.example/x", Refuse, ROOT_DOT),
    (Excluded, ".bad.example", "https://x.bad.example./", Refuse, ROOT_DOT),
    (Excluded, "bad.example", "https://bad.example../", Refuse, NO_URI),
    // Empty.
    (Excluded, "", "https://example.com/", Refuse, EMPTY),
    (Permitted, "", "https://example.com/", Refuse, EMPTY),
    // Without a host name.
    (Excluded, "other.test", "urn:isbn:1", Refuse, NO_HOST),
    (Excluded, "other.test", "mailto:jo@example.com", Refuse, NO_HOST),
    (Excluded, "other.test", "https:///x", Refuse, NO_HOST),
    (Excluded, "other.test", "https://192.0.2.1/", Refuse, NO_HOST),
    (Excluded, "other.test", "https://[2001:db8::1]/", Refuse, NO_HOST),
    (
        Excluded,
        "other.test",
        "https://2130706433/",
        Refuse,
        "WHATWG URL §3.5: a host that ends in a number is an address",
    ),
    (
        Excluded,
        "other.test",
        "https://0x7f.1/",
        Refuse,
        "WHATWG URL §3.5: a host that ends in a number is an address",
    ),
    (
        Excluded,
        "other.test",
        "https://a.0x7f/",
        Refuse,
        "WHATWG URL §3.5: a host that ends in a number is an address",
    ),
    // No URIs.
    (Excluded, "other.test", "plain", Refuse, NO_URI),
    (Excluded, "other.test", "//host.example.com/", Refuse, NO_URI),
    (Excluded, "other.test", "1http://host.example.com/", Refuse, NO_URI),
    (Permitted, "host.example.com", "https://elsewhere.test\\@host.example.com/", Refuse, NO_URI),
    (Permitted, "host.example.com", "https://elsewhere.test@a@host.example.com/", Refuse, NO_URI),
    (Permitted, "host.example.com", "https://host.example.com /", Refuse, NO_URI),
    (Permitted, "host.example.com", "https://host.example.com\0/", Refuse, NO_URI),
    (Permitted, "host.example.com", "https://host.example.com:x/", Refuse, NO_URI),
    (
        Excluded,
        "bad.example",
        "https://%62ad.example/",
        Refuse,
        "RFC 3986 §2.1: percent-encoding could hide the host",
    ),
    (
        Permitted,
        ".example.com",
        "https://a%2f.example.com/",
        Refuse,
        "RFC 3986 §2.1: percent-encoding could hide the host",
    ),
    (Excluded, "other.test", "https://*.example.com/", Refuse, NO_URI),
    (Excluded, "https://bad.example/", "https://a.test/", Refuse, NOT_COMPARABLE),
    (Excluded, "bad example", "https://a.test/", Refuse, NOT_COMPARABLE),
];

const RANGE: &str = "RFC 5280 §4.2.1.10: an address and a mask in the style of RFC 4632";
const LENGTH: &str = "RFC 5280 §4.2.1.6 and §4.2.1.10: 4 or 16 octets, and 8 or 32";
const MAPPED: &str =
    "RFC 4291 §2.5.5.2: an IPv4 address in IPv6's clothes; Go's net.IPNet takes one for the other";

/// iPAddress, in hexadecimal.
const IP: &[(Side, &str, &str, Want, &str)] = &[
    (Permitted, "c0000200ffffff00", "c0000209", Accept, RANGE),
    (Permitted, "c0000200ffffff00", "c0000309", Refuse, RANGE),
    (Permitted, "c0000209ffffffff", "c0000209", Accept, RANGE),
    (Permitted, "c0000209ffffffff", "c000020a", Refuse, RANGE),
    (Permitted, "c0000277ffffff00", "c0000209", Accept, RANGE),
    (Excluded, "c0000200ffffff00", "c0000209", Refuse, RANGE),
    (Excluded, "c0000200ffffff00", "c0000309", Accept, RANGE),
    (Excluded, "0000000000000000", "c0000209", Refuse, RANGE),
    (Permitted, "0000000000000000", "c0000209", Accept, RANGE),
    (
        Permitted,
        "20010db8000000000000000000000000ffffffff000000000000000000000000",
        "20010db8000000000000000000000001",
        Accept,
        RANGE,
    ),
    (
        Permitted,
        "20010db8000000000000000000000000ffffffff000000000000000000000000",
        "20010db9000000000000000000000001",
        Refuse,
        RANGE,
    ),
    (
        Excluded,
        "20010db8000000000000000000000000ffffffff000000000000000000000000",
        "20010db8000000000000000000000001",
        Refuse,
        RANGE,
    ),
    (Permitted, "c0000200ffffff00", "20010db8000000000000000000000001", Refuse, RANGE),
    (Excluded, "c0000200ffffff00", "20010db8000000000000000000000001", Accept, RANGE),
    (
        Excluded,
        "0000000000000000000000000000000000000000000000000000000000000000",
        "c0000209",
        Accept,
        "a range of all of IPv6 forbids no IPv4 address (CA/Browser Forum BR §7.1.5)",
    ),
    (Excluded, "c0000200ffffff00", "00000000000000000000ffffc0000209", Refuse, MAPPED),
    (Permitted, "c0000200ffffff00", "00000000000000000000ffffc0000209", Refuse, MAPPED),
    (
        Excluded,
        "00000000000000000000ffffc0000200ffffffffffffffffffffffffffffff00",
        "c0000209",
        Refuse,
        MAPPED,
    ),
    (Excluded, "c0000200ffffff00", "c00003", Refuse, LENGTH),
    (Excluded, "c0000200ffffff00", "c000030901", Refuse, LENGTH),
    (Permitted, "c0000200ffffff00", "c000020901", Refuse, LENGTH),
    (Excluded, "c0000200ffffff00", "", Refuse, LENGTH),
    (Excluded, "c0000200ffffff", "c0000309", Refuse, LENGTH),
    (Excluded, "", "c0000309", Refuse, LENGTH),
    (Excluded, "c0000200", "c0000309", Refuse, LENGTH),
    (
        Excluded,
        "c0000200ff00ff00",
        "c0000309",
        Refuse,
        "RFC 4632 §3.1: a mask is a prefix; Go and webpki refuse another",
    ),
    (
        Permitted,
        "c0000200ff00ff00",
        "c0000209",
        Refuse,
        "RFC 4632 §3.1: a mask is a prefix; Go and webpki refuse another",
    ),
];

const RDNS: &str = "RFC 5280 §4.2.1.10, §7.1: the base is the beginning of the name";
const PREPARED: &str = "RFC 5280 §7.1: prepared by RFC 4518";
const MAPPED_AWAY: &str = "RFC 4518 §2.2: mapped to nothing";
const FOLDED: &str = "RFC 3454 B.2: full case folding";

/// directoryName, as UTF8String; the name is the subject.
const DIRECTORY: &[(Side, &str, &str, Want, &str)] = &[
    (Permitted, "O=Example", "O=Example, CN=x", Accept, RDNS),
    (Permitted, "O=Example", "O=Example", Accept, RDNS),
    (Permitted, "O=Example", "O=Other, CN=x", Refuse, RDNS),
    (Permitted, "O=Example", "CN=x, O=Example", Refuse, RDNS),
    (Permitted, "O=Example, OU=a", "O=Example, CN=x", Refuse, RDNS),
    (Permitted, "O=Example", "O=Examples, CN=x", Refuse, RDNS),
    (Permitted, "", "O=Other", Accept, RDNS),
    (Excluded, "", "O=Other", Refuse, RDNS),
    (Excluded, "O=Example", "O=Example, CN=x", Refuse, RDNS),
    (Excluded, "O=Example", "O=Other, CN=x", Accept, RDNS),
    (Excluded, "O=Example", "OU=Example, CN=x", Accept, RDNS),
    (Excluded, "O=Example, CN=x", "O=Example, CN=y", Accept, RDNS),
    (Excluded, "O=Blocked", "O=BLOCKED, CN=x", Refuse, PREPARED),
    (Excluded, "O=Blocked Ltd", "O=  Blocked   Ltd , CN=x", Refuse, PREPARED),
    (Excluded, "O=Blocked Ltd", "O=Blocked\tLtd, CN=x", Refuse, PREPARED),
    (Excluded, "O=Blocked Ltd", "O=Blocked\nLtd, CN=x", Refuse, PREPARED),
    (Excluded, "O=Blocked Ltd", "O=BlockedLtd, CN=x", Accept, PREPARED),
    (Excluded, "O=Blocked", "O=Blo\0cked, CN=x", Refuse, MAPPED_AWAY),
    (Excluded, "O=Blocked", "O=Blocked\u{1}, CN=x", Refuse, MAPPED_AWAY),
    (Excluded, "O=Blocked", "O=\u{7f}Blocked, CN=x", Refuse, MAPPED_AWAY),
    (Excluded, "O=Blocked", "O=Blo\u{ad}cked, CN=x", Refuse, MAPPED_AWAY),
    (Excluded, "O=Blocked", "O=Blo\u{200b}cked, CN=x", Refuse, MAPPED_AWAY),
    (Excluded, "O=Blocked", "O=Blo\u{feff}cked, CN=x", Refuse, MAPPED_AWAY),
    (Excluded, "O=Blocked", "O=Blo\u{fe0f}cked, CN=x", Refuse, MAPPED_AWAY),
    (
        Excluded,
        "O=Blocked",
        "O=Blo\u{ffa0}cked, CN=x",
        Refuse,
        "Default_Ignorable_Code_Point, which NFKC_Casefold drops",
    ),
    (
        Excluded,
        "O=Blocked",
        "O=Blo\u{e0101}cked, CN=x",
        Refuse,
        "Default_Ignorable_Code_Point, which NFKC_Casefold drops",
    ),
    (Excluded, "O=Blo\u{1}cked", "O=Blocked, CN=x", Refuse, MAPPED_AWAY),
    (Excluded, "O=Straße", "O=STRASSE, CN=x", Refuse, FOLDED),
    (Excluded, "O=Σίσυφος", "O=ΣΊΣΥΦΟΣ, CN=x", Refuse, FOLDED),
    (Excluded, "O=Blocked", "O=Bloc\u{212a}ed, CN=x", Refuse, "NFKC: KELVIN SIGN"),
    (Excluded, "O=Blocked", "O=\u{ff22}locked, CN=x", Refuse, "NFKC: full width"),
    (Excluded, "O=Café", "O=Cafe\u{301}, CN=x", Refuse, "NFKC: composed"),
];

#[test]
fn names_in_text() {
    for (kind, number, table) in [("DNS", 2, DNS), ("email", 1, MAIL), ("URI", 6, URI)] {
        for &(side, base, name, want, why) in table {
            let general = |text: &str| context(number, text.as_bytes());
            let got = with_name(side, &general(base), &general(name));
            assert_eq!(got, want, "{kind} {name:?}, {side:?} {base:?}: {why}");
        }
    }
}

#[test]
fn addresses() {
    let octets = |hex: &str| -> Vec<u8> {
        (0..hex.len() / 2).map(|i| u8::from_str_radix(&hex[i * 2..i * 2 + 2], 16).unwrap()).collect()
    };
    for &(side, base, name, want, why) in IP {
        let got = with_name(side, &context(7, &octets(base)), &context(7, &octets(name)));
        assert_eq!(got, want, "{name}, {side:?} {base}: {why}");
    }
}

#[test]
fn directory_names() {
    for &(side, base, name, want, why) in DIRECTORY {
        let got = outcome(side, &explicit(4, &der::name(base)), |mut device| {
            device.subject = der::name(name);
            device
        });
        assert_eq!(got, want, "{name:?}, {side:?} {base:?}: {why}");
    }
}

#[test]
fn the_tables_hold_enough() {
    assert!(DNS.len() + MAIL.len() + URI.len() + IP.len() + DIRECTORY.len() >= 200);
}

/// `text` in each string type that can hold it, as tag and content octets.
fn encodings(text: &str) -> Vec<(u8, Vec<u8>)> {
    let utf16 = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let utf32 = text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
    let mut encodings = vec![(0x0c, text.as_bytes().to_vec()), (0x1e, utf16), (0x1c, utf32)];
    if text.chars().all(|c| u32::from(c) < 0x100) {
        encodings.push((0x14, text.chars().map(|c| c as u8).collect()));
    }
    if text.is_ascii() {
        encodings.extend([0x13, 0x16, 0x1a].map(|tag| (tag, text.as_bytes().to_vec())));
    }
    encodings
}

/// A name of one attribute.
fn one_attribute(id: &str, tag: u8, value: &[u8]) -> Vec<u8> {
    sequence(&[tlv(0x31, &sequence(&[object(id), tlv(tag, value)]))])
}

const EMAIL_ADDRESS: &str = "1.2.840.113549.1.9.1";

/// RFC 5280 §4.2.1.10: the attribute emailAddress of a subject, where there is no subjectAltName.
#[test]
fn addresses_in_the_subject_in_every_string_type() {
    let told = |side, base: &str, tag: u8, value: &[u8]| {
        outcome(side, &context(1, base.as_bytes()), |mut device| {
            device.subject = one_attribute(EMAIL_ADDRESS, tag, value);
            device
        })
    };
    for (tag, value) in encodings("u@blocked.example") {
        assert_eq!(told(Excluded, "blocked.example", tag, &value), Refuse, "{tag:02x}");
        assert_eq!(told(Permitted, "blocked.example", tag, &value), Accept, "{tag:02x}");
        assert_eq!(told(Permitted, "good.example", tag, &value), Refuse, "{tag:02x}");
        assert_eq!(told(Excluded, "good.example", tag, &value), Accept, "{tag:02x}");
    }
    // What is no mailbox in ASCII, whatever the type.
    let odd: [(u8, &[u8]); 8] = [
        (0x14, b"\xfc@blocked.example"),
        (0x16, b"\xfc@blocked.example"),
        (0x16, "ü@blocked.example".as_bytes()),
        (0x13, b"u@blocked.example\xff"),
        (0x0c, "ü@blocked.example".as_bytes()),
        (0x1b, b"u@blocked.example"),
        (0x04, b"u@blocked.example"),
        (0x0c, b"nobody"),
    ];
    for (tag, value) in odd {
        for (side, base) in [(Excluded, "blocked.example"), (Excluded, "x.test"), (Permitted, "good.example")]
        {
            assert_eq!(told(side, base, tag, value), Refuse, "{tag:02x} {value:02x?} {side:?} {base}");
        }
    }
}

/// RFC 9598 §6: constraints on rfc822Name bind SmtpUTF8Mailbox.
#[test]
fn international_mailboxes() {
    let general = |tag: u8, text: &str| {
        let parts = [object("1.3.6.1.5.5.7.8.9"), explicit(0, &tlv(tag, text.as_bytes()))];
        tlv(0xa0, &parts.concat())
    };
    for (side, base, text, want) in [
        (Permitted, "example.com", "jö@example.com", Accept),
        (Permitted, "example.com", "jö@example.org", Refuse),
        (Permitted, ".example.com", "jö@a.example.com", Accept),
        (Excluded, "example.com", "jö@example.com", Refuse),
        (Excluded, "example.com", "jö@EXAMPLE.com.", Refuse),
        (Excluded, "example.com", "jö@example.org", Accept),
        (Excluded, "", "jö@example.org", Refuse),
        // Hosts are A-labels (RFC 9598 §3).
        (Excluded, "other.test", "jö@bücher.example", Refuse),
        (Permitted, "xn--bcher-kva.example", "jö@xn--bcher-kva.example", Accept),
        (Excluded, "other.test", "j\u{202e}ö@example.com", Refuse),
        (Excluded, "other.test", "jö@a@example.com", Refuse),
    ] {
        assert_eq!(
            with_name(side, &context(1, base.as_bytes()), &general(0x0c, text)),
            want,
            "{text} {base}"
        );
    }
    // It is a UTF8String.
    assert_eq!(with_name(Excluded, &context(1, b"x.test"), &general(0x13, "jo@example.com")), Refuse);
    // Constraints on other kinds leave it alone.
    assert_eq!(with_name(Permitted, &context(2, b"x.test"), &general(0x0c, "jö@example.com")), Accept);
}

/// Encodings that leave the text open do not slip past an excluded name.
#[test]
fn directory_names_whose_text_is_open() {
    let told = |base: (u8, &[u8]), name: (u8, &[u8])| {
        let base = explicit(4, &one_attribute("2.5.4.10", base.0, base.1));
        outcome(Excluded, &base, |mut device| {
            device.subject = one_attribute("2.5.4.10", name.0, name.1);
            device
        })
    };
    let blocked: (u8, &[u8]) = (0x0c, b"Blocked");
    for (tag, value) in encodings("Blocked") {
        assert_eq!(told(blocked, (tag, &value)), Refuse, "{tag:02x}");
    }
    // VideotexString, GraphicString, GeneralString; octets that a PrintableString does not have; no string.
    for tag in [0x15, 0x19, 0x1b, 0x04] {
        assert_eq!(told(blocked, (tag, b"Blocked")), Refuse, "{tag:02x}");
    }
    assert_eq!(told(blocked, (0x13, b"Blocked\xff")), Refuse);
    // T.61 writes accents before their letters; many wrote Latin-1 or UTF-8 all the same.
    let cafe: (u8, &[u8]) = (0x0c, "Café".as_bytes());
    for value in [&b"Caf\xe9"[..], b"Caf\xc2e", "Café".as_bytes()] {
        assert_eq!(told(cafe, (0x14, value)), Refuse, "{value:02x?}");
    }
    assert_eq!(told(blocked, (0x14, b"Caf\xe9")), Accept, "whatever it means, it is not plain ASCII");
    assert_eq!(told(blocked, (0x0c, b"Open")), Accept);
}
