//! Stores that are missing, empty, damaged, closed or locked.

use super::harness::{is_root, scenario};
use super::pki::client;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

fn device() -> super::harness::Entry {
    client("device-042").nickname("device-042")
}

#[test]
fn database_is_missing() {
    let outcome = scenario().own_database().cn("device-042").run().fails("store-missing");
    assert!(outcome.json()["fixes"][0]["then"].as_str().unwrap().contains("device-042"));
}

#[test]
fn database_is_missing_and_the_certificate_is_elsewhere() {
    scenario()
        .own_database()
        .elsewhere(".pki/nssdb", &[client("device-042").nickname("laptop")])
        .cn("device-042")
        .run()
        .fails("store-missing")
        .also(&["found-elsewhere"])
        .mended();
}

#[test]
fn database_is_empty() {
    scenario().nss(&[]).cn("device-042").run().fails("store-empty").by_hand("device-042");
}

#[test]
fn database_is_empty_and_the_certificate_is_elsewhere() {
    scenario()
        .nss(&[])
        .elsewhere(".mozilla/firefox/x.default", &[client("device-042").nickname("laptop")])
        .cn("device-042")
        .run()
        .fails("store-empty")
        .mended();
}

#[test]
fn key_database_is_missing() {
    let outcome = scenario()
        .nss(&[device()])
        .change(|folder| fs::remove_file(folder.join("db/key4.db")).unwrap())
        .cn("device-042")
        .run()
        .fails("store-missing");
    outcome.says("key4.db").by_command();
}

#[test]
fn key_database_is_garbage() {
    let outcome = scenario()
        .nss(&[device()])
        .change(|folder| fs::write(folder.join("db/key4.db"), "garbage, not SQLite").unwrap())
        .cn("device-042")
        .run()
        .fails("store-corrupt");
    outcome.says("key4.db").by_command().then("again").passes_then();
}

/// The private keys stay: with the certificate alone they make an identity again.
#[test]
fn certificate_database_is_missing_or_garbage_beside_the_keys() {
    let device = client("device-042").mint();
    let spoil: [fn(&Path); 2] = [
        |folder| fs::remove_file(folder.join("db/cert9.db")).unwrap(),
        |folder| fs::write(folder.join("db/cert9.db"), "garbage, not SQLite").unwrap(),
    ];
    for (spoil, code) in spoil.into_iter().zip(["store-missing", "store-corrupt"]) {
        let outcome = scenario()
            .nss(&[device.nickname("device-042").with_key()])
            .change(spoil)
            .elsewhere(".pki/nssdb", &[device.nickname("x")])
            .cn("device-042")
            .run()
            .fails(code)
            .mended()
            .fixes(1);
        let keyed = rusqlite::Connection::open(outcome.scenario().path("db/key4.db")).unwrap();
        let count = |row: &rusqlite::Row<'_>| row.get::<_, i64>(0);
        assert_eq!(keyed.query_row("SELECT count(*) FROM nssPrivate", [], count).unwrap(), 1);
    }
}

#[test]
fn both_files_are_garbage() {
    scenario()
        .nss(&[device()])
        .change(|folder| {
            for name in ["db/cert9.db", "db/key4.db"] {
                fs::write(folder.join(name), "garbage, not SQLite").unwrap();
            }
        })
        .cn("device-042")
        .run()
        .fails("store-corrupt")
        .by_command()
        .then("[store-empty]");
}

#[test]
fn a_file_stands_where_the_database_should() {
    let scenario = scenario().write("etc/pki/nssdb", "what is this").own_database();
    let outcome = scenario.cn("device-042").run().fails("store-missing");
    outcome.says("not a directory").by_command().then("[store-empty]");
}

/// certutil makes files that only their owner may read.
#[test]
fn database_is_missing_and_not_this_users_to_make() {
    scenario()
        .own_database()
        .elsewhere(".pki/nssdb", &[client("device-042").nickname("laptop")])
        .owned_by_user("home")
        .change(|folder| close_to_writers(&folder.join("etc")))
        .cn("device-042")
        .unprivileged()
        .run()
        .fails("store-missing")
        .by_command()
        .then("[store-denied]");
}

#[test]
fn certificate_database_is_garbage() {
    let outcome = scenario()
        .nss(&[device()])
        .change(|folder| fs::write(folder.join("db/cert9.db"), "garbage, not SQLite").unwrap())
        .cn("device-042")
        .run();
    outcome.fails("store-corrupt").says("SEC_ERROR_BAD_DATABASE").by_command();
}

#[test]
fn certificate_database_is_garbage_and_the_certificate_is_elsewhere() {
    scenario()
        .nss(&[device()])
        .change(|folder| fs::write(folder.join("db/cert9.db"), "garbage, not SQLite").unwrap())
        .elsewhere(".pki/nssdb", &[client("device-042").nickname("laptop")])
        .cn("device-042")
        .run()
        .fails("store-corrupt")
        .mended();
}

/// A program that wrote to the database was killed in the middle.
#[test]
fn change_was_cut_off() {
    let scenario = scenario().nss(&[device()]).cn("device-042");
    let file = scenario.path("db/cert9.db");
    let writer = rusqlite::Connection::open(&file).unwrap();
    let half = "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE; UPDATE nssPublic SET a11 = zeroblob(500000)";
    writer.execute_batch(half).unwrap();
    let journal = scenario.path("db/cert9.db-journal");
    let copies = [(&file, scenario.path("db/copy")), (&journal, scenario.path("db/copy-journal"))];
    for (from, to) in &copies {
        fs::copy(from, to).unwrap();
    }
    drop(writer);
    for (to, from) in &copies {
        fs::rename(from, to).unwrap();
    }
    let outcome = scenario.run().fails("store-corrupt").says("journal").by_command();
    assert!(outcome.json()["fixes"][0]["then"].as_str().unwrap().contains("again"));
}

