#!/usr/bin/env bash
# Measures certposture beside the tools that it stands for, and prints one table:
#
#     bench/run.sh
#
# Needs certutil and openssl (Debian: libnss3-tools, openssl) and Python 3. Everything is made in a
# temporary folder. COUNT=1000 makes it quick; the table is meant for 10000.
set -euo pipefail
cd "$(dirname "$0")/.."

count=${COUNT:-10000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cargo build --release --locked --bin certposture --example bench
target=$(cargo metadata --no-deps --format-version 1 --locked |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')
"$target/release/examples/bench" make "$work" "$count"
for name in three many; do
    mkdir "$work/$name"
    certutil -N -d "sql:$work/$name" --empty-password
done
for number in 00000 00001 00002; do
    certutil -A -d "sql:$work/three" -n "device-$number" -t ,, -a -i "$work/certificates/$number.pem"
done
certutil -A -d "sql:$work/many" -n device-00000 -t ,, -a -i "$work/certificates/00000.pem"
python3 bench/database.py "$work/many" "$work/certificates"
python3 bench/table.py "$work" "$target/release" "$count"
