"""Measures and prints the table; called by run.sh.

Two commands are compared by the processor time of whole processes, run in turns so that whatever else
the machine does touches both; the figure is the median of the ratios of neighbours. Standard output goes
to a pipe that is read to its end. Memory is the largest resident set that the kernel saw.
"""

import os
import pathlib
import platform
import json
import statistics
import subprocess
import sys
import threading

work, release, largest = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
# What is compared with other programs and held to 32 MiB.
many = min(largest, 10000)
ours, tool = str(release / "certposture"), str(release / "examples/bench")
at = ["--at", "2025-06-01T00:00:00Z"]
openssl = ["openssl", "verify", "-attime", "1748736000", "-no-CApath", "-no-CAstore"]
missed = []


def once(command, statuses, lines=None):
    """Processor seconds, peak memory in MiB, and the end of the output of one process that reads `lines`."""
    reader, writer = os.pipe()
    actions = [
        (os.POSIX_SPAWN_DUP2, writer, 1),
        (os.POSIX_SPAWN_CLOSE, reader),
        (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0),
    ]
    if lines is not None:
        source, sink = os.pipe()
        actions += [(os.POSIX_SPAWN_DUP2, source, 0), (os.POSIX_SPAWN_CLOSE, sink)]
    process = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
    os.close(writer)
    if lines is not None:
        os.close(source)
        threading.Thread(target=feed, args=(sink, lines), daemon=True).start()
    end = b""
    with open(reader, "rb") as output:
        while piece := output.read(1 << 20):
            end = (end + piece)[-4096:]
    _, status, usage = os.wait4(process, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in statuses:
        sys.exit(f"{' '.join(command[:8])} ... ended with {code}: {end[-300:]!r}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, end


def feed(sink, lines):
    with open(sink, "wb", buffering=1 << 20) as stream:
        for line in lines:
            stream.write(line)


def total(commands, statuses, repeat=1):
    return sum(once(command, statuses)[0] for _ in range(repeat) for command in commands)


def report(what, value, unit, limit, note=""):
    holds = value <= limit
    print(f"{what:58} {value:9.2f} {unit:5} (<= {limit:g}) {'ok' if holds else 'MISSED':6} {note}", flush=True)
    missed.extend([] if holds else [what])


def ratio(what, our, peers, limit, rounds=5, repeat=1, statuses=(0,)):
    """How many times the processor time of `peers` our command takes."""
    total([our], statuses, 1)
    # openssl ends with 2 where it does not accept a certificate, which costs it no less.
    pairs = [(total([our], statuses, repeat), total(peers, (0, 2), repeat)) for _ in range(rounds)]
    value = statistics.median(a / b for a, b in pairs)
    each = [1000 * statistics.median(side) / repeat for side in zip(*pairs)]
    report(what, value, "times", limit, f"{each[0]:.2f} ms beside {each[1]:.2f} ms")


def files(folder):
    return [str(path) for path in sorted((work / folder / "certificates").iterdir())]


def verify(folder, *more):
    return [ours, "verify", "--ca", str(work / folder / "ca.pem"), *more, *at, str(work / folder / "certificates")]


def peer(folder, *more):
    return [*openssl, "-CAfile", str(work / folder / "ca.pem"), *more, *files(folder)]


info = pathlib.Path("/proc/cpuinfo")
names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
version = subprocess.run(["openssl", "version"], capture_output=True, text=True).stdout.strip()
print(f"{len(names)} x {names[0]}, {platform.system()} {platform.release()}, {version}, load {os.getloadavg()[0]:.1f}\n")

print("Processor time, as a multiple of the peer's")
between = str(work / "chain/intermediate.pem")
ratio(f"verify, {many:,} P-256, openssl verify", verify(f"p256-{many}"), [peer(f"p256-{many}")], 0.25)
ratio(f"verify, {many:,} P-256 in chains of three, openssl verify", verify("chain", "--intermediate", between),
      [peer("chain", "-untrusted", between)], 0.2)
ratio(f"verify, {many:,} RSA-2048, openssl verify", verify("rsa"), [peer("rsa")], 0.16)
ratio("verify, 100 self-signed of one subject, openssl verify", verify("selfsigned-100"),
      [peer("selfsigned-100")], 1, statuses=(1,))

three = work / "three"
check = [ours, "check", "--cn", "device-000001", "--ca", str(work / "p256-100/ca.pem"), "--store", f"nss:{three}", *at]
certutil = ["certutil", "-L", "-d", f"sql:{three}", "-r", "-n", "device-000001"]
one = [*openssl, "-CAfile", str(work / "p256-100/ca.pem"), str(work / "three-certificates/000001.pem")]
both = [tool, "rows", str(three / "cert9.db"), str(three / "key4.db")]
ratio("check, 3 certificates, SQLite reading both databases", check, [both], 1.7, 9, 20)
ratio("check, 3 certificates, certutil", check, [certutil], 1, 5, 5)
ratio("check, 3 certificates, openssl verify", check, [one], 1, 5, 5)
ratio("check, 3 certificates, certutil and openssl verify", check, [certutil, one], 0.5, 5, 5)
store = work / f"nss-{many}"
listing = [ours, "list", "--store", f"nss:{store}"]
ratio(f"list, {many:,}, SQLite reading the same columns", listing, [[tool, "rows", str(store / "cert9.db")]], 2, 9)
hundred = work / "nss-100"
ratio("list, 100, certutil -L", [ours, "list", "--store", f"nss:{hundred}"], [["certutil", "-L", "-d", f"sql:{hundred}"]], 0.5)
ratio("--version, a static program that says hello", [ours, "--version"], [[str(work / "hello")]], 2, 9, 50)

print("\nMemory, and growth: processor time for each certificate, as a multiple of a tenth as many")
formats = {
    "verify": ["table", "json", "html"],
    "list": ["table", "json"],
    "check": ["table", "json", "html", "markdown", "junit", "nagios", "prometheus"],
}


def command(name, place, count):
    ca = ["--ca", str(work / f"p256-{count}/ca.pem")]
    source = {
        "folder": f"file:{work}/p256-{count}/certificates",
        "bundle": f"file:{work}/p256-{count}/bundle.pem",
        "nss": f"nss:{work}/nss-{count}",
    }[place]
    if name == "verify":
        return [ours, "verify", *ca, *at, "--store", source]
    if name == "check":
        return [ours, "check", "--cn", "device-000001", *ca, *at, "--os", "linux", "--store", source]
    return [ours, "list", "--store", source]


for name, shapes in formats.items():
    for place in ["nss", "folder", "bundle"]:
        before = None
        count = 100
        while count <= largest:
            runs = [once(command(name, place, count), (0, 1, 3)) for _ in range(5 if count < 10000 else 1)]
            each = min(seconds for seconds, _, _ in runs) / count
            # Below a thousand, starting the program is most of it.
            if before is not None and count > 1000:
                report(f"{name}, {place}, {count:,}: growth", each / before, "times", 1.5, f"{each * 1e6:.0f} us each")
            before = each
            if count >= many:
                limit = 32 if count == many else 64
                report(f"{name}, {place}, {count:,}: memory", max(run[1] for run in runs), "MiB", limit)
            count *= 10
    for shape in shapes[1:]:
        peak = once([*command(name, "nss", many), "--format", shape], (0, 1, 2, 3))[1]
        report(f"{name} --format {shape}, nss, {many:,}: memory", peak, "MiB", 32)
print()
before = None
count = 100
while count <= largest:
    # Of a thousand namesakes the search tries a hundred, and says so: its status is 3.
    seconds = once(verify(f"selfsigned-{count}"), (1, 3))[0] / count
    if before is not None and count > 1000:
        report(f"verify, {count:,} self-signed of one subject: growth", seconds / before, "times", 1.5, f"{seconds * 1e6:.0f} us each")
    before, count = seconds, count * 10
# Many devices: the same capture under as many serial numbers.
devices = 20 * largest
capture = subprocess.run([ours, "capture", "--store", f"nss:{three}", *at], capture_output=True, check=True).stdout
capture = json.loads(capture)
rule = work / "rule.json"
rule.write_text(json.dumps({"type": "client_certificate", "name": "bench", "input": {"certificate_id": "1", "cn": "device-000001"}}))
judge = [ours, "fleet", "--rule", str(rule), "--ca", str(work / "p256-100/ca.pem"), *at]


def captures(count):
    for number in range(count):
        capture["device"]["serial_number"] = f"SERIAL-{number:07}"
        yield json.dumps(capture, separators=(",", ":")).encode() + b"\n"


before = None
for count in [devices // 100, devices // 10, devices]:
    seconds, peak, _ = once(judge, (0, 1, 3), captures(count))
    if before is not None:
        report(f"fleet, {count:,} devices: growth", seconds / count / before, "times", 1.5, f"{seconds / count * 1e6:.0f} us each")
    before = seconds / count
report(f"fleet, {devices:,} devices: memory", peak, "MiB", 256)
what_if = [*judge, "--against-ca", str(work / "chain/ca.pem")]
report(f"fleet, {devices // 10:,} devices, with another CA, the same without", once(what_if, (0, 1, 3), captures(devices // 10))[0]
       / once(judge, (0, 1, 3), captures(devices // 10))[0], "times", 2)
report("size of the program", os.path.getsize(ours) / 1e6, "MB", 10)
print("\nmissed:\n  " + "\n  ".join(missed) if missed else "\nall targets met")
sys.exit(bool(missed))
