"""Judges one fleet with each engine named, and compares the counts of verdicts and codes with the truth.

The fleet is made from the lab's certificates, of which it is known what the check says.
"""

import collections
import functools
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import certposture

DEVICES = 5000
AT = "2025-06-01T12:00:00Z"

# Folders of the lab, and what the rule for Linux files says of them.
CASES = {
    "good": ("pass", None),
    "expired": ("fail", "expired"),
    "wrong-issuer": ("fail", "issuer-differs"),
    "no-client-auth": ("fail", "eku-missing"),
    "key-missing": ("fail", "private-key-missing"),
}


def run(*command, **options):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, **options).stdout


def make_fleet(folder):
    """Captures of DEVICES devices, a few lines that are none, and what has to come out."""
    run("certposture", "lab", folder, "-q", "--at", AT)
    captures = {}
    for case in CASES:
        files = sorted(str(file) for file in (folder / "pem" / case).iterdir())
        paths = [argument for file in files for argument in ("--path", file)]
        captures[case] = run("certposture", "capture", "--elsewhere", "none", *paths).strip()
    return captures


def count(verdicts):
    counted = collections.Counter()
    for text in verdicts:
        verdict = json.loads(text)
        counted[verdict["verdict"], verdict["code"]] += 1
    return counted
