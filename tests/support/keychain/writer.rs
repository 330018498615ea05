//! Writes keychain files in the layout of AppleFileDL (`AtomicFile.cpp`, `DbVersion`, `Table.cpp`,
//! `MetaRecord.cpp` in Apple's Security sources). What it models is what a commit does: records
//! that stay keep their order, those inserted or changed go to the end, and the numbers of those
//! deleted are given out again.

/// A record: its columns in the order of the schema, and its data.
#[derive(Clone, Debug)]
pub struct Record {
    pub columns: Vec<Column>,
    pub data: Vec<u8>,
}

#[derive(Clone, Debug)]
pub enum Column {
    Absent,
    Number(u32),
    /// A string or a blob.
    Bytes(Vec<u8>),
    /// Several values of a string or blob.
    Several(Vec<Vec<u8>>),
}

/// A table and the numbers that its records have.
#[derive(Clone, Debug, Default)]
pub struct Table {
    id: u32,
    /// In physical order, each with its number.
    records: Vec<(usize, Record)>,
    /// Numbers given back, the last one first.
    free: Vec<usize>,
    numbers: usize,
}

impl Table {
    pub fn new(id: u32) -> Self {
        Self { id, ..Self::default() }
    }

    /// Inserts a record; its number.
    pub fn insert(&mut self, record: Record) -> usize {
        let number = self.free.pop().unwrap_or_else(|| {
            self.numbers += 1;
            self.numbers - 1
        });
        self.records.push((number, record));
        number
    }

    pub fn delete(&mut self, number: usize) {
        self.records.retain(|(other, _)| *other != number);
        self.free.push(number);
    }

    /// What changing a record's columns does to its place.
    pub fn change(&mut self, number: usize) {
        let at = self.records.iter().position(|(other, _)| *other == number).unwrap();
        let record = self.records.remove(at);
        self.records.push(record);
    }

    fn bytes(&self) -> Vec<u8> {
        const NUMBERS: usize = 0x1c;
        let slots = self.numbers.max(1);
        let records_offset = NUMBERS + 4 * slots;
        let mut records = Vec::new();
        let mut array = vec![0; slots];
        for (number, record) in &self.records {
            array[*number] = atom(records_offset + records.len());
            records.extend(record.bytes(*number));
        }
        let mut head = if self.numbers == 0 { atom(NUMBERS | 1) } else { 0 };
        for number in &self.free {
            array[*number] = head;
            head = atom((NUMBERS + 4 * number) | 1);
        }
        // An index section without indexes: its size and their count.
        let index = [8u32, 0];
        let index_offset = records_offset + records.len();
        let size = index_offset + 8;
        let header =
            [atom(size), self.id, atom(self.records.len()), atom(records_offset), atom(index_offset), head];
        let mut bytes = atoms(&header);
        bytes.extend(atoms(&[atom(slots)]));
        bytes.extend(atoms(&array));
        bytes.extend(records);
        bytes.extend(atoms(&index));
        bytes
    }
}

impl Record {
    fn bytes(&self, number: usize) -> Vec<u8> {
        let mut body = padded(&self.data);
        let start = 0x18 + 4 * self.columns.len();
        let mut offsets = Vec::new();
        for column in &self.columns {
            let at = atom(start + body.len());
            offsets.push(match column {
                Column::Absent => 0,
                Column::Several(_) => at,
                _ => at | 1,
            });
            match column {
                Column::Absent => {}
                Column::Number(number) => body.extend(number.to_be_bytes()),
                Column::Bytes(bytes) => body.extend(counted(bytes)),
                Column::Several(values) => {
                    body.extend(atoms(&[atom(values.len())]));
                    values.iter().for_each(|value| body.extend(counted(value)));
                }
            }
        }
        let header = [atom(start + body.len()), atom(number), 7, 9, atom(self.data.len()), 0];
        let mut bytes = atoms(&header);
        bytes.extend(atoms(&offsets));
        bytes.extend(body);
        bytes
    }
}

fn atom(number: usize) -> u32 {
    u32::try_from(number).unwrap()
}

