#!/usr/bin/env bash
# Whether two builds of certposture say the same, byte for byte:
#
#     bench/same.sh OLD NEW [COUNT]
#
# on COUNT generated certificates of every algorithm, half of them damaged (20,000 unless it is given), on
# chains, self-signed ones, the lab's cases, NIST's PKITS (target/pkits, see tests/fetch-pkits.sh) and every fixture, in every command and
# format. Needs Rust, certutil and Python 3.
set -euo pipefail
old=$(realpath "$1") new=$(realpath "$2") count=${3:-20000}
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cargo build -q --release --locked --no-default-features --example bench --target-dir target/bench
make=target/bench/release/examples/bench
$make corpus "$work/corpus" "$count"
$make make "$work/chain" 200 chain
$make make "$work/self" 200 selfsigned
"$new" lab "$work/lab" -q --at 2025-06-01T00:00:00Z

mkdir "$work/old" "$work/new"
runs=0 differing=0
# same ARGUMENTS: both builds say the same, on standard output and standard error, and end alike.
same() {
    runs=$((runs + 1))
    local which
    for which in old new; do
        local status=0
        (cd "$work" && "${!which}" "$@" --at 2025-06-01T00:00:00Z >"$which/output" 2>"$which/errors") || status=$?
        echo "$status" >"$work/$which/status"
    done
    diff -rq "$work/old" "$work/new" >/dev/null && return
    differing=$((differing + 1))
    echo "differs: certposture $*"
    diff -r "$work/old" "$work/new" | head -6 | cut -c1-300 || true
}

verified() {
    local format
    for format in table json html; do same verify "$@" --format "$format"; done
}

checked() {
    local format kind
    for kind in client_certificate client_certificate_v2; do
        for format in table json html markdown junit nagios prometheus; do
            same check --type "$kind" "$@" --format "$format"
        done
    done
}

verified --ca "$work/corpus/ca.pem" "$work/corpus/certificates"
verified --ca "$work/corpus/ca.pem" --intermediate "$work/corpus/intermediates.pem" "$work/corpus/certificates"
verified --ca "$work/chain/ca.pem" --intermediate "$work/chain/intermediate.pem" "$work/chain/certificates"
verified --ca "$work/self/ca.pem" "$work/self/bundle.pem"
for name in device-000001 device-999999 DEVICE-000002; do
    checked --cn "$name" --os linux --ca "$work/corpus/ca.pem" --store "file:$work/corpus/certificates"
    checked --cn "$name" --os macos --ca "$work/chain/ca.pem" --store "file:$work/chain/bundle.pem"
    checked --cn "$name" --os linux --ca "$work/chain/ca.pem" --intermediate "$work/chain/intermediate.pem" \
        --store "file:$work/chain/bundle.pem"
done
for format in table json; do
    same list --store "file:$work/corpus/certificates" --format "$format"
done
if [ -d target/pkits/certs ]; then
    for ca in target/pkits/certs/TrustAnchorRootCertificate.*; do
        verified --ca "$PWD/$ca" "$PWD/target/pkits/certs"
    done
fi
for file in "$work"/lab/*; do
    [ -f "$file" ] && verified --ca "$work/lab/ca.pem" "$file"
done
for database in tests/fixtures/nssdb-*; do
    for name in device-042 "device 042" nobody; do
        checked --cn "$name" --os linux --ca "$PWD/tests/fixtures/ca/root-ca.pem" --store "nss:$PWD/$database"
    done
    for format in table json; do same list --store "nss:$PWD/$database" --format "$format"; done
done
for file in tests/fixtures/files/* tests/fixtures/algorithms/*.pem; do
    verified --ca "$PWD/tests/fixtures/files/ca.pem" "$PWD/$file"
    same ca inspect "$PWD/$file" --format json
    same list --store "file:$PWD/$file" --format json
done
echo "$runs runs, $differing of them differ"
[ "$differing" = 0 ]
