#!/usr/bin/env bash
# The build without the network: it compiles, none of the crates that open connections is in it, and
# nothing that it says of itself offers what it cannot do.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo clippy --locked --no-default-features -- -D warnings
crates=$(cargo tree --locked --no-default-features --edges normal --prefix none --format '{p}')
grep -q '^certposture ' <<<"$crates"
if grep -E '^(ureq|rustls|ring) ' <<<"$crates"; then
    echo "these are in the build without the network" >&2
    exit 1
fi

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
program() { cargo run --quiet --locked --no-default-features -- "$@"; }
program man "$made/man"
for shell in bash zsh fish powershell elvish; do program completions $shell >"$made/$shell"; done
program --help >"$made/help"
program ca --help >"$made/help-ca"
program >"$made/overview" || true
# Options that only these commands have, and the commands where they are listed or shown.
if grep -rnE -e '--(account-id|token-file|dry-run)|^ *(pull|upload) |certposture (pull|ca upload)' "$made"; then
    echo "the build without the network offers this" >&2
    exit 1
fi
[ ! -e "$made/man/certposture-pull.1" ] && [ -e "$made/man/certposture-check.1" ]
status=0
said=$(program pull 2>&1) || status=$?
[ $status -eq 2 ] && grep -q 'has no network access' <<<"$said"
echo "offline: it offers only what it can do"
