//! PKCS #12. A count of rounds above a thousand is made small: derivation is slow by design.
#![no_main]

use certposture::encoding;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // An INTEGER of two octets or more after a salt: the iteration count.
    let slow = data.windows(4).any(|w| w[0] == 2 && matches!(w[1], 3 | 4) || w[..3] == [2, 2, 0x7f]);
    if !slow {
        let _ = encoding::read(data);
    }
});