fn atoms(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

fn padded(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

fn counted(bytes: &[u8]) -> Vec<u8> {
    [atoms(&[atom(bytes.len())]), padded(bytes)].concat()
}

/// A whole file with these tables in this order.
pub fn file(tables: &[Table]) -> Vec<u8> {
    let mut body = Vec::new();
    let mut offsets = Vec::new();
    for table in tables {
        offsets.push(atom(8 + 4 * tables.len() + body.len()));
        body.extend(table.bytes());
    }
    let size = 8 + 4 * tables.len() + body.len();
    let mut bytes = b"kych".to_vec();
    // Version, where the (empty) authentication section lies, and where the schema does.
    bytes.extend(atoms(&[0x0001_0000, 0x10, 0x14, 0]));
    bytes.extend(atoms(&[atom(size), atom(tables.len())]));
    bytes.extend(atoms(&offsets));
    bytes.extend(body);
    // How often the file was committed.
    bytes.extend(atoms(&[11]));
    bytes
}

const CERTIFICATE_COLUMNS: [&str; 9] = [
    "CertType",
    "CertEncoding",
    "PrintName",
    "Alias",
    "Subject",
    "Issuer",
    "SerialNumber",
    "SubjectKeyIdentifier",
    "PublicKeyHash",
];

const KEY_COLUMNS: [&str; 27] = [
    "KeyClass",
    "PrintName",
    "Alias",
    "Permanent",
    "Private",
    "Modifiable",
    "Label",
    "ApplicationTag",
    "KeyCreator",
    "KeyType",
    "KeySizeInBits",
    "EffectiveKeySize",
    "StartDate",
    "EndDate",
    "Sensitive",
    "AlwaysSensitive",
    "Extractable",
    "NeverExtractable",
    "Encrypt",
    "Decrypt",
    "Derive",
    "Sign",
    "Verify",
    "SignRecover",
    "VerifyRecover",
    "Wrap",
    "Unwrap",
];

/// A keychain as macOS keeps it: the schema, a table of private keys, and one of certificates from
/// the first certificate on.
#[derive(Clone, Debug)]
pub struct Keychain {
    pub certificates: Table,
    pub keys: Table,
    pub has_certificate_table: bool,
}

impl Keychain {
    pub fn new() -> Self {
        Self { certificates: Table::new(0x8000_1000), keys: Table::new(0x10), has_certificate_table: false }
    }

    /// Adds a certificate, whose record may tell this hash of its key; its record number.
    pub fn add(&mut self, der: &[u8], label: &str, key_hash: impl Into<Option<[u8; 20]>>) -> usize {
        self.has_certificate_table = true;
        self.certificates.insert(Record {
            data: der.to_vec(),
            columns: vec![
                Column::Number(1),
                Column::Number(3),
                Column::Bytes(label.into()),
                Column::Several(vec![b"one@example.org".to_vec(), b"two@example.org".to_vec()]),
                Column::Bytes(vec![0x30, 0]),
                Column::Bytes(vec![0x30, 0]),
                Column::Bytes(vec![1]),
                Column::Absent,
                key_hash.into().map_or(Column::Absent, |hash| Column::Bytes(hash.to_vec())),
            ],
        })
    }

    /// Adds an encrypted private key whose public key has this hash.
    pub fn add_key(&mut self, key_hash: [u8; 20]) {
        let mut columns = vec![Column::Number(0); KEY_COLUMNS.len()];
        columns[0] = Column::Number(1);
        columns[1] = Column::Bytes(b"Imported Private Key\0".to_vec());
        columns[2] = Column::Absent;
        columns[6] = Column::Bytes(key_hash.to_vec());
        columns[7] = Column::Bytes(Vec::new());
        let data = [&[0xfa, 0xde, 7, 0x11][..], &[0x5a; 61]].concat();
        self.keys.insert(Record { columns, data });
    }

    /// The file; table numbers say nothing about the tables' order.
    pub fn bytes(&self) -> Vec<u8> {
        let mut tables = vec![Table::new(0), Table::new(1), schema(), Table::new(3), self.keys.clone()];
        if self.has_certificate_table {
            tables.insert(1, self.certificates.clone());
        }
        tables.push(Table::new(0x8000_8000));
        file(&tables)
    }
}

/// The table of attributes: which columns each relation has.
fn schema() -> Table {
    let mut table = Table::new(2);
    let relations: [(u32, &[&str]); 3] = [
        (0xf, &["KeyClass", "Label", "PublicKeyHash"]),
        (0x10, &KEY_COLUMNS),
        (0x8000_1000, &CERTIFICATE_COLUMNS),
    ];
    for (relation, names) in relations {
        for (number, name) in names.iter().enumerate() {
            table.insert(Record {
                columns: vec![
                    Column::Number(relation),
                    Column::Number(atom(number)),
                    Column::Number(2),
                    Column::Bytes(name.as_bytes().to_vec()),
                    Column::Absent,
                    Column::Number(6),
                ],
                data: Vec::new(),
            });
        }
    }
    table
}
