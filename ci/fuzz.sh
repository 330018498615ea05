#!/usr/bin/env bash
# Fuzzes every target for a while, one after the other:
#
#     ci/fuzz.sh [SECONDS [TARGET...]]        60 seconds each, all targets
#
# Needs openssl, a C++ compiler, and the nightly toolchain; without one, the installed compiler is told
# to take nightly's options. What was run is added to target/fuzz/executions.tsv; corpora grow in
# fuzz/corpus from seeds out of tests/fixtures. A crash ends the script and is kept in fuzz/artifacts.
# Not part of .ci/run.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
shift || true
tool=$(ci/tools.sh cargo-fuzz)
fuzz() { "$tool" fuzz "$@"; }
if cargo +nightly --version >/dev/null 2>&1; then
    export RUSTUP_TOOLCHAIN=nightly
else
    export RUSTC_BOOTSTRAP=1
fi
# shellcheck disable=SC2046 # one word a target
[ $# -gt 0 ] || set -- $(fuzz list)

fixtures=$PWD/tests/fixtures
seed() { # TARGET FILE...
    mkdir -p "fuzz/corpus/$1"
    local target=$1 file
    shift
    for file; do
        [ ! -f "$file" ] || cp -n "$file" "fuzz/corpus/$target/$(basename "$(dirname "$file")")-$(basename "$file")"
    done
}

# The octet says which of the files of a database it is: see fuzz_targets/nss.rs.
seed_database() {
    mkdir -p fuzz/corpus/nss
    local folder name
    for folder in "$fixtures"/nssdb-*; do
        name=$(basename "$folder")
        [ ! -f "$folder/cert9.db" ] || { printf '\0'; cat "$folder/cert9.db"; } >"fuzz/corpus/nss/$name-0"
        [ ! -f "$folder/key4.db" ] || { printf '\1'; cat "$folder/key4.db"; } >"fuzz/corpus/nss/$name-1"
        [ ! -f "$folder/pkcs11.txt" ] || { printf '\3'; cat "$folder/pkcs11.txt"; } >"fuzz/corpus/nss/$name-3"
    done
    printf '\3library=\nname=NSS Internal PKCS #11 Module\nparameters="configdir=sql:/x certPrefix= dbTokenDescription=x"\nNSS=Flags=internal\n' \
        >fuzz/corpus/nss/modules
}

# Lines of `fleet`: captures as the program writes them, and a snapshot of osquery's log.
seed_captures() {
    mkdir -p fuzz/corpus/capture
    local store
    for store in nss:"$fixtures"/nssdb-passing nss:"$fixtures"/nssdb-truncated file:"$fixtures"/files/rsa.pem \
        'windows:LocalMachine\My='"$fixtures"/serialized/with-key.blob; do
        cargo run --quiet --locked -- capture --store "$store" >"fuzz/corpus/capture/$(basename "$store")"
    done
    printf '%s' '{"snapshot":[{"certificates":"1","keys":"1","class":"00000001","token_object":"01","label":"6131","der":"3000","id":"01","email":"","has_key":"1","hostname":"h","hardware_serial":"s"}],"hostIdentifier":"h","unixTime":1}' \
        >fuzz/corpus/capture/osquery
    printf '%s' '{"UDID":"u","CertificateList":[{"CommonName":"c","Data":"MAA=","IsIdentity":true}],"Status":"Acknowledged"}' \
        >fuzz/corpus/capture/apple
}

der() { openssl x509 -in "$1" -outform der 2>/dev/null; }

seeds() {
    local file
    seed ca "$fixtures"/ca/*.pem "$fixtures"/upload/* "$fixtures"/files/ca.pem
    seed file "$fixtures"/files/* "$fixtures"/serialized/store.sst "$fixtures"/upload/*
    seed pkcs12 "$fixtures"/pkcs12/*.p12 "$fixtures"/files/rsa.p12
    seed chain "$fixtures"/algorithms/*.pem "$fixtures"/upload/*.pem "$fixtures"/ca/*.pem
    seed lookup "$fixtures"/files/*.pem
    seed certificate "$fixtures"/pkcs12/*.der "$fixtures"/files/rsa.der
    for file in "$fixtures"/algorithms/*.pem "$fixtures"/files/*.pem; do
        der "$file" >"fuzz/corpus/certificate/$(basename "$file" .pem).der" || true
    done
    seed_database
    seed_captures
    seed keychain "$fixtures"/keychain/*
    mkdir -p fuzz/corpus/rule fuzz/corpus/text fuzz/corpus/mutated_chain
    printf '%s' '{"result":[{"id":"a","type":"client_certificate_v2","name":"n","schedule":"5m","match":[{"platform":"linux"}],"input":{"certificate_id":"2a9e7f0c-0000-4000-8000-000000000000","operating_system":"linux","cn":"${serial_number}","check_private_key":true,"extended_key_usage":["clientAuth"],"locations":{"trust_stores":["system","user"],"paths":["/a.pem"]},"subject_alternative_names":["a"]}},{"type":"client_certificate","input":{"certificate_id":"x","cn":"${hostname}"}}],"success":true}' \
        >fuzz/corpus/rule/both
    printf 'dev*[a-c]`?$(x) "q" ${hostname}\377device-042' >fuzz/corpus/text/wildcard
    printf '\0\0\30\5x' >fuzz/corpus/mutated_chain/element
    printf '\1\2\0\0\0\50\1\1\2\200' >fuzz/corpus/mutated_chain/octets
}

seeds
mkdir -p target/fuzz
fuzz build -s none
total=0
for target; do
    log=target/fuzz/$target.log
    # No sanitizer: the program has no unsafe code on these paths, and is many times faster without.
    if ! fuzz run -s none "$target" -- -max_total_time="$seconds" -timeout=20 -rss_limit_mb=1024 \
        -max_len=65536 -print_final_stats=1 >"$log" 2>&1; then
        tail -n 40 "$log"
        echo "fuzz: $target FAILED; the input is in fuzz/artifacts/$target"
        exit 1
    fi
    executions=$(awk '/stat::number_of_executed_units/ { print $2 }' "$log")
    total=$((total + executions))
    printf '%s\t%s\t%s\n' "$(date -u +%F)" "$target" "$executions" >>target/fuzz/executions.tsv
    printf 'fuzz: %-14s %10d executions in %d s, no crash\n' "$target" "$executions" "$seconds"
done
echo "fuzz: $total executions, $# targets, no crash"
