#!/usr/bin/env python3
"""Judges synthetic fleets whose truth is known, and holds rate and memory against what is promised:

    bench/fleet.py PROGRAM MAKE [DEVICES]

PROGRAM is certposture as it is released, MAKE the example `bench` of this project. Of every five devices
one has no certificate of its name, one has no key, and three pass. What if the rule no longer asked for the key,
another CA were uploaded, or years went by: the answers are counted and compared. Then memory at 2,000 and at
200,000 devices, and the processor time beside that of a process for each device.
"""

import collections
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

AT = "2026-01-01T00:00:00Z"
DEVICES = int(sys.argv[3]) if len(sys.argv) > 3 else 20_000
MOST_MEMORY = 64 << 20
CASES = ("not-found", "private-key-missing", None, None, None)


def der(pem):
    return "".join(line for line in pem.splitlines() if not line.startswith("-"))


def captures(folder, template, certificates, others, count):
    """One line a device: its own certificate and two of other names, which share an issuer."""
    place = template["places"][0]
    for number in range(count):
        own = number % len(certificates)
        case = CASES[number % len(CASES)]
        entries = [
            {"der": certificates[own], "key": "absent" if case == "private-key-missing" else "present"},
            {"der": others[number % len(others)], "key": "absent"},
            {"der": others[(number + 1) % len(others)], "key": "absent"},
        ]
        for entry, label in zip(entries, (f"device-{own:06}", "other", "other again")):
            entry.update(label=label, nss=place["certificates"][0]["nss"])
        name = "nobody" if case == "not-found" else f"device-{own:06}"
        device = {**template["device"], "id": f"d{number}", "hostname": name}
        yield json.dumps({**template, "device": device, "places": [{**place, "certificates": entries}]}) + "\n"


def fleet(program, arguments, lines):
    """The output of `fleet`, the most memory that it held, and its processor time."""
    with tempfile.TemporaryFile() as output:
        child = subprocess.Popen([program, "fleet", "-", *arguments], stdin=subprocess.PIPE, stdout=output)
        for line in lines:
            child.stdin.write(line if isinstance(line, bytes) else line.encode())
        child.stdin.flush()
        # What wait4 tells of memory is this process's own before the program took its place.
        status = pathlib.Path(f"/proc/{child.pid}/status").read_text()
        most = int(status.split("VmHWM:")[1].split()[0]) << 10
        child.stdin.close()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            sys.exit(f"fleet: status {child.returncode}")
        output.seek(0)
        return output.read(), most, usage.ru_utime + usage.ru_stime


def transitions(document):
    counts = collections.Counter()
    for one in json.loads(document)["rules"][0]["transitions"]:
        counts[one["code"], one["change"], one["against"]["code"]] += one["count"]
    return dict(counts)


def expect(what, found, wanted):
    print(f"fleet: {what}: {'as known' if found == wanted else f'{found}, not {wanted}'}")
    return found != wanted


def main():
    program, make = sys.argv[1:3]
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        subprocess.run([make, "make", folder / "own", "2000", "p256"], check=True)
        subprocess.run([make, "make", folder / "others", "50", "chain"], check=True)
        subprocess.run([make, "make", folder / "rsa", "1", "rsa"], check=True)
        read = lambda kind: [der(file.read_text()) for file in sorted((folder / kind / "certificates").iterdir())]
        database = folder / "db"
        database.mkdir()
        subprocess.run(["certutil", "-N", "-d", f"sql:{database}", "--empty-password"], check=True)
        first = sorted((folder / "own" / "certificates").iterdir())[0]
        subprocess.run(["certutil", "-A", "-d", f"sql:{database}", "-n", "device-000000", "-t", ",,", "-a", "-i", first], check=True)
        captured = subprocess.run(
            [program, "capture", "--store", f"nss:/etc/pki/nssdb={database}", "--at", AT, "--hostname", "h"],
            check=True, stdout=subprocess.PIPE).stdout
        template = json.loads(captured)
        rule = lambda key: {"type": "client_certificate_v2", "name": "bench", "input": {
            "certificate_id": "1", "cn": "${hostname}", "operating_system": "linux", "check_private_key": key,
            "locations": {"trust_stores": ["system"]}}}
        (folder / "rule.json").write_text(json.dumps(rule(True)))
        (folder / "without.json").write_text(json.dumps(rule(False)))
        arguments = ["--rule", folder / "rule.json", "--ca", folder / "own" / "ca.pem", "--at", AT]
        own, others = read("own"), read("others")
        lines = [line.encode() for line in captures(folder, template, own, others, DEVICES)]
        failed += what_if(program, arguments, folder, lines)
        failed += memory(program, arguments, lines)
        failed += rate(program, arguments, folder, lines)
    return failed


def what_if(program, arguments, folder, lines):
    missing, keyless, passing = DEVICES // 5, DEVICES // 5, DEVICES // 5 * 3
    same = {("not-found", "same", "not-found"): missing}
    key = "private-key-missing"
    known = {
        "the rule no longer asks for the key": (
            ["--against-rule", folder / "without.json"],
            same | {(key, "repairs", None): keyless, (None, "same", None): passing},
        ),
        # The other CA has the name of this one, and another key.
        "another CA is uploaded": (
            ["--against-ca", folder / "rsa" / "ca.pem"],
            same | {(key, "same", "signature-invalid"): keyless, (None, "breaks", "signature-invalid"): passing},
        ),
        "a hundred years go by": (
            ["--against-at", "2126-01-01T00:00:00Z"],
            same | {(key, "same", "expired"): keyless, (None, "breaks", "expired"): passing},
        ),
    }
    failed = 0
    for what, (against, wanted) in known.items():
        document, *_ = fleet(program, [*arguments, "--format", "json", *against], lines)
        failed += expect(f"{DEVICES:,} devices, {what}", transitions(document), wanted)
    return failed


def memory(program, arguments, lines):
    failed = 0
    for count in (2000, 200_000):
        repeated = (lines[number % len(lines)] for number in range(count))
        rows, most, seconds = fleet(program, [*arguments, "--rows"], repeated)
        failed += rows.count(b"\n") != count or most > MOST_MEMORY
        print(f"fleet: {count:,} devices: {most / (1 << 20):.0f} MiB, {count / seconds:,.0f} a second of processor time")
    return failed


def rate(program, arguments, folder, lines):
    """Processor time of `fleet`, on one thread, and of a process for each device."""
    *_, seconds = fleet(program, [*arguments, "--rows", "--threads", "1"], lines)
    many = seconds / len(lines)
    file = folder / "one.ndjson"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    processes = lines[2:52]
    for line in processes:
        file.write_bytes(line)
        subprocess.run([program, "check", "--store", f"capture:{file}", *arguments], stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    alone = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / len(processes)
    print(f"fleet: {1 / many:,.0f} devices a second and core, {alone / many:.0f} times a process for each device")
    return 0


if __name__ == "__main__":
    sys.exit(main())
