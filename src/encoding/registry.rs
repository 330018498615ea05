//! The Windows registry as text: `.reg` exports (`Windows Registry Editor Version 5.00`, `REGEDIT4`) and
//! what `reg query KEY /s` prints. A certificate is the value `Blob` of a key that is called after its
//! SHA-1 thumbprint, below `SystemCertificates\STORE\Certificates`.

use super::{Collector, Undecodable, serialized};

/// The place of a registry key among the certificate stores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    /// `HKEY_LOCAL_MACHINE`, as opposed to a user's.
    pub is_machines: bool,
    /// The store's name, such as `My`.
    pub name: String,
    /// Whether the key of the store itself is here, and not only keys of certificates. (A user's Personal
    /// store is not kept in the registry but in files.)
    pub is_whole: bool,
}

/// Takes in every certificate of the stores `My`, or of all where there is none; what they are copies of
/// goes into the objects.
pub fn read(text: &[u8], found: &mut Collector) {
    let mut blobs: Vec<(Store, Option<Vec<u8>>)> = Vec::new();
    let mut store = None;
    for line in logical_lines(&String::from_utf8_lossy(text)) {
        let line = line.trim();
        let key = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(line);
        if key.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("HKEY_")) {
            store = store_of(key);
            note(store.as_ref(), &mut found.objects.stores);
        } else if let (Some(store), Some(hexadecimal)) = (&store, blob(line)) {
            blobs.push((store.clone(), bytes(hexadecimal)));
        }
    }
    let is_personal = |store: &Store| store.name.eq_ignore_ascii_case("My");
    if found.objects.stores.iter().any(is_personal) {
        found.objects.stores.retain(is_personal);
        blobs.retain(|(store, _)| is_personal(store));
    }
    for (_, blob) in blobs {
        match blob {
            Some(blob) => serialized::read(&blob, found),
            None => found.damaged(Undecodable::Form),
        }
    }
}

fn note(store: Option<&Store>, known: &mut Vec<Store>) {
    let Some(store) = store else { return };
    let same = |known: &&mut Store| {
        known.is_machines == store.is_machines && known.name.eq_ignore_ascii_case(&store.name)
    };
    match known.iter_mut().find(same) {
        Some(known) => known.is_whole |= store.is_whole,
        None => known.push(store.clone()),
    }
}

/// Lines with those that end in a backslash joined to the next.
fn logical_lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut continued = false;
    for line in text.lines() {
        let (part, goes_on) = match line.trim_end().strip_suffix('\\') {
            // The path of a key may not end so, but one is never continued.
            Some(part) if !line.trim_start().starts_with(['[', 'H']) => (part, true),
            _ => (line, false),
        };
        match lines.last_mut().filter(|_| continued) {
            Some(last) => last.push_str(part.trim()),
            None => lines.push(part.to_owned()),
        }
        continued = goes_on;
    }
    lines
}

/// `HKEY_…\SystemCertificates\STORE` and whatever is below it.
fn store_of(key: &str) -> Option<Store> {
    let parts: Vec<&str> = key.split('\\').collect();
    let at = parts.iter().position(|part| part.eq_ignore_ascii_case("SystemCertificates"))?;
    let name = *parts.get(at + 1)?;
    let is_machines = parts[0].eq_ignore_ascii_case("HKEY_LOCAL_MACHINE");
    let is_itself = match &parts[at + 2..] {
        [] => true,
        [below] => below.eq_ignore_ascii_case("Certificates"),
        _ => false,
    };
    Some(Store { is_machines, name: name.to_owned(), is_whole: is_machines && is_itself })
}

/// The hexadecimal of a value `Blob`: `"Blob"=hex:03,00` or `Blob    REG_BINARY    0300`.
fn blob(line: &str) -> Option<&str> {
    if let Some(value) = strip_prefix_ignoring_case(line, "\"Blob\"=") {
        return value.strip_prefix("hex").and_then(|rest| rest.split_once(':')).map(|(_, bytes)| bytes);
    }
    let rest = strip_prefix_ignoring_case(line, "Blob")?.trim_start();
    Some(strip_prefix_ignoring_case(rest, "REG_BINARY")?.trim())
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let start = text.get(..prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

fn bytes(hexadecimal: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = hexadecimal
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace() && *byte != b',')
        .map(|byte| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    digits
        .len()
        .is_multiple_of(2)
        .then(|| digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use crate::encoding::{self, FileKind};
    use std::fs;
    use std::path::Path;

    fn blob() -> Vec<u8> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/serialized/with-key.blob");
        fs::read(file).unwrap()
    }

    fn device() -> Vec<u8> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pkcs12/device.der");
        fs::read(file).unwrap()
    }

    const KEY: &str = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SystemCertificates\MY";

    /// As regedit writes it: pairs of digits, broken after 80 columns with a backslash.
    fn export(key: &str) -> String {
        let pairs: Vec<String> = blob().iter().map(|byte| format!("{byte:02x}")).collect();
        let lines: Vec<String> = pairs.chunks(25).map(|line| line.join(",")).collect();
        format!(
            "Windows Registry Editor Version 5.00\r\n\r\n[{key}]\r\n\r\n[{key}\\Certificates\\0F]\r\n\
             \"Blob\"=hex:{}\r\n\r\n",
            lines.join(",\\\r\n  ")
        )
    }

    fn stores(objects: &encoding::Objects) -> Vec<(bool, &str)> {
        objects.stores.iter().map(|store| (store.is_machines, store.name.as_str())).collect()
    }

    #[test]
    fn reads_an_export() {
        let utf16: Vec<u8> =
            format!("\u{feff}{}", export(KEY)).encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [export(KEY).into_bytes(), utf16] {
            let read = encoding::read(&bytes).unwrap();
            assert_eq!((read.kind, stores(&read)), (FileKind::RegistryExport, vec![(true, "MY")]));
            assert_eq!((read.certificates[0].der.clone(), read.keys.len(), read.damaged), (device(), 1, 0));
        }
    }

    #[test]
    fn reads_what_reg_query_prints() {
        let digits: String = blob().iter().map(|byte| format!("{byte:02X}")).collect();
        let text = format!("\r\n{KEY}\\Certificates\\0F\r\n    Blob    REG_BINARY    {digits}\r\n\r\n");
        let read = encoding::read(text.as_bytes()).unwrap();
        assert_eq!((read.kind, read.certificates.len()), (FileKind::RegistryQuery, 1));
        assert_eq!(read.certificates[0].der, device());
    }

    #[test]
    fn the_personal_store_counts_before_others() {
        let user = r"HKEY_CURRENT_USER\Software\Microsoft\SystemCertificates\Root";
        let both = [export(user), export(KEY)].concat();
        let read = encoding::read(both.as_bytes()).unwrap();
        assert_eq!((read.certificates.len(), stores(&read)), (1, vec![(true, "MY")]));
        let read = encoding::read(export(user).as_bytes()).unwrap();
        assert_eq!((read.certificates.len(), stores(&read)), (1, vec![(false, "Root")]));
    }

    #[test]
    fn digits_that_are_none_are_damage() {
        let text = format!("REGEDIT4\n\n[{KEY}\\Certificates\\0F]\n\"Blob\"=hex:0,zz\n");
        let read = encoding::read(text.as_bytes()).unwrap();
        assert_eq!((read.certificates.len(), read.damaged), (0, 1));
    }
}
