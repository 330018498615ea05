//! From what was found to a line.

use super::record::{
    CertificateRecord, ClientRecord, DescribedRecord, DeviceRecord, KeyFileRecord, ModuleRecord, NssRecord,
    PlaceRecord, ProblemRecord, ProfileRecord, Record, RemainsRecord, SCHEMA, SealedKeyRecord, ShowsRecord,
    Tool,
};
use super::text::{Binary, Text};
use super::{Capture, CapturedPlace};
use crate::certificate::Certificate;
use crate::device::{Client, Device, Whose};
use crate::reason::Finding;
use crate::store::nss::{self, Module, Part, Profile, Remains, Row};
use crate::store::{
    Contents, Evidence, FileIndex, Index, KeyFile, Origin, Place, SealedKey, Shows, StoredCertificate,
};

/// The line, without a line feed.
pub fn line(capture: &Capture) -> String {
    // Nothing in a record can fail to be written: its keys are strings and its numbers whole.
    serde_json::to_string(&record(capture)).unwrap_or_default()
}

fn record(capture: &Capture) -> Record {
    let Capture { id, captured_at, system, device, client, places } = capture;
    Record {
        schema: SCHEMA.to_owned(),
        tool: Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        captured_at: captured_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        device: device_record(id.clone(), system.api_name(), device),
        client: client.as_ref().map(client_record),
        places: places.iter().map(place_record).collect(),
    }
}

fn device_record(id: Option<String>, system: &str, device: &Device) -> DeviceRecord {
    // Whether the tools are installed matters to whoever repairs the device, and not to whoever judges it.
    let Device { host_names, serial_number, whose, nss_tools: _ } = device;
    DeviceRecord {
        system: system.to_owned(),
        id,
        hostname: host_names.own().map(str::to_owned),
        hostname_forms: host_names.others().map(str::to_owned).collect(),
        serial_number: serial_number.as_ref().ok().cloned(),
        serial_number_error: serial_number.as_ref().err().cloned(),
        is_anothers: *whose == Whose::AnotherDevices,
    }
}

fn client_record(client: &Client) -> ClientRecord {
    match client {
        Client::Installed { version } => ClientRecord { installed: true, version: Some(version.clone()) },
        Client::NotFound => ClientRecord { installed: false, version: None },
    }
}

fn place_record(captured: &CapturedPlace) -> PlaceRecord {
    let CapturedPlace { place, left_out } = captured;
    let Place { contents, elsewhere, writable, has_password, interrupted, remains } = place;
    let Contents { spec, evidence, status, problem, certificates, index } = contents;
    // What a giver might have made of the form is decided when it is read.
    let Evidence { role, source, complete, may_be_whole: _, shows, origin, system } = evidence;
    let own_location = spec.to_string();
    let certificate = |(position, stored): (usize, &StoredCertificate)| {
        let (subject, nss) = match index {
            Index::None | Index::File(_) => (None, None),
            Index::Windows { subjects, .. } => (subjects.get(position).cloned(), None),
            Index::Nss(nss) => (None, nss.rows.get(position).map(|row| nss_record(row, &stored.certificate))),
        };
        certificate_record(stored, &own_location, subject, nss)
    };
    let record = PlaceRecord {
        spec: Text::from(spec),
        role: role.as_ref().map(Text::from),
        role_source: source.as_str().to_owned(),
        complete: *complete,
        shows: shows_record(*shows),
        is_copy: *origin == Origin::Elsewhere,
        system: system.map(|system| system.api_name().to_owned()),
        status: status.as_str().to_owned(),
        problem: problem.as_ref().map(problem_record),
        elsewhere: *elsewhere,
        writable: *writable,
        has_password: *has_password,
        interrupted: *interrupted,
        remains: (*remains != Remains::default()).then(|| remains_record(remains)),
        account: contents.account().map(str::to_owned),
        token: None,
        profiles: Vec::new(),
        modules: Vec::new(),
        is_fips: false,
        keys_have_password: false,
        legacy_beside: false,
        key_files: Vec::new(),
        form: None,
        is_new_pkcs12: false,
        has_keys: false,
        sealed_key: None,
        left_out: *left_out,
        certificates: certificates.iter().enumerate().map(certificate).collect(),
    };
    match index {
        Index::Nss(index) => with_nss(record, index),
        Index::File(index) => with_files(record, index),
        Index::None | Index::Windows { .. } => record,
    }
}

