#!/usr/bin/env bash
# `certposture verify` on 10,000 PEM files with RSA-2048 beside `openssl verify` on the same files.
# Prints the best of five runs of each, the ratio, and the peak memory. Needs openssl and GNU time.
set -euo pipefail
cd "$(dirname "$0")/.."
count=${1:-10000}
folder=target/bench/verify-$count
cargo build --release --locked --quiet
if [ ! -f "$folder/ca.pem" ]; then
    echo "Making $count certificates ..."
    cargo run --quiet --locked --example bench -- make "$folder" "$count"
fi
program=$PWD/target/release/certposture
cd "$folder/certificates"
files=(*.pem)

# best COMMAND...: seconds of the fastest of five runs, and the most memory in KiB
best() {
    for _ in 1 2 3 4 5; do
        /usr/bin/time --format '%e %M' --output ../seconds-and-memory "$@" >../printed
        cat ../seconds-and-memory
    done | sort -n | awk 'NR == 1 { best = $1 } $2 > memory { memory = $2 } END { print best, memory }'
}

refuse() {
    echo "$1 does not accept every file in $folder" >&2
    exit 1
}

read -r ours our_memory < <(best "$program" verify --at 2026-01-01T00:00:00Z --ca ../ca.pem "${files[@]}")
grep -q "$count of $count certificates have a valid chain" ../printed || refuse certposture
read -r theirs their_memory < <(best openssl verify -attime 1767225600 -CAfile ../ca.pem -no-CApath -no-CAstore "${files[@]}")
[ "$(grep -c ': OK$' ../printed)" -eq "$count" ] || refuse openssl

printf '%-22s %8s %10s\n' "$count RSA-2048 files" seconds memory
printf '%-22s %8s %6d KiB\n' "certposture verify" "$ours" "$our_memory" "openssl verify" "$theirs" "$their_memory"
awk -v ours="$ours" -v theirs="$theirs" -v cores="$(nproc)" \
    'BEGIN { printf "%.1f times faster on %d cores (wanted: 5 on two)\n", theirs / ours, cores; exit !(theirs >= 5 * ours) }'
