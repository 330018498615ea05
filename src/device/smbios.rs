//! The firmware's SMBIOS tables (DMTF DSP0134), as far as the serial number needs them.

/// What `GetSystemFirmwareTable` puts in front of the tables: four single octets and a length.
const RAW_HEADER: usize = 8;

/// The structure that describes the system (DSP0134 §7.2), and where in it the number of the
/// serial number's string stands.
const SYSTEM_INFORMATION: u8 = 1;
const SERIAL_NUMBER: usize = 7;

/// The end of the tables.
const END_OF_TABLE: u8 = 127;

/// The system's serial number in `RawSMBIOSData`; `None` when it has none.
pub fn system_serial_number(raw: &[u8]) -> Option<String> {
    let mut rest = raw.get(RAW_HEADER..)?;
    while let [kind, length, ..] = *rest {
        let length = usize::from(length);
        let (formatted, after) = rest.split_at_checked(length).filter(|_| length >= 4)?;
        let end = after.windows(2).position(|pair| pair == [0, 0])?;
        if kind == SYSTEM_INFORMATION {
            return string(after.get(..end)?, *formatted.get(SERIAL_NUMBER)?);
        }
        if kind == END_OF_TABLE {
            return None;
        }
        rest = after.get(end + 2..)?;
    }
    None
}

/// Strings are numbered from 1; 0 stands for none.
fn string(strings: &[u8], number: u8) -> Option<String> {
    let index = usize::from(number).checked_sub(1)?;
    let text = String::from_utf8_lossy(strings.split(|&b| b == 0).nth(index)?).trim().to_owned();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A BIOS structure without strings and a system structure with four, as dmidecode shows them.
    fn raw() -> Vec<u8> {
        let bios = [&[0u8, 24, 0, 0][..], &[0; 20], &[0, 0]].concat();
        let system =
            [&[1u8, 27, 1, 0, 1, 2, 3, 4][..], &[0; 19], b"Maker\0Model\x001.0\0 SN-0042 \0\0"].concat();
        [&[0u8, 3, 2, 0, 0, 1, 0, 0][..], &bios, &system, &[127, 4, 2, 0, 0, 0]].concat()
    }

    #[test]
    fn finds_the_serial_number() {
        assert_eq!(system_serial_number(&raw()).as_deref(), Some("SN-0042"));
    }

    #[test]
    fn has_none_where_there_is_none() {
        let mut without = raw();
        let system = without.windows(2).position(|pair| pair == [1, 27]).unwrap();
        without[system + SERIAL_NUMBER] = 0;
        assert_eq!(system_serial_number(&without), None);
        without[system + SERIAL_NUMBER] = 9;
        assert_eq!(system_serial_number(&without), None);
        let raw = raw();
        for cut in 0..raw.len() - 7 {
            assert_eq!(system_serial_number(&raw[..cut]), None, "{cut}");
        }
    }
}
