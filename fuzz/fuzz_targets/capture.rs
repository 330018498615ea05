//! One line of `fleet`: a capture, or a result of osquery. What is read is written and read again alike.
#![no_main]

use certposture::capture;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(found) = capture::read(data) {
        let line = capture::line(&found);
        let again = capture::read(line.as_bytes()).expect("what was written is read");
        assert_eq!(capture::line(&again), line);
    }
    let _ = capture::read_osquery_line(data);
});
