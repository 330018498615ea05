//! Who signed the certificate, and what is wrong with the CA that was uploaded.

use super::harness::scenario;
use super::pki::{authority, client, intermediate, root, stranger, subject};

#[test]
fn another_ca_whose_root_is_here() {
    let strange = client("device-042").issued_by(stranger()).nickname("device-042");
    let outcome = scenario().nss(&[strange, stranger().nickname("other root")]).cn("device-042").run();
    outcome.fails("issuer-differs").says("Other Root CA").by_hand("Other Root CA");
}

#[test]
fn another_ca_that_is_not_here() {
    let strange = client("device-042").issued_by(stranger()).nickname("device-042");
    let outcome = scenario().nss(&[strange]).cn("device-042").run();
    outcome.fails("intermediate-missing").says("Other Root CA").by_hand("Other Root CA");
}

#[test]
fn signed_by_itself() {
    let own = subject("/CN=device-042").nickname("device-042");
    scenario().nss(&[own]).cn("device-042").run().fails("self-signed").by_hand("issue");
}

#[test]
fn ca_was_given_a_new_key() {
    let rekeyed = authority("Example Root CA").mint();
    let device = client("device-042").nickname("device-042");
    let outcome = scenario().nss(&[device]).ca(&rekeyed).cn("device-042").run();
    outcome.fails("signature-invalid").says("key identifier").by_hand("upload");
}

#[test]
fn damaged_certificate() {
    let damaged = client("device-042").mint().damaged().nickname("device-042");
    scenario().nss(&[damaged]).cn("device-042").run().fails("signature-invalid");
}

#[test]
fn issued_by_an_intermediate_that_is_here() {
    let device = client("device-042").issued_by(intermediate()).nickname("device-042");
    let outcome = scenario().nss(&[device, intermediate().nickname("issuing")]).cn("device-042").run();
    outcome.passes_with(&["chain-undocumented"]).other_type("fail");
}

#[test]
fn issued_by_an_intermediate_that_is_missing() {
    let device = client("device-042").issued_by(intermediate()).nickname("device-042");
    let outcome = scenario().nss(&[device]).cn("device-042").run();
    outcome.fails("intermediate-missing").by_hand("Example Issuing CA");
}

#[test]
fn issued_by_an_intermediate_that_lies_elsewhere() {
    let device = client("device-042").issued_by(intermediate()).nickname("device-042");
    scenario()
        .nss(&[device])
        .elsewhere(".pki/nssdb", &[intermediate().nickname("issuing")])
        .cn("device-042")
        .run()
        .fails("intermediate-missing")
        .mended();
}

#[test]
fn intermediate_given_by_hand() {
    let device = client("device-042").issued_by(intermediate()).nickname("device-042");
    let scenario = scenario().write("issuing.pem", &intermediate().pem).nss(&[device]);
    let file = scenario.path("issuing.pem");
    let outcome = scenario.arg("--intermediate").arg(file).cn("device-042").run();
    outcome.passes_with(&["chain-undocumented"]);
}

#[test]
fn uploaded_certificate_is_an_intermediate() {
    let device = client("device-042").issued_by(intermediate()).nickname("device-042");
    let outcome = scenario().nss(&[device]).ca(intermediate()).cn("device-042").run();
    outcome.passes_with(&["ca-not-self-signed"]).other_type("pass");
}

#[test]
fn uploaded_certificate_is_the_client_certificate() {
    let device = client("device-042").mint();
    let outcome = scenario().nss(&[device.nickname("device-042")]).ca(&device).cn("device-042").run();
    outcome.fails("ca-not-a-ca").by_hand("Example Root CA");
}

#[test]
fn uploaded_ca_has_expired() {
    let old = authority("Old CA").until("20250101000000Z").mint();
    let device = client("device-042").issued_by(&old).nickname("device-042");
    let outcome = scenario().nss(&[device]).ca(&old).cn("device-042").run();
    outcome.fails("ca-expired").also(&[]).by_hand("CA").other_type("pass");
}

#[test]
fn uploaded_ca_is_not_valid_yet() {
    let new = authority("New CA").from("20300101000000Z").mint();
    let device = client("device-042").issued_by(&new).nickname("device-042");
    scenario().nss(&[device]).ca(&new).cn("device-042").run().fails("ca-not-yet-valid").also(&[]);
}

#[test]
fn uploaded_ca_must_not_sign() {
    let mute = subject("/CN=Mute CA")
        .extension("basicConstraints=critical,CA:TRUE")
        .extension("keyUsage=critical,cRLSign")
        .mint();
    let device = client("device-042").issued_by(&mute).nickname("device-042");
    scenario().nss(&[device]).ca(&mute).cn("device-042").run().fails("ca-key-usage").also(&[]);
}

#[test]
fn several_cas_of_which_one_fits() {
    let device = client("device-042").nickname("device-042");
    let both = format!("{}{}", stranger().pem, root().pem);
    let outcome = scenario().nss(&[device]).ca_file("cas.pem", both).cn("device-042").run();
    outcome.passes_with(&["ca-several-certificates"]);
}

