//! The one table of reason codes, with a file for each stage. A stage's file is a macro that hands its rows, after
//! those before it, to the next; the last of them, `codes`, makes everything of all rows.
//!
//! The texts are Markdown without headings or lists: `certposture explain` prints them as they stand.
//! Words in capitals in a command are for the reader to replace.

use super::{Command, Texts, Weight};

#[macro_use]
mod rule;
#[macro_use]
mod uploaded_ca;
#[macro_use]
mod store;
#[macro_use]
mod look_up;
#[macro_use]
mod signature;
#[macro_use]
mod chain;
#[macro_use]
mod validity;
#[macro_use]
mod demand;
#[macro_use]
mod entry;
#[macro_use]
mod client;

macro_rules! codes {
    ([] $($stage:ident $heading:literal {
        $($variant:ident $text:literal $weight:ident {
            $(short: $short:literal,)?
            $(rank: $rank:literal,)?
            seen: $seen:literal,
            why: $why:literal,
            fix: $fix:literal,
            $($label:literal: $command:expr,)*
        })*
    })*) => {
        /// What a reason code is about: the part of the check in which it is found.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Stage {
            $(#[doc = $heading] $stage,)*
        }

        impl Stage {
            /// The heading in `docs/reasons.md`.
            pub const fn heading(self) -> &'static str {
                match self { $(Self::$stage => $heading,)* }
            }
        }

        /// A stable reason code; each variant says what certposture saw.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $($(#[doc = $seen] $variant,)*)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$($(Self::$variant,)*)*];

            /// The code as users and scripts see it.
            pub const fn as_str(self) -> &'static str {
                match self { $($(Self::$variant => $text,)*)* }
            }

            /// The stage of the check that it belongs to.
            pub const fn stage(self) -> Stage {
                match self { $($(Self::$variant => Stage::$stage,)*)* }
            }

            /// One or two words for a cell of a table; empty where it never appears in one.
            pub const fn short(self) -> &'static str {
                match self { $($(Self::$variant => concat!($($short)?),)*)* }
            }

            /// Where it is reported among others of its severity: below 0 before most, above 0 after.
            pub const fn rank(self) -> i8 {
                match self { $($(Self::$variant => 0 $(+ $rank)?,)*)* }
            }

            /// How much it weighs.
            pub const fn weight(self) -> Weight {
                match self { $($(Self::$variant => Weight::$weight,)*)* }
            }

            /// Its texts.
            pub const fn texts(self) -> Texts {
                match self {
                    $($(Self::$variant => Texts {
                        seen: $seen,
                        why: $why,
                        fix: $fix,
                        commands: &[$(Command { label: $label, line: $command },)*],
                    },)*)*
                }
            }
        }
    };
}

const PULL: &str = "certposture pull --account-id ACCOUNT_ID --rule-id RULE_ID -o BUNDLE.json";
const UPLOAD: &str = "certposture ca upload CA.pem";
const SHOW_ISSUER: &str = "openssl x509 -in CERTIFICATE.pem -noout -issuer";
const SHOW_SUBJECT: &str = "openssl x509 -in CERTIFICATE.pem -noout -subject";
const SHOW_ALL: &str = "openssl x509 -in CERTIFICATE.pem -noout -text";
const SHOW_ALL_OF_CA: &str = "openssl x509 -in CA.pem -noout -text";
const RENAME: &str = "sudo certutil --rename -d sql:/etc/pki/nssdb -n NICKNAME --new-n COMMON_NAME";
const NEW_DATABASE: &str =
    "sudo mkdir -p /etc/pki/nssdb && sudo certutil -N -d sql:/etc/pki/nssdb --empty-password";
const REPAIR_DATABASE: &str = "sudo certutil -L -X -d sql:/etc/pki/nssdb";
const NAME_P12: &str =
    "openssl pkcs12 -export -name COMMON_NAME -in CERTIFICATE.pem -inkey KEY.pem -out DEVICE.p12";
const IMPORT_LINUX: &str = "sudo pk12util -i DEVICE.p12 -d sql:/etc/pki/nssdb";
const IMPORT_MACOS: &str = "sudo security import DEVICE.p12 -k /Library/Keychains/System.keychain";
const IMPORT_WINDOWS: &str = "certutil -user -importpfx My DEVICE.pfx";
const DELETE_MACOS: &str = "sudo security delete-certificate -Z SHA1 /Library/Keychains/System.keychain";
const CLOCK_LINUX: &str = "timedatectl";
const CLOCK_MACOS: &str = "sudo sntp -sS time.apple.com";
const CLOCK_WINDOWS: &str = "w32tm /resync";

rule_codes! {
    [uploaded_ca_codes store_codes look_up_codes signature_codes chain_codes validity_codes demand_codes
     entry_codes client_codes codes]
}
