"""Measures and prints the table; called by run.sh.

Each figure is the median of several whole processes, from start to exit, with standard output to a
pipe that is read to its end. Memory is the largest resident set that the kernel saw.
"""

import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

work, release, count = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
ours = str(release / "certposture")
missed = []


def once(command):
    """Seconds, peak memory in MiB, and output of one process."""
    reader, writer = os.pipe()
    begin = time.perf_counter()
    actions = [(os.POSIX_SPAWN_DUP2, writer, 1), (os.POSIX_SPAWN_CLOSE, reader)]
    process = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
    os.close(writer)
    with open(reader, "rb") as output:
        text = output.read()
    _, status, usage = os.wait4(process, 0)
    seconds = time.perf_counter() - begin
    return seconds, usage.ru_maxrss / 1024, text, os.waitstatus_to_exitcode(status)


def measure(commands, runs, wanted=b"", status=0):
    """The median of the sum of several processes one after the other, and the most memory."""
    seconds, memory = [], 0
    for _ in range(runs):
        total = 0
        for command in commands:
            taken, peak, text, code = once(command)
            total, memory = total + taken, max(memory, peak)
        if wanted not in text or code != status:
            sys.exit(f"{' '.join(commands[-1][:6])} … ended with {code}: {text[-300:]!r}")
        seconds.append(total)
    return statistics.median(seconds), memory


def text(seconds):
    return f"{seconds:8.2f} s " if seconds >= 1 else f"{seconds * 1000:8.2f} ms"


def row(what, our, peer, peers_name, factor):
    """`factor` is how many times faster we have to be; below 1, how many times slower we may be."""
    ratio = peer[0] / our[0]
    holds = ratio >= factor
    verdict = "ok" if holds else "MISSED"
    wanted = f">= {factor:g} times faster" if factor >= 1 else f"<= {1 / factor:g} times as long"
    got = f"{ratio:.1f} times faster" if ratio >= 1 else f"{1 / ratio:.2f} times as long"
    print(f"{what:42} {text(our[0])}   {peers_name:38} {text(peer[0])}   {got:22} ({wanted}) {verdict}")
    missed.extend([] if holds else [what])


def bound(what, value, limit, unit):
    holds = value < limit
    print(f"{what:42} {value:8.2f} {unit}   (< {limit:g} {unit}) {'ok' if holds else 'MISSED'}")
    missed.extend([] if holds else [what])


def processor():
    info = pathlib.Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} x {names[0]}" if names else platform.processor()


def first_line(command):
    return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()[0]


print(f"{processor()}, {platform.system()} {platform.release()}, {first_line(['openssl', 'version'])}, "
      f"load {os.getloadavg()[0]:.1f}\n")

ca, der, pem = str(work / "ca.pem"), str(work / "device.der"), str(work / "device.pem")
three, many = f"sql:{work}/three", f"sql:{work}/many"
at = ["--at", "2025-06-01T00:00:00Z"]
pathlib.Path(der).write_bytes(once(["certutil", "-L", "-d", three, "-r", "-n", "device-00001"])[2])
our = measure([[ours, "check", "--cn", "device-00001", "--ca", ca, "--store", f"nss:{work}/three"] + at], 21, b"PASS")
peer = measure([
    ["certutil", "-L", "-d", three, "-r", "-n", "device-00001"],
    ["openssl", "x509", "-inform", "der", "-in", der, "-out", pem],
    ["openssl", "verify", "-attime", "1748736000", "-CAfile", ca, pem],
], 11, b": OK")
row("check, a store of 3 certificates", our, peer, "certutil + openssl x509 + openssl verify", 5)

listing = measure([[ours, "list", "--store", f"nss:{work}/many"]], 11, f"{count} certificates".encode())
rows = measure([[str(release / "examples/bench"), "rows", str(work / "many/cert9.db")]], 11, b" rows, ")
row(f"list, {count} certificates", listing, rows, "the same rows, SQLite alone", 1 / 3)
print(f"{'':42} certutil -L is running ...", end="\r", flush=True)
peer = measure([["certutil", "-L", "-d", many]], 1, b"device-00002")
row(f"list, {count} certificates", listing, peer, "certutil -L", 500)

files = [str(path) for path in sorted((work / "certificates").iterdir())]
verify = measure([[ours, "verify", "--ca", ca] + at + files], 5, f"{count} of {count}".encode())
peer = measure([["openssl", "verify", "-attime", "1748736000", "-CAfile", ca] + files], 3, b"00002.pem: OK")
row(f"verify, {count} RSA-2048 files", verify, peer, "openssl verify", 5)

print()
bound("memory of check", our[1], 64, "MiB")
bound(f"memory of list, {count} certificates", listing[1], 64, "MiB")
bound(f"memory of verify, {count} files", verify[1], 64, "MiB")
bound("size of the program", os.path.getsize(ours) / 1e6, 10, "MB")
bound("certposture --version, start to exit", measure([[ours, "--version"]], 101)[0] * 1000, 2, "ms")
print("\nmissed: " + ", ".join(missed) if missed else "\nall targets met")
sys.exit(bool(missed))
