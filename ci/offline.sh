#!/usr/bin/env bash
# The build without the network: it compiles, and none of the crates that open connections is in it.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo clippy --locked --no-default-features -- -D warnings
crates=$(cargo tree --locked --no-default-features --edges normal --prefix none --format '{p}')
grep -q '^certposture ' <<<"$crates"
if grep -E '^(ureq|rustls|ring) ' <<<"$crates"; then
    echo "these are in the build without the network" >&2
    exit 1
fi
