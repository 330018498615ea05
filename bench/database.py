"""Fills an NSS database with many certificates.

    database.py DB CERTIFICATES

certutil takes minutes to add ten thousand certificates, one transaction each. Here the rows that it
wrote for the first one are copied for all others, with what differs put in: nickname, certificate,
serial number, subject, key identifier and hashes. `certutil -L` shows the same afterwards.
"""

import base64
import hashlib
import pathlib
import sqlite3
import sys

CERTIFICATE, TRUST = bytes([0, 0, 0, 1]), (bytes.fromhex("ce534353"), bytes([0, 0, 0, 0x0B]))


def element(der, at):
    """Start of the content, and the end, of the element at `at`."""
    first = der[at + 1]
    if first < 0x80:
        return at + 2, at + 2 + first
    digits = first & 0x7F
    start = at + 2 + digits
    return start, start + int.from_bytes(der[at + 2 : start], "big")


def parts(der):
    """Serial number, subject and what NSS makes the key identifier of: the modulus, or the point."""
    at = element(der, element(der, 0)[0])[0]
    fields = []
    while len(fields) < 7:
        end = element(der, at)[1]
        fields.append(der[at:end])
        at = end
    _, serial, _, _, _, subject, key = fields
    algorithm_end = element(key, element(key, 0)[0])[1]
    point = element(key, algorithm_end)[0] + 1
    if key[point] == 4:
        return serial, subject, key[point:]
    start, end = element(key, element(key, point)[0])
    return serial, subject, key[start:end].lstrip(b"\0")


def main(database, certificates):
    connection = sqlite3.connect(pathlib.Path(database) / "cert9.db")
    columns = [row[1] for row in connection.execute("PRAGMA table_info(nssPublic)")]
    rows = [dict(zip(columns, row)) for row in connection.execute("SELECT * FROM nssPublic")]
    template = next(row for row in rows if row["a0"] == CERTIFICATE)
    trust = [row for row in rows if row["a0"] in TRUST]
    number = max(row["id"] for row in rows)
    present = {row["a3"] for row in rows}
    insert = f"INSERT INTO nssPublic VALUES ({', '.join('?' * len(columns))})"
    for file in sorted(pathlib.Path(certificates).iterdir()):
        nickname = f"device-{file.stem}".encode()
        if nickname in present:
            continue
        der = base64.b64decode("".join(file.read_text().split("-----")[2].split()))
        serial, subject, modulus = parts(der)
        own = {"a3": nickname, "a11": der, "a82": serial, "a101": subject, "a102": hashlib.sha1(modulus).digest()}
        hashes = {"ace5363b4": hashlib.sha1(der).digest(), "ace5363b5": hashlib.md5(der).digest()}
        for row, values in [(template, own)] + [(row, {"a82": serial} | hashes) for row in trust]:
            number += 1
            row = row | {"id": number} | {name: value for name, value in values.items() if row.get(name)}
            connection.execute(insert, [row[name] for name in columns])
    connection.commit()


main(*sys.argv[1:])
