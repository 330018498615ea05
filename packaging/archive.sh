#!/usr/bin/env bash
# Packs a static program for Linux, with its man pages and completions.
#
#   packaging/archive.sh PROGRAM COMPANIONS ARCH OUT
set -euo pipefail
program=$(realpath "$1")
made=$(realpath "$2")
arch=$3
out=$(realpath "$4")
cd "$(dirname "$0")/.."
# shellcheck source=packaging/common.sh
. packaging/common.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
name=certposture-$version-$arch-linux
mkdir "$work/$name"
cp -r "$made"/. "$work/$name/"
install -m 755 "$program" "$work/$name/certposture"
install -m 644 -t "$work/$name" README.md CHANGELOG.md LICENSE-APACHE LICENSE-MIT
same_date "$work/$name"
tar --create --sort=name --owner=0 --group=0 --numeric-owner --format=gnu \
    --directory="$work" "$name" | gzip -9n >"$out/$name.tar.gz"
