#!/usr/bin/env bash
# Measures certposture beside the tools that it stands for, and prints one table:
#
#     bench/run.sh
#
# Needs certutil and openssl (Debian: libnss3-tools, openssl), a C compiler and Python 3. Everything is
# made in a temporary folder. The program is built as it is released for Linux: static. LARGEST=100000
# follows the growth one step further, and takes some minutes and 1 GB more; LARGEST=1000 shows in a minute
# whether everything runs, with ratios that say little.
set -euo pipefail
cd "$(dirname "$0")/.."

largest=${LARGEST:-10000}
many=$((largest < 10000 ? largest : 10000))
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

RUSTFLAGS="-C target-feature=+crt-static" cargo build --release --locked --no-default-features \
    --target x86_64-unknown-linux-gnu --target-dir target/bench --bin certposture --example bench
release=target/bench/x86_64-unknown-linux-gnu/release
make="$release/examples/bench make"
printf '#include <stdio.h>\nint main(void) { return puts("hello") < 0; }\n' >"$work/hello.c"
cc -O2 -static -o "$work/hello" "$work/hello.c"

for ((count = 100; count <= largest; count *= 10)); do
    $make "$work/p256-$count" "$count" p256
    $make "$work/selfsigned-$count" "$count" selfsigned
done
$make "$work/rsa" "$many" rsa
$make "$work/chain" "$many" chain

# database DIR CERTIFICATES: an NSS database of these.
database() {
    local first
    mkdir "$1"
    certutil -N -d "sql:$1" --empty-password
    first=$(find "$2" -name '*.pem' | sort | sed -n 1p)
    certutil -A -d "sql:$1" -n "device-$(basename "$first" .pem)" -t ,, -a -i "$first"
    python3 bench/database.py "$1" "$2"
}
for ((count = 100; count <= largest; count *= 10)); do
    database "$work/nss-$count" "$work/p256-$count/certificates"
done
mkdir "$work/three" "$work/three-certificates"
cp "$work"/p256-100/certificates/00000[012].pem "$work/three-certificates"
rmdir "$work/three"
database "$work/three" "$work/three-certificates"
python3 bench/table.py "$work" "$release" "$largest"
python3 bench/fleet.py "$release/certposture" "$release/examples/bench"
