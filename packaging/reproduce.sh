#!/usr/bin/env bash
# Proves that a release depends on its sources alone: exports the last commit into two folders of
# different names, makes everything for Linux in each, and compares the bytes.
set -euo pipefail
cd "$(dirname "$0")/.."
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for folder in one another-folder-with-a-longer-name; do
    mkdir "$work/$folder"
    git archive HEAD | tar --extract --directory="$work/$folder"
    (cd "$work/$folder" && packaging/release.sh --without-windows >/dev/null)
done
diff "$work/one/dist/SHA256SUMS" "$work/another-folder-with-a-longer-name/dist/SHA256SUMS"
echo "Both builds gave the same bytes:"
cat "$work/one/dist/SHA256SUMS"
