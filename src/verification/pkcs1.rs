//! RSASSA-PKCS1-v1_5 verification (RFC 8017 §8.2.2), for speed.
//!
//! The `rsa` crate raises to the public exponent in a way that is safe for secret exponents too, which
//! takes twice as many multiplications as a public one needs: 65537 has two bits that are set. Stores
//! of thousands of certificates are judged here, so the exponent is taken bit by bit instead. Nothing
//! about a signature check is secret.

use crypto_bigint::modular::BoxedMontyForm;
use crypto_bigint::{BoxedUint, MontyForm, MontyMultiplier as _};
use rsa::Pkcs1v15Sign;
use rsa::traits::PublicKeyParts;

/// Whether `signature` is one by `key` over the hash `hashed`.
pub fn verifies(key: &rsa::PublicKey, padding: &Pkcs1v15Sign, hashed: &[u8], signature: &[u8]) -> bool {
    let expected = encode(&padding.prefix, hashed, key.size());
    expected.is_some() && recover(key, signature) == expected
}

/// The encoded message, by RSAVP1 (§5.2.2): the signature raised to the public exponent.
fn recover(key: &rsa::PublicKey, signature: &[u8]) -> Option<Vec<u8>> {
    let size = key.size();
    if signature.len() != size {
        return None;
    }
    let parameters = key.n_params();
    let representative = BoxedUint::from_be_slice(signature, parameters.bits_precision()).ok()?;
    if representative >= *key.n().as_ref() {
        return None;
    }
    let base = BoxedMontyForm::new(representative, parameters);
    let exponent = key.e();
    let mut power = base.clone();
    // One for all steps: each of its own would take room and wipe it.
    let mut multiplier = <BoxedMontyForm as MontyForm>::Multiplier::from(parameters);
    for bit in (0..exponent.bit_width_vartime().checked_sub(1)?).rev() {
        multiplier.square_assign(&mut power);
        if exponent.bit_vartime(bit) {
            multiplier.mul_assign(&mut power, &base);
        }
    }
    // As wide as whole machine words; the modulus may be a little less.
    let message = power.retrieve().to_be_bytes();
    message.len().checked_sub(size).map(|leading| message[leading..].to_vec())
}

/// EMSA-PKCS1-v1_5 (§9.2): 00 01, octets FF (at least eight), 00, and the DigestInfo.
fn encode(prefix: &[u8], hashed: &[u8], size: usize) -> Option<Vec<u8>> {
    let filling = size.checked_sub(prefix.len() + hashed.len() + 3).filter(|count| *count >= 8)?;
    let mut message = vec![0, 1];
    message.resize(2 + filling, 0xff);
    message.push(0);
    message.extend(prefix);
    message.extend(hashed);
    Some(message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rsa::pkcs8::DecodePrivateKey;
    use sha2::{Digest, Sha256};

    fn key(name: &str) -> rsa::PrivateKey {
        let file = format!("{}/tests/fixtures/keys/rsa-{name}.pem", env!("CARGO_MANIFEST_DIR"));
        let pem = pem::parse(std::fs::read(file).unwrap()).unwrap();
        rsa::PrivateKey::from_pkcs8_der(pem.contents()).unwrap()
    }

    /// The crate's own verification is the yardstick.
    #[test]
    fn answers_as_the_crate_does() {
        for name in ["1024", "2048", "3072"] {
            let (private, hashed) = (key(name), Sha256::digest(b"message"));
            let public = rsa::PublicKey::from(&private);
            let padding = Pkcs1v15Sign::new::<Sha256>();
            let good = private.sign(padding.clone(), &hashed).unwrap();
            let modulus = public.n().to_be_bytes().to_vec();
            let mut cases = vec![
                good.clone(),
                modulus,
                vec![0; good.len()],
                vec![0xff; good.len()],
                good[1..].to_vec(),
                [&[0], &good[..]].concat(),
                Vec::new(),
                private.sign(Pkcs1v15Sign::new_unprefixed(), &hashed).unwrap(),
                private.sign(Pkcs1v15Sign::new::<sha2::Sha384>(), &[0; 48]).unwrap(),
            ];
            cases.extend((0..good.len()).map(|at| {
                let mut damaged = good.clone();
                damaged[at] ^= 1;
                damaged
            }));
            for (number, signature) in cases.iter().enumerate() {
                let ours = verifies(&public, &padding, &hashed, signature);
                assert_eq!(
                    ours,
                    public.verify(padding.clone(), &hashed, signature).is_ok(),
                    "{name} {number}"
                );
                assert_eq!(ours, number == 0, "{name} {number}");
            }
        }
    }

    /// RSAVP1 wants a representative below the modulus: the signature plus the modulus is the same
    /// number to the arithmetic, and another signature to code that compares octets.
    #[test]
    fn a_signature_beyond_the_modulus_is_none() {
        let private = key("2048");
        let public = rsa::PublicKey::from(&private);
        let padding = Pkcs1v15Sign::new::<Sha256>();
        let beyond = (0..200u8).find_map(|number| {
            let hashed = Sha256::digest([number]);
            let signature = private.sign(padding.clone(), &hashed).unwrap();
            add(&signature, &public.n().to_be_bytes()).map(|sum| (hashed, signature, sum))
        });
        let (hashed, signature, sum) = beyond.unwrap();
        assert!(verifies(&public, &padding, &hashed, &signature));
        assert!(!verifies(&public, &padding, &hashed, &sum));
    }

    /// The sum in as many octets, if it fits.
    fn add(a: &[u8], b: &[u8]) -> Option<Vec<u8>> {
        let mut sum = vec![0; a.len()];
        let mut carry = 0;
        for at in (0..a.len()).rev() {
            let digit = u16::from(a[at]) + u16::from(b[at]) + carry;
            sum[at] = digit as u8;
            carry = digit >> 8;
        }
        (carry == 0).then_some(sum)
    }

    #[test]
    fn the_key_must_have_room_for_the_hash() {
        assert_eq!(encode(&[1; 19], &[2; 32], 61), None);
        assert_eq!(encode(&[1; 19], &[2; 32], 62).map(|message| message.len()), Some(62));
    }
}
