#!/usr/bin/env bash
# The first minute of three people: an administrator at a device, a support engineer with the files that somebody
# sent, and the author of a CI job. Each meets planted faults on a bare Debian system, as a user without rights and
# with no more than they would have at hand, and runs one command. It has to name the true cause; what all of
# them see is tests/first_minute.txt, which this compares with:
#
#     ci/first_minute.sh [--accept]
#
# Wants root (namespaces, chroot), debootstrap and a Debian mirror. --accept writes the transcript anew.
set -euo pipefail
cd "$(dirname "$0")/.."

golden=tests/first_minute.txt
# Nothing in the transcript may depend on today.
at=2026-12-01

if ! unshare --mount --uts --pid --fork true 2>/dev/null; then
    echo "first_minute: NOT RUN: this system lets nobody make namespaces here (run it as root)" >&2
    exit 0
fi
ci/debian.sh debootstrap
cargo build --quiet --locked
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-stable}")
if ! debootstrap --variant=minbase "$suite" "$root" >"$work/debootstrap.log" 2>&1; then
    tail -5 "$work/debootstrap.log" >&2
    grep -q 'Failed getting release' "$work/debootstrap.log" || exit 1
    echo "first_minute: NOT RUN: no mirror of $suite answers" >&2
    exit 0
fi
install -D -m 755 target/debug/certposture "$root/usr/local/bin/certposture"
chroot "$root" useradd --create-home jo

# At hand: the CA that was uploaded, the rule from the API, and what the user of the device sent.
home=$root/home/jo
cp tests/fixtures/ca/root-ca.pem "$home/root-ca.pem"
cp -r tests/fixtures/nssdb-passing "$home/sent-nssdb"
cp tests/fixtures/pkcs12/device.der "$home/sent-device.cer"
rule() {
    printf '{"id": "%s", "name": "Managed laptops", "type": "client_certificate", "schedule": "5m", %s}\n' \
        2458ce5a-0c35-4c7f-82c7-8e9487d3ff60 \
        "\"match\": [{\"platform\": \"linux\"}], \"input\": {\"certificate_id\": \"2a9e7f0c-0000-4000-8000-000000000000\", \"cn\": \"$1\"}"
}
rule 'device-042' >"$home/rule.json"
rule 'device-042 ' >"$home/rule-as-pasted.json"
chroot "$root" chown -R jo: /home/jo

# What is in the device's store: a fixture, or nothing.
plant() {
    rm -rf "$root/etc/pki"
    [ "$1" = nothing ] || { mkdir -p "$root/etc/pki" && cp -r "tests/fixtures/nssdb-$1" "$root/etc/pki/nssdb"; }
}

# In the system, on a terminal of 80 columns: nothing of this machine but its kernel.
on_device() {
    unshare --mount --uts --pid --fork sh -euc '
        hostname laptop-7
        mount -t proc proc "$1/proc"
        mount --rbind /dev "$1/dev"
        exec chroot --userspec=jo:jo "$1" /usr/bin/env -i HOME=/home/jo USER=jo PATH=/usr/local/bin:/usr/bin:/bin \
            LANG=C.UTF-8 TERM=xterm NO_COLOR=1 \
            sh -c "cd && script -qec \"stty cols 80 rows 50; \$1\" /dev/null </dev/null" sh "$2"
    ' sh "$root" "$1" | tr -d '\r' | sed 's/[[:blank:]]*$//'
}

failed=0
number=0
# find_cause CAUSE STATUS WHAT-IS-WRONG COMMAND: the command names the cause, a code, and ends with the status.
find_cause() {
    local cause=$1 status=$2 wrong=$3 command=$4 said
    number=$((number + 1))
    said=$(on_device "$command --at $at; echo \"[exit status \$?]\"")
    printf '\n--- %d. %s\n\n$ %s\n%s\n' "$number" "$wrong" "$command" "$said"
    if ! grep -q "$cause" <<<"$said" || ! grep -q "^\[exit status $status\]$" <<<"$said"; then
        echo "first_minute: $command does not name $cause with exit status $status" >&2
        failed=1
    fi
}

minutes() {
    echo "What three people see in their first minute with certposture, on a bare Debian system, as a user without"
    echo "rights, on a terminal of 80 columns. Each command also has --at $at, so that this page stays as it is."
    echo "Written by ci/first_minute.sh."

    printf '\n=== The administrator, at the device, with the name in the rule and the CA that was uploaded\n'
    plant nothing
    find_cause store-missing 3 "There is no NSS database" "certposture"
    plant empty
    find_cause store-empty 3 "Nothing was ever imported" "certposture"
    plant truncated
    find_cause store-corrupt 3 "The disk was full when the database was written" "certposture"
    plant no-keys
    find_cause store-missing 1 "Only cert9.db was deployed" "certposture check --cn device-042 --ca root-ca.pem"
    plant failing
    find_cause nickname-differs 1 "The certificate was imported under another name" \
        "certposture check --cn device-042 --ca root-ca.pem"
    chmod 700 "$root/etc/pki/nssdb"
    find_cause store-denied 3 "Only root may read the database" \
        "certposture check --cn device-042 --ca root-ca.pem"

    printf '\n=== The support engineer, with what the user sent\n'
    plant nothing
    find_cause case-differs 1 "The rule has the name in capitals" \
        "certposture check --store nss:/etc/pki/nssdb=sent-nssdb --cn DEVICE-042 --ca root-ca.pem"
    find_cause issuer-differs 1 "Another CA issued the certificate" \
        "certposture verify --ca root-ca.pem sent-device.cer"

    printf '\n=== The author of a CI job, with the rule as the API has it\n'
    plant passing
    find_cause cn-padded 1 "A space was pasted behind the name" \
        "certposture check --rule rule-as-pasted.json --ca root-ca.pem -q"
    at=2034-12-24
    find_cause expired 1 "The certificate has run out (as of $at)" \
        "certposture check --rule rule.json --ca root-ca.pem --format markdown"
    return "$failed"
}

minutes >"$work/transcript"
if [ "${1-}" = --accept ]; then
    cp "$work/transcript" "$golden"
else
    diff -u "$golden" "$work/transcript"
fi
