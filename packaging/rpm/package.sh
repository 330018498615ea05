#!/usr/bin/env bash
# Makes the rpm of a program that is built already.
#
#   packaging/rpm/package.sh PROGRAM COMPANIONS ARCH OUT
set -euo pipefail
program=$(realpath "$1")
made=$(realpath "$2")
arch=$3
out=$(realpath "$4")
cd "$(dirname "$0")/../.."
# shellcheck source=packaging/common.sh
. packaging/common.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/staging
share=$root/usr/share
install -D -m 755 "$program" "$root/usr/bin/certposture"
install -D -m 644 -t "$share/man/man1" "$made"/man/*.1
gzip -9n "$share"/man/man1/*.1
install -D -m 644 "$made/completions/certposture.bash" "$share/bash-completion/completions/certposture"
install -D -m 644 "$made/completions/_certposture" "$share/zsh/site-functions/_certposture"
install -D -m 644 "$made/completions/certposture.fish" "$share/fish/vendor_completions.d/certposture.fish"
install -D -m 644 -t "$share/licenses/certposture" LICENSE-APACHE LICENSE-MIT
install -D -m 644 -t "$share/doc/certposture" README.md CHANGELOG.md
same_date "$root"

# Nothing of this machine goes in: neither its name nor the time.
rpmbuild -bb --quiet --target "$arch-linux" \
    --define "_topdir $work" --define "staging $root" --define "_rpmdir $work" \
    --define "release_version $version" --define "release_homepage $homepage" \
    --define "_build_id_links none" --define "debug_package %{nil}" --define "__os_install_post %{nil}" \
    --define "_buildhost localhost" --define "use_source_date_epoch_as_buildtime 1" \
    --define "clamp_mtime_to_source_date_epoch 1" --define "_binary_payload w19.zstdio" \
    packaging/rpm/certposture.spec >"$work/said" 2>&1 || { cat "$work/said" >&2; exit 1; }
cp "$work/$arch"/certposture-*.rpm "$out/"
