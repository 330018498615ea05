//! `pkcs11:` names, as NSS reads them (RFC 7512; `lib/util/pkcs11uri.c`).

/// Path attributes that NSS knows. Any other is taken, and ignored.
const TOKEN: &str = "token";
const MANUFACTURER: &str = "manufacturer";
const MODEL: &str = "model";
const SERIAL: &str = "serial";
const TYPE: &str = "type";
const OBJECT: &str = "object";
const ID: &str = "id";

/// Query attributes that may stand only once.
const SINGLE_QUERY: [&str; 4] = ["pin-source", "pin-value", "module-name", "module-path"];

/// What a URI asks for; `None`: anything.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    /// CKA_LABEL.
    pub(super) object: Option<Vec<u8>>,
    /// CKA_ID.
    pub(super) id: Option<Vec<u8>>,
}

type Attribute = (String, Vec<u8>);

/// Whether `name` is taken for a URI at all.
pub(super) fn is_uri(name: &[u8]) -> bool {
    name.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"pkcs11:"))
}

/// What the URI `name` asks of the token called `token`; `None` when it is malformed or asks for
/// something that is not a certificate of that token.
pub(super) fn parse(name: &[u8], token: &[u8]) -> Option<Wanted> {
    let rest = is_uri(name).then(|| &name[7..])?;
    let (path, query) = match rest.iter().position(|&byte| byte == b'?') {
        Some(mark) => (&rest[..mark], &rest[mark + 1..]),
        None => (rest, &[][..]),
    };
    let attributes = attributes(path, b';', b"&")?;
    check_query(query)?;
    for (at, (name, _)) in attributes.iter().enumerate() {
        if attributes[..at].iter().any(|(earlier, _)| earlier == name) {
            return None;
        }
    }
    let value = |name: &str| attributes.iter().find(|(given, _)| given == name).map(|(_, value)| &value[..]);
    let fixed: [(&str, &[u8]); 5] = [
        (TOKEN, token),
        (MANUFACTURER, b"Mozilla Foundation"),
        (MODEL, b"NSS 3"),
        (SERIAL, b"0000000000000000"),
        (TYPE, b"cert"),
    ];
    let fits = fixed.iter().all(|(name, own)| value(name).is_none_or(|wanted| until_nul(wanted) == *own));
    fits.then(|| Wanted {
        object: value(OBJECT).map(|object| until_nul(object).to_vec()),
        id: value(ID).map(<[u8]>::to_vec),
    })
}

/// A query changes nothing, but a malformed one spoils the URI.
fn check_query(query: &[u8]) -> Option<()> {
    let attributes = attributes(query, b'&', b"/?|")?;
    let repeated =
        SINGLE_QUERY.iter().any(|single| attributes.iter().filter(|(name, _)| name == single).count() > 1);
    (!repeated).then_some(())
}

/// The attributes of one component. A separator may stand at the end, but nowhere twice.
fn attributes(component: &[u8], separator: u8, also: &[u8]) -> Option<Vec<Attribute>> {
    let component = component.strip_suffix(&[separator]).unwrap_or(component);
    if component.is_empty() {
        return Some(Vec::new());
    }
    component.split(|&byte| byte == separator).map(|text| attribute(text, also)).collect()
}

fn attribute(text: &[u8], also: &[u8]) -> Option<Attribute> {
    let equals = text.iter().position(|&byte| byte == b'=')?;
    let (name, value) = (&text[..equals], &text[equals + 1..]);
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
    if name.is_empty() || !name.iter().all(is_name) {
        return None;
    }
    Some((String::from_utf8(name.to_vec()).ok()?, unescape(value, also)?))
}

/// Decodes `%XX`. `None` for a byte that must not stand there.
fn unescape(value: &[u8], also: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'%' {
            let (digits, after) = rest.split_at_checked(2)?;
            decoded.push((hex_digit(digits[0])? << 4) | hex_digit(digits[1])?);
            rest = after;
        } else if byte.is_ascii_alphanumeric() || b"-._~:[]@!$'()*+,=".contains(&byte) || also.contains(&byte)
        {
            decoded.push(byte);
        } else {
            return None;
        }
    }
    Some(decoded)
}

fn hex_digit(digit: u8) -> Option<u8> {
    u8::try_from(char::from(digit).to_digit(16)?).ok()
}

/// NSS hands most values on as C strings.
fn until_nul(value: &[u8]) -> &[u8] {
    value.split(|&byte| byte == 0).next().unwrap_or_default()
}
