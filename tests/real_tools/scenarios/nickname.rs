//! The original rule type on Linux: certutil looks certificates up by nickname.

use super::harness::scenario;
use super::pki::{client, root, stranger};

#[test]
fn nickname_is_the_common_name() {
    scenario().nss(&[client("device-042").nickname("device-042")]).cn("device-042").run().passes();
}

#[test]
fn nickname_differs() {
    let laptop = client("device-042").nickname("Jo's laptop");
    let outcome = scenario().nss(&[laptop]).cn("device-042").run().fails("nickname-differs");
    outcome.says("Jo's laptop").mended().other_type("pass");
}

#[test]
fn nickname_is_a_script() {
    let script = client("device-042").nickname("$(touch pwned) `touch pwned` \"; touch pwned; '\\ %s !!");
    let outcome = scenario().nss(&[script]).cn("device-042").run().fails("nickname-differs").mended();
    assert!(!outcome.scenario().path("work/pwned").exists());
}

#[test]
fn common_name_is_a_script() {
    let name = "dev'ice\" $(touch pwned);`id`\\ & | > x";
    let outcome = scenario().nss(&[client(name).nickname("plain")]).cn(name).run();
    let outcome = outcome.fails("nickname-differs").mended();
    assert!(!outcome.scenario().path("work/pwned").exists());
}

#[test]
fn names_begin_with_a_dash() {
    let dash = client("-042").nickname("-x");
    scenario().nss(&[dash]).cn("-042").run().fails("nickname-differs").mended();
}

#[test]
fn nickname_has_a_colon() {
    let colon = client("device-042").nickname("corp:laptop");
    scenario().nss(&[colon]).cn("device-042").run().fails("nickname-differs").mended();
}

#[test]
fn nickname_is_like_a_uri() {
    let uri = client("device-042").nickname("pkcs11:object=x");
    scenario().nss(&[uri]).cn("device-042").run().fails("nickname-differs").mended();
}

#[test]
fn nickname_is_not_utf8() {
    let latin = client("device-042").nickname(b"caf\xe9");
    scenario().nss(&[latin]).cn("device-042").run().fails("nickname-differs").mended();
}

#[test]
fn nickname_has_a_line_break() {
    let broken = client("device-042").nickname("one\ntwo");
    scenario().nss(&[broken]).cn("device-042").run().fails("nickname-differs").mended();
}

#[test]
fn nickname_is_missing() {
    scenario()
        .nss(&[client("device-042").nickname("any")])
        .sql("UPDATE nssPublic SET a3 = NULL WHERE a0 = x'00000001'")
        .cn("device-042")
        .run()
        .fails("nickname-differs")
        .mended();
}

#[test]
fn nickname_is_empty() {
    let empty = client("device-042").nickname("");
    scenario().nss(&[empty]).cn("device-042").run().fails("nickname-differs").mended();
}

#[test]
fn two_certificates_share_a_nickname() {
    scenario()
        .nss(&[client("device-041").nickname("one"), client("device-042").nickname("two")])
        .sql("UPDATE nssPublic SET a3 = CAST('laptop' AS BLOB) WHERE a0 = x'00000001'")
        .cn("device-042")
        .run()
        .fails("nickname-differs")
        .mended();
}

#[test]
fn nickname_is_taken_by_a_stranger() {
    let taken = client("printer").issued_by(stranger()).nickname("device-042");
    scenario()
        .nss(&[taken, client("device-042").nickname("laptop")])
        .cn("device-042")
        .run()
        .fails("nickname-other-subject")
        .mended();
}

#[test]
fn nickname_is_taken_and_so_is_the_next() {
    let stranger = |name: &str, nickname: &str| client(name).issued_by(stranger()).nickname(nickname);
    scenario()
        .nss(&[
            stranger("printer", "device-042"),
            stranger("scanner", "device-042-old"),
            client("device-042").nickname("laptop"),
        ])
        .cn("device-042")
        .run()
        .fails("nickname-other-subject")
        .mended();
}

#[test]
fn nickname_belongs_to_a_stranger_alone() {
    let taken = client("printer").issued_by(stranger()).nickname("device-042");
    scenario().nss(&[taken]).cn("device-042").run().fails("nickname-other-subject").by_hand("device-042");
}

#[test]
fn nickname_belongs_to_an_expired_certificate_of_the_ca() {
    let taken = || client("printer").until("20240101000000Z").nickname("device-042");
    let outcome = scenario().nss(&[taken()]).cn("device-042").run().fails("nickname-other-subject");
    outcome.says("does not pass either").also(&["expired"]).by_hand("device-042").fixes(1);
    let sound = client("device-042").nickname("laptop");
    let outcome = scenario().nss(&[taken(), sound]).cn("device-042").run().fails("nickname-other-subject");
    outcome.mended().fixes(1);
}

