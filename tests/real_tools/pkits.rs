//! NIST's Public Key Interoperability Test Suite: the sections that need neither revocation lists nor
//! policies. `tests/fetch-pkits.sh` brings the certificates.
//!
//! The suite gives each certificate's verdict in its file name; docs/verification.md says why the
//! cases in `EXCEPTIONS` differ.

use certposture::certificate::Certificate;
use certposture::reason::Code;
use certposture::verification::{Purpose, Verifier};
use std::path::{Path, PathBuf};

const CASES: &[(&str, &[&str])] = &[
    (
        "4.1",
        &[
            "ValidCertificatePathTest1",
            "InvalidCASignatureTest2",
            "InvalidEESignatureTest3",
            "ValidDSASignaturesTest4",
            "ValidDSAParameterInheritanceTest5",
            "InvalidDSASignatureTest6",
        ],
    ),
    (
        "4.2",
        &[
            "InvalidCAnotBeforeDateTest1",
            "InvalidEEnotBeforeDateTest2",
            "Validpre2000UTCnotBeforeDateTest3",
            "ValidGeneralizedTimenotBeforeDateTest4",
            "InvalidCAnotAfterDateTest5",
            "InvalidEEnotAfterDateTest6",
            "Invalidpre2000UTCEEnotAfterDateTest7",
            "ValidGeneralizedTimenotAfterDateTest8",
        ],
    ),
    (
        "4.3",
        &[
            "InvalidNameChainingTest1",
            "InvalidNameChainingOrderTest2",
            "ValidNameChainingWhitespaceTest3",
            "ValidNameChainingWhitespaceTest4",
            "ValidNameChainingCapitalizationTest5",
            "ValidNameUIDsTest6",
            "ValidRFC3280MandatoryAttributeTypesTest7",
            "ValidRFC3280OptionalAttributeTypesTest8",
            "ValidUTF8StringEncodedNamesTest9",
            "ValidRolloverfromPrintableStringtoUTF8StringTest10",
            "ValidUTF8StringCaseInsensitiveMatchTest11",
        ],
    ),
    (
        "4.5",
        &[
            "ValidBasicSelfIssuedOldWithNewTest1",
            "InvalidBasicSelfIssuedOldWithNewTest2",
            "ValidBasicSelfIssuedNewWithOldTest3",
            "ValidBasicSelfIssuedNewWithOldTest4",
            "InvalidBasicSelfIssuedNewWithOldTest5",
            "ValidBasicSelfIssuedCRLSigningKeyTest6",
            "InvalidBasicSelfIssuedCRLSigningKeyTest7",
            "InvalidBasicSelfIssuedCRLSigningKeyTest8",
        ],
    ),
    (
        "4.6",
        &[
            "InvalidMissingbasicConstraintsTest1",
            "InvalidcAFalseTest2",
            "InvalidcAFalseTest3",
            "ValidbasicConstraintsNotCriticalTest4",
            "InvalidpathLenConstraintTest5",
            "InvalidpathLenConstraintTest6",
            "ValidpathLenConstraintTest7",
            "ValidpathLenConstraintTest8",
            "InvalidpathLenConstraintTest9",
            "InvalidpathLenConstraintTest10",
            "InvalidpathLenConstraintTest11",
            "InvalidpathLenConstraintTest12",
            "ValidpathLenConstraintTest13",
            "ValidpathLenConstraintTest14",
            "ValidSelfIssuedpathLenConstraintTest15",
            "InvalidSelfIssuedpathLenConstraintTest16",
            "ValidSelfIssuedpathLenConstraintTest17",
        ],
    ),
    (
        "4.7",
        &[
            "InvalidkeyUsageCriticalkeyCertSignFalseTest1",
            "InvalidkeyUsageNotCriticalkeyCertSignFalseTest2",
            "ValidkeyUsageNotCriticalTest3",
            "InvalidkeyUsageCriticalcRLSignFalseTest4",
            "InvalidkeyUsageNotCriticalcRLSignFalseTest5",
        ],
    ),
    (
        "4.13",
        &[
            "ValidDNnameConstraintsTest1",
            "InvalidDNnameConstraintsTest2",
            "InvalidDNnameConstraintsTest3",
            "ValidDNnameConstraintsTest4",
            "ValidDNnameConstraintsTest5",
            "ValidDNnameConstraintsTest6",
            "InvalidDNnameConstraintsTest7",
            "InvalidDNnameConstraintsTest8",
            "InvalidDNnameConstraintsTest9",
            "InvalidDNnameConstraintsTest10",
            "ValidDNnameConstraintsTest11",
            "InvalidDNnameConstraintsTest12",
            "InvalidDNnameConstraintsTest13",
            "ValidDNnameConstraintsTest14",
            "InvalidDNnameConstraintsTest15",
            "InvalidDNnameConstraintsTest16",
            "InvalidDNnameConstraintsTest17",
            "ValidDNnameConstraintsTest18",
            "ValidDNnameConstraintsTest19",
            "InvalidDNnameConstraintsTest20",
            "ValidRFC822nameConstraintsTest21",
            "InvalidRFC822nameConstraintsTest22",
            "ValidRFC822nameConstraintsTest23",
            "InvalidRFC822nameConstraintsTest24",
            "ValidRFC822nameConstraintsTest25",
            "InvalidRFC822nameConstraintsTest26",
            "ValidDNandRFC822nameConstraintsTest27",
            "InvalidDNandRFC822nameConstraintsTest28",
            "InvalidDNandRFC822nameConstraintsTest29",
            "ValidDNSnameConstraintsTest30",
            "InvalidDNSnameConstraintsTest31",
            "ValidDNSnameConstraintsTest32",
            "InvalidDNSnameConstraintsTest33",
            "ValidURInameConstraintsTest34",
            "InvalidURInameConstraintsTest35",
            "ValidURInameConstraintsTest36",
            "InvalidURInameConstraintsTest37",
            "InvalidDNSnameConstraintsTest38",
        ],
    ),
    (
        "4.16",
        &[
            "ValidUnknownNotCriticalCertificateExtensionTest1",
            "InvalidUnknownCriticalCertificateExtensionTest2",
        ],
    ),
];

