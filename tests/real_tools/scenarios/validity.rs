//! Dates.

use super::harness::scenario;
use super::pki::client;

#[test]
fn expired() {
    let old = client("device-042").until("20260101000000Z").nickname("device-042");
    let outcome = scenario().nss(&[old]).cn("device-042").run().fails("expired");
    outcome.says("2026-01-01").by_hand("renew").other_type("fail");
}

#[test]
fn not_valid_yet() {
    let new = client("device-042").from("20270101000000Z").nickname("device-042");
    scenario().nss(&[new]).cn("device-042").run().fails("not-yet-valid").says("2027-01-01");
}

#[test]
fn everything_is_not_valid_yet_because_the_clock_is_slow() {
    let names = ["device-042", "device-043", "device-044", "device-045"];
    let all = names.map(|name| client(name).nickname(name));
    let outcome = scenario().nss(&all).cn("device-042").at("2001-01-01T00:00:00Z").run();
    outcome.fails("ca-not-yet-valid").by_hand("clock");
    let all = names.map(|name| client(name).from("20270101000000Z").nickname(name));
    let outcome = scenario().nss(&all).cn("device-042").run();
    outcome.fails("not-yet-valid").says("4 of the 4 certificates here are not valid yet").by_hand("clock");
}

#[test]
fn expires_soon() {
    let soon = client("device-042").until("20260615000000Z").nickname("device-042");
    let outcome = scenario().nss(&[soon]).cn("device-042").run().passes_with(&["expires-soon"]);
    outcome.says("2026-06-15");
}

#[test]
fn expires_soon_enough_to_be_asked_for() {
    let later = client("device-042").until("20260901000000Z").nickname("device-042");
    scenario().nss(std::slice::from_ref(&later)).cn("device-042").run().passes();
    let outcome = scenario().nss(&[later]).cn("device-042").arg("--expiry-warning=120").run();
    outcome.passes_with(&["expires-soon"]);
}

#[test]
fn judged_at_another_time() {
    let short = client("device-042").from("20250101000000Z").until("20250201000000Z").nickname("device-042");
    scenario().nss(std::slice::from_ref(&short)).cn("device-042").run().fails("expired");
    scenario().nss(&[short]).cn("device-042").at("2025-01-02T00:00:00Z").run().passes_with(&["expires-soon"]);
}