#[test]
fn nickname_belongs_to_another_certificate_of_the_ca() {
    let other = client("device-007").nickname("device-042");
    scenario().nss(&[other]).cn("device-042").run().passes_with(&["substring-only"]).other_type("fail");
}

#[test]
fn name_has_a_colon() {
    let colon = client("corp:device-042").nickname("corp:device-042");
    let outcome = scenario().nss(&[colon]).cn("corp:device-042").run();
    outcome.fails("nickname-colon").by_hand("colon").other_type("pass");
}

#[test]
fn name_is_a_uri_that_matches() {
    let outcome = scenario().nss(&[client("device-042").nickname("laptop")]).cn("pkcs11:object=laptop").run();
    outcome.passes_with(&["substring-only"]);
}

#[test]
fn renewed_under_another_nickname_with_the_same_subject() {
    let old = client("device-042").until("20240101000000Z").nickname("device-042");
    let new = client("device-042").nickname("renewed");
    scenario().nss(&[old, new]).cn("device-042").run().passes();
}

#[test]
fn renewed_under_another_nickname_with_another_subject() {
    let old = client("x").subject("/O=Old/CN=device-042").until("20240101000000Z").nickname("device-042");
    let new = client("x").subject("/O=New/CN=device-042").nickname("renewed");
    scenario().nss(&[old, new]).cn("device-042").run().fails("expired").mended();
}

#[test]
fn one_subject_under_several_nicknames() {
    let old = client("device-042").until("20240101000000Z").nickname("first");
    let new = client("device-042").nickname("second");
    scenario().nss(&[old, new]).cn("device-042").run().fails("nickname-differs").mended();
}

#[test]
fn expired_and_misnamed() {
    let expired = client("device-042").until("20240101000000Z").nickname("laptop");
    let outcome = scenario().nss(&[expired]).cn("device-042").run();
    outcome.fails("expired").also(&["nickname-differs"]).by_hand("renew");
}

#[test]
fn of_another_ca_and_misnamed() {
    let strange = client("device-042").issued_by(stranger()).nickname("laptop");
    scenario().nss(&[strange]).cn("device-042").run().fails("intermediate-missing");
}

#[test]
fn the_sound_one_of_two_is_named() {
    let expired = client("x").subject("/O=Old/CN=device-042").until("20240101000000Z").nickname("a");
    let sound = client("x").subject("/O=New/CN=device-042").nickname("b");
    scenario().nss(&[expired, sound]).cn("device-042").run().fails("nickname-differs").says("\"b\"").mended();
}

#[test]
fn database_with_a_password() {
    scenario()
        .nss(&[client("device-042").nickname("laptop").with_key(), root().nickname("root").trusted()])
        .change(set_password)
        .cn("device-042")
        .run()
        .fails("nickname-differs")
        .mended();
}

/// Gives the database the password `secret`.
pub fn set_password(folder: &std::path::Path) {
    std::fs::write(folder.join("none"), "\n").unwrap();
    std::fs::write(folder.join("secret"), "secret\n").unwrap();
    let database = format!("sql:{}", folder.join("db").display());
    let [none, secret] = ["none", "secret"].map(|name| folder.join(name));
    super::harness::tool(
        "certutil",
        &[
            "-W".as_ref(),
            "-d".as_ref(),
            database.as_ref(),
            "-f".as_ref(),
            none.as_ref(),
            "-@".as_ref(),
            secret.as_ref(),
        ],
    );
}

#[test]
fn user_who_may_write_the_database() {
    let outcome = scenario().nss(&[client("device-042").nickname("laptop")]).owned_by_user("db");
    outcome.cn("device-042").unprivileged().run().fails("nickname-differs").mended().used_sudo(false);
}

#[test]
fn user_who_may_only_read_the_database() {
    scenario()
        .nss(&[client("device-042").nickname("laptop")])
        .change(|folder| {
            for file in ["cert9.db", "key4.db", "pkcs11.txt"] {
                set_mode(&folder.join("db").join(file), 0o644);
            }
            set_mode(&folder.join("db"), 0o755);
        })
        .cn("device-042")
        .unprivileged()
        .run()
        .fails("nickname-differs")
        .mended()
        .used_sudo(super::harness::is_root());
}

fn set_mode(path: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}
