#!/usr/bin/env bash
# Packs the Windows program.
#
#   packaging/windows/archive.sh PROGRAM OUT
set -euo pipefail
program=$(realpath "$1")
out=$(realpath "$2")
cd "$(dirname "$0")/../.."
# shellcheck source=packaging/common.sh
. packaging/common.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
install -m 755 "$program" "$work/certposture.exe"
install -m 644 -t "$work" README.md CHANGELOG.md LICENSE-APACHE LICENSE-MIT
same_date "$work"
rm -f "$out/certposture-$version-x86_64-windows.zip"
# Sorted, and without what differs from machine to machine.
(cd "$work" && find . -type f -printf '%P\n' | sort | zip -X -9 -q "$out/certposture-$version-x86_64-windows.zip" -@)
