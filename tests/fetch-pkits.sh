#!/bin/sh
# Fetches the certificates of NIST's Public Key Interoperability Test Suite (PKITS), which the PyPI
# package cryptography-vectors carries, into target/pkits for tests/real_tools/pkits.rs. Needs pip and unzip.
set -eu
cd "$(dirname "$0")/.."
version=50.0.2
mkdir -p target/pkits
[ -f target/pkits/certs/TrustAnchorRootCertificate.crt ] && exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pip download --quiet --disable-pip-version-check --no-deps --dest "$work" "cryptography-vectors==$version"
unzip -qoj "$work"/cryptography_vectors-*.whl 'cryptography_vectors/x509/PKITS_data/certs/*' -d target/pkits/certs