#[test]
fn several_ca_files_of_which_one_has_expired() {
    let old = authority("Old CA").until("20250101000000Z").mint();
    let device = client("device-042").nickname("device-042");
    let outcome = scenario().nss(&[device]).ca_file("old.pem", &old.pem).ca(root()).cn("device-042").run();
    outcome.passes_with(&["ca-expired"]);
}

#[test]
fn ca_file_has_the_key_too() {
    let device = client("device-042").nickname("device-042");
    let both = format!("{}{}", root().pem, root().key);
    let outcome = scenario().nss(&[device]).ca_file("ca.pem", both).cn("device-042").run();
    outcome.passes_with(&["ca-with-private-key"]);
}

#[test]
fn ca_file_is_missing_empty_or_something_else() {
    let device = client("device-042").mint().nickname("device-042");
    for (content, says) in
        [(&b""[..], "empty"), (b"hello", "text without a certificate"), (b"{}", "certificates")]
    {
        let outcome =
            scenario().nss(std::slice::from_ref(&device)).ca_file("ca.pem", content).cn("device-042").run();
        outcome.cannot_tell("ca-unreadable").says(says);
    }
    let missing =
        scenario().nss(&[device]).no_ca().cn("device-042").arg("--ca").arg("/nonexistent.pem").run();
    let missing = missing.cannot_tell("ca-unreadable").says("does not exist");
    missing.complains(&["/nonexistent.pem", "ca-unreadable"]);
}

#[test]
fn ca_in_every_form() {
    let device = client("device-042").mint().nickname("device-042");
    let pem = root().pem.clone();
    let object =
        serde_json::json!({"id": "2f9c41d0-0000-4000-8000-000000000001", "certificates": pem, "ca": true});
    let one_line = pem.trim_end().replace('\n', "\\n");
    let forms = [
        root().der(),
        pem.replace('\n', "\r\n").into_bytes(),
        object.to_string().into_bytes(),
        serde_json::json!({"success": true, "errors": [], "result": object}).to_string().into_bytes(),
        serde_json::json!({"success": true, "result": [object]}).to_string().into_bytes(),
        serde_json::json!([object]).to_string().into_bytes(),
        one_line.clone().into_bytes(),
        format!("\"{one_line}\"").into_bytes(),
    ];
    for form in forms {
        scenario().nss(std::slice::from_ref(&device)).ca_file("ca", form).cn("device-042").run().passes();
    }
}

#[test]
fn weak_signature() {
    let old = authority("Old CA").rsa("rsa:2048").mint();
    let weak = client("device-042").issued_by(&old).digest("sha1").nickname("device-042");
    scenario().nss(&[weak]).ca(&old).cn("device-042").run().passes_with(&["algorithm-weak"]);
}

#[test]
fn curve_that_cannot_be_checked() {
    let odd = authority("Odd CA").brainpool().mint();
    let device = client("device-042").issued_by(&odd).nickname("device-042");
    scenario().nss(&[device]).ca(&odd).cn("device-042").run().cannot_tell("algorithm-unsupported");
}

#[test]
fn intermediate_too_deep() {
    let narrow = subject("/CN=Narrow CA").extension("basicConstraints=critical,CA:TRUE,pathlen:0").mint();
    let below = authority("Below").issued_by(&narrow).mint();
    let device = client("device-042").issued_by(&below).nickname("device-042");
    let outcome = scenario().nss(&[device, below.nickname("below")]).ca(&narrow).cn("device-042").run();
    outcome.fails("path-length-exceeded");
}

#[test]
fn name_outside_the_constraints() {
    let narrow = authority("Narrow CA")
        .extension("nameConstraints=critical,permitted;dirName:p")
        .section("[p]\nO=Elsewhere");
    let narrow = narrow.mint();
    let device = client("x").subject("/O=Example/CN=device-042").issued_by(&narrow).nickname("device-042");
    let outcome = scenario().nss(&[device]).ca(&narrow).cn("device-042").run();
    outcome.fails("name-constraint-violated").other_type("pass");
}

#[test]
fn critical_extension_that_nobody_knows() {
    let odd = client("device-042").extension("1.2.3.4.5=critical,ASN1:NULL").nickname("device-042");
    let outcome = scenario().nss(&[odd]).cn("device-042").run();
    outcome.fails("unknown-critical-extension").other_type("pass");
}

#[test]
fn issuer_is_not_a_ca() {
    let leaf = client("leaf").extension("basicConstraints=CA:FALSE").mint();
    let device = client("device-042").issued_by(&leaf).nickname("device-042");
    let outcome = scenario().nss(&[device, leaf.nickname("leaf")]).cn("device-042").run();
    outcome.fails("issuer-not-a-ca");
}

#[test]
fn issuer_must_not_sign() {
    let mute = subject("/CN=Mute")
        .issued_by(root())
        .extension("basicConstraints=critical,CA:TRUE")
        .extension("keyUsage=critical,cRLSign")
        .mint();
    let device = client("device-042").issued_by(&mute).nickname("device-042");
    scenario().nss(&[device, mute.nickname("mute")]).cn("device-042").run().fails("issuer-key-usage");
}

#[test]
fn looked_up_certificate_is_the_ca() {
    let ca = root().nickname("device-042");
    let outcome = scenario().nss(&[ca]).cn("device-042").run();
    outcome.passes_with(&["is-the-ca", "substring-only"]);
}