fn with_files(record: PlaceRecord, index: &FileIndex) -> PlaceRecord {
    let FileIndex { key_files, form, is_new_pkcs12, has_keys, sealed_key } = index;
    let key_files = key_files.iter().map(|(&position, KeyFile { path, form, own_form })| KeyFileRecord {
        position,
        file: Text::from(path.as_path()),
        form: form.as_str().to_owned(),
        own_form: own_form.as_str().to_owned(),
    });
    let sealed_key = sealed_key.as_ref().map(|SealedKey { path, seal }| SealedKeyRecord {
        file: Text::from(path.as_path()),
        seal: seal.as_str().to_owned(),
    });
    PlaceRecord {
        key_files: key_files.collect(),
        form: Some(form.as_str().to_owned()),
        is_new_pkcs12: *is_new_pkcs12,
        has_keys: *has_keys,
        sealed_key,
        ..record
    }
}

fn with_nss(record: PlaceRecord, index: &nss::Index) -> PlaceRecord {
    let nss::Index { token, rows: _, profiles, modules, is_fips, has_password, legacy_beside } = index;
    PlaceRecord {
        token: Some(Text(token.clone())),
        profiles: profiles.iter().map(profile_record).collect(),
        modules: modules.iter().map(module_record).collect(),
        is_fips: *is_fips,
        keys_have_password: *has_password,
        legacy_beside: *legacy_beside,
        ..record
    }
}

fn module_record(module: &Module) -> ModuleRecord {
    let Module { name, library } = module;
    ModuleRecord { name: name.clone(), library: library.clone() }
}

const fn shows_record(shows: Shows) -> ShowsRecord {
    let Shows { private_key, label, order, trust } = shows;
    ShowsRecord { private_key, label, order, trust }
}

fn problem_record(problem: &Finding) -> ProblemRecord {
    ProblemRecord {
        code: problem.code.as_str().to_owned(),
        message: problem.message.clone(),
        file: problem.file().map(Text::from),
    }
}

fn remains_record(remains: &Remains) -> RemainsRecord {
    let Remains { certificates, keys, is_obstructed } = *remains;
    RemainsRecord {
        certificates: certificates.as_str().to_owned(),
        keys: keys.as_str().to_owned(),
        is_obstructed,
    }
}

fn profile_record(profile: &Profile) -> ProfileRecord {
    let Profile { subject, email } = profile;
    ProfileRecord { subject: subject.clone().map(Binary), email: email.clone().map(Text) }
}

fn certificate_record(
    stored: &StoredCertificate,
    own_location: &str,
    subject: Option<String>,
    nss: Option<NssRecord>,
) -> CertificateRecord {
    let StoredCertificate { certificate, label, trust, location, private_key, other_key_beside, position: _ } =
        stored;
    CertificateRecord {
        der: Binary(certificate.der().to_vec()),
        described: certificate
            .description()
            .map(|told| DescribedRecord { sha1: told.sha1.clone(), subject: told.subject.clone() }),
        label: label.clone().map(Text),
        trust: trust.clone(),
        location: (location != own_location).then(|| location.clone()),
        key: private_key.as_str().to_owned(),
        other_key_beside: *other_key_beside,
        subject,
        nss,
    }
}

fn nss_record(row: &Row, certificate: &Certificate) -> NssRecord {
    let Row { label_is_blob, email, subject, id, issuer, serial, well_formed, is_x509 } = row;
    let own = |part: &Part| match part {
        Part::Repeated(_) => None,
        Part::Own(_) => Some(Binary(part.of(certificate).to_vec())),
    };
    NssRecord {
        id: id.clone().map(Binary),
        email: email.clone().map(Text),
        label_is_no_blob: !label_is_blob,
        has_no_subject: subject.is_none(),
        subject: subject.as_ref().and_then(own),
        issuer: own(issuer),
        serial: own(serial),
        is_ill_formed: !well_formed,
        is_not_x509: !is_x509,
    }
}
