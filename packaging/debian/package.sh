#!/usr/bin/env bash
# Makes the Debian package of a program that is built already.
#
#   packaging/debian/package.sh PROGRAM COMPANIONS ARCH OUT
set -euo pipefail
program=$(realpath "$1")
made=$(realpath "$2")
out=$(realpath "$4")
case $3 in
    x86_64) arch=amd64 ;;
    aarch64) arch=arm64 ;;
    *) echo "debian: no such architecture: $3" >&2; exit 2 ;;
esac
cd "$(dirname "$0")/../.."
# shellcheck source=packaging/common.sh
. packaging/common.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/certposture
doc=$root/usr/share/doc/certposture
mkdir -p "$doc" "$root/DEBIAN"

install -D -m 755 "$program" "$root/usr/bin/certposture"
for page in "$made"/man/*.1; do
    install -D -m 644 "$page" "$root/usr/share/man/man1/$(basename "$page")"
done
completions=$made/completions
install -D -m 644 "$completions/certposture.bash" "$root/usr/share/bash-completion/completions/certposture"
install -D -m 644 "$completions/_certposture" "$root/usr/share/zsh/vendor-completions/_certposture"
install -D -m 644 "$completions/certposture.fish" "$root/usr/share/fish/vendor_completions.d/certposture.fish"

install -D -m 644 packaging/debian/lintian-overrides "$root/usr/share/lintian/overrides/certposture"

cp CHANGELOG.md "$doc/changelog"
sed -e "s/@VERSION@/$version/" -e "s/@DATE@/$(date --utc --rfc-email --date="@$SOURCE_DATE_EPOCH")/" \
    packaging/debian/changelog >"$doc/changelog.Debian"
cp packaging/debian/copyright "$doc/copyright"
chmod 644 "$doc"/*
find "$root/usr/share/man" "$doc" -type f \( -name '*.1' -o -name 'changelog*' \) -exec gzip -9n {} +

sed -e "s/@VERSION@/$version/" -e "s/@ARCH@/$arch/" \
    -e "s/@SIZE@/$(du -s --apparent-size --block-size=1024 "$root/usr" | cut -f1)/" \
    packaging/debian/control >"$root/DEBIAN/control"
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
chmod 644 "$root"/DEBIAN/*
same_date "$root"
dpkg-deb --root-owner-group -Zxz --build "$root" "$out/certposture_${version}-1_$arch.deb" >/dev/null