/// Section and test number: whether we accept it, and the code that we give when we do not.
const EXCEPTIONS: &[(&str, &str, Option<Code>)] = &[
    // The verdict needs a revocation list.
    ("4.5", "2", None),
    ("4.5", "5", None),
    ("4.5", "7", None),
    ("4.7", "4", None),
    ("4.7", "5", None),
    // DSA.
    ("4.1", "4", Some(Code::AlgorithmUnsupported)),
    ("4.1", "5", Some(Code::AlgorithmUnsupported)),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pkits/certs")
}

fn read(file: &Path) -> Certificate {
    let der = std::fs::read(file).unwrap_or_else(|e| {
        panic!("{}: {e}; run tests/fetch-pkits.sh first", file.display());
    });
    Certificate::from_der(der)
}

#[test]
fn agrees_with_every_case_but_the_listed_exceptions() {
    let anchor = folder().join("TrustAnchorRootCertificate.crt");
    let anchors = [read(&anchor)];
    let pool: Vec<Certificate> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| *path != anchor && !path.to_str().unwrap().ends_with("EE.crt"))
        .map(|path| read(&path))
        .collect();
    let verifier = Verifier::new(&anchors, &pool, "2015-01-01T00:00:00Z".parse().unwrap());
    let mut judged = 0;
    let mut wrong = Vec::new();
    for (section, names) in CASES {
        for name in *names {
            let number = name.rsplit("Test").next().unwrap();
            let certificate = read(&folder().join(format!("{name}EE.crt")));
            let path = verifier.judge(&certificate, Purpose::Any).path;
            let exception = EXCEPTIONS.iter().find(|(s, n, _)| (s, *n) == (section, number));
            let agrees = match exception {
                None => path.passes() == name.starts_with("Valid"),
                Some((.., None)) => path.passes(),
                Some((.., Some(code))) => !path.passes() && path.findings[0].code == *code,
            };
            judged += 1;
            if !agrees {
                wrong.push(format!("{section}.{number} {name}: {:?}", path.findings));
            }
        }
    }
    assert_eq!(judged, 95);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
