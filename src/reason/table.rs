//! The one table of reason codes.

use super::{Texts, Weight};

macro_rules! codes {
    ($($variant:ident $text:literal $weight:ident { seen: $seen:literal, why: $why:literal, fix: $fix:literal })*) => {
        /// A stable reason code; see its row in the table for what it means.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $seen] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code as users and scripts see it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// How much it weighs.
            pub const fn weight(self) -> Weight {
                match self { $(Self::$variant => Weight::$weight),* }
            }

            /// Its texts.
            pub const fn texts(self) -> Texts {
                match self { $(Self::$variant => Texts { seen: $seen, why: $why, fix: $fix }),* }
            }
        }
    };
}

codes! {
    RuleMalformed "rule-malformed" Unknown { seen: "", why: "", fix: "" }
    RuleTypeUnsupported "rule-type-unsupported" Unknown { seen: "", why: "", fix: "" }
    RuleOsMismatch "rule-os-mismatch" Unknown { seen: "", why: "", fix: "" }
    RuleEmptyList "rule-empty-list" Unknown { seen: "", why: "", fix: "" }
    RuleEkuUnknown "rule-eku-unknown" Unknown { seen: "", why: "", fix: "" }
    RuleCaMismatch "rule-ca-mismatch" Unknown { seen: "", why: "", fix: "" }
    RuleVariableUnknown "rule-variable-unknown" Unknown { seen: "", why: "", fix: "" }
    RuleVariableUnresolved "rule-variable-unresolved" Unknown { seen: "", why: "", fix: "" }
    HostnameForm "hostname-form" Warning { seen: "", why: "", fix: "" }
    CnMissing "cn-missing" Unknown { seen: "", why: "", fix: "" }
    CnPadded "cn-padded" FaultOrWarning { seen: "", why: "", fix: "" }
    CnShellSpecial "cn-shell-special" FaultOrWarning { seen: "", why: "", fix: "" }
    CnIsTheCa "cn-is-the-ca" Warning { seen: "", why: "", fix: "" }
    CaUnreadable "ca-unreadable" Unknown { seen: "", why: "", fix: "" }
    CaNotACa "ca-not-a-ca" FaultOriginalOnly { seen: "", why: "", fix: "" }
    CaExpired "ca-expired" FaultOriginalOnly { seen: "", why: "", fix: "" }
    CaNotYetValid "ca-not-yet-valid" FaultOriginalOnly { seen: "", why: "", fix: "" }
    CaKeyUsage "ca-key-usage" FaultOriginalOnly { seen: "", why: "", fix: "" }
    CaNotSelfSigned "ca-not-self-signed" Warning { seen: "", why: "", fix: "" }
    CaSeveralCertificates "ca-several-certificates" Warning { seen: "", why: "", fix: "" }
    CaWithPrivateKey "ca-with-private-key" Warning { seen: "", why: "", fix: "" }
    StoreMissing "store-missing" Fault { seen: "", why: "", fix: "" }
    StoreEmpty "store-empty" Fault { seen: "", why: "", fix: "" }
    StoreCorrupt "store-corrupt" Fault { seen: "", why: "", fix: "" }
    StoreDenied "store-denied" Unknown { seen: "", why: "", fix: "" }
    StoreLocked "store-locked" Unknown { seen: "", why: "", fix: "" }
    StoreLegacyDbm "store-legacy-dbm" Unknown { seen: "", why: "", fix: "" }
    StoreRedirected "store-redirected" Unknown { seen: "", why: "", fix: "" }
    StoreOtherUser "store-other-user" Unknown { seen: "", why: "", fix: "" }
    LocationNotSearched "location-not-searched" Warning { seen: "", why: "", fix: "" }
    NotFound "not-found" Fault { seen: "", why: "", fix: "" }
    NicknameDiffers "nickname-differs" Fault { seen: "", why: "", fix: "" }
    NicknameOtherSubject "nickname-other-subject" Fault { seen: "", why: "", fix: "" }
    NicknameColon "nickname-colon" Fault { seen: "", why: "", fix: "" }
    CaseDiffers "case-differs" Fault { seen: "", why: "", fix: "" }
    WhitespaceDiffers "whitespace-differs" Fault { seen: "", why: "", fix: "" }
    UnicodeDiffers "unicode-differs" Fault { seen: "", why: "", fix: "" }
    NameInSanOnly "name-in-san-only" FaultOrWarning { seen: "", why: "", fix: "" }
    NameInOtherAttribute "name-in-other-attribute" FaultOrWarning { seen: "", why: "", fix: "" }
    SubstringOnly "substring-only" Warning { seen: "", why: "", fix: "" }
    Shadowed "shadowed" Fault { seen: "", why: "", fix: "" }
    FoundElsewhere "found-elsewhere" Fault { seen: "", why: "", fix: "" }
    FileFallback "file-fallback" Warning { seen: "", why: "", fix: "" }
    IssuerDiffers "issuer-differs" Fault { seen: "", why: "", fix: "" }
    SignatureInvalid "signature-invalid" Fault { seen: "", why: "", fix: "" }
    IssuedByIntermediate "issued-by-intermediate" Fault { seen: "", why: "", fix: "" }
    ChainUndocumented "chain-undocumented" Warning { seen: "", why: "", fix: "" }
    IntermediateMissing "intermediate-missing" Fault { seen: "", why: "", fix: "" }
    SelfSigned "self-signed" Fault { seen: "", why: "", fix: "" }
    IsTheCa "is-the-ca" Warning { seen: "", why: "", fix: "" }
    PathLengthExceeded "path-length-exceeded" FaultOriginalOnly { seen: "", why: "", fix: "" }
    NameConstraintViolated "name-constraint-violated" FaultOriginalOnly { seen: "", why: "", fix: "" }
    UnknownCriticalExtension "unknown-critical-extension" FaultOriginalOnly { seen: "", why: "", fix: "" }
    IssuerNotACa "issuer-not-a-ca" FaultOriginalOnly { seen: "", why: "", fix: "" }
    IssuerKeyUsage "issuer-key-usage" FaultOriginalOnly { seen: "", why: "", fix: "" }
    AlgorithmUnsupported "algorithm-unsupported" Fault { seen: "", why: "", fix: "" }
    AlgorithmWeak "algorithm-weak" Warning { seen: "", why: "", fix: "" }
    Expired "expired" Fault { seen: "", why: "", fix: "" }
    NotYetValid "not-yet-valid" Fault { seen: "", why: "", fix: "" }
    ExpiresSoon "expires-soon" Warning { seen: "", why: "", fix: "" }
    EkuAbsent "eku-absent" Fault { seen: "", why: "", fix: "" }
    EkuMissing "eku-missing" Fault { seen: "", why: "", fix: "" }
    PrivateKeyMissing "private-key-missing" Fault { seen: "", why: "", fix: "" }
    PrivateKeyMismatch "private-key-mismatch" Fault { seen: "", why: "", fix: "" }
    PrivateKeyUnknown "private-key-unknown" Unknown { seen: "", why: "", fix: "" }
    SanAbsent "san-absent" Fault { seen: "", why: "", fix: "" }
    SanDiffers "san-differs" Fault { seen: "", why: "", fix: "" }
    SanOtherNameOnly "san-other-name-only" Fault { seen: "", why: "", fix: "" }
    CertificateUnparseable "certificate-unparseable" FaultOrUnknown { seen: "", why: "", fix: "" }
}
