#!/usr/bin/env bash
# Fills in what winget, scoop and Homebrew want to know of the files in a folder of packages.
#
#   packaging/manifests.sh OUT
set -euo pipefail
out=$(realpath "$1")
cd "$(dirname "$0")/.."
# shellcheck source=packaging/common.sh
. packaging/common.sh

sum() { sha256sum "$out/$1" | cut -d' ' -f1; }
windows=$(sum "certposture-$version-x86_64-windows.zip")
# winget's own tools write sums in capitals.
fill() {
    sed -e "s|@VERSION@|$version|g" -e "s|@HOMEPAGE@|$homepage|g" -e "s|@DOWNLOADS@|$downloads|g" \
        -e "s|@DATE@|$(date --utc --date="@$SOURCE_DATE_EPOCH" +%F)|g" \
        -e "s|@WINDOWS_SHA256@|$windows|g" -e "s|@WINDOWS_SHA256_CAPITALS@|${windows^^}|g" \
        -e "s|@X86_64_SHA256@|$(sum "certposture-$version-x86_64-linux.tar.gz")|g" \
        -e "s|@AARCH64_SHA256@|$(sum "certposture-$version-aarch64-linux.tar.gz")|g" \
        -e "s|@SOURCE_SHA256@|$(sum "certposture-$version-source.tar.gz")|g" "$1"
}
fill packaging/scoop/certposture.json >"$out/certposture.json"
fill packaging/homebrew/certposture.rb >"$out/certposture.rb"
for kind in '' .installer .locale.en-US; do
    fill "packaging/winget/Certposture.Certposture$kind.yaml" >"$out/Certposture.Certposture$kind.yaml"
done
