#!/usr/bin/env bash
# Makes everything that is published, into dist/: a static program for Linux, a Debian package, the
# Windows program, a list of what is in them (CycloneDX), and the SHA-256 sums.
#
#   packaging/release.sh [--without-windows]
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/common.sh
. packaging/common.sh

out=dist
rm -rf "$out"
mkdir -p "$out"

build_static target/static
program=target/static/$linux/release/certposture
name=certposture-$version-x86_64-linux-static
staging=target/static/$name
rm -rf "$staging"
mkdir -p "$staging"
cp "$program" README.md CHANGELOG.md LICENSE-APACHE LICENSE-MIT "$staging/"
companions "$program" "$staging"
packaging/sbom.py --no-default-features --target "$linux" >"$out/$name.cdx.json"
same_date "$staging"
tar --create --sort=name --owner=0 --group=0 --numeric-owner --format=gnu \
    --directory=target/static "$name" | gzip -9n >"$out/$name.tar.gz"

build_dynamic target/dynamic
packaging/debian/package.sh "target/dynamic/$linux/release/certposture" "$out"
packaging/sbom.py --target "$linux" >"$out/certposture-$version-x86_64-linux.cdx.json"

if [ "${1:-}" != --without-windows ]; then
    # Debian's own cargo and compiler, so that the sources of the standard library fit them; as in
    # ci/windows.sh, which installs them.
    RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc RUSTFLAGS=$(remapped) \
        /usr/bin/cargo --config ci/windows-cross.toml build --release --locked --quiet
    cp target/win/x86_64-pc-windows-gnu/release/certposture.exe "$out/certposture-$version-x86_64-windows.exe"
    packaging/sbom.py --target x86_64-pc-windows-gnu >"$out/certposture-$version-x86_64-windows.cdx.json"
fi

(cd "$out" && sha256sum -- * >SHA256SUMS)
cat "$out/SHA256SUMS"