#[test]
fn database_is_closed_to_this_user() {
    scenario()
        .nss(&[device()])
        .change(|folder| close(&folder.join("db")))
        .cn("device-042")
        .unprivileged()
        .run()
        .cannot_tell("store-denied")
        .by_hand("sudo");
}

fn close_to_writers(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o555)).unwrap();
}

fn close(path: &Path) {
    let mode = if is_root() { 0o700 } else { 0 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn database_is_locked() {
    let scenario = scenario().nss(&[device()]).cn("device-042");
    let locker = rusqlite::Connection::open(scenario.path("db/cert9.db")).unwrap();
    locker.execute_batch("BEGIN EXCLUSIVE").unwrap();
    scenario.run().cannot_tell("store-locked");
}

#[test]
fn database_is_of_the_old_format() {
    let scenario = scenario().write("db/cert8.db", "dbm").write("db/key3.db", "dbm");
    let directory = scenario.path("db");
    scenario.store("nss:", &directory).cn("device-042").run().cannot_tell("store-legacy-dbm");
}

#[test]
fn database_sends_certutil_elsewhere() {
    let modules = "library=\nname=NSS Internal PKCS #11 Module\n\
                   parameters=\"configdir='sql:/somewhere/else' certPrefix='' keyPrefix=''\"\n\
                   NSS=trustOrder=75 Flags=internal\n";
    let scenario = scenario().nss(&[device()]).write("db/pkcs11.txt", modules);
    scenario.cn("device-042").run().cannot_tell("store-redirected");
}

#[test]
fn one_of_two_databases_is_empty() {
    scenario().nss(&[]).nss(&[device()]).cn("device-042").run().passes();
}

#[test]
fn file_does_not_exist() {
    for (kind, name) in [("file:", "usr.sst"), ("keychain:", "Sytem.keychain"), ("nss:", "nsdb")] {
        let scenario = scenario();
        let path = scenario.path(name);
        scenario.store(kind, &path).cn("device-042").run().refused(&[name, "does not exist"]);
    }
}

#[test]
fn file_is_garbage() {
    let outcome = scenario().write("c.pem", "garbage").file("c.pem").cn("device-042").run();
    outcome.cannot_tell("evidence-unreadable").says("c.pem");
}

#[test]
fn folder_with_a_damaged_file_beside_a_good_one() {
    let expired = client("device-042").until("20250101000000Z").mint();
    scenario()
        .write("certs/good.pem", &expired.pem)
        .write("certs/bad.pem", "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n")
        .file("certs")
        .cn("device-042")
        .run()
        .cannot_tell("expired")
        .also(&["evidence-partial"]);
}

/// A fix that was right once and is pasted again, or on a device that is in order, changes nothing.
#[test]
fn a_command_that_moves_a_database_aside_leaves_a_good_one_alone() {
    for (file, other) in [("cert9.db", "key4.db"), ("key4.db", "cert9.db")] {
        let spoilt = scenario()
            .nss(&[device().with_key()])
            .change(|folder| fs::copy(folder.join("db").join(file), folder.join("good")).map(drop).unwrap())
            .change(|folder| fs::write(folder.join("db").join(file), "garbage, not SQLite").unwrap())
            .cn("device-042")
            .run();
        let command = spoilt.command().unwrap_or_else(|| panic!("{}", spoilt.json()["fixes"])).to_owned();
        let folder = spoilt.scenario().path("db");
        fs::copy(spoilt.scenario().path("good"), folder.join(file)).unwrap();
        let before = (fs::read(folder.join(file)).unwrap(), fs::read(folder.join(other)).unwrap());
        let pasted = std::process::Command::new("sh").args(["-c", &command]).output().unwrap();
        assert!(!pasted.status.success(), "{command}");
        assert_eq!((fs::read(folder.join(file)).unwrap(), fs::read(folder.join(other)).unwrap()), before);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 3, "{command}");
        spoilt.passes_then();
    }
}

/// Neither is touched: one file is locked or closed, and nobody knows what it holds.
#[test]
fn nothing_is_moved_where_a_file_could_not_be_looked_at() {
    let outcome = scenario()
        .nss(&[device()])
        .owned_by_user("db")
        .change(|folder| {
            fs::write(folder.join("db/key4.db"), "garbage, not SQLite").unwrap();
            fs::set_permissions(folder.join("db/key4.db"), fs::Permissions::from_mode(0o644)).unwrap();
            fs::set_permissions(folder.join("db/cert9.db"), fs::Permissions::from_mode(0o000)).unwrap();
        })
        .unprivileged()
        .cn("device-042")
        .run();
    let command = outcome.command().unwrap_or_default();
    assert!(!command.contains("mv "), "{command}");
}

#[test]
fn a_copy_of_the_systems_database_is_mended_on_the_device() {
    let scenario = scenario().nss_elsewhere("copy", &[client("device-042").nickname("laptop")]);
    let mut role = std::ffi::OsString::from("nss:/etc/pki/nssdb=");
    role.push(scenario.path("copy"));
    let outcome = scenario.arg("--store").arg(role).cn("device-042").run();
    let command = outcome.command().unwrap();
    assert_eq!(command, "sudo certutil --rename -d sql:/etc/pki/nssdb -n laptop --new-n device-042");
}
